"""Observations -> measured values: laboratory, vital signs, pain ratings, scores."""

from collections.abc import Iterator
from dataclasses import dataclass

from painloom.fhir.bundle import Record
from painloom.fhir.coding import LOINC, Concept, concept
from painloom.fhir.dosage import MASSES, unit_of
from painloom.fhir.ledger import Ledger
from painloom.fhir.node import Node
from painloom.fhir.units import Measures
from painloom.fhir.watched import NOT_UNDERSTOOD, Place, Unanswered, coded_points, is_allowed, watched_of
from painloom.knowledge.instrument_cards import Scale
from painloom.model.body import Measure

OBSERVATION = "Observation"
PAIN_RATING = "pain-severity"
MOST_OF_A_KIND = 60
LARGEST = 1e9
SCORE = "{score}"
ADMIN = (
    "category", "encounter", "issued", "performer", "basedOn", "partOf", "hasMember", "derivedFrom", "device", "specimen",
    "instantiatesCanonical", "effectiveTiming",
)  # fmt: skip
NEVER = {
    "entered-in-error": "was entered in error",
    "cancelled": "was cancelled",
    "registered": "has no result yet",
}
NO_RESULT = "registered"
VALUES = ("valueQuantity", "valueInteger", "valueCodeableConcept", "valueBoolean", "valueString")
FINAL = ("final", "amended", "corrected", "appended")
NO_NUMBER = "its value is no number; a case holds measured numbers"
OLDER = f"older than the {MOST_OF_A_KIND} newest values of its kind"


@dataclass(frozen=True, slots=True)
class Reading:
    """A measure and the part of the bundle that it came from."""

    measure: Measure
    record: Record


@dataclass(frozen=True, slots=True)
class Observed:
    """What observations tell: measured values, and items with an alert that were asked without an answer that is understood."""

    measures: tuple[Measure, ...]
    unanswered: tuple[Unanswered, ...]


def read_observations(records: tuple[Record, ...], measures: Measures, ledger: Ledger) -> Observed:
    """Every number of every observation, components apart, in the order of the bundle; a coded answer to an item counts by its points.

    What has no code, unit or value that this release knows is kept with an empty id, its own unit and its codes.
    """
    readings: list[Reading] = []
    unanswered: list[Unanswered] = []
    for record in records:
        if record.kind == OBSERVATION and (ledger.is_open(record) or ledger.is_modified(record)):
            found, missing = _readings(record, measures, ledger)
            readings += [Reading(measure, record) for measure in found]
            unanswered += missing
    return Observed(tuple(reading.measure for reading in _newest(readings)), tuple(unanswered))


def _newest(readings: list[Reading]) -> list[Reading]:
    """At most MOST_OF_A_KIND of each kind, the newest; a case file holds a page of facts, not an archive."""
    by_kind: dict[object, list[Reading]] = {}
    for reading in readings:
        by_kind.setdefault(reading.measure.id or reading.measure.codes or reading.measure.text, []).append(reading)
    kept = set()
    for group in by_kind.values():
        kept |= {id(reading) for reading in sorted(group, key=lambda r: r.measure.date, reverse=True)[:MOST_OF_A_KIND]}
    for reading in readings:
        if id(reading) not in kept:
            reading.record.node.leave(OLDER)
    return [reading for reading in readings if id(reading) in kept]


def _readings(record: Record, measures: Measures, ledger: Ledger) -> tuple[list[Measure], list[Unanswered]]:
    node = record.node
    state = node.text("status").lower()
    why = NEVER.get(state)
    if node.has("focus"):
        why = "is about somebody or something else than the person (focus)"
    if why and (state != NO_RESULT or node.has("focus")):
        ledger.leave(record, why)
        return [], []
    parts, date = _parts(node), _date(node)
    if why or not ledger.is_open(record):  # no value that may be used; a question that was asked stays a question
        ledger.leave(record, why or NO_NUMBER)
        return [], [one for _, what in parts for one in _missing(watched_of(what.of(LOINC), measures), None, date)]
    found: list[Measure] = []
    missing: list[Unanswered] = []
    for part, what in parts:
        measure = _measure(part, what, date, measures)
        found += [measure] if measure is not None else []
        if lost := list(_missing(watched_of(what.of(LOINC), measures), measure, date)):
            missing += lost
            part.leave(NOT_UNDERSTOOD, *VALUES)
    if not found:
        ledger.leave(record, NOT_UNDERSTOOD if missing else _why_nothing(node))
        return [], missing
    ledger.use(record)
    node.mark(*ADMIN)
    if state not in FINAL:
        node.leave("the result is not final", "status")
    return found, missing


