"""QuestionnaireResponses -> answers to instruments."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from painloom.fhir.answers import Binding, bind, points_by_link, worth
from painloom.fhir.bundle import Record
from painloom.fhir.form import Form, Response, form_of_response, joined, read_form, responses
from painloom.fhir.ledger import Ledger
from painloom.fhir.node import Node
from painloom.fhir.people import Index
from painloom.fhir.units import Measures
from painloom.model.answers import UNANSWERED, Answers

RESPONSE, QUESTIONNAIRE = "QuestionnaireResponse", "Questionnaire"
PERSON_ID = "imported"
ADMIN = ("encounter", "author", "basedOn", "partOf", "questionnaire", "authored")
FINISHED = ("completed", "amended")
SCORE = "a score worked out by the sender; scores are worked out here"
NO_ITEM = "no item of an instrument that was read"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Questionnaires of the bundle: each form with the names a response may call it by."""

    forms: Mapping[str, tuple[Form, Record]]


def shelf_of(records: tuple[Record, ...]) -> Shelf:
    """Every Questionnaire by address and by id."""
    forms: dict[str, tuple[Form, Record]] = {}
    for record in records:
        if record.kind == QUESTIONNAIRE:
            held = (read_form(record.node), record)
            for name in (record.node.text("url"), f"{QUESTIONNAIRE}/{record.id}" if record.id else "", record.url):
                if name:
                    forms.setdefault(name, held)
    return Shelf(forms)


def read_answers(records: tuple[Record, ...], index: Index, measures: Measures, ledger: Ledger) -> tuple[Answers, ...]:
    """One row of answers for each instrument in each response, in order of date, then of the bundle."""
    shelf = shelf_of(records)
    found: list[Answers] = []
    for record in records:
        if record.kind == RESPONSE and ledger.is_open(record):
            found += _answers(record, shelf, index, measures, ledger)
    return tuple(sorted(found, key=lambda answers: answers.date))


def _answers(record: Record, shelf: Shelf, index: Index, measures: Measures, ledger: Ledger) -> list[Answers]:
    node = record.node
    state = node.text("status").lower()
    if state == "entered-in-error":
        ledger.leave(record, "was entered in error")
        return []
    asked = tuple(responses(node))
    form = _form(record, asked, shelf, index, ledger)
    bindings, why = bind(form, measures)
    if not bindings:
        ledger.leave(record, why)
        return []
    points = points_by_link(form.items)
    by_link: dict[str, list[Response]] = {}
    for item in asked:
        by_link.setdefault(item.link, []).append(item)
    date = node.date("authored")
    found = [_row(binding, by_link, points, date) for binding in bindings]
    if all((row.values == UNANSWERED).all() for row in found):
        ledger.leave(record, "holds no answer that is understood" if any(item.answers for item in asked) else "holds no answer")
        return []
    ledger.use(record)
    node.mark(*ADMIN)
    _source(node)
    if state not in FINISHED:
        node.leave("not finished: what was answered was read all the same", "status")
    scores = {item.link for item in form.items if any(measures.scales(code) for code in item.codes)}
    _close(asked, {link for binding in bindings for link in binding.places}, scores)
    return found


def _source(node: Node) -> None:
    """Who gave the answers, where it was not the person."""
    source = node.get("source")
    if source is not None:
        name = source.text("reference")
        by_person = name.startswith(("Patient/", "urn:")) or "/Patient/" in name
        source.leave("" if by_person else "answered by somebody else than the person, or not known by whom")


def _form(record: Record, asked: tuple[Response, ...], shelf: Shelf, index: Index, ledger: Ledger) -> Form:
    """The whole form where the bundle holds it, else what the response tells."""
    alone = form_of_response(record.node, asked)
    address = record.node.text("questionnaire")
    if address.startswith("#"):
        inner = index.find(record, address)
        if inner is not None:
            form = joined(read_form(inner.node), alone)
            inner.node.mark()
            return form
    held = shelf.forms.get(address.partition("|")[0])
    if held is None:
        return alone
    ledger.leave(held[1], "a form; its codes and points were used to read the responses")
    return joined(held[0], alone)


def _row(binding: Binding, by_link: Mapping[str, list[Response]], points: Mapping[str, Mapping[str, float]], date: str) -> Answers:
    card = binding.card
    values = np.full((1, len(card.items)), UNANSWERED, np.int16)
    for link, place in binding.places.items():
        given = [(answer, item.node) for item in by_link.get(link, []) for answer in item.answers]
        if len(given) > 1:
            for answer, _ in given:
                answer.leave(f"several answers to one item of {card.id}: the item counts as not answered")
        elif given:
            answer = given[0][0]
            found = worth(answer, binding, place, points.get(link, {}))
            if isinstance(found, int):
                values[0, place] = found
            else:
                answer.leave(f"{found}: the item counts as not answered")
    return Answers(card.id, (PERSON_ID,), tuple(item.range.id for item in card.items), values, date)


def _close(asked: tuple[Response, ...], bound: set[str], scores: set[str]) -> None:
    """Mark what carries no answer, and say why answers that belong to no item were left."""
    for item in asked:
        item.node.mark("linkId", "text", "definition", "id")
        if item.link not in bound:
            for answer in item.answers:
                if not answer.has("item"):
                    answer.leave(SCORE if item.link in scores else NO_ITEM)
