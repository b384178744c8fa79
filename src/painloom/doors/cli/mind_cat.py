"""painloom mind cat (an adaptive test, asked or replayed), painloom mind summed-table."""

import argparse
import math
import os
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.output import listed, say, write_table
from painloom.errors import InputError, UsageError

if TYPE_CHECKING:
    from painloom.mind.cat import CatOptions, CatResult, CatState
    from painloom.model.bank import BankItem, ItemBank

FORMATS = ("text", "json", "tsv")
COLUMNS = ("step", "item", "response", "theta", "se")
TABLE_COLUMNS = ("raw", "t", "se", "theta", "theta_se")
MOST_BAD = 3
MOST_SUMMED = 200
SHOWN = 10
QUIT, SKIP = "q", "s"


def add_verb(inner: Any) -> None:
    """Add `cat` and `summed-table` to the `mind` group."""
    cat = inner.add_parser("cat", help="an adaptive test: asked at the terminal, or replayed from answers")
    _bank(cat)
    cat.add_argument("--answers", type=Path, metavar="FILE", help="replay: JSON map from item to category (from 0; null = unanswered)")
    cat.add_argument("--select", choices=("mpwi", "mfi"), default="mpwi", help="posterior-weighted or maximum information")
    cat.add_argument("--start-theta", type=float, metavar="X", help="mean to start from, such as the last visit's, not the bank's")
    cat.add_argument("--start-se", type=float, metavar="X", help="SD that goes with --start-theta; else the bank's")
    cat.add_argument("--least-gain", type=float, default=0.0, metavar="X", help="end when no item is predicted to lower the SE by X")
    cat.add_argument(
        "--all-best", type=int, nargs="?", const=3, default=0, metavar="N", help="end when the first N (3) are healthy answers"
    )
    cat.add_argument("--save", type=Path, metavar="FILE", help="write the answers there, for a later --answers")
    cat.set_defaults(run=run_cat)
    table = inner.add_parser("summed-table", help="score table of a form: every sum with its T and standard error")
    _bank(table)
    table.add_argument("--items", metavar="a,b,c", help="items of the form; else the whole bank")
    table.add_argument("--first-answer", type=int, default=1, metavar="N", help="number printed beside the lowest category (1)")
    table.set_defaults(run=run_table)


