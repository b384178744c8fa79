"""QuestionnaireResponses -> answers to instruments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from painloom.fhir.answers import Binding, bind, longer_cards, named_cards, points_by_link, worth
from painloom.fhir.bundle import Record
from painloom.fhir.form import Form, Response, form_of_response, joined, read_form, responses
from painloom.fhir.forms import binding_of
from painloom.fhir.ledger import MODIFIED, Ledger
from painloom.fhir.node import Node
from painloom.fhir.people import Index
from painloom.fhir.units import Measures
from painloom.fhir.watched import PERSON_ID, bindings_of_rest, open_sheet
from painloom.knowledge.forms import fits, stored_form, stored_forms
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.form import BoundForm

RESPONSE, QUESTIONNAIRE = "QuestionnaireResponse", "Questionnaire"
ADMIN = ("encounter", "author", "basedOn", "partOf", "questionnaire", "authored")
WRONG = "entered-in-error"
FINISHED = ("completed", "amended")
SCORE = "a score worked out by the sender; scores are worked out here"
NO_ITEM = "no item of an instrument that was read"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Questionnaires of the bundle: each form with the names a response may call it by; and the forms that the clinic has bound."""

    forms: Mapping[str, tuple[Form, Record]]
    bound: tuple[tuple[BoundForm, Binding], ...] = ()


def shelf_of(records: tuple[Record, ...], measures: Measures) -> Shelf:
    """Every Questionnaire of the bundle by address and by id, and the clinic's bound forms that fit this release's cards.

    Raises
    ------
    KnowledgeError : a bound form cannot be read.
    """
    forms: dict[str, tuple[Form, Record]] = {}
    for record in records:
        if record.kind == QUESTIONNAIRE:
            held = (read_form(record.node), record)
            for name in (record.node.text("url"), f"{QUESTIONNAIRE}/{record.id}" if record.id else "", record.url):
                if name:
                    forms.setdefault(name, held)
    return Shelf(forms, tuple(_bound(measures)))


def _bound(measures: Measures) -> Iterable[tuple[BoundForm, Binding]]:
    overlay, known = measures.knowledge.overlay, measures.knowledge.files("instruments")
    for id_ in stored_forms(overlay):
        form = stored_form(overlay, id_) if id_ in known else None
        if form is not None and fits(form, measures.card(id_)):
            yield form, binding_of(form, measures.card(id_))


def read_answers(records: tuple[Record, ...], index: Index, measures: Measures, ledger: Ledger) -> tuple[Answers, ...]:
    """One row of answers for each instrument in each response, in order of date, then of the bundle."""
    shelf = shelf_of(records, measures)
    found: list[Answers] = []
    for record in records:
        if record.kind == RESPONSE and ledger.is_open(record):
            found += _answers(record, shelf, index, measures, ledger)
        elif record.kind == RESPONSE and ledger.is_modified(record):
            found += _asked_only(record, shelf, index, measures, ledger)
    return tuple(sorted(found, key=lambda answers: answers.date))


def _answers(record: Record, shelf: Shelf, index: Index, measures: Measures, ledger: Ledger) -> list[Answers]:
    node = record.node
    state = node.text("status").lower()
    if state == WRONG:
        ledger.leave(record, "was entered in error")
        return []
    asked = tuple(responses(node))
    form = _form(record, asked, shelf, index, ledger)
    bindings, why = _bindings(form, node, shelf, measures)
    bindings = (*bindings, *bindings_of_rest(form, bindings, measures))
    if not bindings:
        ledger.leave(record, why)
        return []
    points = points_by_link(form.items)
    by_link = links_of(asked)
    date = node.date("authored")
    found = [row_of(binding, by_link, points, date) for binding in bindings]
    found = [row for binding, row in zip(bindings, found, strict=True) if binding.watched or (row.values != UNANSWERED).any()]
    if not found:
        ledger.leave(record, "holds no answer that is understood" if any(item.answers for item in asked) else "holds no answer")
        return []
    ledger.use(record)
    node.mark(*ADMIN)
    _source(node)
    _longer(form, bindings, node, measures)
    if state not in FINISHED:
        node.leave("not finished: what was answered was read all the same", "status")
    scores = {item.link for item in form.items if any(measures.scales(code) for code in item.codes)}
    _close(asked, {link for binding in bindings for link in binding.places}, scores)
    return found


