"""Laws of the plan over ten thousand invented people: it never contradicts itself, whatever the case."""

import copy
from dataclasses import replace

import pytest
from people import knowledge, person, without

from painloom.assess import assess
from painloom.body.candidates import Candidates, candidate_use
from painloom.body.formulary import formulary_of
from painloom.knowledge.mechanism_cards import MechanismRow, Sought
from painloom.model.assessment import Assessment
from painloom.model.body import UNKNOWN, Fact
from painloom.model.case import Case, DrugUse
from painloom.model.outlook import REFUSED, Band
from painloom.model.plan import ACTIONS, ASK, BEGIN, CHANGE, KEEP, REFER, SAFETY, STOP, WHENS, Plan

DAY = "2026-11-23"
PEOPLE, BLOCK = 10_000, 250
SERIOUS = ("contraindicated", "severe", "major")
STREAMS = ("genome", "mind", "body", "brain")


def judged(case: Case) -> Assessment:
    return assess(case, knowledge(), DAY)


def check(found: Assessment) -> None:
    """Everything that holds of any plan."""
    plan = found.plan
    if plan is None:
        assert not found.case.drugs
        assert not found.case.answers
        return
    _in_order(plan)
    _keeps_its_refusals(found, plan)
    _combines_nothing_dangerous(found, plan)
    _speaks_of_every_drug_once(found, plan)
    _has_bands_in_order(found)
    _traces_every_step(found, plan)


def _in_order(plan: Plan) -> None:
    assert [step.order for step in plan.steps] == list(range(1, len(plan.steps) + 1))
    assert [WHENS.index(step.when) for step in plan.steps] == sorted(WHENS.index(step.when) for step in plan.steps)
    assert {step.action for step in plan.steps} <= set(ACTIONS)
    if any(step.action == REFER and step.role == SAFETY for step in plan.steps):
        routine = [step for step in plan.steps if step.action in (BEGIN, ASK) and step.when == "now" and step.role != SAFETY]
        assert not routine, "the routine waits for what is urgent"


def _keeps_its_refusals(found: Assessment, plan: Plan) -> None:
    refused = {o.treatment for o in found.outlook.outlooks if o.status == REFUSED} if found.outlook else set()
    begun = {step.treatment for step in plan.steps if step.action == BEGIN and step.treatment}
    assert not begun & refused
    assert not {option.treatment for option in plan.options if option.is_chosen} & refused
    assert {r.treatment for r in plan.refusals} <= refused


def _combines_nothing_dangerous(found: Assessment, plan: Plan) -> None:
    """All that is taken and all that is begun together: no serious warning names a drug that the plan begins beside another."""
    begun = {drug for step in plan.steps if step.action == BEGIN for drug in step.drugs}
    candidates = Candidates(found.case, formulary_of(knowledge()))
    assert not begun & candidates.drugs, "what is taken already is not begun"
    treatments = {step.treatment: step.drugs for step in plan.steps if step.action == BEGIN and step.drugs}
    uses = {
        drug: candidate_use(knowledge().drugs[drug].name, knowledge().treatments[t].route) for t, own in treatments.items() for drug in own
    }
    rows = candidates.rows(uses) if uses else ()
    bad = [row for row in rows if row.severity in SERIOUS and len(set(row.drugs)) > 1 and set(row.drugs) & begun]
    assert not bad
    slots = [
        option.slot for option in plan.options if option.is_chosen and option.why_not != "taken now" and option.treatment in treatments
    ]
    assert slots.count("drug") <= 1, "one new drug at a time"


def _speaks_of_every_drug_once(found: Assessment, plan: Plan) -> None:
    """Every drug of the list that a card knows is kept, changed or stopped, by exactly one step."""
    own = [drug for step in plan.steps if step.action in (KEEP, CHANGE, STOP) for drug in step.drugs]
    assert len(own) == len(set(own))
    assert set(own) == set(Candidates(found.case, formulary_of(knowledge())).drugs)
    for step in plan.steps:
        if step.action == STOP:
            assert step.taper, "nothing is stopped without saying how"
            assert step.taper.text


def _has_bands_in_order(found: Assessment) -> None:
    for band in bands(found).values():
        assert band.low <= band.value <= band.high


def _traces_every_step(found: Assessment, plan: Plan) -> None:
    """Every recommendation leads to a finding and to a card or a source."""
    for step in plan.steps:
        if step.action in (BEGIN, STOP, CHANGE, REFER, ASK):
            assert step.reasons, step.label
            assert all(reason.finding for reason in step.reasons)
            assert all(reason.card or reason.source for reason in step.reasons)
    assert all(option.is_chosen or option.why_not for option in plan.options)


def bands(found: Assessment) -> dict[str, Band]:
    """Every interval of an assessment by what it is of."""
    own: dict[str, Band] = {}
    for one in found.formulation.mechanisms if found.formulation else ():
        own[f"mechanism {one.id}"] = one.chance
    for o in found.outlook.outlooks if found.outlook else ():
        parts = {"benefit": o.benefit, "response": o.response, "harm": o.harm, "points": o.points}
        own |= {f"{o.treatment} {o.condition} {name}": band for name, band in parts.items() if band is not None}
    for option in found.plan.options if found.plan else ():
        own[f"utility {option.treatment}"] = option.utility
    return own


@pytest.mark.parametrize("start", range(0, PEOPLE, BLOCK))
def test_no_plan_contradicts_itself(start):
    for seed in range(start, start + BLOCK):
        try:
            check(judged(person(seed)))
        except AssertionError as wrong:
            raise AssertionError(f"person {seed}") from wrong


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
