"""Laws that hold for every list: totals add, units do not matter, more is never less, order says nothing, nothing is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_cards import case, total_of, use

from builders import knowledge
from painloom.body.formulary import Formulary
from painloom.body.meds import check_with
from painloom.body.rows import MEDS_COLUMNS, meds_rows
from painloom.model.case import DrugUse
from painloom.model.medication import SEVERITIES
from painloom.model.quantity import Interval, point

FORMULARY = Formulary(knowledge())
ORAL = ("codeine", "hydrocodone", "hydromorphone", "methadone", "morphine", "oxycodone", "oxymorphone", "tapentadol", "tramadol")
OTHERS = ("ibuprofen", "sertraline", "gabapentin", "alprazolam", "warfarin", "naloxone", "qarbolan", "ketoconazole", "lisinopril")

doses = st.one_of(st.integers(1, 200).map(float), st.floats(0.01, 500).map(lambda x: round(x, 3)))
times = st.sampled_from((0.25, 1 / 3, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0))
oral = st.builds(lambda d, x, n: use(d, x, per_day=n, route="oral"), st.sampled_from(ORAL), doses, times)
patch = st.builds(
    lambda x, n: use("fentanyl", x, "mcg/h", n, route="transdermal", form="patch"),
    st.sampled_from((12.0, 25.0, 50.0, 75.0, 100.0)),
    times.filter(lambda n: n <= 1),
)
counted = st.one_of(oral, patch)
others = st.builds(lambda d, x, n: use(d, x, per_day=n, route="oral"), st.sampled_from(OTHERS), doses, times)
odd = st.builds(
    DrugUse,
    name=st.one_of(st.sampled_from((*ORAL, *OTHERS, "fentanyl", "buprenorphine", "Percocet 5/325")), st.text(min_size=1, max_size=30)),
    dose=st.one_of(st.none(), doses.map(point), st.just(Interval(0, 0)), st.tuples(doses, doses).map(lambda p: Interval(min(p), max(p)))),
    unit=st.sampled_from(("", "mg", "mcg", "g", "mcg/h", "tablet", "patch", "ml", "units", "spoon")),
    per_day=st.one_of(st.none(), times.map(point)),
    route=st.sampled_from(("", "oral", "transdermal", "intravenous", "nonsense")),
    form=st.sampled_from(("", "tablet", "patch", "injection", "retard tablet")),
    state=st.sampled_from(("active", "active", "active", "stopped", "planned")),
)
lists = st.lists(st.one_of(counted, others, odd), max_size=7)


def rows_of(*uses, **person):
    return check_with(case(*uses, **person), FORMULARY)


def total(*uses):
    return float(total_of(rows_of(*uses)).value)


@given(st.lists(counted, max_size=4), st.lists(counted, max_size=4))
def test_the_total_of_two_lists_is_the_sum_of_their_totals(first, second):
    """Printed with two decimals, so three roundings of half a hundredth may meet."""
    assert total(*first, *second) == pytest.approx(total(*first) + total(*second), abs=0.016)


@given(st.sampled_from(ORAL), doses, times)
def test_mg_mcg_and_g_give_the_same(drug, dose, per_day):
    values = {unit: total(use(drug, dose * scale, unit, per_day, route="oral")) for unit, scale in (("mg", 1), ("mcg", 1000), ("g", 0.001))}

    assert max(values.values()) - min(values.values()) <= 0.011


@given(st.sampled_from((12.0, 25.0, 37.5, 100.0)))
def test_a_patch_is_the_same_in_mcg_in_mg_and_as_a_piece(rate):
    ways = (
        use("fentanyl", rate, "mcg/h", 1, route="transdermal", form="patch"),
        use("fentanyl", rate / 1000, "mg/h", 1, route="transdermal", form="patch"),
        use(f"fentanyl {rate:g} mcg/h patch", 1, "patch", 1),
        use(f"72 HR fentanyl {rate / 1000:g} MG/HR Transdermal System", 1, "{patch}", 0.33),
    )

    assert len({total(way) for way in ways}) == 1


@given(lists, counted)
def test_one_more_opioid_never_lowers_the_total(uses, more):
    assert total(*uses, more) >= total(*uses)


@given(lists, st.sampled_from(ORAL), doses, st.floats(1, 5), times, st.floats(1, 3))
def test_more_of_a_drug_never_lowers_the_total(uses, drug, dose, factor, per_day, often):
    less = total(*uses, use(drug, dose, per_day=per_day, route="oral"))

    assert total(*uses, use(drug, dose * factor, per_day=per_day, route="oral")) >= less
    assert total(*uses, use(drug, dose, per_day=per_day * often, route="oral")) >= less


@settings(deadline=None)
@given(lists.flatmap(lambda uses: st.tuples(st.just(uses), st.permutations(uses))), st.sampled_from((None, 40, 80)))
def test_the_order_of_the_list_says_nothing(pair, age):
    uses, shuffled = pair

    assert rows_of(*uses, age=age) == rows_of(*shuffled, age=age)


@given(lists, others)
def test_a_drug_that_is_no_opioid_changes_no_total(uses, more):
    assert total(*uses, more) == total(*uses)


@settings(deadline=None)
@given(lists)
def test_every_entry_that_was_not_understood_is_named(uses):
    rows = rows_of(*uses)
    said = " ".join(f"{row.subject} {row.message}" for row in rows if row.is_warning)

    for entry in uses:
        if entry.state != "active":
            continue
        if entry.name in ORAL and (
            entry.dose is None or entry.per_day is None or entry.unit in ("", "spoon", "units") or entry.dose.high == 0
        ):
            assert entry.name in said
        if entry.name == "qarbolan":
            assert "qarbolan is not known here" in said


@settings(deadline=None)
@given(lists, st.sampled_from((None, 9, 40, 80)), st.sampled_from((None, 10.0, 25.0, 90.0)))
def test_rows_are_well_formed_and_repeat_exactly(uses, age, egfr):
    measures = {} if egfr is None else {"egfr": egfr}
    rows = rows_of(*uses, age=age, measures=measures)
    kinds = {row["kind"] for row in knowledge().terms("safety_kinds")}

    assert rows == check_with(case(*uses, age=age, measures=measures), Formulary(knowledge()) if len(uses) < 2 else FORMULARY)
    assert all(row.kind in kinds and row.severity in SEVERITIES and row.source and row.message for row in rows)
    assert not any(hole in row.message for row in rows for hole in ("{a}", "{b}", "{c}", "{drugs}"))
    assert all(len(cells) == len(MEDS_COLUMNS) and all(cells) and all(c.isprintable() for c in cells) for cells in meds_rows(rows))
    assert sum(row.kind == "mme-current" and row.subject == "total" for row in rows) == 1


@given(st.sampled_from(ORAL), doses, times)
def test_a_stopped_entry_never_counts(drug, dose, per_day):
    assert total(use(drug, dose, per_day=per_day, route="oral", state="stopped")) == 0
