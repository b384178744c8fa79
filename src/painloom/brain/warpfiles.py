"""Warps from files: ITK's displacement field as an image and ITK's composite; both in RAS from here on."""

import contextlib
import importlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from painloom.brain.linearfiles import AFFINES, insight_matrix
from painloom.brain.mapping import LPS, Field, Step, linear
from painloom.errors import InputError
from painloom.intake.limits import refusal
from painloom.intake.tabtext import shown

MOST_VOXELS = 2**25  # of one field, 400 MB while it is read
PACKING = 1100  # no deflate stream unpacks to more than 1,032 times its size
VECTOR = 1007  # intent of NIfTI
WHAT = "an ITK displacement field is an image of x, y, z, 1, 3 numbers with the intent of a vector"
COMPOSITE = "an ITK composite with affine transforms and displacement fields is asked for"
NAMES = ("Transform", "Tranform")  # ITK wrote it without the s for years
MOST_STEPS = 20
STRANGERS = ("Mapping", "NREG")  # how the intent's name begins in fields that are no displacements in LPS though their intent is a vector
STEEP = 0.5  # what grows faster than this along all three axes is the place itself and no displacement
MOST_ALONG = 40  # of the voxels of an axis that are looked at for it


def read_field(path: Path) -> tuple[Step, ...]:
    """The field at `path`: a point (LPS, mm) of the grid's space goes to itself plus the displacement there.

    Raises
    ------
    InputError : no such image, another program's field, no place in space, more voxels than a field has or than the file can hold.
    """
    try:
        import nibabel as nib
    except ImportError:
        raise refusal(path, "", "reading fields needs painloom[brain]: pip install 'painloom[brain]'") from None
    try:
        with _silence():
            image: Any = nib.load(path)
        shape, head = tuple(int(n) for n in image.shape), image.header
        codes = int(head["sform_code"]), int(head["qform_code"]), int(head["intent_code"])
        affine, size = np.asarray(image.affine, np.float64), head.get_data_dtype().itemsize
    except Exception as wrong:  # nibabel raises many kinds for one thing: not an image
        raise refusal(path, "", f"cannot be read as an image ({type(wrong).__name__}); {WHAT}") from None
    if len(shape) != 5 or shape[3:] != (1, 3) or codes[2] != VECTOR or min(shape) < 1:
        raise refusal(path, "header", f"{' x '.join(map(str, shape))} numbers, intent {codes[2]}; {WHAT}")
    if bytes(head["intent_name"]).decode("ascii", "replace").startswith(STRANGERS):
        raise refusal(path, "header", f"a field of places or of another program's axes; convert it: {WHAT}")
    if not any(code > 0 for code in codes[:2]) or not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-6:
        raise refusal(path, "header", "no usable place in space; write the field again with its program")
    voxels, held = int(np.prod(shape[:3], dtype=np.int64)), path.stat().st_size
    if voxels > MOST_VOXELS or voxels * 3 * size > held * (PACKING if path.suffix == ".gz" else 1):
        raise refusal(path, "header", f"{voxels:,} voxels; more than {MOST_VOXELS:,} or than the file can hold")
    try:
        values = np.asarray(image.dataobj, np.float32)[:, :, :, 0, :]
    except Exception as wrong:  # damaged data come as many kinds too
        raise refusal(path, "", f"its numbers cannot be read ({type(wrong).__name__}); it was cut short or is damaged") from None
    if _is_places(values, affine):
        raise refusal(path, "", f"its vectors are places and not displacements; convert it: {WHAT}")
    return (Field(values * np.array([-1, -1, 1], np.float32), affine),)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """nibabel tells on standard error what it mends in a damaged header; a refusal is one line, so it is kept still meanwhile."""
    talker = logging.getLogger("nibabel.global")
    level = talker.level
    talker.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        talker.setLevel(level)


