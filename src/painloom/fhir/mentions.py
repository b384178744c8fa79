"""Words that must be asked about in texts of a bundle for which a case has no place: notes, answers in words, reasons, attached letters.

No word leaves this module: only places, and for each safety card that was met one fact of the case.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from painloom.fhir.bundle import Record
from painloom.fhir.coding import LOINC, concept
from painloom.fhir.imported import LeftOut
from painloom.fhir.ledger import Ledger
from painloom.fhir.node import KEY, Node
from painloom.fhir.units import Measures
from painloom.fhir.watched import watched_of
from painloom.knowledge.safety import SafetyCard
from painloom.model.body import YES, Fact

# wording that nobody said of the person: forms, definitions, names
SILENT_KINDS = (
    "Questionnaire", "ValueSet", "CodeSystem", "ConceptMap", "StructureDefinition", "PlanDefinition", "ActivityDefinition", "Library",
    "Measure", "CapabilityStatement", "OperationOutcome", "Practitioner", "PractitionerRole", "Organization", "Location", "Patient",
)  # fmt: skip
SILENT_KEYS = frozenset(
    (
        "resourceType", "id", "system", "code", "url", "reference", "linkId", "definition", "questionnaire", "name", "title", "category",
        "type", "display", "div", "meta", "identifier", "contentType", "language", "status", "data",
    )
)  # fmt: skip
# where the display of a code, or of a reference, says something of the person
TELLING_KEYS = frozenset(
    (
        "reasonCode", "reasonReference", "reason", "valueCodeableConcept", "valueCoding", "conclusionCode", "manifestation", "outcome",
        "diagnosis", "problem", "addresses", "statusReason", "complication", "finding", "condition",
    )
)  # fmt: skip
TOLD = ("additional", "extensions")  # narratives that hold more than the data beside them
CODED_KINDS = ("Observation", "Procedure", "ServiceRequest")  # their code is what was asked or done, not what was found
WITHDRAWN = ("entered-in-error", "cancelled")
REFUTED = "refuted"
CLEAR = frozenset(("no", "n", "false", "0", "not at all", "never", "none", "negative", "absent", "la32-8", "la6568-5", "373067005"))
VALUES = (
    "valueBoolean",
    "valueInteger",
    "valueDecimal",
    "valueQuantity",
    "valueCoding",
    "valueCodeableConcept",
    "valueString",
    "valueDate",
)
LONGEST_ATTACHMENT = 10_000_000
Texts = Iterator[tuple[str, str]]  # place, text


@dataclass(frozen=True, slots=True)
class Mentions:
    """Facts of the case, the places in the bundle, and what a reader must know of the whole import."""

    facts: tuple[Fact, ...] = ()
    places: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()


def find_mentions(records: tuple[Record, ...], others: Mapping[str, str], told: str, measures: Measures, ledger: Ledger) -> Mentions:
    """Where the bundle holds words of a safety card outside what the case holds already; `told` are all texts of the case.

    Records of other persons (`others`, by place), withdrawn ones and forms are passed over.  Denied and past words count: a person reads
    the note.  A question in words of its own counts where its answer is not a plain no.
    """
    cards = [card for card in measures.knowledge.safety.values() if card.words_fact]
    found: dict[str, list[LeftOut]] = {}
    for record in records:
        if record.kind in SILENT_KINDS or record.node.path in others or _is_withdrawn(record):
            continue
        texts = dict([*_texts(record.node.value, record.node.path, (record.kind,)), *_asked(record, measures, ledger)])
        for card in cards:
            places = [place for place, text in texts.items() if text.strip() and text.strip() not in told and card.mentions(text)]
            found.setdefault(card.id, []).extend(LeftOut(record.kind, record.id, place, _why(card)) for place in places)
    met = [(card, found[card.id]) for card in cards if found.get(card.id)]
    return Mentions(
        tuple(Fact(card.words_fact, YES, text="history") for card, _ in met),
        tuple(line for _, lines in met for line in lines),
        tuple(f"{_why(card)} (places: {len(lines)}, the first {lines[0].place})" for card, lines in met),
    )


def _why(card: SafetyCard) -> str:
    return f"words about {card.label.lower()}, said of whom and meant how ever: read this text and ask"


def with_mentions(lines: tuple[LeftOut, ...], mentions: Mentions) -> tuple[LeftOut, ...]:
    """The list of what is not in the case, with these places; a place stands once."""
    places = {line.place for line in mentions.places}
    return (*(line for line in lines if line.place not in places), *mentions.places)


def _is_withdrawn(record: Record) -> bool:
    value = record.node.value if isinstance(record.node.value, dict) else {}
    return value.get("status") in WITHDRAWN or any(word in _codes_in(value.get("verificationStatus")) for word in (WITHDRAWN[0], REFUTED))


def _codes_in(value: object) -> list[str]:
    """Codes of a concept, without marking it as read."""
    coded = value.get("coding") if isinstance(value, dict) else None
    parts = coded if isinstance(coded, list) else [coded]
    return [str(part.get("code", "")).lower() for part in parts if isinstance(part, dict)]


def _texts(value: object, path: str, keys: tuple[str, ...]) -> Texts:
    """Every text below `value` that somebody wrote of the person; `keys` lead to it, the kind of the resource first."""
    if isinstance(value, dict):
        if value.get("resourceType") in SILENT_KINDS:
            return
        yield from _attached(value, path)
        for key, inner in value.items():
            name = key if KEY.fullmatch(key) else "(unknown element)"
            if key == "div" and value.get("status") not in TOLD:
                continue
            yield from _texts(inner, f"{path}.{name}", (*keys, key))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _texts(item, f"{path}[{n}]", keys)
    elif isinstance(value, str) and _is_free(keys):
        yield path, value


def _is_free(keys: tuple[str, ...]) -> bool:
    """True for the place of a free text, or of a name that says something of the person."""
    kind, last = keys[0], keys[-1]
    if last == "div":
        return True
    if last == "display":
        return not TELLING_KEYS.isdisjoint(keys)
    if last in SILENT_KEYS:
        return False
    is_question = last == "text" and keys[-2:-1] == ("item",)
    is_what_was_done = last == "text" and keys[-2:-1] == ("code",) and kind in CODED_KINDS
    return not (is_question or is_what_was_done)


def _attached(value: Mapping[str, object], path: str) -> Texts:
    """A text that is attached as data."""
    kind, data = value.get("contentType"), value.get("data")
    if isinstance(kind, str) and kind.lower().startswith("text/") and isinstance(data, str) and len(data) <= LONGEST_ATTACHMENT:
        try:
            yield f"{path}.data", base64.b64decode(data).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return


def _asked(record: Record, measures: Measures, ledger: Ledger) -> Texts:
    """Questions in words, of observations and forms that no card knows, whose answer is not a plain no."""
    node = record.node
    if record.kind == "Observation":
        for part in (node, *node.nodes("component")):
            if any(part.has(name) for name in (*VALUES, "dataAbsentReason")) and not _is_known(part, measures) and not _is_no(part):
                yield from _naming(part, "code")
    elif record.kind == "QuestionnaireResponse":
        for item in _items(node):
            answers = item.nodes("answer")
            unread = [a for a in answers if not ledger.is_used(record) or any(_reason(a, name) for name in ("", *VALUES))]
            value = item.value.get("text") if isinstance(item.value, dict) else None
            if isinstance(value, str) and any(not _is_no(answer) for answer in unread):
                yield f"{item.path}.text", value


def _is_known(part: Node, measures: Measures) -> bool:
    """True where a card or table of this release knows the code, so that the value has its own way."""
    codes = concept(part.get("code")).of(LOINC)
    return any(code in measures.by_loinc or measures.scales(code) for code in codes) or bool(watched_of(codes, measures))


def _naming(part: Node, name: str) -> Texts:
    held = part.get(name)
    if held is None or not isinstance(held.value, dict):
        return
    coded = [node.value.get("display") for node in held.nodes("coding") if isinstance(node.value, dict)]
    words = [word for word in (held.value.get("text"), *coded) if isinstance(word, str)]
    if words:
        yield held.path, ". ".join(words)


def _items(node: Node) -> Iterator[Node]:
    for item in node.nodes("item"):
        yield item
        yield from _items(item)
        for answer in item.nodes("answer"):
            yield from _items(answer)


def _reason(answer: Node, name: str) -> str:
    """Why an answer, or its value, was left out; "" where it was used."""
    return answer.seen.get(f"{answer.path}.{name}" if name else answer.path, "")


def _is_no(part: Node) -> bool:
    """True where every value that is there is a plain no or zero."""
    value = part.value if isinstance(part.value, dict) else {}
    given = [value[name] for name in VALUES if value.get(name) is not None]
    return bool(given) and not part.has("dataAbsentReason") and not part.has("modifierExtension") and all(map(_is_plain_no, given))


def _is_plain_no(value: object) -> bool:
    if isinstance(value, bool | int | float):
        return value == 0
    if isinstance(value, str):
        return value.strip().casefold() in CLEAR
    if not isinstance(value, dict):
        return False
    if "value" in value and not isinstance(value["value"], str):
        return "comparator" not in value and _is_plain_no(value["value"])
    coded = value["coding"] if isinstance(value.get("coding"), list) else [value]
    words = [part.get(name) for part in (*coded, value) if isinstance(part, dict) for name in ("code", "display", "text")]
    said = [word.strip().casefold() for word in words if isinstance(word, str)]
    return any(word in CLEAR for word in said) and not any(_is_yes(word) for word in said)


def _is_yes(word: str) -> bool:
    return word in ("yes", "y", "true", "present", "positive", "la33-6", "373066001")
