"""painloom evidence pool: study rows, pooled in four ways."""

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.output import say, write_table
from painloom.doors.cli.plotting import HELP, plot_place, write_plot
from painloom.errors import UsageError

if TYPE_CHECKING:
    from painloom.intake.studies import Studies
    from painloom.report.plots.scene import Scene
    from painloom.response.pool import Pooled

FORMATS = ("text", "json", "tsv")
COLUMNS = ("method", "estimate", "low", "high", "tau2", "i2", "pi_low", "pi_high")
DIGITS = 10
FEW = 5
LOWEST, HIGHEST, LARGEST = 0.01, 0.9999, 1e30


def add_verb(inner: Any) -> None:
    """Add `pool`."""
    pool = inner.add_parser("pool", help="random-effects pooling of study rows, with prediction intervals")
    pool.add_argument(
        "file", type=Path, metavar="FILE.csv", help="study,effect,se: one comparison a row, effects on one scale (log for ratios)"
    )
    pool.add_argument("--level", type=float, default=0.95, metavar="P", help="coverage of the intervals (default 0.95)")
    pool.add_argument(
        "--tau-scale", type=float, metavar="X", help="Bayes: scale of the half-normal prior between studies (default: by the unit)"
    )
    pool.add_argument("--mean-sd", type=float, metavar="X", help="Bayes: SD of a normal prior of the mean around 0 (default: flat)")
    pool.add_argument("--plot", type=Path, metavar="PATH", help=f"forest plot; {HELP}")
    pool.add_argument("--log", action="store_true", help="with --plot: the effects are logarithms of ratios; print ratios")
    pool.add_argument("--format", choices=FORMATS, default="text")
    pool.add_argument("-o", type=Path, dest="output", metavar="PATH", help="write there instead of stdout")
    pool.set_defaults(run=run_pool)


def run_pool(args: argparse.Namespace) -> int:
    """`painloom evidence pool`."""
    from painloom.intake.studies import read_studies
    from painloom.response.pool import pool_all

    if not LOWEST <= args.level <= HIGHEST:
        raise UsageError(f"--level must lie from {LOWEST} to {HIGHEST}")
    for name, value in (("--tau-scale", args.tau_scale), ("--mean-sd", args.mean_sd)):
        if value is not None and not 1 / LARGEST <= value <= LARGEST:
            raise UsageError(f"{name} must be a number above 0 of usual size")
    place = plot_place(args.plot)
    studies = read_studies(args.file)
    rows = pool_all(studies.effects, studies.errors, level=args.level, tau_scale=args.tau_scale, mean_sd=args.mean_sd)
    write_table(COLUMNS, (_cells(row, args.format) for row in rows), args.format, args.output, list(_notes(studies, rows, args.level)))
    if place is not None:
        write_plot(lambda width: _forest(studies, rows, width, is_log=args.log), place)
    for warning in studies.warnings:
        say(warning)
    return 0


def _forest(studies: "Studies", rows: "tuple[Pooled, ...]", width: float, *, is_log: bool) -> "Scene":
    """Weights are those of the restricted likelihood; a method without an interval is left out."""
    import numpy as np

    from painloom.report.plots.board import Scale
    from painloom.report.plots.forest import forest
    from painloom.report.plots.studies import Mean, studies_of

    tau2 = float(np.nan_to_num(rows[2].tau2[0]))
    drawn = studies_of(studies.names, studies.effects.tolist(), studies.errors.tolist(), (1 / (studies.errors**2 + tau2)).tolist())
    means = [Mean(row.method, *(_number(getattr(row, name)[0]) for name in COLUMNS[1:])) for row in rows if not math.isnan(row.low[0])]
    return forest(drawn, means, Scale(is_log=is_log), width=width)


def _number(value: float) -> Any:
    return None if math.isnan(value) else float(value)


def _cells(row: "Pooled", form: str) -> tuple[str, ...]:
    digits = 4 if form == "text" else DIGITS
    numbers = (float(getattr(row, name)[0]) for name in COLUMNS[1:])
    return (row.method, *("." if math.isnan(number) else f"{number:.{digits}g}" for number in numbers))


def _notes(studies: "Studies", rows: "tuple[Pooled, ...]", level: float) -> Iterator[str]:
    count = len(studies.names)
    share = f"{level:.0%}"
    yield ""
    yield f"{count} {'study' if count == 1 else 'studies'}; low, high: {share} interval of the mean; pi: of the true effect of a new study."
    yield "common: one true effect; dl: moments; reml: restricted likelihood, Hartung-Knapp interval; bayes: variance integrated out."
    if count == 1:
        yield "One study tells nothing about the variance between studies: dl and reml have no interval."
    elif count < FEW:
        yield f"With fewer than {FEW} studies the variance between them is hardly known: read the widest interval."
    reml = rows[2]
    if count > 1 and reml.tau2[0] > 0:
        yield f"{float(reml.i2[0]):.0%} of the variance lies between studies (reml); when that is much, read the prediction interval."
