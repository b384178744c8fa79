"""What a questionnaire's form and a person's response hold, as far as binding to an instrument asks: names, codes, points of options."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from painloom.fhir.coding import LOINC, coding, is_loinc, system_name
from painloom.fhir.node import Node

POINTS = (
    "http://hl7.org/fhir/StructureDefinition/itemWeight",
    "http://hl7.org/fhir/StructureDefinition/ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/questionnaire-ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/codesystem-ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/iso21090-CO-value",
)
CALCULATED = "sdc-questionnaire-calculatedExpression"
HIDDEN = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden"
SCORED = ("choice", "open-choice", "coding", "integer", "decimal", "boolean", "quantity")
ONLY_LETTERS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class FormItem:
    """One question of a form: LOINC codes, points of its answer options by code, and whether the person gives the answer."""

    link: str
    codes: tuple[str, ...]
    points: Mapping[str, float] = field(default_factory=dict)
    is_asked: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """A form: folded names it goes by, LOINC codes of the whole, its questions in order.

    `is_whole` is False where only a response was there, which may leave questions out.
    """

    names: frozenset[str]
    panels: frozenset[str]
    items: tuple[FormItem, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Response:
    """One question of a response with its answers; `node` is the response's item."""

    link: str
    node: Node
    answers: tuple[Node, ...]


def plain(name: str) -> str:
    """A name for comparing: letters and digits only."""
    return ONLY_LETTERS.sub("", name.lower())


def weights_of(node: Node | None) -> tuple[tuple[str, float], ...]:
    """(last part of the extension's address, points) for every extension of an option or answer that gives points."""
    found: list[tuple[str, float]] = []
    for part in node.nodes("extension") if node else ():
        if part.text("url") in POINTS:
            values = (part.number(name, -1_000, 1_000) for name in ("valueDecimal", "valueInteger"))
            found += [(tail(part.text("url")), value) for value in values if value is not None]
    return tuple(found)


def points_of(node: Node | None) -> float | None:
    """The points that an option or answer carries; None when there are none, or several that contradict each other."""
    values = {value for _, value in weights_of(node)}
    return values.pop() if len(values) == 1 else None


def is_hidden(node: Node) -> bool:
    """True for an item that the form does not show."""
    return any(part.text("url") == HIDDEN and part.flag("valueBoolean") for part in node.nodes("extension"))


def read_form(questionnaire: Node) -> Form:
    """A Questionnaire as a form."""
    codes = [coding(node) for node in questionnaire.nodes("code")]
    identifiers = [identifier.text("value") for identifier in questionnaire.nodes("identifier")]
    panels = {code for system, code, _ in codes if system in (LOINC, "local") and is_loinc(code)}
    names = [questionnaire.text(name) for name in ("title", "name", "id")]
    last = tail(questionnaire.text("url"))
    inside = questionnaire.nodes("contained")
    lists = {name: _points_of_list(part) for part in inside for name in (f"#{part.text('id')}", part.text("url")) if name}
    items = tuple(_form_item(node, lists) for node in question_nodes(questionnaire))
    return Form(
        frozenset(plain(name) for name in (*names, last) if plain(name)),
        frozenset(panels | {code for code in (*identifiers, last) if is_loinc(code)}),
        items,
        True,
    )


def form_of_response(response: Node, answered: tuple[Response, ...]) -> Form:
    """What a response alone tells of its form: the address of the form and codes inside its link ids."""
    last = tail(response.text("questionnaire"))
    names = (last, response.text("title"))
    return Form(
        frozenset(plain(name) for name in names if plain(name)),
        frozenset([last] if is_loinc(last) else []),
        tuple(FormItem(item.link, _link_codes(item.link, item.node)) for item in answered),
        False,
    )


def joined(form: Form, alone: Form) -> Form:
    """The form with the names that the response adds."""
    return Form(form.names | alone.names, form.panels | alone.panels, form.items, form.is_whole)


def responses(node: Node) -> Iterator[Response]:
    """Every question of a response, groups opened, in order."""
    for item in node.nodes("item"):
        answers = tuple(item.nodes("answer"))
        yield Response(item.text("linkId"), item, answers)
        yield from responses(item)
        for answer in answers:
            yield from responses(answer)


def question_nodes(node: Node) -> Iterator[Node]:
    """Every item of a form that is neither a group nor a text, in order."""
    for item in node.nodes("item"):
        if item.text("type") not in ("group", "display"):
            yield item
        yield from question_nodes(item)


def _form_item(node: Node, lists: Mapping[str, Mapping[str, float]]) -> FormItem:
    own = [code for system, code, _ in map(coding, node.nodes("code")) if system in (LOINC, "local") and is_loinc(code)]
    points = dict(lists.get(node.text("answerValueSet").partition("|")[0], {})) | _points_of_options(node)
    calculated = any(part.text("url").endswith(CALCULATED) for part in node.nodes("extension"))
    has_words = node.text("type") in ("string", "text") and node.has("answerOption")
    is_given = not (calculated or node.flag("readOnly") or node.flag("repeats") or is_hidden(node))
    is_asked = (node.text("type") in SCORED or has_words) and is_given
    link = node.text("linkId")
    return FormItem(link, tuple(own) or _link_codes(link, node), points, is_asked)


def _points_of_options(node: Node) -> dict[str, float]:
    """Code or text -> points of a question's own options; an option that stands twice with other points has none."""
    found: dict[str, set[float]] = {}
    for option in node.nodes("answerOption"):
        value = option.get("valueCoding")
        weights = {weight for _, weight in (*weights_of(option), *weights_of(value))}
        name = value.text("code") if value is not None else option.text("valueString")
        if name:
            found.setdefault(name, set()).update(weights)
    return {name: weights.pop() for name, weights in found.items() if len(weights) == 1}


def _points_of_list(value_set: Node) -> dict[str, float]:
    """Code -> points of a list of answers inside the form."""
    compose, expansion = value_set.get("compose"), value_set.get("expansion")
    parts = [concept for include in (compose.nodes("include") if compose else ()) for concept in include.nodes("concept")]
    parts += expansion.nodes("contains") if expansion else []
    weights = ((part.text("code"), points_of(part)) for part in parts)
    return {code: weight for code, weight in weights if code and weight is not None}


def _link_codes(link: str, node: Node) -> tuple[str, ...]:
    """LOINC codes that a link id or a definition ends with."""
    ends = [tail(link), tail(node.text("definition"))]
    return tuple(dict.fromkeys(end for end in ends if is_loinc(end)))


def tail(address: str) -> str:
    """The last part of an address, without its version."""
    return re.split(r"[/#]", address.partition("|")[0].rstrip("/"))[-1]


def answer_code(answer: Node) -> str:
    """The code of a coded answer; "" when it is no coded answer."""
    value = answer.get("valueCoding")
    if value is None:
        return ""
    system_name(value.text("system"))
    value.mark("display", "version", "userSelected", "id")
    return value.text("code")
