"""The Assessment as JSON: complete, with absences that say why."""

import json
from dataclasses import replace

import invented
import invented_streams
import numpy as np
import pytest

from painloom.model.answers import Answers
from painloom.model.quantity import Estimate
from painloom.report import to_json


def test_json_is_the_same_each_time_indented_and_ends_with_a_newline():
    text = to_json(invented.mara())

    assert text == to_json(invented.mara())
    assert text.startswith('{\n  "schema": "painloom-assessment/1",\n  "case"')
    assert text.endswith("}\n")


def test_genotypes_are_named_by_digest_and_not_repeated():
    genotypes = json.loads(to_json(invented.mara()))["case"]["genotypes"]

    assert list(genotypes) == ["digest", "build", "origin", "absent_is_reference", "warnings"]


def test_absences_carry_their_kind_and_reason():
    document = json.loads(to_json(invented.nobody()))
    streams = {s["stream"]: s["absence"] for s in document["streams"]}

    assert document["case"]["person"]["age_years"] == {"absent": "not-measured", "reason": "age was not given"}
    assert document["case"]["genotypes"] == {"absent": "not-measured", "reason": "no genome file was given"}
    assert streams["mind"]["absent"] == "not-measured"
    assert streams["mind"]["to_get"] == "Add answers/<instrument>_<date>.csv."


def test_a_measured_stream_has_no_absence():
    streams = {s["stream"]: s["absence"] for s in json.loads(to_json(invented.mara()))["streams"]}

    assert streams["genome"] is None


def test_advice_for_a_gene_that_was_not_called_is_an_absence_and_not_false():
    drugs = {d["drug"]: d for d in json.loads(to_json(invented.mara()))["drugs"]}

    assert drugs["carbamazepine"]["advice"][0]["invariant"]["reason"] == "no gene of the drug was called"
    assert drugs["omeprazole"]["advice"][0]["invariant"] is False


def test_pairs_become_objects_and_all_diplotypes_are_there():
    document = json.loads(to_json(invented.busy()))
    calls = {c["gene"]: c for c in document["calls"]}

    assert document["case"]["files"][0] == {"role": "genome", "sha256": "9f2c" * 16}
    assert calls["CYP2D6"]["card"] == {"id": "cyp2d6", "release": "2026-11"}
    assert calls["CYP2D6"]["structural"][0]["change"] == "one gene copy deleted (*5)"
    assert len(calls["CYP3A4"]["diplotypes"]) == 1498


def test_every_noun_of_mind_and_body_is_there():
    document = json.loads(to_json(invented_streams.ilse()))

    assert document["scores"][0]["card"] == {"id": "instruments/mood", "release": "2026-11"}
    assert document["changes"][0]["verdict"] == "of meaningful size but inside measurement error"
    assert document["alerts"][0]["means"] == ["tramadol"]
    assert document["safety"][3]["severity"] == "severe"
    assert document["grades"][0]["inputs"][1] == {
        "id": "signs",
        "label": "sensory signs on examination",
        "value": "unknown",
        "changes": True,
        "basis": "",
    }
    assert document["pain_codes"]["codes"][0]["code"] == "MG30.01"
    assert document["red_flags"][0]["found"][0]["basis"] == "fact: saddle-numbness"
    assert document["widespread"][1]["decided"] == "yes"
    assert document["widespread"][2]["count"]["reason"] == "no body map was filled in"
    assert document["map_remarks"][0]["kind"] == "suspected-swap"
    assert document["answer_flags"][0]["text"] == "the same answer throughout"
    assert document["case"]["body"]["regions"] == ["low-back-l", "knee-front-r", "tentacle"]


def test_answers_are_given_item_by_item_and_an_empty_one_is_null():
    (answers,) = json.loads(to_json(invented_streams.ilse()))["case"]["answers"]

    assert answers == {"instrument": "mood", "date": "2026-03-02", "file": "mood_2026-03-02.csv", "items": {"q1": 3, "q2": None, "q3": 1}}


def test_what_is_not_known_of_a_score_carries_its_reason():
    document = json.loads(to_json(invented_streams.ilse()))
    unscored = next(s for s in document["scores"] if s["instrument"] == "sleep")

    assert document["scores"][0]["estimate"]["se"]["reason"] == "no standard error of measurement is known"
    assert unscored["estimate"] == {"absent": "not-measured", "reason": "the scale was not scored"}
    assert document["changes"][0]["rci"]["absent"] == "not-measured"
    assert document["sensory"][0]["z"]["absent"] == "not-measured"
    assert document["pain_codes"]["severity"][1]["level"]["absent"] == "not-measured"
    assert json.loads(to_json(invented.mara()))["pain_codes"]["reason"] == "no kind of chronic pain was stated"
    assert json.loads(to_json(invented.mara()))["case"]["body"]["regions"]["reason"] == "no body map was filled in"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_never_reaches_the_file(value):
    scores = (replace(invented_streams.scores()[0], estimate=Estimate(value, "points", 0, 27)),)
    text = to_json(replace(invented_streams.ilse(), scores=scores))

    assert "NaN" not in text
    assert "Infinity" not in text
    assert json.loads(text)["scores"][0]["estimate"]["value"] == {"absent": "not-callable", "reason": "not a finite number"}


def test_an_answer_sheet_without_a_row_has_no_items():
    sheet = Answers("mood", (), ("q1",), np.zeros((0, 1), dtype=np.int16))
    case = replace(invented.mara().case, answers=(sheet,))

    assert json.loads(to_json(replace(invented.mara(), case=case)))["case"]["answers"][0]["items"] == {}
