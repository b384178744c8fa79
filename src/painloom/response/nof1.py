"""A trial in one person, analysed: the belief in this person's effect after periods with and without the treatment.

Scores y of a period p: y = level - effect * treated + trend * p (- carry-over) + period deviation + daily error, daily errors alike from
day to day by AR(1).  The SDs and the autocorrelation are integrated out on a grid under declared priors; all else is Gaussian algebra.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from painloom.errors import InputError
from painloom.model.learning import BENEFIT, HARM, NO_CLEAR_BENEFIT, UNDECIDED, Belief, PersonalEffect
from painloom.response.distributions import normal_cdf

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
LIKELY, UNLIKELY = 0.5, 0.2
DAILY_NODES, PERIOD_NODES, REACH = 40, 24, 4.0
CORRELATIONS = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75)
FEW_A_PERIOD = 4  # below it a diary says nothing of the autocorrelation
NEGLIGIBLE, HALVINGS = 1e-12, 60
MOST_A_PERIOD = 400
MANY, SPANNED = 20, 7.0


@dataclass(frozen=True, slots=True)
class Diary:
    """Scores of one person, one a row; arrays (rows,): period number, cycle number, whether the active treatment was taken, score.

    `score` is NaN where a day was missed; rows of a period stand in the order of days, missed days keep their place.
    """

    period: Ints
    cycle: Ints
    is_active: NDArray[np.bool_]
    score: Array


@dataclass(frozen=True, slots=True)
class NoisePrior:
    """Declared priors in points of the score; half-normal scales for SDs, normal SDs around 0 for trend (a period) and carry-over.

    `least_sd` is the smallest daily SD that is believed: whole-number answers hide 0.29 points by rounding alone.
    """

    daily_scale: float = 2.0
    period_scale: float = 0.7
    trend_sd: float = 0.5
    carry_sd: float = 0.5
    least_sd: float = 0.29

    def __post_init__(self) -> None:
        """Refuse scales that are none."""
        sizes = (self.daily_scale, self.period_scale, self.trend_sd, self.carry_sd, self.least_sd)
        if not all(math.isfinite(x) and x > 0 for x in sizes) or self.least_sd >= self.daily_scale:
            raise InputError("prior of the noise: scales must be above 0, the least SD below the daily scale")


@dataclass(frozen=True, slots=True)
class _Periods:
    """A diary by periods, for one autocorrelation: GLS mean (periods,), its variance factor 1/a, and what the days say of the daily SD."""

    mean: Array
    factor: Array
    squares: float
    freedom: int
    log_constant: float


def analyse(
    diary: Diary,
    prior: Belief,
    *,
    important: float = 1.0,
    level: float = 0.8,
    higher_is: str = "worse",
    with_carry_over: bool = False,
    autocorrelation: float | None = None,
    noise: NoisePrior | None = None,
) -> PersonalEffect:
    """The effect of the active treatment in this person.

    Parameters
    ----------
    prior : belief in this person's effect in points, from the pooled evidence; SD above 0.
    important : least important difference in points, above 0.
    level : coverage of the band.
    higher_is : "worse" (pain) or "better".
    with_carry_over : add a term for what a period leaves to the next one; without it washout is trusted.
    autocorrelation : of one day with the next in [0, 1); None = integrated out (0 where a period has few scores).

    Raises
    ------
    InputError : only one treatment has scores, a period with two treatments or cycles, or a value outside its range.
    """
    noise = NoisePrior() if noise is None else noise
    if not prior.sd > 0 or not important > 0 or not 0 < level < 1 or higher_is not in ("worse", "better"):
        raise InputError("analysis: the prior's SD and the least important difference must be above 0, the level between 0 and 1")
    if autocorrelation is not None and not 0 <= autocorrelation < 1:
        raise InputError("autocorrelation: must lie in 0..1, 1 left out")
    numbers, blocks, active = _by_period(diary)
    sign = -1.0 if higher_is == "worse" else 1.0
    design = _design(numbers, active, diary, sign, with_carry_over)
    precision, start = _priors(prior, noise, with_carry_over)
    seen = sum(int(np.isfinite(block).sum()) for block in blocks)
    rhos = (autocorrelation,) if autocorrelation is not None else CORRELATIONS if seen >= FEW_A_PERIOD * len(blocks) else (0.0,)
    mixed = [_grid(_reduce(blocks, rho), design, precision, start, noise) for rho in rhos]
    log, means, variances, daily, between = (np.concatenate(parts) for parts in zip(*mixed, strict=True))
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    rho_of = np.repeat(rhos, [len(part[0]) for part in mixed])
    beliefs = [_mixed(weight, means[:, j], variances[:, j]) for j in range(design.shape[1])]
    judged = _judged(weight, means[:, 0], np.sqrt(variances[:, 0]), important, level)
    sds = (float(weight @ daily), float(weight @ between), float(weight @ rho_of))
    return PersonalEffect(beliefs[0], *judged, len(numbers), seen, beliefs[2], beliefs[3] if with_carry_over else None, *sds)


def _judged(weight: Array, means: Array, sds: Array, important: float, level: float) -> tuple[float, float, float, float, float, str, str]:
    """Band, its level, probabilities of any and of an important benefit, verdict and why, of a mixture of normals."""
    kept = weight > NEGLIGIBLE
    w, m, s = weight[kept] / weight[kept].sum(), means[kept], sds[kept]
    low, high = (_quantile(w, m, s, end) for end in ((1 - level) / 2, (1 + level) / 2))
    p_positive, p_important = (float(w @ normal_cdf((m - cut) / s)) for cut in (0.0, important))
    return low, high, level, p_positive, p_important, *judge(low, high, p_important, important, level)


def judge(low: float, high: float, p_important: float, important: float, level: float) -> tuple[str, str]:
    """The verdict word and its reason, from the band of the effect and the probability of more than the least important difference."""
    band = f"{level:.0%} band {low:.2f} to {high:.2f} points"
    matters = f"the chance of more than {important:g} point{'' if important == 1 else 's'} is {p_important:.0%}"
    if high < 0:
        return HARM, f"{band}: the active treatment is worse"
    if low > 0 and p_important >= LIKELY:
        return BENEFIT, f"{band}; {matters}"
    if p_important <= UNLIKELY:
        return NO_CLEAR_BENEFIT, f"{band}; {matters}" + (": better, but by less than matters" if low > 0 else "")
    return UNDECIDED, f"{band}; {matters}: more periods would be needed"


def _by_period(diary: Diary) -> tuple[Ints, list[Array], NDArray[np.bool_]]:
    """Period numbers in order that hold scores, their scores, and what was taken in them."""
    numbers, blocks, active = [], [], []
    for number in np.unique(diary.period):
        rows = diary.period == number
        if len(np.unique(diary.is_active[rows])) > 1 or len(np.unique(diary.cycle[rows])) > 1:
            raise InputError(f"period {number}: holds two treatments or belongs to two cycles; give every period a number of its own")
        if rows.sum() > MOST_A_PERIOD:
            raise InputError(f"period {number}: more than {MOST_A_PERIOD} rows")
        if np.isfinite(diary.score[rows]).any():
            numbers.append(int(number))
            blocks.append(diary.score[rows])
            active.append(bool(diary.is_active[rows][0]))
    if len(set(active)) < 2:
        raise InputError("trial: only one treatment has scores; without the other one there is nothing to compare")
    return np.asarray(numbers, dtype=np.int64), blocks, np.asarray(active)


def _design(numbers: Ints, active: NDArray[np.bool_], diary: Diary, sign: float, with_carry_over: bool) -> Array:
    """Columns (periods, 3 or 4): effect, level, trend and carry-over, so that a positive effect is a better score."""
    time = numbers - numbers.mean()
    columns = [sign * np.where(active, 0.5, -0.5), np.ones(len(numbers)), time]
    if with_carry_over:
        taken = {int(p): bool(a) for p, a in zip(diary.period, diary.is_active, strict=True)}
        columns.append(sign * np.asarray([float(taken.get(int(n) - 1, False)) for n in numbers]))
    return np.stack(columns, axis=1)


def _priors(prior: Belief, noise: NoisePrior, with_carry_over: bool) -> tuple[Array, Array]:
    """Prior precision and mean of the coefficients; the level is flat."""
    precision = [prior.sd**-2, 0.0, noise.trend_sd**-2, *([noise.carry_sd**-2] if with_carry_over else [])]
    start = np.zeros(len(precision))
    start[0] = prior.mean
    return np.asarray(precision), start


def _reduce(blocks: list[Array], rho: float) -> _Periods:
    """Sufficient statistics of the days: the mean of a period needs only its own block of the covariance."""
    means, factors, squares, freedom, constant = [], [], 0.0, 0, 0.0
    for block in blocks:
        days = np.flatnonzero(np.isfinite(block))
        y = block[days]
        correlation = np.where((gap := np.abs(days[:, None] - days)) == 0, 1.0, rho**gap)
        solved = np.linalg.solve(correlation, np.stack([np.ones(len(y)), y], axis=1))
        a = float(solved[:, 0].sum())
        mean = float(solved[:, 1].sum()) / a
        left = y - mean
        squares += float(left @ (solved[:, 1] - mean * solved[:, 0]))
        freedom += len(y) - 1
        constant -= 0.5 * (float(np.linalg.slogdet(correlation)[1]) + math.log(a))
        means.append(mean)
        factors.append(1 / a)
    return _Periods(np.asarray(means), np.asarray(factors), squares, freedom, constant)


def _grid(data: _Periods, design: Array, precision: Array, start: Array, noise: NoisePrior) -> tuple[Array, Array, Array, Array, Array]:
    """Log weight (nodes,), posterior means and variances (nodes, coefficients), daily and period SD (nodes,), for one autocorrelation."""
    steps = _log_steps(data, noise)
    points, measure = np.polynomial.legendre.leggauss(PERIOD_NODES)
    tau = 0.5 * REACH * noise.period_scale * (points + 1)
    daily, between = (x.ravel() for x in np.meshgrid(np.exp(steps), tau, indexing="ij"))
    log = np.log(daily) + math.log(steps[1] - steps[0])  # even steps of the log: a density of the SD times the SD and the step
    log = log - 0.5 * (daily / noise.daily_scale) ** 2
    log = log + np.log(np.tile(measure, DAILY_NODES)) - 0.5 * (between / noise.period_scale) ** 2
    variance = between[:, None] ** 2 + daily[:, None] ** 2 * data.factor
    weights = 1 / variance
    information = np.einsum("pi,gp,pj->gij", design, weights, design) + np.diag(precision)
    right = np.einsum("pi,gp,p->gi", design, weights, data.mean) + precision * start
    inverse = np.linalg.inv(information)
    means = np.einsum("gij,gj->gi", inverse, right)
    misfit = (weights * (data.mean - means @ design.T) ** 2).sum(axis=1) + ((means - start) ** 2 * precision).sum(axis=1)
    log = log - 0.5 * (np.log(variance).sum(axis=1) + np.linalg.slogdet(information)[1] + misfit)
    log = log + data.log_constant - data.freedom * np.log(daily) - 0.5 * data.squares / daily**2
    return log, means, np.diagonal(inverse, axis1=1, axis2=2), daily, between


def _log_steps(data: _Periods, noise: NoisePrior) -> Array:
    """Even steps of the log of the daily SD over all that the prior allows, or around what many days say of it."""
    low, high = math.log(noise.least_sd), math.log(REACH * noise.daily_scale)
    if data.freedom >= MANY and data.squares > 0:
        centre, half = 0.5 * math.log(data.squares / data.freedom), SPANNED / math.sqrt(2 * data.freedom)
        inner = max(low, centre - half), min(high, centre + half)
        low, high = inner if inner[1] - inner[0] > half / 2 else (low, high)
    return np.linspace(low, high, DAILY_NODES)


def _mixed(weight: Array, means: Array, variances: Array) -> Belief:
    mean = float(weight @ means)
    return Belief(mean, math.sqrt(float(weight @ (variances + (means - mean) ** 2))))


def _quantile(weight: Array, means: Array, sds: Array, probability: float) -> float:
    low, high = float((means - 12 * sds).min()), float((means + 12 * sds).max())
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if float(weight @ normal_cdf((middle - means) / sds)) < probability else (low, middle)
    return 0.5 * (low + high)
