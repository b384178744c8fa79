"""Guidance cards, drug cards and drug classes: TOML and tables -> typed cards."""

from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.cards import ActsOn, AgeLimit, DrugCard, DrugClass, GuidanceCard, Population
from painloom.knowledge.tables import Fields, read_toml, read_tsv
from painloom.model.advice import ACTIONS, TIERS, Statement

GENERAL = "general"


def read_guidance(path: Path) -> GuidanceCard:
    """The card at `path` with its key table; KnowledgeError where a row names a statement that is not there."""
    card = Fields(read_toml(path), path.name)
    statements = {s.id: s for s in (_statement(fields) for fields in card.children("advice"))}
    genes = card.texts("genes")
    rows: dict[tuple[tuple[str, ...], str], Statement] = {}
    for row in read_tsv(path.with_suffix(".tsv"), (*genes, "population", "advice")):
        place = tuple(row[gene] for gene in genes), row["population"]
        statement = statements.get(row["advice"])
        if statement is None:
            raise KnowledgeError(f"{path.name}: its table names the statement '{row['advice']}', which the card lacks")
        if rows.setdefault(place, statement) != statement:
            raise KnowledgeError(f"{path.name}: its table gives two statements for {' & '.join(place[0])}, {place[1]}")
    if not rows:
        raise KnowledgeError(f"{path.name}: its table has no rows")
    populations = tuple(
        Population(p.text("id"), p.text("label"), _limit(p, "min_age"), _limit(p, "max_age")) for p in card.children("population")
    )
    return GuidanceCard(
        id=card.text("id"),
        release=card.text("release"),
        body=card.text("body"),
        drug=card.text("drug"),
        genes=genes,
        guideline=card.text("guideline"),
        version=card.text("version"),
        dated=card.text("dated"),
        note=card.text("note", ""),
        pain=card.flag("pain"),
        claim=card.text("claim"),
        licence=card.text("licence"),
        sources=card.texts("sources"),
        populations=populations or (Population(GENERAL, ""),),
        statements=statements,
        rows=rows,
        open_questions=card.texts("open_questions"),
    )


def _limit(fields: Fields, name: str) -> float | None:
    return fields.number(name) if name in fields.record else None


def _statement(fields: Fields) -> Statement:
    action, tier = fields.text("action"), fields.text("tier")
    if action not in ACTIONS or tier not in TIERS:
        raise KnowledgeError(f"{fields.where}: action '{action}' or tier '{tier}' is not in the closed list")
    return Statement(
        id=fields.text("id"),
        action=action,
        tier=tier,
        strength=fields.text("strength"),
        summary=fields.text("summary"),
        because=fields.text("because", ""),
        factor=fields.number("factor", 0.0),
        alternatives=fields.texts("alternatives"),
    )


def read_drug(path: Path) -> DrugCard:
    """The drug card at `path`."""
    card = Fields(read_toml(path), path.name)
    no_gene = card.child("no_gene")
    return DrugCard(
        id=card.text("id"),
        release=card.text("release"),
        name=card.text("name"),
        label=card.text("label", card.text("name")),
        synonyms=card.texts("synonyms"),
        classes=card.texts("classes"),
        pain=card.flag("pain"),
        rxnorm=card.text("rxnorm", ""),
        atc=card.texts("atc"),
        acts_on=tuple(_acts_on(fields) for fields in card.children("acts_on")),
        no_gene=no_gene.text("text") if no_gene else "",
        no_gene_sources=no_gene.texts("sources") if no_gene else (),
        licence=card.text("licence"),
        sources=card.texts("sources"),
        age_limits=tuple(AgeLimit(a.number("below"), a.text("text"), a.texts("sources")) for a in card.children("age_limit")),
        open_questions=card.texts("open_questions"),
    )


def _acts_on(fields: Fields) -> ActsOn:
    return ActsOn(
        enzyme=fields.text("enzyme"),
        role=fields.text("role"),
        strength=fields.text("strength"),
        multiplier=fields.numbers("multiplier"),
        state=fields.text("state"),
        text=fields.text("text", ""),
        sources=fields.texts("sources"),
    )


def read_classes(path: Path) -> tuple[DrugClass, ...]:
    """Drug classes in report order."""
    found = [DrugClass(row["id"], row["label"], int(row["order"]), row["purpose"]) for row in read_tsv(path)]
    return tuple(sorted(found, key=lambda c: c.order))
