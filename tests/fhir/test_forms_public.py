"""Public forms of other makers: those of one instrument bind alike, the wrong ones are refused."""

import copy
import json
from pathlib import Path

import pytest
from forms_builders import measures, points, real

from painloom.errors import InputError
from painloom.fhir.forms import bind_form
from painloom.fhir.forms_answers import answers_from
from painloom.fhir.forms_read import read_sheet, sheet_of
from painloom.fhir.node import Node
from painloom.knowledge.forms import fits, form_toml, gate, read_form_card

SHARED = Path(__file__).resolve().parents[3] / "shared"
FORMS = SHARED / "mind" / "sources" / "fhir-forms"
CASES = SHARED / "clinic" / "cases" / "questionnaires"
NINE = ("asbi-PHQ9", "pco-ig-Questionnaire-PHQ9", "jmandel-phq-9", "lforms-argonaut-phq9-ish", "lforms-phq9", "lforms-phq9-itemweight")
SEVEN = ("asbi-GAD7", "pco-ig-Questionnaire-GAD7", "jmandel-gad-7")
CODES = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
WEIGHT = "http://hl7.org/fhir/StructureDefinition/itemWeight"

pytestmark = pytest.mark.skipif(not FORMS.is_dir(), reason="reference material (../shared) is not here")


def bind(name, instrument):
    return bind_form(read_sheet(FORMS / f"{name}.json"), real(instrument), measures())


def rebind(document, instrument):
    return bind_form(sheet_of(json.loads(json.dumps(document)), "f.json"), real(instrument), measures())


def document(name):
    return json.loads((FORMS / f"{name}.json").read_text(encoding="utf-8"))


def questions(value):
    for item in value.get("item", []):
        yield item
        yield from questions(item)


@pytest.mark.parametrize("name", NINE)
def test_six_makers_forms_of_nine_questions_bind_alike(name):
    told = bind(name, "phq-9")

    assert points(told) == {str(n): {code: value for value, code in enumerate(CODES)} for n in range(1, 10)}
    assert fits(told, real("phq-9"))
    assert gate(real("phq-9"), told).is_open
    assert all(item.text for item in told.items)


@pytest.mark.parametrize("name", SEVEN)
def test_three_makers_forms_of_seven_questions_bind_alike(name):
    told = bind(name, "gad-7")

    assert len(told.items) == 7
    assert all(told_points["LA6571-9"] == 3 and told_points["LA6568-5"] == 0 for told_points in points(told).values())
    assert points(told)["2"]["LA18938-3"] == 2


@pytest.mark.parametrize("name", NINE)
def test_the_sum_and_the_tenth_question_are_named_and_left(name):
    told = bind(name, "phq-9")

    assert len(told.extras) >= 1
    assert not {extra.link for extra in told.extras} & {item.link for item in told.items}


@pytest.mark.parametrize("name", [*NINE, *SEVEN])
def test_a_public_form_is_stored_and_read_back(tmp_path, name):
    instrument = "phq-9" if name in NINE else "gad-7"
    told = bind(name, instrument)
    (tmp_path / f"{instrument}.toml").write_text(form_toml(told), encoding="utf-8")

    assert read_form_card(tmp_path / f"{instrument}.toml") == told


@pytest.mark.parametrize(
    ("name", "instrument", "why"),
    [
        ("jmandel-audit", "audit", "72109-2, which is that of audit-c"),
        ("jmandel-audit", "audit-c", "asks 10 questions, the instrument 3"),
        ("jmandel-audit-c", "audit-c", "worth the same points"),
        ("jmandel-phq-9", "gad-7", "that of phq-9"),
        ("jmandel-phq-2", "phq-9", "that of phq-2"),
        ("jmandel-c-ssrs-risk-assessment", "c-ssrs-screener", "nor link ids"),
        ("android-fhir-mypain-questionnaire", "promis-pain-interference-4a", "nor link ids"),
        ("android-fhir-mypain-response", "phq-9", "no FHIR Questionnaire"),
        *((name, short, "phq-9") for name in NINE for short in ("phq-8", "phq-2")),
    ],
)
def test_the_wrong_form_is_refused_with_its_reason(name, instrument, why):
    with pytest.raises(InputError) as told:
        bind(name, instrument)

    assert why in str(told.value)
    assert "\n" not in str(told.value)


