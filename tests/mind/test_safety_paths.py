"""Every path by which a signal of suicidal thoughts could be lost between the file and the alert: an alert, a warning, or a refusal."""

import json

import pytest

from builders import knowledge
from painloom.assess import assess, open_case
from painloom.doors.cli.main import main
from painloom.errors import InputError
from painloom.intake.options import ReadOptions
from painloom.mind.stream import run

TODAY = "2026-11-24"
HEAD = "id,1,2,3,4,5,6,7,8,9\n"
ZEROS, LAST = "x,0,0,0,0,0,0,0,0,0\n", "x,0,0,0,0,0,0,0,0,{}\n"
ITEMS = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")
CODES = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
PRESENT, EMPTY, SCORE = {"item-present"}, {"item-unanswered"}, {"score"}


@pytest.fixture
def case(tmp_path):
    """Writes a case folder and opens it: (assessment, its alerts' signals)."""

    def opened(files=(), case="", folder=tmp_path):
        (folder / "answers").mkdir(exist_ok=True)
        (folder / "case.toml").write_text(case, encoding="utf-8")
        for name, text in dict(files).items():
            (folder / "answers" / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        result = assess(open_case(folder, knowledge(), ReadOptions(), TODAY), knowledge(), TODAY)
        return result, {alert.signal for alert in result.alerts}

    return opened


def row(values, count):
    """A table of one person with `count` items."""
    return "id," + ",".join(str(n + 1) for n in range(count)) + "\nx," + ",".join(str(v) for v in values) + "\n"


# --- tables


@pytest.mark.parametrize(
    ("text", "signals"),
    [
        (HEAD + LAST.format(1), PRESENT),
        (HEAD + LAST.format(""), EMPTY),
        (HEAD + "x,,,,,,,,,3\n", PRESENT),
        (HEAD + "x,,,,,,,,,\n", EMPTY),
        ("9,id,8,7,6,5,4,3,2,1\n2,x,0,0,0,0,0,0,0,0\n", PRESENT),
        ('\ufeff"id",1,2,3,4,5,6,7,8,"9"\r\n"x",0,0,0,0,0,0,0,0,"1"\r\n', PRESENT),
        (HEAD.replace("\n", "\r") + LAST.format(2).replace("\n", "\r"), PRESENT),
        (HEAD + LAST.format(" 2.0 "), PRESENT),
        (HEAD + LAST.format(3).rstrip("\n"), PRESENT),
    ],
)
def test_the_item_is_found_however_the_table_is_written(case, text, signals):
    assert signals == case({"phq-9_2026-01-01.csv": text})[1]


def test_a_zero_raises_nothing_and_is_called_nothing(case):
    result, signals = case({"phq-9_2026-01-01.csv": HEAD + ZEROS})

    assert set() == signals
    assert not [name for name in run(result.case, knowledge()).estimates if "alert" in name]


@pytest.mark.parametrize(
    "names",
    [
        ("phq-9_2026-01-01.csv", "phq-9_2026-03-01.csv"),
        ("phq-9_2026-03-01.csv", "phq-9_2026-01-01.csv"),
        ("phq-9_2026-01-01.csv", "phq-9_2026-01-01_2.csv"),
        ("phq-9_2026-01-01_2.csv", "phq-9_2026-01-01.csv"),
        ("phq-9_undated.csv", "phq-9_2026-01-01.csv"),
        ("phq-9_2026-01-01.csv", "phq-9_undated.csv"),
    ],
)
def test_no_other_sheet_of_any_date_takes_a_positive_one_back(case, names):
    result, signals = case({names[0]: HEAD + LAST.format(2), names[1]: HEAD + ZEROS})

    assert PRESENT == signals
    assert {"phq-9"} == {score.instrument for score in result.scores}


@pytest.mark.parametrize(
    "name",
    [
        "PHQ9_2026.csv", "phq-9 2026-01-01.csv", "PHQ-9_2026-01-01.csv", "phq-9_2026-01-01.CSV", "phq-9_2026-01-01.JSON", "phq9.csv",
        "phq-9.csv", "phq-9_2026-01-01.txt", "phq-9_2026-01-01.xlsx", "phq-9-2026-01-01.csv", "no-such-form_2026-01-01.csv",
    ],
)  # fmt: skip
def test_a_sheet_under_a_name_that_is_not_understood_is_named_in_the_warnings(case, name):
    result, signals = case({name: HEAD + LAST.format(3)})

    assert signals or any(name in line and "not used" in line for line in result.warnings)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("phq-9_2026-1-1.csv", HEAD + LAST.format(3)),
        ("phq-9_2026-01-01 (1).csv", HEAD + LAST.format(3)),
        ("phq-9_2026-01-01.csv", HEAD),
        ("phq-9_2026-01-01.csv", HEAD + LAST.format(3) + LAST.format(3)),
        ("phq-9_2026-01-01.csv", HEAD + LAST.format(4)),
        ("phq-9_2026-01-01.csv", HEAD + LAST.format("yes")),
        ("phq-9_2026-01-01.csv", HEAD + LAST.format("0.5")),
        ("phq-9_2026-01-01.csv", (HEAD + LAST.format(3)).replace(",", ";")),
        ("phq-9_2026-01-01.csv", (HEAD + LAST.format(3)).encode("utf-16")),
        ("phq-9_2026-01-01.csv", "id,1,2,3,4,5,6,7,8\nx,0,0,0,0,0,0,0,0\n"),
        ("phq-9_2026-01-01.csv", ""),
        ("gad-7_2026-01-01.csv", "junk"),
        ("other.json", "{"),
    ],
)
def test_a_sheet_that_cannot_be_read_stops_the_job_even_beside_a_good_one(case, name, text):
    with pytest.raises(InputError) as wrong:
        case({"phq-9_2025-01-01.csv": HEAD + ZEROS, name: text})

    assert "\n" not in str(wrong.value)
    assert name.partition(".")[0] in str(wrong.value)


