"""Answers to an instrument, as they were given."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

UNANSWERED = -9999
Ids = Sequence[str] | npt.NDArray[np.bytes_]  # readers of large tables give the ids as UTF-8 bytes


@dataclass(frozen=True, slots=True)
class ItemRange:
    """What one item may hold: whole numbers from `low` to `high`, or only those of `allowed` where that is not empty."""

    id: str
    low: int
    high: int
    allowed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers of many people to one instrument.

    `values` is int16, (people, items), in the order of `items`; UNANSWERED where an item was left empty.  `date` is the ISO date of the
    answers, "" when unknown; `where` is the file's name.
    """

    instrument: str
    ids: Ids
    items: tuple[str, ...]
    values: npt.NDArray[np.int16]
    date: str = ""
    where: str = ""

    def names(self) -> list[str]:
        """The ids as texts."""
        return [i.decode("utf-8") if isinstance(i, bytes) else str(i) for i in self.ids]
