"""Sensory testing: z against the clinic's own table, and no judgement without one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.errors import KnowledgeError
from painloom.model.body import SensoryTest
from painloom.model.case import Person
from painloom.synthesis.sensory import COLUMNS, judge, reference_from

BASE = dict(zip(COLUMNS, ("heat", "hand", "20", "39", "F", "40", "2", "none", "loss"), strict=True))
ANNA = Person("x", 30, "F")


def table(*changes):
    return reference_from([BASE | change for change in changes or ({},)], "norms.tsv")


def one(value, reference=None, person=ANNA, test="heat", region="hand"):
    return judge([SensoryTest(test, region, "left", value)], table() if reference is None else reference, person)[0]


def test_a_value_is_its_distance_from_the_mean_in_standard_deviations_turned_by_its_sign():
    gain = table({"sign": "gain"})

    assert (-1.5, "within") == (one(43).z, one(43).verdict)
    assert (1.5, "within") == (one(43, gain).z, one(43, gain).verdict)


@pytest.mark.parametrize(("value", "verdict"), [(36.0, "gain"), (36.08, "within"), (43.92, "within"), (43.93, "loss"), (50.0, "loss")])
def test_beyond_1_96_on_either_side_is_abnormal_and_exactly_there_is_not(value, verdict):
    reference = table({"mean": "40", "sd": "2"})

    assert verdict == one(value, reference).verdict


def test_exactly_the_limit_is_within():
    assert "within" == one(1.96, table({"mean": "0", "sd": "1", "sign": "gain"})).verdict
    assert "gain" == one(1.960001, table({"mean": "0", "sd": "1", "sign": "gain"})).verdict


def test_a_logarithm_is_taken_before_the_distance():
    reference = table({"mean": "1.0", "sd": "0.5", "transform": "log10", "sign": "gain"})

    assert 2.0 == pytest.approx(one(100, reference).z, abs=1e-12)  # log10 of 100 is exactly 2 up to rounding
    assert "gain" == one(100, reference).verdict


@pytest.mark.parametrize("value", [0.0, -3.0])
def test_what_has_no_logarithm_is_not_judged(value):
    found = one(value, table({"transform": "log10"}))

    assert (None, "not-judged") == (found.z, found.verdict)
    assert "logarithm" in found.reason


def test_without_a_table_nothing_is_judged():
    found = one(43, ())

    assert (None, "not-judged") == (found.z, found.verdict)
    assert "no reference table" in found.reason


@pytest.mark.parametrize(
    ("person", "change", "says"),
    [
        (ANNA, {"test": "cold"}, "no such test"),
        (ANNA, {"region": "foot"}, "no such test"),
        (Person("x", None, "F"), {}, "age is not known"),
        (Person("x", 19, "F"), {}, "does not reach this age"),
        (Person("x", 40, "F"), {}, "does not reach this age"),
        (Person("x", 30, ""), {}, "sex is not known"),
        (Person("x", 30, "M"), {}, "no row for this sex"),
    ],
)
def test_each_reason_for_no_judgement_is_said(person, change, says):
    found = one(43, table(change), person)

    assert "not-judged" == found.verdict
    assert says in found.reason


@pytest.mark.parametrize("age", [20, 39])
def test_both_ends_of_an_age_span_belong_to_it(age):
    assert "within" == one(40, person=Person("x", age, "F")).verdict


def test_a_row_for_both_sexes_fits_also_where_the_sex_is_unknown():
    assert "within" == one(40, table({"sex": ""}), Person("x", 30, "")).verdict


def test_the_row_of_the_right_sex_and_age_is_taken():
    reference = table({}, {"sex": "M", "mean": "50"}, {"age_from": "40", "age_to": "59", "mean": "60"})

    assert [0.0, 0.0, 0.0] == [
        abs(one(40, reference).z),
        abs(one(50, reference, Person("x", 30, "M")).z),
        abs(one(60, reference, Person("x", 45, "F")).z),
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"sd": "0"}, "sd must be above 0"),
        ({"sd": "-1"}, "sd must be above 0"),
        ({"sd": "nan"}, "sd must be above 0"),
        ({"mean": "inf"}, "sd must be above 0"),
        ({"mean": ""}, "numbers"),
        ({"age_from": "x"}, "whole years"),
        ({"age_from": "50"}, "age_from not above"),
        ({"transform": "ln"}, "transform must be"),
        ({"sign": "up"}, "sign gain or loss"),
        ({"sex": "W"}, "sex F, M or empty"),
    ],
)
def test_a_table_with_a_mistake_is_refused_with_its_line(change, says):
    with pytest.raises(KnowledgeError, match=f"norms.tsv line 2: .*{says}"):
        table(change)


def test_a_missing_column_is_named():
    with pytest.raises(KnowledgeError, match="column 'sd' is missing"):
        reference_from([{k: v for k, v in BASE.items() if k != "sd"}], "norms.tsv")


@pytest.mark.parametrize("second", [{}, {"sex": ""}, {"age_from": "39", "age_to": "60"}])
def test_two_rows_for_one_person_are_refused(second):
    with pytest.raises(KnowledgeError, match="line 3: an earlier line fits"):
        table({}, second)


@given(st.floats(-1e6, 1e6), st.floats(-100, 100), st.floats(0.01, 100))
def test_gain_and_loss_mirror_each_other(value, mean, sd):
    rows = [{"mean": repr(mean), "sd": repr(sd), "sign": sign} for sign in ("gain", "loss")]
    gain, loss = (one(value, table(row)) for row in rows)

    assert gain.z == -loss.z
    assert {"gain": "loss", "loss": "gain", "within": "within"}[gain.verdict] == loss.verdict
    if not 1.96 - 1e-8 < abs(gain.z) < 1.96 + 1e-8:  # rounding at the limit has its own test
        assert gain.verdict == ("within" if abs(gain.z) < 1.96 else "gain" if gain.z > 0 else "loss")


@given(st.lists(st.floats(-100, 100), max_size=5))
def test_every_value_has_an_answer_in_its_order(values):
    found = judge([SensoryTest("heat", "hand", "", v) for v in values], table(), ANNA)

    assert values == [f.value for f in found]
