"""Normal and t distributions on arrays from the standard library alone.

SciPy has all of them; importing its special functions takes longer than a whole pooling, which is why these few stand here.  The
tests compare each with SciPy.
"""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
HALVINGS, MUCH = 60, 1e5
_STANDARD = NormalDist()
_ERFC = np.frompyfunc(math.erfc, 1, 1)


def panels(edges: Array) -> tuple[Array, Array]:
    """Nodes and weights between rising edges: Gauss-Legendre of 16 nodes in each panel, fine where the edges are dense."""
    points, measure = np.polynomial.legendre.leggauss(16)
    half = 0.5 * np.diff(edges)[:, None]
    return (edges[:-1, None] + half * (points + 1)).ravel(), (half * measure).ravel()


_POINTS, _MEASURE = panels(np.linspace(-1.0, 1.0, 17))


def normal_cdf(values: Array) -> Array:
    """Standard normal probability below each value."""
    return np.asarray(0.5 * _ERFC(np.asarray(values, dtype=float) / -math.sqrt(2)), dtype=np.float64)


def normal_density(values: Array) -> Array:
    """Standard normal density at each value."""
    found: Array = np.exp(-0.5 * np.square(values)) / math.sqrt(2 * math.pi)
    return found


def normal_quantile(probability: float) -> float:
    """The value with this standard normal probability below it; `probability` inside (0, 1)."""
    return _STANDARD.inv_cdf(probability)


def t_quantile(probability: float, freedom: float) -> float:
    """The value of Student's t with `freedom` of 1 or more that has this probability, inside (0, 1), below it.

    With t = sqrt(freedom) tan(angle) the density is a power of a cosine on a short interval: Gauss-Legendre is exact to the last digits.
    """
    if freedom > MUCH:
        z = normal_quantile(probability)
        return z + (z**3 + z) / (4 * freedom)
    upper = max(probability, 1 - probability)
    factor = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(math.pi)
    low, high = 0.0, math.pi / 2
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        angles = 0.5 * middle * (_POINTS + 1)
        below = 0.5 + factor * 0.5 * middle * float(_MEASURE @ np.cos(angles) ** (freedom - 1))
        low, high = (middle, high) if below < upper else (low, middle)
    value = math.sqrt(freedom) * math.tan(0.5 * (low + high))
    return value if probability >= 0.5 else -value
