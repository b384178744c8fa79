"""Small FHIR bundles of invented people, and reading them."""

import json
from functools import cache

from painloom.fhir.bundle import bundle_of
from painloom.fhir.read import read_resources
from painloom.fhir.units import Measures
from painloom.knowledge.load import load

AS_OF = "2026-11-01"
RXNORM, LOINC, SNOMED = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://loinc.org", "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
SUBJECT = {"reference": "Patient/p"}


@cache
def knowledge():
    return Measures(load())


def bundle(*resources, kind="collection", **more):
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": r} for r in resources], **more}


def read(*resources, as_of=AS_OF, cards=None, **options):
    return read_resources(bundle_of(json.loads(json.dumps(bundle(*resources))), "b.json"), cards or knowledge(), as_of, **options)


def patient(**more):
    return {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1980-03-14", **more}


def coded(system, code, text=""):
    return {"coding": [{"system": system, "code": code, "display": text or code}]} | ({"text": text} if text else {})


def quantity(value, unit, **more):
    return {"value": value, "unit": unit, "system": UCUM, "code": unit, **more}


def order(*lines, name="morphine 10 MG Oral Tablet", **more):
    made = {
        "resourceType": "MedicationRequest",
        "id": "m",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": name},
        "subject": SUBJECT,
    }
    return made | ({"dosageInstruction": list(lines)} if lines else {}) | more


def line(dose=None, repeat=None, **more):
    made = {} if dose is None else {"doseAndRate": [{"doseQuantity": dose}]}
    return made | ({"timing": {"repeat": repeat}} if repeat else {}) | more


def daily(times):
    return {"frequency": times, "period": 1, "periodUnit": "d"}


def statement(name, **more):
    made = {"resourceType": "MedicationStatement", "id": "s", "status": "active", "medicationCodeableConcept": {"text": name}}
    return made | {"subject": SUBJECT} | more


def condition(text, **more):
    return {"resourceType": "Condition", "id": "c", "code": coded(SNOMED, "1", text), "subject": SUBJECT, **more}


def observation(loinc, value, unit, date="2026-05-01", **more):
    made = {"resourceType": "Observation", "id": "o", "status": "final", "code": coded(LOINC, loinc), "subject": SUBJECT}
    return made | {"effectiveDateTime": date} | ({} if value is None else {"valueQuantity": quantity(value, unit)}) | more


def response(answers, status="completed", authored="2026-03-02T10:00:00Z", **more):
    items = [{"linkId": link} | ({} if answer is None else {"answer": [answer]}) for link, answer in answers.items()]
    made = {"resourceType": "QuestionnaireResponse", "id": "q", "status": status, "authored": authored, "subject": SUBJECT, "item": items}
    return made | more


def places(imported):
    """Place below the resource -> why."""
    return {line.place.partition(".resource")[2].lstrip("."): line.why for line in imported.left_out}
