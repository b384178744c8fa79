"""Change between two scores: error, size, verdict, direction."""

import csv
import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mind_reference import MATERIAL, needs_material

from painloom.errors import InputError
from painloom.knowledge.instrument_cards import Change, Precision, Scale
from painloom.mind.precision import (
    ANSWERS,
    IN_WORDS,
    VERDICTS,
    Pair,
    compare,
    detectable,
    judge,
    reliable_change_index,
    se_of_difference,
    standard_error,
    verdict,
    widening,
)
from painloom.model.quantity import Estimate

SCORES = st.floats(0, 100).map(lambda x: round(x, 1))


def scale(*changes, precision=(), higher_is="worse", unit="points"):
    return Scale("s", "s", "sum", (0, 1), 2, unit, 0.0, 100.0, higher_is, 0, "other", changes=changes, precision=precision)


def mic(low, high=None, unit="points", population="back pain", kind="mic"):
    return Change(kind, low, low if high is None else high, unit, population, 100, "verified", ("made-2026",))


def sem(value, population="back pain"):
    return Precision(value, population, 100, "verified", ("made-2026",))


def pair(before, after, se=math.nan):
    values = np.atleast_1d(np.asarray(before, float)), np.atleast_1d(np.asarray(after, float))
    errors = np.full(len(values[0]), se)
    return Pair(*values, errors, errors)


def words(judgement, person=0):
    return ANSWERS[judgement.real[person]], ANSWERS[judgement.meaningful[person]], VERDICTS[judgement.verdict[person]]


def test_the_worked_example_of_the_reliable_change_paper_is_met():
    """Jacobson and Truax 1991: SD 7.5, reliability .80, from 32.5 to 47.5: SE 3.35, SEdiff 4.74, index 3.16."""
    error = standard_error(7.5, 0.80)
    apart = se_of_difference(np.asarray([error]), np.asarray([error]))

    assert 3.35 == round(error, 2)
    assert 4.74 == round(float(apart[0]), 2)
    assert 3.16 == round(float(reliable_change_index(np.asarray([32.5]), np.asarray([47.5]), apart)[0]), 2)


def test_published_detectable_changes_follow_from_published_errors():
    """Fact sheet: a SEM of 4.6 makes a smallest detectable change of about 12.8."""
    assert 12.8 == round(float(detectable(np.sqrt(2) * np.asarray([4.6]))[0]), 1)


@pytest.mark.parametrize(("change", "expected"), [
    (-12, ("yes", "yes", "both")),
    (-6, ("yes", "no", "real only")),
    (-5, ("no", "no", "neither")),
    (12, ("yes", "yes", "both")),
])  # fmt: skip
def test_two_questions_have_two_answers(change, expected):
    """SEM 2: SEdiff 2.83, beyond error above 5.54; meaningful from 8."""
    (found,) = judge(scale(mic(8), precision=(sem(2),)), pair(50, 50 + change))

    assert expected == words(found)


def test_a_change_of_meaningful_size_inside_error_is_called_neither_better_nor_worse():
    (found,) = judge(scale(mic(5), precision=(sem(4),)), pair(50, 43))

    assert ("no", "yes", "meaningful only") == words(found)
    assert "inside error" == found.direction(0)


@given(SCORES, SCORES, st.floats(0.5, 20))
@settings(max_examples=200)
def test_no_change_inside_error_ever_gets_a_direction(before, after, error):
    for way in ("worse", "better", ""):
        for found in judge(scale(mic(3), mic(30, unit="percent-of-baseline"), precision=(sem(error),), higher_is=way), pair(before, after)):
            inside = abs(after - before) <= 1.96 * math.sqrt(2) * error
            assert ("better" in found.direction(0) or "worse" in found.direction(0)) <= (not inside)
            assert not (inside and "both" == words(found)[2])


