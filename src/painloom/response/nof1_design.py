"""Design of a trial in one person: a random order within each cycle, washout, and how many cycles it takes.

A cycle holds one period with each treatment.  Scores of a period are averaged over the days that count; the effect is the mean of the
differences within cycles.  Everything is closed form.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from painloom.errors import InputError
from painloom.model.learning import ACTIVE, ARMS, COMPARATOR, Belief, Sizing, TrialPeriod
from painloom.response.distributions import normal_cdf, normal_quantile

HALF_LIVES = 5  # 97 % has left the body; a declared convention, not a fact about any treatment
MOST_CYCLES = 30
FIRST_PACKAGE, PACKAGES = 100, 900
HIDDEN = "."


@dataclass(frozen=True, slots=True)
class Spread:
    """How scores of one person vary under one treatment, in points of the score.

    `daily_sd` above 0: a day around the level of its period; `period_sd`: period levels around the person's own; `autocorrelation` in
    [0, 1): one day with the next.
    """

    daily_sd: float
    period_sd: float = 0.0
    autocorrelation: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no spread."""
        if not (math.isfinite(self.daily_sd) and self.daily_sd > 0 and math.isfinite(self.period_sd) and self.period_sd >= 0):
            raise InputError("spread: the daily SD must be above 0 and that between periods not below it")
        if not 0 <= self.autocorrelation < 1:
            raise InputError("autocorrelation: must lie in 0..1, 1 left out")

    def period_variance(self, days: int) -> float:
        """Variance of the mean of `days` scores of one period around the person's level, in squared points."""
        lags = np.arange(1, days)
        inflation = 1 + 2 * float(((1 - lags / days) * self.autocorrelation**lags).sum())
        return self.period_sd**2 + self.daily_sd**2 / days * inflation


def washout_days(half_life_hours: float, half_lives: float = HALF_LIVES) -> int:
    """Days until `half_lives` half-lives have passed, rounded up; the longer one of two treatments decides.

    Raises
    ------
    InputError : a half-life that is not above 0.
    """
    if not (math.isfinite(half_life_hours) and half_life_hours > 0 and half_lives > 0):
        raise InputError("half-life: must be a number of hours above 0")
    return math.ceil(half_lives * half_life_hours / 24)


def randomised(cycles: int, period_days: int, washout: int, seed: int) -> tuple[TrialPeriod, ...]:
    """The list of periods in their order: each cycle holds both treatments in a random order.

    Parameters
    ----------
    period_days : days of a period, its washout included.
    washout : days at the start of every period whose scores do not count, also of the first (earlier treatment leaves too).
    seed : 0 or more; the same seed gives the same list on every machine (raw PCG64 draws).

    Raises
    ------
    InputError : no cycle or too many, no day left that counts, or a negative seed.
    """
    if not 1 <= cycles <= MOST_CYCLES:
        raise InputError(f"cycles: must lie in 1..{MOST_CYCLES}")
    if washout < 0 or period_days <= washout:
        raise InputError("washout: must leave at least one day of the period that counts, and not be negative")
    if seed < 0:
        raise InputError("seed: must be a whole number of 0 or more")
    source = np.random.PCG64(seed)
    coins = np.asarray(source.random_raw(cycles)) >> np.uint64(63)
    numbers = FIRST_PACKAGE + np.argsort(np.asarray(source.random_raw(PACKAGES)), kind="stable")[: 2 * cycles]
    order = [arm for coin in coins for arm in (ARMS if coin else ARMS[::-1])]
    return tuple(
        TrialPeriod(n // 2 + 1, n + 1, arm, str(numbers[n]), n * period_days + 1, n * period_days + washout + 1, (n + 1) * period_days)
        for n, arm in enumerate(order)
    )


def blinded(periods: Sequence[TrialPeriod]) -> tuple[TrialPeriod, ...]:
    """The list for the person and the clinic: package numbers instead of treatments; the pharmacy keeps the other one."""
    return tuple(replace(period, treatment=HIDDEN) for period in periods)


def list_error(periods: Sequence[TrialPeriod], spread: Spread, *, with_trend: bool = True) -> float:
    """Standard error of the effect from this very list, in points; infinite where a straight trend over periods cannot be told from it."""
    count = len(periods)
    days = periods[0].last_day - periods[0].first_counted + 1
    arm = np.asarray([{ACTIVE: 0.5, COMPARATOR: -0.5}[p.treatment] for p in periods])
    time = np.arange(count) - (count - 1) / 2
    columns = [arm, np.ones(count), *([time] if with_trend else [])]
    design = np.stack(columns, axis=1)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return math.inf
    information = design.T @ design / spread.period_variance(days)
    return math.sqrt(float(np.linalg.inv(information)[0, 0]))


def sizing(
    cycles: int,
    days: int,
    spread: Spread,
    *,
    important: float,
    prior: Belief | None = None,
    truth: float | None = None,
    level: float = 0.8,
) -> Sizing:
    """What a trial of `cycles` cycles with `days` counted scores a period can tell.

    Parameters
    ----------
    important : least important difference, in points.
    prior : belief in this person's effect before the trial, in points; None = flat.
    truth : the effect for which the probabilities hold; None = averaged over the prior.
    level : coverage of the interval, inside (0, 1).

    Raises
    ------
    InputError : neither prior nor truth, or a value outside its range.
    """
    if not 0 < level < 1:
        raise InputError("level: must lie between 0 and 1")
    if cycles < 1 or days < 1:
        raise InputError("cycles and counted days: must be 1 or more")
    if prior is None and truth is None:
        raise InputError("prior: without a prior the probabilities need an assumed true effect")
    variance = 2 * spread.period_variance(days) / cycles
    known = 0.0 if prior is None else 1 / prior.sd**2
    sd = math.sqrt(1 / (known + 1 / variance))
    trust = sd**2 / variance  # weight of the data in the mean afterwards
    before = 0.0 if prior is None else prior.mean
    if truth is None:
        centre, wobble = before, trust * math.hypot(math.sqrt(variance), 0.0 if prior is None else prior.sd)
    else:
        centre, wobble = (1 - trust) * before + trust * truth, trust * math.sqrt(variance)
    half = normal_quantile(0.5 + level / 2) * sd
    more, less = normal_cdf(np.asarray([(centre - half - important) / wobble, (important - half - centre) / wobble]))
    return Sizing(cycles, math.sqrt(variance), sd, float(more), float(less))


def cycles_for(
    days: int,
    spread: Spread,
    *,
    important: float,
    error: float | None = None,
    conclusive: float | None = None,
    prior: Belief | None = None,
    truth: float | None = None,
    level: float = 0.8,
) -> Sizing | None:
    """The smallest trial whose standard error is at most `error`, and whose interval excludes the least important difference with at
    least the probability `conclusive`; None where 30 cycles do not suffice.

    Raises
    ------
    InputError : no goal, or one that is out of range; and as `sizing`.
    """
    if error is None and conclusive is None:
        raise InputError("goal: give a standard error, a probability, or both")
    if (error is not None and error <= 0) or (conclusive is not None and not 0 < conclusive < 1):
        raise InputError("goal: the standard error must be above 0, the probability between 0 and 1")
    for cycles in range(1, MOST_CYCLES + 1):
        found = sizing(cycles, days, spread, important=important, prior=prior, truth=truth, level=level)
        if (error is None or found.error <= error) and (conclusive is None or found.conclusive >= conclusive):
            return found
    return None
