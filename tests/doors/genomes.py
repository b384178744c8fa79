"""Small genome files, written line by line: every defining site of some genes, reference until told otherwise."""

from builders import knowledge

NAME = "ANNA-KOWALSKA-1961"  # looks like a person: no message may show it
LENGTHS = {
    "GRCh38": {
        "chr1": 248956422, "chr2": 242193529, "chr4": 190214555, "chr6": 170805979, "chr7": 159345973, "chr8": 145138636,
        "chr10": 133797422, "chr12": 133275309, "chr13": 114364328, "chr16": 90338345, "chr19": 58617616, "chr22": 50818468,
        "chrX": 156040895,
    },
    "GRCh37": {
        "chr1": 249250621, "chr2": 243199373, "chr4": 191154276, "chr6": 171115067, "chr7": 159138663, "chr8": 146364022,
        "chr10": 135534747, "chr12": 133851895, "chr13": 115169878, "chr16": 90354753, "chr19": 59128983, "chr22": 51304566,
        "chrX": 155270560,
    },
}  # fmt: skip
FIXED = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT"
NEUTRAL = (("chr16", 31096368, "rs9923231", "C", "T"), ("chr19", 39248147, "rs12979860", "C", "T"))


def header(build="GRCh38", *, samples=(NAME,), contigs=True, said=None):
    """Header lines up to #CHROM; `said` is the build that the header claims when it lies."""
    lines = ["##fileformat=VCFv4.2", "##source=written by a test", '##FILTER=<ID=PASS,Description="All filters passed">']
    if contigs:
        lines += [f"##contig=<ID={name},length={length},assembly={said or build}>" for name, length in LENGTHS[said or build].items()]
    else:
        lines.append(f"##reference={said or build}")
    lines.append('##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">')
    return [*lines, "\t".join([FIXED, *samples])]


class Genome:
    """Records of whole genes for some samples; `.set(gene, label, "A/G", ...)` gives one genotype a sample, in bases."""

    def __init__(self, *genes, samples=(NAME,), build="GRCh38"):
        self.samples, self.build = samples, build
        every = [s for s in knowledge().table.sites if s.gene in genes]
        self.sites = [s for s in every if build == "GRCh38" or (s.proven37 and len(s.alleles[0]) < 30)]
        self.genotypes = {(s.gene, s.position): ["0/0"] * len(samples) for s in self.sites}

    def site(self, gene, label):
        return next(s for s in self.sites if s.gene == gene and label in (s.rsid, s.position))

    def set(self, gene, label, *written):
        """Genotypes in bases (`A/G`, `A|G`, `./.`), one a sample; a single one goes for all."""
        site = self.site(gene, label)
        if len(written) == 1:
            written *= len(self.samples)
        self.genotypes[gene, site.position] = [self._coded(site, text) for text in written]
        return self

    @staticmethod
    def _coded(site, text):
        bar = "|" if "|" in text else "/"
        return bar.join("." if part == "." else str(site.alleles.index(part)) for part in text.split(bar))

    def raw(self, gene, label, *written):
        """Genotypes as they shall stand in the file, right or wrong."""
        self.genotypes[gene, self.site(gene, label).position] = list(written)
        return self

    def records(self):
        """One line a site, in the order of position."""
        lines = []
        for site in self.sites:
            position, reference = site.place(self.build)
            alleles = [reference, *(a for a in site.alleles if a != reference)] if len(reference) == len(site.alleles[0]) else site.alleles
            number = {str(i): str(alleles.index(a)) for i, a in enumerate(site.alleles)} | {".": "."}
            calls = ["".join(number.get(c, c) for c in text) for text in self.genotypes[site.gene, site.position]]
            fixed = (site.chromosome, str(position), site.rsid or ".", alleles[0], ",".join(alleles[1:]), ".", "PASS", ".", "GT", *calls)
            lines.append((list(LENGTHS["GRCh38"]).index(site.chromosome), position, "\t".join(fixed)))
        return [line for *_, line in sorted(lines)]

    def text(self, **said):
        return "\n".join([*header(self.build, samples=self.samples, **said), *self.records()]) + "\n"

    def write(self, path, **said):
        path.write_text(self.text(**said), encoding="utf-8")
        return path


def neutral(path, samples=(NAME,)):
    """Two sites that no drug of the guidance cases depends on."""
    lines = ["\t".join([c, str(p), i, r, a, ".", "PASS", ".", "GT", *["0/0"] * len(samples)]) for c, p, i, r, a in NEUTRAL]
    path.write_text("\n".join([*header(samples=samples), *lines]) + "\n", encoding="utf-8")
    return path


def person(path, build="GRCh38"):
    """CYP2D6 *1/*4, CYP2C19 *2/*2, CYP2C9 *1/*3, all other sites of the three genes reference."""
    genome = Genome("CYP2D6", "CYP2C19", "CYP2C9", build=build)
    genome.set("CYP2D6", "rs3892097", "C/T").set("CYP2D6", "rs1065852", "G/A").set("CYP2C9", "rs1057910", "A/C")
    genome.set("CYP2C19", "rs4244285", "A/A").set("CYP2C19", "rs12769205", "G/G").set("CYP2C19", "rs3758581", "G/G")
    return genome.write(path)
