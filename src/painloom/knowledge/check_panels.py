"""Do the panel cards hold together: poles of one connection share no column, every source is listed, the cohort has its numbers."""

from collections.abc import Iterator

from painloom.knowledge.load import Knowledge
from painloom.knowledge.panels import BY_NAME, PanelCard, read_panels


def check_panels(knowledge: Knowledge) -> Iterator[str]:
    """One line for each thing that is wrong."""
    for card in read_panels(knowledge.files("panels")).values():
        where = f"panels/{card.id}"
        yield from _columns(card, where)
        sources = {source for pair in card.pairs for source in pair.sources}
        yield from (f"{where}: source '{s}' is not in sources/" for s in sorted(sources) if s not in knowledge.sources)
        if card.cohort not in {cohort.id for cohort in card.cohorts}:
            yield f"{where}: the cohort '{card.cohort}' is not described"


def _columns(card: PanelCard, where: str) -> Iterator[str]:
    for atlas in card.atlases:
        for pair in card.pairs:
            shared = set(atlas.positions.get(pair.first, ())) & set(atlas.positions.get(pair.second, ()))
            if atlas.by == BY_NAME:
                shared = set(range(len(set(atlas.names.get(pair.first, ())) & set(atlas.names.get(pair.second, ())))))
            if shared:
                yield f"{where}: the poles of '{pair.id}' share a column in {atlas.id}"
        if atlas.by == BY_NAME:
            twice = [pole for pole, names in atlas.names.items() if len(set(names)) != len(names)]
            yield from (f"{where}: a name stands twice in pole '{pole}' of {atlas.id}" for pole in twice)
