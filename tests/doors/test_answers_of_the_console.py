"""Calls and guidance through the console: formats agree, options do what they say, answers come at once and twice alike."""

import gzip
import json
import re

import pysam
import pytest
from console import inside, painloom, table
from genomes import NAME, Genome, neutral, person

HELP_SECONDS, CALL_SECONDS = 0.3, 2.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("files")
    person(made / "person.vcf")
    neutral(made / "neutral.vcf")
    Genome("CYP2D6", samples=("C3", "A1", "B2")).set("CYP2D6", "rs3892097", "C/C", "C/T", "T/T").write(made / "three.vcf")
    Genome("CYP2D6", "CYP2C9").set("CYP2D6", "rs3892097", "./.").write(made / "open.vcf")
    (made / "calls.tsv").write_text(
        "gene\tdiplotype\nCYP2D6\t*1/*1x2\nHLA-B\t*15:02/*40:01\nHLA-A\t*01:01/*02:01\nRYR1\tReference/Reference\n"
    )
    return made


@pytest.fixture(scope="module")
def ask(folder):
    """Run once a module: the same words give the same answer."""
    known = {}

    def run(*words):
        if words not in known:
            known[words] = inside(*words, cwd=folder)
        return known[words]

    return run


@pytest.mark.parametrize("words", [("genome", "call", "open.vcf"), ("genome", "guide", "open.vcf")], ids=" ".join)
def test_the_three_formats_tell_the_same(ask, words):
    rows = table(ask(*words, "--format", "tsv").out)
    records = json.loads(ask(*words, "--format", "json").out)
    text = ask(*words, "--format", "text").out.splitlines()

    assert all(done.err == "" for done in (ask(*words, "--format", form) for form in ("tsv", "json", "text")))
    assert len(rows) == len(records) > 20
    for row, record in zip(rows, records, strict=True):
        assert list(row) == list(record)
        for name, cell in row.items():
            *shown, last = cell.split(";")
            left = re.fullmatch(r"\+(\d+)", last)
            assert cell == record[name] or (left and record[name].split(";")[: len(shown)] == shown)
            assert not left or len(shown) == 1000
            assert not left or len(record[name].split(";")) == 1000 + int(left[1])
    starts = [re.match(r"\S+ +\S+", line)[0].split() for line in text[: len(rows) + 1]]
    assert starts == [list(rows[0])[:2], *([*row.values()][:2] for row in rows)]


def test_all_alternatives_prints_them_all(folder):
    few = table(inside("genome", "call", "open.vcf", "--gene", "CYP2D6", "--format", "tsv", cwd=folder).out)[0]
    sparse = neutral(folder / "sparse.vcf")
    lines = sparse.read_text().splitlines()
    lines.append("\t".join(["chr22", "42128945", "rs3892097", "C", "T", ".", "PASS", ".", "GT", "0/0"]))
    sparse.write_text("\n".join(lines) + "\n")
    short = table(inside("genome", "call", "sparse.vcf", "--gene", "CYP2D6", "--format", "tsv", cwd=folder).out)[0]
    words = ("genome", "call", "sparse.vcf", "--gene", "CYP2D6", "--format", "tsv", "--all-alternatives")
    every = table(inside(*words, cwd=folder).out)[0]

    assert few["status"] == "ambiguous"
    assert "+" not in few["alternatives"]
    *named, rest = short["alternatives"].split(";")
    assert len(named) == 1000
    assert rest == f"+{len(every['alternatives'].split(';')) - 1000}"
    assert every["alternatives"].split(";")[:1000] == named
    assert len(set(every["alternatives"].split(";"))) == len(every["alternatives"].split(";"))


def test_rows_come_by_sample_in_file_order(ask):
    rows = table(ask("genome", "call", "three.vcf", "--format", "tsv").out)
    names = [row["sample"] for row in rows]

    assert list(dict.fromkeys(names)) == ["C3", "A1", "B2"]
    assert names == sorted(names, key=["C3", "A1", "B2"].index)
    assert len({row["gene"] for row in rows}) * 3 == len(rows)


