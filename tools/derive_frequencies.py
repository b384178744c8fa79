"""Allele frequencies of the gene cards, counted in an open panel of phased genomes.

    derive_frequencies.py TYPED.tsv PANEL.vcf.gz...

A PANEL holds phased genotypes of people (1000 Genomes 30x, GRCh38); a gene that two panels cover is counted in the later one.  Sites
that the panel lacks are rare or were not called there; a strand is read with the reference at those sites.  Where one such site is
common (COMMON_BUT_ABSENT), alleles that it alone tells apart cannot be counted in the panel: their count is shared in proportion to
TYPED, a table of reference materials (columns sample, gene, diplotype).
"""

import argparse
import csv
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from painloom.genome.match import fits
from painloom.genome.panel import Panel, encode
from painloom.intake.vcf import ReadOptions, read_genotypes
from painloom.knowledge.load import DATA, load
from painloom.model.genotypes import ABSENT_COPY, MISSING, UNLISTED, Genotypes

COMMON_BUT_ABSENT = {"rs2279343"}


def strand_counts(panel: Panel, genotypes: Genotypes, rows: np.ndarray, typed: Counter[str]) -> Counter[str]:
    """Printed allele -> chromosomes; strands that no allele explains are left out."""
    shared = [i for i, site in enumerate(panel.card.sites) if site.rsid in COMMON_BUT_ABSENT]
    total: Counter[str] = Counter()
    solved: dict[bytes, dict[str, float]] = {}
    for sample in range(len(genotypes.samples)):
        for slot in (0, 1):
            strand = genotypes.codes[rows, sample, slot].copy()
            if (strand == ABSENT_COPY).all():
                continue
            strand[shared] = MISSING
            key = strand.tobytes()
            if key not in solved:
                solved[key] = _share(panel, strand, typed)
            for name, weight in solved[key].items():
                total[name] += weight  # type: ignore[assignment]
    return total


def _share(panel: Panel, strand: np.ndarray, typed: Counter[str]) -> dict[str, float]:
    if (strand == UNLISTED).any():
        return {}
    codes = np.stack([strand, np.where(strand == MISSING, MISSING, ABSENT_COPY)], axis=1)
    found = [panel.printed[row] for row in fits(panel, codes.astype(np.int8), np.zeros(len(strand), dtype=np.int32)).first]
    names = list(dict.fromkeys(found))
    if not (strand == MISSING).any():
        names = names[:1]
    weights = {name: typed[name] + 0.5 for name in names}
    return {name: w / sum(weights.values()) for name, w in weights.items()}


def typed_alleles(path: Path | None) -> dict[str, Counter[str]]:
    """Gene -> allele -> copies in a table of typed reference materials."""
    found: dict[str, Counter[str]] = {}
    if path is not None:
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                found.setdefault(row["gene"], Counter()).update(row["diplotype"].split("/"))
    return found


def main() -> int:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("typed", type=Path)
    ask.add_argument("panels", type=Path, nargs="+")
    args = ask.parse_args()
    typed = typed_alleles(args.typed)
    for panel in args.panels:
        count_panel(panel, typed)
    return 0


def count_panel(path: Path, typed: dict[str, Counter[str]]) -> None:
    """Write the table of every gene that the panel covers."""
    knowledge = load()
    genotypes = read_genotypes(path, knowledge.table, ReadOptions(absent_is_reference=True))
    seen = read_genotypes(path, knowledge.table, ReadOptions())
    place = {site: i for i, site in enumerate(knowledge.table.sites)}
    for card in knowledge.genes.values():
        rows = np.array([place[site] for site in card.sites], dtype=np.intp)
        if not len(rows) or (seen.codes[rows] == MISSING).all() or not any(not a.structural for a in card.alleles):
            continue
        counts = strand_counts(encode(card), genotypes, rows, typed.get(card.symbol, Counter()))
        total = sum(counts.values())
        lines = ["allele\tfrequency\tcount\tpanel"]
        lines += [f"{a}\t{n / total:.6f}\t{n:g}\t1000g-30x-3202" for a, n in sorted(counts.items(), key=lambda c: (-c[1], c[0]))]
        (DATA / "genes" / f"{card.id}.frequencies.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(card.symbol, int(total), "chromosomes", [(a, round(n / total, 3)) for a, n in counts.most_common(6)])


if __name__ == "__main__":
    sys.exit(main())
