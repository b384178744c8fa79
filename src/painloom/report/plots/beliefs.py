"""What is believed of a number, as a curve: of normal shape, or from arrays."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from painloom.errors import InputError
from painloom.model.outlook import Band

Array = np.ndarray[Any, np.dtype[np.float64]]
Z80 = 1.281552  # two-sided normal quantiles
Z50 = 0.674490
POINTS, REACH = 401, 5.0  # of a normal curve: how many points, how many standard deviations
LEAST = 3


@dataclass(frozen=True, slots=True)
class Belief:
    """A curve: `xs` rising, `density` 0 or more with area 1; `band` holds its 80 % and `inner` its middle half, around one best value."""

    xs: tuple[float, ...]
    density: tuple[float, ...]
    band: Band
    inner: Band

    def chance(self, mark: float, *, is_above: bool = True) -> float:
        """The chance in [0, 1] of lying above `mark`, or below it."""
        xs, total = np.asarray(self.xs), _areas(np.asarray(self.xs), np.asarray(self.density))
        below = float(np.interp(mark, xs, total))
        return 1.0 - below if is_above else below


def normal_belief(mean: float, sd: float) -> Belief:
    """A normal curve; raises InputError for a spread that is not above 0."""
    if not (math.isfinite(mean) and math.isfinite(sd) and sd > 0):
        raise InputError("plot: updating: mean or spread is no finite number, or the spread is not above 0; give both, the spread above 0")
    z = np.linspace(-REACH, REACH, POINTS)
    density = np.exp(-0.5 * z**2) / (sd * math.sqrt(2 * math.pi))
    bands = (Band(mean, mean - reach * sd, mean + reach * sd) for reach in (Z80, Z50))
    return _belief(mean + sd * z, density, *bands)


def drawn_belief(xs: Sequence[float] | Array, density: Sequence[float] | Array) -> Belief:
    """A curve from rising places and their densities; its best value is the median.

    Raises
    ------
    InputError : fewer than three places, unequal lengths, places that do not rise, a density below 0 or not finite, or none above 0.
    """
    x, d = np.asarray(xs, dtype=np.float64), np.asarray(density, dtype=np.float64)
    if x.ndim != 1 or x.shape != d.shape or x.size < LEAST:
        raise InputError(f"plot: updating: a curve needs places and densities of equal number, {LEAST} or more")
    if not (np.isfinite(x).all() and np.isfinite(d).all()) or (np.diff(x) <= 0).any() or (d < 0).any() or not (d > 0).any():
        raise InputError("plot: updating: places must rise, densities be 0 or more and not all 0, and all finite; mend the arrays")
    total = _areas(x, d)
    d = d / total[-1]
    total = total / total[-1]
    rising = np.flatnonzero(np.concatenate([[True], np.diff(total) > 0]))
    low, quarter, middle, three, high = (float(np.interp(q, total[rising], x[rising])) for q in (0.1, 0.25, 0.5, 0.75, 0.9))
    return _belief(x, d, Band(middle, low, high), Band(middle, quarter, three))


def _belief(xs: Array, density: Array, band: Band, inner: Band) -> Belief:
    return Belief(tuple(map(float, xs)), tuple(map(float, density)), band, inner)


def _areas(xs: Array, density: Array) -> Array:
    """The area below a curve up to each place, by trapezoids."""
    steps = np.diff(xs) * (density[1:] + density[:-1]) / 2
    return np.concatenate([[0.0], np.cumsum(steps)])
