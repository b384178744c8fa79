"""painloom fhir export."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from painloom.doors.cli.day import day_of
from painloom.doors.cli.output import say
from painloom.errors import InputError

LACKS = "the genotypes, the answers' own files, the brain's files and pictures (it keeps their digests only)"


def add_verb(inner: Any) -> None:
    """Add `export` to the verbs of `fhir`."""
    parser = inner.add_parser("export", help="a case becomes a FHIR R4 bundle: what came in, what was found, what it rests on")
    parser.add_argument("case", type=Path, metavar="CASE", help="the case folder; it is assessed first")
    parser.add_argument("-o", type=Path, dest="output", metavar="BUNDLE", required=True, help="the JSON file to write")
    parser.add_argument("--as-of", metavar="DATE", help="the day the statement is made for, YYYY-MM-DD (default: today)")
    parser.add_argument("--absent", choices=("missing", "reference"), default="missing", help="what a genome site without a record means")
    parser.add_argument("--build", choices=("GRCh37", "GRCh38"), help="reference build, where the genome file does not say")
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    parser.set_defaults(run=run_export)


def run_export(args: argparse.Namespace) -> int:
    """`painloom fhir export`."""
    as_of = day_of(args.as_of)
    if args.case.is_file():
        raise InputError(f"{args.case.name}: a stored assessment lacks {LACKS}, so it cannot be exported whole; give the case folder")
    if args.output.is_dir():
        raise InputError(f"{args.output.name}: is a folder; name a file for the bundle")
    from painloom.assess import assess, open_case
    from painloom.fhir.write import export_bundle, render
    from painloom.intake.vcf import ReadOptions
    from painloom.knowledge.load import load
    from painloom.knowledge.quality import read_quality

    knowledge = load(args.knowledge)
    quality = read_quality(knowledge)
    options = ReadOptions(absent_is_reference=args.absent == "reference", min_gq=quality.min_gq, min_dp=quality.min_dp, build=args.build)
    assessment = assess(open_case(args.case, knowledge, options, as_of), knowledge, as_of)
    bundle = export_bundle(assessment, knowledge)
    unfinished = args.output.with_name(f"{args.output.name}.unfinished")
    unfinished.write_text(render(bundle), encoding="utf-8", newline="\n")
    os.replace(unfinished, args.output)
    for warning in assessment.warnings:
        say(warning, sys.stderr)
    entries = bundle["entry"]
    print(f"{args.output}: {len(entries) if isinstance(entries, list) else 0} resources")
    return 0
