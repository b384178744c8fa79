"""Mechanisms: every finding's part, each construct once, capped by claim, and unknown never counts."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.knowledge.mechanism_cards import CriteriaLimit, MechanismCard, MechanismRow, Sought, Weighing
from painloom.model.quantity import Estimate
from painloom.synthesis.observe import Observed
from painloom.synthesis.weigh import statement, weigh

WEIGHING = Weighing({"guideline": 4.6, "replicated": 2.3, "single-study": 1.1, "research": 0.0}, 0.5)


def row(id_, sought, *, lr=(4.0, 0.25), construct="", claim="guideline", state="verified", spectrum=1.0, se=0.0):
    return MechanismRow(id_, id_, sought, construct or id_, lr[0], se, lr[1], se, None, None, spectrum, claim, state, "some-source", "")


def fact(id_):
    return Sought("fact", id_)


def card(*rows, prior=0.5, low=0.499999, high=0.500001, limits=()):
    return MechanismCard("m", "r", "Mechanism", "plain", "mechanism", "guideline", "x", (), prior, low, high, "verified", limits, rows, ())


def told(**facts):
    return Observed(facts=facts)


def chance(*rows, observed, **options):
    return weigh(card(*rows, **options), observed, WEIGHING).chance.value


def test_odds_are_multiplied():
    """Even odds, likelihood ratios 4 and 2: odds 8, chance 8/9."""
    rows = row("a", fact("a")), row("b", fact("b"), lr=(2.0, 0.5))

    assert chance(*rows, observed=told(a="yes", b="yes")) == pytest.approx(8 / 9)
    assert chance(*rows, observed=told(a="no", b="yes")) == pytest.approx((0.25 * 2) / (1 + 0.25 * 2))


@pytest.mark.parametrize("observed", [Observed(), told(a="unknown"), told(other="yes")])
def test_what_is_not_known_changes_nothing_and_has_no_line(observed):
    found = weigh(card(row("a", fact("a")), prior=0.3, low=0.1, high=0.6), observed, WEIGHING)

    assert () == found.ledger
    assert (found.chance.value, found.chance.low, found.chance.high) == pytest.approx((0.3, *band(0.3, 0.1, 0.6)))


def band(value, low, high):
    """A prior's band on the log odds is symmetric around its value."""
    logit = [math.log(p / (1 - p)) for p in (value, low, high)]
    half = (logit[2] - logit[1]) / 2
    return tuple(1 / (1 + math.exp(-logit[0] - sign * half)) for sign in (-1, 1))


def test_findings_of_one_construct_count_once_and_the_weaker_one_says_so():
    rows = row("strong", fact("a"), construct="screen"), row("weak", fact("b"), lr=(2.0, 0.5), construct="screen")
    found = weigh(card(*rows), told(a="yes", b="yes"), WEIGHING)

    assert found.chance.value == pytest.approx(0.8)
    assert {"strong": True, "weak": False} == {line.label: bool(line.weight) for line in found.ledger}
    assert "counts once with: strong" in next(line.why for line in found.ledger if line.label == "weak")


def test_findings_of_one_construct_that_disagree_both_count():
    rows = row("yes", fact("a"), construct="screen"), row("no", fact("b"), construct="screen")

    assert chance(*rows, observed=told(a="yes", b="no")) == pytest.approx(0.5)


@pytest.mark.parametrize(("claim", "most"), [("guideline", 4.6), ("replicated", 2.3), ("single-study", 1.1), ("research", 0.0)])
def test_the_claim_caps_what_a_finding_may_weigh(claim, most):
    found = weigh(card(row("a", fact("a"), lr=(1e6, 1e-6), claim=claim)), told(a="yes"), WEIGHING)

    assert found.ledger[0].weight == pytest.approx(most)
    assert found.ledger[0].log_lr == pytest.approx(math.log(1e6))


def test_a_row_to_verify_is_shown_and_weighs_nothing():
    found = weigh(card(row("a", fact("a"), state="to-verify")), told(a="yes"), WEIGHING)

    assert found.chance.value == pytest.approx(0.5)
    assert (0.0, "to verify: shown, weighs nothing") == (found.ledger[0].weight, found.ledger[0].why)


def test_another_spectrum_halves_the_logarithm():
    assert chance(row("a", fact("a"), spectrum=0.5), observed=told(a="yes")) == pytest.approx(2 / 3)


