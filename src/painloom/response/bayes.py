"""One mean over studies with the standard deviation between them integrated out on a grid: closed form, no sampling."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from painloom.response.distributions import normal_cdf, panels

Array = NDArray[np.float64]
REACH, FLAT = 8.0, 1e-12
_POINTS, _MEASURE = panels(np.concatenate(([0.0], np.geomspace(1e-4, 0.25, 8), np.linspace(0.25, 1.0, 13)[1:])))  # 0 to 1


@dataclass(frozen=True, slots=True)
class Posterior:
    """A mixture over nodes of the standard deviation between studies; arrays (nodes,): weights of sum 1, mean and SD of the mean."""

    tau: Array
    weight: Array
    mean: Array
    sd: Array


def grid_posterior(effects: Array, errors: Array, tau_scale: float, mean_sd: float | None = None) -> Posterior:
    """The posterior of mean and tau: mean ~ N(0, mean_sd^2) or flat, tau ~ half-normal(tau_scale), effects ~ N(mean, errors^2 + tau^2).

    Parameters
    ----------
    effects, errors : (studies,); `tau_scale` above 0, in the unit of the effects.
    """
    top = REACH * tau_scale
    for _ in range(2):  # a first pass finds where the mass lies, the second one looks there
        tau, measure = top * _POINTS, top * _MEASURE
        weights = 1 / (errors**2 + tau[:, None] ** 2)
        prior = 0.0 if mean_sd is None else 1 / mean_sd**2
        total = weights.sum(axis=1) + prior
        mean = (weights * effects).sum(axis=1) / total
        left = (weights * (effects - mean[:, None]) ** 2).sum(axis=1) + prior * mean**2
        log = 0.5 * (np.log(weights).sum(axis=1) - np.log(total) - left) - 0.5 * (tau / tau_scale) ** 2
        mass = np.exp(log - log.max()) * measure
        mass = mass / mass.sum()
        used = tau[np.cumsum(mass) < 1 - FLAT]
        top = min(top, 1.05 * float(used.max(initial=tau[0])))
    return Posterior(tau, mass, mean, 1 / np.sqrt(total))


def posterior_mean(found: Posterior) -> tuple[float, float, float]:
    """Mean and SD of the mean, and the mean of tau."""
    mean = float(found.weight @ found.mean)
    variance = float(found.weight @ (found.sd**2 + (found.mean - mean) ** 2))
    return mean, float(np.sqrt(variance)), float(found.weight @ found.tau)


def quantile(found: Posterior, probabilities: Array, *, new_study: bool) -> Array:
    """Quantiles of the mean, or of the true effect of a new study, (probabilities,)."""
    sd = np.hypot(found.sd, found.tau) if new_study else found.sd
    low = np.full(probabilities.shape, float((found.mean - 12 * sd).min()))
    high = np.full(probabilities.shape, float((found.mean + 12 * sd).max()))
    for _ in range(80):
        middle = 0.5 * (low + high)
        below = (found.weight * normal_cdf((middle[:, None] - found.mean) / sd)).sum(axis=1) < probabilities
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    found_at: Array = 0.5 * (low + high)
    return found_at
