"""What each treatment would do: known answers from a book of a few lines, the order of reasons, and who leads."""

import math
from dataclasses import replace

import pytest
from smallbook import CONTROL, CONTROLS, NUMBERS, PHI, PROBIT, STOP_CONTROL, VAGUE, asked, card, made, only, row

from painloom.knowledge.evidence_cards import Domain, NotFor
from painloom.model.evidence import ControlRow
from painloom.model.outlook import NO_EVIDENCE, NOT_OFFERED, PREDICTED, REFUSED, TO_CHECK, Refusal
from painloom.response.predict import is_asked

# known answers ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("contrast", [0.5, 0.0, -0.3, 1.2])
def test_a_lone_row_gives_its_own_effect_back(contrast):
    """By hand: chance with = PHI(PHI^-1(0.4) + d); points = d x 2.2 for a pain of 6 of 10."""
    found = only([card("a")], row("a", contrast), asker={"pain_0_10": 6.0}, **VAGUE)

    expected = PHI(PROBIT(0.4) + contrast)
    assert 0.4 == pytest.approx(found.control.value, abs=1e-9)
    assert expected == pytest.approx(found.response.value, abs=1e-4)
    assert expected - 0.4 == pytest.approx(found.benefit.value, abs=1e-4)
    assert 2.2 * contrast == pytest.approx(found.points.value, abs=1e-3)


@pytest.mark.parametrize(
    ("scale", "contrast", "treated"),
    [("rd", 0.2, 0.6), ("log-rr", math.log(1.5), 0.6), ("log-or", math.log(2.25), 0.6), ("rd", -0.1, 0.3)],
)
def test_response_rates_of_a_trial_come_back_as_they_were(scale, contrast, treated):
    """0.4 under placebo in the trial and in the control rows: the predicted rate is the trial's rate, whatever the measure."""
    found = only([card("a")], row("a", contrast, outcome="pain-30", scale=scale, control=0.4), **VAGUE)

    assert treated == pytest.approx(found.response.value, abs=2e-4)


def test_a_harm_comes_back_as_it_was():
    """5 % stop under placebo, odds doubled: 0.1 / 1.05 = 9.52 %, so 4.52 more of 100."""
    vague = {**VAGUE, "stop_class_sd": 50.0, "stop_between_sd": 1e-6, "stop_row_sd": 1e-6}
    stops = row("a", math.log(2), 0.05, outcome="stop-ae", scale="log-or", control=0.05)

    found = only([card("a")], row("a", 0.5), stops, **vague)

    assert 0.1 / 1.05 - 0.05 == pytest.approx(found.harm.value, abs=1e-4)
    assert found.harm.low > 0


def test_points_and_standard_deviations_of_the_score_are_one_scale():
    points = only([card("a")], row("a", 1.1, 0.22, scale="points"))
    smd = only([card("a")], row("a", 0.5, 0.1))

    assert [getattr(smd, name) for name in NUMBERS] == [getattr(points, name) for name in NUMBERS]


@pytest.mark.parametrize(("pain", "factor"), [(3.0, 0.5), (6.0, 1.0), (9.0, 1.5), (None, 1.0)])
def test_points_grow_with_the_pain_and_chances_do_not(pain, factor):
    usual = only([card("a")], row("a", 0.5), asker={"pain_0_10": 6.0})
    found = only([card("a")], row("a", 0.5), asker={"pain_0_10": pain})

    assert factor * usual.points.value == pytest.approx(found.points.value)
    assert (usual.control, usual.response, usual.benefit) == (found.control, found.response, found.benefit)
    assert (pain is None) == any("not recorded" in note for note in found.notes)


def test_a_prior_pulls_a_small_trial_more_than_a_large_one():
    small, large = (only([card("a")], row("a", 1.0, se)) for se in (0.6, 0.05))

    assert 0 < small.benefit.value < large.benefit.value
    assert small.benefit.high - small.benefit.low > large.benefit.high - large.benefit.low


