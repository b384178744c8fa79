"""Linear Gaussian models of one trial with shrunken interactions, in closed form.

outcome = flat part + arm * (average effect + modifiers . theta) + error.  The flat part and, in predictions, the average effect have
flat priors; theta_j ~ N(0, variance * tau^2 / modifiers), where tau is 0 with a declared probability and half-normal on a grid otherwise.
The error variance is integrated out (its prior is 1 / variance).  At tau = 0 the model is the average model exactly.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from painloom.model.individual import Sceptic

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
NODES, REACH, RANK, HALVINGS = 49, 4.0, 1e-10, 50


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A trial as columns: `flat` (people, flat), `arm` (people,) and `modifiers` (people, modifiers), already standardised."""

    flat: Array
    arm: Array
    modifiers: Array

    def rows(self, chosen: Mask) -> "Columns":
        """The same columns for some of the people."""
        return Columns(self.flat[chosen], self.arm[chosen], self.modifiers[chosen])

    def only(self, modifiers: list[int]) -> "Columns":
        """The same columns with some of the modifiers."""
        return Columns(self.flat, self.arm, self.modifiers[:, modifiers])


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Effects of people as a mixture of Student distributions: weights (nodes,), centres and scales (nodes, people), one freedom.

    `tau` (nodes,) in units of the residual standard deviation, `residual` (nodes,) that standard deviation.
    """

    weights: Array
    tau: Array
    centres: Array
    scales: Array
    residual: Array
    freedom: int


@dataclass(frozen=True, slots=True, eq=False)
class _Shrunk:
    """The posterior of theta at every node of tau; theta (nodes, modifiers) is its mean, `basis` the eigenvectors of the modifiers.

    `inner` (nodes, modifiers) is the variance of theta along them in error variances, `variance` (nodes,) the error variance.
    """

    weights: Array
    tau: Array
    theta: Array
    basis: Array
    inner: Array
    variance: Array


def standardise(covariates: Array, fitted: Mask) -> tuple[Array, Array]:
    """Covariates in standard deviations of the people in `fitted`, and the columns that say who had none.

    Missing values become the median of `fitted`; a covariate that is constant there, or missing in all, becomes 0.

    Returns
    -------
    (people, covariates) and (people, covariates with a missing value), the second 0 or 1.
    """
    gone = np.isnan(covariates)
    filled = covariates
    if gone.any():
        seen = ~gone[fitted].all(axis=0)
        middle = np.zeros(covariates.shape[1])
        middle[seen] = np.nanmedian(covariates[fitted][:, seen], axis=0)
        filled = np.where(gone, middle, covariates)
    centre, sd = filled[fitted].mean(axis=0), filled[fitted].std(axis=0)
    varies = sd > RANK * np.maximum(1.0, np.abs(centre))
    scaled: Array = np.where(varies, (filled - centre) / np.where(varies, sd, 1.0), 0.0)
    return scaled, gone[:, gone.any(axis=0)].astype(np.float64)


def least_squares(design: Array, outcome: Array, asked: Array) -> Array:
    """Predictions at the rows of `asked` from least squares; the shortest solution where columns depend on each other."""
    found: Array = asked @ np.linalg.lstsq(design, outcome, rcond=RANK)[0]
    return found


def predict_shrunk(fitted: Columns, outcome: Array, asked: Columns, sceptic: Sceptic) -> Array:
    """Posterior mean of the outcome at the rows of `asked`, interactions shrunk, tau integrated out; (people asked,)."""
    design, inverse = _inverse(fitted)
    products = fitted.arm[:, None] * fitted.modifiers
    shrunk = _shrink(design, inverse, outcome, products, sceptic, freedom=_freedom(design))
    theta = shrunk.weights @ shrunk.theta
    base = np.column_stack([asked.flat, asked.arm])
    found: Array = base @ (inverse @ (outcome - products @ theta)) + asked.arm * (asked.modifiers @ theta)
    return found


def person_effects(columns: Columns, outcome: Array, sceptic: Sceptic, *, is_average_doubted: bool) -> Effects:
    """The posterior of everybody's effect (the average of the trial for all where there are no modifiers).

    The average effect has the sceptical prior where `is_average_doubted`, a flat one otherwise.
    """
    flat, arm, modifiers = columns.flat, columns.arm, columns.modifiers
    people = outcome.size
    if is_average_doubted:  # a normal prior is one more observation: an effect of 0, seen with an error of that many residual deviations
        flat = np.vstack([flat, np.zeros(flat.shape[1])])
        arm = np.append(arm, 1 / sceptic.average)
        modifiers = np.vstack([modifiers, np.zeros(modifiers.shape[1])])
        outcome = np.append(outcome, 0.0)
    design, inverse = _inverse(Columns(flat, arm, modifiers))
    products = arm[:, None] * modifiers
    freedom = _freedom(design)
    shrunk = _shrink(design, inverse, outcome, products, sceptic, freedom=freedom)
    pick = inverse[-1]
    reach = (columns.modifiers - pick @ products) @ shrunk.basis  # what theta adds to each effect, along the eigenvectors
    centres = pick @ outcome + (columns.modifiers - pick @ products) @ shrunk.theta.T
    spread = pick @ pick + (reach**2) @ shrunk.inner.T
    scales = np.sqrt(spread * shrunk.variance)
    return Effects(
        shrunk.weights, shrunk.tau, centres.T.reshape(-1, people), scales.T.reshape(-1, people), np.sqrt(shrunk.variance), freedom
    )


def one_person(effects: Effects) -> Effects:
    """The effects of the first person only, for models in which everybody has the same."""
    return replace(effects, centres=effects.centres[:, :1], scales=effects.scales[:, :1])


def student_below(values: Array, freedom: int) -> Array:
    """Probability of Student's t below each value."""
    from scipy.special import stdtr  # here, because a command that needs none of it should not wait for the import

    found: Array = stdtr(freedom, values)
    return found