def test_a_form_of_ten_with_an_item_that_is_turned_is_read_raw():
    told = bind("jmandel-dast-10", "dast-10")

    assert points(told)["3"] == {"N": 0, "Y": 1}
    assert not told.has_wording, "this licence asks for a permission"
    assert {extra.link for extra in told.extras} >= {"dast10.frequency", "dast10.iv_use", "dast10.totalScore"}


def weighted():
    """The maker's forms whose options carry points."""
    return [name for name in NINE if name in ("asbi-PHQ9", "lforms-phq9", "lforms-phq9-itemweight")]


@pytest.mark.parametrize("name", weighted())
def test_one_option_that_lost_its_points_is_refused(name):
    value = document(name)
    item = next(q for q in questions(value) if any(c.get("code") == "44260-8" for c in q.get("code", [])))
    for offer in item["answerOption"][2:3]:
        offer["extension"] = [e for e in offer["extension"] if not e["url"].endswith("ordinalValue")]

    with pytest.raises(InputError, match=r"item 9.*1 of 4 options"):
        rebind(value, "phq-9")


@pytest.mark.parametrize("name", weighted())
def test_shuffled_options_bind_by_weight_and_swapped_weights_do_not(name):
    value = document(name)
    for item in questions(value):
        item.get("answerOption", []).reverse()

    assert points(rebind(value, "phq-9")) == points(bind(name, "phq-9"))
    swapped = document(name)
    offers = next(questions(swapped))["answerOption"]
    offers[0]["extension"], offers[3]["extension"] = offers[3]["extension"], offers[0]["extension"]
    with pytest.raises(InputError, match=r"item 1.*different points"):
        rebind(swapped, "phq-9")


@pytest.mark.parametrize("name", [*NINE, *SEVEN])
def test_the_same_form_in_release_5_binds_alike(name):
    five = copy.deepcopy(document(name))
    for item in questions(five):
        if item["type"] == "choice":
            item["type"] = "coding"
        for offer in item.get("answerOption", []):
            for extension in offer.get("extension", []):
                if extension["url"].endswith("/ordinalValue"):
                    extension["url"] = WEIGHT
    instrument = "phq-9" if name in NINE else "gad-7"

    assert points(rebind(five, instrument)) == points(bind(name, instrument))


@pytest.mark.parametrize("name", NINE)
def test_a_response_to_each_makers_form_gives_the_same_answers(name):
    told = bind(name, "phq-9")
    items = [
        {"linkId": item.link, "answer": [{"valueCoding": {"system": "http://loinc.org", "code": CODES[n % 4]}}]}
        for n, item in enumerate(told.items)
    ]
    response = Node({"resourceType": "QuestionnaireResponse", "authored": "2026-05-01", "item": items}, "r", {})
    row = answers_from(response, told, real("phq-9"))

    assert (row.values.tolist(), row.date) == ([[n % 4 for n in range(9)]], "2026-05-01")


def outcome(path, instrument):
    """The bound form, or the line of its refusal."""
    try:
        return bind_form(read_sheet(path), instrument, measures())
    except InputError as wrong:
        return str(wrong)


def test_every_public_form_is_bound_to_its_own_instrument_or_to_none():
    """All forms of the reference material against all instruments: refused in one line, or the right one."""
    cards = [card for card in measures().knowledge.instruments.values() if card.items]
    paths = [*sorted(CASES.glob("*.json")), *sorted(FORMS.glob("*.json"))]
    told = {(path.stem, card.id): outcome(path, card) for path in paths for card in cards}
    bound = {pair for pair, found in told.items() if not isinstance(found, str)}

    assert all("\n" not in found for found in told.values() if isinstance(found, str))
    assert bound == (
        {(name, "phq-9") for name in (*NINE, "phq9", "phq9-with-the-weight-function", "argonaut-phq9-ish")}
        | {(name, "gad-7") for name in SEVEN}
        | {("jmandel-phq-2", "phq-2"), ("jmandel-dast-10", "dast-10"), ("jmandel-midas", "midas")}
    )
