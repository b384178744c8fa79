"""painloom body map: where it hurts, by every definition; the picture, the list, the form."""

import argparse
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.output import say, write_pieces, write_table
from painloom.errors import InputError, UsageError

if TYPE_CHECKING:
    from painloom.knowledge.bodymap import BodyMap
    from painloom.knowledge.load import Knowledge
    from painloom.model.body import Fact
    from painloom.model.bodymap import MapRemark, SiteDifference, Widespread

FORMATS = ("text", "json", "tsv")
COLUMNS = ("definition", "value", "decided", "basis", "source")
LIST_COLUMNS = ("id", "label", "part", "side", "view", "sites", "dermatome", "nerve", "state")
NONE, NOTHING = ".", "none"
MOST_BYTES = 100_000
SITES_NAMED = 5
WIDTH = 118


@dataclass(frozen=True)
class Drawn:
    """One person's map: `regions` None = not filled in; `written` are sites in words, `answers` the items of the questionnaire."""

    regions: tuple[str, ...] | None
    facts: "tuple[Fact, ...]" = ()
    written: tuple[str, ...] = ()
    answers: tuple[tuple[str, float | None], ...] = ()


def add_verb(inner: Any) -> None:
    """Add `map` to the verbs of `body`."""
    parser = inner.add_parser("map", help="where it hurts: counts and definitions of widespread pain, picture, form")
    parser.add_argument("case", nargs="?", type=Path, metavar="CASE", help="case folder; its case.toml holds [pain] map = [region ids]")
    parser.add_argument("--regions", metavar="a,b,c", help=f"region ids instead of a case; '{NOTHING}' = filled in and nothing hurts")
    parser.add_argument("--regions-file", type=Path, metavar="FILE", help="a file of region ids, as the form saves it")
    parser.add_argument(
        "--fact", action="append", default=[], metavar="ID", help="true of the person, or not (ID=no); a definition may ask"
    )
    parser.add_argument("--svg", type=Path, metavar="FILE", help="write the picture there")
    parser.add_argument("--levels", action="store_true", help="write the nerve roots into the picture")
    parser.add_argument("--form", type=Path, metavar="FILE", help="write an empty form to fill in (one HTML file, no network)")
    parser.add_argument("--list", action="store_true", help="all regions with their ids, for those who cannot use the picture")
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("-o", type=Path, dest="output", metavar="PATH", help="write the table there instead of stdout")
    parser.set_defaults(run=run_map)


def run_map(args: argparse.Namespace) -> int:
    """`painloom body map`."""
    from painloom.knowledge.bodymap import read_bodymap
    from painloom.knowledge.load import load

    given = [x for x in (args.case, args.regions, args.regions_file) if x is not None]
    if len(given) > 1:
        raise UsageError("give one of CASE, --regions and --regions-file")
    if not given and not args.list and args.form is None:
        raise UsageError("give a CASE, --regions or --regions-file; or --list, or --form FILE")
    if not given and args.svg is not None:
        raise UsageError(f"--svg draws a person's map: give a CASE, --regions or --regions-file ('{NOTHING}' draws an empty body)")
    knowledge = load(args.knowledge)
    body_map = read_bodymap(knowledge.files("bodymap"))
    if args.form is not None:
        from painloom.report.bodyform import body_form

        write_pieces([body_form(body_map).encode()], args.form)
    if args.list:
        write_table(LIST_COLUMNS, list_rows(body_map), args.format, args.output)
    if given:
        _answer(args, body_map, knowledge)
    return 0


def _answer(args: argparse.Namespace, body_map: "BodyMap", knowledge: "Knowledge") -> None:
    from painloom.body.bodymap import compare_with_sites, side_remarks, widespread

    drawn = _drawn(args, body_map, knowledge)
    facts = (*drawn.facts, *_facts(args.fact, knowledge))
    judged = widespread(body_map, drawn.regions, facts)
    remarks = side_remarks(body_map, drawn.regions, drawn.written)
    differences = compare_with_sites(body_map, drawn.regions, dict(drawn.answers))
    if args.svg is not None:
        from painloom.report.bodyfigure import draw_body

        write_pieces([draw_body(body_map, drawn.regions, levels=args.levels).encode()], args.svg)
    if args.list:
        return
    rows = [*(_row(row, knowledge) for row in judged), *_remark_rows(remarks), *_difference_rows(differences)]
    if args.format == "text":
        write_table(COLUMNS[:3], [row[:3] for row in rows], "text", args.output, [*_told(rows), *_notes(judged, body_map)])
    else:
        write_table(COLUMNS, rows, args.format, args.output)


def _drawn(args: argparse.Namespace, body_map: "BodyMap", knowledge: "Knowledge") -> Drawn:
    from painloom.body.bodymap import known_regions

    if args.case is not None:
        return _of_case(args.case, body_map, knowledge)
    if args.regions is not None:
        where, names = "--regions", [name.strip() for name in args.regions.split(",")]
        if not all(names):
            raise UsageError(f"--regions holds an empty name; write a,b,c, or '{NOTHING}' when nothing hurts")
    else:
        where, names = args.regions_file.name, list(_file_names(args.regions_file))
        if not names:
            return Drawn(None)
    if NOTHING in names:
        if len(set(names)) > 1:
            raise InputError(f"{where}: holds '{NOTHING}' and regions; keep one of them")
        return Drawn(())
    return Drawn(known_regions(body_map, names, where))


