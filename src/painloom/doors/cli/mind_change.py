"""painloom mind change: two answer tables of one instrument, person by person."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.output import say, write_table
from painloom.errors import InputError, UsageError

if TYPE_CHECKING:
    from painloom.knowledge.instrument_cards import InstrumentCard, Scale
    from painloom.mind.precision import Judgement, Pair
    from painloom.model.answers import Answers
    from painloom.model.scores import ScaleScores

FORMATS = ("text", "json", "tsv")
COLUMNS = (
    "id",
    "scale",
    "before",
    "after",
    "change",
    "se_diff",
    "rci",
    "real",
    "meaningful",
    "verdict",
    "population",
    "source",
    "kind",
    "state",
    "direction",
    "error_from",
    "note",
)
NONE = "."


def add_verb(inner: Any) -> None:
    """Add `change` to the `mind` group."""
    parser = inner.add_parser("change", help="is a change real (beyond error), and is it meaningful?")
    parser.add_argument("instrument", metavar="INSTRUMENT", help="id of the instrument; see: painloom knowledge list instruments")
    parser.add_argument("before", type=Path, metavar="BEFORE", help="CSV with the columns id and the item numbers")
    parser.add_argument("after", type=Path, metavar="AFTER", help="the same later")
    parser.add_argument("--population", metavar="TEXT", help="only values published for a population with this in its name")
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("-o", type=Path, dest="output", metavar="PATH", help="write there instead of stdout")
    parser.set_defaults(run=run_change)


def run_change(args: argparse.Namespace) -> int:
    """`painloom mind change`."""
    from painloom.intake.answers import read_answers
    from painloom.knowledge.load import load

    knowledge = load(args.knowledge)
    if args.instrument not in knowledge.files("instruments"):
        raise UsageError(f"there is no instrument '{args.instrument}'; see: painloom knowledge list instruments")
    card = knowledge.instrument(args.instrument)
    if not card.scales:
        raise UsageError(f"'{card.id}' is not scored by this release: {'; '.join(card.open_questions)}")
    before, after = (read_answers(path, card.id, card.ranges) for path in (args.before, args.after))
    rows = list(change_rows(card, before, after, args.population))
    if args.population and not rows:
        raise UsageError(f"no published change of '{card.id}' is for '{args.population}'; there are: {_populations(card)}")
    _warn(card, after)
    note = "real: beyond measurement error; meaningful: as large as the published size for that population, mostly found for improvement"
    write_table(COLUMNS, rows, args.format, args.output, [note])
    return 0


def _populations(card: "InstrumentCard") -> str:
    names = dict.fromkeys(c.population or "not named" for s in card.scales for c in s.changes)
    return "; ".join(names) or "none"


def _warn(card: "InstrumentCard", after: "Answers") -> None:
    """A table of changes must not hide an answer that needs action at once."""
    from painloom.mind.scoring import alerts

    for alert in alerts(card, after.values):
        if (alert.state >= 0).any():
            say(f"{after.where}: answers need action at once (alert:{alert.id}); see: painloom mind score {card.id}")


def change_rows(card: "InstrumentCard", before: "Answers", after: "Answers", population: str | None) -> Iterator[tuple[str, ...]]:
    """One row a person, scale and published meaningful change; who stands in one table only gets a row that says so.

    Raises
    ------
    InputError : an id stands twice in one table.
    """
    from painloom.mind.precision import judge
    from painloom.mind.scoring import score

    names, first, second = _matched(before, after)
    old, new = (score(card, table.values) for table in (before, after))
    judged = []
    for earlier, later in zip(old, new, strict=True):
        scale = card.by_scale[earlier.scale.partition(":")[0]]
        pair = _pair(earlier, later, first, second)
        judged.append((scale, earlier, later, pair, judge(scale, pair, population or "")))
    for person, name in enumerate(names):
        for scale, earlier, later, pair, chosen in judged:
            note = _note((earlier, first[person], "before"), (later, second[person], "after"))
            for judgement in chosen:
                yield (name, earlier.scale, *_cells(scale, pair, judgement, person), note or NONE)


def _matched(before: "Answers", after: "Answers") -> tuple[list[str], list[int], list[int]]:
    """Ids in the order of the first table, then those only in the second; rows of each, -1 = none."""
    places = [_places(before), _places(after)]
    names = list(dict.fromkeys((*places[0], *places[1])))
    return names, [places[0].get(n, -1) for n in names], [places[1].get(n, -1) for n in names]


def _places(answers: "Answers") -> dict[str, int]:
    found: dict[str, int] = {}
    for row, name in enumerate(answers.names()):
        if name in found:
            raise InputError(f"{answers.where}: rows {found[name] + 1} and {row + 1} below the header have one id; give one row a person")
        found[name] = row
    return found


def _pair(earlier: "ScaleScores", later: "ScaleScores", first: list[int], second: list[int]) -> "Pair":
    import numpy as np

    from painloom.mind.precision import Pair, widening
    from painloom.model.scores import PRORATED

    def taken(values: Any, rows: list[int]) -> Any:
        padded = np.append(values, np.nan)
        return padded[np.asarray(rows, dtype=np.int64)]  # -1 is the NaN at the end

    # Only T-scores carry an error of their own; that of other scales is the card's and stands in its precision entries.
    own = earlier.unit == "T"
    errors = [taken(s.se, rows) if own else np.full(len(rows), np.nan) for s, rows in ((earlier, first), (later, second))]
    wider = [
        taken(np.where(s.status == PRORATED, widening(s.answered, s.count), 1.0), rows) for s, rows in ((earlier, first), (later, second))
    ]
    return Pair(taken(earlier.score, first), taken(later.score, second), *errors, *wider)


def _note(*sides: tuple["ScaleScores", int, str]) -> str:
    from painloom.model.scores import NOT_SCORED, PRORATED

    words = []
    for scores, row, when in sides:
        if row < 0:
            words.append(f"no answers {when}")
        elif scores.status[row] == NOT_SCORED:
            words.append(f"not scored {when}: {scores.count - scores.answered[row]} of {scores.count} unanswered")
        elif scores.status[row] == PRORATED:
            words.append(f"prorated {when}: its error is taken larger")
    return "; ".join(words)


def _cells(scale: "Scale", pair: "Pair", judgement: "Judgement", person: int) -> tuple[str, ...]:
    from painloom.mind.precision import ANSWERS, VERDICTS
    from painloom.mind.rows import number

    return (
        *(number(float(v[person]), scale.unit) for v in (pair.before, pair.after, pair.change)),
        *(number(float(v[person]), "") for v in (judgement.se_diff, judgement.rci)),
        ANSWERS[judgement.real[person]],
        ANSWERS[judgement.meaningful[person]],
        VERDICTS[judgement.verdict[person]],
        judgement.population or NONE,
        ";".join(judgement.sources) or NONE,
        judgement.kind or NONE,
        judgement.state or NONE,
        judgement.direction(person),
        judgement.error_from or NONE,
    )
