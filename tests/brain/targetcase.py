"""Small cases for the neuromodulation planner: words in, view out."""

from painloom.brain.targets import Wish, plan_targets
from painloom.knowledge.load import load
from painloom.model.body import BodyRecord, Diagnosis, Fact
from painloom.model.case import Case, DrugUse, PainHistory, Person

KNOWLEDGE = load()
BOOK = KNOWLEDGE.targets
PAIN = "Neuropathic pain"
QUESTIONS = tuple(question.id for question in BOOK.screen.questions)


def case(*texts, sites=(), drugs=(), facts=None, sex="F", **more):
    """A case: texts or Diagnosis nouns, sites, drug names or DrugUse nouns, facts as id -> value."""
    given = tuple(text if isinstance(text, Diagnosis) else Diagnosis(text) for text in texts)
    answers = tuple(Fact(id_, value, text="history") for id_, value in (facts or {}).items())
    uses = tuple(use if isinstance(use, DrugUse) else DrugUse(use) for use in drugs)
    pain = PainHistory(sites=tuple(sites), complaint=more.pop("complaint", ""))
    return Case(Person("somebody", 50, sex), pain, uses, body=BodyRecord(given, answers, **more))


def plan(*texts, side="", indication="", phenotypes=None, **more):
    """The view of such a case."""
    return plan_targets(case(*texts, **more), KNOWLEDGE, phenotypes=phenotypes, wish=Wish(indication, side))


def motor(view):
    """The magnetic motor cortex targets of a view as (area, side) pairs."""
    return [tuple(t.id.removeprefix("m1-rtms-").split("-")) for t in view.targets if t.id.startswith("m1-rtms")]


def first(view, card="m1-rtms"):
    """The first target of a card."""
    return next(target for target in view.targets if target.card[0] == card)


def reasons(target):
    """What speaks against a target, apart from an incomplete screen."""
    return [reason for reason in target.safety if reason.basis != "not recorded"]
