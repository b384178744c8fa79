"""A clinical grade under three-valued answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GradeInput:
    """One question of the criteria; `value` is "yes", "no" or "unknown"; `changes` is True when knowing it could change the grade."""

    id: str
    label: str
    value: str
    changes: bool = False
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Grade:
    """What published criteria say of one person.

    `could_become` lists every other grade that some answers to the unknown questions would give.
    """

    criteria: str
    label: str
    mechanism: str
    grade: str
    grade_label: str
    could_become: tuple[str, ...]
    inputs: tuple[GradeInput, ...]
    claim: str
    state: str
    card: tuple[str, str]
    sources: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PainCode:
    """A candidate code with its parent and our own label; `state` is "verified" or "to-verify"; `basis` is the fact that states it."""

    code: str
    parent: str
    label: str
    state: str
    basis: str


@dataclass(frozen=True, slots=True)
class SeverityLevel:
    """The level of one axis, 0 to 3, from a rating of 0 to 10; `level` None = not given, with the reason in `why_not`."""

    axis: str
    level: int | None
    label: str
    state: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class PainCoding:
    """What can be coded: `codes` when the pain is chronic, else `would_be` holds the same once it is; `open` are kinds nobody spoke of."""

    status: str
    codes: tuple[PainCode, ...]
    would_be: tuple[PainCode, ...]
    open: tuple[PainCode, ...]
    severity: tuple[SeverityLevel, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SensoryFinding:
    """One value judged: `z` is above 0 for gain and below 0 for loss, None where it is not judged and `reason` says why."""

    test: str
    region: str
    side: str
    value: float
    z: float | None
    verdict: str
    reason: str = ""
