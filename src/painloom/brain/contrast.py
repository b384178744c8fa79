"""Contrast-to-noise of a region against white matter, from an intensity and a label image in one pass."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from painloom.errors import InputError
from painloom.intake.mgh import Volume, read_mgh
from painloom.knowledge.norm_tables import ContrastSpec

HIGHEST_LABEL = 100_000
SAME_MM = 0.01
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LabelSums:
    """Per label (its index): number of voxels, sum and sum of squares of their intensities; voxels without a finite intensity left out."""

    count: Floats
    total: Floats
    squares: Floats
    skipped: int = 0

    def spread(self, labels: Sequence[int]) -> tuple[float, float] | None:
        """Mean and sample variance of all voxels with one of `labels`; None with fewer than two voxels."""
        here = [label for label in set(labels) if label < len(self.count)]
        n = float(self.count[here].sum())
        if n < 2:
            return None
        mean = float(self.total[here].sum()) / n
        return mean, max(0.0, float(self.squares[here].sum()) - n * mean * mean) / (n - 1)


@dataclass(frozen=True)
class Contrasts:
    """Measured contrasts by spec; `warnings` say what could not be measured and why."""

    values: Mapping[ContrastSpec, float]
    warnings: tuple[str, ...] = ()


def label_sums(intensity: npt.NDArray[Any], labels: npt.NDArray[Any]) -> LabelSums:
    """Sums of every label at once: two weighted histograms over the labelled voxels.

    Parameters
    ----------
    intensity, labels : same shape (x, y, z); labels 0 (background) to HIGHEST_LABEL, whole numbers.

    Raises
    ------
    InputError : the shapes differ, or a label lies outside the range.
    """
    if intensity.shape != labels.shape:
        raise InputError(f"images: {_shape(intensity)} voxels of intensity, {_shape(labels)} of labels; both must come from one run")
    flat_labels, flat = labels.ravel(order="F"), intensity.ravel(order="F")  # images are stored so: no copy
    at = np.flatnonzero(flat_labels != 0)
    marks, values = flat_labels[at], flat[at].astype(np.float64)
    if not np.isfinite(marks).all() or (marks.size and (marks.min() < 0 or marks.max() > HIGHEST_LABEL)):
        raise InputError(f"images: the label image holds numbers outside 0..{HIGHEST_LABEL}; is it a label image?")
    whole = marks.astype(np.int64)
    finite = np.isfinite(values)
    skipped = int(values.size - finite.sum())
    if skipped:
        whole, values = whole[finite], values[finite]
    weights = (None, values, values * values)
    count, total, squares = (np.asarray(np.bincount(whole, weight), dtype=np.float64) for weight in weights)
    return LabelSums(count, total, squares, skipped)


def _shape(image: npt.NDArray[Any]) -> str:
    return " x ".join(map(str, image.shape))


def contrast(sums: LabelSums, region: Sequence[int], white: Sequence[int]) -> float | None:
    """(mean of region - mean of white matter)^2 / (sum of both sample variances); None where one has too few voxels or no spread."""
    here, there = sums.spread(region), sums.spread(white)
    if here is None or there is None or here[1] + there[1] <= 0:
        return None
    return (here[0] - there[0]) ** 2 / (here[1] + there[1])


def measure_contrasts(wanted: Iterable[ContrastSpec], intensity: str, white: Sequence[int], images: Mapping[str, Path]) -> Contrasts:
    """The contrasts that can be measured from the images at hand.

    Parameters
    ----------
    wanted : specs; those without an image are passed over.
    intensity : name of the intensity image; `white` the labels of white matter.
    images : paths by name, as `Morphometry.images`.

    Raises
    ------
    InputError : an image is damaged, or intensity and labels lie on different grids.
    """
    by_image: dict[str, list[ContrastSpec]] = {}
    for spec in dict.fromkeys(wanted):
        if spec.image:
            by_image.setdefault(spec.image, []).append(spec)
    if not by_image:
        return Contrasts({})
    if intensity not in images:
        return Contrasts({}, ("no intensity image: contrast is not measured",))
    base = read_mgh(images[intensity])
    values: dict[ContrastSpec, float] = {}
    warnings: list[str] = []
    for image, specs in by_image.items():
        if image not in images:
            warnings.append(f"no label image {image}: the contrast of its regions is not measured")
            continue
        found, told = _measure(base, read_mgh(images[image]), specs, white, image)
        values |= found
        warnings += told
    return Contrasts(values, tuple(warnings))


def _measure(
    base: Volume, marked: Volume, specs: Sequence[ContrastSpec], white: Sequence[int], image: str
) -> tuple[dict[ContrastSpec, float], list[str]]:
    if base.affine is not None and marked.affine is not None and not np.allclose(base.affine, marked.affine, atol=SAME_MM):
        raise InputError(f"{image}.mgz: lies elsewhere in space than the intensity image; both must come from one run")
    sums = label_sums(base.data, marked.data)
    if sums.spread(white) is None:
        return {}, [f"{image}: white matter (labels {', '.join(map(str, white))}) has no voxels: contrast is not measured"]
    values = {spec: contrast(sums, spec.labels, white) for spec in specs}
    told = [f"{image}: {sums.skipped:,} labelled voxels without a number left out"] if sums.skipped else []
    lost = sum(value is None for value in values.values())
    if lost:
        told.append(f"{image}: {lost} regions have too few voxels for a contrast")
    return {spec: value for spec, value in values.items() if value is not None}, told
