"""A VCF or BCF file -> its header and the records at the sites, by index where there is one that fits, else in one pass."""

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from painloom.errors import InputError
from painloom.intake import limits
from painloom.intake.bytestream import Flow, open_file, packing_of, pieces
from painloom.intake.contigs import canonical
from painloom.intake.limits import refusal
from painloom.intake.options import ReadOptions
from painloom.intake.vcf_frames import MAGIC, FrameScanner, take_bcf_head
from painloom.intake.vcf_head import Head, take_head
from painloom.intake.vcf_index import BlockReader, IndexMisfit, find_index, read_index
from painloom.intake.vcf_lines import LineScanner
from painloom.intake.vcf_records import Record, RecordParser
from painloom.intake.vcf_windows import Windows

Scanner = LineScanner | FrameScanner


@dataclass(frozen=True, slots=True)
class Gathered:
    """Header, names of the kept samples, records near the sites in file order, chromosomes that have any record at all."""

    head: Head
    samples: tuple[str, ...]
    records: tuple[Record, ...]
    chromosomes: frozenset[str]
    digest: str
    origin: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Opened:
    """What is known once the header is read; `raw` is the header of a BCF file, b"" for text."""

    path: Path
    head: Head
    raw: bytes
    windows: Windows

    def scanner(self, number: int) -> Scanner:
        if self.raw:
            return FrameScanner(self.path, self.head, self.windows)
        return LineScanner(self.path, self.head.columns, self.windows, number)


def names_in(path: Path) -> tuple[str, ...]:
    """Sample names of a VCF or BCF file, from its header alone.

    Raises
    ------
    InputError : the file cannot be opened or its header is refused.
    """
    with open_file(path) as handle:
        return _head(path, pieces(handle, packing_of(handle, path), Flow(path)))[0].samples


def gather(path: Path, windows: Windows, options: ReadOptions) -> Gathered:
    """Everything the file says near the windows.

    Raises
    ------
    InputError : the file, its header, a line or a genotype is refused; a wanted sample is not there.
    """
    with open_file(path) as handle:
        packing, flow = packing_of(handle, path), Flow(path)
        chunks = pieces(handle, packing, flow)
        head, raw, rest = _head(path, chunks)
        flow.ratio = 0 if len(head.samples) >= limits.WIDE else limits.INFLATION
        opened = _Opened(path, head, raw, windows)
        keep = _kept(path, head, options)
        warnings: list[str] = []
        if packing == "bgzip" and path.stat().st_size > limits.INDEXED and find_index(path):
            try:
                return _by_index(opened, keep, options)
            except IndexMisfit:
                warnings.append(f"{path.name}: its index does not fit the file; the whole file was read instead")
        parser = RecordParser(path, options, len(head.samples), keep, raw)
        scanner = opened.scanner(head.lines)
        records = tuple(parser.records(_all_lines(scanner, itertools.chain([rest], chunks))))
        if scanner.unended:
            warnings.append(f"{path.name}: the last line has no line break; if the file was cut short, its end is missing")
        samples = head.samples if keep is None else tuple(head.samples[i] for i in keep)
        seen = frozenset(scanner.chromosomes)
        return Gathered(head, samples, records, seen, flow.digest.hexdigest(), "BCF" if raw else "VCF", tuple(warnings))


def _head(path: Path, chunks: Iterator[bytes]) -> tuple[Head, bytes, bytes]:
    first = next(chunks, b"")
    everything = itertools.chain([first], chunks)
    if first.startswith(MAGIC[:3]):
        return take_bcf_head(everything, path)
    head, rest = take_head(everything, path)
    return head, b"", rest


def _kept(path: Path, head: Head, options: ReadOptions) -> NDArray[np.intp] | None:
    """Columns of the wanted samples, None = all."""
    if options.samples is None:
        return None
    wanted = set(options.samples)
    if not wanted <= set(head.samples) or not wanted:
        what = f"{len(wanted - set(head.samples))} of the wanted samples are not among the {len(head.samples)} of the file"
        raise refusal(path, "header", f"{what}; check the names that were asked for")
    columns = [i for i, name in enumerate(head.samples) if name in wanted]
    return None if len(columns) == len(head.samples) else np.array(columns, dtype=np.intp)


def _all_lines(scanner: Scanner, chunks: Iterator[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        yield from scanner.feed(chunk)
    yield from scanner.finish()


def _by_index(opened: _Opened, keep: NDArray[np.intp] | None, options: ReadOptions) -> Gathered:
    """As `gather`, through the index.

    Raises
    ------
    IndexMisfit : whatever is not as the index says; nothing that was read by then may be used.
    """
    path, head = opened.path, opened.head
    beside = find_index(path)
    if beside is None:
        raise IndexMisfit
    numbered = {contig.index: contig.name for contig in head.contigs}
    names = tuple(numbered.get(i, "") for i in range(max(numbered, default=-1) + 1))
    index = read_index(beside, opened.windows, names)
    with ThreadPoolExecutor(1) as pool, path.open("rb") as handle:
        digest = pool.submit(_digest, path)
        reader = BlockReader(handle, Flow(path, 0 if len(head.samples) >= limits.WIDE else limits.INFLATION))
        if not reader.ends_at(index.last):
            raise IndexMisfit
        parser = RecordParser(path, options, len(head.samples), keep, opened.raw)
        records = tuple(parser.records(_lines_of(opened, reader, index.stretches)))
        samples = head.samples if keep is None else tuple(head.samples[i] for i in keep)
        seen = frozenset(canonical(name) for name in index.names)
        return Gathered(head, samples, records, seen, digest.result(), "BCF" if opened.raw else "VCF", ())


def _lines_of(opened: _Opened, reader: BlockReader, stretches: Sequence[tuple[str, int, int]]) -> Iterator[bytes]:
    for name, first, last in stretches:
        scanner = opened.scanner(-1)
        try:
            for piece in reader.stretch(first, last):
                yield from scanner.feed(piece)
        except InputError as error:  # perhaps the line is sound and the index points into its middle
            raise IndexMisfit from error
        if scanner.rest or scanner.chromosomes - {canonical(name)}:
            raise IndexMisfit


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
