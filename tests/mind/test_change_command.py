"""painloom mind change, with a card made for the test."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "doors"))
from console import inside, said_once, table

from painloom.doors.cli.mind_change import change_rows
from painloom.knowledge.load import load
from painloom.model.answers import Answers

CARD = """schema = 1
release = "2026-11"
id = "made-up"
name = "Made up"
claim = "research"
licence = "Apache-2.0"
licence_class = "free"
owner = "nobody"
sources = ["painloom-own-choice"]
state = "verified"
item = [{ id = "1", label = "one" }, { id = "2", label = "two" }, { id = "3", label = "three" }]
[answers]
low = 0
high = 10
[[scale]]
id = "total"
kind = "sum"
items = ["1-3"]
needs = 2
unit = "points"
low = 0
high = 30
higher_is = "worse"
change = [
  { kind = "mic", low = 5, unit = "points", population = "back pain", state = "verified", sources = ["painloom-own-choice"] },
  { kind = "mic", low = 20, high = 40, unit = "percent-of-baseline", population = "knee pain", state = "to-verify", sources = ["any"] },
]
precision = [{ sem = 2, population = "back pain", state = "verified", sources = ["painloom-own-choice"] }]
[[scale]]
id = "ticks"
kind = "ticks"
items = ["1-3"]
needs = 1
unit = "points"
low = 0
high = 30
higher_is = "worse"
change = [{ kind = "mic", low = 5, unit = "points", population = "ticked", state = "verified", sources = ["any"] }]
precision = [{ sem = 2, population = "back pain", state = "verified", sources = ["painloom-own-choice"] }]
[[alert]]
id = "item-three"
about = "safety"
items = ["3"]
low = 9
must = ["3"]
"""
BEFORE = "id,1,2,3\nanna,8,7,5\nbert,8,7,5\ncleo,8,7,5\ndora,8,7,5\nemil,8,,\n"
AFTER = "id,1,2,3\nbert,6,6,4\nanna,3,2,1\ncleo,8,7,\nfred,1,1,1\nemil,1,1,1\n"


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "own" / "instruments"
    folder.mkdir(parents=True)
    (folder / "made-up.toml").write_text(CARD, encoding="utf-8")

    def change(before, after, *words, form="tsv"):
        (tmp_path / "before.csv").write_text(before, encoding="utf-8")
        (tmp_path / "after.csv").write_text(after, encoding="utf-8")
        files = (tmp_path / "before.csv", tmp_path / "after.csv")
        return inside("mind", "change", "made-up", *files, "--knowledge", tmp_path / "own", "--format", form, *words)

    return change


def test_people_are_matched_by_id_and_everybody_gets_a_row_for_each_published_size(run):
    rows = table(run(BEFORE, AFTER).out)
    first = [r for r in rows if r["population"] == "back pain"]

    assert ["anna", "bert", "cleo", "dora", "emil", "fred"] == [r["id"] for r in first]
    assert 18 == len(rows)
    anna = first[0]
    assert ("20", "6", "-14", "2.8284", "-4.9497") == (anna["before"], anna["after"], anna["change"], anna["se_diff"], anna["rci"])
    assert ("yes", "yes", "both", "better") == (anna["real"], anna["meaningful"], anna["verdict"], anna["direction"])
    assert ("painloom-own-choice", "mic", "verified") == (anna["source"], anna["kind"], anna["state"])
    assert "back pain (painloom-own-choice)" == anna["error_from"]
    assert {"to-verify"} == {r["state"] for r in rows if r["population"] == "knee pain"}


def test_a_change_inside_error_says_so_and_nothing_better(run):
    bert = next(r for r in table(run(BEFORE, AFTER).out) if r["id"] == "bert" and r["population"] == "knee pain")

    assert ("-4", "no", "depends", "depends", "inside error") == (
        bert["change"], bert["real"], bert["meaningful"], bert["verdict"], bert["direction"],
    )  # fmt: skip


def test_what_is_missing_is_said_and_not_judged(run):
    rows = {r["id"]: r for r in table(run(BEFORE, AFTER).out) if r["population"] == "back pain"}

    assert "no answers after" == rows["dora"]["note"]
    assert "no answers before" == rows["fred"]["note"]
    assert "not scored before: 2 of 3 unanswered" == rows["emil"]["note"]
    assert "prorated after: its error is taken larger" == rows["cleo"]["note"]
    assert float(rows["cleo"]["se_diff"]) > float(rows["anna"]["se_diff"])
    for name in ("dora", "fred", "emil"):
        assert (".", "unknown", "unknown", "unknown", "not judged") == (
            rows[name]["change"], rows[name]["real"], rows[name]["meaningful"], rows[name]["verdict"], rows[name]["direction"],
        )  # fmt: skip


def test_one_population_can_be_asked_for(run):
    assert {"knee pain"} == {r["population"] for r in table(run(BEFORE, AFTER, "--population", "KNEE").out)}

    none = run(BEFORE, AFTER, "--population", "shoulder")
    assert (2, "") == (none.status, none.out)
    assert "back pain; knee pain; ticked" in none.err


def test_an_answer_that_needs_action_is_not_hidden_behind_a_change(run):
    quiet = run(BEFORE, "id,1,2,3\nanna,3,2,1\n")
    loud = run(BEFORE, "id,1,2,3\nanna,3,2,9\n")
    empty = run(BEFORE, "id,1,2,3\nanna,3,2,\n")

    assert "action" not in quiet.err
    for done in (loud, empty):
        assert "answers need action at once (alert:item-three)" in done.err
        assert "anna" not in done.err


def test_an_id_that_stands_twice_is_refused_without_being_named(run):
    done = run(BEFORE, "id,1,2,3\nanna,3,2,1\nbert,1,1,1\nanna,9,9,8\n")

    assert (3, "") == (done.status, done.out)
    assert said_once(done)
    assert "rows 1 and 3 below the header have one id" in done.err
    assert "anna" not in done.err


def test_an_answer_outside_its_range_is_refused_without_being_repeated(run):
    done = run(BEFORE, "id,1,2,3\nanna,3,77,1\n")

    assert (3, "") == (done.status, done.out)
    assert said_once(done)
    assert "77" not in done.err


def test_an_unknown_instrument_is_wrong_usage(tmp_path):
    assert 2 == inside("mind", "change", "no-such-thing", tmp_path / "a.csv", tmp_path / "b.csv").status


def test_all_three_forms_hold_the_same_names(run):
    header = run(BEFORE, AFTER).out.splitlines()[0].split("\t")

    fixed = ["id", "scale", "before", "after", "change", "se_diff", "rci", "real", "meaningful", "verdict", "population", "source"]
    assert fixed == header[:12]
    assert all(f'"{name}"' in run(BEFORE, AFTER, form="json").out for name in header)
    assert "mostly found for improvement" in run(BEFORE, AFTER, form="text").out.splitlines()[-1]


def test_ticks_left_empty_are_answers_and_widen_nothing(run):
    """A tick list is complete once it is answered at all; only a prorated score gets a larger error."""
    rows = {r["id"]: r for r in table(run(BEFORE, AFTER).out) if r["population"] == "ticked"}

    assert ("2.8284", ".") == (rows["cleo"]["se_diff"], rows["cleo"]["note"])


def test_every_shipped_instrument_can_be_compared_with_itself_and_nothing_changes():
    """Random answers to every card of the release: same answers twice are no change, in every row that is judged."""
    random = np.random.default_rng(5)
    judged = 0
    for card in load().instruments.values():
        if not card.scales:
            continue
        columns = [random.choice(r.allowed or np.arange(r.low, r.high + 1), 5) for r in card.ranges]
        values = np.stack(columns, axis=1).astype(np.int16)
        answers = Answers(card.id, tuple("abcde"), tuple(r.id for r in card.ranges), values)
        for row in change_rows(card, answers, answers, None):
            assert row[4] in ("0", "0.0", "0.000", ".")
            assert row[7] in ("no", "unknown")
            assert row[12 + 2] in ("inside error", "not judged")
            judged += row[7] == "no"

    assert judged > 100
