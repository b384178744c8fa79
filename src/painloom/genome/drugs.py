"""Drug names as people write them -> drug cards."""

from collections.abc import Iterable, Mapping

from painloom.knowledge.cards import DrugCard
from painloom.knowledge.load import Knowledge, fold


def find_drugs(knowledge: Knowledge, names: Iterable[str]) -> tuple[tuple[DrugCard, ...], tuple[str, ...]]:
    """The cards of the names (each once, in order), and the names that no card has."""
    found: dict[str, DrugCard] = {}
    unknown = []
    for name in names:
        card = find_drug(knowledge.drugs, knowledge.drug_names, name)
        if card is None:
            unknown.append(name)
        else:
            found[card.id] = card
    return tuple(found.values()), tuple(dict.fromkeys(unknown))


def find_drug(drugs: Mapping[str, DrugCard], names: Mapping[str, str], written: str) -> DrugCard | None:
    """The card whose name or synonym was written, apart from case, hyphens, a dose or a salt behind it; None when there is none."""
    words = fold(written).split()
    for end in range(len(words), 0, -1):
        if " ".join(words[:end]) in names:
            return drugs[names[" ".join(words[:end])]]
    return None