def above_zero(effects: Effects) -> Array:
    """Probability of a benefit above 0, (people,)."""
    return effects.weights @ student_below(effects.centres / effects.scales, effects.freedom)


def effect_quantile(effects: Effects, probability: float) -> Array:
    """Quantile of everybody's effect, (people,), by halving: the mixture's distribution function has no inverse."""
    reach = 60 * effects.scales.max(axis=0)
    low, high = effects.centres.min(axis=0) - reach, effects.centres.max(axis=0) + reach
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        is_below = effects.weights @ student_below((middle - effects.centres) / effects.scales, effects.freedom) < probability
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    found: Array = 0.5 * (low + high)
    return found


def _inverse(columns: Columns) -> tuple[Array, Array]:
    """The unshrunk columns, arm last, and their pseudo-inverse."""
    design = np.column_stack([columns.flat, columns.arm])
    return design, np.asarray(np.linalg.pinv(design, rcond=RANK), dtype=np.float64)


def _freedom(design: Array) -> int:
    """Observations less the rank of the unshrunk columns."""
    return int(design.shape[0] - np.linalg.matrix_rank(design))


def _shrink(design: Array, inverse: Array, outcome: Array, products: Array, sceptic: Sceptic, *, freedom: int) -> _Shrunk:
    """Theta, its spread and the error variance at every node of tau, with the posterior weights of the nodes.

    The unshrunk columns are projected out; the eigenvectors of what is left of the modifiers make every node a diagonal problem.
    """
    left = outcome - design @ (inverse @ outcome)
    own = products - design @ (inverse @ products)
    count = products.shape[1]
    if count == 0:
        one = np.ones(1)
        return _Shrunk(one, 0 * one, np.zeros((1, 0)), np.zeros((0, 0)), np.zeros((1, 0)), one * (left @ left) / freedom)
    values, basis = np.linalg.eigh(own.T @ own)
    values = np.where(values > RANK * products.shape[0], values, 0.0)
    along = basis.T @ (own.T @ left)
    tau = np.append(0.0, np.linspace(0.0, REACH * sceptic.between, NODES))  # the first node is the point mass at 0
    ratio = (tau**2 / count)[:, None]
    inner = ratio / (1 + ratio * values)  # (nodes, modifiers): variance of theta along each eigenvector, in error variances
    square = np.maximum(left @ left - (along**2 * inner).sum(axis=1), np.finfo(np.float64).tiny)
    log = -0.5 * np.log1p(ratio * values).sum(axis=1) - 0.5 * freedom * np.log(square) + _log_prior(tau[1:], sceptic)
    weights = np.exp(log - log.max())
    return _Shrunk(weights / weights.sum(), tau, (inner * along) @ basis.T, basis, inner, square / freedom)


def _log_prior(tau: Array, sceptic: Sceptic) -> Array:
    """Log prior of the point mass at 0 and of the nodes of the half-normal (trapezium rule, both ends count half)."""
    slab = np.exp(-0.5 * (tau / sceptic.between) ** 2)
    slab[[0, -1]] *= 0.5
    masses: Array = np.append(sceptic.null, (1 - sceptic.null) * slab / slab.sum())
    return np.log(np.maximum(masses, np.finfo(np.float64).tiny))
