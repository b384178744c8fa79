"""Conditions, allergies and observations: what stands, in which unit, and what is listed."""

import pytest
from bundles import LOINC, coded, condition, observation, patient, places, quantity, read


def status(code):
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/x", "code": code}]}


@pytest.mark.parametrize(
    ("clinical", "state"),
    [("active", "active"), ("recurrence", "active"), ("remission", "resolved"), ("inactive", "resolved"), ("resolved", "resolved")],
)
def test_states_of_a_condition(clinical, state):
    told = read(patient(), condition("a", clinicalStatus=status(clinical)))

    assert told.case.body.diagnoses[0].state == state
    assert ("clinicalStatus" in places(told)) == (clinical != state)


@pytest.mark.parametrize("word", ["refuted", "entered-in-error", "differential"])
def test_what_is_no_diagnosis_is_left_out_and_listed(word):
    told = read(patient(), condition("a", verificationStatus=status(word)))

    assert told.case.body.diagnoses == ()
    assert [row.resource for row in told.left_out] == ["Condition"]


def test_an_unconfirmed_diagnosis_says_so():
    assert read(patient(), condition("a", verificationStatus=status("provisional"))).case.body.diagnoses[0].text == "a (provisional)"


def test_codes_keep_their_system():
    coding = [
        {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "M54.50"},
        {"system": "urn:oid:2.16.840.1.113883.6.96", "code": " 278860009"},
        {"system": "https://clinic.example:8080/codes", "code": "x:1"},
        {"code": "bare"},
    ]
    found = read(patient(), condition("a", code={"coding": coding})).case.body.diagnoses[0]

    assert found.text == "M54.50"  # no text and no display: the first code
    assert found.codes == (
        ("icd-10-cm", "M54.50"),
        ("snomed", "278860009"),
        ("clinic.example%3A8080/codes", "x:1"),
        ("local", "bare"),
    )


def test_a_condition_that_ended_without_a_status_is_resolved():
    assert read(patient(), condition("a", abatementDateTime="2020-01-01")).case.body.diagnoses[0].state == "resolved"


def allergy(**more):
    made = {"resourceType": "AllergyIntolerance", "id": "a", "code": coded("http://snomed.info/sct", "1", "penicillin")}
    return made | {"patient": {"reference": "Patient/p"}} | more


def test_an_allergy_with_its_gravest_reaction():
    reactions = [{"manifestation": [{"text": word}], "severity": grade} for word, grade in (("rash", "mild"), ("shock", "severe"))]
    found = read(patient(), allergy(reaction=reactions, criticality="high")).case.body.allergies[0]

    assert (found.text, found.reaction, found.severity) == ("penicillin", "rash; shock", "severe; criticality high")


def test_an_inactive_allergy_stays_and_a_resolved_one_goes():
    told = [read(patient(), allergy(clinicalStatus=status(word))) for word in ("inactive", "resolved")]

    assert [len(one.case.body.allergies) for one in told] == [1, 0]
    assert all(one.left_out for one in told)


@pytest.mark.parametrize(
    ("code", "value", "unit", "id_", "expected"),
    [
        ("98979-8", 25, "mL/min/{1.73_m2}", "egfr", 25),
        ("33914-3", 25, "mL/min/1.73m2", "egfr", 25),
        ("2160-0", 1.1, "mg/dL", "creatinine", 1.1),
        ("2160-0", 100, "umol/L", "creatinine", 1.131),
        ("2160-0", 100, "µmol/L", "creatinine", 1.131),
        ("29463-7", 70000, "g", "weight", 70),
        ("72514-3", 2.5, "{score}", "pain-severity", 2.5),
        ("72514-3", 4, "1", "pain-severity", 4),
    ],
)
def test_known_codes_come_in_the_unit_of_the_measure(code, value, unit, id_, expected):
    found = read(patient(), observation(code, value, unit)).case.body.measures[0]

    assert found.id == id_
    assert found.value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("code", "value", "unit"),
    [("2160-0", 1.1, ""), ("2160-0", 1.1, "stone"), ("2160-0", 900, "mg/dL"), ("98979-8", 60, "mL/min"), ("72514-3", 40, "mm")],
)
def test_a_unit_that_is_not_known_or_an_impossible_value_is_kept_as_unknown_and_listed(code, value, unit):
    told = read(patient(), observation(code, value, unit))
    found = told.case.body.measures[0]

    assert (found.id, found.value, found.unit, found.codes) == ("", value, unit, (("loinc", code),))
    assert "valueQuantity" in places(told)
    assert told.case.pain.intensity_0_10 is None