# --- QuestionnaireResponses


def answered(place, **answer):
    return {"linkId": f"/{ITEMS[place]}", "answer": [answer]}


def coded(points):
    return {"valueCoding": {"system": "http://loinc.org", "code": CODES[points]}}


EIGHT = [answered(n, **coded(0)) for n in range(8)]


def response(items, **more):
    return json.dumps({"resourceType": "QuestionnaireResponse", "status": "completed", "authored": "2026-04-13", "item": items, **more})


@pytest.mark.parametrize(
    ("last", "signals"),
    [
        (coded(1), PRESENT),
        ({"valueDecimal": 1.0}, PRESENT),
        ({"valueInteger": 1}, PRESENT),
        ({"valueBoolean": True}, PRESENT),
        ({"valueDecimal": 0.5}, EMPTY),
        ({"valueString": "words"}, EMPTY),
        ({"valueString": "1"}, EMPTY),
        ({"valueCoding": {"system": "http://loinc.org", "code": "LA999-9"}}, EMPTY),
        ({"valueCoding": {"code": "1"}}, EMPTY),
        ({"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "asked-declined"}]}, EMPTY),
    ],
)
@pytest.mark.parametrize("status", ["completed", "in-progress", "stopped"])
def test_the_item_of_a_response_is_read_or_counts_as_empty_with_a_warning(case, last, signals, status):
    result, found = case({"a.json": response([*EIGHT, answered(8, **last)], status=status)})

    assert signals == found
    assert signals == PRESENT or any("not answered" in line for line in result.warnings)


@pytest.mark.parametrize("hidden", [[], [{"linkId": "/44260-8"}], [{"linkId": "/44260-8", "answer": []}]])
def test_a_named_form_whose_last_item_was_not_shown_counts_as_empty(case, hidden):
    assert EMPTY == case({"a.json": response([*EIGHT, *hidden], questionnaire="http://example.org/phq-9")})[1]


def test_eight_answers_without_a_name_are_not_taken_for_the_shorter_form_in_silence(case):
    result, signals = case({"a.json": response(EIGHT)})

    assert EMPTY == signals
    assert any("about suicide" in line and "ask" in line for line in result.warnings)


@pytest.mark.parametrize("beside", [[], [{"linkId": "/69725-0", "answer": [coded(1)]}, {"linkId": "/68509-9", "answer": [coded(1)]}]])
def test_the_item_is_found_in_a_bigger_form(case, beside):
    group = {"linkId": "group", "item": [*EIGHT, answered(8, **coded(1))]}

    assert PRESENT == case({"a.json": response([group, {"linkId": "other", "answer": [{"valueString": "x"}]}, *beside])})[1]


def test_only_the_last_item_without_a_name_is_enough(case):
    assert PRESENT == case({"a.json": response([answered(8, **coded(1))], status="in-progress")})[1]


@pytest.mark.parametrize(
    "twice", [[answered(8, **coded(0)), answered(8, **coded(1))], [{"linkId": "/44260-8", "answer": [coded(0), coded(1)]}]]
)
def test_two_answers_to_the_item_leave_it_open_never_at_zero(case, twice):
    assert EMPTY == case({"a.json": response([*EIGHT, *twice])})[1]


@pytest.mark.parametrize(
    "items",
    [
        [{"linkId": "q", "answer": [{"valueString": "words"}]}],
        [{"linkId": str(n), "answer": [{"valueInteger": 1}]} for n in range(1, 10)],
        [*EIGHT, answered(8, **coded(0)), {"linkId": "note", "answer": [{"valueString": "words"}]}],
    ],
)
def test_an_answer_that_belongs_to_no_item_is_named(case, items):
    assert any("a.json" in line for line in case({"a.json": response(items)})[0].warnings)


# --- scores from which one must ask


@pytest.mark.parametrize(
    ("name", "values", "signals"),
    [
        ("phq-8", [3] * 8, SCORE),
        ("phq-8", ["", 3, 0, 0, 0, 0, 0, 0], SCORE),
        ("phq-8", ["", 2, 0, 0, 0, 0, 0, 0], set()),
        ("phq-2", [2, 1], SCORE),
        ("phq-2", [3, ""], SCORE),
        ("phq-2", ["", ""], set()),
        ("phq-2", [1, 1], set()),
        ("phq-4", [0, 0, 3, 0], SCORE),
        ("phq-4", [3, 3, 0, 0], set()),
        ("promis-depression-4a", [5, 5, 5, 5], SCORE),
        ("promis-depression-4a", [5, 5, 5, ""], SCORE),
        ("promis-depression-4a", [1, 1, 1, ""], set()),
        ("dass-21", [0] * 20 + [1], SCORE),
        ("dass-21", [""] * 20 + [1], SCORE),
        ("dass-21", [0] * 21, set()),
        ("gad-2", [3, 3], set()),
    ],
)
def test_a_high_score_is_asked_about_also_where_empty_items_leave_it_open(case, name, values, signals):
    assert signals == case({f"{name}_2026-01-01.csv": row(values, len(values))})[1]


def test_the_prompting_item_stands_in_no_score_table():
    card = knowledge().instrument("dass-21")

    assert {"depression", "anxiety", "stress"} == {scale.id for scale in card.scales if not scale.extra}
    assert [(1.0, "suicide")] == [(ask.low, ask.about) for ask in card.by_scale["item-21"].asks]


# --- the screener's branches and contradictions


@pytest.mark.parametrize(
    ("answers", "signals"),
    [
        ("1,0,,,,0,", {"screener-low"}),
        ("0,1,,,,0,", {"screener-low", "screener-open"}),
        ("0,0,1,0,0,0,", {"screener-moderate"}),
        ("0,0,,1,,0,", {"screener-high"}),
        ("0,0,,,,0,1", {"screener-high"}),
        ("0,0,0,0,0,1,0", {"screener-moderate"}),
        ("0,0,,,,1,", {"screener-moderate", "screener-open"}),
        (",,,,1,,", {"screener-high"}),
        ("1,,,,,,", {"screener-low", "screener-open"}),
        (",,,,,,", {"screener-open"}),
        ("0,0,,,,0,", set()),
    ],
)
def test_the_screener_goes_up_where_its_answers_contradict_each_other(case, answers, signals):
    head = "id,1,2,3,4,5,6,7\nx,"

    assert signals == case({"c-ssrs-screener_2026-01-01.csv": head + answers + "\n"})[1]


# --- the table of the command


def printed(capsys, path, *arguments):
    status = main(["mind", "score", arguments[0], str(path), *arguments[1:]])
    return status, capsys.readouterr().out


def test_the_command_names_whom_to_ask_because_of_a_score(capsys, tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("id,1,2\nanna,3,\nbert,1,1\ncleo,2,1\n")
    status, out = printed(capsys, path, "phq-2")
    (line,) = [line for line in out.splitlines() if line.startswith("ask about suicide")]

    assert status == 0
    assert "anna, cleo" in line
    assert "bert" not in line


@pytest.mark.parametrize("form", ["tsv", "json"])
def test_the_table_for_programs_holds_rows_of_scales_only(capsys, tmp_path, form):
    path = tmp_path / "answers.csv"
    path.write_text(row([0] * 20 + [3], 21))
    out = printed(capsys, path, "dass-21", "--format", form)[1]

    assert "item-21" not in out
    assert "ask about" not in out


@pytest.mark.parametrize("name", ["phq9", "PHQ-9", "Phq 9"])
def test_a_nearly_right_name_of_an_instrument_is_put_right(capsys, tmp_path, name):
    status = main(["mind", "score", name, str(tmp_path / "answers.csv")])

    assert status == 2
    assert "did you mean 'phq-9'" in capsys.readouterr().err