@given(SCORES, SCORES, st.floats(0.5, 20), st.floats(1, 40))
@settings(max_examples=200)
def test_before_and_after_exchanged_give_the_same_answers_and_the_other_direction(before, after, error, size):
    card = scale(mic(size), precision=(sem(error),))
    (there,), (back,) = judge(card, pair(before, after)), judge(card, pair(after, before))

    assert words(there) == words(back)
    assert there.better[0] == -back.better[0]
    assert math.isclose(there.rci[0], -back.rci[0], abs_tol=1e-12)


def test_the_direction_follows_the_card():
    change = mic(5)
    for higher_is, expected in (("worse", "better"), ("better", "worse"), ("", "no direction")):
        (found,) = judge(scale(change, precision=(sem(1),), higher_is=higher_is), pair(50, 40))
        assert expected == found.direction(0)


def test_scores_with_errors_of_their_own_are_judged_by_them():
    """T 70 and 64 with SE 2.0 and 2.4: SEdiff 3.12, index -1.92: inside error although the card's SEM would say otherwise."""
    card = scale(mic(3), precision=(sem(0.5),), unit="T")
    found = judge(card, Pair(*(np.asarray([v]) for v in (70.0, 64.0, 2.0, 2.4))))[0]

    assert math.isclose(math.hypot(2.0, 2.4), found.se_diff[0])
    assert -1.92 == round(float(found.rci[0]), 2)
    assert ("no", "yes", "meaningful only") == words(found)
    assert "own standard errors" == found.error_from


def test_each_person_is_judged_with_the_error_that_there_is():
    card = scale(mic(3), precision=(sem(4),), unit="T")
    both = Pair(np.asarray([70.0, 70.0]), np.asarray([64.0, 64.0]), np.asarray([1.0, np.nan]), np.asarray([1.0, 2.0]))
    (found,) = judge(card, both)

    assert [("yes", "yes", "both"), ("no", "yes", "meaningful only")] == [words(found, 0), words(found, 1)]


def test_between_the_ends_of_a_published_range_it_depends():
    card = scale(mic(6, 10), precision=(sem(1),))
    found = [words(judge(card, pair(50, 50 - size))[0])[1:] for size in (5, 6, 9.9, 10)]

    assert [("no", "real only"), ("depends", "depends"), ("depends", "depends"), ("yes", "both")] == found


def test_all_errors_on_the_card_must_agree_before_a_change_is_called_real():
    card = scale(mic(5), mic(5, population="knee"), precision=(sem(1, "back pain"), sem(6, "neck pain")))

    for size, expected in ((8, "depends"), (20, "yes"), (1, "no")):
        found = judge(card, pair(50, 50 - size))
        assert [expected] * 2 == [words(one)[0] for one in found]
    assert "depends" == judge(card, pair(50, 42))[0].direction(0)


def test_a_named_population_chooses_sizes_and_errors():
    card = scale(mic(5), mic(9, population="knee"), precision=(sem(1, "chronic Back Pain"), sem(6, "neck pain")))

    (back,) = judge(card, pair(50, 42), "back")
    assert ("yes", "yes", "both") == words(back)
    assert "chronic Back Pain (made-2026)" == back.error_from
    (knee,) = judge(card, pair(50, 42), "knee")  # no error of that population: all of them
    assert ("depends", "no", "depends") == words(knee)
    assert () == judge(card, pair(50, 42), "shoulder")


def test_an_error_that_is_still_to_be_verified_is_used_only_alone_and_says_so():
    unsure = Precision(9.0, "back pain", 10, "to-verify", ("made-2026",))

    assert "yes" == words(judge(scale(mic(5), precision=(sem(1), unsure)), pair(50, 42))[0])[0]
    (alone,) = judge(scale(mic(5), precision=(unsure,)), pair(50, 42))
    assert "no" == words(alone)[0]
    assert "to verify" in alone.error_from


