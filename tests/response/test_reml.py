"""The restricted-likelihood variance between studies against an optimiser of its own, and the laws it must keep."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from painloom.response.reml import between_variance

effects = st.lists(st.integers(-30_000, 30_000).map(lambda n: n / 10_000), min_size=2, max_size=25)  # as printed: four decimals
FLAT = 1e-9  # of the log-likelihood: below this two values are equally likely


@st.composite
def analyses(draw):
    """Effects with their standard errors, both (studies,), down to a thirtieth of each other."""
    values = np.array(draw(effects))
    errors = np.array(draw(st.lists(st.floats(0.05, 1.5), min_size=values.size, max_size=values.size)))
    return values, errors


def height(tau2, values, errors):
    """Restricted log-likelihood of one analysis, written from the formula: -1/2 (sum log v + log sum 1/v + sum (y - m)^2 / v)."""
    total = errors**2 + tau2
    mean = np.average(values, weights=1 / total)
    return -0.5 * (np.log(total).sum() + np.log((1 / total).sum()) + ((values - mean) ** 2 / total).sum())


def optimised(values, errors):
    """The global maximum by SciPy: 300 starts on a grid that reaches four times as far as ours, each polished between its neighbours."""
    most = 4 * np.ptp(values) ** 2
    if most == 0:
        return 0.0
    grid = np.concatenate(([0.0], np.geomspace(most * 1e-10, most, 300)))
    best = int(np.argmax([height(point, values, errors) for point in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    found = optimize.minimize_scalar(
        lambda t: -height(t, values, errors), bounds=(low, high), method="bounded", options={"xatol": 1e-13 * most}
    )
    return float(found.x) if -found.fun > height(0.0, values, errors) else 0.0


def ours(values, errors):
    return float(between_variance(values[None, :], errors[None, :], np.ones((1, values.size), dtype=bool))[0])


@settings(deadline=None)
@given(analyses())
def test_no_value_is_more_likely_than_ours(analysis):
    values, errors = analysis
    found, theirs = ours(values, errors), optimised(values, errors)

    assert found >= 0
    assert height(found, values, errors) >= height(theirs, values, errors) - FLAT


@pytest.mark.parametrize("spread", [0.0, 0.05, 0.3, 1.0, 30.0])
def test_variance_of_simulated_studies_is_that_of_the_optimiser(spread):
    """1e-5 relative with 1e-7 of the squared range: what an optimiser of the flat top itself can tell."""
    draw = np.random.default_rng(17)
    for studies in (2, 3, 5, 12, 40):
        for _ in range(8):
            errors = draw.uniform(0.05, 0.6, studies)
            values = draw.normal(0.3, np.hypot(errors, spread))

            assert ours(values, errors) == pytest.approx(optimised(values, errors), rel=1e-5, abs=1e-7 * np.ptp(values) ** 2)


def test_equal_errors_have_a_closed_form():
    """With one error for all, REML is the variance of the effects less that error, never below 0."""
    values = np.array([0.1, 0.9, 0.4, 1.6, -0.2])
    variance = float(np.var(values, ddof=1))

    assert ours(values, np.full(5, 0.3)) == pytest.approx(variance - 0.09, rel=1e-9)
    assert ours(values, np.full(5, 2.0)) == 0.0


TWO_HILLS = [  # effects, errors, lower hill, higher hill: both peaks lie less than 0.07 apart in log-likelihood
    ([-4.1, -0.2, -0.2, 0.1, -0.1, -0.1], [0.9, 1.99, 0.03, 0.26, 0.03, 0.13], 1.67, 0.00328),
    ([-0.1, 0.0, 0.4, 0.1, -5.7, -0.1], [0.02, 0.07, 0.32, 0.62, 1.21, 0.22], 0.00217, 3.12),
]


@pytest.mark.parametrize(("values", "errors", "lower", "higher"), TWO_HILLS)
def test_the_higher_of_two_hills_is_taken(values, errors, lower, higher):
    """A climber that starts at the moment estimate may end on the wrong one; both lie within the range of the search."""
    values, errors = np.array(values), np.array(errors)
    for hill in (lower, higher):
        assert height(hill, values, errors) > max(height(hill / 3, values, errors), height(hill * 3, values, errors))

    assert ours(values, errors) == pytest.approx(higher, rel=0.01)


def test_equal_effects_have_no_variance_between_them():
    assert 0.0 == ours(np.full(6, 0.37), np.linspace(0.1, 0.6, 6))


def test_one_study_has_none():
    assert 0.0 == ours(np.array([0.4]), np.array([0.1]))


@settings(deadline=None)
@given(analyses(), st.integers(-30, 30))
def test_the_unit_scales_the_variance_exactly(analysis, power):
    """A factor of two to a power changes no bit of a number but its exponent."""
    values, errors = analysis
    factor = 2.0**power

    assert ours(values * factor, errors * factor) == ours(values, errors) * factor**2


@settings(deadline=None)
@given(analyses(), st.floats(0.01, 1000))
def test_any_unit_gives_an_equally_likely_variance(analysis, factor):
    values, errors = analysis
    other = ours(values * factor, errors * factor) / factor**2

    assert height(other, values, errors) == pytest.approx(height(ours(values, errors), values, errors), abs=FLAT)


@settings(deadline=None)
@given(analyses(), st.floats(-50, 50), st.randoms(use_true_random=False))
def test_neither_a_shift_nor_the_order_matters(analysis, shift, random):
    values, errors = analysis
    order = list(range(values.size))
    random.shuffle(order)
    other = ours(values[order] + shift, errors[order])

    assert height(other, values, errors) == pytest.approx(height(ours(values, errors), values, errors), abs=1e-6)


@settings(deadline=None)
@given(analyses(), st.floats(-3, 3))
def test_a_study_that_knows_nothing_changes_nothing(analysis, effect):
    """Its error is ten million times that of the others; the effect may lie anywhere among theirs."""
    values, errors = analysis
    effect = float(np.clip(effect, values.min(), values.max()))
    other = ours(np.append(values, effect), np.append(errors, 1e7))

    assert height(other, values, errors) == pytest.approx(height(ours(values, errors), values, errors), abs=1e-6)


def test_many_analyses_at_once_are_each_alone():
    draw = np.random.default_rng(5)
    errors = draw.uniform(0.05, 1, (40, 9))
    values = draw.normal(0, np.hypot(errors, 0.4))
    seen = draw.random((40, 9)) < 0.7
    seen[:, 0] = True
    found = between_variance(values, errors, seen)

    for place in range(40):
        mask = seen[place]
        assert found[place] == pytest.approx(ours(values[place, mask], errors[place, mask]), rel=1e-9, abs=1e-14)


def test_what_is_masked_may_be_anything():
    values, errors = np.array([[0.1, 0.5, np.nan, 0.9]]), np.array([[0.1, 0.2, np.nan, 0.1]])
    seen = np.array([[True, True, False, True]])

    assert between_variance(values, errors, seen)[0] == ours(values[0, seen[0]], errors[0, seen[0]])
