"""Coil axes and numbers of navigator files: what a valid orientation is, and digits that survive a round trip."""

import numpy as np

from painloom.errors import InputError
from painloom.model.target import Point

Axes = tuple[Point, Point, Point]
STILL: Axes = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))  # written where no orientation was planned; the file says so
NEAR, FARTHEST_MM = 2e-3, 1000.0  # three decimals a cell keep lengths and right angles to 0.0017 at worst
TEMPLATES, OWN = ("MNI", "MNI152"), ("native", "scanner", "T1w")
MARKS = ": /("  # what may follow such a word, as in "native: file"


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


def as_number(cell: object) -> float:
    """A cell as a number; ValueError for what only Python takes for one (digits of other scripts, underscores, truth values)."""
    if isinstance(cell, str):
        if not cell.isascii() or "_" in cell:
            raise ValueError(cell)
        return float(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float) or abs(cell) > 1e300:
        raise ValueError(cell)
    return float(cell)


def digits(value: float) -> str:
    """Four decimals as the navigators write them where they hold the number exactly, else the shortest digits that do."""
    short = f"{value:.4f}"
    return short if float(short) == value else repr(float(value))


def plain_name(name: str) -> str:
    """A name that no format can trip over: printable, without tabs and line ends, no comment mark in front, never empty."""
    clean = "".join(c if c.isprintable() else " " for c in name).strip().lstrip("#")
    return " ".join(clean.split()) or "target"


def is_template(space: str, form: str) -> bool:
    """Whether coordinates are those of the standard brain (MNI152, any version) and not of the person.

    Raises
    ------
    InputError : a space that a file of this `form` has no word for: another template (MNI305, Talairach) or none at all.
    """
    if space in TEMPLATES or space.startswith("MNI152"):
        return True
    if any(space == word or (space.startswith(word) and space[len(word)] in MARKS) for word in OWN):
        return False
    told = f"space '{plain_name(space)}'" if space else "no space"
    raise InputError(f"{form} file: {told}; coordinates of MNI152 or of the person's own image (native) can be written")
