"""Graded response model (D = 1): category probabilities, information, scores from sums and from any pattern of answers.

Axes: (items, categories, grid) for probabilities, (people, items) for answers, (people, grid) for likelihoods.  Everything is kept as
logarithms until the end, so steep items and contradictory answers cannot underflow to 0 / 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from painloom.model.answers import UNANSWERED
from painloom.model.bank import BankItem

Floats = npt.NDArray[np.float64]
PEOPLE_AT_ONCE = 8192


def grid(low: float, high: float, step: float = 0.1) -> Floats:
    """Quadrature points from `low` to `high`, both included; each is a rounded multiple of the step, not a running sum."""
    count = round((high - low) / step)
    return np.asarray([round(low + i * step, 10) for i in range(count + 1)], dtype=np.float64)


ADAPTIVE_GRID = grid(-4.0, 4.0)  # 81 points
SUMMED_GRID = grid(-4.5, 4.5)  # 91 points: the published tables need the wider grid at their ends


@dataclass(frozen=True)
class Parameters:
    """Items as arrays: `slopes` (items,), `thresholds` (items, most categories - 1) filled up with +inf, `categories` (items,)."""

    slopes: Floats
    thresholds: Floats
    categories: npt.NDArray[np.int64]


def parameters(items: Sequence[BankItem]) -> Parameters:
    """The items as arrays, in their order."""
    widest = max(len(item.b) for item in items)
    thresholds = np.full((len(items), widest), np.inf)
    for i, item in enumerate(items):
        thresholds[i, : len(item.b)] = item.b
    return Parameters(np.asarray([item.a for item in items]), thresholds, np.asarray([item.categories for item in items]))


def _edges(of: Parameters, theta: Floats) -> Floats:
    """a (theta - b) with the outer edges: (items, categories + 1, grid), +inf first; -inf from the last real category on."""
    inner = of.slopes[:, None, None] * (theta[None, None, :] - of.thresholds[:, :, None])
    shape = (len(of.slopes), 1, len(theta))
    return np.concatenate([np.full(shape, np.inf), inner, np.full(shape, -np.inf)], axis=1)


def log_probabilities(of: Parameters, theta: Floats) -> Floats:
    """log P of every category: (items, categories, grid); -inf for a category that an item does not have.

    P*(k) - P*(k+1) is computed as s(u) s(-v) (1 - exp(v - u)), s the logistic function: no difference of two nearly equal numbers.
    """
    edges = _edges(of, theta)
    upper, lower = edges[:, :-1], edges[:, 1:]
    absent = np.isneginf(upper)
    with np.errstate(invalid="ignore"):
        gap = np.where(np.isinf(upper) | np.isinf(lower), -np.inf, lower - upper)
    with np.errstate(divide="ignore"):
        logs = -np.logaddexp(0.0, -upper) - np.logaddexp(0.0, lower) + np.log(-np.expm1(gap))
    return np.where(absent, -np.inf, logs)


def information(of: Parameters, theta: Floats) -> Floats:
    """Fisher information: (items, grid).  a^2 sum P (1 - s(u) - s(v))^2, which equals a^2 sum (w_k - w_{k+1})^2 / P without a division."""
    edges = _edges(of, theta)
    logistic = 0.5 * (1.0 + np.tanh(0.5 * edges))
    share = np.exp(log_probabilities(of, theta))
    moved = 1.0 - logistic[:, :-1] - logistic[:, 1:]
    total: Floats = of.slopes[:, None] ** 2 * np.sum(share * moved**2, axis=1)
    return total


def log_normal(theta: Floats, mean: float, sd: float) -> Floats:
    """Logarithm of normal weights, up to a constant."""
    scaled: Floats = (theta - mean) / sd
    return -0.5 * scaled**2


def moments(log_weights: Floats, theta: Floats) -> tuple[Floats, Floats]:
    """Mean and SD over the last axis of unnormalised log weights."""
    weights = np.exp(log_weights - log_weights.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    mean = weights @ theta
    spread = np.sum(weights * (theta - mean[..., None]) ** 2, axis=-1)
    return mean, np.sqrt(spread)


@dataclass(frozen=True)
class SummedTable:
    """Sum -> estimate: `sums` counts from `lowest answer` x items; `theta`, `se` in theta units, one entry a sum."""

    sums: npt.NDArray[np.int64]
    theta: Floats
    se: Floats


def summed_scores(
    items: Sequence[BankItem], *, prior: tuple[float, float] = (0.0, 1.0), theta: Floats = SUMMED_GRID, first_answer: int = 1
) -> SummedTable:
    """Expected theta for every sum of complete answers (Lord and Wingersky's recursion).

    Parameters
    ----------
    prior : mean and SD of the normal weights.
    first_answer : number printed beside an item's lowest category; the sums are in these numbers.

    Notes
    -----
    Valid for complete answers only: with one missing use `pattern_scores`.

    Sources
    -------
    lord-wingersky-1984, thissen-1995
    """
    shares = log_probabilities(parameters(items), theta)
    likelihood = np.zeros((1, len(theta)))
    for item, share in zip(items, shares, strict=True):
        longer = np.full((len(likelihood) + item.categories - 1, len(theta)), -np.inf)
        for category in range(item.categories):
            part = longer[category : category + len(likelihood)]
            np.logaddexp(part, likelihood + share[category], out=part)
        likelihood = longer
    mean, spread = moments(likelihood + log_normal(theta, *prior), theta)
    return SummedTable(np.arange(len(likelihood)) + first_answer * len(items), mean, spread)


@dataclass(frozen=True)
class PatternScores:
    """Estimates of many people: NaN where nothing was answered; `answered` counts the answers behind each."""

    theta: Floats
    se: Floats
    answered: npt.NDArray[np.int64]


def pattern_scores(
    items: Sequence[BankItem], answers: npt.NDArray[np.integer], *, prior: tuple[float, float], theta: Floats = ADAPTIVE_GRID
) -> PatternScores:
    """Expected theta of each person from whatever items were answered.

    Parameters
    ----------
    answers : (people, items), categories from 0, UNANSWERED (any negative number) where there is none.  An unanswered item does not
        enter: the result is exactly that of the test without it.

    Raises
    ------
    ValueError : an answer lies above the item's last category.
    """
    of = parameters(items)
    if np.any(answers >= of.categories[None, :]):
        raise ValueError("an answer lies above the last category of its item")
    logs = log_probabilities(of, theta)
    table = np.concatenate([logs, np.zeros((len(items), 1, len(theta)))], axis=1)  # the last category: unanswered, says nothing
    empty = table.shape[1] - 1
    start = log_normal(theta, *prior)
    mean, spread = np.full(len(answers), np.nan), np.full(len(answers), np.nan)
    answered = (answers >= 0).sum(axis=1)
    for first in range(0, len(answers), PEOPLE_AT_ONCE):
        part = slice(first, first + PEOPLE_AT_ONCE)
        mean[part], spread[part] = moments(_posterior(table, answers[part], start, empty), theta)
    mean[answered == 0] = spread[answered == 0] = np.nan
    return PatternScores(mean, spread, answered)


def _posterior(table: Floats, answers: npt.NDArray[np.integer], start: Floats, empty: int) -> Floats:
    """(people, grid)."""
    logs = np.repeat(start[None, :], len(answers), axis=0)
    for item in range(table.shape[0]):
        given = answers[:, item]
        if np.any(given >= 0):
            logs += table[item][np.where(given >= 0, given, empty)]
    return logs


__all__ = [
    "ADAPTIVE_GRID",
    "SUMMED_GRID",
    "UNANSWERED",
    "Parameters",
    "PatternScores",
    "SummedTable",
    "grid",
    "information",
    "log_normal",
    "log_probabilities",
    "moments",
    "parameters",
    "pattern_scores",
    "summed_scores",
]