@pytest.mark.parametrize(("value", "present"), [(3.0, False), (4.0, True), (9.0, True)])
def test_a_score_counts_from_its_threshold(value, present):
    rows = (row("a", Sought("score", "screen.total", low=4.0)),)
    observed = Observed(scores={"screen.total": Estimate(value, "points")})

    assert (chance(*rows, observed=observed) > 0.5) == present


def test_a_kind_of_pain_that_the_record_does_not_name_is_unknown_not_absent():
    rows = (row("a", Sought("diagnosis", "sciatica")),)

    assert chance(*rows, observed=Observed(kinds=frozenset(("gout",)))) == pytest.approx(0.5)
    assert chance(*rows, observed=Observed(kinds=frozenset(("sciatica",)))) == pytest.approx(0.8)


LIMITS = (CriteriaLimit("grading", "unlikely", 0.0, 0.15, "s"), CriteriaLimit("grading", "definite", 0.9, 1.0, "s"))


@pytest.mark.parametrize(("grade", "value"), [("unlikely", 0.15), ("definite", 0.9), ("possible", 0.5)])
def test_criteria_hold_the_chance(grade, value):
    found = weigh(card(limits=LIMITS), Observed(grades={"grading": grade}), WEIGHING)

    assert found.chance.value == pytest.approx(value)
    assert bool(found.capped) == (grade != "possible")
    assert found.chance.low <= found.chance.value <= found.chance.high
    assert grade == "possible" or found.chance.low < found.chance.high


def test_criteria_to_verify_hold_nothing():
    observed = Observed(grades={"grading": "definite"}, doubtful=frozenset(("grading",)))

    assert weigh(card(limits=LIMITS), observed, WEIGHING).chance.value == pytest.approx(0.5)


def test_a_limit_holds_for_its_kinds_of_pain_only():
    limit = replace(LIMITS[1], unless_kinds=("central",))
    observed = Observed(grades={"grading": "definite"}, kinds=frozenset(("central",)))

    assert weigh(card(limits=(limit,)), observed, WEIGHING).chance.value == pytest.approx(0.5)


answers = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["yes", "no", "unknown"]), max_size=4)
ROWS = tuple(row(id_, fact(id_), lr=lr, se=0.4) for id_, lr in zip("abcd", [(3, 0.5), (0.5, 1.4), (9, 0.2), (1.2, 0.9)], strict=True))


@given(answers)
def test_adding_an_unknown_never_narrows_and_order_is_no_matter(facts):
    known = {id_: value for id_, value in facts.items() if value != "unknown"}
    options = {"prior": 0.3, "low": 0.1, "high": 0.6}
    full, bare = (weigh(card(*ROWS, **options), Observed(facts=f), WEIGHING).chance for f in (facts, known))
    turned = weigh(card(*reversed(ROWS), **options), Observed(facts=facts), WEIGHING).chance

    assert full == bare
    assert (full.value, full.low, full.high) == pytest.approx((turned.value, turned.low, turned.high))
    assert 0 < full.low <= full.value <= full.high < 1


def test_the_statement_names_what_is_likely_and_says_mixed():
    likely = weigh(card(prior=0.8, low=0.7, high=0.9), Observed(), WEIGHING)
    not_likely = weigh(card(prior=0.2, low=0.1, high=0.3), Observed(), WEIGHING)

    assert "No mechanism" in statement([not_likely])
    assert "mechanism is more likely than not." == statement([likely, not_likely])
    assert statement([likely, replace(likely, label="Other")]).startswith("Mixed pain: mechanism and other are")


def test_the_statement_says_when_criteria_alone_made_a_mechanism_likely():
    raised = weigh(card(prior=0.3, low=0.1, high=0.6, limits=LIMITS), Observed(grades={"grading": "definite"}), WEIGHING)
    found = weigh(card(prior=0.95, low=0.92, high=0.97, limits=LIMITS), Observed(grades={"grading": "definite"}), WEIGHING)

    assert statement([raised]).startswith("mechanism (by the grade of clinical criteria) is more likely")
    assert statement([found]).startswith("mechanism is more likely")


def test_a_finding_that_is_as_common_with_it_as_without_it_says_so():
    line = weigh(card(row("a", fact("a"), lr=(2.0, 1.0))), told(a="no"), WEIGHING).ledger[0]

    assert (0.0, "neither", "found as often with it as without it") == (line.weight, line.direction, line.why)
