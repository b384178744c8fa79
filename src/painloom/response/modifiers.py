"""What about this person may change the effect of a treatment: a handful of shrunken modifiers, everything else exactly zero."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from painloom.knowledge.evidence_cards import Conventions
from painloom.model.body import NO, YES
from painloom.model.evidence import COMPUTED, VERIFIED, ModifierRow
from painloom.model.outlook import PersonalShift

PREDICTIVE = "predictive"


@dataclass(frozen=True, slots=True)
class Shift:
    """Sum of the shifts in points of 0 to 10 with its variance, and each shift that is not zero."""

    points: float
    variance: float
    parts: tuple[PersonalShift, ...]


def weighs(row: ModifierRow) -> bool:
    """Only a checked predictive modifier with a published size, a known share of people who have it, and belief above zero."""
    complete = row.shift is not None and row.se is not None and row.prevalence is not None
    return row.kind == PREDICTIVE and row.state in (VERIFIED, COMPUTED) and complete and row.shrink > 0


def shift_of(rows: Iterable[ModifierRow], treatment: str, family: tuple[str, ...], facts: Mapping[str, str], c: Conventions) -> Shift:
    """What the facts of a person change for one treatment.

    A modifier is centred at the share of people who had it, so that the average person of the trial gets the published average.  One
    that nobody asked about shifts nothing and widens the band by what it could have changed.

    Parameters
    ----------
    family : the person's kind of pain and every wider one; a modifier holds below the kind that it was found in.
    facts : fact id -> "yes", "no" or "unknown".
    """
    points = variance = 0.0
    parts: list[PersonalShift] = []
    for row in rows:
        if row.unit != treatment or row.condition not in family or not weighs(row):
            continue
        assert row.shift is not None
        assert row.se is not None
        assert row.prevalence is not None
        size, spread = row.shrink * row.shift, (row.shrink * row.se) ** 2 + c.shift_sd_points**2
        said = facts.get(row.finding, "")
        if said not in (YES, NO):
            variance += row.prevalence * (1 - row.prevalence) * (size**2 + spread)  # what either answer would bring, by its chance
            continue
        apart = (1.0 if said == YES else 0.0) - row.prevalence
        points += apart * size
        variance += apart**2 * spread
        label = row.label if said == YES else f"without {row.label}"
        parts.append(PersonalShift(row.id, label, apart * size, row.credibility, row.source))
    return Shift(points, variance, tuple(parts))
