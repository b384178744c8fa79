"""Which scalp position lies nearest to a target, and how far off it is: the error of aiming by a cap instead of a navigator."""

import math
import statistics
from collections.abc import Iterable, Sequence

from painloom.knowledge.scalp import CapPoint
from painloom.model.target import Point, ScalpPoint

MIDLINE = "midline"
FARTHEST_MM = 40.0  # no position is offered for a target deeper or further than this


def nearest_scalp(xyz_mm: Point, points: Iterable[CapPoint], side: str = "", *, most: int = 3) -> tuple[ScalpPoint, ...]:
    """The positions whose cortex lies nearest to a target, nearest first.

    Parameters
    ----------
    xyz_mm : the target in mm of MNI152.
    side : "left" or "right" keeps that side and the midline, "midline" the midline, "" everything.
    most : how many are given.

    Returns
    -------
    At most `most` positions no further than 40 mm, by the median over the caps that have the name; ties by name.  `text` holds the range.
    """
    by_name: dict[str, list[CapPoint]] = {}
    for point in points:
        if side in ("", point.side) or (side != MIDLINE and point.side == MIDLINE):
            by_name.setdefault(point.name, []).append(point)
    found = sorted((_of(name, xyz_mm, same) for name, same in by_name.items()), key=lambda one: (one.distance_mm, one.name))
    return tuple(one for one in found if one.distance_mm <= FARTHEST_MM)[:most]


def scalp_of(name: str, xyz_mm: Point, points: Iterable[CapPoint]) -> ScalpPoint | None:
    """How far the cortex below the position of that name lies from a target; None where no cap has the name."""
    same = [point for point in points if point.name == name]
    return _of(name, xyz_mm, same) if same else None


def _of(name: str, xyz_mm: Point, same: Sequence[CapPoint]) -> ScalpPoint:
    away = [math.dist(point.cortex_mm, xyz_mm) for point in same]
    middle, low, high = statistics.median(away), min(away), max(away)
    caps = "cap" if len(away) == 1 else "caps"
    told = f"{low:.1f} to {high:.1f} mm" if high - low >= 0.05 else f"{middle:.1f} mm"
    text = f"the cortex below it lies {told} from the target by {len(away)} published {caps}"
    return ScalpPoint(name, round(middle, 1), text)
