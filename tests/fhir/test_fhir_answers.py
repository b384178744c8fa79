"""Responses to questionnaires: bound to the instrument's own items, never to an answer code alone."""

import numpy as np
import pytest
from bundles import LOINC, patient, read, response

from painloom.fhir.coding import is_loinc
from painloom.knowledge.load import load
from painloom.model.answers import UNANSWERED

PHQ = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")
GAD = ("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7")
CODES = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
WEIGHT = "http://hl7.org/fhir/StructureDefinition/itemWeight"


def coding(code, system=LOINC, **more):
    return {"valueCoding": {"system": system, "code": code, **more}}


def phq(values, **more):
    return response({f"/{PHQ[n]}": None if v is None else coding(CODES[v]) for n, v in enumerate(values)}, **more)


def rows(*resources):
    return [(a.instrument, a.values[0].tolist()) for a in read(patient(), *resources).case.answers]


def form(items, **more):
    """A Questionnaire of (link, LOINC or "", {option: points})."""
    made = [
        {"linkId": link, "type": "choice"}
        | ({"code": [{"system": LOINC, "code": code}]} if code else {})
        | {"answerOption": [{"extension": [{"url": ORDINAL, "valueDecimal": p}], "valueCoding": {"code": c}} for c, p in options.items()]}
        for link, code, options in items
    ]
    return {"resourceType": "Questionnaire", "id": "f", "url": "http://x/f", "item": made, **more}


def test_item_codes_in_link_ids_bind_without_the_form():
    values = [0, 1, 2, 3, 0, 1, 2, 3, 1]

    assert rows(phq(values)) == [("phq-9", values)]
    told = read(patient(), phq(values)).case.answers[0]
    assert (told.date, told.items, told.values.dtype) == ("2026-03-02", tuple("123456789"), np.int16)


def test_an_unfinished_form_is_read_and_what_is_empty_is_unanswered():
    told = read(patient(), phq([1, None, None, None, None, None, None, None, 3], status="in-progress"))

    assert told.case.answers[0].values[0].tolist() == [1, *[UNANSWERED] * 7, 3]
    assert any("not finished" in row.why for row in told.left_out)


def test_one_answer_code_is_worth_what_the_item_says():
    interference = response({str(n): coding("LA6568-5") for n in (1, 2, 3, 4)}, questionnaire="http://x/promis-pain-interference-4a")

    assert rows(interference, phq([0] * 9)) == [("promis-pain-interference-4a", [1, 1, 1, 1]), ("phq-9", [0] * 9)]


SHORT = """schema = 1
release = "2026-11"
id = "two-questions"
name = "Two questions"
licence = "Apache-2.0"
licence_class = "free"
owner = "invented"
claim = "research"
state = "verified"
sources = []
loinc_panel = "55757-9"
item = [{{ id = "1", label = "a", loinc = "{}" }}, {{ id = "2", label = "b", loinc = "{}" }}]
[answers]
low = 0
high = 3
[answers.codes]
"LA6569-3" = 1
"""


@pytest.fixture
def cards(tmp_path):
    """Our cards and a short instrument whose items also stand on a longer one."""
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments" / "two-questions.toml").write_text(SHORT.format(*PHQ[:2]))
    return load(tmp_path)


def test_a_short_instrument_that_may_be_a_piece_of_a_longer_one_is_not_guessed(cards):
    short = {f"/{code}": coding(CODES[1]) for code in PHQ[:2]}

    def bound(**more):
        return [(a.instrument, a.values[0].tolist()) for a in read(patient(), response(short, **more), cards=cards).case.answers]

    assert bound() == []
    assert bound(questionnaire="http://x/Questionnaire/two-questions|1.0") == [("two-questions", [1, 1])]
    assert bound(questionnaire="http://loinc.org/q/55757-9") in ([("two-questions", [1, 1])], [])
    assert bound(questionnaire="http://x/PHQ-9") == [("phq-9", [1, 1, *[UNANSWERED] * 7])]


def test_a_response_that_names_another_instrument_is_not_taken_for_a_part_of_a_longer_one():
    short = response({f"/{code}": coding(CODES[1]) for code in PHQ[:2]}, questionnaire="http://x/gad-7")

    assert rows(short) == []


def test_a_missing_ninth_answer_is_unanswered_never_dropped():
    eight = {f"/{code}": coding(CODES[1]) for code in PHQ[:8]}

    assert rows(response(eight, questionnaire="http://x/phq-9")) == [("phq-9", [*[1] * 8, UNANSWERED])]
    told = read(patient(), response(eight))
    assert [(a.instrument, a.values[0].tolist()) for a in told.case.answers] == [("phq-9", [*[1] * 8, UNANSWERED])]
    assert any("items about suicide were not there: they count as not answered: ask" in row.why for row in told.left_out)
    assert rows(response(eight, questionnaire="http://x/phq-8")) == [("phq-8", [1] * 8)], "named, it is the shorter one"
    whole = form([(f"/{code}", code, {}) for code in PHQ[:8]])
    assert rows(whole, response(eight, questionnaire="http://x/f")) == [("phq-8", [1] * 8)], "a whole form of eight questions asks no ninth"