@pytest.mark.parametrize(
    "weaker",
    [{"certainty": "moderate"}, {"certainty": "low"}, {"certainty": "very-low"}, {"is_small": True}, {"shares": True}],
)
def test_weaker_evidence_is_believed_less_and_has_the_wider_band(weaker):
    strong, weak = only([card("a")], row("a", 0.8)), only([card("a")], row("a", 0.8, **weaker))

    assert weak.benefit.value < strong.benefit.value
    assert strong.points.high - strong.points.low < weak.points.high - weak.points.low


# the order of reasons -----------------------------------------------------------------------------------------------------------------

NO = Refusal("a", "not for this person", "contraindicated", "interaction", "s1")


def test_a_refusal_comes_before_everything_and_has_no_number():
    rows = row("a", 0.9), row("b", 0.2), row("x", 0.3)
    cards = [card("a", not_for=(NotFor("wide", "not here", "verified", ()),)), card("b")]

    view = asked(made(cards, *rows), refusals={"a": (NO,)})

    found = {o.treatment: o for o in view.outlooks}
    assert (REFUSED, (NO,)) == (found["a"].status, found["a"].refusals)
    assert [None] * 7 == [getattr(found["a"], name) for name in NUMBERS]
    assert found["a"].p_best is None
    assert 1.0 == found["b"].p_best


def test_a_refusal_changes_nothing_of_the_others_but_their_chance_of_being_best():
    rows = row("a", 0.9), row("b", 0.2), row("c", 0.3)
    model = made([card(id_) for id_ in "abc"], *rows)
    before, after = (
        {o.treatment: replace(o, p_best=None) for o in asked(model, refusals=refusals).outlooks} for refusals in ({}, {"a": (NO,)})
    )

    assert before["b"] == after["b"]
    assert before["c"] == after["c"]


def test_a_barred_kind_of_pain_bars_what_lies_below_it_and_nothing_beside():
    cards = [card("a", not_for=(NotFor("narrow", "no better there", "verified", ("s9",)),))]
    model = made(cards, row("a", 0.5))

    assert {"narrow": NOT_OFFERED, "other": PREDICTED, "wide": PREDICTED} == {
        c: asked(model, c).outlooks[0].status for c in ("narrow", "other", "wide")
    }
    assert ("no better there",) == asked(model, "narrow").outlooks[0].notes


def test_an_offer_for_a_wider_kind_holds_below_it_and_not_above():
    model = made([card("a", conditions=("narrow",))], row("a", 0.5, condition="narrow"))

    assert [1, 0, 0] == [len(asked(model, c).outlooks) for c in ("narrow", "wide", "other")]
    assert [True, False] == [is_asked(model.treatments["a"], model, c) for c in ("narrow", "other")]


def test_only_what_is_offered_is_told():
    view = asked(made([card("a"), card("b")], row("a", 0.5), row("b", 0.3)), offered=frozenset({"b"}))

    assert ["b"] == [o.treatment for o in view.outlooks]


def test_what_is_taken_is_marked_and_predicted_all_the_same():
    plain, taken = (only([card("a")], row("a", 0.5), asker={"taken": frozenset(ids)}) for ids in ((), ("a",)))

    assert (False, True) == (plain.is_taken, taken.is_taken)
    assert plain == replace(taken, is_taken=False)


@pytest.mark.parametrize(
    ("more", "status"), [({"state": "to-verify"}, TO_CHECK), ({"role": "show"}, NO_EVIDENCE), ({"se": None}, NO_EVIDENCE)]
)
def test_a_row_that_may_not_weigh_gives_no_number(more, status):
    found = only([card("a", no_evidence="Nothing usable.")], row("a", 0.5, **more))

    assert status == found.status
    assert [None] * 7 == [getattr(found, name) for name in NUMBERS]
    assert ("Nothing usable.",) == found.notes
    assert 1 == len(found.shown)


