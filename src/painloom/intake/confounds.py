"""fMRIPrep's table of confounds, both generations: which columns are regressed out, and their numbers."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from painloom.errors import InputError, UsageError
from painloom.intake.limits import MEBIBYTE, refusal
from painloom.intake.tabtext import read_lines, shown

Floats = npt.NDArray[np.float64]
MOST_BYTES, MOST_COLUMNS, EARLY = 256 * MEBIBYTE, 5_000, 2
ABSENT = ("n/a", "N/A", "nan", "NaN", "")
WHAT = "a confounds table is asked for: tab separated, names in the first line, one line a volume"
AXES = tuple(f"{kind}_{axis}" for kind in ("trans", "rot") for axis in "xyz")
STEPS = ("", "_derivative1", "_power2", "_derivative1_power2")
TISSUE = ("white_matter", "csf")
COSINE, COMPCOR = re.compile(r"cosine_?\d+"), re.compile(r"a_comp_cor_\d+")
KNOWN = re.compile(
    r"(trans|rot)_[xyz]|global_signal|csf|white_matter|csf_wm|dvars|std_dvars|framewise_displacement|rmsd|"
    r"tcompcor|[actw]_comp_cor_\d+|cosine_?\d+|(non_steady_state|motion)_outlier_?\d+|aroma_motion_\d+"
)
BEFORE = {  # names of releases before 1.1
    "WhiteMatter": "white_matter",
    "CSF": "csf",
    "GlobalSignal": "global_signal",
    "stdDVARS": "std_dvars",
    "non-stdDVARS": "dvars",
    "vx-wisestdDVARS": "std_dvars_voxelwise",
    "FramewiseDisplacement": "framewise_displacement",
    **{axis.upper(): f"trans_{axis}" for axis in "xyz"},
    **{f"Rot{axis.upper()}": f"rot_{axis}" for axis in "xyz"},
}
NUMBERED = re.compile(r"([aAtT])CompCor(\d+)|Cosine(\d+)|NonSteadyStateOutlier(\d+)|AROMAAggrComp(\d+)")
MOTION, TISSUES, GLOBAL, DRIFT, COMPONENTS, AUTO = "24", "wm-csf", "global", "cosine", "acompcor", "auto"
STRATEGIES = (AUTO, "6", MOTION, TISSUES, GLOBAL, DRIFT, COMPONENTS)
COMPONENTS_USED = 5


@dataclass(frozen=True)
class Confounds:
    """A table of confounds: `names` of the columns, `values` (volumes, columns) float64, NaN where a cell holds none."""

    name: str
    names: tuple[str, ...]
    values: Floats = field(repr=False)


def read_confounds(path: Path) -> Confounds:
    """The table at `path` (.tsv, plain or packed).

    Raises
    ------
    InputError : no such table, a column twice, a ragged line, a cell that is neither a finite number nor absent.
    """
    lines = read_lines(path, WHAT, most=MOST_BYTES)
    names = _of_today(tuple(cell.strip() for cell in lines[0].split("\t")))
    if len(set(names)) != len(names) or "" in names or len(names) > MOST_COLUMNS:
        raise refusal(path, "line 1", f"a column without a name, twice, or more than {MOST_COLUMNS:,}; {WHAT}")
    if len(lines) < 2:
        raise refusal(path, "", f"a header and no volumes; {WHAT}")
    values = np.empty((len(lines) - 1, len(names)))
    for number, line in enumerate(lines[1:]):
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != len(names):
            raise refusal(path, f"line {number + 2}", f"{len(cells)} cells, the header has {len(names)}")
        for at, cell in enumerate(cells):
            values[number, at] = _number(path, number, names[at], cell)
    return Confounds(path.name, names, values)


def _of_today(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names that fMRIPrep gives to these columns since 1.1; other names as they are.

    A table is renamed only where it holds one of the old names that nothing else uses, since `X` alone may be anybody's regressor.
    """
    if not any(NUMBERED.fullmatch(name) or (name in BEFORE and len(name) > len("RotX")) for name in names):
        return names
    return tuple(BEFORE.get(name) or _numbered(name) for name in names)


def _numbered(name: str) -> str:
    found = NUMBERED.fullmatch(name)
    if found is None:
        return name
    kind, component, drift, early, motion = found.groups()
    if component:
        return f"{kind.lower()}_comp_cor_{component}"
    if drift:
        return f"cosine{drift}"
    return f"non_steady_state_outlier{early}" if early else f"aroma_motion_{motion}"


def _number(path: Path, row: int, name: str, cell: str) -> float:
    if cell in ABSENT:
        return np.nan  # refused below the first volumes, where the column is used
    try:
        value = float(cell) if cell.isascii() and "_" not in cell else np.nan
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise refusal(path, f"line {row + 2}", f"column '{shown(name)}' holds no finite number")
    return value


def chosen_columns(table: Confounds, strategies: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the columns to regress out, in the table's order; names of columns may stand among the strategies.

    "6" and "24" are the motion parameters without and with derivatives and squares, "wm-csf" the two tissue means, "global" the global
    signal, "cosine" the drift terms, "acompcor" the first five components.  "auto" takes the motion parameters that are there (24 or 6),
    tissue means and drift terms; never the global signal.  A table without one name of fMRIPrep holds own regressors: all are taken.

    Raises
    ------
    UsageError : a word that is neither a strategy nor a column, or a strategy of which the table has no column.
    """
    wanted: set[str] = set()
    for word in strategies:
        found = _columns(table, word)
        if not found and word != AUTO:
            raise UsageError(f"--strategy {word}: {table.name} has no such column; strategies: {', '.join(STRATEGIES)}")
        wanted |= found
    return tuple(name for name in table.names if name in wanted)


def _columns(table: Confounds, word: str) -> set[str]:
    there = set(table.names)
    motion = {axis + step for axis in AXES for step in STEPS} & there
    if word == AUTO:
        if not any(KNOWN.fullmatch(_base(name)) for name in there):
            return there
        return motion | (set(TISSUE) & there) | {n for n in there if COSINE.fullmatch(n)}
    if word == "6":
        return set(AXES) & there
    if word == MOTION:
        return motion if len(motion) == len(AXES) * len(STEPS) else set()
    if word == TISSUES:
        return set(TISSUE) & there
    if word == GLOBAL:
        return {"global_signal"} & there
    if word == DRIFT:
        return {n for n in there if COSINE.fullmatch(n)}
    if word == COMPONENTS:
        return set(sorted(n for n in there if COMPCOR.fullmatch(n))[:COMPONENTS_USED])
    return {word} & there


def _base(name: str) -> str:
    for step in STEPS[:0:-1]:
        name = name.removesuffix(step)
    return name


def regressors(table: Confounds, names: tuple[str, ...]) -> Floats:
    """The columns `names` (volumes, columns); an absent value of the first rows takes the next one of its column, as nilearn does.

    Raises
    ------
    InputError : a value that is absent below the second volume.
    """
    for name in names:
        check_column(table, name)
    values = table.values[:, [table.names.index(name) for name in names]].copy()
    for row in range(min(EARLY, len(values) - 1) - 1, -1, -1):
        gap = np.isnan(values[row])
        values[row, gap] = values[row + 1, gap]
    return values


def check_column(table: Confounds, name: str) -> None:
    """InputError where a column that is used lacks a value below the first volumes; one that nobody uses may lack what it likes."""
    late = np.flatnonzero(np.isnan(table.values[EARLY:, table.names.index(name)]))
    if len(late):
        raise InputError(
            f"{table.name}: line {late[0] + EARLY + 2}: no value in column '{shown(name)}'; only the first volumes may lack one"
        )
