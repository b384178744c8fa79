"""The Assessment as JSON: every noun an object, every absence with its reason, keys in the order of the nouns."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from painloom.model.absence import NotCallable, NotMeasured, Withheld
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.assessment import Assessment
from painloom.model.genotypes import Genotypes

SCHEMA = "painloom-assessment/1"
ABSENCES: Mapping[type, str] = {NotMeasured: "not-measured", NotCallable: "not-callable", Withheld: "withheld"}
PAIRS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("Case", "files"): ("role", "sha256"),
    ("Case", "outside_calls"): ("gene", "diplotype"),
    ("Provenance", "inputs"): ("role", "sha256"),
    ("Provenance", "cards"): ("id", "release"),
    ("GeneCall", "structural"): ("change", "diplotype"),
    ("Assessment", "streams"): ("stream", "absence"),
    ("DrugUse", "codes"): ("system", "code"),
    ("Diagnosis", "codes"): ("system", "code"),
    ("Measure", "codes"): ("system", "code"),
    ("Allergy", "codes"): ("system", "code"),
}
ONE_PAIR: Mapping[tuple[str, str], tuple[str, str]] = {
    ("Advice", "card"): ("id", "release"),
    ("GeneCall", "card"): ("id", "release"),
    ("ScoreView", "card"): ("id", "release"),
    ("Grade", "card"): ("id", "release"),
    ("RedFlag", "card"): ("id", "release"),
}
NOT_GIVEN: Mapping[tuple[str, str], str] = {
    ("Person", "age_years"): "age was not given",
    ("Person", "sex"): "sex was not given",
    ("PainHistory", "months"): "duration of pain was not given",
    ("PainHistory", "intensity_0_10"): "pain intensity was not given",
    ("DrugUse", "dose"): "dose was not given",
    ("DrugUse", "per_day"): "times a day were not given",
    ("Case", "genotypes"): "no genome file was given",
    ("Advice", "invariant"): "no gene of the drug was called",
    ("Intake", "daily"): "the amount a day cannot be worked out",
    ("BodyRecord", "regions"): "no body map was filled in",
    ("Widespread", "count"): "no body map was filled in",
    ("Estimate", "se"): "no standard error of measurement is known",
    ("ScoreView", "estimate"): "the scale was not scored",
    ("ChangeView", "rci"): "no error of measurement is known, so no index of reliable change",
    ("SeverityLevel", "level"): "no rating was given for this axis",
    ("SensoryFinding", "z"): "the value is not judged",
    ("Assessment", "pain_codes"): "no kind of chronic pain was stated",
}
NOT_FINITE = "not a finite number"


def to_json(assessment: Assessment) -> str:
    """The Assessment as a JSON document: two blanks of indent, a newline at the end, the same bytes for the same input."""
    document = {"schema": SCHEMA, **_noun(assessment)}
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _noun(noun: object) -> dict[str, object]:
    """One frozen noun as an object, fields in the order of its declaration."""
    if isinstance(noun, Genotypes):
        return _genotypes(noun)
    if isinstance(noun, Answers):
        return _answers(noun)
    kind = type(noun)
    head: dict[str, object] = {"absent": ABSENCES[kind]} if kind in ABSENCES else {}
    assert is_dataclass(noun)
    return head | {f.name: _field(kind.__name__, f.name, getattr(noun, f.name)) for f in fields(noun)}


def _genotypes(genotypes: Genotypes) -> dict[str, object]:
    """Facts of the genome file; the genotypes themselves stay with the file, the digest names it."""
    return {
        "digest": genotypes.digest,
        "build": genotypes.build,
        "origin": genotypes.origin,
        "absent_is_reference": genotypes.absent_is_reference,
        "warnings": list(genotypes.warnings),
    }


def _answers(answers: Answers) -> dict[str, object]:
    """The answers of one person, item by item; an item left empty is null."""
    values = [None if value == UNANSWERED else value for value in answers.values[0].tolist()] if len(answers.values) else []
    return {
        "instrument": answers.instrument,
        "date": answers.date,
        "file": answers.where,
        "items": dict(zip(answers.items, values, strict=False)),
    }


def _field(kind: str, name: str, value: object) -> object:
    place = (kind, name)
    if place in NOT_GIVEN and value in (None, ""):
        return {"absent": "not-measured", "reason": NOT_GIVEN[place]}
    if place in ONE_PAIR and isinstance(value, tuple):
        return dict(zip(ONE_PAIR[place], value, strict=True))
    if place in PAIRS and isinstance(value, tuple):
        return [{key: _plain(part) for key, part in zip(PAIRS[place], pair, strict=True)} for pair in value]
    return _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return {"absent": "not-callable", "reason": NOT_FINITE}
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return _noun(value)
