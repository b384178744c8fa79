"""A file that lost a random third of its records may say less, never something else."""

import numpy as np
import pytest
from published import call_row, fitting, rows, session, turn, workbench

from builders import knowledge
from painloom.genome.session import Request, open_session
from painloom.intake.vcf import ReadOptions, read_genotypes

SEEDS = range(30)
FILES_A_SEED = 3
MORE_THAN_A_PAIR = "more variants than a pair of named alleles"
NOTHING_LEFT = "no site of this gene in the file"


@pytest.fixture(scope="module")
def complete(shared):
    """(file, gene) pairs without an absent site; RYR1-like lists are in."""
    folder = shared / "cases" / "pharmcat"
    found = {}
    for row in rows(folder / "expectations.tsv"):
        if row["kind"] != "not_called" and "defining sites absent" not in row["note"].replace("0 defining sites absent", ""):
            found.setdefault(folder / "vcf" / row["vcf"], []).append(row["gene"])
    return found


def thinned(path, target, seed):
    """The file without a random third of its records."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    records = [n for n, line in enumerate(lines) if not line.startswith("#")]
    gone = set(np.random.default_rng(seed).choice(records, size=len(records) // 3, replace=False).tolist())
    target.write_text("".join(line for n, line in enumerate(lines) if n not in gone), encoding="utf-8")
    return target


def test_there_are_complete_files_of_many_genes(complete):
    assert len(complete) > 30
    assert len({gene for genes in complete.values() for gene in genes}) >= 10


@pytest.mark.parametrize("seed", SEEDS)
def test_no_diplotype_of_the_full_call_is_lost_with_a_third_of_the_records(complete, tmp_path, seed):
    files = sorted(complete)
    contradicted = {}
    for n in range(FILES_A_SEED):
        path = files[(seed * FILES_A_SEED + n) % len(files)]
        genotypes = read_genotypes(thinned(path, tmp_path / "thin.vcf", seed), knowledge().table, ReadOptions())
        thin = open_session(knowledge(), genotypes, Request({}), workbench())
        for gene in complete[path]:
            full, less = call_row(session(path), gene), call_row(thin, gene)
            lost = {turn(d) for d in fitting(full)} - {turn(d) for d in fitting(less)}
            if MORE_THAN_A_PAIR in full["source"]:
                # a list of variants is no diplotype: what remains may name fewer of them, never another one
                named = {variant for pair in fitting(full) for variant in pair.split("/")}
                assert less["status"] == "ambiguous" or {v for d in fitting(less) for v in d.split("/")} <= named
                continue
            if lost and NOTHING_LEFT not in less["source"]:
                contradicted[path.name, gene] = (fitting(full), less["status"], fitting(less)[:3], less["source"])

    assert {} == contradicted


@pytest.mark.parametrize("seed", SEEDS[:10])
def test_what_was_removed_is_listed_as_missing(complete, tmp_path, seed):
    path = sorted(complete)[seed]
    thin_path = thinned(path, tmp_path / "thin.vcf", seed)
    genotypes = read_genotypes(thin_path, knowledge().table, ReadOptions())
    thin = open_session(knowledge(), genotypes, Request({}), workbench())
    kept = {tuple(line.split("\t")[:2]) for line in thin_path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")}
    silent = {}
    for gene in complete[path]:
        card = knowledge().genes[gene]
        gone = {site.label for site in card.sites if len(site.alleles[0]) == 1 and (site.chromosome, str(site.position)) not in kept}
        if not gone <= set(call_row(thin, gene)["missing_sites"]):
            silent[path.name, gene] = gone

    assert {} == silent
