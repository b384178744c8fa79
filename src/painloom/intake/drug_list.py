"""A drug list as CSV -> what a person takes, entry by entry; only form is judged here, never medicine."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from painloom.intake.limits import MEBIBYTE, refusal
from painloom.model.case import DrugUse
from painloom.model.quantity import Interval

NEEDED = ("drug", "dose", "unit", "per_day")
OPTIONAL = ("route", "form")
MOST_BYTES = MEBIBYTE
MOST_ROWS = 2000
MOST_COLUMNS = 50
LONGEST_CELL = 300
MOST_DOSE = 10_000_000.0  # some antibiotics and hormones are dosed in millions of units
MOST_PER_DAY = 100.0  # as in case.toml

_PLAIN = r"[0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12}"
_NUMBER = re.compile(rf"(?P<value>{_PLAIN})(?:[eE](?P<power>[+-]?[0-9]))?|(?P<over>[0-9]{{1,6}})/(?P<under>[0-9]{{1,6}})")
_RANGE = re.compile(r"\s*(?:(?<![eE])-|–|—|\bto\b)\s*")
_NEGATIVE = re.compile(r"[-−–]\s*[0-9.]")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class DrugList:
    """The entries in the file's order; `warnings` names columns that were not used."""

    drugs: tuple[DrugUse, ...]
    warnings: tuple[str, ...]


def read_drug_list(path: Path) -> DrugList:
    """The drug list at `path`: a header with `drug,dose,unit,per_day` and, where known, `route,form`, in any order.

    An empty cell is an unknown and stays one: the judgement names the drug.  `dose` and `per_day` are numbers without a sign, `1/3`, or a
    range such as `1-2`.  Blank lines are skipped; a byte order mark and both kinds of line ends are fine.

    Raises
    ------
    InputError : not UTF-8, control characters, too large, no or a wrong header, a line with another number of cells than the header, an
        entry without a drug, a number that cannot be read or lies outside 0..10,000,000 (dose) or 0..100 (times a day).
    """
    rows = _rows(path, _text(path))
    number, header = next(rows, (0, []))
    names = [cell.strip().lower().replace(" ", "_") for cell in header]
    _check_header(path, number, names)
    used = set(NEEDED) | set(OPTIONAL)
    drugs: list[DrugUse] = []
    for line, cells in rows:
        if len(cells) != len(names):
            what = f"{len(cells)} cells, the header has {len(names)}; put quotes around a cell that holds a comma"
            raise refusal(path, f"line {line}", what)
        record = {name: cell.strip() for name, cell in zip(names, cells, strict=True) if name in used}
        if len(drugs) == MOST_ROWS:
            raise refusal(path, f"line {line}", f"more than {MOST_ROWS:,} entries; a drug list is one person's")
        drugs.append(_entry(path, line, record))
    extra = [f"{path.name}: column '{_shown(name)}' is not known and was not used" for name in names if name not in used]
    return DrugList(tuple(drugs), tuple(extra))


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise refusal(path, "", "not found as a file")
        if path.stat().st_size > MOST_BYTES:
            raise refusal(path, "", f"larger than {MOST_BYTES:,} bytes; a drug list holds one person's drugs")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refusal(path, "", "not UTF-8 text; save it again as UTF-8") from None
    except OSError as wrong:
        raise refusal(path, "", f"cannot be read: {wrong.strerror}") from None


def _rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every line that holds something."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(_UNSEEN.search(cell) for cell in cells):
                what = "a control character or a line end inside a cell; check the quotes, save the file again as plain text"
                raise refusal(path, f"line {reader.line_num}", what)
            if any(len(cell) > LONGEST_CELL for cell in cells) or len(cells) > MOST_COLUMNS:
                what = f"more than {LONGEST_CELL} letters in a cell or {MOST_COLUMNS} cells in a line"
                raise refusal(path, f"line {reader.line_num}", what)
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error:
        raise refusal(path, f"line {reader.line_num}", "not valid CSV; check the quotes") from None


def _check_header(path: Path, line: int, names: list[str]) -> None:
    allowed = f"{','.join(NEEDED)} and, where known, {','.join(OPTIONAL)}"
    if not names:
        raise refusal(path, "", f"is empty; the first line names the columns: {allowed}")
    lost = [name for name in NEEDED if name not in names]
    if lost:
        hint = "; separate the columns by commas" if len(names) == 1 and re.search(r"[;\t|]", names[0]) else ""
        raise refusal(path, f"line {line}", f"no column '{lost[0]}'; the first line names the columns: {allowed}{hint}")
    twice = [name for name in names if name in (*NEEDED, *OPTIONAL) and names.count(name) > 1]
    if twice:
        raise refusal(path, f"line {line}", f"column '{twice[0]}' stands there twice; keep one")


def _entry(path: Path, line: int, record: dict[str, str]) -> DrugUse:
    name = record["drug"]
    if not name:
        raise refusal(path, f"line {line}", "an entry without a drug; write its name, or take the line out")
    dose = _interval(path, line, "dose", record["dose"], MOST_DOSE)
    per_day = _interval(path, line, "per_day", record["per_day"], MOST_PER_DAY)
    return DrugUse(
        name=name,
        text=" ".join(cell for cell in record.values() if cell),
        dose=dose,
        unit=record["unit"],
        per_day=per_day,
        route=record.get("route", ""),
        form=record.get("form", ""),
    )


def _interval(path: Path, line: int, column: str, cell: str, most: float) -> Interval | None:
    """A number or a range; an empty cell (or "." as in our own tables) is None."""
    if cell in ("", "."):
        return None
    spot = f"line {line}, column '{column}'"
    if _NEGATIVE.match(cell):
        raise refusal(path, spot, f"a negative number; it must lie in 0..{most:g}, or be empty if it is not known")
    ends = [_number(part) for part in _RANGE.split(cell)]
    low, high = ends[0], ends[-1]
    if len(ends) > 2 or low is None or high is None:
        what = "no number; write digits with a point, such as 7.5 or 1-2, the unit in its own column, nothing if it is not known"
        raise refusal(path, spot, what)
    if low > high:
        raise refusal(path, spot, "a range whose first number is the larger one; write the smaller one first")
    if high > most:
        raise refusal(path, spot, f"a number outside 0..{most:g}; check the number and its unit")
    return Interval(low, high)


def _number(text: str) -> float | None:
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    if found["over"]:
        return int(found["over"]) / int(found["under"]) if int(found["under"]) else None
    return float(found["value"]) * 10.0 ** int(found["power"] or 0)


def _shown(name: str) -> str:
    return name[:40] if len(name) <= 40 else name[:39] + "…"
