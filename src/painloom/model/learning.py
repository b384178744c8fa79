"""What was learned after the start: from an early score, from a trial in one person, from a clinic's own outcomes."""

from dataclasses import dataclass

ACTIVE, COMPARATOR = "A", "B"
ARMS = (ACTIVE, COMPARATOR)
CONTINUE, RAISE_OR_WAIT, STOP, SETTLE_DOSE = "continue", "raise or wait", "stop", "settle the dose first"
ADVICE = (CONTINUE, RAISE_OR_WAIT, STOP, SETTLE_DOSE)
BENEFIT, NO_CLEAR_BENEFIT, HARM, UNDECIDED = "benefit", "no clear benefit", "harm", "undecided"
VERDICTS = (BENEFIT, NO_CLEAR_BENEFIT, HARM, UNDECIDED)
TOO_FEW, FITS, TOO_HIGH, TOO_LOW, TOO_EXTREME, TOO_TIMID, UNJUDGED = (
    "too few to judge",
    "no misfit seen",
    "predicts too high",
    "predicts too low",
    "predictions too extreme",
    "predictions too timid",
    "cannot be computed",
)


@dataclass(frozen=True, slots=True)
class Belief:
    """A quantity as a normal distribution: `mean` and `sd` above 0, or 0 where it is taken as known."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Span:
    """A value with an interval whose coverage its holder names; any of the three is None where it does not exist."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class EarlyUpdate:
    """What an early score says of week 12, for one person; improvements are points of 0 to 10, positive = less pain.

    `improvement` is the whole improvement by week 12, `course` the part that comes whatever is done, `effect` the part of the treatment;
    each after the early score.  `p30`, `p50` are the probabilities of at least 30 and 50 % less pain, `p30_before`, `p50_before` the same
    before it.  `effect_moved` in [0, 1] is the share of the variance of the effect that the score took away.  `advice` is one of ADVICE.
    """

    week: float
    improvement: Belief
    course: Belief
    effect: Belief
    p30: float
    p50: float
    p30_before: float
    p50_before: float
    effect_moved: float
    advice: str
    why: str


@dataclass(frozen=True, slots=True)
class TrialPeriod:
    """One period of a trial in one person; days count from 1 at the start of the trial.

    `treatment` is "A" or "B"; `package` is the number on the package, which says nothing of its content.  Scores count from the day
    `first_counted` on: what lies before is washout.
    """

    cycle: int
    period: int
    treatment: str
    package: str
    first_day: int
    first_counted: int
    last_day: int


@dataclass(frozen=True, slots=True)
class Sizing:
    """What a trial of so many cycles can tell: `error` is the standard error of the effect from the data alone, `sd` the SD after it.

    `conclusive` is the probability, before the trial, that the interval excludes the least important difference; `shows_more` and
    `shows_less` are its two parts (all above it, all below it).
    """

    cycles: int
    error: float
    sd: float
    shows_more: float
    shows_less: float

    @property
    def conclusive(self) -> float:
        """Probability that the interval lies wholly on one side of the least important difference."""
        return self.shows_more + self.shows_less


@dataclass(frozen=True, slots=True)
class PersonalEffect:
    """The effect in one person after a trial of periods; positive = the active treatment is better, in points of the score.

    `low`, `high` bound `level`; `p_positive` and `p_important` are the probabilities of more than 0 and of more than the least important
    difference; `residual_sd` is the SD of a daily score within a period, `period_sd` that between periods, `autocorrelation` of one day
    with the next (posterior means); `carry_over` is None where it was not in the model.  `verdict` is one of VERDICTS.
    """

    effect: Belief
    low: float
    high: float
    level: float
    p_positive: float
    p_important: float
    verdict: str
    why: str
    periods: int
    scores: int
    trend: Belief
    carry_over: Belief | None
    residual_sd: float
    period_sd: float
    autocorrelation: float


@dataclass(frozen=True, slots=True)
class CrossoverEffect:
    """The mean benefit of many crossovers; positive = the active treatment is better.

    `sd` is that of the paired differences.  `between_sd` is how much people's true effects differ, None where everybody has one difference
    (then it cannot be told from noise).  `by_period`, `period_effect`: the benefit and the later period's gain, where the order was given.
    """

    people: int
    mean: float
    error: float
    sd: float
    low: float
    high: float
    level: float
    p_positive: float
    p_important: float
    verdict: str
    why: str
    between_sd: float | None = None
    by_period: Belief | None = None
    period_effect: Belief | None = None
    persons: tuple[tuple[str, Belief], ...] = ()


@dataclass(frozen=True, slots=True)
class Learned:
    """A belief before and after a clinic's own outcomes, in SDs of the score.

    `observed` is what the clinic saw, with the standard error of sampling alone; `allowed` is its SD when bias is allowed for, and
    `bias_sd` how much that is (0 = allocation was random).  `share` in [0, 1] is the part of the prior variance that went.
    `e_value` and `e_limit` are those of the contrasts without random allocation and of the limit of their 95 % interval; None where there
    are none.
    """

    prior: Belief
    observed: Belief
    allowed: float
    bias_sd: float
    posterior: Belief
    share: float
    e_value: float | None
    e_limit: float | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """People with like predictions: mean predicted and observed rate, with the interval of the observed one and of the prediction."""

    people: int
    predicted: float
    observed: float
    low: float
    high: float
    expected_low: float | None = None
    expected_high: float | None = None


@dataclass(frozen=True, slots=True)
class BenefitReport:
    """Predicted against observed benefit in pairs of one treated and one untreated person with like predicted benefit.

    `concordance` is the C-for-benefit with its 95 % interval: 0.5 = the predictions tell nothing about who benefits more.
    """

    pairs: int
    predicted: float
    observed: Span
    concordance: Span
    groups: tuple[Group, ...]
    verdict: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """Predicted probabilities against what happened; intervals are 95 %.

    `in_the_large` is observed minus predicted mean; `intercept` and `slope` are on the log odds (0 and 1 when all is well); `bounds` is
    `in_the_large` if all missing outcomes were failures and if all were responses, `brier_bounds` the least and greatest Brier score.
    `covered` is the share of groups whose observed rate lies in the 80 % band of the prediction with chance added.  What cannot be
    computed has the value None.  `verdict` is one of the words of this module.
    """

    people: int
    missing: int
    responders: int
    in_the_large: Span
    bounds: tuple[float, float]
    intercept: Span
    slope: Span
    brier: float | None
    brier_bounds: tuple[float, float]
    scaled_brier: float | None
    auc: Span
    covered: Span
    groups: tuple[Group, ...]
    verdict: str
    benefit: BenefitReport | None = None
    notes: tuple[str, ...] = ()
