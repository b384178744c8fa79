"""What the mind stream says of one person over time: never "better" inside error, never silence about a missing error."""

import numpy as np
import pytest

from builders import knowledge
from painloom.mind.stream import run
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.case import Case, Person


def sheet(instrument, answers, date):
    card = knowledge().instrument(instrument)
    values = np.array([[UNANSWERED if a is None else a for a in answers]], np.int16)
    return Answers(instrument, ("x",), tuple(r.id for r in card.ranges), values, date, f"{instrument}_{date}.csv")


def view(*sheets):
    return run(Case(Person("x"), answers=tuple(sheets)), knowledge())


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ([1] * 9, [1] * 9, "no change"),
        ([2] * 7 + [0, 0], [2] * 7 + [3, 0], "smaller than what people find meaningful"),
        ([2] * 7 + [0, 0], [0] * 9, "of meaningful size; measurement error not known"),
    ],
)
def test_a_change_without_a_published_error_is_called_by_its_size_alone(before, after, words):
    changes = view(sheet("phq-9", before, "2026-01-01"), sheet("phq-9", after, "2026-02-01")).changes

    assert [c.scale for c in changes] == ["depression severity"]
    assert words in changes[0].verdict
    assert changes[0].real == "unknown"
    assert changes[0].needed == "5 points"


def test_errors_that_disagree_are_not_settled_by_choosing_one():
    low, high = [2, 2, 2, 1, 2, 1, 1, 2, 2, 2, 2, 1, 1], [3, 3, 3, 2, 3, 1, 2, 3, 3, 3, 3, 2, 2]
    total = next(c for c in view(sheet("pcs", high, "2026-01-01"), sheet("pcs", low, "2026-02-01")).changes if c.needed == "8 points")

    assert (total.before, total.after, total.real) == (33.0, 21.0, "depends")


def test_latest_score_is_compared_with_the_one_before_and_with_the_first():
    dates = ["2026-01-01", "2026-02-01", "2026-03-01"]
    changes = view(*(sheet("peg", [n, n, n], d) for n, d in zip((8, 6, 5), dates, strict=True))).changes

    assert [(c.before_date, c.after_date) for c in changes] == [(dates[1], dates[2]), (dates[0], dates[2])]


def test_an_unscored_sheet_is_no_point_of_a_series():
    changes = view(sheet("peg", [8, 8, 8], "2026-01-01"), sheet("peg", [None, 2, 2], "2026-02-01")).changes

    assert changes == ()


def test_an_instrument_without_a_card_is_named():
    unknown = Answers("no-such-form", ("x",), ("1",), np.zeros((1, 1), np.int16), "2026-01-01", "no-such-form_2026-01-01.csv")

    assert any("no-such-form" in line for line in view(unknown).warnings)
