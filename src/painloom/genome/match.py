"""Which pairs of named alleles explain a genotype vector, best first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from painloom.genome.panel import Panel
from painloom.model.genotypes import ABSENT_COPY, MISSING, UNLISTED

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Fit:
    """Pairs of rows of a panel that fit, best first: `first`, `second` (pairs,), second = -1 for a single copy; PharmCAT's score."""

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    score: NDArray[np.intp]
    frequency: NDArray[np.float64]

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.first)


def strands(panel: Panel, codes: NDArray[np.int8]) -> Mask:
    """For one slot of every site: bool (sites, alleles), may this allele stand on a strand that shows these codes; missing permits all."""
    seen = codes >= 0
    out = np.ones((len(codes), len(panel.rows)), dtype=bool)
    out[seen] = panel.permits[np.flatnonzero(seen), codes[seen], :]
    out[codes == UNLISTED] = False
    return out


def fits(panel: Panel, codes: NDArray[np.int8], phase: NDArray[np.int32]) -> Fit:
    """All pairs of named alleles that explain the genotypes of one sample.

    Parameters
    ----------
    codes : (sites, 2), canonical; UNLISTED permits no allele.
    phase : (sites,), 0 = unphased.

    Notes
    -----
    Inside a phase block the strands of all sites go together; between blocks they may swap.  A pair (a, b) fits a block whose
    strands are U and V when a fits U and b fits V, or the other way round; it fits the sample when it fits every block.
    """
    seen = codes[:, 0] != MISSING
    if (codes[seen, 1] == ABSENT_COPY).all() and seen.any():
        alone = np.flatnonzero(strands(panel, codes[:, 0]).all(axis=0))
        return rank(panel, alone, np.full(len(alone), -1), seen)
    left, right = strands(panel, codes[:, 0]), strands(panel, codes[:, 1])
    haploid = codes[:, 1] == ABSENT_COPY
    right[haploid] = left[haploid]
    fixed = ~seen | (codes[:, 0] == codes[:, 1]) | haploid
    alive = _every(left[fixed])
    blocks = [np.flatnonzero(~fixed & (phase == b)) for b in np.unique(phase[~fixed]) if b != 0]
    blocks += [np.array([site]) for site in np.flatnonzero(~fixed & (phase == 0))]
    sides = [(_every(left[block]), _every(right[block])) for block in blocks]
    for u, v in sides:
        alive &= u | v
    kept = np.flatnonzero(alive)
    pairs: Mask = np.ones((len(kept), len(kept)), dtype=bool)
    for u, v in sides:
        a, b = u[kept], v[kept]
        pairs &= np.outer(a, b) | np.outer(b, a)
    i, j = np.nonzero(np.triu(pairs))
    return rank(panel, kept[i], kept[j], seen)


def _every(masks: Mask) -> Mask:
    """(sites, alleles) -> (alleles,): alleles that fit at every one of the sites."""
    kept: Mask = np.logical_and.reduce(masks, axis=0)
    return kept


def rank(panel: Panel, first: NDArray[np.intp], second: NDArray[np.intp], seen: Mask) -> Fit:
    """Order of the pairs.

    Every site seen: sites that the nomenclature fills in for both alleles (more first, PharmCAT's score), then expected diplotype
    frequency.  Some sites unseen: expected frequency first, since all pairs explain what was seen equally and a score would count
    chance; then fewest variants that nobody looked at; then the score.  Last: the order of the allele table.

    Rows that print alike (suballeles) are one answer: the best of them stays.
    """
    single = second < 0
    filled = panel.defined[seen].sum(axis=0)
    score = filled[first] + np.where(single, 0, filled[second])
    unseen = panel.core[~seen].sum(axis=0)
    guessed = unseen[first] + np.where(single, 0, unseen[second])
    frequency = panel.frequency[first] * np.where(single, 1.0, panel.frequency[second])
    frequency = frequency * np.where(single | (first == second), 1.0, 2.0)
    keys = (second, first, -frequency, -score) if seen.all() else (second, first, -score, guessed, -frequency)
    order = np.lexsort(keys)
    first, second, score, frequency = first[order], second[order], score[order], frequency[order]
    if len(set(panel.printed)) < len(panel.printed):
        names = [frozenset((panel.printed[a], panel.printed[b] if b >= 0 else "")) for a, b in zip(first, second, strict=True)]
        keep = list({name: i for i, name in reversed(list(enumerate(names)))}.values())[::-1]
        first, second, score, frequency = first[keep], second[keep], score[keep], frequency[keep]
    return _preferred(panel, Fit(first, second, score, frequency))


def _preferred(panel: Panel, fit: Fit) -> Fit:
    """A published choice among pairs that fit the same genotypes goes first; the rule that weighs most of them decides."""
    if not panel.card.preferred or len(fit) < 2:
        return fit
    names = [f"{panel.printed[a]}/{panel.printed[b]}" for a, b in zip(fit.first, fit.second, strict=True)]
    rules = [(len(among), pick) for among, pick in panel.card.preferred if among <= set(names)]
    if not rules:
        return fit
    at = names.index(max(rules)[1])
    order = np.array([at, *(i for i in range(len(fit)) if i != at)], dtype=np.intp)
    return Fit(fit.first[order], fit.second[order], fit.score[order], fit.frequency[order])
