"""The variance between studies by restricted likelihood: the global maximum, for many analyses at once."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
COARSE, STEPS = 40, 44
TINY = 1e-250  # a squared range below it is none
SMALLEST = 1e-8  # of the largest value looked at


def between_variance(effects: Array, errors: Array, seen: Mask) -> Array:
    """Restricted maximum likelihood of the variance between studies, (analyses,); 0 where it lies on the edge or there is one study.

    The likelihood can have more than one hill: it is looked at on a grid from 0 to the squared range of the effects, and the best point
    is then followed by a search that never leaves its two neighbours.  The estimate scales with the square of the unit.

    Parameters
    ----------
    effects, errors : (analyses, studies); `seen` masks studies that an analysis has.
    """
    count = seen.sum(axis=1)
    shown = np.where(seen, effects, np.nan)
    middle = np.nanmean(shown, axis=1)
    apart = np.where(seen, effects - middle[:, None], 0.0)
    most = np.where(count > 1, (apart.max(axis=1) - apart.min(axis=1)) ** 2, 0.0)
    most = np.where(most > TINY, most, 0.0)
    safe = np.where(most > 0, most, 1.0)
    variance = np.where(seen, errors**2, 1.0) / safe[:, None]
    apart = apart / np.sqrt(safe)[:, None]
    grid = np.concatenate(([0.0], np.geomspace(SMALLEST, 1.0, COARSE - 1)))
    heights = np.stack([_height(apart, variance, seen, np.full(count.shape, point)) for point in grid], axis=1)
    best = heights.argmax(axis=1)
    low, high = grid[np.maximum(best - 1, 0)], grid[np.minimum(best + 1, COARSE - 1)]
    found = _polish(apart, variance, seen, low, high)
    at_zero = heights[:, 0] >= _height(apart, variance, seen, found)
    return np.where((most > 0) & ~at_zero, found * safe, 0.0)


def _height(apart: Array, variance: Array, seen: Mask, tau2: Array) -> Array:
    """Restricted log-likelihood without its constant."""
    total = variance + tau2[:, None]
    weights = np.where(seen, 1 / total, 0.0)
    sums = weights.sum(axis=1)
    mean = (weights * apart).sum(axis=1) / sums
    squares = (weights * np.where(seen, apart - mean[:, None], 0.0) ** 2).sum(axis=1)
    height: Array = -0.5 * (np.where(seen, np.log(total), 0.0).sum(axis=1) + np.log(sums) + squares)
    return height


def _slope(apart: Array, variance: Array, seen: Mask, tau2: Array) -> Array:
    """First derivative of the restricted log-likelihood."""
    weights = np.where(seen, 1 / (variance + tau2[:, None]), 0.0)
    sums, squares = weights.sum(axis=1), (weights**2).sum(axis=1)
    mean = (weights * apart).sum(axis=1) / sums
    slope: Array = 0.5 * ((weights**2 * np.where(seen, apart - mean[:, None], 0.0) ** 2).sum(axis=1) - sums + squares / sums)
    return slope


def _polish(apart: Array, variance: Array, seen: Mask, low: Array, high: Array) -> Array:
    """The zero of the slope between two points around a hill, by bisection; an end where the slope does not change sign."""
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        rises = _slope(apart, variance, seen, middle) > 0
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    return 0.5 * (low + high)
