"""Copy number: deletions and duplications of a whole gene, seen in the file or only possible."""

import itertools
import re

import numpy as np
from numpy.typing import NDArray

from painloom.genome.match import fits
from painloom.genome.named import diplotype
from painloom.genome.panel import Panel
from painloom.knowledge.cards import Allele, GeneCard
from painloom.model.genecall import Diplotype
from painloom.model.genotypes import ABSENT_COPY, MISSING

CONTRADICTION = "heterozygous sites although the file says one copy of the gene"
MANY = 3  # the tables name two copies (x2) and "three or more" (x≥3)


def copied(card: GeneCard, allele: Allele, copies: int) -> Allele:
    """The row of `copies` copies of an allele on one chromosome; a row without readings where the tables have none."""
    if copies == 1:
        return allele
    name = f"{allele.prints_as}x{copies}"
    if copies >= MANY and name not in card.by_name:
        name = f"{allele.prints_as}x≥{MANY}"
    return card.by_name.get(name) or Allele(name, name, (), True, {}, {})


def with_copies(panel: Panel, codes: NDArray[np.int8], phase: NDArray[np.int32], copies: int) -> tuple[tuple[Diplotype, ...], str]:
    """Diplotypes that fit a known copy number other than two, best first; the reason when there is none."""
    structure = panel.card.structure
    if structure is None:
        return (), "the file gives a copy number for a gene whose card knows none"
    deletion = panel.card.by_name[structure.deletion]
    if copies == 0:
        return (diplotype(panel.card, deletion, deletion),), ""
    if copies == 1:
        two_alleles = (codes[:, 0] != codes[:, 1]) & (codes >= 0).all(axis=1)
        if two_alleles.any():
            return (), CONTRADICTION
        alone = codes.copy()
        alone[alone[:, 0] != MISSING, 1] = ABSENT_COPY
        rows = fits(panel, alone, phase).first
        found = tuple(diplotype(panel.card, panel.rows[r], deletion) for r in rows)
        return found, "" if found else "no defined allele explains the single copy"
    pairs = fits(panel, codes, phase)
    out: dict[str, Diplotype] = {}
    for a, b in zip(pairs.first, pairs.second, strict=True):
        for option in _shares(panel.card, panel.rows[a], panel.rows[b], copies):
            out.setdefault(option.name, option)
    return tuple(out.values()), "" if out else "no pair of defined alleles explains the genotypes"


def _shares(card: GeneCard, first: Allele, second: Allele, copies: int) -> list[Diplotype]:
    """All ways to share `copies` between the two chromosomes, each having at least one; even shares first."""
    shares = sorted(range(copies - 1, 0, -1), key=lambda n: abs(copies - 2 * n))
    return [diplotype(card, copied(card, first, n), copied(card, second, copies - n)) for n in shares]


def possible_changes(card: GeneCard, first: Allele, second: Allele, *, heterozygous: bool) -> tuple[tuple[str, Diplotype], ...]:
    """What the diplotype would be if an unassessed deletion or duplication were there.

    A deletion hides behind homozygous sites only: a heterozygous site proves two copies.
    """
    if card.structure is None:
        return ()
    changes: list[tuple[str, Diplotype]] = []
    if not heterozygous:
        deletion = card.by_name[card.structure.deletion]
        changes += [(f"deletion ({deletion.name})", diplotype(card, allele, deletion)) for allele in (first, second)]
    for a, b in itertools.permutations((first, second)):
        double = copied(card, a, 2)
        if double.functions:
            changes.append(("duplication", diplotype(card, double, b)))
    return tuple({d.name: (text, d) for text, d in reversed(changes)}.values())[::-1]


def tidy(name: str) -> str:
    """An allele name as the tables write it: `*36+*10` -> `*36 + *10`, `*1x3` kept, `>=3` -> `≥3`."""
    name = re.sub(r"\s+", " ", name.strip()).replace(">=", "≥")
    return re.sub(r"\s*\+\s*", " + ", name) if "+" in name else name
