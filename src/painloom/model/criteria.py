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