def test_without_a_row_nothing_is_said_in_numbers():
    found = only([card("a")])

    assert NO_EVIDENCE == found.status
    assert found.notes
    assert () == found.shown


def test_one_neighbour_is_no_class_but_two_are():
    alone = only([card("a"), card("b")], row("b", 0.5))
    two = only([card(id_) for id_ in "abc"], row("b", 0.5), row("c", 0.5))

    assert NO_EVIDENCE == alone.status
    assert (PREDICTED, True) == (two.status, two.is_borrowed)


def test_a_row_of_the_class_speaks_for_a_treatment_without_its_own():
    found = only([card("a")], row("x", 0.5))

    assert (PREDICTED, True) == (found.status, found.is_borrowed)
    assert "moderate" == found.grade  # one below that of the row
    assert any("borrowed" in note for note in found.notes)


def test_another_class_lends_nothing():
    assert NO_EVIDENCE == only([card("a", "x"), card("b", "y"), card("c", "y")], row("b", 0.5), row("c", 0.5), row("y", 0.5)).status


def test_a_trial_in_a_wider_kind_is_the_treatments_own_and_one_beside_is_borrowed():
    wider = only([card("a")], row("a", 0.5, condition="wide"), condition="narrow")
    beside = only([card("a")], row("a", 0.5, condition="other"), condition="narrow")

    assert (False, "moderate") == (wider.is_borrowed, wider.grade)
    assert (True, "moderate") == (beside.is_borrowed, beside.grade)
    assert "the treatment, a wider kind of pain" == wider.rows[0].path
    assert "the treatment, another kind of pain" == beside.rows[0].path


def test_what_is_borrowed_has_the_wider_band():
    own = only([card("a")], row("a", 0.5, condition="narrow"), condition="narrow")
    beside = only([card("a")], row("a", 0.5, condition="other"), condition="narrow")

    assert own.points.high - own.points.low < beside.points.high - beside.points.low


@pytest.mark.parametrize("horizon", ["hours", "days"])
def test_what_was_measured_within_hours_or_days_gives_points_only(horizon):
    found = only([card("a")], row("a", 0.5, horizon=horizon))

    assert PREDICTED == found.status
    assert found.points.value > 0
    assert [None] * 5 == [getattr(found, name) for name in NUMBERS[:5]]
    assert found.p_best is None
    assert any(f"within {horizon}" in note for note in found.notes)


def test_without_a_control_rate_only_the_mean_difference_is_given():
    found = only([card("a")], row("a", 0.5), controls=(STOP_CONTROL,))

    assert found.points.value > 0
    assert (None, None, None) == (found.control, found.response, found.benefit)
    assert any("no checked rate of the control arm" in note for note in found.notes)


def test_a_control_rate_to_verify_is_none():
    found = only([card("a")], row("a", 0.5), controls=(replace(CONTROL, state="to-verify"),))

    assert found.control is None


def test_the_nearest_control_rate_is_taken():
    near = replace(CONTROL, id="C9", condition="narrow", rate=0.25)
    model = made([card("a")], row("a", 0.5), controls=(CONTROL, near))

    assert [pytest.approx(0.25), pytest.approx(0.4)] == [asked(model, c).outlooks[0].control.value for c in ("narrow", "other")]


def test_blinded_trials_of_this_pain_come_before_open_ones():
    found = only([card("a")], row("a", 0.3), row("a", 0.9, is_blind=False, comparator="usual"))

    assert "blind" == found.family
    assert 0.4 == pytest.approx(found.control.value)
    assert not any("unblinded" in note for note in found.notes)


def test_open_trials_of_this_pain_come_before_borrowed_blinded_ones_and_the_blinded_are_told():
    blind, usual = row("a", 0.2, condition="other"), row("a", 0.9, condition="narrow", is_blind=False, comparator="usual")
    found = only([card("a")], blind, usual, condition="narrow")

    assert "open" == found.family
    assert 0.2 == pytest.approx(found.control.value)
    assert any("unblinded" in note for note in found.notes)
    assert any("blinded trials, of related pain" in note for note in found.notes)


