"""The cards and tables of drugs, indexed once: which groups a drug is in, what a code means, what a product's name says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from painloom.body.product_names import PACK, Ingredient, Product, read_product
from painloom.body.strengths import EACH, PER_HOUR, PER_ML, Strength
from painloom.knowledge.cards import ActsOn
from painloom.knowledge.load import Knowledge
from painloom.knowledge.rule_cards import EquivalenceCard, Part, RuleCard
from painloom.model.body import Codes
from painloom.model.medication import QUIET

OPIOID, ANTAGONIST = "opioid", "opioid-antagonist"
VERIFIED, TO_VERIFY = "verified", "to-verify"
LASTING = frozenset(("earlier", "ever"))
_REMEMBERED = 20_000
_STRENGTHS = {"mg": EACH, "mg/actuation": EACH, "mg/ml": PER_ML, "mcg/h": PER_HOUR}
Groups = Mapping[str, str]
_Conditions = dict[tuple[str, str], list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Labels by id; the rows of the measures; facts that hold after a diagnosis is resolved (their label says so); facts about drugs."""

    labels: dict[str, str]
    measures: dict[str, dict[str, str]]
    lasting: frozenset[str]
    of_drugs: frozenset[str]


@dataclass(frozen=True)
class Formulary:
    """What the engine asks the knowledge, with indexes that are built when first asked for and kept.

    Keep one for many lists: reading a name or a group is then a look-up.
    """

    knowledge: Knowledge
    _named: dict[str, Product] = field(default_factory=dict)
    _filled: dict[Part, Groups] = field(default_factory=dict)
    _tables: dict[str, tuple[dict[str, str], ...]] = field(default_factory=dict)

    def product(self, name: str) -> Product:
        """What a written name says."""
        found = self._named.get(name)
        if found is None:
            if len(self._named) >= _REMEMBERED:
                self._named.clear()
            found = self._named[name] = read_product(self.knowledge, name)
        return found

    def coded(self, codes: Codes) -> Product | None:
        """What the codes of an entry say: a product, else an ingredient; None where no code is known here."""
        for system, code in codes:
            if system == "rxnorm" and code in self._products:
                return self._products[code]
        for system, code in codes:
            drugs = self._coded_drugs.get(code, ()) if system == "rxnorm" else ()
            if drugs:
                return Product(tuple(Ingredient(d, self.knowledge.drugs[d].label, None) for d in drugs), "", "", False, ())
        for system, code in codes:
            drug = self._ingredients.get((system, code))
            if drug is not None:
                return Product((Ingredient(drug, self.knowledge.drugs[drug].label, None),), "", "", False, ())
        return None

    def groups(self, drug: str, codes: Codes = ()) -> Groups:
        """Group -> state (VERIFIED or TO_VERIFY) of a drug id, or, for "" (a drug without a card), of the entry's codes."""
        if drug:
            return self._groups.get(drug, {})
        return {group: VERIFIED for system, code in codes if system == "rxnorm" for group in self._coded_groups.get(code, ())}

    def members(self, part: Part) -> Groups:
        """Drug id -> state of every drug that belongs to a rule's part, by name, by group or by what it does to an enzyme."""
        found = self._filled.get(part)
        if found is None:
            found = self._filled[part] = self._members(part)
        return found

    def _members(self, part: Part) -> dict[str, str]:
        pairs = [(drug, VERIFIED) for drug in part.drugs]
        pairs += [pair for group in part.groups for pair in self._drugs_of.get(group, ())]
        for drug, effect in self._acting.get(part.enzyme, ()):
            if (not part.roles or effect.role in part.roles) and (not part.strengths or effect.strength in part.strengths):
                pairs.append((drug, TO_VERIFY if effect.state == TO_VERIFY else VERIFIED))
        found: dict[str, str] = {}
        for drug, state in pairs:
            if drug not in part.except_drugs and found.get(drug) != VERIFIED:
                found[drug] = state
        return found

    def facts_of(self, system: str, code: str) -> tuple[tuple[str, str], ...]:
        """(fact, state) pairs of a diagnosis code: of the code itself, and of every group of codes (`G47.3*`) that it belongs to."""
        exact, groups = self._conditions
        clean = code.strip().upper()
        if system.startswith("icd-10") and "." not in clean and len(clean) > 3:
            clean = f"{clean[:3]}.{clean[3:]}"  # records write N184 for N18.4
        found = list(exact.get((system, clean), ()))
        for end in range(3, len(clean) + 1):
            found += groups.get((system, clean[:end]), ())
        return tuple(dict.fromkeys(found))

    def rows(self, table: str) -> tuple[dict[str, str], ...]:
        """The rows of a table of terms/; none where this knowledge has no such table."""
        if table not in self._tables:
            there = table in self.knowledge.files("terms", ".tsv")
            self._tables[table] = self.knowledge.terms(table) if there else ()
        return self._tables[table]

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The printed names of facts and measures, and what sort of facts they are."""
        facts = (*self.rows("facts"), *self.rows("facts_criteria"))
        measures = {row["id"]: row for row in self.rows("measures")}
        return Vocabulary(
            labels={row["id"]: row["label"] for row in (*facts, *measures.values())},
            measures=measures,
            lasting=frozenset(row["id"] for row in facts if not LASTING.isdisjoint(row["label"].replace("?", " ").split())),
            of_drugs=frozenset(row["id"] for row in facts if row["group"] == "drug"),
        )

    @cached_property
    def factors(self) -> EquivalenceCard | None:
        """The opioid factors in force: the newest card that says so."""
        current = [card for card in self.knowledge.equivalents.values() if card.current]
        return max(current, key=lambda card: (card.year, card.id), default=None)

    @cached_property
    def dosed(self) -> frozenset[str]:
        """Ids of drugs whose amount a day some warning asks for whatever else is known: an amount that is not known must be said there."""
        cards = [card for card in self.knowledge.rules.values() if card.severity not in QUIET]
        judged = [card.parts[0] for card in cards if card.ceilings]
        always = [part for card in cards if not (card.when or card.any_of) for part in card.parts if part.per_day_above is not None]
        return frozenset(drug for part in (*judged, *always) for drug in self.members(part))

    @cached_property
    def rules_of(self) -> dict[str, tuple[RuleCard, ...]]:
        """Drug id -> the rules of which it can fill a part."""
        found: dict[str, list[RuleCard]] = {}
        for card in self.knowledge.rules.values():
            for drug in dict.fromkeys(drug for part in card.parts for drug in self.members(part)):
                found.setdefault(drug, []).append(card)
        return {drug: tuple(cards) for drug, cards in found.items()}

    @cached_property
    def kinds(self) -> dict[str, int]:
        """Kind of a safety row -> its place in the order of rows."""
        return {row["kind"]: int(row["order"]) for row in self.rows("safety_kinds")}

    @cached_property
    def _groups(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {id_: dict.fromkeys(card.classes, VERIFIED) for id_, card in self.knowledge.drugs.items()}
        for row in self.rows("drug_groups"):
            found.setdefault(row["drug"], {}).setdefault(row["group"], row["state"])
        return found

    @cached_property
    def _drugs_of(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for drug, groups in self._groups.items():
            for group, state in groups.items():
                found.setdefault(group, []).append((drug, state))
        return found

    @cached_property
    def _acting(self) -> dict[str, list[tuple[str, ActsOn]]]:
        found: dict[str, list[tuple[str, ActsOn]]] = {}
        for id_, card in self.knowledge.drugs.items():
            for effect in card.acts_on:
                found.setdefault(effect.enzyme, []).append((id_, effect))
        return found

    @cached_property
    def _coded_groups(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for row in self.rows("rxnorm_groups"):
            found[row["rxcui"]] = (*found.get(row["rxcui"], ()), row["group"])
        return found

    @cached_property
    def _ingredients(self) -> dict[tuple[str, str], str]:
        """(system, code) -> drug id; a code that several cards have means nothing."""
        found: dict[tuple[str, str], str] = {}
        for id_, card in self.knowledge.drugs.items():
            keys = [("rxnorm", card.rxnorm)] if card.rxnorm else []
            for key in (*keys, *(("atc", code) for code in card.atc)):
                found[key] = "" if key in found else id_
        return {key: id_ for key, id_ in found.items() if id_}

    @cached_property
    def _conditions(self) -> tuple[_Conditions, _Conditions]:
        exact: _Conditions = {}
        groups: _Conditions = {}
        for row in self.rows("condition_codes"):
            code = row["code"].upper()
            (groups if code.endswith("*") else exact).setdefault((row["system"], code.rstrip("*")), []).append((row["fact"], row["state"]))
        return exact, groups

    @cached_property
    def _coded_drugs(self) -> dict[str, tuple[str, ...]]:
        """Code -> the drugs of the product, where every one of them has a card."""
        found = {row["rxcui"]: tuple(row["drugs"].split(";")) for row in self.rows("rxnorm_groups") if row["drugs"]}
        return {code: drugs for code, drugs in found.items() if all(drug in self.knowledge.drugs for drug in drugs)}

    @cached_property
    def _products(self) -> dict[str, Product]:
        return {row["rxcui"]: self._product_of(row) for row in self.rows("rxnorm_products")}

    def _product_of(self, row: Mapping[str, str]) -> Product:
        kind = _STRENGTHS.get(row["unit"]) if row["strength"] else None
        strength = Strength(kind, float(row["strength"])) if kind else None
        others = [other for other in row["others"].split(";") if other]
        parts = [Ingredient(row["drug"], self._label(row["drug"]), strength), *(Ingredient(o, self._label(o), None) for o in others)]
        known = tuple(part if part.drug in self.knowledge.drugs else Ingredient("", part.label, part.strength) for part in parts)
        return Product(known, row["form"], row["route"], row["release"] == "extended", (PACK,) if row["form"] == "pack" else ())

    def _label(self, drug: str) -> str:
        return self.knowledge.drugs[drug].label if drug in self.knowledge.drugs else drug.replace("-", " ")


class _Kept:
    """The indexes of the knowledge that was used last: they do not depend on the person."""

    last: Formulary | None = None


def formulary_of(knowledge: Knowledge) -> Formulary:
    """The indexes of a knowledge, built once."""
    if _Kept.last is None or _Kept.last.knowledge is not knowledge:
        _Kept.last = Formulary(knowledge)
    return _Kept.last
