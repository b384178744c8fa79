"""One genotype vector of one gene -> its answer: what fits, or why nothing does."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from painloom.genome.combine import RESEARCH_NOTE, combinations
from painloom.genome.copies import with_copies
from painloom.genome.lowest import standing_pairs
from painloom.genome.match import Fit, fits
from painloom.genome.named import diplotype
from painloom.genome.panel import Panel
from painloom.model.genecall import AMBIGUOUS, CALLED, NOT_CALLED, Diplotype
from painloom.model.genotypes import ABSENT_COPY, MISSING, UNLISTED

NO_SITE = "no site of this gene in the file"
NO_PAIR = "no pair of defined alleles explains the genotypes"
UNLISTED_ALLELE = "undocumented allele at a defining site"
TWO_IN_ONE = "two alleles where other sites show one copy of the chromosome: check sample, sex and record"
COPIES_UNKNOWN = -1


@dataclass(frozen=True)
class Solution:
    """The answer for one distinct vector.

    `fit` holds matched pairs as row numbers of the panel; `explicit` holds diplotypes that are no pair of rows (structural
    alleles, representatives of a list of variants) and then replaces `fit`.  With `components`, a list of variants that are all
    present, advice rests on the first, gravest pair alone.  `missing` are site numbers without a genotype; `copies` of the gene
    are -1 where nobody counted.
    """

    status: str
    fit: Fit | None = None
    explicit: tuple[Diplotype, ...] = ()
    missing: tuple[int, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    heterozygous: bool = False
    copies: int = COPIES_UNKNOWN


def solve(
    panel: Panel, codes: NDArray[np.int8], phase: NDArray[np.int32], copies: int = COPIES_UNKNOWN, *, research: bool = False
) -> Solution:
    """Match one canonical vector; `copies` is the copy number of the gene, -1 where nobody looked.

    `research` names combinations of alleles where no pair of defined alleles fits.
    """
    card = panel.card
    missing = tuple(int(i) for i in np.flatnonzero(codes[:, 0] == MISSING))
    notes: list[str] = []
    if copies == 0 and card.structure is not None:
        explicit, _ = with_copies(panel, codes, phase, copies)
        return Solution(CALLED, None, explicit, (), "", ("0 copies of the gene",), (), False, copies)
    if len(missing) == len(codes):
        return Solution(NOT_CALLED, missing=missing, reason=NO_SITE)
    if not panel.rows:
        return Solution(CALLED, None, (Diplotype(_spelled(panel, codes), ()),), missing)
    single = (codes[:, 1] == ABSENT_COPY) & (codes[:, 0] != MISSING)
    if card.kind == "hemizygous" and single.any() and ((codes[:, 0] != codes[:, 1]) & (codes >= 0).all(axis=1)).any():
        return Solution(NOT_CALLED, missing=missing, reason=TWO_IN_ONE)
    absent = set(card.required_sites) & {card.sites[i].position for i in missing}
    if absent:
        notes.append(f"{len(absent)} of {len(card.required_sites)} sites that the nomenclature asks for were not seen")
    if (codes == UNLISTED).any():
        if card.unlisted != "reference":
            return Solution(NOT_CALLED, missing=missing, reason=UNLISTED_ALLELE)
        notes.append("an undocumented allele was read as reference, as this gene's toxicity rules ask")
        codes = np.where(codes == UNLISTED, panel.reference_code[:, None], codes)
    heterozygous = bool(((codes[:, 0] != codes[:, 1]) & (codes >= 0).all(axis=1)).any())
    if card.kind == "lowest-function" and missing:
        notes.append(f"{len(missing)} {'site' if len(missing) == 1 else 'sites'} unseen could hold further variants")
    found = fits(panel, codes, phase)
    notes += _stand_ins(panel, codes)
    if not len(found):
        codes, overruled = _overrule(panel, codes)
        notes += overruled
        if overruled:
            found = fits(panel, codes, phase)
    if copies != COPIES_UNKNOWN:
        notes.append(f"{copies} {'copy' if copies == 1 else 'copies'} of the gene")
    if copies not in (COPIES_UNKNOWN, 2):
        explicit, reason = with_copies(panel, codes, phase, copies)
        status = CALLED if len(explicit) == 1 else AMBIGUOUS if explicit else NOT_CALLED
        return Solution(status, None, explicit, missing, reason, tuple(notes), (), heterozygous, copies)
    if len(found):
        return Solution(CALLED if len(found) == 1 else AMBIGUOUS, found, (), missing, "", tuple(notes), (), heterozygous, copies)
    if card.kind == "lowest-function":
        pairs, components = standing_pairs(panel, codes, phase)
        notes.append("more variants than a pair of named alleles: the two of gravest function stand for the two copies")
        named = tuple({d.name: d for d in (diplotype(card, *pair) for pair in pairs)}.values())
        status = CALLED if len(named) == 1 and not missing else AMBIGUOUS
        return Solution(status, None, named, missing, "", tuple(notes), components, heterozygous)
    if research and (combined := combinations(panel, codes, phase)):
        status = CALLED if len(combined) == 1 else AMBIGUOUS
        return Solution(status, None, combined, missing, "", (*notes, RESEARCH_NOTE), (), heterozygous)
    return Solution(NOT_CALLED, missing=missing, reason=NO_PAIR, notes=tuple(notes), heterozygous=heterozygous)


def _spelled(panel: Panel, codes: NDArray[np.int8]) -> str:
    """`rs1 A/G, rs2 C/C`: a gene without named alleles is its genotypes."""
    names = []
    for site, (a, b) in zip(panel.card.sites, codes.tolist(), strict=True):
        if MISSING not in (a, b):
            alleles = ["?" if code == UNLISTED else site.alleles[code] for code in (a, b) if code != ABSENT_COPY]
            names.append(f"{site.label} {'/'.join(alleles)}")
    return ", ".join(names)


def _stand_ins(panel: Panel, codes: NDArray[np.int8]) -> list[str]:
    """The warning where a variant counts because the site that decides over it was not read."""
    place = {site.position: i for i, site in enumerate(panel.card.sites)}
    rules = panel.card.overrules
    return [r.text for r in rules if codes[place[r.when_seen], 0] == MISSING and (codes[place[r.site]] > 0).any()]


def _overrule(panel: Panel, codes: NDArray[np.int8]) -> tuple[NDArray[np.int8], list[str]]:
    """Set aside a site that counts only where another one was not seen."""
    place = {site.position: i for i, site in enumerate(panel.card.sites)}
    texts = []
    for rule in panel.card.overrules:
        site, decider = place[rule.site], place[rule.when_seen]
        if codes[decider, 0] != MISSING and codes[site, 0] != MISSING:
            codes = codes.copy()
            codes[site] = MISSING
            texts.append(rule.text)
    return codes, texts
