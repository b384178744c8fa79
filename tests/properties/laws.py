"""Laws of the plan: what holds of any person's plan, whatever the case."""

from invented_people import knowledge, person

from painloom.assess import assess
from painloom.body.candidates import Candidates, candidate_use
from painloom.body.formulary import formulary_of
from painloom.model.assessment import Assessment
from painloom.model.case import Case
from painloom.model.outlook import REFUSED, Band
from painloom.model.plan import ACTIONS, ASK, BEGIN, CHANGE, KEEP, REFER, SAFETY, STOP, WHENS, Plan

DAY = "2026-11-23"
BLOCK = 250
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


def check_all(start: int, count: int) -> None:
    """Every law for `count` invented people from a seed on; a broken one names the person."""
    for seed in range(start, start + count):
        try:
            check(judged(person(seed)))
        except AssertionError as wrong:
            raise AssertionError(f"person {seed}") from wrong
