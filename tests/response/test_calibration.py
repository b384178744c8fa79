"""Calibration: published intervals, an independent logistic regression, brute-force counts, missing outcomes as bounds, small numbers."""

import itertools
import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from painloom.errors import InputError
from painloom.model.learning import FITS, TOO_EXTREME, TOO_FEW, TOO_HIGH, TOO_LOW, TOO_TIMID, UNJUDGED
from painloom.response.calibration import calibrate, discrimination, log_odds, quantile_groups, wilson
from painloom.response.calibration_benefit import c_for_benefit, calibrate_benefit, match_ranks, newcombe


def people(n=3000, seed=1, tilt=1.0, shift=0.0):
    """Predictions and outcomes whose true log odds are `tilt` times the predicted ones plus `shift`."""
    rng = np.random.default_rng(seed)
    p = rng.uniform(0.05, 0.95, n)
    true = 1 / (1 + np.exp(-(tilt * log_odds(p) + shift)))
    return p, (rng.random(n) < true).astype(float)


# Newcombe 1998, Stat Med 17:857 (table I, score method without continuity correction) and 17:873 (table II, method 10)
@pytest.mark.parametrize(
    ("count", "among", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_published_wilson_intervals_are_reproduced(count, among, low, high):
    assert wilson(count, among) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((10, 10), (0, 20), 0.6791, 1.0000)],
)
def test_published_intervals_of_a_difference_are_reproduced(first, second, low, high):
    assert newcombe(first, second) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_wilson_interval_holds_its_rate_and_stays_in_range(pair):
    low, high = wilson(*pair)

    assert 0 <= low <= pair[0] / pair[1] <= high <= 1


def test_intercept_and_slope_agree_with_statsmodels():
    p, y = people(tilt=0.7, shift=0.3)
    found = calibrate(p, y)
    odds = log_odds(p)
    large = sm.GLM(y, np.ones(len(y)), family=sm.families.Binomial(), offset=odds).fit()
    slope = sm.GLM(y, np.column_stack([odds, np.ones(len(y))]), family=sm.families.Binomial()).fit()

    assert (found.intercept.value, found.intercept.low, found.intercept.high) == pytest.approx((large.params[0], *large.conf_int()[0]))
    assert (found.slope.value, found.slope.low, found.slope.high) == pytest.approx((slope.params[0], *slope.conf_int()[0]), rel=1e-5)


def test_brier_and_auc_agree_with_scikit_learn():
    p, y = people(500)
    found = calibrate(np.round(p, 1), y)  # ties

    assert found.brier == pytest.approx(brier_score_loss(y, np.round(p, 1)))
    assert found.auc.value == pytest.approx(roc_auc_score(y, np.round(p, 1)))


def test_the_auc_interval_is_delongs():
    """Structural components counted pair by pair."""
    p, y = people(60, seed=4)
    p = np.round(p, 1)
    table = (p[y == 1][:, None] > p[y == 0]) + 0.5 * (p[y == 1][:, None] == p[y == 0])
    m, n = table.shape
    half = 1.959964 * math.sqrt(table.mean(axis=1).var(ddof=1) / m + table.mean(axis=0).var(ddof=1) / n)
    found = discrimination(p, y)

    assert found.low == pytest.approx(table.mean() - half, abs=1e-7)


def test_true_predictions_show_no_misfit():
    found = calibrate(*people())

    assert found.verdict == FITS
    assert found.slope.low < 1 < found.slope.high
    assert found.in_the_large.low < 0 < found.in_the_large.high


@pytest.mark.parametrize(
    ("tilt", "shift", "verdict"), [(1.0, -0.5, TOO_HIGH), (1.0, 0.5, TOO_LOW), (0.5, 0.0, TOO_EXTREME), (2.0, 0.0, TOO_TIMID)]
)
def test_misfit_gets_its_word(tilt, shift, verdict):
    assert calibrate(*people(tilt=tilt, shift=shift)).verdict == verdict


