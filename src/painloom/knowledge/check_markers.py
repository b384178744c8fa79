"""Do the marker cards hold together: sources that exist, figures in their range, a claim that the evidence carries."""

from collections.abc import Iterator

from painloom.knowledge.load import Knowledge
from painloom.knowledge.marker_cards import MAP, OWN, SHIPPED, MarkerCard
from painloom.knowledge.markers import read_markers

RANGES = {"r": (-1.0, 1.0), "sensitivity": (0.0, 1.0), "specificity": (0.0, 1.0), "accuracy": (0.0, 1.0), "auc": (0.0, 1.0)}


def check_markers(knowledge: Knowledge) -> Iterator[str]:
    """One line for each thing that is wrong and that the reader does not catch."""
    for card in read_markers(knowledge.files("markers")).values():
        where = f"markers/{card.id}"
        named = (*(p.source for p in card.performance), *(r.source for r in card.reliability), *(c.source for c in card.cohorts))
        yield from (f"{where}: source '{s}' is not in sources/" for s in named if s not in knowledge.sources)
        yield from _figures(card, where)
        if card.weights.origin == SHIPPED and not card.weights.notice:
            yield f"{where}: weights are passed on without the notice of their licence"
        if card.weights.origin == OWN and card.cohorts:
            yield f"{where}: reference scores of weights that are not here"
        if card.kind == MAP and card.limits.coverage_percent is None:
            yield f"{where}: a map needs a limit of coverage"
        if card.claim not in ("single-study", "research") and not any(p.evidence == "out-of-sample" for p in card.performance):
            yield f"{where}: claim '{card.claim}' without a figure on people whom the model had not seen"


def _figures(card: MarkerCard, where: str) -> Iterator[str]:
    if not card.performance:
        yield f"{where}: no published accuracy; say what the source leaves open"
    for row in card.performance:
        low, high = RANGES.get(row.measure, (float("-inf"), float("inf")))
        values = [v for v in (row.low, row.value, row.high) if v is not None]
        if values != sorted(values) or not low <= values[0] <= values[-1] <= high:
            yield f"{where}: '{row.what}': {row.measure} {row.value} lies outside its range or its interval"
