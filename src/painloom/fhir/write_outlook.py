"""Predictions as RiskAssessments: the chance of a response with and without the treatment, what it adds, harm; and the evidence rows."""

from collections.abc import Iterator

from painloom.fhir.write_codes import BAND, OWN, RESULT, FhirCodes, Json, concept, extension, meta, own, reference
from painloom.fhir.write_sheaf import Sheaf
from painloom.model.assessment import Assessment
from painloom.model.evidence import EvidenceRow
from painloom.model.outlook import PREDICTED, Band, Outlook

OUTCOME, CONDITION, TREATMENT, BEST, EVIDENCE = "outcome", "condition", "treatment", f"{OWN}probability-of-being-best", "evidence-row"
POINTS = f"{OWN}mean-difference-0-10"
METHOD = "hierarchical model of published trials, in closed form"


def add_outlook(assessment: Assessment, sheaf: Sheaf, codes: FhirCodes, basis: list[str]) -> list[str]:
    """One assessment a treatment and condition that is predicted; returns their addresses.  `basis` are observations that entered it."""
    view = assessment.outlook
    if view is None:
        return []
    titles = {citation.id: (citation.title, citation.url) for citation in assessment.citations}
    rows: dict[str, str] = {}
    found: list[str] = []
    for one in view.outlooks:
        if one.status != PREDICTED:
            continue
        for used in one.rows:
            if used.row.id not in rows:
                rows[used.row.id] = sheaf.add(_evidence(used.row, titles.get(used.row.source, (used.row.source, ""))))
        found.append(sheaf.add(_risk(one, assessment.as_of, [*basis, *(rows[used.row.id] for used in one.rows)], sheaf)))
    return found


def _evidence(row: EvidenceRow, source: tuple[str, str]) -> Json:
    """A row of published evidence as a document that is only named: nothing of the source is copied."""
    title, url = source
    band = f" ({row.low} to {row.high})" if row.low and row.high else ""
    grade = f"; certainty {row.certainty}" if row.certainty else ""
    said = f"{row.unit} against {row.comparator}, {row.outcome}: {row.measure} {row.effect}{band}{grade}"
    return {
        "resourceType": "DocumentReference",
        "meta": meta(RESULT),
        "status": "current",
        "type": concept("row of published evidence", own(EVIDENCE, row.id)),
        "description": said,
        "content": [{"attachment": {"title": title, "url": url}}],
    }


def _risk(one: Outlook, as_of: str, basis: list[str], sheaf: Sheaf) -> Json:
    best = [extension(BEST, "valueDecimal", one.p_best)] if one.p_best is not None else []
    points = [_band(POINTS, one.points)] if one.points else []
    return {
        "resourceType": "RiskAssessment",
        "meta": meta(RESULT),
        "extension": [*best, *points],
        "status": "final",
        "method": concept(METHOD),
        "code": concept(
            f"{one.label} for {one.condition_label}",
            own(TREATMENT, one.treatment, one.label),
            own(CONDITION, one.condition, one.condition_label),
        ),
        "subject": reference(sheaf.patient),
        "occurrenceDateTime": as_of,
        "basis": [reference(address) for address in dict.fromkeys(basis)],
        "prediction": list(_predictions(one)),
        "note": [{"text": note} for note in (*_words(one), *one.notes)],
    }


def _predictions(one: Outlook) -> Iterator[Json]:
    """Probabilities from 0 to 1, each with its 80 % band; a part that is not known is not there."""
    told = f"{one.outcome}, {one.horizon}".strip(", ")
    parts = (
        ("with", f"response with the treatment: {told}", one.response),
        ("without", f"response without it ({one.comparator or 'control'}): {told}", one.control),
        ("added", f"what the treatment adds to the chance: {told}", one.benefit),
        ("substantial", "the greater response with the treatment", one.substantial),
        ("substantial-added", "what the treatment adds to the chance of the greater response", one.substantial_benefit),
        ("harm", "added chance of stopping for an adverse effect", one.harm),
    )
    for name, text, band in parts:
        if band is not None:
            outcome = concept(text, own(OUTCOME, name))
            words = f"{band.value:.3g}; 80 % band {band.low:.3g} to {band.high:.3g}"
            if band.value < 0:
                yield {"extension": [_band(BAND, band)], "outcome": outcome, "qualitativeRisk": {"text": words}}
            else:
                yield {"extension": [_band(BAND, band)], "outcome": outcome, "probabilityDecimal": band.value, "rationale": words}


def _band(url: str, band: Band) -> Json:
    return {
        "url": url,
        "extension": [
            extension("value", "valueDecimal", band.value),
            extension("low", "valueDecimal", band.low),
            extension("high", "valueDecimal", band.high),
        ],
    }


def _words(one: Outlook) -> Iterator[str]:
    if one.grade:
        yield f"certainty of the evidence: {one.grade}"
    if one.is_borrowed:
        yield "no evidence on this condition itself: borrowed from related ones"
    if one.is_taken:
        yield "the person takes it already"
    for shift in one.shifts:
        yield f"{shift.label}: {shift.points:+.2g} points of 0 to 10 ({shift.credibility})"