@pytest.mark.parametrize(("n", "verdict"), [(190, TOO_FEW), (3000, FITS)])
def test_few_people_are_not_judged_and_it_is_said(n, verdict):
    found = calibrate(*people(n))

    assert found.verdict == verdict
    assert any("Too few to judge" in note for note in found.notes) == (verdict == TOO_FEW)
    assert found.brier is not None  # the numbers stand all the same


def test_hundred_responses_without_the_others_are_too_few():
    assert calibrate(np.full(150, 0.9), np.asarray([1.0] * 130 + [0.0] * 20)).verdict == TOO_FEW


def test_one_prediction_for_all_has_no_slope_but_an_intercept():
    found = calibrate(np.full(400, 0.5), np.asarray([1.0, 0.0] * 200))

    assert found.slope.value is None
    assert found.intercept.value == pytest.approx(0)
    assert len(found.groups) == 1
    assert found.auc.value == 0.5


def test_outcomes_that_part_without_overlap_have_no_slope():
    p = np.linspace(0.1, 0.9, 300)
    found = calibrate(p, (p > 0.5).astype(float))

    assert found.slope.value is None
    assert found.auc.value == 1.0
    assert any("slope cannot" in note for note in found.notes)


def test_everybody_responding_leaves_what_cannot_be_computed_empty():
    found = calibrate(np.full(300, 0.7), np.ones(300))

    assert (found.auc.value, found.slope.value, found.intercept.value, found.scaled_brier) == (None, None, None, None)


@pytest.mark.parametrize("end", [0.0, 1.0])
def test_certain_predictions_are_held_short_of_infinite_odds(end):
    p, y = people(600)
    p[0], y[0] = end, 1 - end
    found = calibrate(p, y)

    assert math.isfinite(found.slope.value)
    assert found.verdict != UNJUDGED


def test_the_scaled_brier_of_the_rate_itself_is_nought():
    y = np.asarray([1.0] * 30 + [0.0] * 70)

    assert calibrate(np.full(100, 0.3), y).scaled_brier == pytest.approx(0)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0.01, 0.99), st.sampled_from([0.0, 1.0, math.nan])), min_size=1, max_size=9))
def test_bounds_hold_whatever_the_missing_outcomes_were(rows):
    """Every way to fill in the missing ones, tried."""
    p, y = np.asarray([r[0] for r in rows]), np.asarray([r[1] for r in rows])
    found = calibrate(p, y)
    gone = np.flatnonzero(np.isnan(y))
    large, brier = [], []
    for filled in itertools.product((0.0, 1.0), repeat=len(gone)):
        whole = y.copy()
        whole[gone] = filled
        large.append(whole.mean() - p.mean())
        brier.append(((whole - p) ** 2).mean())

    assert found.bounds == pytest.approx((min(large), max(large)))
    assert found.brier_bounds == pytest.approx((min(brier), max(brier)))
    assert found.missing == len(gone)


def test_missing_outcomes_are_neither_failures_nor_silent():
    p, y = people()
    y[:300] = np.nan
    found = calibrate(p, y)

    assert found.people == 2700
    assert found.bounds[0] < found.in_the_large.value < found.bounds[1]
    assert any("300 of 3000 outcomes are missing" in note for note in found.notes)


def test_nobody_known_yields_a_report_without_numbers():
    found = calibrate(np.asarray([0.3, 0.6]), np.full(2, np.nan))

    assert found.people == 0
    assert (found.brier, found.auc.value, found.in_the_large.value) == (None, None, None)
    assert found.bounds == pytest.approx((-0.45, 0.55))
    assert found.verdict == TOO_FEW


