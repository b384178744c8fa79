"""A small site table, and VCF texts built line by line: `Vcf().add("chr10", 94781859, "G", "A", "0/1").read(tmp_path)`."""

import gzip
from functools import lru_cache
from pathlib import Path

from painloom.intake.vcf import ReadOptions, read_vcf
from painloom.model.genotypes import ABSENT_COPY, MISSING, UNLISTED, Region, Site, SiteTable

TABLE = SiteTable(
    sites=(
        Site("CYP2C19", "chr10", 94781859, ("G", "A"), "rs4244285", 0, 96541616, "G"),
        Site("CYP2C19", "chr10", 94780653, ("G", "A"), "rs4986893", 0, 96540410, "G"),
        Site("CYP2C19", "chr10", 94842866, ("A", "G"), "rs3758581", 0, 96602623, "G"),
        Site("UGT1A1", "chr2", 233760233, ("CAT", "C", "CATAT", "CATATAT"), "rs3064744", 15, 234668879, "CAT"),
        Site("UGT1A1", "chr2", 233759924, ("C", "T"), "rs887829", 0, 234668570, "C"),
        Site("TPMT", "chr6", 18138969, ("C", "G", "T"), "rs144041067", 0, 18139200, "C"),
        Site("RYR1", "chr19", 38572266, ("TC", "CT"), "rs193922862", 0, 39062906, "TC", False),
        Site("G6PD", "chrX", 154536002, ("C", "T"), "rs1050828", 0, 153764217, "C"),
        Site("MT-RNR1", "chrM", 1555, ("A", "G"), "rs267606617", 0, 1555, "A"),
        Site("CYP2D6", "chr22", 42128324, ("CAGG", "C"), "rs777691989", 7, 42524326, "CAGG", False),
        Site("CYP2D6", "chr22", 42128325, ("A", "G"), "rs17002853", 0, 42524327, "A"),
        Site("CYP3A5", "chr7", 99652770, ("T", "TA"), "rs41303343", 1, 99250393, "T"),
    ),
    regions=(Region("CYP2D6", "chr22", 42126179, 42131182, 42522181, 42527184),),
)
LENGTHS = {
    "GRCh38": {"chr2": 242193529, "chr6": 170805979, "chr7": 159345973, "chr10": 133797422, "chr19": 58617616, "chr22": 50818468,
               "chrX": 156040895, "chrM": 16569},
    "GRCh37": {"chr2": 243199373, "chr6": 171115067, "chr7": 159138663, "chr10": 135534747, "chr19": 59128983, "chr22": 51304566,
               "chrX": 155270560, "chrM": 16569},
}  # fmt: skip


@lru_cache(maxsize=1)
def row_of():
    return {site.rsid: row for row, site in enumerate(TABLE.sites)}


class Vcf:
    """Lines of a VCF; `contigs` is the build whose contig lines the header has, None = none."""

    def __init__(self, *samples, contigs="GRCh38", version="4.2", meta=()):
        self.samples = samples or ("S1",)
        self.meta = [f"##fileformat=VCFv{version}", *meta]
        self.meta += [f"##contig=<ID={name},length={n}>" for name, n in LENGTHS.get(contigs, {}).items()]
        self.lines = []

    def add(self, chrom, pos, ref, alt, *values, rsid=".", filters="PASS", info=".", keys="GT"):
        self.lines.append("\t".join((chrom, str(pos), rsid, ref, alt, ".", filters, info, keys, *values)))
        return self

    def text(self):
        columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *self.samples]
        return "\n".join([*self.meta, "\t".join(columns), *self.lines]) + "\n"

    def write(self, path):
        data = self.text().encode()
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
        return path

    def read(self, folder, table=TABLE, name="genome.vcf", **options):
        return read_vcf(self.write(Path(folder) / name), table, options=ReadOptions(**options))


def shown(genotypes, rsid, sample=0):
    """The genotype as text: `G/A`, `G|A` (any block), `G` for one copy, `./.` missing, `?` for an unlisted allele."""
    row = row_of()[rsid]
    words = []
    for code in genotypes.codes[row, sample].tolist():
        if code != ABSENT_COPY:
            words.append({MISSING: ".", UNLISTED: "?"}.get(code) or TABLE.sites[row].alleles[code])
    return ("|" if genotypes.phase[row, sample] else "/").join(words)


def why(genotypes, rsid, sample=0):
    return genotypes.reason(row_of()[rsid], sample)


def unlisted(genotypes, rsid, sample=0):
    return [u.allele for u in genotypes.unlisted if u.site == row_of()[rsid] and u.sample == sample]


def seen(genotypes, rsid):
    return int(genotypes.depth[row_of()[rsid]])
