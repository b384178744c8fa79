"""A trial as a problem of prediction: which models it can have, and how well each foretells people it has not seen."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from painloom.errors import InputError
from painloom.model.individual import ModelScore, PairedTrial, Sceptic, Trial
from painloom.response.individual_models import Array, Columns, Mask, least_squares, predict_shrunk, standardise

FEWEST = 3
RESPONSE_SLACK = 1e-9  # 0.7 times a baseline is not exact: 7 of 10 is a response of 30 %
NOTHING, ARM, PROGNOSIS, AVERAGED, ALL, ALL_LOOSE, DECLARED, DECLARED_LOOSE = (
    "nothing",
    "arm",
    "prognosis",
    "average",
    "all-interactions",
    "all-interactions-unshrunk",
    "declared-modifier",
    "declared-modifier-unshrunk",
)
LABELS = {
    NOTHING: "no difference",
    ARM: "arm only",
    PROGNOSIS: "covariates only",
    AVERAGED: "one effect for all",
    ALL: "all interactions, shrunk",
    ALL_LOOSE: "all interactions, not shrunk",
    DECLARED: "declared modifier, shrunk",
    DECLARED_LOOSE: "declared modifier, not shrunk",
}


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Either trial in one form: outcome positive = better; `sides` +-1 of the arm, or of the order in a crossover."""

    outcome: Array
    sides: Array
    covariates: Array
    declared: int | None
    baseline: Array | None
    is_paired: bool
    unit: str


def problem_of(trial: Trial | PairedTrial) -> Problem:
    """The trial in one form; names and shapes are checked."""
    people = trial.covariates.shape[0] if trial.covariates.ndim == 2 else -1
    outcome = trial.benefit if isinstance(trial, PairedTrial) else trial.outcome
    arms = trial.is_treated_first if isinstance(trial, PairedTrial) else trial.is_treated
    if outcome.shape != (people,) or arms.shape != (people,) or trial.covariates.shape[1] != len(trial.names):
        raise InputError(
            "trial: outcome, arms and covariates do not have one row a person and one name a covariate; give them the same people"
        )
    where = {name: number for number, name in enumerate(trial.names)}
    asked = (trial.modifier, "") if isinstance(trial, PairedTrial) else (trial.modifier, trial.baseline)
    if any(name and name not in where for name in asked):
        raise InputError("trial: the modifier or the baseline is not among the covariates; name one of them, or none")
    sign = 1.0 if isinstance(trial, PairedTrial) or not trial.is_lower_better else -1.0
    before = None if isinstance(trial, PairedTrial) or not trial.baseline else sign * trial.covariates[:, where[trial.baseline]]
    declared = where[trial.modifier] if trial.modifier else None
    return Problem(
        sign * outcome, np.where(arms, 1.0, -1.0), trial.covariates, declared, before, isinstance(trial, PairedTrial), trial.unit
    )


def check_problem(problem: Problem, folds: int) -> None:
    """Refuse what no model can be fitted to."""
    if not np.isfinite(problem.outcome).all() or np.isinf(problem.covariates).any():
        raise InputError("trial: an outcome is missing or a value is not finite; leave people without an outcome out and say how many")
    sizes = [int((problem.sides == side).sum()) for side in (-1.0, 1.0)]
    if min(sizes) < folds:
        raise InputError(f"trial: an arm (or order) has {min(sizes)} people, {folds} or more are needed; pool arms or take fewer folds")
    least = problem.outcome.size - problem.outcome.size // folds - (folds > 1)
    needed = 2 * problem.covariates.shape[1] + int(np.isnan(problem.covariates).any(axis=0).sum()) + 2 + FEWEST
    if least < needed:
        raise InputError(
            f"trial: {problem.outcome.size} people for {problem.covariates.shape[1]} covariates; name fewer covariates beforehand"
        )
    if np.ptp(problem.outcome) == 0:
        raise InputError("trial: all outcomes are alike; nothing can be learned from them")


def reordered(problem: Problem, order: NDArray[np.intp]) -> Problem:
    """The problem with its people in another order."""
    before = None if problem.baseline is None else problem.baseline[order]
    return replace(
        problem, outcome=problem.outcome[order], sides=problem.sides[order], covariates=problem.covariates[order], baseline=before
    )


def columns_of(problem: Problem, fitted: Mask) -> Columns:
    """Columns of everybody, standardised by the people in `fitted`.

    Arms: intercept, covariates and who lacked one are flat, the arm is 0 or 1.  Crossover: the order is flat (a difference between the
    periods), the effect is the mean, and covariates can only change it.
    """
    scaled, gone = standardise(problem.covariates, fitted)
    ones = np.ones(problem.outcome.size)
    if problem.is_paired:
        return Columns(0.5 * problem.sides[:, None], ones, scaled)
    return Columns(np.column_stack([ones, scaled, gone]), 0.5 * (problem.sides + 1), scaled)


