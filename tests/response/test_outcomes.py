"""A clinic's own outcomes: published E-values, bias that no number outvotes, pre-post refused, course and prognosis in full."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from painloom.errors import InputError
from painloom.model.learning import Belief
from painloom.response.outcomes import (
    BIAS_SD,
    Contrast,
    contrast_of_people,
    e_limit,
    e_value,
    e_values_of_difference,
    learn,
    learn_prognosis,
    update,
)

PRIOR = Belief(0.3, 0.2)
means = st.floats(-2, 2)
errors = st.floats(0.01, 2)
contrasts = st.builds(Contrast, means, errors, st.booleans())


# VanderWeele and Ding 2017, Ann Intern Med 167:268: RR 3.9 (1.8-8.7) -> 7.26, limit 3.0; a protective RR is turned round first
def test_published_e_values_are_reproduced():
    assert e_value(3.9) == pytest.approx(7.26, abs=0.005)
    assert e_limit(1.8, 8.7) == pytest.approx(3.0, abs=0.005)


def test_a_protective_ratio_has_the_e_value_of_its_inverse():
    assert e_value(0.8) == pytest.approx(1.25 + math.sqrt(1.25 * 0.25))
    assert e_limit(0.71, 0.91) == pytest.approx(e_value(1 / 0.91))


def test_no_association_needs_no_confounder():
    assert e_value(1.0) == 1.0
    assert e_limit(0.8, 1.3) == 1.0


@given(st.floats(0.01, 100))
def test_the_e_value_solves_the_bounding_factor(ratio):
    """A confounder with both risk ratios E can shift a risk ratio by E^2 / (2E - 1): exactly the one that was seen."""
    e = e_value(ratio)

    assert e * e / (2 * e - 1) == pytest.approx(max(ratio, 1 / ratio), rel=1e-9)


def test_a_standardised_difference_becomes_a_risk_ratio_first():
    """RR = exp(0.91 d), interval exp(0.91 d -+ 1.78 se), as the paper's table 2 has it."""
    value, limit = e_values_of_difference(-0.42, 0.14)

    assert value == pytest.approx(e_value(math.exp(0.91 * 0.42)))
    assert limit == pytest.approx(e_value(math.exp(0.91 * 0.42 - 1.78 * 0.14)), abs=0.005)


@pytest.mark.parametrize("wrong", [0, -1, math.nan, math.inf])
def test_ratios_that_are_none_are_refused(wrong):
    with pytest.raises(InputError, match="risk ratio"):
        e_value(wrong)


@pytest.mark.parametrize("wrong", [(0, 1), (2, 1), (math.nan, 2)])
def test_intervals_that_are_none_are_refused(wrong):
    with pytest.raises(InputError, match="interval"):
        e_limit(*wrong)


def test_random_allocation_is_the_plain_normal_update():
    found = learn(PRIOR, [Contrast(0.6, 0.1, True)])
    expected = update(PRIOR, Belief(0.6, 0.1))

    assert found.posterior.mean == pytest.approx(expected.mean)
    assert found.posterior.sd == pytest.approx(expected.sd)
    assert found.bias_sd == 0
    assert found.e_value is None


@pytest.mark.parametrize("is_random", [True, False])
def test_the_posterior_agrees_with_quadrature_over_effect_and_bias(is_random):
    prior, seen = Belief(0.3, 0.2), Contrast(0.9, 0.15, is_random)
    wide = math.hypot(seen.se, 0.0 if is_random else BIAS_SD)

    def density(b, power):
        return b**power * stats.norm.pdf(b, prior.mean, prior.sd) * stats.norm.pdf(seen.mean, b, wide)

    mass, first, second = (integrate.quad(density, -3, 3, args=(k,), points=[0.3, 0.9], epsabs=1e-13)[0] for k in range(3))
    found = learn(prior, [seen]).posterior

    assert first / mass == pytest.approx(found.mean, abs=1e-8)
    assert math.sqrt(second / mass - (first / mass) ** 2) == pytest.approx(found.sd, abs=1e-8)


def test_any_number_of_chosen_treatments_cannot_outvote_the_bias():
    """A million people in a thousand contrasts leave the doubt that bias alone leaves."""
    found = learn(PRIOR, [Contrast(1.0, 0.01, False)] * 1000)
    floor = update(PRIOR, Belief(1.0, BIAS_SD))

    assert found.allowed >= BIAS_SD
    assert found.posterior.sd == pytest.approx(floor.sd, rel=1e-4)


