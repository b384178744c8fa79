"""What keeps the pain going: factors above their threshold, ranked by how far and how surely; items that pain inflates are left out."""

import math
from collections.abc import Iterable, Mapping, Sequence

from painloom.knowledge.mechanism_cards import FACT, SCORE, ConflictCard, DriverCard
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.formulation import Conflict, Driver
from painloom.synthesis.observe import Observed

LIKELY = 0.5


def drivers_of(cards: Iterable[DriverCard], observed: Observed, rescored: Mapping[str, float]) -> tuple[Driver, ...]:
    """Every driver that more likely than not lies above its threshold, the surest and farthest first.

    Parameters
    ----------
    rescored : driver id -> score without the items that pain inflates, on the whole scale; it stands in for the full score.
    """
    found = [one for card in cards if (one := _driver(card, observed, rescored.get(card.id))) is not None]
    return tuple(sorted(found, key=lambda d: (-d.chance, -(d.excess or 0.0), d.id)))


def _driver(card: DriverCard, observed: Observed, rescored: float | None) -> Driver | None:
    if card.sought.kind != SCORE:
        if not observed.holds(card.sought):
            return None
        kind = "fact" if card.sought.kind == FACT else card.sought.kind
        return _made(card, observed.said(card.sought), None, 1.0, f"{kind}:{card.sought.id}")
    estimate = observed.scores.get(card.sought.id)
    threshold = card.sought.low if card.worse == "higher" else card.sought.below
    if estimate is None or threshold is None:
        return None
    value = estimate.value if rescored is None else rescored
    apart = value - threshold if card.worse == "higher" else threshold - value
    se = estimate.se or card.se
    chance = (1.0 if apart >= 0 else 0.0) if not se else 0.5 * math.erfc(-apart / (se * math.sqrt(2)))
    if chance < LIKELY or not card_reached(card, value) or not card_reached(card, estimate.value):
        return None
    unit = se or card.spread
    said = f"{estimate.value:g}" if rescored is None else f"{estimate.value:g}; {rescored:.1f} without items that pain itself raises"
    return _made(card, said, apart / unit if unit else None, chance, f"score:{card.sought.id}")


def card_reached(card: DriverCard, value: float) -> bool:
    """Whether a score lies beyond the threshold: at or above it where higher is worse, below it where lower is."""
    low, below = card.sought.low, card.sought.below
    return (low is not None and value >= low) if card.worse == "higher" else (below is not None and value < below)


def _made(card: DriverCard, value: str, excess: float | None, chance: float, finding: str) -> Driver:
    return Driver(card.id, card.label, card.kind, finding, value, excess, chance, card.text, card.state, card.sources)


def rescore(cards: Iterable[DriverCard], answers: Sequence[Answers], tops: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Driver id -> score without its left-out items, raised to the length of the whole scale; only where all kept items are answered.

    Parameters
    ----------
    answers : in order of date; the latest of an instrument counts.
    tops : instrument -> item -> its highest value; items that an instrument turns round are not listed, and it is then left alone.
    """
    found = {}
    for card in cards:
        instrument = card.sought.id.split(".")[0]
        sheet = next((a for a in reversed(answers) if a.instrument == instrument), None)
        items = tops.get(instrument, {})
        kept = [item for item in items if item not in card.leave_out]
        if not card.leave_out or sheet is None or not kept:
            continue
        said = dict(zip(sheet.items, sheet.values[0].tolist(), strict=False))
        values = [said.get(item, UNANSWERED) for item in kept]
        if UNANSWERED not in values:
            found[card.id] = sum(values) * sum(items.values()) / sum(items[item] for item in kept)
    return found


def conflicts_of(cards: Iterable[ConflictCard], observed: Observed) -> tuple[Conflict, ...]:
    """Findings that do not fit each other; nothing is averaged."""
    found = []
    for card in cards:
        other = observed.holds(card.other)
        if observed.holds(card.one) and other is (not card.other_is_absent):
            one, two = (f"{s.kind}:{s.id}" for s in (card.one, card.other))
            found.append(Conflict(card.id, one, two, card.text, card.ask, card.sources))
    return tuple(found)
