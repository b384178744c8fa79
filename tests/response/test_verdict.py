"""What may be said of the best treatment: a leader only where no band touches it, else a word that everybody understands."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.model.outlook import NO_EVIDENCE, NOT_OFFERED, PREDICTED, REFUSED, TO_CHECK, Band, Outlook
from painloom.response.bands import chance_of_best
from painloom.response.verdict import comparable, judge, with_chances

CERTAIN = 0.6
Z90 = 1.2815515655446004


def one(name, value=None, half=0.05, **more):
    """An outlook whose added benefit is `value` +- `half`; None = no number."""
    benefit = None if value is None else Band(value, value - half, value + half)
    fields = {"label": name.title(), "modality": "drug", "condition": "here", "condition_label": "Pain here", "status": PREDICTED}
    return Outlook(name, **{**fields, "family": "blind", "horizon": "weeks", "comparator": "placebo", **more}, benefit=benefit)


def told(*outlooks, certain=CERTAIN):
    found = with_chances(outlooks)
    return found, list(judge(found, certain))


def test_bands_apart_name_the_leader_with_its_probability():
    found, (verdict,) = told(one("low", 0.05), one("high", 0.30), one("middle", 0.10))

    assert (False, "high") == (verdict.abstains, verdict.leader)
    assert "High adds most" in verdict.text
    assert "overlap" not in verdict.text
    assert "abstain" not in verdict.text
    assert found[1].p_best > 0.99


@pytest.mark.parametrize("gap", [0.0, 0.02, 0.0999])
def test_touching_bands_name_nobody(gap):
    _, (verdict,) = told(one("first", 0.2 + gap), one("second", 0.2))

    assert (True, "") == (verdict.abstains, verdict.leader)
    assert "overlap" in verdict.text
    assert "abstain" in verdict.text
    assert "adds most" not in verdict.text


def test_one_wide_band_below_is_enough_to_abstain():
    _, (verdict,) = told(one("first", 0.30, 0.01), one("second", 0.10, 0.01), one("vague", -0.20, 0.49))

    assert verdict.abstains
    assert "2 treatments overlap (First with Vague)" in verdict.text


def test_a_leader_below_the_declared_certainty_is_not_named_even_when_no_band_touches():
    _, (verdict,) = told(one("first", 0.30), one("second", 0.10), certain=1.01)

    assert (True, "") == (verdict.abstains, verdict.leader)
    assert "abstain" in verdict.text


def test_one_treatment_alone_leaves_nothing_to_rank():
    """A group of one has a probability of 1 of being its own greatest; that is no praise."""
    found, (verdict,) = told(one("alone", 0.4))

    assert (True, "") == (verdict.abstains, verdict.leader)
    assert "nothing to rank" in verdict.text
    assert "Alone" not in verdict.text
    assert 1.0 == found[0].p_best


def test_nothing_predicted_gives_no_verdict():
    assert ([], []) == told()
    assert [] == told(one("a", status=REFUSED), one("b", status=NOT_OFFERED), one("c"))[1]


@pytest.mark.parametrize("status", [REFUSED, NOT_OFFERED, NO_EVIDENCE, TO_CHECK])
def test_what_is_not_predicted_never_counts(status):
    """Even if numbers slipped in: not in the probabilities, not in the verdict, not by its name."""
    left = one("left", 0.9, 0.4, status=status)
    alone = told(one("low", 0.05), one("high", 0.30))
    found, verdicts = told(one("low", 0.05), left, one("high", 0.30))

    assert alone[1] == verdicts
    assert alone[0] == [found[0], found[2]]
    assert found[1].p_best is None


def test_a_mean_difference_without_chances_is_not_ranked():
    found, verdicts = told(one("points only", None, points=Band(3.0, 2.5, 3.5)), one("low", 0.05), one("high", 0.3))

    assert found[0].p_best is None
    assert "high" == verdicts[0].leader


@pytest.mark.parametrize("apart", [{"condition": "there"}, {"family": "open", "comparator": "usual"}, {"horizon": "hours"}])
def test_answers_to_other_questions_are_not_set_against_each_other(apart):
    """Another kind of pain, unblinded trials, or hours instead of weeks: each is its own group with its own verdict."""
    found, verdicts = told(one("low", 0.05), one("high", 0.30), one("stranger", 0.9, **apart))

    assert 2 == len(verdicts)
    assert {"high", ""} == {verdict.leader for verdict in verdicts}
    assert 1.0 == pytest.approx(found[0].p_best + found[1].p_best)
    assert 1.0 == found[2].p_best


@pytest.mark.parametrize(("first", "second", "same"), [("weeks", "months", True), ("months", "year", True), ("hours", "days", True)])
def test_weeks_to_a_year_are_one_group_and_hours_to_days_another(first, second, same):
    assert same == (comparable(one("a", horizon=first)) == comparable(one("a", horizon=second)))


def test_two_treatments_of_an_attack_are_set_against_each_other():
    _, (verdict,) = told(one("a", 0.3, horizon="attack"), one("b", 0.1, horizon="attack"))

    assert "a" == verdict.leader


def test_the_comparators_are_told_in_words():
    _, (blind,) = told(one("a", 0.3), one("b", 0.1))
    _, (unblinded,) = told(one("a", 0.3, family="open"), one("b", 0.1, family="open"))

    assert "against placebo or sham" in blind.text
    assert "usual care or unblinded" in unblinded.text


# laws ---------------------------------------------------------------------------------------------------------------------------------

VALUES = st.floats(-0.4, 0.6)
GROUPS = st.lists(st.tuples(VALUES, st.floats(0.005, 0.4)), min_size=1, max_size=8)


def group(pairs):
    return [one(f"t{place}", value, half) for place, (value, half) in enumerate(pairs)]


@settings(max_examples=150, deadline=None)
@given(GROUPS)
def test_a_leader_lies_above_every_other_band_and_chances_sum_to_one(pairs):
    found, (verdict,) = told(*group(pairs))

    assert 1.0 == pytest.approx(sum(o.p_best for o in found), abs=1e-9)
    assert all(0 <= o.p_best <= 1 for o in found)
    if not verdict.abstains:
        leader = next(o for o in found if o.treatment == verdict.leader)
        assert all(o.benefit.high < leader.benefit.low for o in found if o is not leader)
        assert leader.p_best >= CERTAIN
        assert leader.p_best == max(o.p_best for o in found)
    assert verdict.abstains == (not verdict.leader)


@settings(max_examples=80, deadline=None)
@given(GROUPS, st.randoms(use_true_random=False))
def test_the_order_of_the_list_changes_nothing(pairs, random):
    outlooks = group(pairs)
    shuffled = random.sample(outlooks, len(outlooks))
    chances = {o.treatment: o.p_best for o in told(*outlooks)[0]}

    found, (verdict,) = told(*shuffled)

    assert chances == {o.treatment: pytest.approx(o.p_best, abs=1e-9) for o in found}
    assert told(*outlooks)[1][0].leader == verdict.leader


@settings(max_examples=80, deadline=None)
@given(GROUPS, st.floats(1.05, 3.0))
def test_wider_bands_never_make_a_leader(pairs, factor):
    _, (before,) = told(*group(pairs))
    _, (after,) = told(*group([(value, half * factor) for value, half in pairs]))

    if len(pairs) > 1 and before.abstains:
        assert after.abstains


def test_equal_treatments_share_the_chance_equally():
    found, _ = told(*(one(name, 0.1, 0.1) for name in "abcd"))

    assert [pytest.approx(0.25, abs=1e-6)] * 4 == [o.p_best for o in found]


@pytest.mark.parametrize(("gap", "first", "second"), [(0.05, 0.04, 0.03), (0.2, 0.1, 0.2), (-0.1, 0.3, 0.05), (0.0, 0.01, 0.3)])
def test_the_chance_of_two_is_the_known_one(gap, first, second):
    """P(X > Y) = PHI(difference / sqrt(sum of variances)), worked out with the error function."""
    expected = 0.5 * (1 + math.erf(gap / math.hypot(first, second) / math.sqrt(2)))

    found = chance_of_best(np.array([gap, 0.0]), np.array([first, second]))

    assert expected == pytest.approx(float(found[0]), abs=2e-3)


def test_the_width_of_the_band_is_read_as_eighty_percent():
    """The verdict turns the band back into a standard deviation: 2 x 1.2816 of them between its ends."""
    found, _ = told(one("a", 0.10, 0.10), one("b", 0.0, 0.10))
    expected = 0.5 * (1 + math.erf(0.10 / (0.10 / Z90 * math.sqrt(2)) / math.sqrt(2)))

    assert expected == pytest.approx(found[0].p_best, abs=2e-3)


def test_ten_noisy_equals_beside_one_firm_one_take_its_probability_away():
    """The greatest of many uncertain ones is likely to be one of them: the firm one is not called best for being firm."""
    found, (verdict,) = told(one("firm", 0.15, 0.02), *(one(f"vague{n}", 0.13, 0.2) for n in range(10)))

    assert found[0].p_best < 0.1
    assert verdict.abstains


def test_a_band_without_width_beside_a_wide_one_still_leads():
    found, (verdict,) = told(replace(one("sure", 0.3), benefit=Band(0.3, 0.3, 0.3)), one("low", 0.1))

    assert "sure" == verdict.leader
    assert 1.0 == pytest.approx(found[0].p_best, abs=1e-6)


@pytest.mark.parametrize("names", [("sure", "low"), ("low", "sure")])
def test_two_bands_without_width_far_from_each_other_still_have_a_leader(names):
    values = {"sure": 0.3, "low": 0.1}
    found, (verdict,) = told(*(replace(one(n), benefit=Band(values[n], values[n], values[n])) for n in names))

    assert 1.0 == pytest.approx(sum(o.p_best for o in found))
    assert "sure" == verdict.leader
