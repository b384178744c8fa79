"""What to do: ordered steps with doses and reasons, what is refused, when to look again, what it costs."""

from dataclasses import dataclass

from painloom.model.outlook import Band, Refusal

BEGIN, KEEP, CHANGE, STOP, REFER, ASK = "begin", "keep", "change", "stop", "refer", "ask"
ACTIONS = (BEGIN, KEEP, CHANGE, STOP, REFER, ASK)
NOW, NEXT, LATER = "now", "next", "later"
WHENS = (NOW, NEXT, LATER)
SAFETY, MECHANISM, DRIVER, SYMPTOM, REHABILITATION = "safety", "mechanism", "driver", "symptom", "rehabilitation"
OTHER_ILLNESS = "other-illness"
ROLES = (SAFETY, MECHANISM, DRIVER, SYMPTOM, REHABILITATION, OTHER_ILLNESS)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, from one stream: genome, brain, mind, body or evidence; `finding` is what it rests on, `card` what judged it."""

    stream: str
    text: str
    finding: str = ""
    card: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Dose:
    """Amounts a day in `unit`: start, step, ceiling under genotype and organ function; `limited_by` says what lowered it.

    `drug` is the drug that is meant, `times` how many intakes a day.  `target` is the usual effective amount, low to high, already
    held under the ceiling.  `unchecked` are things that were not measured and could lower the ceiling: absent is never normal.
    """

    unit: str
    start: float | None
    step: float | None
    ceiling: float | None
    every_days: float | None
    text: str
    limited_by: tuple[str, ...]
    state: str
    sources: tuple[str, ...]
    drug: str = ""
    label: str = ""
    times: float | None = None
    target: tuple[float, float] | None = None
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaperStep:
    """One amount of a taper: from day `day` on, `amount` a day in `unit`; `share` of what is taken now, in [0, 1]."""

    day: int
    share: float
    amount: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Taper:
    """How to stop: the pace in words, the first amounts, what to watch for; `must` is False where it may be stopped at once."""

    must: bool
    text: str
    steps: tuple[TaperStep, ...]
    watch: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """When to look again: after `weeks`, with which measure, what change counts, and what to do when it has not come."""

    weeks: float
    measure: str
    counts: str
    otherwise: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Price:
    """What it costs a year, low to high, in `currency`; `source` names the price table."""

    low: float
    high: float
    currency: str
    source: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the plan, in order; `role` is what it serves, one of ROLES.

    `when` is one of WHENS; `depends` says in words what a later step waits for.  `drugs` are ids of the drugs that it is about,
    `course` how a therapy runs (sessions, hours, access).  `tied` are labels of options that the bands cannot tell apart from it.
    """

    order: int
    action: str
    treatment: str
    label: str
    modality: str
    role: str
    text: str
    reasons: tuple[Reason, ...]
    utility: Band | None
    dose: Dose | None
    checks: tuple[Check, ...]
    price: Price | None
    alternatives: tuple[str, ...]
    notes: tuple[str, ...] = ()
    when: str = NOW
    depends: str = ""
    drugs: tuple[str, ...] = ()
    taper: Taper | None = None
    course: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One eligible treatment with its expected utility under the person's wishes, and whether the bands tell it apart from the leader.

    `utility` and `parts` (by domain of the wishes) are in people of 100 who are better off.  `slot` is where it competes; `is_chosen`
    that a step of the plan begins or keeps it; `why_not` says why it is not in the plan, "" where it is.
    """

    treatment: str
    label: str
    modality: str
    utility: Band
    is_tied: bool
    parts: tuple[tuple[str, float], ...]
    slot: str = ""
    is_chosen: bool = False
    why_not: str = ""
    condition: str = ""
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in order, options that were weighed, refusals, wishes that were understood, and what was left out and why.

    `wishes` are weights by domain; `unread` wishes that no word list understood: shown to the person's team, never dropped.
    `follow_up` is the schedule of the whole plan; a check of one treatment stands with its step.
    """

    steps: tuple[Step, ...]
    options: tuple[Option, ...]
    refusals: tuple[Refusal, ...]
    wishes: tuple[tuple[str, float], ...]
    abstains: str
    warnings: tuple[str, ...] = ()
    follow_up: tuple[Check, ...] = ()
    unread: tuple[str, ...] = ()
    statement: str = ""
