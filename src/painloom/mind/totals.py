"""The inner loop: points and answered items of a scale, summed over its items for everybody."""

from typing import Any

import numpy as np
import numpy.typing as npt

from painloom.knowledge.instrument_cards import InstrumentCard, Scale

Numbers = npt.NDArray[Any]
Counts = npt.NDArray[np.int16]


def totals(card: InstrumentCard, scale: Scale, values: npt.NDArray[np.int16]) -> tuple[Numbers, Counts]:
    """Sum of the points of the answered items, and how many those are.

    `values` is (people, items), UNANSWERED (below every allowed answer, which is never negative) where empty.
    """
    own = dict(scale.points)
    whole = all(worth == int(worth) for table in own.values() for _, worth in table)
    total: Numbers = np.zeros(len(values), np.int16 if whole else np.float64)
    empty: Numbers = np.zeros(len(values), np.int8 if len(scale.items) < 127 else np.int16)
    points: Numbers = np.empty(len(values), np.int16)
    for place in scale.items:
        column = values[:, place]
        unanswered: Numbers = column < 0
        empty += unanswered.view(np.int8)
        if place in own:
            table = _table(own[place], whole=whole)
            total += np.where(unanswered, 0, table[np.where(unanswered, own[place][0][0], column) - own[place][0][0]])
            continue
        np.maximum(column, 0, out=points)
        if place in scale.reversed:
            limits = card.items[place].range
            np.subtract(limits.low + limits.high, points, out=points)
            points[unanswered] = 0
        total += points
    return total, (len(scale.items) - empty).astype(np.int16)


def _table(worth: tuple[tuple[int, float], ...], *, whole: bool) -> Numbers:
    low = worth[0][0]
    table = np.zeros(worth[-1][0] - low + 1, np.int16 if whole else np.float64)
    for answer, points in worth:
        table[answer - low] = points
    return table


def reach(card: InstrumentCard, scale: Scale) -> tuple[int, int]:
    """The lowest and the highest sum of points that any answers can give, empty items counting 0."""
    own = dict(scale.points)
    low = high = 0.0
    for place in scale.items:
        limits = card.items[place].range
        worth = [points for _, points in own[place]] if place in own else [limits.low, limits.high]
        low += min(0, *worth)
        high += max(0, *worth)
    return int(np.floor(low)), int(np.ceil(high))
