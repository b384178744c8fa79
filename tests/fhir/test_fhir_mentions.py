"""Words about suicide in texts for which a case has no place: they raise an alert, and no word of them is carried over."""

import base64
import json

import pytest
from bundles import LOINC, SNOMED, coded, condition, knowledge, observation, order, patient, places, read, response
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import knowledge as whole_knowledge
from painloom.assess import assess, open_case
from painloom.fhir.casefile import files_of, write_case
from painloom.intake.options import ReadOptions
from painloom.knowledge.safety import folded
from painloom.mind.signals import safety_alerts

WORDS = "Mr X said he wants to kill himself"
DENIED = "Denies suicidal ideation."
FACT = "fact suicide-words-in-record"
ATTACHED = {"contentType": "text/plain; charset=utf-8", "data": base64.b64encode(WORDS.encode()).decode()}


def signals(*resources):
    return {alert.signal for alert in safety_alerts(read(patient(), *resources).case, knowledge().knowledge)}


def answered(text, answer, link="x1", **more):
    made = response({link: answer}, **more)
    made["item"][0]["text"] = text
    return made


def any_(kind, **more):
    return {"resourceType": kind, "id": "r", "subject": {"reference": "Patient/p"}, **more}


def narrated(status, words):
    return condition("pain") | {"text": {"status": status, "div": f"<div>{words}</div>"}}


TEXTS = {
    "note of a condition": lambda w: condition("back pain", note=[{"text": w}]),
    "note of an observation": lambda w: observation("2160-0", 1.1, "mg/dL", note=[{"text": w}]),
    "note of an observation left out": lambda w: observation("2160-0", None, "", note=[{"text": w}]),
    "an observation in words": lambda w: observation("1-8", None, "", valueString=w),
    "a coded finding": lambda w: observation("1-8", None, "", valueCodeableConcept=coded(SNOMED, "1", w)),
    "note of an order": lambda w: order(note=[{"text": w}]),
    "an answer in words": lambda w: response({"anything": {"valueString": w}}),
    "an answer among understood ones": lambda w: response({"/72514-3": {"valueInteger": 7}, "more": {"valueString": w}}),
    "the comment of an answer": lambda w: response({"q": {"valueInteger": 1, "extension": [{"url": "http://x", "valueString": w}]}}),
    "the name of a chosen answer": lambda w: response({"q": {"valueCoding": {"system": "http://x", "code": "c", "display": w}}}),
    "an impression": lambda w: any_("ClinicalImpression", summary=w),
    "a report": lambda w: any_("DiagnosticReport", conclusion=w),
    "the reason of a visit": lambda w: any_("Encounter", reasonCode=[{"coding": [{"system": SNOMED, "code": "1", "display": w}]}]),
    "a message": lambda w: any_("Communication", payload=[{"contentString": w}]),
    "a procedure's note": lambda w: any_("Procedure", note=[{"text": w}]),
    "a narrative that holds more": lambda w: narrated("additional", w),
    "one of several possibilities": lambda w: condition(w, verificationStatus={"coding": [{"code": "differential"}]}),
    "a part of another type": lambda w: condition("pain", note=w),
    "an unknown part": lambda w: condition("pain", remarks={"a": [{"b": w}]}),
    "a text too long for a case": lambda w: condition("pain " * 500 + w),
}


@pytest.mark.parametrize("words", [WORDS, DENIED, "no thoughts of self-harm", "mother: suicide 1990", "SUICÍDAL\u00a0thoughts"])
@pytest.mark.parametrize("kind", TEXTS)
def test_words_are_met_wherever_a_bundle_has_room_for_them(kind, words):
    assert FACT in signals(TEXTS[kind](words))


@pytest.mark.parametrize("kind", TEXTS)
def test_everyday_words_raise_nothing(kind):
    assert signals(TEXTS[kind]("sleeps badly, tired, in pain for life, no deadline")) == set()


@pytest.mark.parametrize("kind", TEXTS)
def test_the_place_is_listed_once_with_what_to_do_and_no_word_leaves_the_bundle(kind):
    told = read(patient(), TEXTS[kind](WORDS))
    lines = [line for line in told.left_out if "read this text and ask" in line.why]

    assert len({line.place for line in lines}) == len(lines) >= 1
    assert [line.place for line in told.left_out if line.place == lines[0].place] == [lines[0].place]
    assert any(lines[0].place in note for note in told.notes)
    written = "".join(files_of(told).values())
    if kind != "a text too long for a case":
        assert "kill himself" not in written
        assert "Mr X" not in written


