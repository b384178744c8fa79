"""Consensus calls of the GeT-RM reference materials, on the genotypes that the 1000 Genomes panel has for the same people."""

from collections import Counter

import pytest
from published import Panel, aliases, call_row, fitting, rows, session, spellings, turn

SURE = ("CYP2C9", "CYP2C19", "CYP3A5", "TPMT")
# Sites that the panel has and that say something else than the reference material: no reading of this file can pass them.
PANEL_DISAGREES = {
    ("HG00452", "CYP3A4"),
    ("NA19160", "CYP3A4"),
    ("NA18519", "CYP2D6"),
    ("NA12717", "CYP2B6"),
    ("NA12892", "CYP2B6"),
    ("NA18519", "CYP2B6"),
    ("NA19007", "CYP2B6"),
    ("NA19785", "CYP2B6"),
}


@pytest.fixture(scope="module")
def truth(shared):
    return [r for r in rows(shared / "cases" / "getrm" / "truth.tsv") if r["kind"] in ("evaluable", "ambiguous-expected")]


@pytest.fixture(scope="module")
def accepted(shared, truth):
    """(sample, gene) -> every spelling of the true diplotype."""
    alias = aliases(shared / "cases" / "getrm" / "alias.tsv")
    return {(r["sample"], r["gene"]): [turn(d) for d in spellings(r["gene"], r["diplotype"], alias)] for r in truth}


def called(shared, truth, *, absent_is_reference):
    samples = tuple(sorted({r["sample"] for r in truth}))
    opened = session(shared / "cases" / "1kgp_3202_pgx_sites.vcf.gz", samples=samples, absent_is_reference=absent_is_reference)
    return {(r["sample"], r["gene"]): call_row(opened, r["gene"], r["sample"]) for r in truth}


def test_the_public_half_is_there(truth):
    assert {"evaluable": 247, "ambiguous-expected": 27} == Counter(r["kind"] for r in truth)


def test_nobody_is_called_with_another_diplotype(shared, truth, accepted):
    found = {
        who: row["diplotype"]
        for who, row in called(shared, truth, absent_is_reference=False).items()
        if row["status"] == "called" and turn(row["diplotype"]) not in accepted[who]
    }

    assert {} == found


def test_the_true_diplotype_fits_wherever_the_panel_allows_it(shared, truth, accepted):
    """It is the call or among the alternatives, but for people whose panel genotypes contradict the reference call."""
    calls = called(shared, truth, absent_is_reference=False)
    outside = {who for who, row in calls.items() if not {turn(d) for d in fitting(row)} & set(accepted[who])}

    assert PANEL_DISAGREES == outside


def test_people_who_do_not_fit_are_contradicted_by_the_panel_itself(shared, truth, accepted):
    """Worked out from the published allele tables and the lines of the panel alone."""
    panel = Panel(shared, sorted({r["sample"] for r in truth}))
    refuted = {
        (sample, gene)
        for (sample, gene), names in accepted.items()
        if not any(panel.explains(gene, "/".join(pair), sample) for pair in names)
    }

    assert PANEL_DISAGREES == refuted


@pytest.mark.parametrize("gene", SURE)
def test_four_genes_agree_with_all_reference_materials_when_absent_sites_are_declared(shared, truth, accepted, gene):
    calls = called(shared, truth, absent_is_reference=True)
    found = {
        who: (row["status"], row["diplotype"])
        for who, row in calls.items()
        if who[1] == gene and (row["status"] != "called" or turn(row["diplotype"]) not in accepted[who])
    }

    assert sum(who[1] == gene for who in calls) > 30
    assert {} == found


def test_cyp2b6_stays_open_because_a_site_of_the_panel_is_missing(shared, truth, accepted):
    """rs2279343 tells *6 from *9 and is not in the panel: whoever has one of them must see both."""
    calls = called(shared, truth, absent_is_reference=False)
    rows_ = {who: row for who, row in calls.items() if who[1] == "CYP2B6" and who not in PANEL_DISAGREES}
    sure = {who: row["diplotype"] for who, row in rows_.items() if row["status"] != "ambiguous"}

    assert all("rs2279343" in row["missing_sites"] for row in rows_.values())
    assert {} == {who: name for who, name in sure.items() if {"*6", "*9"} & set(turn(name))}
    for who, row in rows_.items():
        names = {turn(d) for d in fitting(row)}
        for pair in accepted[who]:
            if "*6" in pair:
                other = tuple(sorted(["*9" if pair[0] == "*6" else pair[0], pair[1] if pair[0] == "*6" else "*9"]))
                assert {pair, other} <= names, who
