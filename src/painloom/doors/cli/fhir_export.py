"""painloom fhir export."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.day import day_of
from painloom.doors.cli.output import say
from painloom.errors import InputError, UsageError

if TYPE_CHECKING:
    from painloom.knowledge.load import Knowledge
    from painloom.model.assessment import Assessment

DECIDED = "was assessed already: --as-of, --absent and --build belong to a case folder"


def add_verb(inner: Any) -> None:
    """Add `export` to the verbs of `fhir`."""
    parser = inner.add_parser("export", help="a case becomes a FHIR R4 bundle: what came in, what was found, what it rests on")
    parser.add_argument("case", type=Path, metavar="CASE|ASSESSMENT", help="a case folder, which is assessed first, or an assessment.json")
    parser.add_argument("-o", type=Path, dest="output", metavar="BUNDLE", required=True, help="the JSON file to write")
    parser.add_argument("--as-of", metavar="DATE", help="the day the statement is made for, YYYY-MM-DD (default: today)")
    parser.add_argument("--absent", choices=("missing", "reference"), help="what a genome site without a record means (default: missing)")
    parser.add_argument("--build", choices=("GRCh37", "GRCh38"), help="reference build, where the genome file does not say")
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    parser.set_defaults(run=run_export)


def run_export(args: argparse.Namespace) -> int:
    """`painloom fhir export`."""
    if args.output.is_dir():
        raise InputError(f"{args.output.name}: is a folder; name a file for the bundle")
    from painloom.fhir.write import export_bundle, render
    from painloom.knowledge.load import load

    knowledge = load(args.knowledge)
    assessment = _stored(args, knowledge) if args.case.is_file() else _assessed(args, knowledge)
    bundle = export_bundle(assessment, knowledge)
    unfinished = args.output.with_name(f"{args.output.name}.unfinished")
    unfinished.write_text(render(bundle), encoding="utf-8", newline="\n")
    os.replace(unfinished, args.output)
    for warning in assessment.warnings:
        say(warning, sys.stderr)
    entries = bundle["entry"]
    print(f"{args.output}: {len(entries) if isinstance(entries, list) else 0} resources")
    return 0


def _assessed(args: argparse.Namespace, knowledge: "Knowledge") -> "Assessment":
    """The case folder, assessed now."""
    as_of = day_of(args.as_of)
    from painloom.assess import assess, open_case
    from painloom.intake.vcf import ReadOptions
    from painloom.knowledge.quality import read_quality

    quality = read_quality(knowledge)
    options = ReadOptions(absent_is_reference=args.absent == "reference", min_gq=quality.min_gq, min_dp=quality.min_dp, build=args.build)
    return assess(open_case(args.case, knowledge, options, as_of), knowledge, as_of)


def _stored(args: argparse.Namespace, knowledge: "Knowledge") -> "Assessment":
    """The assessment as the file holds it; nothing is judged anew, and codes are those of this release."""
    if args.as_of is not None or args.absent is not None or args.build is not None:
        raise UsageError(f"{args.case.name} {DECIDED}")
    from painloom.report.jsonin import read_json

    found = read_json(args.case)
    if found.knowledge_release != knowledge.release:
        say(f"judged by release {found.knowledge_release}; codes are those of release {knowledge.release}", sys.stderr)
    return found
