"""Laws of change: an unknown narrows nothing, a stream that is gone leaves the rest valid, research changes no plan."""

import copy
from dataclasses import replace

import pytest
from invented_people import knowledge, person, without
from laws import DAY, STREAMS, bands, check, judged

from painloom.assess import assess
from painloom.knowledge.mechanism_cards import MechanismRow, Sought
from painloom.model.assessment import Assessment
from painloom.model.body import UNKNOWN, Fact
from painloom.model.case import DrugUse
from painloom.model.outlook import REFUSED


@pytest.mark.parametrize("seed", range(0, 300, 3))
def test_an_unknown_never_narrows_an_interval(seed):
    """Questions without an answer, a drug without a dose, an unknown diagnosis: no band gets narrower."""
    case = person(seed)
    known = {fact.id for fact in case.body.facts}
    unknown = tuple(Fact(row["id"], UNKNOWN) for row in knowledge().terms("facts") if row["id"] not in known)
    more = replace(case, body=replace(case.body, facts=(*case.body.facts, *unknown)))
    before, after = bands(judged(case)), bands(judged(more))

    for name in before.keys() & after.keys():
        assert after[name].high - after[name].low >= before[name].high - before[name].low - 1e-9, name


@pytest.mark.parametrize("seed", range(1, 300, 3))
def test_a_drug_that_nobody_knows_narrows_nothing_and_is_named(seed):
    case = person(seed)
    more = replace(case, drugs=(*case.drugs, DrugUse("nobodyknowsthis")))
    before, after = judged(case), judged(more)

    assert any("nobodyknowsthis" in warning for warning in after.warnings)
    for name, band in bands(before).items():
        own = bands(after)
        assert name not in own or own[name].high - own[name].low >= band.high - band.low - 1e-9


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("start", range(0, 200, 50))
def test_a_stream_that_is_gone_leaves_the_rest_valid(stream, start):
    for seed in range(start, start + 50):
        case = person(seed)
        whole, less = judged(case), judged(without(case, stream))
        check(less)
        assert dict(less.streams)[stream] is not None
        if stream in ("mind", "brain") and whole.outlook and less.outlook:
            assert refused(whole) >= refused(less), "no refusal comes from an absence"


def refused(found: Assessment) -> set[str]:
    return {o.treatment for o in found.outlook.outlooks if o.status == REFUSED} if found.outlook else set()


@pytest.mark.parametrize("seed", range(2, 200, 4))
def test_research_never_changes_a_plan(seed):
    """A research-level row with an enormous likelihood ratio for something found: shown in the ledger, the plan stays as it is."""
    case = person(seed)
    told_of = {fact.id for fact in case.body.facts}
    fresh = next(row["id"] for row in knowledge().terms("facts") if row["id"] not in told_of)
    told = replace(case, body=replace(case.body, facts=(*case.body.facts, Fact(fresh, "yes"))))
    row = MechanismRow(
        *("invented", "An invented marker", Sought("fact", fresh), "invented", 99.0, 0.1, 0.01, 0.1, None, None, 1.0),
        *("research", "verified", "painloom-own-choice", ""),
    )
    cards = copy.copy(knowledge())  # all that was read stays read
    cards.__dict__["mechanisms"] = {id_: replace(card, rows=(*card.rows, row)) for id_, card in knowledge().mechanisms.items()}
    after = assess(told, cards, DAY)

    assert judged(told).plan == after.plan
    if after.formulation:
        assert any(line.label == "An invented marker" for m in after.formulation.mechanisms for line in m.ledger)


def test_the_same_case_gives_the_same_plan():
    for seed in range(0, 100, 7):
        one, other = judged(person(seed)), judged(person(seed))
        assert (one.plan, one.outlook, one.formulation) == (other.plan, other.outlook, other.formulation)
