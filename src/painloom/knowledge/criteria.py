"""Criteria cards: published clinical grades as ordered tests of three-valued questions."""

from dataclasses import dataclass
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.tables import Fields, read_toml
from painloom.model.body import TRUTH

ANY, ALL = "any", "all"


@dataclass(frozen=True, slots=True)
class Question:
    """One input.  It is answered by `facts` (yes when any or all of them, by `join`, are) or by an outcome of an instrument's scale.

    `scale` is "instrument.scale" and `outcome` what counts as yes: a band, or ">=n" or "<=n" on the score.
    """

    id: str
    label: str
    facts: tuple[str, ...]
    join: str
    scale: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class GradeRule:
    """A grade holds when every (question, value) pair of any clause holds; "!unknown" and the like mean anything but that value."""

    id: str
    label: str
    clauses: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True)
class CriteriaCard:
    """Grades in the order in which they are tried; `otherwise` is the grade when none holds."""

    id: str
    release: str
    label: str
    mechanism: str
    claim: str
    state: str
    licence: str
    sources: tuple[str, ...]
    questions: tuple[Question, ...]
    grades: tuple[GradeRule, ...]
    otherwise: GradeRule
    notes: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()


def read_criteria(path: Path) -> CriteriaCard:
    """The criteria card at `path`.

    Raises
    ------
    KnowledgeError : a clause names a question that is not on the card, or a value outside yes, no, unknown.
    """
    card = Fields(read_toml(path), path.name)
    questions = tuple(
        Question(q.text("id"), q.text("label"), q.texts("facts"), q.text("join", ANY), q.text("scale", ""), q.text("outcome", ""))
        for q in card.children("question")
    )
    known = {q.id for q in questions}
    for question in questions:
        if question.join not in (ANY, ALL) or bool(question.scale) != bool(question.outcome):
            raise KnowledgeError(f"{path.name}: question '{question.id}' needs join any or all, and an outcome with its scale")
    other = card.child("otherwise")
    if other is None:
        raise KnowledgeError(f"{path.name}: needs [otherwise], the grade when no other holds")
    return CriteriaCard(
        id=card.text("id"),
        release=card.text("release"),
        label=card.text("label"),
        mechanism=card.text("mechanism"),
        claim=card.text("claim"),
        state=card.text("state"),
        licence=card.text("licence"),
        sources=card.texts("sources"),
        questions=questions,
        grades=tuple(_grade(g, known) for g in card.children("grade")),
        otherwise=GradeRule(other.text("id"), other.text("label", other.text("id")), ()),
        notes=card.texts("notes"),
        open_questions=card.texts("open_questions"),
    )


def _grade(fields: Fields, known: set[str]) -> GradeRule:
    clauses = []
    for clause in fields.lists("when"):
        pairs = []
        for test in clause:
            name, equals, value = str(test).partition("=")
            if not equals or name not in known or value.removeprefix("!") not in TRUTH:
                raise KnowledgeError(f"{fields.where}: the test '{test}' names no question of the card or no value of {', '.join(TRUTH)}")
            pairs.append((name, value))
        clauses.append(tuple(pairs))
    return GradeRule(fields.text("id"), fields.text("label", fields.text("id")), tuple(clauses))
