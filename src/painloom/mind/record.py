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


@dataclass(frozen=True, slots=True)
class Recorded:
    """An instrument of which the record holds items with an alert, or totals.

    `values` is a row of answers (1, items) with the highest value of each item that was recorded, None where the items stay out of
    question; `date` is the newest day of these values, "" when unknown; `scores` are the totals.
    """

    card: InstrumentCard
    values: npt.NDArray[np.int16] | None
    date: str
    scores: tuple[tuple[Scale, Measure], ...]


@dataclass(slots=True)
class _Held:
    """Values of one instrument as they are met: highest value of an item with its newest day; days of what is no value; totals."""

    items: dict[int, tuple[int, str]] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)
    scores: list[tuple[Scale, Measure]] = field(default_factory=list)


def recorded(case: Case, knowledge: Knowledge, about: str) -> Iterator[Recorded]:
    """Instruments of which the record holds items with an alert `about` something, or totals.

    Of a total without items, or an item whose value it cannot have, and without a sheet of the same or a later day, the row is empty:
    nobody knows the item.
    """
    held: dict[str, _Held] = {}
    watched = _watched(knowledge, about) if case.body.measures else {}
    for measure in case.body.measures:
        for instrument, place in (item for code in _loinc(measure) for item in watched.get(code, ())):
            _take(held.setdefault(instrument, _Held()), place, measure, knowledge.instrument(instrument))
        if measure.id.startswith(SCORE):
            instrument, _, scale = measure.id.removeprefix(SCORE).partition(".")
            card = knowledge.instrument(instrument) if instrument in knowledge.files("instruments") else None
            if card is not None and scale in card.by_scale:
                held.setdefault(instrument, _Held()).scores.append((card.by_scale[scale], measure))
    for instrument, one in held.items():
        yield from _told(one, knowledge.instrument(instrument), [a.date for a in case.answers if a.instrument == instrument])


def _told(one: _Held, card: InstrumentCard, sheets: list[str]) -> Iterator[Recorded]:
    """What was recorded of one instrument; a value that no item can have is a question of its own where nothing later answers it."""
    raised = [date for value, date in one.items.values() if value > 0]
    asked = [*one.unclear, *(measure.date for _, measure in one.scores)]
    if one.items:
        newest = max(raised or [date for _, date in one.items.values()])
        yield Recorded(card, _row(card, one.items), newest, tuple(one.scores))
        if one.unclear and max(one.unclear) > max([*sheets, *(date for _, date in one.items.values())]):
            yield Recorded(card, _row(card, {}), max(one.unclear), ())
    else:
        is_covered = bool(sheets) and all(max(sheets) >= date for date in asked)
        yield Recorded(card, None if is_covered else _row(card, {}), max(asked, default=""), tuple(one.scores))


def _take(held: _Held, place: int, measure: Measure, card: InstrumentCard) -> None:
    limits = card.ranges[place]
    if float(measure.value).is_integer() and limits.low <= measure.value <= limits.high:
        found = (int(measure.value), measure.date)
        held.items[place] = max(found, held.items.get(place, found))
    else:
        held.unclear.append(measure.date)


def _row(card: InstrumentCard, items: dict[int, tuple[int, str]]) -> npt.NDArray[np.int16]:
    values = np.full((1, len(card.items)), UNANSWERED, np.int16)
    for place, (value, _) in items.items():
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


def _loinc(measure: Measure) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for system, code in measure.codes if system == LOINC))
