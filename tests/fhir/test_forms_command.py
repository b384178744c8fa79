"""`painloom mind form`: binds, stores, and shows no more than the licence allows."""

import argparse
import json
import subprocess
import sys

import pytest
from forms_builders import SD, form, options, phq, question

from painloom.doors.cli import mind_form
from painloom.errors import InputError, UsageError
from painloom.knowledge.forms import read_form_card

PERMISSION = "The owner; 2026-05-04; letter 12"


@pytest.fixture
def run(capsys):
    """Run the verb with arguments; gives (stdout, stderr)."""
    parser = argparse.ArgumentParser()
    mind_form.add_verb(parser.add_subparsers())

    def call(*words):
        args = parser.parse_args(["form", *map(str, words)])
        assert args.run(args) == 0
        return tuple(capsys.readouterr())

    return call


@pytest.fixture
def written(tmp_path):
    """Write a form; gives its path."""

    def write(value, name="f.json"):
        path = tmp_path / name
        path.write_text(json.dumps(value), encoding="utf-8")
        return path

    return write


def stress():
    """Ten nonsense questions with the options of an instrument whose licence asks for a permission."""
    return form(*(question(f"q{n}", options((0, 1, 2, 3, 4))) for n in range(1, 11)), title="PSS-10")


def test_a_bound_form_is_told_item_by_item_without_its_words(run, written):
    out, err = run("phq-9", written(phq()))

    assert len(out.splitlines()) == 10
    assert "LOINC code of the item" in out
    assert "0 1 2 3" in out
    assert "Zorp" not in out + err


def test_words_are_shown_where_the_licence_is_open(run, written):
    out, err = run("phq-9", written(phq(copyright="Quux 1999")), "--show")

    assert out.splitlines()[:5] == ["1  Zorp the p1?", "     0  blip", "     1  blop", "     2  blup", "     3  blap"]
    assert out.splitlines()[-2:] == ["PHQ-9: public domain (Pfizer)", "Quux 1999"]
    assert "licence class public-domain" in err


def test_words_are_hidden_without_a_permission_and_shown_with_one(run, written):
    out, err = run("pss-10", written(stress()), "--show")
    allowed, _ = run("pss-10", written(stress()), "--show", "--permission", PERMISSION)

    assert "Zorp" not in out + err
    assert out.splitlines()[0] == "1  [perceived stress 1]"
    assert "none is recorded" in err
    assert "Zorp the q1?" in allowed
    assert allowed.splitlines()[-1] == "wording shown with permission of The owner, 2026-05-04; letter 12"


def test_without_a_questionnaire_the_stored_form_or_our_labels_are_shown(run, written, tmp_path):
    labels, err = run("pss-10")
    (tmp_path / "forms").mkdir()
    run("pss-10", written(stress()), "--permission", PERMISSION, "-o", tmp_path / "forms" / "pss-10.toml")
    shown, _ = run("pss-10", "--knowledge", tmp_path)
    table, _ = run("pss-10", "--knowledge", tmp_path, "--show", "--format", "tsv")

    assert labels.splitlines()[3] == "4  [perceived stress 4]"
    assert "no form of the clinic is bound" in err
    assert "Zorp the q10?" in shown
    assert table.splitlines()[0].split("\t") == ["item", "label", "before", "prefix", "text", "points", "option"]
    assert len(table.splitlines()) == 51


def test_the_stored_file_holds_words_only_as_allowed(run, written, tmp_path):
    out, err = run("pss-10", written(stress()), "-o", tmp_path / "pss-10.toml")

    assert "stored the bound form of pss-10" in out
    assert "forms/pss-10.toml" in err
    assert "Zorp" not in (tmp_path / "pss-10.toml").read_text()
    assert not read_form_card(tmp_path / "pss-10.toml").has_wording
    run("pss-10", written(stress()), "-o", tmp_path / "pss-10.toml", "--permission", PERMISSION)
    assert "Zorp" in (tmp_path / "pss-10.toml").read_text()


def test_json_and_tsv_are_whole_tables(run, written):
    rows = json.loads(run("phq-9", written(phq()), "--format", "json")[0])
    shown = json.loads(run("phq-9", written(phq()), "--show", "--format", "json")[0])

    assert [row["link"] for row in rows] == [f"p{n}" for n in range(1, 10)]
    assert len(shown) == 36
    assert shown[0]["option"] == "blip"


def test_extras_and_warnings_are_said_plainly(run, written):
    hostile = "\x1b[2Jx\u202e" + "y" * 100
    odd = phq()
    odd["item"].append(question(hostile, options()))
    odd["item"][0]["initial"] = [{"valueString": "x"}]
    out, err = run("phq-9", written(odd))

    assert "\x1b" not in out + err
    assert "\u202e" not in out + err
    assert "no item of the instrument" in err
    assert "item 1: an answer is filled in beforehand" in err


def test_a_refused_form_leaves_no_file(run, written, tmp_path):
    wrong = phq()
    del wrong["item"][8]

    with pytest.raises(InputError, match="asks 8 questions"):
        run("phq-9", written(wrong), "-o", tmp_path / "phq-9.toml")
    assert not list(tmp_path.glob("phq-9.toml*"))


@pytest.mark.parametrize(
    "words", [["phq-99"], ["phq-9", "--permission", PERMISSION], ["phq-9", "-o", "x"], ["phq-9", "--knowledge", "no-such-folder"]]
)
def test_a_call_that_makes_no_sense_is_wrong_usage(run, words):
    with pytest.raises(UsageError):
        run(*words)


@pytest.mark.parametrize("text", ["", "somebody", "a;b;c", "a;2026-05-04;"])
def test_a_permission_must_say_who_when_and_where(run, written, text):
    with pytest.raises(UsageError, match="who; when; reference"):
        run("phq-9", written(phq()), "--permission", text)


def test_by_position_is_a_persons_word(run, written):
    silent = form(*(question(f"q{n}", options()) for n in range(1, 8)), title="GAD-7")
    for item in silent["item"]:
        for offer in item["answerOption"]:
            del offer["extension"]

    with pytest.raises(InputError, match="--by-position"):
        run("gad-7", written(silent))
    assert "by position, unconfirmed" in run("gad-7", written(silent), "--by-position")[0]


def test_turn_back_is_a_persons_word(run, written):
    turned = stress()
    for n in (4, 5, 7, 8):
        turned["item"][n - 1]["answerOption"] = options((4, 3, 2, 1, 0))

    with pytest.raises(InputError, match=r"item 4.*--turn-back"):
        run("pss-10", written(turned))
    assert "item 4, 5, 7, 8: the form's points were turned round already" in run("pss-10", written(turned), "--turn-back")[1]


def test_a_slider_of_another_length_is_refused(run, written):
    ends = [{"url": f"{SD}minValue", "valueInteger": 0}, {"url": f"{SD}maxValue", "valueInteger": 100}]
    hundred = form(question("q1", kind="integer", extension=ends), title="Pain NRS")

    with pytest.raises(InputError, match="another range"):
        run("pain-nrs", written(hundred))


def test_the_verb_loads_nothing_heavy_before_it_runs():
    code = "import sys; import painloom.doors.cli.mind_form; print([m for m in sys.modules if m.startswith(('numpy', 'painloom.fhir'))])"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
