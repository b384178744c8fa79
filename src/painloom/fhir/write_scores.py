"""Answers as QuestionnaireResponses, and the scores worked out from them as Observations derived from these."""

from collections.abc import Mapping

from painloom.fhir.write_codes import OWN, RESULT, FhirCodes, Json, absent, category, concept, day, loinc, meta, own, reference, when
from painloom.fhir.write_sheaf import Sheaf
from painloom.knowledge.instrument_cards import InstrumentCard
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.case import Case
from painloom.model.mind import ScoreView

INSTRUMENT = f"{OWN}instrument/"
SCALE, SCORE_PART = "scale", "score-part"
Sheets = dict[tuple[str, str], list[str]]


def add_answers(case: Case, sheaf: Sheaf, codes: FhirCodes) -> Sheets:
    """One response a sheet, items without wording; returns the addresses by instrument and date."""
    found: Sheets = {}
    known = codes.knowledge.files("instruments")
    for row in case.answers:
        card = codes.knowledge.instrument(row.instrument) if row.instrument in known else None
        found.setdefault((row.instrument, row.date), []).append(sheaf.add(_response(row, card, sheaf)))
    return found


def _response(row: Answers, card: InstrumentCard | None, sheaf: Sheaf) -> Json:
    terms = {item.range.id: item.loinc for item in card.items} if card else {}
    values = row.values[0].tolist() if len(row.values) else []
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{INSTRUMENT}{row.instrument}",
        "status": "completed",
        "subject": reference(sheaf.patient),
        "authored": day(row.date),
        "item": [_item(id_, value, terms.get(id_, "")) for id_, value in zip(row.items, values, strict=False)],
    }


def _item(id_: str, value: int, code: str) -> Json:
    """One item; an item left empty has no answer."""
    return {
        "linkId": id_,
        "definition": f"http://loinc.org/{code}" if code else "",
        "answer": [] if value == UNANSWERED else [{"valueInteger": value}],
    }


def add_scores(scores: tuple[ScoreView, ...], sheets: Sheets, sheaf: Sheaf, codes: FhirCodes) -> None:
    """Every scale on every date, with the reason where it was not scored."""
    terms: dict[str, Mapping[str, str]] = {}
    for score in scores:
        if score.instrument not in terms:
            known = score.instrument in codes.knowledge.files("instruments")
            scales = codes.knowledge.instrument(score.instrument).scales if known else ()
            terms[score.instrument] = {scale.id: scale.loinc for scale in scales}
        code = terms[score.instrument].get(score.scale, "")
        sheaf.add(_score(score, code, sheets.get((score.instrument, score.date), []), sheaf, codes))


def _score(score: ScoreView, code: str, sheets: list[str], sheaf: Sheaf, codes: FhirCodes) -> Json:
    text = f"{score.instrument_label}: {score.scale_label}"
    notes = [*score.notes, *([f"{score.status}: {score.why}"] if score.why else [])]
    found: dict[str, object] = {
        "resourceType": "Observation",
        "meta": meta(RESULT),
        "status": "final",
        "category": [category("survey")],
        "code": concept(text, loinc(code), own(SCALE, f"{score.instrument}.{score.scale}")),
        "subject": reference(sheaf.patient),
        **when(score.date),
        "note": [{"text": note} for note in notes],
        "derivedFrom": [reference(sheet) for sheet in sheets],
    }
    one = score.estimate
    if one is None:
        return found | {"dataAbsentReason": absent(score.why or "not scored")}
    part = {"code": concept("standard error of measurement", own(SCORE_PART, "standard-error")), "valueQuantity": {"value": one.se}}
    return found | {
        "valueQuantity": codes.quantity(one.value, one.unit),
        "interpretation": [{"text": one.band}],
        "component": [part] if one.se is not None else [],
    }
