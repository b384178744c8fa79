"""What if: a change of the case as the file would say it, refused with a reason where it is no part of a case."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.errors import InputError
from painloom.intake.whatif import changed_calls, changed_record, read_change

CASE = {
    "person": {"age": 47, "sex": "F"},
    "drugs": [{"name": "tramadol", "dose_mg": 100}, {"name": "Duloxetine", "dose_mg": 60}],
    "wishes": ["sleep"],
}


def changed(*texts):
    return changed_record(CASE, tuple(read_change(text) for text in texts))


def test_a_value_of_a_table_is_set_with_its_type():
    found = changed("person.age=80", "organs.egfr=22.5", "history.pregnancy=yes", "person.sex=M")

    assert {"age": 80, "sex": "M"} == found["person"]
    assert {"egfr": 22.5} == found["organs"]
    assert {"pregnancy": "yes"} == found["history"]


def test_an_empty_value_takes_it_away():
    assert {"sex": "F"} == changed("person.age=")["person"]


def test_a_drug_is_changed_by_name_without_regard_to_case():
    found = changed("drugs.duloxetine.dose_mg=30", "drugs.tramadol=stopped")

    assert [{"name": "tramadol", "dose_mg": 100, "state": "stopped"}, {"name": "Duloxetine", "dose_mg": 30}] == found["drugs"]


def test_a_drug_is_added_and_taken_off():
    assert ["tramadol", "Duloxetine", "morphine"] == [d["name"] for d in changed("drugs.morphine.dose_mg=10")["drugs"]]
    assert ["Duloxetine"] == [d["name"] for d in changed("drugs.tramadol=none")["drugs"]]


def test_a_dose_in_another_unit_replaces_the_one_in_milligrams():
    found = changed("drugs.tramadol.dose=1", "drugs.tramadol.unit=tablet")["drugs"][0]

    assert {"name": "tramadol", "dose": 1, "unit": "tablet"} == found


def test_lists_are_written_with_semicolons():
    assert ["sleep: 9", "no fog"] == changed("wishes=sleep: 9; no fog")["wishes"]
    assert "wishes" not in changed("wishes=")


def test_the_case_itself_is_not_touched():
    before = str(CASE)
    changed("person.age=1", "drugs.tramadol=none", "wishes=")

    assert before == str(CASE)


@pytest.mark.parametrize("text", ["age=80", "person", "nonsense.x=1", "person.age.more=1", "drugs=none", "=3", ".=1", "person..age=3"])
def test_what_is_no_part_of_a_case_is_refused_in_one_line(text):
    with pytest.raises(InputError) as told:
        changed(text)

    assert "\n" not in str(told.value)


def test_taking_off_a_drug_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="no drug of that name"):
        changed("drugs.codeine=none")


def test_calls_of_another_laboratory_are_set_and_taken_away():
    calls = {"CYP2D6": "*1/*1"}

    assert {"CYP2D6": "*4/*4"} == changed_calls(calls, (("outside_calls.CYP2D6", "*4/*4"),))
    assert {} == changed_calls(calls, (("outside_calls.CYP2D6", ""),))
    with pytest.raises(InputError):
        changed_calls(calls, (("outside_calls", "x"),))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(InputError):
        assert isinstance(changed(text), dict)
