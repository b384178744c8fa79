"""Tests whose results refuse treatments: gain and first test as by plain enumeration; genes and values that are not known."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.knowledge.mechanism_cards import TestCard as ToolCard
from painloom.model.choice import Choice
from painloom.synthesis.next_test import KEEPS, TO_VERIFY, Outlooks, of_100, rank_tests
from painloom.synthesis.observe import Observed
from painloom.synthesis.scenarios import Prospect, Scenario, joined, merged

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "mara"
NAMES = ("a", "b", "c", "d", "e")
LOSS = 50.0


def tool(id_, cost=0.0, **more):
    return ToolCard(id_, "r", id_.upper(), "genotype", "guideline", "x", (), (), (), cost, 0.0, 0.0, "", "verified", (), **more)


def ranked(choices, prospects, *, loss=LOSS, barred=(), chance=0.5, tools=None):
    results = Outlooks({id_: Prospect(tuple(found)) for id_, found in prospects.items()}, loss, frozenset(barred))
    return rank_tests(tools or [tool(id_) for id_ in prospects], Observed(), choices, lambda person, told: {"m": chance}, results)


def by_hand(choices, scenarios, *, loss=LOSS, barred=(), chance=0.5):
    """The gain by trying every plan (one option or none of each slot) under every result; nothing of the program is used."""

    def worth(plan, refused, allowed):
        value = 0.0
        for one in plan:
            if one is not None:
                lost = one.id in refused or (one.id in barred and one.id not in allowed)
                value += -loss if lost else one.benefit * (chance if one.mechanisms else 1.0) + one.fixed
        return value

    slots = sorted({one.slot for one in choices})
    plans = list(itertools.product(*([None, *(one for one in choices if one.slot == slot)] for slot in slots)))
    whole = sum(s.chance for s in scenarios)
    shares = [(s.chance / whole, s.refused, s.allowed) for s in scenarios]
    after = sum(p * max(worth(plan, refused, allowed) for plan in plans) for p, refused, allowed in shares)
    return after - max(sum(p * worth(plan, refused, allowed) for p, refused, allowed in shares) for plan in plans)


subsets = st.frozensets(st.sampled_from(NAMES))
scenario_lists = st.lists(
    st.builds(Scenario, st.sampled_from(["low", "high", "rate 3"]), st.integers(1, 20).map(float), subsets, subsets), min_size=1, max_size=5
)
choice_lists = st.lists(
    st.tuples(st.floats(0, 60), st.floats(-40, 40), st.sampled_from([(), ("m",)]), st.sampled_from(["x", "y"])), max_size=5
).map(lambda rows: [Choice(NAMES[n], NAMES[n].upper(), *row) for n, row in enumerate(rows)])


@given(choice_lists, scenario_lists, st.floats(0, 100), subsets, st.floats(0, 1))
def test_the_gain_is_that_of_trying_every_plan_under_every_result(choices, scenarios, loss, barred, chance):
    (found,) = ranked(choices, {"t": scenarios}, loss=loss, barred=barred, chance=chance)

    assert found.gain == pytest.approx(by_hand(choices, scenarios, loss=loss, barred=barred, chance=chance), abs=1e-6)
    assert found.gain >= 0
    assert sum(r.chance for r in found.results) == pytest.approx(1)


@given(choice_lists, st.lists(scenario_lists, min_size=2, max_size=4))
def test_the_first_test_is_the_one_that_trying_everything_finds(choices, tests):
    found = ranked(choices, {f"t{n}": scenarios for n, scenarios in enumerate(tests)})
    gains = {f"t{n}": by_hand(choices, scenarios) for n, scenarios in enumerate(tests)}

    assert gains[found[0].id] == pytest.approx(max(gains.values()), abs=1e-6)


@given(choice_lists, scenario_lists, st.integers(0, 4))
def test_two_halves_of_a_result_change_nothing(choices, scenarios, which):
    one = scenarios[which % len(scenarios)]
    halves = [replace(one, chance=one.chance / 2)] * 2
    (whole,), (split,) = ranked(choices, {"t": scenarios}), ranked(choices, {"t": [*(s for s in scenarios if s is not one), *halves]})

    assert split.gain == pytest.approx(whole.gain, abs=1e-6)
    assert split.changes == whole.changes


@given(choice_lists, st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_results_that_refuse_nothing_bring_nothing(choices, weights):
    (found,) = ranked(choices, {"t": [Scenario(f"r{n}", w) for n, w in enumerate(weights)]})

    assert found.gain == pytest.approx(0, abs=1e-6)
    assert not found.changes
    assert found.text == KEEPS


@given(choice_lists, scenario_lists)
def test_a_test_that_changes_no_leader_says_so_and_one_that_gains_changes_a_leader(choices, scenarios):
    (found,) = ranked(choices, {"t": scenarios})

    assert found.changes == (found.gain > 1e-9) or found.gain < 1e-6  # nearer to 0 than any sum of floats can tell


A, B = Choice("a", "Alpha", 20.0, 0.0, (), "x"), Choice("b", "Beta", 12.0, 0.0, (), "x")


def test_three_results_known_answer():
    """a is worth 20, b 12, a refused option -50.  Without the test a: .8 * 20 - .2 * 50 = 6, b: .9 * 12 - .1 * 50 = 5.8; with it
    .8 * 20 + .1 * 12 + .1 * 0 = 17.2: the gain is 11.2."""
    results = [Scenario("normal", 0.8), Scenario("poor", 0.1, frozenset("a")), Scenario("fast", 0.1, frozenset("ab"))]
    (found,) = ranked([A, B], {"t": results})

    assert found.gain == pytest.approx(11.2)
    assert [("normal", "Alpha"), ("poor", "Beta"), ("fast", "not alpha")] == [(r.label, r.leads) for r in found.results]
    assert found.text == "poor (10 of 100): alpha would be refused; fast (10 of 100): alpha and beta would be refused"


def test_where_every_result_refuses_everything_nothing_is_gained():
    (found,) = ranked([A, B], {"t": [Scenario("p", 0.5, frozenset("ab")), Scenario("q", 0.5, frozenset("abc"))]})

    assert found.gain == 0
    assert not found.changes


def test_options_of_other_slots_do_not_stand_in_for_what_is_refused():
    better = replace(B, slot="y", benefit=30.0)
    (found,) = ranked([A, better], {"t": [Scenario("n", 0.9), Scenario("p", 0.1, frozenset("a"))]})

    assert found.gain == pytest.approx(5.0)  # 18 instead of 13 of 100; what leads the other slot goes on either way
    assert ["Alpha", "not alpha"] == [r.leads for r in found.results]


def test_equal_options_cover_for_each_other_as_far_as_the_results_do():
    twin = replace(A, id="b", label="Twin")
    (found,) = ranked([A, twin], {"t": [Scenario("n", 0.5), Scenario("p", 0.5, frozenset("a"))]})

    assert found.gain == 0  # the twin is never refused and is worth as much
    assert not found.changes


def test_what_is_refused_today_leads_only_where_a_result_allows_it():
    results = [Scenario("still", 0.5), Scenario("free", 0.5, allowed=frozenset("a"))]
    (found,) = ranked([A, B], {"t": results}, barred="a")

    assert found.gain == pytest.approx(4.0)  # 0.5 * (20 - 12)
    assert "free (50 of 100): alpha would be possible" in found.text


def test_a_test_that_the_clinic_does_not_have_is_not_named():
    prospects = {"t": [Scenario("n", 0.9), Scenario("p", 0.1, frozenset("a"))]}

    assert () == ranked([A], prospects, tools=[tool("t", available=False)])
    assert ["t"] == [t.id for t in ranked([A], prospects, tools=[tool("t")])]


def test_chances_to_verify_are_marked_and_count():
    (found,) = ranked([A], {"t": [Scenario("n", 0.9), Scenario("p", 0.1, frozenset("a"), is_sure=False)]})

    assert found.gain > 0
    assert found.text.endswith(TO_VERIFY)


def test_labels_share_the_words_that_all_begin_or_end_with():
    assert joined(["gene poor metabolizer", "gene fast metabolizer"]) == "gene poor or fast metabolizer"
    assert joined(["rate 1 to 2", "rate below 1"]) == "rate 1 to 2 or below 1"
    assert joined(["poor", "poor"]) == "poor"
    assert joined(["low", "low end"]) == "low or low end"
    assert joined([""]) == ""


@given(st.lists(st.lists(st.sampled_from(["x", "y", "z"]), min_size=1, max_size=4).map(" ".join), min_size=1, max_size=4))
def test_a_joined_label_loses_no_word(labels):
    text = joined(labels)

    assert {word for label in labels for word in label.split()} <= set(text.split())


def test_impossible_results_are_left_out_and_chances_are_scaled():
    (one,) = merged([Scenario("a", 3.0), Scenario("b", 0.0, frozenset("a"))])

    assert (one.label, one.chance) == ("a", 1.0)
    assert merged([]) == ()


@pytest.mark.parametrize(("chance", "text"), [(0.004, "fewer than 1 of 100"), (0.0224, "2 of 100"), (1.0, "100 of 100")])
def test_a_chance_is_told_as_people_of_100(chance, text):
    assert of_100(chance) == text
