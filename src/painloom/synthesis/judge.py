"""All clinical criteria, pain codes, red flags and sensory tests of one person, from facts and scores of the streams."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from painloom.knowledge.load import Knowledge
from painloom.model.body import YES, Fact
from painloom.model.case import Case
from painloom.model.criteria import Grade, PainCoding, SensoryFinding
from painloom.model.quantity import Estimate
from painloom.model.redflag import RedFlag
from painloom.synthesis.grade import SAFETY, answers_from, basis_from, grade, latest
from painloom.synthesis.mg30 import code_pain, lasting
from painloom.synthesis.redflags import raise_flags
from painloom.synthesis.sensory import judge, reference_from

LASTING_FACT = "pain-3-months"
REFERENCE = "sensory_reference"  # a clinic's own table of terms/; none is shipped, since norms are never invented
INTENSITY = "intensity"


@dataclass(frozen=True, slots=True)
class Judged:
    """What criteria say of one person; grades of criteria about which nothing at all is known are left out."""

    grades: tuple[Grade, ...]
    pain_codes: PainCoding | None
    red_flags: tuple[RedFlag, ...]
    sensory: tuple[SensoryFinding, ...]


def judge_case(case: Case, knowledge: Knowledge, facts: Sequence[Fact], estimates: Mapping[str, Estimate]) -> Judged:
    """Every criterion of the knowledge; facts and scores answer its questions, the rest stays unknown.

    `estimates` are the latest scores, "instrument.scale" or "instrument.alert:<name>" -> estimate.
    """
    told = (*facts, *_of_history(case, facts))
    values = latest(told)
    cards = [card for card in knowledge.criteria.values() if card.mechanism != SAFETY]
    grades = (grade(c, answers_from(c, values, estimates), basis=basis_from(c, values, estimates)) for c in cards)
    ratings = {} if case.pain.intensity_0_10 is None else {INTENSITY: case.pain.intensity_0_10}
    coding = code_pain(knowledge.terms("mg30"), values, chronic=lasting(case.pain.months), ratings=ratings)
    flags = raise_flags(knowledge.redflags.values(), told, age_years=case.person.age_years, scores=estimates)
    table = knowledge.files("terms", ".tsv").get(REFERENCE)
    reference = reference_from(knowledge.terms(REFERENCE), table.name) if table else ()
    return Judged(
        grades=tuple(g for g in grades if any(i.value != "unknown" for i in g.inputs if i.basis != LASTING_FACT)),
        pain_codes=coding if any(values.get(row["fact"]) == YES for row in knowledge.terms("mg30")) else None,
        red_flags=flags,
        sensory=judge(case.body.sensory, reference, case.person) if case.body.sensory else (),
    )


def _of_history(case: Case, facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Facts that the pain history holds as numbers."""
    if case.pain.months is None or any(fact.id == LASTING_FACT for fact in facts):
        return ()
    return (Fact(LASTING_FACT, lasting(case.pain.months), text="pain history"),)
