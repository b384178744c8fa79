"""One typed card per questionnaire or rating: items, scales, bands, what change counts.  No wording, only our own short labels."""

from dataclasses import dataclass, field
from functools import cached_property

from painloom.model.answers import ItemRange

SCALE_KINDS = (
    "sum",
    "mean",
    "percent",
    "inverse-percent",
    "ticks",
    "t-table",
    "groups",
    "branching",
    "rule",
    "value-set",
)
LICENCE_CLASSES = (
    "public-domain",
    "free",
    "free-with-citation",
    "free-noncommercial",
    "registration",
    "permission",
    "permission-for-software",
    "paid",
    "open-licence",
)
NEED_PERMISSION = ("permission", "permission-for-software", "paid", "registration")
STATES = ("verified", "to-verify")
CHANGE_KINDS = ("mic", "mdc", "reliable-change", "response", "remission")
CHANGE_UNITS = ("points", "percent-of-baseline", "score")


@dataclass(frozen=True, slots=True)
class Item:
    """One item: column id, our own short label, allowed answers, codes.

    `codes` gives the points of answer codes for this very item; a code has no points of its own.
    """

    range: ItemRange
    label: str
    loinc: str = ""
    bank_id: str = ""
    codes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Also:
    """A second scale that a band asks for, by its own limits."""

    scale: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Band:
    """Scores from `low` to `high`, both included, and the population they were set for."""

    id: str
    low: float
    high: float
    label: str
    population: str
    state: str
    sources: tuple[str, ...]
    also: Also | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """How large a change must be: `kind` of CHANGE_KINDS, from `low` to `high` (equal = one value) in a population."""

    kind: str
    low: float
    high: float
    unit: str
    population: str
    n: int
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Precision:
    """A published standard error of measurement, in points of the scale."""

    sem: float
    population: str
    n: int
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Norm:
    """Mean and SD of a named group; `sd` is None where it was not printed."""

    population: str
    mean: float
    sd: float | None
    n: int
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """True when a quantity is at least `low`: a scale's value, or how many of `items` reach their own threshold.

    `thresholds` are (item index, value that counts) pairs; either they or `scale` are given.
    """

    low: float
    scale: str = ""
    thresholds: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One result of a rule, reached when all conditions of any clause hold; outcomes are ordered, the gravest first."""

    id: str
    value: float
    clauses: tuple[tuple[Condition, ...], ...]


@dataclass(frozen=True, slots=True)
class Skip:
    """After the answer 0 to `gate` the form skips `items`: left empty there, they count as their lowest answer."""

    gate: int
    items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """A score from which one must ask about `about`, although the instrument holds no such item."""

    low: float
    about: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """One score.  `items` and keys of `points` are item indices from 0; `needs` is how many must be answered.

    `points` maps an item's answers to other points where they differ from the answer itself.  `table` names a TSV beside the card.
    An `extra` scale stands on the report and not in the plain score table.  `gate` is the item that ends a branching scale when it is 0.
    """

    id: str
    label: str
    kind: str
    items: tuple[int, ...]
    needs: int
    unit: str
    low: float | None
    high: float | None
    higher_is: str
    decimals: int
    domain: str
    reversed: tuple[int, ...] = ()
    factor: float = 1.0
    top: float = 0.0
    points: tuple[tuple[int, tuple[tuple[int, float], ...]], ...] = ()
    groups: tuple[tuple[int, ...], ...] = ()
    gate: int = -1
    outcomes: tuple[Outcome, ...] = ()
    skipped: tuple[Skip, ...] = ()
    otherwise: str = ""
    table: str = ""
    missing_rule: str = ""
    missing_state: str = ""
    loinc: str = ""
    snomed: str = ""
    judged_on: float = 0.0
    state: str = "verified"
    extra: bool = False
    bands: tuple[Band, ...] = ()
    changes: tuple[Change, ...] = ()
    precision: tuple[Precision, ...] = ()
    norms: tuple[Norm, ...] = ()
    asks: tuple[Ask, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertRule:
    """Items that need action at once: fires "present" from `low` on any of `items`, "unanswered" when one of `must` is empty."""

    id: str
    about: str
    items: tuple[int, ...]
    low: int
    must: tuple[int, ...]


@dataclass(frozen=True)
class InstrumentCard:
    """An instrument: what it asks (in our labels), how it is scored, what its scores mean, who owns it."""

    id: str
    release: str
    name: str
    label: str
    claim: str
    licence: str
    licence_class: str
    owner: str
    sources: tuple[str, ...]
    state: str
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    alerts: tuple[AlertRule, ...] = ()
    loinc_panel: str = ""
    titles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()
    tables: dict[str, tuple[dict[str, str], ...]] = field(default_factory=dict)

    @cached_property
    def ranges(self) -> tuple[ItemRange, ...]:
        """The allowed answers of every item, in order."""
        return tuple(item.range for item in self.items)

    @cached_property
    def by_scale(self) -> dict[str, Scale]:
        """Scales by id."""
        return {scale.id: scale for scale in self.scales}
