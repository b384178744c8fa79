"""Concordance with published answers: GeT-RM reference materials, PharmCAT's own tests, a round trip through the definitions."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

from painloom.genome.calls import Matcher, gene_call
from painloom.intake.options import ReadOptions
from painloom.intake.vcf import read_genotypes
from painloom.knowledge.load import load

PANEL = "cases/1kgp_3202_pgx_sites.vcf.gz"
COLUMNS = ("gene", "kind", "absent sites", "samples", "strict", "mapped", "truth among answers", "ambiguous", "confidently other")


def concordance_tables(reference: Path) -> None:
    """Print the table a gene; the truth is CDC's consolidated GeT-RM table of 2025."""
    knowledge = load()
    matcher = Matcher(knowledge.genes)
    aliases: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for row in _rows(reference / "cases/getrm/alias.tsv"):
        aliases[row["gene"]][row["outdated"]] = set(row["accepted"].split("|"))
    counts: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for declared in (False, True):
        genotypes = read_genotypes(reference / PANEL, knowledge.table, ReadOptions(absent_is_reference=declared))
        columns = matcher.call(genotypes, {})
        place = {name: i for i, name in enumerate(genotypes.samples)}
        for row in _rows(reference / "cases/getrm/truth.tsv"):
            if row["gene"] not in columns or row["sample"] not in place or row["kind"] not in ("evaluable", "ambiguous-expected"):
                continue
            call = gene_call(columns[row["gene"]], genotypes, place[row["sample"]])
            names = [_sorted(d.name) for d in call.diplotypes]
            strict, mapped = {_sorted(row["diplotype"])}, _mapped(row["diplotype"], aliases[row["gene"]])
            count = counts[row["gene"], row["kind"], "reference" if declared else "missing"]
            count["samples"] += 1
            count["strict"] += bool(names) and names[0] in strict
            count["mapped"] += bool(names) and names[0] in mapped
            count["among"] += bool(mapped & set(names))
            count["ambiguous"] += call.status == "ambiguous"
            count["other"] += call.status == "called" and not mapped & set(names)
    print("\nGeT-RM, best diplotype against the consolidated table of 2025 (frequencies were counted in the same panel)")
    print("\t".join(COLUMNS))
    for (gene, kind, mode), c in sorted(counts.items()):
        print("\t".join([gene, kind, mode, *(str(c[k]) for k in ("samples", "strict", "mapped", "among", "ambiguous", "other"))]))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _sorted(name: str) -> str:
    return "/".join(sorted(name.split("/")))


def _mapped(name: str, aliases: dict[str, set[str]]) -> set[str]:
    options: list[list[str]] = [[]]
    for part in name.split("/"):
        options = [[*known, accepted] for known in options for accepted in sorted({part} | aliases.get(part, set()))]
    return {"/".join(sorted(option)) for option in options}
