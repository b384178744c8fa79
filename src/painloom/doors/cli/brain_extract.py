"""painloom brain extract: regional time series of a 4D image, in one pass."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.output import listed, say, write_pieces
from painloom.errors import InputError, UsageError

if TYPE_CHECKING:
    from painloom.brain.clean import Cleaning, Floats, Mask
    from painloom.brain.extract import Regions
    from painloom.intake.confounds import Confounds
    from painloom.model.brain import Gate

COVERED, ABSENT = 0.5, "."
FORMATS = ("tsv", "text", "json")  # text is the same table: a series is for programs
MEAN_MM, MOST_PERCENT, LEAST_VOLUMES, LEAST_TSNR, SCRUB_MM = 0.5, 50.0, 100, 20.0, 0.5
DISPLACEMENT = "framewise_displacement"


def add_verb(inner: Any) -> None:
    """Add `extract` to the verbs of `brain`."""
    verb = inner.add_parser("extract", help="regional time series of a 4D image, in one pass and constant memory")
    verb.add_argument("bold", type=Path, metavar="BOLD", help="4D image (.nii, .nii.gz)")
    verb.add_argument("--atlas", type=Path, metavar="LABELS", required=True, help="label image on the same grid, names beside it")
    verb.add_argument("--resample-atlas", action="store_true", help="put the labels onto the image's grid by nearest neighbour")
    verb.add_argument("--confounds", type=Path, metavar="TSV", help="fMRIPrep's table of confounds, to regress out and to scrub by")
    verb.add_argument(
        "--strategy", metavar="A,B", help="which of its columns: auto (default), 6, 24, wm-csf, global, cosine, acompcor, none, names"
    )
    verb.add_argument("--detrend", action="store_true", help="take a straight line out of every region")
    verb.add_argument("--high-pass", type=float, metavar="HZ")
    verb.add_argument("--low-pass", type=float, metavar="HZ")
    verb.add_argument("--tr", type=float, metavar="S", help="seconds between volumes, where the header does not say or is wrong")
    verb.add_argument("--scrub", type=float, metavar="MM", help="drop volumes whose framewise displacement is above this")
    verb.add_argument("--standardize", action="store_true", help="bring every region to mean 0 and SD 1")
    verb.add_argument(
        "--min-coverage",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="withhold regions with a signal in less than this share of their voxels",
    )
    verb.add_argument(
        "--weights", type=Path, action="append", default=[], metavar="MAP", help="also the dot product of every volume with this map"
    )
    verb.add_argument("--gates", type=Path, metavar="FILE", help="write the quality gates there as JSON")
    verb.add_argument("--format", choices=FORMATS, default="tsv")
    verb.add_argument("-o", type=Path, dest="output", metavar="OUT.tsv", help="write there instead of stdout")
    verb.set_defaults(run=run_extract)


def run_extract(args: argparse.Namespace) -> int:
    """`painloom brain extract`."""
    import numpy as np

    from painloom.brain.clean import clean
    from painloom.brain.extract import extract_regions
    from painloom.intake.confounds import read_confounds
    from painloom.intake.maps import read_map

    plan = _plan(args)
    table = read_confounds(args.confounds) if args.confounds else None
    used = _used(args, table)
    regions = extract_regions(args.bold, args.atlas, resample=args.resample_atlas, weights=[read_map(path) for path in args.weights])
    if len(regions.values) < 2:
        raise InputError(f"{args.bold.name}: one volume, a series has several; give the whole run")
    if table is not None and len(table.values) != len(regions.values):
        raise InputError(
            f"{table.name}: {len(table.values)} volumes, {args.bold.name} has {len(regions.values)}; give the table of the same run"
        )
    moved = _displacement(table)
    keep = _kept(args, moved)
    held = (regions.coverage > 0) & (regions.coverage >= args.min_coverage)
    values = regions.values.copy()
    values[:, ~held] = float("nan")
    tr = args.tr if args.tr is not None else regions.tr_s
    confounds = _regressors(table, used)
    series = clean(values, plan, confounds=confounds, keep=keep, tr_s=tr) if _is_changed(plan, confounds, keep) else values
    dots = regions.dots if keep is None else regions.dots[keep]
    made = _json if args.format == "json" else _lines
    write_pieces(made(regions, [path.name for path in args.weights], series, dots), args.output)
    gates = _gates(args, regions, moved)
    if args.gates:
        write_pieces([_gate_text(gates)], args.gates)
    lost = held & np.isfinite(regions.values).any(axis=0) & np.isnan(series).all(axis=0)
    for line in (
        *_remarks(args, regions, table, used, held, keep),
        *_lost(lost),
        *(f"gate failed: {g.text}" for g in gates if not g.is_passed),
    ):
        say(line, sys.stderr)
    return 0


def _plan(args: argparse.Namespace) -> "Cleaning":
    from painloom.brain.clean import Cleaning

    for name, value in (("--tr", args.tr), ("--high-pass", args.high_pass), ("--low-pass", args.low_pass), ("--scrub", args.scrub)):
        if value is not None and not 0 < value < 1e6:
            raise UsageError(f"{name} must be a number above 0")
    if not 0 <= args.min_coverage <= 1:
        raise UsageError("--min-coverage must be a share from 0 to 1")
    if (args.scrub is not None or args.strategy) and not args.confounds:
        raise UsageError("--scrub and --strategy need the table of confounds: give --confounds TSV")
    return Cleaning(args.detrend, args.high_pass, args.low_pass, args.standardize)


def _used(args: argparse.Namespace, table: "Confounds | None") -> tuple[str, ...]:
    from painloom.intake.confounds import AUTO, chosen_columns

    if table is None or args.strategy == "none":
        return ()
    return chosen_columns(table, tuple(listed(args.strategy or AUTO)))


def _regressors(table: "Confounds | None", used: tuple[str, ...]) -> "Floats | None":
    from painloom.intake.confounds import regressors

    return regressors(table, used) if table is not None and used else None


def _displacement(table: "Confounds | None") -> "Floats | None":
    """Framewise displacement of the table in mm, the first volume 0; None when it has none."""
    import numpy as np

    if table is None or DISPLACEMENT not in table.names:
        return None
    from painloom.intake.confounds import check_column

    check_column(table, DISPLACEMENT)
    values = table.values[:, table.names.index(DISPLACEMENT)]
    if (values[np.isfinite(values)] < 0).any():
        raise InputError(f"{table.name}: column {DISPLACEMENT}: a negative distance; give the table as it was written")
    found: Floats = np.where(np.isnan(values), 0.0, values)
    return found


def _kept(args: argparse.Namespace, moved: "Floats | None") -> "Mask | None":
    if args.scrub is None:
        return None
    if moved is None:
        raise InputError(f"{args.confounds.name}: no column {DISPLACEMENT}, which --scrub needs")
    keep: Mask = moved <= args.scrub
    if keep.sum() < 2:
        raise InputError(f"{args.confounds.name}: {int(keep.sum())} volumes are left below {args.scrub:g} mm; this run cannot be used")
    return keep


def _is_changed(plan: "Cleaning", confounds: "Floats | None", keep: "Mask | None") -> bool:
    return plan.is_detrended or plan.is_filtered or plan.is_standardised or confounds is not None or keep is not None


def _lines(regions: "Regions", maps: list[str], series: "Floats", dots: "Floats") -> Iterator[bytes]:
    """Header, then one line a volume; shortest digits that give the number back, `.` for an absent value."""
    yield ("\t".join((*(name.replace("\t", " ") for name in regions.names), *maps)) + "\n").encode()
    for row, products in zip(series.tolist(), dots.tolist(), strict=True):
        cells = (ABSENT if value != value else repr(value) for value in (*row, *products))
        yield ("\t".join(cells) + "\n").encode()


def _json(regions: "Regions", maps: list[str], series: "Floats", dots: "Floats") -> Iterator[bytes]:
    """`columns`, and `volumes` with one list a volume; None for an absent value, since a name may occur twice."""
    rows = zip(series.tolist(), dots.tolist(), strict=True)
    volumes = [[None if value != value else value for value in (*row, *products)] for row, products in rows]
    yield (json.dumps({"columns": [*regions.names, *maps], "volumes": volumes}, ensure_ascii=False) + "\n").encode()


def _gates(args: argparse.Namespace, regions: "Regions", moved: "Floats | None") -> "list[Gate]":
    from painloom.brain.gates import coverage_gate, is_centred, motion_gates, tsnr_gate

    limit = args.scrub if args.scrub is not None else SCRUB_MM
    gates = [coverage_gate(regions.coverage, args.min_coverage or COVERED)]
    if len(regions.values) > 1 and not is_centred(regions.values):
        gates.append(tsnr_gate(regions.values, LEAST_TSNR))
    if args.confounds:
        gates += motion_gates(moved, scrub_mm=limit, mean_mm=MEAN_MM, most_percent=MOST_PERCENT, least_volumes=LEAST_VOLUMES)
    return gates


def _gate_text(gates: "list[Gate]") -> bytes:
    rows = [{"id": g.id, "passed": g.is_passed, "value": g.value, "limit": g.limit, "unit": g.unit, "text": g.text} for g in gates]
    return (json.dumps(rows, indent=1) + "\n").encode()


def _lost(lost: "Mask") -> Iterator[str]:
    if lost.any():
        yield f"{int(lost.sum())} regions are withheld ('{ABSENT}'): a volume holds no value for them, and cleaning needs every volume"


def _remarks(
    args: argparse.Namespace, regions: "Regions", table: "Confounds | None", used: tuple[str, ...], held: "Mask", keep: "Mask | None"
) -> Iterator[str]:
    from painloom.brain.gates import is_centred

    yield from (f"{args.bold.name}: {note}" for note in regions.notes)
    if not regions.space:
        yield f"{args.bold.name}: the name states no space; that image and atlas belong together rests on equal grids alone"
    outside = [name for name, count in zip(regions.names, regions.counts, strict=True) if not count]
    if outside:
        yield f"{len(outside)} regions lie outside the image: {', '.join(outside[:5])}{' ...' if len(outside) > 5 else ''}"
    low = int((~held).sum()) - len(outside)
    if low > 0:
        share = f"less than {100 * args.min_coverage:g} % of their voxels hold a signal" if args.min_coverage else "no voxel holds a signal"
        yield f"{low} regions are withheld ('{ABSENT}'): {share}"
    poor = int((held & (regions.coverage < COVERED)).sum())
    if poor:
        yield f"{poor} means take in empty voxels, more than half of their region; --min-coverage {COVERED:g} withholds them"
    if is_centred(regions.values):
        yield f"{args.bold.name}: its values were centred already: temporal signal to noise cannot be judged"
    if regions.nan_voxels:
        yield f"{regions.nan_voxels:,} values were not finite and were skipped"
    if table is not None:
        yield (
            f"regressed out: {', '.join(used)}" if used else f"{table.name}: nothing was regressed out (no motion, tissue or drift columns)"
        )
    if keep is not None:
        yield f"{int((~keep).sum())} of {len(keep)} volumes dropped: displacement above {args.scrub:g} mm"
