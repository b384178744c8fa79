"""Items with an alert in a bundle: every form in which such an item can come ends in its answer or in a sheet on which it is unanswered."""

import pytest
from bundles import LOINC, SNOMED, coded, knowledge, observation, patient, places, read, response
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.fhir.casefile import write_case
from painloom.intake.folder import read_case
from painloom.intake.options import ReadOptions
from painloom.mind.signals import safety_alerts
from painloom.model.answers import UNANSWERED

NINTH, PLAN, WISH, METHOD = "44260-8", "93250-9", "93246-7", "93248-3"
YES, NO = "LA33-6", "LA32-8"
NEVER_DAYS, SEVERAL_DAYS = "LA6568-5", "LA6569-3"
PRESENT, EMPTY, OPEN = "item-present", "item-unanswered", "screener-open"
MODIFIER = [{"url": "http://example.org/turned", "valueBoolean": True}]


def item(loinc, date="2026-05-01", **value):
    return observation(loinc, None, "", date, **value)


def chosen(code, system=LOINC, **more):
    return {"valueCodeableConcept": {"coding": [{"system": system, "code": code, **more}]}}


def signals(*resources):
    return {alert.signal for alert in safety_alerts(read(patient(), *resources).case, knowledge().knowledge)}


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (item(NINTH, **chosen(SEVERAL_DAYS)), {PRESENT}),
        (item(NINTH, **chosen(NEVER_DAYS)), set()),
        (item(NINTH, valueInteger=2), {PRESENT}),
        (item(NINTH, valueInteger=0), set()),
        (item(PLAN, **chosen(YES)), {"screener-high"}),
        (item(PLAN, valueBoolean=True), {"screener-high"}),
        (item(WISH, **chosen(YES)), {"screener-low", OPEN}),
        (item(METHOD, valueBoolean=True), {"screener-moderate", OPEN}),
        (item(WISH, **chosen(NO)), {OPEN}),
        (item(WISH, valueBoolean=False), {OPEN}),
    ],
)
def test_a_coded_item_counts_by_the_points_of_its_own_card(resource, expected):
    assert signals(resource) == expected


def test_the_measure_of_a_coded_item_holds_its_points_and_code():
    told = read(patient(), item(NINTH, **chosen(SEVERAL_DAYS)))
    measure = told.case.body.measures[0]

    assert (measure.id, measure.value, measure.unit, measure.date) == ("", 1.0, "{score}", "2026-05-01")
    assert ("loinc", NINTH) in measure.codes
    assert told.case.answers == ()
    assert not [line for line in told.left_out if line.resource == "Observation"]


NOT_UNDERSTOOD = [
    {},
    chosen("LA999-9"),
    chosen("373066001", SNOMED),
    chosen(SEVERAL_DAYS, SNOMED),
    {"valueCodeableConcept": {"text": "Several days"}},
    {"valueCodeableConcept": {"coding": [{"system": LOINC, "code": c} for c in (SEVERAL_DAYS, NEVER_DAYS)]}},
    {"valueString": "several days"},
    {"valueBoolean": True},
    {"valueInteger": 7},
    {"valueInteger": -1},
    {"valueQuantity": {"value": 0.4, "unit": "{score}"}},
    {"valueQuantity": {"value": 1, "comparator": ">"}},
    {"dataAbsentReason": {"text": "asked, declined"}},
    {"valueInteger": 0, "dataAbsentReason": {"text": "asked, declined"}},
    {"valueInteger": 0, "status": "registered"},
    {"valueInteger": 0, "modifierExtension": MODIFIER},
    {"valueInteger": 0, "implicitRules": "http://example.org/turned"},
]


@pytest.mark.parametrize("value", NOT_UNDERSTOOD)
def test_an_item_whose_value_is_not_understood_counts_as_not_answered_and_is_listed(value):
    told = read(patient(), item(NINTH, **value))

    assert signals(item(NINTH, **value)) == {EMPTY}
    assert [(a.instrument, a.date, a.values[0].tolist()) for a in told.case.answers] == [("phq-9", "2026-05-01", [UNANSWERED] * 9)]
    assert any(line.resource == "Observation" for line in told.left_out)


@pytest.mark.parametrize("value", [value for value in NOT_UNDERSTOOD if not {"status", "implicitRules"} & set(value)])
def test_the_same_within_a_panel_of_components(value):
    parts = [{"code": coded(LOINC, "44250-9"), "valueInteger": 1}, {"code": coded(LOINC, NINTH), **value}]

    assert signals(observation("44249-1", None, "", component=parts)) == {EMPTY}


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_an_item_that_was_withdrawn_asks_nothing(status):
    assert signals(item(NINTH, status=status)) == set()


def test_an_item_about_somebody_else_asks_nothing():
    assert signals(item(NINTH, focus=[{"reference": "Patient/child"}])) == set()


