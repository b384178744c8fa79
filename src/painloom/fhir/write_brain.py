"""What the brain stream found, as Observations marked for research use; a value that a gate held back is absent with its reason."""

from collections.abc import Iterator

from painloom.fhir.write_codes import RESEARCH, RESULT, Json, absent, category, concept, meta, own, reference
from painloom.fhir.write_sheaf import Sheaf
from painloom.model.brain import BrainView, Connection, ConnectionView, MarkerScore, NormView

MARKER, PANEL, NORM, PART = "marker", "connections", "norm", "brain-part"


def add_brain(brain: BrainView | None, sheaf: Sheaf, as_of: str) -> None:
    """Markers, connections and norms; imaging findings stand with the inputs, urgent ones among the flags."""
    for resource in _all(brain) if brain else ():
        sheaf.add(
            {
                "resourceType": "Observation",
                "meta": meta(RESULT, RESEARCH),
                "status": "preliminary",
                "category": [category("imaging")],
                "subject": reference(sheaf.patient),
                "effectiveDateTime": as_of,
                **resource,
            }
        )


def _all(brain: BrainView) -> Iterator[Json]:
    yield from map(_marker, brain.markers)
    yield from map(_panel, brain.connections)
    yield from map(_norm, brain.norms)


def _marker(score: MarkerScore) -> Json:
    found: dict[str, object] = {
        "code": concept(score.label, own(MARKER, score.model or score.id)),
        "note": [{"text": note} for note in (*score.warnings, *(gate.text for gate in score.gates if not gate.is_passed))],
    }
    if score.score is None:
        return found | {"dataAbsentReason": absent(score.reason or "withheld")}
    place = score.place
    part = [_number("percentile", f"percentile in {place.label}, {place.count} people", place.percentile, "%")] if place else []
    return found | {"valueQuantity": {"value": score.score, "unit": score.unit}, "component": part}


def _panel(view: ConnectionView) -> Json:
    failed = [gate.text for gate in view.gates if not gate.is_passed]
    return {
        "code": concept(view.label, own(PANEL, view.card[0])),
        "note": [{"text": note} for note in (*view.warnings, *failed)],
        "component": [_connection(one) for one in view.connections],
    }


def _connection(one: Connection) -> Json:
    if one.r is None:
        return {"code": concept(one.label, own(PART, one.id)), "dataAbsentReason": absent(one.reason or one.status)}
    return _number(one.id, one.label, one.r, "")


def _norm(view: NormView) -> Json:
    """The verdict, and only the regions that remain after correction for the number of looks."""
    kept = [row for row in view.rows if (row.region, row.measure) in view.kept and row.z is not None]
    parts = [_number(f"{row.region}.{row.measure}", f"{row.label or row.region}, {row.measure}: z", row.z, "") for row in kept]
    return {
        "code": concept(view.label, own(NORM, view.norm)),
        "valueString": view.verdict,
        "note": [{"text": warning} for warning in view.warnings],
        "component": parts,
    }


def _number(name: str, label: str, value: float | None, unit: str) -> Json:
    return {"code": concept(label, own(PART, name)), "valueQuantity": {"value": value, "unit": unit}}
