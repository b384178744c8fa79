"""Three grey slices through a head image, and the image itself without its free texts: what a page may show of a scan.

Every picture is sampled at the nearest voxel on a grid of millimetres in the image's own world (x to the person's right, y to the
front, z up), so that tilted images and any order of axes come out upright; left in a picture is the person's left.
"""

import gzip
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from painloom.errors import InputError
from painloom.model.brain import Picture
from painloom.model.target import Point

if TYPE_CHECKING:
    from nibabel.spatialimages import SpatialImage

Array = np.ndarray[Any, np.dtype[Any]]
PLANES = {"sagittal": (1, 2, 0), "coronal": (0, 2, 1), "axial": (0, 1, 2)}  # to the right, up, across
ENDINGS = (".nii", ".nii.gz", ".mgz", ".mgh")
MOST_VOXELS = 45_000_000  # of one volume; 355 voxels a side
MOST_BYTES = 60_000_000  # of the image put into a page, before it is packed
MOST_MM, LEAST_MM = 700.0, 2.0  # extent of a picture
STEP_MM, MOST_PIXELS = 1.0, 420
LOW, HIGH = 2.0, 98.0  # robust window, percent
SAMPLE = 400_000  # voxels that the window is taken from
NATIVE = ("T1w", "T2w", "FLAIR", "PDw", "T2starw", "bold")
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
    InputError : not a readable NIfTI or MGH image, no volume, too large, or an affine that cannot be turned.
    """
    image = _open(path)
    shape = tuple(int(n) for n in image.shape)
    if len(shape) < 3 or min(shape) < 1 or math.prod(shape[:3]) < 8:
        raise InputError(f"{path.name}: shape {shape}: an image needs three axes with two voxels or more; give a volume")
    if math.prod(shape[:3]) > MOST_VOXELS:
        raise InputError(f"{path.name}: {math.prod(shape[:3])} voxels a volume, at most {MOST_VOXELS} are drawn; thin the image first")
    affine = np.asarray(image.affine, dtype=float)
    if affine.shape != (4, 4) or not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-6:
        raise InputError(f"{path.name}: its affine cannot be turned into millimetres; set the qform or sform first")
    try:
        data = np.asarray(image.dataobj[(..., *(0 for _ in shape[3:]))], dtype=np.float32)  # type: ignore[index]
    except (OSError, EOFError, ValueError, TypeError, gzip.BadGzipFile, MemoryError) as wrong:
        raise InputError(f"{path.name}: its voxels cannot be read ({type(wrong).__name__}); copy or convert it again") from None
    data = np.nan_to_num(data, nan=0.0, posinf=0.0, neginf=0.0)
    if mask is not None:
        data = np.where(_inside(read_volume(mask), data.shape, affine), data, np.float32(0))
    return Volume(stem(path), data, affine, space_of(path), shape[3] if len(shape) > 3 else 1)


def _open(path: Path) -> "SpatialImage":
    """The image with its header read and its voxels untouched."""
    try:
        import nibabel as nib
    except ImportError:
        raise InputError(f"{path.name}: reading images needs painloom[brain]: pip install 'painloom[brain]'") from None
    if not path.name.endswith(ENDINGS):
        raise InputError(f"{path.name}: not an image that is read here; give one of {', '.join(ENDINGS)}")
    try:
        image = nib.load(path)  # type: ignore[attr-defined]
    except FileNotFoundError:
        raise InputError(f"{path.name}: no such file") from None
    except Exception as wrong:  # nibabel raises many kinds for one thing: not an image
        raise InputError(f"{path.name}: cannot be read as an image ({type(wrong).__name__}); convert it to NIfTI") from None
    return image  # type: ignore[no-any-return]


def _inside(mask: Volume, shape: tuple[int, ...], affine: Array) -> Array:
    """Where the voxels of a grid lie inside a mask; slab by slab, to keep memory small."""
    found = np.zeros(shape, dtype=bool)
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
    good = ((index >= 0) & (index < shape)).all(axis=-1)
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
    import nibabel as nib

    image = nib.Nifti1Image(data, affine)  # type: ignore[no-untyped-call]
    image.header.set_slope_inter(slope, inter)  # type: ignore[no-untyped-call]
    image.header.set_xyzt_units("mm")  # type: ignore[no-untyped-call]
    raw = bytearray(image.to_bytes())  # type: ignore[no-untyped-call]
    head = image.header.copy()  # type: ignore[no-untyped-call]
    head.set_slope_inter(slope, inter)
    head["vox_offset"], head["magic"] = 352, b"n+1"
    raw[:348] = head.binaryblock  # to_bytes leaves the slope out
    raw[352:] = np.asfortranarray(data).tobytes(order="F")
    return gzip.compress(bytes(raw), 6, mtime=0)


def stem(path: Path) -> str:
    """The file's name without its ending."""
    return next((path.name.removesuffix(e) for e in sorted(ENDINGS, key=len, reverse=True) if path.name.endswith(e)), path.stem)


def space_of(path: Path) -> str:
    """The space that a BIDS name tells: its space entity, else the kind of a native image; "" where it tells none."""
    parts = stem(path).split("_")
    told = next((part.removeprefix("space-") for part in parts if part.startswith("space-")), "")
    return told or (parts[-1] if parts[-1] in NATIVE else "")
