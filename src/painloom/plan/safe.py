"""Refusals: what must not be begun for this person, with the reason; they come before any prediction or ranking."""

from collections.abc import Iterable, Iterator, Mapping

from painloom.knowledge.evidence_cards import TreatmentCard
from painloom.knowledge.rule_cards import RuleCard
from painloom.model.advice import Advice
from painloom.model.medication import SafetyRow
from painloom.model.outlook import Refusal
from painloom.model.target import REFUSED, Target

RULE_PLACE = "rules/"
VERIFIED = "verified"
ALLERGY = "an allergy or intolerance is recorded"
GRAVE = ("contraindicated", "severe", "major")
ACT, AVOID, SWITCH = "act", "avoid", "switch"
LESSER = ("reduce", "increase", "monitor", "standard", "test")


def refusals_of_drug(rows: Iterable[SafetyRow], rules: Mapping[str, RuleCard], advice: Iterable[Advice]) -> tuple[Refusal, ...]:
    """Why one drug must not be begun; empty when nothing forbids it.  A rule that is still to verify refuses nothing."""
    found: dict[Refusal, None] = {}
    for row in rows:
        card = rules.get(row.card.removeprefix(RULE_PLACE)) if row.card.startswith(RULE_PLACE) else None
        if card is not None and card.refuses and row.state == VERIFIED:
            found[Refusal("", row.message, row.severity, row.kind, row.source, row.card)] = None
    found |= dict.fromkeys(_by_genes(tuple(advice)))
    return tuple(found)


def _by_genes(advice: tuple[Advice, ...]) -> Iterator[Refusal]:
    """Guidelines that say no: every reading of the genome must lead there, and no other body may find a lesser step enough."""
    firm = [a for a in advice if a.statement.tier == ACT and a.claim == "guideline"]
    against = [a for a in firm if a.statement.action in (AVOID, SWITCH) and a.invariant is not False]
    if any(a.statement.action in LESSER for a in firm):
        return
    for one in against:
        found = ", ".join(one.phenotypes)
        yield Refusal("", f"{one.body}: {one.statement.summary} ({found})", one.statement.action, "genome", one.source, one.card[0])


def refusals_of_allergy(texts: Iterable[str]) -> tuple[Refusal, ...]:
    """Why a drug that the person did not bear must not be begun; `texts` are the entries of the record that name it."""
    return tuple(Refusal("", f"{ALLERGY}: {text}", "contraindicated", "allergy", "the person's record") for text in dict.fromkeys(texts))


def refusals_of(
    card: TreatmentCard, by_drug: Mapping[str, tuple[Refusal, ...]], labels: Mapping[str, str], targets: Iterable[Target]
) -> tuple[tuple[Refusal, ...], tuple[str, ...]]:
    """Refusals of a treatment, and notes on drugs of a group that are refused while others are not.

    A group of drugs is refused when each of its drugs is.  Stimulation is refused when the safety gate refuses every target of it.
    """
    if card.drugs:
        refused = [drug for drug in card.drugs if by_drug.get(drug)]
        reasons = tuple(dict.fromkeys(_named(card.id, r) for drug in refused for r in by_drug[drug]))
        if len(refused) == len(card.drugs):
            return reasons, ()
        return (), tuple(f"not {labels.get(drug, drug)}: {by_drug[drug][0].reason}" for drug in refused)
    own = [target for target in targets if target.card[0].split("/")[-1] in card.targets]
    if own and all(target.status == REFUSED for target in own):
        barred = [pair for target in own for pair in _reasons(target)]
        return tuple(dict.fromkeys(Refusal(card.id, text, "contraindicated", "stimulation", source) for text, source in barred)), ()
    return (), ()


def cautions_of(rows: Mapping[str, Iterable[SafetyRow]], by_drug: Mapping[str, tuple[Refusal, ...]]) -> tuple[str, ...]:
    """Grave warnings on drugs of a treatment that refuse nothing: said beside what is predicted."""
    said = (row for drug, found in rows.items() if not by_drug.get(drug) for row in found if row.severity in GRAVE)
    return tuple(dict.fromkeys(f"caution: {row.message}{'' if row.state == VERIFIED else ' (to verify)'}" for row in said))


def _reasons(target: Target) -> Iterator[tuple[str, str]]:
    for reason in target.safety:
        if reason.level == REFUSED:
            yield reason.text, ", ".join(reason.sources)


def _named(treatment: str, refusal: Refusal) -> Refusal:
    return Refusal(treatment, refusal.reason, refusal.severity, refusal.kind, refusal.source, refusal.card)
