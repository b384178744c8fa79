"""Does the evidence hold together: every id resolves, every scale fits its outcome, and no two rows that weigh overlap."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from painloom.knowledge.evidence_cards import GREAT, MAIN, MIXED, OTHER, SCORE, STOP, EvidenceBook, TreatmentCard
from painloom.knowledge.load import Knowledge
from painloom.knowledge.target_cards import IndicationCard
from painloom.model.evidence import CHECK, PLACEBO, SHAM, SHOW, USUAL, EvidenceRow, ModifierRow

RATE_SCALES, RATIO_SCALES, SCORE_SCALES = ("rd", "log-rr", "log-or"), ("log-rr", "log-or"), ("smd", "points")
FITTING = {MAIN: RATE_SCALES, GREAT: RATE_SCALES, MIXED: RATE_SCALES, STOP: RATE_SCALES, SCORE: SCORE_SCALES}
FAMILIES = {PLACEBO: "blind", SHAM: "blind", USUAL: "open"}
ANSWERS, INTENSITY = "answers:", "pain-intensity"


@dataclass(frozen=True, slots=True)
class Known:
    """What rows may name: treatment cards, kinds of pain, sources, and facts or measures that tell a modifier."""

    treatments: dict[str, TreatmentCard]
    conditions: IndicationCard
    sources: frozenset[str]
    findings: frozenset[str]


def check_evidence(knowledge: Knowledge) -> Iterator[str]:
    """One line for each thing that is wrong."""
    facts = {row["id"] for table in ("facts", "facts_criteria", "measures") for row in knowledge.terms(table)}
    answers = {ANSWERS + id_ for id_ in knowledge.files("instruments")}
    findings = frozenset({*facts, *answers, INTENSITY, ""})
    known = Known(knowledge.treatments, knowledge.conditions, frozenset(knowledge.sources), findings)
    yield from check_book(knowledge.evidence, known)
    for card in knowledge.treatments.values():
        yield from _treatment(card, knowledge)


def _treatment(card: TreatmentCard, knowledge: Knowledge) -> Iterator[str]:
    """A name that leads nowhere would ask no safety rule, and offer the treatment to nobody."""
    where = f"treatments/{card.id}"
    kinds = (*card.conditions, *(n.condition for n in card.not_for))
    yield from (
        f"{where}: '{kind}' is no kind of pain on the conditions card" for kind in kinds if kind not in knowledge.conditions.indications
    )
    yield from (f"{where}: drug '{drug}' has no card" for drug in card.drugs if drug not in knowledge.drugs)
    yield from (f"{where}: target '{target}' has no card" for target in card.targets if target not in knowledge.targets.targets)
    classes = {c.id for c in knowledge.classes}
    yield from (f"{where}: only_with names '{name}', which is no class of drugs" for name in card.only_with if name not in classes)
    if card.evidence_class not in knowledge.evidence.classes:
        yield f"{where}: class '{card.evidence_class}' stands in no line of evidence.classes.tsv"


def check_book(book: EvidenceBook, known: Known) -> Iterator[str]:
    """One line for each thing that is wrong in a book, measured against what its rows may name."""
    yield from _vocabulary(book, known)
    units = {*known.treatments, *book.classes}
    for row in book.rows:
        where = f"evidence: {row.id}"
        if row.unit not in units:
            yield f"{where}: '{row.unit}' is neither a treatment nor a class"
        yield from _named(row.condition, row.source, known, where)
        yield from _outcome(row, book, known, where)
    for control in book.controls:
        where = f"evidence: {control.id}"
        yield from _named(control.condition, control.source, known, where)
        outcome = book.outcomes.get(control.outcome)
        if outcome is None or outcome.kind not in (MAIN, GREAT, MIXED, STOP):
            yield f"{where}: '{control.outcome}' is no outcome that is a rate"
        if control.comparator not in FAMILIES:
            yield f"{where}: comparator '{control.comparator}' has no control rate"
    for modifier in book.modifiers:
        yield from _modifier(modifier, units, known)
    yield from _twice(book, known)


def _vocabulary(book: EvidenceBook, known: Known) -> Iterator[str]:
    for card in known.treatments.values():
        if card.evidence_class not in book.classes:
            yield f"treatments/{card.id}: class '{card.evidence_class}' is not in evidence.classes.tsv"
    for domain in book.domains.values():
        named = [name for name in (domain.main, domain.great, domain.stop) if name]
        yield from (f"evidence: domain {domain.id}: outcome '{name}' is unknown" for name in named if name not in book.outcomes)
        roots = [root for root in (*domain.roots, *domain.brings_along) if root not in known.conditions.indications]
        yield from (f"evidence: domain {domain.id}: condition '{root}' is unknown" for root in roots)
    for outcome in book.outcomes.values():
        if outcome.control_of and outcome.control_of not in book.outcomes:
            yield f"evidence: outcome {outcome.id}: '{outcome.control_of}' is unknown"
        if outcome.domain and outcome.domain not in book.domains:
            yield f"evidence: outcome {outcome.id}: domain '{outcome.domain}' is unknown"


def _named(condition: str, source: str, known: Known, where: str) -> Iterator[str]:
    if condition not in known.conditions.indications:
        yield f"{where}: condition '{condition}' is unknown"
    if source not in known.sources:
        yield f"{where}: source '{source}' is not in sources/"


def _outcome(row: EvidenceRow, book: EvidenceBook, known: Known, where: str) -> Iterator[str]:
    outcome = book.outcomes.get(row.outcome)
    if outcome is None:
        yield f"{where}: outcome '{row.outcome}' is unknown"
        return
    if row.role == SHOW:
        return
    if outcome.kind == OTHER:
        yield f"{where}: an outcome of kind 'other' enters no model; its role is 'show'"
    elif row.scale not in FITTING[outcome.kind]:
        yield f"{where}: scale '{row.scale}' does not fit an outcome of kind '{outcome.kind}'"
    if row.comparator not in FAMILIES:
        yield f"{where}: compared with another treatment; its role is 'show'"
    if row.role != CHECK and not row.weighs:
        yield f"{where}: its role is 'prior', but it is not checked or has no standard error"
    if row.weighs and row.scale in RATIO_SCALES and row.control is None and not _has_rate(row, book, known):
        yield f"{where}: a ratio without a control rate, and neither '{row.condition}' nor a wider kind of pain has one"


def _has_rate(row: EvidenceRow, book: EvidenceBook, known: Known) -> bool:
    """Whether a checked control rate of the row's outcome is known for its condition or a wider one."""
    outcome = book.outcomes[row.outcome]
    near = set(_family(row.condition, known))
    wanted = outcome.control_of or outcome.id
    rates = (c for c in book.controls if c.weighs and c.condition in near and c.outcome == wanted)
    return any(FAMILIES.get(c.comparator) == FAMILIES.get(row.comparator) for c in rates)


