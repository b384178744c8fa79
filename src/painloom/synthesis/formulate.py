"""The one place where the streams meet: mechanisms, drivers, conflicts and the next best test of one person."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from painloom.knowledge.criteria import CriteriaCard
from painloom.knowledge.mechanism_cards import (
    DIAGNOSIS,
    FACT,
    GRADE,
    SCORE,
    ConflictCard,
    DriverCard,
    MechanismCard,
    Sought,
    TestCard,
    Weighing,
)
from painloom.model.choice import Choice
from painloom.model.formulation import Driver, Formulation, Mechanism, NextTest
from painloom.synthesis.drivers import conflicts_of, drivers_of
from painloom.synthesis.grade import answers_from, grade_now
from painloom.synthesis.next_test import Outlooks, rank_tests
from painloom.synthesis.observe import Observed
from painloom.synthesis.weigh import statement, weigh

NO_TEST = "No further test would change the plan."
NO_CHOICE = "No treatment can be weighed yet, so no test has a worth: first record what is missing."
LEAST_MOVE, MOVE_WORTH = 0.01, 10.0  # of a chance; people of 100 that a chance moved from 0 to 1 stands for
LEAST_GAIN, SURE = 0.5, 0.95  # people of 100, and a chance: below the one or above the other a test is not worth a line


@dataclass(frozen=True)
class FormulationCards:
    """The cards that a formulation is made with."""

    weighing: Weighing
    mechanisms: Mapping[str, MechanismCard]
    drivers: Mapping[str, DriverCard]
    conflicts: tuple[ConflictCard, ...]
    tests: Mapping[str, TestCard]
    criteria: Mapping[str, CriteriaCard] = field(default_factory=dict)
    _asking: dict[tuple[str, str], tuple[tuple[MechanismCard, ...], dict[str, CriteriaCard]]] = field(default_factory=dict)

    def asking(self, told: Sought) -> tuple[tuple[MechanismCard, ...], dict[str, CriteriaCard]]:
        """The mechanisms that a finding can move, and the criteria that ask for it; looked up once for each finding."""
        place = told.kind, told.id
        found = self._asking.get(place)
        if found is None:
            asked = {id_: card for id_, card in self.criteria.items() if told.kind in (FACT, SCORE) and _asks(card, told.id)}
            moved = tuple(card for card in self.mechanisms.values() if _concerns(card, told, asked))
            found = self._asking[place] = (moved, asked)
        return found


@dataclass(frozen=True)
class Brought:
    """What other rooms bring: the options of the decision at hand (they depend on what keeps the pain going), drivers made by drugs and
    genes, rescored drivers, and the results of tests that would refuse or allow treatments.
    """

    choices: Callable[[Sequence[Driver]], Sequence[Choice]] = lambda drivers: ()
    made: tuple[Driver, ...] = ()
    rescored: Mapping[str, float] = field(default_factory=dict)
    results: Outlooks = field(default_factory=Outlooks)


def formulate(observed: Observed, cards: FormulationCards, brought: Brought) -> Formulation:
    """Weigh every mechanism, rank what keeps the pain going, show what disagrees, and ask which absent test would teach most."""
    mechanisms = weigh_all(observed, cards)
    drivers = (*brought.made, *drivers_of(cards.drivers.values(), observed, brought.rescored))
    choices, told = brought.choices(drivers), _Chances(cards, chances(mechanisms))
    ranked = rank_tests(cards.tests.values(), observed, choices, told, brought.results)
    useful = tuple(t for t in ranked if t.changes and t.net > LEAST_GAIN and max(r.chance for r in t.results) <= SURE)
    first = useful or (_told_in_vain(ranked) if choices else _first_to_ask(ranked, observed, cards, told))
    return Formulation(
        mechanisms=mechanisms,
        drivers=drivers,
        conflicts=conflicts_of(cards.conflicts, observed),
        tests=first,
        no_test="" if useful else NO_TEST if choices else NO_CHOICE,
        statement=statement(mechanisms),
    )


@dataclass(frozen=True)
class _Chances:
    """The chance of every mechanism once a finding is told: only mechanisms that ask for it are weighed anew."""

    cards: FormulationCards
    now: dict[str, float]

    def __call__(self, person: Observed, told: Sought | None) -> dict[str, float]:
        if told is None:
            return self.now
        moved, asked = self.cards.asking(told)
        if not moved:
            return self.now
        person = regraded(person, asked, told)
        return self.now | {card.id: weigh(card, person, self.cards.weighing).chance.value for card in moved}


def _concerns(card: MechanismCard, told: Sought, criteria: Container[str]) -> bool:
    """Whether a finding, or a grade of criteria that ask for it, has a line or a limit on the card."""
    lines = any((row.sought.kind, row.sought.id) == (told.kind, told.id) or _is_grade(row.sought, criteria) for row in card.rows)
    return (
        lines
        or any(limit.criteria in criteria or (told.kind, told.id) == (GRADE, limit.criteria) for limit in card.limits)
        or (told.kind == DIAGNOSIS and bool(card.limits))
    )


def _is_grade(sought: Sought, criteria: Container[str]) -> bool:
    return sought.kind == GRADE and sought.id in criteria


def regraded(person: Observed, criteria: Mapping[str, CriteriaCard], told: Sought | None) -> Observed:
    """The person with the criteria graded anew that ask for the finding that was told: it may settle a grade."""
    if told is None or told.kind not in (FACT, SCORE):
        return person
    grades = {
        id_: grade_now(card, answers_from(card, person.facts, person.scores)) for id_, card in criteria.items() if _asks(card, told.id)
    }
    return replace(person, grades={**person.grades, **grades}) if grades else person


def _asks(card: CriteriaCard, id_: str) -> bool:
    return any(id_ in question.facts or question.scale == id_ for question in card.questions)


def weigh_all(observed: Observed, cards: FormulationCards) -> tuple[Mechanism, ...]:
    """Every mechanism, the likeliest first; states after mechanisms."""
    found = [weigh(card, observed, cards.weighing) for card in cards.mechanisms.values()]
    return tuple(sorted(found, key=lambda m: (m.is_state, -m.chance.value, m.id)))


def chances(mechanisms: Iterable[Mechanism]) -> dict[str, float]:
    """Mechanism id -> chance."""
    return {m.id: m.chance.value for m in mechanisms}


def _first_to_ask(ranked: Sequence[NextTest], observed: Observed, cards: FormulationCards, told: _Chances) -> tuple[NextTest, ...]:
    """Where nothing can be chosen yet: the tests that move belief in a mechanism most, dear and slow ones last."""

    def moves(test: NextTest) -> float:
        found = [0.0]
        for sought in cards.tests[test.id].tells:
            if observed.holds(sought) is None:
                yes, no = (told(observed.with_result(sought, is_present=present), sought) for present in (True, False))
                found += [abs(yes[id_] - no[id_]) for id_ in yes]
        return max(found)

    moving = [(moves(test), test) for test in ranked]
    able = [(size, test) for size, test in moving if size > LEAST_MOVE]
    return tuple(test for _, test in sorted(able, key=lambda pair: (-(pair[0] * MOVE_WORTH + pair[1].net), pair[1].id)))[:3]


def _told_in_vain(ranked: Sequence[NextTest]) -> tuple[NextTest, ...]:
    """The tests that would move a mechanism most although no choice depends on it: shown below the sentence that none is needed."""
    return tuple(test for test in ranked if test.results)[:3]
