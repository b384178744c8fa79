"""Do the cards that say why it hurts hold together: every id resolves, every row can be reached, research weighs nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from painloom.knowledge.instrument_cards import InstrumentCard
from painloom.knowledge.load import Knowledge
from painloom.knowledge.mechanism_cards import (
    DIAGNOSIS,
    FACT,
    GRADE,
    SCORE,
    ConflictCard,
    DriverCard,
    MechanismCard,
    MechanismRow,
    Sought,
    TestCard,
    Weighing,
)
from painloom.knowledge.mechanisms import CONFLICTS, WEIGHING, read_conflicts, read_driver, read_mechanism, read_test, read_weighing
from painloom.model.finding import CLAIMS

RESEARCH = CLAIMS[-1]
CHECKED = ("verified", "computed")
ALERT = "alert:"
HIGHER = "higher"


@dataclass(frozen=True)
class FormulationBook:
    """All cards that say why it hurts, as read from one folder of knowledge."""

    weighing: Weighing
    mechanisms: tuple[MechanismCard, ...]
    drivers: tuple[DriverCard, ...]
    conflicts: tuple[ConflictCard, ...]
    tests: tuple[TestCard, ...]


@dataclass(frozen=True)
class Named:
    """What findings may name: facts, instruments, grades by criteria, grades by imaging scale, kinds of pain; and the other ids."""

    facts: frozenset[str]
    instruments: dict[str, InstrumentCard]
    grades: dict[str, frozenset[str]]
    imaging: dict[str, frozenset[str]]
    kinds: frozenset[str]
    treatments: frozenset[str]
    genes: frozenset[str]
    sources: frozenset[str]


def read_formulation(knowledge: Knowledge) -> FormulationBook:
    """Every card of the kinds mechanisms, drivers, conflicts and tests.

    Raises
    ------
    KnowledgeError : a card that does not parse, or a value outside its closed list or range.
    """
    weighing = read_weighing(knowledge.files("weighing")[WEIGHING])
    return FormulationBook(
        weighing,
        tuple(read_mechanism(path, weighing) for path in knowledge.files("mechanisms").values()),
        tuple(read_driver(path) for path in knowledge.files("drivers").values()),
        read_conflicts(knowledge.files("conflicts")[CONFLICTS]),
        tuple(read_test(path) for path in knowledge.files("tests").values()),
    )


def named(knowledge: Knowledge) -> Named:
    """What the rest of the knowledge lets these cards name."""
    criteria, scales = knowledge.criteria.values(), knowledge.imaging.items()
    return Named(
        facts=frozenset(row["id"] for table in ("facts", "facts_criteria") for row in knowledge.terms(table)),
        instruments=knowledge.instruments,
        grades={card.id: frozenset(rule.id for rule in card.grades) for card in criteria},
        imaging={id_: frozenset(grade.id for grade in card.grades) for id_, card in scales},
        kinds=frozenset(knowledge.conditions.indications),
        treatments=frozenset(knowledge.treatments),
        genes=frozenset(knowledge.genes),
        sources=frozenset(knowledge.sources),
    )


def check_formulation(knowledge: Knowledge) -> Iterator[str]:
    """One line for each thing that is wrong."""
    yield from check_book(read_formulation(knowledge), named(knowledge))


def check_book(book: FormulationBook, known: Named) -> Iterator[str]:
    """One line for each thing that is wrong in a book, measured against what its cards may name."""
    yield from _weighing(book.weighing)
    for card in book.mechanisms:
        yield from _mechanism(card, book.weighing, known)
    for driver in book.drivers:
        yield from _driver(driver, known)
    yield from _repeated("conflicts", (card.id for card in book.conflicts))
    for conflict in book.conflicts:
        where = f"conflicts: {conflict.id}"
        yield from (line for side in (conflict.one, conflict.other) for line in _sought(side, known, where))
        yield from _sources(conflict.sources, known, where)
        if conflict.one == conflict.other:
            yield f"{where}: both sides are the same finding"
    for test in book.tests:
        where = f"tests/{test.id}"
        yield from (line for sought in test.tells for line in _sought(sought, known, where))
        yield from (f"{where}: gene '{gene}' is no card" for gene in test.genes if gene not in known.genes)
        yield from (f"{where}: {name} is below 0" for name in ("cost", "minutes", "days") if getattr(test, name) < 0)


def _weighing(weighing: Weighing) -> Iterator[str]:
    caps = [weighing.caps[claim] for claim in CLAIMS]
    if weighing.caps[RESEARCH]:
        yield "weighing: research must weigh nothing"
    if caps != sorted(caps, reverse=True) or min(caps) < 0:
        yield "weighing: a stronger claim must not weigh less than a weaker one, and no cap lies below 0"
    if weighing.unknown_se <= 0:
        yield "weighing: the unknown standard error must lie above 0"


def _mechanism(card: MechanismCard, weighing: Weighing, known: Named) -> Iterator[str]:
    where = f"mechanisms/{card.id}"
    yield from _repeated(where, (row.id for row in card.rows))
    for row in card.rows:
        yield from _sought(row.sought, known, f"{where}: {row.id}")
        yield from _sources((row.source,), known, f"{where}: {row.id}")
        if row.source not in card.sources:
            yield f"{where}: {row.id}: source '{row.source}' is not among the card's"
        if row.claim == RESEARCH and weighing.caps[row.claim]:
            yield f"{where}: {row.id}: a research row weighs"
        if not row.construct:
            yield f"{where}: {row.id}: no construct is named"
    for one, other in combinations(card.rows, 2):
        if _nested(one, other):
            yield f"{where}: {one.id} and {other.id} both weigh for '{one.sought.id}'; choose one"
    for limit in card.limits:
        spot = f"{where}: limit {limit.criteria} {limit.grade}"
        if limit.grade not in known.grades.get(limit.criteria, ()):
            yield f"{spot}: there is no such grade"
        if (limit.floor, limit.ceiling) == (0.0, 1.0):
            yield f"{spot}: it holds nothing back"
        yield from _sources((limit.source,), known, spot)


def _nested(one: MechanismRow, other: MechanismRow) -> bool:
    """Two checked rows on one score or one grade: a result between their cuts would count for and against at once."""
    same = (one.sought.kind, one.sought.id) == (other.sought.kind, other.sought.id)
    return same and one.sought.kind in (SCORE, GRADE, FACT) and one.state in CHECKED and other.state in CHECKED


def _driver(card: DriverCard, known: Named) -> Iterator[str]:
    where = f"drivers/{card.id}"
    yield from _sought(card.sought, known, where)
    yield from _sources(card.sources, known, where)
    yield from (f"{where}: helps '{name}', which is no treatment" for name in card.helps if name not in known.treatments)
    yield from (f"{where}: {name} must lie above 0" for name in ("se", "spread") if (getattr(card, name) or 1) <= 0)
    if card.sought.kind != SCORE:
        if card.leave_out or card.se or card.spread:
            yield f"{where}: only a score has items to leave out, an error or a spread"
        return
    threshold, spare = (card.sought.low, card.sought.below) if card.worse == HIGHER else (card.sought.below, card.sought.low)
    if threshold is None or spare is not None:
        yield f"{where}: exactly one threshold is needed, on the side that is worse ({card.worse})"
    instrument_id, _, scale_id = card.sought.id.partition(".")
    instrument = known.instruments.get(instrument_id)
    if instrument is None:
        return
    items = {item.range.id for item in instrument.items}
    yield from (f"{where}: item '{item}' is not on the instrument" for item in card.leave_out if item not in items)
    scale = next((scale for scale in instrument.scales if scale.id == scale_id), None)
    if scale is not None and scale.higher_is == ("better" if card.worse == HIGHER else "worse"):
        yield f"{where}: {card.worse} is not the worse side of '{card.sought.id}'"


def _sought(sought: Sought, known: Named, where: str) -> Iterator[str]:
    """What is wrong with a finding: its id, its values, or a range that no score can reach."""
    ids = {FACT: known.facts, DIAGNOSIS: known.kinds}
    if sought.kind == SCORE:
        yield from _score(sought, known, where)
    elif sought.kind in ids:
        if sought.id not in ids[sought.kind]:
            yield f"{where}: {sought.kind} '{sought.id}' is unknown"
        if sought.values:
            yield f"{where}: a {sought.kind} has no values"
    else:
        grades = (known.grades if sought.kind == GRADE else known.imaging).get(sought.id)
        if not grades:
            yield f"{where}: {sought.kind} '{sought.id}' is unknown"
        else:
            yield from (f"{where}: '{sought.id}' has no grade '{value}'" for value in sought.values if value not in grades)
        if not sought.values:
            yield f"{where}: {sought.kind} '{sought.id}' names no value, so nothing reaches it"
    if sought.kind != SCORE and (sought.low is not None or sought.below is not None):
        yield f"{where}: only a score has a range"


def _score(sought: Sought, known: Named, where: str) -> Iterator[str]:
    instrument_id, _, scale_id = sought.id.partition(".")
    card = known.instruments.get(instrument_id)
    if card is None:
        yield f"{where}: instrument '{instrument_id}' is unknown"
        return
    low, below = sought.low, sought.below
    if low is None and below is None:
        yield f"{where}: '{sought.id}' needs low or below"
    if low is not None and below is not None and low >= below:
        yield f"{where}: low must lie under below"
    if scale_id.startswith(ALERT):
        if scale_id.removeprefix(ALERT) not in {alert.id for alert in card.alerts}:
            yield f"{where}: '{instrument_id}' has no alert '{scale_id.removeprefix(ALERT)}'"
        return
    scale = next((scale for scale in card.scales if scale.id == scale_id), None)
    if scale is None:
        yield f"{where}: '{instrument_id}' has no scale '{scale_id}'"
        return
    if low is not None and not _within(low, scale.low, scale.high):
        yield f"{where}: no result of '{sought.id}' lies on both sides of {low:g}"
    if below is not None and not _within(below, scale.low, scale.high):
        yield f"{where}: no result of '{sought.id}' lies on both sides of {below:g}"


def _within(cut: float, low: float | None, high: float | None) -> bool:
    """Whether a scale has results below the cut and at or above it; an open end has."""
    return (low is None or cut > low) and (high is None or cut <= high)


def _sources(sources: Iterable[str], known: Named, where: str) -> Iterator[str]:
    yield from (f"{where}: source '{source}' is not in sources/" for source in sources if source not in known.sources)


def _repeated(where: str, ids: Iterable[str]) -> Iterator[str]:
    yield from (f"{where}: '{id_}' stands twice" for id_, times in Counter(ids).items() if times > 1)
