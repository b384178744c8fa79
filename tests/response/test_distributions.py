"""The few distributions that are written out here, against SciPy over the whole range that pooling asks for."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from painloom.response.distributions import normal_cdf, normal_density, normal_quantile, t_quantile

FREEDOMS = (1, 2, 3, 4, 5, 7, 10, 21, 36, 100, 1_000, 9_999, 99_999, 100_000, 100_001, 1_000_000)
inside = st.floats(1e-12, 1 - 1e-12)


def test_normal_probabilities_hold_in_both_tails():
    values = np.linspace(-37, 37, 4001)

    assert normal_cdf(values) == pytest.approx(stats.norm.cdf(values), rel=1e-12, abs=0)


def test_normal_probability_of_what_is_infinite_or_unknown():
    found = normal_cdf(np.array([-math.inf, math.inf, math.nan]))

    assert (0.0, 1.0) == tuple(found[:2])
    assert math.isnan(found[2])


def test_normal_density_is_that_of_scipy():
    values = np.linspace(-37, 37, 401)

    assert normal_density(values) == pytest.approx(stats.norm.pdf(values), rel=1e-14, abs=0)


def test_shapes_are_kept():
    assert (2, 3) == normal_cdf(np.zeros((2, 3))).shape == normal_density(np.zeros((2, 3))).shape


@given(inside)
def test_normal_quantile_undoes_the_probability(probability):
    assert float(normal_cdf(np.array([normal_quantile(probability)]))[0]) == pytest.approx(probability, rel=1e-9)


@pytest.mark.parametrize("freedom", FREEDOMS)
def test_t_quantiles_are_those_of_scipy(freedom):
    """1e-6 relative: ten printed digits are not claimed for an interval, six are more than enough."""
    for probability in (0.0005, 0.005, 0.025, 0.1, 0.3, 0.5, 0.6, 0.8, 0.9, 0.95, 0.975, 0.995, 0.9995, 0.99995):
        assert t_quantile(probability, float(freedom)) == pytest.approx(stats.t.ppf(probability, freedom), rel=1e-6, abs=1e-9)


def test_t_quantiles_known_from_tables():
    """Student's table: 12.706, 4.303, 2.776, 2.080 for 95 % with 1, 2, 4 and 21 degrees of freedom."""
    assert [12.706, 4.303, 2.776, 2.080] == [round(t_quantile(0.975, freedom), 3) for freedom in (1.0, 2.0, 4.0, 21.0)]


@given(st.floats(0.5, 0.9999), st.integers(1, 200))
def test_t_is_symmetric_and_wider_than_the_normal(probability, freedom):
    high = t_quantile(probability, float(freedom))

    assert high == pytest.approx(-t_quantile(1 - probability, float(freedom)), rel=1e-6, abs=1e-9)
    assert high >= normal_quantile(probability) - 1e-9


@given(st.floats(0.55, 0.9999), st.integers(1, 200))
def test_t_shrinks_with_every_degree_of_freedom(probability, freedom):
    assert t_quantile(probability, float(freedom)) > t_quantile(probability, freedom + 1.0)


def test_t_does_not_jump_where_the_series_takes_over():
    below, above = t_quantile(0.975, 99_999.0), t_quantile(0.975, 100_001.0)

    assert below == pytest.approx(above, rel=1e-8)


@pytest.mark.parametrize("probability", [0.0, 1.0, -0.1, 1.1])
def test_no_quantile_outside_the_open_interval(probability):
    with pytest.raises(ValueError, match="p must be in the range"):
        normal_quantile(probability)
