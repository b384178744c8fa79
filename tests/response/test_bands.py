"""From effects to chances: against quadrature and draws, and what a band must hold."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from painloom.response.bands import added_band, added_odds_band, chance_of_best, rate_band

places, spreads = st.floats(-1.5, 1), st.floats(0.05, 0.6)
levels = st.sampled_from([0.5, 0.8, 0.9, 0.95])
TYPICAL = [  # base (mean, sd), shift (mean, sd) on the probit scale, as the shipped book has them
    ((-0.3, 0.37), (0.3, 0.2)),
    ((-0.3, 0.37), (0.05, 0.25)),
    ((-0.7, 0.4), (0.5, 0.35)),
    ((-1.5, 0.37), (0.1, 0.3)),
    ((0.2, 0.45), (0.0, 0.3)),
]
LONE = [  # one of both is all but certain
    ((-0.3, 1e-9), (0.3, 0.2)),
    ((-0.3, 0.05), (1.5, 0.8)),
]


def gain_quantile(probability, base, shift):
    """Quantile of PHI(b + s) - PHI(b), both normal: for each b the gain rises with s, so its distribution is one integral over b."""

    def below(gain):
        def given_base(z):
            start = base[0] + base[1] * z
            rate = stats.norm.cdf(start) + gain
            if not 0 < rate < 1:
                return stats.norm.pdf(z) * (rate >= 1)
            return stats.norm.pdf(z) * stats.norm.cdf((stats.norm.ppf(rate) - start - shift[0]) / shift[1])

        return integrate.quad(given_base, -8, 8, limit=200, epsabs=1e-9)[0]

    return optimize.brentq(lambda gain: below(gain) - probability, -0.9999, 0.9999, xtol=1e-7)


def held(band, base, shift):
    """Probability that the gain lies in a band, by two million draws with a seed; good to 0.001."""
    draw = np.random.default_rng(8)
    starts = draw.normal(*base, 2_000_000)
    gains = stats.norm.cdf(starts + draw.normal(*shift, 2_000_000)) - stats.norm.cdf(starts)
    return float(((gains >= band.low) & (gains <= band.high)).mean())


@given(places, spreads, levels)
def test_a_rate_has_the_band_of_its_probit(mean, sd, level):
    band = rate_band(mean, sd, level)

    assert (band.value, band.low, band.high) == pytest.approx(
        tuple(stats.norm.cdf([mean, *stats.norm(mean, sd).interval(level)])), abs=1e-12
    )


@pytest.mark.parametrize(("base", "shift"), TYPICAL)
def test_the_added_part_at_the_middle(base, shift):
    assert added_band(base, shift, 0.8).value == pytest.approx(stats.norm.cdf(base[0] + shift[0]) - stats.norm.cdf(base[0]))


@pytest.mark.parametrize(("base", "shift"), TYPICAL)
def test_an_eighty_per_cent_band_holds_about_eighty_per_cent(base, shift):
    band = added_band(base, shift, 0.8)
    exact = [gain_quantile(probability, base, shift) for probability in (0.1, 0.9)]

    assert (band.low, band.high) == pytest.approx(tuple(exact), abs=0.005)
    assert 0.78 < held(band, base, shift) < 0.82


@pytest.mark.parametrize(("base", "shift"), [TYPICAL[0], TYPICAL[2], LONE[0], LONE[1]])
def test_edges_of_the_added_part_are_exact_to_half_a_person_in_a_hundred(base, shift):
    band = added_band(base, shift, 0.8)

    assert (band.low, band.high) == pytest.approx([gain_quantile(probability, base, shift) for probability in (0.1, 0.9)], abs=0.005)


@given(places, spreads)
def test_no_effect_known_exactly_adds_nothing(mean, sd):
    band = added_band((mean, sd), (0.0, 0.0), 0.8)

    assert (0.0, 0.0, 0.0) == (band.value, band.low, band.high)


@settings(deadline=None)
@given(places, spreads, st.floats(-1, 1.5), spreads, levels)
def test_the_value_lies_in_its_band_and_the_band_in_what_is_possible(mean, sd, shift, shift_sd, level):
    band = added_band((mean, sd), (shift, shift_sd), level)

    assert -1 <= band.low <= band.value <= band.high <= 1


@settings(deadline=None)
@given(places, spreads, st.floats(-1, 1.5), spreads, st.floats(1.3, 3))
def test_more_doubt_about_the_effect_never_narrows_the_band(mean, sd, shift, shift_sd, factor):
    """0.02: the step between two nodes."""
    narrow, wide = (added_band((mean, sd), (shift, spread), 0.8) for spread in (shift_sd, factor * shift_sd))

    assert wide.high - wide.low >= narrow.high - narrow.low - 0.02


@settings(deadline=None)
@given(places, spreads, st.floats(-1, 1), spreads, st.floats(0.01, 1))
def test_a_larger_effect_adds_more(mean, sd, shift, shift_sd, more):
    less, larger = (added_band((mean, sd), (place, shift_sd), 0.8) for place in (shift, shift + more))

    assert less.value <= larger.value
    assert less.low <= larger.low + 1e-12
    assert less.high <= larger.high + 1e-12


@settings(deadline=None)
@given(places, spreads, st.floats(-1, 1.5), spreads)
def test_a_mirrored_effect_takes_what_the_other_one_adds(mean, sd, shift, shift_sd):
    """PHI(-b) = 1 - PHI(b): gains of (b, s) and (-b, -s) are each other's negative."""
    one, other = added_band((mean, sd), (shift, shift_sd), 0.8), added_band((-mean, sd), (-shift, shift_sd), 0.8)

    assert (one.value, one.low, one.high) == pytest.approx((-other.value, -other.high, -other.low), abs=1e-6)


