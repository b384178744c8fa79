"""A drug list, normalised and judged."""

from dataclasses import dataclass

from painloom.model.case import DrugUse
from painloom.model.quantity import Interval

SEVERITIES = ("contraindicated", "severe", "major", "moderate", "caution", "info", "ok", "none")
QUIET = ("info", "ok", "none")


@dataclass(frozen=True, slots=True)
class Intake:
    """One ingredient of one entry of the list.

    `drug` is the card's id, "" when no card knows it.  `daily` is the amount a day in `unit` ("mg"), or the hourly rate worn ("mcg/h");
    None with the reason in `problem` where it cannot be worked out.
    """

    use: DrugUse
    drug: str
    label: str
    daily: Interval | None
    unit: str
    route: str
    form: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SafetyRow:
    """One row of `body meds`: what, about which drugs, how grave, and who says so; `value` is "" where the row holds no number."""

    kind: str
    subject: str
    value: str
    unit: str
    severity: str
    message: str
    source: str
    state: str = "verified"
    card: str = ""
    drugs: tuple[str, ...] = ()

    @property
    def is_warning(self) -> bool:
        """False for what only informs."""
        return self.severity not in QUIET
