"""Pooling of study rows: common effect, DerSimonian-Laird, REML with Hartung-Knapp, and prediction intervals; many analyses at once.

Arrays have the shape (analyses, studies); a study that an analysis does not have is masked out.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from painloom.response.bayes import Posterior, grid_posterior, posterior_mean, quantile
from painloom.response.distributions import normal_quantile, t_quantile
from painloom.response.reml import between_variance

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
METHODS = COMMON, DL, REML, BAYES = ("common", "dl", "reml", "bayes")


@dataclass(frozen=True, slots=True)
class Pooled:
    """One method over many analyses, each array (analyses,); NaN where a number does not exist.

    `low`, `high` bound the mean; `tau2` is the variance between studies; `i2` the share in [0, 1] of the variance that lies between them;
    `pi_low`, `pi_high` bound the true effect of a new study.
    """

    method: str
    estimate: Array
    error: Array
    low: Array
    high: Array
    tau2: Array
    i2: Array
    pi_low: Array
    pi_high: Array


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Inverse-variance mean with its standard error, heterogeneity statistic and the sums of weights."""

    mean: Array
    error: Array
    q: Array
    total: Array
    squares: Array
    count: Array


def pool_common(effects: Array, errors: Array, *, mask: Mask | None = None, level: float = 0.95) -> Pooled:
    """Inverse-variance mean under one true effect; the prediction interval is not defined there (no variance between studies)."""
    seen = _mask(effects, mask)
    base = _weigh(effects, errors, seen, 0.0)
    half = normal_quantile(0.5 + level / 2) * base.error
    none = np.full(base.mean.shape, np.nan)
    return Pooled(COMMON, base.mean, base.error, base.mean - half, base.mean + half, none, i2_of_q(base.q, base.count), none, none)


def pool_dl(effects: Array, errors: Array, *, mask: Mask | None = None, level: float = 0.95) -> Pooled:
    """Random effects by the moment estimator, normal interval.

    Sources
    -------
    dersimonian-laird-1986, higgins-2009 (prediction interval with t on studies - 2)
    """
    seen = _mask(effects, mask)
    base = _weigh(effects, errors, seen, 0.0)
    spread = base.total - base.squares / base.total
    with np.errstate(divide="ignore", invalid="ignore"):
        tau2 = np.maximum(0.0, (base.q - (base.count - 1)) / spread)
    tau2 = np.where(base.count > 1, tau2, np.nan)
    found = _weigh(effects, errors, seen, np.nan_to_num(tau2)[:, None])
    half = normal_quantile(0.5 + level / 2) * found.error
    half = np.where(base.count > 1, half, np.nan)
    ends = _prediction(found.mean, found.error, tau2, base.count, level)
    return Pooled(DL, found.mean, found.error, found.mean - half, found.mean + half, tau2, i2_of_q(base.q, base.count), *ends)


def pool_reml(effects: Array, errors: Array, *, mask: Mask | None = None, level: float = 0.95, adhoc: bool = True) -> Pooled:
    """Random effects by restricted likelihood with the interval of Hartung and Knapp.

    Parameters
    ----------
    adhoc : never let the interval be narrower than the one with t and the usual standard error would be (scale factor at least 1).

    Notes
    -----
    `error` is the usual standard error; the prediction interval is built on it with t on studies - 2.

    Sources
    -------
    viechtbauer-2005, knapp-hartung-2003, higgins-2009
    """
    seen = _mask(effects, mask)
    tau2 = between_variance(effects, errors, seen)
    found = _weigh(effects, errors, seen, tau2[:, None])
    count = found.count
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = found.q / (count - 1)
    scale = np.maximum(scale, 1.0) if adhoc else scale
    half = _t(0.5 + level / 2, count - 1) * found.error * np.sqrt(scale)
    tau2 = np.where(count > 1, tau2, np.nan)
    ends = _prediction(found.mean, found.error, tau2, count, level)
    return Pooled(REML, found.mean, found.error, found.mean - half, found.mean + half, tau2, i2_of_tau2(tau2, errors, seen), *ends)


