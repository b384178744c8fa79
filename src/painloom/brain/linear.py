"""Linear norms: what a region is expected to measure, from covariates and their products."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from painloom.errors import KnowledgeError
from painloom.knowledge.norm_tables import LinearModel
from painloom.knowledge.norms import CONTRAST, NormCard

GRID = 9
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Filled:
    """Covariates of one person after centring, by id.

    `values` hold a number, or one a model for the contrast; NaN = not known and not fillable.  `imputed` are ids that were set to the
    norm's mean, with the span of values they may have; for the contrast (`by_model`) True where a model's own is imputed.
    """

    values: Mapping[str, float | Floats]
    imputed: Mapping[str, tuple[float | Floats, float | Floats]]
    by_model: npt.NDArray[np.bool_]


def predict(models: Sequence[LinearModel], card: NormCard, values: Mapping[str, float | Floats]) -> Floats:
    """Expected values on each model's own scale, (models,); NaN where a model needs a covariate that is NaN.

    Raises
    ------
    KnowledgeError : a term multiplies something that is no covariate.
    """
    factors = dict(card.terms)
    names = sorted({term for model in models for term, _ in model.terms})
    column = {name: at for at, name in enumerate(names)}
    weights = np.zeros((len(models), len(names)))
    for at, model in enumerate(models):
        for term, coefficient in model.terms:
            weights[at, column[term]] = coefficient
    total = np.array([model.intercept for model in models])
    for name, at in column.items():
        product: Floats = np.ones(len(models))
        for factor in factors.get(name, (name,)):
            if factor not in values:
                raise KnowledgeError(f"norms/{card.id}.toml: the term '{name}' needs '{factor}', which is no covariate")
            product = product * values[factor]
        used = weights[:, at] != 0  # a covariate that is not known spoils only the models that use it
        total[used] += weights[used, at] * product[used]
    return total


def scores(models: Sequence[LinearModel], measured: Floats, expected: Floats) -> Floats:
    """(measured - expected) / residual standard deviation, both on the models' own scale."""
    spread = np.sqrt([model.mse for model in models])
    result: Floats = (measured - expected) / spread
    return result


def on_scale(models: Sequence[LinearModel], values: Floats) -> Floats:
    """Values in mm, mm2, mm3 on the models' own scale; NaN where a logarithm does not exist."""
    is_log = np.array([model.scale == "log10" for model in models], dtype=bool)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(is_log, np.log10(np.where(values > 0, values, np.nan)), values)


def off_scale(models: Sequence[LinearModel], values: Floats) -> Floats:
    """The way back: mm, mm2, mm3."""
    is_log = np.array([model.scale == "log10" for model in models], dtype=bool)
    return np.where(is_log, 10.0 ** np.where(is_log, values, 0.0), values)


def span(models: Sequence[LinearModel], card: NormCard, filled: Filled, measured: Floats) -> tuple[Floats, Floats]:
    """Lowest and highest z over the values that imputed covariates may have, (models,) each; equal where nothing was imputed."""
    low = high = scores(models, measured, predict(models, card, filled.values))
    for values in _cases(filled):
        z = scores(models, measured, predict(models, card, values))
        low, high = np.fmin(low, z), np.fmax(high, z)
    return low, high


def _cases(filled: Filled) -> Iterator[dict[str, float | Floats]]:
    """Every combination of GRID steps of each imputed covariate."""
    axes = [[(id_, low + share * (high - low)) for share in np.linspace(0, 1, GRID)] for id_, (low, high) in filled.imputed.items()]
    if axes:
        for case in itertools.product(*axes):
            yield {**filled.values, **dict(case)}


def needs(model: LinearModel, card: NormCard, covariate: str) -> bool:
    """Whether a model has a term with this covariate."""
    factors = dict(card.terms)
    return any(coefficient != 0 and covariate in factors.get(term, (term,)) for term, coefficient in model.terms)


def contrast_ids(card: NormCard) -> tuple[str, ...]:
    """Covariates that are the contrast."""
    return tuple(covariate.id for covariate in card.covariates if covariate.kind == CONTRAST)
