"""A clinic's own wishes, prices, doses, tapers and follow-up laid over ours: they count, and a broken one is refused in one line."""

import json
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "doors"))
from console import inside, said_once

from painloom.knowledge.load import DATA

DAY = ("--as-of", "2026-11-24")
CASE = """
wishes = ["sleep: 9"]
[person]
age = 60
[pain]
complaint = "it hurts"
months = 20
intensity = 6
diagnoses = ["chronic low back pain"]
[history]
copd = "no"
[[drugs]]
name = "oxycodone"
dose_mg = 20
per_day = 2
since = "2020-01-01"
"""
PRICES, ROWS = "prices/prices.toml", "prices/prices.tsv"
WISHES, DOSE, TAPER, FOLLOW = "wishes/wishes.toml", "doses/ibuprofen.toml", "tapers/opioids.toml", "followup/followup.toml"
MONTHLY = "every_days = 30"


@pytest.fixture
def case(tmp_path):
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.toml").write_text(CASE, encoding="utf-8")
    return folder


def own(tmp_path, name, old, new):
    """A folder that holds a copy of the card and its tables with one thing changed."""
    kind = name.partition("/")[0]
    shutil.copytree(DATA / kind, tmp_path / "own" / kind)
    for path in (tmp_path / "own" / kind).iterdir():
        if path.name.split(".")[0] != Path(name).name.split(".")[0]:
            path.unlink()
    path = tmp_path / "own" / name
    text = path.read_text(encoding="utf-8")
    assert old in text, "else the test shows nothing"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return tmp_path / "own"


def assess(case, *words):
    return inside("assess", case, "-o", case.parent / "out", "--quiet", *DAY, *words)


def plan(case):
    return json.loads((case.parent / "out" / "assessment.json").read_text(encoding="utf-8"))["plan"]


def page(case):
    return (case.parent / "out" / "report.html").read_text(encoding="utf-8")


def test_prices_in_another_currency_are_told_in_it_and_as_the_clinics_own(case, tmp_path):
    done = assess(case, "--knowledge", own(tmp_path, PRICES, '"GBP"', '"EUR"'))
    prices = [step["price"] for step in plan(case)["steps"] if "currency" in step["price"]]

    assert done.status == 0, done.err
    assert prices
    assert {price["currency"] for price in prices} == {"EUR"}
    assert "prices" in page(case)


def test_a_currency_cannot_write_into_the_page(case, tmp_path):
    assert assess(case, "--knowledge", own(tmp_path, PRICES, '"GBP"', '"<script>alert(1)</script>"')).status == 0
    assert "<script>alert" not in page(case)


def test_own_weights_of_wishes_count(case, tmp_path):
    assess(case)
    before = plan(case)
    assert assess(case, "--knowledge", own(tmp_path, WISHES, "hours = 20", "hours = 1")).status == 0

    assert [o["utility"] for o in plan(case)["options"]] != [o["utility"] for o in before["options"]]


def test_an_own_pace_of_stopping_counts(case, tmp_path):
    assess(case)
    before = next(step for step in plan(case)["steps"] if step["drugs"] == ["oxycodone"])
    assert assess(case, "--knowledge", own(tmp_path, TAPER, MONTHLY, "every_days = 60")).status == 0
    after = next(step for step in plan(case)["steps"] if step["drugs"] == ["oxycodone"])

    assert [row["day"] for row in after["taper"]["steps"]] == [2 * row["day"] for row in before["taper"]["steps"]]


def test_an_own_week_of_looking_again_counts(case, tmp_path):
    assert assess(case, "--knowledge", own(tmp_path, FOLLOW, "week = 4", "week = 3")).status == 0
    assert plan(case)["follow_up"][0]["weeks"] == 3


