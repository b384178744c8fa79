"""Calibration for benefit: was the predicted gain of a treatment the gain that was seen?

Nobody is seen both with and without a treatment.  So treated and untreated people with like predicted benefit are made pairs, and the
difference of outcomes in a pair stands for the benefit.  It is unbiased only where allocation was random.
"""

import math

import numpy as np
from numpy.typing import NDArray

from painloom.errors import InputError
from painloom.model.learning import FITS, TOO_FEW, TOO_HIGH, TOO_LOW, BenefitReport, Group, Span
from painloom.response.calibration import Z95, quantile_groups, wilson

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
FEWEST_PAIRS, PAIRS_A_GROUP, MOST_GROUPS = 100, 25, 4
NOTHING = Span(None)


def calibrate_benefit(benefit: Array, outcome: Array, is_treated: NDArray[np.bool_]) -> BenefitReport:
    """Predicted against observed benefit in matched pairs.

    Parameters
    ----------
    benefit : (people,) predicted added probability of a response, in [-1, 1].
    outcome : (people,) 1 (response), 0, or NaN where it is not known; those are left out.
    is_treated : (people,) whether the treatment was given.

    Raises
    ------
    InputError : a benefit outside -1..1, an outcome that is neither 0 nor 1, or an arm without a known outcome.

    Sources
    -------
    van-klaveren-2018
    """
    if not (np.isfinite(benefit).all() and (np.abs(benefit) <= 1).all()):
        raise InputError("benefit: must lie in -1..1")
    seen = np.isfinite(outcome)
    if not np.isin(outcome[seen], (0.0, 1.0)).all():
        raise InputError("outcomes: must be 1 (response), 0 or missing")
    arms = seen & is_treated, seen & ~is_treated
    if not (arms[0].any() and arms[1].any()):
        raise InputError("arms: one of them has no known outcome; without both there is no benefit to see")
    treated, other = match_ranks(benefit[arms[0]], benefit[arms[1]])
    expected = (benefit[arms[0]][treated] + benefit[arms[1]][other]) / 2
    y = outcome[arms[0]][treated], outcome[arms[1]][other]
    pairs = len(expected)
    predicted, observed = float(expected.mean()), Span(*_difference(*y))
    concordance = c_for_benefit(expected, y[0] - y[1])
    return BenefitReport(
        pairs,
        predicted,
        observed,
        concordance,
        _groups(expected, *y),
        _verdict(pairs, predicted, observed),
        _notes(pairs, int(seen.sum()) - 2 * pairs, concordance),
    )


def match_ranks(treated: Array, other: Array) -> tuple[Ints, Ints]:
    """Places of the pairs in both arms, matched by the rank of the predicted benefit.

    The larger arm gives as many people as the smaller one, evenly over its ranks instead of drawn at random, so that a report can be
    repeated.  Equal values stand in the order of the file.
    """
    orders = [np.argsort(values, kind="stable") for values in (treated, other)]
    pairs = min(len(treated), len(other))
    first, second = (order[((np.arange(pairs) + 0.5) * len(order) / pairs).astype(np.int64)] for order in orders)
    return first, second


def c_for_benefit(predicted: Array, observed: Array) -> Span:
    """Probability that of two pairs with unequal observed benefit the one with the greater has the greater prediction (ties count half).

    Parameters
    ----------
    predicted : (pairs,) mean predicted benefit; `observed` : (pairs,) -1, 0 or 1.

    Returns
    -------
    The index with its 95 % interval; None where all pairs have one observed benefit.
    """
    wins, asked = np.zeros(len(predicted)), np.zeros(len(predicted))
    levels = {value: np.sort(predicted[observed == value]) for value in np.unique(observed)}
    for value, among in levels.items():
        for sign, rows in ((1.0, observed > value), (-1.0, observed < value)):
            x = predicted[rows]
            below = (np.searchsorted(among, x, "left") + np.searchsorted(among, x, "right")) / 2
            wins[rows] += below if sign > 0 else len(among) - below
            asked[rows] += len(among)
    total = float(asked.sum())
    if total == 0:
        return NOTHING
    value = float(wins.sum()) / total
    half = Z95 * 2 * math.sqrt(float(((wins - value * asked) ** 2).sum())) / total
    return Span(value, max(0.0, value - half), min(1.0, value + half))


def newcombe(first: tuple[int, int], second: tuple[int, int]) -> tuple[float, float]:
    """95 % interval of a difference of two rates, each given as count and people, from their Wilson intervals.

    Sources
    -------
    newcombe-1998
    """
    (p, low, high), (q, below, above) = ((count / people, *wilson(count, people)) for count, people in (first, second))
    return p - q - math.hypot(p - low, above - q), p - q + math.hypot(high - p, q - below)


def _difference(treated: Array, other: Array) -> tuple[float, float, float]:
    counts = [(int(y.sum()), len(y)) for y in (treated, other)]
    return float(treated.mean() - other.mean()), *newcombe(counts[0], counts[1])


def _groups(expected: Array, treated: Array, other: Array) -> tuple[Group, ...]:
    member = quantile_groups(expected, max(1, min(MOST_GROUPS, len(expected) // PAIRS_A_GROUP)))
    found = []
    for number in np.unique(member):
        rows = member == number
        found.append(Group(int(rows.sum()), float(expected[rows].mean()), *_difference(treated[rows], other[rows])))
    return tuple(found)


def _verdict(pairs: int, predicted: float, observed: Span) -> str:
    if pairs < FEWEST_PAIRS or observed.low is None or observed.high is None:
        return TOO_FEW
    if observed.low <= predicted <= observed.high:
        return FITS
    return TOO_HIGH if predicted > observed.high else TOO_LOW


def _notes(pairs: int, unpaired: int, concordance: Span) -> tuple[str, ...]:
    notes = ["Pairs show a benefit only where allocation was random; where treatment was chosen they show the choice as well."]
    if pairs < FEWEST_PAIRS:
        notes.append(f"Too few to judge the benefit: {pairs} pairs, {FEWEST_PAIRS} are asked for.")
    if unpaired:
        notes.append(f"Without a partner in the smaller arm: {unpaired}; the pairs take the ranks of the larger one evenly.")
    if concordance.low is not None and concordance.high is not None and concordance.low <= 0.5 <= concordance.high:
        notes.append("No sign that the predictions tell who benefits more: the average is the best statement for everybody.")
    return tuple(notes)
