"""How often each state stands in the lists of a document."""

from hypothesis import given
from hypothesis import strategies as st

from painloom.report.tallies import tallies

VALUES = st.sampled_from(["present", "not-asked", "unclear"])


def test_states_are_counted_by_list_and_field_in_the_order_met():
    document = {"red_flags": [{"state": "not-asked"}, {"state": "present"}, {"state": "not-asked"}], "drugs": [{"current": True}]}

    assert tallies(document) == {"red_flags.state": {"not-asked": 2, "present": 1}, "drugs.current": {"true": 1}}


def test_lists_within_objects_have_their_place_and_lists_within_entries_belong_to_their_entry():
    document = {"plan": {"steps": [{"action": "keep", "checks": [{"state": "open"}]}]}}

    assert tallies(document) == {"plan.steps.action": {"keep": 1}}


def test_what_is_absent_or_no_word_is_not_counted():
    document = {
        "a": [{"state": {"absent": "not-measured", "reason": "r"}}, {"state": None}, {"state": 3}, {"state": ""}, {}],
        "b": [],
        "c": ["x"],
        "state": "y",
    }

    assert tallies(document) == {}


@given(st.lists(VALUES, max_size=50))
def test_the_counts_of_a_list_add_up_to_its_length(values):
    found = tallies({"red_flags": [{"state": value} for value in values]})

    assert sum(found.get("red_flags.state", {}).values()) == len(values)
