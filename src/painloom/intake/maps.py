"""One brain map, whole: a contrast image or the weights of a model, with its grid, its space and its digest."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from painloom.intake.limits import refusal
from painloom.intake.tabtext import stem

MOST_VOXELS = 50_000_000  # a brain at half a millimetre; held once as float64
PIECE = 2**20
_SPACE = re.compile(r"(?:^|_)space-([A-Za-z0-9]+)")


@dataclass(frozen=True, slots=True)
class BrainMap:
    """A map of one volume: `values` (x, y, z) float64, NaN where the file has none; `affine` (4, 4) voxel to mm.

    `space` is what the file's name says, "" for nothing; `sha256` is of the file as it lies there.
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
    InputError : not such an image, several volumes, too many voxels, or more than the file holds.
    """
    from painloom.intake.nifti import open_image

    image = open_image(path)
    shape = tuple(image.shape)
    volumes = int(np.prod(shape[3:], dtype=np.int64))
    if volumes != 1:
        raise refusal(path, "shape", f"{volumes} volumes; a map has one, give the contrast image of one person")
    if int(np.prod(shape[:3], dtype=np.int64)) > MOST_VOXELS:
        raise refusal(path, "shape", f"more than {MOST_VOXELS:,} voxels; bring the map onto a coarser grid")
    values = np.asarray(image.volume(0), np.float64).reshape(shape[:3])
    match = _SPACE.search(path.name)
    name = "".join(c if c.isprintable() else "?" for c in path.name)
    return BrainMap(stem(path), name, values, np.asarray(image.affine, np.float64), match.group(1) if match else "", _digest(path))


def _digest(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            total.update(piece)
    return total.hexdigest()
