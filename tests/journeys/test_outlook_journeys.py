"""From a record to what each treatment would do: the page, the file and the command agree, and a new fact changes what it must alone."""

import html
import json
import re
import shutil
from pathlib import Path

import pytest
from console import inside, table
from predictions import lawful

from builders import knowledge
from painloom.knowledge import load

EXAMPLE = Path(__file__).parents[2] / "examples" / "mara"
CASES = Path(__file__).resolve().parents[3] / "shared" / "response" / "cases" / "predict"
AS_OF = ("--as-of", "2026-11-24")
BUNDLES = ("back-pain", "diabetic-neuropathy", "knee-osteoarthritis")
CELLS = {
    "control_response": ("control", "value"),
    "p30": ("response", "value"),
    "p30_low": ("response", "low"),
    "p30_high": ("response", "high"),
    "added_benefit": ("benefit", "value"),
    "added_low": ("benefit", "low"),
    "added_high": ("benefit", "high"),
    "harm": ("harm", "value"),
    "points": ("points", "value"),
    "p50": ("substantial", "value"),
}


@pytest.fixture(scope="module", autouse=True)
def cards_read_once():
    """Every command reads our cards anew; here the same ones serve all of them."""
    read = load.load
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "load", lambda own=None: knowledge() if own is None else read(own))
        yield


class Journey:
    """A case folder with its assessment, its page and its table of predictions."""

    def __init__(self, case, out):
        done = inside("assess", case, "-o", out, *AS_OF)
        assert done.status == 0, done.err
        self.file = json.loads((out / "assessment.json").read_text(encoding="utf-8"))
        self.page = (out / "report.html").read_text(encoding="utf-8")
        predicted = inside("evidence", "predict", case, *AS_OF, "--format", "tsv")
        assert predicted.status == 0, predicted.err
        self.rows = {(row["treatment"], row["condition"]): row for row in table(predicted.out)}

    @property
    def outlooks(self):
        return {(o["treatment"], o["condition"]): o for o in self.file["outlook"]["outlooks"]}

    @property
    def section(self):
        """The words of the section."""
        markup = self.page.split('<section class="part part-outlook"')[1].split("</section>")[0]
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())

    def treatments(self, status):
        return {treatment for (treatment, _), row in self.rows.items() if row["status"] == status}


@pytest.fixture(scope="module")
def mara(tmp_path_factory):
    return Journey(EXAMPLE, tmp_path_factory.mktemp("mara") / "out")


@pytest.fixture
def case(tmp_path):
    """A copy of Mara that a test may change."""
    return shutil.copytree(EXAMPLE, tmp_path / "mara")


def rewrite(case, old, new):
    path = case / "case.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def agree(journey):
    """The command prints what the assessment holds: the same treatments in the same order, four digits of the same numbers."""
    assert list(journey.outlooks) == list(journey.rows)
    for key, row in journey.rows.items():
        o = journey.outlooks[key]
        assert o["status"] == row["status"]
        for column, (part, end) in CELLS.items():
            printed = f"{o[part][end]:.4f}" if end in o[part] else "."
            assert printed == row[column], (key, column)


def numbers(journey, without=()):
    """What is predicted, without the probability of being best, which depends on who else is there."""
    return {
        key: tuple(row[column] for column in CELLS)
        for key, row in journey.rows.items()
        if row["status"] == "predicted" and key[0] not in without
    }


# Mara ---------------------------------------------------------------------------------------------------------------------------------


def test_command_file_and_page_agree_on_mara(mara):
    agree(mara)
    lawful(mara.rows.values())
    assert {"low-back"} == {condition for _, condition in mara.rows}
    assert f"{len(mara.treatments('predicted'))} treatments can be predicted" in mara.section


def test_mara_is_told_the_average_and_no_best(mara):
    assert "the average of the trials is the best prediction" in mara.section
    assert "overlap" in mara.section
    assert "adds most" not in mara.section


