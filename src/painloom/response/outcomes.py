"""A clinic's own outcomes: what they teach about effect, natural course and prognosis, with the bias of choice made explicit.

Contrasts d are in SDs of the score, positive = the treatment is better: d ~ N(effect + bias, se^2).  Where patients and clinicians chose
the treatment, bias ~ N(0, (0.3 SD)^2), one and the same for all such contrasts of a clinic, so that no number of patients can outvote it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from painloom.errors import InputError
from painloom.model.learning import Belief, Learned
from painloom.response.distributions import normal_quantile

Array = NDArray[np.float64]
BIAS_SD = 0.3
PER_SD, Z95 = 0.91, normal_quantile(0.975)
FEWEST_AN_ARM = 3
NO_COMPARISON = (
    "people who come at their worst get better without treatment (regression to the mean), so a change from before to after "
    "is no effect; give an arm without the treatment from the same time"
)


@dataclass(frozen=True, slots=True)
class Contrast:
    """A difference between people with and without a treatment in one clinic, in SDs of the score, positive = better with it."""

    mean: float
    se: float
    is_random: bool


def learn(prior: Belief, contrasts: Sequence[Contrast], *, bias_sd: float = BIAS_SD) -> Learned:
    """The belief in the effect after a clinic's contrasts, exact for normal distributions.

    Parameters
    ----------
    prior : belief in SDs of the score, SD above 0.
    contrasts : at least one; independent apart from the bias that those without random allocation share.
    bias_sd : SD of that bias, in SDs of the score, not below 0.

    Raises
    ------
    InputError : no contrast, or a value that is no finite number in its range.
    """
    means, errors = (np.asarray([getattr(c, name) for c in contrasts], dtype=float) for name in ("mean", "se"))
    if not len(means) or not (np.isfinite(means).all() and np.isfinite(errors).all() and (errors > 0).all()):
        raise InputError("contrasts: at least one is needed, each a finite number with a standard error above 0")
    if not (math.isfinite(prior.mean) and math.isfinite(prior.sd) and prior.sd > 0 and math.isfinite(bias_sd) and bias_sd >= 0):
        raise InputError("prior: mean and SD must be finite, the SD above 0 and that of the bias not below it")
    biased = np.asarray([not c.is_random for c in contrasts])
    covariance = np.diag(errors**2) + bias_sd**2 * np.outer(biased, biased)
    solved = np.linalg.solve(covariance, np.stack([np.ones(len(means)), means], axis=1))
    precision = float(solved[:, 0].sum())
    allowed, observed = 1 / math.sqrt(precision), float(solved[:, 1].sum()) / precision
    posterior = update(prior, Belief(observed, allowed))
    plain = 1 / errors**2
    sampling = Belief(*_weighed(means, plain))
    e_value, e_limit = e_values_of_difference(*_weighed(means[biased], plain[biased])) if biased.any() else (None, None)
    used = bias_sd if biased.any() else 0.0
    share = 1 - (posterior.sd / prior.sd) ** 2
    return Learned(prior, sampling, allowed, used, posterior, share, e_value, e_limit, _notes(contrasts, used, e_value, e_limit))


def _weighed(means: Array, weights: Array) -> tuple[float, float]:
    """Inverse-variance mean with its standard error."""
    return float((weights * means).sum() / weights.sum()), 1 / math.sqrt(float(weights.sum()))


def _notes(contrasts: Sequence[Contrast], bias: float, e_value: float | None, e_limit: float | None) -> tuple[str, ...]:
    if e_value is None or e_limit is None:
        return ("Allocation was random: no bias is allowed for.",)
    mixed = " in those without random allocation" if any(c.is_random for c in contrasts) else ""
    return (
        f"Treatment was chosen, not drawn: a bias of {bias:g} SD either way is allowed for{mixed}, and more patients do not remove it.",
        f"A cause of choice that nobody recorded would have to multiply both the chance of treatment and that of a good outcome by "
        f"{e_value:.2f} to explain the difference away, by {e_limit:.2f} to bring its interval to none.",
    )


def update(prior: Belief, seen: Belief) -> Belief:
    """Prior and one observation joined: precision-weighted mean.  Natural course is learned in this way, in full."""
    precision = (prior.sd**-2, seen.sd**-2)
    total = precision[0] + precision[1]
    return Belief((precision[0] * prior.mean + precision[1] * seen.mean) / total, 1 / math.sqrt(total))


def learn_prognosis(prior_mean: Array, prior_covariance: Array, design: Array, outcomes: Array, residual_sd: float) -> tuple[Array, Array]:
    """Coefficients of natural course and prognosis after a clinic's outcomes: mean (terms,) and covariance (terms, terms).

    Parameters
    ----------
    prior_mean, prior_covariance : (terms,) and (terms, terms), positive definite.
    design : (people, terms), what is known of each before treatment, a column of ones for the course itself.
    outcomes : (people,) in the unit of `residual_sd`; rows with NaN in either are left out.
    residual_sd : SD of an outcome around its expectation, above 0.

    Raises
    ------
    InputError : a residual SD that is not above 0.
    """
    if not (math.isfinite(residual_sd) and residual_sd > 0):
        raise InputError("residual SD: must be a finite number above 0")
    known = np.isfinite(outcomes) & np.isfinite(design).all(axis=1)
    x, y = design[known], outcomes[known]
    information = np.linalg.inv(prior_covariance)
    covariance = np.asarray(np.linalg.inv(information + x.T @ x / residual_sd**2), dtype=np.float64)
    mean: Array = covariance @ (information @ prior_mean + x.T @ y / residual_sd**2)
    return mean, covariance


def contrast_of_people(
    is_treated: NDArray[np.bool_], before: Array, after: Array, sd_points: float, *, is_random: bool, higher_is: str = "worse"
) -> Contrast:
    """The adjusted difference between two arms: after, straight in before, in SDs of the score.

    Parameters
    ----------
    is_treated, before, after : (people,); a person with NaN in either score is left out.
    sd_points : points that are one SD of the score, above 0.
    higher_is : "worse" (pain) or "better".

    Raises
    ------
    InputError : one arm only (a pre-post change is no effect), or fewer than three people in an arm.
    """
    if not sd_points > 0:
        raise InputError("SD of the score: must be above 0")
    known = np.isfinite(before) & np.isfinite(after)
    arm, x, y = is_treated[known], before[known], after[known]
    counts = int(arm.sum()), int((~arm).sum())
    if min(counts) == 0:
        raise InputError(f"outcomes: all people stand in one arm; {NO_COMPARISON}")
    if min(counts) < FEWEST_AN_ARM:
        raise InputError(f"outcomes: {counts[0]} and {counts[1]} people with both scores; at least {FEWEST_AN_ARM} an arm are needed")
    columns = [np.ones(len(y)), arm.astype(float), *([x - x.mean()] if np.ptp(x) > 0 else [])]
    design = np.stack(columns, axis=1)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        design = design[:, :2]  # the score before tells the arm: no adjustment is possible
    inverse = np.linalg.inv(design.T @ design)
    fitted = inverse @ design.T @ y
    left = y - design @ fitted
    variance = float(left @ left) / (len(y) - design.shape[1])
    error = math.sqrt(variance * float(inverse[1, 1]))
    if not error > 0:
        raise InputError("outcomes: nobody differs from what the scores before predict, so that there is no standard error; check the file")
    sign = -1.0 if higher_is == "worse" else 1.0
    return Contrast(sign * float(fitted[1]) / sd_points, error / sd_points, is_random)


def e_value(ratio: float) -> float:
    """How strong an unrecorded common cause must be, as a risk ratio with treatment and with outcome, to explain a risk ratio away.

    Raises
    ------
    InputError : a ratio that is not above 0.

    Sources
    -------
    vanderweele-ding-2017
    """
    if not (math.isfinite(ratio) and ratio > 0):
        raise InputError("risk ratio: must be a finite number above 0")
    away = max(ratio, 1 / ratio)
    return away + math.sqrt(away * (away - 1))


def e_limit(low: float, high: float) -> float:
    """E-value of the limit of an interval of a risk ratio that lies nearer to 1; 1 where the interval holds 1.

    Raises
    ------
    InputError : ends that are not above 0 or stand in the wrong order.
    """
    if not 0 < low <= high:
        raise InputError("interval of the risk ratio: 0 < low <= high is needed")
    return 1.0 if low <= 1 <= high else e_value(low if low > 1 else high)


def e_values_of_difference(difference: float, error: float) -> tuple[float, float]:
    """E-value of a standardised mean difference and of the limit of its 95 % interval, by RR = exp(0.91 d).

    Sources
    -------
    vanderweele-ding-2017
    """
    half = Z95 * error
    low, middle, high = (math.exp(PER_SD * x) for x in (difference - half, difference, difference + half))
    return e_value(middle), e_limit(low, high)