def test_an_unknown_code_is_kept_with_code_and_text():
    told = read(patient(), observation("99999-1", 5, "mg", code=coded(LOINC, "99999-1", "a rare one")))
    found = told.case.body.measures[0]

    assert (found.id, found.text, found.unit, found.codes) == ("", "a rare one", "mg", (("loinc", "99999-1"),))
    assert dict(told.counts)["measures_of_unknown_code"] == 1


def test_components_are_measures_of_their_own():
    parts = [{"code": coded(LOINC, c), "valueQuantity": quantity(v, "mm[Hg]")} for c, v in (("8480-6", 120), ("8462-4", 80))]
    told = read(patient(), observation("55284-4", None, "", component=parts))

    assert [(m.id, m.value) for m in told.case.body.measures] == [("systolic-pressure", 120), ("diastolic-pressure", 80)]


def test_a_component_that_is_no_number_is_listed_beside_its_siblings():
    parts = [
        {"code": coded(LOINC, "8480-6"), "valueQuantity": quantity(120, "mm[Hg]")},
        {"code": coded(LOINC, "8462-4"), "dataAbsentReason": {"text": "refused"}},
    ]
    told = read(patient(), observation("55284-4", None, "", component=parts))

    assert len(told.case.body.measures) == 1
    assert any(place.startswith("component[1]") for place in places(told))


@pytest.mark.parametrize(
    "more",
    [
        {"status": "entered-in-error"},
        {"status": "cancelled"},
        {"dataAbsentReason": {"text": "unknown"}},
        {"valueQuantity": quantity(60, "mL/min/{1.73_m2}", comparator=">")},
        {"valueQuantity": {"value": "60"}},
        {"valueQuantity": {"unit": "mg"}},
        {"valueQuantity": None, "valueString": "POS"},
        {"valueQuantity": None, "valueCodeableConcept": {"text": "smoker"}},
    ],
)
def test_what_is_no_valid_number_gives_no_measure_and_is_listed(more):
    told = read(patient(), observation("98979-8", 50, "mL/min/{1.73_m2}", **more))

    assert told.case.body.measures == ()
    assert [row.place for row in told.left_out] == ["entry[1].resource"]


def test_units_that_contradict_each_other_are_not_guessed():
    value = {"value": 5, "unit": "mg", "code": "g", "system": "http://unitsofmeasure.org"}

    assert read(patient(), observation("99999-1", None, "", valueQuantity=value)).case.body.measures == ()


def test_earlier_values_stay_and_the_newest_pain_rating_is_the_intensity():
    ratings = [
        observation("72514-3", v, "{score}", date, id=f"o{v}") for v, date in ((3, "2026-02-01"), (7, "2026-04-01"), (5, "2026-03-01"))
    ]
    told = read(patient(), *ratings)

    assert [m.value for m in told.case.body.measures] == [3, 7, 5]
    assert told.case.pain.intensity_0_10 == 7
    assert any("2026-04-01" in note for note in told.notes)


def test_of_very_many_values_the_newest_stay_and_the_others_are_listed():
    many = [observation("72514-3", 5, "{score}", f"20{n:02d}-01-01", id=f"o{n}") for n in range(80)]
    told = read(patient(), *many)

    assert len(told.case.body.measures) == 60
    assert min(m.date for m in told.case.body.measures) == "2020-01-01"
    assert len(told.left_out) == 20


def test_a_score_with_its_code_is_a_score_of_its_instrument():
    told = read(patient(), observation("44261-6", 14, "{score}"), observation("44261-6", 99, "{score}", id="o2"))

    assert [(m.id, m.value) for m in told.case.body.measures] == [("score:phq-9.total", 14), ("", 99)]


def test_a_preliminary_result_is_taken_and_pointed_out():
    told = read(patient(), observation("2160-0", 1, "mg/dL", status="preliminary"))

    assert len(told.case.body.measures) == 1
    assert "status" in places(told)


def test_interpretation_range_and_note_are_named_as_left_out():
    told = read(
        patient(), observation("2160-0", 1, "mg/dL", interpretation=[{"text": "H"}], referenceRange=[{"text": "r"}], note=[{"text": "n"}])
    )

    assert {"interpretation", "referenceRange", "note"} == set(places(told))
