"""painloom genome call, painloom genome guide."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.output import listed, say, write_table
from painloom.errors import UsageError

if TYPE_CHECKING:
    from painloom.genome.session import Session

FORMATS = ("text", "json", "tsv")
OLDEST = 130


def add_verbs(verbs: Any) -> None:
    """Add `genome` with its verbs to the command line."""
    group = verbs.add_parser("genome", help="named alleles, phenotypes and drug guidance from a genome file")
    inner = group.add_subparsers(metavar="VERB", required=True)
    call = inner.add_parser("call", help="named alleles and phenotypes of every gene")
    _common(call)
    call.add_argument("--gene", action="append", metavar="G", help="only this gene (may be repeated)")
    call.add_argument("--all-alternatives", action="store_true", help="print every diplotype that fits, not the 1,000 best")
    call.set_defaults(run=run_call)
    guide = inner.add_parser("guide", help="what CPIC and DPWG say about each drug")
    _common(guide)
    guide.add_argument("--drug", action="append", metavar="D", help="only this drug (may be repeated)")
    guide.add_argument("--age", type=float, metavar="YEARS", help="age, where a guideline differs by age")
    guide.set_defaults(run=run_guide)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("vcf", type=Path, metavar="VCF", help="VCF, VCF.gz, BCF, or 23andMe/AncestryDNA raw text")
    parser.add_argument("--sample", action="append", metavar="S", help="only this sample (may be repeated)")
    parser.add_argument("--outside-calls", type=Path, metavar="TSV", help="gene<TAB>diplotype from another laboratory")
    parser.add_argument("--drugs", metavar="a,b,c", help="drugs taken today: inhibitors change what a genotype does")
    parser.add_argument("--absent", choices=("missing", "reference"), default="missing", help="what a site without a record means")
    parser.add_argument("--build", choices=("GRCh37", "GRCh38"), help="reference build, where the file does not say")
    parser.add_argument("--accept-filtered", action="store_true", help="use records whose FILTER is not PASS")
    parser.add_argument(
        "--research-combinations",
        action="store_true",
        help="research: name combinations of alleles that no table names",
    )
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("-o", type=Path, dest="output", metavar="PATH", help="write there instead of stdout")


def open_session(args: argparse.Namespace) -> "Session":
    """Read everything the verb needs."""
    from painloom.genome.session import Request
    from painloom.genome.session import open_session as start
    from painloom.intake.outside import read_outside_calls
    from painloom.intake.vcf import ReadOptions, read_genotypes
    from painloom.knowledge.load import load
    from painloom.knowledge.quality import read_quality

    knowledge = load(args.knowledge)
    quality = read_quality(knowledge)
    options = ReadOptions(
        samples=tuple(args.sample) if args.sample else None,
        absent_is_reference=args.absent == "reference",
        min_gq=quality.min_gq,
        min_dp=quality.min_dp,
        accept_filtered=args.accept_filtered,
        build=args.build,
    )
    genotypes = read_genotypes(args.vcf, knowledge.table, options)
    outside = read_outside_calls(args.outside_calls) if args.outside_calls else {}
    request = Request(outside, tuple(listed(args.drugs)), args.research_combinations)
    if args.outside_calls:
        request = replace(request, outside_from=args.outside_calls.name)
    session = start(knowledge, genotypes, request)
    for warning in (*genotypes.warnings, *session.warnings):
        say(warning, sys.stderr)
    return session


def run_call(args: argparse.Namespace) -> int:
    """`painloom genome call`."""
    from painloom.genome.rows import CALL_COLUMNS, MOST_ALTERNATIVES, call_rows

    session = open_session(args)
    columns = session.columns
    if args.gene:
        unknown = [g for g in args.gene if g not in columns]
        if unknown:
            raise UsageError(f"gene '{unknown[0]}' has no card; see: painloom knowledge list genes")
        columns = {g: columns[g] for g in args.gene}
    unlimited = args.all_alternatives or args.format == "json"
    rows = call_rows(columns, session.genotypes, session.samples, limit=None if unlimited else MOST_ALTERNATIVES, drugs=session.drugs)
    write_table(CALL_COLUMNS, rows, args.format, args.output, _notes(session))
    return 0


def run_guide(args: argparse.Namespace) -> int:
    """`painloom genome guide`."""
    from painloom.genome.rows import GUIDE_COLUMNS

    if args.age is not None and not 0 <= args.age <= OLDEST:
        raise UsageError(f"--age must be a number of years from 0 to {OLDEST}")
    session = open_session(args)
    rows = session.guide_rows(args.drug, args.age)
    write_table(GUIDE_COLUMNS, rows, args.format, args.output, _notes(session))
    return 0


def _notes(session: "Session") -> list[str]:
    from painloom.genome.rows import context_of

    notes = [f"knowledge {session.knowledge.release}; decision support for a clinician who can review the basis"]
    if session.genotypes is not None and session.genotypes.absent_is_reference:
        notes.append(context_of(session.genotypes))
    return notes + [f"own card: {line}" for line in session.knowledge.replaced]