def test_a_placebo_that_everybody_knows_of_is_no_blinded_comparison():
    assert "open" == only([card("a")], row("a", 0.5, is_blind=False)).family


def test_a_comparison_with_another_treatment_enters_nothing():
    model = made([card("a")], row("a", 0.5, comparator="active"))

    assert NO_EVIDENCE == asked(model).outlooks[0].status
    assert "another treatment" in model.unused[0][1]


def test_a_kind_of_pain_without_a_domain_is_a_warning_and_no_list():
    view = asked(made([card("a", conditions=("away",))], row("a", 0.5, condition="away")), "away")

    assert ((), ()) == (view.outlooks, view.verdicts)
    assert 1 == len(view.warnings)
    assert view.warnings[0].startswith("Away: nothing is predicted")


def test_a_domain_that_is_brought_along_is_told_once():
    along = Domain("att", "an attack", ("attack",), ("wide",), "pain-free-2h", "", "", None, False)
    cards = [card("a"), card("b", conditions=("attack",))]
    free = ControlRow("C7", "attack", "pain-free-2h", "placebo", 0.1, 0.01, "verified", "s1")
    rows = row("a", 0.5), row("b", 0.3, outcome="pain-free-2h", scale="rd", control=0.1, condition="attack", horizon="attack")

    view = asked(made(cards, *rows, controls=(*CONTROLS, free), domains=(along,)), "narrow")

    assert [("a", "narrow"), ("b", "attack")] == [(o.treatment, o.condition) for o in view.outlooks]
    assert "an attack" == view.outlooks[1].condition_label
    assert view.outlooks[1].points is None  # a mean difference on 0 to 10 is no answer about an attack


def test_what_stands_beside_pain_adds_its_own_treatments_only():
    cards = [card("a", conditions=("root",)), card("b", conditions=("side",))]
    model = made(cards, row("a", 0.5, condition="root"), row("b", 0.5, condition="side"))

    assert [("a", "wide"), ("b", "side")] == [(o.treatment, o.condition) for o in asked(model, "wide", "side").outlooks]


def test_two_kinds_of_pain_give_two_lists_in_their_order():
    model = made([card("a"), card("b")], row("a", 0.5), row("b", 0.3))

    view = asked(model, "other", "narrow")

    assert [("a", "other"), ("b", "other"), ("a", "narrow"), ("b", "narrow")] == [(o.treatment, o.condition) for o in view.outlooks]
    assert {"other", "narrow"} == {v.condition for v in view.verdicts}


# who leads, from the rows to the words ------------------------------------------------------------------------------------------------


def test_a_clear_leader_is_named_with_its_label():
    view = asked(made([card("a", "x"), card("b", "y")], row("a", 1.5, 0.05), row("b", 0.0, 0.05), control_sd=0.05, **VAGUE))

    (verdict,) = view.verdicts
    assert (False, "a") == (verdict.abstains, verdict.leader)
    assert "A adds most" in verdict.text
    assert "overlap" not in verdict.text


def test_the_same_effects_with_wider_errors_name_nobody():
    view = asked(made([card("a", "x"), card("b", "y")], row("a", 1.0, 1.0), row("b", 0.0, 1.0)))

    (verdict,) = view.verdicts
    assert (True, "") == (verdict.abstains, verdict.leader)
    assert "overlap" in verdict.text


def test_a_clear_leader_that_is_refused_leads_nothing():
    model = made([card("a", "x"), card("b", "y"), card("c", "z")], row("a", 1.5), row("b", 0.0), row("c", 0.05), control_sd=0.05, **VAGUE)

    (verdict,) = asked(model, refusals={"a": (NO,)}).verdicts

    assert "a" != verdict.leader
    assert "A " not in verdict.text.split(":", 1)[1]
