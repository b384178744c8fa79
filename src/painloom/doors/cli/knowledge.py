"""painloom knowledge list, show, check, sources, diff."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.output import say, write_table
from painloom.errors import UsageError

if TYPE_CHECKING:
    from painloom.knowledge.load import Knowledge

FORMATS = ("text", "json", "tsv")
KNOWN_ANSWERS = Path("tests") / "known_answers"


def add_verbs(verbs: Any) -> None:
    """Add `knowledge` with its verbs to the command line."""
    group = verbs.add_parser("knowledge", help="what the program knows, and from where")
    inner = group.add_subparsers(metavar="VERB", required=True)
    lists = inner.add_parser("list", help="cards of one kind, or of all")
    lists.add_argument("kind", nargs="?", metavar="KIND", help="genes, guidance, drugs ...")
    lists.set_defaults(run=run_list)
    show = inner.add_parser("show", help="one card with its tables, as it is on disk")
    show.add_argument("id", metavar="ID", help="such as genes/<id>, or the id alone where it is unique")
    show.set_defaults(run=run_show)
    check = inner.add_parser("check", help="every id resolves, every card has source, licence, release and a known answer")
    check.add_argument(
        "--answers", type=Path, metavar="DIR", help="folder of known answers (default: tests/known_answers, where it is here)"
    )
    check.set_defaults(run=run_check)
    inner.add_parser("sources", help="every source once, with its licence").set_defaults(run=run_sources)
    diff = inner.add_parser("diff", help="what a card folder changes against ours")
    diff.add_argument("other", type=Path, metavar="DIR")
    diff.set_defaults(run=run_diff)
    for parser in inner.choices.values():
        parser.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
        parser.add_argument("--format", choices=FORMATS, default="text")
        parser.add_argument("-o", type=Path, dest="output", metavar="PATH")


def _load(args: argparse.Namespace) -> "Knowledge":
    from painloom.knowledge.load import load

    return load(args.knowledge)


def run_list(args: argparse.Namespace) -> int:
    """`painloom knowledge list`."""
    from painloom.knowledge.browse import CARD_COLUMNS, card_rows, kinds

    knowledge = _load(args)
    if args.kind is not None and args.kind not in kinds(knowledge):
        raise UsageError(f"'{args.kind}' is no kind of card; there are: {', '.join(kinds(knowledge))}")
    write_table(CARD_COLUMNS, list(card_rows(knowledge, args.kind)), args.format, args.output)
    return 0


def run_show(args: argparse.Namespace) -> int:
    """`painloom knowledge show`."""
    from painloom.knowledge.browse import card_texts

    write_table(("file", "line"), card_texts(_load(args), args.id), args.format, args.output) if args.format != "text" else print(
        "\n".join(line for _, line in card_texts(_load(args), args.id))
    )
    return 0


def run_check(args: argparse.Namespace) -> int:
    """`painloom knowledge check`: exit 3 when something is wrong."""
    from painloom.knowledge.check import card_files, check
    from painloom.knowledge.proof import check_answers

    knowledge = _load(args)
    wrong = check(knowledge)
    answers = args.answers or (KNOWN_ANSWERS if KNOWN_ANSWERS.is_dir() else None)
    if answers is not None:
        wrong += check_answers(knowledge, answers)
    if wrong or args.format != "text":
        write_table(("problem",), ((line,) for line in wrong), args.format, args.output)
    if answers is None:
        say("known answers are not here: they come with the source tree (--answers DIR)")
    say(f"{sum(1 for _ in card_files(knowledge))} cards, {len(knowledge.sources)} sources, {len(wrong)} problems")
    return 3 if wrong else 0


def run_sources(args: argparse.Namespace) -> int:
    """`painloom knowledge sources`."""
    from painloom.knowledge.browse import SOURCE_COLUMNS, source_rows

    write_table(SOURCE_COLUMNS, list(source_rows(_load(args))), args.format, args.output)
    return 0


def run_diff(args: argparse.Namespace) -> int:
    """`painloom knowledge diff`."""
    from painloom.knowledge.browse import DIFF_COLUMNS, diff_rows
    from painloom.knowledge.load import load

    write_table(DIFF_COLUMNS, list(diff_rows(_load(args), load(args.other))), args.format, args.output)
    return 0
