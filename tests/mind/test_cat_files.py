"""BANK.json, answers files and shipped banks: what is refused, and how it is said."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mind_reference import bank, written
from mind_strategies import answered

from painloom.errors import InputError, KnowledgeError
from painloom.intake.bank import item_answers_json, read_bank, read_item_answers
from painloom.knowledge.load import Knowledge, load
from painloom.mind.bank import shipped_bank

GOOD = {
    "id": "b",
    "items": [{"id": "i1", "a": 1.5, "b": [-1, 0.5]}, {"id": "i2", "a": 2, "b": [0]}],
    "prior": [0, 1],
    "stop": {"se": 0.3, "min": 1, "max": 2},
}


def changed(**fields):
    return GOOD | fields


def items(**fields):
    return changed(items=[GOOD["items"][0] | fields, GOOD["items"][1]])


def raw(text):
    return json.dumps(GOOD).replace("1.5", text)


HOSTILE = {
    "slope zero": items(a=0),
    "slope negative": items(a=-1.2),
    "slope text": items(a="1.2"),
    "slope true": items(a=True),
    "slope missing": items(a=None),
    "slope infinite": raw("Infinity"),
    "slope not a number": raw("NaN"),
    "slope beyond any float": raw("1e999"),
    "slope of 400 digits": raw("1" * 400),
    "slope of 5000 digits": raw("1" * 5000),
    "thresholds equal": items(b=[0.5, 0.5]),
    "thresholds falling": items(b=[0.5, -0.5]),
    "thresholds none": items(b=[]),
    "thresholds too many": items(b=list(range(21))),
    "thresholds no list": items(b=0.5),
    "thresholds text": items(b="01"),
    "threshold null": items(b=[0.1, None]),
    "id twice": items(id="i2"),
    "id empty": items(id=" "),
    "id missing": items(id=None),
    "id with a tab": items(id="i\t1"),
    "id with a line break": items(id="i\n1"),
    "id too long": items(id="i" * 101),
    "options too few": items(options=["no"]),
    "options no texts": items(options=[1, 2, 3]),
    "no items": changed(items=[]),
    "items an object": changed(items={"i1": {}}),
    "item a number": changed(items=[3]),
    "prior missing": {k: v for k, v in GOOD.items() if k != "prior"},
    "prior SD zero": changed(prior=[0, 0]),
    "prior SD negative": changed(prior=[0, -1]),
    "prior one number": changed(prior=[0]),
    "prior off the grid": changed(prior=[5, 1]),
    "stop missing": {k: v for k, v in GOOD.items() if k != "stop"},
    "stop SE zero": changed(stop={"se": 0, "min": 1, "max": 2}),
    "stop min above max": changed(stop={"se": 0.3, "min": 3, "max": 2}),
    "stop max zero": changed(stop={"se": 0.3, "min": 0, "max": 0}),
    "stop min no whole number": changed(stop={"se": 0.3, "min": 1.5, "max": 2}),
    "stop a list": changed(stop=[0.3, 1, 2]),
    "bank without id": {k: v for k, v in GOOD.items() if k != "id"},
    "unknown direction": changed(higher_is="up"),
    "a list": [GOOD],
    "a number": "3",
    "nothing": "",
    "half a file": json.dumps(GOOD)[:-9],
    "a name twice": json.dumps(GOOD)[:-1] + ', "id": "c"}',
    "deep nesting": "[" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bank_that_makes_no_sense_is_refused_in_one_line_that_names_the_file(tmp_path, name):
    path = written(tmp_path, HOSTILE[name])
    with pytest.raises(InputError) as refused:
        read_bank(path)

    assert str(refused.value).startswith("BANK.json: ")
    assert "\n" not in str(refused.value)
    assert "Traceback" not in str(refused.value)


def test_a_good_bank_keeps_everything_it_says(tmp_path):
    record = items(text="How?", options=["a", "b", "c"]) | {"higher_is": "worse", "label": "Mood"}
    made = read_bank(written(tmp_path, record))

    assert ("b", "Mood", "worse", (0.0, 1.0)) == (made.id, made.label, made.higher_is, made.prior)
    assert ("i1", 1.5, (-1.0, 0.5), "How?", ("a", "b", "c"), 3) == (
        made.items[0].id, made.items[0].a, made.items[0].b, made.items[0].text, made.items[0].options, made.items[0].categories,
    )  # fmt: skip
    assert (0.3, 1, 2) == (made.stop.se, made.stop.least, made.stop.most)


def test_a_byte_order_mark_is_no_obstacle_and_other_encodings_are_refused(tmp_path):
    path = tmp_path / "BANK.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode())
    assert 2 == len(read_bank(path).items)

    path.write_bytes(json.dumps(GOOD).encode("utf-16"))
    with pytest.raises(InputError, match="UTF-8"):
        read_bank(path)


BAD_ANSWERS = [3, -1, 1.5, "2", True, [], {}, 10**400]


@pytest.mark.parametrize("value", BAD_ANSWERS)
def test_an_answer_outside_its_item_is_refused_without_being_repeated(tmp_path, value):
    made = read_bank(written(tmp_path, GOOD))
    with pytest.raises(InputError) as refused:
        read_item_answers(written(tmp_path, {"i1": value}, "answers.json"), made)

    assert "answers.json: item i1: the answer is not allowed; give a whole number 0 to 2, or null if unanswered" == str(refused.value)


def test_an_unanswered_item_a_strange_item_and_a_wrong_file_are_told_apart(tmp_path):
    made = read_bank(written(tmp_path, GOOD))

    assert ({"i2": 1}, ("zz",)) == read_item_answers(written(tmp_path, {"i1": None, "i2": 1.0, "zz": 7}, "a.json"), made)
    assert ({}, ()) == read_item_answers(written(tmp_path, {}, "a.json"), made)
    with pytest.raises(InputError, match="none of its 1 items is in this bank"):
        read_item_answers(written(tmp_path, {"zz": 1}, "a.json"), made)
    with pytest.raises(InputError, match="stands twice"):
        read_item_answers(written(tmp_path, '{"i1": 0, "i1": 2}', "a.json"), made)
    with pytest.raises(InputError, match="not found"):
        read_item_answers(tmp_path / "none.json", made)


@given(answered(least=2), st.data())
@settings(max_examples=30, deadline=None)
def test_a_saved_transcript_is_read_back_as_it_was(tmp_path_factory, case, data):
    made, answers = case
    skipped = data.draw(st.sampled_from(made.items)).id
    path = tmp_path_factory.mktemp("saved") / "t.json"
    path.write_text(item_answers_json(answers | {skipped: None}), encoding="utf-8")

    assert {k: v for k, v in answers.items() if k != skipped} == read_item_answers(path, made)[0]


def test_every_shipped_bank_loads_and_says_that_it_is_invented():
    knowledge = load()
    names = list(knowledge.files("banks"))

    assert {"invented-distress-20", "invented-function-24", "invented-large-95"} <= set(names)
    for name in names:
        made = shipped_bank(knowledge, name)
        assert "invented" in made.note
        assert "not for patients" in made.note
        assert made.higher_is


def test_the_shipped_banks_are_what_their_tool_makes():
    tool = Path(__file__).resolve().parents[2] / "tools" / "make_banks.py"
    done = subprocess.run([sys.executable, str(tool), "--check"], capture_output=True, text=True, check=False)

    assert (0, "nothing differs\n") == (done.returncode, done.stderr)


def test_a_clinics_own_bank_card_gets_the_same_checks(tmp_path):
    folder = tmp_path / "banks"
    folder.mkdir()
    (folder / "own.toml").write_text('id = "own"\nprior = [0.0, 1.0]\nstop = { se = 0.3, min = 1, max = 2 }\n')
    (folder / "own.items.tsv").write_text("item\ta\tb\ni1\t2\t0.5;0.1\n")
    with pytest.raises(KnowledgeError, match="must rise strictly"):
        shipped_bank(Knowledge(overlay=tmp_path), "own")

    (folder / "own.items.tsv").write_text("item\ta\tb\ni1\ttwo\t0.5\n")
    with pytest.raises(KnowledgeError, match="'a' must be a number"):
        shipped_bank(Knowledge(overlay=tmp_path), "own")

    (folder / "own.items.tsv").write_text("item\ta\tb\ni1\t2\t0.1;0.5\n")
    assert (0.1, 0.5) == shipped_bank(Knowledge(overlay=tmp_path), "own").items[0].b


def test_the_index_finds_every_item():
    made = bank((1.0, [0.0]), (2.0, [1.0]))

    assert {"x1": 0, "x2": 1} == made.index