def test_without_a_name_the_instrument_whose_items_are_exactly_there_wins():
    two = {f"/{code}": coding(CODES[1]) for code in PHQ[:2]}

    assert rows(response(two)) == [("phq-2", [1, 1])]
    assert rows(response(two, questionnaire="http://x/PHQ-9")) == [("phq-9", [1, 1, *[UNANSWERED] * 7])]
    assert rows(phq([1, 1, *[None] * 7])) == [("phq-9", [1, 1, *[UNANSWERED] * 7])], "nine questions were there, seven without an answer"
    four = two | {f"/{code}": coding(CODES[0]) for code in GAD[:2]}
    assert rows(response(four)) == [("phq-4", [0, 0, 1, 1])]


def test_two_instruments_without_a_name_are_told_apart_where_both_are_exactly_there():
    both = {f"/{code}": coding(CODES[1]) for code in PHQ[:2]} | {"/72514-3": {"valueInteger": 7}}

    assert rows(response(both)) == [("phq-2", [1, 1]), ("pain-nrs", [7])]


def test_three_of_many_questions_without_a_name_are_refused_with_a_reason():
    three = {f"/{code}": coding(CODES[1]) for code in PHQ[:3]}
    told = read(patient(), response(three))

    assert told.case.answers == ()
    assert any("several instruments fit" in row.why for row in told.left_out)


def test_an_exact_fit_says_which_longer_instruments_ask_the_same_and_more():
    told = read(patient(), response({f"/{code}": coding(CODES[1]) for code in PHQ[:2]}))

    assert any(row.why.startswith("read as phq-2") and "phq-9" in row.why for row in told.left_out)
    assert read(patient(), phq([1] * 9)).left_out == ()


def test_a_form_with_two_instruments_gives_both():
    both = {f"/{code}": coding(CODES[2]) for code in PHQ} | {f"/{code}": coding(CODES[0]) for code in GAD}

    assert rows(response(both)) == [("phq-9", [2] * 9), ("gad-7", [0] * 7)]


def test_points_of_the_form_are_used_where_the_card_has_no_codes():
    options = {"no": 0, "bit": 1, "lot": 2, "most": 3}
    items = [(f"q{n}", code, options) for n, code in enumerate(PHQ, 1)]
    asked = response({f"q{n}": coding("lot", "http://x") for n in range(1, 10)}, questionnaire="http://x/f")

    assert rows(asked, form(items)) == [("phq-9", [2] * 9)]


@pytest.mark.parametrize("where", ["answer", "coding"])
@pytest.mark.parametrize("url", [ORDINAL, WEIGHT])
def test_points_inside_the_answer_are_used(where, url):
    extension = [{"url": url, "valueDecimal": 3}]
    answer = coding("x", extension=extension) if where == "coding" else coding("x") | {"extension": extension}

    assert rows(response({f"/{code}": answer for code in PHQ})) == [("phq-9", [3] * 9)]


def test_points_that_contradict_the_card_are_not_understood():
    wrong = {f"/{code}": coding(CODES[1]) for code in PHQ}
    wrong[f"/{PHQ[8]}"] = coding(CODES[1], extension=[{"url": ORDINAL, "valueDecimal": 0}])
    told = read(patient(), response(wrong))

    assert told.case.answers[0].values[0].tolist() == [1] * 8 + [UNANSWERED]
    assert any("points of the form" in row.why for row in told.left_out)


def test_points_that_contradict_each_other_are_none():
    two = [{"url": ORDINAL, "valueDecimal": 1}, {"url": WEIGHT, "valueDecimal": 2}]
    told = rows(response({f"/{code}": coding("x", extension=two if n == 0 else two[:1]) for n, code in enumerate(PHQ)}))

    assert told == [("phq-9", [UNANSWERED, *[1] * 8])]


def test_an_option_that_stands_twice_with_other_points_has_none():
    made = form([(f"q{n}", code, {"a": 0, "b": 1, "c": 2, "d": 3}) for n, code in enumerate(PHQ, 1)])
    made["item"][0]["answerOption"][0]["valueCoding"]["code"] = "b"
    asked = response({f"q{n}": coding("b", "http://x") for n in range(1, 10)}, questionnaire="http://x/f")

    assert rows(asked, made) == [("phq-9", [UNANSWERED, *[1] * 8])]


