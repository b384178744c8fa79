"""What to do: ordered steps with doses and reasons, what is refused, when to look again, what it costs."""

from dataclasses import dataclass

from painloom.model.outlook import Band, Refusal

BEGIN, KEEP, CHANGE, STOP, REFER, ASK = "begin", "keep", "change", "stop", "refer", "ask"
ACTIONS = (BEGIN, KEEP, CHANGE, STOP, REFER, ASK)


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
    """Amounts in `unit`: start, step, ceiling a day under genotype and organ function; `limited_by` says what lowered it."""

    unit: str
    start: float | None
    step: float | None
    ceiling: float | None
    every_days: float | None
    text: str
    limited_by: tuple[str, ...]
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
    """One step of the plan, in order; `role` is what it serves: safety, mechanism, driver, symptom, rehabilitation."""

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


@dataclass(frozen=True, slots=True)
class Option:
    """One eligible treatment with its expected utility under the person's wishes, and whether the bands tell it apart from the leader."""

    treatment: str
    label: str
    modality: str
    utility: Band
    is_tied: bool
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in order, options that were weighed, refusals, wishes that were understood, and what was left out and why."""

    steps: tuple[Step, ...]
    options: tuple[Option, ...]
    refusals: tuple[Refusal, ...]
    wishes: tuple[tuple[str, float], ...]
    abstains: str
    warnings: tuple[str, ...] = ()