@given(st.permutations(range(60)))
def test_the_order_of_people_changes_nothing(order):
    p, y = people(60)
    p = np.round(p, 1)
    rows = list(order)
    one, two = calibrate(p, y, p - 0.05, p + 0.05), calibrate(p[rows], y[rows], p[rows] - 0.05, p[rows] + 0.05)

    assert [g.people for g in one.groups] == [g.people for g in two.groups]
    assert [g.observed for g in one.groups] == pytest.approx([g.observed for g in two.groups])
    assert one.slope.value == pytest.approx(two.slope.value)


def test_calling_the_response_a_failure_mirrors_the_report():
    p, y = people(800, tilt=0.8, shift=0.2)
    one, two = calibrate(p, y), calibrate(1 - p, 1 - y)

    assert one.intercept.value == pytest.approx(-two.intercept.value)
    assert one.slope.value == pytest.approx(two.slope.value)
    assert one.auc.value == pytest.approx(two.auc.value)
    assert one.brier == pytest.approx(two.brier)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=200), st.integers(1, 10))
def test_equal_predictions_stand_in_one_group_and_groups_rise(values, count):
    x = np.asarray(values, dtype=float)
    member = quantile_groups(x, count)

    assert ((0 <= member) & (member < count)).all()
    assert all(len(set(member[x == value])) == 1 for value in set(values))
    assert (np.diff(member[np.argsort(x, kind="stable")]) >= 0).all()


def test_groups_without_ties_are_of_one_size():
    assert np.bincount(quantile_groups(np.random.default_rng(1).permutation(100).astype(float), 10)).tolist() == [10] * 10


