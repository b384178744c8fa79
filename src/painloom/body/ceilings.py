"""The most of a drug that organ function allows, as rules say it, for a drug that is taken or would be begun."""

from collections.abc import Iterable
from dataclasses import dataclass

from painloom.body.formulary import TO_VERIFY, VERIFIED
from painloom.body.matching import DrugsTaken
from painloom.body.person import Known
from painloom.body.wording import number
from painloom.knowledge.rule_cards import RuleCard, When

SINGLE = 1


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The largest amount a day in mg while the person's value holds, None = do not use; `because` names the value."""

    most: float | None
    text: str
    because: str
    state: str
    sources: tuple[str, ...]


def ceilings_of(drug: str, drugs: DrugsTaken, known: Known, rules: Iterable[RuleCard]) -> tuple[tuple[Ceiling, ...], tuple[str, ...]]:
    """Ceilings that hold for one drug of the list, and names of what was not measured and could set one.

    Only rules about this drug alone: what holds for it beside another is a warning of the list, no ceiling of its own.
    """
    found: list[Ceiling] = []
    unknown: dict[str, None] = {}
    for card in rules:
        if not card.ceilings or len(card.parts) != SINGLE or card.unless_drugs:
            continue
        state = drugs.filling(card.parts[0]).get(drug)
        if state is None or any(known.holds(one) for one in card.unless) or any(known.holds(one) is False for one in card.when):
            continue
        proven = state == VERIFIED and card.state == VERIFIED and all(known.holds(one) for one in card.when)
        for one in card.ceilings:
            holds = known.holds(When(one.measure, one.low, one.below, "", ""))
            reading = known.reading(one.measure)
            if holds is None:
                unknown[known.label(one.measure)] = None
            elif holds and reading is not None:
                because = f"{known.label(one.measure)} {number(reading.value)}{f', {reading.note}' if reading.note else ''}"
                found.append(Ceiling(one.most, one.text, because, VERIFIED if proven else TO_VERIFY, card.sources))
    return tuple(found), tuple(unknown)