def _bank(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bank", metavar="BANK", help="BANK.json, or the id of a shipped bank: painloom knowledge list banks")
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("-o", type=Path, dest="output", metavar="PATH", help="write there instead of stdout")


def open_bank(name: str, folder: Path | None) -> "ItemBank":
    """The bank in a file, or the shipped one of that id."""
    from painloom.intake.bank import read_bank
    from painloom.knowledge.load import load
    from painloom.mind.bank import KIND, shipped_bank

    path = Path(name)
    if path.exists():
        return read_bank(path)
    knowledge = load(folder)
    if name not in knowledge.files(KIND):
        raise InputError(f"{path.name}: no such file, and no shipped bank of that id; see: painloom knowledge list banks")
    return shipped_bank(knowledge, name)


def run_cat(args: argparse.Namespace) -> int:
    """`painloom mind cat`."""
    from painloom.intake.bank import read_item_answers
    from painloom.mind.cat import replay, start_test

    bank = open_bank(args.bank, args.knowledge)
    options = _options(args, bank)
    if bank.note:
        say(f"bank {bank.id}: {bank.note}")
    if args.answers is None:
        result = _interview(start_test(bank, options))
    else:
        answers, strange = read_item_answers(args.answers, bank)
        if strange:
            say(f"not in this bank, so not used: {_some(strange)}")
        result = replay(bank, answers, options)
        if result.skipped:
            say(f"asked for, without an answer in the file, so skipped: {_some(result.skipped)}")
    write_table(*_table(result), "tsv" if args.format == "text" else args.format, args.output)
    if args.save is not None:
        _save(args.save, result)
    say(_summary(bank, result))
    return 0


def _options(args: argparse.Namespace, bank: "ItemBank") -> "CatOptions":
    from painloom.intake.bank import GRID_END, SD_LIMITS
    from painloom.mind.cat import CatOptions

    start = None
    if args.start_theta is not None:
        sd = bank.prior[1] if args.start_se is None else args.start_se
        if not abs(args.start_theta) <= GRID_END or not SD_LIMITS[0] <= sd <= SD_LIMITS[1]:
            raise UsageError(f"--start-theta must be -{GRID_END:g} to {GRID_END:g}, --start-se {SD_LIMITS[0]:g} to {SD_LIMITS[1]:g}")
        start = (args.start_theta, sd)
    elif args.start_se is not None:
        raise UsageError("--start-se goes with --start-theta")
    if not 0 <= args.least_gain < math.inf or args.all_best < 0:
        raise UsageError("--least-gain and --all-best must be 0 (off) or above")
    return CatOptions(args.select, args.least_gain, args.all_best, start)


def _table(result: "CatResult") -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The five columns; a sixth, `remarks`, only where the result is not that of the plain rules and all answers."""
    remarks = _remarks(result)
    rows: list[tuple[str, ...]] = [(str(s.step), s.item, str(s.response), f"{s.theta:.5f}", f"{s.se:.5f}") for s in result.steps]
    if not remarks:
        return COLUMNS, rows
    if not rows:
        return (*COLUMNS, "remarks"), [(*["."] * len(COLUMNS), remarks)]
    return (*COLUMNS, "remarks"), [(*row, "." if row is not rows[-1] else remarks) for row in rows]


def _remarks(result: "CatResult") -> str:
    from painloom.mind.cat import BY_BEST, BY_GAIN, BY_PERSON

    remarks = list(result.options)
    if any(option.startswith("start=") for option in result.options):
        remarks.append("the start value pulls the estimate towards itself: do not compute the change since that visit from it")
    if result.skipped:
        remarks.append(f"skipped: {', '.join(result.skipped)}")
    if result.stopped_by == BY_PERSON:
        remarks.append("ended early by the person: unfinished")
    if result.stopped_by in (BY_BEST, BY_GAIN):
        remarks.append(f"ended by: {result.stopped_by}")
    if not result.steps:
        remarks.append("nothing was answered: not measured")
    return "; ".join(remarks)


def _summary(bank: "ItemBank", result: "CatResult") -> str:
    from painloom.mind.cat import BY_PERSON
    from painloom.model.bank import T_SD, t_score

    if result.theta is None or result.se is None:
        return "nothing was answered: not measured, and no score"
    count = len(result.steps)
    end = "unfinished, ended by the person" if result.stopped_by == BY_PERSON else f"ended by: {result.stopped_by}"
    meaning = f"; higher is {bank.higher_is}" if bank.higher_is else ""
    return (
        f"theta {result.theta:.4f}, SE {result.se:.4f}; T {t_score(result.theta):.1f}, SE {T_SD * result.se:.1f}{meaning}; "
        f"{count} answer{'s' if count != 1 else ''}; {end}"
    )


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _save(path: Path, result: "CatResult") -> None:
    from painloom.intake.bank import item_answers_json

    answers: Mapping[str, int | None] = {s.item: s.response for s in result.steps} | dict.fromkeys(result.skipped)
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_text(item_answers_json(answers), encoding="utf-8")
    os.replace(unfinished, path)


def _interview(state: "CatState") -> "CatResult":
    """Ask item by item; prompts go to stderr, so that stdout holds the result alone."""
    from painloom.mind.cat import answer, finish, next_item, skip

    items = state.arrays.bank.items
    print(f"{state.arrays.bank.label or state.arrays.bank.id}: type a number, s to skip, q to end", file=sys.stderr)
    while (item := next_item(state)) is not None:
        given = _ask(items[item], len(state.steps) + 1)
        if given == QUIT:
            return finish(state, ended_early=True)
        state = skip(state, item) if given == SKIP else answer(state, item, int(given))
    return finish(state)


def _ask(item: "BankItem", number: int) -> str:
    """A category as digits, or SKIP, or QUIT; asks again after an answer that is none of these."""
    top = item.categories - 1
    print(f"\n{number}. {item.text or item.id}", file=sys.stderr)
    for category, option in enumerate(item.options):
        print(f"   {category} {option}", file=sys.stderr)
    for attempt in range(1, sys.maxsize):
        print(f"   0 to {top}, s, q: ", end="", file=sys.stderr, flush=True)
        given = _line()
        if given in (None, QUIT):
            return QUIT
        if given == SKIP or (given.isascii() and given.isdigit() and len(given) < 4 and int(given) <= top):
            return given
        if attempt == MOST_BAD and not sys.stdin.isatty():
            break
        print(f"   please type a number 0 to {top}, s to skip or q to end", file=sys.stderr)
    print(file=sys.stderr)
    raise InputError(f"stdin: item {item.id}: {MOST_BAD} answers in a row that are not allowed; a whole number 0 to {top}, s or q")


def _line() -> str | None:
    """One line in lower case; None at the end of the input or after Ctrl-C."""
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        return None
    except UnicodeDecodeError:
        return ""
    return line.strip().lower() if line else None


def run_table(args: argparse.Namespace) -> int:
    """`painloom mind summed-table`."""
    from painloom.mind.irt import summed_scores
    from painloom.model.bank import T_SD, t_score

    bank = open_bank(args.bank, args.knowledge)
    names = listed(args.items) or [item.id for item in bank.items]
    unknown = [name for name in names if name not in bank.index]
    if unknown:
        raise UsageError(f"item '{unknown[0]}' is not in bank {bank.id}")
    if len(set(names)) != len(names):
        raise UsageError("--items names an item twice")
    if len(names) > MOST_SUMMED:
        raise UsageError(f"a form of {len(names)} items; at most {MOST_SUMMED}: name the form's items with --items")
    table = summed_scores([bank.items[bank.index[name]] for name in names], prior=bank.prior, first_answer=args.first_answer)
    if any(later <= earlier for earlier, later in pairwise(table.theta.tolist())):
        say(f"{bank.id}: in this form a higher sum does not always mean more; score it by pattern, not by sum")
    rows = [
        (str(raw), f"{t_score(theta):.1f}", f"{T_SD * se:.1f}", f"{theta:.5f}", f"{se:.5f}")
        for raw, theta, se in zip(table.sums.tolist(), table.theta.tolist(), table.se.tolist(), strict=True)
    ]
    notes = [f"{len(names)} items, prior {bank.prior[0]:g} (SD {bank.prior[1]:g}); for complete answers only"]
    write_table(TABLE_COLUMNS, rows, args.format, args.output, [*notes, *([bank.note] if bank.note else [])])
    return 0
