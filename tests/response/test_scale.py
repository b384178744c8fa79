"""Every published effect on one scale: rates there and back, worked examples, steps of certainty, and where a control rate comes from."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from painloom.knowledge.evidence_cards import MAIN, OTHER, SCORE, STOP, Conventions, Outcome
from painloom.model.evidence import ControlRow, EvidenceRow
from painloom.response.scale import BLIND, OPEN, contrast_of, factor_of, family_of, lowered, rate_of

GRADES = {"high": 1.0, "moderate": 1.25, "low": 1.6, "very-low": 2.5}
RULES = Conventions(2.2, GRADES, 0.7, 0.2, 0.2, 1.414, 0.37, 0.25, 1.5, 0.3, 0.3, 0.2, 0.6)
RESPONSE, STOPPING, MEAN = (Outcome(kind, kind, "chronic", kind, "") for kind in (MAIN, STOP, SCORE))
ROW = EvidenceRow(
    *("E1", "some", "here", "main", "RD", "0.1", "0", "0.2", "rd", 0.1, 0.02, None, None, "placebo", True, False, "2 trials", 2020),
    *("high", "weeks", "verified", "prior", False, False, "paper"),
)
CONTROL = ControlRow("C1", "here", "main", "placebo", 0.25, 0.02, "verified", "paper")
rates = st.floats(0.02, 0.98)


def on_scale(row, outcome=RESPONSE, control=None):
    return contrast_of(row, outcome, control, RULES)


def between(control, treated, scale):
    """The contrast of two rates as a row of that scale."""
    value = {
        "rd": treated - control,
        "log-rr": math.log(treated / control),
        "log-or": math.log(treated / (1 - treated)) - math.log(control / (1 - control)),
    }[scale]
    return replace(ROW, scale=scale, contrast=value, control=control)


def test_duloxetine_in_painful_diabetic_neuropathy():
    """25.7 % against 44.5 % with half the pain gone: PHI^-1 gives 0.514 standard deviations."""
    assert on_scale(between(0.257, 0.445, "rd")).value == pytest.approx(stats.norm.ppf(0.445) - stats.norm.ppf(0.257))
    assert round(on_scale(between(0.257, 0.445, "rd")).value, 3) == 0.514


@given(rates, rates)
def test_two_rates_are_one_shift_whatever_the_paper_printed(control, treated):
    wanted = stats.norm.ppf(treated) - stats.norm.ppf(control)

    for scale in ("rd", "log-rr", "log-or"):
        assert on_scale(between(control, treated, scale)).value == pytest.approx(wanted, abs=1e-9)


@given(rates, st.floats(-2, 2))
def test_the_shift_gives_the_rate_back(control, shift):
    treated = float(stats.norm.cdf(stats.norm.ppf(control) + shift))
    assume(0.005 < treated < 0.995)

    assert on_scale(between(control, treated, "log-or")).value == pytest.approx(shift, abs=1e-9)


@settings(deadline=None)
@given(rates, rates, st.sampled_from(["rd", "log-rr", "log-or"]))
def test_the_error_is_the_slope_of_the_conversion(control, treated, scale):
    """A step of a hundred-thousandth of the contrast, both ways, against the delta method."""
    row, step = between(control, treated, scale), 1e-5
    up, down = (on_scale(replace(row, contrast=row.contrast + way * step)) for way in (1, -1))
    assume(up is not None and down is not None)

    assert on_scale(row).error == pytest.approx(row.se * (up.value - down.value) / (2 * step), rel=1e-3)


@given(rates, rates)
def test_stopping_is_told_in_log_odds(control, treated):
    wanted = math.log(treated / (1 - treated)) - math.log(control / (1 - control))

    for scale in ("rd", "log-rr", "log-or"):
        assert on_scale(between(control, treated, scale), STOPPING).value == pytest.approx(wanted, abs=1e-9)


def test_log_odds_of_stopping_keep_their_error():
    assert on_scale(replace(between(0.05, 0.1, "log-or"), se=0.3), STOPPING).error == pytest.approx(0.3)


def test_points_become_standard_deviations():
    """-0.96 points of 10, interval -1.26 to -0.65: 0.44 standard deviations of 2.2 points in favour."""
    found = on_scale(replace(ROW, scale="points", contrast=0.96, se=0.1556), MEAN)

    assert (found.value, found.error) == pytest.approx((0.4364, 0.0707), abs=1e-4)


def test_standardised_differences_stay_as_they_are():
    found = on_scale(replace(ROW, scale="smd", contrast=-0.2, se=0.1), MEAN)

    assert (-0.2, 0.1) == (found.value, found.error)


@pytest.mark.parametrize("scale", ["days", "other", "smd", "points"])
def test_a_response_needs_rates(scale):
    assert on_scale(replace(ROW, scale=scale, control=0.3)) is None


@pytest.mark.parametrize("scale", ["rd", "log-rr", "log-or", "days", "other"])
def test_a_mean_needs_a_difference(scale):
    assert on_scale(replace(ROW, scale=scale, control=0.3), MEAN) is None


def test_an_outcome_outside_the_model_enters_nowhere():
    assert on_scale(replace(ROW, control=0.3), Outcome("other", "other", "chronic", OTHER, "")) is None


def test_without_a_control_rate_there_is_no_shift():
    assert on_scale(ROW) is None
    assert on_scale(ROW, control=0.2).value == pytest.approx(stats.norm.ppf(0.3) - stats.norm.ppf(0.2))


def test_the_rate_of_the_row_itself_goes_first():
    assert on_scale(replace(ROW, control=0.4), control=0.2) == on_scale(replace(ROW, control=0.4))


@pytest.mark.parametrize(("contrast", "se"), [(None, 0.1), (0.1, None)])
def test_a_row_without_a_number_or_its_error_enters_nowhere(contrast, se):
    assert on_scale(replace(ROW, contrast=contrast, se=se, control=0.3)) is None


@pytest.mark.parametrize("contrast", [0.75, 0.9, -0.3])
def test_a_difference_that_leaves_what_a_rate_can_be_enters_nowhere(contrast):
    assert on_scale(replace(ROW, control=0.25, contrast=contrast)) is None


STEPS = [  # certainty, blind, small: what is left
    (("high", True, False), "high"),
    (("high", False, False), "moderate"),
    (("high", True, True), "moderate"),
    (("high", False, True), "low"),
    (("moderate", False, True), "very-low"),
    (("low", False, True), "very-low"),
    (("very-low", False, False), "very-low"),
    (("", True, False), "moderate"),
    (("", False, False), "low"),
]


@pytest.mark.parametrize(("said", "left"), STEPS)
def test_certainty_falls_by_declared_steps(said, left):
    certainty, is_blind, is_small = said
    row = replace(ROW, certainty=certainty, is_blind=is_blind, is_small=is_small)

    assert left == lowered(row)
    assert factor_of(row, RULES) == GRADES[left]
    assert factor_of(replace(row, shares=True), RULES) == pytest.approx(GRADES[left] * 1.414)


FAMILIES = [
    ("placebo", True, BLIND),
    ("sham", True, BLIND),
    ("placebo", False, OPEN),
    ("sham", False, OPEN),
    ("usual", False, OPEN),
    ("usual", True, OPEN),
    ("active", True, None),
    ("active", False, None),
]


@pytest.mark.parametrize(("comparator", "is_blind", "family"), FAMILIES)
def test_a_row_is_pooled_with_its_like(comparator, is_blind, family):
    assert family == family_of(replace(ROW, comparator=comparator, is_blind=is_blind))


def rate(rows, family=("here", "wider"), spread=0.3):
    return rate_of(rows, family, "main", ("placebo", "sham"), spread)


def test_one_control_row_is_its_own_rate_with_the_spread_between_settings():
    found = rate([CONTROL])

    assert found.rate == pytest.approx(0.25)
    assert found.sd == pytest.approx(math.hypot(0.02 / stats.norm.pdf(stats.norm.ppf(0.25)), 0.3))


def test_the_nearest_kind_of_pain_that_has_a_rate_is_taken():
    wider, other = replace(CONTROL, id="C2", condition="wider", rate=0.4), replace(CONTROL, id="C3", condition="elsewhere", rate=0.9)

    assert rate([wider, CONTROL, other]).condition == "here"
    assert rate([wider, other]).rate == pytest.approx(0.4)
    assert rate([other]) is None


@pytest.mark.parametrize("change", [{"state": "to-verify"}, {"outcome": "great"}, {"comparator": "usual"}])
def test_a_control_row_that_does_not_belong_is_not_taken(change):
    assert rate([CONTROL, replace(CONTROL, id="C2", rate=0.9, **change)]) == rate([CONTROL])


def test_rates_that_disagree_widen_the_spread():
    apart = [replace(CONTROL, id=f"C{i}", rate=r) for i, r in enumerate((0.05, 0.3, 0.7))]
    near = [replace(CONTROL, id=f"C{i}", rate=r) for i, r in enumerate((0.28, 0.3, 0.32))]

    assert rate(apart).sd > 0.6 > 0.4 > rate(near).sd


@given(st.lists(rates, min_size=1, max_size=6), st.floats(0.01, 1))
def test_a_pooled_rate_lies_among_its_rows_and_is_never_surer_than_the_spread(values, spread):
    found = rate([replace(CONTROL, id=str(i), rate=value) for i, value in enumerate(values)], spread=spread)

    assert min(values) - 1e-9 <= found.rate <= max(values) + 1e-9
    assert found.sd >= spread


def test_every_shipped_row_that_weighs_lands_on_the_scale_or_says_why(model):
    """Every number has a place or a reason; none is beyond 3.5 standard deviations (or log odds), as a slip of a sign or unit would be."""
    placed = [contrast for branch in model.branches.values() for contrast in branch.contrasts]
    weighing = {row.id for row in model.book.rows if row.weighs}

    assert weighing == {c.row.id for c in placed} | {row.id for row, _ in model.unused}
    assert max(abs(c.value) for c in placed) < 3.5
    assert all(c.error > 0 and np.isfinite(c.error) for c in placed)
    assert all(reason for _, reason in model.unused)
