"""Whether individualising helps, on made-up trials: the algebra against brute force, what must not matter, and what must be found."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from painloom.errors import InputError
from painloom.model.individual import AVERAGE, CLEAR_BENEFIT, INDIVIDUAL, NOT_CLEAR, PairedTrial, Sceptic, Trial
from painloom.response.individual import analyse, permute_arms
from painloom.response.individual_models import Columns, effect_quantile, person_effects, predict_shrunk, standardise

SOME = settings(max_examples=12, deadline=None)


def trial(seed, *, people=200, covariates=4, effect=0.4, interaction=0.0, noise=1.0):
    """Arms of equal size; the first covariate foretells the outcome and changes the effect; higher is better."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(people, covariates))
    arm = rng.permutation(people) % 2 == 1
    outcome = 0.6 * x[:, 0] + arm * (effect + interaction * x[:, 0]) + noise * rng.normal(size=people)
    return Trial(outcome, arm, x, tuple(f"x{i}" for i in range(covariates)), is_lower_better=False, modifier="x0")


def scores(reading):
    return {score.model: score for score in reading.scores}


def brute_force(columns, outcome, asked, sceptic, doubted):
    """Mean, SD and probability above 0 of an effect from whole covariance matrices at every tau, flat priors made very wide."""
    products = columns.arm[:, None] * columns.modifiers
    design = np.column_stack([columns.flat, columns.arm, products])
    flat, count = columns.flat.shape[1], products.shape[1]
    tau = np.append(0.0, np.linspace(0.0, 4 * sceptic.between, 49))
    slab = stats.norm.pdf(tau[1:], scale=sceptic.between)
    slab[[0, -1]] /= 2
    prior = np.append(sceptic.null, (1 - sceptic.null) * slab / slab.sum())
    log, means, sds = [], [], []
    for one in tau:
        variances = np.concatenate(
            [np.full(flat, 1e8), [sceptic.average**2 if doubted else 1e8], np.full(count, max(one**2 / count, 1e-14))]
        )
        whole = np.eye(outcome.size) + (design * variances) @ design.T
        # the error variance integrated out over 1 / variance; the wide priors take one degree of freedom each
        freedom = outcome.size - flat - (not doubted)
        square = outcome @ np.linalg.solve(whole, outcome)
        log.append(-0.5 * np.linalg.slogdet(whole)[1] - 0.5 * freedom * np.log(square))
        row = np.concatenate([np.zeros(flat), [1.0], asked])
        gain = (variances * row) @ design.T
        means.append(gain @ np.linalg.solve(whole, outcome))
        sds.append(np.sqrt((row**2 @ variances - gain @ np.linalg.solve(whole, gain)) * square / freedom))
    weight = np.exp(np.array(log) - max(log)) * prior
    weight /= weight.sum()
    means, sds = np.array(means), np.array(sds)
    return weight @ means, weight @ stats.t.cdf(means / sds, freedom)


@pytest.mark.parametrize("doubted", [False, True])
def test_effects_agree_with_whole_covariance_matrices(doubted):
    data = trial(3, people=60, covariates=3, interaction=0.4)
    scaled, _ = standardise(data.covariates, np.ones(60, dtype=bool))
    columns = Columns(np.column_stack([np.ones(60), scaled]), data.is_treated.astype(float), scaled)
    sceptic = Sceptic(0.3, 0.5, 0.4)
    found = person_effects(columns, data.outcome, sceptic, is_average_doubted=doubted)
    for person in (0, 17, 59):
        mean, above = brute_force(columns, data.outcome, scaled[person], sceptic, doubted)

        assert mean == pytest.approx(found.weights @ found.centres[:, person], abs=1e-5)
        assert above == pytest.approx(
            found.weights @ stats.t.cdf(found.centres[:, person] / found.scales[:, person], found.freedom), abs=1e-5
        )


