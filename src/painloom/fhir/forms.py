"""A clinic's Questionnaire bound to an instrument: every item has exactly one question, every option its points, or the form is refused.

Nothing is bound in part, and no answer code has points of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from painloom.errors import InputError
from painloom.fhir.answers import Binding
from painloom.fhir.forms_places import Placed, place_items
from painloom.fhir.forms_points import GIVEN, NUMBER_KINDS, POSITION, Worth, worth_of
from painloom.fhir.forms_read import VALUE, Question, Sheet
from painloom.fhir.forms_turned import Settled, reversed_places, settle
from painloom.fhir.units import Measures
from painloom.knowledge.forms import needs_permission, plain_text
from painloom.knowledge.instrument_cards import InstrumentCard
from painloom.model.form import BoundForm, BoundItem, BoundOption, Extra, Permission

LONGEST_LINK = 60


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the person who binds decides: nothing of it is guessed.

    `permission` opens the gate for licences that ask for one; `by_position` says that the order of questions and options was compared with
    the printed form, so that options without points count upwards in it, and questions of a form without a name are the items in order;
    `turn_back` turns points back that the form has turned round already.
    """

    permission: Permission | None = None
    by_position: bool = False
    turn_back: bool = False


def bind_form(sheet: Sheet, card: InstrumentCard, measures: Measures, decisions: Decisions = Decisions()) -> BoundForm:
    """The form bound to the instrument.

    Wording is kept where the licence class is open or a permission is given; else the binding alone.

    Raises
    ------
    InputError : one line that says which question cannot be bound and why; nothing is bound then.
    """
    placed = place_items(sheet, card, measures, by_position=decisions.by_position)
    settled = _settled(sheet, card, placed, decisions)
    keeps_words = decisions.permission is not None or not needs_permission(card)
    items = tuple(
        _bound(sheet.questions[found], item.range.id, told, placed, keeps_words, (item.range.low, item.range.high))
        for found, item, told in zip(placed.questions, card.items, settled, strict=True)
    )
    return BoundForm(
        instrument=card.id,
        release=card.release,
        items=items,
        url=sheet.url,
        version=sheet.version,
        resource_id=sheet.resource_id,
        digest=sheet.digest,
        copyright=sheet.copyright,
        has_wording=keeps_words,
        permission=decisions.permission,
        extras=tuple(_extras(sheet, placed)),
        warnings=tuple(_warnings(sheet, card, placed, settled, keeps_words)),
    )


def _settled(sheet: Sheet, card: InstrumentCard, placed: Placed, decisions: Decisions) -> tuple[Settled, ...]:
    """Points of every item, in the order of the card."""
    turned = reversed_places(card)
    questions = [sheet.questions[found] for found in placed.questions]
    for place, question in enumerate(questions):
        trouble = _unfit(question, is_sure=placed.is_sure)
        if trouble:
            raise refused(sheet, card, place, question, trouble)
    told = [worth_of(q, item, by_position=decisions.by_position) for q, item in zip(questions, card.items, strict=True)]
    peers = [worth for place, worth in enumerate(told) if place not in turned and isinstance(worth, Worth) and worth.choices]
    found: list[Settled] = []
    for place, (question, worth) in enumerate(zip(questions, told, strict=True)):
        options = decisions.by_position, decisions.turn_back
        final = _raw(question, card, place, worth, peers, *options) if place in turned else worth
        if isinstance(final, str):
            raise refused(sheet, card, place, question, final)
        found.append(final if isinstance(final, Settled) else Settled(final))
    return tuple(found)


def _raw(
    question: Question, card: InstrumentCard, place: int, worth: Worth | str, peers: Sequence[Worth], by_position: bool, turn_back: bool
) -> Settled | str:
    return settle(question, card.items[place], worth, peers, by_position=by_position, turn_back=turn_back)


def _unfit(question: Question, *, is_sure: bool) -> str:
    """Why a question can be no item at all, whatever its options."""
    if not question.is_shown:
        return "is hidden, so nobody answers it"
    if question.is_calculated:
        return "is worked out or read-only, so nobody answers it"
    if question.is_repeated:
        return "may be answered several times; an item has one answer"
    if not is_sure and not question.choices and question.kind in NUMBER_KINDS and None in (question.low, question.high):
        return "takes any number, and nothing else tells that it is this item; state minValue and maxValue"
    return ""


def refused(sheet: Sheet, card: InstrumentCard, place: int, question: Question, why: str) -> InputError:
    """The refusal of one question, in one line without its words."""
    return InputError(
        f"{sheet.where}: {card.id} item {card.items[place].range.id} (link id {link_name(question)}): {why}; nothing was bound"
    )


def link_name(question: Question) -> str:
    """The link id for a message: plain, short, in quotes."""
    name = plain_text(question.item.link)
    return f"'{name[:LONGEST_LINK]}'"


