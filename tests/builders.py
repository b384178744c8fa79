"""Small real inputs: genotypes at the sites of the shipped cards."""

from functools import lru_cache

import numpy as np

from painloom.knowledge.load import Knowledge, load
from painloom.model.genotypes import ABSENT_COPY, MISSING, UNLISTED, Genotypes


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    return load()


class GenotypeBuilder:
    """One sample that shows the reference everywhere, until told otherwise: `.set(gene, position, "A/G")`, `.missing(...)`."""

    def __init__(self, genes=None):
        self.table = knowledge().table
        self.place = {(s.gene, s.position): i for i, s in reversed(list(enumerate(self.table.sites)))}
        self.watched = [i for i, s in enumerate(self.table.sites) if self.place[s.gene, s.position] != i]
        count = len(self.table.sites)
        self.codes = np.zeros((count, 1, 2), dtype=np.int8)
        self.phase = np.zeros((count, 1), dtype=np.int32)
        self.copies = np.full((len(self.table.regions), 1), -1, dtype=np.int8)
        self.codes[self.watched] = MISSING
        if genes is not None:
            others = [i for i, s in enumerate(self.table.sites) if s.gene not in genes]
            self.codes[others] = MISSING

    def site(self, gene, label):
        """Row of a site by position or rsID."""
        for (symbol, position), row in self.place.items():
            if symbol == gene and label in (str(position), self.table.sites[row].rsid):
                return row
        raise KeyError(f"{gene} has no site {label}")

    def set(self, gene, label, genotype, phase_set=1):
        """`A/G` unphased, `A|G` phased in block `phase_set`, `A` one copy, `./.` missing; `?` stands for an unlisted allele."""
        row = self.site(gene, str(label))
        alleles = self.table.sites[row].alleles
        parts = genotype.replace("|", "/").split("/")
        codes = [MISSING if p == "." else UNLISTED if p == "?" else alleles.index(p) for p in parts]
        self.codes[row, 0] = codes if len(codes) == 2 else (codes[0], ABSENT_COPY)
        self.phase[row, 0] = phase_set if "|" in genotype else 0
        return self

    def missing(self, gene, label):
        return self.set(gene, label, "./.")

    def one_copy(self, gene):
        """The whole gene haploid (a male's X)."""
        for row in self.table.of_gene(gene):
            self.codes[row, 0, 1] = ABSENT_COPY
        return self

    def build(self, names=("S",)):
        return Genotypes(self.table, tuple(names), "GRCh38", self.codes, self.phase, self.copies)