def _parts(node: Node) -> list[tuple[Node, Concept]]:
    """The observation and its components, each with what it is."""
    named = concept(node.get("code"))
    parts = [(node, named)]
    for part in node.nodes("component"):
        own = concept(part.get("code"))
        parts.append((part, Concept(part.fit(f"{named.text}: {own.text}" if named.text else own.text, "code"), own.codes)))
    return parts


def _missing(asked: tuple[Place, ...], measure: Measure | None, date: str) -> Iterator[Unanswered]:
    """Items with an alert for which the value is no answer."""
    for card, place in asked:
        if measure is None or not is_allowed(measure.value, card.items[place]):
            yield Unanswered(card, place, date)


def _why_nothing(node: Node) -> str:
    if any(part.has("dataAbsentReason") for part in (node, *node.nodes("component"))):
        return "the value is absent, with a reason in the record"
    if node.has("valueQuantity") or node.has("component"):
        return "no single number: a bound (<, >), or a value of another form"
    return NO_NUMBER


def _date(node: Node) -> str:
    period = node.get("effectivePeriod")
    day = node.date("effectiveDateTime") or node.date("effectiveInstant")
    return day or (period.date("end") or period.date("start") if period else "") or node.date("issued")


def _measure(node: Node, named: Concept, date: str, measures: Measures) -> Measure | None:
    value, unit = _value(node)
    if value is None and not _is_withheld(node):
        points = coded_points(node, named.of(LOINC), measures)
        return None if points is None or not named.text else Measure("", float(points), SCORE, date, named.text, named.codes)
    if value is None or not named.text:
        return None
    for code in named.of(LOINC):
        term = measures.by_loinc.get(code)
        if term is not None:
            converted = term.value(value, unit)
            if converted is not None and term.is_plausible(converted):
                return Measure(term.id, converted, term.unit, date, named.text, named.codes)
            _say(node, "its unit cannot be turned into that of the measure" if converted is None else "no plausible value of the measure")
            break
        scores = measures.scales(code)
        if scores:
            id_, scale = scores[0]
            if len(scores) == 1 and _fits(scale, value, unit):
                return Measure(f"score:{id_}.{scale.id}", value, SCORE, date, named.text, named.codes)
            _say(node, "a score that fits no one scale of that code")
            break
    return Measure("", value, unit, date, named.text, named.codes)


def _say(node: Node, problem: str) -> None:
    node.leave(f"{problem}: kept as an unknown measure", "valueQuantity", "valueInteger")


def _fits(scale: Scale, value: float, unit: str) -> bool:
    plain = unit in ("", "1", scale.unit) or unit in ("score", "points") or unit.startswith("{")
    return plain and (scale.low is None or value >= scale.low) and (scale.high is None or value <= scale.high)


def _value(node: Node) -> tuple[float | None, str]:
    """The number and its unit as written."""
    if _is_withheld(node):
        return None, ""
    whole = node.number("valueInteger", -LARGEST, LARGEST)
    if whole is not None:
        return whole, ""
    quantity = node.get("valueQuantity")
    if quantity is None or quantity.has("comparator") or _units_disagree(quantity):
        return None, ""
    value = quantity.number("value", -LARGEST, LARGEST)
    return (None, "") if value is None else (value, _unit(quantity))


def _is_withheld(node: Node) -> bool:
    """True where the record says that the value is absent, or may mean the opposite."""
    return node.has("modifierExtension") or node.has("dataAbsentReason")


def _units_disagree(quantity: Node) -> bool:
    code, text = (MASSES.get(quantity.text(name).lower()) for name in ("code", "unit"))
    return code is not None and text is not None and code != text


def _unit(quantity: Node) -> str:
    """The unit with its braces, as measures are written."""
    bare, code = unit_of(quantity), quantity.text("code")
    return code if code == f"{{{bare}}}" else bare


def newest_rating(measures: tuple[Measure, ...]) -> Measure | None:
    """The newest pain rating 0-10; None when there is none."""
    rated = [measure for measure in measures if measure.id == PAIN_RATING]
    return max(rated, key=lambda measure: measure.date) if rated else None
