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
ABSENT = (".", "n/a")  # as `brain extract` and XCP-D write a region that is not covered
WHAT = "a series is a tab separated table: a header line with the names of the regions, then one line of numbers a volume"


@dataclass(frozen=True, slots=True)
class Series:
    """One series: `values` (volumes, regions) float64, NaN where the table says that there is none; `names` in the order of the columns.

    A name may occur twice.  `id` is the file's stem.
    """

    id: str
    names: tuple[str, ...]
    values: npt.NDArray[np.float64]


def read_series(path: Path) -> Series:
    """The series at `path` (.tsv, or the same packed by gzip).

    Columns keep their order, because names may occur twice and only the position tells them apart.  Nothing is skipped and nothing
    filled in: a line or cell left out would put the volumes out of step with the motion.  A cell that says absent (`.`, `n/a`) is NaN.

    Raises
    ------
    InputError : not such a table, too large, a cell that is neither a finite number nor absent, or a line with another number of cells
    than the header.
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
    if len(names) > 1 and all(_is_number(name) for name in names) and not _are_labels(names):
        raise refusal(path, "line 1", f"numbers instead of names; {WHAT}")
    if lines < 2:
        raise refusal(path, "", "a header and no volumes; give the whole series")
    if lines - 1 > MOST_VOLUMES:
        raise refusal(path, "", f"{lines - 1:,} volumes; at most {MOST_VOLUMES:,} are read")


def _are_labels(names: tuple[str, ...]) -> bool:
    """Whether the header holds the numbers of an atlas without names: whole, rising, none of them 0."""
    if not all(name.isdigit() for name in names):
        return False
    numbers = [int(name) for name in names]
    return numbers[0] > 0 and all(low < high for low, high in itertools.pairwise(numbers))


def _numbers(path: Path, body: list[str], width: int) -> npt.NDArray[np.float64]:
    try:
        if any("_" in line or not line.isascii() for line in body):  # float() would take 1_000 and digits of other scripts
            raise ValueError
        cells = itertools.chain.from_iterable(line.split("\t") for line in body)
        values = np.fromiter(map(float, cells), np.float64, len(body) * width)
        if not np.isfinite(values).all():
            raise ValueError
    except ValueError:
        values = _with_gaps(path, body, width)
    return values.reshape(len(body), width)


def _with_gaps(path: Path, body: list[str], width: int) -> npt.NDArray[np.float64]:
    """The cells one by one, NaN where one says absent; InputError for the first that is no finite number either."""
    values = np.empty(len(body) * width, np.float64)
    for at, cell in enumerate(itertools.chain.from_iterable(line.split("\t") for line in body)):
        if cell.strip() in ABSENT:
            values[at] = np.nan
        elif _is_number(cell) and math.isfinite(float(cell)):
            values[at] = float(cell)
        else:
            raise _wrong(path, at // width + 2, at % width + 1, cell)
    return values


def _wrong(path: Path, line: int, column: int, cell: str) -> InputError:
    """The refusal that names one cell."""
    kind = "is empty" if not cell.strip() else f"holds '{shown(cell.strip())}'"
    what = f"{kind}; every cell must be a finite number, or {' or '.join(ABSENT)} where a region has no signal"
    return refusal(path, f"line {line} column {column}", what)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return cell.isascii() and "_" not in cell
