"""Positions of published caps: where each name lies on the scalp, and the cortex nearest to it, in mm of MNI152."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.load import Knowledge
from painloom.knowledge.tables import read_tsv
from painloom.model.target import Point

COLUMNS = ("cap", "name", "scalp_x", "scalp_y", "scalp_z", "cortex_x", "cortex_y", "cortex_z", "source")
NAMED = re.compile(r"[A-Z][A-Za-z]{0,2}(z|[1-9]|10)")
FARTHEST_MM, DEEPEST_MM = 150.0, 60.0  # of a head from its origin; of cortex below the scalp


@dataclass(frozen=True, slots=True)
class CapPoint:
    """One position of one cap: its name such as "C3", the scalp and the cortex nearest to it, mm of MNI152."""

    cap: str
    name: str
    scalp_mm: Point
    cortex_mm: Point
    source: str

    @property
    def side(self) -> str:
        """Odd numbers lie left, even ones right, z on the midline."""
        number = self.name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYabcdefghijklmnopqrstuvwxy")
        return "midline" if number == "z" else "left" if int(number) % 2 else "right"


def read_scalp(path: Path) -> tuple[CapPoint, ...]:
    """Every position of the table, in its order.

    Raises
    ------
    KnowledgeError : a missing column, a name or number that cannot be, a position twice on one cap, a name on the wrong side of the head.
    """
    points = tuple(_point(line, f"{path.name} line {number}") for number, line in enumerate(read_tsv(path, COLUMNS), start=2))
    seen: set[tuple[str, str]] = set()
    for point in points:
        if (point.cap, point.name) in seen:
            raise KnowledgeError(f"{path.name}: {point.name} of {point.cap} stands there twice")
        seen.add((point.cap, point.name))
    if not points:
        raise KnowledgeError(f"{path.name}: no position")
    return points


def scalp_points(knowledge: Knowledge) -> tuple[CapPoint, ...]:
    """The positions of a knowledge, a clinic's own table in place of ours."""
    path = knowledge.files("targets", ".tsv").get("scalp")
    if path is None:
        raise KnowledgeError("targets/scalp.tsv: the table of scalp positions is missing")
    return read_scalp(path)


def check_scalp(knowledge: Knowledge) -> Iterator[str]:
    """One line for each thing that is wrong: sources that do not exist."""
    named = {point.source for point in scalp_points(knowledge)}
    yield from (f"targets/scalp.tsv: source '{source}' is not in sources/" for source in sorted(named) if source not in knowledge.sources)


def _point(line: dict[str, str], where: str) -> CapPoint:
    name = line["name"]
    if not NAMED.fullmatch(name):
        raise KnowledgeError(f"{where}: '{name}' is no name of a scalp position")
    scalp, cortex = _place(line, "scalp", where), _place(line, "cortex", where)
    point = CapPoint(line["cap"], name, scalp, cortex, line["source"])
    wanted = {"left": -1.0, "right": 1.0, "midline": 0.0}[point.side]
    if (wanted and scalp[0] * wanted <= 0) or (not wanted and abs(scalp[0]) > 10):
        raise KnowledgeError(f"{where}: {name} does not lie on the side that its name says")
    if math.dist(scalp, cortex) > DEEPEST_MM:
        raise KnowledgeError(f"{where}: {name} lies more than {DEEPEST_MM:g} mm from its cortex")
    return point


def _place(line: dict[str, str], kind: str, where: str) -> Point:
    try:
        x, y, z = (float(line[f"{kind}_{axis}"]) for axis in "xyz")
    except ValueError:
        raise KnowledgeError(f"{where}: the {kind} point is not three numbers") from None
    if not all(math.isfinite(value) and abs(value) <= FARTHEST_MM for value in (x, y, z)):
        raise KnowledgeError(f"{where}: the {kind} point lies outside any head")
    return x, y, z
