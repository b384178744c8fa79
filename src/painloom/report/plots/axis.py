"""Scales of a drawing: a range of values laid over a range of pixels, with ticks at round numbers."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from painloom.errors import InputError

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
FACTORS = (1.0, 2.0, 5.0, 10.0)
MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Axis:
    """Values from `low` to `high` over pixels from `left` to `right`; `is_log`: values are natural logarithms of what is printed."""

    low: float
    high: float
    left: float
    right: float
    is_log: bool = False

    def at(self, value: float) -> float:
        """The pixel of a value; values beyond an end go beyond it too."""
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    def within(self, value: float) -> float:
        """The pixel of a value, at the end of the axis where it lies beyond."""
        return self.at(min(max(value, self.low), self.high))

    def ticks(self, most: int = 6) -> tuple[tuple[float, str], ...]:
        """At most about `most` round values with their words, inside the axis."""
        return _log_ticks(self, most) if self.is_log else _ticks(self, most)


def axis_over(values: Iterable[float], left: float, right: float, *, is_log: bool = False, margin: float = 0.04) -> Axis:
    """An axis that holds all `values` with a little room at both ends; raises InputError for none, or one that is not finite."""
    numbers = [float(v) for v in values]
    if not numbers or not all(map(math.isfinite, numbers)):
        raise InputError("plot: axis: a value is missing or not a finite number; give at least one value, and numbers only")
    low, high = min(numbers), max(numbers)
    span = high - low or abs(high) or 1.0
    return Axis(low - margin * span, high + margin * span, left, right, is_log)


def plain_number(value: float, digits: int) -> str:
    """A number with `digits` decimals and a real minus sign; zero has no sign."""
    words = f"{value:.{digits}f}"
    return ("−" if value < 0 and float(words) != 0 else "") + words.lstrip("-")


def _ticks(axis: Axis, most: int) -> tuple[tuple[float, str], ...]:
    rough = (axis.high - axis.low) / max(most - 1, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in STEPS if s * power >= rough * (1 - 1e-9))
    first, last = math.ceil(axis.low / step - 1e-9), math.floor(axis.high / step + 1e-9)
    shown = step / power
    digits = min(max(0, -math.floor(math.log10(power)) + (1 if shown == 2.5 else 0) - (1 if shown == 10 else 0)), MOST_DIGITS)
    return tuple((k * step, plain_number(k * step, digits)) for k in range(first, last + 1))


def _log_ticks(axis: Axis, most: int) -> tuple[tuple[float, str], ...]:
    """Ratios of 1, 2, 5 a decade, thinned to 1 and 10 where they are many; where fewer than three fit, round steps of the ratio itself."""
    low, high = math.exp(max(axis.low, -700)), math.exp(min(axis.high, 700))
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1.0, 2.0, 5.0), (1.0,)):
        found = [f * 10.0**d for d in decades for f in factors if low <= f * 10.0**d <= high]
        if len(found) <= most:
            break
    found = found[:: -(-len(found) // most)] if found else found
    if len(found) < 3:
        inner = Axis(low, high, 0, 1)
        return tuple((math.log(v), words) for v, words in _ticks(inner, most) if v > 0)
    return tuple((math.log(v), f"{v:.{MOST_DIGITS}g}") for v in found)
