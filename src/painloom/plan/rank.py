"""Options in order: where each competes, what the bands cannot tell apart, and which of those is named first and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from painloom.knowledge.evidence_cards import TreatmentCard
from painloom.knowledge.plan_cards import FirstChoice
from painloom.model.choice import Chances
from painloom.model.formulation import Driver
from painloom.model.outlook import Band
from painloom.plan.worth import DRUG, OF_MODALITY, PROCEDURE, Worth

SLEEP, MIND, BODY, LEARN, LIFE = "sleep", "psychological", "physical", "education", "lifestyle"
PROGRAMME, STIMULATION, CHANGE = "programme", "neuromodulation", "change"
SLOTS = (DRUG, SLEEP, MIND, BODY, LIFE, LEARN, PROGRAMME, PROCEDURE, STIMULATION, CHANGE)
GRADES = ("high", "moderate", "low", "very-low")
NEAR = 5.0  # people of 100: of options that cannot be told apart only those as near to the best may be named first
LEAST_RELEVANT = 0.2  # below this chance of every mechanism it works on a treatment has no part in the plan
VERIFIED = "verified"
LIGHT, MUCH, LAST_LINE = 2, 3, 9
Kinds = Mapping[str, tuple[str, ...]]  # kind of pain -> itself and every wider one


@dataclass(frozen=True)
class Ranked:
    """One option: where it competes, its utility, and why it cannot be in the plan ("" = it can)."""

    worth: Worth
    slot: str
    utility: Band
    relevance: float
    aims_at: tuple[str, ...]
    first: tuple[FirstChoice, ...]
    against: tuple[FirstChoice, ...]
    why_not: str = ""

    @property
    def id(self) -> str:
        """The treatment."""
        return self.worth.card.id

    @property
    def label(self) -> str:
        """Its printed name."""
        return self.worth.outlook.label

    @property
    def line(self) -> int:
        """1 (anybody can begin it) to 5 (an operation); LAST_LINE where no card says."""
        return self.worth.card.course.line if self.worth.card.course else LAST_LINE


def rank(
    found: Mapping[str, Worth], chances: Chances, drivers: Iterable[Driver], aims: Mapping[str, tuple[str, ...]], kinds: Kinds
) -> list[Ranked]:
    """Every option, the most useful first.

    Parameters
    ----------
    aims : driver id -> treatments that aim at it.
    kinds : the person's kinds of pain, each with itself and every wider one: guidelines speak of these.
    """
    present = {driver.id: driver for driver in drivers}
    ranked = [_ranked(worth, chances, present, aims, kinds) for worth in found.values()]
    return sorted(ranked, key=lambda r: (-r.utility.value, r.id))


def _ranked(worth: Worth, chances: Chances, present: Mapping[str, Driver], aims: Mapping[str, tuple[str, ...]], kinds: Kinds) -> Ranked:
    card = worth.card
    aimed = tuple(id_ for id_ in present if card.id in aims.get(id_, ()))
    first, against = guidance_of(card, kinds)
    relevance = worth.choice.relevance(chances)
    why_not = ""
    if against and not first:
        why_not = f"{against[0].body}: {against[0].text}"
    elif relevance < LEAST_RELEVANT and not aimed:
        why_not = "none of the mechanisms it works on is likely here"
    elif worth.benefit is None and not aimed and worth.fixed <= 0:
        why_not = "no usable number on pain, and nothing found that it aims at"
    return Ranked(worth, _slot(card, aimed, present), worth.utility(chances), relevance, aimed, first, against, why_not)


def guidance_of(card: TreatmentCard, kinds: Kinds) -> tuple[tuple[FirstChoice, ...], tuple[FirstChoice, ...]]:
    """Guidelines that put a treatment first for this person's kinds of pain, and those that ask not to offer it.

    What speaks of a narrower kind outweighs what speaks of a wider one.
    """
    told = [one for one in card.first_choices if one.condition in kinds and one.state == VERIFIED]

    def outweighed(one: FirstChoice) -> bool:
        return any(o.against != one.against and o.condition != one.condition and one.condition in kinds[o.condition] for o in told)

    kept = [one for one in told if not outweighed(one)]
    return tuple(one for one in kept if not one.against), tuple(one for one in kept if one.against)


def _slot(card: TreatmentCard, aimed: Iterable[str], present: Mapping[str, Driver]) -> str:
    """Where it competes: a therapy that aims at sleep has a place of its own, else the modality decides."""
    if any(present[id_].kind == SLEEP for id_ in aimed) and card.modality not in OF_MODALITY:
        return SLEEP
    if card.modality == PROGRAMME and card.course is not None and card.course.line <= LIGHT:
        return LIFE
    return OF_MODALITY.get(card.modality, card.modality)


def overlap(one: Band, other: Band) -> bool:
    """Whether two bands share a value."""
    return one.low <= other.high and other.low <= one.high


def leader_of(options: Iterable[Ranked]) -> tuple[Ranked | None, tuple[Ranked, ...]]:
    """The option that is named, and those whose bands overlap its own.

    Of those that cannot be told apart from the most useful one, and are near it, the plan names the one that aims at something found,
    that a guideline puts first, that asks least, whose evidence is surest.
    """
    able = [one for one in options if not one.why_not and is_worth(one)]
    if not able:
        return None, ()
    best = max(able, key=lambda r: (r.utility.value, r.id))
    near = [one for one in able if overlap(one.utility, best.utility) and one.utility.value >= best.utility.value - NEAR]
    named = min(near, key=_preferred)
    return named, tuple(one for one in able if one is not named and overlap(one.utility, named.utility))


def is_worth(one: Ranked) -> bool:
    """Whether an option is worth beginning: it aims at something found, or it is expected to do more good than harm.

    What asks much of a person (from the third line on) needs more: a band that lies above nothing, or a guideline that puts it first.
    """
    if one.aims_at:
        return True
    return one.utility.value > 0 and (one.line < MUCH or one.utility.low >= 0 or bool(one.first))


def _preferred(one: Ranked) -> tuple[bool, bool, int, int, float, str]:
    grade = one.worth.outlook.grade
    sure = GRADES.index(grade) if grade in GRADES else len(GRADES)
    return not one.aims_at, not one.first, one.line, sure, -one.utility.value, one.id
