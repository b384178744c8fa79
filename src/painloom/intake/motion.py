"""Framewise displacement: a plain list of numbers, or the column of a confounds table."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from painloom.intake.limits import MEBIBYTE, refusal
from painloom.intake.tabtext import read_lines, shown

COLUMN = "framewise_displacement"
HEADS = (COLUMN, "FramewiseDisplacement", "FD", "fd")  # as fMRIPrep, before 1.1 and nipype, others
ABSENT = ("n/a", "N/A", "nan", "NaN")
MOST_BYTES = 64 * MEBIBYTE
MOST_MM = 1_000.0
MOST_VOLUMES = 100_000
WHAT = f"give the framewise displacement in mm: one number a volume and line, or a tab separated table with the column {COLUMN}"


def read_motion(path: Path) -> npt.NDArray[np.float64]:
    """Framewise displacement in mm, one number a volume, in the file's order; all finite and not negative.

    A file with one column is a plain list, with or without the column's name on the first line; a file with several is a confounds
    table.  An absent value (`n/a`) is allowed for the first volume only, which has nothing before it, and is read as 0.

    Raises
    ------
    InputError : no such list or column, a value that is absent later than the first, no number, infinite, negative or beyond 1,000 mm.
    """
    lines = read_lines(path, WHAT, most=MOST_BYTES)
    head = [cell.strip() for cell in lines[0].split("\t")]
    column = next((name for name in HEADS if name in head), "")
    if column:
        cells, first = _column(path, lines, head, column), 2
    elif len(head) > 1:
        raise refusal(path, "line 1", f"no column '{COLUMN}'; {WHAT}")
    else:
        cells, first = [line.strip() for line in lines], 1
    if not cells:
        raise refusal(path, "", f"a header and no volumes; {WHAT}")
    if len(cells) > MOST_VOLUMES:
        raise refusal(path, "", f"{len(cells):,} volumes; at most {MOST_VOLUMES:,} are read")
    return np.array([_value(path, cell, at, at == 0, first) for at, cell in enumerate(cells)], np.float64)


def read_confound(path: Path, column: str) -> npt.NDArray[np.float64]:
    """One column of a confounds table (tab separated), one finite number a volume; nothing is filled in.

    Raises
    ------
    InputError : no such table or column, or a cell that is no finite number.
    """
    lines = read_lines(path, f"give a tab separated confounds table with the column {column}", most=MOST_BYTES)
    head = [cell.strip() for cell in lines[0].split("\t")]
    if column not in head:
        raise refusal(path, "line 1", f"no column '{column}'; give the confounds table of this run")
    values = np.empty(len(lines) - 1, np.float64)
    for at, cell in enumerate(_column(path, lines, head, column)):
        try:
            values[at] = float(cell) if cell.isascii() and "_" not in cell else np.nan
        except ValueError:
            values[at] = np.nan
        if not np.isfinite(values[at]):
            raise refusal(path, f"line {at + 2}", f"column '{column}' holds no finite number; every volume needs one")
    return values


def _column(path: Path, lines: list[str], head: list[str], column: str) -> list[str]:
    if head.count(column) > 1:
        raise refusal(path, "line 1", f"column '{column}' stands there twice; keep one")
    at, cells = head.index(column), []
    for number, line in enumerate(lines[1:], start=2):
        row = line.split("\t")
        if len(row) != len(head):
            raise refusal(path, f"line {number}", f"{len(row)} cells, the header has {len(head)}")
        cells.append(row[at].strip())
    return cells


def _value(path: Path, cell: str, at: int, is_first: bool, first_line: int) -> float:
    """One displacement; `at` counts volumes from 0, `first_line` is the line of the first volume."""
    where = f"line {at + first_line}"
    if cell in ABSENT:
        if is_first:
            return 0.0
        raise refusal(path, where, "no displacement for this volume; only the first volume may lack one")
    try:
        value = float(cell) if cell.isascii() and "_" not in cell else np.nan
    except ValueError:
        several = len(cell.replace(",", " ").split()) > 1
        told = "several values on a line" if several else f"'{shown(cell)}' is no number" if cell else "an empty line"
        raise refusal(path, where, f"{told}; {WHAT}") from None
    if not 0 <= value <= MOST_MM:
        kind = "a negative displacement" if value < 0 else f"no finite displacement up to {MOST_MM:,.0f} mm"
        raise refusal(path, where, f"{kind}; framewise displacement is a distance in mm")
    return value
