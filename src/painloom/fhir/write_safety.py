"""Alerts and red flags as Flags; dangers of the drug list and refusals as DetectedIssues; clinical criteria as Observations."""

from collections.abc import Iterable, Iterator, Mapping

from painloom.fhir.write_codes import RESULT, FhirCodes, Json, category, concept, meta, own, reference
from painloom.fhir.write_sheaf import Sheaf
from painloom.model.assessment import Assessment
from painloom.model.case import DrugUse
from painloom.model.criteria import Grade
from painloom.model.outlook import REFUSED, Refusal
from painloom.model.redflag import PRESENT, WATCH, RedFlag
from painloom.model.scores import SafetyAlert

ALERT, RED_FLAG, IMAGING_FLAG, DANGER, REFUSAL, TREATMENT, CRITERIA = (
    "alert",
    "red-flag",
    "imaging-flag",
    "danger",
    "refusal",
    "treatment",
    "criteria",
)
NOT_OFFERED = "not predicted and not offered"


def add_flags(assessment: Assessment, sheaf: Sheaf) -> None:
    """What a person must act on: alerts of answers, red flags that are raised or watched, urgent findings of an image."""
    for alert in assessment.alerts:
        sheaf.add(
            _flag(sheaf, assessment.as_of, concept("alert", own(ALERT, alert.triage)), concept(_alert(alert), own(ALERT, alert.code)))
        )
    for flag in assessment.red_flags:
        if flag.state in (PRESENT, WATCH):
            kind = concept(f"red flag: {flag.state}", own(RED_FLAG, flag.state))
            sheaf.add(_flag(sheaf, assessment.as_of, kind, concept(_red_flag(flag), own(RED_FLAG, flag.id))))
    for finding in assessment.brain.imaging if assessment.brain else ():
        if finding.urgent:
            text = f"{finding.label}: {finding.urgent}"
            sheaf.add(
                _flag(sheaf, assessment.as_of, concept("urgent imaging finding"), concept(text, own(IMAGING_FLAG, finding.entry.scale)))
            )


def _flag(sheaf: Sheaf, as_of: str, kind: Json, what: Json) -> Json:
    return {
        "resourceType": "Flag",
        "meta": meta(RESULT),
        "status": "active",
        "category": [kind],
        "code": what,
        "subject": reference(sheaf.patient),
        "period": {"start": as_of},
    }


def _alert(alert: SafetyAlert) -> str:
    means = f"; means at home: {', '.join(alert.means)}" if alert.means else ""
    return f"{alert.signal}: {alert.action} ({alert.owner}, {alert.within}){means}"


def _red_flag(flag: RedFlag) -> str:
    found = ", ".join(finding.label for finding in flag.found)
    return f"{flag.label}: {flag.act} ({flag.within})" + (f"; found: {found}" if found else "")


def add_dangers(assessment: Assessment, uses: Iterable[tuple[DrugUse, str]], sheaf: Sheaf, codes: FhirCodes) -> None:
    """Every warning on the drug list, with the entries it is about."""
    addresses = _addresses(assessment, uses)
    for row in assessment.safety:
        if row.is_warning:
            number = f" ({row.value} {row.unit})".replace(" )", ")") if row.value else ""
            sheaf.add(
                _issue(sheaf, assessment.as_of, concept(f"{row.subject}: {row.kind}", own(DANGER, row.kind)), row.severity, codes)
                | {
                    "implicated": [reference(address) for drug in row.drugs for address in addresses.get(drug, ())],
                    "detail": f"{row.message}{number}",
                    "evidence": _evidence(row.source, row.card),
                }
            )


def _addresses(assessment: Assessment, uses: Iterable[tuple[DrugUse, str]]) -> dict[str, list[str]]:
    """Drug id or label -> the entries of the list that hold it."""
    listed = dict(uses)
    found: dict[str, list[str]] = {}
    for view in assessment.drugs:
        held = [listed[use] for use in view.uses if use in listed]
        if held:
            found |= {view.drug: held, view.label: held}
    return found


def _issue(sheaf: Sheaf, as_of: str, code: Json, severity: str, codes: FhirCodes) -> dict[str, object]:
    return {
        "resourceType": "DetectedIssue",
        "meta": meta(RESULT),
        "status": "final",
        "code": code,
        "severity": codes.code("severity", severity),
        "patient": reference(sheaf.patient),
        "identifiedDateTime": as_of,
    }


def _evidence(source: str, card: str) -> list[Json]:
    """Who says so, in words: the source and the card that judged it."""
    texts = [text for text in (source, f"card {card}" if card else "") if text]
    return [{"code": [{"text": text} for text in texts]}] if texts else []


def add_refusals(assessment: Assessment, sheaf: Sheaf, codes: FhirCodes, more: Iterable[Refusal] = ()) -> list[str]:
    """Each reason against each treatment, once; `more` are the refusals of a plan.  Returns their addresses."""
    outlooks = assessment.outlook.outlooks if assessment.outlook else ()
    labels = {one.treatment: one.label for one in outlooks}
    found = dict.fromkeys([*(refusal for one in outlooks if one.status == REFUSED for refusal in one.refusals), *more])
    return [sheaf.add(_refusal(refusal, labels, assessment.as_of, sheaf, codes)) for refusal in found]


def _refusal(refusal: Refusal, labels: Mapping[str, str], as_of: str, sheaf: Sheaf, codes: FhirCodes) -> Json:
    label = labels.get(refusal.treatment, refusal.treatment)
    code = concept(f"refused: {label}", own(REFUSAL, refusal.kind), own(TREATMENT, refusal.treatment, label))
    return _issue(sheaf, as_of, code, refusal.severity, codes) | {
        "detail": refusal.reason,
        "evidence": _evidence(refusal.source, refusal.card),
        "mitigation": [{"action": concept(NOT_OFFERED), "date": as_of}],
    }


def add_grades(assessment: Assessment, sheaf: Sheaf) -> None:
    """What clinical criteria say, with every grade that open questions could still give."""
    for grade in assessment.grades:
        sheaf.add(
            {
                "resourceType": "Observation",
                "meta": meta(RESULT),
                "status": "final",
                "category": [category("exam")],
                "code": concept(grade.label, own(CRITERIA, grade.criteria)),
                "subject": reference(sheaf.patient),
                "effectiveDateTime": assessment.as_of,
                "valueCodeableConcept": concept(grade.grade_label or grade.grade, own(CRITERIA, grade.grade) if grade.grade else None),
                "note": [{"text": note} for note in _open(grade)],
            }
        )


def _open(grade: Grade) -> Iterator[str]:
    if grade.could_become:
        asked = [one.label for one in grade.inputs if one.changes]
        yield f"could become: {', '.join(grade.could_become)}; open: {', '.join(asked)}"
    yield from grade.notes
