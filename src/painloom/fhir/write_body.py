"""Facts, measured values, body map, sensory tests and imaging reports of a case as Observations."""

from collections.abc import Iterable, Mapping

from painloom.fhir.write_codes import (
    CATEGORY,
    INPUT,
    US_CORE,
    FhirCodes,
    Json,
    absent,
    case_codes,
    category,
    concept,
    meta,
    own,
    reference,
    when,
)
from painloom.fhir.write_sheaf import Sheaf
from painloom.knowledge.load import Knowledge
from painloom.model.body import UNKNOWN, YES, Fact, Measure, SensoryTest
from painloom.model.brain import ImagingEntry
from painloom.model.case import Case

FACT, MEASURE, MAP, SENSORY, IMAGING = "fact", "measure", "body-map", "sensory", "imaging"
REGION, LEVEL, SIDE, BY, TABLE = "region", "level", "side", "confirmed-by", "fact-table"
LABORATORY = "laboratory"
NO_ID = "unknown"  # a measure that this release does not know


def add_body(case: Case, sheaf: Sheaf, codes: FhirCodes) -> None:
    """Everything of the body stream's inputs that is an observation, in the order of the case."""
    labels, units = _labels(codes.knowledge), _units(codes.knowledge)
    for measure in case.body.measures:
        sheaf.add(_measure(measure, sheaf, codes, units))
    for fact in case.body.facts:
        sheaf.add(_fact(fact, sheaf, codes, labels))
    if case.body.regions is not None:
        sheaf.add(_map(case.body.regions, sheaf, _regions(codes.knowledge)))
    for test in case.body.sensory:
        sheaf.add(_sensory(test, sheaf))
    for entry in case.imaging:
        sheaf.add(_imaging(entry, sheaf))


def _labels(knowledge: Knowledge) -> dict[str, str]:
    rows = (row for name in ("facts", "facts_criteria") for row in knowledge.terms(name))
    return {row["id"]: row["label"] for row in rows}


def _units(knowledge: Knowledge) -> dict[str, tuple[str, str]]:
    return {row["id"]: (row["label"], row["unit"]) for row in knowledge.terms("measures")}


def _regions(knowledge: Knowledge) -> dict[str, str]:
    return {region.id: region.label for region in knowledge.bodymap.regions}


def _observation(sheaf: Sheaf, date: str, *roles: str) -> dict[str, object]:
    return {
        "resourceType": "Observation",
        "meta": meta(*(roles or (INPUT,))),
        "status": "final",
        "subject": reference(sheaf.patient),
        **when(date),
    }


def _measure(one: Measure, sheaf: Sheaf, codes: FhirCodes, units: Mapping[str, tuple[str, str]]) -> Json:
    """A measured value with the codes that came in; a bare id of a case carries the unit of its measure and no foreign code."""
    label, unit = units.get(one.id, ("", ""))
    kind = codes.coding("measure", one.id)
    found = _observation(sheaf, one.date)
    if codes.code("measure", one.id) == LABORATORY and one.codes:
        found["meta"] = meta(INPUT, profiles=(f"{US_CORE}us-core-observation-lab",))
    named = one.text or label or one.id
    return found | {
        "category": [{"coding": [kind]}] if kind else [],
        "code": concept(named, *case_codes(one.codes), own(MEASURE, one.id or NO_ID, label)),
        "valueQuantity": codes.quantity(one.value, one.unit or unit),
    }


def _fact(fact: Fact, sheaf: Sheaf, codes: FhirCodes, labels: Mapping[str, str]) -> Json:
    """A question with its answer: true, false, or asked and not known."""
    value: dict[str, object] = {"valueBoolean": fact.value == YES}
    if fact.value == UNKNOWN:
        value = {"dataAbsentReason": absent("asked, and not known", "asked-unknown")}
    label = labels.get(fact.id, "")
    return (
        _observation(sheaf, fact.date)
        | {
            "category": [{"coding": [codes.coding("fact", fact.text) or {"system": CATEGORY, "code": "survey"}]}],
            "code": concept(label or fact.id, own(FACT, fact.id, label)),
        }
        | value
        | {"method": concept(fact.text, own(TABLE, fact.text)) if fact.text else {}}
    )


def _map(regions: Iterable[str], sheaf: Sheaf, labels: Mapping[str, str]) -> Json:
    """The body map: true where anything hurts, one part a region that hurts."""
    marked = list(regions)
    parts = [{"code": concept(labels.get(r, r), own(REGION, r)), "valueBoolean": True} for r in marked]
    return _observation(sheaf, "") | {
        "category": [category("survey")],
        "code": concept("body map: regions that hurt", own(MAP, MAP)),
        "valueBoolean": bool(marked),
        "component": parts,
    }


def _sensory(test: SensoryTest, sheaf: Sheaf) -> Json:
    """One value of sensory testing, in the unit of the clinic's reference table, which the case does not hold."""
    parts = [
        {"code": concept(name, own(SENSORY, name)), "valueString": text}
        for name, text in ((REGION, test.region), (SIDE, test.side))
        if text
    ]
    return _observation(sheaf, "") | {
        "category": [category("exam")],
        "code": concept(f"sensory test {test.test}", own(SENSORY, test.test)),
        "valueQuantity": {"value": test.value},
        "component": parts,
    }


def _imaging(entry: ImagingEntry, sheaf: Sheaf) -> Json:
    """A graded finding as a person entered it from a report."""
    fields = ((LEVEL, entry.level), (SIDE, entry.side), (BY, entry.confirmed_by))
    place = " ".join(part for part in (entry.level, entry.side) if part)
    return _observation(sheaf, entry.date) | {
        "category": [category("imaging")],
        "code": concept(f"{entry.scale} grade", own(IMAGING, entry.scale)),
        "valueCodeableConcept": {"text": entry.grade},
        "bodySite": {"text": place},
        "note": [{"text": entry.text}],
        "component": [{"code": concept(name, own(IMAGING, name)), "valueString": text} for name, text in fields if text],
    }
