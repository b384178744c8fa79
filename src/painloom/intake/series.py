"""Regional time series: a tab separated table, one line a volume, one column a region."""

import itertools
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from painloom.errors import InputError
from painloom.intake.limits import refusal
from painloom.intake.tabtext import read_lines, shown, stem

MOST_COLUMNS = 5_000
MOST_VOLUMES = 100_000
WHAT = "a series is a tab separated table: a header line with the names of the regions, then one line of numbers a volume"


@dataclass(frozen=True, slots=True)
class Series:
    """One series: `values` (volumes, regions) float64, finite; `names` in the order of the columns, a name may occur twice.

    `id` is the file's stem.
    """

    id: str
    names: tuple[str, ...]
    values: npt.NDArray[np.float64]


def read_series(path: Path) -> Series:
    """The series at `path` (.tsv, or the same packed by gzip).

    Columns keep their order, because names may occur twice and only the position tells them apart.  Nothing is skipped and nothing
    filled in: a line or cell left out would put the volumes out of step with the motion.

    Raises
    ------
    InputError : not such a table, too large, a cell that is no finite number, or a line with another number of cells than the header.
    """
    lines = read_lines(path, WHAT)
    names = tuple(cell.strip() for cell in lines[0].split("\t"))
    _check_header(path, names, len(lines))
    body = lines[1:]
    width = len(names) - 1
    for number, line in enumerate(body, start=2):
        if line.count("\t") != width:
            found = line.count("\t") + 1 if line.strip() else 0
            raise refusal(
                path, f"line {number}", f"{found} cells, the header has {len(names)}; every volume needs a value for every region"
            )
    values = _numbers(path, body, len(names))
    return Series(stem(path), names, values)


def _check_header(path: Path, names: tuple[str, ...], lines: int) -> None:
    if len(names) == 1 and any(mark in names[0] for mark in ",; "):
        raise refusal(path, "line 1", f"no tab in the header; {WHAT}")
    if len(names) > MOST_COLUMNS:
        raise refusal(path, "line 1", f"{len(names):,} columns; at most {MOST_COLUMNS:,} are read")
    empty = [at for at, name in enumerate(names, start=1) if not name]
    if empty:
        raise refusal(path, "line 1", f"column {empty[0]} has no name; {WHAT}")
    if all(_is_number(name) for name in names) and len(names) > 1:
        raise refusal(path, "line 1", f"numbers instead of names; {WHAT}")
    if lines < 2:
        raise refusal(path, "", "a header and no volumes; give the whole series")
    if lines - 1 > MOST_VOLUMES:
        raise refusal(path, "", f"{lines - 1:,} volumes; at most {MOST_VOLUMES:,} are read")


def _numbers(path: Path, body: list[str], width: int) -> npt.NDArray[np.float64]:
    try:
        if any("_" in line or not line.isascii() for line in body):  # float() would take 1_000 and digits of other scripts
            raise ValueError
        cells = itertools.chain.from_iterable(line.split("\t") for line in body)
        values = np.fromiter(map(float, cells), np.float64, len(body) * width)
    except ValueError:
        raise _first_wrong(path, body) from None
    if not np.isfinite(values).all():
        raise _first_wrong(path, body)
    return values.reshape(len(body), width)


def _first_wrong(path: Path, body: list[str]) -> InputError:
    """The refusal that names the first cell which is no finite number."""
    for number, line in enumerate(body, start=2):
        for at, cell in enumerate(line.split("\t"), start=1):
            if not _is_number(cell) or not math.isfinite(float(cell)):
                kind = "is empty" if not cell.strip() else f"holds '{shown(cell.strip())}'"
                what = f"{kind}; every cell must be a finite number (a region without signal makes the series unfit)"
                return refusal(path, f"line {number} column {at}", what)
    return refusal(path, "", f"a cell is no number; {WHAT}")


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return cell.isascii() and "_" not in cell
