"""What was learned after the start: from an early score, from a trial in one person, from a clinic's own outcomes."""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from painloom.errors import InputError

LAST_WEEK = 12.0

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
class Dynamics:
    """How much of the final improvement shows early.

    Parameters
    ----------
    weeks, shares : week and the share of the improvement of week 12 that has come by then; both rise.  Between them, from 0 at the start
        and to 1 at week 12, shares run straight.
    noise_sd : SD in points of an early score around that path, all weeks alike; fitted by `noise_of_ratio`.
    spread : SD in points of the improvement among people under one treatment, course and residual together.
    course_sd : the part of `spread` that is doubt about this person's natural course, in points.
    effect_sd : SD in points of the effect where no band is given.

    early_cut : the share of the first score that counts as an early improvement.
    stop_below : the treatment is to be stopped where the chance of a response is below this, in an adequate dose.

    Notes
    -----
    The numbers stand on the evidence card; docs/methods/learning.md says where each comes from.
    """

    weeks: tuple[float, ...]
    shares: tuple[float, ...]
    noise_sd: float
    spread: float
    course_sd: float
    effect_sd: float
    early_cut: float
    stop_below: float

    def __post_init__(self) -> None:
        """Refuse paths that do not rise and SDs that are none."""
        weeks, shares = (0.0, *self.weeks, LAST_WEEK), (0.0, *self.shares, 1.0)
        if len(weeks) != len(shares) or any(a >= b for a, b in itertools.pairwise(weeks)):
            raise InputError(f"dynamics: weeks must rise between 0 and {LAST_WEEK:g}, with one share each")
        if any(a > b for a, b in itertools.pairwise(shares)) or any(share <= 0 for share in self.shares):
            raise InputError("dynamics: shares must rise, above 0 and at most 1")
        sizes = (self.noise_sd, self.spread, self.course_sd, self.effect_sd)
        if not all(math.isfinite(x) and x > 0 for x in sizes) or self.course_sd >= self.spread:
            raise InputError("dynamics: SDs must be above 0, that of the course below the whole spread")

    def share_at(self, week: float) -> float:
        """Share in (0, 1] of the improvement of week 12 that has come by `week`.

        Raises
        ------
        InputError : the week does not lie between 0 and 12.
        """
        if not 0 < week < LAST_WEEK:
            raise InputError(f"week: {week:g} does not lie between 0 and {LAST_WEEK:g}; give the week of the early score")
        return float(np.interp(week, (0.0, *self.weeks, LAST_WEEK), (0.0, *self.shares, 1.0)))

    @property
    def residual_sd(self) -> float:
        """SD in points of what neither course nor effect explains."""
        return math.sqrt(self.spread**2 - self.course_sd**2)


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
