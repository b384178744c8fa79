"""Does every card that decides something have a known answer, written from a publication by another hand."""

import csv
from collections.abc import Iterator
from pathlib import Path

from painloom.knowledge.load import Knowledge

PROVEN_KINDS = ("genes", "guidance", "instruments", "rules", "equivalents", "criteria", "redflags")
ORIGIN = ("source", "where")


def check_answers(knowledge: Knowledge, folder: Path) -> Iterator[str]:
    """One line for each card without `folder`/<kind>/<id>.tsv, and for each row there that does not say where it comes from."""
    for kind in PROVEN_KINDS:
        for id_ in knowledge.files(kind):
            path = folder / kind / f"{id_}.tsv"
            if not path.is_file():
                yield f"{kind}/{id_}: has no known answer"
                continue
            yield from _rows(path, f"{kind}/{id_}")


def _rows(path: Path, where: str) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows:
        yield f"{where}: its known answers have no row"
    for number, row in enumerate(rows, 2):
        yield from (f"{where}: known answer line {number} has no '{name}'" for name in ORIGIN if (row.get(name) or ".") == ".")
