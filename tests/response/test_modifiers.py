"""What a person may change, and what never changes a prediction: modifiers by hand, and laws on the whole shipped book."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smallbook import WEIGHTLESS

from painloom.model.body import NO, UNKNOWN, YES
from painloom.model.evidence import ModifierRow
from painloom.model.outlook import PREDICTED, REFUSED, Refusal
from painloom.response.model import CLINICAL, RESEARCH, build_model, entering
from painloom.response.modifiers import shift_of, weighs
from painloom.response.predict import Asker, predict
from painloom.response.scale import family_of

ROW = ModifierRow(
    "M1",
    "some",
    "wide",
    "sign",
    "a sign",
    "predictive",
    "moderate",
    1.0,
    0.4,
    "present",
    None,
    0.25,
    0.5,
    "1.0",
    "trial",
    "verified",
    "paper",
)
FAMILY = ("narrow", "wide", "root")
KINDS = ("diabetic-neuropathy", "posttraumatic-neuropathic", "low-back", "knee-osteoarthritis", "fibromyalgia", "migraine-chronic", "crps")
states = st.sampled_from([YES, NO, UNKNOWN, ""])


@pytest.fixture(scope="module")
def rules(knowledge):
    return knowledge.evidence.conventions


def shift(rows, facts, rules, treatment="some", family=FAMILY):
    return shift_of(rows, treatment, family, facts, rules)


def everybody(**options):
    return Asker(tuple((kind, kind) for kind in KINDS), **options)


def test_having_it_moves_by_what_is_believed_above_the_average(rules):
    """Half of 1.0 point is believed and a quarter of the trial had it: (1 - 0.25) * 0.5 with, -0.25 * 0.5 without."""
    have, lack = shift([ROW], {"sign": YES}, rules), shift([ROW], {"sign": NO}, rules)
    spread = 0.2**2 + rules.shift_sd_points**2

    assert (have.points, have.variance) == pytest.approx((0.375, 0.75**2 * spread))
    assert (lack.points, lack.variance) == pytest.approx((-0.125, 0.25**2 * spread))
    assert ["a sign", "without a sign"] == [have.parts[0].label, lack.parts[0].label]


@given(st.floats(-2, 2), st.floats(0.01, 1), st.floats(0.01, 0.99), st.floats(0.01, 1))
def test_the_average_person_gets_the_average(rules, size, error, share, shrink):
    rows = [replace(ROW, shift=size, se=error, prevalence=share, shrink=shrink)]
    have, lack, open_ = (shift(rows, {"sign": said}, rules) for said in (YES, NO, UNKNOWN))
    mean = share * have.points + (1 - share) * lack.points

    assert mean == pytest.approx(0, abs=1e-12)
    assert open_.points == 0
    assert open_.parts == ()
    # what is not known: the mean doubt of both groups and how far they lie apart
    within = share * have.variance + (1 - share) * lack.variance
    apart = share * have.points**2 + (1 - share) * lack.points**2
    assert open_.variance == pytest.approx(within + apart)


@given(states, st.sampled_from(WEIGHTLESS), st.floats(-5, 5))
def test_a_modifier_without_credibility_changes_nothing(rules, said, change, size):
    row = replace(ROW, **({"shift": size} | change))

    assert not weighs(row)
    assert shift([row], {"sign": said}, rules) == shift([], {}, rules)


@pytest.mark.parametrize(("treatment", "family"), [("other", FAMILY), ("some", ("narrow", "root")), ("some", ())])
def test_a_modifier_of_something_else_changes_nothing(rules, treatment, family):
    assert shift([ROW], {"sign": YES}, rules, treatment, family) == shift([], {}, rules)


@given(st.dictionaries(st.text(max_size=12).filter(lambda name: name != "sign"), states, max_size=6), states)
def test_facts_that_no_modifier_names_change_nothing(rules, facts, said):
    assert shift([ROW], {"sign": said} | facts, rules) == shift([ROW], {"sign": said}, rules)


@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(0.01, 1), st.floats(0, 1), st.floats(0.01, 1)), min_size=1, max_size=5), states)
def test_one_more_modifier_that_nobody_asked_about_never_narrows(rules, sizes, said):
    rows = [replace(ROW, id=f"M{i}", shift=a, se=b, prevalence=c, shrink=d) for i, (a, b, c, d) in enumerate(sizes)]
    before = shift(rows, {"sign": said}, rules)
    after = shift([*rows, replace(ROW, id="M9", finding="another")], {"sign": said}, rules)

    assert after.variance >= before.variance
    assert after.points == before.points


def test_silence_is_the_same_as_unknown(rules):
    assert shift([ROW], {}, rules) == shift([ROW], {"sign": UNKNOWN}, rules) == shift([ROW], {"sign": ""}, rules)


@given(st.lists(st.sampled_from("abcd"), min_size=2, max_size=4, unique=True), states, states)
def test_the_order_of_the_modifiers_does_not_matter(rules, names, first, second):
    rows = [replace(ROW, id=name, finding=name, shift=0.3 * (place + 1)) for place, name in enumerate(names)]
    facts = {"a": first, "b": second}
    one, other = shift(rows, facts, rules), shift(rows[::-1], facts, rules)

    assert (one.points, one.variance) == pytest.approx((other.points, other.variance))
    assert set(one.parts) == set(other.parts)


def test_only_checked_predictive_modifiers_weigh_in_the_shipped_book(knowledge):
    """Nearly everything a clinic measures is prognostic: a handful is left."""
    rows = [row for row in knowledge.evidence.modifiers if weighs(row)]

    assert 0 < len(rows) <= 5
    assert all(row.finding and row.credibility in ("high", "moderate", "low") and row.shrink <= 0.5 for row in rows)


def test_a_sign_that_counts_moves_its_treatment_and_no_other(knowledge, model):
    """Of every modifier that weighs: having it raises, lacking it lowers, and the rest of the view stays as it was."""
    for row in filter(weighs, knowledge.evidence.modifiers):
        views = {said: predict(Asker(((row.condition, "pain"),), facts={row.finding: said}), model) for said in (YES, NO, UNKNOWN)}
        points = {said: {o.treatment: o.points for o in view.outlooks} for said, view in views.items()}
        own = {said: found.pop(row.unit).value for said, found in points.items()}

        assert own[NO] < own[UNKNOWN] < own[YES]
        assert points[YES] == points[NO] == points[UNKNOWN]
        assert [s.modifier for o in views[YES].outlooks for s in o.shifts] == [row.id]
        assert not any(o.shifts for o in views[UNKNOWN].outlooks)


def test_an_unknown_answer_is_the_same_as_none(knowledge, model):
    """To write down that it is not known adds nothing and takes no doubt away."""
    for row in filter(weighs, knowledge.evidence.modifiers):
        asked = [predict(Asker(((row.condition, "pain"),), facts=facts), model) for facts in ({}, {row.finding: UNKNOWN})]
        assert asked[0] == asked[1], row.id


@settings(max_examples=10, deadline=None)
@given(st.dictionaries(st.sampled_from(["sex", "age", "male", "depression", "catastrophizing", "gene", "imaging"]), states, max_size=4))
def test_sex_and_whatever_else_is_no_modifier_changes_nothing(model, facts):
    assert predict(everybody(facts=facts), model) == predict(everybody(), model)


def test_a_row_to_verify_changes_nothing_in_clinical_mode(knowledge, model):
    """Every row that is to verify is made as strong as a row can be: nothing predicted moves by a digit."""
    loud = tuple(
        replace(row, contrast=(row.contrast or 1.0) * 5, se=0.001, role="prior", certainty="high") if row.state == "to-verify" else row
        for row in knowledge.evidence.rows
    )
    changed = build_model(replace(knowledge.evidence, rows=loud), knowledge.treatments, knowledge.conditions, mode=CLINICAL)

    assert numbers(predict(everybody(), changed)) == numbers(predict(everybody(), model))


@pytest.mark.parametrize("role", ["check", "show"])
def test_rows_that_are_checks_or_shown_change_nothing(knowledge, model, role):
    loud = tuple(replace(row, contrast=9.0, se=0.001) if row.role == role else row for row in knowledge.evidence.rows)
    changed = build_model(replace(knowledge.evidence, rows=loud), knowledge.treatments, knowledge.conditions)

    assert numbers(predict(everybody(), changed)) == numbers(predict(everybody(), model))


def test_a_control_rate_or_modifier_to_verify_changes_nothing(knowledge, model):
    controls = tuple(replace(row, rate=0.99) if row.state == "to-verify" else row for row in knowledge.evidence.controls)
    extra = replace(controls[0], id="C999", rate=0.95, se=0.001, state="to-verify")
    modifiers = tuple(replace(row, shift=9.0, se=0.1) if not row.shrink else row for row in knowledge.evidence.modifiers)
    book = replace(knowledge.evidence, controls=(*controls, extra), modifiers=modifiers)
    changed = build_model(book, knowledge.treatments, knowledge.conditions)

    assert numbers(predict(everybody(), changed)) == numbers(predict(everybody(), model))


def test_unchecking_a_row_takes_it_out(knowledge):
    """The other side of the law: a row that weighed does not once it is marked to verify."""
    before = {row.id for row in entering(knowledge.evidence.rows, CLINICAL)}
    doubted = [replace(row, state="to-verify") for row in knowledge.evidence.rows]

    assert before
    assert entering(doubted, CLINICAL) == []


def test_research_mode_lets_a_row_to_verify_in_only_where_no_checked_one_stands(knowledge):
    clinical, research = (entering(knowledge.evidence.rows, mode) for mode in (CLINICAL, RESEARCH))
    checked = {(row.unit, row.condition, row.outcome, family_of(row)) for row in clinical}
    added = research[len(clinical) :]

    assert research[: len(clinical)] == clinical
    assert added
    assert all(row.state == "to-verify" for row in added)
    assert not any((row.unit, row.condition, row.outcome, family_of(row)) in checked for row in added)


def test_the_order_of_the_rows_does_not_matter(knowledge, model):
    book = replace(knowledge.evidence, rows=knowledge.evidence.rows[::-1], controls=knowledge.evidence.controls[::-1])
    turned = numbers(predict(everybody(), build_model(book, knowledge.treatments, knowledge.conditions)))

    for key, found in numbers(predict(everybody(), model)).items():
        assert turned[key] == pytest.approx(found, abs=1e-9)


def test_what_is_refused_has_no_number(model):
    refusal = Refusal("duloxetine", "a reason", "high", "interaction", "paper")
    view = predict(everybody(refusals={"duloxetine": (refusal,)}), model)
    found = [o for o in view.outlooks if o.treatment == "duloxetine"]

    assert found
    for one in found:
        assert one.status == REFUSED
        assert (one.control, one.response, one.benefit, one.substantial, one.points, one.harm, one.p_best) == (None,) * 7


def test_a_stronger_pain_gives_more_points_and_the_same_chances(model):
    weak, strong = (numbers(predict(everybody(pain_0_10=pain), model)) for pain in (3.0, 9.0))

    for key, found in strong.items():
        if key[2] == "points":
            assert found == pytest.approx([3 * number for number in weak[key]])
        else:
            assert found == weak[key]


def test_numbers_of_the_whole_book_hold_together(model):
    """Chances in [0, 1], values in their bands, response = control + benefit, half the pain gone less often than a third."""
    for one in predict(everybody(), model).outlooks:
        if one.status != PREDICTED or one.control is None:
            continue
        for band in (one.control, one.response, one.substantial):
            assert band is None or 0 <= band.low <= band.value <= band.high <= 1
        for band in (one.benefit, one.substantial_benefit, one.harm):
            assert band is None or -1 <= band.low <= band.value <= band.high <= 1
        assert one.response.value == pytest.approx(one.control.value + one.benefit.value)
        assert one.substantial is None or one.substantial.value < one.response.value


def numbers(view):
    """(treatment, condition, what) -> value and ends of each band that was predicted."""
    found = {}
    for one in view.outlooks:
        for what in ("control", "response", "benefit", "substantial", "substantial_benefit", "points", "harm"):
            band = getattr(one, what)
            if band is not None:
                found[one.treatment, one.condition, what] = [band.value, band.low, band.high]
    return found
