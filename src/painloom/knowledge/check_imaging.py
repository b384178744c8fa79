"""Do the imaging cards hold together: every finding that a grade names exists, rows by age are in one form, every source is listed."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from painloom.knowledge.imaging import PREVALENCE, SCALE, ImagingCard, PainFree, read_imaging
from painloom.knowledge.load import Knowledge


def check_imaging(knowledge: Knowledge) -> Iterator[str]:
    """One line for each thing that is wrong."""
    cards = read_imaging(knowledge.files("imaging"))
    known = Counter(finding.id for card in cards.values() for finding in card.findings)
    yield from (f"imaging/: finding '{id_}' is described on {count} cards" for id_, count in known.items() if count > 1)
    yield from _names([card for card in cards.values() if card.kind == SCALE])
    for card in cards.values():
        where = f"imaging/{card.id}"
        yield from _grades(card, where, set(known))
        yield from (f"{where}: source '{s}' is not in sources/" for s in sorted(_sources(card)) if s not in knowledge.sources)
        for finding in card.findings:
            yield from _rows(finding, where)
    if not any(card.kind == PREVALENCE for card in cards.values()):
        yield "imaging/: no card says how common findings are in people without pain"


def _names(scales: list[ImagingCard]) -> Iterator[str]:
    """Two scales may share a name only where their levels tell them apart."""
    owners: dict[str, list[ImagingCard]] = {}
    for card in scales:
        for name in (card.id, *card.names):
            owners.setdefault(name.casefold(), []).append(card)
    for name, cards in owners.items():
        levels = [level for card in cards for level in card.levels]
        if len(cards) > 1 and (len(set(levels)) != len(levels) or not all(card.levels for card in cards)):
            yield f"imaging/: the name '{name}' belongs to {len(cards)} scales whose levels do not tell them apart"


def _grades(card: ImagingCard, where: str, known: set[str]) -> Iterator[str]:
    for grade in card.grades:
        if grade.prevalence and grade.prevalence not in known:
            yield f"{where}: grade {grade.id} names the finding '{grade.prevalence}', which no card describes"
        if grade.prevalence and grade.urgent:
            yield f"{where}: grade {grade.id} is urgent and has a prevalence; an urgent grade shows none"


def _sources(card: ImagingCard) -> set[str]:
    rows = {source for finding in card.findings for row in finding.rows for source in row.sources}
    return rows | {source for grade in card.grades for source in grade.sources}


def _rows(finding: PainFree, where: str) -> Iterator[str]:
    ages = [row.age for row in finding.rows if row.age is not None]
    bands = [row for row in finding.rows if row.age is None]
    if ages and bands:
        yield f"{where}: '{finding.id}' mixes single ages with ranges"
    if len(set(ages)) != len(ages):
        yield f"{where}: '{finding.id}' has two rows for one age"
    ordered = [(row.age_from or 0.0, row.age_below or float("inf")) for row in bands]
    if any(first[1] > second[0] for first, second in pairwise(ordered)):
        yield f"{where}: two ranges of '{finding.id}' overlap"
