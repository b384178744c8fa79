"""Regional time series in one pass over a 4D image: one volume in memory, sums per label in double precision."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from painloom.errors import InputError
from painloom.intake.labels import Labels, read_labels
from painloom.intake.maps import BrainMap
from painloom.intake.nifti import Image, open_image
from painloom.intake.spaces import check_spaces

Floats = npt.NDArray[np.float64]
NEAR_MM = 1e-3
LOOKS = 5  # volumes, spread over the run, in which a voxel must be other than zero once to count as covered


@dataclass(frozen=True)
class Regions:
    """The series of one image: `values` (volumes, regions) float64, NaN where a region holds no finite voxel in that volume.

    `labels` rising, `names` beside them; `counts` voxels of each region on the image's grid (0: the region lies outside);
    `coverage` the share 0..1 of a region's voxels that hold a signal (finite, and not zero throughout).  `tr_s` None when unknown.
    `nan_voxels` counts values that were skipped because they were not finite.  `dots` (volumes, weights) are products with the maps given.
    """

    id: str
    values: Floats = field(repr=False)
    labels: tuple[int, ...]
    names: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    coverage: Floats
    tr_s: float | None
    space: str
    nan_voxels: int
    dots: Floats = field(repr=False)
    notes: tuple[str, ...] = ()


def extract_regions(image: Path, atlas: Path, *, resample: bool = False, weights: Sequence[BrainMap] = ()) -> Regions:
    """The mean of every region of `atlas` in every volume of `image`.

    Parameters
    ----------
    resample : put the labels onto the image's grid by nearest neighbour; without it another grid is refused.
    weights : maps on the image's grid, whose dot product with every volume is taken in the same pass.

    Raises
    ------
    InputError : a file that its reader refuses, another space, another grid, no region inside the image, weights on another grid.
    """
    bold, labels = open_image(image), read_labels(atlas)
    grid, notes = on_grid(bold, labels, resample=resample)
    for one in weights:
        check_spaces(image.name, bold.space, one.name, one.space)
        if not same_grid(bold, one.values.shape, one.affine):
            raise InputError(f"{one.name}: {_shown(one.values.shape)} voxels on another grid than {image.name} ({_shown(bold.shape)})")
    found = _sums(bold, grid.ravel(order="F"), labels.values, [w.values.ravel(order="F") for w in weights])
    return replace(found, names=labels.names, notes=(*bold.notes, *notes, *labels.notes))


def on_grid(bold: Image, labels: Labels, *, resample: bool) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    """The labels on the image's grid (x, y, z), and what was done to bring them there.

    Raises
    ------
    InputError : another space by name, another grid without `resample`, or no region inside the image.
    """
    own, name = labels.image, bold.path.name
    check_spaces(name, bold.space, own.path.name, own.space)
    if same_grid(bold, own.shape, own.affine):
        return labels.grid, ()
    if not resample:
        if own.shape == bold.shape:
            away = float(np.abs(_corners(bold.shape, bold.affine) - _corners(own.shape, own.affine)).max())
            told = f"the same {_shown(own.shape)} voxels, but up to {away:.1f} mm elsewhere (another affine)"
        else:
            told = f"{_shown(own.shape)} voxels of {_mm(own)}, the image has {_shown(bold.shape)} of {_mm(bold)}"
        raise InputError(f"{own.path.name}: {told}; take the atlas on the grid of {name}, or ask for --resample-atlas")
    moved = _nearest(bold, labels)
    if not moved.any():
        raise InputError(f"{own.path.name}: no region lies inside {name}; the two are not in one space")
    return moved, (f"labels of {_shown(own.shape)} voxels put onto the image's grid by nearest neighbour",)


def same_grid(bold: Image, shape: tuple[int, ...], affine: Floats) -> bool:
    """Whether a grid is the image's own: equal shape, and no corner further than a thousandth of a millimetre."""
    return shape == bold.shape and bool(np.abs(_corners(bold.shape, bold.affine) - _corners(bold.shape, affine)).max() <= NEAR_MM)


def _corners(shape: tuple[int, ...], affine: Floats) -> Floats:
    ends = np.array(np.meshgrid(*[(0, side - 1) for side in shape], indexing="ij")).reshape(3, -1)
    result: Floats = affine[:3, :3] @ ends + affine[:3, 3:]
    return result


def _nearest(bold: Image, labels: Labels) -> npt.NDArray[np.int32]:
    """Each voxel's label by the nearest voxel of the atlas, slice by slice so that memory stays small."""
    there = np.linalg.inv(labels.image.affine) @ bold.affine
    moved = np.zeros(bold.shape, np.int32)
    x, y = np.meshgrid(np.arange(bold.shape[0]), np.arange(bold.shape[1]), indexing="ij")
    for z in range(bold.shape[2]):
        at = np.rint(np.tensordot(there[:3, :3], np.stack([x, y, np.full_like(x, z)]), 1) + there[:3, 3, None, None]).astype(np.int64)
        inside = np.all([(at[axis] >= 0) & (at[axis] < labels.grid.shape[axis]) for axis in range(3)], axis=0)
        moved[..., z][inside] = labels.grid[at[0][inside], at[1][inside], at[2][inside]]
    return moved


def _sums(bold: Image, flat: npt.NDArray[np.int32], labels: tuple[int, ...], weights: list[Floats]) -> Regions:
    inside = np.flatnonzero(flat)
    code = np.searchsorted(labels, flat[inside])
    counts = np.bincount(code, minlength=len(labels))
    order = np.argsort(code, kind="stable")  # voxels of one region side by side: sums become runs, and memory is read forwards inside them
    inside, code = inside[order], code[order]
    held = np.flatnonzero(counts)
    starts = np.concatenate([[0], np.cumsum(counts[held])[:-1]]).astype(np.intp)
    values = np.full((bold.count, len(labels)), np.nan)
    dots = np.zeros((bold.count, len(weights)))
    used = [(np.flatnonzero(np.isfinite(w) & (w != 0)), w) for w in weights]
    covered, skipped = np.zeros(len(inside), bool), 0
    looks = set(np.linspace(0, bold.count - 1, LOOKS).astype(int).tolist())
    is_float = bold.kind.kind == "f"
    for number, raw in enumerate(bold.stored()):
        taken = raw[inside].astype(np.float64)
        if bold.is_scaled:
            taken = taken * bold.slope + bold.inter
        finite = np.isfinite(taken) if is_float else None
        if finite is not None and not finite.all():
            skipped += int((~finite).sum())
            good = np.add.reduceat(finite.astype(np.float64), starts)
            total = np.add.reduceat(np.where(finite, taken, 0.0), starts)
            with np.errstate(invalid="ignore"):
                values[number, held] = np.where(good > 0, total / good, np.nan)
        elif len(inside):
            values[number, held] = np.add.reduceat(taken, starts) / counts[held]
        if number in looks:
            covered |= (taken != 0) & (finite if finite is not None else True)
        for at, (places, map_) in enumerate(used):
            part = raw[places].astype(np.float64) * bold.slope + bold.inter
            dots[number, at] = float(np.nansum(part * map_[places]))
    share = np.bincount(code, covered, len(labels)) / np.maximum(counts, 1)
    return Regions(bold.id, values, labels, (), counts, share, bold.tr_s, bold.space, skipped, dots)


def _shown(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


def _mm(image: Image) -> str:
    return " x ".join(f"{side:g}" for side in np.round(image.zooms, 2)) + " mm"
