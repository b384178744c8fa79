"""Research mode, off by default: name a strand that no table names by the alleles and variants that it is made of."""

import itertools

import numpy as np
from numpy.typing import NDArray

from painloom.genome.panel import Panel
from painloom.model.genecall import Diplotype
from painloom.model.genotypes import ABSENT_COPY

MOST_HETEROZYGOUS = 10
RESEARCH_NOTE = "research: a combination that no table names; it has no phenotype"


def combinations(panel: Panel, codes: NDArray[np.int8], phase: NDArray[np.int32]) -> tuple[Diplotype, ...]:
    """Pairs of strands, each as `[*a + *b]` or `[*a + g.123A>G]`, those with the fewest loose variants and parts; () when too many.

    `codes` (sites, 2) without unlisted alleles; strands inside a phase block stay together.
    """
    heterozygous = np.flatnonzero((codes[:, 0] != codes[:, 1]) & (codes >= 0).all(axis=1))
    blocks = [heterozygous[phase[heterozygous] == b] for b in np.unique(phase[heterozygous]) if b]
    blocks += [np.array([site]) for site in heterozygous if phase[site] == 0]
    if len(blocks) > MOST_HETEROZYGOUS:
        return ()
    found: dict[str, tuple[int, int]] = {}
    single = bool((codes[codes[:, 0] >= 0, 1] == ABSENT_COPY).all())
    for turns in itertools.product((False, True), repeat=max(len(blocks) - 1, 0)):
        left, right = codes[:, 0].copy(), codes[:, 1].copy()
        for block, turn in zip(blocks[1:], turns, strict=True):
            if turn:
                left[block], right[block] = right[block], left[block].copy()
        names = [_strand(panel, left)] if single else sorted((_strand(panel, left), _strand(panel, right)), key=lambda n: n[0])
        label = "/".join(name for name, _, _ in names)
        cost = sum(loose for _, loose, _ in names), sum(parts for _, _, parts in names)
        found.setdefault(label, cost)
    best = min(found.values())
    return tuple(Diplotype(name, ()) for name, cost in found.items() if cost == best)


def _strand(panel: Panel, strand: NDArray[np.int8]) -> tuple[str, int, int]:
    """Name, number of loose variants, number of parts."""
    seen = np.flatnonzero(strand >= 0)
    whole = np.flatnonzero(panel.permits[seen, strand[seen], :].all(axis=0))
    if len(whole):
        return panel.printed[whole[0]], 0, 1
    varied = {int(s) for s in seen if not panel.permits[s, strand[s], 0]}
    carried = [r for r in range(1, len(panel.rows)) if _core(panel, r) and _core(panel, r) <= varied and _fits(panel, strand, r)]
    carried = [r for r in carried if not any(_core(panel, r) < _core(panel, other) for other in carried)]
    loose = sorted(s for s in varied if not any(panel.permits[s, strand[s], r] for r in carried))
    sites = panel.card.sites
    parts = [panel.printed[r] for r in carried] or [panel.printed[0]]
    parts += [f"g.{sites[s].position}{sites[s].alleles[0]}>{sites[s].alleles[strand[s]]}" for s in loose]
    return (parts[0] if len(parts) == 1 else f"[{' + '.join(parts)}]"), len(loose), len(parts)


def _core(panel: Panel, row: int) -> set[int]:
    """Sites at which the row needs another base than the reference row shows."""
    return {int(s) for s in np.flatnonzero(panel.core[:, row])}


def _fits(panel: Panel, strand: NDArray[np.int8], row: int) -> bool:
    """Every base that the row needs stands on the strand."""
    return all(bool(panel.permits[s, strand[s], row]) for s in _core(panel, row))
