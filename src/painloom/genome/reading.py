"""Every pair of named alleles, read by every guideline body: function pairs or activity sums -> phenotype -> lookup keys."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from painloom.genome.score import Score, band_term, parse_score
from painloom.knowledge.cards import Allele, Body, GeneCard
from painloom.model.genecall import Reading

KEY_BY_SCORE = "activity-score"
NO_SCORE = "n/a"


@dataclass(frozen=True)
class ReadingTable:
    """`index[a, b]` (intp, alleles x alleles, symmetric) and `single[a]` point into `readings`: one tuple of readings, a body each."""

    readings: tuple[tuple[Reading, ...], ...]
    index: NDArray[np.intp]
    single: NDArray[np.intp]


def read_pair(card: GeneCard, body: Body, first: Allele, second: Allele | None) -> Reading | None:
    """How `body` reads a pair (or, with `second` None, one copy alone); None when the body does not know the gene or an allele."""
    pair = [first] if second is None else [first, second]
    functions = [a.functions.get(body.name, "") for a in pair]
    known = all(functions)
    scores = [parse_score(a.activities.get(body.name, "")) for a in pair]
    total = _total(scores) if known else None
    if body.bands:
        phenotype = band_term(total, body.bands) if total is not None else (body.default if known else "")
    else:
        phenotype = body.phenotypes.get((functions[0], functions[1] if second else ""), body.default if known else "")
    if not phenotype:
        return None
    score = str(total) if total is not None else ""
    return Reading(body.name, phenotype, score, _key(body, phenotype, score), tuple(sorted(functions)))


def _total(scores: Sequence[Score | None]) -> Score | None:
    total = Score(0.0)
    for score in scores:
        if score is None:
            return None
        total = total + score
    return total


def _key(body: Body, phenotype: str, score: str) -> str:
    if body.key == KEY_BY_SCORE:
        return score or NO_SCORE
    return body.keys.get(phenotype, phenotype)


def build_readings(card: GeneCard, rows: tuple[Allele, ...]) -> ReadingTable:
    """Readings of all pairs of `rows`; pairs whose alleles have the same functions and activities in every body are read once."""
    groups: dict[tuple[object, ...], int] = {}
    of_row = np.empty(len(rows), dtype=np.intp)
    examples: list[Allele] = []
    for r, allele in enumerate(rows):
        same = tuple(sorted(allele.functions.items())), tuple(sorted(allele.activities.items()))
        if same not in groups:
            groups[same] = len(groups)
            examples.append(allele)
        of_row[r] = groups[same]
    found: dict[tuple[Reading, ...], int] = {}
    table = np.zeros((len(examples), len(examples)), dtype=np.intp)
    single = np.zeros(len(examples), dtype=np.intp)
    for i, first in enumerate(examples):
        single[i] = found.setdefault(_read_all(card, first, None), len(found))
        for j in range(i, len(examples)):
            table[i, j] = table[j, i] = found.setdefault(_read_all(card, first, examples[j]), len(found))
    index = table[np.ix_(of_row, of_row)] if len(rows) else table
    return ReadingTable(tuple(found), index, single[of_row] if len(rows) else single)


def _read_all(card: GeneCard, first: Allele, second: Allele | None) -> tuple[Reading, ...]:
    found = (read_pair(card, body, first, second) for body in card.bodies)
    return tuple(reading for reading in found if reading is not None)
