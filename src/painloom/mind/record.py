"""What the record holds of an instrument outside answer sheets: single items and totals that came as measured values."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from painloom.knowledge.instrument_cards import InstrumentCard, Scale
from painloom.knowledge.load import Knowledge
from painloom.model.answers import UNANSWERED
from painloom.model.body import Measure
from painloom.model.case import Case

LOINC, SCORE = "loinc", "score:"
Recorded = tuple[InstrumentCard, npt.NDArray[np.int16] | None, tuple[tuple[Scale, float], ...]]


@dataclass(slots=True)
class _Held:
    """Values of one instrument as they are met: highest value by place of the item; scores with the date of each."""

    items: dict[int, int] = field(default_factory=dict)
    scores: list[tuple[Scale, Measure]] = field(default_factory=list)


def recorded(case: Case, knowledge: Knowledge, about: str) -> Iterator[Recorded]:
    """Instruments of which the record holds items with an alert `about` something, or totals.

    Yields
    ------
    The card; a row of answers (1, items) with the highest value of each item that was recorded, None where the items stay out of question;
    the totals.  Of a total without items, and without a sheet of the same or a later day, the row is empty: nobody knows the item.
    """
    held: dict[str, _Held] = {}
    watched = _watched(knowledge, about) if case.body.measures else {}
    for measure in case.body.measures:
        for instrument, place in watched.get(_loinc(measure), ()):
            limits = knowledge.instrument(instrument).ranges[place]
            value = round(measure.value)
            if limits.low <= value <= limits.high:
                items = held.setdefault(instrument, _Held()).items
                items[place] = max(value, items.get(place, value))
        if measure.id.startswith(SCORE):
            instrument, _, scale = measure.id.removeprefix(SCORE).partition(".")
            card = knowledge.instrument(instrument) if instrument in knowledge.files("instruments") else None
            if card is not None and scale in card.by_scale:
                held.setdefault(instrument, _Held()).scores.append((card.by_scale[scale], measure))
    for instrument, one in held.items():
        dates = [answers.date for answers in case.answers if answers.instrument == instrument]
        covered = not one.items and all(max(dates, default="") >= m.date for _, m in one.scores) and bool(dates)
        scores = tuple((scale, measure.value) for scale, measure in one.scores)
        card = knowledge.instrument(instrument)
        yield card, None if covered else _row(card, one.items), scores


def _row(card: InstrumentCard, items: dict[int, int]) -> npt.NDArray[np.int16]:
    values = np.full((1, len(card.items)), UNANSWERED, np.int16)
    for place, value in items.items():
        values[0, place] = value
    return values


def _watched(knowledge: Knowledge, about: str) -> dict[str, list[tuple[str, int]]]:
    """LOINC code of an item with an alert -> instruments and places."""
    found: dict[str, list[tuple[str, int]]] = {}
    for card in knowledge.instruments.values():
        for place in dict.fromkeys(place for rule in card.alerts if rule.about == about for place in rule.items):
            code = card.items[place].loinc
            if code:
                found.setdefault(code, []).append((card.id, place))
    return found


def _loinc(measure: Measure) -> str:
    return next((code for system, code in measure.codes if system == LOINC), "")
