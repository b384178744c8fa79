"""painloom body criteria and painloom body redflags, as a user meets them."""

import argparse
import csv
import io
import json

import pytest
from cards import CASES, criteria
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from painloom.doors.cli.body_more import add_verbs
from painloom.errors import InputError, KnowledgeError, UsageError


def run(*words):
    parser = argparse.ArgumentParser()
    add_verbs(parser.add_subparsers(required=True))
    args = parser.parse_args([str(word) for word in words])
    return args.run(args)


def table(capsys):
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out), delimiter="\t", quoting=csv.QUOTE_NONE))


def write(folder, text, name="facts.tsv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("card", "name"), [("neuropathic-2016", "neuropathic_2016.tsv"), ("nociplastic-2021", "nociplastic_2021.tsv")])
def test_the_shared_tables_run_through_the_command_as_they_are(card, name, capsys):
    path = CASES / name
    if not path.is_file():
        pytest.skip("reference material (../shared) is not here")
    expected = list(csv.DictReader(path.open(encoding="utf-8"), delimiter="\t"))

    run("criteria", card, path, "--format", "tsv")
    found = table(capsys)

    assert [(str(n), r["grade"], r["could_become"]) for n, r in enumerate(expected, 1)] == [
        (r["id"], r["grade"], r["could_become"]) for r in found
    ]
    assert all((r["could_become"] == ".") == (r["would_change"] == ".") for r in found)


def test_the_shared_triage_table_runs_through_the_command(capsys):
    path = CASES / "cssrs_triage.tsv"
    if not path.is_file():
        pytest.skip("reference material (../shared) is not here")
    expected = [row["level"] for row in csv.DictReader(path.open(encoding="utf-8"), delimiter="\t")]

    run("criteria", "c-ssrs-triage", path, "--format", "tsv")

    assert expected == [row["grade"] for row in table(capsys)]


def test_one_row_a_person_with_what_would_change_the_grade(tmp_path, capsys):
    path = write(tmp_path, "id,history,distribution,signs,test\nA,yes,yes,,unknown\nB,1,0,,\nC,yes,yes,yes,yes\n", "facts.csv")

    run("criteria", "neuropathic-2016", path, "--format", "tsv")

    assert [
        {"id": "A", "grade": "possible", "could_become": "definite;probable", "would_change": "signs;test"},
        {"id": "B", "grade": "unlikely", "could_become": ".", "would_change": "."},
        {"id": "C", "grade": "definite", "could_become": ".", "would_change": "."},
    ] == table(capsys)


def test_columns_may_be_facts_and_a_missing_column_is_unknown(tmp_path, capsys):
    path = write(tmp_path, "id\tpain-3-months\tallodynia-static\nA\tno\t\nB\tyes\tyes\n")

    run("criteria", "nociplastic-2021", path, "--format", "json")
    found = json.loads(capsys.readouterr().out)

    assert ["not-nociplastic", "not-gradable"] == [row["grade"] for row in found]
    assert "not-nociplastic;possible;probable" == found[1]["could_become"]


def test_a_column_that_is_no_question_is_named_and_not_used(tmp_path, capsys):
    run("criteria", "neuropathic-2016", write(tmp_path, "id\thistory\tsings\nA\tno\tyes\n"))
    said = capsys.readouterr()

    assert "'sings' is no question" in said.err
    assert "unlikely" in said.out
    assert "not a diagnosis" in said.out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id\thistory\nA\tperhaps\n", "line 2, column history: must be yes, no or unknown"),
        ("id\thistory\nA\n", "line 2: 1 columns, the header has 2"),
        ("id\thistory\thistory\nA\tyes\tno\n", "each column once"),
        ("id\tmood\nA\tyes\n", "questions of"),
        ("", "line 1: needs a header"),
        ('id\thistory\nA\t"yes\n', "quotation mark"),
        ("id\thistory\nA\ty\0es\n", "NUL"),
    ],
)
def test_a_file_that_is_no_table_of_answers_is_refused_without_repeating_an_answer(tmp_path, text, says):
    with pytest.raises(InputError, match=says) as wrong:
        run("criteria", "neuropathic-2016", write(tmp_path, text))

    assert "\n" not in str(wrong.value)
    assert "perhaps" not in str(wrong.value)
    assert str(wrong.value).startswith("facts.tsv")


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    (tmp_path / "x.tsv").write_bytes(b"id\thistory\n\xff\tyes\n")

    with pytest.raises(InputError, match="not found"):
        run("criteria", "neuropathic-2016", tmp_path / "none.tsv")
    with pytest.raises(InputError, match="UTF-8"):
        run("criteria", "neuropathic-2016", tmp_path / "x.tsv")


def test_unknown_criteria_and_a_missing_file_are_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match="there are no criteria 'x'"):
        run("criteria", "x", tmp_path / "a.tsv")
    with pytest.raises(UsageError, match="or --list"):
        run("criteria", "neuropathic-2016")