def test_a_random_trial_beside_chosen_ones_keeps_its_weight():
    alone = learn(PRIOR, [Contrast(0.1, 0.1, True)])
    beside = learn(PRIOR, [Contrast(0.1, 0.1, True), Contrast(1.5, 0.01, False)])

    assert beside.posterior.sd < alone.posterior.sd
    assert abs(beside.posterior.mean - alone.posterior.mean) < 0.25
    assert beside.e_value is not None


def test_the_e_value_is_that_of_the_chosen_treatments_alone():
    mixed = learn(PRIOR, [Contrast(0.1, 0.01, True), Contrast(0.8, 0.1, False)])

    assert (mixed.e_value, mixed.e_limit) == pytest.approx(e_values_of_difference(0.8, 0.1))


@given(st.lists(contrasts, min_size=1, max_size=6), contrasts)
def test_more_outcomes_never_widen_a_belief(some, more):
    one, two = learn(PRIOR, some), learn(PRIOR, [*some, more])

    assert two.posterior.sd <= one.posterior.sd * (1 + 1e-9)
    assert -1e-9 <= one.share <= 1


@given(st.lists(contrasts, min_size=2, max_size=5).flatmap(lambda c: st.tuples(st.just(c), st.permutations(c))))
def test_the_order_of_contrasts_changes_nothing(pair):
    one, two = (learn(PRIOR, c).posterior for c in pair)

    assert one.mean == pytest.approx(two.mean, abs=1e-9)
    assert one.sd == pytest.approx(two.sd, abs=1e-12)


@given(means, errors)
def test_bias_is_only_ever_more_doubt(mean, error):
    chosen, drawn = (learn(PRIOR, [Contrast(mean, error, is_random)]) for is_random in (False, True))

    assert chosen.share < drawn.share
    assert abs(chosen.posterior.mean - PRIOR.mean) <= abs(drawn.posterior.mean - PRIOR.mean) + 1e-12


def test_what_was_learned_is_said_in_words():
    found = learn(PRIOR, [Contrast(0.8, 0.1, False)])

    assert "chosen" in found.notes[0]
    assert f"{found.e_value:.2f}" in found.notes[1]


@pytest.mark.parametrize("wrong", [[], [Contrast(0.1, 0.0, True)], [Contrast(math.nan, 0.1, True)], [Contrast(0.1, -1, False)]])
def test_contrasts_without_an_error_are_refused(wrong):
    with pytest.raises(InputError, match="contrast"):
        learn(PRIOR, wrong)


@pytest.mark.parametrize("prior", [Belief(0, 0), Belief(math.nan, 1), Belief(0, math.inf)])
def test_priors_that_are_none_are_refused(prior):
    with pytest.raises(InputError, match="prior"):
        learn(prior, [Contrast(0.1, 0.1, True)])


# People


def clinic(n=400, effect=1.0, seed=1):
    rng = np.random.default_rng(seed)
    before = rng.normal(7, 1.2, n)
    arm = np.arange(n) % 2 == 0
    return arm, before, 2 + 0.6 * before - effect * arm + rng.normal(0, 1.5, n)


def test_the_adjusted_difference_is_that_of_least_squares():
    arm, before, after = clinic()
    found = contrast_of_people(arm, before, after, 2.2, is_random=True)
    design = np.column_stack([np.ones(400), arm, before])
    coefficients, residual, *_ = np.linalg.lstsq(design, after, rcond=None)
    error = math.sqrt(residual[0] / 397 * np.linalg.inv(design.T @ design)[1, 1])

    assert found.mean == pytest.approx(-coefficients[1] / 2.2)
    assert found.se == pytest.approx(error / 2.2)


def test_regression_to_the_mean_alone_teaches_no_effect():
    """People chosen for a bad day, treatment without any effect: both arms fall by about a point, the contrast holds nought."""
    rng = np.random.default_rng(8)
    level = rng.normal(6, 1, 20_000)
    before, after = level + rng.normal(0, 1.5, 20_000), level + rng.normal(0, 1.5, 20_000)
    came = before > 7
    arm = rng.random(20_000) < 0.5
    found = contrast_of_people(arm[came], before[came], after[came], 2.2, is_random=True)

    assert (before - after)[came].mean() > 1
    assert abs(found.mean) < 2.6 * found.se


