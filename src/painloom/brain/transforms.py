"""Transforms of points in mm between a template and a person: a matrix, an ITK affine, or an ITK displacement field."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from painloom.errors import InputError
from painloom.intake.limits import MEBIBYTE, refusal
from painloom.intake.tabtext import read_lines

Floats = npt.NDArray[np.float64]
MOST_BYTES, MOST_VOXELS = MEBIBYTE, 2**25
LEAST_SCALE, MOST_SCALE = 0.2, 5.0  # a head is never a fifth or five times the template
FARTHEST_MM, MOST_SHIFT_MM = 400.0, 80.0
FLIP = np.diag([-1.0, -1.0, 1.0, 1.0])
ITK = "#Insight Transform File"
_BIDS = re.compile(r"from-([A-Za-z0-9]+)_to-([A-Za-z0-9]+)(?:_mode-([a-z]+))?")
WHAT = (
    "a transform is asked for: four rows of four numbers (RAS mm), an ITK affine (.txt, .tfm), or an ITK displacement field (.nii, .nii.gz)"
)


@dataclass(frozen=True)
class Transform:
    """A map of points in RAS mm from the template to the person; `kind` is "matrix", "itk-affine", "itk-field"; `said` how it was read."""

    kind: str
    said: str
    matrix: Floats = field(repr=False)
    shifts: Floats | None = field(default=None, repr=False)

    def apply(self, points: Floats) -> Floats:
        """Points (n, 3) in the person's space, RAS mm.

        Raises
        ------
        InputError : a point outside the displacement field, or moved further than a head can differ from the template.
        """
        points = np.asarray(points, np.float64).reshape(-1, 3)
        if self.shifts is None:
            moved: Floats = points @ self.matrix[:3, :3].T + self.matrix[:3, 3]
        else:
            moved = points + self._shift(points)
        if not np.isfinite(moved).all() or np.abs(moved).max() > FARTHEST_MM:
            raise InputError(f"transform: takes a point further than {FARTHEST_MM:g} mm from the origin; check its direction and units")
        return moved

    def _shift(self, points: Floats) -> Floats:
        from scipy.ndimage import map_coordinates

        assert self.shifts is not None
        at = (np.linalg.inv(self.matrix) @ np.c_[points, np.ones(len(points))].T)[:3]
        if (at < 0).any() or (at.T > np.array(self.shifts.shape[:3]) - 1).any():
            raise InputError("transform: a target lies outside the displacement field; take the field of the whole template")
        shift = np.stack([map_coordinates(self.shifts[..., axis], at, order=1) for axis in range(3)], axis=1)
        if np.abs(shift).max() > MOST_SHIFT_MM:
            raise InputError(f"transform: moves a target by more than {MOST_SHIFT_MM:g} mm; check its direction and units")
        return shift * [-1.0, -1.0, 1.0]


def read_transform(path: Path) -> Transform:
    """The map of points from template to person at `path`.

    An image transform maps points the other way than images: ITK's file for resampling a template into a person's grid maps the person's
    points to the template.  BIDS names say which: `from-T1w_to-MNI.._mode-image` maps template points to T1w, which is what is wanted;
    `from-MNI.._to-T1w_mode-image` is turned round where it is a matrix, and refused where it is a field.  Without such a name the file is
    taken to map template points to the person.

    Raises
    ------
    InputError : no such file, another format (.h5, .lta), a matrix that is not finite, singular or far from any head, a field of the wrong
    direction or shape.
    """
    name = path.name.lower()
    if name.endswith((".h5", ".hdf5", ".x5", ".lta", ".xfm", ".mat")):
        raise refusal(path, "", f"this format is not read; take it apart (CompositeTransformUtil --disassemble). {WHAT}")
    turn, said = _direction(path)
    if name.endswith((".nii", ".nii.gz")):
        if turn:
            raise refusal(path, "", "maps the person's points to the template; a field is not turned round here, take from-T1w_to-MNI..")
        return _field(path, said)
    kind, matrix = _matrix(path)
    if turn:
        matrix = np.asarray(np.linalg.inv(matrix), np.float64)
    return Transform(kind, said, matrix)


def _direction(path: Path) -> tuple[bool, str]:
    """Whether the file maps points the wrong way round, and what was concluded from its name."""
    found = _BIDS.search(path.name)
    if not found:
        return False, "taken to map template points to the person (the name does not say)"
    first, second, mode = found.groups()
    if first.startswith("MNI") == second.startswith("MNI"):
        raise refusal(path, "", "its name does not lead between an MNI template and a person; give the transform of this person")
    points_from_template = first.startswith("MNI") if mode == "points" else second.startswith("MNI")
    return not points_from_template, "direction by its BIDS name"


def _matrix(path: Path) -> tuple[str, Floats]:
    lines = read_lines(path, WHAT, most=MOST_BYTES)
    kind, matrix = ("itk-affine", _itk(path, lines)) if lines[0].startswith(ITK) else ("matrix", _rows(path, lines))
    size = float(np.linalg.det(matrix[:3, :3])) if np.isfinite(matrix).all() else float("nan")
    if not LEAST_SCALE**3 < size < MOST_SCALE**3 or np.abs(matrix[:3, 3]).max() > FARTHEST_MM:
        raise refusal(path, "", "is singular, mirrored, or far from any head; check that it is a rigid or affine map in mm")
    return kind, matrix


def _rows(path: Path, lines: list[str]) -> Floats:
    try:
        rows = [[float(cell) for cell in line.replace(",", " ").split()] for line in lines if line.strip() and not line.startswith("#")]
        matrix = np.array(rows, np.float64)
    except ValueError:
        raise refusal(path, "", WHAT) from None
    if matrix.shape != (4, 4) or not np.array_equal(matrix[3], [0, 0, 0, 1]):
        raise refusal(path, "", f"no four rows of four numbers that end in 0 0 0 1; {WHAT}")
    return matrix


def _itk(path: Path, lines: list[str]) -> Floats:
    """y = A (x - c) + c + t in LPS, turned to RAS."""
    words = {key.strip(): value.split() for key, _, value in (line.partition(":") for line in lines if not line.startswith("#"))}
    shape = " ".join(words.get("Transform", []))
    counts = sum(line.startswith("Transform:") for line in lines)
    try:
        numbers = [float(word) for word in words.get("Parameters", [])]
        centre = np.array([float(word) for word in words.get("FixedParameters", [])])
    except ValueError:
        raise refusal(path, "", f"a parameter is no number; {WHAT}") from None
    if counts != 1 or not re.match(r"(MatrixOffsetTransformBase|AffineTransform|Euler3DTransform)_(double|float)_3_3", shape):
        raise refusal(path, "", "holds another or several transforms; one affine is read")
    if shape.startswith("Euler") or len(numbers) != 12 or len(centre) != 3:
        raise refusal(path, "", "an affine has 12 parameters and a centre of 3; save it as an affine")
    turn, shift = np.reshape(numbers[:9], (3, 3)), np.array(numbers[9:])
    lps = np.eye(4)
    lps[:3, :3], lps[:3, 3] = turn, shift + centre - turn @ centre
    result: Floats = FLIP @ lps @ FLIP
    return result


def _field(path: Path, said: str) -> Transform:
    try:
        import nibabel as nib
    except ImportError:
        raise InputError(f"{path.name}: a displacement field needs painloom[brain]; install it") from None
    try:
        image: Any = nib.load(path)
        shape = image.shape
        if len(shape) != 5 or shape[3:] != (1, 3) or int(np.prod(shape[:3])) > MOST_VOXELS:
            raise refusal(path, "", "no displacement field: x, y, z, 1 and 3 numbers a voxel are asked for")
        shifts = np.asarray(image.dataobj, np.float64).reshape(*shape[:3], 3)
        affine = np.asarray(image.affine, np.float64)
    except (OSError, EOFError, ValueError, nib.filebasedimages.ImageFileError):
        raise refusal(path, "", f"cannot be read as an image; {WHAT}") from None
    if not np.isfinite(shifts).all() or not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-6:
        raise refusal(path, "", "holds values that are not finite, or has no place in space")
    return Transform("itk-field", said, affine, shifts)
