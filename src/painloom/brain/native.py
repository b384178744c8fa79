"""Template coordinates of targets taken to the person's own space by a transform file."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from painloom.brain.transforms import read_transform
from painloom.errors import InputError
from painloom.model.target import Target, TargetView

FARTHEST_MM = 400.0


def add_native(view: TargetView, path: Path) -> TargetView:
    """The view with native coordinates in mm beside the template ones; `native_space` names the file, never a folder.

    Raises
    ------
    InputError : the transform is refused by its reader, or takes a target out of any head.
    """
    transform = read_transform(path)
    return replace(view, targets=tuple(_moved(target, transform, path) for target in view.targets))


def _moved(target: Target, transform: object, path: Path) -> Target:
    if target.xyz_mm is None:
        return target
    apply = getattr(transform, "apply")  # noqa: B009
    x, y, z = (float(v) for v in np.asarray(apply(np.array([target.xyz_mm]))).reshape(3))
    if not all(np.isfinite(v) and abs(v) <= FARTHEST_MM for v in (x, y, z)):
        raise InputError(f"{path.name}: takes a target out of any head; check that it goes from the template to this person, in mm")
    return replace(target, native_xyz_mm=(round(x, 4), round(y, 4), round(z, 4)), native_space=f"native: {path.name}")
