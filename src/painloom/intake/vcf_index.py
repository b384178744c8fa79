"""Reading only the stretches of a bgzip file that its .tbi or .csi index names; an index that does not fit is not believed."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from painloom.intake import limits
from painloom.intake.bytestream import BGZF_END, Flow
from painloom.intake.contigs import canonical
from painloom.intake.vcf_windows import Windows

MARGIN = 16_384  # some writers file a reference block under its first base only: look one smallest bin further left
Bins = dict[int, list[tuple[int, int]]]
_VCF_PRESET = 2
_PSEUDO_BIN_EXTRA = 1
_TABIX_BIN, _CSI_BIN = struct.Struct("<Ii"), struct.Struct("<I8xi")  # number and count of chunks of a bin


class IndexMisfit(Exception):
    """The index is damaged, belongs to another file, or is of a kind that does not know where reference blocks end."""


@dataclass(frozen=True, slots=True)
class Index:
    """Virtual offsets: `stretches` (sequence, first, last) hold all records that may overlap a window; the data end at `last`."""

    names: tuple[str, ...]
    last: int
    stretches: tuple[tuple[str, int, int], ...]


def find_index(path: Path) -> Path | None:
    """The index that lies beside the file, if any."""
    beside = (path.with_name(path.name + ending) for ending in (".tbi", ".csi"))
    return next((p for p in beside if p.is_file()), None)


def read_index(path: Path, windows: Windows, names: tuple[str, ...]) -> Index:
    """The index, reduced to the sequences on which windows lie; `names` are the sequences of a BCF header, in order of number.

    Raises
    ------
    IndexMisfit : it cannot be read, or is none of VCF or BCF.
    """
    try:
        engine = zlib.decompressobj(31)
        data, packed = b"", path.read_bytes()
        while packed and len(data) <= limits.INDEX:
            data += engine.decompress(packed, limits.INDEX)
            packed = engine.unused_data if engine.eof else b""
            engine = zlib.decompressobj(31)
        return _parse(data, windows, names)
    except (OSError, zlib.error, struct.error, UnicodeDecodeError, IndexError, OverflowError, MemoryError) as error:
        raise IndexMisfit from error


def _parse(data: bytes, windows: Windows, names: tuple[str, ...]) -> Index:
    if data[:4] == b"TBI\x01":
        shift, depth, at = 14, 5, 8
        names, at = _tabix_names(data, at), at + 28 + struct.unpack_from("<i", data, at + 24)[0]
        count = struct.unpack_from("<i", data, 4)[0]
    elif data[:4] == b"CSI\x01":
        shift, depth, extra = struct.unpack_from("<iii", data, 4)
        if extra:
            names = _tabix_names(data, 16)
        count, at = struct.unpack_from("<i", data, 16 + extra)[0], 20 + extra
    else:
        raise IndexMisfit
    if count > len(names) or not 0 < shift < 32 or not 0 < depth < 12:
        raise IndexMisfit
    wanted: dict[str, Bins] = {}
    linear = data[:3] == b"TBI"
    last_used = at
    for name in names[:count]:
        needed = _needed(windows, canonical(name), shift, depth)
        bins, following = _read_bins(data, at, needed, linear=linear)
        if struct.unpack_from("<i", data, at)[0]:
            last_used = at  # the data of the file end with its last sequence
        at = following
        if needed:
            wanted[name] = bins
    every, _ = _read_bins(data, last_used, None, linear=linear)
    pseudo = ((1 << (3 * (depth + 1))) - 1) // 7 + _PSEUDO_BIN_EXTRA
    last = max((stop for number, bin_ in every.items() if number != pseudo for _, stop in bin_), default=0)
    return Index(names[:count], last, _joined(wanted))


def _needed(windows: Windows, chromosome: str, shift: int, depth: int) -> frozenset[int]:
    """Numbers of the bins that may hold records near the windows of a chromosome."""
    if chromosome not in windows.ranks:
        return frozenset()
    found: set[int] = set()
    for start, stop in windows.both.on(chromosome):
        found.update(_bins(max(0, start - 1 - MARGIN), stop, shift, depth))
    return frozenset(found)


def _joined(wanted: dict[str, Bins]) -> tuple[tuple[str, int, int], ...]:
    """(sequence, first, last virtual offset) of the bins, in file order, joined where they touch."""
    found = {(name, first, last) for name, bins in wanted.items() for bin_ in bins.values() for first, last in bin_}
    out: list[tuple[str, int, int]] = []
    for name, first, last in sorted(found, key=lambda s: s[1:]):
        if out and out[-1][0] == name and first <= out[-1][2]:
            out[-1] = (name, out[-1][1], max(out[-1][2], last))
        else:
            out.append((name, first, last))
    return tuple(out)


def _tabix_names(data: bytes, at: int) -> tuple[str, ...]:
    preset, *_, size = struct.unpack_from("<7i", data, at)
    if preset != _VCF_PRESET:
        raise IndexMisfit
    return tuple(data[at + 28 : at + 28 + size].decode().split("\0")[:-1])


def _read_bins(data: bytes, at: int, needed: frozenset[int] | None, *, linear: bool) -> tuple[Bins, int]:
    """The needed bins of one sequence (None = all) and where the next sequence begins."""
    bins: Bins = {}
    count = struct.unpack_from("<i", data, at)[0]
    at += 4
    unpack, size = (_TABIX_BIN.unpack_from, _TABIX_BIN.size) if linear else (_CSI_BIN.unpack_from, _CSI_BIN.size)
    for _ in range(count):
        number, chunks = unpack(data, at)
        if chunks < 0:
            raise IndexMisfit
        at += size
        if needed is None or number in needed:
            offsets = struct.unpack_from(f"<{2 * chunks}Q", data, at)
            bins[number] = list(zip(offsets[::2], offsets[1::2], strict=True))
        at += 16 * chunks
    if linear:
        at += 4 + 8 * max(0, int(struct.unpack_from("<i", data, at)[0]))
    return bins, at


def _bins(start: int, stop: int, shift: int, depth: int) -> Iterator[int]:
    """Numbers of the bins that may hold records overlapping the 0-based half-open stretch."""
    first = 0
    for level in range(depth + 1):
        width = shift + 3 * (depth - level)
        yield from range(first + (start >> width), first + ((stop - 1) >> width) + 1)
        first += 1 << (3 * level)


@dataclass
class BlockReader:
    """Single bgzip blocks by their offset in the file."""

    handle: BinaryIO
    flow: Flow
    cached: dict[int, tuple[bytes, int]] = field(default_factory=dict)

    def block(self, offset: int) -> tuple[bytes, int]:
        """The inflated block and the offset of the next.

        Raises
        ------
        IndexMisfit : no block begins there, or it is damaged.
        """
        if offset not in self.cached:
            self.handle.seek(offset)
            packed = self.handle.read(1 << 16)
            if packed[:4] != b"\x1f\x8b\x08\x04" or packed[12:14] != b"BC":
                raise IndexMisfit
            size = int.from_bytes(packed[16:18], "little") + 1
            engine = zlib.decompressobj(31)
            try:
                piece = engine.decompress(packed[:size])
            except zlib.error as error:
                raise IndexMisfit from error
            if not engine.eof or engine.unused_data:
                raise IndexMisfit
            self.cached = {offset: (piece, offset + size)}
            self.flow.packed += size
            self.flow.count(piece)
        return self.cached[offset]

    def ends_at(self, last: int) -> bool:
        """Whether the data of the file end at this virtual offset, as they must when the index belongs to the file."""
        end = self.handle.seek(0, 2) - len(BGZF_END)
        offset, within = last >> 16, last & 0xFFFF
        if offset == end:
            return within == 0
        try:
            piece, following = self.block(offset)
        except IndexMisfit:
            return False
        return following == end and within == len(piece)

    def stretch(self, first: int, last: int) -> Iterator[bytes]:
        """The bytes between two virtual offsets, in pieces of some MiB."""
        offset, within = first >> 16, first & 0xFFFF
        held, size = [], 0
        while offset <= last >> 16:
            if offset == last >> 16 and not last & 0xFFFF:
                break
            piece, following = self.block(offset)
            held.append(piece[within : last & 0xFFFF] if offset == last >> 16 else piece[within:])
            size += len(held[-1])
            offset, within = following, 0
            if size >= limits.BLOCK:
                yield b"".join(held)
                held, size = [], 0
        if held:
            yield b"".join(held)
