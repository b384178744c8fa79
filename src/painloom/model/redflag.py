"""Red flags: signs of something that must not be missed, raised, watched, absent or never asked about."""

from dataclasses import dataclass

PRESENT, WATCH, NOT_PRESENT, NOT_ASKED = "present", "watch", "not-present", "not-asked"
FLAG_STATES = (PRESENT, WATCH, NOT_ASKED, NOT_PRESENT)
URGENCY = ("at once", "same day", "days", "weeks")


@dataclass(frozen=True, slots=True)
class FlagFinding:
    """One finding that a flag asks about.

    `value` is one of body.TRUTH; `strength` is "strong", "weak" or "context"; `within` one of URGENCY; `basis` says what answered it.
    """

    id: str
    label: str
    value: str
    strength: str
    within: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class RedFlag:
    """One flag for one person; `state` is one of FLAG_STATES and never depends on a score of the plan.

    `found` are the findings answered yes; `not_asked` those without an answer, also where the flag is raised.  `within` is the soonest
    limit among the findings that raise it.  `knowledge_state` is "verified" or "to-verify".
    """

    id: str
    label: str
    state: str
    act: str
    within: str
    found: tuple[FlagFinding, ...]
    not_asked: tuple[FlagFinding, ...]
    claim: str
    knowledge_state: str
    card: tuple[str, str]
    sources: tuple[str, ...]
    notes: tuple[str, ...] = ()
