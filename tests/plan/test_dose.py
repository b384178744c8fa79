"""Doses: the lowest ceiling wins, genes lower start and ceiling alike, what was not measured is said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smallplan import advice, dose, limit

from painloom.plan.dose import dose_of
from painloom.plan.situation import Cap, Situation


def person(*true, caps=(), advice=(), unknown=(), unchecked=()):
    def holds(when):
        return None if when.fact in unknown else when.fact in true

    return Situation(holds=holds, caps={"d": caps} if caps else {}, advice={"d": advice}, unchecked={"d": unchecked} if unchecked else {})


def cap(most, state="verified"):
    return Cap(most, f"at most {most}", "clearance 20", state, ("label",))


def test_a_person_without_limits_gets_the_card():
    found = dose_of(dose(), person())

    assert (30.0, 30.0, 7.0, (60.0, 120.0), 120.0) == (found.start, found.step, found.every_days, found.target, found.ceiling)
    assert () == found.limited_by == found.unchecked


def test_the_lowest_ceiling_wins_and_every_reason_is_named():
    found = dose_of(dose(limits=(limit(most=90.0),)), person("old", caps=(cap(75.0),)))

    assert 75.0 == found.ceiling
    assert (60.0, 75.0) == found.target
    assert ("because old", "at most 75.0 (clearance 20)") == found.limited_by


def test_a_ceiling_below_the_start_lowers_the_start_and_leaves_no_step():
    found = dose_of(dose(), person(caps=(cap(20.0),)))

    assert (20.0, None, (20.0, 20.0)) == (found.start, found.step, found.target)


def test_a_share_by_genes_lowers_start_target_and_ceiling():
    found = dose_of(dose(), person(advice=(advice("reduce", factor=0.5),)))

    assert (15.0, (30.0, 60.0), 60.0) == (found.start, found.target, found.ceiling)
    assert ("CPIC: reduce it.",) == found.limited_by


def test_genes_that_are_not_settled_are_told_and_lower_nothing():
    found = dose_of(dose(), person(advice=(advice("reduce", factor=0.5, invariant=False),)))

    assert 30.0 == found.start
    assert "not settled" in found.limited_by[0]


def test_what_is_to_verify_is_told_and_lowers_nothing():
    found = dose_of(dose(limits=(limit(most=60.0, state="to-verify"),)), person("old", caps=(cap(50.0, "to-verify"),)))

    assert 120.0 == found.ceiling
    assert all("(to verify)" in text for text in found.limited_by)


def test_what_was_not_asked_is_named():
    found = dose_of(dose(limits=(limit(most=60.0),)), person(unknown=("old",), unchecked=("creatinine clearance",)))

    assert ("creatinine clearance", "old") == found.unchecked
    assert 120.0 == found.ceiling


@pytest.mark.parametrize("unit", ["mcg/h", "patch"])
def test_a_ceiling_in_milligrams_never_meets_another_unit(unit):
    assert 120.0 == dose_of(dose(unit=unit), person(caps=(cap(5.0),))).ceiling


amounts = st.one_of(st.none(), st.floats(1, 500))


@settings(deadline=None)
@given(amounts, amounts, st.floats(0.1, 1), st.lists(st.floats(1, 500), max_size=3))
def test_start_and_target_never_lie_above_the_ceiling(start, most, factor, ceilings):
    card = dose(start=start, most=most, target_low=None, target_high=None)
    found = dose_of(card, person(caps=tuple(cap(c) for c in ceilings), advice=(advice("reduce", factor=factor),)))

    if found.start is not None and found.ceiling is not None:
        assert found.start <= found.ceiling + 1e-9
    assert most is None or found.ceiling <= most
    assert all(found.ceiling <= c for c in ceilings)


@settings(deadline=None)
@given(st.lists(st.floats(1, 500), max_size=4))
def test_one_more_limit_never_raises_a_dose(ceilings):
    less = dose_of(dose(), person(caps=tuple(cap(c) for c in ceilings)))
    more = dose_of(dose(), person(caps=(*(cap(c) for c in ceilings), cap(40.0))))

    assert more.ceiling <= less.ceiling
    assert more.start <= less.start
