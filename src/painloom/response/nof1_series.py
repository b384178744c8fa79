"""Many crossovers at once: the mean benefit, how much people differ, and each one's own effect drawn towards the mean."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from painloom.errors import InputError
from painloom.model.learning import Belief, CrossoverEffect
from painloom.response.distributions import t_quantile
from painloom.response.nof1 import judge

Array = NDArray[np.float64]


def crossovers(
    differences: Array,
    people: Sequence[str],
    *,
    active_second: NDArray[np.bool_] | None = None,
    important: float = 1.0,
    level: float = 0.8,
) -> CrossoverEffect:
    """The benefit over people who took both treatments.

    Parameters
    ----------
    differences : (pairs,) improvement under the active treatment minus that under the other one, in points; NaN = a pair with a missing
        score, left out.
    people : (pairs,) whose pair it is; several pairs of one person are cycles of one trial.
    active_second : (pairs,) whether the active treatment came second; then the benefit is also given with the period's own effect removed.
    important, level : as in `analyse`.

    Raises
    ------
    InputError : fewer than two people with a whole pair.

    Notes
    -----
    Between-person variance by moments of the one-way layout (never below 0); the mean weighs people by what is known of each.
    """
    names = np.asarray(people)
    seen = np.isfinite(differences)
    values, names = differences[seen], names[seen]
    ids, member = np.unique(names, return_inverse=True)
    if len(ids) < 2:
        raise InputError("crossovers: fewer than two people have scores under both treatments")
    counts = np.bincount(member)
    means = np.bincount(member, values) / counts
    sd = float(values.std(ddof=1))
    between: float | None
    persons: tuple[tuple[str, Belief], ...]
    if len(values) == len(ids):
        mean, error, between, persons = float(values.mean()), sd / math.sqrt(len(values)), None, ()
    else:
        mean, error, between, persons = _nested(values, member, counts, means, ids)
    by_period = period_effect = None
    if active_second is not None:
        by_period, period_effect = _by_period(values, active_second[seen])
    judged = _judged(mean, error, len(ids) - 1, important, level)
    return CrossoverEffect(len(ids), mean, error, sd, *judged, between, by_period, period_effect, persons)


def _judged(mean: float, error: float, freedom: int, important: float, level: float) -> tuple[float, float, float, float, float, str, str]:
    """Interval, its level, probabilities of any and of an important benefit, verdict and why."""
    half = t_quantile(0.5 + level / 2, freedom) * error
    p_positive, p_important = (_above(mean, error, freedom, cut) for cut in (0.0, important))
    return mean - half, mean + half, level, p_positive, p_important, *judge(mean - half, mean + half, p_important, important, level)


def _above(mean: float, error: float, freedom: int, cut: float) -> float:
    from scipy.special import stdtr

    if error == 0:
        return float(mean > cut)
    return float(stdtr(freedom, (mean - cut) / error))


def _nested(
    values: Array, member: NDArray[np.int64], counts: NDArray[np.int64], means: Array, ids: NDArray[np.str_]
) -> tuple[float, float, float, tuple[tuple[str, Belief], ...]]:
    """Mean, its error, SD between people and each person's own effect, from several pairs of at least one person."""
    total, groups = len(values), len(ids)
    within = float(((values - means[member]) ** 2).sum()) / (total - groups)
    spread = float((counts * (means - values.mean()) ** 2).sum()) / (groups - 1)
    typical = (total - float((counts**2).sum()) / total) / (groups - 1)
    tau2 = max(0.0, (spread - within) / typical)
    variance = np.maximum(tau2 + within / counts, np.finfo(float).tiny)
    weight = 1 / variance
    mean = float((weight * means).sum() / weight.sum())
    error = math.sqrt(1 / float(weight.sum()))
    keep = tau2 / variance  # how far a person's own mean is believed
    own = mean + keep * (means - mean)
    # doubt about the mean itself enters where the person's own data weigh little
    sds = np.sqrt(tau2 * (1 - keep) + ((1 - keep) * error) ** 2)
    persons = tuple((str(name), Belief(float(m), float(s))) for name, m, s in zip(ids, own, sds, strict=True))
    return mean, error, math.sqrt(tau2), persons


def _by_period(values: Array, active_second: NDArray[np.bool_]) -> tuple[Belief | None, Belief | None]:
    """Benefit with the period removed, and what the later period gains; None unless both orders have at least two pairs.

    Sources
    -------
    hills-armitage-1979
    """
    second, first = values[active_second], values[~active_second]
    if min(len(first), len(second)) < 2:
        return None, None
    pooled = (((second - second.mean()) ** 2).sum() + ((first - first.mean()) ** 2).sum()) / (len(values) - 2)
    error = 0.5 * math.sqrt(float(pooled) * (1 / len(first) + 1 / len(second)))
    ends = float(second.mean()), float(first.mean())
    return Belief((ends[0] + ends[1]) / 2, error), Belief((ends[0] - ends[1]) / 2, error)
