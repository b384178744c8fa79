"""painloom body map: a case, ids, a file; the table, the picture, the list, the form."""

import argparse
import json
import xml.etree.ElementTree as ET

import pytest

from painloom.doors.cli import body_map
from painloom.errors import InputError, UsageError

CASE = """
[pain]
sites = ["left knee", "low back", "right shoulder"]
map = ["knee-front-r", "spine-low", "shoulder-front-r", "neck-back-l"]

[history]
fm-aapt-sleep = true
"""


def run(capsys, *words):
    parser = argparse.ArgumentParser()
    body_map.add_verb(parser.add_subparsers(required=True))
    args = parser.parse_args(["map", *map(str, words)])
    status = args.run(args)
    return status, capsys.readouterr().out


def rows(capsys, *words):
    _, out = run(capsys, *words, "--format", "json")
    return {row["definition"].partition(" ")[0]: row for row in json.loads(out)}


@pytest.fixture
def case(tmp_path):
    (tmp_path / "case.toml").write_text(CASE, encoding="utf-8")
    return tmp_path


def test_every_definition_stands_in_a_row_with_version_and_source(capsys):
    status, out = run(capsys, "--regions", "knee-front-l,neck-back-r", "--format", "tsv")
    table = [line.split("\t") for line in out.splitlines()]

    assert 0 == status
    assert ["definition", "value", "decided", "basis", "source"] == table[0]
    assert ["regions", "wpi", "acr-2016-generalised", "acr-1990-widespread", "aapt-multisite", "aapt-core"] == [
        row[0].partition(" ")[0] for row in table[1:]
    ]
    assert all("(" in row[0] and row[4] not in ("", ".") for row in table[1:])


def test_text_says_what_is_a_convention_and_that_nothing_is_averaged(capsys):
    _, out = run(capsys, "--regions", "hand-back-l")

    assert "by our convention: lower-arm-left" in out
    assert "never averaged" in out


def test_a_decision_that_rests_on_a_convention_shows_the_other_answer(capsys):
    found = rows(capsys, "--regions", "shoulder-front-l,hand-back-r,thigh-front-l,calf-r")["acr-2016-generalised"]

    assert "yes" == found["decided"]
    assert "by our convention: upper-right, without them: no" in found["basis"]


def test_case_gives_definitions_facts_and_doubts_about_sides(capsys, case):
    found = rows(capsys, case)

    assert ("5", "yes") == tuple(found["acr-1990-widespread"][x] for x in ("value", "decided"))
    assert "suspected-swap" == found["sides"]["decided"]
    assert "'left knee'" in found["sides"]["basis"]
    assert "not asked" not in found["aapt-core"]["basis"]


def test_answers_of_the_case_count_and_only_what_is_open_is_named(capsys, tmp_path):
    six = '"temple-l", "elbow-back-l", "wrist-r", "chest-upper-r", "abdomen-upper-l", "sole-l"'
    (tmp_path / "case.toml").write_text(f"[pain]\nmap = [{six}]\n[history]\nfm-aapt-sleep = true\n", encoding="utf-8")
    found = rows(capsys, tmp_path)["aapt-core"]

    assert "unknown" == found["decided"]
    assert found["basis"].endswith("not asked: fm-aapt-3-months")


def test_case_without_a_map_is_unknown(capsys, tmp_path):
    (tmp_path / "case.toml").write_text('[pain]\nsites = ["left knee"]\n', encoding="utf-8")
    found = rows(capsys, tmp_path)

    assert {(".", "."), (".", "unknown")} == {(row["value"], row["decided"]) for row in found.values()}
    assert all("no map was filled in" in row["basis"] for row in found.values())
    assert "sides" not in found


def test_case_with_the_questionnaire_shows_where_they_differ(capsys, case):
    (case / "answers").mkdir()
    head = ",".join(["id", *map(str, range(1, 27))])
    for day, neck in (("2026-01-01", 1), ("2026-03-02", 0)):
        cells = ["0"] * 26
        cells[5], cells[13], cells[14], cells[16] = "1", "1", str(neck), ""
        (case / "answers" / f"fibromyalgia-2016_{day}.csv").write_text(f"{head}\nA,{','.join(cells)}\n", encoding="utf-8")
    _, out = run(capsys, case, "--format", "tsv")

    assert ["neck: drawn yes, item 15 answered no"] == [
        line.split("\t")[3] for line in out.splitlines() if line.startswith("questionnaire")
    ]


