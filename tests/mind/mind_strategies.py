"""Random banks and answers for property tests."""

from hypothesis import strategies as st
from mind_reference import bank

SLOPES = st.floats(0.3, 6.0).map(lambda a: round(a, 3))


@st.composite
def thresholds(draw, most=5):
    start = draw(st.floats(-2.5, 1.5))
    steps = draw(st.lists(st.floats(0.05, 1.2), min_size=0, max_size=most - 1))
    found = [round(start, 3)]
    for step in steps:
        found.append(round(found[-1] + step, 3))
    return found


@st.composite
def banks(draw, least=1, most=8, stop=(0.3, 1, 99)):
    items = draw(st.lists(st.tuples(SLOPES, thresholds()), min_size=least, max_size=most))
    return bank(*items, stop=stop)


@st.composite
def answered(draw, least=1, most=8):
    """A bank with an answer to every item."""
    made = draw(banks(least, most))
    return made, {item.id: draw(st.integers(0, item.categories - 1)) for item in made.items}
