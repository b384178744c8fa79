"""Predicted probabilities of a response against what happened: does a predicted 40 % happen to 40 in 100?

Outcomes are 1 (response), 0 or NaN (not known).  What is not known is never taken as a failure or left out in silence: the bounds say
what it could do.  Intervals are 95 %.
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from painloom.errors import InputError
from painloom.model.learning import FITS, TOO_EXTREME, TOO_FEW, TOO_HIGH, TOO_LOW, TOO_TIMID, UNJUDGED, CalibrationReport, Group, Span
from painloom.response.distributions import normal_quantile

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Z95, Z80 = normal_quantile(0.975), normal_quantile(0.9)
FEWEST = 100  # responses (Collins 2016), and by our own choice as many without one: below it a calibration says little
PEOPLE_A_GROUP, MOST_GROUPS, FEWEST_GROUPS = 20, 10, 5
EDGE = 1e-4  # a printed 0.00 or 1.00 has no finite log odds
STEPS, CLOSE, FAR = 60, 1e-10, 50.0
NOTHING = Span(None)


def calibrate(predicted: Array, outcome: Array, low: Array | None = None, high: Array | None = None) -> CalibrationReport:
    """How predictions of a response compare with outcomes.

    Parameters
    ----------
    predicted : (people,) probabilities in [0, 1].
    outcome : (people,) 1, 0 or NaN where it is not known.
    low, high : (people,) 80 % band of each prediction, NaN where there is none.

    Raises
    ------
    InputError : nobody, a probability outside 0..1, an outcome that is neither 0 nor 1, or a band that does not hold its prediction.
    """
    _check(predicted, outcome, low, high)
    seen = np.isfinite(outcome)
    p, y = predicted[seen], outcome[seen]
    responders, missing = int(y.sum()), int((~seen).sum())
    groups = _groups(p, y, None if low is None else low[seen], None if high is None else high[seen])
    intercept, slope = _recalibration(p, y)
    errors = np.where(seen, (np.where(seen, outcome, 0) - predicted) ** 2, 0.0)
    worst, best = (np.where(seen, errors, f(predicted, 1 - predicted) ** 2).mean() for f in (np.maximum, np.minimum))
    bounds = tuple(float(np.where(seen, outcome, end).mean() - predicted.mean()) for end in (0.0, 1.0))
    brier = float(((y - p) ** 2).mean()) if len(y) else None
    reference = float(y.mean() * (1 - y.mean())) if len(y) else 0.0
    report = CalibrationReport(
        len(p),
        missing,
        responders,
        _in_the_large(p, y),
        (bounds[0], bounds[1]),
        intercept,
        slope,
        brier,
        (float(best), float(worst)),
        None if brier is None or reference == 0 else 1 - brier / reference,
        discrimination(p, y),
        _covered(groups),
        groups,
        _verdict(responders, len(y) - responders, intercept, slope),
        None,
    )
    return _with_notes(report)


def _check(predicted: Array, outcome: Array, low: Array | None, high: Array | None) -> None:
    if not len(predicted):
        raise InputError("predictions: nobody; at least one person is needed")
    if not (np.isfinite(predicted).all() and (predicted >= 0).all() and (predicted <= 1).all()):
        raise InputError("predictions: probabilities must lie in 0..1")
    known = outcome[np.isfinite(outcome)]
    if not np.isin(known, (0.0, 1.0)).all() or np.isinf(outcome).any():
        raise InputError("outcomes: must be 1 (response), 0 or missing")
    if low is not None and high is not None and ((low > predicted) | (high < predicted)).any():
        raise InputError("bands: each must hold its own prediction")


def wilson(count: int, people: int, *, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of a rate of `count` among `people` (1 or more); ends lie in [0, 1].

    Sources
    -------
    wilson-1927
    """
    rate, square = count / people, z * z
    middle = (count + square / 2) / (people + square)
    half = z / (people + square) * math.sqrt(people * rate * (1 - rate) + square / 4)
    return (0.0 if count == 0 else middle - half), (1.0 if count == people else middle + half)


def quantile_groups(values: Array, count: int) -> Ints:
    """The group 0..count-1 of every value; equal values stand in one group, whatever their order in the file."""
    _, place, ties = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(ties)
    midrank = ends - (ties - 1) / 2 - 0.5  # in (0, people)
    group: Ints = np.minimum((midrank / len(values) * count).astype(np.int64), count - 1)[place]
    return group


def discrimination(predicted: Array, outcome: Array) -> Span:
    """Probability that a responder had the higher prediction (AUC) with DeLong's interval; None without both outcomes.

    Sources
    -------
    delong-1988
    """
    cases, others = np.sort(predicted[outcome == 1]), np.sort(predicted[outcome == 0])
    if not len(cases) or not len(others):
        return NOTHING

    def above(values: Array, among: Array) -> Array:
        share: Array = (np.searchsorted(among, values, "left") + np.searchsorted(among, values, "right")) / (2 * len(among))
        return share

    ups, downs = above(cases, others), 1 - above(others, cases)
    value = float(ups.mean())
    if min(len(cases), len(others)) < 2:
        return Span(value)
    half = Z95 * math.sqrt(float(ups.var(ddof=1)) / len(cases) + float(downs.var(ddof=1)) / len(others))
    return Span(value, max(0.0, value - half), min(1.0, value + half))


