"""Does individualising help in this trial?  Nested models, judged on people they have not seen; the average unless one beats it.

The rule: the individual model with the least cross-validated squared error is taken when it beats the average model by more than one
standard error of the difference over people.  Otherwise everybody gets the average.  The interactions of an individual model are shrunk.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from painloom.errors import InputError
from painloom.model.individual import (
    AVERAGE,
    CLEAR_BENEFIT,
    CLEAR_HARM,
    INDIVIDUAL,
    NOT_CLEAR,
    AverageEffect,
    IndividualReading,
    ModelScore,
    PairedTrial,
    PermutedArms,
    PersonEffect,
    Sceptic,
    Trial,
)
from painloom.response.individual_models import (
    Array,
    Columns,
    Effects,
    Mask,
    least_squares,
    one_person,
    person_effects,
    predict_shrunk,
    standardise,
)

STANDARD = Sceptic()
CONFIDENT, CLEAR, BAND, WIDE = 0.95, 0.975, 0.80, 0.95
FEWEST, HALVINGS = 3, 50
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
class _Problem:
    """Either trial in one form: outcome positive = better; `sides` +-1 of the arm, or of the order in a crossover."""

    outcome: Array
    sides: Array
    covariates: Array
    declared: int | None
    baseline: Array | None
    is_paired: bool
    unit: str


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """The decision before it is put into words; `probable` (people,) is the probability of a benefit."""

    choice: str
    model: str
    why: str
    scores: tuple[ModelScore, ...]
    effects: Effects
    probable: Array
    confident: float


def analyse(
    trial: Trial | PairedTrial, *, seed: int, folds: int = 5, repeats: int = 20, sceptic: Sceptic = STANDARD, share: float = 0.3
) -> IndividualReading:
    """What individualising adds in one trial: models compared, the choice with its reason, the average effect and everybody's own.

    Parameters
    ----------
    folds : parts of people, arms kept even;  repeats : how often they are dealt anew, from `seed`.
    share : what improvement of the baseline makes a responder (for the AUC only).

    Notes
    -----
    The order of the people and the units change nothing but rounding.

    Raises
    ------
    InputError : an outcome that is missing, an arm or an order with fewer than `folds` people, too few people for the covariates.
    """
    _check_call(folds, repeats, sceptic, share)
    problem = _problem(trial)
    _check(problem, folds)
    order = np.lexsort((problem.sides, *problem.covariates.T, problem.outcome))
    problem = _taken(problem, order)
    found = _decide(problem, np.random.default_rng(seed), (folds, repeats), sceptic, share)
    average = _average(_plain(problem, sceptic, is_doubted=False), _plain(problem, sceptic, is_doubted=True))
    people = _people(found.effects, found.probable, np.argsort(order))
    spread = float(found.effects.weights @ (found.effects.tau * found.effects.residual))
    reading = IndividualReading(found.choice, found.model, found.why, average, found.scores, people, found.confident, spread, "")
    return replace(reading, text=_text(reading, problem.unit))


def permute_arms(trial: Trial, *, times: int, seed: int, folds: int = 5, repeats: int = 2, sceptic: Sceptic = STANDARD) -> PermutedArms:
    """How often the same analysis finds confident advice where there is none: arms dealt out anew `times` times."""
    _check_call(folds, repeats, sceptic, 0.3)
    if times < 1:
        raise InputError("permutation: fewer than one; take 200 or more")
    problem = _problem(replace(trial, baseline=""))
    _check(problem, folds)
    draw = np.random.default_rng(seed)
    confident, individual, clear = 0.0, 0, 0
    for _ in range(times):
        shuffled = replace(problem, sides=draw.permutation(problem.sides))
        found = _decide(shuffled, draw, (folds, repeats), sceptic, share=0.3)
        confident += found.confident
        individual += found.choice == INDIVIDUAL
        clear += float(_above_zero(_plain(shuffled, sceptic, is_doubted=True))[0]) > CLEAR
    return PermutedArms(times, confident / times, individual / times, clear / times)


def _decide(problem: _Problem, draw: np.random.Generator, deal: tuple[int, int], sceptic: Sceptic, share: float) -> _Found:
    """Models compared and the effects of the chosen one, after the sceptical prior."""
    losses, r2, auc = _validate(problem, draw, deal, sceptic, share)
    scores = tuple(_score(name, losses, r2[name], auc.get(name)) for name in losses)
    choice, model, why = _choose(scores)
    columns = _columns(problem, _everybody(problem)).only(_modifiers(model, problem))
    effects = person_effects(columns, problem.outcome, sceptic, is_average_doubted=True)
    probable = _above_zero(effects)
    return _Found(choice, model, why, scores, effects, probable, float((probable > CONFIDENT).mean()))


def _everybody(problem: _Problem) -> Mask:
    """A mask of all people."""
    return np.ones(problem.outcome.size, dtype=np.bool_)


def _plain(problem: _Problem, sceptic: Sceptic, *, is_doubted: bool) -> Effects:
    """The average effect, one person standing for all, with or without a sceptical prior."""
    columns = _columns(problem, _everybody(problem)).only([])
    return one_person(person_effects(columns, problem.outcome, sceptic, is_average_doubted=is_doubted))


def _problem(trial: Trial | PairedTrial) -> _Problem:
    """The trial in one form; names and shapes are checked."""
    people = trial.covariates.shape[0] if trial.covariates.ndim == 2 else -1
    paired = isinstance(trial, PairedTrial)
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
    return _Problem(sign * outcome, np.where(arms, 1.0, -1.0), trial.covariates, declared, before, paired, trial.unit)


def _check_call(folds: int, repeats: int, sceptic: Sceptic, share: float) -> None:
    """Refuse options that mean nothing."""
    if folds < 2 or repeats < 1 or not 0 < share < 1:
        raise InputError("analysis: folds, repeats or share outside what is allowed; take 2 or more, 1 or more, and inside 0 to 1")
    if not (sceptic.average > 0 and sceptic.between > 0 and 0 <= sceptic.null < 1):
        raise InputError("analysis: a prior outside what is allowed; take standard deviations above 0 and a probability in 0 to below 1")


def _check(problem: _Problem, folds: int) -> None:
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


def _taken(problem: _Problem, order: NDArray[np.intp]) -> _Problem:
    """The problem with its people in another order."""
    before = None if problem.baseline is None else problem.baseline[order]
    return replace(
        problem, outcome=problem.outcome[order], sides=problem.sides[order], covariates=problem.covariates[order], baseline=before
    )


def _columns(problem: _Problem, fitted: Mask) -> Columns:
    """Columns of everybody, standardised by the people in `fitted`.

    Arms: intercept, covariates and who lacked one are flat, the arm is 0 or 1.  Crossover: the order is flat (a difference between the
    periods), the effect is the mean, and covariates can only change it.
    """
    scaled, gone = standardise(problem.covariates, fitted)
    ones = np.ones(problem.outcome.size)
    if problem.is_paired:
        return Columns(0.5 * problem.sides[:, None], ones, scaled)
    return Columns(np.column_stack([ones, scaled, gone]), 0.5 * (problem.sides + 1), scaled)


def _modifiers(model: str, problem: _Problem) -> list[int]:
    """Which covariates change the effect in one model."""
    if model in (DECLARED, DECLARED_LOOSE):
        return [] if problem.declared is None else [problem.declared]
    return list(range(problem.covariates.shape[1])) if model in (ALL, ALL_LOOSE) else []


def _names(problem: _Problem) -> tuple[str, ...]:
    """The models that this trial can have, simplest first."""
    simple = (NOTHING, AVERAGED) if problem.is_paired else (ARM, PROGNOSIS, AVERAGED)
    rich = () if not problem.covariates.shape[1] else (ALL_LOOSE, ALL)
    return (*simple, *rich, *(() if problem.declared is None else (DECLARED_LOOSE, DECLARED)))


def _foretell(name: str, problem: _Problem, columns: Columns, fitted: Mask, sceptic: Sceptic) -> Array:
    """Predictions of one model for the people outside `fitted`."""
    known, asked, outcome = columns.rows(fitted), columns.rows(~fitted), problem.outcome[fitted]
    if name == NOTHING:
        return np.zeros(asked.arm.size)
    if name in (ALL, DECLARED):
        chosen = _modifiers(name, problem)
        return predict_shrunk(known.only(chosen), outcome, asked.only(chosen), sceptic)
    loose = _modifiers(name, problem)

    def design(part: Columns) -> Array:
        if name == ARM:
            return np.column_stack([np.ones(part.arm.size), part.arm])
        if name == PROGNOSIS:
            return part.flat
        return np.column_stack([part.flat, part.arm, part.arm[:, None] * part.modifiers[:, loose]])

    return least_squares(design(known), outcome, design(asked))


def _validate(
    problem: _Problem, draw: np.random.Generator, deal: tuple[int, int], sceptic: Sceptic, share: float
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
            columns = _columns(problem, fitted)
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


def _responders(problem: _Problem, share: float) -> Callable[[Array], float] | None:
    """A function that gives the AUC of responders for foretold outcomes; None where no baseline, or nobody or everybody responded.

    The probability of a response falls with the distance to the limit (1 - share) of the baseline, so the distance ranks people.
    """
    if problem.baseline is None or problem.is_paired:
        return None
    limit = (1 - share) * problem.baseline
    known = ~np.isnan(limit)
    lower = problem.outcome[known] >= limit[known] - RESPONSE_SLACK  # outcome and limit are signed: greater = better
    if not known.any() or lower.all() or not lower.any():
        return None

    def area(foretold: Array) -> float:
        distance = (foretold - limit)[known]
        below = distance[lower][:, None] - distance[~lower]
        return float((below > 0).mean() + 0.5 * (below == 0).mean())

    return area


def _score(name: str, losses: dict[str, Array], r2: float, auc: float | None) -> ModelScore:
    """One row of the comparison; the error is that of a paired difference over people."""
    gain = losses[AVERAGED] - losses[name]
    return ModelScore(name, LABELS[name], r2, float(gain.mean()), float(gain.std(ddof=1)) / sqrt(gain.size), auc)


def _choose(scores: tuple[ModelScore, ...]) -> tuple[str, str, str]:
    """Choice, model and reason, by the rule of one standard error among the shrunken models."""
    rivals = [score for score in scores if score.model in (ALL, DECLARED)]
    if not rivals:
        return AVERAGE, AVERAGED, "no covariate was given that could change the effect"
    best = max(rivals, key=lambda score: score.gain)
    average = next(score for score in scores if score.model == AVERAGED)
    compared = f"{best.label}: R2 {best.r2:.3f} against {average.r2:.3f} with one effect for all"
    seen = f"{compared}, gain {best.gain:.3g} (standard error {best.gain_se:.3g})"
    if best.gain <= 0:
        return AVERAGE, AVERAGED, f"the average foretells people best; {seen}"
    if best.gain <= best.gain_se:
        return AVERAGE, AVERAGED, f"no individual model beats the average by more than one standard error; {seen}"
    return INDIVIDUAL, best.model, f"beats the average by more than one standard error; {seen}"


def _average(plain: Effects, doubted: Effects) -> AverageEffect:
    """The average effect by least squares and after the sceptical prior."""
    value, error = float(plain.centres[0, 0]), float(plain.scales[0, 0])
    ends = (0.5 - WIDE / 2, 0.5 + WIDE / 2)
    low, high, below, above = (float(_quantile(effects, end)[0]) for effects in (plain, doubted) for end in ends)
    probable = float(_above_zero(doubted)[0])
    verdict = CLEAR_BENEFIT if probable > CLEAR else CLEAR_HARM if probable < 1 - CLEAR else NOT_CLEAR
    p_value = float(2 * _student(np.array([-abs(value) / error]), plain.freedom)[0])
    return AverageEffect(value, low, high, p_value, float(doubted.centres[0, 0]), below, above, probable, verdict)


def _student(values: Array, freedom: int) -> Array:
    """Probability of Student's t below each value."""
    from scipy.special import stdtr  # here, because a command that needs none of it should not wait for the import

    found: Array = stdtr(freedom, values)
    return found


