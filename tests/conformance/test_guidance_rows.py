"""The 290 public rows of guidance from outside calls, and the 52 level-A rows of another benchmark as a second opinion."""

import re

import pytest
from console import painloom, table
from published import rows, workbench

from builders import knowledge
from painloom.genome.rows import GUIDE_COLUMNS
from painloom.genome.session import Request, open_session
from painloom.intake.vcf import ReadOptions, read_genotypes

STRENGTHS = {"N/A": "not-graded", "No recommendation": "no-recommendation"}
BY_COMMAND = 12

DRUGS = {"thiopurines": "azathioprine", "volatile-anaesthetics": "sevoflurane", "PEG-IFN-α": "peginterferon alfa-2a"}
# What that benchmark writes -> what a laboratory would report; VKORC1 on the strand of the reference genome.
CALLS = {
    ("SLCO1B1", "*1a/*5"): "*1/*5",
    ("DPYD", "*2A/*2A"): "c.1905+1G>A (*2A)/c.1905+1G>A (*2A)",
    ("DPYD", "*1/*2A"): "Reference/c.1905+1G>A (*2A)",
    ("DPYD", "*1/HapB3"): "Reference/c.1129-5923C>G, c.1236G>A (HapB3)",
    ("G6PD", "G6PD B (wildtype, hemizygous male or homozygous female)"): "B (reference)/B (reference)",
    ("G6PD", "G6PD A- haplotype (hemizygous male or homozygous female)"): "A- 202A_376G",
    ("IFNL3", "rs12979860 C/C (favourable)"): "rs12979860 reference (C)/rs12979860 reference (C)",
    ("IFNL3", "rs12979860 T/T (unfavourable)"): "rs12979860 variant (T)/rs12979860 variant (T)",
    ("VKORC1", "rs9923231 A/A (homozygous)"): "rs9923231 variant (T)/rs9923231 variant (T)",
    ("VKORC1", "rs9923231 G/G (wildtype)"): "rs9923231 reference (C)/rs9923231 reference (C)",
    ("CFTR", "F508del homozygous (no gating mutation)"): "ivacaftor non-responsive CFTR sequence/ivacaftor non-responsive CFTR sequence",
    ("RYR1", "RYR1 pathogenic variant present"): "Reference/c.487C>T",
    ("RYR1", "RYR1 wildtype"): "Reference/Reference",
}
OLDER, SIMPLER, NO_GUIDELINE = (
    "older CPIC wording than the release of 2024-03",
    "simplified by that benchmark",
    "CPIC has no guideline of its own for this pair in the release",
)
DIFFERS = {
    "cyp2d6_parox_pm": (OLDER, "2023: half the starting dose, no longer another drug first"),
    "cyp2c19_cital_rm": (OLDER, "2023: usual dose first, then raise or switch; only ultrarapid switches"),
    "cyp2b6_efa_im": (SIMPLER, "consider 400 mg a day"),
    "slco1b1_atorv_poor": (OLDER, "2022: at most 20 mg"),
    "slco1b1_atorv_decr": (OLDER, "2022: at most 40 mg"),
    "ugt1a1_iri_pm": (NO_GUIDELINE, "DPWG has one"),
    "ugt1a1_iri_nm": (NO_GUIDELINE, "DPWG has one"),
    "ifnl3_pegifn_unf": (SIMPLER, "no action was accepted by that benchmark; CPIC gives odds of response and no dose"),
    "ryr1_anaes_norm": (SIMPLER, "no finding in RYR1 is uncertain, never not susceptible"),
}


@pytest.fixture(scope="module")
def neutral(shared):
    return read_genotypes(shared / "cases" / "guidance" / "neutral.vcf", knowledge().table, ReadOptions())


def calls_of(expected):
    return dict(part.split("=", 1) for part in expected["outside_calls"].split(";"))


def advised(genotypes, drug, body, calls):
    """The rows of `genome guide` of a drug and body that name every gene that was given."""
    found = open_session(knowledge(), genotypes, Request(calls), workbench()).guide_rows([drug], None)
    named = [dict(zip(GUIDE_COLUMNS, row, strict=True)) for row in found]
    return [row for row in named if row["body"] == body and calls.keys() <= set(row["genes"].split(";"))]


def wrong(expected, found):
    """What is not as published in the one row of that drug and body."""
    if len(found) != 1:
        return [f"{len(found)} rows"]
    (row,) = found
    strengths = {STRENGTHS.get(s, s.lower()) for s in expected["strength"].split("|")}
    return [
        f"{name} {row[name]}"
        for name, accepted in (("action", expected["accepted_actions"].split("|")), ("strength", strengths), ("invariant", ["true"]))
        if row[name] not in accepted
    ]


def test_all_public_rows_are_there(shared):
    assert len(rows(shared / "cases" / "guidance" / "cases.tsv")) == 290
    assert len(rows(shared / "cases" / "guidance" / "cpic-level-a.tsv")) == 52


