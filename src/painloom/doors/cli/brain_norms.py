"""painloom brain norms: regional volumes, areas and thicknesses against a norm."""

import argparse
import contextlib
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.output import listed, say, write_table
from painloom.errors import UsageError

if TYPE_CHECKING:
    from painloom.brain.circuits import CircuitSummary
    from painloom.brain.norms import Judged
    from painloom.knowledge.norms import CircuitCard, NormCard
    from painloom.model.brain import NormView

FORMATS = ("text", "json", "tsv")
COLUMNS = ("region", "measure", "value", "expected", "z", "centile", "status")
MORE = ("unit", "z_low", "z_high", "table", "circuits")
CNR = ("auto", "impute")
ABSENT = "."
SHORT, LONG = ".4f", ".6f"  # z for people, z for programs
WIDTH = 118
ASYMMETRIES_SHOWN = 5


def add_verb(inner: Any) -> None:
    """Add `norms` to the verbs of `brain`."""
    parser = inner.add_parser("norms", help="regional brain measures against people of the same age, sex and head size")
    parser.add_argument("subject", type=Path, metavar="SUBJECT_DIR", help="FreeSurfer-style results: stats/ and mri/ where there")
    parser.add_argument("--age", type=float, required=True, metavar="Y", help="age in years")
    parser.add_argument("--sex", choices=("F", "M"), required=True, help="the term of the norm that fits the person")
    parser.add_argument("--norm", metavar="ID", help="which norm (default: the only one, or the first)")
    parser.add_argument("--field", metavar="T", help="field strength of the scanner, 1.5 or 3")
    parser.add_argument("--vendor", metavar="NAME", help="maker of the scanner: siemens, philips, ge")
    parser.add_argument("--voxel", type=float, metavar="MM3", help="size of a voxel as acquired (default: the norm's, 1)")
    parser.add_argument("--tables", metavar="a,b", help="tables of the norm instead of its default; 'all' for every one")
    parser.add_argument("--cnr", choices=CNR, default="auto", help="auto: contrast measured where mri/ is there; impute: the norm's mean")
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("-o", type=Path, dest="output", metavar="PATH", help="write there instead of stdout")
    parser.set_defaults(run=run_norms)


def run_norms(args: argparse.Namespace) -> int:
    """`painloom brain norms`."""
    from painloom.brain.circuits import summaries
    from painloom.brain.contrast import Contrasts
    from painloom.brain.covariates import Scan, check_person
    from painloom.brain.norms import judge, scan_contrasts, tables_of, view_of, warnings
    from painloom.intake.freesurfer import read_subject

    card, circuits, notes = _cards(args)
    names = listed(args.tables)
    choices = _choices(args)
    check_person(card, args.age, args.sex, Scan(choices, args.voxel))
    brain = read_subject(args.subject)
    tables = tables_of(card, brain, names)
    contrasts = scan_contrasts(card, brain, tables) if args.cnr == "auto" else Contrasts({}, ("--cnr impute: contrast is not measured",))
    scan = Scan(choices, args.voxel, contrasts)
    judged = judge(card, brain, args.age, args.sex, scan=scan, tables=tables, circuits=circuits)
    view = view_of(card, judged, (*brain.warnings, *contrasts.warnings, *warnings(card, brain, scan, tables)))
    if args.format == "json":
        columns: tuple[str, ...] = (*COLUMNS, *MORE)
    else:
        columns = (*COLUMNS, "table") if names and args.format == "tsv" else COLUMNS
    digits = SHORT if args.format == "text" else LONG
    rows = (tuple(cells[name] for name in columns) for cells in (_cells(one, digits) for one in judged))
    last = [*_summary(view, summaries(circuits, view.rows)), *notes, *_last(view)]
    write_table(columns, rows, args.format, args.output, last)
    for warning in view.warnings:
        say(warning)
    return 0


def _choices(args: argparse.Namespace) -> dict[str, str]:
    """What was said of the scanner, spelled as on cards: `Philips` is philips, `3T` and `3.0` are 3."""
    said = {id_: str(value).strip().lower() for id_ in ("field", "vendor") if (value := getattr(args, id_)) is not None}
    if "field" in said:
        with contextlib.suppress(ValueError):
            said["field"] = format(float(said["field"].removesuffix("t").strip()), "g")
    return said


def _cards(args: argparse.Namespace) -> "tuple[NormCard, CircuitCard | None, list[str]]":
    from painloom.knowledge.load import load
    from painloom.knowledge.norms import read_circuits, read_norms

    knowledge = load(args.knowledge)
    files = knowledge.files("norms")
    norms = read_norms(files)
    id_ = args.norm or next(iter(norms), "")
    if id_ not in norms:
        raise UsageError(f"--norm '{id_}' is not known; there are: {', '.join(norms)}")
    return norms[id_], read_circuits(files), [f"own card: {line}" for line in knowledge.replaced]


def _cells(one: "Judged", form: str) -> dict[str, str]:
    """The cells of a row by column; `form` is that of z."""
    row = one.row
    return {
        "region": row.region,
        "measure": row.measure,
        "value": _number(row.value, "g"),
        "expected": _number(row.expected, "g"),
        "z": _number(row.z, form),
        "centile": _number(row.centile, ".2f"),
        "status": row.status,
        "unit": row.unit,
        "z_low": _number(row.z_low, form),
        "z_high": _number(row.z_high, form),
        "table": one.place.table,
        "circuits": row.group or ABSENT,
    }


def _number(value: float | None, form: str) -> str:
    """Values to seven figures, without an exponent."""
    if value is None:
        return ABSENT
    return f"{value:.7g}" if form == "g" else format(value, form)


def _summary(view: "NormView", circuits: "Sequence[CircuitSummary]") -> Iterator[str]:
    """Circuits, then the largest differences between the sides."""
    scored = [c for c in circuits if c.mean_z is not None]
    if scored:
        yield ""
        yield "Mean z by circuit (a sorting of regions, no score with a norm of its own; which regions make a circuit is to be verified):"
        yield from (f"  {c.label}, {c.measure}: {c.mean_z:+.2f} over {c.count} of {c.of} regions" for c in scored)
    sides = sorted((a for a in view.asymmetries if a.z_difference is not None), key=lambda a: -abs(a.z_difference or 0))
    if sides:
        yield ""
        yield "Largest differences between the sides against the norm (index 100 (L - R) / mean; positive = left larger):"
        for a in sides[:ASYMMETRIES_SHOWN]:
            yield f"  {a.region}, {a.measure}: {a.index_percent:+.1f} %, difference of z {a.z_difference:+.2f}"


def _last(view: "NormView") -> Iterator[str]:
    from painloom.brain.norm_remarks import NOT_DIAGNOSTIC

    yield ""
    yield f"{view.label}; claim: {view.claim}; card {view.card[0]} {view.card[1]}"
    for text in (view.verdict, NOT_DIAGNOSTIC):
        yield from textwrap.wrap(text, WIDTH)
    yield f"{view.observed} of {view.count} regions lie beyond |z| > {view.limit:g}; chance alone would give {view.expected:.1f}."
