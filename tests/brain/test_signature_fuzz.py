"""Any bytes at all: a series, a motion file, a cohort is read or refused in one line, never half."""

import gzip
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.errors import InputError
from painloom.intake.motion import read_confound, read_motion
from painloom.intake.scores import read_scores
from painloom.intake.series import read_series

WORDS = st.sampled_from(
    [
        "1",
        "-2.5",
        "1e3",
        "nan",
        "inf",
        "n/a",
        "a",
        "b",
        "score",
        "model",
        "framewise_displacement",
        "",
        " ",
        ".",
        "0",
        "0.1",
        "_",
        "é",
        "1_0",
        "\x00",
    ]
)
LINES = st.lists(st.lists(WORDS, min_size=0, max_size=4).map("\t".join), max_size=8)
TEXTS = st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\r"])).map(lambda made: made[1].join(made[0]).encode())


def read_all(data):
    """Every reader on these bytes: what it gave, or the refusal's text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.tsv"
        path.write_bytes(data)
        for read in (read_series, read_motion, lambda p: read_scores(p, "m"), lambda p: read_confound(p, "a")):
            try:
                yield read(path)
            except InputError as refused:
                yield str(refused)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=200), TEXTS, TEXTS.map(gzip.compress), st.binary(max_size=60).map(lambda b: b"\x1f\x8b" + b)))
def test_any_bytes_are_read_or_refused_in_one_line(data):
    """What comes back holds finite numbers only."""
    series, motion, cohort, confound = read_all(data)

    for found in (series, motion, cohort, confound):
        if isinstance(found, str):
            assert "\n" not in found
            assert found.startswith("a.tsv")
    if not isinstance(series, str):
        assert not np.isinf(series.values).any()
        assert series.values.shape[1] == len(series.names)
    if not isinstance(motion, str):
        assert (motion >= 0).all()
        assert np.isfinite(motion).all()
    if not isinstance(cohort, str):
        assert list(cohort.scores) == sorted(cohort.scores)
    if not isinstance(confound, str):
        assert np.isfinite(confound).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=3), min_size=1, max_size=6))
def test_numbers_come_back_to_the_last_digit(rows):
    """Written with every digit, read as the same double."""
    text = "a\tb\tc\n" + "".join("\t".join(map(repr, row)) + "\n" for row in rows)
    series, *_ = read_all(text.encode())

    assert series.values.tolist() == rows


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("a\tb\n1\t2\n", "no column 'g'"),
        ("g\tb\nn/a\t2\n", "line 2: column 'g' holds no finite number"),
        ("g\tb\n1\t2\n\n3\t4\n", "line 3: 1 cells"),
        ("g\tg\n1\t2\n", "stands there twice"),
    ],
)
def test_a_confound_is_complete_or_refused(tmp_path, table, words):
    """A global signal with a hole is no global signal."""
    path = tmp_path / "c.tsv"
    path.write_text(table)

    with pytest.raises(InputError, match=words):
        read_confound(path, "g")
