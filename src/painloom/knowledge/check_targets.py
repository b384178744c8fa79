"""Do the neuromodulation cards hold together: every kind, source, drug, gene and gate that they name is there, every question is asked."""

from collections.abc import Iterator

from painloom.knowledge.load import Knowledge
from painloom.knowledge.target_cards import CONTRALATERAL, NOWHERE, TargetBook, TargetCard
from painloom.knowledge.targets import read_targets
from painloom.model.target import REFUSED


def check_targets(knowledge: Knowledge) -> Iterator[str]:
    """One line for each thing that is wrong."""
    book = read_targets(knowledge.files("targets"))
    for card in book.targets.values():
        yield from _card(card, book, f"targets/{card.id}")
    yield from _sources(knowledge, book)
    yield from _screen(knowledge, book)
    facts = {row["id"] for table in ("facts", "facts_criteria") for row in knowledge.terms(table)}
    for indication in book.indications.indications.values():
        yield from (f"targets/{book.indications.id}: fact '{fact}' is not in terms/" for fact in indication.facts if fact not in facts)


def _card(card: TargetCard, book: TargetBook, where: str) -> Iterator[str]:
    known = book.indications.indications
    named = {*card.indications, *(indication for indication, _ in card.evidence), *([card.shown_also] if card.shown_also else [])}
    yield from (f"{where}: indication '{id_}' is not on the card of indications" for id_ in sorted(named - set(known)))
    if card.gate not in book.screen.gates:
        yield f"{where}: gate '{card.gate}' is not on the screen"
    rows = [(indication, row.body, row.year) for indication, row in card.evidence]
    twice = sorted({row for row in rows if rows.count(row) > 1})
    yield from (f"{where}: {body} {year} stands twice for {id_}" for id_, body, year in twice)
    for id_ in card.indications:
        near = {*book.indications.family(id_), *_below(id_, book)} if id_ in known else set()
        if near and not card.shown_also and not any(other in near for other, _ in card.evidence):
            yield f"{where}: no row of evidence for '{id_}'"
    if card.placing == NOWHERE:
        return
    sides = {point.side for point in card.points}
    wanted = {"left", "right"} if card.placing == CONTRALATERAL else {card.placing}
    if not wanted <= sides:
        yield f"{where}: placed {card.placing}, but a point of a side is missing"
    if card.placing == CONTRALATERAL and not any(point.area == "" for point in card.points):
        have = {(point.area, point.side) for point in card.points}
        used = {area.use for area in book.body.areas.values()}
        lost = [(area, side) for area in sorted(used) for side in sorted(wanted) if (area, side) not in have]
        yield from (f"{where}: no {side} point for '{area}'" for area, side in lost)


def _below(id_: str, book: TargetBook) -> set[str]:
    """The kinds of pain whose wider kinds hold this one."""
    return {other for other in book.indications.indications if id_ in book.indications.family(other)}


def _sources(knowledge: Knowledge, book: TargetBook) -> Iterator[str]:
    for card in book.targets.values():
        used = {*(row.source for _, row in card.evidence), *(s for point in card.points for s in point.sources)}
        used |= {s for row in card.protocol for s in row.sources} | set(card.individual.sources if card.individual else ())
        yield from (f"targets/{card.id}: source '{s}' is not in sources/" for s in sorted(used) if s not in knowledge.sources)
    screen = book.screen
    used = {s for rule in screen.rules.values() for s in rule.sources} | {row.source for row in screen.drugs}
    used |= {s for row in screen.genes for s in row.sources}
    yield from (f"targets/{screen.id}: source '{s}' is not in sources/" for s in sorted(used) if s not in knowledge.sources)


def _screen(knowledge: Knowledge, book: TargetBook) -> Iterator[str]:
    screen = book.screen
    classes = {one.id for one in knowledge.classes}
    for row in screen.drugs:
        if row.drug and row.drug not in knowledge.drugs:
            yield f"targets/{screen.id}: drug '{row.drug}' has no card"
        if row.drug_class and row.drug_class not in classes:
            yield f"targets/{screen.id}: class '{row.drug_class}' is not in terms/drug_classes.tsv"
    for gene in screen.genes:
        yield from (f"targets/{screen.id}: gene '{name}' has no card" for name in gene.genes if name not in knowledge.genes)
        yield from (f"targets/{screen.id}: class '{name}' is not in terms/drug_classes.tsv" for name in gene.groups if name not in classes)
    asked = {rule for question in screen.questions for rule in question.rules}
    silent = [rule.id for rule in screen.rules.values() if rule.id not in asked and REFUSED in rule.levels.values()]
    yield from (f"targets/{screen.id}: no question asks for '{id_}'" for id_ in silent)
