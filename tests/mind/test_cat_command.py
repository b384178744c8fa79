"""painloom mind cat and painloom mind summed-table, as a user meets them."""

import io
import json
import sys
from pathlib import Path

import pytest
from mind_reference import written

sys.path.insert(0, str(Path(__file__).parents[1] / "doors"))
from console import inside, said_once, table

BANK = {
    "id": "two",
    "items": [{"id": "i1", "a": 2.0, "b": [-1, 0.5]}, {"id": "i2", "a": 1.5, "b": [0]}, {"id": "i3", "a": 1.1, "b": [-0.4, 0.2, 0.9]}],
    "prior": [0, 1],
    "stop": {"se": 0.1, "min": 1, "max": 3},
}
ANSWERS = {"i1": 1, "i2": 1, "i3": 3}


@pytest.fixture
def folder(tmp_path):
    written(tmp_path, BANK)
    written(tmp_path, ANSWERS, "answers.json")
    return tmp_path


def typed(monkeypatch, text):
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_text_and_tsv_are_the_same_lines_with_four_decimals_or_more(folder):
    text = inside("mind", "cat", folder / "BANK.json", "--answers", folder / "answers.json")
    tsv = inside("mind", "cat", folder / "BANK.json", "--answers", folder / "answers.json", "--format", "tsv")

    assert (0, text.out) == (text.status, tsv.out)
    rows = table(text.out)
    assert ["step", "item", "response", "theta", "se"] == list(rows[0])
    assert [("1", "i1", "1"), ("2", "i2", "1"), ("3", "i3", "3")] == [(r["step"], r["item"], r["response"]) for r in rows]
    assert all(len(r[name].partition(".")[2]) >= 4 for r in rows for name in ("theta", "se"))


def test_json_has_the_same_names(folder):
    done = inside("mind", "cat", folder / "BANK.json", "--answers", folder / "answers.json", "--format", "json")

    assert [["step", "item", "response", "theta", "se"]] * 3 == [list(row) for row in json.loads(done.out)]


def test_the_same_test_twice_gives_the_same_bytes(folder):
    words = ("mind", "cat", folder / "BANK.json", "--answers", folder / "answers.json", "-o")
    inside(*words, folder / "one.tsv")
    inside(*words, folder / "two.tsv")

    assert (folder / "one.tsv").read_bytes() == (folder / "two.tsv").read_bytes()


def test_a_missing_answer_is_skipped_and_said(folder):
    written(folder, {"i1": 1, "i3": None}, "part.json")
    done = inside("mind", "cat", folder / "BANK.json", "--answers", folder / "part.json", "--format", "tsv")
    rows = table(done.out)

    assert ["i1"] == [r["item"] for r in rows]
    assert "skipped: i2, i3" == rows[-1]["remarks"]
    assert "skipped: i2, i3" in done.err


def test_options_that_are_on_stand_in_the_result_and_plain_rules_add_nothing(folder):
    words = ("mind", "cat", folder / "BANK.json", "--answers", folder / "answers.json", "--format", "tsv")
    plain = inside(*words)
    with_options = inside(*words, "--select", "mfi", "--start-theta", "0.5", "--start-se", "0.8", "--least-gain", "0.0001")

    assert "remarks" not in plain.out
    last = table(with_options.out)[-1]["remarks"]
    for words_of_it in ("select=mfi", "start=0.5 (SD 0.8)", "least-gain=0.0001", "do not compute the change since that visit"):
        assert words_of_it in last


def test_all_answers_null_is_not_measured_and_no_number_appears(folder):
    written(folder, dict.fromkeys(ANSWERS), "none.json")
    done = inside("mind", "cat", folder / "BANK.json", "--answers", folder / "none.json", "--format", "tsv")
    (row,) = table(done.out)

    assert 0 == done.status
    assert {"."} == {row[name] for name in ("step", "item", "response", "theta", "se")}
    assert "not measured" in row["remarks"]


def test_a_test_can_be_taken_at_the_terminal_saved_and_replayed(folder, monkeypatch):
    typed(monkeypatch, "1\ns\n1\n")
    asked = inside("mind", "cat", folder / "BANK.json", "--save", folder / "saved.json")
    again = inside("mind", "cat", folder / "BANK.json", "--answers", folder / "saved.json")

    assert 0 == asked.status
    assert {"i1": 1, "i2": None, "i3": 1} == json.loads((folder / "saved.json").read_text())
    assert asked.out == again.out
    assert "0 to 2, s, q" in asked.err
    assert "T " in asked.err.splitlines()[-1]


