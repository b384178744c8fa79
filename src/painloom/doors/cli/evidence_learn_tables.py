"""Small CSV tables for learning: named columns as numbers and words; refused in one line, never with a person's value."""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from painloom.intake.limits import MEBIBYTE, refusal
from painloom.intake.tabtext import read_lines, shown

MOST_BYTES, MOST_ROWS = 64 * MEBIBYTE, 500_000
ABSENT = ("", ".")


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of one file by their lower-case names; `lines` (rows,) are the line numbers of the rows."""

    path: Path
    what: str
    columns: dict[str, tuple[str, ...]]
    lines: tuple[int, ...]

    def has(self, *names: str) -> bool:
        """Whether all these columns are there."""
        return all(name in self.columns for name in names)

    def need(self, *names: str) -> None:
        """Refuse a table without one of these columns."""
        for name in names:
            if name not in self.columns:
                raise refusal(self.path, "line 1", f"column '{name}' is missing; {self.what}")

    def numbers(self, name: str, low: float, high: float, *, may_miss: bool, above: bool = False) -> NDArray[np.float64]:
        """A column of numbers in low..high (low left out with `above`); an empty cell or `.` is NaN where it may miss.

        Raises
        ------
        InputError : the column, a value or its range is wrong; the message holds the line and the bounds, never the value.
        """
        self.need(name)
        return np.asarray([self._number(line, name, text, low, high, may_miss, above) for line, text in self._cells(name)], dtype=float)

    def words(self, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """A column of words out of `allowed`, upper or lower case.

        Raises
        ------
        InputError : the column is missing, or another word stands there.
        """
        self.need(name)
        by_case = {word.lower(): word for word in allowed}
        found = []
        for line, text in self._cells(name):
            if text.lower() not in by_case:
                raise refusal(self.path, f"line {line}", f"{name} must be one of {', '.join(allowed)}")
            found.append(by_case[text.lower()])
        return tuple(found)

    def _cells(self, name: str) -> Iterator[tuple[int, str]]:
        return zip(self.lines, self.columns[name], strict=True)

    def _number(self, line: int, name: str, text: str, low: float, high: float, may_miss: bool, above: bool) -> float:
        if text in ABSENT:
            if may_miss:
                return math.nan
            raise refusal(self.path, f"line {line}", f"{name} is missing; leave the row out or give it")
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if "_" in text or not low <= value <= high or (above and value <= low):
            start = f"above {low:g} and at most {high:g}" if above else f"in {low:g}..{high:g}"
            hint = "; leave it empty if it is not known" if may_miss else ""
            raise refusal(self.path, f"line {line}", f"{name} must be a number {start}{hint}")
        return value


def read_table(path: Path, what: str, known: tuple[str, ...]) -> tuple[Table, tuple[str, ...]]:
    """The table at `path` and one warning where it has columns that are not `known`; blank lines are skipped.

    Raises
    ------
    InputError : no such file, no CSV text, a column twice, a line with another number of cells, or no row.
    """
    lines = read_lines(path, what, most=MOST_BYTES)
    try:
        rows = list(csv.reader(lines, strict=True))
    except csv.Error:
        raise refusal(path, "", f"no CSV that can be read (quotes that do not close, or a cell too long); {what}") from None
    header = [cell.strip().lower() for cell in rows[0]]
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise refusal(path, "line 1", f"column '{shown(twice[0])}' stands twice; {what}")
    kept = [(number, cells) for number, cells in enumerate(rows[1:], start=2) if any(cell.strip() for cell in cells)]
    if not kept:
        raise refusal(path, "", f"holds no row; {what}")
    if len(kept) > MOST_ROWS:
        raise refusal(path, "", f"more than {MOST_ROWS:,} rows; split the file")
    for number, cells in kept:
        if len(cells) != len(header):
            raise refusal(path, f"line {number}", f"{len(cells)} cells, the header has {len(header)}")
    columns = {name: tuple(cells[place].strip() for _, cells in kept) for place, name in enumerate(header)}
    unused = [shown(name) for name in header if name not in known]
    warnings = (f"{path.name}: columns that were not used: {', '.join(unused)}",) if unused else ()
    return Table(path, what, columns, tuple(number for number, _ in kept)), warnings
