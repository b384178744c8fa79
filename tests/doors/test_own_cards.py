"""`painloom knowledge`, and a clinic's own cards laid over ours: every result says so, a broken one is refused in one line."""

import json
import shutil

import pytest
from console import inside, said_once, table
from genomes import person

from builders import knowledge
from painloom.knowledge.load import DATA, KNOWLEDGE_RELEASE

CARD = "guidance/cpic-celecoxib"
OURS = "Start celecoxib at the lowest dose the label gives."
THEIRS = "House rule: a quarter of the label dose, and call the pharmacist."


def copied(folder, card=CARD):
    """A folder of own cards that holds a copy of one of ours with its tables."""
    kind, _, id_ = card.partition("/")
    (folder / kind).mkdir(parents=True, exist_ok=True)
    for path in (DATA / kind).glob(f"{id_}.*"):
        shutil.copy(path, folder / kind)
    return folder


def rewritten(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("own")
    person(made / "person.vcf")
    (made / "case").mkdir()
    person(made / "case" / "genome.vcf")
    (made / "case" / "case.toml").write_text('[[drugs]]\nname = "celecoxib"\n')
    rewritten(copied(made / "cards"), f"{CARD}.toml", OURS, THEIRS)
    return made


def test_the_own_card_decides(folder):
    words = ("genome", "guide", "person.vcf", "--drug", "celecoxib", "--format", "tsv")
    (ours,) = table(inside(*words, cwd=folder).out)
    (theirs,) = table(inside(*words, "--knowledge", "cards", cwd=folder).out)

    assert ours["summary"].startswith(OURS)
    assert theirs["summary"].startswith(THEIRS)


@pytest.mark.parametrize("form", ["text", "tsv", "json"])
def test_guidance_from_an_own_card_says_so_in_every_format(folder, form):
    """The row travels alone: who copies it into a record must see that the rule was the clinic's."""
    words = ("genome", "guide", "person.vcf", "--drug", "celecoxib", "--format", form)
    ours = inside(*words, cwd=folder)
    theirs = inside(*words, "--knowledge", "cards", cwd=folder)

    assert "own card" in theirs.out or "replaces ours" in theirs.out
    assert "own card" not in ours.out
    assert "replaces ours" not in ours.out


@pytest.mark.parametrize("form", ["tsv", "json"])
def test_calls_under_an_own_gene_card_say_so(folder, tmp_path, form):
    copied(tmp_path, "genes/cyp2c9")
    words = ("genome", "call", "person.vcf", "--gene", "CYP2C9", "--format", form)
    done = inside(*words, "--knowledge", tmp_path, cwd=folder)

    assert done.status == 0
    assert "own card" in done.out or "replaces ours" in done.out


def test_an_assessment_under_own_cards_says_so_in_both_files(folder, tmp_path):
    done = inside("assess", "case", "-o", tmp_path, "--as-of", "2026-11-24", "--knowledge", "cards", cwd=folder)
    found = json.loads((tmp_path / "assessment.json").read_text(encoding="utf-8"))

    assert done.status == 0, done.err
    assert f"{CARD} replaces ours" in found["overlay"]
    assert any(line.startswith("digest ") for line in found["overlay"])
    assert CARD in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert THEIRS in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_cohort_under_own_cards_says_so(folder, tmp_path):
    done = inside("cohort", "run", "person.vcf", "-o", tmp_path / "out", "--knowledge", "cards", cwd=folder)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))

    assert done.status == 0, done.err
    assert f"{CARD} replaces ours" in manifest["knowledge"]["overlay"]
    assert f"{CARD} replaces ours" in summary["knowledge"]["overlay"]


def test_results_without_own_cards_claim_none(folder, tmp_path):
    inside("assess", "case", "-o", tmp_path, "--as-of", "2026-11-24", cwd=folder)

    assert json.loads((tmp_path / "assessment.json").read_text(encoding="utf-8"))["overlay"] == []


def test_diff_shows_what_was_changed_and_into_what(folder):
    done = inside("knowledge", "diff", "cards", "--format", "tsv", cwd=folder)
    rows = table(done.out)

    assert done.status == 0
    assert {row["card"] for row in rows} == {CARD}
    for row in rows:
        before, _, after = row["what"].partition(" -> ")
        assert before.partition(": ")[2] != after, "both sides read alike"


def test_diff_of_an_unchanged_copy_is_empty(tmp_path):
    assert table(inside("knowledge", "diff", copied(tmp_path), "--format", "tsv").out) == []


