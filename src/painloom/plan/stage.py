"""Which options enter the plan, and when: one of each slot, nothing that does not go together, at most one new drug at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from painloom.knowledge.load import Knowledge
from painloom.model.medication import SafetyRow
from painloom.model.plan import LATER, NEXT, NOW
from painloom.plan.current import SERIOUS, Decision, options_of
from painloom.plan.dose import dose_card
from painloom.plan.rank import BODY, CHANGE, LEARN, LIFE, MIND, PROGRAMME, SLEEP, STIMULATION, Ranked, is_worth, leader_of
from painloom.plan.situation import Situation
from painloom.plan.taper import taper_of
from painloom.plan.worth import DRUG, PROCEDURE

ORDER = (LEARN, BODY, LIFE, SLEEP, MIND, DRUG, PROGRAMME, PROCEDURE, STIMULATION)
WAITING = (PROGRAMME, PROCEDURE, STIMULATION)
THERAPIES = (SLEEP, MIND)  # one of them at a time
AIMED = (SLEEP, MIND, LIFE, PROGRAMME)  # nobody is sent there for pain that is young, or without anything found that they aim at
FIRST_LINES = 2
VERIFIED = "verified"


@dataclass(frozen=True)
class Staged:
    """An option of the plan: when it is begun, what it waits for, and what could stand in its place."""

    ranked: Ranked
    drug: str
    when: str
    depends: str
    tied: tuple[Ranked, ...]
    then: tuple[Ranked, ...] = ()


@dataclass(frozen=True)
class Stage:
    """The options that enter, and every option with why it did not."""

    staged: tuple[Staged, ...]
    options: tuple[Ranked, ...]


def stage(ranked: Sequence[Ranked], decisions: Sequence[Decision], situation: Situation, knowledge: Knowledge) -> Stage:
    """Choose for each slot in turn; what is chosen keeps out what does not go with it."""
    begun: dict[str, str] = {}  # beside all that is taken: it still is while it is tapered
    judged = [_able(one, decisions, situation) for one in ranked]
    staged: list[Staged] = []
    kept = taken_options(decisions, ranked)
    for slot in ORDER:
        beside = [*kept, *(one.ranked for one in staged)]
        mine = [_apart(one, beside, begun, situation) for one in judged if one.slot == slot]
        judged = [next((new for new in mine if new.id == old.id), old) for old in judged]
        named, tied = leader_of(mine)
        if named is None:
            continue
        drug = _drug(named, situation, knowledge, begun)
        begun |= {drug: named.worth.card.route} if drug else {}
        when, depends = _when(named, decisions, knowledge, judged)
        then = () if slot != DRUG else tuple(one for one in mine if one is not named and not one.why_not and one.utility.value > 0)
        staged.append(Staged(named, drug, when, depends, tied, then))
    staged = _one_therapy_at_a_time(staged)
    chosen = {one.ranked.id for one in staged}
    options = tuple(_left(one, chosen) for one in judged)
    return Stage(tuple(staged), options)


def _one_therapy_at_a_time(staged: list[Staged]) -> list[Staged]:
    """Of two therapies that ask for a person's whole attention the more useful one comes first."""
    mine = sorted((one for one in staged if one.ranked.slot in THERAPIES and one.when == NOW), key=lambda one: -one.ranked.utility.value)
    waiting = {one.ranked.id for one in mine[1:]}
    first = mine[0].ranked.label if mine else ""
    return [
        replace(one, when=NEXT, depends=f"once {first} is under way: one therapy at a time") if one.ranked.id in waiting else one
        for one in staged
    ]


def _able(one: Ranked, decisions: Sequence[Decision], situation: Situation) -> Ranked:
    """An option that is taken already, was stopped before, or is a way of stopping is not begun."""
    if one.why_not:
        return one
    if one.slot in AIMED and not one.aims_at and (situation.is_young or not one.first):
        return replace(one, why_not="nothing was found that it aims at")
    if one.slot in (PROGRAMME, STIMULATION) and situation.is_young:
        return replace(one, why_not="the pain is too young for it")
    if situation.missing and one.worth.card.drugs:
        return replace(one, why_not=f"first to be known: {'; '.join(situation.missing)}")
    if one.slot == CHANGE:
        return replace(one, why_not="it is a way of changing what is taken; the steps on drugs say how")
    drugs = set(one.worth.card.drugs)
    taken = [d for d in decisions if d.taken.drug in drugs]
    if taken:
        return replace(one, why_not="taken now")
    if drugs and drugs <= situation.stopped:
        return replace(one, why_not="taken before and stopped: ask why before it is tried again")
    return one