def _is_places(values: npt.NDArray[np.float32], affine: npt.NDArray[np.float64]) -> bool:
    """Whether vectors follow the places they stand at, as in a map of absolute coordinates: no head is half or 1.5 times another."""
    some = [np.arange(0, side, max(1, side // MOST_ALONG)) for side in values.shape[:3]]
    voxels = np.stack(np.meshgrid(*some, indexing="ij"), axis=-1)
    places, vectors = voxels @ affine[:3, :3].T, values[np.ix_(*some)].astype(np.float64)
    for axis in range(3):
        known = np.isfinite(vectors[..., axis])
        place, vector = places[..., axis][known], vectors[..., axis][known]
        spread = float(place.var()) if place.size else 0.0
        if spread == 0 or abs(float(((place - place.mean()) * (vector - vector.mean())).mean())) <= STEEP * spread:
            return False
    return True


def read_composite(path: Path) -> tuple[Step, ...]:
    """The steps of an ITK composite (.h5) in the order in which points go through them: the last one stored comes first.

    Raises
    ------
    InputError : h5py is not installed, no such file, a kind of transform that is not read, numbers that do not fit.
    """
    try:
        h5py: Any = importlib.import_module("h5py")
    except ImportError:
        what = "reading .h5 needs the package h5py, which is not installed; install it, or give an affine text or a displacement field"
        raise refusal(path, "", what) from None
    try:
        with h5py.File(path, "r") as file:
            group = file["TransformGroup"]
            found = [group[key] for key in sorted(group, key=int)]
            if len(found) > MOST_STEPS:
                raise refusal(path, "", f"more than {MOST_STEPS} transforms; {COMPOSITE}")
            steps = [step for one in found if (step := _step(path, one)) is not None]
    except InputError:
        raise
    except Exception as wrong:  # h5py raises many kinds for one thing: not this file
        raise refusal(path, "", f"cannot be read as a composite ({type(wrong).__name__}); {COMPOSITE}") from None
    if not steps:
        raise refusal(path, "", f"holds no transform; {COMPOSITE}")
    return tuple(reversed(steps))


def _step(path: Path, one: Any) -> Step | None:
    """One transform of a composite; None for the entry that only says it is one."""
    word = one["TransformType"][0]
    kind = word.decode("ascii") if isinstance(word, bytes) else str(word)
    if kind.startswith("CompositeTransform"):
        return None
    prefix = next(name for name in NAMES if f"{name}Parameters" in one)
    fixed = np.asarray(one[f"{prefix}FixedParameters"], np.float64).ravel()
    numbers = one[f"{prefix}Parameters"]
    if AFFINES.fullmatch(kind) and numbers.shape[0] == 12 and len(fixed) == 3:
        return linear(insight_matrix(np.asarray(numbers, np.float64).ravel(), fixed), shown(path.name))
    if kind.startswith("DisplacementFieldTransform") and len(fixed) == 18:
        return _field(path, fixed, numbers)
    raise refusal(path, "", f"a transform of the kind '{shown(kind)}' or with numbers that do not fit; {COMPOSITE}")


def _field(path: Path, fixed: npt.NDArray[np.float64], numbers: Any) -> Field:
    """Size, origin, spacing, axes by rows (LPS), then three numbers a voxel with x fastest."""
    shape = tuple(int(side) for side in fixed[:3])
    voxels = int(np.prod(shape, dtype=np.int64))
    if min(shape) < 1 or voxels > MOST_VOXELS or numbers.shape[0] != 3 * voxels:
        raise refusal(path, "", f"a field whose numbers do not fit its size; {COMPOSITE}")
    affine = np.eye(4)
    affine[:3, :3] = fixed[9:].reshape(3, 3) * fixed[6:9]
    affine[:3, 3] = fixed[3:6]
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-6:
        raise refusal(path, "", "a field without a usable place in space; write it again with its program")
    values = np.moveaxis(np.asarray(numbers, np.float32).reshape((3, *shape), order="F"), 0, -1)
    return Field(values * np.array([-1, -1, 1], np.float32), LPS @ affine)
