"""Graded response model: probabilities, information, sums, patterns."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mind_reference import MATERIAL, bank, calibrated, fisher, needs_material, share, table
from mind_strategies import answered, banks

from painloom.mind.irt import ADAPTIVE_GRID, SUMMED_GRID, grid, information, log_probabilities, parameters, pattern_scores, summed_scores
from painloom.model.answers import UNANSWERED

DEPRESSION = {"4a": "04 06 29 41", "6a": "04 06 29 41 22 36", "8a": "04 06 29 41 22 36 05 09", "8b": "04 05 06 17 22 29 36 41"}
ANXIETY = {"4a": "01 40 41 53", "6a": "01 40 41 53 05 46", "8a": "01 40 41 53 05 46 07 54"}


def row(made, answers):
    """One person's answers in the order of the bank."""
    return np.asarray([[answers.get(item.id, UNANSWERED) for item in made.items]])


def test_both_grids_are_the_published_ones():
    assert (81, -4.0, 4.0) == (len(ADAPTIVE_GRID), ADAPTIVE_GRID[0], ADAPTIVE_GRID[-1])
    assert (91, -4.5, 4.5) == (len(SUMMED_GRID), SUMMED_GRID[0], SUMMED_GRID[-1])
    assert 0.0 in ADAPTIVE_GRID
    assert 0.3 in ADAPTIVE_GRID


@given(banks())
@settings(max_examples=60, deadline=None)
def test_probabilities_of_an_item_add_up_to_one_and_follow_the_textbook(made):
    theta = grid(-4, 4, 0.5)
    shares = np.exp(log_probabilities(parameters(made.items), theta))

    assert np.allclose(1.0, shares.sum(axis=1), atol=1e-12)
    for i, item in enumerate(made.items):
        expected = [[share(item.a, item.b, k, t) for t in theta] for k in range(item.categories)]
        assert np.allclose(expected, shares[i, : item.categories], atol=1e-12)
        assert not shares[i, item.categories :].any()


@given(banks())
@settings(max_examples=60, deadline=None)
def test_information_follows_the_textbook(made):
    theta = grid(-3, 3, 0.5)
    found = information(parameters(made.items), theta)
    expected = [[fisher(item.a, item.b, t) for t in theta] for item in made.items]

    # the textbook form divides two small differences, so it is the one that is off in the tails
    assert np.allclose(expected, found, rtol=1e-4, atol=1e-9)


def test_information_of_a_yes_no_item_peaks_at_its_threshold_with_a_quarter_of_the_squared_slope():
    found = information(parameters(bank((2.0, [0.5])).items), np.asarray([0.5, 1.5]))[0]

    assert math.isclose(1.0, found[0])
    assert found[1] < found[0]


@given(banks(least=1, most=4))
@settings(max_examples=40, deadline=None)
def test_summed_table_equals_counting_every_pattern(made):
    weights = np.exp(-0.5 * SUMMED_GRID**2)
    likelihood = {}
    for pattern in itertools.product(*(range(item.categories) for item in made.items)):
        shares = [[share(i.a, i.b, k, t) for t in SUMMED_GRID] for i, k in zip(made.items, pattern, strict=True)]
        likelihood[sum(pattern)] = likelihood.get(sum(pattern), 0) + np.prod(shares, axis=0)
    found = summed_scores(made.items, first_answer=0)

    assert sorted(likelihood) == found.sums.tolist()
    for raw, theta, se in zip(found.sums, found.theta, found.se, strict=True):
        posterior = likelihood[raw] * weights / (likelihood[raw] * weights).sum()
        mean = posterior @ SUMMED_GRID
        assert math.isclose(mean, theta, abs_tol=1e-8)
        assert math.isclose(math.sqrt(posterior @ (SUMMED_GRID - mean) ** 2), se, abs_tol=1e-8)


