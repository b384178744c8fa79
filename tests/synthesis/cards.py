"""Knowledge read once, and strategies for three-valued answers."""

from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from painloom.knowledge.criteria import ANY, CriteriaCard, GradeRule, Question
from painloom.knowledge.load import load
from painloom.knowledge.redflags import read_redflag

TRUTH = ("yes", "no", "unknown")
CASES = Path(__file__).resolve().parents[3] / "shared" / "mind" / "cases" / "mechanism"


@cache
def knowledge():
    return load()


def criteria():
    return knowledge().criteria


@cache
def red_flags():
    return tuple(read_redflag(path) for path in knowledge().files("redflags").values())


def answers_to(card):
    return st.fixed_dictionaries({q.id: st.sampled_from(TRUTH) for q in card.questions})


card_and_answers = st.sampled_from(sorted(criteria())).flatmap(
    lambda name: st.tuples(st.just(criteria()[name]), answers_to(criteria()[name]))
)


@st.composite
def invented_cards(draw):
    """Any card at all, also ones that make no clinical sense: the evaluation must not lean on monotone rules."""
    names = [f"q{i}" for i in range(draw(st.integers(1, 4)))]
    tests = st.tuples(st.sampled_from(names), st.sampled_from([*TRUTH, *("!" + t for t in TRUTH)]))
    clauses = st.lists(st.lists(tests, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple)
    rules = tuple(GradeRule(f"g{i % 3}", f"g{i % 3}", draw(clauses)) for i in range(draw(st.integers(0, 4))))
    questions = tuple(Question(n, n, (), ANY) for n in names)
    return CriteriaCard("x", "1", "x", "x", "research", "to-verify", "x", (), questions, rules, GradeRule("open", "open", ()))
