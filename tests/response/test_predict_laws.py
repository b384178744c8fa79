"""What may change a prediction, laws over random books of evidence, and every kind of pain of the shipped book."""

import itertools
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smallbook import NUMBERS, WEIGHTLESS, asked, card, made, only, row

from builders import knowledge as shipped
from painloom.model.evidence import ModifierRow
from painloom.model.outlook import NOT_OFFERED, PREDICTED
from painloom.response.predict import Asker, predict
from painloom.response.verdict import comparable

# what of a person may change an effect ------------------------------------------------------------------------------------------------

WITH = ModifierRow(
    **{"id": "M1", "unit": "a", "condition": "wide", "finding": "sign", "label": "the sign", "kind": "predictive", "credibility": "low"},
    **{"shift": 1.0, "se": 0.3, "per": "present", "centre": None, "prevalence": 0.4, "shrink": 0.5},
    **{"printed": "1.0", "design": "one trial", "state": "verified", "source": "s2"},
)


def changed(said, *modifiers, **more):
    facts = {} if said is None else {"sign": said}
    return only([card("a"), card("b")], row("a", 0.5), row("b", 0.4), modifiers=modifiers, asker={"facts": facts, "pain_0_10": 6.0}, **more)


def test_a_modifier_moves_by_its_shrunken_size_around_the_average_person():
    """By hand: with the sign (1 - 0.4) x 0.5 x 1.0 = +0.3 points, without it -0.4 x 0.5 = -0.2."""
    base, yes, no = changed(None), changed("yes", WITH), changed("no", WITH)

    assert 0.3 == pytest.approx(yes.points.value - base.points.value, abs=1e-9)
    assert -0.2 == pytest.approx(no.points.value - base.points.value, abs=1e-9)
    assert [("M1", "the sign")] == [(s.modifier, s.label) for s in yes.shifts]
    assert [("M1", "without the sign")] == [(s.modifier, s.label) for s in no.shifts]
    assert 0.3 == pytest.approx(yes.shifts[0].points)


@pytest.mark.parametrize("said", [None, "unknown"])
def test_what_nobody_asked_shifts_nothing_and_widens_the_band(said):
    base, found = changed(None), changed(said, WITH)

    assert () == found.shifts
    assert base.points.value == found.points.value
    assert base.benefit.value == found.benefit.value
    assert found.points.low < base.points.low
    assert found.points.high > base.points.high
    assert found.benefit.high - found.benefit.low > base.benefit.high - base.benefit.low


@pytest.mark.parametrize("said", ["yes", "no", "unknown", None])
@pytest.mark.parametrize("idle", [*WEIGHTLESS, {"unit": "b"}, {"condition": "other"}])
def test_a_modifier_without_credibility_or_of_something_else_changes_nothing(idle, said):
    before, after = (replace(changed(said, *given), p_best=None) for given in ((), (replace(WITH, **idle),)))

    assert before == after


def test_a_modifier_holds_below_the_kind_of_pain_it_was_found_in_and_not_above():
    narrow = replace(WITH, condition="narrow")
    model = made([card("a")], row("a", 0.5), modifiers=(narrow,))

    assert [1, 0, 0] == [len(asked(model, c, facts={"sign": "yes"}).outlooks[0].shifts) for c in ("narrow", "wide", "other")]


def test_a_modifier_of_one_treatment_leaves_the_others_alone():
    cards, rows = [card("a"), card("b")], (row("a", 0.5), row("b", 0.4))
    views = [asked(made(cards, *rows, modifiers=(WITH,)), facts={"sign": said}) for said in ("yes", "no", "unknown")]

    others = [replace(o, p_best=None) for v in views for o in v.outlooks if o.treatment == "b"]
    assert 3 == len(others)
    assert others[0] == others[1] == others[2]


def test_facts_that_no_modifier_names_change_nothing():
    plain = changed(None, WITH)
    noisy = only([card("a"), card("b")], row("a", 0.5), row("b", 0.4), modifiers=(WITH,), asker={"facts": {"sex": "yes"}, "pain_0_10": 6.0})

    assert plain == noisy


# laws over random books ---------------------------------------------------------------------------------------------------------------

ROWS = st.lists(
    st.tuples(
        st.sampled_from("abcx"),
        st.floats(-1.5, 2.0),
        st.floats(0.02, 1.0),
        st.sampled_from(["wide", "narrow", "other", "root"]),
        st.sampled_from(["high", "low", ""]),
        st.sampled_from([{}, {"is_blind": False, "comparator": "usual"}, {"horizon": "days"}, {"comparator": "sham"}]),
    ),
    min_size=1,
    max_size=7,
)


def rows_of(told):
    return [
        row(unit, contrast, se, condition, certainty=certainty, id=f"R{n}", **more)
        for n, (unit, contrast, se, condition, certainty, more) in enumerate(told)
    ]


