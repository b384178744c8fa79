"""The Assessment as JSON: complete, with absences that say why."""

import json

import invented

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
