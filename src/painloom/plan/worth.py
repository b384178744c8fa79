"""What an option is worth to one person, in people of 100 who are better off: its effect on pain and what else the person wants."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist

from painloom.knowledge.evidence_cards import TreatmentCard
from painloom.knowledge.load import Knowledge
from painloom.model.choice import Chances, Choice
from painloom.model.outlook import NO_EVIDENCE, PREDICTED, TO_CHECK, Band, Outlook
from painloom.plan.wishes import Weights

PAIN, EFFORT, COST, HARM = "pain", "effort", "cost", "harm"
DRUG, PROCEDURE = "drug", "procedure"
OF_MODALITY = {"drug": DRUG, "topical": DRUG, "injection": PROCEDURE}  # of the rest the modality is the slot
CHECKED = ("verified", "computed")
HUNDRED = 100.0
SHORT = ("attack", "hours", "days")  # what was measured so soon says nothing about weeks
NORMAL = NormalDist()


@dataclass(frozen=True)
class Worth:
    """One treatment as an option.

    `benefit` is what it adds against pain under the person's weight, None where no number is known; `parts` are the other domains with
    their share, `below` and `above` how far the sum of the parts may lie off, in people of 100.  `mechanisms` are those of the formulation
    that it works on.
    """

    outlook: Outlook
    card: TreatmentCard
    benefit: Band | None
    parts: tuple[tuple[str, float], ...]
    below: float
    above: float
    mechanisms: tuple[str, ...] = ()

    @property
    def fixed(self) -> float:
        """All that does not depend on mechanisms."""
        return math.fsum(value for _, value in self.parts)

    @property
    def choice(self) -> Choice:
        """The option as the next best test sees it."""
        return Choice(
            self.card.id,
            self.outlook.label,
            self.benefit.value if self.benefit else 0.0,
            self.fixed,
            self.mechanisms,
            OF_MODALITY.get(self.card.modality, self.card.modality),
        )

    def utility(self, chances: Chances) -> Band:
        """The expected utility with its band: the bands of its parts are taken as independent."""
        choice = self.choice
        value, relevance = choice.utility(chances), choice.relevance(chances)
        benefit = self.benefit or Band(0.0, 0.0, 0.0)
        low = math.hypot(relevance * (benefit.value - benefit.low), self.below)
        high = math.hypot(relevance * (benefit.high - benefit.value), self.above)
        return Band(value, value - low, value + high)


def worths(outlooks: Iterable[Outlook], knowledge: Knowledge, weights: Weights) -> dict[str, Worth]:
    """Every treatment once, for the kind of pain where it is worth most; refused and not offered ones are no options."""
    found: dict[str, Worth] = {}
    for one in outlooks:
        if one.status not in (PREDICTED, NO_EVIDENCE, TO_CHECK) or one.treatment not in knowledge.treatments:
            continue
        worth = worth_of(one, knowledge.treatments[one.treatment], weights, knowledge)
        known = found.get(one.treatment)
        if known is None or _rank(worth) > _rank(known):
            found[one.treatment] = worth
    return found


def _rank(worth: Worth) -> tuple[bool, float]:
    return worth.benefit is not None, worth.benefit.value if worth.benefit else 0.0


def worth_of(one: Outlook, card: TreatmentCard, weights: Weights, knowledge: Knowledge) -> Worth:
    """One treatment; facts that are still to verify weigh nothing."""
    book, price = knowledge.wishes, knowledge.prices.rows.get(card.id)
    weight = weights.of(PAIN) * HUNDRED
    kinds = set(knowledge.conditions.family(one.condition)) if one.condition else set()
    benefit = _scaled(one.benefit or _of_points(one, knowledge), weight)
    parts: dict[str, float] = {}
    below, above = [0.0], [0.0]
    for serve in card.serves:
        if serve.state in CHECKED and (not serve.conditions or set(serve.conditions) & kinds):
            share = weights.of(serve.domain) * HUNDRED
            parts[serve.domain] = parts.get(serve.domain, 0.0) + share * serve.added
            below.append(share * (serve.added - serve.low))
            above.append(share * (serve.high - serve.added))
    if one.harm is not None:
        share = -book.harm * HUNDRED
        parts[HARM] = share * one.harm.value
        below.append(-share * (one.harm.high - one.harm.value))
        above.append(-share * (one.harm.value - one.harm.low))
    course = card.course
    if course is not None and course.hours and course.state in CHECKED:
        parts[EFFORT] = -weights.of(EFFORT) * course.hours / book.hours
    if price is not None and price.state in CHECKED:
        parts[COST] = -weights.of(COST) * (price.low + price.high) / 2 / book.money
    shown = tuple((domain, value) for domain, value in parts.items() if value)
    return Worth(one, card, benefit, shown, math.hypot(*below), math.hypot(*above), works_on(card, knowledge))


def _scaled(band: Band | None, weight: float) -> Band | None:
    return None if band is None else Band(weight * band.value, weight * band.low, weight * band.high)


def _of_points(one: Outlook, knowledge: Knowledge) -> Band | None:
    """A mean difference as a share of people, where no rate of the control arm is known: by the declared share that is better off
    without treatment."""
    if one.points is None or one.horizon in SHORT:
        return None
    control, sd = knowledge.wishes.control, knowledge.evidence.conventions.sd_points
    start = NORMAL.inv_cdf(control)
    return Band(*(NORMAL.cdf(start + points / sd) - control for points in (one.points.value, one.points.low, one.points.high)))


def works_on(card: TreatmentCard, knowledge: Knowledge) -> tuple[str, ...]:
    """The mechanisms of the formulation that a treatment works on: those it names, and every narrower one."""
    kinds = knowledge.conditions
    return tuple(
        id_
        for id_ in knowledge.mechanisms
        if id_ in card.mechanisms or (id_ in kinds.indications and set(kinds.family(id_)) & set(card.mechanisms))
    )