def test_the_widest_error_is_shown_where_several_are_used():
    (found,) = judge(scale(mic(5, population="knee"), precision=(sem(1, "a"), sem(6, "b"))), pair(50, 42))

    assert math.isclose(6 * math.sqrt(2), found.se_diff[0])


def test_published_limits_are_used_where_no_error_is_printed():
    """A detectable change must be exceeded; a published reliable change is reached."""
    detect = scale(mic(5), mic(8, kind="mdc"))
    reliable = scale(mic(5), mic(8, kind="reliable-change"))

    assert ["no", "yes"] == [words(judge(detect, pair(50, 50 - size))[0])[0] for size in (8, 8.1)]
    assert ["no", "yes"] == [words(judge(reliable, pair(50, 50 - size))[0])[0] for size in (7.9, 8)]
    assert np.isnan(judge(detect, pair(50, 40))[0].se_diff[0])


def test_without_any_error_on_the_card_nothing_is_called_real():
    (found,) = judge(scale(mic(5)), pair(50, 10))

    assert ("unknown", "yes", "unknown") == words(found)
    assert "not judged" == found.direction(0)


def test_without_a_published_size_the_error_is_still_judged():
    (found,) = judge(scale(precision=(sem(2),)), pair(50, 10))

    assert ("yes", "unknown", "unknown") == words(found)


def test_a_share_of_the_baseline_needs_a_baseline():
    card = scale(mic(30, unit="percent-of-baseline"), precision=(sem(0.1),))

    assert ["yes", "no", "unknown", "unknown"] == [words(judge(card, pair(*p))[0])[1] for p in ((10, 7), (10, 7.1), (0, 3), (0, 0))]


@pytest.mark.parametrize(("higher_is", "better", "worse"), [("worse", (20, 10), (10, 20)), ("better", (10, 15), (20, 10))])
def test_a_response_is_a_change_for_the_better(higher_is, better, worse):
    card = scale(mic(50, unit="percent-of-baseline", kind="response"), precision=(sem(0.1),), higher_is=higher_is)

    assert ["yes", "no"] == [words(judge(card, pair(*p))[0])[1] for p in (better, worse)]


def test_a_response_on_a_scale_without_direction_is_not_judged():
    card = scale(mic(50, unit="percent-of-baseline", kind="response"), precision=(sem(0.1),), higher_is="")

    assert "unknown" == words(judge(card, pair(20, 5))[0])[1]


def test_remission_is_reached_from_outside_it():
    band = scale(mic(0, 4, unit="score", kind="remission"), precision=(sem(0.1),))
    cut = scale(mic(5, unit="score", kind="remission"), precision=(sem(0.1),))
    cases = ((12, 4), (12, 5), (3, 1), (3, 9))

    for card in (band, cut):
        assert ["yes", "no", "no", "no"] == [words(judge(card, pair(*c))[0])[1] for c in cases]


def test_decimals_do_not_lose_a_change_to_rounding():
    card = scale(mic(1), precision=(sem(0.1),))

    assert "yes" == words(judge(card, pair(6.1, 5.1))[0])[1]  # 6.1 - 5.1 is 0.9999999999999996


def test_a_score_that_is_missing_is_never_judged():
    half, gone = mic(50, unit="percent-of-baseline", kind="response"), mic(0, 4, unit="score", kind="remission")
    card = scale(mic(1), half, gone, precision=(sem(0.1),))
    for found in judge(card, pair([np.nan, 9, np.nan], [3, np.nan, np.nan])):
        assert [("unknown", "unknown", "unknown")] * 3 == [words(found, person) for person in range(3)]
        assert ["not judged"] * 3 == [found.direction(person) for person in range(3)]


