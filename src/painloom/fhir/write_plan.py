"""The formulation as a ClinicalImpression and the plan as a CarePlan; an assessment without them has neither."""

from collections.abc import Iterator

from painloom.fhir.write_codes import RESULT, FhirCodes, Json, concept, meta, own, reference
from painloom.fhir.write_sheaf import Sheaf
from painloom.model.formulation import AGAINST, FOR, Formulation, Mechanism
from painloom.model.plan import Plan, Step

MECHANISM, TREATMENT, ACTION, STREAM = "mechanism", "treatment", "plan-action", "stream"


def add_formulation(formulation: Formulation | None, as_of: str, sheaf: Sheaf, prognoses: list[str]) -> None:
    """Mechanisms with their chances and what speaks for and against, drivers, conflicts, the next test."""
    if formulation is None:
        return
    sheaf.add(
        {
            "resourceType": "ClinicalImpression",
            "meta": meta(RESULT),
            "status": "completed",
            "subject": reference(sheaf.patient),
            "effectiveDateTime": as_of,
            "date": as_of,
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


def add_plan(plan: Plan | None, as_of: str, sheaf: Sheaf, codes: FhirCodes, goals: list[str]) -> None:
    """The steps in order as activities of a proposed plan; nothing is ordered by it."""
    if plan is None:
        return
    sheaf.add(
        {
            "resourceType": "CarePlan",
            "meta": meta(RESULT),
            "status": "draft",
            "intent": "proposal",
            "subject": reference(sheaf.patient),
            "created": as_of,
            "goal": [reference(goal) for goal in goals],
            "activity": [{"detail": _detail(step, codes, goals)} for step in sorted(plan.steps, key=lambda step: step.order)],
            "note": [{"text": note} for note in (plan.abstains, *plan.warnings)],
        }
    )


def _detail(step: Step, codes: FhirCodes, goals: list[str]) -> Json:
    dose = step.dose.text if step.dose else ""
    price = f"{step.price.low:g} to {step.price.high:g} {step.price.currency} a year ({step.price.source})" if step.price else ""
    checks = [
        f"after {check.weeks:g} weeks: {check.measure}; counts: {check.counts}; otherwise: {check.otherwise}" for check in step.checks
    ]
    said = [step.text, dose, *(step.dose.limited_by if step.dose else ()), price, *step.notes]
    return {
        "kind": codes.code("modality", step.modality),
        "code": concept(f"{step.action}: {step.label}", own(ACTION, step.action), own(TREATMENT, step.treatment, step.label)),
        "reasonCode": [concept(f"{one.stream}: {one.text}", own(STREAM, one.stream)) for one in step.reasons],
        "goal": [reference(goal) for goal in goals],
        "status": "not-started",
        "scheduledString": "; ".join(checks),
        "description": "; ".join(part for part in said if part),
    }
