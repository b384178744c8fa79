"""Do rules, factor tables and criteria hold together: every drug, group, fact, measure and scale that they name exists."""

from collections.abc import Iterator

from painloom.knowledge.instrument_cards import STATES
from painloom.knowledge.load import Knowledge
from painloom.knowledge.rule_cards import Part, RuleCard, When

PERSON = ("age", "mme")  # measures that are no laboratory value


def check_body(knowledge: Knowledge) -> Iterator[str]:
    """One line for each thing that is wrong."""
    yield from _groups(knowledge)
    names = _Names(knowledge)
    for rule in knowledge.rules.values():
        yield from names.rule(rule, f"rules/{rule.id}")
    if sum(card.current for card in knowledge.equivalents.values()) != 1:
        yield "equivalents/: exactly one factor table must be current"
    for table in knowledge.equivalents.values():
        where = f"equivalents/{table.id}"
        yield from (f"{where}: drug '{f.drug}' has no card" for f in table.factors if f.drug not in knowledge.drugs)
        yield from (f"{where}: {f.drug} has neither a factor nor a reason" for f in table.factors if f.factor is None and not f.note)
    yield from _criteria(knowledge, names)


class _Names:
    """Every id that a rule may name."""

    def __init__(self, knowledge: Knowledge):
        self.knowledge = knowledge
        self.groups = {c.id for c in knowledge.classes} | {row["group"] for row in knowledge.terms("drug_groups")}
        self.facts = {row["id"] for name in ("facts", "facts_criteria") for row in knowledge.terms(name)}
        self.kinds = {row["kind"] for row in knowledge.terms("safety_kinds")}
        self.measures = {row["id"] for row in knowledge.terms("measures")} | set(PERSON)

    def rule(self, rule: RuleCard, where: str) -> Iterator[str]:
        if rule.state not in STATES:
            yield f"{where}: state '{rule.state}' is not one of {', '.join(STATES)}"
        if rule.kind not in self.kinds:
            yield f"{where}: kind '{rule.kind}' is not in terms/safety_kinds.tsv"
        if not rule.parts:
            yield f"{where}: asks for no drug"
        if rule.settles and rule.settles not in self.facts:
            yield f"{where}: fact '{rule.settles}' is not in terms/"
        for part in (*rule.parts, *rule.unless_drugs):
            yield from self.part(part, where)
        for when in (*rule.when, *rule.any_of, *rule.unless):
            yield from self.when(when, where)
        yield from (f"{where}: measure '{c.measure}' is not known" for c in rule.ceilings if c.measure not in self.measures)

    def part(self, part: Part, where: str) -> Iterator[str]:
        drugs = self.knowledge.drugs
        yield from (f"{where}: drug '{d}' has no card" for d in (*part.drugs, *part.except_drugs) if d not in drugs)
        yield from (f"{where}: group '{g}' has no drugs" for g in part.groups if g not in self.groups)

    def when(self, when: When, where: str) -> Iterator[str]:
        if when.fact and when.fact not in self.facts:
            yield f"{where}: fact '{when.fact}' is not in terms/"
        if when.measure and when.measure not in self.measures:
            yield f"{where}: measure '{when.measure}' is not known"


def _groups(knowledge: Knowledge) -> Iterator[str]:
    for row in knowledge.terms("drug_groups"):
        where = f"terms/drug_groups.tsv {row['group']}"
        if row["drug"] not in knowledge.drugs:
            yield f"{where}: drug '{row['drug']}' has no card"
        if row["state"] not in STATES:
            yield f"{where}: state '{row['state']}' is not one of {', '.join(STATES)}"
        if row["source"] not in knowledge.sources:
            yield f"{where}: source '{row['source']}' is not in sources/"


def _criteria(knowledge: Knowledge, names: _Names) -> Iterator[str]:
    for card in knowledge.criteria.values():
        where = f"criteria/{card.id}"
        for question in card.questions:
            yield from (f"{where}: fact '{f}' is not in terms/" for f in question.facts if f not in names.facts)
            if question.scale:
                instrument, _, scale = question.scale.partition(".")
                known = instrument in knowledge.files("instruments") and scale in knowledge.instrument(instrument).by_scale
                if not known:
                    yield f"{where}: question {question.id} asks for the scale '{question.scale}', which no card has"
    for safety in knowledge.safety.values():
        groups = (g for g in safety.means_groups if g not in names.groups)
        yield from (f"safety/{safety.id}: group '{g}' has no drugs" for g in groups)
        yield from (f"safety/{safety.id}: drug '{d}' has no card" for d in safety.means_drugs if d not in knowledge.drugs)