def test_band_holds_its_share_of_the_mixture():
    data = trial(4, people=80, interaction=0.5)
    scaled, _ = standardise(data.covariates, np.ones(80, dtype=bool))
    found = person_effects(
        Columns(np.column_stack([np.ones(80), scaled]), data.is_treated * 1.0, scaled), data.outcome, Sceptic(), is_average_doubted=True
    )
    low = effect_quantile(found, 0.1)

    assert np.allclose(0.1, found.weights @ stats.t.cdf((low - found.centres) / found.scales, found.freedom), atol=1e-9)


def test_without_belief_in_interactions_predictions_are_those_of_the_average_model():
    data = trial(5, interaction=0.6)
    scaled, _ = standardise(data.covariates, np.ones(200, dtype=bool))
    columns = Columns(np.column_stack([np.ones(200), scaled]), data.is_treated * 1.0, scaled)
    design = np.column_stack([columns.flat, columns.arm])
    plain = design @ np.linalg.lstsq(design, data.outcome, rcond=None)[0]

    assert np.allclose(plain, predict_shrunk(columns, data.outcome, columns, Sceptic(null=0.0, between=1e-9)), atol=1e-9)


@given(st.integers(0, 10**6), st.floats(0.01, 500), st.floats(-100, 100))
@SOME
def test_units_of_outcome_and_covariates_change_nothing_but_the_unit(seed, factor, shift):
    data = trial(seed, people=80, covariates=3, interaction=0.3)
    other = replace(data, outcome=data.outcome * factor, covariates=data.covariates * [1, 7.5, 0.01] + [0, shift, -3])
    first, second = analyse(data, seed=1, repeats=2), analyse(other, seed=1, repeats=2)

    assert first.choice == second.choice
    assert first.average.value * factor == pytest.approx(second.average.value, rel=1e-6, abs=1e-8 * factor)
    assert first.modifier.value * factor == pytest.approx(second.modifier.value, rel=1e-6, abs=1e-8 * factor)
    assert [p.p_benefit for p in first.people] == pytest.approx([p.p_benefit for p in second.people], abs=1e-6)


@given(st.integers(0, 10**6))
@SOME
def test_the_order_of_the_people_changes_nothing(seed):
    data = trial(seed, people=70, covariates=2)
    mixed = np.random.default_rng(seed).permutation(70)
    other = replace(data, outcome=data.outcome[mixed], is_treated=data.is_treated[mixed], covariates=data.covariates[mixed])
    first, second = analyse(data, seed=3, repeats=2), analyse(other, seed=3, repeats=2)

    assert first.scores == second.scores
    assert [first.people[i] for i in mixed] == list(second.people)


@given(st.integers(0, 10**6))
@SOME
def test_turning_the_scale_turns_nothing_else(seed):
    data = trial(seed, people=80)
    first, second = analyse(data, seed=1, repeats=1), analyse(replace(data, outcome=-data.outcome, is_lower_better=True), seed=1, repeats=1)

    assert first == second


def test_the_same_seed_gives_the_same_reading_and_another_seed_other_folds():
    data = trial(8)

    assert analyse(data, seed=5) == analyse(data, seed=5)
    assert analyse(data, seed=5).scores != analyse(data, seed=6).scores


@pytest.mark.parametrize("people", [60, 100, 300])
def test_shrunken_interactions_that_do_not_exist_cost_less_than_two_thousandths_of_r2(people):
    """Mean over 25 trials; left unshrunk they cost more than that."""
    cost, loose = [], []
    for seed in range(25):
        found = scores(analyse(trial(seed, people=people, covariates=5), seed=seed, repeats=3))
        cost.append(found["average"].r2 - found["all-interactions"].r2)
        loose.append(found["average"].r2 - found["all-interactions-unshrunk"].r2)

    assert np.mean(cost) <= 0.002
    assert np.mean(loose) > 0.002


def test_a_covariate_of_pure_noise_costs_the_average_model_its_degree_of_freedom_and_the_shrunken_one_no_more():
    """The flat part is not shrunk: a useless covariate costs it about (1 - R2) / people fitted on, here 0.0014."""
    drop = {"average": [], "all-interactions": []}
    for seed in range(30):
        data = trial(seed, people=700, covariates=3)
        noise = np.random.default_rng([seed, 1]).normal(size=(700, 1))
        more = replace(data, covariates=np.hstack([data.covariates, noise]), names=(*data.names, "noise"))
        before, after = scores(analyse(data, seed=seed, repeats=3)), scores(analyse(more, seed=seed, repeats=3))
        for model in drop:
            drop[model].append(before[model].r2 - after[model].r2)

    assert np.mean(drop["average"]) <= 0.002
    assert np.mean(drop["all-interactions"]) <= 0.002


