"""A measure against a generalised gamma whose parameters run with age: centile, z and median."""

import math
from dataclasses import dataclass
from typing import Any

from painloom.errors import InputError, KnowledgeError
from painloom.knowledge.norm_tables import Curve, GammaModel


@dataclass(frozen=True, slots=True)
class Shape:
    """A generalised gamma: (y / mu)^nu follows a gamma of shape 1 / (sigma^2 nu^2) with mean 1; `nu` is not 0."""

    mu: float
    sigma: float
    nu: float

    @property
    def theta(self) -> float:
        """The gamma's shape."""
        return 1.0 / (self.sigma * self.nu) ** 2


def transformed_age(years: float, days: tuple[float, float]) -> float:
    """ln(factor * years + offset); KnowledgeError where that is not positive, since powers of it would have no value."""
    total = days[0] * years + days[1]
    if not total > 1:
        raise KnowledgeError("age_days of the norm gives an age without a positive logarithm; look at its factor and offset")
    return math.log(total)


def evaluate(curve: Curve, x: float, *, is_man: bool) -> float:
    """The parameter itself: exp(intercept + sex + fractional polynomial of x).

    Power 0 is ln x; a power that stands again is multiplied by ln x once more.  KnowledgeError where it cannot be computed.
    """
    total = curve.intercept + (curve.sex if is_man else 0.0)
    for at, (power, coefficient) in enumerate(curve.powers):
        again = sum(earlier == power for earlier, _ in curve.powers[:at])
        base = math.log(x) if power == 0 else x**power
        total += coefficient * base * math.log(x) ** again
    try:
        return math.exp(total)
    except OverflowError:
        raise KnowledgeError("a parameter of the norm runs beyond what can be computed at this age; look at its coefficients") from None


def shape_of(model: GammaModel, x: float, *, is_man: bool) -> Shape:
    """The distribution of one model at the transformed age `x`."""
    return Shape(evaluate(model.mu, x, is_man=is_man), evaluate(model.sigma, x, is_man=is_man), model.nu)


def place(value: float, shape: Shape) -> tuple[float, float]:
    """(centile 0..100, z) of a positive value; z is infinite where the distance is beyond what floating point can hold.

    Raises
    ------
    InputError : SciPy is not installed.
    """
    special = _special()
    powered = shape.theta * (value / shape.mu) ** shape.nu
    below, above = float(special.gammainc(shape.theta, powered)), float(special.gammaincc(shape.theta, powered))
    if shape.nu < 0:
        below, above = above, below
    z = float(special.ndtri(below)) if below <= 0.5 else -float(special.ndtri(above))
    return 100.0 * below, z


def quantile(share: float, shape: Shape) -> float:
    """The value below which `share` (0..1) of the norm lies; InputError as above."""
    special = _special()
    at = special.gammaincinv(shape.theta, share) if shape.nu > 0 else special.gammainccinv(shape.theta, share)
    return float(shape.mu * (float(at) / shape.theta) ** (1.0 / shape.nu))


def _special() -> Any:
    try:
        from scipy import special
    except ImportError:
        raise InputError("this norm needs painloom[brain] (SciPy); install it and run again") from None
    return special
