"""Nouns of the cards that a plan is made of: doses, tapers, prices, wishes, and what a treatment asks of a person."""

from dataclasses import dataclass

from painloom.knowledge.rule_cards import When

TAPER, STOP = "taper", "stop"
TAPER_KINDS = (TAPER, STOP)
FIRST, CURRENT = "first", "current"
BASES = (FIRST, CURRENT)
YEAR, COURSE = "year", "course"
PERIODS = (YEAR, COURSE)


@dataclass(frozen=True, slots=True)
class DoseLimit:
    """What lowers a dose: while `when` holds, at most `most` a day and a start of `start` (None = as without it)."""

    when: When
    start: float | None
    most: float | None
    text: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class DoseCard:
    """How one drug is begun for pain, in amounts a day of `unit`.

    `start`, `step` every `every_days` days, to a usual effective amount from `target_low` to `target_high`, never above `most`;
    `times` intakes a day; `weeks` at the target before it may be called a failure.
    None = not on the card, which then says so in words.  `drug` is the drug card; with `treatments` the card is meant for these alone
    (a gel is not dosed as a tablet).
    """

    id: str
    drug: str
    treatments: tuple[str, ...]
    release: str
    label: str
    licence: str
    claim: str
    sources: tuple[str, ...]
    route: str
    unit: str
    times: float | None
    start: float | None
    step: float | None
    every_days: float | None
    target_low: float | None
    target_high: float | None
    most: float | None
    weeks: float | None
    text: str
    state: str
    limits: tuple[DoseLimit, ...]
    open_questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a drug is lowered when it has been taken for [after_months, below_months): by `share` of the first or the current
    amount every `every_days` days, down to `until` (share of the first amount) where the next pace takes over or it is stopped."""

    after_months: float
    below_months: float | None
    share: float
    of: str
    every_days: float
    until: float
    text: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class TaperCard:
    """How drugs of some classes are stopped: by steps, or at once where nothing speaks against it."""

    id: str
    release: str
    label: str
    licence: str
    claim: str
    sources: tuple[str, ...]
    kind: str
    classes: tuple[str, ...]
    drugs: tuple[str, ...]
    paces: tuple[Pace, ...]
    text: str
    watch: str
    state: str
    open_questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What a treatment costs, low to high, by year or by course, in the table's currency; `basis` says of what."""

    treatment: str
    low: float
    high: float
    per: str
    basis: str
    state: str
    source: str


@dataclass(frozen=True)
class PriceTable:
    """A dated price table."""

    id: str
    release: str
    label: str
    licence: str
    claim: str
    sources: tuple[str, ...]
    currency: str
    year: int
    rows: dict[str, PriceRow]
    open_questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WishDomain:
    """What a person may wish for: `weight` when nobody says so, `raised` when a driver of `raised_by` (a kind) is present.

    `words` are (language, pattern) pairs: a wish that holds one of the words is about the domain.
    """

    id: str
    label: str
    weight: float
    raised: float
    raised_by: tuple[str, ...]
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class WishBook:
    """Domains with the declared numbers that bring them to one unit, people of 100 who are better off.

    `wished` is the weight of a domain that the person names; `hours` of effort and `money` are worth one person of 100 each at
    weight 1; `harm` is the weight of one who stops for an adverse effect; `control` the share who are better off without
    treatment, with which an effect in standard deviations is turned into people.
    """

    id: str
    release: str
    domains: tuple[WishDomain, ...]
    wished: float
    hours: float
    money: float
    harm: float
    control: float


@dataclass(frozen=True, slots=True)
class Serve:
    """What a treatment does for one domain of the wishes: `added` people of 100 better off (negative = worse off), with its band.

    It counts for the kinds of pain in `conditions` and everything below them; empty = whatever the kind.
    """

    domain: str
    added: float
    low: float
    high: float
    text: str
    state: str
    sources: tuple[str, ...]
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """How a treatment runs: `line` 1 (what anybody can begin) to 5 (an operation), hours of the person's time, weeks, in words.

    `access` says where it is to be had; `sessions` how many and how long.
    """

    line: int
    hours: float | None
    weeks: float | None
    sessions: str
    access: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contraindication:
    """What speaks against a treatment that is no drug: a condition on the person, or drugs of a group that are taken.

    With `refuses` it must not be begun; else it is said beside it.
    """

    when: When | None
    taking: tuple[str, ...]
    refuses: bool
    text: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotWith:
    """Treatments that do not go together in one plan, with the reason."""

    treatments: tuple[str, ...]
    text: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FirstChoice:
    """A guideline that puts a treatment first for a kind of pain; `against` where one asks not to."""

    condition: str
    body: str
    against: bool
    text: str
    state: str
    sources: tuple[str, ...]
