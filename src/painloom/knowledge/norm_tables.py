"""The tables beside a normative card: one model a row, linear or generalised gamma."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.tables import read_tsv

LINEAR, GAMMA = "linear", "generalised-gamma"
ROWS, HEADER = "rows", "header"
MEASURES = ("volume", "area", "thickness")
SCALES = ("plain", "log10")
PLACE = ("table", "file", "part", "name", "region", "measure")
FIXED = (*PLACE, "scale", "contrast", "intercept", "mse", "contrast_mean")
GAMMA_FIXED = (*PLACE, "factor", "mu", "mu_sex", "sigma", "sigma_sex", "nu")


@dataclass(frozen=True, slots=True)
class ContrastSpec:
    """Where a contrast is measured: the label image by name, and the labels that make the region; `image` "" = none."""

    image: str
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Which number of which file: `file` such as "lh.aparc" (two with a "+": their mean), `part` "rows" or "header", `name` in lower case.

    `region` is the norm's own name of it, unique with `measure` inside `table`.
    """

    table: str
    file: str
    part: str
    name: str
    region: str
    measure: str


@dataclass(frozen=True, slots=True)
class LinearModel:
    """One region's model: (term, coefficient) pairs; `mse` the residual variance on `scale` ("plain", "log10").

    `contrast_mean` is the contrast that counts as 0; `contrast` where it is measured.
    """

    place: Place
    scale: str
    contrast: ContrastSpec
    intercept: float
    terms: tuple[tuple[str, float], ...]
    mse: float
    contrast_mean: float


@dataclass(frozen=True, slots=True)
class Curve:
    """ln(parameter) = intercept + sum of coefficient * fractional power of the transformed age; `sex` is added for men."""

    intercept: float
    powers: tuple[tuple[float, float], ...]
    sex: float


@dataclass(frozen=True, slots=True)
class GammaModel:
    """One region's generalised gamma; the measured value is multiplied by `factor` first."""

    place: Place
    factor: float
    mu: Curve
    sigma: Curve
    nu: float


@dataclass(frozen=True)
class NormTable:
    """One table file of a norm, read when first asked for; `label` for the reader."""

    id: str
    label: str
    path: Path
    kind: str = LINEAR
    groups: tuple[tuple[str, ContrastSpec], ...] = ()

    @cached_property
    def linear(self) -> tuple[LinearModel, ...]:
        """The models of a linear norm.

        Raises
        ------
        KnowledgeError : a column is missing, a cell is no number, or a contrast names no group.
        """
        return tuple(_linear(self.path, dict(self.groups)))

    @cached_property
    def gamma(self) -> tuple[GammaModel, ...]:
        """The models of a generalised-gamma norm; KnowledgeError as above."""
        return tuple(_gamma(self.path))


def _place(row: Mapping[str, str], where: str) -> Place:
    if row["part"] not in (ROWS, HEADER) or row["measure"] not in MEASURES:
        raise KnowledgeError(f"{where}: '{row['region']}' needs a part of {ROWS}, {HEADER} and a measure of {', '.join(MEASURES)}")
    return Place(*(row[name] for name in PLACE))


def _linear(path: Path, groups: Mapping[str, ContrastSpec]) -> Iterator[LinearModel]:
    for row in read_tsv(path, FIXED):
        place = _place(row, path.name)
        terms = tuple((name, _number(cell, path)) for name, cell in row.items() if name not in FIXED and cell)
        if row["scale"] not in SCALES:
            raise KnowledgeError(f"{path.name}: scale '{row['scale']}' of '{place.region}' is not one of {', '.join(SCALES)}")
        mse = _number(row["mse"], path)
        if not mse > 0:
            raise KnowledgeError(f"{path.name}: the residual variance of '{place.region}' must be positive")
        spec = _contrast(row["contrast"], groups, path)
        mean = _number(row["contrast_mean"], path) if spec.image else 0.0
        yield LinearModel(place, row["scale"], spec, _number(row["intercept"], path), terms, mse, mean)


def _contrast(cell: str, groups: Mapping[str, ContrastSpec], path: Path) -> ContrastSpec:
    """A group of the card, or `image:label`; "" = the model has no contrast."""
    if not cell:
        return ContrastSpec("", ())
    if cell in groups:
        return groups[cell]
    image, colon, label = cell.rpartition(":")
    if not colon or not label.isdecimal():
        raise KnowledgeError(f"{path.name}: contrast '{cell}' is neither a group of the card nor image:label")
    return ContrastSpec(image, (int(label),))


def _gamma(path: Path) -> Iterator[GammaModel]:
    for row in read_tsv(path, GAMMA_FIXED):
        nu, factor = _number(row["nu"], path), _number(row["factor"] or "1", path)
        if nu == 0 or not factor > 0:
            raise KnowledgeError(f"{path.name}: '{row['region']}' needs a nu other than 0 and a positive factor")
        mu, sigma = (_curve(row[name], row[f"{name}_sex"], path) for name in ("mu", "sigma"))
        yield GammaModel(_place(row, path.name), factor, mu, sigma, nu)


def _curve(cell: str, sex: str, path: Path) -> Curve:
    """`intercept;power:coefficient;...` in the order that repeated powers are counted in."""
    first, *rest = cell.split(";")
    pairs = [part.partition(":") for part in rest]
    return Curve(_number(first, path), tuple((_number(p, path), _number(c, path)) for p, _, c in pairs), _number(sex, path) if sex else 0.0)


def _number(cell: str, path: Path) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise KnowledgeError(f"{path.name}: '{cell}' is no number")
    return value
