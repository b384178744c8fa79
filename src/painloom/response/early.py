"""A score in the first weeks -> what week 12 will bring: a Kalman step in closed form, and the rule for stopping.

Improvements are points of 0 to 10, positive = less pain.  The improvement by week 12 is course (comes whatever is done) + effect (of the
treatment) + residual, all normal; the early score shows a share of it with noise.  One person's early score cannot tell course from
effect: it moves both in the proportion of their variances, so the belief in the effect alone hardly changes.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from painloom.errors import InputError
from painloom.model.learning import CONTINUE, LAST_WEEK, RAISE_OR_WAIT, SETTLE_DOSE, STOP, Belief, Dynamics, EarlyUpdate
from painloom.response.distributions import normal_cdf, normal_quantile

Array = NDArray[np.float64]
HIGHEST = 10.0
MODERATE, SUBSTANTIAL = 0.3, 0.5  # shares of the baseline that count as a response
BAND_Z = normal_quantile(0.9)
HALVINGS = 80


@dataclass(frozen=True, slots=True)
class Prior:
    """What was expected of week 12 before the early score, in points; every field a number or an array (people,); SDs above or at 0."""

    course: ArrayLike
    course_sd: ArrayLike
    effect: ArrayLike
    effect_sd: ArrayLike
    residual_sd: ArrayLike


@dataclass(frozen=True, slots=True)
class Step:
    """The beliefs after the early score, each (people,), in points; `moved` is the share of the effect's variance that went."""

    improvement: Array
    improvement_sd: Array
    course: Array
    course_sd: Array
    effect: Array
    effect_sd: Array
    moved: Array


def kalman_step(baseline: ArrayLike, early: ArrayLike, share: ArrayLike, noise_sd: ArrayLike, prior: Prior) -> Step:
    """Beliefs on course, effect and their sum with the residual after one early score, exact for normal priors.

    Parameters
    ----------
    baseline, early : scores in points, (people,) or one number.
    share : share of the improvement of week 12 that has come by then, in (0, 1].
    noise_sd : SD in points of the early score around its path, above 0.
    """
    means = [np.asarray(x, dtype=float) for x in (prior.course, prior.effect)]
    variances = [np.square(np.asarray(x, dtype=float)) for x in (prior.course_sd, prior.effect_sd, prior.residual_sd)]
    k, noise = np.asarray(share, dtype=float), np.square(np.asarray(noise_sd, dtype=float))
    total = variances[0] + variances[1] + variances[2]
    observed = np.square(k) * total + noise
    surprise = np.asarray(baseline, dtype=float) - np.asarray(early, dtype=float) - k * (means[0] + means[1])

    def after(variance: Array) -> tuple[Array, Array]:
        return k * variance / observed * surprise, np.sqrt(variance - np.square(k * variance) / observed)

    whole, course, effect = (after(v) for v in (total, variances[0], variances[1]))
    sd = np.sqrt(total * noise / observed)  # the same as whole[1], without the difference of two near numbers
    moved = np.square(k) * variances[1] / observed
    parts = (means[0] + means[1] + whole[0], sd, means[0] + course[0], course[1], means[1] + effect[0], effect[1], moved)
    return Step(*(np.asarray(part) for part in np.broadcast_arrays(*parts)))


def response(baseline: ArrayLike, improvement: ArrayLike, sd: ArrayLike, share: float) -> Array:
    """Probability that the pain falls by at least `share` of `baseline`; a score below 0 counts as 0, which changes nothing here."""
    need = share * np.asarray(baseline, dtype=float)
    distance = np.asarray((np.asarray(improvement, dtype=float) - need) / np.asarray(sd, dtype=float))
    return normal_cdf(distance.reshape(-1)).reshape(distance.shape)


def prior_of_rates(baseline: float, control: float, benefit: float, dynamics: Dynamics, band: tuple[float, float] | None = None) -> Prior:
    """The prior that returns the control rate and the added benefit of 30 % less pain for this baseline.

    Parameters
    ----------
    baseline : pain before the start, above 0 and at most 10.
    control : probability of the response whatever is done, inside (0, 1).
    benefit : what the treatment adds; control + benefit inside (0, 1).
    band : 80 % band of the added benefit; without it the SD of the effect is that of `dynamics`.

    Raises
    ------
    InputError : a value outside its range, or a band that does not hold the benefit.
    """
    _check_baseline(baseline)
    ends = (benefit,) if band is None else (band[0], benefit, band[1])
    if not 0 < control < 1 or not all(0 < control + end < 1 for end in ends):
        raise InputError("rates: the control rate, alone and with the added benefit and its band, must lie between 0 and 1")
    if band is not None and not band[0] <= benefit <= band[1]:
        raise InputError("band: must hold the added benefit; give its lower end first")
    at_rest = normal_quantile(control)
    sd = dynamics.effect_sd
    if band is not None:
        low, high = (dynamics.spread * (normal_quantile(control + end) - at_rest) for end in band)
        sd = (high - low) / (2 * BAND_Z)
    need = MODERATE * baseline
    course = need + dynamics.spread * at_rest
    effect = need + math.hypot(dynamics.spread, sd) * normal_quantile(control + benefit) - course
    return Prior(course, dynamics.course_sd, effect, sd, dynamics.residual_sd)