def lawful(view):
    """The laws of every outlook, whatever the evidence."""
    for o in view.outlooks:
        if o.status != PREDICTED:
            assert all(getattr(o, name) is None for name in NUMBERS)
            assert o.p_best is None
            continue
        for name in ("control", "response", "substantial"):
            found = getattr(o, name)
            assert found is None or 0 <= found.low <= found.value <= found.high <= 1
        for name in ("benefit", "harm", "substantial_benefit"):
            found = getattr(o, name)
            assert found is None or -1 <= found.low <= found.value <= found.high <= 1
        if o.points is not None:
            assert o.points.low <= o.points.value <= o.points.high
        if o.benefit is not None:
            assert o.response.value == pytest.approx(o.control.value + o.benefit.value, abs=1e-9)
            assert o.p_best is not None
        if o.substantial is not None:
            assert o.substantial.value <= o.response.value + 1e-9
        assert (o.control is None) == (o.response is None) == (o.benefit is None)
        assert o.rows
        assert 0 < sum(used.weight for used in o.rows) <= 1 + 1e-9
        assert o.sources
        assert o.comparator
        assert o.grade in ("high", "moderate", "low", "very-low")


@settings(max_examples=60, deadline=None)
@given(ROWS, st.sampled_from(["wide", "narrow", "other"]), st.one_of(st.none(), st.floats(0, 10)))
def test_every_outlook_of_a_random_book_is_lawful(told, condition, pain):
    lawful(asked(made([card(id_) for id_ in "abc"], *rows_of(told)), condition, pain_0_10=pain))


