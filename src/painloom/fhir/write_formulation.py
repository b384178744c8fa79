"""The formulation as a ClinicalImpression; an assessment without one has none."""

from collections.abc import Iterator

from painloom.fhir.write_codes import RESULT, Json, concept, meta, own, reference
from painloom.fhir.write_sheaf import Sheaf
from painloom.model.formulation import AGAINST, FOR, Formulation, Mechanism

MECHANISM = "mechanism"


def add_formulation(formulation: Formulation | None, as_of: str, sheaf: Sheaf, prognoses: list[str], problem: str = "") -> str:
    """Mechanisms with their chances and what speaks for and against, drivers, conflicts, the next test; returns the address.

    `prognoses` are the addresses of the predictions, `problem` that of the complaint, "" where the case has none.
    """
    if formulation is None:
        return ""
    return sheaf.add(
        {
            "resourceType": "ClinicalImpression",
            "meta": meta(RESULT),
            "status": "completed",
            "subject": reference(sheaf.patient),
            "effectiveDateTime": as_of,
            "date": as_of,
            "problem": [reference(problem)] if problem else [],
            "summary": formulation.statement,
            "finding": [_finding(one) for one in formulation.mechanisms],
            "prognosisReference": [reference(address) for address in prognoses],
            "note": [{"text": note} for note in _notes(formulation)],
        }
    )


def _finding(one: Mechanism) -> Json:
    """What speaks for it and against it, the weightiest first."""
    sides = []
    for word, side in (("for", FOR), ("against", AGAINST)):
        labels = [f"{part.label} ({part.value})" if part.value else part.label for part in one.ledger if part.direction == side]
        sides += [f"{word}: {', '.join(labels)}"] if labels else []
    chance = f"chance {one.chance.value:.2f}, 80 % band {one.chance.low:.2f} to {one.chance.high:.2f}"
    basis = "; ".join(part for part in (chance, f"criteria: {one.grade}" if one.grade else "", one.capped, *sides) if part)
    return {"itemCodeableConcept": concept(one.label, own(MECHANISM, one.id, one.label)), "basis": basis}


def _notes(formulation: Formulation) -> Iterator[str]:
    yield from (f"keeps the pain going: {one.label}: {one.text}" for one in formulation.drivers)
    yield from (f"conflict: {one.text} Ask: {one.ask}" for one in formulation.conflicts)
    yield from (f"next test: {one.label}: {one.text}" for one in formulation.tests)
    yield formulation.no_test
    yield from formulation.warnings
