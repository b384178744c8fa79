"""painloom body criteria, painloom body redflags."""

import argparse
import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.output import say, write_table
from painloom.errors import InputError, UsageError

if TYPE_CHECKING:
    from painloom.knowledge.criteria import CriteriaCard
    from painloom.knowledge.load import Knowledge
    from painloom.knowledge.redflags import RedFlagCard
    from painloom.model.criteria import Grade
    from painloom.model.quantity import Estimate
    from painloom.model.redflag import FlagFinding, RedFlag

FORMATS = ("text", "json", "tsv")
NONE = "."
MOST_BYTES = 200_000_000
WORDS = {"yes": "yes", "1": "yes", "true": "yes", "no": "no", "0": "no", "false": "no", "unknown": "unknown", "": "unknown", ".": "unknown"}
GRADE_COLUMNS = ("id", "grade", "could_become", "would_change")
LIST_COLUMNS = ("id", "label", "questions", "grades", "claim", "state", "source")
FLAG_COLUMNS = ("flag", "state", "within", "act", "because", "not_asked", "knowledge", "source")
Row = dict[str, str]


def add_verbs(inner: Any) -> None:
    """Add `criteria` and `redflags` to the verbs of `body`."""
    criteria = inner.add_parser("criteria", help="clinical grades of three-valued answers, and what they could still become")
    criteria.add_argument("name", nargs="?", metavar="NAME", help="id of the criteria; see --list")
    criteria.add_argument("facts", nargs="?", type=Path, metavar="FACTS", help="TSV or CSV, one person a line: id, then yes, no or unknown")
    criteria.add_argument("--list", action="store_true", help="the criteria that there are, with their questions")
    criteria.set_defaults(run=run_criteria)
    flags = inner.add_parser("redflags", help="red flags of a case: raised, watched, absent, not asked")
    flags.add_argument("case", type=Path, metavar="CASE", help="case folder with case.toml")
    flags.set_defaults(run=run_redflags)
    for parser in (criteria, flags):
        parser.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
        parser.add_argument("--format", choices=FORMATS, default="text")
        parser.add_argument("-o", type=Path, dest="output", metavar="PATH", help="write there instead of stdout")


def run_criteria(args: argparse.Namespace) -> int:
    """`painloom body criteria`."""
    from painloom.knowledge.load import load

    knowledge = load(args.knowledge)
    if args.list:
        write_table(LIST_COLUMNS, [_listed(card, knowledge) for card in knowledge.criteria.values()], args.format, args.output)
        return 0
    if args.name is None or args.facts is None:
        raise UsageError("give the criteria and a file of answers, or --list")
    if args.name not in knowledge.criteria:
        raise UsageError(f"there are no criteria '{args.name}'; there are: {', '.join(knowledge.criteria)}")
    card = knowledge.criteria[args.name]
    _only_raised(knowledge, card)
    rows = list(_graded(card, args.facts))
    notes = [f"criteria {card.id} {card.release}, {card.claim}, {card.state}; a grade to review, not a diagnosis", *card.notes]
    write_table(GRADE_COLUMNS, rows, args.format, args.output, notes)
    return 0


def _listed(card: "CriteriaCard", knowledge: "Knowledge") -> tuple[str, ...]:
    grades = [g.id for g in (*card.grades, card.otherwise)]
    return (
        card.id,
        card.label,
        ";".join(q.id for q in card.questions),
        ";".join(dict.fromkeys(grades)),
        card.claim,
        card.state,
        _titles(knowledge, card.sources),
    )


def _only_raised(knowledge: "Knowledge", card: "CriteriaCard") -> None:
    """A clinic's own rule set of safety may raise a level, never lower one."""
    from painloom.knowledge.criteria import read_criteria
    from painloom.synthesis.grade import SAFETY, lowered

    ours = knowledge.base / "criteria" / f"{card.id}.toml"
    if card.mechanism != SAFETY and not (ours.is_file() and read_criteria(ours).mechanism == SAFETY):
        return
    if knowledge.files("criteria")[card.id] != ours and ours.is_file() and lowered(read_criteria(ours), card):
        raise InputError(f"criteria/{card.id}.toml: lowers a level that our card gives; a clinic's own card may only raise levels")


def _graded(card: "CriteriaCard", path: Path) -> Iterator[tuple[str, ...]]:
    from painloom.model.body import UNKNOWN
    from painloom.synthesis.grade import answers_from, grade

    questions = {q.id for q in card.questions}
    facts = {f for q in card.questions for f in q.facts}
    done: dict[tuple[str, ...], Grade] = {}
    for number, row in enumerate(_answers(path, questions | facts), start=1):
        answers = answers_from(card, {f: row[f] for f in facts if f in row}, {})
        answers |= {q: row[q] for q in questions if row.get(q, UNKNOWN) != UNKNOWN}
        key = tuple(answers.values())
        if key not in done:
            done[key] = grade(card, answers)
        result = done[key]
        changing = [i.id for i in result.inputs if i.changes]
        yield row.get("id") or str(number), result.grade, ";".join(result.could_become) or NONE, ";".join(changing) or NONE