def test_a_large_interaction_is_found_and_believed_in_the_right_direction():
    reading = analyse(trial(11, people=400, interaction=0.7), seed=1)
    x = trial(11, people=400).covariates[:, 0]
    effects = np.array([person.value for person in reading.people])

    assert reading.choice == INDIVIDUAL
    assert np.corrcoef(x, effects)[0, 1] > 0.95
    assert 0 < reading.modifier.shrunk < reading.modifier.value
    assert "Effects differ between people" in reading.text


def test_bands_hold_the_truth_as_often_as_they_say_when_the_truth_comes_from_the_prior():
    """200 trials with effects drawn from the declared prior: 80 % bands, margin two and a half standard errors of the simulation."""
    rng, sceptic, held = np.random.default_rng(7), Sceptic(null=0.5, between=0.3), []
    for _ in range(200):
        x = rng.normal(size=(60, 3))
        scaled, _ = standardise(x, np.ones(60, dtype=bool))
        tau = abs(rng.normal(0, sceptic.between)) * (rng.random() > sceptic.null)
        truth = rng.normal(0, sceptic.average) + scaled @ rng.normal(0, tau / np.sqrt(3), 3)
        arm = rng.permutation(60) % 2.0
        outcome = scaled @ rng.normal(size=3) + arm * truth + rng.normal(size=60)
        columns = Columns(np.column_stack([np.ones(60), scaled]), arm, scaled)
        found = person_effects(columns, outcome, sceptic, is_average_doubted=True)
        held.append(np.mean((effect_quantile(found, 0.1) < truth) & (truth < effect_quantile(found, 0.9))))

    assert 0.80 == pytest.approx(np.mean(held), abs=0.07)


def test_without_an_interaction_everybody_gets_the_average():
    readings = [analyse(trial(seed, people=300), seed=seed, repeats=5) for seed in range(20)]
    average = [reading for reading in readings if reading.choice == AVERAGE]

    assert len(average) >= 18
    assert all(1 == len({person.value for person in reading.people}) for reading in average)
    assert all("The average is the best prediction for everybody" in reading.text for reading in average)


def test_nothing_is_individual_while_a_difference_is_no_more_probable_than_not():
    """A believer in the null needs more than one standard error: the same trial, judged by two priors."""
    data = trial(11, people=400, interaction=0.35)
    open_minded, stubborn = analyse(data, seed=1), analyse(data, seed=1, sceptic=Sceptic(null=0.99999))

    assert (INDIVIDUAL, AVERAGE) == (open_minded.choice, stubborn.choice)
    assert "no more probable than not" in stubborn.why
    assert scores(stubborn)["declared-modifier"].p_differs < 0.5 < scores(open_minded)["declared-modifier"].p_differs


def test_permuted_arms_give_hardly_any_confident_advice():
    found = permute_arms(trial(2, people=150, effect=1.0), times=200, seed=1)

    assert found.confident <= 0.05
    assert found.individual <= 0.10


def test_least_squares_values_are_those_of_statsmodels():
    ols = pytest.importorskip("statsmodels.api")
    data = trial(12, people=90, interaction=0.3)
    arm = data.is_treated * 1.0
    design = np.column_stack([np.ones(90), arm, data.covariates])
    plain = ols.OLS(data.outcome, design).fit()
    crossed = ols.OLS(data.outcome, np.column_stack([design, arm * data.covariates[:, 0]])).fit()
    reading = analyse(data, seed=1, repeats=1)

    assert plain.params[1] == pytest.approx(reading.average.value, abs=1e-9)
    assert tuple(plain.conf_int()[1]) == pytest.approx((reading.average.low, reading.average.high), abs=1e-9)
    assert plain.pvalues[1] == pytest.approx(reading.average.p_value, rel=1e-6)
    assert crossed.params[-1] == pytest.approx(reading.modifier.value, abs=1e-9)
    assert tuple(crossed.conf_int()[-1]) == pytest.approx((reading.modifier.low, reading.modifier.high), abs=1e-9)


