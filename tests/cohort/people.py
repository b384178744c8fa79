"""A small crowd: every person made of two named alleles a gene, some phased, some with gaps, males with one X."""

import numpy as np
from genomes import Genome

from builders import knowledge
from painloom.genome.panel import encode

GENES = ("CYP2C19", "CYP2C9", "CYP3A5", "TPMT", "VKORC1", "DPYD", "G6PD", "COMT")
GAPS, VARIANT = 0.03, 0.6


def crowd(path, count=60, seed=11):
    """A VCF of `count` people; the same seed gives the same bytes."""
    random = np.random.default_rng(seed)
    names = tuple(f"P{n:03d}" for n in range(count))
    genome = Genome(*GENES, samples=names)
    phased, males = random.random(count) < 0.5, random.random(count) < 0.5
    for gene in GENES:
        panel = encode(knowledge().genes[gene])
        for n in range(count):
            rows = random.integers(0, len(panel.rows), size=2) * (random.random(2) < VARIANT) if panel.rows else (0, 0)
            for number, site in enumerate(panel.card.sites):
                fits = [np.flatnonzero(panel.permits[number, :, row]) if panel.rows else [0, 1] for row in rows]
                codes = [str(random.choice(one)) for one in fits]
                text = codes[0] if males[n] and site.chromosome == "chrX" else ("|" if phased[n] else "/").join(codes)
                genome.genotypes[gene, site.position][n] = "./." if random.random() < GAPS and len(text) == 3 else text
    return genome.write(path)
