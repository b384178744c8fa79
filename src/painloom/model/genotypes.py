"""Genotypes at the sites that the cards ask about: one array, samples on the second axis."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

MISSING = -1  # no record, no call, half a call, filtered or too weak: every allele stays possible
UNLISTED = -2  # an allele was seen that the gene's table does not list at this site
ABSENT_COPY = -3  # the second slot of a haploid call (one X chromosome, mitochondrion, one gene copy deleted)

BUILDS = ("GRCh38", "GRCh37")


@dataclass(frozen=True, slots=True)
class Site:
    """One defining position.

    `alleles[0]` is the GRCh38 reference allele, the others the listed alternates, in VCF spelling on the forward strand.
    `tract` is how many reference bases of GRCh38 right of the first (anchor) base, those of `alleles[0]` included, are
    known to go on repeating the indel's unit; 0 for substitutions and where nothing is known.
    `reference37` is the reference allele of GRCh37, which differs from `alleles[0]` at a few sites.
    `proven37` is False where position and reference allele of GRCh37 were inferred from the gene's offset alone.
    """

    gene: str
    chromosome: str
    position: int
    alleles: tuple[str, ...]
    rsid: str = ""
    tract: int = 0
    position37: int = 0
    reference37: str = ""
    proven37: bool = True

    def place(self, build: str) -> tuple[int, str]:
        """1-based position and reference allele on `build`."""
        if build == "GRCh37":
            return self.position37, self.reference37 or self.alleles[0]
        return self.position, self.alleles[0]

    @property
    def label(self) -> str:
        """How the site is named in results: rsID where there is one, else chromosome:position of GRCh38."""
        return self.rsid or f"{self.chromosome}:{self.position}"


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch whose copy number matters: (gene, chromosome, 1-based inclusive start and end on both builds)."""

    gene: str
    chromosome: str
    start: int
    end: int
    start37: int
    end37: int


@dataclass(frozen=True, slots=True)
class SiteTable:
    """What an intake has to look for, in the order of the arrays' first axis."""

    sites: tuple[Site, ...]
    regions: tuple[Region, ...] = ()

    def of_gene(self, gene: str) -> NDArray[np.intp]:
        """Rows of `sites` that belong to `gene`."""
        return np.array([i for i, site in enumerate(self.sites) if site.gene == gene], dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Unlisted:
    """An alternate allele that was seen at, or across, a defining site and is not in the gene's table."""

    site: int
    sample: int
    allele: str


@dataclass(frozen=True, slots=True)
class Genotypes:
    """Genotypes of many samples at the sites of a SiteTable.

    codes       int8 (sites, samples, 2): index into Site.alleles, or MISSING, UNLISTED, ABSENT_COPY (slot 1 only).
                MISSING always fills both slots.
    phase       int32 (sites, samples): 0 = unphased; equal positive numbers = slots of these sites lie on the same strand.
                A genotype written with `|` and no PS belongs to block 1 of its chromosome.
    copies      int8 (regions, samples): copies of the region, or -1 where the file says nothing about it.
    reasons     why a site is MISSING though the file has a record: {(site, sample): reason}; sample -1 = all samples.
                A plain no-call (`./.`) and a site without record have no entry: `depth` tells them apart.
    unlisted    one entry for each allele that made a slot UNLISTED.
    depth       uint8 (sites,): records that speak about the site, at most 255.
    digest      sha256 of the file's bytes, in hex.
    origin      what was read: "VCF", "BCF", "23andMe" or "AncestryDNA".
    warnings    one-line sentences for the reader; they name no sample.
    """

    table: SiteTable
    samples: tuple[str, ...]
    build: str
    codes: NDArray[np.int8]
    phase: NDArray[np.int32]
    copies: NDArray[np.int8]
    reasons: dict[tuple[int, int], str] = field(default_factory=dict)
    unlisted: tuple[Unlisted, ...] = ()
    digest: str = ""
    origin: str = ""
    absent_is_reference: bool = False
    warnings: tuple[str, ...] = ()
    depth: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, dtype=np.uint8))

    def reason(self, site: int, sample: int) -> str:
        """Why `site` is MISSING in `sample`, or "" where the file gives no reason of its own."""
        return self.reasons.get((site, sample)) or self.reasons.get((site, -1), "")
