"""Rule cards and equivalence cards: TOML and tables -> typed cards."""

from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.rule_cards import Ceiling, EquivalenceCard, Factor, Part, RuleCard, When
from painloom.knowledge.tables import Fields, read_toml, read_tsv
from painloom.model.medication import SEVERITIES


def read_rule(path: Path) -> RuleCard:
    """The rule card at `path`; KnowledgeError where the severity is not in the closed list, or a part names nothing."""
    card = Fields(read_toml(path), path.name)
    kind, severity = card.text("kind"), card.text("severity")
    if severity not in SEVERITIES:
        raise KnowledgeError(f"{path.name}: severity '{severity}' is not one of {', '.join(SEVERITIES)}")
    return RuleCard(
        id=card.text("id"),
        release=card.text("release"),
        kind=kind,
        severity=severity,
        label=card.text("label"),
        message=card.text("message"),
        state=card.text("state"),
        claim=card.text("claim"),
        licence=card.text("licence"),
        sources=card.texts("sources"),
        parts=tuple(_part(p) for p in card.children("part")),
        when=tuple(read_when(w) for w in card.children("when")),
        any_of=tuple(read_when(w) for w in card.children("any_of")),
        unless=tuple(read_when(w) for w in card.children("unless")),
        unless_drugs=tuple(_part(p) for p in card.children("unless_drug")),
        ceilings=tuple(_ceiling(c) for c in card.children("ceiling")),
        settles=card.text("settles", ""),
        refuses=card.flag("refuses"),
        begin_only=card.flag("begin_only"),
        step=card.text("step", ""),
        open_questions=card.texts("open_questions"),
    )


def _part(fields: Fields) -> Part:
    part = Part(
        drugs=fields.texts("drugs"),
        groups=fields.texts("groups"),
        enzyme=fields.text("enzyme", ""),
        roles=fields.texts("roles"),
        strengths=fields.texts("strengths"),
        routes=fields.texts("routes"),
        forms=fields.texts("forms"),
        except_drugs=fields.texts("except_drugs"),
        count=fields.integer("count", 1),
        per_day_from=_optional(fields, "per_day_from"),
        per_day_above=_optional(fields, "per_day_above"),
    )
    if not (part.drugs or part.groups or part.enzyme):
        raise KnowledgeError(f"{fields.where}: names no drug, group or enzyme")
    return part


def read_when(fields: Fields) -> When:
    """A condition on a fact, or on a measure in [low, below)."""
    fact = fields.text("fact", "")
    return When(
        fields.text("measure", "" if fact else None),
        _optional(fields, "low"),
        _optional(fields, "below"),
        fact,
        fields.text("value", "yes"),
    )


def _ceiling(fields: Fields) -> Ceiling:
    return Ceiling(
        fields.text("measure"),
        _optional(fields, "low"),
        _optional(fields, "below"),
        _optional(fields, "most"),
        fields.text("text"),
    )


def _optional(fields: Fields, name: str) -> float | None:
    return fields.number(name) if name in fields.record else None


def read_equivalence(path: Path) -> EquivalenceCard:
    """The dated factor table at `path` with the TSV of its name."""
    card = Fields(read_toml(path), path.name)
    rows = read_tsv(path.with_suffix(".tsv"), ("drug", "route", "unit", "factor", "note"))
    return EquivalenceCard(
        id=card.text("id"),
        release=card.text("release"),
        label=card.text("label"),
        year=card.integer("year"),
        claim=card.text("claim"),
        licence=card.text("licence"),
        state=card.text("state"),
        sources=card.texts("sources"),
        current=card.flag("current"),
        factors=tuple(
            Factor(r["drug"], r["route"], r["unit"], _real(r["factor"]), r["note"], _real(r.get("low", "")), _real(r.get("high", "")))
            for r in rows
        ),
        notes=card.texts("notes"),
    )


def _real(cell: str) -> float | None:
    return float(cell) if cell else None
