"""Trials in one person: lists that repeat, sizes against simulation, analysis against the whole covariance, a published crossover."""

import csv
import io
import itertools
import json
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from painloom.errors import InputError
from painloom.model.learning import BENEFIT, HARM, NO_CLEAR_BENEFIT, UNDECIDED, Belief
from painloom.response.nof1 import Diary, NoisePrior, analyse, judge
from painloom.response.nof1_design import Spread, blinded, cycles_for, list_error, randomised, sizing, washout_days
from painloom.response.nof1_series import crossovers

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


# The list


def test_the_same_seed_gives_the_same_list_and_another_one_does_not():
    assert randomised(4, 14, 4, 7) == randomised(4, 14, 4, 7)
    assert len({tuple(p.treatment for p in randomised(6, 14, 4, seed)) for seed in range(40)}) > 20


def test_the_list_of_a_seed_is_this_one():
    """Pinned: a list that was printed and handed out must be found again by every later release."""
    assert "".join(p.treatment for p in randomised(5, 7, 2, 2026)) == "BAABBABABA"
    assert [p.package for p in randomised(2, 7, 2, 2026)] == ["831", "156", "566", "912"]


@given(st.integers(1, 30), st.integers(0, 10), st.integers(1, 30), st.integers(0, 2**40))
def test_every_cycle_holds_both_treatments_and_days_follow_each_other(cycles, washout, counted, seed):
    periods = randomised(cycles, washout + counted, washout, seed)

    assert Counter((p.cycle, p.treatment) for p in periods) == {(c + 1, t): 1 for c in range(cycles) for t in "AB"}
    assert [p.period for p in periods] == list(range(1, 2 * cycles + 1))
    assert all(p.last_day - p.first_counted + 1 == counted and p.first_counted - p.first_day == washout for p in periods)
    assert all(b.first_day == a.last_day + 1 for a, b in itertools.pairwise(periods))
    assert len({p.package for p in periods}) == 2 * cycles


def test_orders_are_even_over_seeds():
    """Of 4,000 cycles half begin with the active treatment (4 standard errors)."""
    first = [p.treatment == "A" for seed in range(400) for p in randomised(10, 7, 0, seed) if p.period % 2]

    assert abs(np.mean(first) - 0.5) < 4 * 0.5 / math.sqrt(len(first))


def test_package_numbers_do_not_tell_the_treatment():
    numbers = {arm: [int(p.package) for s in range(300) for p in randomised(3, 7, 0, s) if p.treatment == arm] for arm in "AB"}

    assert stats.mannwhitneyu(numbers["A"], numbers["B"]).pvalue > 0.001


def test_the_blinded_list_names_no_treatment_and_keeps_the_rest():
    periods = randomised(3, 14, 4, 1)
    hidden = blinded(periods)

    assert {"."} == {p.treatment for p in hidden}
    assert [p.package for p in periods] == [p.package for p in hidden]


@pytest.mark.parametrize("wrong", [(0, 14, 4, 1), (31, 14, 4, 1), (3, 4, 4, 1), (3, 14, -1, 1), (3, 14, 4, -1)])
def test_lists_that_cannot_be_are_refused(wrong):
    with pytest.raises(InputError):
        randomised(*wrong)


@pytest.mark.parametrize(("hours", "days"), [(12, 3), (24, 5), (30, 7), (4.8, 1), (0.1, 1)])
def test_washout_is_five_half_lives_in_whole_days(hours, days):
    assert washout_days(hours) == days


# How many cycles


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.8])
def test_the_variance_of_a_mean_of_days_is_that_of_the_whole_covariance(rho):
    days = np.arange(9)
    expected = 0.5**2 + 1.5**2 * (rho ** np.abs(days[:, None] - days)).sum() / 81 if rho else 0.5**2 + 1.5**2 / 9

    assert Spread(1.5, 0.5, rho).period_variance(9) == pytest.approx(expected, rel=1e-12)