def test_facts_on_the_command_line_settle_the_core_criteria(capsys):
    six = "temple-l,elbow-back-l,wrist-r,chest-upper-r,abdomen-upper-l,sole-l"
    facts = ["--fact", "fm-aapt-fatigue", "--fact", "fm-aapt-3-months"]

    assert "unknown" == rows(capsys, "--regions", six)["aapt-core"]["decided"]
    assert "yes" == rows(capsys, "--regions", six, *facts)["aapt-core"]["decided"]
    assert "no" == rows(capsys, "--regions", six, *facts[:2], "--fact", "fm-aapt-3-months=no")["aapt-core"]["decided"]


def test_a_file_may_use_lines_commas_blanks_and_remarks(capsys, tmp_path):
    path = tmp_path / "map.txt"
    path.write_text("\ufeff# of today\nknee-front-l, neck-back-r\n\n heel-l\n", encoding="utf-8")

    assert "3" == rows(capsys, "--regions-file", path)["regions"]["value"]


def test_an_empty_file_is_no_map_and_none_is_a_map_without_pain(capsys, tmp_path):
    path = tmp_path / "map.txt"
    path.write_text("# nothing yet\n", encoding="utf-8")
    assert "unknown" == rows(capsys, "--regions-file", path)["acr-2016-generalised"]["decided"]
    path.write_text("none\n", encoding="utf-8")
    assert ("0", "no") == tuple(rows(capsys, "--regions-file", path)["acr-2016-generalised"][x] for x in ("value", "decided"))
    assert "no" == rows(capsys, "--regions", "none")["acr-2016-generalised"]["decided"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"none, knee-front-l", "keep one"),
        (b"knee-left", "knee-left: no such region"),
        (b"Mrs.Smith", r"\(not an id\)"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"a" * 200_000, "larger than"),
    ],
)
def test_a_file_that_is_no_map_is_refused_in_one_line(capsys, tmp_path, content, says):
    path = tmp_path / "map.txt"
    path.write_bytes(content)

    with pytest.raises(InputError, match=says) as refused:
        run(capsys, "--regions-file", path)
    assert str(refused.value).startswith("map.txt")
    assert "Smith" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--regions", "heel-l", "--regions-file", "x"],
        ["--regions", "heel-l,,sole-l"],
        ["--regions", ""],
        ["--svg", "x.svg", "--list"],
        ["--regions", "heel-l", "--fact", "no-such-fact"],
        ["--regions", "heel-l", "--fact", "fm-aapt-sleep=maybe"],
    ],
)
def test_a_call_that_makes_no_sense_is_wrong_usage(capsys, words):
    with pytest.raises(UsageError):
        run(capsys, *words)


def test_a_folder_that_is_not_there_is_refused(capsys, tmp_path):
    with pytest.raises(InputError, match="no such case folder"):
        run(capsys, tmp_path / "nobody")


def test_the_list_names_every_region_and_marks_conventions(capsys):
    _, out = run(capsys, "--list", "--format", "json")
    listed = {row["id"]: row for row in json.loads(out)}

    assert 112 == len(listed)
    assert "wpi*=lower-arm-left" in listed["hand-back-l"]["sites"]
    assert "wpi=neck" in listed["neck-back-l"]["sites"]
    assert ("to-verify", "verified") == (listed["hand-back-l"]["state"], listed["jaw-l"]["state"])
    assert "." == listed["perineum"]["sites"]


def test_picture_and_form_are_written_and_the_picture_is_a_file_of_its_own(capsys, tmp_path):
    run(capsys, "--regions", "heel-l", "--svg", tmp_path / "map.svg", "--levels")
    status, out = run(capsys, "--form", tmp_path / "form.html")
    root = ET.parse(tmp_path / "map.svg").getroot()

    assert (0, "") == (status, out)
    assert "{http://www.w3.org/2000/svg}svg" == root.tag
    assert ["heel-l"] == [p.get("data-region") for p in root.iter() if "bm-hurts" in p.get("class", "")]
    assert (tmp_path / "form.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert ["form.html", "map.svg"] == sorted(path.name for path in tmp_path.iterdir())


def test_a_clinic_may_translate_the_words_of_the_form(capsys, tmp_path):
    from painloom.knowledge.load import DATA

    own = tmp_path / "cards" / "bodymap"
    own.mkdir(parents=True)
    text = (DATA / "bodymap" / "form.toml").read_text(encoding="utf-8")
    (own / "form.toml").write_text(text.replace('"Where does it hurt?"', '"Wo tut es <weh>?"'), encoding="utf-8")
    run(capsys, "--form", tmp_path / "form.html", "--knowledge", tmp_path / "cards")

    assert "<h1>Wo tut es &lt;weh&gt;?</h1>" in (tmp_path / "form.html").read_text(encoding="utf-8")
