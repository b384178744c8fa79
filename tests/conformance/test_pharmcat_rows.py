"""The 126 rows of PharmCAT's own tests and the 436 round-trip rows, read and called for real."""

import pytest
from published import call_row, differences, fitting, rows, session

PUBLIC_ROWS = {"pharmcat": 126, "roundtrip": 436}
FILES = {"pharmcat": "pharmcat/vcf", "roundtrip": "roundtrip"}
# More variants than two alleles hold: no *pair* of the table fits (fits = 0), the rule of lowest function answers with one.
MORE_THAN_TWO = {
    ("Ryr1Test.cacna1sMissing_ryr1Het1Hom1.vcf", "RYR1"): ["fits"],
    ("Ryr1Test.cacna1sMissing_ryr1Het2Hom1Phased.vcf", "RYR1"): ["fits"],
    ("Ryr1Test.cacna1sMissing_ryr1Het3.vcf", "RYR1"): ["fits"],
    ("Ryr1Test.cacna1sMissing_ryr1Het4.vcf", "RYR1"): ["fits"],
    ("Ryr1Test.cacna1sRef_ryr1Het3.vcf", "RYR1"): ["fits"],
}


def answered(shared, name):
    """Every published row with ours."""
    folder = shared / "cases"
    for expected in rows(folder / name / "expectations.tsv"):
        yield expected, call_row(session(folder / FILES[name] / expected["vcf"]), expected["gene"], expected.get("sample"))


@pytest.mark.parametrize("name", sorted(PUBLIC_ROWS))
def test_every_published_row_is_there(shared, name):
    assert PUBLIC_ROWS[name] == len(rows(shared / "cases" / name / "expectations.tsv"))


def test_pharmcat_rows_agree_in_call_phenotype_score_and_number_of_fits(shared):
    found = {(e["vcf"], e["gene"]): d for e, row in answered(shared, "pharmcat") if (d := differences(e, row))}

    assert MORE_THAN_TWO == found


def test_round_trip_rows_agree_in_call_phenotype_score_and_number_of_fits(shared):
    found = {(e["vcf"], e["sample"]): d for e, row in answered(shared, "roundtrip") if (d := differences(e, row))}

    assert {} == found


@pytest.mark.parametrize("name", sorted(PUBLIC_ROWS))
def test_no_published_row_is_confidently_another_diplotype(shared, name):
    """A wrong answer that says it is sure is the worst one: counted apart, so that no rule above can hide it."""
    sure = [
        (e["vcf"], e["gene"], row["diplotype"])
        for e, row in answered(shared, name)
        if row["status"] == "called" and e["kind"] in ("exact", "best", "among") and differences(e, row)
    ]

    assert [] == sure


def test_listed_variants_are_all_named(shared):
    """Where the published answer is a list of variants, none is lost: in the diplotype or among the variants found."""
    lost = {}
    for expected, row in answered(shared, "pharmcat"):
        if expected["kind"] == "components":
            text = "; ".join([*fitting(row), row["source"]])
            lost[expected["vcf"], expected["gene"]] = [v for v in expected["expected"].split("|") if v not in text]

    assert lost
    assert {key: [] for key in lost} == lost


def test_sites_without_a_genotype_are_listed_one_by_one(shared):
    """The round-trip notes say how many sites of a sample have no genotype; so must the row."""
    found = {}
    for expected, row in answered(shared, "roundtrip"):
        said = int(expected["note"].partition(" sites without")[0].rpartition(" ")[2])
        if said != len(row["missing_sites"]):
            found[expected["sample"]] = (said, len(row["missing_sites"]))

    assert {} == found
