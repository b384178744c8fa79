"""Numbers with their uncertainty."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from `low` to `high`, both included; `low == high` is a single value."""

    low: float
    high: float

    @property
    def is_point(self) -> bool:
        """True where both ends are one value."""
        return self.low == self.high

    def times(self, other: "Interval") -> "Interval":
        """The products of two intervals without negative values."""
        return Interval(self.low * other.low, self.high * other.high)

    def plus(self, other: "Interval") -> "Interval":
        """The sums of two intervals."""
        return Interval(self.low + other.low, self.high + other.high)

    def text(self) -> str:
        """`5`, or `5-10`."""
        return f"{self.low:g}" if self.is_point else f"{self.low:g}-{self.high:g}"


def point(value: float) -> Interval:
    """A single value."""
    return Interval(value, value)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured value on a scale of `low` to `high` in `unit`; `se` is the standard error of measurement, None where none is known.

    `band` is the name of the band that the value lies in, "" where the scale has none; `higher_is` is "worse", "better" or "".
    """

    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    se: float | None = None
    band: str = ""
    higher_is: str = ""


Z80 = 1.2815515655446004  # standard normal quantile of 0.9


def error_interval(estimate: Estimate) -> Interval | None:
    """The 80 % interval of measurement error, held within the scale; None where no standard error is known."""
    if not estimate.se:
        return None
    low, high = estimate.value - Z80 * estimate.se, estimate.value + Z80 * estimate.se
    if estimate.low is not None and estimate.high is not None:
        low, high = max(low, estimate.low), min(high, estimate.high)
    return Interval(low, high)
