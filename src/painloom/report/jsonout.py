"""The Assessment as JSON: every noun an object, every absence with its reason, keys in the order of the nouns."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256

from painloom.model.absence import NotCallable, NotMeasured, Withheld
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.assessment import Assessment
from painloom.model.brainfiles import BrainFiles
from painloom.model.genotypes import Genotypes
from painloom.report.tallies import tallies

SCHEMA = "painloom-assessment/1"
DERIVED = ("schema", "counts")  # keys that are no field of the Assessment
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
    ("BrainView", "files"): ("role", "sha256"),
    ("MarkerScore", "details"): ("name", "value"),
    ("NormView", "kept"): ("region", "measure"),
    ("Target", "protocol"): ("name", "value"),
    ("Plan", "wishes"): ("domain", "weight"),
    ("Option", "parts"): ("domain", "people_of_100"),
}
ONE_PAIR: Mapping[tuple[str, str], tuple[str, str]] = {
    ("Advice", "card"): ("id", "release"),
    ("GeneCall", "card"): ("id", "release"),
    ("ScoreView", "card"): ("id", "release"),
    ("Grade", "card"): ("id", "release"),
    ("RedFlag", "card"): ("id", "release"),
    ("MarkerScore", "card"): ("id", "release"),
    ("ConnectionView", "card"): ("id", "release"),
    ("NormView", "card"): ("id", "release"),
    ("ImagingFinding", "card"): ("id", "release"),
    ("Target", "card"): ("id", "release"),
    ("Dose", "target"): ("low", "high"),
}
OUTLOOK_PARTS = ("control", "response", "benefit", "substantial", "substantial_benefit", "points", "harm", "p_best")
NOT_GIVEN: Mapping[tuple[str, str], str] = {
    ("Person", "age_years"): "age was not given",
    ("Person", "sex"): "sex was not given",
    ("PainHistory", "months"): "duration of pain was not given",
    ("PainHistory", "intensity_0_10"): "pain intensity was not given",
    ("DrugUse", "dose"): "dose was not given",
    ("DrugUse", "per_day"): "times a day were not given",
    ("Case", "genotypes"): "no genome file was given",
    ("Case", "brain"): "no brain folder was given",
    ("Advice", "invariant"): "no gene of the drug was called",
    ("Intake", "daily"): "the amount a day cannot be worked out",
    ("BodyRecord", "regions"): "no body map was filled in",
    ("Widespread", "count"): "no body map was filled in",
    ("Estimate", "se"): "no standard error of measurement is known",
    ("ScoreView", "estimate"): "the scale was not scored",
    ("ScoreView", "error_80"): "no standard error of measurement is known",
    ("ChangeView", "rci"): "no error of measurement is known, so no index of reliable change",
    ("SeverityLevel", "level"): "no rating was given for this axis",
    ("SensoryFinding", "z"): "the value is not judged",
    ("Assessment", "pain_codes"): "no kind of chronic pain was stated",
    ("Assessment", "brain"): "no brain data were read",
    ("Assessment", "targets"): "no stimulation target was asked for",
    ("Gate", "value"): "it could not be measured",
    ("Gate", "limit"): "the gate has no limit in figures",
    ("MarkerScore", "score"): "withheld, the reason stands beside it",
    ("MarkerScore", "place"): "no score, or no cohort to compare with",
    ("MarkerScore", "sem"): "no standard error of measurement is known",
    ("MarkerScore", "mdc"): "no standard error of measurement is known",
    **{("NormRow", name): "withheld, the status says why" for name in ("value", "expected", "z", "z_low", "z_high", "centile")},
    ("Asymmetry", "z_difference"): "a side has no z-score",
    **{("Connection", name): "withheld, or no reference" for name in ("r", "r_low", "r_high", "z", "place")},
    ("Prevalence", "count"): "the source does not give the number of people",
    ("ImagingFinding", "prevalence"): "no figure on file, or an urgent finding overrides",
    ("Target", "xyz_mm"): "a referral option without coordinates",
    ("Target", "native_xyz_mm"): "no transform into the person's own image was given",
    ("Target", "stability"): "no target was worked out from the person's own data",
    ("Assessment", "formulation"): "the case tells of no pain, so nothing was weighed",
    ("Assessment", "plan"): "the case tells of no pain and no drugs, so nothing was planned",
    ("Driver", "excess"): "it is present or not, or its scale has no known error",
    ("Assessment", "outlook"): "the case tells of no pain, so no treatment was predicted",
    **{("Dose", name): "the card of the drug gives none" for name in ("start", "step", "ceiling", "every_days", "times", "target")},
    **{("Step", name): "it does not apply, or nothing is on file" for name in ("utility", "dose", "price", "taper")},
    ("TaperStep", "amount"): "the amount a day is not known",
    **{("Outlook", name): "not predicted; the status and the notes say why" for name in OUTLOOK_PARTS},
    **{("EvidenceRow", name): "not printed, or not worked out" for name in ("contrast", "se", "active", "control")},
}
NOT_FINITE = "not a finite number"


def to_json(assessment: Assessment) -> str:
    """The Assessment as a JSON document: two blanks of indent, a newline at the end, the same bytes for the same input."""
    nouns = _noun(assessment)
    document = {"schema": SCHEMA, **nouns, "counts": tallies(nouns)}
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _noun(noun: object) -> dict[str, object]:
    """One frozen noun as an object, fields in the order of its declaration."""
    if isinstance(noun, Genotypes):
        return _genotypes(noun)
    if isinstance(noun, Answers):
        return _answers(noun)
    if isinstance(noun, BrainFiles):
        return _brain_files(noun)
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


def _brain_files(brain: BrainFiles) -> dict[str, object]:
    """Places below the brain folder; where the folder lies on this machine is nobody's business."""
    programs = [{"program": name, "version": version} for name, version in brain.generated_by]
    return {"files": [file.place for file in brain.files], "generated_by": programs, "warnings": list(brain.warnings)}


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
    if isinstance(value, bytes):  # a picture: what it is stands in the report, here only which one
        return {"sha256": sha256(value).hexdigest(), "bytes": len(value)}
    if isinstance(value, float) and not math.isfinite(value):
        return {"absent": "not-callable", "reason": NOT_FINITE}
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return _noun(value)
