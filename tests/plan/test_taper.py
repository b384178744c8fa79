"""Stopping: the pace of the class for as long as it was taken, shares that only fall, the slowest pace where nothing is recorded."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.knowledge.plan_cards import CURRENT, FIRST, Pace, TaperCard
from painloom.model.quantity import Interval
from painloom.plan.situation import TakenDrug
from painloom.plan.taper import paces_for, shares, taper_of

SHORT = Pace(0, 12, 0.1, FIRST, 7, 0.3, "short.", "verified", ("s",))
SHORT_END = Pace(0, 12, 0.1, CURRENT, 7, 0.0, "short end.", "verified", ("s",))
LONG = Pace(12, None, 0.1, CURRENT, 30, 0.0, "long.", "verified", ("s",))


def card(*paces, kind="taper", classes=("c",), drugs=(), state="verified", id_="t"):
    return TaperCard(id_, "r", "T", "x", "guideline", ("card",), kind, classes, drugs, paces, "How.", "Watch.", state, ())


def taken(months=24.0, daily=200.0, drug="d", classes=("c",)):
    return TakenDrug(drug, "D", True, classes, None if daily is None else Interval(daily, daily), "mg", months)


CARDS = {"t": card(SHORT, SHORT_END, LONG)}


def test_after_years_ten_percent_of_the_present_amount_a_month():
    """CDC 2022: after a year or more about 10 % a month."""
    found = taper_of(taken(24), CARDS)

    assert [(0, 180.0), (30, 162.0), (60, 146.0)] == [(s.day, s.amount) for s in found.steps[:3]]
    assert found.must


def test_after_weeks_ten_percent_of_the_first_amount_a_week_down_to_a_third():
    found = shares(paces_for(CARDS["t"], 2))

    assert [(0, 0.9), (7, 0.8), (14, 0.7), (21, 0.6), (28, 0.5), (35, 0.4), (42, 0.3)] == found[:7]
    assert (49, pytest.approx(0.27)) == found[7]


def test_an_unknown_length_takes_the_slowest_pace_and_says_so():
    found = taper_of(taken(None), CARDS)

    assert "long." in found.text
    assert "not recorded" in found.text


def test_an_unknown_amount_gives_shares_without_amounts():
    assert {None} == {step.amount for step in taper_of(taken(daily=None), CARDS).steps}


def test_a_card_of_the_drug_outweighs_one_of_its_class():
    own = card(kind="stop", classes=(), drugs=("d",), id_="own")

    assert not taper_of(taken(), {**CARDS, "own": own}).must


def test_a_drug_without_a_card_is_never_stopped_abruptly():
    found = taper_of(taken(classes=("other",)), CARDS)

    assert found.must
    assert "never stop it abruptly" in found.text
    assert () == found.steps


def test_a_pace_to_verify_marks_the_whole_taper():
    assert "to-verify" == taper_of(taken(), {"t": card(SHORT, SHORT_END, LONG, state="to-verify")}).state


@settings(deadline=None)
@given(st.floats(0.01, 1), st.sampled_from([FIRST, CURRENT]), st.floats(0, 0.9), st.floats(1, 90))
def test_shares_only_fall_and_end_at_nothing(share, of, until, days):
    pace = Pace(0, None, share, of, days, until, "", "verified", ())
    found = shares((pace,))
    values = [value for _, value in found]

    assert values == sorted(values, reverse=True)
    assert 0.0 == values[-1]
    assert all(0 <= value < 1 for value in values)
    assert [day for day, _ in found] == sorted(day for day, _ in found)
