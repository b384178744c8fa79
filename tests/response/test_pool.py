"""Pooling in four ways: published numbers to their last digit, statsmodels, formulas written anew, and the laws of a pool."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.linear_model import WLS
from statsmodels.stats.meta_analysis import combine_effects

from painloom.response.pool import METHODS, default_tau_scale, pool_all, pool_bayes, pool_common, pool_dl, pool_reml

FEWER = settings(max_examples=15, deadline=None)  # for laws that also ask the grid
LAST_DIGIT = 5.5e-6  # numbers are printed with five decimals
SETS = (
    "haeuser2009-pain.csv",
    "moore1998.csv",
    "osteoarthritis-naproxen.csv",
    "simulated-homogeneous.csv",
    "simulated-three.csv",
    "triptan-sumatriptan.csv",
)
NUMBERS = ("estimate", "error", "low", "high", "tau2", "i2", "pi_low", "pi_high")
BY_DRUG = [
    ("amitriptyline", 6, -0.613),
    ("duloxetine", 6, -0.351),
    ("fluoxetine", 3, -0.695),
    ("moclobemide", 2, -0.300),
    ("citalopram", 2, -0.117),
]


@st.composite
def analyses(draw, least=1):
    """Effects as printed, with four decimals, and their standard errors, both (studies,)."""
    values = np.array(draw(st.lists(st.integers(-30_000, 30_000), min_size=least, max_size=20))) / 10_000
    errors = np.array(draw(st.lists(st.floats(0.05, 1.5), min_size=values.size, max_size=values.size)))
    return values, errors


def row(pooled, place=0):
    return {name: float(getattr(pooled, name)[place]) for name in NUMBERS}


def one(method, values, errors, **options):
    return row(method(values[None, :], errors[None, :], **options))


def close(found, wanted, **tolerance):
    return all(found[name] == pytest.approx(wanted[name], nan_ok=True, **tolerance) for name in wanted)


@pytest.mark.parametrize("name", SETS)
def test_every_printed_number_of_the_public_sets_is_met(public_sets, printed, name):
    studies, wanted = public_sets[name], printed[name]
    common, dl, reml, _ = pool_all(studies.effects, studies.errors)
    q = float((((studies.effects - common.estimate[0]) / studies.errors) ** 2).sum())
    found = {
        "common": common.estimate[0],
        "dl": dl.estimate[0],
        "dl_tau2": dl.tau2[0],
        "reml": reml.estimate[0],
        "reml_tau2": reml.tau2[0],
        "q": q,
        "i2_from_q": common.i2[0],
    }

    assert int(wanted["k"]) == studies.effects.size
    assert {key: float(wanted[key]) for key in found} == pytest.approx(found, abs=LAST_DIGIT)
    assert dl.i2[0] == common.i2[0]


def test_moore_1998_is_met_to_the_printed_digits(public_sets, known_answers):
    studies, wanted = public_sets["moore1998.csv"], known_answers["moore1998"]
    _, dl, reml, _ = pool_all(studies.effects, studies.errors)

    assert (wanted["REML"]["mu"], wanted["REML"]["se"]) == (round(reml.estimate[0], 4), round(reml.error[0], 4))
    assert wanted["REML"]["tau2"] == round(reml.tau2[0], 3)
    assert (wanted["DL"]["mu"], wanted["DL"]["tau2"]) == (round(dl.estimate[0], 4), round(dl.tau2[0], 3))


def test_haeuser_2009_is_met_to_the_printed_digits(public_sets, known_answers):
    studies, wanted = public_sets["haeuser2009-pain.csv"], known_answers["haeuser2009_pain"]
    _, dl, reml, _ = pool_all(studies.effects, studies.errors)

    assert [wanted["DL"]["mu"], *wanted["DL"]["ci"]] == [round(x, 4) for x in (dl.estimate[0], dl.low[0], dl.high[0])]
    assert [wanted["published"]["smd"], *wanted["published"]["ci"]] == [round(x, 2) for x in (dl.estimate[0], dl.low[0], dl.high[0])]
    assert (wanted["REML"]["mu"], wanted["REML"]["se"]) == (round(reml.estimate[0], 4), round(reml.error[0], 4))
    assert wanted["REML"]["tau2"] == round(reml.tau2[0], 3)


def test_haeuser_2009_prediction_interval_is_met(public_sets, known_answers):
    """Printed -0.774 to -0.069."""
    studies = public_sets["haeuser2009-pain.csv"]
    reml = one(pool_reml, studies.effects, studies.errors)

    assert known_answers["haeuser2009_pain"]["REML"]["PI"] == [round(reml["pi_low"], 3), round(reml["pi_high"], 3)]


@pytest.mark.parametrize(("drug", "studies", "estimate"), BY_DRUG)
def test_haeuser_2009_by_drug(public_sets, haeuser_drugs, drug, studies, estimate):
    """Published subgroup sizes; the means were worked out beside this code."""
    whole = public_sets["haeuser2009-pain.csv"]
    mine = np.array([name == drug for name in haeuser_drugs])
    reml = one(pool_reml, whole.effects[mine], whole.errors[mine])

    assert studies == mine.sum()
    assert estimate == round(reml["estimate"], 3)


@pytest.mark.parametrize("name", SETS)
def test_common_and_moment_estimates_are_those_of_statsmodels(public_sets, name):
    studies = public_sets[name]
    theirs = combine_effects(studies.effects, studies.errors**2, method_re="chi2")
    common, dl = one(pool_common, studies.effects, studies.errors), one(pool_dl, studies.effects, studies.errors)
    fixed, random, _, _ = theirs.conf_int(use_t=False)
    if theirs.tau2 < 0:  # statsmodels weights with a negative variance; the published estimator stops at 0, where both means are one
        random = fixed
    mean = theirs.mean_effect_re if theirs.tau2 > 0 else theirs.mean_effect_fe

    assert (common["estimate"], common["low"], common["high"]) == pytest.approx((theirs.mean_effect_fe, *fixed), rel=1e-9)
    assert (dl["estimate"], dl["low"], dl["high"]) == pytest.approx((mean, *random), rel=1e-9)
    assert dl["tau2"] == pytest.approx(max(theirs.tau2, 0.0), abs=1e-12)


@pytest.mark.parametrize("name", SETS)
def test_hartung_knapp_interval_is_that_of_weighted_least_squares(public_sets, name):
    """With the weights given, the interval of Hartung and Knapp is the t interval of a weighted regression on a constant.

    statsmodels' own HKSJ interval at the moment estimate is the same regression, which the second half shows.
    """
    studies = public_sets[name]
    found = one(pool_reml, studies.effects, studies.errors, adhoc=False)
    fit = WLS(studies.effects, np.ones(studies.effects.size), weights=1 / (studies.errors**2 + found["tau2"])).fit()
    theirs = combine_effects(studies.effects, studies.errors**2, method_re="chi2")
    moment = WLS(studies.effects, np.ones(studies.effects.size), weights=1 / (studies.errors**2 + theirs.tau2)).fit()

    assert (found["low"], found["high"]) == pytest.approx(tuple(fit.conf_int()[0]), rel=1e-6)
    assert tuple(moment.conf_int()[0]) == pytest.approx(tuple(theirs.conf_int(use_t=True)[3]), rel=1e-9)


@settings(deadline=None)
@given(analyses(least=2))
def test_the_shipped_interval_is_the_wider_of_hartung_knapp_and_t(analysis):
    bare, found = one(pool_reml, *analysis, adhoc=False), one(pool_reml, *analysis)
    half = stats.t.ppf(0.975, analysis[0].size - 1) * found["error"]
    wider = max(half, (bare["high"] - bare["low"]) / 2)

    assert (found["high"] - found["low"]) / 2 == pytest.approx(wider, rel=1e-6)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.99])
@pytest.mark.parametrize("method", [pool_dl, pool_reml])
def test_prediction_interval_is_the_formula_of_higgins(public_sets, method, level):
    studies = public_sets["triptan-sumatriptan.csv"]
    found = one(method, studies.effects, studies.errors, level=level)
    half = stats.t.ppf(0.5 + level / 2, studies.effects.size - 2) * math.hypot(math.sqrt(found["tau2"]), found["error"])

    assert (found["pi_low"], found["pi_high"]) == pytest.approx((found["estimate"] - half, found["estimate"] + half), rel=1e-6)


def test_one_study_has_no_random_effects_interval():
    common, dl, reml, bayes = pool_all(np.array([0.3]), np.array([0.1]))

    assert row(common)["low"] == pytest.approx(0.3 - 0.1 * stats.norm.ppf(0.975))
    for found in (row(dl), row(reml)):
        assert found["estimate"] == 0.3
        assert all(math.isnan(found[name]) for name in ("low", "high", "tau2", "i2", "pi_low", "pi_high"))
    assert row(bayes)["estimate"] == pytest.approx(0.3)
    assert row(bayes)["pi_low"] < row(bayes)["low"] < row(common)["low"]


def test_two_studies_have_no_prediction_interval_but_bayes():
    """t on studies - 2 has no freedom; Hartung and Knapp have one degree and say so by their width."""
    common, dl, reml, bayes = (row(found) for found in pool_all(np.array([0.3, 0.5]), np.array([0.1, 0.2])))

    assert all(math.isnan(found[name]) for found in (common, dl, reml) for name in ("pi_low", "pi_high"))
    assert reml["high"] - reml["low"] > 5 * (common["high"] - common["low"])
    assert bayes["pi_low"] < bayes["low"] < bayes["high"] < bayes["pi_high"]


def test_methods_come_in_the_order_they_are_named():
    assert (
        tuple(found.method for found in pool_all(np.array([0.1, 0.2]), np.array([0.1, 0.1])))
        == METHODS
        == ("common", "dl", "reml", "bayes")
    )


def test_equal_effects_are_homogeneous():
    for found in pool_all(np.full(5, 0.3), np.full(5, 0.1))[:3]:
        assert found.estimate[0] == pytest.approx(0.3)
        assert found.i2[0] == 0.0


@FEWER
@given(analyses())
def test_variances_are_never_negative_and_shares_are_shares(analysis):
    for found in map(row, pool_all(*analysis)):
        assert math.isnan(found["tau2"]) or found["tau2"] >= 0
        assert math.isnan(found["i2"]) or 0 <= found["i2"] <= 1


@FEWER
@given(analyses())
def test_the_mean_lies_among_the_effects(analysis):
    values, _ = analysis
    for found in map(row, pool_all(*analysis)):
        assert values.min() - 1e-9 <= found["estimate"] <= values.max() + 1e-9


@FEWER
@given(analyses(), st.integers(-20, 20))
def test_the_unit_scales_every_result(analysis, power):
    factor = 2.0**power
    for plain, other in zip(pool_all(*analysis), pool_all(*(part * factor for part in analysis)), strict=True):
        wanted = {name: value * {"tau2": factor**2, "i2": 1.0}.get(name, factor) for name, value in row(plain).items()}

        assert close(row(other), wanted, rel=1e-6, abs=1e-9 * factor)


@settings(deadline=None)
@given(analyses(), st.sampled_from([0.1, 3.0, 10.0, 100.0]))
def test_a_unit_that_is_no_power_of_two_scales_common_and_moments(analysis, factor):
    for method in (pool_common, pool_dl):
        plain, other = one(method, *analysis), one(method, *(part * factor for part in analysis))
        wanted = {name: value * {"tau2": factor**2, "i2": 1.0}.get(name, factor) for name, value in plain.items()}

        assert close(other, wanted, rel=1e-6, abs=1e-7 * factor)


@FEWER
@given(analyses(), st.integers(-64, 64))
def test_a_shift_moves_the_places_and_nothing_else(analysis, shift):
    values, errors = analysis
    for plain, other in zip(pool_all(values, errors), pool_all(values + shift, errors), strict=True):
        wanted = {name: value + shift * (name not in ("error", "tau2", "i2")) for name, value in row(plain).items()}

        assert close(row(other), wanted, rel=1e-4, abs=1e-4)


@FEWER
@given(analyses())
def test_the_mirror_image_is_pooled_to_the_mirror_image(analysis):
    values, errors = analysis
    for plain, other in zip(map(row, pool_all(values, errors)), map(row, pool_all(-values, errors)), strict=True):
        wanted = {"estimate": -plain["estimate"], "low": -plain["high"], "high": -plain["low"], "pi_low": -plain["pi_high"]}

        assert close(other, wanted | {"tau2": plain["tau2"]}, rel=1e-6, abs=1e-8)


@FEWER
@given(analyses(), st.randoms(use_true_random=False))
def test_the_order_of_the_studies_does_not_matter(analysis, random):
    values, errors = analysis
    order = list(range(values.size))
    random.shuffle(order)
    for plain, other in zip(pool_all(values, errors), pool_all(values[order], errors[order]), strict=True):
        assert close(row(other), row(plain), rel=1e-4, abs=1e-5)


@settings(deadline=None)
@given(analyses(), st.floats(-3, 3), st.floats(0.01, 100))
def test_more_data_never_widens_the_common_interval(analysis, effect, error):
    values, errors = analysis
    before = one(pool_common, values, errors)
    after = one(pool_common, np.append(values, effect), np.append(errors, error))

    assert after["high"] - after["low"] <= before["high"] - before["low"]


@FEWER
@given(analyses(least=2), st.floats(-3, 3))
def test_a_study_of_infinite_error_changes_no_mean(analysis, effect):
    """Of the moment estimator and Hartung-Knapp only the mean under one effect is meant: both count studies, even empty ones."""
    values, errors = analysis
    more = np.append(values, effect), np.append(errors, 1e8)
    kept = ("estimate", "low", "high")

    assert close({k: v for k, v in one(pool_common, *more).items() if k in kept}, {k: one(pool_common, values, errors)[k] for k in kept})
    plain, other = pool_bayes(values, errors, tau_scale=0.5)[0], pool_bayes(*more, tau_scale=0.5)[0]
    assert close(
        {k: row(other)[k] for k in (*kept, "pi_low", "pi_high")}, {k: row(plain)[k] for k in (*kept, "pi_low", "pi_high")}, abs=1e-6
    )


@settings(deadline=None)
@given(analyses(least=2), st.data())
def test_a_masked_study_is_a_study_left_out(analysis, data):
    values, errors = analysis
    seen = np.array(data.draw(st.lists(st.booleans(), min_size=values.size, max_size=values.size)))
    seen[0] = True
    hidden = np.where(seen, values, 99.0), np.where(seen, errors, 1e-3)
    for method in (pool_common, pool_dl, pool_reml):
        masked = one(method, *hidden, mask=seen[None, :])

        assert close(masked, one(method, values[seen], errors[seen]), rel=1e-6, abs=1e-9)


def test_a_thousand_analyses_at_once_are_each_alone():
    draw = np.random.default_rng(11)
    errors = draw.uniform(0.05, 0.8, (1000, 20))
    values = draw.normal(0.2, np.hypot(errors, 0.3))
    seen = draw.random((1000, 20)) < 0.8
    seen[:, :1] = True
    for method in (pool_common, pool_dl, pool_reml):
        whole = method(values, errors, mask=seen)
        for place in range(0, 1000, 97):
            alone = one(method, values[place, seen[place]], errors[place, seen[place]])

            assert close(row(whole, place), alone, rel=1e-6, abs=1e-9)


@FEWER
@given(analyses(least=3))
def test_a_prediction_interval_is_never_narrower_than_that_of_the_mean_by_bayes(analysis):
    found = row(pool_bayes(*analysis)[0])

    assert found["pi_high"] - found["pi_low"] >= found["high"] - found["low"] - 1e-9


@FEWER
@given(analyses(least=3), st.floats(0.5, 0.9), st.floats(0.01, 0.09))
def test_a_higher_level_is_a_wider_interval(analysis, level, more):
    for narrow, wide in zip(pool_all(*analysis, level=level), pool_all(*analysis, level=level + more), strict=True):
        assert wide.low[0] <= narrow.low[0] + 1e-12
        assert wide.high[0] >= narrow.high[0] - 1e-12


@settings(deadline=None)
@given(analyses())
def test_the_prior_between_studies_goes_with_the_unit(analysis):
    assert default_tau_scale(*(part * 8 for part in analysis)) == pytest.approx(8 * default_tau_scale(*analysis), rel=1e-12)


def test_a_study_of_infinite_error_leaves_the_default_prior_alone():
    values, errors = np.array([0.3, 0.4, 0.2, 0.35]), np.array([0.1, 0.12, 0.1, 0.15])
    more = np.append(values, 40.0), np.append(errors, 1e6)

    assert default_tau_scale(*more) == pytest.approx(default_tau_scale(values, errors), rel=0.2)


def test_share_between_studies_is_that_of_higgins_and_thompson():
    """Equal errors of 0.3: the typical variance is 0.09, so the share is tau2 / (tau2 + 0.09), by REML and by Q alike."""
    values, errors = np.array([0.1, 0.9, 0.4, 1.6, -0.2]), np.full(5, 0.3)
    variance = float(np.var(values, ddof=1))
    common, _, reml, _ = pool_all(values, errors)

    assert reml.tau2[0] == pytest.approx(variance - 0.09)
    assert (common.i2[0], reml.i2[0]) == pytest.approx((1 - 0.09 / variance, 1 - 0.09 / variance))


def test_typical_variance_of_unequal_errors():
    """Weights 100, 25, 4: 2 * 129 / (129^2 - 10641) = 0.043."""
    values, errors = np.array([0.0, 1.0, 2.0]), np.array([0.1, 0.2, 0.5])
    reml = one(pool_reml, values, errors)

    assert reml["i2"] == pytest.approx(reml["tau2"] / (reml["tau2"] + 2 * 129 / (129**2 - 10641)))


def test_default_prior_is_two_and_a_half_typical_errors_or_half_as_much_again_as_the_moments():
    """About 0.5 for standardised differences of trials with 50 people an arm (error 0.2), as the published convention has it."""
    apart = np.array([-2.0, 0.0, 2.0, 4.0])

    assert default_tau_scale(np.full(4, 0.3), np.full(4, 0.2)) == pytest.approx(0.5)
    assert default_tau_scale(apart, np.full(4, 0.2)) == pytest.approx(1.5 * math.sqrt(np.var(apart, ddof=1) - 0.04))
