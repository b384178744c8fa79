"""A stored assessment.json comes back as the Assessment it was, and its export is the one of the case folder, byte for byte."""

import json
import math
from dataclasses import replace

import pytest
from exports import DAY, MARA, PEOPLE, assessed, text_of
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import FORMULATION, PLAN

from builders import knowledge as shipped
from painloom.doors.cli.main import main
from painloom.errors import InputError
from painloom.fhir.write import render_bundle
from painloom.report.jsonin import from_json, read_json
from painloom.report.jsonout import to_json

EVERYBODY = (*PEOPLE, "mara")


def document(name="full"):
    return json.loads(to_json(assessed(name)))


@pytest.mark.parametrize("name", EVERYBODY)
def test_it_comes_back_so_that_it_is_written_the_same_again(name):
    assert to_json(from_json(document(name), "a.json")) == to_json(assessed(name))


@pytest.mark.parametrize("name", EVERYBODY)
def test_its_bundle_is_that_of_the_assessment_byte_for_byte(name):
    assert render_bundle(from_json(document(name), "a.json"), shipped()) == text_of(name)


def test_plan_and_formulation_come_back_as_nouns():
    whole = replace(assessed("full"), formulation=FORMULATION, plan=PLAN)
    again = from_json(json.loads(to_json(whole)), "a.json")

    assert again.plan == PLAN
    assert again.formulation == FORMULATION


def test_a_number_that_is_none_comes_back_as_no_number():
    odd = replace(PLAN.steps[0].utility, value=math.inf)
    whole = replace(assessed("nobody"), plan=replace(PLAN, steps=(replace(PLAN.steps[0], utility=odd),)))
    again = from_json(json.loads(to_json(whole)), "a.json")

    assert math.isnan(again.plan.steps[0].utility.value)
    assert to_json(again) == to_json(whole)


def test_by_the_command_both_ways_give_the_same_file(tmp_path, capsys):
    assert main(["assess", str(MARA), "-o", str(tmp_path / "out"), "--as-of", DAY, "--quiet"]) == 0
    assert main(["fhir", "export", str(tmp_path / "out" / "assessment.json"), "-o", str(tmp_path / "stored.json")]) == 0
    assert main(["fhir", "export", str(MARA), "-o", str(tmp_path / "case.json"), "--as-of", DAY]) == 0
    capsys.readouterr()

    assert (tmp_path / "stored.json").read_bytes() == (tmp_path / "case.json").read_bytes()
    assert (tmp_path / "out" / "bundle.json").read_bytes() == (tmp_path / "case.json").read_bytes()


@pytest.mark.parametrize("option", [("--as-of", DAY), ("--absent", "reference"), ("--build", "GRCh38")])
def test_what_was_decided_at_the_assessment_cannot_be_decided_again(tmp_path, capsys, option):
    stored = tmp_path / "assessment.json"
    stored.write_text(to_json(assessed("nobody")), encoding="utf-8")

    assert main(["fhir", "export", str(stored), "-o", str(tmp_path / "b.json"), *option]) == 2
    assert "assessed already" in capsys.readouterr().err
    assert not (tmp_path / "b.json").exists()


def test_an_assessment_of_an_earlier_release_says_so(tmp_path, capsys):
    stored = tmp_path / "assessment.json"
    stored.write_text(to_json(replace(assessed("nobody"), knowledge_release="2020-01")), encoding="utf-8")

    assert main(["fhir", "export", str(stored), "-o", str(tmp_path / "b.json")]) == 0
    assert "judged by release 2020-01" in capsys.readouterr().err


# hostile ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "[", "{}", "[]", "null", '{"schema": "painloom-assessment/2"}', '{"schema": "painloom-assessment/1"}', "[" * 9999]
)
def test_what_is_no_assessment_is_refused_in_one_line(tmp_path, capsys, text):
    stored = tmp_path / "assessment.json"
    stored.write_text(text, encoding="utf-8")

    assert main(["fhir", "export", str(stored), "-o", str(tmp_path / "b.json")]) == 3
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("painloom: assessment.json: ")
    assert not (tmp_path / "b.json").exists()


def test_a_file_that_is_not_there_is_refused_in_one_line(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_json(tmp_path / "none.json")


def test_a_missing_or_a_further_field_is_named_by_its_place_alone():
    short, long = document(), document()
    del short["case"]["person"]["sex"]
    long["case"]["drugs"][0]["street"] = "Elm Street"

    for wrong, place in ((short, "case.person"), (long, r"case\.drugs\[0\]")):
        with pytest.raises(InputError, match=place) as told:
            from_json(wrong, "a.json")
        assert "Elm" not in str(told.value)
        assert "\n" not in str(told.value)


def places(value, path=()):
    """The way to every value of a document."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places(part, (*path, key))


SPOTS = list(places(document("nobody")))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SPOTS[1:]), st.sampled_from((None, "secret", 7, 1.5, True, [], {}, ["secret"], {"absent": "secret"}, 10**30)))
def test_whatever_stands_in_a_place_it_is_read_or_refused_never_a_crash(spot, value):
    broken = document("nobody")
    holder = broken
    for key in spot[:-1]:
        holder = holder[key]
    holder[spot[-1]] = value
    said = ""
    try:
        from_json(broken, "a.json")
    except InputError as wrong:
        said = str(wrong)
    assert "secret" not in said
    assert "\n" not in said
