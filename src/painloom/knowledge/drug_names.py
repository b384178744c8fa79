"""Drug names as people write them -> drug cards: synonyms, salts, doses, combinations."""

import re
from collections.abc import Iterable

from painloom.knowledge.cards import DrugCard
from painloom.knowledge.load import Knowledge, fold

JOINTS = re.compile(r"\s*[/+&,;]\s*|\s+(?:with|and|plus)\s+")
DOSE = re.compile(r"[\d.,/%]+[a-zµ%]*")


def find_drugs(knowledge: Knowledge, names: Iterable[str]) -> tuple[tuple[DrugCard, ...], tuple[str, ...]]:
    """The cards of the names (each once, in order), and the names or parts of names that no card has.

    A combination gives every component; a component without a card is listed as unknown, never dropped.
    """
    found: dict[str, DrugCard] = {}
    unknown: list[str] = []
    for name in names:
        cards, parts = find_drug(knowledge, name)
        found.update({card.id: card for card in cards})
        unknown += parts
    return tuple(found.values()), tuple(dict.fromkeys(unknown))


def find_drug(knowledge: Knowledge, written: str) -> tuple[list[DrugCard], list[str]]:
    """Every drug in one written entry, and what of it is not known.

    Behind a name only a salt, a dose, a form or the like may stand (terms/drug_words.tsv): any other word may be another drug, so the
    entry is then unknown rather than half understood.
    """
    whole = _single(knowledge, written)
    if whole is not None:
        return whole
    cards: list[DrugCard] = []
    unknown: list[str] = []
    parts = [part for part in JOINTS.split(written.strip()) if part.strip()]
    for part in parts:
        own = _single(knowledge, part)
        if own is not None:
            cards += own[0]
            unknown += own[1]
        elif not (cards and _is_plain(knowledge, fold(part).split())):
            unknown.append(part if len(parts) > 1 else written)
    return cards, unknown


def _single(knowledge: Knowledge, text: str) -> tuple[list[DrugCard], list[str]] | None:
    """The drug of a name, or the drugs of a combination product; None when it has no card or holds another word."""
    words = fold(text.split("(")[0]).split()
    for end in range(len(words), 0, -1):
        name = " ".join(words[:end])
        if not _is_plain(knowledge, words[end:]):
            continue
        if name in knowledge.combinations:
            parts = knowledge.combinations[name]
            known = [knowledge.drugs[id_] for id_ in parts if id_ in knowledge.drugs]
            return known, [f"{id_} (in {name})" for id_ in parts if id_ not in knowledge.drugs]
        if name in knowledge.drug_names:
            return [knowledge.drugs[knowledge.drug_names[name]]], []
    return None


def _is_plain(knowledge: Knowledge, words: Iterable[str]) -> bool:
    return all(word in knowledge.drug_words or DOSE.fullmatch(word) for word in words)
