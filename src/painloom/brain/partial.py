"""Partial correlations of regional series from a shrunk covariance, in NumPy alone."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
AT_ONCE = 64  # people whose matrices are inverted together: 123 regions take 8 MB


def standardised(values: Floats) -> Floats:
    """`values` (volumes, regions) with mean 0 and population SD 1 a column; a column of one value becomes 0 throughout."""
    centred = values - values.mean(axis=0)
    spread = np.sqrt(np.mean(centred * centred, axis=0))
    # the mean of equal numbers may miss them by a rounding error, which a division by its own size would blow up to +-1
    flat = values.max(axis=0) == values.min(axis=0)
    centred[:, flat] = 0.0
    spread[flat | (spread == 0)] = 1.0
    z: Floats = centred / spread
    return z


def shrunk_covariance(values: Floats) -> tuple[Floats, float]:
    """Covariance (regions, regions) of `values` (volumes, regions) after Ledoit and Wolf, and the shrinkage in 0..1.

    The sample covariance X'X/n of the centred columns is drawn towards mu I, mu = the mean variance, by the share that minimises the
    expected squared distance to the true covariance.

    Sources
    -------
    ledoit-wolf-2004
    """
    centred = values - values.mean(axis=0)
    volumes, regions = centred.shape
    sample = centred.T @ centred / volumes
    mean_variance = np.trace(sample) / regions
    squares = centred * centred
    fourth = np.sum(squares.sum(axis=1) ** 2) / volumes
    size = np.sum(sample * sample)
    noise = (fourth - size) / (regions * volumes)
    distance = (size - regions * mean_variance**2) / regions
    noise = min(max(noise, 0.0), distance)
    shrinkage = float(noise / distance) if distance > 0 else 0.0
    sample *= 1.0 - shrinkage
    sample.flat[:: regions + 1] += shrinkage * mean_variance
    return sample, shrinkage


def partial_correlations(people: Sequence[Floats], first: Places, second: Places) -> tuple[Floats, Floats]:
    """Partial correlations (people, pairs) between the columns `first` and `second` of every person's series, and the shrinkages (people,).

    Each person stands alone: standardise, shrink, invert to P, then -P_ab / sqrt(P_aa P_bb).  A row is NaN where the covariance cannot
    be inverted or a value is not finite.
    """
    edges = np.full((len(people), len(first)), np.nan)
    shrinkages = np.full(len(people), np.nan)
    usable = [at for at, values in enumerate(people) if len(values) > 1 and np.isfinite(values).all()]
    for start in range(0, len(usable), AT_ONCE):
        chunk = usable[start : start + AT_ONCE]
        made = [shrunk_covariance(standardised(people[at])) for at in chunk]
        shrinkages[chunk] = [shrinkage for _, shrinkage in made]
        edges[chunk] = _pairs(np.stack([covariance for covariance, _ in made]), first, second)
    edges[~np.isfinite(edges).all(axis=1)] = np.nan
    return edges, shrinkages


def _pairs(covariances: Floats, first: Places, second: Places) -> Floats:
    try:
        precision = np.linalg.inv(covariances)
    except np.linalg.LinAlgError:
        if len(covariances) == 1:
            return np.full((1, len(first)), np.nan)
        return np.concatenate([_pairs(one[None], first, second) for one in covariances])
    diagonal = np.diagonal(precision, axis1=1, axis2=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        pairs: Floats = -precision[:, first, second] / np.sqrt(diagonal[:, first] * diagonal[:, second])
    return pairs
