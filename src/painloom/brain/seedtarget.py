"""An individual point from connectivity: where, in a search region, the signal runs most against that of a seed, and how stable that is."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from painloom.brain.clean import Cleaning, clean
from painloom.errors import InputError
from painloom.intake.nifti import Image, open_image
from painloom.knowledge.target_cards import IndividualSearch
from painloom.model.target import Point, Stability

Floats = npt.NDArray[np.float64]
SCRUB_MM, MEAN_MM, LEAST_MINUTES, HIGH_PASS_HZ, LOW_PASS_HZ = 0.5, 0.25, 10.0, 0.008, 0.1
SMOOTH_FWHM_MM, REACH_MM, STABLE_MM = 6.0, 6.0, 10.0
LEAST_SEED, LEAST_SEARCH, BLOCK = 10, 50, 30
MOST_SERIES, MOST_PLACES = 2**26, 20_000  # numbers kept of seed and search region, 256 MiB; voxels of the region, 5,000 at 2 mm
LEAST_TR_S, MOST_TR_S = 0.2, 6.0  # slower series do not hold the frequencies that are kept
HEAD = 0.2  # share of the bright end above which a voxel of the first volume counts as head


@dataclass(frozen=True, slots=True)
class IndividualPoint:
    """The point in the image's space, mm, with the correlation of its neighbourhood with the seed, and how far it moves between halves.

    `xyz_mm` is None where it is withheld, with the reason.
    """

    xyz_mm: Point | None
    correlation: float | None
    stability: Stability | None
    reason: str


def individual_point(path: Path, search: IndividualSearch, displacement: Floats | None, *, tr_s: float | None = None) -> IndividualPoint:
    """The point of the card's search region whose neighbourhood runs most against the seed.

    Parameters
    ----------
    path : a 4D image in the template space of the card's coordinates, best one that was cleaned already.
    displacement : framewise displacement in mm, one number a volume; without it the point is withheld.
    tr_s : seconds between volumes where the header does not say.

    Notes
    -----
    Volumes above 0.5 mm are scrubbed; seed mean and voxels are detrended, band-passed (0.008 to 0.1 Hz) and freed of the mean signal of the
    head, without which most places run with the seed and the order among them is that of noise; correlations are smoothed over 6 mm; the
    point is the centre of gravity of what lies within 6 mm of the most negative place.  Stability is the larger of two distances: between
    the first and the second half, and between alternate blocks of 30 volumes.  The limits are our own choice.

    Raises
    ------
    InputError : an image that its reader refuses, a name that says another space, motion of another length, a search region outside.
    """
    image = open_image(path)
    if not image.space.startswith("MNI152"):
        raise InputError(f"{path.name}: its name does not say the space MNI152 (space-MNI152..); the search region is given in that space")
    tr = tr_s or image.tr_s
    if displacement is None or tr is None:
        lost = "framewise displacement" if displacement is None else "seconds between volumes"
        return IndividualPoint(None, None, None, f"{lost} not known: give it, the point is withheld without it")
    if not LEAST_TR_S <= tr <= MOST_TR_S:
        return IndividualPoint(
            None, None, None, f"{tr:g} seconds between volumes, allowed {LEAST_TR_S:g} to {MOST_TR_S:g}; check the header"
        )
    if len(displacement) != image.count:
        raise InputError(f"{path.name}: {image.count} volumes, {len(displacement)} in the motion file; give the files of the same run")
    keep = displacement <= SCRUB_MM
    minutes = float(keep.sum()) * tr / 60
    if minutes < LEAST_MINUTES:
        return IndividualPoint(None, None, None, f"{minutes:.1f} minutes of data are left, {LEAST_MINUTES:g} are needed")
    mean = float(displacement.mean())
    if mean > MEAN_MM:
        return IndividualPoint(None, None, None, f"mean framewise displacement {mean:.2f} mm, allowed up to {MEAN_MM:g} mm")
    seed, region, places, head = _series(image, search)
    plan = Cleaning(is_detrended=True, high_pass_hz=HIGH_PASS_HZ, low_pass_hz=min(LOW_PASS_HZ, 0.45 / tr))
    cleaned = clean(np.c_[seed.mean(axis=1), region], plan, confounds=head[:, None], keep=keep, tr_s=tr)
    if not (np.isfinite(cleaned).all() and (cleaned.std(axis=0) > 0).all()):
        return IndividualPoint(None, None, None, "a voxel holds no signal once the data are cleaned; the image is damaged")
    spread = _kernel(places)
    found, strength = _peak(cleaned, places, spread)
    if strength >= 0:
        return IndividualPoint(None, strength, None, "no place of the search region runs against the seed")
    stability = _stability(cleaned, places, spread, minutes)
    reason = "" if stability.distance_mm <= STABLE_MM else f"not stable: {stability.text}"
    return IndividualPoint(None if reason else found, strength, stability, reason)


def _series(image: Image, search: IndividualSearch) -> tuple[Floats, Floats, Floats, Floats]:
    """Seed and search voxels (volumes, voxels) with a varying signal, places of the latter in mm, mean signal of the head (volumes)."""
    grid = np.indices(image.shape).reshape(3, -1, order="F")
    mm = (image.affine[:3, :3] @ grid).T + image.affine[:3, 3]
    near = np.linalg.norm(mm - np.array(search.seed_mm), axis=1) <= search.seed_radius_mm
    wide = np.zeros(len(mm), bool)
    for centre in search.centres_mm:
        wide |= np.linalg.norm(mm - np.array(centre), axis=1) <= search.radius_mm
    own = np.array(search.centres_mm)[:, 0].mean()
    wide &= np.sign(mm[:, 0]) == np.sign(own)
    at = np.flatnonzero(near | wide)
    if len(at) * image.count > MOST_SERIES or wide.sum() > MOST_PLACES:
        raise InputError(f"{image.path.name}: too many volumes for its voxel size; resample it to 2 mm")
    kept, head = np.empty((image.count, len(at)), np.float32), np.zeros(image.count)
    inside = np.zeros(0, np.int64)
    for number, raw in enumerate(image.stored()):
        kept[number] = raw[at]
        if number == 0:
            inside = _head(raw)
        values = raw[inside].astype(np.float64)
        head[number] = values[np.isfinite(values)].mean() if np.isfinite(values).any() else 0.0
    good = np.isfinite(kept).all(axis=0) & (kept.max(axis=0) > kept.min(axis=0))
    seed, region = good & near[at], good & wide[at]
    if seed.sum() < LEAST_SEED or region.sum() < LEAST_SEARCH:
        raise InputError(f"{image.path.name}: seed or search region hold too little signal; the image does not cover them")
    return kept[:, seed].astype(np.float64), kept[:, region].astype(np.float64), mm[at][region], head


def _head(raw: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Voxels of the head: the bright ones of the first volume, or all that are not zero where the image was brought to mean zero."""
    first = np.nan_to_num(raw.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    some = first[first != 0]
    if not some.size:
        return np.zeros(0, np.int64)
    bright = HEAD * float(np.percentile(some, 98))
    return np.flatnonzero(first > bright if (some > 0).mean() > 0.9 else first != 0)


def _kernel(places: Floats) -> Any:
    from scipy.sparse import coo_matrix
    from scipy.spatial import cKDTree

    tree = cKDTree(places)
    pairs = tree.sparse_distance_matrix(tree, SMOOTH_FWHM_MM, output_type="coo_matrix")
    sigma = SMOOTH_FWHM_MM / 2.3548
    weights = coo_matrix((np.exp(-0.5 * (pairs.data / sigma) ** 2), (pairs.row, pairs.col)), shape=pairs.shape).tocsr()
    weights.setdiag(1.0)
    total = np.asarray(weights.sum(axis=1)).ravel()
    return weights.multiply(1.0 / total[:, None]).tocsr()


def _peak(cleaned: Floats, places: Floats, spread: Any) -> tuple[Point, float]:
    """The point and the smoothed correlation at the most negative place."""
    seed, region = cleaned[:, 0], cleaned[:, 1:]
    seed = (seed - seed.mean()) / seed.std()
    centred = region - region.mean(axis=0)
    r = centred.T @ seed / (len(seed) * centred.std(axis=0))
    smooth = np.asarray(spread @ r)
    lowest = int(np.argmin(smooth))
    close = np.linalg.norm(places - places[lowest], axis=1) <= REACH_MM
    weights = np.maximum(-smooth[close], 0.0)
    centre = (places[close] * weights[:, None]).sum(axis=0) / weights.sum() if weights.sum() > 0 else places[lowest]
    x, y, z = (round(float(value), 2) for value in centre)
    return (x, y, z), float(smooth[lowest])


def _stability(cleaned: Floats, places: Floats, spread: Any, minutes: float) -> Stability:
    count = len(cleaned)
    first = np.arange(count) < count // 2
    even = (np.arange(count) // BLOCK) % 2 == 0
    apart = []
    for half in (first, even):
        one, two = _peak(cleaned[half], places, spread)[0], _peak(cleaned[~half], places, spread)[0]
        apart.append(float(np.linalg.norm(np.subtract(one, two))))
    text = f"{apart[0]:.1f} mm between first and second half, {apart[1]:.1f} mm between alternate blocks of {BLOCK} volumes"
    return Stability(round(max(apart), 2), (int(first.sum()), int((~first).sum())), round(minutes, 2), text)
