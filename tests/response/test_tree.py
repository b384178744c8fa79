"""Partial pooling in closed form: the published hierarchy, SciPy's normals, hand-made answers, and what more data must do."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from painloom.response.model import LEVEL_SHARE, PAIR_SHARE, Place, shared
from painloom.response.tree import Asked, Grid, Tree, ask, half_normal_grid, log_evidence, mixed, weights_of

NODE = Grid(np.array([0.3]), np.array([0.2]), np.zeros(1))


def hierarchy(values, errors, groups, asked, grid, mean_sd=1.0):
    """Mean and SD over a grid of the overall mean and of some groups, groups ~ N(mean, between^2), rows ~ N(group, rows^2 + se^2)."""
    same = np.array([[a == b for b in groups] for a in groups], dtype=float)
    tree = Tree(values, errors**2, np.full(same.shape, mean_sd**2), same)
    cross = np.array([[0.0] * len(groups), *([float(name == group) for group in groups] for name in asked)])
    own = np.array([0.0, *[1.0] * len(asked)])
    question = Asked(np.full(cross.shape, mean_sd**2), cross, np.full(own.shape, mean_sd**2), own)
    answer = ask(tree, grid, question)
    mean, variance = mixed(answer.mean, answer.variance, weights_of(grid.log_prior + log_evidence(tree, grid)))
    return dict(zip(("mu", *asked), zip(mean, np.sqrt(variance), strict=True), strict=True))


@pytest.mark.parametrize("nodes", [20, 60])
def test_the_published_hierarchy_is_met(public_sets, haeuser_drugs, known_answers, nodes):
    """Häuser 2009 by drug: N(0, 1), both deviations half-normal 0.5; the grid and the sampler of the reference agree to 0.01."""
    studies, wanted = public_sets["haeuser2009-pain.csv"], known_answers["haeuser2009_pain"]["hier_bayes"]
    asked = ("duloxetine", "amitriptyline", "fluoxetine")
    found = hierarchy(studies.effects, studies.errors, haeuser_drugs, asked, half_normal_grid(0.5, 0.5, nodes))

    for source in ("grid60x60", "nuts_numpyro"):
        for name, number in wanted[source].items():
            mean, sd = number if isinstance(number, list) else (number, None)
            assert found[name][0] == pytest.approx(mean, abs=wanted["tolerance"])
            assert sd is None or found[name][1] == pytest.approx(sd, abs=wanted["tolerance"])


def test_twenty_nodes_say_what_two_hundred_say(public_sets, haeuser_drugs):
    """The grid of the product is fine enough: 0.001 of a standard deviation on the widest spread of the public sets by drug."""
    studies = public_sets["haeuser2009-pain.csv"]
    asked = tuple(sorted(set(haeuser_drugs)))
    coarse, fine = (
        hierarchy(studies.effects, studies.errors, haeuser_drugs, asked, half_normal_grid(0.2, 0.2, nodes)) for nodes in (20, 200)
    )

    for name in coarse:
        assert coarse[name] == pytest.approx(fine[name], abs=1e-3)


@st.composite
def trees(draw, least=1):
    """Values of rows in up to three groups of one class, with error variances."""
    values = np.array(draw(st.lists(st.floats(-2, 2), min_size=least, max_size=7)))
    groups = draw(st.lists(st.sampled_from("abc"), min_size=values.size, max_size=values.size))
    variances = np.array(draw(st.lists(st.floats(0.01, 1), min_size=values.size, max_size=values.size)))
    same = np.array([[float(a == b) for b in groups] for a in groups])
    return Tree(values, variances, np.full(same.shape, 0.5), same), groups


def about(groups, name):
    cross = np.array([[float(name == group) for group in groups]])
    return Asked(np.full(cross.shape, 0.5), cross, np.full(1, 0.5), np.ones(1))


@settings(deadline=None)
@given(trees())
def test_evidence_is_the_density_of_a_normal(made):
    tree, _ = made
    cov = tree.fixed + NODE.between[0] ** 2 * tree.scaled + np.diag(tree.variances + NODE.rows[0] ** 2)

    assert log_evidence(tree, NODE)[0] == pytest.approx(stats.multivariate_normal(np.zeros(tree.values.size), cov).logpdf(tree.values))


@settings(deadline=None)
@given(trees())
def test_answer_is_the_conditional_of_a_joint_normal(made):
    """The covariance of rows and group, written as a matrix of effects: mean, group parts, row parts and errors are independent."""
    tree, groups = made
    n = tree.values.size
    design = np.array([[math.sqrt(0.5), *(0.3 * (name == group) for name in "abc")] for group in groups])
    wanted = np.array([math.sqrt(0.5), 0.3, 0.0, 0.0])
    noise = np.diag(tree.variances + 0.04)
    prior = np.eye(4)
    posterior = np.linalg.inv(np.linalg.inv(prior) + design.T @ np.linalg.inv(noise) @ design)
    middle = posterior @ design.T @ np.linalg.inv(noise) @ tree.values
    answer = ask(tree, NODE, about(groups, "a"))

    assert answer.mean[0, 0] == pytest.approx(wanted @ middle, abs=1e-9)
    assert answer.variance[0, 0] == pytest.approx(wanted @ posterior @ wanted, rel=1e-6)
    assert (1, 1, n) == answer.pull.shape
    assert answer.pull[0, 0] @ tree.values == pytest.approx(answer.mean[0, 0], abs=1e-12)


def test_one_row_is_shrunk_as_two_normals_are():
    """Class variance 0.5, group 0.09, row 0.04, error 0.01: of 1.0 the share 0.59 / 0.64 stays."""
    tree = Tree(np.array([1.0]), np.array([0.01]), np.full((1, 1), 0.5), np.ones((1, 1)))
    answer = ask(tree, NODE, about(["a"], "a"))

    assert answer.mean[0, 0] == pytest.approx(0.59 / 0.64)
    assert answer.variance[0, 0] == pytest.approx(0.59 - 0.59**2 / 0.64)


def test_another_group_learns_only_what_the_class_shares():
    tree = Tree(np.array([1.0]), np.array([0.01]), np.full((1, 1), 0.5), np.ones((1, 1)))

    assert ask(tree, NODE, about(["a"], "b")).mean[0, 0] == pytest.approx(0.5 / 0.64)


@settings(deadline=None)
@given(trees(), st.floats(-2, 2), st.sampled_from("abc"), st.floats(0.01, 1))
def test_more_data_never_makes_less_sure_at_a_node(made, value, group, variance):
    tree, groups = made
    more, every = added(tree, groups, value, group, variance)

    for name in "abc":
        before, after = ask(tree, NODE, about(groups, name)), ask(more, NODE, about(every, name))
        assert after.variance[0, 0] <= before.variance[0, 0] + 1e-12


@settings(deadline=None)
@given(trees(), st.floats(-2, 2), st.sampled_from("abc"))
def test_a_row_of_infinite_error_changes_nothing(made, value, group):
    """On the whole grid: neither the answers nor the weights of the nodes."""
    tree, groups = made
    more, every = added(tree, groups, value, group, 1e14)
    grid = half_normal_grid(0.3, 0.3, 6)
    for name in "abc":
        before, after = (
            mixed(a.mean, a.variance, weights_of(grid.log_prior + log_evidence(t, grid)))
            for t, a in ((tree, ask(tree, grid, about(groups, name))), (more, ask(more, grid, about(every, name))))
        )
        assert np.allclose(before, after, atol=1e-6)


def added(tree, groups, value, group, variance):
    every = [*groups, group]
    same = np.array([[float(a == b) for b in every] for a in every])
    return Tree(np.append(tree.values, value), np.append(tree.variances, variance), np.full(same.shape, 0.5), same), every


@settings(deadline=None)
@given(trees(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(made, random):
    tree, groups = made
    order = list(range(tree.values.size))
    random.shuffle(order)
    places = np.ix_(order, order)
    turned = Tree(tree.values[order], tree.variances[order], tree.fixed[places], tree.scaled[places])
    other = ask(turned, NODE, about([groups[place] for place in order], "a"))

    assert ask(tree, NODE, about(groups, "a")).mean == pytest.approx(other.mean, abs=1e-10)
    assert log_evidence(tree, NODE) == pytest.approx(log_evidence(turned, NODE))


@settings(deadline=None)
@given(trees(), st.floats(0.05, 20))
def test_the_unit_scales_the_answer(made, factor):
    tree, groups = made
    large = Tree(tree.values * factor, tree.variances * factor**2, tree.fixed * factor**2, tree.scaled * factor**2)
    grid = Grid(NODE.between, NODE.rows * factor, NODE.log_prior)
    asked = about(groups, "a")
    scaled = Asked(asked.fixed * factor**2, asked.scaled * factor**2, asked.own_fixed * factor**2, asked.own_scaled * factor**2)
    before, after = ask(tree, NODE, asked), ask(large, grid, scaled)

    assert after.mean[0, 0] == pytest.approx(factor * before.mean[0, 0], rel=1e-7, abs=1e-9)
    assert after.variance[0, 0] == pytest.approx(factor**2 * before.variance[0, 0], rel=1e-6)


def test_the_grid_is_two_half_normals():
    """Cut at four scales, where 6e-5 of the mass is left."""
    grid = half_normal_grid(0.3, 0.7, 20)
    weights = weights_of(grid.log_prior)

    for found, scale in ((grid.between, 0.3), (grid.rows, 0.7)):
        prior = stats.halfnorm(scale=scale)
        assert weights @ found == pytest.approx(prior.mean(), rel=1e-3)
        assert weights @ found**2 == pytest.approx(scale**2, rel=2e-3)
    assert weights @ (grid.between * grid.rows) == pytest.approx(0.3 * 0.7 * 2 / math.pi, rel=2e-3)


def test_weights_survive_any_size_of_logarithm():
    for shift in (-1e6, 0.0, 1e6):
        assert weights_of(np.array([0.0, math.log(3)]) + shift) == pytest.approx([0.25, 0.75])


def test_mixing_adds_the_spread_of_the_means():
    """Two nodes at -1 and 1 of equal weight, variance 0.5 each: mean 0, variance 1.5."""
    mean, variance = mixed(np.array([[-1.0], [1.0]]), np.array([[0.5], [0.5]]), np.array([0.5, 0.5]))

    assert (0.0, 1.5) == (mean[0], variance[0])


PLACES = [Place(unit, path) for unit in ("", "x", "y") for path in ((), ("n",), ("n", "p"), ("n", "p", "d"), ("s",), ("s", "l"))]


def test_shares_of_two_effects_make_a_covariance():
    """Symmetric, and no combination of effects has a negative variance."""
    cov = np.array([[shared(a, b) for b in PLACES] for a in PLACES])

    assert np.array_equal(cov, cov.T)
    assert np.linalg.eigvalsh(cov).min() > -1e-12


def test_nearer_kinds_of_pain_share_more():
    here = Place("x", ("n", "p", "d"))

    assert shared(here, here) == 1 + 3 * (LEVEL_SHARE + PAIR_SHARE)
    assert shared(here, Place("x", ("n", "p"))) == 1 + 2 * (LEVEL_SHARE + PAIR_SHARE)
    assert shared(here, Place("y", ("n", "p"))) == 2 * LEVEL_SHARE
    assert shared(here, Place("", ("n", "p"))) == 2 * LEVEL_SHARE
    assert shared(here, Place("y", ("s",))) == 0
    assert shared(Place("", ("n",)), Place("", ("n",))) == LEVEL_SHARE
