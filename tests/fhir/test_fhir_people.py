"""One bundle is one person; nobody's name leaves the bundle; age and sex are told with what is uncertain about them."""

import itertools

import pytest
from bundles import SUBJECT, condition, observation, order, patient, places, read

from painloom.errors import InputError


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("1980-03-14", "2026-03-13", 45),
        ("1980-03-14", "2026-03-14", 46),
        ("2000-02-29", "2026-02-28", 25),
        ("2000-02-29", "2026-03-01", 26),
        ("1980-03", "2026-03-20", 45),
        ("1980-03", "2026-04-01", 46),
        ("1980", "2026-12-30", 45),
        ("2026", "2026-05-01", 0),
    ],
)
def test_age_is_the_completed_years_that_are_sure(born, day, age):
    assert read(patient(birthDate=born), as_of=day).case.person.age_years == age


def test_a_birth_date_without_day_is_said_to_be_uncertain():
    told = read(patient(birthDate="1980"))

    assert any("one year older" in note for note in told.notes)


@pytest.mark.parametrize("born", ["2027-01-01", "1880-01-01", "14.03.1980", "1980-02-30", 1980])
def test_an_impossible_birth_date_leaves_the_age_unknown_and_is_listed(born):
    told = read(patient(birthDate=born))

    assert told.case.person.age_years is None
    assert "birthDate" in places(told)


def test_sex_is_only_taken_from_female_and_male():
    genders = ("female", "male", "other", "unknown")

    assert [read(patient(gender=g)).case.person.sex for g in genders] == ["F", "M", "", ""]
    assert "gender" in places(read(patient(gender="other")))


def test_sex_recorded_at_birth_goes_before_the_administrative_one():
    at_birth = {"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueCode": "M"}
    told = read(patient(extension=[at_birth]))

    assert told.case.person.sex == "M"
    assert "gender" in places(told)


def test_without_a_patient_the_list_is_read_and_age_and_sex_are_unknown():
    told = read(order())

    assert (len(told.case.drugs), told.case.person.age_years, told.case.person.sex) == (1, None, "")
    assert any("no Patient" in note for note in told.notes)


def test_death_is_said():
    assert any("deceased" in note for note in read(patient(deceasedDateTime="2025-01-01")).notes)
    assert not any("deceased" in note for note in read(patient(deceasedBoolean=False)).notes)


OTHER = {"reference": "Patient/other"}


@pytest.mark.parametrize(
    "resources",
    [
        (patient(), patient(id="other")),
        (patient(), patient(birthDate="1981-01-01")),
        (patient(), condition("a", subject=OTHER)),
        (condition("a"), condition("b", subject=OTHER)),
        (patient(), {"resourceType": "Immunization", "id": "i", "patient": OTHER}),
        (patient(), observation("2160-0", 1, "mg/dL", subject={"reference": "urn:uuid:11111111-1111-1111-1111-111111111111"})),
        (
            patient(identifier=[{"system": "http://h", "value": "1"}]),
            condition("a", subject={"identifier": {"system": "http://h", "value": "2"}}),
        ),
    ],
)
def test_two_persons_are_refused_without_a_word_about_them(resources):
    for some in itertools.permutations(resources):
        with pytest.raises(InputError) as refused:
            read(*some)
        assert "entry[0].resource" in str(refused.value)
        assert "other" not in str(refused.value)


@pytest.mark.parametrize(
    "subject",
    [
        SUBJECT,
        {"reference": "http://server.example/fhir/Patient/p"},
        {"reference": "Patient/p/_history/3"},
        {"reference": "urn:uuid:p"},
        {"reference": "p"},
        {"display": "somebody"},
        {"identifier": {"system": "http://h", "value": "1"}},
    ],
)
def test_every_way_to_name_the_one_person_is_understood(subject):
    told = read(patient(identifier=[{"system": "http://h", "value": "1"}]), condition("a", subject=subject))

    assert len(told.case.body.diagnoses) == 1


def test_the_same_patient_twice_is_one_person():
    assert read(patient(), patient(meta={"versionId": "2"}), order()).case.person.sex == "F"


def test_records_about_a_group_or_a_fetus_are_left_out_and_listed():
    told = read(
        patient(),
        observation("2160-0", 1, "mg/dL", subject={"reference": "Group/g"}),
        observation("8302-2", 30, "cm", focus=[{"reference": "Patient/x"}]),
    )

    assert told.case.body.measures == ()
    assert len(told.left_out) == 2


def test_a_record_without_a_person_is_taken_and_that_is_said():
    bare = condition("a")
    del bare["subject"]
    told = read(patient(), bare)

    assert len(told.case.body.diagnoses) == 1
    assert any("name no person" in note for note in told.notes)


def test_a_caller_who_knows_the_person_may_have_others_left_out():
    told = read(patient(), condition("a"), condition("b", subject=OTHER), is_strict=False)

    assert [d.text for d in told.case.body.diagnoses] == ["a"]
    assert [line.place for line in told.left_out] == ["entry[2].resource"]


def test_nothing_that_identifies_is_taken_over():
    told = read(
        patient(
            name=[{"family": "Canary", "given": ["Wren"]}],
            telecom=[{"value": "555-canary"}],
            address=[{"line": ["Canary Row 1"], "city": "Canaryville"}],
            identifier=[{"system": "http://canary", "value": "canary-7"}],
            photo=[{"data": "canary"}],
            contact=[{"name": {"text": "Canary"}}],
        ),
        order(subject={"reference": "Patient/p", "display": "Wren Canary"}),
    )

    assert "canary" not in repr(told).lower()
    assert "1980-03-14" not in repr(told)
    assert {"name", "telecom", "address", "identifier", "photo", "contact"} <= set(places(told))
