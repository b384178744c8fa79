"""The mean with the variance between studies integrated out: against adaptive quadrature, another parametrisation, and closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from painloom.response.bayes import grid_posterior, posterior_mean, quantile
from painloom.response.pool import pool_bayes
from painloom.response.tree import Asked, Grid, Tree, ask, log_evidence, mixed, weights_of

FIVE = np.array([0.3, 0.5, 0.2, 0.1, 0.3]), np.array([0.1, 0.2, 0.1, 0.1, 0.2])
WIDE = np.array([-1.4, 0.2, 2.5, 0.9]), np.array([0.2, 0.3, 0.25, 0.9])
TWO = np.array([0.3, 0.9]), np.array([0.1, 0.15])
ALONE = np.array([0.4]), np.array([0.2])
EXACT = 1e-6


def quadrature(values, errors, scale, mean_sd=None):
    """Mean and SD of the mean and mean of tau, by SciPy's adaptive quadrature over tau."""
    prior = 0.0 if mean_sd is None else mean_sd**-2

    def parts(tau):
        weights = 1 / (errors**2 + tau**2)
        total = weights.sum() + prior
        mean = (weights * values).sum() / total
        # the marginal of the effects: a normal whose covariance has the prior of the mean in every cell
        log = 0.5 * (np.log(weights).sum() - math.log(total)) - 0.5 * ((weights * values**2).sum() - total * mean**2)
        return math.exp(log) * stats.halfnorm.pdf(tau, scale=scale), mean, 1 / total

    def integral(of):
        return integrate.quad(lambda tau: of(*parts(tau)), 0, 12 * scale, points=[scale / 10, scale, 3 * scale], limit=400, epsabs=1e-13)[0]

    whole = integral(lambda mass, mean, variance: mass)
    mean = integral(lambda mass, m, v: mass * m) / whole
    second = integral(lambda mass, m, v: mass * (v + m**2)) / whole
    tau = integrate.quad(lambda t: t * parts(t)[0], 0, 12 * scale, points=[scale / 10, scale, 3 * scale], limit=400)[0] / whole
    return mean, math.sqrt(second - mean**2), tau


@pytest.mark.parametrize("mean_sd", [None, 1.0, 0.2])
@pytest.mark.parametrize("scale", [0.2, 0.5, 3.0, 20.0])
@pytest.mark.parametrize("studies", [FIVE, WIDE, TWO, ALONE])
def test_moments_are_those_of_adaptive_quadrature(studies, scale, mean_sd):
    found = posterior_mean(grid_posterior(*studies, scale, mean_sd))

    assert found == pytest.approx(quadrature(*studies, scale, mean_sd), rel=EXACT, abs=EXACT)


def test_the_second_implementation_agrees():
    """The tree of one class whose rows differ is the same model: two codes, one answer.  Its own grid is coarser than 1e-4."""
    values, errors = FIVE
    points, measure = np.polynomial.legendre.leggauss(300)
    tau = 1.5 * (points + 1)
    grid = Grid(np.zeros(300), tau, np.log(measure) - 0.5 * (tau / 0.5) ** 2)
    tree = Tree(values, errors**2, np.ones((5, 5)), np.zeros((5, 5)))
    weights = weights_of(grid.log_prior + log_evidence(tree, grid))
    answer = ask(tree, grid, Asked(np.ones((1, 5)), np.zeros((1, 5)), np.ones(1), np.zeros(1)))
    mean, variance = mixed(answer.mean, answer.variance, weights)
    found = posterior_mean(grid_posterior(values, errors, 0.5, 1.0))

    assert (mean[0], math.sqrt(variance[0]), weights @ tau) == pytest.approx(found, abs=1e-6)


def test_one_study_and_a_flat_mean_is_the_study_with_the_prior_between_studies():
    """One study under a flat mean says nothing of tau: its posterior is the half-normal prior, with mean scale * sqrt(2 / pi)."""
    found = grid_posterior(*ALONE, 0.3)
    mean, sd, tau = posterior_mean(found)

    assert (mean, tau) == pytest.approx((0.4, 0.3 * math.sqrt(2 / math.pi)), rel=EXACT)
    assert sd == pytest.approx(math.hypot(0.2, 0.3), rel=EXACT)


