"""NIfTI-1 and NIfTI-2 images in one file: the header is checked against the file before a byte of data is reserved, volumes stream."""

import itertools
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from painloom.intake.limits import MEBIBYTE, refusal
from painloom.intake.niftibytes import PACKED, Bytes, opened
from painloom.intake.spaces import space_of
from painloom.intake.tabtext import stem

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]
ENDINGS = (".nii", ".nii.gz")
TYPES = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4", 1024: "i8", 1280: "u8"}
HEADS, LONGEST_HEAD = (348, 540), 540
LONGEST_SIDE, MOST_VOXELS, MOST_VOLUMES = 2048, 2**26, 100_000
MOST_OFFSET = 16 * MEBIBYTE  # extensions before the data
PACKING = 1100  # no deflate stream unpacks to more than 1,032 times its size
TIGHT, ROOMY = 200, 4096 * MEBIBYTE  # packed this tightly and this large at once, a file is a bomb
SECONDS = {0: 1.0, 8: 1.0, 16: 1e-3, 24: 1e-6}  # xyzt_units, bits 3 to 5
KIND = "a NIfTI image in one file (.nii, .nii.gz) is asked for"


@dataclass(frozen=True)
class Image:
    """The header of one image, checked; the data stay in the file.

    `shape` (x, y, z), `count` volumes, `kind` the stored number type with its byte order, value = stored * `slope` + `inter`.
    `affine` (4, 4) from voxel to mm, `zooms` in mm, `tr_s` seconds between volumes (None where the header has none or 0).
    `space` is what the file's name says, "" for nothing.  Free text of the header is never kept.
    """

    path: Path
    id: str
    shape: tuple[int, int, int]
    count: int
    kind: np.dtype[Any]
    slope: float
    inter: float
    affine: Floats = field(repr=False)
    zooms: tuple[float, float, float]
    tr_s: float | None
    space: str
    offset: int
    is_packed: bool
    notes: tuple[str, ...] = ()

    @property
    def voxels(self) -> int:
        """Voxels of one volume."""
        return self.shape[0] * self.shape[1] * self.shape[2]

    @property
    def is_scaled(self) -> bool:
        """Whether stored numbers differ from values."""
        return self.slope != 1.0 or self.inter != 0.0

    def stored(self) -> Iterator[Array]:
        """Each volume as stored, flat with x fastest; the array is only good until the next one is asked for.

        Raises
        ------
        InputError : the file ends before its header's promise, or its packed data are damaged.
        """
        size = self.voxels * self.kind.itemsize
        buffer = bytearray(size)
        with opened(self.path, is_packed=self.is_packed) as file:
            _skip(file, self.offset, self)
            for number in range(self.count):
                if file.fill(memoryview(buffer)) < size:
                    raise refusal(self.path, f"volume {number + 1} of {self.count}", "the file ends here; it was cut short, copy it again")
                yield np.frombuffer(buffer, self.kind)
            file.finish()

    def volumes(self) -> Iterator[Floats]:
        """Each volume as values (x, y, z) float64, NaN where the file holds none; raises as `stored`."""
        for raw in self.stored():
            yield self._values(raw)

    def volume(self, number: int) -> Floats:
        """One volume as values (x, y, z) float64; IndexError when there is none."""
        if not 0 <= number < self.count:
            raise IndexError(number)
        each = self.stored()
        for raw in itertools.islice(each, number, None):
            values = self._values(raw)
            if number == self.count - 1:
                next(each, None)  # runs into the end of the file, where packed data have their checksum
            return values
        raise AssertionError("the count was checked")

    def _values(self, raw: Array) -> Floats:
        values = raw.astype(np.float64).reshape(self.shape, order="F")
        return values * self.slope + self.inter if self.is_scaled else values


def open_image(path: Path) -> Image:
    """The image at `path`, its header read and checked, nothing else.

    Raises
    ------
    InputError : no such file, not NIfTI in one file, a number type that is not read (complex, colour), sides or volumes beyond the bounds,
    no usable affine, or more data than the file can hold.
    """
    try:
        if not path.exists():
            raise refusal(path, "", f"not found as a file; {KIND}")
        if not stat.S_ISREG(path.stat().st_mode):
            raise refusal(path, "", f"no ordinary file; {KIND}")
        size = path.stat().st_size
        with path.open("rb") as file:
            is_packed = file.read(2) == PACKED
        head = _head(path, is_packed=is_packed)
    except OSError as wrong:
        raise refusal(path, "", f"cannot be read: {wrong.strerror or 'damaged'}") from None
    return _image(path, head, is_packed, size)


