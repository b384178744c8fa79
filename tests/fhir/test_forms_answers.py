"""Responses read by the clinic's bound form: by its points for the very item, in the import too."""

import dataclasses
import json

import numpy as np
import pytest
from bundles import patient, read, response
from forms_builders import LOINC, ORDINAL, WORDS, bound, card, ends, form, option, options, question, real, wobble

from painloom.fhir.forms_answers import answers_from
from painloom.fhir.node import Node
from painloom.knowledge.forms import form_toml
from painloom.knowledge.load import Knowledge
from painloom.model.answers import UNANSWERED


def coded(code, system="http://x/words", **more):
    return {"valueCoding": {"system": system, "code": code, **more}}


def values(answers, made, to=None):
    document = json.loads(json.dumps(response(answers)))
    return answers_from(Node(document, "r", {}), made, to or card()).values[0].tolist()


def test_answers_are_worth_what_the_bound_item_says():
    made = bound(form(question("q1", options()), question("q2", options((3, 2, 1, 0))), question("q3", options())))

    assert values({"q1": coded("blop"), "q2": coded("blop"), "q3": None}, made) == [1, 2, UNANSWERED]


def test_a_turned_item_is_turned_back_once():
    made = bound(
        form(question("q1", options()), question("q2", options()), question("q3", options((3, 2, 1, 0)))), card(turned=(2,)), turn_back=True
    )
    scored = [{"url": ORDINAL, "valueDecimal": 3}]

    assert values({"q3": coded("blip")}, made)[2] == 0
    assert values({"q3": coded("blip", extension=scored)}, made)[2] == 0, "the sender's points are the turned ones"
    assert values({"q1": coded("blip", extension=scored)}, made)[0] == UNANSWERED
    assert values({"q3": {"valueInteger": 3}}, made)[2] == UNANSWERED, "a bare number does not tell which way it runs"


def test_numbers_texts_and_truth_values_are_read_as_the_form_offers_them():
    numbers = bound(form(question("q1", kind="integer", extension=ends(0, 10))), card(count=1, high=10))
    texts = bound(form(question("q1", [{"valueString": f"({n}) {WORDS[n]}"} for n in range(4)], kind="string")), card(count=1))
    truth = bound(form(question("q1", kind="boolean")), card(count=1, high=1))

    assert values({"q1": {"valueInteger": 7}}, numbers, card(count=1, high=10)) == [7]
    assert values({"q1": {"valueDecimal": 7.5}}, numbers, card(count=1, high=10)) == [UNANSWERED]
    assert values({"q1": {"valueInteger": 11}}, numbers, card(count=1, high=10)) == [UNANSWERED]
    assert values({"q1": {"valueString": " (2)  BLUP "}}, texts, card(count=1)) == [2]
    assert values({"q1": {"valueBoolean": True}}, truth, card(count=1, high=1)) == [1]


@pytest.mark.parametrize("answer", [coded("other"), {"valueString": "blip"}, {"valueDate": "2026-01-01"}, coded(""), {"valueInteger": 9}])
def test_an_answer_that_the_form_does_not_offer_counts_as_none(answer):
    assert values({"q1": answer}, bound(wobble()))[0] == UNANSWERED


@pytest.fixture
def clinic(tmp_path):
    """A clinic's folder with a bound form of nine questions whose codes nobody else knows."""
    items = [question(f"k{n}", [option(WORDS[p], WORDS[p], weight=p) for p in range(4)]) for n in "abcdefghi"]
    made = bound(form(*items, title="PHQ-9", url="http://clinic/Questionnaire/mood", version="3", id="mood"), real("phq-9"))
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "phq-9.toml").write_text(form_toml(made), encoding="utf-8")
    return Knowledge(overlay=tmp_path)


def told(clinic, address, **more):
    answers = {f"k{n}": coded(WORDS[place % 4]) for place, n in enumerate("abcdefghi")}
    imported = read(patient(), response(answers, questionnaire=address, **more), cards=clinic)
    return [(a.instrument, a.values[0].tolist()) for a in imported.case.answers]


@pytest.mark.parametrize("address", ["http://clinic/Questionnaire/mood", "http://clinic/Questionnaire/mood|3", "Questionnaire/mood"])
def test_the_import_reads_a_response_by_the_stored_form_that_it_names(clinic, address):
    assert told(clinic, address) == [("phq-9", [0, 1, 2, 3, 0, 1, 2, 3, 0])]


@pytest.mark.parametrize("address", ["http://clinic/Questionnaire/mood|4", "http://other/Questionnaire/mood", "", "mood"])
def test_another_version_or_address_is_another_form(clinic, address):
    assert told(clinic, address) == []


def test_the_forms_of_the_bundle_come_before_the_stored_one(clinic):
    other = form(*(question(f"k{n}", options((3, 2, 1, 0))) for n in "abcdefghi"), url="http://clinic/Questionnaire/mood", name="PHQ-9")
    answers = {f"k{n}": coded(WORDS[0]) for n in "abcdefghi"}
    imported = read(patient(), response(answers, questionnaire="http://clinic/Questionnaire/mood"), other, cards=clinic)

    assert imported.case.answers[0].values.tolist() == [[3] * 9]


def test_a_stored_form_that_no_longer_fits_the_card_is_not_used(clinic):
    path = clinic.overlay / "forms" / "phq-9.toml"
    path.write_text(path.read_text().replace("high = 3", "high = 4"))

    assert told(clinic, "http://clinic/Questionnaire/mood") == []


def test_codes_of_another_system_are_still_those_of_the_form(clinic):
    """A response's code is looked up among the options of its own question; the address of its list does not matter."""
    answers = {"ka": coded(WORDS[2], LOINC)}
    imported = read(patient(), response(answers, questionnaire="http://clinic/Questionnaire/mood"), cards=clinic)

    assert imported.case.answers[0].values.dtype == np.int16
    assert imported.case.answers[0].values[0, 0] == 2


def test_the_noun_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        bound(wobble()).items[0].link = "x"
