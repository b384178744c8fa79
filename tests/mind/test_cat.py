"""Adaptive tests: known traces, a second engine, stop rules, options."""

import itertools
import statistics
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mind_reference import PUBLISHED, bank, needs_material, slow_test, table
from mind_strategies import answered

from painloom.errors import UsageError
from painloom.intake.bank import read_bank, read_item_answers
from painloom.knowledge.load import load
from painloom.mind.bank import prepare, shipped_bank
from painloom.mind.cat import CatOptions, answer, gains, largest_reduction, next_item, replay, skip, start_test, stopped_by
from painloom.model.bank import ItemBank

TRACES = sorted(p.name for p in PUBLISHED.iterdir()) if PUBLISHED.is_dir() else []


def trace(result):
    return [(s.item, s.response) for s in result.steps]


def with_stop(made, **change):
    values = {"se": made.stop.se, "least": made.stop.least, "most": made.stop.most} | change
    return ItemBank(made.id, made.items, made.prior, type(made.stop)(**values), higher_is=made.higher_is)


@needs_material
def test_the_published_traces_are_all_here():
    assert 18 == len(TRACES)


@needs_material
@pytest.mark.parametrize("name", TRACES)
def test_every_step_of_the_published_trace_is_met(name):
    made = read_bank(PUBLISHED / name / "BANK.json")
    answers, strange = read_item_answers(PUBLISHED / name / "answers.json", made)
    result = replay(made, answers)
    expected = table(PUBLISHED / name / "expected.tsv")

    assert not strange
    assert [(r["item"], int(r["response"])) for r in expected] == trace(result)
    for row, step in zip(expected, result.steps, strict=True):
        assert float(row["theta"]) == pytest.approx(step.theta, abs=1e-5)
        assert float(row["se"]) == pytest.approx(step.se, abs=1e-5)


@needs_material
def test_maximum_information_asks_other_items():
    differs = 0
    for name in TRACES:
        made = read_bank(PUBLISHED / name / "BANK.json")
        answers = read_item_answers(PUBLISHED / name / "answers.json", made)[0]
        differs += trace(replay(made, answers)) != trace(replay(made, answers, CatOptions(select="mfi")))

    assert differs >= 5


@given(answered(), st.sampled_from(["mpwi", "mfi"]))
@settings(max_examples=60, deadline=None)
def test_a_second_engine_in_plain_python_asks_the_same_items(case, select):
    made, answers = case
    steps = replay(made, answers, CatOptions(select=select)).steps
    for step, (item, response, theta, se) in zip(steps, slow_test(made, answers, select), strict=False):
        worth = replay_worth(made, steps[: step.step - 1], select)
        if item != step.item:  # two items within rounding of each other: both engines are right, and part here
            places = made.index
            assert worth[places[item]] == pytest.approx(worth[places[step.item]], rel=1e-9)
            return
        assert response == step.response
        assert theta == pytest.approx(step.theta, abs=1e-9)
        assert se == pytest.approx(step.se, abs=1e-7)


def replay_worth(made, steps, select):
    state = start_test(made, CatOptions(select=select))
    for step in steps:
        state = answer(state, made.index[step.item], step.response)
    return gains(state)


def test_equal_items_are_asked_in_the_order_of_the_bank():
    made = bank(*([(1.7, [-0.3, 0.8, 1.1])] * 40), stop=(0.01, 40, 40))
    answers = {item.id: n % 4 for n, item in enumerate(made.items)}

    assert [item.id for item in made.items] == [s.item for s in replay(made, answers).steps]


@given(answered(least=2, most=6), st.data())
@settings(max_examples=60, deadline=None)
def test_a_skipped_item_leaves_the_test_as_if_the_bank_did_not_hold_it(case, data):
    made, answers = case
    lost = data.draw(st.sampled_from(made.items)).id
    smaller = ItemBank("smaller", tuple(i for i in made.items if i.id != lost), made.prior, made.stop)
    some = {item: category for item, category in answers.items() if item != lost}
    full, short = replay(made, some), replay(smaller, some)

    assert trace(short) == trace(full)
    assert [s.theta for s in short.steps] == pytest.approx([s.theta for s in full.steps], abs=1e-12)
    assert set(full.skipped) <= {lost}


def test_a_skipped_item_is_not_asked_again_and_counts_towards_no_limit():
    made = bank(*([(2.0, [0.0])] * 4), stop=(0.01, 3, 3))
    state = start_test(made)
    state = skip(state, next_item(state))

    assert 1 == next_item(state)
    for _ in range(3):
        assert not stopped_by(state)
        state = answer(state, next_item(state), 1)
    assert "max" == stopped_by(state)
    assert 3 == len(state.steps)


def test_nothing_answered_is_not_a_score():
    result = replay(bank((1.0, [0.0]), (2.0, [1.0])), {})

    assert (None, None, ()) == (result.theta, result.se, result.steps)
    assert {"x1", "x2"} == set(result.skipped)


@pytest.mark.parametrize(("stop", "count", "rule"), [
    ((0.9, 1, 9), 1, "se"), ((0.9, 3, 9), 3, "se"), ((0.001, 1, 4), 4, "max"), ((0.001, 1, 99), 6, "bank empty"),
])  # fmt: skip
def test_each_stop_rule_ends_the_test_where_it_should(stop, count, rule):
    made = bank(*([(2.5, [-0.5, 0.5])] * 6), stop=stop)
    result = replay(made, {item.id: 1 for item in made.items})

    assert (count, rule) == (len(result.steps), result.stopped_by)


