"""Published clinical grades under three-valued answers: what is known now, and what the unknown could still make of it."""

import itertools
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from painloom.errors import InputError, KnowledgeError
from painloom.knowledge.criteria import ALL, CriteriaCard, GradeRule, Question
from painloom.model.body import NO, TRUTH, UNKNOWN, YES, Fact
from painloom.model.criteria import Grade, GradeInput
from painloom.model.quantity import Estimate

SAFETY = "safety"  # the mechanism of rule sets whose levels a clinic may raise and never lower
UNANSWERED = "unanswered"  # the band of an alert whose item was left empty
MOST_UNKNOWN = 18  # 2**18 completions take a tenth of a second; no published criteria ask for more
Truths = npt.NDArray[np.bool_]


def grade(card: CriteriaCard, answers: Mapping[str, str], *, basis: Mapping[str, str] | None = None) -> Grade:
    """The grade that `answers` (question id -> yes, no or unknown; absent = unknown) give under the card's rules.

    Clauses are read on the values as they are: unknown is a value of its own and meets neither "=yes" nor "=no".
    A *completion* turns every unknown question into yes or no.  `could_become` holds, in alphabetical order, every grade other than
    the present one that some completion gives.  `changes` of an unknown question is True when there are two completions that differ
    in that question alone and give different grades; of a known question it is always False.

    `basis` says in words what answered each question.

    Raises
    ------
    InputError : a value outside yes, no, unknown, or a question that the card does not ask.
    KnowledgeError : more unknown questions than can be completed (MOST_UNKNOWN).
    """
    values = _checked(card, answers)
    said = basis or {}
    now = _grade_now(card, values)
    open_ = [q.id for q in card.questions if values[q.id] == UNKNOWN]
    reached = _completed(card, values, open_)
    rules = _rules(card)
    could = sorted({rules[i].id for i in np.unique(reached)} - {now.id})
    moves = {name: bool((reached.take(0, axis) != reached.take(1, axis)).any()) for axis, name in enumerate(open_)}
    return Grade(
        criteria=card.id,
        label=card.label,
        mechanism=card.mechanism,
        grade=now.id,
        grade_label=now.label,
        could_become=tuple(could),
        inputs=tuple(GradeInput(q.id, q.label, values[q.id], moves.get(q.id, False), said.get(q.id, "")) for q in card.questions),
        claim=card.claim,
        state=card.state,
        card=(card.id, card.release),
        sources=card.sources,
        notes=card.notes,
    )


def grade_now(card: CriteriaCard, answers: Mapping[str, str]) -> str:
    """The grade alone, without what unknown answers could make of it."""
    return _grade_now(card, _checked(card, answers)).id


def answers_from(card: CriteriaCard, facts: Mapping[str, str], scores: Mapping[str, Estimate]) -> dict[str, str]:
    """Question id -> yes, no or unknown, from facts (id -> value; see `latest`) and scale scores ("instrument.scale" -> estimate).

    The facts of a question are joined: "any" is yes when one is yes and no only when all are no; "all" is no when one is no and yes
    only when all are yes; else unknown.  Where the facts leave it unknown, the question's scale answers: its outcome is a band,
    or ">=n" or "<=n" on the score.  A scale without a score, or without a band where a band is asked, leaves it unknown.
    """
    return {q.id: _answered(q, facts, scores)[0] for q in card.questions}


def basis_from(card: CriteriaCard, facts: Mapping[str, str], scores: Mapping[str, Estimate]) -> dict[str, str]:
    """Question id -> the facts or the scale that answered it; "" where it is unknown."""
    return {q.id: _answered(q, facts, scores)[1] for q in card.questions}


def latest(facts: Iterable[Fact], *, conflict: str = UNKNOWN) -> dict[str, str]:
    """Fact id -> its value; the latest date counts (a fact without a date is older than every dated one).

    Where one date holds different values, any unknown gives way to yes or no; yes against no becomes `conflict`.
    """
    newest: dict[str, tuple[str, set[str]]] = {}
    for fact in facts:
        date, values = newest.get(fact.id, ("", set()))
        newest[fact.id] = (fact.date, {fact.value}) if fact.date > date else (date, values | ({fact.value} if fact.date == date else set()))
    return {id_: _one(values - {UNKNOWN}, conflict) for id_, (_, values) in newest.items()}


def _one(values: set[str], conflict: str) -> str:
    return conflict if len(values) > 1 else next(iter(values), UNKNOWN)


