"""What keeps the pain going: above the threshold, by how far and how surely; conflicts are shown."""

import numpy as np
import pytest

from painloom.knowledge.mechanism_cards import ConflictCard, DriverCard, Sought
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.quantity import Estimate
from painloom.synthesis.drivers import conflicts_of, drivers_of, rescore
from painloom.synthesis.observe import Observed


def driver(id_, sought, *, worse="higher", se=None, leave_out=()):
    return DriverCard(
        id_, "r", id_, "plain", "mind", "guideline", "x", ("s",), sought, worse, se, None, leave_out, (), "text", "verified", ()
    )


def score(value, se=None):
    return Observed(scores={"scale.total": Estimate(value, "points", se=se)})


HIGH, LOW = Sought("score", "scale.total", low=10.0), Sought("score", "scale.total", below=20.0)


@pytest.mark.parametrize(("value", "there"), [(9.9, False), (10.0, True), (15.0, True)])
def test_a_score_drives_from_its_threshold(value, there):
    assert there == bool(drivers_of([driver("d", HIGH)], score(value), {}))


@pytest.mark.parametrize(("value", "there"), [(25.0, False), (15.0, True)])
def test_where_low_is_worse_it_drives_below(value, there):
    assert there == bool(drivers_of([driver("d", LOW, worse="lower")], score(value), {}))


def test_distance_is_in_standard_errors_and_certainty_follows():
    (one,) = drivers_of([driver("d", HIGH)], score(12.0, se=2.0), {})

    assert one.excess == pytest.approx(1.0)
    assert one.chance == pytest.approx(0.8413, abs=1e-4)


def test_the_surest_comes_first():
    cards = [driver("near", HIGH, se=2.0), driver("far", Sought("score", "other.total", low=10.0), se=2.0)]
    observed = Observed(scores={"scale.total": Estimate(10.5, "p"), "other.total": Estimate(20.0, "p")})

    assert ["far", "near"] == [d.id for d in drivers_of(cards, observed, {})]


@pytest.mark.parametrize(("value", "there"), [("yes", True), ("no", False), ("unknown", False)])
def test_a_fact_drives_when_it_is_true(value, there):
    assert there == bool(drivers_of([driver("d", Sought("fact", "f"))], Observed(facts={"f": value}), {}))


def sheet(*values):
    return Answers("scale", ("p",), ("1", "2", "3", "4"), np.array([values], dtype=np.int16), "2026-01-01")


TOPS = {"scale": {"1": 3.0, "2": 3.0, "3": 3.0, "4": 3.0}}


def test_items_that_pain_itself_raises_are_left_out_and_the_rest_is_raised_to_the_whole():
    """Items 1 and 2 give 2 of 6: 4 of 12."""
    cards = [driver("d", HIGH, leave_out=("3", "4"))]

    assert {"d": 4.0} == rescore(cards, [sheet(1, 1, 3, 3)], TOPS)
    assert () == drivers_of(cards, score(10.0), {"d": 4.0})


def test_an_unanswered_item_that_is_kept_leaves_the_score_alone():
    assert {} == rescore([driver("d", HIGH, leave_out=("3", "4"))], [sheet(1, UNANSWERED, 3, 3)], TOPS)


def conflict(*, absent=False):
    return ConflictCard("c", Sought("fact", "a"), Sought("fact", "b"), absent, "text", "ask", "verified", ())


@pytest.mark.parametrize(
    ("facts", "absent", "there"),
    [
        ({"a": "yes", "b": "yes"}, False, True),
        ({"a": "yes", "b": "no"}, False, False),
        ({"a": "yes"}, False, False),
        ({"a": "yes", "b": "no"}, True, True),
        ({"a": "yes"}, True, False),
        ({"b": "yes"}, False, False),
    ],
)
def test_a_conflict_needs_both_findings_known(facts, absent, there):
    assert there == bool(conflicts_of([conflict(absent=absent)], Observed(facts=facts)))
