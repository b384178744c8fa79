"""FreeSurfer's mgh and mgz images: one volume as an array with its affine, with bounds before anything is allocated."""

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from painloom.intake.limits import refusal

HEAD, LAYOUT = 284, struct.Struct(">7i h 15f")
TYPES = {0: ">u1", 1: ">i4", 3: ">f4", 4: ">i2", 10: ">u2"}
LONGEST_SIDE, MOST_VOXELS = 1024, 512**3
PIECE, PACKED = 1 << 20, b"\x1f\x8b"
KIND = "an mgh or mgz image is asked for"


@dataclass(frozen=True)
class Volume:
    """One volume, axes (x, y, z); `affine` (4, 4) from voxel to scanner mm, None when the file does not say."""

    data: npt.NDArray[Any]
    affine: npt.NDArray[np.float64] | None


def read_mgh(path: Path) -> Volume:
    """The image at `path`, packed or not; what follows the voxels (names, commands) is never read.

    Raises
    ------
    InputError : not such an image, several volumes, sides or voxels beyond the bounds, an unknown number type, or fewer bytes than its
    header promises.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == PACKED
            file.seek(0)
            head = _take(file, HEAD, packed, path)
            count, shape, kind, affine = _head(head, path)
            size = np.dtype(kind).itemsize
            file.seek(0)
            whole = _take(file, HEAD + count * size, packed, path)
    except OSError as wrong:
        raise refusal(path, "", f"cannot be read: {wrong.strerror}") from None
    data = np.frombuffer(whole, dtype=kind, count=count, offset=HEAD)
    return Volume(data.reshape(shape, order="F"), affine)


def _head(head: bytes, path: Path) -> tuple[int, tuple[int, int, int], str, npt.NDArray[np.float64] | None]:
    version, x, y, z, frames, type_, _, good, *geometry = LAYOUT.unpack_from(head)
    if version != 1:
        raise refusal(path, "header", f"its first number is no known version; {KIND}")
    if not all(1 <= side <= LONGEST_SIDE for side in (x, y, z)) or x * y * z > MOST_VOXELS:
        raise refusal(path, "header", f"{x} x {y} x {z} voxels; allowed are sides of 1 to {LONGEST_SIDE} and {MOST_VOXELS:,} voxels in all")
    if frames != 1:
        raise refusal(path, "header", f"{frames} volumes; one is asked for")
    if type_ not in TYPES:
        raise refusal(path, "header", f"number type {type_} is not one of {', '.join(map(str, TYPES))}; convert the image")
    return x * y * z, (x, y, z), TYPES[type_], _affine(good, geometry, (x, y, z))


def _affine(good: int, geometry: list[float], shape: tuple[int, int, int]) -> npt.NDArray[np.float64] | None:
    """From voxel sizes, direction cosines (columns x, y, z) and the place of the centre; None when the header holds none."""
    numbers = np.array(geometry, dtype=np.float64)
    if good <= 0 or not np.isfinite(numbers).all():
        return None
    turn = numbers[3:12].reshape(3, 3).T * numbers[:3]
    affine = np.eye(4)
    affine[:3, :3] = turn
    affine[:3, 3] = numbers[12:] - turn @ (np.array(shape) / 2)
    return affine


def _take(file: BinaryIO, wanted: int, packed: bool, path: Path) -> bytes:
    """The first `wanted` bytes; inflating stops there, so a file that unpacks without end costs no more."""
    if not packed:
        data = file.read(wanted)
        if len(data) < wanted:
            raise refusal(path, "", f"{len(data):,} bytes, its header promises {wanted:,}; the file was cut short")
        return data
    engine, held, size = zlib.decompressobj(31), [], 0
    while size < wanted:
        pending = engine.unconsumed_tail or file.read(PIECE)
        if not pending or engine.eof:
            raise refusal(path, "", f"unpacks to {size:,} bytes, {wanted:,} are needed; the file was cut short")
        try:
            piece = engine.decompress(pending, wanted - size)
        except zlib.error:
            raise refusal(path, "", "the packed data are damaged; copy the file again") from None
        held.append(piece)
        size += len(piece)
    return b"".join(held)
