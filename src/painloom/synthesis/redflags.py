"""Red flags of one person: raised, watched, absent, or not asked about; never traded off against a score."""

from collections.abc import Iterable, Mapping

from painloom.knowledge.redflags import CONTEXT, STRONG, WEAK, FindingRule, RedFlagCard
from painloom.model.body import NO, UNKNOWN, YES, Fact
from painloom.model.quantity import Estimate
from painloom.model.redflag import FLAG_STATES, NOT_ASKED, NOT_PRESENT, PRESENT, URGENCY, WATCH, FlagFinding, RedFlag
from painloom.synthesis.grade import latest, outcome_of


def raise_flags(
    cards: Iterable[RedFlagCard],
    facts: Iterable[Fact],
    *,
    age_years: int | None = None,
    scores: Mapping[str, Estimate] | None = None,
) -> tuple[RedFlag, ...]:
    """Every flag with its state: raised ones first, the most urgent first, then by id.

    present : a strong finding, or `combined` counted findings of which one at least is weak.
    watch : a weak finding, too few to raise the flag.
    not-asked : neither, and some finding has no answer.
    not-present : every finding was answered, and none but a context speaks for it.

    Of several values of one fact the latest counts; yes and no of one date count as yes.  `scores` maps "instrument.scale" or
    "instrument.alert:<name>" to an estimate; `age_years` None leaves findings about age unanswered.
    """
    known = latest(facts, conflict=YES)
    flags = (_flag(card, known, age_years, scores or {}) for card in cards)
    return tuple(sorted(flags, key=lambda f: (FLAG_STATES.index(f.state), URGENCY.index(f.within), f.id)))


def _flag(card: RedFlagCard, facts: Mapping[str, str], age: int | None, scores: Mapping[str, Estimate]) -> RedFlag:
    answered = [(rule, _finding(rule, facts, age, scores)) for rule in card.findings]
    found = [(rule, finding) for rule, finding in answered if finding.value == YES]
    strong = [finding for rule, finding in found if rule.strength == STRONG]
    weak = [finding for rule, finding in found if rule.strength == WEAK]
    together = [finding for rule, finding in found if rule.strength in (WEAK, CONTEXT) and rule.counts]
    enough = bool(card.combined) and len(together) >= card.combined and any(f.strength == WEAK for f in together)
    open_ = tuple(finding for _, finding in answered if finding.value == UNKNOWN)
    if strong or enough:
        state = PRESENT
    elif weak:
        state = WATCH
    else:
        state = NOT_ASKED if open_ else NOT_PRESENT
    raising = [*strong, *(together if enough else ())]
    return RedFlag(
        id=card.id,
        label=card.label,
        state=state,
        act=card.act,
        within=min((f.within for f in raising), key=URGENCY.index, default=card.within),
        found=tuple(finding for _, finding in found),
        not_asked=open_,
        claim=card.claim,
        knowledge_state=card.state,
        card=(card.id, card.release),
        sources=card.sources,
        notes=card.notes,
    )


def _finding(rule: FindingRule, facts: Mapping[str, str], age: int | None, scores: Mapping[str, Estimate]) -> FlagFinding:
    if rule.fact:
        value, basis = facts.get(rule.fact, UNKNOWN), f"fact: {rule.fact}"
    elif rule.scale:
        value, basis = outcome_of(scores.get(rule.scale), rule.outcome), f"score: {rule.scale}"
    else:
        value, basis = _by_age(rule, age), "age"
    if value == NO and not rule.rules_out:
        value = UNKNOWN
    return FlagFinding(rule.id, rule.label, value, rule.strength, rule.within, basis if value != UNKNOWN else "")


def _by_age(rule: FindingRule, age: int | None) -> str:
    if age is None:
        return UNKNOWN
    old_enough = rule.age_from is None or age >= rule.age_from
    return YES if old_enough and (rule.age_below is None or age < rule.age_below) else NO
