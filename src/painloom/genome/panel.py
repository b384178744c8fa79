"""A gene card as arrays: encoded once, then every sample is matched against it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from painloom.errors import KnowledgeError
from painloom.genome.reading import ReadingTable, build_readings
from painloom.knowledge.cards import Allele, GeneCard


@dataclass(frozen=True)
class Panel:
    """Arrays of one gene.

    permits   bool (sites, codes, alleles): does the named allele accept this code at this site; codes as in Genotypes.
    defined   bool (sites, alleles): does the nomenclature fill in this site for this allele.
    core      bool (sites, alleles): does the allele need another base here than the reference row shows.
    frequency float (alleles,): share of chromosomes in the reference panels, 0 where never seen or never computed.
    rows      the alleles that small variants can tell (structural ones are left out), reference first.
    """

    card: GeneCard
    rows: tuple[Allele, ...]
    permits: NDArray[np.bool_]
    defined: NDArray[np.bool_]
    core: NDArray[np.bool_]
    frequency: NDArray[np.float64]
    printed: tuple[str, ...]
    readings: ReadingTable

    @property
    def reference_code(self) -> NDArray[np.int8]:
        """int8 (sites,): the code that the reference row accepts (the first one where it accepts several)."""
        first: NDArray[np.int8] = self.permits[:, :, 0].argmax(axis=1).astype(np.int8)
        return first


def encode(card: GeneCard) -> Panel:
    """The card as arrays; KnowledgeError where a definition names a site or allele that the site table lacks."""
    rows = tuple(allele for allele in card.alleles if not allele.structural)
    width = max((len(site.alleles) for site in card.sites), default=1)
    permits = np.zeros((len(card.sites), width, len(rows)), dtype=bool)
    defined = np.zeros((len(card.sites), len(rows)), dtype=bool)
    place = {site.position: i for i, site in enumerate(card.sites)}
    permits[:, 0, :] = True
    if rows:
        _fill(card, rows[0], 0, place, permits)
        permits[:, :, 1:] = permits[:, :, :1]
        defined[:, 0] = True
    for r, allele in enumerate(rows[1:], start=1):
        _fill(card, allele, r, place, permits)
        defined[[place[position] for position, _ in allele.definition], r] = True
    reference_code = permits[:, :, 0].argmax(axis=1) if rows else np.zeros(len(card.sites), dtype=np.intp)
    core = ~permits[np.arange(len(card.sites)), reference_code, :]
    return Panel(
        card=card,
        rows=rows,
        permits=permits,
        defined=defined,
        core=core,
        frequency=np.array([card.frequencies.get(a.prints_as, 0.0) for a in rows]),
        printed=tuple(a.prints_as for a in rows),
        readings=build_readings(card, rows),
    )


def _fill(card: GeneCard, allele: Allele, row: int, place: dict[int, int], permits: NDArray[np.bool_]) -> None:
    for position, fits in allele.definition:
        if position not in place:
            raise KnowledgeError(f"genes/{card.id}: allele {allele.name} names position {position}, which is no site of the gene")
        listed = card.sites[place[position]].alleles
        if not set(fits) <= set(listed):
            raise KnowledgeError(f"genes/{card.id}: allele {allele.name} has an allele at {position} that the site does not list")
        permits[place[position], :, row] = False
        for fit in fits:
            permits[place[position], listed.index(fit), row] = True
