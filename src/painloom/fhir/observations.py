"""Observations -> measured values: laboratory, vital signs, pain ratings, scores."""

from dataclasses import dataclass

from painloom.fhir.bundle import Record
from painloom.fhir.coding import LOINC, Concept, concept
from painloom.fhir.dosage import MASSES, unit_of
from painloom.fhir.ledger import Ledger
from painloom.fhir.node import Node
from painloom.fhir.units import Measures
from painloom.knowledge.instrument_cards import Scale
from painloom.model.body import Measure

OBSERVATION = "Observation"
PAIN_RATING = "pain-severity"
MOST_OF_A_KIND = 60
LARGEST = 1e9
ADMIN = (
    "category", "encounter", "issued", "performer", "basedOn", "partOf", "hasMember", "derivedFrom", "device", "specimen",
    "instantiatesCanonical", "effectiveTiming",
)  # fmt: skip
NEVER = {
    "entered-in-error": "was entered in error",
    "cancelled": "was cancelled",
    "registered": "has no result yet",
}
FINAL = ("final", "amended", "corrected", "appended")
NO_NUMBER = "its value is no number; a case holds measured numbers"
OLDER = f"older than the {MOST_OF_A_KIND} newest values of its kind"


@dataclass(frozen=True, slots=True)
class Reading:
    """A measure and the part of the bundle that it came from."""

    measure: Measure
    record: Record


def read_measures(records: tuple[Record, ...], measures: Measures, ledger: Ledger) -> tuple[Measure, ...]:
    """Every number of every observation, components apart, in the order of the bundle.

    What has no code, unit or value that this release knows is kept with an empty id, its own unit and its codes.
    """
    readings: list[Reading] = []
    for record in records:
        if record.kind == OBSERVATION and ledger.is_open(record):
            found = _readings(record, measures, ledger)
            readings += [Reading(measure, record) for measure in found]
    return tuple(reading.measure for reading in _newest(readings, ledger))


def _newest(readings: list[Reading], ledger: Ledger) -> list[Reading]:
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


def _readings(record: Record, measures: Measures, ledger: Ledger) -> list[Measure]:
    node = record.node
    why = NEVER.get(node.text("status").lower())
    if node.has("focus"):
        why = "is about somebody or something else than the person (focus)"
    if why:
        ledger.leave(record, why)
        return []
    named, date = concept(node.get("code")), _date(node)
    parts = [(node, named)]
    for part in node.nodes("component"):
        own = concept(part.get("code"))
        parts.append((part, Concept(part.fit(f"{named.text}: {own.text}" if named.text else own.text, "code"), own.codes)))
    found = [measure for part, what in parts if (measure := _measure(part, what, date, measures)) is not None]
    if not found:
        ledger.leave(record, _why_nothing(node))
        return []
    ledger.use(record)
    node.mark(*ADMIN)
    if node.text("status").lower() not in FINAL:
        node.leave("the result is not final", "status")
    return found


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
                return Measure(f"score:{id_}.{scale.id}", value, "{score}", date, named.text, named.codes)
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
    if node.has("modifierExtension") or node.has("dataAbsentReason"):
        return None, ""
    whole = node.number("valueInteger", -LARGEST, LARGEST)
    if whole is not None:
        return whole, ""
    quantity = node.get("valueQuantity")
    if quantity is None or quantity.has("comparator") or _units_disagree(quantity):
        return None, ""
    value = quantity.number("value", -LARGEST, LARGEST)
    return (None, "") if value is None else (value, _unit(quantity))


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
