"""painloom cohort run."""

import argparse
from pathlib import Path
from typing import Any

from painloom.doors.cli.output import say
from painloom.errors import UsageError


def add_verbs(verbs: Any) -> None:
    """Add `cohort` with its verb to the command line."""
    group = verbs.add_parser("cohort", help="calls and guidance for many samples, as Parquet")
    inner = group.add_subparsers(metavar="VERB", required=True)
    run = inner.add_parser("run", help="run, or go on with, a cohort")
    run.add_argument("inputs", nargs="+", type=Path, metavar="INPUT", help="VCF, VCF.gz or BCF files")
    run.add_argument(
        "-o",
        dest="output",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder for calls/, guidance/, manifest.json, summary.json",
    )
    run.add_argument("--workers", type=int, default=1, metavar="N", help="processes (results do not depend on it)")
    run.add_argument("--resume", action="store_true", help="go on with a run that was stopped")
    run.add_argument("--absent", choices=("missing", "reference"), default="missing", help="what a site without a record means")
    run.add_argument("--build", choices=("GRCh37", "GRCh38"), help="reference build, where a file does not say")
    run.add_argument("--accept-filtered", action="store_true", help="use records whose FILTER is not PASS")
    run.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    run.set_defaults(run=run_cohort)


def run_cohort(args: argparse.Namespace) -> int:
    """`painloom cohort run`."""
    try:
        from painloom import cohort
    except ModuleNotFoundError as missing:
        raise UsageError(f"cohort run needs the extra package '{missing.name}': pip install 'painloom[cohort]'") from None
    from painloom.intake.vcf import ReadOptions
    from painloom.knowledge.load import load
    from painloom.knowledge.quality import read_quality

    if args.workers < 1:
        raise UsageError("--workers must be 1 or more")
    quality = read_quality(load(args.knowledge))
    options = ReadOptions(
        absent_is_reference=args.absent == "reference",
        min_gq=quality.min_gq,
        min_dp=quality.min_dp,
        accept_filtered=args.accept_filtered,
        build=args.build,
    )
    plan = cohort.plan(args.inputs, options, args.knowledge)
    manifest = cohort.run(plan, args.output, workers=args.workers, resume=args.resume)
    for part in manifest["parts"].values():
        for warning in part["warnings"]:
            say(warning)
    say(f"{sum(p['samples'] for p in manifest['parts'].values())} samples in {len(manifest['parts'])} parts: {args.output}")
    return 0
