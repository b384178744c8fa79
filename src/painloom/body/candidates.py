"""What the safety rules would say if drugs were begun: candidates beside what the person takes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from painloom.body.formulary import Formulary
from painloom.body.matching import DrugsTaken
from painloom.body.meds import check_with, in_order, sorted_rows
from painloom.body.opioids import add_up
from painloom.body.person import Known, know
from painloom.body.products import Taken, read_use
from painloom.body.rules import judge
from painloom.knowledge.rule_cards import RuleCard
from painloom.model.case import Case, DrugUse
from painloom.model.medication import SafetyRow

PATCH = "patch"
ACTIVE = "active"


def candidate_use(name: str, route: str) -> DrugUse:
    """A drug as it would be begun: no dose yet, by this route ("" = by mouth)."""
    return DrugUse(name, text="candidate", route=route or "oral", form=PATCH if route == "transdermal" else "")


class Candidates:
    """Drugs that could be begun by one person, each asked about once.

    Only the rules that a candidate can fill a part of are asked: what is said of the others is the same with and without it.
    """

    def __init__(self, case: Case, formulary: Formulary):
        """`case` is the person with the list as it is."""
        self.case, self.formulary = case, formulary
        self._seen: dict[tuple[DrugUse, ...], tuple[SafetyRow, ...]] = {}

    @cached_property
    def taken(self) -> tuple[Taken, ...]:
        """The ingredients that are taken now, in the order in which rules are asked."""
        active = [use for use in self.case.drugs if use.state == ACTIVE]
        return tuple(sorted((t for entry, use in enumerate(active) for t in read_use(use, self.formulary, entry)), key=in_order))

    @cached_property
    def drugs(self) -> frozenset[str]:
        """Ids of the drugs that are taken now."""
        return frozenset(t.intake.drug for t in self.taken if t.intake.drug)

    @cached_property
    def known(self) -> Known:
        """The person; the opioid total is not in it."""
        return know(self.case, self.formulary)

    @cached_property
    def now(self) -> tuple[SafetyRow, ...]:
        """Everything that is said of the list as it is."""
        return check_with(self.case, self.formulary) if self.case.drugs else ()

    def rows(self, uses: Mapping[str, DrugUse]) -> tuple[SafetyRow, ...]:
        """Warnings of rules that name one of the drugs once all of them are on the list; `uses` by drug id.

        A drug that is taken already is judged as it is taken; rows that only ask for doses or facts are left out.
        """
        begun = tuple(use for drug, use in uses.items() if drug not in self.drugs)
        now = () if len(begun) == len(uses) else self.now
        rows = dict.fromkeys((*now, *(self._begun(begun) if begun else ())))
        return tuple(row for row in rows if set(row.drugs) & set(uses) and row.is_warning and row.card)

    def _begun(self, begun: tuple[DrugUse, ...]) -> tuple[SafetyRow, ...]:
        found = self._seen.get(begun)
        if found is None:
            new = [t for n, use in enumerate(begun, len(self.taken)) for t in read_use(use, self.formulary, n)]
            everything = sorted((*self.taken, *new), key=in_order)
            total = add_up(everything, self.formulary)
            known = replace(self.known, total=total.total, total_is_whole=total.is_whole)
            cards = dict.fromkeys(card.id for t in new for card in rules_about(t.intake.drug, self.formulary))
            rules = [card for id_, card in self.formulary.knowledge.rules.items() if id_ in cards]
            judged = judge(rules, DrugsTaken(everything, self.formulary), known)
            found = self._seen[begun] = tuple(sorted_rows((r for r in judged.rows if r.is_warning), self.formulary))
        return found


def rules_about(drug: str, formulary: Formulary) -> tuple[RuleCard, ...]:
    """The rules of which a drug can fill a part, in the order of the cards."""
    return formulary.rules_of.get(drug, ())


def candidate_rows(case: Case, formulary: Formulary, uses: Mapping[str, DrugUse]) -> dict[str, tuple[SafetyRow, ...]]:
    """Warnings that name a candidate once it alone is on the list; drug id -> rows."""
    candidates = Candidates(case, formulary)
    return {drug: candidates.rows({drug: use}) for drug, use in uses.items()}


def ingredients(use: DrugUse, formulary: Formulary) -> Iterable[str]:
    """Drug ids of an entry of the list."""
    return [one.drug for one in formulary.product(use.name).ingredients if one.drug]
