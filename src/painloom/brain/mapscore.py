"""Published patterns on a contrast image: products of two maps on one grid, coverage first, never resampled unless asked for."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from painloom.brain.partial import Floats
from painloom.brain.place import cohort_warnings, default_cohort, measurement_error, place_in
from painloom.errors import InputError
from painloom.intake.maps import BrainMap
from painloom.intake.spaces import VAGUE
from painloom.knowledge.marker_cards import Cohort, MarkerCard
from painloom.model.brain import SCORED, WITHHELD, Gate, MarkerScore

NEAR_MM = 1e-3
NO_OVERLAP = "no voxel of the image lies on a weight, or one of both is constant there: there is nothing to multiply"


@dataclass(frozen=True, slots=True)
class Products:
    """Products of an image with weights over the voxels that both have.

    `coverage` is the share of non-zero weights inside the image's field, 0..1; `cosine` and `correlation` are NaN where one of both has
    no length or no spread; `voxels` are counted, `lost` are image voxels without a finite value on a weight.
    """

    dot: float
    cosine: float
    correlation: float
    coverage: float
    voxels: int
    lost: int


def products(image: Floats, weights: Floats) -> Products:
    """Dot product, cosine and Pearson correlation of two arrays of one shape, over non-zero weights inside the image's field.

    A voxel lies in the field when its value is finite and not zero: images are zero or NaN where nothing was measured.
    """
    on = np.isfinite(weights) & (weights != 0)
    x, w = image[on], weights[on]
    finite = np.isfinite(x)
    field = finite & (x != 0)
    share = float(field.sum() / on.sum()) if on.any() else 0.0
    x, w = x[field], w[field]
    dot = float(x @ w)
    return Products(dot, _cosine(x, w), _cosine(x - x.mean(), w - w.mean()) if len(x) > 1 else np.nan, share, len(x), int((~finite).sum()))


def _cosine(x: Floats, w: Floats) -> float:
    length = float(np.linalg.norm(x) * np.linalg.norm(w))
    return float(x @ w) / length if length > 0 else np.nan


def map_scores(
    card: MarkerCard, images: Iterable[BrainMap], weights: BrainMap, *, cohort: Cohort | None = None, resample: bool = False
) -> tuple[MarkerScore, ...]:
    """The model's answer for every image, in their order.

    Parameters
    ----------
    weights : the file that the clinic brings; its digest must be the card's.
    resample : put the weights onto an image's grid where that is another one; without it such an image is refused.

    Raises
    ------
    InputError : a digest that is not the card's, another space, or another grid without `resample`.
    """
    check_digest(card, weights)
    return tuple(_answer(card, image, *_on_grid(card, image, weights, resample), cohort) for image in images)


def check_digest(card: MarkerCard, weights: BrainMap) -> None:
    """InputError unless the weights are byte for byte those that the card names."""
    if not card.weights.sha256:
        raise InputError(
            f"{weights.name}: weights: the card '{card.id}' names no digest, so these may be any weights; put a copy "
            "of the card with sha256 of this file into your own knowledge folder (--knowledge)"
        )
    if weights.sha256 != card.weights.sha256:
        raise InputError(
            f"{weights.name}: weights: its sha256 {weights.sha256[:12]}.. is not the card's {card.weights.sha256[:12]}..; "
            f"give the file that the card '{card.id}' was written for"
        )


def _on_grid(card: MarkerCard, image: BrainMap, weights: BrainMap, resample: bool) -> tuple[Floats, tuple[str, ...]]:
    """The weights on the image's grid, with what must be said of it."""
    told = check_spaces(card, image, weights)
    if _same_grid(image, weights):
        return weights.values, told
    if not resample:
        raise InputError(
            f"{image.name}: grid: {_grid(image)}, the weights have {_grid(weights)}; bring both onto one grid, or let the weights be "
            "resampled by --resample"
        )
    said = f"the weights were resampled onto the image's grid by linear interpolation, from {_grid(weights)} to {_grid(image)}"
    return resampled(weights, image), (*told, said)


