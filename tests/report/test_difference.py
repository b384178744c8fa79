"""What differs between two assessments: known answers by hand, and laws over invented people."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "properties"))
from invented_people import knowledge, person

from painloom.assess import assess
from painloom.model.assessment import Assessment
from painloom.model.case import Case, Person
from painloom.model.difference import ADDED, CHANGED, REMOVED, Difference
from painloom.model.outlook import (
    PREDICTED,
    Band,
    Outlook,
    OutlookView,
    Refusal,
)
from painloom.model.outlook import REFUSED as NOT_FOR_THIS_PERSON
from painloom.model.plan import ASK, BEGIN, NEXT, NOW, REFER, STOP, Dose, Plan, Step, Taper, TaperStep
from painloom.report.difference import difference, dose_text

DAY = "2026-11-24"
OPPOSITE = {ADDED: REMOVED, REMOVED: ADDED, CHANGED: CHANGED}
PARTS = ("statement", "step", "dose", "taper", "refusal", "benefit", "mechanism", "driver", "conflict", "test", "warning")


def judged(case: Case) -> Assessment:
    return assess(case, knowledge(), DAY)


def nothing() -> Assessment:
    return judged(Case(Person("invented", 50, "F")))


def step(label, action=BEGIN, **more):
    base = Step(1, action, label.lower(), label, "drug", "symptom", f"{label}.", (), None, None, (), None, ())
    return replace(base, **more)


def planned(*steps, **more):
    return replace(nothing(), plan=Plan(tuple(steps), (), (), (), "", **more))


def dose(start=10.0, target=(20.0, 40.0), ceiling=60.0, label="Alpha"):
    return Dose("mg", start, 10.0, ceiling, 7.0, "Begin low.", (), "verified", ("s",), "alpha", label, 1.0, target)


def taper(*amounts, must=True):
    return Taper(must, "Slowly.", tuple(TaperStep(7 * n, 0.9**n, a, "mg") for n, a in enumerate(amounts)), "", "verified", ("s",))


def outlook(label, status=PREDICTED, benefit=(0.2, 0.1, 0.3), reasons=()):
    refusals = tuple(Refusal(label.lower(), text, "severe", "x", "s") for text in reasons)
    band = Band(*benefit) if benefit else None
    return Outlook(label.lower(), label, "drug", "kind", "Kind", status, benefit=band, refusals=refusals, sources=("s",))


def only(before, after):
    return difference(before, after)


def test_a_step_that_is_new_one_that_is_gone_and_one_that_waits():
    before = planned(step("Alpha"), step("Beta", when=NOW))
    after = planned(step("Beta", when=NEXT, depends="once Gamma is gone"), step("Gamma", action=STOP))

    assert only(before, after) == (
        Difference("step", REMOVED, "begin Alpha", "now", ""),
        Difference("step", CHANGED, "begin Beta", "now", "next; once Gamma is gone"),
        Difference("step", ADDED, "stop Gamma", "", "now"),
    )


def test_a_drug_that_is_stopped_instead_of_begun_is_two_differences():
    found = only(planned(step("Alpha")), planned(step("Alpha", action=STOP)))

    assert [(one.kind, one.subject) for one in found] == [(REMOVED, "begin Alpha"), (ADDED, "stop Alpha")]


def test_a_dose_is_told_with_start_target_and_ceiling():
    before, after = planned(step("Alpha", dose=dose())), planned(step("Alpha", dose=dose(5.0, (10.0, 20.0), 20.0)))

    assert only(before, after) == (
        Difference(
            "dose", CHANGED, "Alpha", "start 10, target 20 to 40, at most 60 mg a day", "start 5, target 10 to 20, at most 20 mg a day"
        ),
    )


def test_a_dose_without_numbers_is_told_in_words():
    assert dose_text(dose(None, None, None)) == "Begin low."


def test_a_taper_is_told_by_its_amounts_and_in_words_without_them():
    before, after = planned(step("Alpha", STOP, taper=taper(90, 80))), planned(step("Alpha", STOP, taper=taper(None, None)))

    assert only(before, after) == (Difference("taper", CHANGED, "Alpha", "90, 80 mg a day", "Slowly."),)


def test_what_may_stop_at_once_has_no_taper_to_tell():
    assert only(planned(step("Alpha", STOP, taper=taper(90, must=False))), planned(step("Alpha", STOP, taper=taper(80, must=False)))) == ()


def test_a_refusal_and_the_benefit_that_goes_with_it():
    before = replace(nothing(), outlook=OutlookView((outlook("Alpha"),), ()))
    after = replace(nothing(), outlook=OutlookView((outlook("Alpha", NOT_FOR_THIS_PERSON, None, ("Danger.", "Danger.", "Genes.")),), ()))

    assert only(before, after) == (
        Difference("refusal", ADDED, "Alpha", "", "Danger.; Genes."),
        Difference("benefit", REMOVED, "Alpha, Kind", "20 of 100 (10 to 30)", ""),
    )


def test_a_benefit_that_changes_by_less_than_is_shown_is_no_difference():
    before, after = (
        replace(nothing(), outlook=OutlookView((outlook("Alpha", benefit=b),), ())) for b in ((0.2, 0.1, 0.3), (0.2004, 0.1, 0.3))
    )

    assert only(before, after) == ()


def test_a_sentence_that_is_there_on_one_side_only():
    assert only(planned(statement="Begin Alpha."), planned()) == (Difference("statement", REMOVED, "plan", "Begin Alpha.", ""),)


@pytest.mark.parametrize("seed", range(40))
def test_nothing_differs_from_itself(seed):
    one = judged(person(seed))

    assert difference(one, one) == ()
    assert difference(one, judged(person(seed))) == ()


@pytest.mark.parametrize("seed", range(40))
def test_the_way_back_is_the_mirror(seed):
    """Another person is a harder case than a what-if: nearly everything differs."""
    one, other = judged(person(seed)), judged(person(seed + 1))
    there, back = difference(one, other), difference(other, one)

    assert there or one.plan is None
    assert {(d.part, OPPOSITE[d.kind], d.subject, d.after, d.before) for d in there} == {
        (d.part, d.kind, d.subject, d.before, d.after) for d in back
    }
    assert len(there) == len(back)


@pytest.mark.parametrize("seed", range(0, 40, 2))
def test_every_difference_is_told_once_in_the_order_in_which_one_asks(seed):
    found = difference(judged(person(seed)), judged(person(seed + 1)))
    places = [PARTS.index(one.part) for one in found]

    assert places == sorted(places)
    assert len({(one.part, one.subject) for one in found}) == len(found)
    for one in found:
        assert one.subject
        assert one.kind != ADDED or not one.before
        assert one.kind != REMOVED or not one.after
        assert one.kind != CHANGED or one.before != one.after
    json.dumps([(one.part, one.kind, one.subject, one.before, one.after) for one in found], allow_nan=False)


@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_steps_that_differ_are_the_steps_of_the_two_plans(seed):
    before, after = judged(person(seed)), judged(person(seed + 1))
    told = {one.subject: one.kind for one in difference(before, after) if one.part == "step"}
    old, new = ({f"{s.action} {s.label}" for s in one.plan.steps} if one.plan else set() for one in (before, after))

    assert {subject for subject, kind in told.items() if kind == ADDED} == new - old
    assert {subject for subject, kind in told.items() if kind == REMOVED} == old - new
    assert {subject for subject, kind in told.items() if kind == CHANGED} <= old & new


def test_a_second_urgent_step_of_the_same_triage_is_told():
    one = step("assess", REFER, text="assess: ask about suicide", depends="same day")
    other = step("assess", REFER, text="assess: read the note", depends="same day")

    assert only(planned(one), planned(one, other))


@pytest.mark.parametrize("action", [REFER, ASK, STOP])
def test_a_step_that_asks_for_something_else_is_told(action):
    assert only(planned(step("Alpha", action)), planned(step("Alpha", action, text="Alpha: at once.")))
