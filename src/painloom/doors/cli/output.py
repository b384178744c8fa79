"""Tables to stdout or a file: text for people, TSV and JSON for programs."""

import errno
import itertools
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from painloom.errors import UsageError

WIDEST = {"alternatives": 40, "missing_sites": 30, "source": 60, "summary": 70, "changes_if": 40, "phenotypes": 46}


def write_table(columns: Sequence[str], rows: Iterable[Sequence[str]], form: str, to: Path | None, notes: Sequence[str] = ()) -> None:
    """Write one table; `notes` are last lines of the text form and go nowhere else.

    The first row is made before the header is written, and a file appears under its name only when it is complete: a refusal
    leaves no header that would read as "nothing was found".
    """
    rest = iter(rows)
    first = list(itertools.islice(rest, 1))
    lines = itertools.chain(_lines(columns, itertools.chain(first, rest), form), notes if form == "text" else ())
    if to is None:
        sys.stdout.writelines(line + "\n" for line in lines)
        return
    if to.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a folder; name a file", str(to))
    unfinished = to.with_name(to.name + ".unfinished")
    with unfinished.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines)
    os.replace(unfinished, to)


def write_pieces(pieces: Iterable[bytes | memoryview], to: Path | None) -> None:
    """Write bytes that are made piece by piece; nothing reaches stdout, and no file its name, before the last piece is made."""
    if to is None:
        whole = list(pieces)
        sys.stdout.flush()
        stream = getattr(sys.stdout, "buffer", None)
        for piece in whole:
            if stream is not None:
                stream.write(piece)
            else:  # a stdout without bytes below it, as tests use
                sys.stdout.write(bytes(piece).decode("utf-8"))
        return
    if to.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a folder; name a file", str(to))
    unfinished = to.with_name(to.name + ".unfinished")
    with unfinished.open("wb") as file:
        try:
            file.writelines(pieces)
        except BaseException:
            unfinished.unlink()
            raise
    os.replace(unfinished, to)


def _lines(columns: Sequence[str], rows: Iterable[Sequence[str]], form: str) -> Iterator[str]:
    if form == "tsv":
        yield "\t".join(columns)
        for row in rows:
            yield "\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row)
    elif form == "json":
        records = (json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) for row in rows)
        yield "["
        previous = None
        for record in records:
            if previous is not None:
                yield previous + ","
            previous = record
        if previous is not None:
            yield previous
        yield "]"
    else:
        yield from _aligned(columns, rows)


def _aligned(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    table = [
        tuple(columns),
        *(tuple(_short(cell, WIDEST.get(name, 60)) for name, cell in zip(columns, row, strict=True)) for row in rows),
    ]
    widths = [max(len(row[i]) for row in table) for i in range(len(columns))]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _short(cell: str, most: int) -> str:
    return cell if len(cell) <= most else cell[: most - 1] + "…"


def say(text: str, file: TextIO | None = None) -> None:
    """A message for the person at the keyboard: stderr."""
    print(f"painloom: {text}", file=file or sys.stderr)


def listed(text: str | None) -> list[str]:
    """`a,b,c` -> names; an empty name is wrong usage."""
    if text is None:
        return []
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise UsageError(f"'{text}' holds an empty name; write a,b,c")
    return names
