"""Partial pooling in closed form: effects that share parts of a tree, on a grid of two standard deviations.

Every effect is a sum of independent normal parts (of its class, its treatment, its kind of pain ...).  Two effects covary by the parts
they share, so a tree is a covariance: one part of fixed variance, one that scales with the variance between treatments and conditions.
Given the two standard deviations everything is Gaussian algebra; the grid integrates them out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grid:
    """Nodes of the two standard deviations, each (nodes,), with the logarithm of their prior mass: `between` of treatments and
    conditions, `rows` of rows around their true effect.
    """

    between: Array
    rows: Array
    log_prior: Array


@dataclass(frozen=True, slots=True)
class Tree:
    """Observed contrasts: values (n,), error variances (n,), covariance of their true effects: fixed (n, n) + between^2 scaled (n, n)."""

    values: Array
    variances: Array
    fixed: Array
    scaled: Array


@dataclass(frozen=True, slots=True)
class Asked:
    """Effects that are asked about: covariances with the observed ones (m, n) and own variances (m,), both parts as in `Tree`."""

    fixed: Array
    scaled: Array
    own_fixed: Array
    own_scaled: Array


@dataclass(frozen=True, slots=True)
class Answer:
    """Mean and variance of each asked effect at each node, (nodes, m), and how much each observed contrast moved it, (nodes, m, n)."""

    mean: Array
    variance: Array
    pull: Array


def half_normal_grid(between_scale: float, row_scale: float, nodes: int) -> Grid:
    """nodes x nodes points with half-normal priors, dense where the prior is: Gauss-Legendre on 0 to four scales."""
    points, measure = np.polynomial.legendre.leggauss(nodes)
    unit, mass = 2 * (points + 1), measure * np.exp(-0.5 * (2 * (points + 1)) ** 2)
    log = np.log(mass / mass.sum())
    between, rows = np.meshgrid(between_scale * unit, row_scale * unit, indexing="ij")
    return Grid(between.ravel(), rows.ravel(), (log[:, None] + log[None, :]).ravel())


def _whole(tree: Tree, grid: Grid) -> Array:
    """Covariance of the observed contrasts at each node, (nodes, n, n)."""
    cov = tree.fixed + grid.between[:, None, None] ** 2 * tree.scaled
    places = np.arange(tree.values.size)
    cov[:, places, places] += tree.variances + grid.rows[:, None] ** 2
    return cov


def log_evidence(tree: Tree, grid: Grid) -> Array:
    """Log density of the observed contrasts at each node, (nodes,)."""
    cov = _whole(tree, grid)
    fitted = np.linalg.solve(cov, np.broadcast_to(tree.values[:, None], (*cov.shape[:2], 1)))[..., 0]
    _, logdet = np.linalg.slogdet(cov)
    found: Array = -0.5 * (fitted @ tree.values + logdet + tree.values.size * np.log(2 * np.pi))
    return found


def weights_of(logs: Array) -> Array:
    """Weights of sum 1 from log masses."""
    mass = np.exp(logs - logs.max())
    found: Array = mass / mass.sum()
    return found


def ask(tree: Tree, grid: Grid, asked: Asked) -> Answer:
    """What the observed contrasts say of other effects, or of their own true ones, at each node."""
    between = grid.between[:, None, None] ** 2
    cross = asked.fixed + between * asked.scaled
    pull = np.linalg.solve(_whole(tree, grid), cross.transpose(0, 2, 1)).transpose(0, 2, 1)
    own = asked.own_fixed + grid.between[:, None] ** 2 * asked.own_scaled
    mean: Array = pull @ tree.values
    variance: Array = own - (pull * cross).sum(axis=2)
    return Answer(mean, variance, np.asarray(pull, dtype=np.float64))


def mixed(mean: Array, variance: Array, weights: Array) -> tuple[Array, Array]:
    """Mean and variance over the nodes, each (m,)."""
    middle = weights @ mean
    return middle, weights @ (variance + (mean - middle) ** 2)
