"""Laws over every drug card that is shipped: warnings only grow with the list, what is unknown is asked, no opioid slips through."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_cards import case, only, total_of, use

from builders import knowledge
from painloom.body.formulary import OPIOID, Formulary
from painloom.body.meds import check_with
from painloom.intake.drug_list import read_drug_list
from painloom.model.quantity import Interval

KNOWLEDGE = knowledge()
FORMULARY = Formulary(KNOWLEDGE)
CARDS = KNOWLEDGE.drugs
DRUGS = sorted(CARDS)
OF_PAIN = [id_ for id_ in DRUGS if CARDS[id_].pain]
OPIOIDS = [id_ for id_ in DRUGS if OPIOID in CARDS[id_].classes]
LIFTED = {f"rules/{card.id}" for card in KNOWLEDGE.rules.values() if card.unless_drugs}
BY_MOUTH = ("codeine", "hydrocodone", "hydromorphone", "methadone", "morphine", "oxycodone", "oxymorphone", "tapentadol", "tramadol")
FACTS = sorted(row["id"] for row in KNOWLEDGE.terms("facts"))
slow = settings(deadline=None, max_examples=300)

any_drug = st.one_of(st.sampled_from(OF_PAIN), st.sampled_from(DRUGS))
some_use = st.builds(
    lambda d, x, n: use(d, x, per_day=n, route="oral"), any_drug, st.sampled_from((5, 20, 50, 300, 1000)), st.sampled_from((1, 2, 4))
)
ages = st.sampled_from((None, 9, 30, 66, 80))


def rows_of(*uses, **person):
    return check_with(case(*uses, **person), FORMULARY)


def warned(rows):
    """(card, drug) of every warning by a rule."""
    return {(row.card, drug) for row in rows if row.is_warning and row.card for drug in row.drugs}


@slow
@given(st.lists(some_use, min_size=1, max_size=4), some_use, ages, st.sampled_from(("", "F", "M")))
def test_one_more_drug_never_takes_a_warning_away_unless_a_card_says_that_it_protects(uses, more, age, sex):
    lost = warned(rows_of(*uses, age=age, sex=sex)) - warned(rows_of(*uses, more, age=age, sex=sex))

    assert {card for card, _ in lost} <= LIFTED


@slow
@given(st.lists(some_use, min_size=1, max_size=4), st.sets(st.sampled_from(FACTS), max_size=6), st.sampled_from((30, 66, 80)))
def test_a_warning_that_rests_on_an_answer_asks_for_it_when_it_is_not_known(uses, facts, age):
    """Without the answer the warning stands, or the drug stands among what is open."""
    known = rows_of(*uses, age=age, sex="F", facts=dict.fromkeys(facts, "yes"), measures={"egfr": 20.0, "weight": 60.0})
    unknown = rows_of(*uses)
    open_ = " ".join(f"{row.subject} {row.message}" for row in unknown if not row.card)
    for card, drug in warned(known) - warned(unknown):
        label = CARDS[drug].label if drug in DRUGS else drug.removeprefix("?")
        assert label in open_, (card, drug)


@slow
@given(st.lists(some_use, max_size=3), st.sampled_from(FACTS), ages)
def test_an_answer_of_unknown_is_the_same_as_no_answer(uses, fact, age):
    assert rows_of(*uses, age=age) == rows_of(*uses, age=age, facts={fact: "unknown"})


def counted(drug, rows):
    return any(row.kind == "mme-current" and row.subject == drug for row in rows)


@pytest.mark.parametrize("drug", OPIOIDS)
def test_no_opioid_of_any_card_slips_through_in_any_unit_by_any_route(drug):
    """It adds to the total, or a warning names it, or the total says why it is not counted; then the total is not called ok."""
    label = CARDS[drug].label
    routes = ("", "oral", "transdermal", "intravenous", "sublingual", "nasal", "epidural", "rectal", "nonsense")
    units = ("mg", "mcg", "mcg/h", "tablet", "patch", "ml", "units", "", "spoon")
    for route, unit, form in itertools.product(routes, units, ("", "patch", "ER tablet", "injection")):
        rows = rows_of(use(drug, 12, unit, 1, route=route, form=form))
        total = total_of(rows)
        warning = any(row.is_warning and row.kind == "gate" and label in row.message for row in rows)

        assert counted(label, rows) or warning or f"Not counted: {label}" in total.message, (route, unit, form)
        assert not warning or counted(label, rows) or total.severity != "ok" or f"Not counted: {label}" in total.message, (
            route,
            unit,
            form,
        )


@slow
@given(
    st.lists(some_use, max_size=3),
    st.sampled_from(BY_MOUTH),
    st.sampled_from(("dose", "unit", "per_day")),
    st.floats(0.1, 200).map(lambda x: round(x, 2)),
)
def test_an_opioid_without_dose_unit_or_times_makes_the_total_a_lower_bound_that_is_not_ok(uses, drug, lost, dose):
    blank = use(drug, None if lost == "dose" else dose, "" if lost == "unit" else "mg", None if lost == "per_day" else 2, route="oral")
    total, whole = total_of(rows_of(*uses, blank)), total_of(rows_of(*uses))

    assert float(total.value) == float(whole.value)
    assert total.is_warning
    assert drug in total.message
    assert "incomplete, at least" in total.message


@given(st.sampled_from(BY_MOUTH), st.floats(0.1, 100), st.floats(0, 100), st.floats(0, 100), st.sampled_from((1, 2, 4)))
def test_a_wider_range_never_lowers_the_total_and_its_low_end_never_hides_the_high_one(drug, low, span, more, per_day):
    narrow = use(drug, (low, low + span), per_day=per_day, route="oral")
    wide = use(drug, (low / 2, low + span + more), per_day=per_day, route="oral")
    top = use(drug, low + span, per_day=per_day, route="oral")
    values = [float(total_of(rows_of(one)).value) for one in (narrow, wide, top)]

    assert values[0] == values[2] <= values[1]


@given(
    st.sampled_from(BY_MOUTH), st.integers(1, 200), st.integers(1, 199_999), st.sampled_from(("mcg", "ug", "µg", "μg", "MCG", "micrograms"))
)
def test_a_dose_split_between_mg_and_mcg_keeps_its_total(drug, mg, mcg, unit):
    whole = total_of(rows_of(use(drug, mg + mcg / 1000, per_day=1, route="oral")))
    parts = total_of(rows_of(use(drug, mg, per_day=1, route="oral"), use(drug, mcg, unit, 1, route="oral")))

    assert abs(float(whole.value) - float(parts.value)) < 0.0101


@given(st.sampled_from(BY_MOUTH), st.sampled_from(("mg", "mcg", "g")), st.sampled_from((1, 2, 3)), st.integers(1, 500))
def test_a_thousandfold_unit_is_a_thousandfold_total(drug, unit, per_day, dose):
    smaller = {"g": "mg", "mg": "mcg", "mcg": "ng"}[unit]
    large, small = (total_of(rows_of(use(drug, dose * 1_000_000, u, per_day, route="oral"))) for u in (unit, smaller))

    assert float(small.value) * 1000 == pytest.approx(float(large.value), rel=1e-3, abs=5.01)


@slow
@given(st.sampled_from(BY_MOUTH), st.floats(0.001, 900).map(lambda x: round(x, 4)), st.floats(0.05, 24).map(lambda x: round(x, 4)))
def test_a_number_means_the_same_in_a_file_as_in_the_program(tmp_path_factory, drug, dose, per_day):
    path = tmp_path_factory.getbasetemp() / "list.csv"
    path.write_text(f"per_day,unit,drug,route,dose\n{per_day},mg,{drug},oral,{dose}\n", encoding="utf-8")
    (read,) = read_drug_list(path).drugs

    assert Interval(dose, dose) == read.dose
    assert total_of(rows_of(read)).value == total_of(rows_of(use(drug, dose, per_day=per_day, route="oral"))).value


@slow
@given(st.lists(some_use, min_size=1, max_size=5), ages)
def test_the_total_is_the_sum_of_its_parts_and_warns_from_fifty_on(uses, age):
    rows = rows_of(*uses, age=age)
    total = total_of(rows)
    parts = [float(row.value) for row in only(rows, kind="mme-current") if row.subject != "total"]

    assert float(total.value) == pytest.approx(sum(parts), abs=0.0051 * (len(parts) + 1))
    assert float(total.value) < 50 or total.is_warning
