"""Kinds of pain for which there is evidence, from files; the form is that of the kinds a neuromodulation card may name."""

from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.tables import Fields, read_toml
from painloom.knowledge.target_cards import IndicationCard
from painloom.knowledge.targets import read_indications
from painloom.model.finding import CLAIMS

KIND = "conditions"


def read_conditions(path: Path) -> IndicationCard:
    """The card of kinds of pain with `<id>.words.tsv` and `<id>.codes.tsv` beside it.

    Raises
    ------
    KnowledgeError : another kind of card, a claim or state outside its closed list, an id that stands twice or is not on the card,
        a kind that is its own parent, a fallback that says something of the pain.
    """
    fields = Fields(read_toml(path), path.name)
    if fields.text("kind") != KIND:
        raise KnowledgeError(f"{path.name}: kind '{fields.text('kind')}' is not {KIND}")
    if fields.text("claim") not in CLAIMS:
        raise KnowledgeError(f"{path.name}: claim is not one of {', '.join(CLAIMS)}")
    card = read_indications(fields, path)
    fallback = card.indications[card.fallback]
    if fallback.parents or not fallback.generic:
        raise KnowledgeError(f"{path.name}: the fallback '{card.fallback}' must be generic and have no parents")
    return card
