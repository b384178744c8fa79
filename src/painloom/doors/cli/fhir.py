"""painloom fhir import; export stands in a file of its own."""

import argparse
import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.fhir_export import add_verb
from painloom.doors.cli.output import say
from painloom.errors import UsageError

if TYPE_CHECKING:
    from painloom.fhir.imported import Imported

LONGEST_LABEL = 200


def add_verbs(verbs: Any) -> None:
    """Add `fhir` with its verbs to the command line."""
    group = verbs.add_parser("fhir", help="FHIR R4 bundles in and out")
    inner = group.add_subparsers(metavar="VERB", required=True)
    parser = inner.add_parser("import", help="a bundle of one person becomes a case folder; what is not understood is listed")
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="FHIR R4 Bundle in JSON")
    parser.add_argument("-o", type=Path, dest="output", metavar="CASE", required=True, help="the case folder to write")
    parser.add_argument("--as-of", metavar="DATE", help="the day for which the age is worked out (YYYY-MM-DD); today when not given")
    parser.add_argument("--label", metavar="TEXT", default="", help="how the case is called; never taken from the bundle")
    parser.add_argument("--replace", action="store_true", help="replace the case that the folder holds")
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    parser.set_defaults(run=run_import)
    add_verb(inner)


def run_import(args: argparse.Namespace) -> int:
    """`painloom fhir import`."""
    from painloom.fhir.bundle import read_file
    from painloom.fhir.casefile import NOT_READ
    from painloom.fhir.read import by_type
    from painloom.fhir.write_back import read_written
    from painloom.fhir.write_files import write_folder
    from painloom.knowledge.load import load

    if len(args.label) > LONGEST_LABEL:
        raise UsageError(f"--label must be at most {LONGEST_LABEL} characters")
    imported = read_written(read_file(args.bundle), load(args.knowledge), _day(args.as_of), args.label.strip())
    write_folder(imported, args.output, replace=args.replace)
    for note in imported.notes:
        say(note, sys.stderr)
    for kind, count, why in by_type(imported.left_out):
        say(f"not in the case: {kind}, {count} of its resources or parts ({why})", sys.stderr)
    print(f"{_what(imported)}; {len(imported.left_out)} resources or parts are not in the case: {args.output / NOT_READ}")
    return 0


def _day(written: str | None) -> str:
    if written is None:
        return datetime.date.today().isoformat()
    try:
        return datetime.date.fromisoformat(written).isoformat()
    except ValueError:
        raise UsageError("--as-of must be a date, YYYY-MM-DD") from None


def _what(imported: "Imported") -> str:
    counts = dict(imported.counts)
    unknown = counts.pop("measures_of_unknown_code")
    parts = [
        f"{count} {name}" + (f" ({unknown} of unknown code)" if name == "measures" and unknown else "") for name, count in counts.items()
    ]
    return f"read {', '.join(parts)} from {imported.used} of {imported.resources} resources"
