"""One brain map, whole: a contrast image or the weights of a model, with its grid, its space and its digest."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from painloom.intake.limits import refusal
from painloom.intake.nifti import open_image
from painloom.intake.spaces import VAGUE

PIECE = 2**20


@dataclass(frozen=True, slots=True)
class BrainMap:
    """A map of one volume: `values` (x, y, z) float64, NaN where the file has none; `affine` (4, 4) voxel to mm.

    `space` is what the file's name says, "" where that names no template; `sha256` is of the file as it lies there.
    """

    id: str
    name: str
    values: npt.NDArray[np.float64]
    affine: npt.NDArray[np.float64]
    space: str
    sha256: str


def read_map(path: Path) -> BrainMap:
    """The map at `path` (.nii, .nii.gz); free text of the header is not kept.

    Raises
    ------
    InputError : not such an image, several volumes, or more than the file holds.
    """
    image = open_image(path)
    if image.count != 1:
        raise refusal(path, "header", f"{image.count} volumes; a map has one, give the contrast image of one person")
    name = "".join(c if c.isprintable() else "?" for c in path.name)
    return BrainMap(image.id, name, image.volume(0), image.affine, "" if image.space in VAGUE else image.space, _digest(path))


def _digest(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            total.update(piece)
    return total.hexdigest()
