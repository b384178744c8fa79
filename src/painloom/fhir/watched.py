"""Items with an alert: what a coded answer is worth, and which of them a bundle asked without an answer that is understood.

A record that holds such an item may never end in silence: it gives the answer, or a sheet on which the item is unanswered.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from painloom.fhir.answers import Binding, watched_places
from painloom.fhir.coding import LOINC, coding
from painloom.fhir.form import Form, points_of
from painloom.fhir.node import Node
from painloom.fhir.units import Measures
from painloom.knowledge.instrument_cards import InstrumentCard, Item
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.body import Measure

PERSON_ID = "imported"
NOT_UNDERSTOOD = "an item with an alert whose value is not understood: it counts as not answered"
Place = tuple[InstrumentCard, int]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An item with an alert that a record asked without an answer: its card, its place on it, the day."""

    card: InstrumentCard
    place: int
    date: str


def places_of(code: str, measures: Measures) -> tuple[Place, ...]:
    """Every item of an instrument that has the LOINC code."""
    cards = (measures.card(id_) for id_ in measures.cards_with(code))
    return tuple((card, place) for card in cards for place, item in enumerate(card.items) if item.loinc == code)


def watched_of(codes: Iterable[str], measures: Measures) -> tuple[Place, ...]:
    """The items with an alert among those that have one of the LOINC codes."""
    found = (held for code in dict.fromkeys(codes) for held in places_of(code, measures))
    return tuple((card, place) for card, place in found if place in watched_places(card))


def coded_points(node: Node, codes: Sequence[str], measures: Measures) -> int | None:
    """What a coded or yes-no value is worth as the answer to the item that has one of the LOINC codes; None where it is not understood.

    Items of several instruments with one code must agree; where one of them has an alert, those that have count alone.
    """
    if not (node.has("valueCodeableConcept") or node.has("valueBoolean")):
        return None
    held = watched_of(codes, measures) or tuple(one for code in dict.fromkeys(codes) for one in places_of(code, measures))
    worth = {_worth(node, card, place) for card, place in held}
    if held and (None in worth or len(worth) > 1):
        node.leave("no answer that the item takes", "valueCodeableConcept", "valueBoolean")
    return worth.pop() if len(worth) == 1 else None


def _worth(node: Node, card: InstrumentCard, place: int) -> int | None:
    item = card.items[place]
    truth = node.flag("valueBoolean")
    if truth is not None:
        return int(truth) if (item.range.low, item.range.high) == (0, 1) else None
    value = node.get("valueCodeableConcept")
    turned = any(place in scale.reversed for scale in card.scales)
    found: set[float] = set()
    for part in value.nodes("coding") if value else ():
        system, code, _ = coding(part)
        own = dict(item.codes).get(code) if system in (LOINC, "local") else None
        weight = points_of(part)
        if own is None and (weight is None or turned):
            continue  # another code of the same answer may be understood
        found |= {float(own)} if own is not None else set()
        found |= {weight} if weight is not None and not turned else set()
    if value is not None:
        value.text("text")
    points = found.pop() if len(found) == 1 else None
    return int(points) if points is not None and is_allowed(points, item) else None


def is_allowed(value: float, item: Item) -> bool:
    """True for a whole number that the item may hold."""
    limits = item.range
    return value == int(value) and (value in limits.allowed if limits.allowed else limits.low <= value <= limits.high)


def bindings_of_rest(form: Form, bindings: Sequence[Binding], measures: Measures) -> Iterator[Binding]:
    """A binding of its own for items with an alert that no instrument bound to the form holds; no places where two questions claim one."""
    bound = {binding.card.id for binding in bindings}
    found: dict[str, tuple[InstrumentCard, dict[str, int]]] = {}
    for item in form.items:
        for card, place in watched_of(item.codes, measures):
            if card.id not in bound:
                found.setdefault(card.id, (card, {}))[1][item.link] = place
    for card, places in found.values():
        yield Binding(card, places if len(set(places.values())) == len(places) else {})


def open_sheets(missing: Iterable[Unanswered], answers: Iterable[Answers], measures: Iterable[Measure]) -> tuple[Answers, ...]:
    """One sheet without answers for each instrument and day with such an item, unless the item was answered on that day or later."""
    known = [(m.date, dict(m.codes).get(LOINC, ""), m.value) for m in measures]
    sheets = list(answers)
    found: dict[tuple[str, str], Answers] = {}
    for one in missing:
        item = one.card.items[one.place]
        on_sheet = any(
            row.instrument == one.card.id and row.values[0, one.place] != UNANSWERED and _covers(row.date, one.date) for row in sheets
        )
        by_value = any(code == item.loinc and is_allowed(value, item) and _covers(date, one.date) for date, code, value in known)
        if not (on_sheet or by_value):
            found.setdefault((one.card.id, one.date), open_sheet(one.card, one.date))
    return tuple(found.values())


def _covers(date: str, asked: str) -> bool:
    """True when `date` is sure to be the day of `asked` or later."""
    return bool(date and asked) and date >= asked


def open_sheet(card: InstrumentCard, date: str) -> Answers:
    """A sheet of the instrument on which nothing is answered."""
    values = np.full((1, len(card.items)), UNANSWERED, np.int16)
    return Answers(card.id, (PERSON_ID,), tuple(item.range.id for item in card.items), values, date)
