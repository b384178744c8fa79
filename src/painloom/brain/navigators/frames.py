"""Coil axes and numbers of navigator files: what a valid orientation is, and digits that survive a round trip."""

import numpy as np

from painloom.errors import InputError
from painloom.model.target import Point

Axes = tuple[Point, Point, Point]
STILL: Axes = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))  # written where no orientation was planned; the file says so
NEAR, FARTHEST_MM = 5e-3, 1000.0  # three decimals a cell keep unit length to about a thousandth
TEMPLATE = "MNI"


def checked_axes(axes: Axes, where: str) -> Axes:
    """The three axes of a coil, if they are unit vectors at right angles that form a right-handed frame.

    Raises
    ------
    InputError : axes that are not finite, not unit, not perpendicular, or left-handed.
    """
    matrix = np.array(axes, np.float64)
    if not np.isfinite(matrix).all() or np.abs(matrix @ matrix.T - np.eye(3)).max() > NEAR:
        raise InputError(f"{where}: the three axes are not unit vectors at right angles; export the file again from the navigator")
    if np.linalg.det(matrix) < 0:
        raise InputError(f"{where}: the three axes are left-handed (determinant -1); export the file again, in its own coordinate system")
    return axes


def checked_point(point: Point, where: str) -> Point:
    """A place in mm, if it is finite and within a metre of the origin."""
    if not all(np.isfinite(value) and abs(value) <= FARTHEST_MM for value in point):
        raise InputError(f"{where}: a place that is not finite or more than {FARTHEST_MM:g} mm away; units must be millimetres")
    return point


def digits(value: float) -> str:
    """Four decimals as the navigators write them where they hold the number exactly, else the shortest digits that do."""
    short = f"{value:.4f}"
    return short if float(short) == value else repr(float(value))


def plain_name(name: str) -> str:
    """A name that no format can trip over: printable, without tabs and line ends, no comment mark in front, never empty."""
    clean = "".join(c if c.isprintable() else " " for c in name).strip().lstrip("#")
    return " ".join(clean.split()) or "target"


def is_template(space: str) -> bool:
    """Whether coordinates are those of the standard brain and not of the person."""
    return space.startswith(TEMPLATE)
