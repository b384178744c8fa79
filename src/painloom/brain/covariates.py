"""What a norm must know of one person and scan, centred; what is not known gets the norm's mean, and says so."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from painloom.brain.contrast import Contrasts
from painloom.brain.linear import Filled, Floats
from painloom.errors import InputError
from painloom.intake.freesurfer import Morphometry
from painloom.knowledge.norm_tables import LinearModel
from painloom.knowledge.norms import AGE, CHOICE, CONTRAST, HEAD_SIZE, HOLES, SEX, Covariate, NormCard

SEXES = ("F", "M")


@dataclass(frozen=True)
class Scan:
    """What is known of the acquisition.

    `choices` by option of the card ("field", "vendor"); an option that is not told counts as the norm's reference.  `voxel_mm3` as
    acquired, None = the norm's default.  `contrasts` as measured; where one is missing the norm's mean is used and said so.
    """

    choices: Mapping[str, str] = field(default_factory=dict)
    voxel_mm3: float | None = None
    contrasts: Contrasts = field(default_factory=lambda: Contrasts({}))


def check_person(card: NormCard, age: float, sex: str, scan: Scan) -> None:
    """InputError where age, sex or a choice lies outside what the card knows."""
    low, high = card.ages
    if not low <= age <= high:  # NaN too
        raise InputError(f"--age: {age:g} years; {card.label} holds for {low:g} to {high:g} years; there is no norm to compare with")
    if sex not in SEXES:
        raise InputError(f"--sex: must be one of {', '.join(SEXES)}: the norm has no other term")
    allowed = {id_: values for id_, values, _ in card.choices}
    for id_, value in scan.choices.items():
        if value not in allowed.get(id_, ()):
            there = ", ".join(allowed[id_]) if id_ in allowed else "no such option"
            raise InputError(f"--{id_}: '{value}' is not known to {card.id}; it has: {there}")
    if scan.voxel_mm3 is not None and not 0 < scan.voxel_mm3 < math.inf:
        raise InputError("--voxel: the voxel size must be a positive number of mm3")


def fill(card: NormCard, morphometry: Morphometry, who: tuple[float, str], scan: Scan, models: Sequence[LinearModel]) -> Filled:
    """Covariates of `models` after centring: NaN where nothing was told and the mean would be no statement; `who` is age and sex."""
    values: dict[str, float | Floats] = {}
    imputed: dict[str, tuple[float | Floats, float | Floats]] = {}
    by_model = np.zeros(len(models), dtype=bool)
    for covariate in card.covariates:
        if covariate.kind == CONTRAST:
            values[covariate.id], by_model, spans = _contrast(covariate, models, scan.contrasts)
            if by_model.any() and covariate.range:
                imputed[covariate.id] = spans
            continue
        told = _told(covariate, morphometry, who, scan)
        if told is not None:
            values[covariate.id] = _centred(covariate, told)
            continue
        values[covariate.id] = 0.0 if covariate.kind == HOLES else math.nan
        if covariate.kind == HOLES and covariate.range:
            imputed[covariate.id] = (_centred(covariate, covariate.range[0]), _centred(covariate, covariate.range[1]))
    return Filled(values, imputed, by_model)


def _centred(covariate: Covariate, value: float) -> float:
    return (math.log(value) if covariate.log else value) - covariate.centre


def _told(covariate: Covariate, morphometry: Morphometry, who: tuple[float, str], scan: Scan) -> float | None:
    """The covariate's raw value; None when it is not known."""
    if covariate.kind == AGE:
        return who[0]
    if covariate.kind == SEX:
        return float(who[1] == covariate.equals)
    if covariate.kind == CHOICE:
        return float(scan.choices.get(covariate.option, "") == covariate.equals)
    if covariate.kind == HEAD_SIZE:
        return morphometry.head_size
    if covariate.kind == HOLES:
        return morphometry.holes or None  # no holes at all have no logarithm
    return covariate.default if scan.voxel_mm3 is None else scan.voxel_mm3


def _contrast(
    covariate: Covariate, models: Sequence[LinearModel], contrasts: Contrasts
) -> tuple[Floats, npt.NDArray[np.bool_], tuple[Floats, Floats]]:
    means = np.array([model.contrast_mean for model in models])
    known = np.array([contrasts.values.get(model.contrast, math.nan) for model in models])
    missing = np.isnan(known) & np.array([bool(model.contrast.image) for model in models], dtype=bool)
    centred = np.where(np.isnan(known), 0.0, known - means)
    low, high = covariate.range or (1.0, 1.0)
    return centred, missing, (np.where(missing, means * (low - 1), centred), np.where(missing, means * (high - 1), centred))
