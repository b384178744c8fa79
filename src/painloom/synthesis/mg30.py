"""Codes of chronic pain in ICD-11, from what the clinician states; candidates to confirm, never derived from a score."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from painloom.errors import InputError, KnowledgeError
from painloom.model.body import NO, UNKNOWN, YES
from painloom.model.criteria import PainCode, PainCoding, SeverityLevel

ROOT, PRIMARY, SECONDARY, STATED, UNSTATED, SEVERITY = "root", "primary", "secondary", "stated", "unstated", "severity"
KINDS = (ROOT, PRIMARY, SECONDARY, STATED, UNSTATED, SEVERITY)
COLUMNS = ("code", "parent", "kind", "label", "fact", "low", "high", "state")
CODED, NOT_CHRONIC, DURATION_UNKNOWN = "coded", "not-chronic-yet", "duration-unknown"
AXES = ("intensity", "distress", "interference")
CHRONIC_MONTHS = 3.0
HIGHEST = 10.0
TWO_PARENTS = "One diagnosis may have two parents: each branch stated is listed."
PRIMARY_LAST = "A primary pain is coded only where no secondary one explains it better: check which holds."


@dataclass(frozen=True, slots=True)
class _Row:
    code: str
    parent: str
    kind: str
    label: str
    fact: str
    low: float
    high: float
    state: str


def lasting(months: float | None) -> str:
    """Has the pain lasted three months?  yes from 3.0 months on, unknown when nobody said."""
    return UNKNOWN if months is None else YES if months >= CHRONIC_MONTHS else NO


def code_pain(
    terms: Iterable[Mapping[str, str]],
    facts: Mapping[str, str],
    *,
    chronic: str,
    ratings: Mapping[str, float] | None = None,
) -> PainCoding:
    """Candidate codes from stated kinds of pain.

    `terms` are the rows of terms/mg30.tsv; `facts` fact id -> yes, no, unknown; `chronic` whether the pain has lasted three months;
    `ratings` axis of AXES -> 0 to 10.  A stated subtype stands for its parent, a denied parent denies the subtypes nobody spoke of;
    kinds of several branches are all given.  Where the pain is chronic and no kind holds, the code for another stated kind follows if
    every kind was denied, else the one for an unstated kind.

    A rating is cut into levels only where it is a whole number: the published bands leave gaps between them and none is filled here.

    Raises
    ------
    KnowledgeError : a table whose parents do not fit its codes.   InputError : a rating outside 0 to 10, or an axis that is not known.
    """
    rows = _rows(terms)
    kinds = [row for row in rows if row.kind in (PRIMARY, SECONDARY)]
    said = {row.code: facts.get(row.fact, UNKNOWN) for row in kinds}
    covered = {row.parent for row in kinds if said[row.code] == YES}
    chosen = [row for row in kinds if said[row.code] == YES and row.code not in covered]
    spoken_of = covered | {row.code for row in kinds if said[row.code] != UNKNOWN or said.get(row.parent) == NO}
    open_ = [row for row in kinds if row.code not in spoken_of]
    candidates = tuple(_code(row) for row in chosen) or tuple(_code(r) for r in rows if r.kind == (UNSTATED if open_ else STATED))
    status = {YES: CODED, NO: NOT_CHRONIC, UNKNOWN: DURATION_UNKNOWN}[chronic]
    return PainCoding(
        status=status,
        codes=candidates if status == CODED else (),
        would_be=() if status == CODED else candidates,
        open=tuple(_code(row) for row in open_),
        severity=_severity(rows, ratings or {}),
        notes=_notes(chosen),
    )


def _notes(chosen: list[_Row]) -> tuple[str, ...]:
    kinds = {row.kind for row in chosen}
    several = len({row.parent for row in chosen if row.kind == SECONDARY}) > 1
    return (*([TWO_PARENTS] if several else []), *([PRIMARY_LAST] if len(kinds) > 1 else []))


def _code(row: _Row) -> PainCode:
    return PainCode(row.code, row.parent, row.label, row.state, f"fact: {row.fact}" if row.fact else "")


def _severity(rows: list[_Row], ratings: Mapping[str, float]) -> tuple[SeverityLevel, ...]:
    strange = [axis for axis in ratings if axis not in AXES]
    if strange:
        raise InputError(f"pain severity: '{strange[0]}' is no axis; there are {', '.join(AXES)}")
    return tuple(_level([row for row in rows if row.kind == SEVERITY], axis, ratings.get(axis)) for axis in AXES)


def _level(bands: list[_Row], axis: str, rating: float | None) -> SeverityLevel:
    if rating is None:
        return SeverityLevel(axis, None, "", "", "not rated")
    if not 0 <= rating <= HIGHEST:
        raise InputError(f"pain severity: the rating of {axis} lies outside 0 to {HIGHEST:g}; leave it out if nobody asked")
    for level, band in enumerate(bands):
        if band.low <= rating <= band.high:
            return SeverityLevel(axis, level, band.label, band.state)
    return SeverityLevel(axis, None, "", "", "the rating lies between two bands, which are given for whole numbers")


def _rows(terms: Iterable[Mapping[str, str]]) -> list[_Row]:
    rows = [
        _Row(t["code"], t["parent"], t["kind"], t["label"], t["fact"], float(t["low"] or 0), float(t["high"] or 0), t["state"])
        for t in terms
    ]
    codes = {row.code for row in rows}
    for row in rows:
        if row.kind not in KINDS or (row.kind in (PRIMARY, SECONDARY) and not row.fact):
            raise KnowledgeError(f"mg30.tsv: '{row.code}' has a kind that is not known, or no fact that states it")
        if row.kind not in (ROOT, SEVERITY) and (row.parent not in codes or not row.code.startswith(row.parent)):
            raise KnowledgeError(f"mg30.tsv: '{row.code}' does not belong under '{row.parent}'")
    return rows