def modifiers_of(model: str, problem: Problem) -> list[int]:
    """Which covariates change the effect in one model."""
    if model in (DECLARED, DECLARED_LOOSE):
        return [] if problem.declared is None else [problem.declared]
    return list(range(problem.covariates.shape[1])) if model in (ALL, ALL_LOOSE) else []


def _names(problem: Problem) -> tuple[str, ...]:
    """The models that this trial can have, simplest first."""
    simple = (NOTHING, AVERAGED) if problem.is_paired else (ARM, PROGNOSIS, AVERAGED)
    rich = () if not problem.covariates.shape[1] else (ALL_LOOSE, ALL)
    return (*simple, *rich, *(() if problem.declared is None else (DECLARED_LOOSE, DECLARED)))


def _foretell(name: str, problem: Problem, columns: Columns, fitted: Mask, sceptic: Sceptic) -> Array:
    """Predictions of one model for the people outside `fitted`."""
    known, asked, outcome = columns.rows(fitted), columns.rows(~fitted), problem.outcome[fitted]
    if name == NOTHING:
        return np.zeros(asked.arm.size)
    if name in (ALL, DECLARED):
        chosen = modifiers_of(name, problem)
        return predict_shrunk(known.only(chosen), outcome, asked.only(chosen), sceptic)
    loose = modifiers_of(name, problem)

    def design(part: Columns) -> Array:
        if name == ARM:
            return np.column_stack([np.ones(part.arm.size), part.arm])
        if name == PROGNOSIS:
            return part.flat
        return np.column_stack([part.flat, part.arm, part.arm[:, None] * part.modifiers[:, loose]])

    return least_squares(design(known), outcome, design(asked))


def validate(
    problem: Problem, draw: np.random.Generator, deal: tuple[int, int], sceptic: Sceptic, share: float
) -> tuple[dict[str, Array], dict[str, float], dict[str, float]]:
    """Squared error of each person, mean over the repeats; R2; and the AUC of responders, by model."""
    folds, repeats = deal
    names, people = _names(problem), problem.outcome.size
    losses = {name: np.zeros(people) for name in names}
    r2, auc = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
    tells = _responders(problem, share)
    for _ in range(repeats):
        part = _dealt(problem.sides, folds, draw)
        foretold = {name: np.zeros(people) for name in names}
        reference = np.zeros(people)
        for number in range(folds):
            fitted = part != number
            columns = columns_of(problem, fitted)
            if not problem.is_paired:
                reference[~fitted] = problem.outcome[fitted].mean()
            for name in names:
                foretold[name][~fitted] = _foretell(name, problem, columns, fitted, sceptic)
        total = np.square(problem.outcome - reference).sum()
        for name in names:
            loss = np.square(problem.outcome - foretold[name])
            losses[name] += loss / repeats
            r2[name] += float(1 - loss.sum() / total) / repeats
            if tells is not None:
                auc[name] += tells(foretold[name]) / repeats
    return losses, r2, auc if tells is not None else {}


def _dealt(sides: Array, folds: int, draw: np.random.Generator) -> NDArray[np.intp]:
    """The part that each person falls in, sizes of parts and of arms in them even to one person."""
    mixed = draw.permutation(sides.size)
    ordered = mixed[np.argsort(sides[mixed], kind="stable")]
    part = np.empty(sides.size, dtype=np.intp)
    part[ordered] = np.arange(sides.size) % folds
    return part


def _responders(problem: Problem, share: float) -> Callable[[Array], float] | None:
    """A function that gives the AUC of responders for foretold outcomes; None where no baseline, or nobody or everybody responded.

    The probability of a response grows with the distance beyond the limit (the baseline better by `share` of it), so it ranks people.
    """
    if problem.baseline is None or problem.is_paired:
        return None
    limit = problem.baseline + share * np.abs(problem.baseline)  # both signed so that greater is better
    known = ~np.isnan(limit)
    responds = problem.outcome[known] >= limit[known] - RESPONSE_SLACK
    if not known.any() or responds.all() or not responds.any():
        return None

    def area(foretold: Array) -> float:
        distance = (foretold - limit)[known]
        below = distance[responds][:, None] - distance[~responds]
        return float((below > 0).mean() + 0.5 * (below == 0).mean())

    return area


def score_model(name: str, losses: dict[str, Array], r2: float, auc: float | None) -> ModelScore:
    """One row of the comparison; the error is that of a paired difference over people."""
    gain = losses[AVERAGED] - losses[name]
    return ModelScore(name, LABELS[name], r2, float(gain.mean()), float(gain.std(ddof=1)) / sqrt(gain.size), auc)


def everybody(problem: Problem) -> Mask:
    """A mask of all people."""
    return np.ones(problem.outcome.size, dtype=np.bool_)