def lowered(ours: CriteriaCard, theirs: CriteriaCard) -> tuple[dict[str, str], ...]:
    """Answers to which `theirs` gives a lower grade than `ours`; grades of both cards stand gravest first.

    For rule sets of safety, which a clinic may raise and never lower.  Every combination of yes, no and unknown is tried; a grade of
    `ours` that `theirs` does not know counts as lowered, and so does an open grade in place of one that was given.

    Raises
    ------
    KnowledgeError : the cards do not ask the same questions.
    """
    names = [q.id for q in ours.questions]
    if names != [q.id for q in theirs.questions]:
        raise KnowledgeError(f"{theirs.id}: a clinic's own card must ask the same questions in the same order as ours")
    rank = {rule.id: place for place, rule in enumerate(_rules(ours))}
    worse = []
    for values in itertools.product(TRUTH, repeat=len(names)):
        answers = dict(zip(names, values, strict=True))
        before, after = _grade_now(ours, answers).id, _grade_now(theirs, answers).id
        if before != ours.otherwise.id and rank.get(after, len(rank)) > rank[before]:
            worse.append(answers)
    return tuple(worse)


def _checked(card: CriteriaCard, answers: Mapping[str, str]) -> dict[str, str]:
    known = [q.id for q in card.questions]
    strange = [name for name in answers if name not in known]
    if strange:
        raise InputError(f"{card.id}: does not ask '{strange[0]}'; it asks {', '.join(known)}")
    bad = [name for name, value in answers.items() if value not in TRUTH]
    if bad:
        raise InputError(f"{card.id}: question '{bad[0]}': an answer must be {', '.join(TRUTH)}")
    return {name: answers.get(name, UNKNOWN) for name in known}


def _rules(card: CriteriaCard) -> tuple[GradeRule, ...]:
    return (*card.grades, card.otherwise)


def _grade_now(card: CriteriaCard, values: Mapping[str, str]) -> GradeRule:
    for rule in card.grades:
        if any(all(_meets(values[name], wanted) for name, wanted in clause) for clause in rule.clauses):
            return rule
    return card.otherwise


def _meets(value: str, wanted: str) -> bool:
    return value != wanted[1:] if wanted.startswith("!") else value == wanted


def _completed(card: CriteriaCard, values: Mapping[str, str], open_: list[str]) -> npt.NDArray[np.int16]:
    """Index of the grade (of its first rule) for every completion: one axis an unknown question, 0 = no and 1 = yes along it."""
    if len(open_) > MOST_UNKNOWN:
        raise KnowledgeError(f"{card.id}: {len(open_)} unknown questions are too many to complete; at most {MOST_UNKNOWN}")
    shape = (2,) * len(open_)
    yes: dict[str, Truths] = {name: np.asarray(value == YES) for name, value in values.items()}
    for axis, name in enumerate(open_):
        yes[name] = np.array([False, True]).reshape([2 if i == axis else 1 for i in range(len(open_))])
    first = {rule.id: place for place, rule in reversed(list(enumerate(_rules(card))))}
    found = np.full(shape, first[card.otherwise.id], dtype=np.int16)
    for place in reversed(range(len(card.grades))):
        for clause in card.grades[place].clauses:
            holds: Truths = np.ones(shape, dtype=np.bool_)
            for name, wanted in clause:
                holds = holds & _completed_test(yes[name], wanted)
            found[holds] = first[card.grades[place].id]
    return found


def _completed_test(yes: Truths, wanted: str) -> Truths:
    """Where a completed question meets the test; it is never unknown there."""
    outcome = {YES: yes, NO: ~yes, UNKNOWN: np.zeros_like(yes)}[wanted.removeprefix("!")]
    return ~outcome if wanted.startswith("!") else outcome


def _answered(question: Question, facts: Mapping[str, str], scores: Mapping[str, Estimate]) -> tuple[str, str]:
    given = [facts.get(name, UNKNOWN) for name in question.facts]
    settles, rest = (NO, YES) if question.join == ALL else (YES, NO)
    if settles in given:
        return settles, "facts: " + ", ".join(n for n, v in zip(question.facts, given, strict=True) if v == settles)
    if given and UNKNOWN not in given:
        return rest, "facts: " + ", ".join(question.facts)
    if question.scale:
        value = outcome_of(scores.get(question.scale), question.outcome)
        return value, f"score: {question.scale}" if value != UNKNOWN else ""
    return UNKNOWN, ""


def outcome_of(estimate: Estimate | None, outcome: str) -> str:
    """Does a score give `outcome` (a band's id, or ">=n" or "<=n")?  unknown without a score or a band to compare."""
    if estimate is None or estimate.value != estimate.value or estimate.band == UNANSWERED:
        return UNKNOWN
    if outcome.startswith((">=", "<=")):
        try:
            bound = float(outcome[2:])
        except ValueError:
            raise KnowledgeError(f"the outcome '{outcome}' of a card holds no number after {outcome[:2]}") from None
        return YES if (estimate.value >= bound if outcome[0] == ">" else estimate.value <= bound) else NO
    if not estimate.band:
        return UNKNOWN
    return YES if estimate.band == outcome else NO