def test_mara_takes_three_of_them_and_a_taper_is_spoken_of(mara):
    taken = {key[0] for key, o in mara.outlooks.items() if o["is_taken"]}

    assert {"tramadol", "duloxetine", "celecoxib"} == taken
    assert ("opioid-taper", "low-back") in mara.rows
    assert "Tramadol (taken now)" in mara.section


def test_maras_slow_cyp2d6_is_watched_and_refuses_nothing(mara):
    """Both guideline bodies ask for watching, not for stopping; a refusal would be more than they say."""
    assert "refused" != mara.rows["tramadol", "low-back"]["status"]


def test_no_stream_but_drugs_genes_and_facts_reaches_the_outlook(mara, case, tmp_path):
    """Brain, questionnaires and body map go: not one number of the outlook moves."""
    shutil.rmtree(case / "brain")
    shutil.rmtree(case / "answers")
    text = (case / "case.toml").read_text(encoding="utf-8")
    (case / "case.toml").write_text(re.sub(r"map = \[.*?\]\n", "", text, flags=re.DOTALL), encoding="utf-8")

    before, after = (
        {key: row for key, row in journey.rows.items() if row["p30"] != "."} for journey in (mara, Journey(case, tmp_path / "out"))
    )

    assert before
    assert before == after


def test_a_laboratory_that_finds_a_poor_metaboliser_takes_tramadol_and_codeine_away(mara, case, tmp_path):
    (case / "genome.vcf").unlink()
    (case / "outside_calls.tsv").write_text("CYP2D6\t*4/*4\n", encoding="utf-8")

    found = Journey(case, tmp_path / "out")

    agree(found)
    assert {"codeine", "tramadol"} <= found.treatments("refused") - mara.treatments("refused")
    assert numbers(mara, found.treatments("refused")) == numbers(found, mara.treatments("refused"))
    assert "Refused for this person" in found.section
    assert "Do not use tramadol" in found.section
    assert "CYP2D6=Poor Metabolizer" in found.section


def test_an_anticoagulant_takes_the_tablets_away_even_the_one_she_takes(mara, case, tmp_path):
    path = case / "case.toml"
    path.write_text(path.read_text(encoding="utf-8") + '\n[[drugs]]\nname = "warfarin"\n', encoding="utf-8")

    found = Journey(case, tmp_path / "out")

    assert {"celecoxib", "diclofenac", "etoricoxib", "ibuprofen", "meloxicam", "naproxen"} == (
        found.treatments("refused") - mara.treatments("refused")
    )
    assert found.outlooks["celecoxib", "low-back"]["is_taken"]
    assert "celecoxib with warfarin" in found.section.lower()
    assert numbers(mara, found.treatments("refused")) == numbers(found)


def test_failing_kidneys_take_her_duloxetine_away(mara, case, tmp_path):
    rewrite(case, "egfr = 78", "egfr = 20")

    found = Journey(case, tmp_path / "out")

    assert {"duloxetine", "morphine", "codeine", "tapentadol", "celecoxib"} <= found.treatments("refused")
    assert numbers(mara, found.treatments("refused")) == numbers(found)
    agree(found)


def test_other_pain_asks_other_questions(mara, case, tmp_path):
    """Fibromyalgia is added: the list of low back pain stays as it is, one of fibromyalgia comes along."""
    rewrite(case, '"depressive episode, treated"', '"depressive episode, treated", "fibromyalgia"')

    found = Journey(case, tmp_path / "out")

    agree(found)
    assert {"low-back", "fibromyalgia"} == {condition for _, condition in found.rows}
    assert mara.rows == {key: row for key, row in found.rows.items() if key[1] == "low-back"}
    assert 2 == found.page.count('<div class="outlookpart"')


def test_wishes_and_another_name_change_no_number(mara, case, tmp_path):
    rewrite(case, "sleep through the night", "the strongest drug there is")
    rewrite(case, "Mara K. (invented)", "<b>nobody</b>")
    rewrite(case, 'sex = "F"', 'sex = "M"')

    assert numbers(mara) == numbers(Journey(case, tmp_path / "out"))