def test_every_guidance_row_has_an_accepted_action_and_its_strength(shared, neutral):
    expected = rows(shared / "cases" / "guidance" / "cases.tsv")
    found = {e["id"]: w for e in expected if (w := wrong(e, advised(neutral, e["drug"], e["body"], calls_of(e))))}

    assert {} == found


def test_cpic_rows_are_reached_through_the_published_phenotype_and_key(shared, neutral):
    """A right action through a wrong reading would be luck."""
    found = {}
    for expected in rows(shared / "cases" / "guidance" / "cases.tsv"):
        if expected["body"] != "CPIC":
            continue
        (row,) = advised(neutral, expected["drug"], "CPIC", calls_of(expected))
        ours = dict(re.findall(r"([\w-]+)=(.*?)(?=;[\w-]+=|$)", row["phenotypes"]))
        for gene, phenotype in (part.split("=", 1) for part in expected["phenotypes"].split(";")):
            if phenotype not in re.split("[;,] | \\(", ours[gene]):
                found[expected["id"], gene] = (phenotype, ours[gene])
        for gene, key in (part.split("=", 1) for part in expected["lookup"].split(";")):
            if re.fullmatch(r"[\d.]+", key) and f"({key})" not in ours[gene]:
                found[expected["id"], gene, "key"] = (key, ours[gene])

    assert {} == found


def test_dpwg_reads_with_its_own_values_and_bands(shared, neutral):
    """Score 2.5 is ultrarapid for CPIC and normal for DPWG; *41 is worth 0.25 for one and 0.5 for the other."""
    (sum_of_dpwg,) = advised(neutral, "codeine", "DPWG", {"CYP2D6": "*1x2/*17"})
    (sum_of_cpic,) = advised(neutral, "codeine", "CPIC", {"CYP2D6": "*1x2/*17"})
    (worth_of_dpwg,) = advised(neutral, "codeine", "DPWG", {"CYP2D6": "*10/*41"})
    (worth_of_cpic,) = advised(neutral, "codeine", "CPIC", {"CYP2D6": "*10/*41"})

    assert sum_of_dpwg["phenotypes"] == "CYP2D6=Normal Metabolizer (2.5)"
    assert sum_of_cpic["phenotypes"] == "CYP2D6=Ultrarapid Metabolizer (2.5)"
    assert worth_of_dpwg["phenotypes"] == "CYP2D6=Intermediate Metabolizer (0.75)"
    assert worth_of_cpic["phenotypes"] == "CYP2D6=Intermediate Metabolizer (0.5)"


def test_a_dozen_rows_through_the_real_command(shared, tmp_path):
    folder = shared / "cases" / "guidance"
    every = rows(folder / "cases.tsv")
    chosen = every[:: len(every) // BY_COMMAND][:BY_COMMAND]
    found = {}
    for expected in chosen:
        calls = tmp_path / "outside_calls.tsv"
        calls.write_text("".join(f"{gene}\t{diplotype}\n" for gene, diplotype in calls_of(expected).items()), encoding="utf-8")
        done = painloom("genome", "guide", folder / "neutral.vcf", "--outside-calls", calls, "--drug", expected["drug"], "--format", "tsv")
        genes = calls_of(expected).keys()
        named = [r for r in table(done.out) if r["body"] == expected["body"] and genes <= set(r["genes"].split(";"))] if done.out else []
        if done.status or wrong(expected, named):
            found[expected["id"]] = (done.status, done.err, wrong(expected, named))

    assert len(chosen) == BY_COMMAND
    assert {} == found


def level_a(expected):
    """Outside calls and drug of a level-A row in today's names."""
    gene, _, marker = expected["gene"].partition("*")
    if marker:
        return {gene: expected["diplotype"].removeprefix(gene)}, expected["drug"]
    return {gene: CALLS.get((gene, expected["diplotype"]), expected["diplotype"])}, DRUGS.get(expected["drug"], expected["drug"])


def test_level_a_rows_differ_only_where_that_benchmark_is_older_or_simpler(shared, neutral):
    found = set()
    for expected in rows(shared / "cases" / "guidance" / "cpic-level-a.tsv"):
        calls, drug = level_a(expected)
        actions = [row["action"] for row in advised(neutral, drug, "CPIC", calls)]
        if len(actions) != 1 or actions[0] not in expected["accepted_actions"].split("|"):
            found.add(expected["id"])

    assert DIFFERS.keys() == found


def test_level_a_rows_with_an_ungiven_second_gene_agree_once_it_is_given(neutral):
    (row,) = advised(neutral, "azathioprine", "CPIC", {"TPMT": "*1/*1", "NUDT15": "*1/*1"})

    assert row["action"] == "standard"


def test_level_a_rows_without_a_cpic_guideline_have_the_one_of_dpwg(neutral):
    (poor,) = advised(neutral, "irinotecan", "DPWG", {"UGT1A1": "*28/*28"})
    (normal,) = advised(neutral, "irinotecan", "DPWG", {"UGT1A1": "*1/*1"})

    assert poor["action"] == "reduce"
    assert normal["action"] in ("standard", "none")