def test_a_later_answer_closes_an_item_that_was_open_and_an_earlier_one_does_not():
    asked = item(NINTH, "2026-05-01", id="a")

    for later in (item(NINTH, "2026-05-01", id="b", valueInteger=0), item(NINTH, "2026-06-01", id="b", valueInteger=0)):
        assert signals(asked, later) == set()
    assert signals(asked, item(NINTH, "2026-04-30", id="b", valueInteger=0)) == {EMPTY}
    sheet = {f"/{code}": {"valueInteger": 0} for code in PHQ}
    assert signals(asked, response(sheet, authored="2026-05-02")) == set()
    assert signals(asked, response(sheet, authored="2026-04-02")) == {EMPTY}
    undated = {k: v for k, v in asked.items() if k != "effectiveDateTime"}
    assert signals(undated, response(sheet, authored="2026-05-02")) == {EMPTY}, "nobody knows which came first"


PHQ = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")


def test_a_later_item_without_a_value_does_not_hide_the_answer_before_it():
    assert signals(item(NINTH, "2026-01-01", id="a", valueInteger=2), item(NINTH, "2026-05-01", id="b")) == {PRESENT, EMPTY}


def test_unanswered_items_survive_the_case_folder(tmp_path):
    told = read(patient(), item(NINTH), item(WISH, id="o2", valueString="x"))
    write_case(told, tmp_path / "case")
    cards = knowledge().knowledge
    known = cards.files("instruments")
    shapes = lambda id_: cards.instrument(id_).ranges if id_ in known else None  # noqa: E731
    again = read_case(tmp_path / "case", cards.table, ReadOptions(), shapes)

    assert {alert.signal for alert in safety_alerts(again, cards)} == {EMPTY, OPEN}


# --- responses


@pytest.mark.parametrize("answer", [{"valueString": "words"}, None, {"valueCoding": {"code": "x"}}])
def test_a_form_with_such_an_item_and_no_answer_that_is_understood_asks(answer):
    told = read(patient(), response({f"/{code}": answer for code in PHQ}))

    assert signals(response({f"/{code}": answer for code in PHQ})) == {EMPTY}
    assert told.left_out or answer is None


@pytest.mark.parametrize("name", ["http://x/gad-7", "http://x/some-local-form", ""])
@pytest.mark.parametrize(("points", "expected"), [(1, {PRESENT}), (0, set())])
def test_the_item_is_read_also_where_the_rest_of_the_form_fits_nothing(name, points, expected):
    items = {f"/{PHQ[0]}": {"valueInteger": 1}, f"/{PHQ[4]}": {"valueInteger": 1}, f"/{NINTH}": {"valueInteger": points}}

    assert signals(response(items, **({"questionnaire": name} if name else {}))) == expected


def test_a_response_that_may_mean_the_opposite_counts_as_not_answered():
    zeros = {f"/{code}": {"valueInteger": 0} for code in PHQ}

    assert signals(response(zeros)) == set()
    assert signals(response(zeros, modifierExtension=MODIFIER)) == {EMPTY}
    assert signals(response(zeros, modifierExtension=MODIFIER, status="entered-in-error")) == set()
    turned = response(zeros)
    turned["item"][8]["modifierExtension"] = MODIFIER
    assert signals(turned) == {EMPTY}


def test_a_record_of_another_person_asks_nothing():
    stranger = item(NINTH, subject={"reference": "Group/1"}, modifierExtension=MODIFIER)

    assert signals(stranger) == set()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 5) | st.text(max_size=6) | st.sampled_from([YES, NO, SEVERAL_DAYS, NEVER_DAYS, LOINC]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["coding", "system", "code", "value", "text"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["valueInteger", "valueBoolean", "valueCodeableConcept", "valueQuantity", "valueString"]), VALUES))
def test_only_a_plain_zero_raises_nothing(value):
    """Whatever stands as the value: a signal, unless it is a zero or the code that the card counts as zero."""
    read_as_zero = [m.value for m in read(patient(), item(NINTH, **value)).case.body.measures] == [0.0]

    assert bool(signals(item(NINTH, **value))) != read_as_zero


def test_points_in_the_coding_must_agree_with_the_card():
    weight = [{"url": "http://hl7.org/fhir/StructureDefinition/itemWeight", "valueDecimal": 0}]

    assert signals(item(NINTH, **chosen(SEVERAL_DAYS, extension=weight))) == {EMPTY}
    assert signals(item(NINTH, **chosen("local-0", extension=weight))) == set()


def test_a_coded_item_without_an_alert_that_is_not_understood_is_listed():
    parts = [{"code": coded(LOINC, PHQ[0]), **chosen("LA999-9")}, {"code": coded(LOINC, PHQ[1]), "valueInteger": 1}]
    told = read(patient(), observation("44249-1", None, "", component=parts))

    assert any("component[0].valueCodeableConcept" in place for place in places(told))