BROKEN = {
    "no TOML": lambda f: (f / f"{CARD}.toml").write_text("broken = [\n"),
    "no text": lambda f: (f / f"{CARD}.toml").write_bytes(b"\xff\xfe\x00\x01"),
    "nothing": lambda f: (f / f"{CARD}.toml").write_text(""),
    "wrong type": lambda f: rewritten(f, f"{CARD}.toml", 'genes = ["CYP2C9"]', 'genes = "CYP2C9"'),
    "unknown action": lambda f: rewritten(f, f"{CARD}.toml", 'action = "reduce"', 'action = "double"'),
    "unknown gene": lambda f: rewritten(f, f"{CARD}.toml", '"CYP2C9"', '"CYP9Z9"'),
    "no table": lambda f: (f / f"{CARD}.tsv").unlink(),
    "empty table": lambda f: (f / f"{CARD}.tsv").write_text(""),
    "table without its gene": lambda f: rewritten(f, f"{CARD}.tsv", "CYP2C9\t", "GENE\t"),
    "table with a ragged line": lambda f: rewritten(f, f"{CARD}.tsv", "1.0\tgeneral\t", "1.0\t"),
    "table naming no statement": lambda f: rewritten(f, f"{CARD}.tsv", "lowest-start", "nosuch"),
    "two statements for one key": lambda f: rewritten(f, f"{CARD}.tsv", "2.0\tgeneral\tusual", "1.5\tgeneral\tusual"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_own_card_is_refused_in_one_line_that_names_it(folder, tmp_path, case):
    BROKEN[case](copied(tmp_path))
    done = inside("genome", "guide", "person.vcf", "--drug", "celecoxib", "--format", "tsv", "--knowledge", tmp_path, cwd=folder)

    assert done.status == 3
    assert said_once(done), done.err
    assert "cpic-celecoxib" in done.err
    assert done.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ("assess", "case", "-o", "never"),
        ("cohort", "run", "person.vcf", "-o", "never"),
        ("knowledge", "list", "--format", "tsv"),
        ("knowledge", "diff", "--format", "tsv"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_no_command_goes_on_with_a_broken_own_card(folder, tmp_path, words):
    BROKEN["no TOML"](copied(tmp_path))
    done = inside(*words, *([tmp_path] if "diff" in words else ["--knowledge", tmp_path]), cwd=folder)

    assert (done.status, done.out) == (3, "")
    assert said_once(done), done.err
    assert "Traceback" not in done.err
    assert not list(folder.glob("never/**/*.parquet"))
    assert not (folder / "never" / "report.html").exists()


def test_check_finds_the_broken_own_card(tmp_path):
    BROKEN["no TOML"](copied(tmp_path))
    done = inside("knowledge", "check", "--knowledge", tmp_path)

    assert done.status == 3
    assert "cpic-celecoxib" in done.out
    assert "Traceback" not in done.err


def test_a_gene_card_without_its_tables_is_refused_and_not_an_empty_gene(folder, tmp_path):
    """Whoever copies the TOML alone must not lose the gene: `needs an outside call` would be untrue."""
    (copied(tmp_path, "genes/cyp2c9") / "genes" / "cyp2c9.toml").touch()
    for path in (tmp_path / "genes").glob("*.tsv"):
        path.unlink()
    done = inside("genome", "call", "person.vcf", "--gene", "CYP2C9", "--format", "tsv", "--knowledge", tmp_path, cwd=folder)

    assert done.status == 3
    assert said_once(done), done.err
    assert "cyp2c9" in done.err


def test_a_table_without_its_card_is_not_passed_over_in_silence(folder, tmp_path):
    """A clinic that changed one line of a table and left the TOML out must not believe that its rule is in force."""
    rewritten(copied(tmp_path), f"{CARD}.tsv", "1.0\tgeneral\tlowest-start", "1.0\tgeneral\tusual")
    (tmp_path / f"{CARD}.toml").unlink()
    done = inside("genome", "guide", "person.vcf", "--drug", "celecoxib", "--format", "tsv", "--knowledge", tmp_path, cwd=folder)

    assert done.status == 3 or "Start celecoxib at the usual dose" in done.out
    assert done.status == 0 or "cpic-celecoxib" in done.err


def test_cards_in_a_folder_that_is_no_kind_are_not_reported_as_added(folder, tmp_path):
    """`guidence/` is a slip of the pen: either it is refused, or nobody claims that the card was used."""
    copied(tmp_path)
    (tmp_path / "guidance").rename(tmp_path / "guidence")
    done = inside("genome", "guide", "person.vcf", "--drug", "celecoxib", "--knowledge", tmp_path, cwd=folder)

    assert "cpic-celecoxib added" not in done.out
    assert done.status == 3 or "guidence" in done.err


def test_list_names_every_card_once_with_licence_and_source():
    rows = table(inside("knowledge", "list", "--format", "tsv").out)
    places = [(row["kind"], row["id"]) for row in rows]

    assert len(places) == len(set(places)) > 300
    assert {id_ for kind, id_ in places if kind == "guidance"} == knowledge().guidance.keys()
    medicine = [row for row in rows if row["kind"] in ("genes", "guidance", "drugs")]
    assert all("." not in (row["licence"], row["citation"], row["release"]) for row in medicine)


def test_list_of_a_kind_is_part_of_the_whole_list():
    every = table(inside("knowledge", "list", "--format", "tsv").out)
    genes = json.loads(inside("knowledge", "list", "genes", "--format", "json").out)

    assert genes == [row for row in every if row["kind"] == "genes"]


def test_show_gives_the_card_as_it_lies_on_disk():
    shown = inside("knowledge", "show", CARD).out

    assert (DATA / f"{CARD}.toml").read_text(encoding="utf-8").rstrip() in shown
    assert (DATA / f"{CARD}.tsv").read_text(encoding="utf-8").rstrip() in shown
    assert inside("knowledge", "show", "cpic-celecoxib").out == shown


def test_shipped_knowledge_holds_together():
    done = inside("knowledge", "check")

    assert done.status == 0
    assert "0 problems" in done.err


def test_every_source_has_a_title_and_a_licence():
    rows = table(inside("knowledge", "sources", "--format", "tsv").out)

    assert len(rows) == len({row["id"] for row in rows}) > 20
    assert all(row["title"] != "." and row["licence"] != "." for row in rows)


def test_cards_carry_the_release_that_the_program_prints():
    rows = table(inside("knowledge", "list", "genes", "--format", "tsv").out)

    assert {row["release"] for row in rows} == {KNOWLEDGE_RELEASE}