def _above_zero(effects: Effects) -> Array:
    """Probability of a benefit above 0, (people,)."""
    return effects.weights @ _student(effects.centres / effects.scales, effects.freedom)


def _quantile(effects: Effects, probability: float) -> Array:
    """Quantile of everybody's effect, (people,), by halving: the mixture's distribution function has no inverse."""
    reach = 60 * effects.scales.max(axis=0)
    low, high = effects.centres.min(axis=0) - reach, effects.centres.max(axis=0) + reach
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        is_below = effects.weights @ _student((middle - effects.centres) / effects.scales, effects.freedom) < probability
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    found: Array = 0.5 * (low + high)
    return found


def _people(effects: Effects, probable: Array, back: NDArray[np.intp]) -> tuple[PersonEffect, ...]:
    """Everybody's effect with its band, in the order in which the people were given."""
    value = effects.weights @ effects.centres
    low, high = _quantile(effects, 0.5 - BAND / 2), _quantile(effects, 0.5 + BAND / 2)
    rows = np.column_stack([value, low, high, probable])[back].tolist()
    return tuple(PersonEffect(*row) for row in rows)


def _text(reading: IndividualReading, unit: str) -> str:
    """The reading in words."""
    average = reading.average
    first = (
        f"Average benefit {average.value:.2f} {unit} (95 % {average.low:.2f} to {average.high:.2f}): {average.verdict}; "
        f"after a sceptical prior {average.sceptical:.2f}, probability of any benefit {average.p_benefit:.2f}."
    )
    if reading.choice == AVERAGE:
        return f"{first} The average is the best prediction for everybody: {reading.why}."
    lows, highs = min(person.value for person in reading.people), max(person.value for person in reading.people)
    return f"{first} Effects differ between people, from {lows:.2f} to {highs:.2f} {unit} by their covariates: {reading.why}."
