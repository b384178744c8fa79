"""Which number of a person's files a norm's row means: other programs' names, sums of parts, means of both sides."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from painloom.intake.freesurfer import Morphometry
from painloom.intake.statstext import UNITS, StatsTable
from painloom.knowledge.norm_tables import HEADER, LINEAR, NormTable, Place
from painloom.knowledge.norms import NormCard

BOTH = "+"
MOST = {"volume": 1e7, "area": 1e6, "thickness": 50.0}  # mm3, mm2, mm: more than any head holds


@dataclass(frozen=True, slots=True)
class Found:
    """A value, or the reason why there is none; `name` as the file spells it; `is_foreign` = a file of another program stood in."""

    value: float | None
    name: str
    reason: str = ""
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class Finder:
    """Look-up of one person's measures by a card's places."""

    card: NormCard
    morphometry: Morphometry
    also: Mapping[str, tuple[str, ...]]
    sums: Mapping[str, tuple[str, ...]]

    def table(self, file: str) -> StatsTable | None:
        """The file itself, or the first at hand that the card lets stand for it."""
        tables = self.morphometry.tables
        names = (file, *dict(self.card.stands_for).get(file, ()))
        return next((tables[name] for name in names if name in tables), None)

    def files(self, place: Place) -> list[StatsTable | None]:
        """Every file that a place asks for."""
        return [self.table(file) for file in place.file.split(BOTH)]

    def find(self, place: Place) -> Found:
        """The value of a place; a mean where it names two files."""
        parts = []
        for file, table in zip(place.file.split(BOTH), self.files(place), strict=True):
            if table is None:
                return Found(None, place.name, "its file is not in the folder")
            one = self._one(table, place)
            if one.value is None:
                return one
            parts.append((one, table.id != file or table.program == "synthseg"))
        first = parts[0][0]
        return Found(math.fsum(p.value or 0.0 for p, _ in parts) / len(parts), first.name, "", any(foreign for _, foreign in parts))

    def _one(self, table: StatsTable, place: Place) -> Found:
        rows = table.header if place.part == HEADER else table.rows
        for name in (place.name, *self.also.get(place.name, ())):
            if name in rows:
                value = dict(rows[name].values).get(place.measure)
                if value is None:
                    return Found(None, rows[name].name, "the file does not hold this measure")
                if not math.isfinite(value) or value <= 0:
                    return Found(None, rows[name].name, "the measured value is not a positive number")
                if value > MOST[place.measure]:
                    return Found(None, rows[name].name, "the measured value is more than a head holds; check its unit")
                return Found(value, rows[name].name)
        if place.name in self.sums:
            return self._sum(table, place)
        return Found(None, place.name, "not in the stats file")

    def _sum(self, table: StatsTable, place: Place) -> Found:
        total = []
        for part in self.sums[place.name]:
            one = self._one(table, Place(place.table, place.file, place.part, part, part, place.measure))
            if one.value is None:
                return Found(None, place.name, f"its part {part}: {one.reason}")
            total.append(one.value)
        return Found(math.fsum(total), place.name)


def finder(card: NormCard, morphometry: Morphometry) -> Finder:
    """A look-up for one person and card."""
    return Finder(card, morphometry, dict(card.aliases), dict(card.sums))


def places_of(table: NormTable) -> tuple[Place, ...]:
    """The places of a table of either kind."""
    return tuple(m.place for m in table.linear) if table.kind == LINEAR else tuple(m.place for m in table.gamma)


def shown_name(place: Place, name: str) -> str:
    """The region as the file spells it, with the side before cortical names (`lh-bankssts`)."""
    return place.region.removesuffix(place.name) + name if place.region.endswith(place.name) else place.region


def unit_of(place: Place) -> str:
    """mm3, mm2 or mm."""
    return UNITS[place.measure]
