"""A case folder for everything that a written bundle gives back: the common files, calls of genes, graded images."""

import os
from collections.abc import Iterable
from pathlib import Path

from painloom.errors import InputError
from painloom.fhir.casefile import CASE_FILE, Written, write_case
from painloom.fhir.imported import Imported
from painloom.intake.folder import OUTSIDE_FILE
from painloom.model.brain import ImagingEntry

ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def write_folder(imported: Imported, folder: Path, *, replace: bool = False) -> Written:
    """`write_case`, with outside_calls.tsv before it and the [[imaging]] entries at the end of case.toml.

    Raises
    ------
    InputError : as `write_case`; or the folder holds other calls of genes, which would be replaced.
    """
    calls = outside_text(imported.case.outside_calls)
    target = folder / OUTSIDE_FILE
    if calls and target.exists() and target.read_text(encoding="utf-8", errors="replace") != calls:
        raise InputError(f"{folder.name}: {OUTSIDE_FILE} holds other calls and would be replaced; move it away first")
    written = write_case(imported, folder, replace=replace)
    if calls:
        _write(target, calls)
    images = imaging_text(imported.case.imaging)
    if images:
        path = folder / CASE_FILE
        _write(path, path.read_text(encoding="utf-8") + images)
    return Written((*written.files, *([OUTSIDE_FILE] if calls else [])))


def outside_text(calls: Iterable[tuple[str, str]]) -> str:
    """outside_calls.tsv as text, "" without calls; blanks of any kind inside a call are written as one."""
    rows = [f"{gene}\t{' '.join(written.split())}\n" for gene, written in calls]
    return "".join(["gene\tdiplotype\n", *rows]) if rows else ""


def imaging_text(entries: Iterable[ImagingEntry]) -> str:
    """The [[imaging]] tables of a case file; fields without a value are left out."""
    lines: list[str] = []
    for entry in entries:
        fields = {
            "scale": entry.scale,
            "grade": entry.grade,
            "level": entry.level,
            "side": entry.side,
            "date": entry.date,
            "text": entry.text,
            "confirmed_by": entry.confirmed_by,
        }
        lines += ["", "[[imaging]]", *(f"{name} = {_string(text)}" for name, text in fields.items() if text)]
    return "\n".join(lines) + "\n" if lines else ""


def _string(text: str) -> str:
    return '"' + "".join(ESCAPED.get(c) or (f"\\u{ord(c):04X}" if ord(c) < 32 or ord(c) == 127 else c) for c in text) + '"'


def _write(path: Path, text: str) -> None:
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    os.replace(unfinished, path)
