"""A clinic's own reference cohort: scores of one model, a plain list or a table with a column `score`."""

import math
from dataclasses import dataclass
from pathlib import Path

from painloom.intake.limits import MEBIBYTE, refusal
from painloom.intake.tabtext import read_lines, shown, stem

MOST_BYTES = 16 * MEBIBYTE
MOST_PEOPLE = 200_000
FEWEST = 5
WITHOUT = ("", ".", "n/a")
WHAT = "a cohort is one score a line, or a tab separated table with a column score (as `brain signature --format tsv` prints it)"


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Scores of reference people, sorted; `left_out` rows had none (withheld); `name` is the table's column `cohort` or the file's stem."""

    name: str
    scores: tuple[float, ...]
    left_out: int


def read_scores(path: Path, model: str) -> ScoreTable:
    """The cohort at `path`, scored by `model`.

    Rows without a score (`.`) are counted and left out.  A column `model` must name the model on every row.

    Raises
    ------
    InputError : no such table, scores of another model, a cell that is no finite number, or fewer than 5 scores.
    """
    lines = read_lines(path, WHAT, most=MOST_BYTES)
    head = [cell.strip() for cell in lines[0].split("\t")]
    if "score" in head:
        rows, first = _records(path, lines, head, model), 2
    elif len(head) > 1:
        raise refusal(path, "line 1", f"no column 'score'; {WHAT}")
    else:
        rows, first = [(line.strip(), "") for line in lines], 1
    if len(rows) > MOST_PEOPLE:
        raise refusal(path, "", f"{len(rows):,} rows; at most {MOST_PEOPLE:,} are read")
    scores = [_score(path, f"line {number}", cell) for number, (cell, _) in enumerate(rows, start=first) if cell not in WITHOUT]
    if len(scores) < FEWEST:
        raise refusal(path, "", f"{len(scores)} scores; a place among fewer than {FEWEST} people says nothing")
    names = {name for _, name in rows if name}
    return ScoreTable(names.pop() if len(names) == 1 else stem(path), tuple(sorted(scores)), len(rows) - len(scores))


def _records(path: Path, lines: list[str], head: list[str], model: str) -> list[tuple[str, str]]:
    """(score, cohort) cells of every row."""
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != len(head):
            raise refusal(path, f"line {number}", f"{len(cells)} cells, the header has {len(head)}")
        record = dict(zip(head, cells, strict=True))
        if record.get("model", model) != model:
            raise refusal(
                path, f"line {number}", f"a score of the model '{shown(record['model'])}'; a cohort holds scores of '{model}' only"
            )
        rows.append((record["score"], record.get("cohort", "")))
    return rows


def _score(path: Path, where: str, cell: str) -> float:
    try:
        value = float(cell) if cell.isascii() and "_" not in cell else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise refusal(path, where, f"no finite number; {WHAT}")
    return value
