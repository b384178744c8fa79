"""Tables of the instrument cards from the openly licensed originals: sum to T-score, and utilities by value set.

    derive_instruments.py RAW_TO_T.tsv VALUE_SETS.csv REFERENCES.csv

RAW_TO_T has the columns instrument, raw, t, se (seven short forms).  VALUE_SETS has one row a term and one column a set;
REFERENCES the columns Version, Type, Country, PubMed, DOI.  Both are described in `docs/methods/instruments.md`.  The tables are written
beside the cards; nothing else of a card is derived.
"""

import argparse
import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from painloom.knowledge.load import DATA

FOLDER = DATA / "instruments"
PROFILE, STATES = "promis-29", "eq-5d-5l"
DIMENSIONS = {"MO": 1, "SC": 2, "UA": 3, "PD": 4, "AD": 5}
PLAIN = {"StartValue": "start", "Intercept": "intercept", "Num45sq": "count45sq", "N4": "any4", "N5": "any5"}
VALUE_SET_PAPER = ("EQ-5D-5L", "VT")
Row = tuple[str, ...]


def term_name(name: str) -> str:
    """The original's name of a term in our spelling; KeyError when it is new.

    `MO3` -> `1:3`, `MO45` -> `1:4+`, `MOAD` -> `1*5`; the rest by PLAIN.
    """
    if name in PLAIN:
        return PLAIN[name]
    dimension = DIMENSIONS[name[:2]]
    rest = name[2:]
    if rest in DIMENSIONS:
        return f"{dimension}*{DIMENSIONS[rest]}"
    if rest == "45":
        return f"{dimension}:4+"
    if rest not in {"1", "2", "3", "4", "5"}:
        raise KeyError(name)
    return f"{dimension}:{rest}"


def value_set_rows(path: Path) -> Iterator[Row]:
    """(set, term, value), one set after the other; absent and zero terms are left out, `start` never is."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for name in [column for column in rows[0] if column]:
        for row in rows:
            term, value = term_name(row[""]), row[name]
            if term == "start" or (value not in ("NA", "") and float(value) != 0):
                yield name, term, value


def paper_rows(path: Path) -> Iterator[Row]:
    """(set, pmid, doi) of every value set's own paper, "." where there is none."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (row["Version"], row["Type"]) == VALUE_SET_PAPER:
                yield row["Country"], row["PubMed"] or ".", row["DOI"] or "."


def t_rows(path: Path) -> dict[str, list[Row]]:
    """Instrument -> (sum, T, standard error), by rising sum."""
    found: dict[str, list[Row]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found.setdefault(row["instrument"], []).append((row["raw"], row["t"], row["se"]))
    return {name: sorted(rows, key=lambda row: int(row[0])) for name, rows in found.items()}


def write(name: str, header: Row, rows: Iterable[Row]) -> None:
    """One table beside the cards."""
    lines = ["\t".join(row) for row in (header, *rows)]
    (FOLDER / f"{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Read the three originals, write every table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("raw_to_t", type=Path)
    parser.add_argument("value_sets", type=Path)
    parser.add_argument("references", type=Path)
    arguments = parser.parse_args()
    for name, rows in t_rows(arguments.raw_to_t).items():
        domain = name.removeprefix("promis-").removesuffix("-4a")
        write(f"{name}.t", ("raw", "t", "se"), rows)
        write(f"{PROFILE}.{domain}", ("raw", "t", "se"), rows)
    values = list(value_set_rows(arguments.value_sets))
    papers = {row[0]: row for row in paper_rows(arguments.references)}
    lost = sorted({row[0] for row in values} - set(papers))
    if lost:
        raise SystemExit(f"no paper for the value set {lost[0]}")
    write(f"{STATES}.value-sets", ("set", "term", "value"), values)
    write(f"{STATES}.sources", ("set", "pmid", "doi"), (papers[name] for name in dict.fromkeys(row[0] for row in values)))


if __name__ == "__main__":
    main()