@pytest.mark.parametrize("arm", [True, False])
def test_a_change_from_before_to_after_is_refused_as_an_effect_with_the_reason(arm):
    with pytest.raises(InputError, match="regression to the mean"):
        contrast_of_people(np.full(50, arm), np.full(50, 7.0), np.full(50, 4.0), 2.2, is_random=False)


def test_an_arm_that_is_only_missing_is_no_arm():
    arm, before, after = clinic(40)
    after[~arm] = np.nan
    with pytest.raises(InputError, match="regression to the mean"):
        contrast_of_people(arm, before, after, 2.2, is_random=False)


def test_two_people_are_no_arm():
    with pytest.raises(InputError, match="at least 3"):
        contrast_of_people(np.asarray([True] * 2 + [False] * 9), np.arange(11.0), np.arange(11.0) ** 1.1, 2.2, is_random=False)


def test_scores_without_any_difference_have_no_error_to_learn_from():
    with pytest.raises(InputError, match="standard error"):
        contrast_of_people(np.arange(10) < 5, np.full(10, 6.0), np.full(10, 4.0), 2.2, is_random=False)


@given(st.floats(0.1, 10), st.permutations(range(12)))
def test_unit_and_order_of_people_change_nothing(unit, order):
    arm, before, after = clinic(12)
    one = contrast_of_people(arm, before, after, 2.2, is_random=True)
    rows = list(order)
    two = contrast_of_people(arm[rows], unit * before[rows], unit * after[rows], unit * 2.2, is_random=True)

    assert one.mean == pytest.approx(two.mean, rel=1e-6, abs=1e-9)
    assert one.se == pytest.approx(two.se, rel=1e-6)


def test_a_scale_where_higher_is_better_turns_the_sign():
    arm, before, after = clinic()
    pain = contrast_of_people(arm, before, after, 2.2, is_random=True)
    ease = contrast_of_people(arm, 10 - before, 10 - after, 2.2, is_random=True, higher_is="better")

    assert pain.mean == pytest.approx(ease.mean)


# Course and prognosis


def test_the_natural_course_is_learned_in_full():
    found = update(Belief(0.0, 1.0), Belief(1.0, 0.001))

    assert found.mean == pytest.approx(1.0, abs=1e-5)
    assert found.sd < 0.001


def test_prognosis_with_a_flat_prior_is_least_squares():
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(60), rng.normal(size=(60, 2))])
    y = x @ [1.0, 0.5, -0.3] + rng.normal(0, 0.4, 60)
    mean, covariance = learn_prognosis(np.zeros(3), 1e8 * np.eye(3), x, y, 0.4)

    assert mean == pytest.approx(np.linalg.lstsq(x, y, rcond=None)[0], abs=1e-6)
    assert covariance == pytest.approx(0.16 * np.linalg.inv(x.T @ x), abs=1e-8)


def test_people_taken_one_after_the_other_teach_what_all_at_once_teach():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(20, 2)), rng.normal(size=20)
    mean, covariance = np.asarray([0.1, 0.2]), np.asarray([[0.5, 0.1], [0.1, 0.3]])
    at_once = learn_prognosis(mean, covariance, x, y, 1.3)
    for row, value in zip(x, y, strict=True):
        mean, covariance = learn_prognosis(mean, covariance, row[None], np.asarray([value]), 1.3)

    assert at_once[0] == pytest.approx(mean)
    assert at_once[1] == pytest.approx(covariance)


def test_a_person_with_a_gap_is_left_out_of_the_prognosis():
    x, y = np.asarray([[1.0, 0.5], [1.0, np.nan], [1.0, -0.2]]), np.asarray([1.0, 9.0, np.nan])
    whole = learn_prognosis(np.zeros(2), np.eye(2), x, y, 1.0)
    kept = learn_prognosis(np.zeros(2), np.eye(2), x[:1], y[:1], 1.0)

    assert whole[0] == pytest.approx(kept[0])
    with pytest.raises(InputError, match="residual"):
        learn_prognosis(np.zeros(2), np.eye(2), x, y, 0.0)
