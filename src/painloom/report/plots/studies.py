"""Rows of a forest plot: studies with their intervals and weights, and means by several methods."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

from painloom.errors import InputError
from painloom.report.plots.letters import clean

Z95 = 1.959964  # two-sided normal quantile
MOST_STUDIES = 400


@dataclass(frozen=True, slots=True)
class Study:
    """One study: effect with the ends of its 95% interval on one scale; `weight` is its share in percent, None = not shown."""

    label: str
    effect: float
    low: float
    high: float
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Mean:
    """A pooled mean by a method; `pi_low` and `pi_high` are where the true effect of a new study lies.

    `tau2` is on the scale squared, `i2` in [0, 1]; None = the method has none.
    """

    method: str
    estimate: float
    low: float
    high: float
    tau2: float | None = None
    i2: float | None = None
    pi_low: float | None = None
    pi_high: float | None = None


def studies_of(
    labels: Sequence[str], effects: Sequence[float], errors: Sequence[float], weights: Sequence[float] | None = None
) -> tuple[Study, ...]:
    """Studies from arrays of equal length: effects and standard errors above 0.

    Weights are scaled to add up to 100 percent; without `weights` they are those of a common effect, 1 / error squared.

    Raises
    ------
    InputError : lengths differ, an error is not above 0, or a weight is below 0 or all are 0.
    """
    given = [1 / e**2 if e and math.isfinite(e) else math.nan for e in errors] if weights is None else list(weights)
    if not len(labels) == len(effects) == len(errors) == len(given):
        raise InputError("plot: forest: labels, effects, errors and weights differ in number; give one of each a study")
    for k, error in enumerate(errors):
        if not (math.isfinite(error) and error > 0):
            raise InputError(f"plot: forest: study {k + 1}: its standard error is not above 0; leave the study out, or mend it")
    if given and not (all(math.isfinite(w) and w >= 0 for w in given) and sum(given) > 0):
        raise InputError("plot: forest: a weight is below 0 or no number, or all are 0; give shares of 0 or more, or none")
    total = sum(given)
    rows = zip(labels, effects, errors, given, strict=True)
    return tuple(Study(label, x, x - Z95 * e, x + Z95 * e, 100 * w / total) for label, x, e, w in rows)


def check_rows(studies: Sequence[Study], means: Sequence[Mean]) -> None:
    """Raise InputError where a row cannot be drawn: too many studies, a value that is not finite, ends out of order."""
    if len(studies) > MOST_STUDIES:
        raise InputError(f"plot: forest: {len(studies)} studies; at most {MOST_STUDIES} are drawn: split them, or show the means only")
    for k, study in enumerate(studies):
        _check(study, f"study {k + 1}", study.effect)
        if study.weight is not None and study.weight < 0:
            raise InputError(f"plot: forest: study {k + 1}: weight below 0; give a share of 0 or more, or None")
    for mean in means:
        where = clean(mean.method)[:40] or "a mean without a method"
        _check(mean, where, mean.estimate)
        if (mean.pi_low is None) != (mean.pi_high is None):
            raise InputError(f"plot: forest: {where}: a prediction interval with one end; give both ends, or neither")
        if mean.pi_low is not None and mean.pi_high is not None and mean.pi_low > mean.pi_high:
            raise InputError(f"plot: forest: {where}: the ends of the prediction interval are out of order; low <= high is allowed")


def _check(row: Study | Mean, where: str, value: float) -> None:
    numbers = [getattr(row, each.name) for each in fields(row)[1:]]
    if any(n is not None and not math.isfinite(n) for n in numbers):
        raise InputError(f"plot: forest: {where}: a value is not a finite number; give numbers, or leave the row out")
    if not row.low <= value <= row.high:
        raise InputError(f"plot: forest: {where}: lies outside its own interval; low <= value <= high is allowed")