def _answers(path: Path, known: set[str]) -> Iterator[Row]:
    """One dictionary a person: the id as written, and yes, no or unknown for each known column of the file."""
    lines = _lines(path)
    delimiter = "\t" if lines and "\t" in lines[0] else ","
    header, *rest = _cells(lines, delimiter, path.name) or [[]]
    names = [name.strip() for name in header]
    if len(set(names)) != len(names) or not known & set(names):
        raise InputError(f"{path.name} line 1: needs a header, each column once, with 'id' and questions of: {', '.join(sorted(known))}")
    for name in names:
        if name != "id" and name not in known:
            say(f"{path.name}: the column '{name}' is no question of these criteria and was not used")
    for number, cells in enumerate(rest, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            raise InputError(f"{path.name} line {number}: {len(cells)} columns, the header has {len(names)}")
        row = {name: cell.strip() for name, cell in zip(names, cells, strict=True) if name == "id" or name in known}
        yield {name: cell if name == "id" else _word(cell, f"{path.name} line {number}, column {name}") for name, cell in row.items()}


def _word(cell: str, where: str) -> str:
    if cell.lower() not in WORDS:
        raise InputError(f"{where}: must be yes, no or unknown (or 1, 0, empty)")
    return WORDS[cell.lower()]


def _lines(path: Path) -> list[str]:
    try:
        if not path.is_file():
            raise InputError(f"{path.name}: not found as a file")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path.name}: larger than {MOST_BYTES} bytes; split it")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as wrong:
        raise InputError(f"{path.name}: cannot be read: {wrong.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: not UTF-8 text; save it again as UTF-8") from None
    if "\0" in text:
        raise InputError(f"{path.name}: holds NUL characters; it is no table")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _cells(lines: list[str], delimiter: str, where: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        raise InputError(f"{where}: not a table: a quotation mark is left open, or a cell is beyond all measure") from None


def run_redflags(args: argparse.Namespace) -> int:
    """`painloom body redflags`."""
    from painloom.intake.history import read_history
    from painloom.knowledge.load import load
    from painloom.knowledge.redflags import read_redflag
    from painloom.synthesis.redflags import raise_flags

    if not args.case.is_dir():
        raise InputError(f"{args.case.name}: no such case folder; it must hold case.toml")
    knowledge = load(args.knowledge)
    cards = [read_redflag(path) for path in knowledge.files("redflags").values()]
    history = read_history(args.case / "case.toml")
    terms = {row["id"] for name in ("facts", "facts_criteria") for row in knowledge.terms(name)}
    strange = [fact.id for fact in history.body.facts if fact.id not in terms]
    for warning in (*history.warnings, *(f"case.toml: the fact '{id_}' is not known and was not used" for id_ in strange)):
        say(warning)
    flags = raise_flags(cards, history.body.facts, age_years=history.person.age_years, scores=_scores(args.case, cards, knowledge))
    notes = [f"{flag.id}, {flag.within}: {flag.act} [{flag.knowledge_state}]" for flag in flags if flag.state == "present"]
    notes += [f"knowledge {knowledge.release}; what nobody asked is not absent; flags are never weighed against a score"]
    write_table(FLAG_COLUMNS, [_flag_row(flag, knowledge) for flag in flags], args.format, args.output, notes)
    return 0


def _flag_row(flag: "RedFlag", knowledge: "Knowledge") -> tuple[str, ...]:
    raised = flag.state == "present"
    return (
        flag.id,
        flag.state,
        flag.within if raised else NONE,
        flag.act if raised else NONE,
        _labels(flag.found),
        _labels(flag.not_asked),
        flag.knowledge_state,
        _titles(knowledge, flag.sources),
    )


def _labels(findings: "Iterable[FlagFinding]") -> str:
    return "; ".join(finding.label for finding in findings) or NONE


def _titles(knowledge: "Knowledge", sources: Sequence[str]) -> str:
    return "; ".join(knowledge.sources[s].title if s in knowledge.sources else s for s in sources)


def _scores(case: Path, cards: "Sequence[RedFlagCard]", knowledge: "Knowledge") -> "dict[str, Estimate]":
    """The latest alerts of the questionnaires that a flag asks about, from CASE/answers; an unanswered item stays unknown."""
    from painloom.intake.answers import read_answers
    from painloom.mind.scoring import alerts
    from painloom.model.quantity import Estimate

    found: dict[str, Estimate] = {}
    for name in sorted({rule.scale.partition(".")[0] for card in cards for rule in card.findings if rule.scale}):
        files = sorted((case / "answers").glob(f"{name}_*.csv"))
        if not files or name not in knowledge.files("instruments"):
            continue
        card = knowledge.instrument(name)
        answers = read_answers(files[-1], name, card.ranges)
        for alert in alerts(card, answers.values):
            states = [alert.states[i] for i in alert.state if i >= 0]
            band = min(states, key=alert.states.index, default="")
            if band:
                found[f"{name}.alert:{alert.id}"] = Estimate(1.0, "", band=band)
    return found
