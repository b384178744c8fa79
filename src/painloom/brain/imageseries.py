"""From a 4D image to the series that a marker card wants: regions of its atlas in its order, with its column of the confounds table."""

from pathlib import Path

import numpy as np

from painloom.brain.partial import Floats
from painloom.errors import InputError
from painloom.intake.limits import refusal
from painloom.intake.motion import read_confound
from painloom.intake.nifti import open_image
from painloom.intake.series import Series
from painloom.intake.tabtext import stem
from painloom.knowledge.marker_cards import Column, MarkerCard

ROUNDING = 1e-6
NEAR_MM = 5.0  # the same regions on another grid move by less, a relabelled or mirrored atlas by far more


def series_from_image(card: MarkerCard, image: Path, atlas: Path, confounds: Path) -> Series:
    """The series of `image` in the card's columns: regional means of `atlas` by their number, and the confounds that the card names.

    A region without a value stays NaN, which withholds the score; one that is zero throughout has no signal and counts as unconnected, as
    in the published series.

    Raises
    ------
    InputError : an atlas with other regions than the card's or with the same numbers in other places, another grid or space, a confounds
    table with another number of volumes or without the column.
    """
    from painloom.brain.extract import extract_regions

    check_atlas(card, atlas)
    regions = extract_regions(image, atlas)
    place = {label: at for at, label in enumerate(regions.labels)}
    values = np.empty((len(regions.values), len(card.columns)), np.float64)
    for column in card.columns:
        if column.label is not None:
            values[:, column.position] = regions.values[:, place[column.label]]
            continue
        confound = read_confound(confounds, column.confound)
        if len(confound) != len(values):
            raise InputError(
                f"{confounds.name}: volumes: {len(confound)} in the table, {len(values)} in {image.name}; give the table of the same run"
            )
        values[:, column.position] = confound
    return Series(stem(image), tuple(c.name for c in card.columns), _without_rounding(values))


def _without_rounding(values: Floats) -> Floats:
    """Columns that move a million times less than the others become one value: that is rounding of stored numbers, and standardising it
    would make a loud signal of a region that has none."""
    spread = values.std(axis=0)
    flat = spread < ROUNDING * np.nanmedian(spread)
    values[:, flat] = values[:, flat].mean(axis=0)
    return values


def check_atlas(card: MarkerCard, atlas: Path) -> None:
    """InputError unless the atlas holds exactly the card's regions, each where the card says."""
    wanted = {c.label: c for c in card.columns if c.label is not None}
    labels, centres = label_centres(atlas)
    found = dict(zip(labels, centres, strict=True))
    if set(found) != set(wanted):
        odd = sorted(set(found) ^ set(wanted))
        raise InputError(
            f"{atlas.name}: labels: {len(found)} regions, {card.id} needs {len(wanted)} numbered as on its card; the first that differs is "
            f"{odd[0]}; give the atlas that the card names"
        )
    for label, column in sorted(wanted.items()):
        away = _distance(column, found[label])
        if away > NEAR_MM:
            raise InputError(
                f"{atlas.name}: label {label}: lies {away:.0f} mm from where {card.id} has {column.name}; the atlas is numbered otherwise "
                "or turned, give the one that the card names"
            )


def _distance(column: Column, centre: Floats) -> float:
    return 0.0 if column.centre is None else float(np.linalg.norm(np.asarray(column.centre) - centre))


def label_centres(atlas: Path) -> tuple[list[int], Floats]:
    """Label values of a label image in rising order, and the centre of gravity of each in mm (regions, 3)."""
    image = open_image(atlas)
    if image.count != 1:
        raise refusal(atlas, "header", f"{image.count} volumes; a label image has one")
    values = image.volume(0)
    where = np.nonzero(np.nan_to_num(values))
    labels, inverse, counts = np.unique(values[where], return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(inverse, axis, len(labels)) for axis in where], axis=1) / counts[:, None]
    affine = np.asarray(image.affine, np.float64)
    centres: Floats = sums @ affine[:3, :3].T + affine[:3, 3]
    return [int(label) for label in labels], centres