def _head(path: Path, *, is_packed: bool) -> bytes:
    with opened(path, is_packed=is_packed) as file:
        head = bytearray(LONGEST_HEAD)
        return bytes(head[: file.fill(memoryview(head))])


def _image(path: Path, head: bytes, is_packed: bool, size: int) -> Image:
    order, version = _order(path, head)
    fields = _fields(head, order, version)
    shape, count = _sides(path, fields["dim"])
    code = int(fields["datatype"])
    if code not in TYPES:
        raise refusal(path, "header", f"number type {code} is not read (complex, colour, 128 bit); convert the image to plain numbers")
    kind = np.dtype(order + TYPES[code])
    offset = _offset(path, float(fields["vox_offset"]), version)
    needed = offset + shape[0] * shape[1] * shape[2] * count * kind.itemsize
    _check_size(path, needed, size, is_packed=is_packed)
    slope, inter = _scale(path, float(fields["scl_slope"]), float(fields["scl_inter"]))
    affine, notes = _affine(path, fields)
    zooms = tuple(float(np.linalg.norm(affine[:3, axis])) for axis in range(3))
    return Image(
        path=path,
        id=stem(path),
        shape=shape,
        count=count,
        kind=kind,
        slope=slope,
        inter=inter,
        affine=affine,
        zooms=(zooms[0], zooms[1], zooms[2]),
        tr_s=_seconds(fields),
        space=space_of(path.name),
        offset=offset,
        is_packed=is_packed,
        notes=notes,
    )


def _check_size(path: Path, needed: int, size: int, *, is_packed: bool) -> None:
    """Refuse a promise that the file cannot keep, or keeps only as a bomb does, before anything is reserved for it."""
    if (size * PACKING if is_packed else size) < needed:
        told = "can unpack to" if is_packed else "holds"
        what = f"the header promises {needed:,} bytes, more than the file {told}"
        raise refusal(path, "", f"{what}; it was cut short or its header is wrong, copy it again")
    if is_packed and needed > ROOMY and needed > TIGHT * size:
        raise refusal(path, "", f"unpacks to {needed:,} bytes, over {TIGHT} times its size; no scanner writes that, give the file unpacked")


def _order(path: Path, head: bytes) -> tuple[str, int]:
    """Byte order and version, from the header's first number and its mark."""
    if len(head) < 348:
        raise refusal(path, "", f"{len(head)} bytes, a header has 348; {KIND}")
    for order in "<>":
        size = struct.unpack_from(order + "i", head)[0]
        if size not in HEADS:
            continue
        version = 1 if size == 348 else 2
        mark = head[344:348] if version == 1 else head[4:12]
        if version == 1 and mark == b"n+1\0":
            return order, 1
        if version == 2 and mark == b"n+2\0\r\n\x1a\n" and len(head) == 540:
            return order, 2
        pair = mark[:4] in (b"ni1\0", b"ni2\0")
        told = (
            "half of a pair (.hdr, .img), which is not read; join it into one .nii file"
            if pair
            else f"its mark is not that of NIfTI; {KIND}"
        )
        raise refusal(path, "header", told)
    raise refusal(path, "header", f"its first number is no header size; {KIND}")


def _fields(head: bytes, order: str, version: int) -> dict[str, Any]:
    """The numbers of the header that are used; text fields are left alone."""

    def take(form: str, at: int) -> Any:
        found = struct.unpack_from(order + form, head, at)
        return found[0] if len(found) == 1 else found

    if version == 1:
        places = {
            "dim": ("8h", 40), "datatype": ("h", 70), "pixdim": ("8f", 76), "vox_offset": ("f", 108), "scl_slope": ("f", 112),
            "scl_inter": ("f", 116), "xyzt_units": ("B", 123), "qform_code": ("h", 252), "sform_code": ("h", 254), "quatern": ("6f", 256),
            "srow": ("12f", 280),
        }  # fmt: skip
    else:
        places = {
            "datatype": ("h", 12), "dim": ("8q", 16), "pixdim": ("8d", 104), "vox_offset": ("q", 168), "scl_slope": ("d", 176),
            "scl_inter": ("d", 184), "qform_code": ("i", 344), "sform_code": ("i", 348), "quatern": ("6d", 352), "srow": ("12d", 400),
            "xyzt_units": ("i", 500),
        }  # fmt: skip
    return {name: take(*place) for name, place in places.items()}


