"""What a case holds of the person as FHIR: Patient, pain, diagnoses, allergies, wishes."""

import re

from painloom.fhir.person import LABEL
from painloom.fhir.write_codes import (
    ABSENT_EXTENSION,
    BIRTH_SEX,
    INPUT,
    OWN,
    UCUM_URL,
    US_CORE,
    FhirCodes,
    Json,
    case_codes,
    category,
    coding,
    concept,
    day,
    extension,
    meta,
    own,
    reference,
    when,
)
from painloom.fhir.write_sheaf import Sheaf
from painloom.model.body import Allergy, Diagnosis
from painloom.model.case import Case

UNNAMED = ("unnamed", LABEL, "")
GENDERS = {"F": "female", "M": "male"}
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
CERTAINTY = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
ALLERGY_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
ALLERGY_CERTAINTY = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
UNSURE = re.compile(r"(.*\S) \((unconfirmed|provisional)\)", re.DOTALL)
ALLERGY_UNSURE = re.compile(r"(.*\S) \((unconfirmed|presumed)\)", re.DOTALL)
GRADES = ("severe", "moderate", "mild")
COMPLAINT, SITES, PAIN_DIAGNOSIS, WISH = "complaint", "pain-sites", "pain-diagnosis", "wish"
INTENSITY, DURATION, AGE = "intensity", "duration", "age"
PAIN = "pain"


def add_patient(case: Case, sheaf: Sheaf) -> None:
    """The Patient: the label of the case and the sex; an age in years is no date of birth and stands as an Observation."""
    person = case.person
    sheaf.patient = sheaf.add(
        {
            "resourceType": "Patient",
            "extension": [extension(BIRTH_SEX, "valueCode", person.sex)] if person.sex else [],
            "name": [] if person.label in UNNAMED else [{"use": "anonymous", "text": person.label}],
            "gender": GENDERS.get(person.sex, "unknown"),
        }
    )


def add_pain(case: Case, sheaf: Sheaf, codes: FhirCodes, as_of: str) -> tuple[str, str]:
    """Age, complaint with its sites, diagnoses of the pain in words, duration and intensity.

    Returns the addresses of the complaint and of the intensity, "" where the case has none.
    """
    pain, person = case.pain, reference(sheaf.patient)
    if case.person.age_years is not None:
        _add_number(sheaf, codes, (AGE, "age", "a"), case.person.age_years, as_of)
    complaint = ""
    if pain.complaint or pain.sites:
        role = COMPLAINT if pain.complaint else SITES
        sites = [{"text": site} for site in pain.sites]
        complaint = sheaf.add(_condition(role, pain.complaint or PAIN, person) | {"bodySite": sites})
    for text in pain.diagnoses:
        sheaf.add(_condition(PAIN_DIAGNOSIS, text, person))
    if pain.months is not None:
        _add_number(sheaf, codes, (DURATION, "how long the pain has lasted", "mo"), pain.months)
    if pain.intensity_0_10 is None:
        return complaint, ""
    return complaint, _add_number(sheaf, codes, (INTENSITY, "pain severity, 0 to 10", "{score}"), pain.intensity_0_10)


def _condition(role: str, text: str, person: Json) -> dict[str, object]:
    tagged = {"tag": [coding(f"{OWN}role", INPUT), coding(f"{OWN}{PAIN}", role)]}
    return {"resourceType": "Condition", "meta": tagged, "code": concept(text), "subject": person}


def _add_number(sheaf: Sheaf, codes: FhirCodes, named: tuple[str, str, str], value: float, date: str = "") -> str:
    """An Observation of one number; `named` are our name, the label and the UCUM unit."""
    name, label, unit = named
    return sheaf.add(
        {
            "resourceType": "Observation",
            "meta": meta(INPUT),
            "status": "final",
            "category": [category("survey")],
            "code": concept(label, codes.coding(PAIN, name), own(PAIN, name)),
            "subject": reference(sheaf.patient),
            **when(date),
            "valueQuantity": {"value": value, "unit": unit, "system": UCUM_URL, "code": unit},
        }
    )


def add_diagnoses(case: Case, sheaf: Sheaf) -> None:
    """Conditions with the codes that came in."""
    for one in case.body.diagnoses:
        sheaf.add(_diagnosis(one, reference(sheaf.patient)))


def _diagnosis(one: Diagnosis, person: Json) -> Json:
    unsure = UNSURE.fullmatch(one.text)
    text, certainty = (unsure[1], unsure[2]) if unsure else (one.text, "")
    since = day(one.since)
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [coding(CLINICAL, one.state)] if one.state else []},
        "verificationStatus": {"coding": [coding(CERTAINTY, certainty)] if certainty else []},
        "code": concept(text, *case_codes(one.codes)),
        "subject": person,
        "onsetDateTime": since,
        "onsetString": "" if since else one.since,
    }


def add_allergies(case: Case, sheaf: Sheaf) -> None:
    """Allergies and intolerances; the case lists those that hold, so they are active."""
    for one in case.body.allergies:
        sheaf.add(_allergy(one, reference(sheaf.patient)))


def _allergy(one: Allergy, person: Json) -> Json:
    unsure = ALLERGY_UNSURE.fullmatch(one.text)
    text, certainty = (unsure[1], unsure[2]) if unsure else (one.text, "")
    parts = [part.strip() for part in one.severity.split(";")]
    grade = next((part for part in parts if part in GRADES), "")
    risk = next((part.removeprefix("criticality ") for part in parts if part in ("criticality low", "criticality high")), "")
    rest = "; ".join(part for part in parts if part not in (grade, f"criticality {risk}", ""))
    signs: list[Json] = [{"text": sign.strip()} for sign in one.reaction.split(";") if sign.strip()]
    if grade and not signs:
        signs = [{"extension": [extension(ABSENT_EXTENSION, "valueCode", "unknown")]}]
    return {
        "resourceType": "AllergyIntolerance",
        "meta": {"profile": [f"{US_CORE}us-core-allergyintolerance"]},
        "clinicalStatus": {"coding": [coding(ALLERGY_CLINICAL, "active")]},
        "verificationStatus": {"coding": [coding(ALLERGY_CERTAINTY, certainty)] if certainty else []},
        "criticality": risk,
        "code": concept(text, *case_codes(one.codes)),
        "patient": person,
        "note": [{"text": f"severity as recorded: {rest}"}] if rest else [],
        "reaction": [{"manifestation": signs, "severity": grade}] if signs else [],
    }


def add_wishes(case: Case, sheaf: Sheaf) -> list[str]:
    """What the person wants, as proposed goals in their own words; returns the addresses."""
    return [
        sheaf.add(
            {
                "resourceType": "Goal",
                "meta": {"tag": [coding(f"{OWN}role", INPUT), coding(f"{OWN}{PAIN}", WISH)]},
                "lifecycleStatus": "proposed",
                "description": {"text": wish},
                "subject": reference(sheaf.patient),
            }
        )
        for wish in case.wishes
    ]
