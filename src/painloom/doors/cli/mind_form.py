"""painloom mind form: bind a clinic's own Questionnaire to an instrument, and show of it what the licence allows."""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.output import say, write_table
from painloom.errors import UsageError

if TYPE_CHECKING:
    from painloom.knowledge.instrument_cards import InstrumentCard
    from painloom.knowledge.load import Knowledge
    from painloom.model.form import BoundForm, Permission, Shown

FORMATS = ("text", "json", "tsv")
COLUMNS = ("item", "label", "link", "bound_by", "points_by", "points")
SHOWN = ("item", "label", "before", "prefix", "text", "points", "option")


def add_verb(inner: Any) -> None:
    """Add `form` to the `mind` group."""
    parser = inner.add_parser("form", help="bind the clinic's own FHIR Questionnaire to an instrument; wording only as licensed")
    parser.add_argument("instrument", metavar="INSTRUMENT", help="id of the instrument; see: painloom knowledge list instruments")
    parser.add_argument(
        "questionnaire", type=Path, nargs="?", metavar="QUESTIONNAIRE", help="JSON, R4 or R5; without: the stored form of --knowledge"
    )
    parser.add_argument("--permission", metavar="TEXT", help='"who; when (YYYY-MM-DD); reference": the permission to show the wording')
    parser.add_argument(
        "--by-position", action="store_true", help="options without points count upwards in their printed order; I have compared"
    )
    parser.add_argument("--turn-back", action="store_true", help="turn back points that the form has turned round already")
    parser.add_argument("--show", action="store_true", help="print what may be shown: the form's words, or our short labels")
    parser.add_argument(
        "--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours; stored forms lie in its forms/"
    )
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("-o", type=Path, dest="output", metavar="FILE", help="store the bound form: DIR/forms/INSTRUMENT.toml")
    parser.set_defaults(run=run_form)


def run_form(args: argparse.Namespace) -> int:
    """`painloom mind form`."""
    from painloom.fhir.forms import Decisions, bind_form
    from painloom.fhir.forms_read import read_sheet
    from painloom.fhir.units import Measures
    from painloom.knowledge.forms import form_toml, gate, stored_form

    knowledge, card = _card(args.instrument, args.knowledge)
    form: BoundForm | None
    if args.questionnaire is None:
        if args.permission or args.by_position or args.turn_back or args.output:
            raise UsageError("--permission, --by-position, --turn-back and -o need the QUESTIONNAIRE that is to be bound")
        form = stored_form(knowledge.overlay, card.id)
    else:
        decisions = Decisions(_permission(args.permission), args.by_position, args.turn_back)
        form = bind_form(read_sheet(args.questionnaire), card, Measures(knowledge), decisions)
        _say_all(form)
    if args.output is not None and form is not None:
        _store(args.output, form_toml(form), card.id)
    if args.show or args.questionnaire is None or form is None:
        _show(gate(card, form), args.format)
    elif args.output is None:
        write_table(COLUMNS, _rows(card, form), args.format, None)
    return 0


def _card(name: str, folder: Path | None) -> "tuple[Knowledge, InstrumentCard]":
    from painloom.knowledge.load import Knowledge

    if folder is not None and not folder.is_dir():
        raise UsageError(f"--knowledge: {folder.name} is no folder")
    knowledge = Knowledge(overlay=folder)
    if name not in knowledge.files("instruments"):
        raise UsageError(f"there is no instrument '{name}'; see: painloom knowledge list instruments")
    return knowledge, knowledge.instrument(name)


def _permission(text: str | None) -> "Permission | None":
    from painloom.knowledge.forms import permission_of

    if text is None:
        return None
    found = permission_of(text)
    if found is None:
        raise UsageError('--permission must be "who; when; reference" with a date YYYY-MM-DD in the middle')
    return found


def _say_all(form: "BoundForm") -> None:
    """Warnings and what of the form is not used; link ids are the form's, so they are written plainly."""
    from painloom.knowledge.forms import plain_text

    for warning in form.warnings:
        say(warning)
    for extra in form.extras:
        say(f"not used: {plain_text(extra.link)[:60] or 'texts'}: {extra.why}")


def _store(path: Path, text: str, instrument: str) -> None:
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    os.replace(unfinished, path)
    if path.name != f"{instrument}.toml" or path.parent.name != "forms":
        say(f"the program looks for a bound form under forms/{instrument}.toml of the clinic's folder (--knowledge)")
    print(f"stored the bound form of {instrument}: {path}")


def _rows(card: "InstrumentCard", form: "BoundForm") -> Iterator[tuple[str, ...]]:
    """One row an item, without the form's words."""
    from painloom.knowledge.forms import plain_text

    for item, bound in zip(card.items, form.items, strict=True):
        points = " ".join(str(option.points) for option in bound.options) or f"{bound.low} to {bound.high}"
        yield item.range.id, item.label, plain_text(bound.link), bound.bound_by, ", ".join(bound.points_by), points


def _show(shown: "Shown", form: str) -> None:
    say(f"{shown.instrument}: {shown.why}")
    if form != "text":
        write_table(SHOWN, _shown_rows(shown), form, None)
        for line in shown.notice:
            say(line)
        return
    lines: list[str] = []
    for item in shown.items:
        lines += item.before
        words = " ".join(part for part in (item.prefix, item.text) if part)
        lines.append(f"{item.item}  {words}" if words else f"{item.item}  [{item.label}]")
        lines += [f"     {points}  {text}".rstrip() for points, text in item.options]
    sys.stdout.writelines(line + "\n" for line in (*lines, *shown.notice))


def _shown_rows(shown: "Shown") -> Iterator[tuple[str, ...]]:
    for item in shown.items:
        head = item.item, item.label, " / ".join(item.before), item.prefix, item.text
        if not item.options:
            yield (*head, "", "")
        for points, text in item.options:
            yield (*head, str(points), text)
