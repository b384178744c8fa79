"""The next best test: by exhaustive enumeration, never below 0, and 0 when nothing would change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_weigh import WEIGHING, card, fact, row

from painloom.knowledge.mechanism_cards import TestCard as ToolCard
from painloom.model.choice import Choice
from painloom.synthesis.next_test import best, rank_tests
from painloom.synthesis.observe import Observed
from painloom.synthesis.weigh import weigh

CARD = card(row("a", fact("a"), lr=(9.0, 0.1)), row("b", fact("b"), lr=(1.5, 0.8)), prior=0.4, low=0.3999, high=0.4001)


def tool(id_, cost=0.0, minutes=0.0, days=0.0):
    return ToolCard(id_, "r", id_.upper(), "examination", "guideline", "x", (), (fact(id_),), (), cost, minutes, days, "", "verified", ())


def chances(person, told=None):
    return {"m": weigh(CARD, person, WEIGHING).chance.value}


def ranked(choices, *tools, observed=None):
    return rank_tests(tools, observed or Observed(), choices, chances)


AIMED, BROAD = Choice("aimed", "Aimed", 40.0, 0.0, ("m",)), Choice("broad", "Broad", 20.0, 0.0, ())


def test_the_gain_is_that_of_exhaustive_enumeration():
    """P(m) = 0.4: aimed is worth 16, broad 20 of 100.  After a: 0.4 * 9 / (0.4 * 9 + 0.6) = 0.857 or 0.0625; presence has the chance
    that keeps the mean: 0.4247; so 0.4247 * 34.29 + 0.5753 * 20 - 20 = 6.07."""
    (found,) = ranked([AIMED, BROAD], tool("a"))
    p, up, down = 0.4, 6 / 7, 0.0625
    share = (p - down) / (up - down)

    assert found.gain == pytest.approx(share * 100 * 0.4 * up + (1 - share) * 20 - 20)
    assert [("present", "Aimed"), ("absent", "Broad")] == [(r.label, r.leads) for r in found.results]
    assert found.changes


def test_the_test_that_teaches_most_comes_first():
    assert ["a", "b"] == [t.id for t in ranked([AIMED, BROAD], tool("b"), tool("a"))]


@pytest.mark.parametrize("choices", [[BROAD], [AIMED], [], [Choice("x", "X", 50.0, 0.0, ()), AIMED]])
def test_where_no_result_would_change_the_choice_the_gain_is_nothing(choices):
    (found,) = ranked(choices, tool("a"))

    assert found.gain == pytest.approx(0, abs=1e-9)
    assert not found.changes


def test_what_is_known_is_not_asked_again():
    assert () == ranked([AIMED, BROAD], tool("a"), observed=Observed(facts={"a": "no"}))


def test_cost_burden_and_waiting_count_against_a_test():
    cheap, dear = (ranked([AIMED, BROAD], one)[0] for one in (tool("a"), tool("a", 500, 60, 30)))

    assert cheap.gain == dear.gain
    assert cheap.net == cheap.gain
    assert dear.net < cheap.net


def test_harm_counts_against_an_option_and_doing_nothing_is_worth_nothing():
    harmful = Choice("h", "H", 10.0, -15.0, ())

    assert (None, 0.0) == best([harmful], {})
    assert best([harmful, BROAD], {})[0] is BROAD


@given(
    st.lists(st.builds(Choice, st.just("c"), st.just("C"), st.floats(0, 100), st.floats(-50, 0), st.sampled_from([(), ("m",)])), max_size=5)
)
def test_knowing_more_never_costs_before_its_price(choices):
    for found in ranked(choices, tool("a"), tool("b")):
        assert found.gain >= 0
        assert sum(r.chance for r in found.results) == pytest.approx(1)