def test_chosen_samples_keep_the_order_of_the_file(ask):
    rows = table(ask("genome", "call", "three.vcf", "--sample", "B2", "--sample", "C3", "--gene", "CYP2D6", "--format", "tsv").out)
    every = table(ask("genome", "call", "three.vcf", "--gene", "CYP2D6", "--format", "tsv").out)

    assert [row["sample"] for row in rows] == ["C3", "B2"]
    assert rows == [row for row in every if row["sample"] != "A1"]


def test_a_site_without_genotype_is_listed_and_declared_reference_only_on_demand(folder):
    path = folder / "gap.vcf"
    text = Genome("CYP2D6").text()
    path.write_text("".join(line for line in text.splitlines(keepends=True) if "rs3892097" not in line))
    words = ("genome", "call", "gap.vcf", "--gene", "CYP2D6", "--format", "tsv")
    (seen,) = table(inside(*words, cwd=folder).out)
    (declared,) = table(inside(*words, "--absent", "reference", cwd=folder).out)

    assert seen["status"] == "ambiguous"
    assert seen["missing_sites"] == "rs3892097"
    assert "declared" not in seen["source"]
    assert declared["missing_sites"] == "."
    assert "absent sites declared reference by the user" in declared["source"]


@pytest.mark.parametrize("form", ["text", "tsv", "json"])
@pytest.mark.parametrize("verb", [("call", "--gene", "CYP2D6"), ("guide", "--drug", "codeine")], ids=lambda verb: verb[0])
def test_a_declaration_about_absent_sites_is_written_into_every_result(ask, verb, form):
    """The contract: that choice is written into every result, also into the advice that rests on it."""
    words = ("genome", verb[0], "person.vcf", *verb[1:], "--format", form)

    assert "declared reference" in ask(*words, "--absent", "reference").out
    assert "declared reference" not in ask(*words).out


def test_both_builds_give_the_same_calls(ask, folder):
    person(folder / "old.vcf", "GRCh37")
    genes = ("--gene", "CYP2D6", "--gene", "CYP2C9", "--gene", "CYP2C19")
    new = table(ask("genome", "call", "person.vcf", *genes, "--absent", "reference", "--format", "tsv").out)
    old = table(ask("genome", "call", "old.vcf", *genes, "--absent", "reference", "--format", "tsv").out)
    columns = ("gene", "diplotype", "phenotype", "activity_score")

    assert [[row[c] for c in columns] for row in old] == [[row[c] for c in columns] for row in new]
    assert all("GRCh37" in row["source"] for row in old)
    assert all("GRCh38" in row["source"] for row in new)


def test_the_way_a_file_is_packed_changes_no_byte(ask, folder):
    text = (folder / "person.vcf").read_bytes()
    (folder / "packed.vcf.gz").write_bytes(gzip.compress(text))
    with pysam.BGZFile(str(folder / "blocks.vcf.gz"), "wb") as file:
        file.write(text)
    with (
        pysam.VariantFile(str(folder / "person.vcf")) as old,
        pysam.VariantFile(str(folder / "binary.bcf"), "wb", header=old.header) as new,
    ):
        for record in old:
            new.write(record)
    (folder / "other-system.vcf").write_bytes(text.replace(b"\n", b"\r\n"))
    expected = ask("genome", "call", "person.vcf", "--format", "tsv").out

    for name in ("packed.vcf.gz", "blocks.vcf.gz", "binary.bcf", "other-system.vcf"):
        assert ask("genome", "call", name, "--format", "tsv").out == expected, name


def test_outside_calls_alone_guide_when_the_file_holds_no_gene_site(ask):
    rows = table(ask("genome", "guide", "neutral.vcf", "--outside-calls", "calls.tsv", "--format", "tsv").out)
    actions = {(row["drug"], row["body"]): row["action"] for row in rows}

    assert {row["sample"] for row in rows} == {NAME}
    assert actions["codeine", "CPIC"] == "avoid"
    assert actions["tramadol", "CPIC"] == "avoid"
    assert actions["carbamazepine", "CPIC"] == "avoid"
    assert actions["sevoflurane", "CPIC"] != "standard"
    assert actions["celecoxib", "CPIC"] == "none"


