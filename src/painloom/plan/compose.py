"""The plan of one person: what is urgent, what to do with the drugs taken now, what to begin and when, when to look again."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from painloom.knowledge.load import Knowledge
from painloom.model.choice import Choice
from painloom.model.formulation import Driver
from painloom.model.outlook import REFUSED, Outlook, Refusal
from painloom.model.plan import BEGIN, CHANGE, KEEP, NEXT, NOW, SAFETY, STOP, WHENS, Option, Plan, Step
from painloom.plan.checks import schedule
from painloom.plan.current import Decision, decide
from painloom.plan.rank import Ranked, is_worth, overlap, rank
from painloom.plan.situation import Situation
from painloom.plan.stage import Stage, stage
from painloom.plan.steps import begin_step, beside_steps, decision_step, missing_step, nothing_step, others_step, test_step, urgent_steps
from painloom.plan.taper import taper_of
from painloom.plan.wishes import Weights, understand
from painloom.plan.worth import worths

HELD = "after the urgent steps"
VERBS = {STOP: "stop", CHANGE: "change", BEGIN: "begin"}
NAMED = 3
LIKELY = 0.5  # from here on a mechanism is a kind of pain of which guidelines speak
ABSTAINS = "Where bands overlap the plan cannot tell options apart: it names one, says why, and lists the others."


def make_plan(situation: Situation, knowledge: Knowledge) -> Plan:
    """The whole plan; steps are numbered in the order in which they are to be done.

    Nothing that is refused is begun, nothing serious is combined, drugs change one at a time; what was left out says why.
    """
    formulation, outlook = situation.formulation, situation.outlook
    drivers = formulation.drivers if formulation else ()
    weights = understand(situation.wishes, drivers, knowledge.wishes)
    chances = {m.id: m.chance.value for m in formulation.mechanisms} if formulation else {}
    outlooks = outlook.outlooks if outlook else ()
    aims = {id_: card.helps for id_, card in knowledge.drivers.items()}
    family = knowledge.conditions.family
    named = [one.condition for one in outlooks if one.condition]
    likely = [m for m, chance in chances.items() if chance >= LIKELY and m in knowledge.conditions.indications]
    kinds = {kind: family(kind) for one in (*named, *likely) for kind in family(one)}
    ranked = rank(worths(outlooks, knowledge, weights), chances, drivers, aims, kinds)
    by_id = {one.id: one for one in ranked}
    decisions = decide(situation, by_id, knowledge)
    staged = stage(ranked, decisions, situation, knowledge)
    urgent, gone = urgent_steps(situation), frozenset(d.taken.drug for d in decisions if d.action == STOP)
    routine = [
        *missing_step(situation),
        *beside_steps(situation, knowledge),
        *_of_drugs(decisions, knowledge, by_id, situation),
        *_asked(situation),
        *(begin_step(one, situation, knowledge, gone) for one in staged.staged),
    ]
    begun = any(step.action == BEGIN and step.role != SAFETY for step in routine)
    if situation.outlook is not None and not situation.missing and not begun:
        routine.append(nothing_step(situation))
    steps = numbered([*urgent, *(_held(step) if urgent else step for step in routine)])
    driver_scales = [d.finding.removeprefix("score:") for d in drivers]
    return Plan(
        steps=steps,
        options=_options(staged, steps),
        refusals=_refusals(situation),
        wishes=weights.by_domain,
        abstains=ABSTAINS if any(step.alternatives for step in steps if step.action == BEGIN) else "",
        warnings=_warnings(situation, weights),
        follow_up=schedule(situation, knowledge.followup, driver_scales) if steps else (),
        unread=weights.unread,
        statement=statement(steps),
    )


def _asked(situation: Situation) -> list[Step]:
    """The next best test, where a result could change the plan."""
    found = situation.formulation
    return [test_step(test) for test in found.tests[:1] if not found.no_test] if found else []


def _haste(one: Decision) -> tuple[bool, bool, bool]:
    """Sorts first what is urgent; of that first what is lowered to an amount that the organs bear, which goes faster than stopping."""
    return not one.urgent, one.amount is None, one.action != STOP


def _of_drugs(decisions: Iterable[Decision], knowledge: Knowledge, by_id: dict[str, Ranked], situation: Situation) -> list[Step]:
    """Drugs to stop or change, the urgent first; of two that are not urgent the second waits; then what goes on."""
    moving = sorted((d for d in decisions if d.action in (STOP, CHANGE)), key=_haste)
    steps = []
    for number, one in enumerate(moving):
        slow = [d for d in moving[:number] if _is_slow(d, knowledge) and not one.taken.joined]
        mine = _is_slow(one, knowledge)
        apart = f"after the first step of {slow[0].taken.label}: never two first steps in one week" if slow and mine else ""
        waits = f"after {one.waits}" if one.waits else apart
        when = NOW if number == 0 or one.taken.joined or (one.urgent and not one.waits) else NEXT
        if when == NEXT and not waits:
            waits = f"once the change of {moving[0].taken.label} has settled: one change of drugs at a time"
        steps.append(replace(decision_step(one, when, knowledge, by_id, situation), depends=waits))
    kept = [one for one in decisions if one.action == KEEP]
    own = [decision_step(one, NOW, knowledge, by_id, situation) for one in kept if one.taken.is_pain]
    return [*steps, *own, *others_step([one for one in kept if not one.taken.is_pain])]


def _is_slow(one: Decision, knowledge: Knowledge) -> bool:
    """Whether the amount is lowered in steps."""
    return not one.is_guarded and taper_of(one.taken, knowledge.tapers).must


def _held(step: Step) -> Step:
    """A routine step waits while something urgent stands; what makes the drug list safe does not."""
    waits = step.when == NOW and step.action != KEEP and step.role != SAFETY
    return replace(step, when=NEXT, depends="; ".join(part for part in (HELD, step.depends) if part)) if waits else step


def numbered(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Steps by when, otherwise as they come; what only goes on stands last of its time."""
    ordered = sorted(steps, key=lambda s: (WHENS.index(s.when), s.action == KEEP))
    return tuple(replace(step, order=number) for number, step in enumerate(ordered, 1))


