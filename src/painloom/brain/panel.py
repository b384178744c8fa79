"""Connections between the poles of a panel in one series: descriptive numbers beside a reference of healthy people."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from painloom.brain.polesignals import Poles, column_sets, correlation, matched_atlas
from painloom.errors import InputError
from painloom.knowledge.panels import Pair, PanelCard, Reference
from painloom.model.brain import SCORED, WITHHELD, CohortPlace, Connection, ConnectionView, Gate

WIDTH = 1.959963984540054  # 95 % of a normal distribution, two-sided
FEWEST = 10  # people without whom a reference gives no z
ROUNDING = 1e-9  # mm: a mean that is the limit but for the last binary digit has not crossed it
MOST_ENTRIES = 100_000_000
GATED = "a quality gate failed: "
Floats = NDArray[np.float64]


def panel_view(card: PanelCard, series_id: str, names: Sequence[str], values: Floats, fd: Floats | None) -> ConnectionView:
    """The panel of one series.

    Parameters
    ----------
    names, values : the header and the series, (volumes, columns); NaN where a column is not covered.
    fd : framewise displacement in mm, one number a volume, first one 0; None = not given, then everything is withheld.

    Returns
    -------
    connections in the card's order.  r is Pearson's correlation of the two pole signals over the volumes kept (a pole signal is the mean of
    its columns, each brought to mean 0 and SD 1); its 95 % interval comes from Fisher's z with the number of volumes kept, as if volumes
    were independent.  z and percentile stand in the card's cohort, where the atlas has one.  A pole that the atlas lacks, is not covered
    or constant: withheld with its reason, never replaced.

    Raises
    ------
    InputError : shapes that do not fit, infinite values, a displacement that is negative, infinite or missing, columns in another order.
    """
    _shapes(series_id, names, values, fd)
    atlas = matched_atlas(card, series_id, names)
    kept = np.ones(len(values), dtype=bool) if fd is None else fd <= card.scrub_mm
    gates = _gates(card, fd, kept)
    failed = "; ".join(gate.text for gate in gates if not gate.is_passed)
    if failed or atlas is None:
        why = (
            f"{GATED}{failed}"
            if failed
            else f"the columns fit none of the atlases of this panel ({', '.join(a.label for a in card.atlases)})"
        )
        connections = tuple(_withheld(pair, why) for pair in card.pairs)
    else:
        poles = column_sets(card, atlas, names)
        connections = tuple(_connection(card, pair, atlas.id, poles, values[kept]) for pair in card.pairs)
    return ConnectionView(
        id=series_id,
        label=card.label,
        connections=connections,
        gates=gates,
        claim=card.claim,
        warnings=(*card.warnings, *(atlas.notes if atlas is not None else ())),
        card=(card.id, card.release),
        sources=tuple(dict.fromkeys((*card.sources, *(source for pair in card.pairs for source in pair.sources)))),
    )


def _shapes(series_id: str, names: Sequence[str], values: Floats, fd: Floats | None) -> None:
    if values.ndim != 2 or values.shape[1] != len(names) or values.size > MOST_ENTRIES:
        raise InputError(f"{series_id}: a series must be a table of volumes x columns with one name a column; found shape {values.shape}")
    if np.isinf(values).any():
        raise InputError(f"{series_id}: holds infinite values; leave a cell empty that was not measured")
    if fd is None:
        return
    if fd.shape != (len(values),):
        raise InputError(
            f"{series_id}: {len(values)} volumes, but {fd.size} numbers of motion; they must be of the same run and equally long"
        )
    if not np.isfinite(fd).all() or (fd < 0).any():
        raise InputError(f"{series_id}: motion must be a displacement in mm of 0 or more for each volume; the first one is 0")


def _gates(card: PanelCard, fd: Floats | None, kept: NDArray[np.bool_]) -> tuple[Gate, ...]:
    left = int(kept.sum())
    if fd is None:
        motion = Gate("mean-fd", False, None, card.mean_fd_mm, "mm", "motion was not given, so its limit cannot be checked")
    else:
        mean = float(fd.mean()) if fd.size else 0.0
        said = f"mean displacement {mean:.3f} mm, limit {card.mean_fd_mm:g} mm"
        motion = Gate("mean-fd", mean <= card.mean_fd_mm + ROUNDING, mean, card.mean_fd_mm, "mm", said)
    said = f"{left} of {len(kept)} volumes left (displacement at most {card.scrub_mm:g} mm), at least {card.least_volumes} needed"
    return motion, Gate("volumes-left", left >= card.least_volumes, float(left), float(card.least_volumes), "volumes", said)


def _connection(card: PanelCard, pair: Pair, atlas: str, poles: Poles, kept: Floats) -> Connection:
    missing = [end for end in (pair.first, pair.second) if isinstance(poles[end], str)]
    if missing:
        return _withheld(pair, "; ".join(f"{card.pole(end).label}: {poles[end]}" for end in missing))
    r, why = correlation(kept, poles[pair.first], poles[pair.second])
    if r is None:
        return _withheld(pair, why)
    fisher, half = float(np.arctanh(r)), WIDTH / float(np.sqrt(len(kept) - 3))
    reference = card.reference(atlas, pair.id)
    usable = reference is not None and len(reference.values) >= FEWEST
    return Connection(
        id=pair.id,
        label=pair.label,
        circuit=pair.circuit,
        r=r,
        r_low=float(np.tanh(fisher - half)),
        r_high=float(np.tanh(fisher + half)),
        z=(fisher - reference.mean) / reference.sd if usable and reference is not None else None,
        place=_place(card, reference, fisher) if usable and reference is not None else None,
        status=SCORED,
        reason="" if usable else "no reference people for this atlas: r stands alone, without z and percentile",
    )


def _place(card: PanelCard, reference: Reference, fisher: float) -> CohortPlace:
    """Mid-rank percentile of a Fisher z among the reference people."""
    cohort = next(c for c in card.cohorts if c.id == reference.cohort)
    values = np.asarray(reference.values)
    below, equal = int((values < fisher).sum()), int((values == fisher).sum())
    percentile = 100.0 * (below + 0.5 * equal) / len(values)
    return CohortPlace(cohort.id, cohort.label, len(values), percentile, cohort.scanner, cohort.note)


def _withheld(pair: Pair, reason: str) -> Connection:
    return Connection(pair.id, pair.label, pair.circuit, None, None, None, None, None, WITHHELD, reason)