def test_a_standard_error_that_equals_the_limit_is_small_enough():
    made = bank(*([(2.5, [-0.5, 0.5])] * 6))
    answers = {item.id: 1 for item in made.items}
    second = replay(with_stop(made, se=0.001), answers).steps[1].se

    assert 2 == len(replay(with_stop(made, se=second), answers).steps)
    assert 3 == len(replay(with_stop(made, se=second * (1 - 1e-12)), answers).steps)


def test_a_narrow_prior_does_not_end_a_test_before_its_first_answer():
    made = bank((2.0, [0.0]), (2.0, [0.5]), prior=(0.0, 0.1), stop=(0.3, 0, 5))

    assert 1 == len(replay(made, {"x1": 1, "x2": 1}).steps)


@pytest.mark.parametrize(("higher_is", "best"), [("worse", 0), ("better", 2)])
def test_three_healthy_answers_end_the_test_only_when_asked_for(higher_is, best):
    made = bank(*([(1.5, [0.5, 1.5])] * 8), stop=(0.1, 4, 8), higher_is=higher_is)
    healthy = {item.id: best for item in made.items}
    third_ill = healthy | {"x3": 1}
    option = CatOptions(all_best=3)

    assert 8 == len(replay(made, healthy).steps)
    assert (3, "all best answers", ("all-best=3",)) == (
        len(replay(made, healthy, option).steps),
        replay(made, healthy, option).stopped_by,
        replay(made, healthy, option).options,
    )
    assert 8 == len(replay(made, third_ill, option).steps)


def test_the_healthy_end_is_never_guessed():
    with pytest.raises(UsageError, match="does not say which end is the healthy one"):
        start_test(bank((1.0, [0.0])), CatOptions(all_best=3))


@given(answered(least=3))
@settings(max_examples=40, deadline=None)
def test_predicted_reduction_is_the_best_expectation_over_the_items_left(case):
    made, answers = case
    state = start_test(made)
    state = answer(state, 0, answers["x1"])
    weights = np.exp(state.log_posterior - state.log_posterior.max())
    weights /= weights.sum()
    theta, shares = state.arrays.theta, state.arrays.shares
    expected = []
    for item in range(1, len(made.items)):
        variance = 0.0
        for category in range(made.items[item].categories):
            after = weights * shares[item, category]
            chance = after.sum()
            mean = after @ theta / chance
            variance += chance * (after @ (theta - mean) ** 2 / chance)
        expected.append(state.se - np.sqrt(variance))

    assert max(expected) == pytest.approx(largest_reduction(state), abs=1e-7)
    assert largest_reduction(state) > 0


def test_a_small_predicted_gain_ends_the_test_after_the_minimum_and_says_so():
    made = bank(*([(0.3, [-0.5, 0.5])] * 30), stop=(0.01, 4, 30))
    answers = {item.id: 1 for item in made.items}
    result = replay(made, answers, CatOptions(least_gain=0.05))

    assert (4, "small gain", ("least-gain=0.05",)) == (len(result.steps), result.stopped_by, result.options)
    assert 30 == len(replay(made, answers).steps)


@given(answered())
@settings(max_examples=30, deadline=None)
def test_starting_from_the_last_visit_is_the_same_as_a_bank_with_that_prior(case):
    made, answers = case
    moved = ItemBank(made.id, made.items, (0.9, 0.6), made.stop)
    started = replay(made, answers, CatOptions(start=(0.9, 0.6)))

    assert replay(moved, answers).steps == started.steps
    assert ("start=0.9 (SD 0.6)",) == started.options


def test_the_plain_rules_name_no_option():
    assert () == CatOptions().named()


def test_every_order_of_answers_gives_one_estimate():
    made = bank((1.5, [-1, 0.2]), (2.5, [0.4]), (0.8, [-0.3, 0.6, 1.9]))
    ends = set()
    for order in itertools.permutations(range(3)):
        state = start_test(made)
        for item in order:
            state = answer(state, item, 1)
        ends.add((round(state.theta, 12), round(state.se, 12)))

    assert 1 == len(ends)


def test_the_audit_trail_cannot_be_changed_and_says_what_each_item_was_chosen_for():
    made = bank((1.5, [-1, 0.2]), (2.5, [0.4]), stop=(0.01, 2, 2))
    result = replay(made, {"x1": 2, "x2": 0})

    assert [1, 2] == [s.step for s in result.steps]
    assert gains(start_test(made)).max() == result.steps[0].gain
    with pytest.raises(AttributeError):
        result.steps[0].theta = 9.0


def test_steep_contradictory_answers_never_end_in_nothing():
    made = bank(*([(100.0, [0.05])] * 60), stop=(0.001, 60, 60))
    result = replay(made, {item.id: n % 2 for n, item in enumerate(made.items)})

    assert all(np.isfinite([s.theta, s.se]).all() for s in result.steps)


def test_a_step_of_a_bank_of_95_items_takes_less_than_five_milliseconds():
    made = with_stop(shipped_bank(load(), "invented-large-95"), se=0.001, most=95)
    ready = prepare(made)
    for options in (CatOptions(), CatOptions(select="mfi"), CatOptions(least_gain=1e-9)):
        state, spent = start_test(made, options, ready), []
        while not stopped_by(state):
            begin = time.perf_counter()
            state = answer(state, next_item(state), 1)
            spent.append(time.perf_counter() - begin)
        assert 95 == len(spent)
        assert statistics.median(spent) < 0.005