def check_spaces(card: MarkerCard, image: BrainMap, weights: BrainMap) -> tuple[str, ...]:
    """InputError where the names of the files say different spaces; else what the names leave open."""
    wanted = weights.space or ("" if card.space in VAGUE else card.space)
    if image.space and not image.space.startswith("MNI") and card.space.startswith("MNI"):
        raise InputError(f"{image.name}: space: {image.space}, the model needs {card.space}; normalise the image first")
    if image.space and wanted and image.space != wanted:
        raise InputError(
            f"{image.name}: space: {image.space}, the weights are in {wanted}; the two differ by millimetres, bring both into one space"
        )
    if image.space and wanted:
        return ()
    of = "image" if not image.space else "weights"
    return (f"the name of the {of} does not say its space; it was taken to be {image.space or wanted or card.space}",)


def _same_grid(one: BrainMap, other: BrainMap) -> bool:
    return one.values.shape == other.values.shape and bool(np.abs(one.affine - other.affine).max() <= NEAR_MM)


def _grid(image: BrainMap) -> str:
    """Shape, voxel axes and origin in words."""
    shape = " x ".join(map(str, image.values.shape))
    axes = ", ".join(f"{v:g}" for v in np.diag(image.affine)[:3])
    return f"{shape} voxels (diagonal {axes} mm, origin {', '.join(f'{v:g}' for v in image.affine[:3, 3])} mm)"


def resampled(weights: BrainMap, image: BrainMap) -> Floats:
    """The weights at the centres of the image's voxels, linear between theirs, 0 outside."""
    try:
        from scipy.ndimage import affine_transform
    except ImportError:
        raise InputError(f"{weights.name}: resampling needs painloom[brain]; install it with pip install 'painloom[brain]'") from None
    across = np.linalg.inv(weights.affine) @ image.affine
    values = np.nan_to_num(weights.values, nan=0.0, posinf=0.0, neginf=0.0)
    moved: npt.NDArray[np.float64] = affine_transform(values, across, output_shape=image.values.shape, order=1, mode="constant", cval=0.0)
    return moved


def _answer(card: MarkerCard, image: BrainMap, weights: Floats, told: tuple[str, ...], named: Cohort | None) -> MarkerScore:
    """One row: scored with place and warnings, or withheld with the reason and no number."""
    found = products(image.values, weights)
    gate = _coverage(card, found)
    product = {"dot": found.dot, "cosine": found.cosine, "correlation": found.correlation}[card.weights.score]
    reason = "" if gate.is_passed else gate.text
    if not reason and not np.isfinite([found.cosine, product]).all():
        reason = NO_OVERLAP
    value = None if reason else product
    cohort, is_own = named or default_cohort(card), named is not None and named not in card.cohorts
    sem, mdc, error = measurement_error(card, cohort, is_own)
    numbers = (("dot", found.dot), ("cosine", found.cosine), ("correlation", found.correlation))
    details = (
        *(pair for pair in numbers if value is not None and np.isfinite(pair[1])),
        ("coverage", found.coverage),
        ("voxels", float(found.voxels)),
    )
    warnings = () if value is None else (card.site_offset, *cohort_warnings(cohort, is_own), error, *told)
    return MarkerScore(
        id=image.id,
        model=card.id,
        label=card.label,
        score=value,
        unit=card.unit,
        place=None if value is None or cohort is None else place_in(cohort, value),
        status=WITHHELD if value is None else SCORED,
        reason=reason,
        gates=(gate,),
        claim=card.claim,
        details=details,
        sem=None if value is None else sem,
        mdc=None if value is None else mdc,
        warnings=warnings,
        card=(card.id, card.release),
        sources=card.sources,
    )


def _coverage(card: MarkerCard, found: Products) -> Gate:
    percent = 100.0 * found.coverage
    limit = card.limits.coverage_percent
    needed = "" if limit is None else f", needed {limit:g} %"
    text = f"{percent:.2f} % of the non-zero weights lie inside the image's field{needed}"
    return Gate("coverage", found.voxels > 0 and (limit is None or percent >= limit), percent, limit, "%", text)
