"""Every gene and guidance card against answers that others published; whoever wrote a card did not write these.

tests/known_answers/genes/<id>.tsv      genotypes  expected  phenotype  activity_score  source  where
    genotypes: `position-or-rsID=A/G;...`, every other site shows the reference; `.` = all reference; `outside=*1/*4` = an outside call
    expected: the diplotype; several that all must fit, separated by `;`; or `not_called`
tests/known_answers/guidance/<id>.tsv   outside_calls  population  accepted_actions  strength  source  where
    outside_calls: `GENE=*1/*4;GENE=...`; accepted_actions: one or several, separated by `|`
"""

import csv
from pathlib import Path

import pytest

from builders import GenotypeBuilder, knowledge
from painloom.genome.calls import call_genes, gene_call
from painloom.genome.guide import Setting, advice_for, guide

FOLDER = Path(__file__).parent / "known_answers"


def rows(kind):
    found = []
    for path in sorted((FOLDER / kind).glob("*.tsv")):
        with path.open(encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE), start=2):
                found.append(pytest.param(path.stem, row, id=f"{path.stem}:{number}"))
    return found


def names(diplotype):
    return frozenset([diplotype]) | {"/".join(reversed(diplotype.split("/", 1)))} if diplotype.count("/") == 1 else {diplotype}


@pytest.mark.parametrize(("card", "row"), rows("genes"))
def test_gene_gives_the_published_diplotype_and_phenotype(card, row):
    gene = next(g for g in knowledge().genes.values() if g.id == card)
    outside, genotypes = {}, None
    if row["genotypes"].startswith("outside="):
        outside = {gene.symbol: row["genotypes"].removeprefix("outside=")}
    else:
        builder = GenotypeBuilder(genes={gene.symbol})
        if row["genotypes"].startswith("one-copy"):
            builder.one_copy(gene.symbol)
        for part in row["genotypes"].removeprefix("one-copy;").split(";"):
            if "=" in part:
                builder.set(gene.symbol, *part.split("="))
        genotypes = builder.build()
    column = call_genes({gene.symbol: gene}, genotypes, outside)[gene.symbol]
    call = gene_call(column, genotypes, 0)

    if row["expected"] == "not_called":
        assert call.status == "not_called"
        return
    found = {d.name: d for d in call.diplotypes}
    expected = row["expected"].split(";")
    assert all(names(e) & found.keys() for e in expected)
    if row["phenotype"] != ".":
        best = next(d for n, d in found.items() if n in names(expected[0]))
        assert row["phenotype"] in best.readings[0].phenotype
        if row["activity_score"] != ".":
            assert best.readings[0].activity_score == row["activity_score"]


@pytest.mark.parametrize(("card", "row"), rows("guidance"))
def test_guidance_gives_the_published_action(card, row):
    guidance = knowledge().guidance[card]
    outside = dict(part.split("=", 1) for part in row["outside_calls"].split(";"))
    columns = call_genes({g: knowledge().genes[g] for g in guidance.genes}, None, outside)
    advice = advice_for(guide({card: guidance}, columns, Setting(), 1)[card], 0)
    statement = advice.statement
    if row["population"] not in (".", "", advice.population):
        statement = next((v.statement for v in advice.other_populations if v.condition == row["population"]), statement)

    assert statement.action in row["accepted_actions"].split("|")
    if row["strength"] not in (".", ""):
        assert statement.strength in row["strength"].split("|")