@given(st.integers(2, 20), st.data())
@settings(max_examples=100)
def test_an_answer_less_never_narrows_the_error_of_a_prorated_sum(count, data):
    answered = data.draw(st.integers(2, count))
    factors = widening(np.asarray([count, answered, answered - 1]), count)
    card = scale(mic(5), precision=(sem(2),))
    none = np.full(3, np.nan)
    (found,) = judge(card, Pair(np.full(3, 50.0), np.full(3, 40.0), none, none, wider_after=factors))

    assert 1.0 == factors[0] <= factors[1] < factors[2]
    assert math.isclose(2 * math.sqrt(2), found.se_diff[0])
    assert math.isclose(2 * math.sqrt(1 + count / answered), found.se_diff[1])
    assert found.se_diff[0] <= found.se_diff[1] < found.se_diff[2]


def test_a_published_limit_is_widened_for_a_prorated_sum_too():
    card = scale(mic(5), mic(8, kind="mdc"))
    full, part = pair(50, 41), Pair(*(np.asarray([v]) for v in (50.0, 41.0, np.nan, np.nan)), wider_after=np.asarray([1.5]))

    assert ["yes", "no"] == [words(judge(card, one)[0])[0] for one in (full, part)]


def test_one_person_is_compared_by_estimates():
    card = scale(mic(3), unit="T")
    before, after = Estimate(70.0, "T", se=2.0, higher_is="worse"), Estimate(60.0, "T", se=2.0, higher_is="worse")
    (found,) = compare(card, before, after)

    assert "better" == found.direction(0)
    with pytest.raises(InputError, match="different scales"):
        compare(card, before, Estimate(60.0, "points", higher_is="worse"))
    with pytest.raises(InputError, match="different scales"):
        compare(card, before, Estimate(60.0, "T", higher_is="better"))


def test_what_depends_or_is_unknown_never_becomes_a_plain_verdict():
    codes = np.arange(4, dtype=np.int8)
    for real in codes:
        for size in codes:
            word = VERDICTS[verdict(np.asarray([real]), np.asarray([size]))[0]]
            plain = word in ("both", "real only", "meaningful only", "neither")
            assert plain == (real < 2 and size < 2)
            assert (word == "unknown") == (3 in (real, size))
    assert len(VERDICTS) == len(IN_WORDS)


def pairs_of(path, who, when, what, first):
    found = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row[who], {})["before" if row[when] == first else "after"] = float(row[what] or "nan")
    return [(p["before"], p["after"]) for p in found.values()]


@needs_material
@pytest.mark.parametrize(("file", "columns", "reliability", "higher_is", "count", "missing"), [
    ("reliable_change_jacobson_1989.csv", ("subject", "time", "das", "pre"), 0.88, "better", 30, 0),
    ("reliable_change_jacobson_1989.csv", ("subject", "time", "gds", "pre"), 0.80, "worse", 30, 4),
    ("reliable_change_hechler_2014.csv", ("patient", "measurement", "disability", "1.0"), 0.87, "worse", 104, None),
])  # fmt: skip
def test_open_trial_data_are_sorted_as_the_definition_says(file, columns, reliability, higher_is, count, missing):
    """Real pre and post scores; the files print no categories, so they are worked out here person by person."""
    both = pairs_of(MATERIAL / "sources/psychometrics" / file, *columns)
    error = statistics.stdev(b for b, _ in both if not math.isnan(b)) * math.sqrt(1 - reliability)
    limit = 1.96 * error * math.sqrt(2)
    (found,) = judge(scale(precision=(sem(error),), higher_is=higher_is), pair(*zip(*both, strict=True)))
    better = 1 if higher_is == "better" else -1
    lost = 0
    for person, (before, after) in enumerate(both):
        change = after - before
        if math.isnan(change):
            lost += 1
            expected = "not judged"
        elif abs(change) <= limit:
            expected = "inside error"
        else:
            expected = "better" if change * better > 0 else "worse"
        assert expected == found.direction(person)

    assert count == len(both)
    assert missing is None or missing == lost
    assert {"better", "inside error"} <= {found.direction(person) for person in range(count)}
