"""Which options enter the plan, and when: one of each slot, nothing that does not go together, at most one new drug at a time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from painloom.knowledge.load import Knowledge
from painloom.model.medication import SafetyRow
from painloom.model.plan import LATER, NEXT, NOW
from painloom.plan.current import SERIOUS, Decision, options_of
from painloom.plan.rank import BODY, CHANGE, LEARN, MIND, PROGRAMME, SLEEP, STIMULATION, Ranked, leader_of
from painloom.plan.situation import Situation
from painloom.plan.worth import DRUG, PROCEDURE

ORDER = (LEARN, BODY, SLEEP, MIND, DRUG, PROGRAMME, PROCEDURE, STIMULATION)
WAITING = (PROGRAMME, PROCEDURE, STIMULATION)
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
    kept = frozenset(d.taken.drug for d in decisions)  # all that is taken still is while it is tapered
    judged = [_able(one, decisions, situation) for one in ranked]
    staged: list[Staged] = []
    for slot in ORDER:
        mine = [_apart(one, staged, kept, situation) for one in judged if one.slot == slot]
        judged = [next((new for new in mine if new.id == old.id), old) for old in judged]
        named, tied = leader_of(mine)
        if named is None:
            continue
        drug = _drug(named, situation, knowledge, kept)
        when, depends = _when(named, decisions, staged)
        then = () if slot != DRUG else tuple(one for one in mine if one is not named and not one.why_not and one.utility.value > 0)
        staged.append(Staged(named, drug, when, depends, tied, then))
    chosen = {one.ranked.id for one in staged}
    options = tuple(_left(one, chosen) for one in judged)
    return Stage(tuple(staged), options)


def _able(one: Ranked, decisions: Sequence[Decision], situation: Situation) -> Ranked:
    """An option that is taken already, was stopped before, or is a way of stopping is not begun."""
    if one.why_not:
        return one
    if one.slot == CHANGE:
        return replace(one, why_not="it is a way of changing what is taken; the steps on drugs say how")
    drugs = set(one.worth.card.drugs)
    taken = [d for d in decisions if d.taken.drug in drugs]
    if taken and drugs <= {d.taken.drug for d in taken}:
        return replace(one, why_not="taken now")
    if drugs and drugs <= situation.stopped | {d.taken.drug for d in taken}:
        return replace(one, why_not="taken before and stopped: ask why before it is tried again")
    return one


def _apart(one: Ranked, staged: Iterable[Staged], kept: frozenset[str], situation: Situation) -> Ranked:
    """An option that does not go with what is chosen or taken stays out, with the reason."""
    if one.why_not:
        return one
    for other in staged:
        text = forbids(one, other.ranked) or forbids(other.ranked, one)
        if text:
            return replace(one, why_not=f"not together with {other.ranked.label}: {text}")
    drugs = one.worth.card.drugs
    if drugs and all(clashes(drug, kept, situation.clash) for drug in drugs):
        rows = clashes(drugs[0], kept, situation.clash)
        return replace(one, why_not=f"with what is taken now: {rows[0].message}")
    return one


def forbids(one: Ranked, other: Ranked) -> str:
    """Why the card of one option keeps the other out, "" where it does not."""
    return next((r.text for r in one.worth.card.not_with if r.state == VERIFIED and other.id in r.treatments), "")


def clashes(drug: str, kept: frozenset[str], clash: Callable[[frozenset[str]], tuple[SafetyRow, ...]]) -> tuple[SafetyRow, ...]:
    """Serious warnings that name a drug together with another one of the list, once it is begun."""
    rows = clash(kept | {drug})
    return tuple(row for row in rows if drug in row.drugs and len(set(row.drugs)) > 1 and row.severity in SERIOUS)


def _drug(one: Ranked, situation: Situation, knowledge: Knowledge, kept: frozenset[str]) -> str:
    """The drug of a treatment that is begun: the first of its card that nothing forbids and that clashes with nothing."""
    barred = situation.barred.get(one.id, {})
    able = [d for d in one.worth.card.drugs if d not in barred and d not in situation.stopped and not clashes(d, kept, situation.clash)]
    with_dose = [d for d in able if d in knowledge.doses]
    return next(iter(with_dose or able), "")


def _when(one: Ranked, decisions: Sequence[Decision], staged: Iterable[Staged]) -> tuple[str, str]:
    """Now, next or later, and what it waits for."""
    if one.slot in WAITING or one.line > FIRST_LINES + 1:
        return LATER, "if the steps before it have not brought 30 % less pain after an adequate trial"
    if one.slot != DRUG:
        return NOW, ""
    changing = [d for d in decisions if d.action in ("stop", "change") and d.taken.is_pain]
    if changing:
        names = " and ".join(d.taken.label.lower() for d in changing)
        return NEXT, f"once the change of {names} has settled: one change of drugs at a time"
    kept = [d for d in decisions if d.taken.is_pain and d.action == "keep"]
    if kept:
        return NEXT, f"if {kept[0].taken.label.lower()} at an adequate dose has not brought 30 % less pain"
    if one.line > FIRST_LINES:
        return NEXT, "if the steps that ask less have not brought 30 % less pain"
    return NOW, ""


def _left(one: Ranked, chosen: set[str]) -> Ranked:
    if one.id in chosen or one.why_not:
        return one
    if one.utility.value <= 0:
        return replace(one, why_not="its expected harm and burden weigh as much as what it adds, or more")
    return replace(one, why_not="another option of its kind is named first; it may follow")


def first_choice_text(one: Ranked) -> str:
    """Who puts the option first, "" where nobody does."""
    return "; ".join(dict.fromkeys(choice.body for choice in one.first))


def taken_options(decisions: Iterable[Decision], ranked: Mapping[str, Ranked]) -> frozenset[str]:
    """Treatments of the drugs that the plan goes on with."""
    return frozenset(one.id for d in decisions if d.action == "keep" for one in options_of(d.taken.drug, ranked))