def test_sizes_agree_with_simulation():
    """Truth from the prior, mean difference from its sampling law, the band by the normal update: counted in 400,000 trials."""
    spread, prior, level = Spread(1.5, 0.5, 0.3), Belief(0.9, 1.0), 0.8
    told = sizing(4, 10, spread, important=1.0, prior=prior, level=level)
    rng = np.random.default_rng(5)
    truth = rng.normal(prior.mean, prior.sd, 400_000)
    seen = rng.normal(truth, told.error)
    sd = (prior.sd**-2 + told.error**-2) ** -0.5
    mean = sd**2 * (prior.mean / prior.sd**2 + seen / told.error**2)
    half = stats.norm.ppf(0.5 + level / 2) * sd

    assert told.shows_more == pytest.approx((mean - half > 1).mean(), abs=0.004)
    assert told.shows_less == pytest.approx((mean + half < 1).mean(), abs=0.004)


def test_an_assumed_truth_replaces_the_prior_in_the_chances():
    spread = Spread(1.5)
    good, poor = (sizing(4, 10, spread, important=1.0, truth=truth) for truth in (3.0, -1.0))

    assert good.shows_more > 0.95
    assert poor.shows_less > 0.95


@given(st.integers(1, 29), st.floats(0.2, 3), st.floats(0.1, 3))
def test_more_cycles_never_widen_a_belief(cycles, daily_sd, prior_sd):
    one, more = (sizing(c, 7, Spread(daily_sd), important=1.0, prior=Belief(0.5, prior_sd)) for c in (cycles, cycles + 1))

    assert more.sd < one.sd
    assert more.error < one.error


def test_the_smallest_trial_that_reaches_a_goal_is_found():
    spread, asked = Spread(1.5, 0.5, 0.3), {"important": 1.0, "prior": Belief(0.0, 2.0)}
    found = cycles_for(10, spread, error=0.6, **asked)

    assert found is not None
    assert found.error <= 0.6 < sizing(found.cycles - 1, 10, spread, **asked).error


def test_a_goal_out_of_reach_is_said():
    assert cycles_for(1, Spread(5.0), important=1.0, error=0.01, prior=PRIOR) is None


@pytest.mark.parametrize("wrong", [{}, {"error": 0}, {"conclusive": 1.0}])
def test_goals_that_are_none_are_refused(wrong):
    with pytest.raises(InputError, match="goal"):
        cycles_for(7, Spread(1.0), important=1.0, prior=PRIOR, **wrong)


def test_chances_without_prior_and_without_truth_are_refused():
    with pytest.raises(InputError, match="prior"):
        sizing(3, 7, Spread(1.0), important=1.0)


def test_the_error_of_a_list_is_that_of_least_squares():
    """Without a trend it is the plain formula; with one it is never smaller."""
    spread = Spread(1.5, 0.5, 0.3)
    for seed in range(20):
        periods = randomised(3, 14, 4, seed)
        plain = list_error(periods, spread, with_trend=False)

        assert plain == pytest.approx(sizing(3, 10, spread, important=1, prior=PRIOR).error, rel=1e-12)
        assert list_error(periods, spread) >= plain - 1e-12


def test_one_cycle_cannot_tell_a_trend_from_an_effect():
    assert list_error(randomised(1, 14, 4, 1), Spread(1.0)) == math.inf


# Many people


@pytest.fixture(scope="module")
def published():
    """People of a published crossover: improvement from the first to the third visit of a period, active minus the other."""
    if not SHARED.is_dir():
        pytest.skip("reference material (../shared) is not here")
    text = (SHARED / "individual" / "amitriptyline-crossover" / "xoverPP.csv").read_bytes().decode().replace("\r\n", "\n")
    people: dict[str, dict[str, tuple[float, str]]] = {}
    for row in csv.DictReader(io.StringIO(text.replace("\r", "\n"))):
        people.setdefault(row["ID"], {})[row["Treatment"]] = (float(row["Time1"]) - float(row["Time3"]), row["Order"])
    expected = json.loads((SHARED / "known_answers.json").read_text())["amitriptyline_hivsn"]
    difference = np.asarray([p["A"][0] - p["P"][0] for p in people.values()])
    return difference, list(people), np.asarray([p["A"][1] == "PA" for p in people.values()]), expected


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_published_crossover_shows_no_clear_benefit(published, level):
    difference, people, second, expected = published
    found = crossovers(difference, people, active_second=second, level=level)

    assert expected["n"] == found.people
    assert found.mean == pytest.approx(expected["paired_benefit"], abs=0.0005)
    assert found.error == pytest.approx(expected["se"], abs=0.0005)
    assert found.sd == pytest.approx(expected["sd_diff"], abs=0.005)
    assert found.verdict == "no clear benefit"


