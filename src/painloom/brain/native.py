"""Template coordinates of targets taken to the person's own space by a transform file."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from painloom.brain.transforms import Transform, read_transform
from painloom.errors import InputError
from painloom.model.target import Target, TargetView

TEMPLATE = "MNI152"


def add_native(view: TargetView, path: Path) -> TargetView:
    """The view with native coordinates in mm beside the template ones; `native_space` names the file, never a folder.

    A target whose coordinates are the person's own already (an individual point from an image in native space) keeps them alone.

    Raises
    ------
    InputError : the transform is refused by its reader, or takes a target where no head can be.
    """
    transform = read_transform(path)
    return replace(view, targets=tuple(_moved(target, transform, path) for target in view.targets))


def _moved(target: Target, transform: Transform, path: Path) -> Target:
    if target.xyz_mm is None or not target.space.startswith(TEMPLATE):
        return target
    try:
        x, y, z = (float(value) for value in transform.apply(np.array([target.xyz_mm])).reshape(3))
    except InputError as wrong:
        raise InputError(f"{path.name}: {target.id}: {str(wrong).removeprefix('transform: ')}") from None
    told = (f"native coordinates: {transform.text}", *_mixed(target, transform))
    place = (round(x, 4), round(y, 4), round(z, 4))
    return replace(target, native_xyz_mm=place, native_space=f"native: {path.name}", notes=(*target.notes, *told))


def _mixed(target: Target, transform: Transform) -> tuple[str, ...]:
    """Published points are no closer to one template than a few millimetres, so another one is said; a measured point is refused."""
    if transform.source in ("", target.space):
        return ()
    if target.stability is not None:
        raise InputError(
            f"transform: starts from {transform.source}, the individual point lies in {target.space}; take the transform of that template"
        )
    return (f"the transform starts from {transform.source}, the point is written in {target.space}: they differ by a few millimetres",)
