"""Safety rows as the flat table of `body meds`."""

from collections.abc import Iterable

from painloom.model.medication import SafetyRow

MEDS_COLUMNS = ("kind", "subject", "value", "unit", "severity", "message", "source")
ABSENT = "."


def meds_rows(rows: Iterable[SafetyRow]) -> list[tuple[str, ...]]:
    """One tuple a row in the order of MEDS_COLUMNS; "." stands for no value."""
    cells = ((r.kind, r.subject, r.value, r.unit, r.severity, r.message, r.source) for r in rows)
    return [tuple(" ".join(cell.split()) or ABSENT for cell in row) for row in cells]
