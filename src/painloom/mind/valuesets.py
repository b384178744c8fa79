"""Value sets: a health state of several dimensions -> one utility for each country's set.

The table beside the card is long, with the columns `set`, `term`, `value`.  Terms: `start`; `intercept` (unless every dimension is
at its best); `<dimension>:<level>`; `<dimension>:4+` (the dimension is at 4 or 5); `count45sq` ((how many at 4 or 5, minus 1)
squared, when above 1); `any4` (any at 4 or 5); `any5`; `<dimension>*<dimension>` ((level - 1) x (level - 1)).  Dimensions are
numbered from 1 in the order of the scale's items.
"""

from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from painloom.errors import KnowledgeError
from painloom.knowledge.instrument_cards import InstrumentCard, Scale

LEVELS = 5
SEVERE = 4
Reals = npt.NDArray[np.float64]


def state_index(levels: npt.NDArray[np.int16]) -> npt.NDArray[np.intp]:
    """Row of the state among all states: (people, dimensions) of 1..5 -> (people,)."""
    place = np.zeros(len(levels), np.intp)
    for column in levels.T:
        place = place * LEVELS + (column.astype(np.intp) - 1)
    return place


def utilities(card: InstrumentCard, scale: Scale) -> dict[str, Reals]:
    """Set name -> utility of every state, in the order of `state_index`, in the order of the table."""
    return _tables(tuple((row["set"], row["term"], row["value"]) for row in card.tables[scale.table]), len(scale.items), card.id)


@lru_cache(maxsize=4)
def _tables(rows: tuple[tuple[str, str, str], ...], dimensions: int, where: str) -> dict[str, Reals]:
    states = np.array(list(product(range(1, LEVELS + 1), repeat=dimensions)))
    found: dict[str, Reals] = {}
    for name, term, value in rows:
        total = found.setdefault(name, np.zeros(len(states)))
        total += float(value) * _applies(term, states, where)
    return found


def _applies(term: str, states: npt.NDArray[np.int64], where: str) -> Reals:
    """How often the term counts in each state."""
    severe = (states >= SEVERE).sum(axis=1)
    fixed: dict[str, npt.NDArray[Any]] = {
        "start": np.ones(len(states)),
        "intercept": np.asarray((states > 1).any(axis=1)),
        "count45sq": np.where(severe > 1, (severe - 1) ** 2, 0),
        "any4": np.asarray((states >= SEVERE).any(axis=1)),
        "any5": np.asarray((states == LEVELS).any(axis=1)),
    }
    if term in fixed:
        return np.asarray(fixed[term], np.float64)
    try:
        if "*" in term:
            one, two = (states[:, int(part) - 1] - 1 for part in term.split("*"))
            return np.asarray(one * two, np.float64)
        dimension, level = term.split(":")
        column = states[:, int(dimension) - 1]
        hit = column >= SEVERE if level == f"{SEVERE}+" else column == int(level)
        return np.asarray(hit, np.float64)
    except (ValueError, IndexError):
        raise KnowledgeError(f"{where}: the value-set term '{term}' is not known") from None