def _file_names(path: Path) -> Iterator[str]:
    """Ids separated by commas, blanks or lines; a line that starts with # is a remark."""
    try:
        if not path.is_file():
            raise InputError(f"{path.name}: not found as a file")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path.name}: larger than {MOST_BYTES} bytes; a map holds a page of region ids")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as wrong:
        raise InputError(f"{path.name}: cannot be read: {wrong.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: not UTF-8 text; save it again as UTF-8") from None
    for line in text.splitlines():
        if not line.lstrip().startswith("#"):
            yield from line.replace(",", " ").split()


def _of_case(folder: Path, body_map: "BodyMap", knowledge: "Knowledge") -> Drawn:
    from painloom.body.bodymap import known_regions
    from painloom.intake.answers import read_answers
    from painloom.intake.history import read_history

    if not folder.is_dir():
        raise InputError(f"{folder.name}: no such case folder; it must hold case.toml")
    history = read_history(folder / "case.toml")
    for warning in history.warnings:
        say(warning)
    drawn = history.body.regions
    regions = None if drawn is None else known_regions(body_map, drawn, "case.toml [pain] map")
    name = body_map.questionnaire.instrument
    files = sorted((folder / "answers").glob(f"{name}_*.csv"))
    answers: tuple[tuple[str, float | None], ...] = ()
    if files and name in knowledge.files("instruments"):
        sheet = read_answers(files[-1], name, knowledge.instrument(name).ranges)
        answers = tuple(zip(sheet.items, map(_answered, sheet.values[:1].ravel().tolist()), strict=False))
    return Drawn(regions, history.body.facts, history.pain.sites, answers)


def _answered(value: int) -> float | None:
    from painloom.model.answers import UNANSWERED

    return None if value == UNANSWERED else value


def _facts(written: Sequence[str], knowledge: "Knowledge") -> list["Fact"]:
    from painloom.model.body import TRUTH, YES, Fact

    allowed = {row["id"] for name in ("facts", "facts_criteria") for row in knowledge.terms(name)} if written else set()
    facts = []
    for pair in written:
        id_, _, value = pair.partition("=")
        if id_ not in allowed:
            raise UsageError(f"--fact '{id_}' is not known; the ids stand in terms/facts.tsv and terms/facts_criteria.tsv")
        if (value or YES) not in TRUTH:
            raise UsageError(f"--fact {id_}= must be one of {', '.join(TRUTH)}")
        facts.append(Fact(id_, value or YES, text="--fact"))
    return facts


def list_rows(body_map: "BodyMap") -> Iterator[tuple[str, ...]]:
    """One row a region: id, label, part, side, view, the sites it counts as by scheme, nerve roots, nerves, state."""
    for region in body_map.regions:
        sites = " ".join(
            f"{scheme}{'*' if scheme in region.convention else ''}={'+'.join(sites)}" for scheme, sites in region.values if sites
        )
        lists = (", ".join(region.dermatomes) or NONE, ", ".join(region.nerves) or NONE)
        yield (region.id, region.label, region.part, region.side, region.view, sites or NONE, *lists, region.state)


def _row(row: "Widespread", knowledge: "Knowledge") -> tuple[str, ...]:
    source = knowledge.sources[row.source].title if row.source in knowledge.sources else row.source
    value = NONE if row.count is None else str(row.count)
    return f"{row.id} ({row.version})", value, row.decided or NONE, _basis(row), source


def _basis(row: "Widespread") -> str:
    if row.count is None:
        parts = ["no map was filled in"]
    else:
        needed = f", at least {row.at_least} needed" if row.at_least else ""
        parts = [f"{row.count} of {row.of}{needed}", *([f"has {', '.join(row.present)}"] if row.present else [])]
        if row.at_least and row.decided == "no" and row.count < row.at_least:
            parts.append(f"lacks {_some(row.missing)}")
        if row.by_convention:
            changes = f", without them: {row.without}" if row.without != row.decided else ""
            parts.append(f"by our convention: {', '.join(row.by_convention)}{changes}")
    return "; ".join([*parts, *([f"not asked: {', '.join(row.open)}"] if row.open else [])])


def _some(sites: tuple[str, ...]) -> str:
    more = f" and {len(sites) - SITES_NAMED} more" if len(sites) > SITES_NAMED else ""
    return ", ".join(sites[:SITES_NAMED]) + more


def _remark_rows(remarks: "Sequence[MapRemark]") -> Iterator[tuple[str, ...]]:
    for remark in remarks:
        basis = f"'{remark.written}': {remark.text}; drawn: {', '.join(remark.drawn) or NOTHING}"
        yield "sides", NONE, remark.kind, basis, "case.toml [pain]"


def _difference_rows(differences: "Sequence[SiteDifference]") -> Iterator[tuple[str, ...]]:
    for one in differences:
        yield "questionnaire", NONE, "differs", f"{one.site}: drawn {one.drawn}, item {one.item} answered {one.answered}", "map and answers"


def _told(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Basis and source of each row in full."""
    yield ""
    for name, _, _, basis, source in rows:
        yield from _wrapped(f"{name}: {basis} [{source}]")


def _notes(judged: "Sequence[Widespread]", body_map: "BodyMap") -> Iterator[str]:
    yield ""
    for row in judged:
        yield from _wrapped(f"{row.id}: {row.label}. {' '.join(row.notes)}")
    yield f"knowledge {body_map.release}; definitions differ and are never averaged; widespread pain is no diagnosis"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), WIDTH, subsequent_indent="  ", break_on_hyphens=False)