def test_a_gene_that_was_not_called_gives_no_advice_that_sounds_normal(ask):
    rows = table(ask("genome", "guide", "neutral.vcf", "--format", "tsv").out)
    silent = [row for row in rows if row["genes"] in ("CYP2D6", "CYP2C9", "CYP2C19", "HLA-B", "DPYD")]

    assert len(silent) > 30
    assert {row["action"] for row in silent} == {"none"}
    assert {row["invariant"] for row in silent} == {"."}


def test_a_drug_that_no_gene_guides_has_a_row_of_its_own(ask):
    (row,) = table(ask("genome", "guide", "neutral.vcf", "--drug", "gabapentin", "--format", "tsv").out)

    assert (row["drug"], row["action"], row["tier"], row["body"]) == ("gabapentin", "none", "no-action", ".")
    assert "no actionable gene" in row["summary"].lower()


def test_a_drug_asked_for_twice_or_by_its_brand_name_has_its_rows_once(ask):
    once = ask("genome", "guide", "person.vcf", "--drug", "duloxetine", "--drug", "codeine", "--format", "tsv").out
    words = ("--drug", "Cymbalta", "--drug", "CODEINE", "--drug", "codeine", "--format", "tsv")

    assert ask("genome", "guide", "person.vcf", *words).out == once


def test_an_inhibitor_taken_today_halves_the_activity_and_says_so(ask):
    (alone,) = table(ask("genome", "call", "person.vcf", "--gene", "CYP2D6", "--format", "tsv").out)
    (today,) = table(ask("genome", "call", "person.vcf", "--gene", "CYP2D6", "--drugs", "duloxetine", "--format", "tsv").out)
    (blocked,) = table(ask("genome", "call", "person.vcf", "--gene", "CYP2D6", "--drugs", "paroxetine", "--format", "tsv").out)

    assert (alone["activity_score"], today["activity_score"], blocked["activity_score"]) == ("1.0", "0.5", "0.0")
    assert blocked["phenotype"] == "Poor Metabolizer"
    assert "duloxetine" in today["source"]
    assert "Intermediate Metabolizer (1.0)" in today["source"]
    assert alone["diplotype"] == today["diplotype"] == blocked["diplotype"] == "*1/*4"


def test_structure_that_nobody_looked_at_is_said(ask):
    (row,) = table(ask("genome", "call", "person.vcf", "--gene", "CYP2D6", "--format", "tsv").out)

    assert "copy number was not assessed" in row["source"]


def test_two_runs_are_the_same_bytes(ask, folder):
    words = ("genome", "guide", "person.vcf", "--format", "tsv")
    one = painloom(*words, cwd=folder, PYTHONHASHSEED="1")
    two = painloom(*words, cwd=folder, PYTHONHASHSEED="12345")

    assert one.out == two.out == ask(*words).out


def test_version_names_program_and_knowledge(folder):
    done = painloom("--version")

    assert (done.status, done.err) == (0, "")
    assert re.fullmatch(r"painloom \d+\.\d+\S*, knowledge \d{4}-\d{2}\S*\n", done.out)


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_answers_before_anybody_waits(word):
    runs = [painloom(word) for _ in range(5)]

    assert {run.status for run in runs} == {0}
    assert min(run.seconds for run in runs) < HELP_SECONDS


def test_help_names_every_command(folder):
    text = painloom("--help").out

    assert all(word in text for word in ("assess", "genome", "cohort", "knowledge"))


def test_a_small_file_is_called_at_once(folder):
    runs = [painloom("genome", "call", "person.vcf", "--format", "tsv", cwd=folder) for _ in range(3)]

    assert min(run.seconds for run in runs) < CALL_SECONDS
