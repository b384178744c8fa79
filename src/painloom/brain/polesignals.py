"""Which columns of a series make each pole of a panel, and the correlation of two poles."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from painloom.errors import InputError
from painloom.knowledge.panels import BY_POSITION, PanelAtlas, PanelCard

Floats = NDArray[np.float64]
Columns: TypeAlias = "tuple[int, ...] | str"
Poles: TypeAlias = "Mapping[str, Columns]"

ABSENT = "not in this atlas"


def matched_atlas(card: PanelCard, series_id: str, names: Sequence[str]) -> PanelAtlas | None:
    """The atlas that the header belongs to, None for none.

    Raises
    ------
    InputError : the header has the columns of an atlas by position, but in another order or with others among them.
    """
    header = tuple(names)
    for atlas in card.atlases:
        if atlas.by == BY_POSITION and header == atlas.header:
            return atlas
    for atlas in card.atlases:
        if atlas.by == BY_POSITION and _is_turned(header, atlas.header):
            raise InputError(
                f"{series_id}: has the columns of {atlas.label}, but not in its order; four names stand twice there, so columns are "
                "taken by position: give the table as it was written"
            )
    by_name = [(len(_named(atlas) & set(header)), atlas) for atlas in card.atlases if atlas.by != BY_POSITION]
    best = max(by_name, key=lambda item: item[0], default=None)
    return best[1] if best is not None and best[0] else None


def _is_turned(header: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Nearly all names of an atlas, yet not its header."""
    common = sum((Counter(header) & Counter(wanted)).values())
    return common >= 0.9 * len(wanted)


def _named(atlas: PanelAtlas) -> set[str]:
    return {name for names in atlas.names.values() for name in names}


def column_sets(card: PanelCard, atlas: PanelAtlas, names: Sequence[str]) -> dict[str, Columns]:
    """Pole id -> its columns, or the reason why the series does not have it."""
    if atlas.by == BY_POSITION:
        return {pole.id: atlas.positions.get(pole.id, ABSENT) for pole in card.poles}
    return {pole.id: _by_name(atlas.names.get(pole.id, ()), names) for pole in card.poles}


def _by_name(wanted: tuple[str, ...], names: Sequence[str]) -> Columns:
    if not wanted:
        return ABSENT
    count = Counter(names)
    lost = [name for name in wanted if count[name] != 1]
    if lost:
        how = "stands twice" if count[lost[0]] else "is missing"
        return f"{len(lost)} of its {len(wanted)} columns cannot be used ('{lost[0]}' {how})"
    places = {name: place for place, name in enumerate(names)}
    return tuple(places[name] for name in wanted)


def correlation(kept: Floats, first: Columns, second: Columns) -> tuple[float | None, str]:
    """(Pearson's r of two poles, "") or (None, why not).  A column that is constant or has gaps makes its pole unusable."""
    assert not isinstance(first, str)
    assert not isinstance(second, str)
    signals = []
    for columns in (first, second):
        block = kept[:, list(columns)]
        if np.isnan(block).any():
            return None, "a column of one of its poles has no values for some volumes (region not covered)"
        spread = block.std(axis=0)
        if (spread <= 1e-12 * np.maximum(1.0, np.abs(block).max(axis=0))).any():
            return None, "a column of one of its poles is constant"
        signals.append(((block - block.mean(axis=0)) / spread).mean(axis=1))
    left, right = (signal - signal.mean() for signal in signals)
    size = float(np.sqrt((left @ left) * (right @ right)))
    if size <= 1e-12 * len(kept):
        return None, "the columns of one of its poles cancel out"
    r = float(left @ right) / size
    return (r, "") if abs(r) < 1 - 1e-9 else (None, "both poles carry the same signal")
