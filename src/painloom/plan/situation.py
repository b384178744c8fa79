"""What a plan is made from: nouns of the other rooms, and questions that only they can answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from painloom.knowledge.rule_cards import When
from painloom.model.advice import Advice
from painloom.model.formulation import Formulation
from painloom.model.medication import SafetyRow
from painloom.model.outlook import OutlookView, Refusal
from painloom.model.quantity import Interval
from painloom.model.redflag import RedFlag
from painloom.model.scores import SafetyAlert
from painloom.model.target import Target


@dataclass(frozen=True, slots=True)
class TakenDrug:
    """A drug that is taken now.

    `daily` is the amount a day in `unit`, None where it cannot be worked out; `months` since it was begun, None when not recorded.
    `classes` are those of its card, then every group it is in.
    `refusals` say why it would not be begun today.  `joined` are labels of the other drugs of the same tablet.
    """

    drug: str
    label: str
    is_pain: bool
    classes: tuple[str, ...]
    daily: Interval | None
    unit: str
    months: float | None
    as_needed: bool = False
    advice: tuple[Advice, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    joined: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that organ function allows of a drug a day in mg; None = do not use.  `because` names the value that says so."""

    most: float | None
    text: str
    because: str
    state: str
    sources: tuple[str, ...]


def _nothing(when: When) -> bool | None:
    return None


def _no_rows(begun: Mapping[str, str]) -> tuple[SafetyRow, ...]:
    return ()


@dataclass(frozen=True)
class Situation:
    """One person on the day of the plan.

    `holds` answers a condition on the person (None = not known), `asked` names what it asks about.  `clash` gives the warnings that name
    one of the drugs that would be begun (drug id -> route) beside what is taken.  `groups` are classes and groups of the drugs taken now.
    `caps` are ceilings by organ function and `unchecked` what was not measured and could lower one, both by drug.  `stopped` are drugs
    that were taken before.  `barred` are the drugs of a treatment's group that must not be begun, with the reason.  `scales` are
    "instrument.scale" -> (printed name, domain) of what the person has filled in.  `urgent` are emergencies of an imaging report.
    `is_young` says that the pain has not lasted long enough to be called chronic.  `instead` are drugs of the same class that
    nothing forbids once a drug that is taken is gone, by that drug.  `missing` names what must be known before a drug is begun.
    """

    outlook: OutlookView | None = None
    formulation: Formulation | None = None
    taken: tuple[TakenDrug, ...] = ()
    stopped: frozenset[str] = frozenset()
    safety: tuple[SafetyRow, ...] = ()
    alerts: tuple[SafetyAlert, ...] = ()
    red_flags: tuple[RedFlag, ...] = ()
    urgent: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    targets: tuple[Target, ...] = ()
    advice: Mapping[str, tuple[Advice, ...]] = field(default_factory=dict)
    caps: Mapping[str, tuple[Cap, ...]] = field(default_factory=dict)
    unchecked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()
    holds: Callable[[When], bool | None] = _nothing
    asked: Callable[[When], str] = lambda when: when.fact or when.measure
    clash: Callable[[Mapping[str, str]], tuple[SafetyRow, ...]] = _no_rows
    wishes: tuple[str, ...] = ()
    pain_0_10: float | None = None
    is_young: bool = False
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    scales: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    barred: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
