"""The list of a trial in one person, and how many cycles it needs: seeds that repeat, sizes against simulation."""

import itertools
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from painloom.errors import InputError
from painloom.model.learning import Belief
from painloom.response.nof1_design import Spread, blinded, cycles_for, list_error, randomised, sizing, washout_days

SHARED = Path(__file__).resolve().parents[3] / "shared" / "response" / "cases"
PRIOR = Belief(0.5, 1.5)


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
