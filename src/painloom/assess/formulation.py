"""Why it hurts, for one person: what every stream found, brought to the one place where they meet."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from painloom.knowledge.load import Knowledge
from painloom.model.assessment import DrugView
from painloom.model.body import Fact
from painloom.model.case import Case
from painloom.model.choice import Choice
from painloom.model.criteria import Grade
from painloom.model.formulation import Driver, Formulation
from painloom.model.outlook import REFUSED, OutlookView
from painloom.model.quantity import Estimate
from painloom.synthesis.drivers import drivers_of, rescore
from painloom.synthesis.formulate import Brought, FormulationCards, formulate
from painloom.synthesis.grade import latest
from painloom.synthesis.next_test import Outlooks
from painloom.synthesis.observe import Observed

SAFETY = "safety"
ACTIVE, VERIFIED = "active", "verified"


@dataclass(frozen=True, slots=True)
class Found:
    """What the streams found: facts, scores, grades, kinds of pain with every wider one, drugs, outlook, options to choose from."""

    facts: tuple[Fact, ...]
    estimates: Mapping[str, Estimate]
    grades: tuple[Grade, ...]
    kinds: frozenset[str]
    drugs: tuple[DrugView, ...]
    outlook: OutlookView | None
    choices: Callable[[Sequence[Driver]], Sequence[Choice]] = lambda drivers: ()
    results: Outlooks = field(default_factory=Outlooks)


class _Cards:
    """The cards of the knowledge that was used last, with what they ask for: it does not depend on the person."""

    last: tuple[Knowledge, FormulationCards] | None = None


def cards_of(knowledge: Knowledge) -> FormulationCards:
    """The cards that a formulation is made with, brought together once."""
    if _Cards.last is None or _Cards.last[0] is not knowledge:
        criteria = {id_: card for id_, card in knowledge.criteria.items() if card.mechanism != SAFETY}
        parts = knowledge.weighing, knowledge.mechanisms, knowledge.drivers, knowledge.conflicts, knowledge.tests, criteria
        _Cards.last = (knowledge, FormulationCards(*parts))
    return _Cards.last[1]


def observed_of(case: Case, found: Found) -> Observed:
    """What every stream found, as the cards of the formulation ask about it."""
    imaging: dict[str, set[str]] = {}
    for entry in case.imaging:
        imaging.setdefault(entry.scale, set()).add(entry.grade)
    return Observed(
        facts=latest((*case.body.facts, *found.facts)),
        scores=found.estimates,
        grades={grade.criteria: grade.grade for grade in found.grades},
        kinds=found.kinds,
        doubtful=frozenset(grade.criteria for grade in found.grades if grade.state != VERIFIED),
        imaging={scale: frozenset(values) for scale, values in imaging.items()},
        names={g.criteria: g.label for g in found.grades} | {f"{g.criteria}:{g.grade}": g.grade_label for g in found.grades},
    )


def helpful(case: Case, knowledge: Knowledge, found: Found) -> frozenset[str]:
    """Treatments that aim at something that keeps this person's pain going: they are options whatever the kind of pain."""
    drivers = drivers_of(knowledge.drivers.values(), observed_of(case, found), _rescored(case, knowledge))
    return frozenset(treatment for driver in drivers for treatment in knowledge.drivers[driver.id].helps)


def formulation_of(case: Case, knowledge: Knowledge, found: Found) -> Formulation:
    """Mechanisms, drivers, conflicts and the next best test of one person."""
    brought = Brought(
        choices=found.choices,
        results=found.results,
        made=tuple(_made(found.drugs, found.outlook)),
        rescored=_rescored(case, knowledge),
    )
    return formulate(observed_of(case, found), cards_of(knowledge), brought)


def _rescored(case: Case, knowledge: Knowledge) -> dict[str, float]:
    return rescore(knowledge.drivers.values(), case.answers, _tops(knowledge))


def formulation_sources(found: Formulation) -> Iterator[str]:
    """Ids of every source that a formulation names, with repeats."""
    for mechanism in found.mechanisms:
        yield from mechanism.sources
        yield from (line.source for line in mechanism.ledger)
    yield from (source for driver in found.drivers for source in driver.sources)
    yield from (source for conflict in found.conflicts for source in conflict.sources)
    yield from (source for test in found.tests for source in test.sources)


def _made(drugs: Iterable[DrugView], outlook: OutlookView | None) -> Iterable[Driver]:
    """Factors that genome and drugs make: a drug that is taken and, by the person's genes, cannot work or harms."""
    taken = {view.label: view for view in drugs if view.current and any(use.state == ACTIVE for use in view.uses)}
    told: set[str] = set()
    for one in outlook.outlooks if outlook else ():
        genes = [r for r in one.refusals if r.kind == "genome"]
        if one.status == REFUSED and one.is_taken and genes and one.treatment not in told:
            told.add(one.treatment)
            text = f"{one.label} is taken, and the person's genes speak against it: {genes[0].reason}"
            finding = next((f"drug:{view.drug}" for label, view in taken.items() if label == one.label), f"treatment:{one.treatment}")
            yield Driver(f"gene-{one.treatment}", one.label, "genome", finding, "taken", None, 1.0, text, "verified", (genes[0].source,))


def _tops(knowledge: Knowledge) -> dict[str, dict[str, float]]:
    """Instrument -> item -> highest value, for those whose drivers leave items out; items that are turned round are not listed."""
    found: dict[str, dict[str, float]] = {}
    for card in knowledge.drivers.values():
        id_ = card.sought.id.split(".")[0]
        if card.leave_out and id_ in knowledge.files("instruments"):
            instrument = knowledge.instrument(id_)
            found[id_] = {item.id: float(item.high) for item in instrument.ranges}
    return found