def _asked_only(record: Record, shelf: Shelf, index: Index, measures: Measures, ledger: Ledger) -> list[Answers]:
    """Of a response that may mean the opposite only that it asked: its items with an alert count as not answered."""
    if record.node.text("status").lower() == WRONG:
        return []
    form = _form(record, tuple(responses(record.node)), shelf, index, ledger)
    bindings, _ = _bindings(form, record.node, shelf, measures)
    asked = (*bindings, *bindings_of_rest(form, bindings, measures))
    return [open_sheet(one.card, record.node.date("authored")) for one in asked if one.watched]


def _bindings(form: Form, node: Node, shelf: Shelf, measures: Measures) -> tuple[tuple[Binding, ...], str]:
    """The form that the clinic has bound, where the bundle holds no form of that address; else what the form or the response tells."""
    if not form.is_whole:
        address, _, version = node.text("questionnaire").partition("|")
        bound = [binding for held, binding in shelf.bound if is_form(held, address, version)]
        if len(bound) == 1:
            return tuple(bound), ""
    return bind(form, measures)


def is_form(form: BoundForm, address: str, version: str) -> bool:
    """True when a response's address means the bound form; another version of it is another form."""
    names = (form.url, f"{QUESTIONNAIRE}/{form.resource_id}" if form.resource_id else "")
    return bool(address) and address in names and version in ("", form.version)


def _longer(form: Form, bindings: tuple[Binding, ...], node: Node, measures: Measures) -> None:
    """Say where a response without a name was read as a short instrument that is also a piece of a longer one, or as the longer one."""
    if form.is_whole or named_cards(form, measures):
        return
    for binding in bindings:
        if not binding.settled and binding.lacks and set(binding.lacks) <= binding.watched:
            about = dict.fromkeys(alert.about for alert in binding.card.alerts)
            node.leave(
                f"read as {binding.card.id}, whose items about {' and '.join(about)} were not there: they count as not answered: ask; "
                "name the form where a shorter one was meant",
                "resourceType",
            )
        longer = [] if binding.settled else longer_cards(binding, measures)
        if longer:
            about = dict.fromkeys(alert.about for id_ in longer for alert in measures.card(id_).alerts)
            node.leave(
                f"read as {binding.card.id}, whose items these are; {' and '.join(longer)} ask them too and more"
                + (f" (about {' and '.join(about)}, which then was not answered: ask)" if about else "")
                + ": name the form where that was meant",
                "resourceType",
            )


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


def links_of(asked: tuple[Response, ...]) -> dict[str, list[Response]]:
    """Link id -> the questions of a response that carry it."""
    found: dict[str, list[Response]] = {}
    for item in asked:
        found.setdefault(item.link, []).append(item)
    return found


def row_of(binding: Binding, by_link: Mapping[str, list[Response]], points: Mapping[str, Mapping[str, float]], date: str) -> Answers:
    """The answers of one response to one instrument; what is not understood is unanswered, and the response's node says why."""
    card = binding.card
    values = np.full((1, len(card.items)), UNANSWERED, np.int16)
    for link, place in binding.places.items():
        given = [(answer, item.node) for item in by_link.get(link, []) for answer in item.answers]
        if len(given) > 1:
            for answer, _ in given:
                answer.leave(f"several answers to one item of {card.id}: the item counts as not answered")
        elif given:
            answer = given[0][0]
            is_turned = answer.has("modifierExtension") or given[0][1].has("modifierExtension")
            found = MODIFIED if is_turned else worth(answer, binding, place, points.get(link, {}), link)
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
