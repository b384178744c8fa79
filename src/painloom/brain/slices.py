"""Three grey slices through a head image, and the image itself without its free texts: what a page may show of a scan.

Every picture is sampled at the nearest voxel on a grid of millimetres in the image's own world (x to the person's right, y to the
front, z up), so that tilted images and any order of axes come out upright; left in a picture is the person's left.
"""

import gzip
import io
import math
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from painloom.errors import InputError
from painloom.intake.mgh import read_mgh
from painloom.intake.nifti import open_image
from painloom.intake.spaces import check_spaces
from painloom.intake.spaces import space_of as standard_space
from painloom.model.brain import Picture
from painloom.model.target import Point

Array = np.ndarray[Any, np.dtype[Any]]
PLANES = {"sagittal": (1, 2, 0), "coronal": (0, 2, 1), "axial": (0, 1, 2)}  # to the right, up, across
ENDINGS = (".nii", ".nii.gz", ".mgz", ".mgh")
MGH = (".mgz", ".mgh")
MOST_VOXELS = 45_000_000  # of one volume; 355 voxels a side
MOST_BYTES = 60_000_000  # of the image put into a page, before it is packed
MOST_MM, LEAST_MM = 700.0, 2.0  # extent of a picture
STEP_MM, MOST_PIXELS = 1.0, 420
LOW, HIGH = 2.0, 98.0  # robust window, percent
SAMPLE = 400_000  # voxels that the window is taken from
NATIVE = ("T1w", "T2w", "FLAIR", "PDw", "T2starw", "bold")
NAMED = re.compile(r"sub-[A-Za-z0-9]+(_[a-z]+-[A-Za-z0-9+.]+)*_[A-Za-z0-9]+")
OTHER = "image"
FAINT = 0.1  # share of an overlay's top below which it stays clear
RADIUS_MM = 3.0  # of a target drawn as a ball


@dataclass(frozen=True, slots=True)
class Volume:
    """One volume: `data` (x, y, z voxels) as float32 without NaN, the affine to mm, the space its name tells ("" = not told)."""

    name: str
    data: Array
    affine: Array
    space: str
    volumes: int = 1


@dataclass(frozen=True, slots=True)
class Packed:
    """A volume as a fresh gzipped NIfTI file with nothing in its header but shape, type and affine; `step` is the thinning, 1 = none."""

    data: bytes
    step: int
    low: float
    high: float


def read_volume(path: Path, mask: Path | None = None) -> Volume:
    """The first volume of an image, set to 0 outside `mask` (another image of any grid of the same world).

    Raises
    ------
    InputError : not a readable NIfTI or MGH image, no volume, too large, an affine that cannot be turned, or a mask of another space.
    """
    values, affine, count = _read(path)
    shape = values.shape
    if math.prod(shape) < 8 or math.prod(shape) > MOST_VOXELS:
        raise InputError(f"{path.name}: {math.prod(shape)} voxels a volume; 8 to {MOST_VOXELS} are drawn: give a volume, or thin it first")
    if affine is None or not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-12:
        raise InputError(f"{path.name}: its affine cannot be turned into millimetres; set the qform or sform first")
    data = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    space = space_of(path)
    if mask is not None:
        inside = read_volume(mask)
        check_spaces(path.name, standard_space(path.name), mask.name, standard_space(mask.name))
        data = np.where(_inside(inside, shape, affine), data, np.float32(0))
    return Volume(shown_name(path), data, affine, space, count)


def _read(path: Path) -> "tuple[Array, Array | None, int]":
    """The first volume as float32, the affine, and how many volumes there are."""
    if path.name.endswith(MGH):
        head = read_mgh(path)
        return np.asarray(head.data, dtype=np.float32), head.affine, 1
    image = open_image(path)
    return image.volume(0).astype(np.float32), np.asarray(image.affine), image.count


def _inside(mask: Volume, shape: tuple[int, ...], affine: Array) -> Array:
    """Where the voxels of a grid lie inside a mask; slab by slab, to keep memory small."""
    found: Array = np.zeros(shape, dtype=bool)
    j, k = np.meshgrid(np.arange(shape[1]), np.arange(shape[2]), indexing="ij")
    for i in range(shape[0]):
        world = np.stack([np.full(j.shape, i), j, k], axis=-1) @ affine[:3, :3].T + affine[:3, 3]
        found[i] = sample(mask, world) > 0
    return found


