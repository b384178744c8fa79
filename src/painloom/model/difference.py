"""What another case would change: one line for each thing that differs between two assessments."""

from dataclasses import dataclass

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs.

    `part` is mechanism, driver, conflict, refusal, step, dose, taper, benefit, test, warning or statement; `kind` is added, removed or
    changed; `before` and `after` are "" where there is nothing.
    """

    part: str
    kind: str
    subject: str
    before: str
    after: str
