"""painloom assess: the main job, and what-if."""

import argparse
import os
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.day import day_of
from painloom.doors.cli.output import say, write_table
from painloom.errors import UsageError

if TYPE_CHECKING:
    from painloom.knowledge.load import Knowledge
    from painloom.model.assessment import Assessment
    from painloom.model.difference import Difference

WIDTH = 110
PARTS = {
    "statement": "IN A SENTENCE",
    "step": "STEPS OF THE PLAN",
    "dose": "DOSES",
    "taper": "TAPERS",
    "refusal": "REFUSED",
    "benefit": "ADDED BENEFIT",
    "mechanism": "WHY IT HURTS",
    "driver": "WHAT KEEPS IT GOING",
    "conflict": "WHAT DISAGREES",
    "test": "NEXT BEST TEST",
    "warning": "WARNINGS OF THE DRUG LIST",
}
LANGUAGES = ("en", "de")  # the wording cards; a test keeps them equal


FORMATS = ("text", "json", "tsv")
BOTH = "-o OUT is needed: the folder for report.html and the other files; only with --set it may be left out"


def add_verbs(verbs: Any) -> None:
    """Add `assess` to the command line."""
    parser = verbs.add_parser("assess", help="the main job: a case folder in, report and plan out")
    parser.add_argument("case", type=Path, metavar="CASE", help="folder with case.toml and what else is known")
    parser.add_argument(
        "-o", dest="output", type=Path, metavar="OUT", help="folder for report.html, patient.html, assessment.json, bundle.json"
    )
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
    parser.add_argument(
        "--set",
        dest="changes",
        metavar="PATH=VALUE",
        action="append",
        default=[],
        help="what if: change the case (person.age=80, organs.egfr=25, drugs.NAME.dose_mg=50, drugs.NAME=none, "
        "outside_calls.GENE=*4/*4, an empty value = not known) and print the difference; may be repeated",
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="of the difference that --set prints")
    parser.add_argument("--quiet", action="store_true", help="no summary on the terminal")
    parser.set_defaults(run=run_assess)


def run_assess(args: argparse.Namespace) -> int:
    """`painloom assess`."""
    as_of = day_of(args.as_of)
    if args.output is None and not args.changes:
        raise UsageError(BOTH)
    from painloom.assess import assess, open_case
    from painloom.intake.vcf import ReadOptions
    from painloom.intake.whatif import read_change
    from painloom.knowledge.load import load
    from painloom.knowledge.quality import read_quality
    from painloom.report.text import render_text

    changes = tuple(read_change(text) for text in args.changes)
    knowledge = load(args.knowledge)
    quality = read_quality(knowledge)
    options = ReadOptions(absent_is_reference=args.absent == "reference", min_gq=quality.min_gq, min_dp=quality.min_dp, build=args.build)
    own = replace(options, changes=changes)
    assessment = assess(open_case(args.case, knowledge, own, as_of), knowledge, as_of)
    before = assess(open_case(args.case, knowledge, options, as_of), knowledge, as_of) if changes else None
    if args.output is not None:
        _write(args.output, _files(assessment, knowledge, args))
    if before is not None:
        _print_difference(before, assessment, args.format)
    elif not args.quiet:
        print(render_text(assessment))
    for warning in assessment.warnings:
        say(warning)
    if args.output is not None and (not changes or args.format == "text"):
        print(args.output / "report.html")
    return 0


def _files(assessment: "Assessment", knowledge: "Knowledge", args: argparse.Namespace) -> dict[str, bytes]:
    """Every file of the output folder, whole in memory before the first is written."""
    from painloom.fhir.write import render_bundle
    from painloom.report.html import render_html
    from painloom.report.jsonout import to_json
    from painloom.report.patient import render_patient
    from painloom.report.patient_layout import read_patient_layout

    page = render_html(assessment, wording=args.language)
    layout = read_patient_layout(knowledge.files("layouts")["patient"])
    texts = {
        "report.html": page,
        "patient.html": render_patient(assessment, wording=args.language, layout=layout),
        "assessment.json": to_json(assessment),
        "bundle.json": render_bundle(assessment, knowledge),
    }
    files = {name: text.encode("utf-8") for name, text in texts.items()}
    if args.pdf:
        from painloom.report.pdf import pdf_title, render_pdf

        files["report.pdf"] = render_pdf(page, title=pdf_title(page), language=args.language, date=assessment.as_of)
    return files


def _write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        unfinished = folder / f"{name}.unfinished"
        unfinished.write_bytes(data)
        os.replace(unfinished, folder / name)


def _print_difference(before: "Assessment", after: "Assessment", form: str) -> None:
    from painloom.report.difference import COLUMNS, difference

    found = difference(before, after)
    if form == "text":
        for line in _lines(found):
            print(line)
        return
    rows = [(one.part, one.kind, one.subject, one.before or ".", one.after or ".") for one in found]
    write_table(COLUMNS, rows, form, None)


def _lines(found: "tuple[Difference, ...]") -> Iterator[str]:
    """One block a part: what is new, what is gone, what changed."""
    if not found:
        yield "Nothing would change."
    part = ""
    for one in found:
        if one.part != part:
            part = one.part
            yield f"{PARTS[part]}"
        sides = {"added": f"+ {one.subject}", "removed": f"- {one.subject}", "changed": f"~ {one.subject}"}[one.kind]
        yield from textwrap.wrap(sides, WIDTH, initial_indent="  ", subsequent_indent="    ")
        if one.kind == "changed":
            yield from textwrap.wrap(f"before: {one.before}", WIDTH, initial_indent="      ", subsequent_indent="              ")
            yield from textwrap.wrap(f"after:  {one.after}", WIDTH, initial_indent="      ", subsequent_indent="              ")
        elif one.before or one.after:
            yield from textwrap.wrap(one.before or one.after, WIDTH, initial_indent="      ", subsequent_indent="      ")
