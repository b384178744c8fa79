"""The drug list of a case as MedicationStatements: the codes that came in, dose, times a day, how, since when, why."""

from collections.abc import Iterator
from fractions import Fraction

from painloom.fhir.dosage import PER_DAY_EXACT
from painloom.fhir.write_codes import FhirCodes, Json, case_codes, concept, day, extension, reference
from painloom.fhir.write_sheaf import Sheaf
from painloom.model.case import Case, DrugUse
from painloom.model.quantity import Interval

STATUS = {"active": "active", "stopped": "stopped", "planned": "intended"}
LARGEST_PERIOD = 1000
MEDICATION = "medication"


def add_drugs(case: Case, sheaf: Sheaf, codes: FhirCodes) -> list[tuple[DrugUse, str]]:
    """One statement an entry of the list, in its order; returns each entry with its address."""
    return [(use, sheaf.add(_statement(use, sheaf, codes))) for use in case.drugs]


def _statement(use: DrugUse, sheaf: Sheaf, codes: FhirCodes) -> Json:
    period, notes = _period(use)
    named = concept(use.name, *case_codes(use.codes))
    drug: dict[str, object] = {"medicationCodeableConcept": named}
    if use.form:
        inside = {"resourceType": "Medication", "id": MEDICATION, "code": named, "form": {"text": use.form}}
        drug = {"contained": [inside], "medicationReference": {"reference": f"#{MEDICATION}"}}
    return {
        "resourceType": "MedicationStatement",
        "status": STATUS.get(use.state, "unknown"),
        **drug,
        "subject": reference(sheaf.patient),
        "effectivePeriod": period,
        "reasonCode": [{"text": use.reason}],
        "note": [{"text": note} for note in (*notes, *_times_in_words(use))],
        "dosage": [_dosage(use, codes)],
    }


def _period(use: DrugUse) -> tuple[Json, list[str]]:
    """From and until where they are dates in order; else words."""
    since, until = day(use.since), day(use.until)
    notes = [f"since: {use.since}"] if use.since and not since else []
    notes += [f"until: {use.until}"] if use.until and not until else []
    size = min(len(since), len(until))
    if since and until and since[:size] > until[:size]:
        return {}, [*notes, f"recorded from {since} until {until}, which cannot be"]
    return {"start": since, "end": until}, notes


def _dosage(use: DrugUse, codes: FhirCodes) -> Json:
    return {
        "extension": list(_exactly(use)),
        "text": use.text,
        "timing": {"repeat": _repeat(use.per_day) if use.per_day else {}},
        "asNeededBoolean": True if use.as_needed else None,
        "route": {"text": use.route},
        "doseAndRate": [_dose(use.dose, use.unit, codes)] if use.dose else [],
    }


def _dose(dose: Interval, unit: str, codes: FhirCodes) -> Json:
    if dose.is_point:
        return {"doseQuantity": codes.quantity(dose.low, unit)}
    return {"doseRange": {"low": codes.quantity(dose.low, unit), "high": codes.quantity(dose.high, unit)}}


def _repeat(times: Interval) -> Json:
    """Whole numbers in a number of days, as FHIR wants them; empty where that is not exact."""
    low, high = (Fraction(end).limit_denominator(LARGEST_PERIOD) for end in (times.low, times.high))
    if float(low) != times.low or float(high) != times.high or low <= 0:
        return {}
    days = low.denominator * high.denominator
    days //= _shared(low.denominator, high.denominator)
    often, most = int(low * days), int(high * days)
    return {"frequency": often, "frequencyMax": None if most == often else most, "period": days, "periodUnit": "d"}


def _shared(one: int, other: int) -> int:
    while other:
        one, other = other, one % other
    return one


def _exactly(use: DrugUse) -> Iterator[Json]:
    """Times a day that whole numbers in a number of days do not give, such as "up to two a day"."""
    if use.per_day is not None and not _repeat(use.per_day):
        yield extension(PER_DAY_EXACT, "valueRange", {"low": {"value": use.per_day.low}, "high": {"value": use.per_day.high}})


def _times_in_words(use: DrugUse) -> Iterator[str]:
    if use.per_day is not None and not _repeat(use.per_day):
        yield f"times a day: {use.per_day.text()}"
