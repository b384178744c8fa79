"""painloom assess: the main job."""

import argparse
import os
from pathlib import Path
from typing import Any

from painloom.doors.cli.day import day_of
from painloom.doors.cli.output import say

LANGUAGES = ("en", "de")  # the wording cards; a test keeps them equal


def add_verbs(verbs: Any) -> None:
    """Add `assess` to the command line."""
    parser = verbs.add_parser("assess", help="the main job: a case folder in, report and plan out")
    parser.add_argument("case", type=Path, metavar="CASE", help="folder with case.toml and what else is known")
    parser.add_argument("-o", dest="output", type=Path, required=True, metavar="OUT", help="folder for report.html and assessment.json")
    parser.add_argument("--as-of", metavar="DATE", help="the day the statement is made for, YYYY-MM-DD (default: today)")
    parser.add_argument(
        "--absent",
        choices=("missing", "reference"),
        default="missing",
        help="what a genome site without a record means",
    )
    parser.add_argument("--build", choices=("GRCh37", "GRCh38"), help="reference build, where the genome file does not say")
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="language of the report's own phrases (default: en)")
    parser.add_argument("--pdf", action="store_true", help="also OUT/report.pdf, tagged; needs painloom[pdf]")
    parser.add_argument("--quiet", action="store_true", help="no summary on the terminal")
    parser.set_defaults(run=run_assess)


def run_assess(args: argparse.Namespace) -> int:
    """`painloom assess`."""
    as_of = day_of(args.as_of)
    from painloom.assess import assess, open_case
    from painloom.intake.vcf import ReadOptions
    from painloom.knowledge.load import load
    from painloom.knowledge.quality import read_quality
    from painloom.report.html import render_html
    from painloom.report.jsonout import to_json
    from painloom.report.text import render_text

    knowledge = load(args.knowledge)
    quality = read_quality(knowledge)
    options = ReadOptions(absent_is_reference=args.absent == "reference", min_gq=quality.min_gq, min_dp=quality.min_dp, build=args.build)
    assessment = assess(open_case(args.case, knowledge, options, as_of), knowledge, as_of)
    page = render_html(assessment, wording=args.language)
    files = {"report.html": page.encode("utf-8"), "assessment.json": to_json(assessment).encode("utf-8")}
    if args.pdf:
        from painloom.report.pdf import pdf_title, render_pdf

        files["report.pdf"] = render_pdf(page, title=pdf_title(page), language=args.language, date=assessment.as_of)
    args.output.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        unfinished = args.output / f"{name}.unfinished"
        unfinished.write_bytes(data)
        os.replace(unfinished, args.output / name)
    if not args.quiet:
        print(render_text(assessment))
    for warning in assessment.warnings:
        say(warning)
    print(args.output / "report.html")
    return 0
