"""Marker scores as flat rows and as records."""

from collections.abc import Sequence

from painloom.model.brain import CohortPlace, Gate, MarkerScore

SIGNATURE_COLUMNS = ("id", "model", "score", "percentile", "status", "reason")
ABSENT = "."


def signature_rows(scores: Sequence[MarkerScore], digits: int | None = None) -> list[tuple[str, ...]]:
    """The columns of `SIGNATURE_COLUMNS`, one row a score; numbers in full, or with `digits` after the point (percentile: whole)."""
    return [_row(score, digits) for score in scores]


def _row(score: MarkerScore, digits: int | None) -> tuple[str, ...]:
    percentile = None if score.place is None else score.place.percentile
    shown = (_number(score.score, digits), _number(percentile, None if digits is None else 0))
    return (score.id, score.model, *shown, score.status, score.reason or ABSENT)


def _number(value: float | None, digits: int | None) -> str:
    if value is None:
        return ABSENT
    return repr(value) if digits is None else f"{value:.{digits}f}"


def signature_records(scores: Sequence[MarkerScore]) -> list[dict[str, object]]:
    """The same as records with everything that stands beside the number; numbers are None when withheld."""
    return [_record(score) for score in scores]


def _record(score: MarkerScore) -> dict[str, object]:
    return {
        "id": score.id,
        "model": score.model,
        "score": score.score,
        "percentile": None if score.place is None else score.place.percentile,
        "status": score.status,
        "reason": score.reason,
        "label": score.label,
        "unit": score.unit,
        "claim": score.claim,
        "gates": [_gate(gate) for gate in score.gates],
        "cohort": None if score.place is None else _cohort(score.place),
        "sem": score.sem,
        "mdc": score.mdc,
        "details": dict(score.details),
        "warnings": list(score.warnings),
        "card": {"id": score.card[0], "release": score.card[1]},
        "sources": list(score.sources),
    }


def _gate(gate: Gate) -> dict[str, object]:
    return {
        "id": gate.id,
        "passed": gate.is_passed,
        "value": gate.value,
        "limit": gate.limit,
        "unit": gate.unit,
        "text": gate.text,
    }


def _cohort(place: CohortPlace) -> dict[str, object]:
    return {"id": place.cohort, "label": place.label, "count": place.count, "scanner": place.scanner, "note": place.note}
