"""The genotype under today's drugs: an inhibitor scales the activity score, where the field agrees on a factor."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from painloom.genome.reading import KEY_BY_SCORE
from painloom.genome.score import Bands, Score, parse_score, scaled_term
from painloom.knowledge.cards import Body, DrugCard, GeneCard
from painloom.model.assessment import Interaction
from painloom.model.genecall import Diplotype, Reading

UNCHANGED = 1.0


@dataclass(frozen=True, slots=True)
class Block:
    """What today's drugs do to one enzyme: `factors` are the multipliers that sources give for the strongest drug, lowest first."""

    factors: tuple[float, ...]
    drugs: tuple[str, ...]


def interactions(drugs: Iterable[DrugCard]) -> tuple[Interaction, ...]:
    """Every effect of the current drugs on an enzyme, in the order of the drugs."""
    return tuple(
        Interaction(drug.id, act.enzyme, act.role, act.strength, act.multiplier, act.text, act.state, act.sources)
        for drug in drugs
        for act in drug.acts_on
    )


def blocks(drugs: Iterable[DrugCard]) -> dict[str, Block]:
    """Enzyme -> the strongest inhibitor among `drugs`.

    Several inhibitors do not add up: the strongest decides.  Effects without an agreed factor, weak ones (factor 1) and those
    still to verify change nothing here; they are shown as interactions.
    """
    found: dict[str, Block] = {}
    for drug in drugs:
        for act in drug.acts_on:
            factors = tuple(sorted(act.multiplier))
            if act.role != "inhibitor" or act.state == "to-verify" or not factors or factors[0] >= UNCHANGED:
                continue
            known = found.get(act.enzyme)
            if known is None or factors < known.factors:
                found[act.enzyme] = Block(factors, (drug.id,))
            elif factors == known.factors:
                found[act.enzyme] = Block(factors, (*known.drugs, drug.id))
    return found


def flags(drugs: Iterable[DrugCard], genes: Collection[str]) -> tuple[str, ...]:
    """What the current drugs do to enzymes of `genes` where no conversion is agreed: said, and nothing is adjusted for it."""
    return tuple(
        f"{drug.label[:1].upper()}{drug.label[1:]} is a {act.strength} {act.role} of {act.enzyme}"
        + (" (strength to verify)" if act.state == "to-verify" else "")
        + ": no conversion is agreed, the phenotype stays."
        for drug in drugs
        for act in drug.acts_on
        if act.enzyme in genes and (not act.multiplier or act.state == "to-verify")
    )


def without(drugs: Iterable[DrugCard], name: str) -> tuple[DrugCard, ...]:
    """The other drugs: guidance on a drug already reckons with what that drug does to its own enzyme."""
    return tuple(drug for drug in drugs if drug.id != name)


def adjusted(card: GeneCard, diplotype: Diplotype, factor: float) -> Diplotype:
    """The diplotype as it acts under an inhibitor: scores times `factor`, phenotype by the band; readings without a score stay."""
    bodies = {body.name: body for body in card.bodies}
    return replace(diplotype, readings=tuple(_adjust(bodies[r.body], r, factor) for r in diplotype.readings))


def _adjust(body: Body, reading: Reading, factor: float) -> Reading:
    score = parse_score(reading.activity_score)
    if score is None or not body.bands or factor == UNCHANGED:
        return reading
    changed = score.times(factor)
    phenotype = scaled_term(changed, body.bands)
    key = str(changed) if body.key == KEY_BY_SCORE else body.keys.get(phenotype, phenotype)
    return replace(reading, phenotype=phenotype, activity_score=str(changed), key=key)


def nearest_key(key: str, domain: Iterable[str], bands: Bands) -> str | None:
    """The published score nearest to `key` among those of the same phenotype; ties go to the lower one; None when there is none.

    Halving a score gives values such as 0.625 that no table lists.
    """
    wanted = parse_score(key)
    if wanted is None:
        return None
    term = scaled_term(wanted, bands)
    known = [
        (abs(s.value - wanted.value), s.value, text)
        for text in domain
        if (s := parse_score(text)) is not None and s.open_end == wanted.open_end and scaled_term(s, bands) == term
    ]
    return min(known)[2] if known else None


def score_range(scores: Iterable[Score]) -> str:
    """`0.5`, or `0.0-0.5` where sources differ."""
    texts = list(dict.fromkeys(str(s) for s in scores))
    return "-".join(texts)
