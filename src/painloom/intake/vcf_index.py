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


class IndexMisfit(Exception):
    """The index is damaged, belongs to another file, or is of a kind that does not know where reference blocks end."""


@dataclass(frozen=True, slots=True)
class Index:
    """Virtual offsets: `chunks` maps a sequence name to {bin: stretches}, for wanted sequences; `last` is where the data end."""

    shift: int
    depth: int
    chunks: dict[str, Bins]
    names: tuple[str, ...]
    last: int

    def stretches(self, windows: Windows) -> list[tuple[str, int, int]]:
        """(sequence, first, last virtual offset) of all data that may overlap a window, in file order, joined where touching."""
        found = []
        for name, bins in self.chunks.items():
            for start, stop in windows.both.on(canonical(name)):
                for number in _bins(max(0, start - 1 - MARGIN), stop, self.shift, self.depth):
                    found += [(name, first, last) for first, last in bins.get(number, ())]
        out: list[tuple[str, int, int]] = []
        for name, first, last in sorted(set(found), key=lambda s: s[1:]):
            if out and out[-1][0] == name and first <= out[-1][2]:
                out[-1] = (name, out[-1][1], max(out[-1][2], last))
            else:
                out.append((name, first, last))
        return out


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
    except (OSError, zlib.error, struct.error, UnicodeDecodeError, IndexError) as error:
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
    last = 0
    pseudo = ((1 << (3 * (depth + 1))) - 1) // 7 + _PSEUDO_BIN_EXTRA
    for name in names[:count]:
        bins, top, at = _read_bins(data, at, linear=data[:3] == b"TBI", pseudo=pseudo)
        last = max(last, top)
        if canonical(name) in windows.ranks:
            wanted[name] = bins
    return Index(shift, depth, wanted, names[:count], last)


def _tabix_names(data: bytes, at: int) -> tuple[str, ...]:
    preset, *_, size = struct.unpack_from("<7i", data, at)
    if preset != _VCF_PRESET:
        raise IndexMisfit
    return tuple(data[at + 28 : at + 28 + size].decode().split("\0")[:-1])


def _read_bins(data: bytes, at: int, *, linear: bool, pseudo: int) -> tuple[Bins, int, int]:
    """The bins of one sequence, the largest offset in them, and where the next sequence begins."""
    bins: Bins = {}
    top = 0
    count = struct.unpack_from("<i", data, at)[0]
    at += 4
    head = struct.Struct("<Ii" if linear else "<IQi")
    for _ in range(count):
        number, size = head.unpack_from(data, at)[:: 1 if linear else 2]
        at += head.size
        if number != pseudo:
            offsets = struct.unpack_from(f"<{2 * size}Q", data, at)
            bins[number] = list(zip(offsets[::2], offsets[1::2], strict=True))
            top = max(top, offsets[-1])
        at += 16 * size
    if linear:
        at += 4 + 8 * int(struct.unpack_from("<i", data, at)[0])
    return bins, top, at


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