def early_update(
    baseline: float, early: float, week: float, prior: Prior, dynamics: Dynamics, *, adequate: bool | None = None
) -> EarlyUpdate:
    """One person's outlook after a score at `week`, with the advice of the stop rule.

    Parameters
    ----------
    baseline, early : pain on 0 to 10 before the start (above 0) and at `week`.
    adequate : whether the dose or the amount given was one that can work; None = not known, which is never taken as adequate.

    Raises
    ------
    InputError : a score outside 0 to 10, or a week outside 0 to 12.
    """
    _check_baseline(baseline)
    if not 0 <= early <= HIGHEST:
        raise InputError(f"early score: lies outside 0 to {HIGHEST:g}; give pain on the same scale as the baseline")
    share = dynamics.share_at(week)
    step = kalman_step(baseline, early, share, dynamics.noise_sd, prior)
    before = kalman_step(baseline, early, 0.0, dynamics.noise_sd, prior)  # a share of 0 shows nothing: the prior itself
    p30, p50, old30, old50 = (
        float(response(baseline, s.improvement, s.improvement_sd, need)) for s in (step, before) for need in (MODERATE, SUBSTANTIAL)
    )
    advice, why = _advice(p30, adequate, dynamics.stop_below)
    return EarlyUpdate(
        week,
        Belief(float(step.improvement), float(step.improvement_sd)),
        Belief(float(step.course), float(step.course_sd)),
        Belief(float(step.effect), float(step.effect_sd)),
        p30,
        p50,
        old30,
        old50,
        float(step.moved),
        advice,
        why,
    )


def _advice(p30: float, adequate: bool | None, limit: float) -> tuple[str, str]:
    chance = f"the chance of 30 % less pain at {LAST_WEEK:g} weeks is {p30:.0%}"
    if p30 >= limit:
        return CONTINUE, f"{chance}, at or above the limit of {limit:.0%}"
    if adequate:
        return STOP, f"{chance}, below {limit:.0%} in an adequate dose; stop the way its label asks, some need tapering"
    if adequate is None:
        return SETTLE_DOSE, f"{chance}, below {limit:.0%}, but it was not said whether the dose is adequate"
    return RAISE_OR_WAIT, f"{chance}, below {limit:.0%}, but the dose is not adequate yet: this says little of the treatment"


def _check_baseline(baseline: float) -> None:
    if not 0 < baseline <= HIGHEST:
        raise InputError(f"baseline: must lie above 0 and at most at {HIGHEST:g}; without pain there is no response to predict")


def early_ratio(baseline: float, rate: float, week: float, dynamics: Dynamics, *, need: float = MODERATE) -> float:
    """How many times likelier a response at week 12 is after an early improvement than without one, by the model; above 1.

    Parameters
    ----------
    baseline : mean pain of the trial's people before the start.
    rate : share of all who improve by at least 30 % by week 12; it sets the mean.
    need : share of the baseline that counts as response in the ratio.

    Notes
    -----
    Early and final improvement are bivariate normal; the probability of both by Owen's T function.
    """
    share, spread = dynamics.share_at(week), dynamics.spread
    mean = MODERATE * baseline + spread * normal_quantile(rate)
    seen_sd = math.hypot(share * spread, dynamics.noise_sd)
    final = (mean - need * baseline) / spread
    early = (share * mean - dynamics.early_cut * baseline) / seen_sd
    p_final, p_early = (float(p) for p in normal_cdf(np.asarray([final, early])))
    both = both_below(final, early, share * spread / seen_sd)
    return (both / p_early) / ((p_final - both) / (1 - p_early))


def noise_of_ratio(ratio: float, baseline: float, rate: float, week: float, dynamics: Dynamics) -> float:
    """The `noise_sd` in points with which the model returns a published ratio of responses (`early_ratio`), by bisection.

    Raises
    ------
    InputError : no noise between 0.05 and 20 points gives this ratio.
    """
    low, high = 0.05, 20.0
    ends = [early_ratio(baseline, rate, week, replace(dynamics, noise_sd=sd)) for sd in (low, high)]
    if not ends[1] <= ratio <= ends[0]:
        raise InputError(f"ratio: the model gives {ends[1]:.2f} to {ends[0]:.3g}; {ratio:g} lies outside")
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        found = early_ratio(baseline, rate, week, replace(dynamics, noise_sd=middle))
        low, high = (middle, high) if found > ratio else (low, middle)
    return 0.5 * (low + high)


def both_below(first: float, second: float, correlation: float) -> float:
    """Probability that two standard normals with this correlation, inside (-1, 1), lie below `first` and `second`.

    Sources
    -------
    Owen 1956, Ann Math Stat 27:1075
    """
    from scipy.special import owens_t

    root = math.sqrt((1 - correlation) * (1 + correlation))
    cdf = normal_cdf(np.asarray([first, second]))
    if first == 0.0 and second == 0.0:
        return 0.25 + math.asin(correlation) / (2 * math.pi)

    def part(a: float, b: float) -> float:
        # T(0, +-inf) = +-1/4; the sign is that of the other limit
        return float(owens_t(a, (b / a - correlation) / root)) if a != 0.0 else math.copysign(0.25, b)

    apart = 0.5 if first * second < 0 or (first * second == 0 and first + second < 0) else 0.0
    return float(cdf.sum()) / 2 - part(first, second) - part(second, first) - apart


def remarks(update: EarlyUpdate) -> Iterator[str]:
    """What must be read beside the numbers, a sentence each."""
    yield (
        "One person's early score cannot tell the natural course from the effect of the treatment: "
        f"it took away {update.effect_moved:.0%} of the doubt about the effect alone."
    )
    yield "An improvement under a treatment is not proof that the treatment brought it; a trial of periods in this person can be."