def test_the_clinics_wording_is_shown_where_the_bank_holds_it(folder, monkeypatch):
    items = [BANK["items"][0] | {"text": "Own wording", "options": ["not", "some", "much"]}]
    written(folder, BANK | {"items": items}, "own.json")
    typed(monkeypatch, "2\n")
    done = inside("mind", "cat", folder / "own.json")

    for words in ("1. Own wording", "0 not", "2 much"):
        assert words in done.err
    assert "Own wording" not in done.out


@pytest.mark.parametrize("end", ["q\n", ""])
def test_leaving_early_is_said_to_be_unfinished(folder, monkeypatch, end):
    typed(monkeypatch, "1\n" + end)
    done = inside("mind", "cat", folder / "BANK.json")

    assert 0 == done.status
    assert "unfinished" in table(done.out)[-1]["remarks"]
    assert "unfinished" in done.err.splitlines()[-1]


def test_an_answer_that_is_not_allowed_is_asked_again_and_not_repeated(folder, monkeypatch):
    typed(monkeypatch, "97\nno\n1\n1\n1\n")
    done = inside("mind", "cat", folder / "BANK.json")

    assert 3 == len(table(done.out))
    assert "97" not in done.err


def test_three_wrong_answers_from_a_pipe_are_refused(folder, monkeypatch):
    typed(monkeypatch, "97\nno\n-1\n1\n")
    done = inside("mind", "cat", folder / "BANK.json", "--save", folder / "saved.json")

    assert (3, "") == (done.status, done.out)
    assert done.err.splitlines()[-1].startswith("painloom: stdin: item i1: ")
    assert "97" not in done.err
    assert not (folder / "saved.json").exists()


@pytest.mark.parametrize("digits", ["١", "²", "1.0", "+1"])
def test_only_plain_digits_are_answers(folder, monkeypatch, digits):
    typed(monkeypatch, f"{digits}\n{digits}\n{digits}\n")

    assert 3 == inside("mind", "cat", folder / "BANK.json").status


def test_refusals_are_one_line_and_leave_no_header(folder):
    written(folder, {"i1": 9}, "bad.json")
    for words in ((folder / "BANK.json", "--answers", folder / "bad.json"), (folder / "none.json",), ("no-such-bank",)):
        done = inside("mind", "cat", *words)
        assert (3, "") == (done.status, done.out)
        assert said_once(done)


@pytest.mark.parametrize("words", [
    ("--start-theta", "9"), ("--start-se", "1"), ("--start-theta", "0", "--start-se", "0"), ("--start-theta", "nan"),
    ("--least-gain", "-1"), ("--least-gain", "nan"), ("--all-best", "-2"), ("--all-best",), ("--select", "random"),
])  # fmt: skip
def test_wrong_usage_ends_with_two(folder, words):
    assert 2 == inside("mind", "cat", folder / "BANK.json", "--answers", folder / "answers.json", *words).status


def test_a_shipped_bank_is_found_by_its_id_and_says_that_it_is_invented(folder, monkeypatch):
    typed(monkeypatch, "0\n" * 20)
    done = inside("mind", "cat", "invented-distress-20", "--all-best")

    assert 3 == len(table(done.out))
    assert "ended by: all best answers" in table(done.out)[-1]["remarks"]
    assert "invented, for demonstration, not for patients" in done.err


def test_the_summed_table_counts_as_the_form_prints(folder):
    done = inside("mind", "summed-table", folder / "BANK.json", "--items", "i1,i2", "--format", "tsv")
    from_zero = inside("mind", "summed-table", folder / "BANK.json", "--items", "i1,i2", "--first-answer", "0", "--format", "tsv")

    assert ["2", "3", "4", "5"] == [r["raw"] for r in table(done.out)]
    assert ["0", "1", "2", "3"] == [r["raw"] for r in table(from_zero.out)]
    assert [r["t"] for r in table(done.out)] == [r["t"] for r in table(from_zero.out)]


def test_the_summed_table_warns_of_a_form_whose_sums_are_out_of_order(folder):
    written(folder, BANK | {"items": [{"id": "s", "a": 2.0, "b": [0]}, {"id": "f", "a": 1.0, "b": [0, 0.5]}]}, "odd.json")
    done = inside("mind", "summed-table", folder / "odd.json")

    assert "a higher sum does not always mean more" in done.err


@pytest.mark.parametrize("items", ["i9", "i1,i1", "i1,,i2"])
def test_a_form_of_items_that_are_not_there_is_wrong_usage(folder, items):
    assert 2 == inside("mind", "summed-table", folder / "BANK.json", "--items", items).status