def test_no_variance_between_studies_is_the_common_effect():
    values, errors = FIVE
    mean, sd, tau = posterior_mean(grid_posterior(values, errors, 1e-9))

    assert mean == pytest.approx(np.average(values, weights=errors**-2.0))
    assert sd == pytest.approx((errors**-2.0).sum() ** -0.5)
    assert tau < 1e-8


def test_a_narrow_prior_of_the_mean_pulls_towards_none():
    """One study, next to no tau: the textbook of two normals, 0.4 * 0.1^2 / (0.1^2 + 0.2^2)."""
    mean, sd, _ = posterior_mean(grid_posterior(*ALONE, 1e-9, 0.1))

    assert mean == pytest.approx(0.4 * 0.01 / 0.05)
    assert sd == pytest.approx(math.sqrt(0.01 * 0.04 / 0.05))


@pytest.mark.parametrize("new_study", [False, True])
@pytest.mark.parametrize("studies", [FIVE, WIDE, TWO, ALONE])
def test_quantiles_hold_their_probability(studies, new_study):
    found = grid_posterior(*studies, 0.5)
    wanted = np.array([0.001, 0.025, 0.1, 0.5, 0.9, 0.975, 0.999])
    sd = np.hypot(found.sd, found.tau) if new_study else found.sd
    below = [float(found.weight @ stats.norm.cdf((x - found.mean) / sd)) for x in quantile(found, wanted, new_study=new_study)]

    assert below == pytest.approx(list(wanted), abs=1e-9)


def test_interval_of_a_new_study_against_draws():
    """A million draws tell a quantile to about 0.002."""
    draw = np.random.default_rng(3)
    found = grid_posterior(*FIVE, 0.5)
    node = draw.choice(found.tau.size, 1_000_000, p=found.weight)
    effects = draw.normal(draw.normal(found.mean[node], found.sd[node]), found.tau[node])

    assert quantile(found, np.array([0.025, 0.975]), new_study=True) == pytest.approx(np.quantile(effects, [0.025, 0.975]), abs=0.01)


def test_the_row_shows_the_posterior():
    shown, found = pool_bayes(*FIVE, tau_scale=0.5, mean_sd=1.0)
    mean, sd, tau = posterior_mean(found)

    assert (mean, sd, tau**2) == pytest.approx((shown.estimate[0], shown.error[0], shown.tau2[0]))
    assert list(quantile(found, np.array([0.025, 0.975]), new_study=True)) == pytest.approx([shown.pi_low[0], shown.pi_high[0]])


def test_weights_are_a_distribution():
    for studies in (FIVE, WIDE, TWO, ALONE):
        found = grid_posterior(*studies, 0.5)

        assert found.weight.min() >= 0
        assert found.weight.sum() == pytest.approx(1)


@settings(max_examples=15, deadline=None)
@given(st.floats(0.02, 1), st.floats(-2, 2))
def test_a_wider_prior_between_studies_is_a_larger_variance(scale, shift):
    values, errors = FIVE
    small, large = (posterior_mean(grid_posterior(values + shift, errors, s))[2] for s in (scale, 2 * scale))

    assert small < large


@pytest.mark.parametrize(
    ("name", "tolerance"), [("haeuser2009-pain.csv", 0.001), ("simulated-homogeneous.csv", 0.002), ("simulated-three.csv", 0.002)]
)
def test_an_independent_grid_of_the_public_sets_agrees(public_sets, printed, name, tolerance):
    """The reference states an example, not its exact prior; N(0, 1) and half-normal 0.5, the published convention, come this near."""
    studies, wanted = public_sets[name], printed[name]
    found = posterior_mean(grid_posterior(studies.effects, studies.errors, 0.5, 1.0))

    assert found == pytest.approx([float(wanted[key]) for key in ("bayes_example", "bayes_example_sd", "bayes_example_tau")], abs=tolerance)
