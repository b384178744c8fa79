"""Scale scores of many people, and what must be acted on at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SCORED, PRORATED, NOT_SCORED = 0, 1, 2
STATUS = ("scored", "prorated", "not_scored")
NO_BAND = -1


@dataclass(frozen=True, slots=True)
class ScaleScores:
    """One scale for all people; arrays have one entry a person.

    `score` and `se` are float64, NaN where there is none; `band` indexes `bands`, NO_BAND where none applies; `status` indexes STATUS;
    `answered` counts the answered items of this scale, `count` is how many it has.  `reasons` says in words why a person is not scored, by
    the number of answered items or under -1 for a reason that holds whatever was answered.
    """

    scale: str
    unit: str
    decimals: int
    score: npt.NDArray[np.float64]
    se: npt.NDArray[np.float64]
    band: npt.NDArray[np.int8]
    bands: tuple[str, ...]
    answered: npt.NDArray[np.int16]
    count: int
    status: npt.NDArray[np.int8]
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class ItemAlert:
    """An item that needs action at once: `state` indexes `states` for every person, -1 where nothing fires."""

    id: str
    state: npt.NDArray[np.int8]
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SafetyAlert:
    """A signal that a named person must act on.

    `triage` is the level as the rule set names it; `owner` is a role, `within` the time limit in words; `means` lists drugs at home that
    could harm; `date` is the day of the newest answer or fact that it rests on, "" when unknown.  It is never cleared by a score, only by
    a person.
    """

    code: str
    source: str
    signal: str
    triage: str
    owner: str
    within: str
    action: str
    means: tuple[str, ...]
    rule: str
    rule_state: str
    sources: tuple[str, ...]
    date: str = ""