def pool_bayes(
    effects: Array, errors: Array, *, level: float = 0.95, tau_scale: float | None = None, mean_sd: float | None = None
) -> tuple[Pooled, Posterior]:
    """One analysis, (studies,), with the variance between studies integrated out on a grid.

    Parameters
    ----------
    tau_scale : scale of the half-normal prior of the standard deviation between studies; None = 2.5 typical standard errors of a study,
        or 1.5 times the moment estimate where that is more: about 0.5 for standardised differences, on any unit.
    mean_sd : standard deviation of a normal prior of the mean around 0; None = flat.

    Returns
    -------
    The row (arrays of length 1; `tau2` is the square of the mean of tau's posterior, `error` the posterior SD), and the posterior.
    """
    posterior = grid_posterior(effects, errors, tau_scale or default_tau_scale(effects, errors), mean_sd)
    mean, error, tau = posterior_mean(posterior)
    tail = (1 - level) / 2
    low, high = quantile(posterior, np.array([tail, 1 - tail]), new_study=False)
    pi_low, pi_high = quantile(posterior, np.array([tail, 1 - tail]), new_study=True)
    tau2 = np.array([tau**2])
    i2 = i2_of_tau2(tau2, errors[None, :], np.ones((1, effects.size), dtype=bool))
    mean_row = [np.array([value]) for value in (mean, error, low, high)]
    row = Pooled(BAYES, mean_row[0], mean_row[1], mean_row[2], mean_row[3], tau2, i2, np.array([pi_low]), np.array([pi_high]))
    return row, posterior


def pool_all(
    effects: Array, errors: Array, *, level: float = 0.95, tau_scale: float | None = None, mean_sd: float | None = None
) -> tuple[Pooled, ...]:
    """One analysis, (studies,), by every method, in the order of `METHODS`."""
    one = (effects[None, :], errors[None, :])
    bayes, _ = pool_bayes(effects, errors, level=level, tau_scale=tau_scale, mean_sd=mean_sd)
    return pool_common(*one, level=level), pool_dl(*one, level=level), pool_reml(*one, level=level), bayes


def default_tau_scale(effects: Array, errors: Array) -> float:
    """The scale of the prior between studies that goes with the unit of the effects; equivariant: twice the unit, twice the scale."""
    typical = float(np.sqrt(_typical(errors[None, :], np.ones((1, errors.size), dtype=bool))[0]))
    between = float(np.sqrt(np.nan_to_num(pool_dl(effects[None, :], errors[None, :]).tau2[0])))
    return max(2.5 * typical, 1.5 * between)


def i2_of_q(q: Array, count: Array) -> Array:
    """Share of the variance between studies from the heterogeneity statistic; NaN for one study."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = np.maximum(0.0, (q - (count - 1)) / q)
    found: Array = np.where(count > 1, np.where(q > 0, share, 0.0), np.nan)
    return found


def i2_of_tau2(tau2: Array, errors: Array, seen: Mask) -> Array:
    """Share of the variance between studies against the typical variance within them."""
    return tau2 / (tau2 + _typical(errors, seen))


def _typical(errors: Array, seen: Mask) -> Array:
    """The typical variance within a study (Higgins and Thompson 2002); for one study its own."""
    weights = np.where(seen, 1 / errors**2, 0.0)
    total, count = weights.sum(axis=1), seen.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        typical = (count - 1) * total / (total**2 - (weights**2).sum(axis=1))
    found: Array = np.where(count > 1, typical, 1 / total)
    return found


def _mask(effects: Array, mask: Mask | None) -> Mask:
    return np.ones(effects.shape, dtype=bool) if mask is None else mask


def _weigh(effects: Array, errors: Array, seen: Mask, tau2: Array | float) -> _Weighed:
    weights = np.where(seen, 1 / (errors**2 + tau2), 0.0)
    total = weights.sum(axis=1)
    mean = (weights * np.where(seen, effects, 0.0)).sum(axis=1) / total
    apart = np.where(seen, effects - mean[:, None], 0.0)
    q = (weights * apart**2).sum(axis=1)
    return _Weighed(mean, 1 / np.sqrt(total), q, total, (weights**2).sum(axis=1), seen.sum(axis=1).astype(float))


def _t(probability: float, freedom: Array) -> Array:
    """Quantile of t; NaN without freedom."""
    known = {value: t_quantile(probability, value) for value in map(float, np.unique(freedom)) if value > 0}
    return np.array([known.get(float(value), math.nan) for value in freedom])


def _prediction(mean: Array, error: Array, tau2: Array, count: Array, level: float) -> tuple[Array, Array]:
    half = _t(0.5 + level / 2, count - 2) * np.sqrt(tau2 + error**2)
    return mean - half, mean + half
