"""The header of a VCF or BCF file: samples, columns, and what it says about sequences and build."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from painloom.intake import limits
from painloom.intake.limits import refusal

FIXED = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
_CONTIG = re.compile(r"##contig=<(.*)>$")
_FIELD = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|[^,]*)')


@dataclass(frozen=True, slots=True)
class Contig:
    """One declared sequence; `length` is 0 where the header gives none, `index` is its number in a BCF file."""

    name: str
    length: int
    assembly: str
    index: int


@dataclass(frozen=True, slots=True)
class Head:
    """What the header says; `lines` is the number of its lines, `reference` the text of ##reference."""

    samples: tuple[str, ...]
    contigs: tuple[Contig, ...]
    reference: str
    lines: int

    @property
    def columns(self) -> int:
        """Columns of every record."""
        return len(FIXED) + 1 + len(self.samples)


def take_head(chunks: Iterator[bytes], path: Path) -> tuple[Head, bytes]:
    """The header of a text VCF and the bytes behind it that were read along.

    Raises
    ------
    InputError : no VCF 4 text, a header that is too long or has no sample, or sample names that repeat.
    """
    data = next(chunks, b"").removeprefix(b"\xef\xbb\xbf")
    if not data.startswith(b"##fileformat=VCFv4"):
        raise refusal(path, "line 1", "is not '##fileformat=VCFv4...'; this is no VCF file that can be read")
    at = 0
    while True:
        start = data.find(b"\n#CHROM", at)
        stop = data.find(b"\n", start + 1) if start >= 0 else -1
        if stop >= 0:
            break
        if len(data) > limits.HEADER:
            raise refusal(path, "header", f"is longer than {limits.HEADER // limits.MEBIBYTE} MiB without ending in #CHROM")
        at = max(0, len(data) - len(b"\n#CHROM")) if start < 0 else start
        more = next(chunks, b"")
        if not more:
            if start < 0:
                raise refusal(path, "header", "has no #CHROM line; the file was cut short or is no VCF")
            stop = len(data)  # a header without records whose last line has no line break
            break
        data += more
    return parse_head(data[:stop], path), data[stop + 1 :]


def parse_head(data: bytes, path: Path) -> Head:
    """The header from its text without the last line break.

    Raises
    ------
    InputError : as `take_head`.
    """
    if b"\0" in data:
        raise refusal(path, "header", "holds NUL bytes: the file is damaged or not plain text; fetch it again")
    if len(data) > limits.HEADER or data.count(b"\n") > limits.HEADER_LINES:
        most = f"{limits.HEADER // limits.MEBIBYTE} MiB or {limits.HEADER_LINES} lines"
        raise refusal(path, "header", f"is longer than {most}, which no genome needs")
    *meta, last = data.replace(b"\r\n", b"\n").rstrip(b"\r\n").split(b"\n")
    if any(not line.startswith(b"##") for line in meta):
        number = next(i for i, line in enumerate(meta, 1) if not line.startswith(b"##"))
        raise refusal(path, f"line {number}", "stands before #CHROM and does not start with ##; this is no VCF header")
    texts = [_text(line) for line in meta]
    reference = next((t.partition("=")[2] for t in texts if t.startswith("##reference=")), "")
    return Head(_samples(last, len(meta) + 1, path), _contigs(texts), reference, len(meta) + 1)


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _samples(line: bytes, number: int, path: Path) -> tuple[str, ...]:
    where = f"line {number}"
    count = line.count(b"\t") - len(FIXED)
    if count > limits.SAMPLES:
        raise refusal(path, where, f"names {count} samples; at most {limits.SAMPLES} are read: split the file")
    names = _text(line).split("\t")
    if tuple(names[: len(FIXED)]) != FIXED:
        raise refusal(path, where, "is no #CHROM line with the columns of VCF, separated by tabs")
    if len(names) < len(FIXED) + 2 or names[len(FIXED)] != "FORMAT":
        raise refusal(path, where, "names no sample: the file holds variants without genotypes; export it with samples")
    samples = tuple(names[len(FIXED) + 1 :])
    if not all(samples):
        raise refusal(path, where, "has an empty sample name; name every sample")
    if len(set(samples)) != len(samples):
        raise refusal(path, where, "names a sample twice; sample names must differ")
    return samples


def _contigs(texts: list[str]) -> tuple[Contig, ...]:
    found: dict[str, Contig] = {}
    for text in texts:
        hit = _CONTIG.match(text.rstrip())
        if not hit:
            continue
        fields = {key: value.strip('"') for key, value in _FIELD.findall(hit[1])}
        name = fields.get("ID", "")
        if name and name not in found:
            index = int(fields["IDX"]) if fields.get("IDX", "").isdecimal() else len(found)
            length = int(fields["length"]) if fields.get("length", "").isdecimal() else 0
            found[name] = Contig(name, length, fields.get("assembly", ""), index)
    return tuple(found.values())
