"""The one place where the brain stream takes its marker cards from the knowledge."""

from dataclasses import replace
from pathlib import Path

from painloom.brain.place import own_cohort
from painloom.errors import InputError
from painloom.intake.scores import read_scores
from painloom.knowledge.load import Knowledge
from painloom.knowledge.marker_cards import Cohort, MarkerCard
from painloom.knowledge.markers import read_marker


def marker_ids(knowledge: Knowledge) -> tuple[str, ...]:
    """Ids of all marker cards, ours and the clinic's."""
    return tuple(knowledge.files("markers"))


def marker_card(knowledge: Knowledge, id_: str) -> MarkerCard:
    """One marker card, read alone; a clinic's own says so in its release.  KeyError when there is none."""
    path = knowledge.files("markers")[id_]
    card = read_marker(path)
    own = knowledge.overlay is not None and path.is_relative_to(knowledge.overlay)
    return replace(card, release=f"{card.release} (own card)") if own else card


def cohort_named(card: MarkerCard, written: str) -> Cohort:
    """The cohort of the card with this id, else the table at this path."""
    for cohort in card.cohorts:
        if cohort.id == written:
            return cohort
    path = Path(written)
    if not path.is_file():
        known = ", ".join(c.id for c in card.cohorts) or "none"
        raise InputError(f"{path.name}: not found as a file of scores, and no cohort of {card.id}; its cohorts: {known}")
    return own_cohort(read_scores(path, card.id))
