"""Nouns of a marker card: what a published brain model wants, what it was shown to do, and where its weights come from."""

from dataclasses import dataclass

CONNECTIVITY, MAP, DESCRIBED = "partial-correlation", "map", "described"
KINDS = (CONNECTIVITY, MAP, DESCRIBED)
SHIPPED, OWN = "shipped", "bring-your-own"
WEIGHTS = (SHIPPED, OWN)
STATES = ("verified", "to-verify")
EVIDENCE = ("out-of-sample", "cross-validated", "in-sample", "same-study")
SCORES = ("dot", "cosine", "correlation")
VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the input, by position: its printed `name` may occur twice.

    `label` is the number of the region in the atlas, None where the column comes from the confounds column `confound`; `centre` is the
    region's centre of gravity in the atlas in mm.
    """

    position: int
    name: str
    label: int | None
    confound: str
    centre: tuple[float, float, float] | None
    text: str


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model on standardised partial correlations: score = intercept + sum weight (c[first, second] - centre) / scale."""

    intercept: float
    first: tuple[int, ...]
    second: tuple[int, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weight: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Gates; None = the card has none of this kind.  Displacements in mm, shares in per cent."""

    mean_fd_mm: float | None
    scrub_fd_mm: float | None
    scrubbed_percent: float | None
    volumes_left: int | None
    coverage_percent: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Weights:
    """Where the model's numbers come from: `origin` is shipped or bring-your-own; `sha256` of the file a clinic brings, "" = none set.

    `score` names which product of map and weights is the score; `notice` is a licence text that must go along.
    """

    origin: str
    licence: str
    sha256: str
    score: str
    text: str
    notice: str


@dataclass(frozen=True, slots=True)
class Performance:
    """One published figure: `value` with its interval (None where none was given) from `count` people; `evidence` says on whom."""

    what: str
    measure: str
    value: float
    low: float | None
    high: float | None
    count: int | None
    evidence: str
    state: str
    source: str


@dataclass(frozen=True, slots=True)
class Reliability:
    """One published figure of test and retest: intraclass correlation `icc` over `interval`; `sd` in units of the score, None = unknown."""

    interval: str
    icc: float
    sd: float | None
    count: int | None
    text: str
    state: str
    source: str


@dataclass(frozen=True, slots=True)
class Cohort:
    """Sorted `scores` of named reference people; `is_in_sample`: the model was trained on them; `is_default`: taken when none is named."""

    id: str
    label: str
    site: str
    scanner: str
    population: str
    note: str
    is_in_sample: bool
    is_default: bool
    source: str
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class MarkerCard:
    """One published model.

    `columns` are empty unless the model works on regional series; `model` is None unless its numbers are shipped and linear.
    `site_offset` is the warning that goes beside every raw score.
    """

    id: str
    release: str
    licence: str
    claim: str
    label: str
    kind: str
    unit: str
    meaning: str
    input: str
    space: str
    population: str
    use: tuple[str, ...]
    never: tuple[str, ...]
    site_offset: str
    reliability_text: str
    limits: Limits
    weights: Weights
    columns: tuple[Column, ...]
    model: Linear | None
    performance: tuple[Performance, ...]
    reliability: tuple[Reliability, ...]
    cohorts: tuple[Cohort, ...]
    sources: tuple[str, ...]
    open_questions: tuple[str, ...]