def _apart(one: Ranked, beside: Iterable[Ranked], begun: Mapping[str, str], situation: Situation) -> Ranked:
    """An option that does not go with what is kept, chosen or taken stays out, with the reason; so does one of which no drug is left."""
    if one.why_not:
        return one
    for other in beside:
        text = forbids(one, other) or forbids(other, one)
        if text:
            return replace(one, why_not=f"not together with {other.label}: {text}")
    card, open_ = one.worth.card, open_drugs(one, situation)
    if card.drugs and not open_:
        return replace(one, why_not="each of its drugs is refused, or was taken before and stopped")
    rows = [clashes(drug, card.route, begun, situation) for drug in open_]
    if rows and all(rows):
        return replace(one, why_not=f"with what is taken or begun: {rows[0][0].message}")
    return one


def open_drugs(one: Ranked, situation: Situation) -> list[str]:
    """The drugs of a treatment that nothing forbids and that were not stopped before, in the order of its card."""
    barred = situation.barred.get(one.id, {})
    return [drug for drug in one.worth.card.drugs if drug not in barred and drug not in situation.stopped]


def forbids(one: Ranked, other: Ranked) -> str:
    """Why the card of one option keeps the other out, "" where it does not."""
    return next((r.text for r in one.worth.card.not_with if r.state == VERIFIED and other.id in r.treatments), "")


def clashes(drug: str, route: str, begun: Mapping[str, str], situation: Situation) -> tuple[SafetyRow, ...]:
    """Serious warnings that name a drug together with another one that is taken or begun, once it is begun by this route."""
    rows = situation.clash({**begun, drug: route})
    return tuple(row for row in rows if drug in row.drugs and len(set(row.drugs)) > 1 and row.severity in SERIOUS)


def _drug(one: Ranked, situation: Situation, knowledge: Knowledge, begun: Mapping[str, str]) -> str:
    """The drug of a treatment that is begun: the first of its card that nothing forbids and that clashes with nothing."""
    card = one.worth.card
    able = [drug for drug in open_drugs(one, situation) if not clashes(drug, card.route, begun, situation)]
    with_dose = [drug for drug in able if dose_card(drug, one.id, knowledge.doses) is not None]
    return next(iter(with_dose or able), "")


def _when(one: Ranked, decisions: Sequence[Decision], knowledge: Knowledge, ranked: Sequence[Ranked]) -> tuple[str, str]:
    """Now, next or later, and what it waits for; a drug that is kept for another kind of pain is nothing to wait for."""
    if one.slot in WAITING or one.line > FIRST_LINES + 1:
        return LATER, "if the steps before it have not brought 30 % less pain after an adequate trial"
    if one.slot != DRUG:
        return NOW, ""
    moving = [d for d in decisions if d.action in ("stop", "change") and d.taken.is_pain and not d.is_guarded]
    changing = [d for d in moving if taper_of(d.taken, knowledge.tapers).must]
    if changing:
        names = " and ".join(d.taken.label.lower() for d in changing)
        return NEXT, f"once the change of {names} has settled: one change of drugs at a time"
    part = {drug for option in ranked if option.relevance > 0 for drug in option.worth.card.drugs}
    listed = {drug for card in knowledge.treatments.values() for drug in card.drugs}
    kept = [
        d
        for d in decisions
        if d.taken.is_pain and (d.action == "keep" or d.is_guarded) and (d.taken.drug in part or d.taken.drug not in listed)
    ]
    if kept:
        return NEXT, f"if {kept[0].taken.label.lower()} has not helped enough"
    if one.line > FIRST_LINES:
        return NEXT, "if the steps that ask less have not brought 30 % less pain"
    return NOW, ""


def _left(one: Ranked, chosen: set[str]) -> Ranked:
    if one.id in chosen or one.why_not:
        return one
    if one.utility.value <= 0:
        return replace(one, why_not="its expected harm and burden weigh as much as what it adds, or more")
    if not is_worth(one):
        return replace(one, why_not="it asks much, and its band reaches below nothing")
    return replace(one, why_not="another option of its kind is named first; it may follow")


def first_choice_text(one: Ranked) -> str:
    """Who puts the option first, "" where nobody does."""
    return "; ".join(dict.fromkeys(choice.body for choice in one.first))


def taken_options(decisions: Iterable[Decision], ranked: Sequence[Ranked]) -> list[Ranked]:
    """The treatment of each drug that the plan goes on with, as its step names it."""
    by_id = {one.id: one for one in ranked}
    own = (options_of(d.taken.drug, by_id) for d in decisions if d.action == "keep")
    return [options[0] for options in own if options]
