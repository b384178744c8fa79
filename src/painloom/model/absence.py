"""Not knowing is a value: each absence carries its reason and never turns into "normal" or zero."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """Nobody looked; `to_get` says what to add, `would_change` what it could change."""

    reason: str
    to_get: str = ""
    would_change: str = ""


@dataclass(frozen=True, slots=True)
class NotCallable:
    """It was looked at, and what was seen has no defined answer."""

    reason: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """An answer exists and is kept back, for instance because a quality gate failed."""

    reason: str


Absence = NotMeasured | NotCallable | Withheld
