"""Kind `lowest-function`: more variants than a pair of names can hold; the gravest ones stand for the two copies."""

import itertools

import numpy as np
from numpy.typing import NDArray

from painloom.genome.panel import Panel
from painloom.genome.score import parse_score
from painloom.knowledge.cards import Allele
from painloom.model.genotypes import ABSENT_COPY


def standing_pairs(
    panel: Panel, codes: NDArray[np.int8], phase: NDArray[np.int32]
) -> tuple[list[tuple[Allele, Allele | None]], tuple[str, ...]]:
    """The pairs of alleles that can stand for the copies, the gravest first, and the names of all variants found.

    Phased throughout: one variant of each strand.  Otherwise any two of all copies (a homozygous variant counts twice), since
    unphased variants may lie on either strand.  The gravest pair is what advice must rest on: its variants are there.
    """
    heterozygous = (codes[:, 0] != codes[:, 1]) & (codes >= 0).all(axis=1)
    blocks = set(phase[heterozygous].tolist())
    single = bool((codes[codes[:, 0] >= 0, 1] == ABSENT_COPY).all())
    left = _carried(panel, codes[:, 0])
    right = [] if single else _carried(panel, codes[:, 1])
    pairs: list[tuple[Allele, Allele | None]]
    if (len(blocks) <= 1 and 0 not in blocks) or heterozygous.sum() <= 1:
        sides = [_gravest(panel, side) or [panel.rows[0]] for side in (left, right)]
        pairs = [(a, None if single else b) for a, b in itertools.product(*sides)]
        return pairs, _names(panel, left + right)
    both = _anywhere(panel, codes)
    worst = [*_gravest(panel, both), panel.rows[0]]
    pairs = list(itertools.combinations(worst if len(both) < 2 else worst[:-1], 2))
    return pairs, _names(panel, both)


def _carried(panel: Panel, strand: NDArray[np.int8]) -> list[int]:
    """Rows whose whole definition stands on the strand, without those that are part of a larger such row."""
    found = [
        r
        for r in range(1, len(panel.rows))
        if all(strand[s] >= 0 and panel.permits[s, strand[s], r] for s in np.flatnonzero(panel.defined[:, r]))
    ]
    return _largest(panel, found)


def _anywhere(panel: Panel, codes: NDArray[np.int8]) -> list[int]:
    """Rows whose definition is present in at least one copy at every site; twice when present in two copies."""
    found = []
    for r in range(1, len(panel.rows)):
        sites = np.flatnonzero(panel.defined[:, r])
        copies = min((sum(int(c >= 0 and bool(panel.permits[s, c, r])) for c in codes[s]) for s in sites), default=0)
        found += [r] * copies
    return _largest(panel, found)


def _largest(panel: Panel, found: list[int]) -> list[int]:
    sites = {r: set(np.flatnonzero(panel.defined[:, r]).tolist()) for r in found}
    return [r for r in found if not any(sites[r] < sites[other] for other in found)]


def _gravest(panel: Panel, found: list[int]) -> list[Allele]:
    severity = {name: i for i, name in enumerate(panel.card.severity)}

    def grave(row: int) -> tuple[float, int, int]:
        allele = panel.rows[row]
        score = parse_score(next(iter(allele.activities.values()), ""))
        function = next(iter(allele.functions.values()), "")
        return (score.value if score else float("inf"), severity.get(function, len(severity)), row)

    return [panel.rows[row] for row in sorted(found, key=grave)]


def _names(panel: Panel, found: list[int]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(panel.printed[r] for r in sorted(found)))
