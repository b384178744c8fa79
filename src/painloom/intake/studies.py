"""Study rows for a meta-analysis, CSV with `study,effect,se` -> arrays; only form is judged here."""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from painloom.intake.limits import MEBIBYTE, refusal
from painloom.intake.tabtext import read_lines, shown

NEEDED = ("study", "effect", "se")
MOST_BYTES = 16 * MEBIBYTE
MOST_STUDIES = 10_000
LARGEST = 1e70  # fourth powers and their sums stay finite
WHAT = "a CSV with the columns study,effect,se is needed"


@dataclass(frozen=True, slots=True)
class Studies:
    """Names (studies,), effects (studies,) on one scale and their standard errors (studies,), all finite, standard errors above 0."""

    names: tuple[str, ...]
    effects: NDArray[np.float64]
    errors: NDArray[np.float64]
    warnings: tuple[str, ...] = ()


def read_studies(path: Path) -> Studies:
    """The study rows at `path`: a header with `study,effect,se` in any order, comma separated; blank lines are skipped.

    Raises
    ------
    InputError : another content, no study, a line with another number of cells than the header, a study twice, an effect that is no finite
        number, a standard error that is missing, zero, negative or no finite number.
    """
    rows = _rows(path)
    first, cells = next(rows, (1, []))
    header = [cell.strip().lower() for cell in cells]
    lost = [name for name in NEEDED if header.count(name) != 1]
    if lost:
        found = "stands twice" if header.count(lost[0]) > 1 else "is missing"
        raise refusal(path, f"line {first}", f"column '{lost[0]}' {found}; {WHAT}")
    places = [header.index(name) for name in NEEDED]
    names: dict[str, None] = {}
    effects: list[float] = []
    errors: list[float] = []
    for number, cells in rows:
        where = f"line {number}"
        if len(cells) != len(header):
            raise refusal(path, where, f"{len(cells)} cells, the header has {len(header)}; put quotes around a cell that holds a comma")
        name, effect, error = (cells[place].strip() for place in places)
        if not name or name in names:
            raise refusal(path, where, "a study without a name or twice; give every row a name of its own, one row a comparison")
        names[name] = None
        effects.append(_number(path, where, "effect", effect, -LARGEST))
        errors.append(_number(path, where, "se", error, 1 / LARGEST))
        if len(names) > MOST_STUDIES:
            raise refusal(path, where, f"more than {MOST_STUDIES:,} studies; split the file")
    if not names:
        raise refusal(path, "", f"holds no study; {WHAT}")
    unused = [shown(name) for name in header if name not in NEEDED]
    warnings = (f"{path.name}: columns that were not used: {', '.join(unused)}",) if unused else ()
    return Studies(tuple(names), np.array(effects), np.array(errors), warnings)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every line that is not blank; a record over several lines has the number of its last one."""
    reader = csv.reader(read_lines(path, WHAT, most=MOST_BYTES), strict=True)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as wrong:
            end = "unexpected end" in str(wrong)
            what = "quotes that do not close" if end else "a cell that is too long, or has something behind its quotes"
            raise refusal(path, "" if end else f"line {reader.line_num}", f"{what}; {WHAT}") from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def _number(path: Path, where: str, name: str, text: str, low: float) -> float:
    if text in ("", "."):
        raise refusal(path, where, f"{name} is missing; leave the study out or give its {name}")
    try:
        value = float(text.replace("_", "?"))  # Python would read 1_5 as 15
    except ValueError:
        raise refusal(path, where, f"{name} '{shown(text)}' is no number; write it with a point, such as 0.25") from None
    if name == "se" and math.isfinite(value) and value <= 0:
        raise refusal(path, where, f"se is {'zero' if value == 0 else 'negative'}; a standard error above 0 is needed")
    if not math.isfinite(value) or not low <= value <= LARGEST:
        raise refusal(path, where, f"{name} is not a finite number of usual size; give it on the scale of the analysis")
    return value
