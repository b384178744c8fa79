"""One invented person, from the file to the report: the stored facts of examples/mara, and what must and must not change them."""

import html
import json
import re
import shutil
from pathlib import Path

import pytest
from console import inside, painloom, table
from genomes import Genome

EXAMPLE = Path(__file__).parents[2] / "examples" / "mara"
AS_OF = ("--as-of", "2026-11-24")
# drug -> body -> (action, phenotype today)
FACTS = {
    "tramadol": {
        "CPIC": ("monitor", "CYP2D6=Intermediate Metabolizer (0.5) under today's drugs"),
        "DPWG": ("monitor", "CYP2D6=Intermediate Metabolizer (0.5) under today's drugs"),
    },
    "duloxetine": {},
    "celecoxib": {"CPIC": ("reduce", "CYP2C9=Intermediate Metabolizer (1.0)")},
    "omeprazole": {"CPIC": ("standard", "CYP2C19=Rapid Metabolizer"), "DPWG": ("none", "CYP2C19=Normal Metabolizer")},
}
CALLS = {
    "CYP2D6": ("called", "*1/*4"),
    "CYP2C9": ("called", "*1/*3"),
    "CYP2C19": ("called", "*1/*17"),
    "CYP2B6": ("ambiguous", "*1/*6"),
    "RYR1": ("called", "Reference/Reference"),
    "DPYD": ("not_called", None),
    "CACNA1S": ("not_called", None),
    "HLA-A": ("not_called", None),
    "HLA-B": ("not_called", None),
    "G6PD": ("ambiguous", "B (reference)/B (reference)"),
    "TPMT": ("ambiguous", "*1/*1"),
    "NUDT15": ("ambiguous", "*1/*1"),
}
RESEARCH_SITES = ("rs1799971", "rs6269", "rs4633", "rs4818", "rs4680")


def journey(case, out):
    """Assessment, page and terminal summary of a case folder."""
    done = inside("assess", case, "-o", out, *AS_OF)
    assert done.status == 0, done.err
    return json.loads((out / "assessment.json").read_text(encoding="utf-8")), (out / "report.html").read_text(encoding="utf-8"), done.out