def test_log_odds_added_to_a_rate():
    """Rate 5 %, odds ratio 2: 0.1 / 1.05 - 0.05 = 0.04524."""
    band = added_odds_band((float(stats.norm.ppf(0.05)), 0.25), (math.log(2), 0.3), 0.8)

    assert band.value == pytest.approx(0.0952381 - 0.05, abs=1e-6)
    assert 0 < band.low < band.value < band.high < 0.2


def test_band_of_log_odds_against_draws():
    """Edges by a million draws; 0.005 for the nodes."""
    draw = np.random.default_rng(2)
    base, shift = (-1.6, 0.25), (0.7, 0.4)
    rates = stats.norm.cdf(draw.normal(*base, 1_000_000))
    odds = rates / (1 - rates) * np.exp(draw.normal(*shift, 1_000_000))
    band = added_odds_band(base, shift, 0.8)

    assert (band.low, band.high) == pytest.approx(tuple(np.quantile(odds / (1 + odds) - rates, [0.1, 0.9])), abs=0.005)


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0.05, 1), st.floats(0.05, 1))
def test_of_two_the_chance_of_the_better_is_a_normal_probability(one, other, one_sd, other_sd):
    chances = chance_of_best(np.array([one, other]), np.array([one_sd, other_sd]))

    assert chances[0] == pytest.approx(stats.norm.cdf((one - other) / math.hypot(one_sd, other_sd)), abs=1e-4)


def test_of_many_the_chances_are_those_of_draws():
    """A million draws tell a share to 0.0005."""
    means, sds = np.array([0.1, 0.12, 0.05, 0.2, -0.1]), np.array([0.05, 0.1, 0.2, 0.08, 0.02])
    best = np.random.default_rng(4).normal(means, sds, (1_000_000, 5)).argmax(axis=1)

    assert chance_of_best(means, sds) == pytest.approx(np.bincount(best, minlength=5) / 1_000_000, abs=0.003)


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(0.02, 0.5)), min_size=1, max_size=30))
def test_chances_of_being_best_are_a_distribution_in_any_order(effects):
    means, sds = map(np.array, zip(*effects, strict=True))
    chances = chance_of_best(means, sds)

    assert chances.min() >= 0
    assert chances.sum() == pytest.approx(1)
    assert chance_of_best(means[::-1], sds[::-1]) == pytest.approx(chances[::-1], abs=1e-9)


def test_equals_share_the_chance():
    assert chance_of_best(np.zeros(4), np.full(4, 0.3)) == pytest.approx(np.full(4, 0.25))


def test_one_alone_is_the_best():
    assert [1.0] == pytest.approx(chance_of_best(np.array([-0.3]), np.array([0.1])))


def test_a_narrow_effect_among_wide_ones_keeps_its_chance():
    assert chance_of_best(np.zeros(2), np.array([1.0, 1e-3])) == pytest.approx([0.5, 0.5], abs=0.01)
