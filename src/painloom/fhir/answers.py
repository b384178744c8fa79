"""Binding a questionnaire to an instrument, item by item, and reading what one answer is worth for that very item.

An answer code has no points of its own: the same code is worth different points in different instruments.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from painloom.fhir.form import Form, FormItem, answer_code, plain, points_of
from painloom.fhir.node import Node
from painloom.fhir.units import Measures
from painloom.knowledge.forms import plain_text
from painloom.knowledge.instrument_cards import InstrumentCard, Item

SEVERAL = "several instruments fit: send the Questionnaire along, or name it by its address or LOINC panel code"
UNKNOWN = "no instrument of this release has these items"
OTHER_SHAPE = "the form holds more or other questions than the instrument"


@dataclass(frozen=True, slots=True)
class Binding:
    """Which question of a form is which item: link id -> place on the card.

    `settled` holds, for a form that the clinic has bound, the raw points of every option: link id -> (code, "") or ("", text in lower
    case) -> points; `turned` are the link ids whose points the sender has turned round.
    """

    card: InstrumentCard
    places: Mapping[str, int]
    settled: Mapping[str, Mapping[tuple[str, str], int]] = field(default_factory=dict)
    turned: frozenset[str] = frozenset()

    @property
    def is_complete(self) -> bool:
        """True when every item of the card has its question."""
        return len(self.places) == len(self.card.items)

    @property
    def lacks(self) -> tuple[int, ...]:
        """Places of items that have no question."""
        there = set(self.places.values())
        return tuple(place for place in range(len(self.card.items)) if place not in there)

    @property
    def watched(self) -> frozenset[int]:
        """Places of items with an alert."""
        return watched_places(self.card)


def watched_places(card: InstrumentCard) -> frozenset[int]:
    """Places of items that need action at once, when answered or when left empty."""
    return frozenset(place for alert in card.alerts for place in (*alert.items, *alert.must))


def bind(form: Form, measures: Measures) -> tuple[tuple[Binding, ...], str]:
    """The instruments that a form holds, or none and why.

    By LOINC codes of the items first; then, for an instrument that the form names, by link ids equal to the item ids, then by position
    where the number of questions and the points of every question's options are those of the card.
    """
    named = named_cards(form, measures)
    coded, why = _by_codes(form, measures, {card.id for card in named})
    fits = [found for card in named if (found := by_links(form, card) or _by_position(form, card)) is not None]
    if len(fits) == 1 and len(fits[0].places) > sum(len(b.places) for b in coded):
        return tuple(fits), ""  # a longer form that begins like a shorter instrument, or codes that are missing
    if coded:
        return coded, ""
    return (), SEVERAL if len(fits) > 1 else why or (OTHER_SHAPE if named else UNKNOWN)


def named_cards(form: Form, measures: Measures) -> list[InstrumentCard]:
    """Cards that the form names by panel code, id, name or title."""
    knowledge = measures.knowledge
    by_panel = [measures.card(id_) for code in sorted(form.panels) for id_ in measures.cards_with(code)]
    found = {card.id: card for card in by_panel if card.loinc_panel in form.panels}
    ids = [id_ for id_ in knowledge.files("instruments") if plain(id_) in form.names]
    found |= {id_: measures.card(id_) for id_ in ids}
    if not found and form.names:
        found = {c.id: c for c in knowledge.instruments.values() if form.names & {plain(n) for n in (c.name, c.label, *c.titles)}}
    return list(found.values())


def _by_codes(form: Form, measures: Measures, named: set[str]) -> tuple[tuple[Binding, ...], str]:
    links = {item.link: code for item in form.items for code in item.codes if measures.cards_with(code)}
    ids = dict.fromkeys(id_ for code in links.values() for id_ in measures.cards_with(code))
    found = [b for id_ in ids if (b := _coded(links, measures.card(id_))) is not None and b.places]
    if not found:
        return (), ""
    rest = {link for binding in found for link in binding.places}
    taken: list[Binding] = []
    while rest:
        usable = [b for b in found if rest.issuperset(b.places)]
        chosen = _choose(usable, rest, named, is_whole=form.is_whole)
        if chosen is None:
            break
        taken.append(chosen)
        rest -= set(chosen.places)
    if not taken:
        return (), SEVERAL if len(found) > 1 else OTHER_SHAPE
    return tuple(taken), ""


def _coded(links: Mapping[str, str], card: InstrumentCard) -> Binding | None:
    """The card bound by codes; None where two questions claim one item."""
    place = {item.loinc: n for n, item in enumerate(card.items) if item.loinc}
    places = {link: place[code] for link, code in links.items() if code in place}
    return Binding(card, places) if len(set(places.values())) == len(places) else None


def _choose(usable: Sequence[Binding], rest: set[str], named: set[str], *, is_whole: bool) -> Binding | None:
    """The binding to take next; None where it cannot be told.

    A whole form must hold every item of the instrument.  A response may leave questions out, so the questions of a short instrument may be
    a piece of a longer one: then a name decides; without a name, the instrument whose items are exactly the questions that are there, or
    a longer one that adds nothing but items with an alert: a question nobody may overlook counts as not answered, not as not asked.
    """
    wanted = [b for b in usable if b.card.id in named and (b.is_complete or not is_whole)]
    if wanted:
        most = max(len(b.places) for b in wanted)
        best = [b for b in wanted if len(b.places) == most]
        return best[0] if len(best) == 1 else None
    exact = None if is_whole or named else _exact(usable)
    if exact is not None:
        return _with_alerts(exact, usable)
    complete = [b for b in usable if b.is_complete]
    if not is_whole:
        complete = [b for b in complete if not any(set(b.places) <= set(o.places) for o in usable if o.card.id != b.card.id)]
    if complete:
        most = max(len(b.places) for b in complete)
        best = [b for b in complete if len(b.places) == most]
        return best[0] if len(best) == 1 or not _overlap(best) else None
    alone = [b for b in usable if not (is_whole or named) and set(b.places) == rest]
    return alone[0] if len(alone) == 1 else None


def _exact(usable: Sequence[Binding]) -> Binding | None:
    """An instrument all of whose items are there, while no other explains any further question; None for a tie of two such instruments."""
    for one in usable:
        own = set(one.places)
        others = [set(other.places) for other in usable if other is not one and own & set(other.places)]
        twins = [b for b in usable if b is not one and b.is_complete and set(b.places) == own]
        if one.is_complete and not twins and all(places <= own for places in others):
            return one
    return None


def _with_alerts(exact: Binding, usable: Sequence[Binding]) -> Binding:
    """The one instrument that asks the same questions and, beyond them, items with an alert only; else `exact`."""
    same = [b for b in usable if set(b.places) == set(exact.places) and b.lacks and set(b.lacks) <= b.watched]
    return same[0] if len(same) == 1 else exact


def longer_cards(binding: Binding, measures: Measures) -> list[str]:
    """Ids of instruments that hold all items of a bound one, by their codes, and more."""
    own = {item.loinc for item in binding.card.items}
    ids = dict.fromkeys(id_ for code in sorted(own) for id_ in measures.cards_with(code))
    return [id_ for id_ in ids if "" not in own and own < {item.loinc for item in measures.card(id_).items}]


def _overlap(found: Sequence[Binding]) -> bool:
    return any(set(a.places) & set(b.places) for n, a in enumerate(found) for b in found[n + 1 :])


def by_links(form: Form, card: InstrumentCard) -> Binding | None:
    """Link ids that are the card's item ids, bare or behind the name of the form (`name.q3`, `name/3`).

    A whole form must hold every item and no further numbered question; points of options and codes must not contradict the card.
    """
    ids = {item.range.id: n for n, item in enumerate(card.items)}
    codes = {item.loinc: n for n, item in enumerate(card.items) if item.loinc}
    places: dict[str, int] = {}
    for item in form.items:
        bare = re.split(r"[./]", item.link)[-1].lower()
        name = bare if bare in ids else bare.removeprefix("q")
        if not item.is_asked or (name not in ids and not name.isdigit()):
            continue
        place = ids.get(name)
        told = {codes[code] for code in item.codes if code in codes}
        if place is None or place in places.values() or told - {place} or not set(item.points.values()) <= set(_allowed(card.items[place])):
            return None
        places[item.link] = place
    return Binding(card, places) if places and (len(places) == len(card.items) or not form.is_whole) else None


def _by_position(form: Form, card: InstrumentCard) -> Binding | None:
    """The n-th question is the n-th item, where every question offers exactly the points that the item allows."""
    asked = [item for item in form.items if item.is_asked]
    if not form.is_whole or len(asked) != len(card.items) or not all(map(_offers, asked, card.items)):
        return None
    return Binding(card, {item.link: n for n, item in enumerate(asked)})


def _offers(question: FormItem, item: Item) -> bool:
    return sorted(question.points.values()) == [float(a) for a in _allowed(item)]


def _allowed(item: Item) -> tuple[int, ...]:
    return item.range.allowed or tuple(range(item.range.low, item.range.high + 1))


def worth(answer: Node, binding: Binding, place: int, options: Mapping[str, float], link: str = "") -> int | str:
    """The answer as the card's item holds it, or why it is not understood.

    Where the clinic has bound the form, its points for the question `link` count.  Else points stand on the card for the item's own codes,
    or in the form or response.  Items that the instrument reverses are taken from the form's points only where the card's own codes tell
    whether these are turned round already.
    """
    item = binding.card.items[place]
    if link in binding.settled:
        return _worth_of_bound(answer, item, binding.settled[link], is_turned=link in binding.turned)
    turned = any(place in scale.reversed for scale in binding.card.scales)
    code = answer_code(answer)
    given = points_of(answer)
    given = points_of(answer.get("valueCoding")) if given is None else given
    weight = options.get(code) if given is None else given
    own = dict(item.codes).get(code) if code else None
    value = _number(answer)
    if value is None and own is not None:
        ends = item.range.low + item.range.high
        if weight not in (None, own) and not (turned and weight == ends - own):
            return "the points of the form are not those of the card"
        value = float(own)
    elif value is None and weight is not None:
        if turned:
            return "the item is reversed and the form does not tell whether its points are so already"
        value = weight
    if value is None:
        return "no points for this answer in the form, the response or on the card"
    whole = round(value)
    if whole != value or whole not in _allowed(item):
        return "no whole number that the item allows"
    return whole


def _worth_of_bound(answer: Node, item: Item, options: Mapping[tuple[str, str], int], *, is_turned: bool) -> int | str:
    """The answer by the clinic's bound form; points in the answer itself must be the same, or turned where the form's were."""
    key = answer_code(answer), plain_text(answer.text("valueString")).casefold()
    given = points_of(answer)
    given = points_of(answer.get("valueCoding")) if given is None else given
    value = _number(answer)
    if any(key):
        if key not in options:
            return "no option of the clinic's bound form"
        told = options[key]
        if given is not None and given != (item.range.low + item.range.high - told if is_turned else told):
            return "the points of the answer are not those of the clinic's bound form"
        return told
    if value is None or is_turned:
        return "no answer that the clinic's bound form takes"
    whole = round(value)
    return whole if whole == value and whole in _allowed(item) else "no whole number that the item allows"


def _number(answer: Node) -> float | None:
    """A number or truth value given as such."""
    for name in ("valueInteger", "valueDecimal"):
        value = answer.number(name, -1_000, 1_000)
        if value is not None:
            return value
    truth = answer.flag("valueBoolean")
    if truth is not None:
        return float(truth)
    quantity = answer.get("valueQuantity")
    if quantity is None or quantity.has("comparator") or quantity.text("code") not in ("", "1", "{score}"):
        return None
    quantity.mark("unit", "system")
    return quantity.number("value", -1_000, 1_000)


def points_by_link(items: Iterable[FormItem]) -> dict[str, Mapping[str, float]]:
    """Link id -> points of its options."""
    return {item.link: item.points for item in items}