def test_a_crossover_without_covariates_is_the_difference_between_orders_halved():
    """With both orders the average is the mean of the two orders' means, which takes a difference between the periods out."""
    rng = np.random.default_rng(1)
    first = np.arange(60) < 20
    benefit = rng.normal(0.5, 1, 60) + np.where(first, 2.0, -2.0)
    reading = analyse(PairedTrial(benefit, first, np.zeros((60, 0)), ()), seed=1)

    assert (benefit[first].mean() + benefit[~first].mean()) / 2 == pytest.approx(reading.average.value, abs=1e-12)
    assert AVERAGE == reading.choice
    assert "no covariate" in reading.why


def test_a_missing_covariate_becomes_the_median_and_says_so_to_the_model():
    values = np.array([[1.0, 5.0], [2.0, np.nan], [6.0, 7.0], [3.0, 9.0]])
    scaled, gone = standardise(values, np.array([True, True, True, False]))

    assert [[0.0], [1.0], [0.0], [0.0]] == gone.tolist()
    assert 0 == scaled[1, 1]  # the median of 5 and 7 is also their mean
    assert 0 == pytest.approx(scaled[:3, 0].mean())


def test_missing_covariates_do_not_break_a_trial_and_a_constant_one_is_ignored():
    data = trial(13)
    holes = data.covariates.copy()
    holes[::7, 1] = np.nan
    holes[:, 2] = 4.0
    reading = analyse(replace(data, covariates=holes), seed=1, repeats=2)

    assert np.isfinite([(p.value, p.low, p.high, p.p_benefit) for p in reading.people]).all()
    assert np.isfinite([score.r2 for score in reading.scores]).all()


def test_a_tiny_difference_in_a_tiny_trial_is_no_clear_benefit():
    reading = analyse(trial(1, people=30, covariates=1, effect=0.1), seed=1)

    assert NOT_CLEAR == reading.average.verdict
    assert 0 == reading.confident


def test_a_sceptic_pulls_the_average_towards_nothing_and_never_over_it():
    reading = analyse(trial(14, effect=0.5), seed=1)

    assert CLEAR_BENEFIT == reading.average.verdict
    assert 0 < reading.average.sceptical < reading.average.value


def test_an_outcome_without_noise_still_gives_finite_numbers():
    reading = analyse(trial(15, people=60, covariates=2, noise=0.0), seed=1, repeats=1)

    assert 0.4 == pytest.approx(reading.average.value)
    assert np.isfinite([(p.value, p.low, p.high, p.p_benefit) for p in reading.people]).all()


def broken(**changes):
    return replace(trial(1, people=40, covariates=2), **changes)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (broken(outcome=np.full(40, np.nan)), "an outcome is missing"),
        (broken(outcome=np.ones(40)), "alike"),
        (broken(outcome=np.ones(39)), "one row a person"),
        (broken(covariates=np.zeros(40)), "one row a person"),
        (broken(covariates=np.full((40, 2), np.inf)), "not finite"),
        (broken(is_treated=np.arange(40) < 3), "has 3 people"),
        (broken(modifier="elsewhere"), "not among the covariates"),
        (broken(covariates=np.random.default_rng(1).normal(size=(40, 30)), names=tuple(f"x{i}" for i in range(30))), "fewer covariates"),
    ],
)
def test_what_cannot_be_analysed_is_refused_in_one_line(wrong, said):
    with pytest.raises(InputError, match=said) as caught:
        analyse(wrong, seed=1)

    assert 1 == len(str(caught.value).splitlines())


@pytest.mark.parametrize(
    "options", [{"folds": 1}, {"repeats": 0}, {"share": 1.0}, {"sceptic": Sceptic(average=0)}, {"sceptic": Sceptic(null=1)}]
)
def test_options_that_mean_nothing_are_refused(options):
    with pytest.raises(InputError):
        analyse(trial(1), seed=1, **options)
