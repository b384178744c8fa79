"""People of one trial, and what their data say about individualising: nouns of `response/individual.py`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

AVERAGE, INDIVIDUAL = "average", "individual"
CLEAR_BENEFIT, CLEAR_HARM, NOT_CLEAR = "clear benefit", "clear harm", "no clear benefit"


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """Two parallel arms of one trial.

    `outcome` (people,) without missing values; `is_treated` (people,); `covariates` (people, covariates), measured before allocation, NaN
    where missing.  `modifier` is the covariate that was declared beforehand to change the effect, "" for none; `baseline` the covariate
    that is the outcome before treatment, "" for none (needed for responders only).
    """

    outcome: NDArray[np.float64]
    is_treated: NDArray[np.bool_]
    covariates: NDArray[np.float64]
    names: tuple[str, ...]
    unit: str = "points"
    is_lower_better: bool = True
    modifier: str = ""
    baseline: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PairedTrial:
    """A crossover: every person had both treatments, in an order that was drawn.

    `benefit` (people,) is how much better the person was under the treatment than under the control, positive = better, without missing
    values; `is_treated_first` (people,); `covariates` as in `Trial`.
    """

    benefit: NDArray[np.float64]
    is_treated_first: NDArray[np.bool_]
    covariates: NDArray[np.float64]
    names: tuple[str, ...]
    unit: str = "points"
    modifier: str = ""


@dataclass(frozen=True, slots=True)
class Sceptic:
    """What is believed before the trial; standard deviations are in units of the residual standard deviation.

    `average` of the average effect, normal around 0; `null` in [0, 1) the probability that no covariate changes the effect; `between` the
    scale, where one does, of the half-normal of the standard deviation of effects between people that all covariates together explain.
    """

    average: float = 0.2
    null: float = 0.7
    between: float = 0.1


@dataclass(frozen=True, slots=True)
class AverageEffect:
    """The average benefit, positive = better, adjusted for the covariates.

    `value`, `low`, `high` (95 %) and `p_value` are of least squares alone; `sceptical`, `sceptical_low`, `sceptical_high` (95 %) and
    `p_benefit` are after the sceptical prior.  `verdict` is one of the three words, from `p_benefit` against 0.975 and 0.025.
    """

    value: float
    low: float
    high: float
    p_value: float
    sceptical: float
    sceptical_low: float
    sceptical_high: float
    p_benefit: float
    verdict: str


@dataclass(frozen=True, slots=True)
class ModifierEffect:
    """How much the benefit changes per unit of the declared modifier, positive = more benefit where it is higher.

    `value`, `low`, `high` (95 %) and `p_value` are of least squares, and overstate where the outcome spreads more as the modifier grows.
    `shrunk` is the posterior mean.
    """

    value: float
    low: float
    high: float
    p_value: float
    shrunk: float


@dataclass(frozen=True, slots=True)
class ModelScore:
    """How well one model foretells people it has not seen.

    `r2` is 1 - squared error / squared error of the mean of the people it was fitted on (of "no difference" in a crossover), mean over
    the repeats.  `gain` is the mean squared error of the average model minus that of this one, `gain_se` its standard error over
    people; both in squared units.  `auc` is how well it tells responders apart, None where no baseline was named.
    `p_differs` is the posterior probability that covariates change the effect at all, None for models that are not shrunk.
    """

    model: str
    label: str
    r2: float
    gain: float
    gain_se: float
    auc: float | None = None
    p_differs: float | None = None


@dataclass(frozen=True, slots=True)
class PersonEffect:
    """Benefit of the treatment for people with this person's covariates, positive = better, with its 80 % band.

    It is the mean of such people; what differs between two people with the same covariates is not in the band.
    """

    value: float
    low: float
    high: float
    p_benefit: float


@dataclass(frozen=True, slots=True)
class IndividualReading:
    """Whether individualising helped in one trial.

    `choice` is "average" or "individual", `model` the one whose effects `people` holds, `why` the rule in words.  `modifier` is None where
    none was declared.  `confident` is the share of people in [0, 1] with a probability of benefit above 0.95.  `spread` is the standard
    deviation of effects between people that the covariates of `model` explain, posterior mean, in the unit of the outcome.  `text` says
    it in two or three sentences.
    """

    choice: str
    model: str
    why: str
    average: AverageEffect
    modifier: ModifierEffect | None
    scores: tuple[ModelScore, ...]
    people: tuple[PersonEffect, ...]
    confident: float
    spread: float
    text: str


@dataclass(frozen=True, slots=True)
class PermutedArms:
    """What the same analysis says when the arms are dealt out anew, so that nobody can have benefited.

    `confident` is the mean share of people with a probability of benefit above 0.95; `individual` the share of the trials in which the
    individual model was chosen; `clear` the share with the verdict "clear benefit".
    """

    times: int
    confident: float
    individual: float
    clear: float