def _bound(question: Question, item: str, told: Settled, placed: Placed, keeps_words: bool, ends: tuple[int, int]) -> BoundItem:
    worth = told.worth
    options = tuple(
        BoundOption(points, choice.text if keeps_words else "", choice.code, choice.system)
        for choice, points in zip(worth.choices, worth.points, strict=True)
    )
    bound = BoundItem(item, question.item.link, placed.by, worth.by, *ends, options=options, turned_back=told.turned_back)
    return replace(bound, prefix=question.prefix, text=question.text, before=question.before) if keeps_words else bound


def _extras(sheet: Sheet, placed: Placed) -> list[Extra]:
    used = set(placed.questions)
    found = [Extra(question.item.link, _why_extra(question)) for n, question in enumerate(sheet.questions) if n not in used]
    if sheet.loose:
        found.append(Extra("", f"{sheet.loose} texts that are hidden or stand behind the last question"))
    return found


def _why_extra(question: Question) -> str:
    if question.is_calculated:
        return "worked out by the form; scores are worked out here"
    if not question.is_shown:
        return "hidden"
    return "no item of the instrument"


def _warnings(sheet: Sheet, card: InstrumentCard, placed: Placed, settled: Sequence[Settled], keeps_words: bool) -> list[str]:
    """What a clinician should look at before the form is used; item ids and our own words only."""
    rows = [(item.range.id, sheet.questions[n], told) for item, n, told in zip(card.items, placed.questions, settled, strict=True)]

    def items(which: Sequence[bool]) -> str:
        return ", ".join(id_ for (id_, _, _), chosen in zip(rows, which, strict=True) if chosen)

    texts = (
        (items([POSITION in told.worth.by for _, _, told in rows]), "points by position, unconfirmed: compare them with the printed form"),
        (items([told.turned_back for _, _, told in rows]), "the form's points were turned round already and were turned back"),
        (
            items(_other_lowest(settled)),
            "the lowest option reads otherwise than that of the other items: a known misprint of copies; compare",
        ),
        (items(_other_way(settled)), "the same options are worth other points here than on other items: compare with the printed form"),
        (items([q.is_prefilled for _, q, _ in rows]), "an answer is filled in beforehand and would count as given"),
        (items([q.is_conditional for _, q, _ in rows]), "is asked only under a condition of the form; skipped, it counts as not answered"),
        (items([q.takes_free_text for _, q, _ in rows]), "takes free text as well; such an answer counts as not answered"),
        (items([bool(q.list_name) for _, q, _ in rows]), "its options have no words in this file; they are read by the card's codes"),
        (items([not q.text for _, q, _ in rows]), "has no words in this file"),
        (
            items([told.worth.by == (GIVEN,) and None in (q.low, q.high) for _, q, told in rows]),
            "takes a number without stating both ends; numbers outside the item's range are not understood",
        ),
    )
    found = [f"item {ids}: {why}" for ids, why in texts if ids]
    if not keeps_words:
        found.append("the licence asks for a permission and none was given: the form's words were left out")
        if any(not choice.code and VALUE not in told.worth.by for told in settled for choice in told.worth.choices):
            found.append("answers that are given as texts cannot be read without the form's words")
    if sheet.status == "retired":
        found.append("the form is marked as retired")
    return [*placed.warnings, *found]


def _other_lowest(settled: Sequence[Settled]) -> list[bool]:
    """Items whose lowest option has other words than the lowest option of most items; none where most have words of their own."""
    texts = [
        min(zip(told.worth.points, (c.text.casefold() for c in told.worth.choices), strict=True), default=(0, ""))[1] for told in settled
    ]
    known = [text for text in texts if text]
    most = max(known, key=known.count, default="")
    if 2 * known.count(most) <= len(known):
        return [False] * len(texts)
    return [bool(text) and text != most for text in texts]


def _other_way(settled: Sequence[Settled]) -> list[bool]:
    """Items whose options are those of other items and worth other points, where fewer items have it so."""
    keyed = [told.worth.by_key() for told in settled]
    found = []
    for own in keyed:
        alike = [other for other in keyed if own and other.keys() == own.keys()]
        found.append(2 * sum(other == own for other in alike) < len(alike))
    return found


def binding_of(form: BoundForm, card: InstrumentCard) -> Binding:
    """The stored form as the import of responses uses it: link id -> place on the card, and the points of every option."""
    return Binding(
        card,
        {item.link: place for place, item in enumerate(form.items)},
        {item.link: {_key(option): option.points for option in item.options} for item in form.items},
        frozenset(item.link for item in form.items if item.turned_back),
    )


def _key(option: BoundOption) -> tuple[str, str]:
    return (option.code, "") if option.code else ("", option.text.casefold())
