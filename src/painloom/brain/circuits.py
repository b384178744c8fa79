"""Regions sorted by named circuits: how many have a z, and their mean; a sorting aid without a norm of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from painloom.knowledge.norms import CircuitCard
from painloom.model.brain import NormRow

BETWEEN = ";"


@dataclass(frozen=True, slots=True)
class CircuitSummary:
    """One circuit and measure: `mean_z` over the `count` regions that have a z, of `of` regions that the card names for this measure.

    `mean_z` is None when none has.  It is no z-score: the mean of correlated scores has no norm.
    """

    id: str
    label: str
    measure: str
    mean_z: float | None
    count: int
    of: int
    state: str
    sources: tuple[str, ...]


def groups(card: CircuitCard | None) -> dict[str, str]:
    """Region of the norm -> ids of its circuits, joined by ";"."""
    found: dict[str, list[str]] = {}
    for circuit in card.circuits if card else ():
        for region in circuit.regions:
            found.setdefault(region, []).append(circuit.id)
    return {region: BETWEEN.join(ids) for region, ids in found.items()}


def summaries(card: CircuitCard | None, rows: Sequence[NormRow]) -> tuple[CircuitSummary, ...]:
    """One summary a circuit and measure that any of its regions was asked for; rows carry their circuits in `group`."""
    found = []
    for circuit in card.circuits if card else ():
        by_measure: dict[str, list[NormRow]] = {}
        for row in rows:
            if circuit.id in row.group.split(BETWEEN):
                by_measure.setdefault(row.measure, []).append(row)
        for measure, mine in by_measure.items():
            scores = [row.z for row in mine if row.z is not None]
            mean = sum(scores) / len(scores) if scores else None
            found.append(CircuitSummary(circuit.id, circuit.label, measure, mean, len(scores), len(mine), circuit.state, circuit.sources))
    return tuple(found)


def group_of(region: str, known: Mapping[str, str]) -> str:
    """The circuits of one region of the norm, "" for none."""
    return known.get(region.lower(), "")
