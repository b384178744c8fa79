"""Trials in one person: analysis against the whole covariance, verdicts, what is refused."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from painloom.errors import InputError
from painloom.model.learning import BENEFIT, HARM, NO_CLEAR_BENEFIT, UNDECIDED, Belief
from painloom.response.nof1 import Diary, NoisePrior, analyse, judge
from painloom.response.nof1_design import randomised

SHARED = Path(__file__).resolve().parents[3] / "shared" / "response" / "cases"
PRIOR = Belief(0.5, 1.5)


def diary(effect, *, cycles=3, days=10, daily_sd=1.0, seed=1, trend=0.0, rho=0.0):
    """A simulated trial; pain is lower by `effect` under the active treatment."""
    rng = np.random.default_rng(seed)
    periods = randomised(cycles, days, 0, seed)
    number = np.repeat([p.period for p in periods], days)
    active = np.repeat([p.treatment == "A" for p in periods], days)
    noise = rng.normal(0, daily_sd, (2 * cycles, days))
    for day in range(1, days):
        noise[:, day] = rho * noise[:, day - 1] + math.sqrt(1 - rho**2) * noise[:, day]
    return Diary(number, (number + 1) // 2, active, 6 - effect * active + trend * number + noise.ravel())


def whole_covariance(data, prior, noise, rho, trend=True):
    """The same belief by a full covariance matrix over all days and a dense grid of both SDs: no periods, no sufficient statistics."""
    seen = np.isfinite(data.score)
    y, period = data.score[seen], data.period[seen]
    place = np.concatenate([np.arange((data.period == p).sum()) for p in np.unique(data.period)])[seen]
    same = period[:, None] == period
    gap = np.abs(place[:, None] - place)
    with_rho = np.where(same, np.where(gap == 0, 1.0, rho**gap), 0.0)
    design = np.column_stack([np.where(data.is_active[seen], -0.5, 0.5), np.ones(len(y)), period - np.unique(period).mean()])
    flat = 1e4
    around = design @ np.diag([prior.sd**2, flat, noise.trend_sd**2]) @ design.T
    start = design[:, 0] * prior.mean
    rows = []
    for daily in np.exp(np.linspace(math.log(noise.least_sd), math.log(4 * noise.daily_scale), 121)):
        for between in (np.arange(60) + 0.5) * 4 * noise.period_scale / 60:
            covariance = daily**2 * with_rho + between**2 * same
            both = covariance + around
            log = stats.multivariate_normal.logpdf(y, start, both) + math.log(daily)
            log -= 0.5 * ((daily / noise.daily_scale) ** 2 + (between / noise.period_scale) ** 2)
            gain = prior.sd**2 * np.linalg.solve(both, design[:, 0])
            rows.append((log, prior.mean + gain @ (y - start), prior.sd**2 * (1 - gain @ design[:, 0])))
    log, mean, variance = np.asarray(rows).T
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    middle = weight @ mean
    return middle, math.sqrt(weight @ (variance + (mean - middle) ** 2))


@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_periods_as_rows_agree_with_the_whole_covariance(rho):
    data = diary(1.5, cycles=2, days=5, rho=rho, trend=0.2)
    data.score[[3, 11]] = np.nan  # missed days keep their place
    noise = NoisePrior()
    found = analyse(data, PRIOR, autocorrelation=rho)
    mean, sd = whole_covariance(data, PRIOR, noise, rho)

    assert found.effect.mean == pytest.approx(mean, abs=0.0005)
    assert found.effect.sd == pytest.approx(sd, abs=0.0005)


def test_a_trial_with_little_noise_and_a_wide_prior_returns_the_difference():
    found = analyse(diary(2.0, cycles=4, days=30, daily_sd=0.6), Belief(0, 50))

    assert found.effect.mean == pytest.approx(2.0, abs=0.25)
    assert found.verdict == BENEFIT


@pytest.mark.parametrize(("effect", "verdict"), [(2.5, BENEFIT), (0.0, NO_CLEAR_BENEFIT), (-2.0, HARM)])
def test_clear_trials_get_their_word(effect, verdict):
    assert analyse(diary(effect, cycles=4, days=14, daily_sd=0.7), PRIOR).verdict == verdict


def test_one_noisy_cycle_decides_nothing():
    found = analyse(diary(1.0, cycles=1, days=3, daily_sd=2.0, seed=4), Belief(1.0, 1.5))

    assert found.verdict == UNDECIDED


def test_a_tight_prior_stays_where_it_was():
    found = analyse(diary(3.0), Belief(0.2, 1e-4))

    assert found.effect.mean == pytest.approx(0.2, abs=0.001)


def test_a_trend_is_not_taken_for_an_effect():
    """Pain that falls week by week must not be booked on the treatment: most of the fall goes to the trend."""
    found = analyse(diary(0.0, cycles=4, days=14, trend=-0.5, daily_sd=0.6), Belief(0, 2))

    assert abs(found.effect.mean) < 0.4
    assert found.trend.mean == pytest.approx(-0.5, abs=0.15)


def test_the_sign_of_the_trend_is_that_of_the_score():
    assert analyse(diary(0.0, cycles=4, trend=0.4, daily_sd=0.5), PRIOR).trend.mean > 0.2


def test_bands_cover_as_often_as_they_say():
    """Truth drawn from the prior, noise from its prior: an 80 % band holds the truth in 80 % of 300 trials (3 standard errors)."""
    rng = np.random.default_rng(11)
    held = 0
    for trial in range(300):
        truth, daily = rng.normal(PRIOR.mean, PRIOR.sd), max(0.29, abs(rng.normal(0, 2)))
        data = diary(truth, cycles=3, days=4, daily_sd=daily, seed=1000 + trial)
        between = abs(rng.normal(0, 0.7)) * rng.normal(size=6)
        data = Diary(data.period, data.cycle, data.is_active, data.score + between[data.period - 1])
        found = analyse(data, PRIOR, autocorrelation=0.0)
        held += found.low <= truth <= found.high

    assert 0.8 - 0.07 <= held / 300 <= 0.8 + 0.07


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(6)))
def test_the_order_of_periods_in_the_file_changes_nothing(order):
    data = diary(1.0, days=5)
    rows = np.concatenate([np.flatnonzero(data.period == p + 1) for p in order])
    moved = Diary(data.period[rows], data.cycle[rows], data.is_active[rows], data.score[rows])

    assert analyse(data, PRIOR).effect.mean == pytest.approx(analyse(moved, PRIOR).effect.mean, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.1, 20), st.floats(-100, 100))
def test_the_unit_and_the_zero_of_the_score_change_nothing(unit, zero):
    data = diary(1.0, days=5)
    plain = NoisePrior()
    scaled = NoisePrior(*(unit * x for x in (plain.daily_scale, plain.period_scale, plain.trend_sd, plain.carry_sd, plain.least_sd)))
    other = Diary(data.period, data.cycle, data.is_active, unit * data.score + zero)
    one = analyse(data, PRIOR, autocorrelation=0.2)
    two = analyse(other, Belief(unit * PRIOR.mean, unit * PRIOR.sd), important=unit, autocorrelation=0.2, noise=scaled)

    assert unit * one.effect.mean == pytest.approx(two.effect.mean, rel=1e-6, abs=1e-6 * unit)
    assert one.p_important == pytest.approx(two.p_important, abs=1e-6)
    assert one.verdict == two.verdict


def test_a_score_where_higher_is_better_turns_the_sign():
    data = diary(1.5)
    upside = Diary(data.period, data.cycle, data.is_active, 10 - data.score)

    assert analyse(data, PRIOR).effect.mean == pytest.approx(analyse(upside, PRIOR, higher_is="better").effect.mean, abs=1e-9)


def test_exchanging_the_treatments_turns_the_effect():
    data = diary(1.5)
    other = Diary(data.period, data.cycle, ~data.is_active, data.score)

    assert analyse(data, Belief(0, 2)).effect.mean == pytest.approx(-analyse(other, Belief(0, 2)).effect.mean, abs=1e-9)


def test_a_missed_day_is_not_a_score_of_nought():
    data = diary(1.5)
    gone = data.score.copy()
    gone[::4] = np.nan

    assert analyse(Diary(data.period, data.cycle, data.is_active, gone), PRIOR).effect.mean == pytest.approx(1.5, abs=0.7)
    assert analyse(Diary(data.period, data.cycle, data.is_active, gone), PRIOR).scores == len(gone) - len(gone[::4])


def test_identical_scores_leave_a_finite_belief():
    data = diary(0.0)
    found = analyse(Diary(data.period, data.cycle, data.is_active, np.full(len(data.score), 5.0)), PRIOR)

    assert math.isfinite(found.effect.mean)
    assert found.effect.sd > 0.05  # rounding to whole points hides that much


def test_what_a_period_leaves_behind_is_found_when_asked_for():
    data = diary(2.0, cycles=6, days=10, daily_sd=0.4, seed=5)
    before = np.asarray([p > 1 and bool(data.is_active[data.period == p - 1][0]) for p in data.period])
    leaky = Diary(data.period, data.cycle, data.is_active, data.score - 1.0 * before)
    found = analyse(leaky, Belief(0, 2), with_carry_over=True, noise=NoisePrior(carry_sd=1.5))

    assert found.carry_over is not None
    assert found.carry_over.mean == pytest.approx(1.0, abs=0.35)
    assert analyse(leaky, Belief(0, 2)).carry_over is None


@pytest.mark.parametrize(
    ("low", "high", "p_important", "word"),
    [
        (-2.0, -0.1, 0.0, HARM),
        (0.4, 2.0, 0.5, BENEFIT),
        (0.1, 0.9, 0.05, NO_CLEAR_BENEFIT),
        (0.1, 1.4, 0.35, UNDECIDED),
        (-0.3, 0.8, 0.2, NO_CLEAR_BENEFIT),
        (-0.3, 1.8, 0.45, UNDECIDED),
        (-0.3, 3.0, 0.7, UNDECIDED),
    ],
)
def test_the_verdict_follows_band_and_importance(low, high, p_important, word):
    assert judge(low, high, p_important, 1.0, 0.8)[0] == word


def test_a_small_sure_gain_says_that_it_is_small():
    assert "less than matters" in judge(0.1, 0.9, 0.05, 1.0, 0.8)[1]


@pytest.mark.parametrize("kind", ["one arm", "two treatments", "two cycles", "no score"])
def test_diaries_that_compare_nothing_are_refused(kind):
    data = diary(1.0, days=3)
    period, cycle, active, score = data.period.copy(), data.cycle.copy(), data.is_active.copy(), data.score.copy()
    if kind == "one arm":
        score[~active] = np.nan
    elif kind == "two treatments":
        active[0] = ~active[0]
    elif kind == "two cycles":
        cycle[0] += 7
    else:
        score[:] = np.nan
    with pytest.raises(InputError, match=r"trial|period"):
        analyse(Diary(period, cycle, active, score), PRIOR)


@pytest.mark.parametrize("wrong", [{"important": 0}, {"level": 1.0}, {"higher_is": "up"}, {"autocorrelation": 1.0}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(InputError):
        analyse(diary(1.0, days=3), PRIOR, **wrong)