def test_a_treatment_without_a_course_is_never_begun_at_once(case, tmp_path):
    text = (DATA / "treatments" / "exercise.toml").read_text(encoding="utf-8")
    start = text.index("[course]")
    end = text.index("\n[", start + 1)
    done = assess(case, "--knowledge", own(tmp_path, "treatments/exercise.toml", text[start:end], ""))

    assert done.status == 0, done.err
    assert not [step for step in plan(case)["steps"] if step["treatment"] == "exercise" and step["when"] == "now"]


BROKEN = [
    (PRICES, 'currency = "GBP"', ""),
    (ROWS, "400\t1200", "many\t1200"),
    (ROWS, "400\t1200", "-400\t1200"),
    (ROWS, "400\t1200", "1200\t400"),
    (ROWS, "400\t1200", "nan\tnan"),
    (ROWS, "course", "fortnight"),
    (WISHES, "wished = 1.0", "wished = -1"),
    (WISHES, "hours = 20", "hours = 0"),
    (WISHES, "money = 1000", 'money = "much"'),
    (WISHES, "control = 0.3", "control = 1.0"),
    (WISHES, "harm = 0.5", "harm = -5"),
    (WISHES, 'id = "pain"', 'id = "paine"'),
    (DOSE, "target_low = 1200", "target_low = 9999"),
    (DOSE, "start = 1200", "start = 0"),
    (DOSE, "schema = 1", "schema = ["),
    (TAPER, "share = 0.1", "share = 0"),
    (TAPER, "share = 0.1", "share = 2"),
    (TAPER, 'kind = "taper"', 'kind = "hope"'),
    (FOLLOW, "week = 12", "week = 2"),
]


@pytest.mark.parametrize(("name", "old", "new"), BROKEN, ids=[f"{name}: {new or 'nothing'}" for name, _, new in BROKEN])
def test_a_broken_card_is_refused_in_one_line_and_nothing_is_written(case, tmp_path, name, old, new):
    done = assess(case, "--knowledge", own(tmp_path, name, old, new))

    assert (done.status, done.out) == (3, ""), done
    assert said_once(done), done.err
    assert Path(name).stem in done.err
    assert not (tmp_path / "out").exists()


# Faults that were found by trying to break it, and mended.
REFUSED = [
    (ROWS, "400\t1200", "400\tinf"),
    (WISHES, "harm = 0.5", "harm = nan"),
    (DOSE, "start = 1200", "start = nan"),
    (TAPER, MONTHLY, "every_days = nan"),
    (TAPER, "after_months = 12", "after_month = 12"),
    (TAPER, "share = 0.1", "share = 1e-7"),
    (FOLLOW, "week = 4", "week = -4"),
    (FOLLOW, "week = 4", "week = nan"),
    (FOLLOW, '"peg.total"', '"nosuch.total"'),
]


@pytest.mark.parametrize(("name", "old", "new"), REFUSED, ids=[f"{name}: {new}" for name, _, new in REFUSED])
def test_a_card_that_cannot_be_meant_is_refused_in_one_line(case, tmp_path, name, old, new):
    done = assess(case, "--knowledge", own(tmp_path, name, old, new))

    assert done.status == 3
    assert said_once(done), done.err


FOUND = [
    (ROWS, "acupuncture\t", "nosuchtreatment\t"),
    (WISHES, "weight = 1.0", "weight = 50"),
    (DOSE, "start = 1200", "start = 99999"),
    (TAPER, MONTHLY, "every_days = -30"),
    (TAPER, MONTHLY, "every_days = 0"),
    (TAPER, "after_months = 12", "after_months = 120"),
]


@pytest.mark.parametrize(("name", "old", "new"), FOUND, ids=[f"{name}: {new}" for name, _, new in FOUND])
def test_the_check_of_knowledge_finds_what_only_all_cards_together_show(tmp_path, name, old, new):
    done = inside("knowledge", "check", "--knowledge", own(tmp_path, name, old, new))

    assert done.status != 0
    assert Path(name).stem.split(".")[0] in done.out + done.err