def _sides(path: Path, dim: tuple[int, ...]) -> tuple[tuple[int, int, int], int]:
    number = dim[0]
    if not 3 <= number <= 7:
        raise refusal(path, "header", f"{number} dimensions; 3 or 4 are read")
    sides = [dim[at] if at <= number else 1 for at in range(1, 8)]
    if any(side < 1 for side in sides):
        raise refusal(path, "header", "a side that is zero or negative; the header is damaged")
    x, y, z, count, *more = sides
    if any(side != 1 for side in more):
        raise refusal(path, "header", f"{number} dimensions with more than one entry; 3 or 4 are read, split the image")
    if max(x, y, z) > LONGEST_SIDE or x * y * z > MOST_VOXELS or count > MOST_VOLUMES:
        raise refusal(
            path,
            "header",
            f"{x} x {y} x {z} voxels, {count:,} volumes; most: sides of {LONGEST_SIDE}, {MOST_VOXELS:,} voxels, {MOST_VOLUMES:,} volumes",
        )
    return (x, y, z), count


def _offset(path: Path, offset: float, version: int) -> int:
    least = 352 if version == 1 else 544
    if offset == 0:
        return least
    if not least <= offset <= MOST_OFFSET or offset != int(offset):
        raise refusal(path, "header", f"data start at {offset:g}; allowed is a whole number from {least} to {MOST_OFFSET:,}")
    return int(offset)


def _scale(path: Path, slope: float, inter: float) -> tuple[float, float]:
    """Slope 0 or NaN means unscaled, by the standard; infinite ones are damage."""
    if slope == 0 or np.isnan(slope):
        return 1.0, 0.0
    if not np.isfinite(slope) or not np.isfinite(inter):
        raise refusal(path, "header", "the scale factor is not finite; the header is damaged")
    return slope, inter


def _affine(path: Path, fields: dict[str, Any]) -> tuple[Floats, tuple[str, ...]]:
    """The sform where there is one, else the qform; where both are there and differ, the sform counts and that is said."""
    rows = np.vstack([np.reshape(np.asarray(fields["srow"], np.float64), (3, 4)), [0, 0, 0, 1]])
    has_rows, has_turn = fields["sform_code"] > 0, fields["qform_code"] > 0
    if not has_rows and not has_turn:
        raise refusal(path, "header", "no place in space (sform and qform are both 0); without it left and right are not known")
    turned = _turned(fields) if has_turn else None
    affine = rows if has_rows else turned
    assert affine is not None
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-6 or np.abs(affine).max() > 1e5:
        raise refusal(path, "header", "the affine is not finite or has no inverse; write the header again with its program")
    if has_rows and turned is not None and np.isfinite(turned).all() and np.abs(rows - turned).max() > 0.01 * max(1.0, np.abs(rows).max()):
        return affine, ("sform and qform differ; the sform was used",)
    return affine, ()


def _turned(fields: dict[str, Any]) -> Floats:
    b, c, d, *shift = (float(value) for value in fields["quatern"])
    a = np.sqrt(max(0.0, 1.0 - (b * b + c * c + d * d)))
    turn = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    flip = -1.0 if fields["pixdim"][0] < 0 else 1.0
    affine = np.eye(4)
    affine[:3, :3] = turn * (np.abs(np.asarray(fields["pixdim"][1:4], np.float64)) * [1.0, 1.0, flip])
    affine[:3, 3] = shift
    return affine


def _seconds(fields: dict[str, Any]) -> float | None:
    unit = SECONDS.get(int(fields["xyzt_units"]) & 0b111000)
    step = float(fields["pixdim"][4])
    return step * unit if unit and np.isfinite(step) and step > 0 else None


def _skip(file: Bytes, count: int, image: Image) -> None:
    if file.fill(memoryview(bytearray(count))) < count:
        raise refusal(image.path, "", "ends before its data start; the file was cut short")
