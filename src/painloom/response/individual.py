"""Does individualising help in this trial?  Nested models, judged on people they have not seen; the average unless one beats it.

The rule: the shrunken individual model with the least cross-validated squared error is taken when it beats the average model by more than
one standard error of the difference over people, and it is more probable than not that covariates change the effect at all.  Otherwise
everybody gets the average.
"""

from dataclasses import dataclass, replace

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
    ModifierEffect,
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
    above_zero,
    effect_quantile,
    one_person,
    person_effects,
    student_below,
)
from painloom.response.individual_validate import (
    ALL,
    AVERAGED,
    DECLARED,
    Problem,
    check_problem,
    columns_of,
    everybody,
    modifiers_of,
    problem_of,
    reordered,
    score_model,
    validate,
)

STANDARD = Sceptic()
CONFIDENT, CLEAR, BAND, WIDE, EVEN = 0.95, 0.975, 0.80, 0.95, 0.5


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
    problem = problem_of(trial)
    check_problem(problem, folds)
    order = np.lexsort((problem.sides, *problem.covariates.T, problem.outcome))
    problem = reordered(problem, order)
    found = _decide(problem, np.random.default_rng(seed), (folds, repeats), sceptic, share)
    average = _average(_plain(problem, sceptic, is_doubted=False), _plain(problem, sceptic, is_doubted=True))
    people = _people(found.effects, found.probable, np.argsort(order))
    spread = float(found.effects.weights @ (found.effects.tau * found.effects.residual))
    reading = IndividualReading(
        found.choice, found.model, found.why, average, _modifier(problem, sceptic), found.scores, people, found.confident, spread, ""
    )
    return replace(reading, text=_text(reading, problem.unit))


def permute_arms(trial: Trial, *, times: int, seed: int, folds: int = 5, repeats: int = 2, sceptic: Sceptic = STANDARD) -> PermutedArms:
    """How often the same analysis finds confident advice where there is none: arms dealt out anew `times` times."""
    _check_call(folds, repeats, sceptic, 0.3)
    if times < 1:
        raise InputError("permutation: fewer than one; take 200 or more")
    problem = problem_of(replace(trial, baseline=""))
    check_problem(problem, folds)
    draw = np.random.default_rng(seed)
    confident, individual, clear = 0.0, 0, 0
    for _ in range(times):
        shuffled = replace(problem, sides=draw.permutation(problem.sides))
        found = _decide(shuffled, draw, (folds, repeats), sceptic, share=0.3)
        confident += found.confident
        individual += found.choice == INDIVIDUAL
        clear += float(above_zero(_plain(shuffled, sceptic, is_doubted=True))[0]) > CLEAR
    return PermutedArms(times, confident / times, individual / times, clear / times)


def _decide(problem: Problem, draw: np.random.Generator, deal: tuple[int, int], sceptic: Sceptic, share: float) -> _Found:
    """Models compared and the effects of the chosen one, after the sceptical prior."""
    losses, r2, auc = validate(problem, draw, deal, sceptic, share)
    columns = columns_of(problem, everybody(problem))
    models = {
        name: person_effects(columns.only(modifiers_of(name, problem)), problem.outcome, sceptic, is_average_doubted=True)
        for name in (AVERAGED, ALL, DECLARED)
        if name in losses
    }
    differs = {name: float(effects.weights[effects.tau > 0].sum()) for name, effects in models.items() if name != AVERAGED}
    scores = tuple(replace(score_model(name, losses, r2[name], auc.get(name)), p_differs=differs.get(name)) for name in losses)
    choice, model, why = _choose(scores)
    effects = models[model]
    probable = above_zero(effects)
    return _Found(choice, model, why, scores, effects, probable, float((probable > CONFIDENT).mean()))


def _plain(problem: Problem, sceptic: Sceptic, *, is_doubted: bool) -> Effects:
    """The average effect, one person standing for all, with or without a sceptical prior."""
    columns = columns_of(problem, everybody(problem)).only([])
    return one_person(person_effects(columns, problem.outcome, sceptic, is_average_doubted=is_doubted))


def _check_call(folds: int, repeats: int, sceptic: Sceptic, share: float) -> None:
    """Refuse options that mean nothing."""
    if folds < 2 or repeats < 1 or not 0 < share < 1:
        raise InputError("analysis: folds, repeats or share outside what is allowed; take 2 or more, 1 or more, and inside 0 to 1")
    if not (sceptic.average > 0 and sceptic.between > 0 and 0 <= sceptic.null < 1):
        raise InputError("analysis: a prior outside what is allowed; take standard deviations above 0 and a probability in 0 to below 1")


def _choose(scores: tuple[ModelScore, ...]) -> tuple[str, str, str]:
    """Choice, model and reason, by the rule above."""
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
    if (best.p_differs or 0.0) <= EVEN:
        return AVERAGE, AVERAGED, f"that covariates change the effect at all is no more probable than not ({best.p_differs:.2f}); {seen}"
    return INDIVIDUAL, best.model, f"beats the average by more than one standard error; {seen}"


def _average(plain: Effects, doubted: Effects) -> AverageEffect:
    """The average effect by least squares and after the sceptical prior."""
    probable = float(above_zero(doubted)[0])
    verdict = CLEAR_BENEFIT if probable > CLEAR else CLEAR_HARM if probable < 1 - CLEAR else NOT_CLEAR
    return AverageEffect(*_span(plain), _p_value(plain), *_span(doubted), probable, verdict)


def _modifier(problem: Problem, sceptic: Sceptic) -> ModifierEffect | None:
    """How the declared modifier changes the benefit, per unit of it: by least squares, and shrunk."""
    if problem.declared is None:
        return None
    columns = columns_of(problem, everybody(problem)).only([problem.declared])
    given = problem.covariates[:, problem.declared]
    unit = float(np.nanstd(np.where(np.isnan(given), np.nanmedian(given), given)))  # the columns are in these units
    if unit == 0 or not columns.modifiers.any():
        return None
    product = columns.arm * columns.modifiers[:, 0]
    alone = Columns(np.column_stack([columns.flat, columns.arm]), product, columns.modifiers[:, :0])
    loose = one_person(person_effects(alone, problem.outcome, sceptic, is_average_doubted=False))
    value, low, high, p_value = (*_span(loose), _p_value(loose))
    shrunk = person_effects(columns, problem.outcome, sceptic, is_average_doubted=True)
    first, last = int(np.argmin(columns.modifiers)), int(np.argmax(columns.modifiers))
    ends = shrunk.weights @ shrunk.centres
    slope = float((ends[last] - ends[first]) / np.ptp(columns.modifiers))
    return ModifierEffect(value / unit, low / unit, high / unit, p_value, slope / unit)


def _span(effects: Effects) -> tuple[float, float, float]:
    """Value and 95 % interval of the first person's effect."""
    low, high = (float(effect_quantile(effects, end)[0]) for end in (0.5 - WIDE / 2, 0.5 + WIDE / 2))
    return float(effects.weights @ effects.centres[:, 0]), low, high


def _p_value(effects: Effects) -> float:
    """Two-sided P of one effect with a flat prior, by Student's t."""
    return float(2 * student_below(-np.abs(effects.centres[0, :1]) / effects.scales[0, :1], effects.freedom)[0])


def _people(effects: Effects, probable: Array, back: NDArray[np.intp]) -> tuple[PersonEffect, ...]:
    """Everybody's effect with its band, in the order in which the people were given."""
    value = effects.weights @ effects.centres
    low, high = effect_quantile(effects, 0.5 - BAND / 2), effect_quantile(effects, 0.5 + BAND / 2)
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