def test_the_list_names_every_card_with_its_questions(capsys):
    run("criteria", "--list", "--format", "tsv")
    found = {row["id"]: row for row in table(capsys)}

    assert set(criteria()) == set(found)
    assert "history;distribution;signs;test" == found["neuropathic-2016"]["questions"]
    assert "to-verify" == found["opioid-induced-hyperalgesia"]["state"]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from('id\thistory,\n\r"yesno01 .\0x\ufeff'), max_size=60) | st.binary(max_size=40))
def test_no_file_ends_in_anything_but_a_table_or_one_line(tmp_path, capsys, data):
    path = tmp_path / "f.tsv"
    path.write_bytes(data if isinstance(data, bytes) else b"id\thistory\n" + data.encode())

    refused = ""
    try:
        assert 0 == run("criteria", "neuropathic-2016", path, "--format", "tsv")
    except InputError as wrong:
        refused = str(wrong)

    assert "\n" not in refused
    assert refused.startswith("f.tsv") or "grade\tcould_become" in capsys.readouterr().out


def test_a_clinics_card_may_raise_a_triage_level_and_is_refused_where_it_lowers_one(tmp_path):
    from painloom.knowledge.load import DATA

    text = (DATA / "criteria" / "c-ssrs-triage.toml").read_text(encoding="utf-8")
    facts = write(tmp_path, "id\tq3\nA\tyes\n")
    for name, old, new in (
        ("raised", '["q6_within_3_months=yes"]]', '["q6_within_3_months=yes"], ["q3=yes"]]'),
        ("lowered", '["q4=yes"], ["q5=yes"], ', '["q4=yes"], '),
        ("renamed", 'mechanism = "safety"', 'mechanism = "mood"\n'),
    ):
        (tmp_path / name / "criteria").mkdir(parents=True)
        changed = text.replace(old, new)
        assert changed != text
        if name == "renamed":
            changed = changed.replace('["q4=yes"], ["q5=yes"], ', '["q4=yes"], ')
        (tmp_path / name / "criteria" / "c-ssrs-triage.toml").write_text(changed, encoding="utf-8")

    run("criteria", "c-ssrs-triage", facts, "--knowledge", tmp_path / "raised")
    for name in ("lowered", "renamed"):
        with pytest.raises(InputError, match="may only raise"):
            run("criteria", "c-ssrs-triage", facts, "--knowledge", tmp_path / name)


def case(folder, text):
    (folder / "case").mkdir()
    write(folder / "case", text, "case.toml")
    return folder / "case"


def test_red_flags_of_a_case_are_printed_the_raised_ones_first(tmp_path, capsys):
    folder = case(tmp_path, "[person]\nage = 67\n[redflags]\nsaddle-numbness = true\nnight-pain = true\n[history]\ncancer = false\n")

    run("redflags", folder, "--format", "tsv")
    found = table(capsys)

    assert ("cauda-equina", "present", "at once") == tuple(found[0].values())[:3]
    watched = next(row for row in found if row["flag"] == "spinal-cancer")
    assert ("watch", ".", ".") == (watched["state"], watched["within"], watched["act"])
    assert "night" in watched["because"]
    assert 14 == len(found)
    assert all(row["source"] not in ("", ".") for row in found)


def test_what_to_do_is_never_cut_short_for_a_raised_flag(tmp_path, capsys):
    run("redflags", case(tmp_path, "[redflags]\nopioid-sedation = true\n"))
    said = capsys.readouterr().out

    assert "opioid-danger, at once: " in said
    assert "never stop an opioid at once. [to-verify]" in said


def test_an_empty_case_has_no_flag_that_is_called_absent(tmp_path, capsys):
    run("redflags", case(tmp_path, ""), "--format", "tsv")

    assert {"not-asked"} == {row["state"] for row in table(capsys)}


def test_a_fact_with_a_slip_of_the_pen_is_named(tmp_path, capsys):
    run("redflags", case(tmp_path, "[redflags]\nsadle-numbness = true\n"))

    assert "'sadle-numbness' is not known and was not used" in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "state", "listed"), [("1", "present", False), ("", "not-asked", True), ("0", "not-asked", True)])
def test_the_item_on_death_raises_the_flag_and_neither_zero_nor_silence_clears_it(tmp_path, capsys, answer, state, listed):
    from cards import knowledge

    if "phq-9" not in knowledge().files("instruments"):
        pytest.skip("this tree has no card of the questionnaire yet")
    folder = case(tmp_path, "[redflags]\nsuicidal-thoughts = false\n")
    (folder / "answers").mkdir()
    write(folder / "answers", f"id,1,2,3,4,5,6,7,8,9\nA,0,0,0,0,0,0,0,0,{answer}\n", "phq-9_2026-01-01.csv")

    run("redflags", folder, "--format", "tsv")
    flag = next(row for row in table(capsys) if row["flag"] == "suicide")

    assert state == flag["state"]
    assert listed == ("thoughts of death" in flag["not_asked"])


def test_a_folder_that_is_not_there_and_a_folder_of_knowledge_that_is_not_there_are_refused(tmp_path):
    with pytest.raises(InputError, match="no such case folder"):
        run("redflags", tmp_path / "none")
    with pytest.raises(KnowledgeError, match="no such folder of cards"):
        run("redflags", case(tmp_path, ""), "--knowledge", tmp_path / "none")