def _family(condition: str, known: Known) -> tuple[str, ...]:
    return known.conditions.family(condition) if condition in known.conditions.indications else (condition,)


def _modifier(row: ModifierRow, units: Iterable[str], known: Known) -> Iterator[str]:
    where = f"evidence: {row.id}"
    if row.unit and row.unit not in units:
        yield f"{where}: '{row.unit}' is neither a treatment nor a class"
    yield from _named(row.condition, row.source, known, where)
    if row.finding not in known.findings:
        yield f"{where}: finding '{row.finding}' is no fact, measure or instrument"
    if row.shrink and (row.shift is None or not row.se):
        yield f"{where}: is believed by {row.shrink:g}, but has no shift or no standard error"
    if row.shrink and row.prevalence is None and row.centre is None:
        yield f"{where}: is believed by {row.shrink:g}, but neither its share nor its centre is known"


def _twice(book: EvidenceBook, known: Known) -> Iterator[str]:
    """Two rows that weigh for one treatment, in one kind of pain or one inside the other, against one family of comparators."""
    weighing = [row for row in book.rows if row.weighs and row.outcome in book.outcomes]
    for one, other in combinations(weighing, 2):
        if one.unit != other.unit or FAMILIES.get(one.comparator) != FAMILIES.get(other.comparator):
            continue
        stops = [book.outcomes[row.outcome].kind == STOP for row in (one, other)]
        inside = one.condition in _family(other.condition, known) or other.condition in _family(one.condition, known)
        if stops[0] == stops[1] and inside:
            yield f"evidence: {one.id} and {other.id} both weigh for '{one.unit}' in {one.condition} and {other.condition}; choose one"