def test_a_hidden_question_is_not_counted_as_one_of_the_form():
    options = {"a": 0, "b": 1, "c": 2, "d": 3}
    made = form([(f"k{n}", "", options) for n in range(1, 9)], name="gad-7")
    made["item"][7]["extension"] = [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden", "valueBoolean": True}]
    asked = response({f"k{n}": coding("d", "http://x") for n in range(1, 8)}, questionnaire="http://x/f")

    assert rows(asked, made) == [("gad-7", [3] * 7)]


def test_reversed_items_are_not_taken_from_points_that_may_be_turned_already():
    items = [(f"{n}", "", {"a": 0, "b": 1, "c": 2, "d": 3, "e": 4}) for n in range(1, 11)]
    asked = response({f"{n}": coding("e", "http://x") for n in range(1, 11)}, questionnaire="http://x/f")
    told = read(patient(), asked, form(items, name="pss-10")).case.answers[0]

    assert [n for n, value in enumerate(told.values[0], 1) if value == UNANSWERED] == [4, 5, 7, 8]


@pytest.mark.parametrize(
    "answer",
    [
        {"valueInteger": 4},
        {"valueInteger": -1},
        {"valueDecimal": 1.5},
        {"valueString": "2"},
        coding("LA9999-9"),
        {"valueInteger": True},
        {"valueBoolean": True, "valueInteger": 7},
    ],
)
def test_an_answer_outside_the_item_is_unanswered_and_listed(answer):
    given = {f"/{code}": {"valueInteger": 1} for code in PHQ} | {f"/{PHQ[8]}": answer}
    told = read(patient(), response(given))

    assert told.case.answers[0].values[0, 8] == UNANSWERED
    assert any(row.place == "entry[1].resource.item[8].answer[0]" for row in told.left_out)


def test_two_answers_to_one_item_are_not_chosen_between():
    given = phq([1] * 9)
    given["item"][8]["answer"].append(coding(CODES[3]))
    told = read(patient(), given)

    assert told.case.answers[0].values[0, 8] == UNANSWERED
    assert sum("several answers" in row.why for row in told.left_out) == 2


def test_a_panel_code_is_not_trusted_where_the_form_has_another_shape():
    options = {str(n): n for n in range(5)}
    ten = form([(f"q{n}", "", options) for n in range(1, 11)], title="AUDIT", code=[{"system": LOINC, "code": "72109-2"}])
    asked = response({f"q{n}": coding("1", "http://x") for n in range(1, 11)}, questionnaire="http://x/f")

    assert "audit-c" not in [name for name, _ in rows(asked, ten)]


def test_the_sum_of_the_sender_and_other_questions_are_listed_not_read():
    given = phq([1] * 9)
    given["item"] += [
        {"linkId": "/44261-6", "answer": [{"valueDecimal": 9}]},
        {"linkId": "/69722-7", "answer": [coding("LA6572-7")]},
        {"linkId": "free", "answer": [{"valueString": "words"}]},
    ]
    told = read(patient(), given)

    assert told.case.answers[0].values[0].tolist() == [1] * 9
    assert {row.place.rpartition(".")[0][-8:] for row in told.left_out} == {".item[9]", "item[10]", "item[11]"}


def test_groups_and_nested_answers_are_opened():
    given = phq([2] * 9)
    given["item"] = [
        {"linkId": "g", "item": given["item"][:8]},
        {"linkId": "h", "answer": [{"valueBoolean": True, "item": given["item"][8:]}]},
    ]

    assert rows(given) == [("phq-9", [2] * 9)]


@pytest.mark.parametrize("more", [{"status": "entered-in-error"}, {"item": []}])
def test_nothing_is_made_of_an_empty_or_wrong_response(more):
    told = read(patient(), phq([1] * 9) | more)

    assert told.case.answers == ()
    assert [row.resource for row in told.left_out] == ["QuestionnaireResponse"]


def test_answers_of_the_same_instrument_are_in_order_of_date():
    later, earlier = phq([1] * 9, authored="2026-04-01"), phq([2] * 9, authored="2026-01-01", id="r")

    assert [a.date for a in read(patient(), later, earlier).case.answers] == ["2026-01-01", "2026-04-01"]


def test_a_form_inside_the_response_is_used():
    options = {"n": 0, "y": 1, "z": 2, "v": 3}
    inner = form([(f"q{n}", code, options) for n, code in enumerate(PHQ, 1)])
    asked = response({f"q{n}": coding("v", "http://x") for n in range(1, 10)}, questionnaire="#f", contained=[inner])
    told = read(patient(), asked)

    assert told.case.answers[0].values[0].tolist() == [3] * 9
    assert told.left_out == ()


@pytest.mark.parametrize("code", [*PHQ, *GAD, "44249-1", "72514-3", "98979-8", "2160-0"])
def test_the_check_digit_of_loinc(code):
    number, _, check = code.partition("-")

    assert is_loinc(code)
    assert not any(is_loinc(f"{number}-{other}") for other in range(10) if str(other) != check)
    assert not is_loinc("LA6568-5")
