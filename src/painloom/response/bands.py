"""From effects to chances: what a shift of the score does to a rate, with the band of everything that is uncertain."""

import numpy as np
from numpy.typing import NDArray

from painloom.model.outlook import Band
from painloom.response.distributions import normal_cdf, normal_quantile

Array = NDArray[np.float64]
BASES, SHIFTS, REACH, GRID = 9, 65, 4.0, 401
_POINTS, _MEASURE = np.polynomial.hermite_e.hermegauss(BASES)
_BASE_NODES, _BASE_WEIGHTS = _POINTS, _MEASURE / _MEASURE.sum()
_SHIFT_NODES = np.linspace(-REACH, REACH, SHIFTS)
_BELOW = normal_cdf(_SHIFT_NODES)


def rate_band(mean: float, sd: float, level: float) -> Band:
    """The rate of a probit that is normal: its median and the band of `level`."""
    half = normal_quantile(0.5 + level / 2) * sd
    value, low, high = normal_cdf(np.array([mean, mean - half, mean + half]))
    return Band(float(value), float(low), float(high))


def added_band(base: tuple[float, float], shift: tuple[float, float], level: float) -> Band:
    """What a shift adds to a rate, both (mean, sd) on the probit scale and independent."""
    bases, shifts = base[0] + base[1] * _BASE_NODES[:, None], shift[0] + shift[1] * _SHIFT_NODES[None, :]
    gains = normal_cdf(bases + shifts) - normal_cdf(bases)
    ends = normal_cdf(np.array([base[0] + shift[0], base[0]]))
    return _band(float(ends[0] - ends[1]), gains, level)


def added_odds_band(base: tuple[float, float], shift: tuple[float, float], level: float) -> Band:
    """What a shift of log odds adds to a rate whose probit is (mean, sd)."""
    rates = normal_cdf(base[0] + base[1] * _BASE_NODES[:, None])
    gains = _moved(rates, shift[0] + shift[1] * _SHIFT_NODES[None, :]) - rates
    middle = normal_cdf(np.array([[base[0]]]))
    return _band(float((_moved(middle, np.array([[shift[0]]])) - middle)[0, 0]), gains, level)


def _moved(rates: Array, log_odds: Array) -> Array:
    odds = rates / (1 - rates) * np.exp(log_odds)
    moved: Array = odds / (1 + odds)
    return moved


def _band(value: float, gains: Array, level: float) -> Band:
    """Quantiles of a gain: at each base it rises with the shift, so its distribution is that of the shift; the bases are averaged over."""
    if not np.ptp(gains):
        return Band(value, value, value)
    places = np.linspace(float(gains.min()), float(gains.max()), GRID)
    below = sum(weight * np.interp(places, row, _BELOW, left=0.0, right=1.0) for weight, row in zip(_BASE_WEIGHTS, gains, strict=True))
    tail = (1 - level) / 2
    low, high = np.interp([tail, 1 - tail], below, places)
    return Band(value, min(float(low), value), max(float(high), value))


def chance_of_best(means: Array, sds: Array) -> Array:
    """Probability that each of several independent normal effects is the greatest, (effects,); one alone has 1."""
    grid = np.unique((means[:, None] + sds[:, None] * np.linspace(-8.0, 8.0, 201)).ravel())  # fine wherever one of them is narrow
    z = (grid[None, :] - means[:, None]) / sds[:, None]
    below = np.maximum(normal_cdf(z), 1e-300)
    density = np.exp(-0.5 * z**2) / sds[:, None]
    height = density * np.exp(np.log(below).sum(axis=0)[None, :] - np.log(below))
    mass = 0.5 * (height[:, 1:] + height[:, :-1]) * np.diff(grid)
    found = mass.sum(axis=1)
    share: Array = found / found.sum()
    return share
