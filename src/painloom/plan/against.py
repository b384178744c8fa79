"""What speaks against a treatment that is no drug: refusals and cautions by its own card; what is to verify refuses nothing."""

from collections.abc import Iterable

from painloom.knowledge.evidence_cards import TreatmentCard
from painloom.knowledge.plan_cards import Contraindication
from painloom.model.outlook import Refusal
from painloom.plan.situation import Situation

VERIFIED = "verified"
CONTRAINDICATED, KIND = "contraindicated", "contraindication"


def refusals_by_card(card: TreatmentCard, situation: Situation) -> tuple[Refusal, ...]:
    """Why the treatment must not be begun, by contraindications of its card."""
    return tuple(
        Refusal(card.id, one.text, CONTRAINDICATED, KIND, ", ".join(one.sources), f"treatments/{card.id}")
        for one in card.contraindications
        if one.refuses and one.state == VERIFIED and _present(one, situation)
    )


def cautions_by_card(card: TreatmentCard, situation: Situation) -> tuple[str, ...]:
    """What is to weigh before it is begun, and what nobody asked that would forbid it."""
    present = [one for one in card.contraindications if _present(one, situation) and not (one.refuses and one.state == VERIFIED)]
    said = [f"caution: {one.text}{'' if one.state == VERIFIED else ' (to verify)'}" for one in present]
    open_ = [one for one in card.contraindications if one.refuses and one.when is not None and situation.holds(one.when) is None]
    asked = list(dict.fromkeys(situation.asked(one.when) for one in open_ if one.when is not None))
    return tuple(dict.fromkeys([*said, *_ask(asked)]))


def _ask(names: list[str]) -> Iterable[str]:
    if names:
        yield f"ask first: {', '.join(names)}"


def _present(one: Contraindication, situation: Situation) -> bool:
    if one.when is not None:
        return situation.holds(one.when) is True
    return bool(set(one.taking) & situation.groups)
