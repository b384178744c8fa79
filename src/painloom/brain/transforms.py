"""Transforms between the template and a person's own space: what a file says, and which way its points go.

A file that resamples images takes points the other way: to fill a voxel of the new image it asks where that voxel lies in the old one.
So `from-T1w_to-MNI.._mode-image` holds a map of points from MNI to T1w, and `from-MNI.._to-T1w_mode-image` one from T1w to MNI, which is
turned round here.  FreeSurfer's .lta and `mode-points` hold points in the direction of their names.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from painloom.brain.linearfiles import AFFINE_WORDS, read_insight, read_matrix, read_registration
from painloom.brain.mapping import TOLD, Step
from painloom.brain.warpfiles import read_composite, read_field
from painloom.errors import InputError
from painloom.intake.limits import refusal
from painloom.intake.tabtext import shown

Floats = npt.NDArray[np.float64]
FARTHEST_MM = 400.0  # from the origin: no image of a head reaches further
TEMPLATE = re.compile(r"MNI|MNI152[A-Za-z0-9]*", re.IGNORECASE)  # the space of published points; plain "MNI" is taken for it
# how names of heads begin that are neither that template nor the person
OTHERS = ("mni", "talairach", "fsaverage", "fslr", "oasis", "nki", "pnc", "unc", "dhcp")
MATRIX, INSIGHT, REGISTRATION, FIELD, COMPOSITE = "matrix", "itk-affine", "lta", "displacement-field", "composite"
WHAT = "a 4 x 4 matrix as text, an ITK affine as text, an .lta, an ITK displacement field (.nii, .nii.gz) or an ITK composite (.h5) is read"
_WORDS = re.compile(r"(?:^|_)(from|to|mode)-([^_.]*)", re.IGNORECASE)
_HALF = re.compile(r"\d(Inverse)?Warp\.nii(\.gz)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Transform:
    """A map of points in mm (RAS) from `source` to `target`, both "" where the file's name does not say.

    `kind` is how it was stored; `text` is one sentence on the direction that was taken.  `steps` are done in order.
    """

    kind: str
    source: str
    target: str
    text: str
    steps: tuple[Step, ...]

    def apply(self, points: npt.ArrayLike) -> Floats:
        """Points (N, 3) of `source` as points (N, 3) of `target`.

        Raises
        ------
        InputError : a point that is not finite, lies outside a field, is moved by more than 80 mm there or further than 400 mm from the
        origin, or has no one place in a field that is turned round.
        """
        found = np.array(points, np.float64).reshape(-1, 3)
        if not np.isfinite(found).all():
            raise InputError(f"{TOLD}: a point that is not finite; give places in mm")
        for step in self.steps:
            found = step.move(found)
        if not np.abs(found).max(initial=0.0) <= FARTHEST_MM:
            raise InputError(f"{TOLD}: takes a point further than {FARTHEST_MM:g} mm from the origin; check its direction and its mm")
        return found


def read_transform(path: Path) -> Transform:
    """The transform at `path`, turned so that it takes template points to the person.

    A name with from-.._to-.. tells both ends, one of which must be the MNI152 template; it comes back as `source`, whichever way the file
    was made.  Without such a name the file is taken as it stands, as a map from template to person: a matrix as it multiplies points, ITK's
    from the fixed to the moving image, an .lta from src to dst.

    Raises
    ------
    InputError : no such file or none of these kinds, a name that leads elsewhere, a matrix without inverse, a mirror, a scale that no head
    has, a damaged field, a warp without the affine that belongs to it.
    """
    ends = _ends(path)
    kind, steps = _steps(path)
    name = shown(path.name)
    if ends is None:
        return Transform(kind, "", "", f"{name}: direction not named, taken as it stands: from the template to the person", steps)
    first, second, mode = ends
    along = (first, second) if mode == "points" or kind == REGISTRATION else (second, first)
    wanted = (first, second) if TEMPLATE.fullmatch(first) else (second, first)
    turned = along != wanted
    if turned:
        steps = tuple(step.turned() for step in reversed(steps))
    text = f"{name}: points from {wanted[0]} to {wanted[1]}" + (", the stored map turned round" if turned else ", as stored")
    return Transform(kind, wanted[0], wanted[1], text, steps)


def _ends(path: Path) -> tuple[str, str, str] | None:
    """Where the name leads from and to, and its mode; None where it says nothing, refused where it says half or something else."""
    said: dict[str, list[str]] = {"from": [], "to": [], "mode": []}
    for key, value in _WORDS.findall(path.name):
        said[key.lower()].append(value)
    if not any(said.values()):
        if _HALF.search(path.name):
            raise refusal(path, "name", "a warp that its program writes beside an affine; compose both into one field, else places are off")
        return None
    modes = said["mode"] or ["image"]
    if len(said["from"]) != 1 or len(said["to"]) != 1 or len(modes) != 1:
        raise refusal(path, "name", "does not say once from where and to where; name it from-.._to-.._mode-.. or without these words")
    first, second, mode = said["from"][0], said["to"][0], modes[0].lower()
    if mode not in ("image", "points"):
        raise refusal(path, "name", "its mode is not known; mode-image or mode-points is read")
    is_template = [TEMPLATE.fullmatch(end) is not None for end in (first, second)]
    person = second if is_template[0] else first
    if is_template[0] == is_template[1] or not person or person.casefold().startswith(OTHERS):
        raise refusal(path, "name", "does not lead between the MNI152 template and a person; give the transform of this person")
    return first, second, mode


def _steps(path: Path) -> tuple[str, tuple[Step, ...]]:
    """Kind and steps of a file, by its ending and, for text, its first words."""
    name = path.name.lower()
    readers: dict[str, tuple[str, Callable[[Path], tuple[Step, ...]]]] = {
        ".lta": (REGISTRATION, read_registration),
        ".nii": (FIELD, read_field),
        ".nii.gz": (FIELD, read_field),
        ".h5": (COMPOSITE, read_composite),
    }
    if not path.is_file():
        raise refusal(path, "", f"not found as a file; {WHAT}")
    for ending, (kind, reader) in readers.items():
        if name.endswith(ending):
            return kind, reader(path)
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as wrong:
        raise refusal(path, "", f"cannot be read: {wrong.strerror}") from None
    if start.startswith(AFFINE_WORDS):
        return INSIGHT, read_insight(path)
    if name.endswith((".mat", ".xfm", ".mgz", ".m3z", ".x5")):
        raise refusal(path, "", f"its numbers are not in mm of the world, or its form is not read; convert it: {WHAT}")
    return MATRIX, read_matrix(path)
