"""How a drug is begun for one person: start, step and ceiling, held down by age, organs and genes; what was not measured is said."""

import re
from collections.abc import Iterable, Mapping

from painloom.knowledge.plan_cards import DoseCard
from painloom.model.advice import Advice
from painloom.model.plan import Dose
from painloom.plan.situation import Cap, Situation

VERIFIED = "verified"
REDUCE, INCREASE = "reduce", "increase"
GUIDELINE, NO_TIER = "guideline", "research"
MG = "mg"
DAILY = (MG, "patch", "sprays")  # units that count by the day
SENTENCE = re.compile(r"(?<=[.;])\s+")
DIGIT = re.compile(r"\d")


def dose_card(drug: str, treatment: str, cards: Mapping[str, DoseCard]) -> DoseCard | None:
    """The card of a drug for a treatment: one that names the treatment, else the drug's own; None where there is neither."""
    own = (card for card in cards.values() if card.drug == drug and treatment in card.treatments)
    general = cards.get(drug)
    return next(own, general if general is not None and not general.treatments else None)


def dose_of(card: DoseCard, situation: Situation) -> Dose:
    """The dose of one drug; amounts a day in the card's unit, None where the card has none.

    The lowest ceiling wins; a share by genes lowers start, target and ceiling alike.  What is still to verify is named and lowers nothing.
    """
    start, most, said, state = card.start, card.most, list[str](), card.state
    unchecked = list(situation.unchecked.get(card.drug, ()))
    for limit in card.limits:
        holds = situation.holds(limit.when)
        if holds is None:
            unchecked.append(situation.asked(limit.when))
        elif holds and limit.state == VERIFIED:
            start, most = _lower(start, limit.start), _lower(most, limit.most)
            said.append(limit.text)
        elif holds:
            said.append(f"{limit.text} (to verify)")
    for cap in situation.caps.get(card.drug, ()) if card.unit == MG else ():
        if cap.state == VERIFIED:
            most = _lower(most, cap.most)
        said.append(_capped(cap))
    factor, words = _by_genes(situation.advice.get(card.drug, ()))
    said += words
    if factor < 1:
        start, most = (None if value is None else value * factor for value in (start, most))
    target = _target(card, factor, most)
    start = _lower(start, most) if most is not None and start is not None else start
    step = _step(card, start, most)
    return Dose(
        unit=card.unit,
        start=start,
        step=step,
        ceiling=most,
        every_days=card.every_days,
        text=card.text if (start, most) == (card.start, card.most) else _lowered(card, start, step, most),
        limited_by=tuple(dict.fromkeys(said)),
        state=state,
        sources=card.sources,
        drug=card.drug,
        label=card.label,
        times=card.times,
        target=target,
        unchecked=tuple(dict.fromkeys(unchecked)),
    )


def _lower(one: float | None, other: float | None) -> float | None:
    return one if other is None else other if one is None else min(one, other)


def _step(card: DoseCard, start: float | None, most: float | None) -> float | None:
    """How much is added at a time: never more than is left below the ceiling, and no more than a start that had to be lowered."""
    step = card.step
    if step is None or start is None:
        return step
    if card.start is not None and start < card.start:
        step = min(step, start)
    left = step if most is None else min(step, most - start)
    return left if left > 0 else None


def _lowered(card: DoseCard, start: float | None, step: float | None, most: float | None) -> str:
    """The sentence of a dose that had to be held down: the numbers that hold here, and what the card says without a number."""
    unit = f"{card.unit} a day" if card.unit in DAILY else card.unit
    parts = [
        f"begin with {start:g} {unit}" if start is not None else "",
        f"raise by {step:g} {card.unit} every {card.every_days:g} days" if step is not None and card.every_days else "",
        f"at most {most:g} {unit}" if most is not None else "",
    ]
    numbers = ", ".join(part for part in parts if part)
    rest = [sentence for sentence in SENTENCE.split(card.text) if not DIGIT.search(sentence)]
    return " ".join(([f"Held down here: {numbers}."] if numbers else []) + rest)


def _capped(cap: Cap) -> str:
    mark = "" if cap.state == VERIFIED else " (to verify)"
    return f"{cap.text} ({cap.because}){mark}"


def _by_genes(advice: Iterable[Advice]) -> tuple[float, list[str]]:
    """The lowest share of the usual dose that a guideline names for every reading, and what the guidelines say."""
    factor, said = 1.0, []
    for one in advice:
        if one.claim != GUIDELINE or one.statement.tier == NO_TIER or one.statement.action not in (REDUCE, INCREASE):
            continue
        said.append(f"{one.body}: {one.statement.summary}{'' if one.invariant is not False else ' (not settled: other readings differ)'}")
        if one.statement.action == REDUCE and one.statement.factor and one.invariant is not False:
            factor = min(factor, one.statement.factor)
    return factor, said


def _target(card: DoseCard, factor: float, most: float | None) -> tuple[float, float] | None:
    if card.target_low is None or card.target_high is None:
        return None
    low, high = card.target_low * min(factor, 1.0), card.target_high * min(factor, 1.0)
    return (low, high) if most is None else (min(low, most), min(high, most))
