"""BCF bytes in pieces -> the few records that matter: the framing of every record is checked, only chosen ones go to the parser."""

import struct
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from painloom.errors import InputError
from painloom.intake import limits
from painloom.intake.contigs import canonical
from painloom.intake.limits import refusal
from painloom.intake.vcf_head import Head, parse_head
from painloom.intake.vcf_windows import STRIDE, Windows

MAGIC = b"BCF\x02"
INTEGERS = frozenset((1, 2, 3))  # codes of 8, 16 and 32 bit integers in BCF
_SIZES = {0: 0, 1: 1, 2: 2, 3: 4, 5: 4, 7: 1}
_FIXED = struct.Struct("<IIiiifII")  # lengths of both halves, contig, position, bases, quality, alleles + INFO, FORMAT + samples
_LONG_ALLELE = 50


def take_bcf_head(chunks: Iterator[bytes], path: Path) -> tuple[Head, bytes, bytes]:
    """The header of a BCF file, its raw bytes (with magic and length), and the bytes behind it that were read along.

    Raises
    ------
    InputError : not BCF 2, or a header that `parse_head` refuses.
    """
    data = next(chunks, b"")
    if data[:4] != MAGIC or len(data) < 9:
        raise refusal(path, "start", "is not BCF version 2; convert it to VCF or to BCF 2")
    length = 9 + int.from_bytes(data[5:9], "little")
    if length > limits.HEADER:
        raise refusal(path, "header", f"is longer than {limits.HEADER // limits.MEBIBYTE} MiB")
    while len(data) < length:
        more = next(chunks, b"")
        if not more:
            raise refusal(path, "header", "stops in the middle: the file was cut short; fetch it again")
        data += more
    return parse_head(data[9:length].rstrip(b"\0"), path), data[:length], data[length:]


@dataclass
class FrameScanner:
    """Takes pieces of BCF records in order, gives the records that overlap a window as raw bytes."""

    path: Path
    head: Head
    windows: Windows
    number: int = 0
    chromosomes: set[str] = field(default_factory=set)
    rest: bytes = b""
    unended: bool = False

    def __post_init__(self) -> None:
        """Look up once what every record asks for: chromosome and place on the single axis of each contig number."""
        known = {contig.index: canonical(contig.name) for contig in self.head.contigs}
        self._chromosome = known
        self._bases = {i: self.windows.ranks[name] * STRIDE for i, name in known.items() if name in self.windows.ranks}
        self._samples = len(self.head.samples)
        self._both = (self.windows.both.starts.tolist(), self.windows.both.stops.tolist())
        self._sites = (self.windows.sites.starts.tolist(), self.windows.sites.stops.tolist())
        self._regions = (self.windows.regions.starts.tolist(), self.windows.regions.stops.tolist())

    def feed(self, piece: bytes) -> list[bytes]:
        """The records of interest among those that the piece completes.

        Raises
        ------
        InputError : a record whose lengths or number of samples no BCF file may have.
        """
        data = self.rest + piece if self.rest else piece
        at, chosen, last, base = 0, [], -1, None
        unpack, fixed, ready = _FIXED.unpack_from, _FIXED.size, len(data)
        starts, stops = self._both
        many = len(stops)
        while ready - at >= fixed:
            shared, own, contig, start, bases, _, _, samples = unpack(data, at)
            size = 8 + shared + own
            if shared < 24 or size > limits.LINE or samples & 0xFFFFFF != self._samples or contig < 0:
                raise self._wrong("has impossible lengths or another number of samples than the header: the file is damaged")
            if ready - at < size:
                break
            self.number += 1
            if contig != last:
                self.chromosomes.add(self._chromosome.get(contig, ""))
                last, base = contig, self._bases.get(contig)
            if base is not None:
                first = base + start + 1
                near = bisect_left(stops, first)
                if near < many and starts[near] < first + max(bases, 1) and self._wanted(first, bases, data[at : at + 8 + shared]):
                    chosen.append(data[at : at + size])
            at += size
        self.rest = data[at:]
        return chosen

    def finish(self) -> list[bytes]:
        """Nothing more; refuses bytes that are no whole record."""
        if self.rest:
            raise self._wrong("stops in the middle: the file was cut short; fetch it again")
        return []

    def _wanted(self, start: int, bases: int, shared: bytes) -> bool:
        stop = start + max(bases, 1) - 1
        if _meets(self._sites, start, stop):
            return True
        symbolic = b"<DEL" in shared or b"<DUP" in shared or b"<CN" in shared
        return (symbolic or bases > _LONG_ALLELE) and _meets(self._regions, start, stop)

    def _wrong(self, what: str) -> InputError:
        return refusal(self.path, f"record {self.number + 1}", what)


def _meets(intervals: tuple[list[int], list[int]], start: int, stop: int) -> bool:
    starts, stops = intervals
    at = bisect_left(stops, start)
    return at < len(stops) and starts[at] <= stop


def format_types(frame: bytes) -> list[int]:
    """Type codes of the FORMAT fields of one BCF record, in order; empty where the fields do not fill the record exactly."""
    shared, own, *_, samples = _FIXED.unpack_from(frame)
    at, end, found = 8 + shared, 8 + shared + own, []
    try:
        for _ in range(samples >> 24):
            _, at = _typed_integer(frame, at)
            code, count, at = _descriptor(frame, at)
            if count < 0:
                return []
            at += count * _SIZES[code] * (samples & 0xFFFFFF)
            found.append(code)
    except (KeyError, IndexError, ValueError):
        return []
    return found if at == end else []


def _descriptor(data: bytes, at: int) -> tuple[int, int, int]:
    code, count, at = data[at] & 15, data[at] >> 4, at + 1
    if count == 15:
        count, at = _typed_integer(data, at)
    return code, count, at


def _typed_integer(data: bytes, at: int) -> tuple[int, int]:
    size = _SIZES[data[at] & 15]
    if data[at] & 15 not in INTEGERS or data[at] >> 4 != 1 or at + 1 + size > len(data):
        raise ValueError
    return int.from_bytes(data[at + 1 : at + 1 + size], "little", signed=True), at + 1 + size
