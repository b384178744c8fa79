"""How answers were given: straight lines, runs, person fit, what empty items leave open."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mind_reference import bank, share
from mind_strategies import answered

from painloom.knowledge.instrument_cards import Scale
from painloom.knowledge.load import load
from painloom.mind.bank import shipped_bank
from painloom.mind.irt import pattern_scores
from painloom.mind.quality import longest_run, misfits, person_fit, possible_totals, straight_line
from painloom.model.answers import UNANSWERED

NONE = UNANSWERED


def scale(items, reversed_=()):
    return Scale("s", "s", "sum", tuple(items), len(items), "points", 0.0, 20.0, "worse", 0, "other", reversed=tuple(reversed_))


def rows(*people):
    return np.asarray(people, dtype=np.int16)


def test_one_option_on_items_worded_both_ways_is_a_reason_to_ask():
    mixed = scale(range(4), (1, 3))
    people = rows((2, 2, 2, 2), (0, 0, 0, 0), (2, 2, 2, 1), (2, 2, NONE, 2), (NONE, NONE, NONE, NONE))

    assert [True, True, False, False, False] == straight_line(mixed, people).tolist()


@pytest.mark.parametrize("reversed_", [(), (0, 1, 2, 3)])
def test_a_line_of_zeros_where_all_items_point_one_way_is_an_answer(reversed_):
    assert not straight_line(scale(range(4), reversed_), rows((0, 0, 0, 0))).any()


def test_only_the_items_of_the_scale_count():
    people = rows((1, 1, 4, 1), (1, 4, 1, 1))

    assert [True, False] == straight_line(scale((0, 1, 3), (1,)), people).tolist()


def test_the_longest_run_ends_at_an_unanswered_item():
    people = rows((1, 1, 1, 2, 2), (1, 1, NONE, 1, 1), (0, 1, 2, 3, 4), (NONE, NONE, NONE, NONE, NONE), (3, 3, 3, 3, 3))

    assert [3, 2, 1, 0, 5] == longest_run(people).tolist()


@given(st.lists(st.integers(-1, 2), min_size=1, max_size=12))
@settings(max_examples=100)
def test_the_longest_run_equals_counting_by_hand(line):
    best = run = 0
    for before, value in zip([None, *line], line, strict=False):
        run = 0 if value < 0 else run + 1 if value == before else 1
        best = max(best, run)

    assert best == longest_run(rows(tuple(NONE if v < 0 else v for v in line)))[0]


@given(answered(least=2, most=6), st.floats(-2, 2))
@settings(max_examples=60, deadline=None)
def test_person_fit_follows_its_definition(case, theta):
    made, answers = case
    log_likelihood = mean = variance = 0.0
    for item in made.items:
        shares = [share(item.a, item.b, k, theta) for k in range(item.categories)]
        logs = [math.log(p) for p in shares]
        expected = sum(p * g for p, g in zip(shares, logs, strict=True))
        mean += expected
        variance += sum(p * g * g for p, g in zip(shares, logs, strict=True)) - expected**2
        log_likelihood += logs[answers[item.id]]
    found = person_fit(made, np.asarray([[answers[i.id] for i in made.items]]), np.asarray([theta]))[0]

    if variance > 1e-6:
        assert math.isclose((log_likelihood - mean) / math.sqrt(variance), found, rel_tol=1e-5, abs_tol=1e-5)


def test_answers_drawn_from_the_model_are_seldom_flagged_and_random_answers_often():
    made = shipped_bank(load(), "invented-distress-20")
    random = np.random.default_rng(7)
    people = 2000
    theta = random.normal(0.8, 0.6, people)
    honest = np.empty((people, 20), dtype=np.int64)
    for i, item in enumerate(made.items):
        above = 1 / (1 + np.exp(-item.a * (theta[:, None] - np.asarray(item.b)[None, :])))
        honest[:, i] = (random.random((people, 1)) < above).sum(axis=1)
    careless = random.integers(0, 5, (people, 20))

    assert misfits(made, honest).raised.mean() < 0.05
    assert misfits(made, careless).raised.mean() > 0.95


def test_a_flag_leaves_answers_and_scores_alone():
    made = shipped_bank(load(), "invented-distress-20")
    answers = np.random.default_rng(1).integers(0, 5, (50, 20))
    kept = answers.copy()
    before = pattern_scores(made.items, answers, prior=made.prior).theta
    assert misfits(made, answers).raised.any()

    assert (kept == answers).all()
    assert (before == pattern_scores(made.items, answers, prior=made.prior).theta).all()


def test_one_answer_or_none_is_too_little_for_person_fit():
    made = bank((1.5, [-1, 1]), (2.0, [0.0]), (1.0, [0.5]))
    found = person_fit(made, np.asarray([[NONE, NONE, NONE], [1, NONE, NONE], [1, 1, NONE]]))

    assert [True, True, False] == np.isnan(found).tolist()
    assert not misfits(made, np.asarray([[NONE, NONE, NONE]])).raised.any()


@given(answered(least=3, most=6))
@settings(max_examples=40, deadline=None)
def test_an_unanswered_item_does_not_enter_person_fit(case):
    made, answers = case
    given_ = np.asarray([[answers[i.id] for i in made.items]])
    last_empty = given_.copy()
    last_empty[0, -1] = NONE
    smaller = type(made)("s", made.items[:-1], made.prior, made.stop)
    theta = np.asarray([0.3])

    assert math.isclose(person_fit(smaller, given_[:, :-1], theta)[0], person_fit(made, last_empty, theta)[0], rel_tol=1e-9, abs_tol=1e-9)


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=10), st.data())
@settings(max_examples=100)
def test_an_item_that_becomes_unanswered_never_narrows_what_the_total_may_be(items, data):
    ranges = [(0, 4)] * len(items)
    values = [NONE if empty else value for value, empty in items]
    fewer = list(values)
    fewer[data.draw(st.integers(0, len(items) - 1))] = NONE
    full, wider = possible_totals(values, ranges), possible_totals(fewer, ranges)

    assert wider.low <= full.low <= full.high <= wider.high
    if NONE not in values:
        assert full.is_point