def _options(staged: Stage, steps: Sequence[Step]) -> tuple[Option, ...]:
    chosen = {one.ranked.id for one in staged.staged}
    kept = {step.treatment for step in steps if step.action == KEEP}
    best = {one.ranked.slot: one.ranked for one in staged.staged}
    return tuple(
        Option(
            treatment=one.id,
            label=one.label,
            modality=one.worth.outlook.modality,
            utility=one.utility,
            is_tied=one.slot in best
            and one.id != best[one.slot].id
            and not one.why_not.startswith("none")
            and overlap(one.utility, best[one.slot].utility),
            parts=_parts(one),
            slot=one.slot,
            is_chosen=one.id in chosen or one.id in kept,
            why_not="" if one.id in chosen else one.why_not,
            condition=one.worth.outlook.condition,
            grade=one.worth.outlook.grade,
        )
        for one in staged.options
    )


def _parts(one: Ranked) -> tuple[tuple[str, float], ...]:
    """People of 100 by domain; what it does against pain is counted as far as a mechanism that it works on plays a part."""
    benefit = one.worth.benefit
    pain = (("pain", benefit.value * one.relevance),) if benefit is not None else ()
    return (*pain, *one.worth.parts)


def _refusals(situation: Situation) -> tuple[Refusal, ...]:
    """Every refusal once, in the order of the outlook."""
    outlooks = situation.outlook.outlooks if situation.outlook else ()
    return tuple(dict.fromkeys(refusal for one in outlooks if one.status == REFUSED for refusal in one.refusals))


def _warnings(situation: Situation, weights: Weights) -> tuple[str, ...]:
    found = [f"not understood as a wish, so nothing was weighed for it: '{wish}'" for wish in weights.unread]
    return tuple(dict.fromkeys([*found, *(situation.outlook.warnings if situation.outlook else ())]))


def statement(steps: Sequence[Step]) -> str:
    """What to do first, in a sentence."""
    said = []
    for action, verb in VERBS.items():
        names = [step.label for step in steps if step.action == action and step.when != "later"]
        if names:
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            said.append(f"{verb} {', '.join(names[:NAMED])}{more}")
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def choices_for(
    outlooks: Sequence[Outlook], wishes: Sequence[str], knowledge: Knowledge, *, unsafe: bool = False
) -> Callable[[Sequence[Driver]], Sequence[Choice]]:
    """The options of the decision at hand, given what keeps the pain going: those that the plan could begin.

    Parameters
    ----------
    unsafe : nothing is recorded without which no drug may be begun.
    """
    family = knowledge.conditions.family
    kinds = {kind: family(kind) for one in outlooks if one.condition for kind in family(one.condition)}
    aims = {id_: card.helps for id_, card in knowledge.drivers.items()}

    def choices(drivers: Sequence[Driver]) -> Sequence[Choice]:
        found = worths(outlooks, knowledge, understand(wishes, drivers, knowledge.wishes))
        sure = dict.fromkeys(knowledge.mechanisms, 1.0)
        able = [one for one in rank(found, sure, drivers, aims, kinds) if not one.why_not and is_worth(one)]
        return tuple(one.worth.choice for one in able if not (unsafe and one.worth.card.drugs))

    return choices