def test_the_published_crossover_stays_so_when_the_period_is_allowed_for(published):
    difference, people, second, _ = published
    by_period = crossovers(difference, people, active_second=second).by_period

    assert by_period is not None
    assert abs(by_period.mean) < 1.28 * by_period.sd


def test_one_pair_a_person_is_the_paired_t_interval():
    rng = np.random.default_rng(2)
    d = rng.normal(0.7, 2, 30)
    found = crossovers(d, [f"p{i}" for i in range(30)], level=0.95)
    low, high = stats.t.interval(0.95, 29, d.mean(), stats.sem(d))

    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert found.p_positive == pytest.approx(1 - stats.ttest_1samp(d, 0, alternative="greater").pvalue)
    assert found.between_sd is None


def test_several_cycles_tell_people_apart():
    """200 people with 3 cycles, true effects N(0.5, 1), a cycle's difference with SD 1.5."""
    rng = np.random.default_rng(3)
    truth = rng.normal(0.5, 1.0, 200)
    d = (truth[:, None] + rng.normal(0, 1.5, (200, 3))).ravel()
    found = crossovers(d, np.repeat([f"p{i:03}" for i in range(200)], 3))
    own = np.asarray([belief.mean for _, belief in found.persons])
    sds = np.asarray([belief.sd for _, belief in found.persons])

    assert found.between_sd == pytest.approx(1.0, abs=0.25)
    assert found.error == pytest.approx(d.reshape(200, 3).mean(axis=1).std(ddof=1) / math.sqrt(200), rel=0.01)
    assert np.mean((own - truth) ** 2) < np.mean((d.reshape(200, 3).mean(axis=1) - truth) ** 2)  # drawn to the mean is nearer
    assert np.mean(np.abs(own - truth) < 1.2816 * sds) == pytest.approx(0.8, abs=0.1)


def test_people_alike_are_drawn_wholly_to_the_mean():
    d = np.asarray([1.0, -1.0, -1.0, 1.0, 1.0, -1.0])
    found = crossovers(d, ["a", "a", "b", "b", "c", "c"])

    assert found.between_sd == 0.0
    assert {round(belief.mean, 12) for _, belief in found.persons} == {0.0}


def test_a_gain_of_the_later_period_is_not_the_treatment():
    """Everybody gains 2 in the later period, nothing under treatment; three in four took it second."""
    second = np.asarray([True] * 30 + [False] * 10)
    noise = np.random.default_rng(4).normal(0, 0.5, 40)
    found = crossovers(np.where(second, 2.0, -2.0) + noise, [f"p{i}" for i in range(40)], active_second=second)

    assert found.mean > 0.8
    assert found.by_period is not None
    assert found.by_period.mean == pytest.approx(0.0, abs=0.3)
    assert found.period_effect is not None
    assert found.period_effect.mean == pytest.approx(2.0, abs=0.3)


@given(st.permutations(range(8)))
def test_the_order_of_people_changes_nothing(order):
    d = np.asarray([1.0, 2.0, -0.5, 0.3, 1.1, 0.7, 2.2, -1.0])
    names = ["a", "a", "b", "b", "c", "c", "d", "e"]
    found, moved = crossovers(d, names), crossovers(d[list(order)], [names[i] for i in order])

    assert found.mean == pytest.approx(moved.mean)
    assert found.persons == tuple((n, Belief(pytest.approx(b.mean), pytest.approx(b.sd))) for n, b in moved.persons)


def test_a_person_with_one_period_only_is_left_out():
    d = np.asarray([1.0, np.nan, 2.0])

    assert crossovers(d, ["a", "b", "c"]).people == 2
    with pytest.raises(InputError, match="fewer than two"):
        crossovers(d[:2], ["a", "b"])
