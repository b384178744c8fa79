"""Answer sheets of a case folder: tables and QuestionnaireResponses side by side; nothing is passed over in silence."""

import json

import pytest

from builders import knowledge
from painloom.assess import assess, open_case
from painloom.errors import InputError
from painloom.intake.options import ReadOptions

LOINC = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")
CODES = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "answers").mkdir()
    (tmp_path / "case.toml").write_text("")
    return tmp_path


def response(answers, **more):
    items = [
        {"linkId": f"/{code}", "answer": [{"valueCoding": {"system": "http://loinc.org", "code": CODES[points]}}]}
        for code, points in zip(LOINC, answers, strict=False)
        if points is not None
    ]
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "authored": "2026-04-13", "item": items, **more}


def opened(folder):
    return open_case(folder, knowledge(), ReadOptions(), "2026-11-24")


def test_a_response_and_a_table_are_scored_alike_in_order_of_date(folder):
    (folder / "answers" / "phq-9_2026-03-02.csv").write_text("id,1,2,3,4,5,6,7,8,9\nx,1,1,2,2,1,1,1,1,0\n")
    (folder / "answers" / "phq.json").write_text(json.dumps(response([2, 2, 2, 2, 1, 2, 2, 2, 1])))
    result = assess(opened(folder), knowledge(), "2026-11-24")

    assert [(s.date, s.estimate.value) for s in result.scores if s.scale == "total"] == [("2026-03-02", 10.0), ("2026-04-13", 16.0)]
    assert [alert.signal for alert in result.alerts] == ["item-present"]


def test_an_unfinished_response_still_raises_the_alert(folder):
    (folder / "answers" / "phq.json").write_text(
        json.dumps(response([0, None, None, None, None, None, None, None, 2], status="in-progress"))
    )

    assert [alert.signal for alert in assess(opened(folder), knowledge(), "2026-11-24").alerts] == ["item-present"]


def test_what_is_not_understood_is_named(folder):
    (folder / "answers" / "other.json").write_text(
        json.dumps(
            {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [{"linkId": "a", "answer": [{"valueString": "x"}]}]}
        )
    )

    assert any("other.json" in line and "no answers" in line for line in opened(folder).warnings)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"resourceType": "Patient"}', "\u0000"])
def test_a_sheet_that_is_no_response_is_refused_in_one_line(folder, text):
    (folder / "answers" / "x.json").write_text(text)
    with pytest.raises(InputError) as wrong:
        opened(folder)
    assert "\n" not in str(wrong.value)
