"""Inputs of the benchmark, made once: a whole genome of millions of lines with an index, and a large cohort."""

import gzip
import zlib
from pathlib import Path

import numpy as np
import pysam

from painloom.knowledge.load import load
from painloom.model.genotypes import Site

LENGTHS = {
    "chr1": 248956422, "chr2": 242193529, "chr3": 198295559, "chr4": 190214555, "chr5": 181538259, "chr6": 170805979,
    "chr7": 159345973, "chr8": 145138636, "chr9": 138394717, "chr10": 133797422, "chr11": 135086622, "chr12": 133275309,
    "chr13": 114364328, "chr14": 107043718, "chr15": 101991189, "chr16": 90338345, "chr17": 83257441, "chr18": 80373285,
    "chr19": 58617616, "chr20": 64444167, "chr21": 46709983, "chr22": 50818468, "chrX": 156040895,
}  # fmt: skip
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT"
PANEL = "cases/1kgp_3202_pgx_sites.vcf.gz"


def _head() -> str:
    lines = ["##fileformat=VCFv4.2", '##FILTER=<ID=PASS,Description="All filters passed">']
    lines += [f"##contig=<ID={name},length={length},assembly=GRCh38>" for name, length in LENGTHS.items()]
    lines += ['##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">']
    return "\n".join(lines) + "\n"


def whole_genome(folder: Path, lines: int) -> Path:
    """A single-sample VCF of about `lines` records over all chromosomes, bgzipped and indexed; every defining site is among them."""
    wanted = repr([(s.chromosome, s.position) for s in load().table.sites])
    path = folder / f"genome-{lines}-{zlib.crc32(wanted.encode()):08x}.vcf.gz"
    if path.with_name(path.name + ".tbi").exists():
        return path
    sites: dict[str, dict[int, Site]] = {}
    for site in load().table.sites:
        sites.setdefault(site.chromosome, {})[site.position] = site
    total, rng = sum(LENGTHS.values()), np.random.default_rng(7)
    with pysam.BGZFile(str(path), "w", None) as file:
        file.write((_head() + COLUMNS + "\tPERSON\n").encode())
        for name, length in LENGTHS.items():
            own = sites.get(name, {})
            count = int(lines * length / total)
            places = np.unique(np.concatenate([rng.integers(10_000, length - 10_000, size=count), np.array(sorted(own), dtype=np.int64)]))
            bases = rng.integers(0, 4, size=(len(places), 2))
            letters, genotypes = "ACGT", ("0/1", "1/1", "0/0")
            chunk = []
            for place, (a, b) in zip(places.tolist(), bases.tolist(), strict=True):
                if place in own:
                    chunk.append(f"{name}\t{place}\t.\t{own[place].alleles[0]}\t{own[place].alleles[1]}\t50\tPASS\t.\tGT\t0/0\n")
                else:
                    other = letters[b if a != b else (b + 1) % 4]
                    chunk.append(f"{name}\t{place}\t.\t{letters[a]}\t{other}\t50\tPASS\t.\tGT\t{genotypes[(place + a) % 3]}\n")
            file.write("".join(chunk).encode())
    pysam.tabix_index(str(path), preset="vcf", force=True)
    return path


def cohort(folder: Path, samples: int, reference: Path | None) -> Path:
    """`samples` people in one bgzipped VCF: the 1000 Genomes panel repeated, or people drawn from the cards' allele frequencies."""
    path = folder / f"cohort-{'panel' if reference else 'drawn'}-{samples}.vcf.gz"
    if not path.exists():
        lines = _panel_lines(reference / PANEL) if reference else _drawn_lines(3202)
        with pysam.BGZFile(str(path), "w", None) as file:
            for line in lines:
                file.write((line if line.startswith("##") else _repeat(line, samples)).encode())
    return path


def _panel_lines(panel: Path) -> list[str]:
    with gzip.open(panel, "rt") as file:
        return list(file)


def _repeat(line: str, samples: int) -> str:
    """A column line or a record with its sample cells repeated in order."""
    cells = line.rstrip("\n").split("\t")
    own = cells[9:]
    rounds = -(-samples // len(own))
    named = [f"{name}.{n}" for n in range(rounds) for name in own]
    tiled = (named if line.startswith("#") else own * rounds)[:samples]
    return "\t".join([*cells[:9], *tiled]) + "\n"


def _drawn_lines(people: int) -> list[str]:
    """Phased people whose alleles are drawn with the cards' frequencies."""
    rng = np.random.default_rng(11)
    records: dict[tuple[int, int, str], str] = {}
    for card in load().genes.values():
        names = [a for a in card.frequencies if a in card.by_name]
        if not names:
            continue
        weights = np.array([card.frequencies[a] for a in names])
        drawn = rng.choice(len(names), size=(people, 2), p=weights / weights.sum())
        definitions = [dict(card.by_name[name].definition) for name in names]
        for site in card.sites:
            code = np.array([site.alleles.index(d.get(site.position, (site.alleles[0],))[0]) for d in definitions])
            cells = [f"{a}|{b}" for a, b in code[drawn].tolist()]
            place = [
                site.chromosome,
                str(site.position),
                site.rsid or ".",
                site.alleles[0],
                ",".join(site.alleles[1:]),
                ".",
                "PASS",
                ".",
                "GT",
            ]
            records[list(LENGTHS).index(site.chromosome), site.position, site.alleles[0]] = "\t".join([*place, *cells]) + "\n"
    header = COLUMNS + "\t" + "\t".join(f"P{n}" for n in range(people)) + "\n"
    return [*(line + "\n" for line in _head().splitlines()), header, *(records[k] for k in sorted(records))]