@settings(max_examples=25, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_cards_changes_no_number(told, random):
    rows, cards = rows_of(told), [card(id_) for id_ in "abc"]
    before, after = (
        {o.treatment: o for o in asked(made(c, *r)).outlooks}
        for c, r in ((cards, rows), (random.sample(cards, 3), random.sample(rows, len(rows))))
    )

    assert set(before) == set(after)
    for id_, one in before.items():
        other = after[id_]
        assert one.status == other.status
        for name in NUMBERS:
            left, right = getattr(one, name), getattr(other, name)
            assert (left is None) == (right is None)
            if left is not None:
                assert (left.value, left.low, left.high) == pytest.approx((right.value, right.low, right.high), abs=1e-7)


@settings(max_examples=25, deadline=None)
@given(ROWS, st.floats(-1, 2), st.floats(0.01, 1), st.sampled_from(["to-verify", "show", "check"]))
def test_a_row_that_weighs_nothing_changes_no_number(told, contrast, se, why):
    rows, cards = rows_of(told), [card(id_) for id_ in "abc"]
    idle = row("a", contrast, se, id="IDLE", **({"state": why} if why == "to-verify" else {"role": why}))

    before, after = ([replace(o, shown=(), status="") for o in asked(made(cards, *r)).outlooks] for r in (rows, [idle, *rows]))

    assert sorted(before, key=lambda o: o.treatment) == sorted(after, key=lambda o: o.treatment)


def test_in_research_mode_a_row_to_verify_weighs_only_where_no_checked_one_stands():
    waiting = row("a", 1.5, state="to-verify", role="show", id="W")

    alone = only([card("a")], waiting, mode="research")
    beside, without = (only([card("a")], row("a", 0.2), *more, mode="research") for more in ((waiting,), ()))

    assert PREDICTED == alone.status
    assert replace(without, shown=()) == replace(beside, shown=())


# the shipped book ---------------------------------------------------------------------------------------------------------------------

KINDS = [id_ for id_ in shipped().conditions.indications if id_ != shipped().conditions.fallback]


@pytest.fixture(scope="module")
def views(model):
    found = {}
    for kind in KINDS:
        label = model.conditions.indications[kind].label
        found[kind] = predict(Asker(((kind, label),)), model)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_pain_has_lawful_outlooks_or_says_why_not(views, kind):
    view = views[kind]

    lawful(view)
    assert view.outlooks or view.warnings
    assert all(o.notes for o in view.outlooks if o.status != PREDICTED)
    assert len(view.outlooks) == len({(o.treatment, o.condition) for o in view.outlooks})


def test_what_counts_as_predicted_has_at_least_one_number(views):
    empty = {(kind, o.treatment) for kind, v in views.items() for o in v.outlooks if o.status == PREDICTED and not (o.points or o.benefit)}

    assert set() == empty


def test_every_treatment_is_asked_about_somewhere(views, knowledge):
    told = {o.treatment for view in views.values() for o in view.outlooks}

    assert set(knowledge.treatments) == told


def test_comparable_treatments_share_one_control(views):
    """What happens whatever is done cannot depend on what is done."""
    for view in views.values():
        groups = {}
        for o in view.outlooks:
            if o.control:
                groups.setdefault((o.condition, o.family), set()).add(o.control)
        assert all(1 == len(controls) for controls in groups.values())


def test_chances_of_being_best_sum_to_one_in_every_group(views):
    for view in views.values():
        groups = {}
        for o in view.outlooks:
            if o.p_best is not None:
                groups.setdefault(comparable(o), []).append(o.p_best)
        assert all(1.0 == pytest.approx(sum(chances)) for chances in groups.values())


def test_no_row_that_weighs_nothing_is_among_the_rows_that_did(views):
    used = {row.row for view in views.values() for o in view.outlooks for row in o.rows}

    assert used
    assert all(row.weighs for row in used)


def test_a_source_of_every_used_row_and_control_is_a_known_one(views, knowledge):
    told = {s for view in views.values() for o in view.outlooks for s in o.sources}

    assert told
    assert not told - set(knowledge.sources)


def test_cancer_and_cluster_headache_have_no_list(views):
    for kind in ("cancer-pain", "cluster-headache"):
        assert () == views[kind].outlooks
        assert views[kind].warnings


def test_migraine_brings_the_attack_along_and_nothing_of_chronic_pain(views):
    for kind in ("migraine", "migraine-episodic", "migraine-chronic"):
        assert {kind, "migraine-attack"} == {o.condition for o in views[kind].outlooks}


def test_suzetrigine_is_for_acute_pain_only(views):
    told = {kind: [o.status for o in view.outlooks if o.treatment == "suzetrigine"] for kind, view in views.items()}

    chronic = [kind for kind in KINDS if "chronic-pain" in shipped().conditions.family(kind)]
    assert all([NOT_OFFERED] == told[kind] for kind in chronic if not shipped().conditions.indications[kind].beside)
    assert [PREDICTED] == told["postsurgical-acute"]


@pytest.mark.parametrize(("treatment", "kind"), [("tens", "low-back"), ("ketamine", "neuropathic"), ("tens", "fibromyalgia")])
def test_stimulation_through_the_skin_and_ketamine_give_points_for_hours_or_days_only(views, treatment, kind):
    (found,) = (o for o in views[kind].outlooks if o.treatment == treatment)

    assert found.horizon in ("hours", "days")
    assert found.points.low > 0
    assert (None, None, None, None) == (found.control, found.response, found.benefit, found.p_best)


def test_a_trial_without_benefit_stays_without_benefit(views):
    """Known: paracetamol does nothing in acute low back pain, the opioid neither; their bands hold zero."""
    acute = {o.treatment: o for o in views["low-back-acute"].outlooks}

    for id_ in ("paracetamol", "oxycodone"):
        if id_ in acute and acute[id_].benefit:
            assert acute[id_].benefit.low <= 0 <= acute[id_].benefit.high


def test_a_shipped_modifier_acts_in_its_own_kind_of_pain_only(model):
    """Pinprick hyperalgesia was found to tell the effect of pregabalin after an injury of a nerve."""
    told = {}
    for kind, said in itertools.product(("posttraumatic-neuropathic", "diabetic-neuropathy"), ("yes", "unknown", "no")):
        view = predict(Asker(((kind, kind),), 6.0, {"hyperalgesia-pinprick": said}), model)
        told[kind, said] = {o.treatment: o for o in view.outlooks}
    mine = [told["posttraumatic-neuropathic", said] for said in ("yes", "unknown", "no")]

    benefits = [found["pregabalin"].benefit for found in mine]
    assert benefits[0].value > benefits[1].value > benefits[2].value
    assert [1, 0, 1] == [len(found["pregabalin"].shifts) for found in mine]
    assert all(
        replace(mine[0][id_], p_best=None) == replace(found[id_], p_best=None) for found in mine for id_ in found if id_ != "pregabalin"
    )
    assert 1 == len({told["diabetic-neuropathy", said]["pregabalin"].benefit for said in ("yes", "unknown", "no")})


def test_not_knowing_a_shipped_modifier_has_the_widest_band_in_points(model):
    widths = {}
    for said in ("yes", "unknown", "no"):
        view = predict(Asker((("posttraumatic-neuropathic", ""),), 6.0, {"hyperalgesia-pinprick": said}), model)
        (found,) = (o.points for o in view.outlooks if o.treatment == "pregabalin")
        widths[said] = found.high - found.low

    assert widths["unknown"] > widths["yes"]
    assert widths["unknown"] > widths["no"]


def test_an_asker_has_no_place_for_sex_age_or_genes():
    """What may not change a number cannot even be handed over; genes come in as refusals."""
    assert {"conditions", "pain_0_10", "facts", "taken", "refusals", "offered"} == {one.name for one in fields(Asker)}