def test_bands_of_eighty_per_cent_hold_eighty_per_cent_of_groups():
    """The treatment's true effect differs from the predicted one by what the band says; outcomes by chance: 250 clinics of 10 groups."""
    rng = np.random.default_rng(6)
    held = []
    for _ in range(250):
        p = rng.uniform(0.3, 0.6, 400)
        true = p + rng.normal(0, 0.06, 400 // 40).repeat(40)[np.argsort(np.argsort(p))]  # one error a group
        half = 1.2816 * 0.06
        held.append(calibrate(p, (rng.random(400) < true).astype(float), p - half, p + half).covered.value)

    assert np.mean(held) == pytest.approx(0.8, abs=0.03)


def test_bands_that_are_far_too_narrow_are_seen():
    p, y = people(3000, shift=0.8)

    assert calibrate(p, y, p - 0.001, p + 0.001).covered.value < 0.5


def test_a_person_without_a_band_leaves_the_group_without_one():
    p, y = people(3000)
    low, high = p - 0.05, p + 0.05
    low[0] = np.nan
    found = calibrate(p, y, low, high)

    assert sum(g.expected_low is None for g in found.groups) == 1


@pytest.mark.parametrize(
    ("p", "y", "low", "high"),
    [
        ([], [], None, None),
        ([1.2], [1.0], None, None),
        ([math.nan], [1.0], None, None),
        ([0.5], [0.5], None, None),
        ([0.5], [math.inf], None, None),
        ([0.5], [1.0], [0.6], [0.7]),
        ([0.5], [1.0], [0.3], [0.4]),
    ],
)
def test_what_is_no_prediction_or_no_outcome_is_refused(p, y, low, high):
    with pytest.raises(InputError):
        calibrate(*(None if x is None else np.asarray(x, dtype=float) for x in (p, y, low, high)))


# Benefit


def by_hand(predicted, observed):
    """The definition of van Klaveren 2018, every two pairs compared."""
    wins = asked = 0.0
    for i, j in itertools.combinations(range(len(predicted)), 2):
        if observed[i] != observed[j]:
            asked += 1
            gap = (predicted[i] - predicted[j]) * (observed[i] - observed[j])
            wins += 1.0 if gap > 0 else 0.5 if gap == 0 else 0.0
    return wins / asked if asked else None


@given(st.lists(st.tuples(st.integers(0, 8), st.sampled_from([-1, 0, 1])), min_size=1, max_size=40))
def test_the_index_for_benefit_is_that_of_every_two_pairs(rows):
    predicted, observed = np.asarray([r[0] / 10 for r in rows]), np.asarray([float(r[1]) for r in rows])

    assert c_for_benefit(predicted, observed).value == pytest.approx(by_hand(predicted, observed))


def test_four_pairs_worked_out_on_paper():
    """Observed +1, 0, 0, -1 with predicted 0.3, 0.3, 0.1, 0.2: of 5 unlike couples +1 wins two and ties one, -1 loses one and wins one."""
    found = c_for_benefit(np.asarray([0.3, 0.3, 0.1, 0.2]), np.asarray([1.0, 0.0, 0.0, -1.0]))

    assert found.value == pytest.approx(3.5 / 5)


def test_its_interval_covers_in_repeated_samples():
    """200 samples of 150 pairs around the value of a very large sample: 95 % intervals hold it in 91 to 99 %."""
    rng = np.random.default_rng(9)

    def sample(n):
        b = rng.uniform(0, 0.5, n)
        return b, (rng.random(n) < 0.3 + b).astype(float) - (rng.random(n) < 0.3)

    truth = c_for_benefit(*sample(400_000)).value
    spans = [c_for_benefit(*sample(150)) for _ in range(200)]

    assert 0.91 <= np.mean([s.low <= truth <= s.high for s in spans]) <= 0.99


def trial(n=2000, seed=2, gain=1.0):
    rng = np.random.default_rng(seed)
    benefit, arm = rng.uniform(0, 0.4, n), rng.random(n) < 0.5
    return benefit, (rng.random(n) < 0.3 + gain * benefit * arm).astype(float), arm


def test_true_benefits_show_no_misfit():
    found = calibrate_benefit(*trial())

    assert found.verdict == FITS
    assert found.concordance.low > 0.5
    assert found.groups[0].observed < found.groups[-1].observed
    assert all(g.low <= g.predicted <= g.high for g in found.groups)


def test_promised_benefits_that_do_not_come_are_seen():
    found = calibrate_benefit(*trial(gain=0.0))

    assert found.verdict == TOO_HIGH
    assert any("average is the best" in note for note in found.notes)


def test_benefits_that_exceed_the_promise_are_seen():
    assert calibrate_benefit(*trial(gain=1.7)).verdict == TOO_LOW


def test_few_pairs_are_not_judged():
    found = calibrate_benefit(*trial(120))

    assert found.verdict == TOO_FEW
    assert any("Too few" in note for note in found.notes)


def test_pairs_of_arms_of_one_size_are_matched_rank_by_rank():
    first, second = match_ranks(np.asarray([0.3, 0.1, 0.2]), np.asarray([0.9, 0.7, 0.8]))

    assert list(first) == [1, 2, 0]
    assert list(second) == [1, 2, 0]


@given(st.integers(1, 60), st.integers(1, 60))
def test_nobody_stands_in_two_pairs(m, n):
    first, second = match_ranks(np.arange(m, dtype=float), np.arange(n, dtype=float))

    assert len(first) == len(second) == min(m, n) == len(set(first)) == len(set(second))


def test_people_without_an_outcome_make_no_pair():
    benefit, outcome, arm = trial(400)
    outcome[arm] = np.where(np.arange(arm.sum()) < 50, outcome[arm], np.nan)
    found = calibrate_benefit(benefit, outcome, arm)

    assert found.pairs == 50
    assert any("Without a partner" in note for note in found.notes)


@pytest.mark.parametrize("kind", ["one arm", "beyond one", "no outcome"])
def test_benefits_that_cannot_be_seen_are_refused(kind):
    benefit, outcome, arm = trial(40)
    if kind == "one arm":
        arm = np.ones(40, dtype=bool)
    elif kind == "beyond one":
        benefit = benefit + 1
    else:
        outcome = np.full(40, np.nan)
    with pytest.raises(InputError):
        calibrate_benefit(benefit, outcome, arm)
