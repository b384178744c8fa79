"""Answers that others published, and what the real reader and caller say of the same files."""

import csv
import gzip
import json
from functools import lru_cache
from itertools import product

from builders import knowledge
from painloom.genome.rows import CALL_COLUMNS, call_values
from painloom.genome.session import Request, Workbench, open_session
from painloom.intake.vcf import ReadOptions, read_genotypes

LETTERS = {"R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC", "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT"}


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@lru_cache(maxsize=1)
def workbench():
    return Workbench(knowledge())


@lru_cache(maxsize=200)
def session(path, *, samples=None, absent_is_reference=False):
    """The file as `genome call` opens it."""
    genotypes = read_genotypes(path, knowledge().table, ReadOptions(samples=samples, absent_is_reference=absent_is_reference))
    return open_session(knowledge(), genotypes, Request({}), workbench())


def call_row(opened, gene, sample=None):
    """The row of CONTRACT 4.1, alternatives as a list, with all of them; `readings` is phenotype and score of each diplotype."""
    column = opened.columns[gene]
    number = 0 if sample is None else opened.samples.index(sample)
    solution = column.solutions[column.of_sample[number]]
    values = call_values(column, solution, limit=None)
    row = dict(zip(CALL_COLUMNS, (opened.samples[number], gene, *values), strict=True))
    row["alternatives"] = [] if row["alternatives"] == "." else row["alternatives"].split(";")
    row["missing_sites"] = [] if row["missing_sites"] == "." else row["missing_sites"].split(";")
    row["readings"] = {
        turn(d.name): (d.readings[0].phenotype, d.readings[0].activity_score) for d in column.diplotypes(solution) if d.readings
    }
    return row


def fitting(row):
    """All diplotypes of a row, best first."""
    return [] if row["status"] == "not_called" else [row["diplotype"], *row["alternatives"]]


def turn(diplotype):
    """The diplotype in one order, whichever way it was written."""
    return tuple(sorted(diplotype.split("/")))


def keeps_the_rule(expected, row):
    """What README part 2 asks of each kind of row."""
    names = [turn(name) for name in fitting(row)]
    wanted = [turn(name) for name in expected["expected"].split(";")]
    kind, status = expected["kind"], row["status"]
    if kind == "exact":
        return status == "called" and names == wanted
    if kind == "best":
        return (status == "called" and names == wanted) or (status == "ambiguous" and wanted[0] in names)
    if kind == "among":
        return set(wanted) <= set(names) and status == ("called" if expected["fits"] == "1" else "ambiguous")
    if kind == "called":
        return status in ("called", "ambiguous")
    if kind == "not_called":
        return status == "not_called"
    assert kind == "components"
    return True


def differences(expected, row):
    """Names of the columns in which a row is not as published; phenotype and score are those of the diplotype that was expected."""
    found = [] if keeps_the_rule(expected, row) else ["call"]
    if len(fitting(row)) != int(expected["fits"]):
        found.append("fits")
    best = turn(expected["expected"].split(";")[0])
    phenotype, score = row["readings"].get(best, ("", ""))
    if fitting(row) and best == turn(row["diplotype"]):
        phenotype, score = row["phenotype"], row["activity_score"]
    found += ["phenotype"] if expected["phenotype"] not in (".", phenotype) else []
    return found + (["activity_score"] if expected["activity_score"] not in (".", score) else [])


class Panel:
    """The genotypes and allele tables as they lie in the reference material: nothing of painloom is used to read them."""

    def __init__(self, shared, samples):
        self.tables, self.folder, self.seen = {}, shared / "sources" / "pharmcat-3.1.1" / "alleles", {}
        with gzip.open(shared / "cases" / "1kgp_3202_pgx_sites.vcf.gz", "rt", encoding="utf-8") as file:
            for line in file:
                cells = line.rstrip("\n").split("\t")
                if cells[0] == "#CHROM":
                    columns = {name: cells.index(name, 9) for name in samples}
                elif not line.startswith("#"):
                    alleles = [cells[3], *cells[4].split(",")]
                    self.seen[int(cells[1])] = {
                        name: tuple(None if g == "." else alleles[int(g)] for g in cells[at].split(":")[0].replace("/", "|").split("|"))
                        for name, at in columns.items()
                    }

    def explains(self, gene, diplotype, sample):
        """Whether two rows of the published table, one a strand, give the genotypes of the (phased) panel."""
        if gene not in self.tables:
            self.tables[gene] = json.loads((self.folder / f"{gene}_translation.json").read_text(encoding="utf-8"))
        table = self.tables[gene]
        named = {allele["name"]: allele["alleles"] for allele in table["namedAlleles"]}
        reference = table["namedAlleles"][0]["alleles"]
        one, two = diplotype.split("/")
        if not {one, two} <= named.keys():
            return False
        return any(
            all(
                self._holds(strand, self.seen[variant["position"]][sample][slot])
                for n, variant in enumerate(table["variants"])
                if variant["position"] in self.seen
                for slot, strand in enumerate((named[a][n] or reference[n], named[b][n] or reference[n]))
            )
            for a, b in ((one, two), (two, one))
        )

    @staticmethod
    def _holds(letter, base):
        return base is None or base == letter or base in LETTERS.get(letter, "")


def spellings(gene, diplotype, alias):
    """The diplotype as written, and under every name that replaced an outdated one."""
    one, two = (alias.get((gene, name), [name]) for name in diplotype.split("/"))
    return [f"{a}/{b}" for a, b in product(one, two)]


def aliases(path):
    return {(r["gene"], r["outdated"]): list(dict.fromkeys([*r["accepted"].split("|"), r["outdated"]])) for r in rows(path)}
