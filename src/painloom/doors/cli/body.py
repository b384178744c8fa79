"""painloom body meds: a drug list, judged."""

import argparse
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli import body_map, body_more
from painloom.doors.cli.day import day_of
from painloom.doors.cli.output import say, write_table
from painloom.errors import InputError, UsageError

if TYPE_CHECKING:
    from painloom.body.formulary import Formulary
    from painloom.model.body import Fact
    from painloom.model.case import Case
    from painloom.model.medication import SafetyRow

FORMATS = ("text", "json", "tsv")
OLDEST, MOST_WEEKS, MOST_CLEARANCE = 130, 45, 300
WIDTH = 118


def add_verbs(verbs: Any) -> None:
    """Add `body` with its verbs to the command line."""
    group = verbs.add_parser("body", help="the drug list judged, clinical criteria, the body map")
    inner = group.add_subparsers(metavar="VERB", required=True)
    _add_meds(inner)
    body_map.add_verb(inner)
    body_more.add_verbs(inner)


def _add_meds(inner: Any) -> None:
    meds = inner.add_parser("meds", help="opioid total, interactions, organ doses and other dangers of a drug list")
    meds.add_argument("file", type=Path, metavar="FILE", help="CSV with drug,dose,unit,per_day,route,form, or a FHIR R4 bundle (JSON)")
    meds.add_argument("--age", type=float, metavar="YEARS", help="completed years")
    meds.add_argument("--sex", choices=("F", "M"), help="as assigned at birth")
    meds.add_argument("--egfr", type=float, metavar="X", help="estimated GFR, mL/min/1.73 m2")
    meds.add_argument("--crcl", type=float, metavar="X", help="creatinine clearance, mL/min")
    meds.add_argument("--pregnant-weeks", type=float, metavar="W", help="pregnant, in this week of gestation")
    meds.add_argument(
        "--fact", action="append", default=[], metavar="ID", help="true of the person, or not (ID=no); ids of terms/facts.tsv"
    )
    meds.add_argument("--as-of", metavar="DATE", help="the day ages are worked out for, YYYY-MM-DD (default: today)")
    meds.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    meds.add_argument("--format", choices=FORMATS, default="text")
    meds.add_argument("-o", type=Path, dest="output", metavar="PATH", help="write there instead of stdout")
    meds.set_defaults(run=run_meds)


def run_meds(args: argparse.Namespace) -> int:
    """`painloom body meds`."""
    from painloom.body.meds import check_with
    from painloom.body.rows import MEDS_COLUMNS, meds_rows

    as_of = day_of(args.as_of)
    _check(args)
    formulary = _formulary(args.knowledge)
    facts = _facts(args, formulary)
    case, warnings = _read(args.file, formulary, as_of)
    rows = check_with(_with_options(case, args, facts), formulary)
    if args.format == "text":
        short = ("no", *MEDS_COLUMNS[:5])
        table = [(str(n), *cells[:5]) for n, cells in enumerate(meds_rows(rows), start=1)]
        write_table(short, table, "text", args.output, [*_told(rows), *_notes(formulary)])
    else:
        write_table(MEDS_COLUMNS, meds_rows(rows), args.format, args.output)
    for warning in warnings:
        say(warning, sys.stderr)
    return 0


def _formulary(overlay: Path | None) -> "Formulary":
    """The cards with their indexes."""
    from painloom.body.formulary import Formulary
    from painloom.knowledge.load import load

    return _shipped() if overlay is None else Formulary(load(overlay))


@lru_cache(maxsize=1)
def _shipped() -> "Formulary":
    """Our own cards, read once in a process; a clinic's folder may change and is read each time."""
    from painloom.body.formulary import Formulary
    from painloom.knowledge.load import load

    return Formulary(load())


def _read(path: Path, formulary: "Formulary", as_of: str) -> tuple["Case", list[str]]:
    """The case in a bundle or a CSV: what the file holds decides, not its name."""
    from painloom.intake.drug_list import read_drug_list
    from painloom.model.case import Case, Person

    if not _is_json(path):
        found = read_drug_list(path)
        return Case(Person("drug list"), drugs=found.drugs), list(found.warnings)
    from painloom.fhir.read import read_bundle

    imported = read_bundle(path, formulary.knowledge, as_of)
    lost = len(imported.left_out)
    notes = [f"{path.name}: {lost} parts of the bundle were not used; painloom fhir import lists them"] if lost else []
    return imported.case, [*imported.notes, *notes]


def _is_json(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    except OSError as wrong:
        raise InputError(f"{path.name}: cannot be read: {wrong.strerror}") from None


def _check(args: argparse.Namespace) -> None:
    for name, value, most in (
        ("--age", args.age, OLDEST),
        ("--egfr", args.egfr, MOST_CLEARANCE),
        ("--crcl", args.crcl, MOST_CLEARANCE),
        ("--pregnant-weeks", args.pregnant_weeks, MOST_WEEKS),
    ):
        if value is not None and not 0 <= value <= most:
            raise UsageError(f"{name} must be a number from 0 to {most}")


def _facts(args: argparse.Namespace, formulary: "Formulary") -> list["Fact"]:
    from painloom.model.body import TRUTH, YES, Fact

    facts = [Fact("pregnancy", YES, text="--pregnant-weeks")] if args.pregnant_weeks is not None else []
    allowed = {row["id"] for table in ("facts", "facts_criteria") for row in formulary.rows(table)} if args.fact else set()
    for written in args.fact:
        id_, _, value = written.partition("=")
        if id_ not in allowed:
            raise UsageError(f"--fact '{id_}' is not known; the ids stand in terms/facts.tsv: {', '.join(sorted(allowed)[:6])} ...")
        if (value or YES) not in TRUTH:
            raise UsageError(f"--fact {id_}= must be one of {', '.join(TRUTH)}")
        facts.append(Fact(id_, value or YES, text="--fact"))
    return facts


def _with_options(case: "Case", args: argparse.Namespace, facts: Sequence["Fact"]) -> "Case":
    """The case with what the call says of the person; it outweighs what the file says."""
    from painloom.model.body import Measure

    given = {"egfr": args.egfr, "crcl": args.crcl, "gestation-weeks": args.pregnant_weeks}
    measures: list[Measure] = [m for m in case.body.measures if given.get(m.id) is None]
    measures += [Measure(id_, value, "", text="option") for id_, value in given.items() if value is not None]
    named = {fact.id for fact in facts}
    kept = [fact for fact in case.body.facts if fact.id not in named]
    person = replace(
        case.person,
        age_years=case.person.age_years if args.age is None else int(args.age),
        sex=args.sex or case.person.sex,
    )
    return replace(case, person=person, body=replace(case.body, measures=tuple(measures), facts=(*kept, *facts)))


def _told(rows: Sequence["SafetyRow"]) -> list[str]:
    """The messages in full, numbered as the table."""
    lines = [""]
    for n, row in enumerate(rows, start=1):
        text = f"{row.message} [{row.source}]" if row.source else row.message
        lines += textwrap.wrap(" ".join(text.split()), WIDTH, initial_indent=f"{n:>3}  ", subsequent_indent="     ")
    return lines


def _notes(formulary: "Formulary") -> list[str]:
    knowledge = formulary.knowledge
    notes = ["", f"knowledge {knowledge.release}; decision support for a clinician who can review the basis"]
    return notes + [f"own card: {line}" for line in knowledge.replaced]
