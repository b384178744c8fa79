"""Counting looks, correcting for them, and comparing sides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.brain.asymmetry import asymmetries, index_percent, pair_of
from painloom.brain.circuits import groups, summaries
from painloom.brain.multiplicity import look, two_sided, verdict
from painloom.knowledge.norms import Circuit, CircuitCard
from painloom.model.brain import NormRow

ZS = st.lists(st.floats(-8, 8), max_size=60)


def slow_discoveries(scores, level=0.05):
    """Benjamini-Hochberg by its definition: every p at or below the largest that lies under its line."""
    chances = sorted(two_sided(z) for z in scores)
    below = [p for rank, p in enumerate(chances, 1) if p <= level * rank / len(chances)]
    return {i for i, z in enumerate(scores) if below and two_sided(z) <= max(below)}


def test_two_sided_chances_are_those_of_the_tables():
    assert (1.0, 0.05, 0.01) == pytest.approx([two_sided(z) for z in (0, 1.959964, -2.575829)], abs=1e-6)


def test_a_worked_example():
    looks = look([4.0, 3.2, -2.5, 1.0, 0.2, 2.0, 0.0, 0.1])

    assert (8, 4, (0, 1, 2), (0, 1)) == (looks.count, looks.observed, looks.discovered, looks.strict)
    assert 8 * 0.04999579 == pytest.approx(looks.expected, abs=1e-6)


@given(ZS)
def test_discoveries_are_the_definition_and_hold_the_strict_ones(scores):
    looks = look(scores)

    assert slow_discoveries(scores) == set(looks.discovered)
    assert set(looks.strict) <= set(looks.discovered)
    assert looks.observed <= looks.count == len(scores)


@given(ZS)
def test_signs_do_not_matter(scores):
    assert look(scores) == look([-z for z in scores])


def test_nothing_compared_is_said_and_not_called_normal():
    text = verdict(look([]))

    assert "nothing can be said" in text
    assert "normal" not in text


@pytest.mark.parametrize(
    ("scores", "says"), [([0.0, 1.0], "no region remains"), ([6.0, 0.0], "1 region remains"), ([6.0, 7.0], "2 regions remain")]
)
def test_the_verdict_counts_and_warns_of_correlation(scores, says):
    assert says in verdict(look(scores))
    assert "correlated" in verdict(look(scores))


def row(region, value, z=None, measure="volume", group=""):
    return NormRow(region, measure, value, "mm3", None, z, None, None, None, "ok", group=group)


@given(st.floats(1e-3, 1e6), st.floats(1e-3, 1e6))
def test_the_index_is_antisymmetric_and_bounded(left, right):
    assert index_percent(left, right) == pytest.approx(-index_percent(right, left))
    assert -200 <= index_percent(left, right) <= 200
    assert 0 == index_percent(left, left)


def test_the_index_by_hand_and_where_there_is_none():
    assert 10.0 == pytest.approx(index_percent(105, 95))
    assert index_percent(0, 5) is None
    assert index_percent(float("nan"), 5) is None


def test_pairs_are_found_in_every_spelling():
    assert [("hippocampus", "right-hippocampus"), ("insula", "rh-insula"), ("insula", "wm-rh-insula"), None, None] == [
        pair_of(n) for n in ("Left-Hippocampus", "lh-insula", "wm-lh-insula", "Brain-Stem", "Right-Hippocampus")
    ]


def test_sides_need_both_values_of_one_measure():
    rows = [
        row("lh-a", 10.0, 1.0),
        row("rh-a", 8.0, None),
        row("lh-b", None),
        row("rh-b", 5.0),
        row("lh-c", 5.0),
        row("rh-c", 5.0, measure="area"),
    ]

    assert [("a", None)] == [(a.region, a.z_difference) for a in asymmetries(rows)]


def circuits(*regions):
    return CircuitCard(
        "c",
        "r",
        "research",
        (Circuit("one", "One", regions, "to-verify", "", ()), Circuit("two", "Two", regions[:1], "to-verify", "", ())),
        (),
    )


def test_regions_of_several_circuits_name_them_all():
    assert {"a": "one;two", "b": "one"} == groups(circuits("a", "b"))
    assert {} == groups(None)


def test_a_circuit_means_only_over_regions_with_a_z():
    rows = [row("a", 1.0, 1.0, group="one;two"), row("b", 1.0, None, group="one"), row("x", 1.0, 9.0)]
    found = {s.id: s for s in summaries(circuits("a", "b"), rows)}

    assert (1.0, 1, 2) == (found["one"].mean_z, found["one"].count, found["one"].of)


def test_a_circuit_without_any_z_has_no_mean():
    (found,) = [s for s in summaries(circuits("a"), [row("a", 1.0, None, group="one")]) if s.id == "one"]

    assert found.mean_z is None