def said(page):
    """What a reader of the page sees, without markup."""
    text = re.sub(r"<(style|script).*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.fixture(scope="module")
def mara(tmp_path_factory):
    return journey(EXAMPLE, tmp_path_factory.mktemp("mara"))


@pytest.fixture
def case(tmp_path):
    """A copy that a test may change."""
    return shutil.copytree(EXAMPLE, tmp_path / "mara")


def advice(assessment):
    """drug -> everything that is said of it, with the parts that a prescription could depend on."""
    return {drug["drug"]: (drug["advice"], drug["note"]) for drug in assessment["drugs"]}


def facts(assessment, drug):
    return {a["body"]: (a["statement"]["action"], a["phenotypes"][0]) for a in advice(assessment)[drug][0]}


def rewrite(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_her_own_drugs_come_first_in_the_order_she_gave(mara):
    assessment, _, _ = mara
    current = [drug["drug"] for drug in assessment["drugs"] if drug["current"]]

    assert current == ["tramadol", "duloxetine", "celecoxib", "omeprazole"]
    assert [drug["drug"] for drug in assessment["drugs"]][:4] == current


def test_the_summary_starts_with_the_drug_that_needs_a_change(mara):
    """The order of the terminal: what to do first, then what to watch, then what stays."""
    _, _, text = mara
    section = text.partition("DRUGS TAKEN NOW\n")[2].partition("\n\n")[0]
    headings = [line[5:].partition(":")[0] for line in section.splitlines() if line.startswith("[")]

    assert headings == ["Celecoxib", "Tramadol", "Omeprazole", "Duloxetine"]
    assert text.index("ALERTS") < text.index("PLAN") < text.index("Change: Lower celecoxib") < text.index("DRUGS TAKEN NOW")


@pytest.mark.parametrize("drug", FACTS)
def test_each_of_her_drugs_has_its_action_and_reading(mara, drug):
    assert facts(mara[0], drug) == FACTS[drug]


def test_duloxetine_itself_has_no_gene_that_guides_it(mara):
    _, note = advice(mara[0])["duloxetine"]

    assert note["kind"] == "no-gene"
    assert note["sources"]


def test_her_genes_are_called_as_they_were_written(mara):
    calls = {call["gene"]: call for call in mara[0]["calls"]}
    found = {gene: (calls[gene]["status"], calls[gene]["diplotypes"][0]["name"] if calls[gene]["diplotypes"] else None) for gene in CALLS}

    assert found == CALLS


def test_a_clean_ryr1_is_never_called_not_susceptible(mara):
    assessment, page, text = mara
    (call,) = (call for call in assessment["calls"] if call["gene"] == "RYR1")

    assert call["diplotypes"][0]["readings"][0]["phenotype"] == "Uncertain Susceptibility"
    assert "not susceptible" not in (said(page) + text).lower()


def test_page_and_summary_name_what_was_not_measured(mara):
    assessment, page, text = mara
    unknown = [call["gene"] for call in assessment["calls"] if call["status"] == "not_called"]
    missing = [site for call in assessment["calls"] if call["status"] == "ambiguous" for site in call["missing_sites"]]
    words = said(page)

    assert missing == ["rs72554665", "chr13:48037849", "rs144041067"]
    for name in (*unknown, *missing):
        assert name in words
        assert name in text
    for heading in ("BRAIN", "MIND", "CRITERIA", "DRUG LIST"):
        assert f"\n{heading}\n" in text
    assert "copy number not assessed" in text
    assert re.search("copy number.{0,60}not assessed", words, re.IGNORECASE)


def test_findings_have_an_absence_with_a_reason_for_each_uncalled_gene(mara):
    assessment, _, _ = mara
    values = {finding["code"]: finding["value"] for finding in assessment["findings"]}

    for call in assessment["calls"]:
        value = values[f"genome.{call['gene']}.phenotype"]
        if call["status"] == "not_called":
            assert value["absent"] in ("not-measured", "not-callable")
            assert value["reason"]
        else:
            assert "absent" not in value


def test_every_statement_opens_to_card_release_and_source(mara):
    assessment, _, _ = mara
    for drug in assessment["drugs"]:
        for one in drug["advice"]:
            assert re.fullmatch(r"PA\d+ v\d+ \(\d{4}-\d{2}\)", one["source"]), one["source"]
            assert one["card"]["id"].startswith("guidance/")
            assert one["card"]["release"] == assessment["knowledge_release"]
    assert {"role", "sha256"} == set(assessment["case"]["files"][0])


def test_the_report_says_what_the_guide_command_says(mara):
    """Two doors, one answer."""
    drugs = ",".join(FACTS)
    asked = [word for drug in FACTS for word in ("--drug", drug)]
    rows = table(inside("genome", "guide", EXAMPLE / "genome.vcf", *asked, "--drugs", drugs, "--age", "47", "--format", "tsv").out)
    found = {drug: {} for drug in FACTS}
    for row in rows:
        if row["body"] != ".":
            found[row["drug"]][row["body"]] = (row["action"], row["phenotypes"])

    assert found == FACTS


def test_research_genes_are_shown_and_change_no_prescription(mara, case, tmp_path):
    genome = case / "genome.vcf"
    lines = genome.read_text(encoding="utf-8").splitlines(keepends=True)
    genome.write_text("".join(line for line in lines if not any(f"\t{site}\t" in line for site in RESEARCH_SITES)), encoding="utf-8")
    assessment, _, _ = journey(case, tmp_path / "out")
    seen = [note["genotype"] for note in mara[0]["research"] if note["gene"] == "OPRM1"]
    unseen = [note["genotype"] for note in assessment["research"] if note["gene"] == "OPRM1"]

    assert set(seen) == {"rs1799971 A/G"}
    assert set(unseen) == {"rs1799971 not seen"}
    assert advice(assessment) == advice(mara[0])
    assert assessment["calls"] == mara[0]["calls"]
    assert not {call["gene"] for call in mara[0]["calls"]} & {note["gene"] for note in mara[0]["research"]}


def test_the_other_opioid_receptor_genotype_changes_no_prescription_either(mara, case, tmp_path):
    genome = case / "genome.vcf"
    text = genome.read_text(encoding="utf-8")
    turned = re.sub(r"(\trs1799971\tA\tG\t.*\t)0/1:", r"\g<1>1/1:", text)
    assert turned != text
    genome.write_text(turned, encoding="utf-8")
    assessment, _, _ = journey(case, tmp_path / "out")

    assert {note["genotype"] for note in assessment["research"] if note["gene"] == "OPRM1"} == {"rs1799971 G/G"}
    assert advice(assessment) == advice(mara[0])


def test_duloxetine_halves_the_activity_of_cyp2d6_and_leaving_it_out_gives_it_back(mara, case, tmp_path):
    text = (case / "case.toml").read_text(encoding="utf-8")
    start = text.index('[[drugs]]\nname = "duloxetine"')
    (case / "case.toml").write_text(text[:start] + text[text.index("[[drugs]]", start + 1) :], encoding="utf-8")
    assessment, _, _ = journey(case, tmp_path / "out")
    today, alone = advice(mara[0])["tramadol"][0], advice(assessment)["tramadol"][0]

    assert [a["adjusted_by"] for a in today] == [["duloxetine"], ["duloxetine"]]
    assert {a["genotype_phenotypes"][0] for a in today} == {"CYP2D6=Intermediate Metabolizer (1.0)"}
    assert [a["adjusted_by"] for a in alone] == [[], []]
    assert {a["phenotypes"][0] for a in alone} == {"CYP2D6=Intermediate Metabolizer (1.0)"}
    assert [d for d in FACTS if d != "duloxetine"] == [d["drug"] for d in assessment["drugs"] if d["current"]]


def test_the_order_of_her_drugs_does_not_change_the_advice(mara, case, tmp_path):
    text = (case / "case.toml").read_text(encoding="utf-8")
    head, *drugs = text.split("[[drugs]]")
    (case / "case.toml").write_text("[[drugs]]".join([head, *(d.rstrip() + "\n\n" for d in reversed(drugs))]), encoding="utf-8")
    assessment, _, _ = journey(case, tmp_path / "out")

    assert [d["drug"] for d in assessment["drugs"] if d["current"]] == list(reversed(FACTS))
    assert advice(assessment) == advice(mara[0])


def test_a_strong_inhibitor_turns_her_into_a_poor_metaboliser_and_the_report_shows_both(case, tmp_path):
    rewrite(case / "case.toml", 'name = "duloxetine"', 'name = "paroxetine"')
    assessment, page, text = journey(case, tmp_path / "out")
    (cpic, dpwg) = advice(assessment)["tramadol"][0]

    assert cpic["phenotypes"] == ["CYP2D6=Poor Metabolizer (0.0) under today's drugs"]
    assert cpic["statement"]["action"] == "avoid"
    assert cpic["genotype_only"]["action"] == "monitor"
    assert dpwg["phenotypes"] == ["CYP2D6=Poor Metabolizer (0.0) under today's drugs"]
    assert "Tramadol" in text.partition("ALERTS")[2].partition("DRUGS TAKEN NOW")[0]
    assert "paroxetine" in said(page)


def test_paroxetine_is_not_judged_by_its_own_inhibition(case, tmp_path):
    rewrite(case / "case.toml", 'name = "duloxetine"', 'name = "paroxetine"')
    assessment, _, _ = journey(case, tmp_path / "out")

    assert facts(assessment, "paroxetine")["CPIC"][1] == "CYP2D6=Intermediate Metabolizer (1.0)"


def test_a_laboratory_call_replaces_what_the_file_says_and_is_named(case, tmp_path):
    (case / "outside_calls.tsv").write_text("CYP2D6\t*4/*4\nHLA-B\t*15:02/*40:01\n", encoding="utf-8")
    assessment, _, text = journey(case, tmp_path / "out")
    calls = {call["gene"]: call for call in assessment["calls"]}

    assert (calls["CYP2D6"]["origin"], calls["CYP2D6"]["diplotypes"][0]["name"]) == ("outside call", "*4/*4")
    assert facts(assessment, "tramadol")["CPIC"][0] == "avoid"
    assert facts(assessment, "oxcarbazepine")["CPIC"][0] == "avoid"
    assert "copy number not assessed" not in text
    assert "outside_calls.tsv" in {file["role"] for file in assessment["case"]["files"]}


def test_without_her_genome_nothing_is_said_of_her_genes(case, tmp_path):
    (case / "genome.vcf").unlink()
    assessment, page, text = journey(case, tmp_path / "out")

    assert assessment["calls"] == []
    advice = [a for drug in assessment["drugs"] for a in drug["advice"]]
    assert advice, "a drug that a guideline guides must not look unguided"
    assert {a["statement"]["action"] for a in advice} <= {"none", "test"}
    assert assessment["research"] == []
    assert "Metabolizer" not in text
    assert [d["drug"] for d in assessment["drugs"] if d["current"]] == list(FACTS)
    assert "Genome not measured" in text
    assert "Metabolizer" not in said(page)


def test_the_place_of_the_folder_and_the_age_of_the_files_change_no_byte(mara, case, tmp_path):
    moved = case.rename(tmp_path / "moved")
    (moved / "genome.vcf").touch()
    again = journey(moved, tmp_path / "again")
    painloom("assess", EXAMPLE, "-o", tmp_path / "console", *AS_OF)

    assert again[:2] == mara[:2]
    assert (tmp_path / "console" / "report.html").read_text(encoding="utf-8") == mara[1]


MEN = {
    "1": ("called", "A- 202A_376G"),
    "1/1": ("called", "A- 202A_376G"),
    "0/1": ("not_called", None),
}


@pytest.mark.parametrize("written", MEN)
def test_a_man_has_one_x_chromosome(tmp_path, written):
    """`1/1` is a caller's habit; `0/1` cannot be and must not become advice."""
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.toml").write_text('[person]\nsex = "M"\n')
    genome = Genome("G6PD")
    for site in genome.sites:
        genome.raw("G6PD", site.position, "0" if len(written) == 1 else "0/0")
    genome.raw("G6PD", "rs1050828", written).raw("G6PD", "rs1050829", written)
    genome.write(folder / "genome.vcf")
    assessment, _, _ = journey(folder, tmp_path / "out")
    (call,) = (call for call in assessment["calls"] if call["gene"] == "G6PD")
    (rasburicase,) = advice(assessment)["rasburicase"][0]

    assert (call["status"], call["diplotypes"][0]["name"] if call["diplotypes"] else None) == MEN[written]
    assert rasburicase["statement"]["action"] == ("none" if written == "0/1" else "avoid")


def test_a_woman_with_two_different_alleles_is_variable(tmp_path):
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.toml").write_text('[person]\nsex = "F"\n')
    genome = Genome("G6PD").raw("G6PD", "rs1050828", "0/1").raw("G6PD", "rs1050829", "0/1")
    genome.write(folder / "genome.vcf")
    assessment, _, _ = journey(folder, tmp_path / "out")
    (call,) = (call for call in assessment["calls"] if call["gene"] == "G6PD")

    assert "Variable" in {d["readings"][0]["phenotype"] for d in call["diplotypes"]}
    assert call["diplotypes"][0]["readings"][0]["phenotype"] == "Variable"


def test_a_child_on_codeine_is_never_told_usual_dose_without_a_caution(tmp_path):
    case = tmp_path / "child"
    case.mkdir()
    (case / "case.toml").write_text('[person]\nage = 9\n\n[[drugs]]\nname = "codeine"\n')
    (case / "outside_calls.tsv").write_text("CYP2D6\t*1/*1\n")
    assessment, page, text = journey(case, tmp_path / "out")
    advice = next(d["advice"] for d in assessment["drugs"] if d["drug"] == "codeine")

    assert all(a["statement"]["tier"] != "no-action" for a in advice)
    assert "contraindicates codeine" in text
    assert "contraindicates codeine" in page


def test_every_source_of_the_formulation_and_the_outlook_is_in_the_list_and_linked(mara):
    told, page, _ = mara
    listed = {citation["id"] for citation in told["citations"]}
    found = told["formulation"]
    parts = [*found["mechanisms"], *found["drivers"], *found["conflicts"], *found["tests"], *told["outlook"]["outlooks"]]
    named = {s for part in parts for s in part["sources"]} | {line["source"] for m in found["mechanisms"] for line in m["ledger"]}
    section = page.split('<section class="part part-formulation"')[1].split("</section>")[0]

    assert len(named) > 20
    assert set() == named - listed
    assert all(f">{line['source']}</a>" in section for m in found["mechanisms"] if not m["is_state"] for line in m["ledger"])
    assert all(f">{source}</a>" in section for driver in found["drivers"] for source in driver["sources"])