@given(st.floats(0.3, 5), st.lists(st.floats(-2, 2), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_with_equal_slopes_of_yes_no_items_a_higher_sum_means_more(slope, places):
    """There the sum holds everything; with unequal slopes a graded form may break the order, see the next test."""
    found = summed_scores(bank(*((slope, [b]) for b in places)).items)

    assert (np.diff(found.theta) > 0).all()
    assert len(places) == found.sums[0]


def test_a_form_may_break_the_order_of_its_sums():
    """A steep yes-no item with a flat graded one: a sum of 1 is mostly the steep item's yes, a sum of 2 often is not."""
    found = summed_scores(bank((2.0, [0.0]), (1.0, [0.0, 0.5])).items, first_answer=0)

    assert found.theta[2] < found.theta[1]


@needs_material
@pytest.mark.parametrize(("form", "file", "prefix", "ids"), [
    *((f"Depression {name} v1.0", "prosetta_depression_28.csv", "EDDEP", ids) for name, ids in DEPRESSION.items()),
    *((f"Anxiety {name} v1.0", "prosetta_anxiety_29.csv", "EDANX", ids) for name, ids in ANXIETY.items()),
])  # fmt: skip
def test_short_form_tables_are_rebuilt_from_open_item_parameters(form, file, prefix, ids):
    items = calibrated(file)
    found = summed_scores([items[prefix + number] for number in ids.split()])
    expected = [(r["raw"], r["t"], r["se"]) for r in table(MATERIAL / "sources/promis-29/summed_eap_recomputed.tsv") if r["form"] == form]
    actual = [
        (str(raw), f"{50 + 10 * theta:.1f}", f"{10 * se:.1f}") for raw, theta, se in zip(found.sums, found.theta, found.se, strict=True)
    ]

    assert expected == actual


@needs_material
@pytest.mark.parametrize(("name", "file", "keys", "ids"), [
    ("Depression", "prosetta_depression_28.csv", {}, [f"EDDEP{n}" for n in DEPRESSION["4a"].split()]),
    ("Anxiety", "prosetta_anxiety_29.csv", {}, [f"EDANX{n}" for n in ANXIETY["4a"].split()]),
    ("Fatigue", "testdesign_fatigue_95.csv", {"key": "ID", "slope": "PAR1", "thresholds": ("PAR2", "PAR3", "PAR4", "PAR5")},
     ["HI7", "AN3", "FATEXP41", "FATEXP40"]),
])  # fmt: skip
def test_published_four_item_tables_are_met_in_every_row(name, file, keys, ids):
    items = calibrated(file, **keys)
    found = summed_scores([items[i] for i in ids])
    rows = table(MATERIAL / "sources/promis-29/raw_to_t.tsv")
    where = next(key for key, value in rows[0].items() if any(name.lower() in (r[key] or "").lower() for r in rows))
    published = [(r["raw"], r["t"], r["se"]) for r in rows if name.lower() in r[where].lower()]

    assert 17 == len(published)
    assert published == [
        (str(raw), f"{50 + 10 * theta:.1f}", f"{10 * se:.1f}") for raw, theta, se in zip(found.sums, found.theta, found.se, strict=True)
    ]


@needs_material
def test_the_narrow_grid_would_give_the_known_wrong_values_at_the_top():
    """The classic hidden bug: -4..4 instead of -4.5..4.5 (fact sheet 1.7: 79.3 and 81.4 instead of 79.4 and 81.6)."""
    tops = {}
    for file, prefix, ids in (
        ("prosetta_depression_28.csv", "EDDEP", DEPRESSION["4a"]),
        ("prosetta_anxiety_29.csv", "EDANX", ANXIETY["4a"]),
    ):
        items = calibrated(file)
        form = [items[prefix + number] for number in ids.split()]
        tops[file] = [f"{50 + 10 * summed_scores(form, theta=g).theta[-1]:.1f}" for g in (ADAPTIVE_GRID, SUMMED_GRID)]

    assert [["79.3", "79.4"], ["81.4", "81.6"]] == list(tops.values())


@given(answered(least=2), st.data())
@settings(max_examples=80, deadline=None)
def test_an_unanswered_item_changes_nothing_at_all(case, data):
    """Appending an item that nobody answered leaves estimate and interval exactly as they are."""
    made, answers = case
    left_out = data.draw(st.sampled_from(made.items)).id
    some = {item: category for item, category in answers.items() if item != left_out}
    without = tuple(item for item in made.items if item.id != left_out)
    with_it = pattern_scores(made.items, row(made, some), prior=made.prior)
    alone = pattern_scores(without, np.asarray([[some[item.id] for item in without]]), prior=made.prior)

    assert alone.theta[0] == with_it.theta[0]
    assert alone.se[0] == with_it.se[0]
    assert len(without) == with_it.answered[0]


@given(answered(), st.data())
@settings(max_examples=80, deadline=None)
def test_a_higher_answer_never_lowers_the_estimate(case, data):
    made, answers = case
    item = data.draw(st.sampled_from(made.items))
    lower = answers | {item.id: 0}
    higher = answers | {item.id: item.categories - 1}
    theta = pattern_scores(made.items, np.concatenate([row(made, lower), row(made, higher)]), prior=made.prior).theta

    assert theta[0] < theta[1]


def test_who_answered_nothing_is_not_measured():
    made = bank((1.5, [-1, 1]), (2.0, [0]))
    found = pattern_scores(made.items, np.asarray([[UNANSWERED, UNANSWERED], [1, UNANSWERED]]), prior=(0.0, 1.0))

    assert np.isnan(found.theta[0])
    assert np.isnan(found.se[0])
    assert [0, 1] == found.answered.tolist()
    assert math.isfinite(found.theta[1])


def test_one_person_scores_the_same_alone_and_in_a_crowd():
    random = np.random.default_rng(3)
    made = bank(*((a, sorted(random.uniform(-2, 2, 4))) for a in random.uniform(1, 4, 12)))
    crowd = random.integers(-1, 5, (20_000, 12))
    together = pattern_scores(made.items, crowd, prior=made.prior)
    alone = pattern_scores(made.items, crowd[12_345:12_346], prior=made.prior)

    assert math.isclose(alone.theta[0], together.theta[12_345], abs_tol=1e-12)  # sums of 81 terms, another order


def test_steep_contradictory_answers_still_have_an_estimate():
    """Plain products of probabilities are 0 everywhere here."""
    made = bank((100.0, [-3.05]), (100.0, [3.05]), *([(100.0, [0.05])] * 60))
    answers = np.asarray([[0, 1] + [0, 1] * 30])
    found = pattern_scores(made.items, answers, prior=(0.0, 1.0))

    assert np.isfinite(found.theta).all()
    assert np.isfinite(summed_scores(made.items).theta).all()


def test_an_answer_above_the_last_category_is_refused():
    made = bank((1.0, [0.0]))
    with pytest.raises(ValueError, match="above the last category"):
        pattern_scores(made.items, np.asarray([[2]]), prior=(0.0, 1.0))