def _in_the_large(p: Array, y: Array) -> Span:
    if not len(y):
        return NOTHING
    gap = y - p
    value = float(gap.mean())
    if len(y) < 2:
        return Span(value)
    half = Z95 * float(gap.std(ddof=1)) / math.sqrt(len(y))
    return Span(value, value - half, value + half)


def log_odds(p: Array) -> Array:
    """ln(p / (1 - p)), with p held 0.0001 away from 0 and 1."""
    held = np.clip(p, EDGE, 1 - EDGE)
    odds: Array = np.log(held) - np.log1p(-held)
    return odds


def _recalibration(p: Array, y: Array) -> tuple[Span, Span]:
    """Intercept with the slope held at 1, and slope with a free intercept, of a logistic regression on the log odds."""
    if len(y) < 2 or y.min() == y.max():
        return NOTHING, NOTHING
    odds = log_odds(p)
    ones = np.ones((len(y), 1))
    intercept = _fit(ones, odds, y)
    if np.ptp(odds) == 0:
        return intercept, NOTHING
    return intercept, _fit(np.column_stack([odds - odds.mean(), ones]), np.zeros(len(y)), y)


def _fit(design: Array, offset: Array, y: Array) -> Span:
    """First coefficient of a logistic regression by reweighted least squares with its Wald interval; None where there is no maximum."""
    beta = np.zeros(design.shape[1])
    for _ in range(STEPS):
        fitted = 1 / (1 + np.exp(-np.clip(design @ beta + offset, -FAR, FAR)))
        information = design.T @ (design * (fitted * (1 - fitted))[:, None])
        if np.linalg.cond(information) > 1 / np.finfo(float).eps:
            return NOTHING
        step = np.linalg.solve(information, design.T @ (y - fitted))
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < CLOSE:
            half = Z95 * math.sqrt(float(np.linalg.inv(information)[0, 0]))
            return Span(float(beta[0]), float(beta[0]) - half, float(beta[0]) + half)
    return NOTHING


def _groups(p: Array, y: Array, low: Array | None, high: Array | None) -> tuple[Group, ...]:
    if not len(p):
        return ()
    member = quantile_groups(p, max(1, min(MOST_GROUPS, len(p) // PEOPLE_A_GROUP)))
    found = []
    for number in np.unique(member):
        rows = member == number
        people, count, mean = int(rows.sum()), int(y[rows].sum()), float(p[rows].mean())
        band: tuple[float | None, float | None] = (None, None)
        if low is not None and high is not None and np.isfinite(low[rows] + high[rows]).all():
            # what is not known of the treatment is shared by the group; chance is each person's own
            doubt = float((high[rows] - low[rows]).mean()) / (2 * Z80)
            half = Z80 * math.sqrt(doubt**2 + float((p[rows] * (1 - p[rows])).sum()) / people**2)
            band = (mean - half, mean + half)
        found.append(Group(people, mean, count / people, *wilson(count, people), *band))
    return tuple(found)


def _covered(groups: tuple[Group, ...]) -> Span:
    held = [g.expected_low <= g.observed <= g.expected_high for g in groups if g.expected_low is not None and g.expected_high is not None]
    if not held:
        return NOTHING
    return Span(sum(held) / len(held), *wilson(sum(held), len(held)))


def _verdict(responders: int, others: int, intercept: Span, slope: Span) -> str:
    if min(responders, others) < FEWEST:
        return TOO_FEW
    if intercept.low is None or intercept.high is None:
        return UNJUDGED
    if intercept.high < 0 or intercept.low > 0:
        return TOO_HIGH if intercept.high < 0 else TOO_LOW
    if slope.low is not None and slope.high is not None and (slope.high < 1 or slope.low > 1):
        return TOO_EXTREME if slope.high < 1 else TOO_TIMID
    return FITS


def _with_notes(report: CalibrationReport) -> CalibrationReport:
    notes = []
    if report.verdict == TOO_FEW:
        notes.append(
            f"Too few to judge: {report.responders} with and {report.people - report.responders} without a response; "
            f"{FEWEST} of each are asked for. The numbers are printed, no judgement rests on them."
        )
    if report.missing:
        notes.append(
            f"{report.missing} of {report.missing + report.people} outcomes are missing: if all of them failed the predictions are "
            f"{_off(report.bounds[0])}, if all responded {_off(report.bounds[1])}."
        )
    if report.slope.value is None:
        notes.append("The slope cannot be computed: predictions or outcomes do not differ, or they part without overlap.")
    banded = sum(group.expected_low is not None for group in report.groups)
    if 0 < banded < FEWEST_GROUPS:
        notes.append(f"Coverage of the bands rests on {banded} group(s): too few to judge.")
    return replace(report, notes=tuple(notes))


def _off(gap: float) -> str:
    return f"too {'low' if gap > 0 else 'high'} by {abs(gap):.3f}"