def test_attached_letters_are_read_as_far_as_they_are_text():
    letter = any_("DocumentReference", content=[{"attachment": ATTACHED}])

    assert signals(letter) == {FACT}
    for other in ({"contentType": "application/pdf"}, {"data": "%%%"}, {"data": 5}, {"contentType": None}):
        assert signals(any_("DocumentReference", content=[{"attachment": ATTACHED | other}])) == set()


def test_what_the_case_holds_in_its_own_words_is_one_signal_not_two():
    assert signals(condition("suicidal thoughts")) == {"text"}
    assert signals(order(reasonCode=[{"text": "suicidal thoughts"}])) == {"text"}


@pytest.mark.parametrize(
    "silent",
    [
        condition("pain", note=[{"text": WORDS}], verificationStatus={"coding": [{"code": "entered-in-error"}]}),
        condition("suicidal ideation", verificationStatus={"coding": [{"code": "refuted"}]}),
        observation("1-8", None, "", status="entered-in-error", valueString=WORDS),
        {"resourceType": "Questionnaire", "id": "f", "item": [{"linkId": "1", "text": "thoughts of suicide?", "type": "choice"}]},
        narrated("generated", WORDS),
        any_("Procedure", code=coded(SNOMED, "1", "suicide risk assessment")),
        any_("Communication", subject={"reference": "Group/1"}, payload=[{"contentString": WORDS}]),
    ],
)
def test_withdrawn_records_forms_and_other_people_are_passed_over(silent):
    assert signals(silent) == set()


def test_the_words_of_a_question_alone_raise_nothing_where_its_item_is_read():
    text = "thoughts that you would be better off dead"
    zero = answered(text, {"valueInteger": 0}, "/44260-8")
    measured = observation("44260-8", None, "", code=coded(LOINC, "44260-8", text), valueInteger=0)

    assert signals(zero) == set()
    assert signals(measured) == set()


NO_ANSWERS = [
    {"valueBoolean": False},
    {"valueInteger": 0},
    {"valueCoding": {"code": "n", "display": "No"}},
    {"valueCoding": {"system": LOINC, "code": "LA32-8"}},
    {"valueString": " No "},
]
OTHER_ANSWERS = [
    {"valueBoolean": True},
    {"valueInteger": 2},
    {"valueCoding": {"code": "y", "display": "Yes"}},
    {"valueCoding": {"code": "0", "display": "Yes"}},
    {"valueCoding": {"code": "a2"}},
    {"valueString": "sometimes"},
    {"valueBoolean": False, "modifierExtension": [{"url": "http://x"}]},
]


@pytest.mark.parametrize(("answers", "expected"), [(NO_ANSWERS, set()), (OTHER_ANSWERS, {FACT})])
def test_a_question_in_the_clinics_own_words_counts_unless_its_answer_is_a_plain_no(answers, expected):
    for answer in answers:
        assert signals(answered("Thoughts of suicide?", answer)) == expected, answer
        with_pain = answered("Thoughts of suicide?", answer)
        with_pain["item"].append({"linkId": "/72514-3", "answer": [{"valueInteger": 7}]})
        assert signals(with_pain) == expected, answer
        value = {
            "valueCodeableConcept" if k == "valueCoding" else k: {"coding": [v]} if k == "valueCoding" else v for k, v in answer.items()
        }
        own = observation("1-8", None, "", code={"text": "Thoughts of suicide?"}, **value)
        assert bool(signals(own)) == bool(expected) or "modifierExtension" in answer, answer


def test_the_fact_survives_the_case_folder_and_a_sheet_kept_as_a_file(tmp_path):
    told = read(patient(), condition("pain", note=[{"text": DENIED}]))
    folder = tmp_path / "case"
    write_case(told, folder)
    beside = tmp_path / "beside"
    (beside / "answers").mkdir(parents=True)
    (beside / "case.toml").write_text("")
    (beside / "answers" / "a.json").write_text(json.dumps(response({"q": {"valueString": WORDS}})))

    for place in (folder, beside):
        result = assess(open_case(place, whole_knowledge(), ReadOptions(), "2026-11-24"), whole_knowledge(), "2026-11-24")
        assert {(alert.signal, alert.triage) for alert in result.alerts} == {(FACT, "assess")}
    assert '"suicide-words-in-record" = "yes"' in (folder / "case.toml").read_text()
    assert "kill" not in json.dumps(list(result.warnings))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_folding_has_one_meaning_for_plain_and_other_text(text):
    """The short way for plain text and the long way for all text agree; a letter outside plain text forces the long way."""
    plain = text.encode("ascii", "ignore").decode()

    assert folded(plain) == folded(plain + " é").removesuffix("e").strip()


def test_places_of_words_name_no_unknown_element():
    told = read(patient(), condition("pain", **{"a b/c": [{"x": WORDS}]}))

    assert any("(unknown element)" in place for place in places(told))