def sample(volume: Volume, world: Array) -> Array:
    """The nearest voxel at places in mm (..., 3); 0 outside the image."""
    turn = np.linalg.inv(volume.affine)
    index = np.rint(world @ turn[:3, :3].T + turn[:3, 3]).astype(np.int64)
    shape = np.array(volume.data.shape)
    good: Array = np.asarray(((index >= 0) & (index < shape)).all(axis=-1))
    safe = np.where(good[..., None], index, 0)
    values: Array = np.where(good, volume.data[safe[..., 0], safe[..., 1], safe[..., 2]], np.float32(0))
    return values


def window(data: Array) -> tuple[float, float]:
    """The grey window: 2nd and 98th percentile of what is not 0; (0, 1) for an empty image."""
    flat = data.reshape(-1)
    some = flat[:: max(1, flat.size // SAMPLE)]
    some = some[some != 0]
    if not some.size:
        return 0.0, 1.0
    low, high = (float(v) for v in np.percentile(some, (LOW, HIGH)))
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def bounds(volume: Volume) -> tuple[Array, Array]:
    """The corner mm of the image's box: lowest and highest x, y, z."""
    edges = np.array([[-0.5, n - 0.5] for n in volume.data.shape])
    corners = np.array([[edges[0][a], edges[1][b], edges[2][c]] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
    world = corners @ volume.affine[:3, :3].T + volume.affine[:3, 3]
    low, high = world.min(axis=0), world.max(axis=0)
    if (high - low).max() > MOST_MM or (high - low).min() < LEAST_MM:
        extent = " x ".join(f"{v:.0f}" for v in high - low)
        raise InputError(f"{volume.name}: {extent} mm: each side must measure {LEAST_MM:g} to {MOST_MM:g} mm; check the voxel size")
    return low, high


def three_planes(
    image: Path | Volume, at_mm: Point | None = None, *, overlay: Path | Volume | None = None, mask: Path | None = None
) -> tuple[Picture, ...]:
    """Sagittal, coronal and axial slice at one place (the middle of the image when None), grey, with an overlay in colour over it.

    Raises
    ------
    InputError : see `read_volume`; a place outside the image.
    """
    volume = read_volume(image, mask) if isinstance(image, Path) else image
    over = read_volume(overlay) if isinstance(overlay, Path) else overlay
    if over is not None and not (volume.space in NATIVE and over.space in NATIVE):
        check_spaces(volume.name, volume.space, over.name, over.space)
    low, high = bounds(volume)
    here = np.array(at_mm if at_mm is not None else np.round((low + high) / 2), dtype=float)
    if ((here < low) | (here > high)).any():
        ends = ", ".join(f"{axis} {a:.0f}..{b:.0f}" for axis, a, b in zip("xyz", low, high, strict=True))
        raise InputError(f"{volume.name}: the place lies outside the image, which spans {ends} mm; check the space of the coordinates")
    grey = window(volume.data)
    top = float(np.percentile(np.abs(over.data[over.data != 0]), HIGH)) if over is not None and (over.data != 0).any() else 0.0
    return tuple(_slice(volume, over, (plane, here), (low, high), (*grey, top)) for plane in PLANES)


def _slice(
    volume: Volume, over: Volume | None, at: tuple[str, Array], box: tuple[Array, Array], limits: tuple[float, float, float]
) -> Picture:
    plane, here = at
    right, up, across = PLANES[plane]
    (left, bottom), (end, top) = (box[0][[right, up]], box[1][[right, up]])
    step = max(STEP_MM, max(end - left, top - bottom) / MOST_PIXELS)
    xs = left + (np.arange(max(1, round((end - left) / step))) + 0.5) * step
    ys = bottom + (np.arange(max(1, round((top - bottom) / step))) + 0.5) * step
    world = np.empty((len(ys), len(xs), 3))
    world[..., right], world[..., up], world[..., across] = xs[None, :], ys[::-1][:, None], here[across]
    low, high, most = limits
    grey = np.clip((sample(volume, world) - low) / (high - low), 0, 1)
    grey[sample(volume, world) == 0] = 0
    pixels = np.repeat((grey * 255).round().astype(np.uint8)[..., None], 3, axis=-1)
    if over is not None and most > 0:
        pixels = _coloured(pixels, sample(over, world) / most)
    edges = ((float(left), float(bottom)), (float(left + len(xs) * step), float(bottom + len(ys) * step)))
    return Picture(volume.name, plane, float(here[across]), *edges, _png(pixels, colour=over is not None), volume.space)


def _coloured(pixels: Array, share: Array) -> Array:
    """Orange for what is above, blue for what is below zero, the stronger the denser; faint values stay clear."""
    strength = np.clip(np.abs(share), 0, 1)
    weight = np.where(strength > FAINT, 0.35 + 0.45 * strength, 0.0)[..., None]
    colour = np.where((share >= 0)[..., None], np.array([255, 150, 20]), np.array([70, 150, 255]))
    mixed: Array = (pixels * (1 - weight) + colour * weight).round().astype(np.uint8)
    return mixed


def _png(pixels: Array, *, colour: bool) -> bytes:
    try:
        from PIL import Image
    except ImportError:
        raise InputError("drawing slices needs painloom[brain]: pip install 'painloom[brain]'") from None
    file = io.BytesIO()
    Image.fromarray(pixels if colour else np.ascontiguousarray(pixels[..., 0])).save(file, "PNG", optimize=True)
    return file.getvalue()


def pack(volume: Volume, *, most_bytes: int = MOST_BYTES) -> Packed:
    """The volume as a new file: 16-bit steps of grey, every n-th voxel where it would be too large, no text of the old header."""
    step = 1
    while 2 * math.prod(-(-n // step) for n in volume.data.shape) > most_bytes:
        step += 1
    data = volume.data[::step, ::step, ::step]
    affine = volume.affine.copy()
    affine[:3, :3] *= step
    low, high = float(data.min()), float(data.max())
    span = (high - low) / 65_000 or 1.0
    whole = np.round((data - low) / span).astype(np.int32) - 32_500
    return Packed(_nifti(whole.astype(np.int16), affine, span, low + 32_500 * span), step, *window(volume.data))


def balls(volume: Volume, places: tuple[Point, ...], step: int) -> bytes:
    """Small balls at places in mm on the grid of `pack(volume)`, as a file like it; empty where no place lies inside."""
    shape = tuple(-(-n // step) for n in volume.data.shape)
    affine = volume.affine.copy()
    affine[:3, :3] *= step
    data = np.zeros(shape, dtype=np.int16)
    reach = np.ceil(RADIUS_MM / np.linalg.norm(affine[:3, :3], axis=0)).astype(int) + 1
    turn = np.linalg.inv(affine)
    for place in places:
        centre = np.rint(turn[:3, :3] @ np.array(place) + turn[:3, 3]).astype(int)
        first, last = np.maximum(centre - reach, 0), np.minimum(centre + reach + 1, shape)
        if (first >= last).any():
            continue
        index = np.stack(np.meshgrid(*(np.arange(a, b) for a, b in zip(first, last, strict=True)), indexing="ij"), axis=-1)
        away = np.linalg.norm(index @ affine[:3, :3].T + affine[:3, 3] - np.array(place), axis=-1)
        data[tuple(slice(a, b) for a, b in zip(first, last, strict=True))][away <= RADIUS_MM] = 1
    return _nifti(data, affine, 1.0, 0.0) if data.any() else b""


def _nifti(data: Array, affine: Array, slope: float, inter: float) -> bytes:
    """A NIfTI-1 file of 16-bit numbers, written field by field so that nothing else can be in it."""
    head = bytearray(352)
    struct.pack_into("<i", head, 0, 348)
    struct.pack_into("<8h", head, 40, 3, *data.shape, 1, 1, 1, 1)
    struct.pack_into("<2h", head, 70, 4, 16)
    struct.pack_into("<8f", head, 76, 1, *np.linalg.norm(affine[:3, :3], axis=0), 1, 1, 1, 1)
    struct.pack_into("<3f", head, 108, 352, slope, inter)
    head[123] = 2  # mm
    struct.pack_into("<2h", head, 252, 0, 1)
    struct.pack_into("<12f", head, 280, *affine[:3].reshape(-1))
    head[344:348] = b"n+1\0"
    return gzip.compress(bytes(head) + data.astype("<i2").tobytes(order="F"), 6, mtime=0)


def stem(path: Path) -> str:
    """The file's name without its ending."""
    return next((path.name.removesuffix(e) for e in sorted(ENDINGS, key=len, reverse=True) if path.name.endswith(e)), path.stem)


def shown_name(path: Path) -> str:
    """The name that a page may show: a BIDS name or kind as it is, "image" for any other, which could hold a person's name."""
    name = stem(path)
    return name if NAMED.fullmatch(name) or name in NATIVE else OTHER


def space_of(path: Path) -> str:
    """The space that a name tells: a standard one, else the kind of a native image; "" where it tells none."""
    last = stem(path).split("_")[-1]
    return standard_space(path.name) or (last if last in NATIVE else "")
