"""painloom mind score, and the other verbs of the mind stream."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli import mind_cat, mind_change, mind_form
from painloom.doors.cli.output import write_pieces, write_table
from painloom.errors import UsageError

if TYPE_CHECKING:
    from painloom.knowledge.instrument_cards import InstrumentCard
    from painloom.model.answers import Answers

FORMATS = ("text", "json", "tsv")
MOST_NAMED = 20


def add_verbs(verbs: Any) -> None:
    """Add `mind` with its verbs to the command line."""
    group = verbs.add_parser("mind", help="questionnaires: scores with their error, adaptive tests, change")
    inner = group.add_subparsers(metavar="VERB", required=True)
    parser = inner.add_parser("score", help="scale scores of an answer table")
    parser.add_argument("instrument", metavar="INSTRUMENT", help="id of the instrument; see: painloom knowledge list instruments")
    parser.add_argument("answers", type=Path, metavar="ANSWERS", help="CSV with the columns id and the item numbers; empty = unanswered")
    parser.add_argument(
        "--bank", metavar="BANK.json", help="a licensed item bank: T-scores by response pattern, also where answers are missing"
    )
    parser.add_argument("--method", choices=("pattern", "sum"), default="pattern", help="with --bank: by response pattern, or by the sum")
    parser.add_argument(
        "--flags", action="store_true", help="rows that ask how the form was answered: straight lines, and misfit with --bank"
    )
    parser.add_argument("--all-scales", action="store_true", help="also the scales that otherwise stand on a report only")
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("-o", type=Path, dest="output", metavar="PATH", help="write there instead of stdout")
    parser.set_defaults(run=run_score)
    mind_cat.add_verb(inner)
    mind_change.add_verb(inner)
    mind_form.add_verb(inner)


def find_instrument(name: str, folder: Path | None) -> "InstrumentCard":
    """The card of an instrument id; UsageError when there is none."""
    from painloom.knowledge.load import load

    knowledge = load(folder)
    if name not in knowledge.files("instruments"):
        meant = [id_ for id_ in knowledge.files("instruments") if _letters(id_) == _letters(name)]
        hint = f"did you mean '{meant[0]}'" if meant else "see: painloom knowledge list instruments"
        raise UsageError(f"there is no instrument '{name}'; {hint}")
    return knowledge.instrument(name)


def _letters(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def run_score(args: argparse.Namespace) -> int:
    """`painloom mind score`."""
    from painloom.intake.answers import answer_pieces, read_answers
    from painloom.mind.rows import SCORE_COLUMNS, Wanted, score_rows, score_tsv

    card = find_instrument(args.instrument, args.knowledge)
    if not card.scales:
        raise UsageError(f"'{card.id}' is not scored by this release: {'; '.join(card.open_questions)}")
    wanted = Wanted(args.all_scales, args.flags, mind_cat.open_bank(args.bank, args.knowledge) if args.bank else None, args.method)
    if args.format == "tsv":
        write_pieces(score_tsv(card, answer_pieces(args.answers, card.id, card.ranges), wanted), args.output)
    else:
        answers = read_answers(args.answers, card.id, card.ranges)
        write_table(SCORE_COLUMNS, score_rows(card, answers, wanted), args.format, args.output, [*_asks(card, answers), _note(card)])
    return 0


def _asks(card: "InstrumentCard", answers: "Answers") -> list[str]:
    """One line for each matter that some people must be asked about because of a score, although the form holds no such item."""
    from painloom.mind.signals import must_ask

    lines = []
    for about in dict.fromkeys(ask.about for scale in card.scales for ask in scale.asks):
        people = [id_ for id_, asked in zip(answers.names(), must_ask(card, answers.values, about), strict=True) if asked]
        if people:
            more = f" and {len(people) - MOST_NAMED} more" if len(people) > MOST_NAMED else ""
            lines.append(f"ask about {about}: {', '.join(people[:MOST_NAMED])}{more} (the score asks for it; the form holds no such item)")
    return lines


def _note(card: "InstrumentCard") -> str:
    return f"card {card.id} {card.release}; a score is a screening result that needs assessment, never a diagnosis"
