"""The plan as a proposed CarePlan, its checked doses as proposed MedicationRequests; an assessment without a plan has neither."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from painloom.fhir.write_codes import RESULT, RXNORM_URL, FhirCodes, Json, coding, concept, meta, own, reference
from painloom.fhir.write_sheaf import Sheaf
from painloom.model.outlook import Band
from painloom.model.plan import BEGIN, KEEP, REFER, Check, Dose, Option, Plan, Reason, Step, Taper

TREATMENT, ACTION, STREAM, WHEN, ROLE = "treatment", "plan-action", "stream", "plan-when", "plan-role"
FOLLOW_UP, DOMAIN = "follow-up", "wish-domain"
VERIFIED = "verified"
DOUBT = "to verify"
APPOINTMENT = "Appointment"
OTHER_KIND = "other"  # what is asked or referred


@dataclass(frozen=True, slots=True)
class Around:
    """What a plan refers to: addresses of the goals, of the complaint, of the formulation and of the refusals; "" or empty where absent."""

    goals: tuple[str, ...] = ()
    complaint: str = ""
    impression: str = ""
    issues: tuple[str, ...] = ()


def add_plan(plan: Plan | None, as_of: str, sheaf: Sheaf, codes: FhirCodes, around: Around) -> None:
    """The steps in order as activities of a proposed plan, then the days to look again; nothing is ordered by it.

    A dose whose facts are verified also stands in a MedicationRequest of intent "proposal" and status "draft" that is based on the plan;
    a dose that is still to verify stands in words alone, with that mark.
    """
    if plan is None:
        return
    steps = sorted(plan.steps, key=lambda step: step.order)
    details = [*(_detail(step, codes) for step in steps), *(_look(check, as_of) for check in plan.follow_up)]
    address = sheaf.add(
        {
            "resourceType": "CarePlan",
            "meta": meta(RESULT),
            "status": "draft",
            "intent": "proposal",
            "title": "Proposed plan",
            "description": plan.statement,
            "subject": reference(sheaf.patient),
            "created": as_of,
            "addresses": [reference(around.complaint)],
            "supportingInfo": [reference(one) for one in (around.impression, *around.issues)],
            "goal": [reference(goal) for goal in around.goals],
            "activity": [{"detail": detail} for detail in details],
            "note": [{"text": note} for note in _notes(plan)],
        }
    )
    for step in steps:
        if step.dose is not None and step.action == BEGIN and step.dose.state == VERIFIED and step.dose.start is not None:
            sheaf.add(_request(step, step.dose, address, as_of, sheaf, codes))


def _notes(plan: Plan) -> Iterator[str]:
    yield plan.abstains
    yield from plan.warnings
    yield from (f"a wish that no word list understands: {wish}" for wish in plan.unread)
    weights = ", ".join(f"{domain} {weight:g}" for domain, weight in plan.wishes)
    yield f"what counts for the person, and how much: {weights}" if weights else ""
    yield from map(_weighed, plan.options)


def _weighed(one: Option) -> str:
    band = _better_off(one.utility)
    told = "in the plan" if one.is_chosen else one.why_not or "not in the plan"
    return f"weighed: {one.label}: {band}; {told}{'; the bands do not tell it from the first' if one.is_tied else ''}"


def _better_off(band: Band) -> str:
    value, low, high = (f"{round(number, 1) + 0.0:.1f}" for number in (band.value, band.low, band.high))  # no minus before a zero
    return f"{value} of 100 people better off, 80 % band {low} to {high}"


def _detail(step: Step, codes: FhirCodes) -> Json:
    dose = step.dose
    amount = dose.start if dose is not None and _is_settled(dose) and step.action == BEGIN else None
    kinds = [own(ACTION, step.action), own(TREATMENT, step.treatment, step.label) if step.treatment else None]
    return {
        "kind": codes.code("modality", step.modality) or codes.code("modality", OTHER_KIND),
        "code": concept(f"{step.action}: {step.label}", *kinds, own(WHEN, step.when), own(ROLE, step.role)),
        "reasonCode": [_reason(one) for one in step.reasons],
        "status": "in-progress" if step.action == KEEP else "not-started",
        "statusReason": {"text": f"waits: {step.depends}"} if step.depends and step.action != REFER else {},
        "scheduledString": "; ".join([step.when, *map(_check, step.checks)]),
        "productCodeableConcept": _drug(step.drugs[0], codes) if len(step.drugs) == 1 else {},
        "dailyAmount": codes.quantity(amount, dose.unit) if dose is not None and amount is not None else {},
        "description": "; ".join(part.rstrip(". ") for part in _said(step) if part),
    }


def _is_settled(dose: Dose) -> bool:
    """Whether its amounts may stand as numbers that a machine takes: verified, and nothing unmeasured could lower them."""
    return dose.state == VERIFIED and not dose.unchecked


def _reason(one: Reason) -> Json:
    """Why, with the finding, the card that judged it and its source: all that a reader needs to find it again."""
    basis = ", ".join(part for part in (one.finding, one.card, one.source) if part)
    return concept(f"{one.stream}: {one.text}{f' [{basis}]' if basis else ''}", own(STREAM, one.stream))


def _said(step: Step) -> Iterator[str]:
    yield step.text
    yield f"who and when: {step.depends}" if step.depends and step.action == REFER else ""
    yield from _dose_words(step.dose) if step.dose else ()
    yield from _taper_words(step.taper) if step.taper else ()
    yield step.course
    if step.utility is not None:
        yield _better_off(step.utility)
    if step.alternatives:
        yield f"the bands do not tell it from: {', '.join(step.alternatives)}"
    if step.price is not None:
        yield f"cost: {step.price.low:g} to {step.price.high:g} {step.price.currency} ({step.price.source})"
    yield from step.notes


def _dose_words(dose: Dose) -> Iterator[str]:
    doubt = "" if dose.state == VERIFIED else f" ({DOUBT})"
    yield f"dose: {dose.text.rstrip('. ')}{doubt}" if dose.text else ""
    amounts = [f"{name} {value:g} {dose.unit}" for name, value in (("start", dose.start), ("at most", dose.ceiling)) if value is not None]
    yield f"for this person, a day: {', '.join(amounts)}{doubt}" if amounts else ""
    yield from dose.limited_by
    yield f"not measured, could lower it: {', '.join(dose.unchecked)}" if dose.unchecked else ""


def _taper_words(taper: Taper) -> Iterator[str]:
    doubt = "" if taper.state == VERIFIED else f" ({DOUBT})"
    yield f"how to stop: {taper.text.rstrip('. ')}{doubt}" if taper.text else ""
    amounts = [
        f"day {one.day}: {f'{one.amount:g} {one.unit}' if one.amount is not None else f'{one.share:.0%} of the first amount'}"
        for one in taper.steps
    ]
    yield f"amounts a day, {', '.join(amounts)}" if amounts else ""
    yield f"watch for: {taper.watch}" if taper.watch else ""


def _check(check: Check) -> str:
    counts = f"; counts: {check.counts.rstrip('. ')}" if check.counts else ""
    otherwise = f"; otherwise: {check.otherwise.rstrip('. ')}" if check.otherwise else ""
    return f"after {check.weeks:g} weeks: {check.measure.rstrip('. ')}{counts}{otherwise}"


def _look(check: Check, as_of: str) -> Json:
    """One look at the whole plan on a day that counts from the day of the statement."""
    day = datetime.date.fromisoformat(as_of) + datetime.timedelta(days=round(7 * check.weeks))
    return {
        "kind": APPOINTMENT,
        "code": concept(f"look again: {check.measure}", own(FOLLOW_UP, f"{check.weeks:g}-weeks")),
        "status": "not-started",
        "scheduledTiming": {"event": [day.isoformat()]},
        "description": _check(check),
    }


def _drug(drug: str, codes: FhirCodes) -> Json:
    card = codes.knowledge.drugs.get(drug)
    if card is None:
        return concept(drug)
    return concept(card.label, coding(RXNORM_URL, card.rxnorm, card.label) if card.rxnorm else None)


def _request(step: Step, dose: Dose, plan: str, as_of: str, sheaf: Sheaf, codes: FhirCodes) -> Json:
    """The starting dose as a draft proposal; a person turns it into an order, or does not.

    `times` is how often it is taken at the usual dose: a start may be taken less often, so the amount of one intake stands only where the
    drug is taken once a day.  Where something that could lower the dose was not measured, all amounts stand in words alone.
    """
    once = dose.times == 1 and _is_settled(dose)
    most = (
        {"numerator": codes.quantity(dose.ceiling, dose.unit), "denominator": codes.quantity(1, "d")}
        if dose.ceiling is not None and _is_settled(dose)
        else {}
    )
    return {
        "resourceType": "MedicationRequest",
        "meta": meta(RESULT),
        "status": "draft",
        "intent": "proposal",
        "medicationCodeableConcept": _drug(dose.drug or (step.drugs[0] if step.drugs else step.treatment), codes),
        "subject": reference(sheaf.patient),
        "authoredOn": as_of,
        "reasonCode": [_reason(why) for why in step.reasons],
        "basedOn": [reference(plan)],
        "note": [{"text": text} for text in (f"step {step.order} of the plan, {step.when}", step.depends, *dose.limited_by) if text],
        "dosageInstruction": [
            {
                "text": "; ".join(part.rstrip(". ") for part in _dose_words(dose) if part),
                "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}} if once else {},
                "doseAndRate": [{"doseQuantity": codes.quantity(dose.start, dose.unit)}] if once and dose.start is not None else [],
                "maxDosePerPeriod": most,
            }
        ],
    }
