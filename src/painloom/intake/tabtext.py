"""Small text tables, plain or packed: bounds are kept before a byte is parsed, and the text comes back as lines."""

import gzip
import io
import zlib
from pathlib import Path

from painloom.intake.limits import MEBIBYTE, refusal

MOST_BYTES = 128 * MEBIBYTE  # inflated; 6,000 volumes of 1,000 regions with every digit take about as much
LONGEST_LINE = 4 * MEBIBYTE
PACKED = b"\x1f\x8b"
ENDINGS = (".nii.gz", ".tsv.gz", ".txt.gz", ".csv.gz", ".nii", ".tsv", ".txt", ".csv", ".gz")
LONGEST_WORD = 40


def read_lines(path: Path, what: str, *, most: int = MOST_BYTES) -> list[str]:
    """The lines of a UTF-8 text, plain or gzip, without line ends and without empty lines at the end.

    Parameters
    ----------
    what : one clause on what the file should hold; it ends the message of a refusal.
    most : bytes that the file, packed or not, may hold.

    Raises
    ------
    InputError : not a file, too large before or after inflation, damaged, not UTF-8, control characters, an endless line, or empty.
    """
    data = _inflated(path, _bytes(path, what, most), most)
    if data.count(b"\n") == 0 and len(data) > LONGEST_LINE:
        raise refusal(path, "", f"one line of more than {LONGEST_LINE // MEBIBYTE} MiB; {what}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refusal(path, "", f"not UTF-8 text; {what}") from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise refusal(path, "", f"is empty; {what}")
    if "\0" in text:
        raise refusal(path, "", f"holds NUL characters, so it is no text; {what}")
    if max(map(len, lines)) > LONGEST_LINE:
        raise refusal(path, "", f"a line of more than {LONGEST_LINE // MEBIBYTE} MiB; {what}")
    return lines


def _bytes(path: Path, what: str, most: int) -> bytes:
    try:
        if not path.is_file():
            raise refusal(path, "", f"not found as a file; {what}")
        if path.stat().st_size > most:
            raise refusal(path, "", f"larger than {most:,} bytes; {what}")
        return path.read_bytes()
    except OSError as wrong:
        raise refusal(path, "", f"cannot be read: {wrong.strerror}") from None


def _inflated(path: Path, data: bytes, most: int) -> bytes:
    """The content of a gzip file; plain data come back as they are."""
    if not data.startswith(PACKED):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            inflated = packed.read(most + 1)
    except (OSError, EOFError, zlib.error):
        raise refusal(path, "", "the packed data are damaged or cut short; copy the file again") from None
    if len(inflated) > most:
        raise refusal(path, "", f"unpacks to more than {most:,} bytes; a table of this kind is smaller")
    return inflated


def stem(path: Path) -> str:
    """The file's name without its ending, doubled ones such as `.tsv.gz` included; what cannot be printed becomes `?`."""
    name = path.name
    for ending in ENDINGS:
        if name.lower().endswith(ending) and len(name) > len(ending):
            name = name[: -len(ending)]
            break
    return "".join(c if c.isprintable() else "?" for c in name)


def shown(word: str) -> str:
    """A word of a file, fit for a one-line message."""
    clean = "".join(c if c.isprintable() else "?" for c in word)
    return clean if len(clean) <= LONGEST_WORD else clean[: LONGEST_WORD - 1] + "…"
