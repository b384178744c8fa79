"""`painloom assess --set`: what a what-if promises, and what it does with hostile words."""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest
from console import USER, inside, said_once, table

DAY = ("--as-of", "2026-11-24")
WHO = "Anna Kowalska"
COLUMNS = ["part", "kind", "subject", "before", "after"]
CASE = f"""
wishes = ["sleep through the night", "cost: 3"]

[person]
label = "{WHO}"
age = 61
sex = "F"

[pain]
complaint = "it hurts"
months = 24
intensity = 6
diagnoses = ["chronic low back pain"]

[organs]
potassium = 4.1

[history]
copd = "no"

[[measures]]
id = "egfr"
value = 88
unit = "mL/min/{{1.73_m2}}"

[[drugs]]
name = "morphine"
dose_mg = 30
per_day = 2
since = "2020-05-01"

[[drugs]]
name = "lorazepam"
dose_mg = 1
per_day = 1
since = "2021-02-01"
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whatif") / "case"
    (folder / "answers").mkdir(parents=True)
    (folder / "case.toml").write_text(CASE, encoding="utf-8")
    header, row = ",".join(["id", *map(str, range(1, 10))]), "1,1,1,1,1,1,1,1,1,0"
    (folder / "answers" / "phq-9_2026-11-01.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    (folder / "outside_calls.tsv").write_text("CYP2D6\t*1/*4\n", encoding="utf-8")
    return folder


def what_if(case, *changes, words=()):
    return inside("assess", case, *DAY, *(word for change in changes for word in ("--set", change)), *words)


def rows(case, *changes):
    done = what_if(case, *changes, words=("--format", "json"))
    assert done.status == 0, done.err
    return json.loads(done.out)


SAME = [
    *("person.age=61", "person.sex=F", "pain.months=24", "pain.diagnoses=chronic low back pain", "wishes=sleep through the night; cost: 3"),
    *("drugs.morphine.dose_mg=30", "drugs.MORPHINE.per_day=2", "drugs.morphine=active", "measures.egfr=88", "organs.potassium=4.1"),
    *("history.copd=no", "answers.phq-9.9=0", "outside_calls.CYP2D6=*1/*4"),
]


@pytest.mark.parametrize("change", SAME)
def test_setting_what_the_case_says_already_changes_nothing_but_the_warning(made, change):
    done = what_if(made, change)

    assert (done.status, done.out) == (0, "Nothing would change.\n")
    assert said_once(done), done.err
    assert done.err.startswith("painloom: what if: ")


@pytest.mark.parametrize("change", ["pain.months=1", "drugs.morphine.dose_mg=60", "answers.phq-9.9=2", "measures.egfr=20"])
def test_a_change_that_is_taken_back_changes_nothing(made, change):
    back = {"pain.months": "24", "drugs.morphine.dose_mg": "30", "answers.phq-9.9": "0", "measures.egfr": "88"}
    path = change.partition("=")[0]

    assert rows(made, change), "else the test shows nothing"
    assert rows(made, change, f"{path}={back[path]}") == []


def test_changes_that_touch_different_things_may_stand_in_any_order(made):
    changes = [
        "person.age=80",
        "drugs.lorazepam=none",
        "measures.egfr=20",
        "answers.phq-9.9=2",
        "outside_calls.CYP2D6=*4/*4",
        "wishes=cost: 9",
    ]
    first = rows(made, *changes)

    assert first
    assert rows(made, *reversed(changes)) == first
    assert rows(made, *random.Random(3).sample(changes, len(changes))) == first


def test_the_later_of_two_changes_of_one_path_holds(made):
    assert rows(made, "person.age=20", "person.age=85") == rows(made, "person.age=85")


def test_what_if_leaves_the_case_as_it_is(made):
    before = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}
    what_if(made, "person.age=80", "drugs.morphine=none", "answers.phq-9.9=3", "outside_calls.CYP2D6=")

    assert {path: path.read_bytes() for path in made.rglob("*") if path.is_file()} == before


def test_the_three_formats_say_the_same(made):
    change = "drugs.lorazepam=none"
    text = what_if(made, change).out
    as_json, as_tsv = rows(made, change), table(what_if(made, change, words=("--format", "tsv")).out)

    assert as_json == as_tsv
    assert all(list(row) == COLUMNS for row in as_json)
    assert all(row["before"] and row["after"] for row in as_json), "nothing is empty in a table"
    assert sum(line.startswith(("  + ", "  - ", "  ~ ")) for line in text.splitlines()) == len(as_json)
    assert {row["kind"] for row in as_json} <= {"added", "removed", "changed"}


@pytest.mark.parametrize("form", ["json", "tsv"])
def test_with_a_folder_the_table_stays_alone_on_stdout(made, tmp_path, form):
    alone = what_if(made, "person.age=80", words=("--format", form)).out
    beside = what_if(made, "person.age=80", words=("--format", form, "-o", tmp_path / "out")).out

    assert alone == beside
    assert (tmp_path / "out" / "report.html").exists()


def test_with_a_folder_the_files_are_those_of_the_changed_case_and_say_so(made, tmp_path):
    done = what_if(made, "person.age=80", words=("-o", tmp_path))
    found = json.loads((tmp_path / "assessment.json").read_text(encoding="utf-8"))

    assert done.out.splitlines()[-1] == str(tmp_path / "report.html")
    assert found["case"]["person"]["age_years"] == 80
    assert any(warning.startswith("what if: person.age is 80") for warning in found["warnings"])
    assert "what if: person.age is 80" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_without_a_change_a_folder_is_needed(made):
    done = inside("assess", made, *DAY)

    assert (done.status, done.out) == (2, "")
    assert said_once(done)
    assert "-o OUT" in done.err


REFUSED = [
    *("person.age", "=5", "..=1", "person.=1", ".age=1", "person..age=1", "horoscope.sign=x", "pain.sites.x=1", "imaging.schizas=D"),
    *("person.age=old", "person.age=-1", "person.age=1961", "person.age=nan", "person.age=true", "person.sex=X", "pain.intensity=11"),
    *("drugs.morphine=taken", "drugs.morphine.dose_mg=-3", "drugs.morphine.dose_mg=1000000000", "drugs.morphine.dose_mg=many"),
    *("drugs.nobodyknowsthis=none", "drugs.morphine.name=", "measures.egfr=low", "history.copd=maybe"),
    *("answers.phq-9.9=4", "answers.phq-9.9=-1", "answers.phq-9.9=1.5", "answers.phq-9.77=1", "answers.nosuch.1=1", "answers.phq-9=1"),
    *("outside_calls.CYP2D6=*9999/*4", "outside_calls.NOSUCH=*1/*1", "outside_calls.CYP2D6.x=1", "outside_calls=1"),
]


@pytest.mark.parametrize("change", REFUSED)
def test_a_change_that_makes_no_sense_is_refused_in_one_line_and_nothing_is_written(made, tmp_path, change):
    done = what_if(made, change, words=("-o", tmp_path / "out"))

    assert (done.status, done.out) == (3, ""), done
    assert said_once(done), done.err
    assert len(done.err) < 300
    assert WHO not in done.err
    assert not (tmp_path / "out").exists()


def test_a_refused_answer_is_not_repeated(made):
    done = what_if(made, "answers.phq-9.9=7777")

    assert done.status == 3
    assert "7777" not in done.err
    assert "0..3" in done.err


def test_markup_in_wishes_and_names_stays_text_in_both_pages(made, tmp_path):
    evil = "</style><script>alert(1)</script><img src=x onerror=alert(1)>"
    done = what_if(made, f"wishes={evil} sleep; {evil}", f"person.label={evil}", f"drugs.morphine.reason={evil}", words=("-o", tmp_path))

    assert done.status == 0, done.err
    for name in ("report.html", "patient.html"):
        page = (tmp_path / name).read_text(encoding="utf-8")
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_a_thousand_wishes_are_shown_and_weigh_nothing(made, tmp_path):
    done = what_if(made, "wishes=" + ";".join(f"xyzzy {n}" for n in range(1000)), words=("-o", tmp_path, "--format", "json"))
    plan = json.loads((tmp_path / "assessment.json").read_text(encoding="utf-8"))["plan"]

    assert done.status == 0
    assert len(plan["unread"]) == 1000
    assert all(0 <= one["weight"] <= 1 for one in plan["wishes"])


@pytest.mark.parametrize("wish", ["pain: 1e308", "pain: -3", "pain: nan", "pain: 11", "sleep: ٣", "睡眠: 9", "\u202esleep", ""])
def test_odd_wishes_end_in_weights_from_0_to_1(made, tmp_path, wish):
    assert what_if(made, f"wishes={wish}", words=("-o", tmp_path)).status == 0
    plan = json.loads((tmp_path / "assessment.json").read_text(encoding="utf-8"))["plan"]

    assert all(0 <= one["weight"] <= 1 for one in plan["wishes"])


def test_help_needs_none_of_the_heavy_modules():
    """Start time as a fact that does not depend on how busy the machine is."""
    code = (
        "import sys; from painloom.doors.cli.main import main; main(['assess', '--help']); "
        "print([name for name in ('numpy', 'scipy', 'jinja2', 'painloom.assess', 'painloom.knowledge.load') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], env=USER, capture_output=True, text=True, timeout=60, check=True)

    assert "--set PATH=VALUE" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_every_file_old_or_new_and_whole(made, tmp_path):
    words = [sys.executable, "-m", "painloom.doors.cli.main", "assess", str(made), *DAY, "--quiet", "-o"]
    start = time.perf_counter()
    subprocess.run([*words, str(tmp_path / "old")], env=USER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    whole = time.perf_counter() - start
    change = ["--set", "person.age=80"]
    subprocess.run([*words, str(tmp_path / "new"), *change], env=USER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    old, new = digests(tmp_path / "old"), digests(tmp_path / "new")
    assert old["report.html"] != new["report.html"], "else the test shows nothing"
    roll, killed = random.Random(9), 0
    for turn in range(8):
        out = tmp_path / f"out{turn}"
        shutil.copytree(tmp_path / "old", out)
        with subprocess.Popen([*words, str(out), *change], env=USER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            limit = time.perf_counter() + (whole * roll.random() if turn % 2 else 30)
            while time.perf_counter() < limit and running.poll() is None and not list(out.glob("*.unfinished")):
                time.sleep(0.0002)
            if running.poll() is None:
                os.kill(running.pid, signal.SIGKILL)
                killed += 1
        found = digests(out)
        assert all(found[name] in (old[name], new[name]) for name in old), turn
    assert killed >= 2


def test_a_file_that_cannot_be_written_leaves_the_others_whole(made, tmp_path):
    what_if(made, "person.age=50", words=("-o", tmp_path / "out"))
    (tmp_path / "out" / "patient.html").unlink()
    (tmp_path / "out" / "patient.html").mkdir()
    done = what_if(made, "person.age=80", words=("-o", tmp_path / "out"))

    assert (done.status, done.err.count("\n")) == (3, 1)
    for name in ("report.html", "bundle.json", "assessment.json"):
        assert (tmp_path / "out" / name).read_bytes()
    json.loads((tmp_path / "out" / "assessment.json").read_text(encoding="utf-8"))


def test_a_folder_that_is_a_file_is_refused_in_one_line(made, tmp_path):
    (tmp_path / "out").write_text("a letter")
    done = what_if(made, "person.age=80", words=("-o", tmp_path / "out"))

    assert done.status == 3
    assert said_once(done)
    assert (tmp_path / "out").read_text() == "a letter"


# Faults that were found by trying to break it, and mended.
@pytest.mark.parametrize(
    "change", [f"person.age={'9' * 5000}", f"person.age={'[' * 3000}", "answers.phq-9.9=--1", f"answers.phq-9.9={'9' * 5000}"], ids=range(4)
)
def test_a_value_far_beyond_any_case_is_refused_in_one_line(made, change):
    done = what_if(made, change)

    assert done.status == 3
    assert said_once(done)


def test_an_organ_value_counts_however_the_case_writes_it(made):
    assert rows(made, "organs.egfr=12") == rows(made, "measures.egfr=12")


def test_a_measure_that_is_taken_away_is_gone_however_the_case_writes_it(made, tmp_path):
    what_if(made, "measures.potassium=", words=("-o", tmp_path))
    found = json.loads((tmp_path / "assessment.json").read_text(encoding="utf-8"))

    assert not [one for one in found["case"]["body"]["measures"] if one["id"] == "potassium"]


def test_another_name_of_a_drug_that_is_taken_changes_its_entry(made):
    assert rows(made, "drugs.morphine sulfate.dose_mg=60") == rows(made, "drugs.morphine.dose_mg=60")


@pytest.mark.parametrize("change", ["drugs.tramadol=", "drugs.tramadol.dose_mg="])
def test_an_empty_value_never_begins_a_drug(made, change):
    done = what_if(made, change)

    assert done.status == 3
    assert said_once(done)


@pytest.mark.parametrize("since", ["2020-05-01", "2020"])
def test_the_day_a_drug_was_begun_may_be_set(made, since):
    assert what_if(made, f"drugs.morphine.since={since}").status == 0


def test_a_value_of_two_lines_is_one_line_on_stderr(made):
    assert said_once(what_if(made, "person.age=80\nx = 1"))


def test_a_refusal_of_the_unchanged_case_writes_nothing(made, tmp_path):
    shutil.copytree(made, tmp_path / "case")
    (tmp_path / "case" / "case.toml").write_text(CASE.replace("age = 61", "age = 1961"), encoding="utf-8")
    done = what_if(tmp_path / "case", "person.age=61", words=("-o", tmp_path / "out"))

    assert done.status == 3
    assert not (tmp_path / "out").exists()


def test_a_change_that_is_none_is_not_said_to_differ_from_the_files(made):
    assert "otherwise" not in what_if(made, "person.age=61").err


def test_an_amount_and_its_unit_may_come_in_either_order(made):
    amount, unit = "drugs.morphine.dose_mg=50", "drugs.morphine.unit=mg"

    assert rows(made, amount, unit) == rows(made, unit, amount)


def test_a_wish_of_blanks_takes_no_time(made, tmp_path):
    shutil.copytree(made, tmp_path / "case")
    (tmp_path / "case" / "case.toml").write_text(CASE.replace('"cost: 3"', f'"{" " * 1500}"'), encoding="utf-8")

    assert inside("assess", tmp_path / "case", "-o", tmp_path / "out", "--quiet", *DAY).seconds < 2


def test_an_answer_of_a_response_may_be_set_like_one_of_a_table(made, tmp_path):
    shutil.copytree(made, tmp_path / "case")
    (tmp_path / "case" / "answers" / "phq-9_2026-11-01.csv").unlink()
    items = [{"linkId": str(n), "answer": [{"valueInteger": 1}]} for n in range(1, 10)]
    sheet = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "authored": "2026-11-01",
        "questionnaire": "phq-9",
        "item": items,
    }
    (tmp_path / "case" / "answers" / "phq.json").write_text(json.dumps(sheet))
    assert what_if(tmp_path / "case", "person.age=61").status == 0, "else the test shows nothing"

    assert what_if(tmp_path / "case", "answers.phq-9.1=3").status == 0


def test_a_drug_name_with_a_point_is_one_name(made):
    assert "'St'" not in what_if(made, "drugs.St. John's wort=active").err