# people of the reference --------------------------------------------------------------------------------------------------------------


def imported(name, place):
    if not CASES.is_dir():
        pytest.skip("reference material (../shared) is not here")
    done = inside("fhir", "import", CASES / f"{name}.json", "-o", place)
    assert done.status == 0, done.err
    return place


@pytest.mark.parametrize("name", BUNDLES)
def test_an_imported_record_has_one_story_on_page_file_and_command(name, tmp_path):
    found = Journey(imported(name, tmp_path / "case"), tmp_path / "out")

    agree(found)
    assert found.treatments("predicted")
    assert "overlap" in found.section or "abstain" in found.section
    assert "adds most" not in found.section


@pytest.mark.parametrize(("name", "call", "term"), [*((name, "*4/*4", "Poor") for name in BUNDLES), (BUNDLES[0], "*1/*1x3", "Ultrarapid")])
def test_a_laboratory_result_beside_an_imported_record_refuses_in_words(name, call, term, tmp_path):
    case = imported(name, tmp_path / "case")
    plain = Journey(case, tmp_path / "plain")
    (case / "outside_calls.tsv").write_text(f"CYP2D6\t{call}\n", encoding="utf-8")

    found = Journey(case, tmp_path / "out")

    for drug in ("codeine", "tramadol"):
        rows = [row for (treatment, _), row in found.rows.items() if treatment == drug]
        assert rows
        assert all((".", "refused") == (row["p30"], row["status"]) and f"CYP2D6={term}" in row["reason"] for row in rows)
    assert f"Do not use codeine: {'it is likely to relieve pain poorly' if term == 'Poor' else 'serious toxicity'}" in found.section
    assert numbers(plain, found.treatments("refused")) == numbers(found, plain.treatments("refused"))
    agree(found)


@pytest.mark.parametrize("name", BUNDLES)
def test_an_irrelevant_gene_beside_an_imported_record_changes_no_row(name, tmp_path):
    case = imported(name, tmp_path / "case")
    plain = inside("evidence", "predict", case, *AS_OF, "--format", "tsv")
    (case / "outside_calls.tsv").write_text("CYP2C19\t*1/*1\n", encoding="utf-8")

    assert plain.out == inside("evidence", "predict", case, *AS_OF, "--format", "tsv").out


# almost nothing -----------------------------------------------------------------------------------------------------------------------


def test_an_empty_case_has_no_section_and_is_told_what_to_add(tmp_path):
    case = tmp_path / "case"
    case.mkdir()
    (case / "case.toml").write_text("", encoding="utf-8")

    assert 0 == inside("assess", case, "-o", tmp_path / "out", *AS_OF).status
    assert "part-outlook" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    done = inside("evidence", "predict", case, *AS_OF, "--format", "tsv")

    assert (0, []) == (done.status, table(done.out))
    assert "add a complaint" in done.err


def test_a_record_grows_from_nothing_to_a_prediction(tmp_path):
    """First a complaint nobody can place, then a diagnosis, then a drug that bars another: each step adds what it must."""
    case = tmp_path / "case"
    case.mkdir()
    steps = [
        '[pain]\ncomplaint = "it hurts"\n',
        '[pain]\ncomplaint = "it hurts"\ndiagnoses = ["painful diabetic neuropathy"]\n',
        '[pain]\ncomplaint = "it hurts"\ndiagnoses = ["painful diabetic neuropathy"]\n[[drugs]]\nname = "phenelzine"\n',
    ]
    found = []
    for number, step in enumerate(steps):
        (case / "case.toml").write_text(step, encoding="utf-8")
        found.append(Journey(case, tmp_path / str(number)))

    assert "No treatment can be predicted" in found[0].section
    assert {"diabetic-neuropathy"} == {condition for _, condition in found[1].rows}
    barred = found[2].treatments("refused") - found[1].treatments("refused")
    assert {"duloxetine", "venlafaxine", "amitriptyline", "tramadol", "tapentadol"} <= barred
    assert numbers(found[1], barred) == numbers(found[2])
