"""What is taken now: amounts a day, months since it was begun, tablets of two drugs, ceilings; and how that is lowered."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "properties"))
from invented_people import knowledge

from painloom.assess import assess
from painloom.assess.plan import Ahead, missing, taken_drugs
from painloom.body.candidates import Candidates
from painloom.body.formulary import formulary_of
from painloom.model.assessment import Assessment
from painloom.model.body import Allergy, BodyRecord, Fact, Measure
from painloom.model.case import Case, DrugUse, PainHistory, Person
from painloom.model.plan import CHANGE, KEEP, STOP, Step
from painloom.model.quantity import Interval, point
from painloom.plan.situation import TakenDrug
from painloom.plan.taper import handy, paces_for, shares, taper_of
from painloom.plan.wishes import understand

DAY = "2026-11-24"
ASKED = BodyRecord(facts=(Fact("copd", "no"),))
OPIOID = "oxycodone"


def use(name=OPIOID, dose=20.0, per_day=2.0, unit="mg", **more):
    return DrugUse(
        name,
        dose=point(dose) if isinstance(dose, float) else dose,
        unit=unit,
        per_day=point(per_day) if isinstance(per_day, float) else per_day,
        **more,
    )


def person(*drugs, body=ASKED, age=60):
    return Case(Person("invented", age, "F"), PainHistory("it hurts", (), 24.0, 6.0, ("chronic low back pain",)), drugs, body=body)


def judged(*drugs, **more):
    return assess(person(*drugs, **more), knowledge(), DAY)


def taken(*drugs, **more) -> dict[str, TakenDrug]:
    one: Assessment = judged(*drugs, **more)
    parts = one.drugs, one.safety, one.scores, one.alerts, one.red_flags, one.brain, (), one.outlook, one.formulation
    return {found.drug: found for found in taken_drugs(Candidates(one.case, formulary_of(knowledge())), Ahead(*parts), DAY)}


def step_of(drug, *drugs, **more) -> Step:
    return next(step for step in judged(*drugs, **more).plan.steps if drug in step.drugs)


def amounts(step):
    return [row.amount for row in step.taper.steps]


def test_amounts_of_one_drug_in_several_units_are_added_up():
    own = taken(use("morphine", 60.0), use("morphine", 0.03, 1.0, unit="g"), use("morphine", 10_000.0, 1.0, unit="mcg"))["morphine"]

    assert (own.daily, own.unit) == (Interval(160.0, 160.0), "mg")


def test_a_patch_and_a_tablet_are_not_added_up():
    own = taken(use("fentanyl", 25.0, None, unit="mcg/h", route="transdermal", form="patch"), use("fentanyl", 0.1, 4.0))["fentanyl"]

    assert own.daily is None


@pytest.mark.parametrize(("dose", "per_day"), [(None, 2.0), (20.0, None), (0.0, 2.0), (20.0, 0.0)])
def test_an_amount_that_is_not_known_or_nothing_gives_a_taper_in_words(dose, per_day):
    step = step_of(OPIOID, use(dose=dose, per_day=per_day, since="2020-01-01"))

    assert step.action in (STOP, CHANGE)
    assert step.taper.text
    assert set(amounts(step)) == {None}


def test_a_range_is_lowered_from_its_upper_end():
    step = step_of(OPIOID, use(dose=Interval(5.0, 20.0), per_day=Interval(1.0, 4.0), since="2020-01-01"))

    assert taken(use(dose=Interval(5.0, 20.0), per_day=Interval(1.0, 4.0)))[OPIOID].daily == Interval(5.0, 80.0)
    assert amounts(step)[0] == 72.0  # a tenth less than 80


@pytest.mark.parametrize(
    ("since", "months"),
    [("2026-10-25", 30 / 30.4375), ("2025-11-24", 365 / 30.4375), ("1890-01-01", 49_999 / 30.4375), ("", None), ("long ago", None)],
)
def test_months_are_counted_from_the_day_it_was_begun(since, months):
    found = taken(use(since=since))[OPIOID].months

    assert found == (None if months is None else pytest.approx(months, abs=0.1))


@pytest.mark.parametrize("since", ["2020-13-45", "20xx", "01.02.2020", "2020-02-31"])
def test_a_day_that_does_not_exist_is_not_known_and_takes_the_slowest_pace(since):
    assert taken(use(since=since))[OPIOID].months is None
    assert amounts(step_of(OPIOID, use(since=since))) == amounts(step_of(OPIOID, use()))


def test_of_several_entries_the_oldest_counts_and_one_without_a_day_makes_it_unknown():
    long, short = use(since="2020-01-01"), use(since="2026-11-01")

    assert taken(long, short)[OPIOID].months == taken(long)[OPIOID].months
    assert taken(long, use())[OPIOID].months is None


def test_a_drug_that_is_both_stopped_and_taken_is_taken():
    step = step_of(OPIOID, use(since="2020-01-01"), use(state="stopped", until="2024-01-01"))

    assert step.action in (KEEP, CHANGE, STOP)
    assert step.drugs == (OPIOID,)


def test_of_a_tablet_of_two_drugs_no_amount_of_one_is_lowered_alone():
    own = taken(use("paracetamol/codeine", 500.0, 3.0))

    assert own["codeine"].joined == ("paracetamol",)
    assert own["codeine"].daily is None


def test_beside_a_tablet_of_its_own_a_drug_is_not_bound_to_the_other():
    own = taken(use("paracetamol/codeine", 500.0, 3.0), use("paracetamol", 500.0, 2.0))

    assert own["paracetamol"].joined == ()
    assert own["codeine"].joined == ("paracetamol",)


def test_nothing_is_missing_once_anything_of_drugs_or_body_is_recorded():
    empty = person(body=BodyRecord())

    assert list(missing(empty))
    assert not list(missing(person(use(), body=BodyRecord())))
    assert not list(missing(person()))


def test_above_the_ceiling_of_the_kidneys_no_step_goes_below_the_ceiling_and_the_taper_has_words():
    """A drug of the kidneys at a clearance of 20: lowered to what the plan itself names, in steps that end there or in words."""
    body = BodyRecord(facts=ASKED.facts, measures=(Measure("egfr", 20.0, "mL/min/{1.73_m2}"),))
    step = step_of("gabapentin", use("gabapentin", 600.0, 6.0, since="2020-01-01"), body=body)

    assert step.action == CHANGE
    assert "to at most" in step.text
    most = float(step.text.split("at most ")[1].split()[0])
    assert 0 < most < 3600
    assert all(amount >= most for amount in amounts(step))
    assert step.taper.text


ALL_TAPERS = [card for card in knowledge().tapers.values() if card.paces]


@pytest.mark.parametrize("card", ALL_TAPERS, ids=lambda card: card.id)
@given(months=st.floats(0, 1500))
def test_every_shipped_card_has_a_pace_for_every_length_and_none_stops_at_once_unsaid(card, months):
    paces = paces_for(card, months)
    steps = shares(paces)

    assert paces
    assert len(steps) > 1 or paces[0].share == 1, "stopped at once, and the card does not say so"
    assert [share for _, share in steps] == sorted({share for _, share in steps}, reverse=True)
    assert [day for day, _ in steps] == sorted({day for day, _ in steps})
    assert steps[-1][1] == 0


@pytest.mark.parametrize("card", ALL_TAPERS, ids=lambda card: card.id)
def test_the_pace_for_an_unknown_length_is_no_faster_than_any_other(card):
    slowest = dict(shares(paces_for(card, None)))
    for months in (0.1, 0.5, 2, 6, 24, 600):
        other = shares(paces_for(card, months))
        assert max(slowest) >= other[-1][0]


@given(amount=st.floats(10, 1e6), share=st.floats(0.1, 1))
def test_an_amount_that_can_be_said_lies_within_a_twentieth_of_what_was_meant(amount, share):
    assert handy(amount * share) == pytest.approx(amount * share, rel=0.05)


@given(wishes=st.lists(st.text(max_size=40), max_size=5))
def test_whatever_is_wished_every_weight_lies_from_0_to_1_and_no_wish_is_lost(wishes):
    book = knowledge().wishes
    found = understand(wishes, (), book)

    assert all(0 <= weight <= 1 for _, weight in found.by_domain)
    assert set(found.unread) <= set(wishes)
    assert found.named or set(found.unread) == set(wishes)


# Faults that were found by trying to break it, and mended.
@pytest.mark.parametrize(("since", "earliest"), [("2026", "2026-01-01"), ("2025", "2025-01-01"), ("2026-11", "2026-11-01")])
def test_where_only_the_year_is_known_the_taper_is_no_faster_than_for_its_first_day(since, earliest):
    by_year, by_day = (step_of(OPIOID, use(since=day)) for day in (since, earliest))

    assert amounts(by_year)[1] >= amounts(by_day)[1]
    assert by_year.taper.steps[1].day >= by_day.taper.steps[1].day


def test_a_first_day_in_the_future_is_an_error_of_the_record_and_takes_the_slowest_pace():
    assert amounts(step_of(OPIOID, use(since="2031-01-01"))) == amounts(step_of(OPIOID, use()))


@pytest.mark.parametrize(("drug", "dose"), [("alprazolam", 0.25), ("lorazepam", 0.5), ("clonazepam", 0.5)])
def test_every_step_of_a_taper_is_less_than_the_one_before_however_small_the_dose(drug, dose):
    own = TakenDrug(drug, drug, False, knowledge().drugs[drug].classes, point(dose), "mg", 60.0)
    found = [dose, *(row.amount for row in taper_of(own, knowledge().tapers).steps)]

    assert found == sorted(set(found), reverse=True)


def test_a_length_for_which_a_card_has_no_pace_takes_the_slowest():
    card = knowledge().tapers["opioids"]
    holed = replace(card, paces=card.paces[:-1])
    own = TakenDrug(OPIOID, OPIOID, True, ("opioid",), point(40.0), "mg", 60.0)

    assert taper_of(own, {"opioids": holed}).steps[0].amount > 0


@pytest.mark.parametrize(("wish", "domain"), [("pain: -3", "pain"), ("Schlaf: 0", "sleep"), ("sleep: 5,5", "sleep")])
def test_a_rating_that_is_low_or_cannot_be_read_never_counts_as_the_highest(wish, domain):
    assert understand([wish], (), knowledge().wishes).of(domain) < 1


def test_where_only_this_year_is_known_a_steroid_is_not_stopped_at_once():
    body = BodyRecord(allergies=(Allergy("prednisone"),))
    step = step_of("prednisone", use("prednisone", 20.0, 1.0, since="2026"), body=body)
    assert step.action == CHANGE, "else the test shows nothing"

    assert amounts(step)[0] > 0
