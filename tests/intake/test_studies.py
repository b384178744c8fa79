"""Study rows from files: what is read, what is refused, and that a refusal says where and what to do in one line."""

import gzip
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.errors import InputError
from painloom.intake.studies import MOST_BYTES, MOST_STUDIES, read_studies

GOOD = "study,effect,se\na,0.3,0.1\nb,-0.2,0.25\n"


@pytest.fixture
def put(tmp_path):
    def write(content, name="studies.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def refused(path):
    with pytest.raises(InputError) as caught:
        read_studies(path)
    text = str(caught.value)

    assert "\n" not in text
    assert text.isprintable()
    assert text.startswith(path.name + ": ")
    assert len(text) < 300
    return text


def tried(path):
    """The studies, or the text of the refusal; any other error is the test's."""
    try:
        return read_studies(path)
    except InputError as wrong:
        return str(wrong)


SAME = {
    "plain": GOOD.encode(),
    "byte order mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "Windows lines": GOOD.replace("\n", "\r\n").encode(),
    "old Mac lines": GOOD.replace("\n", "\r").encode(),
    "no last line end": GOOD.rstrip("\n").encode(),
    "packed": gzip.compress(GOOD.encode()),
    "blank lines": GOOD.replace("\nb", "\n\n  \n,,\nb").encode() + b"\n\n",
    "quotes": b'"study","effect","se"\n"a","0.3","0.1"\n"b","-0.2","0.25"\n',
    "spaces": b" study , effect,se \n a , 0.3 ,0.1\nb,-0.2 , 0.25\n",
    "capital letters": GOOD.replace("study,effect,se", "Study,EFFECT,Se").encode(),
    "another order": b"se,study,effect\n0.1,a,0.3\n0.25,b,-0.2\n",
    "powers of ten": b"study,effect,se\na,3e-1,1E-1\nb,-.2,+0.25\n",
}


@pytest.mark.parametrize("how", SAME)
def test_one_table_written_in_many_ways(put, how):
    found = read_studies(put(SAME[how]))

    assert ("a", "b") == found.names
    assert [0.3, -0.2] == list(found.effects)
    assert [0.1, 0.25] == list(found.errors)
    assert found.warnings == ()


def test_columns_that_are_not_used_are_named(put):
    found = read_studies(put("study,year,effect,se,drug\na,1999,0.3,0.1,x\n"))

    assert ("studies.csv: columns that were not used: year, drug",) == found.warnings


def test_a_name_may_hold_what_a_table_may_hold(put):
    found = read_studies(put('study,effect,se\n"Nørregaard, 1995 ""b""",0.1,0.2\n'))

    assert ('Nørregaard, 1995 "b"',) == found.names


REFUSED = {
    "nothing": ("", "is empty"),
    "blank": ("\n \n", "is empty"),
    "only a header": ("study,effect,se\n", "holds no study"),
    "a header and blank lines": ("study,effect,se\n\n,,\n", "holds no study"),
    "no header": ("a,0.3,0.1\n", "line 1: column 'study' is missing"),
    "no se column": ("study,effect\na,0.3\n", "line 1: column 'se' is missing"),
    "a column twice": ("study,effect,se,se\na,0.3,0.1,0.2\n", "line 1: column 'se' stands twice"),
    "semicolons": ("study;effect;se\na;0.3;0.1\n", "line 1: column 'study' is missing"),
    "tabs": ("study\teffect\tse\na\t0.3\t0.1\n", "line 1: column 'study' is missing"),
    "se missing": (GOOD + "c,0.1,\n", "line 4: se is missing"),
    "se a point": (GOOD + "c,0.1,.\n", "line 4: se is missing"),
    "se zero": (GOOD + "c,0.1,0\n", "line 4: se is zero"),
    "se minus zero": (GOOD + "c,0.1,-0.0\n", "line 4: se is zero"),
    "se that is zero to a computer": (GOOD + "c,0.1,1e-400\n", "line 4: se is zero"),
    "se negative": (GOOD + "c,0.1,-0.1\n", "line 4: se is negative"),
    "se minute": (GOOD + "c,0.1,1e-300\n", "line 4: se is not a finite number of usual size"),
    "se endless": (GOOD + "c,0.1,inf\n", "line 4: se is not a finite number"),
    "se not a number": (GOOD + "c,0.1,nan\n", "line 4: se is not a finite number"),
    "se minus endless": (GOOD + "c,0.1,-inf\n", "line 4: se is not a finite number"),
    "effect missing": (GOOD + "c,,0.1\n", "line 4: effect is missing"),
    "effect endless": (GOOD + "c,-inf,0.1\n", "line 4: effect is not a finite number"),
    "effect too large for a number": (GOOD + "c,1e400,0.1\n", "line 4: effect is not a finite number"),
    "effect too large for a square": (GOOD + "c,1e200,0.1\n", "line 4: effect is not a finite number"),
    "effect a word": (GOOD + "c,large,0.1\n", "line 4: effect 'large' is no number"),
    "decimal comma in quotes": (GOOD + 'c,"0,3",0.1\n', "line 4: effect '0,3' is no number; write it with a point"),
    "decimal comma": (GOOD + "c,0,3,0.1\n", "line 4: 4 cells, the header has 3"),
    "hexadecimal": (GOOD + "c,0x1p-2,0.1\n", "line 4: effect '0x1p-2' is no number"),
    "a sum": (GOOD + "c,=1+1,0.1\n", "line 4: effect '=1+1' is no number"),
    "a cell short": (GOOD + "c,0.1\n", "line 4: 2 cells, the header has 3"),
    "a study twice": (GOOD + "a,0.1,0.1\n", "line 4: a study without a name or twice"),
    "a study twice but for spaces": (GOOD + " a ,0.1,0.1\n", "line 4: a study without a name or twice"),
    "no name": (GOOD + ",0.1,0.1\n", "line 4: a study without a name or twice"),
    "an open quote": (GOOD + '"c,0.1,0.1\n', "quotes that do not close"),
    "NUL": (GOOD + "c\0,0.1,0.1\n", "NUL"),
    "another alphabet": (GOOD.encode("utf-16"), "UTF-8"),
    "Latin letters": (GOOD.encode() + "é,0.1,0.1\n".encode("latin-1"), "not UTF-8"),
    "a torn package": (gzip.compress(GOOD.encode() * 50)[:40], "damaged or cut short"),
    "JSON": ('[{"study": "a", "effect": 0.3, "se": 0.1}]', "column 'study' is missing"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0", "UTF-8"),
    "escape signs": (GOOD + "c,\x1b[31m0.1,0.1\n", "line 4: effect '?[31m0.1' is no number"),
    "a long word": (GOOD + f"c,{'9x' * 5000},0.1\n", "is no number"),
}


@pytest.mark.parametrize("how", REFUSED)
def test_what_is_refused_says_where_and_what(put, how):
    content, said = REFUSED[how]

    assert said in refused(put(content))


def test_what_is_not_there_is_refused(tmp_path):
    assert "not found as a file" in refused(tmp_path / "nosuch.csv")
    assert "not found as a file" in refused(tmp_path)


def test_too_many_bytes_are_refused_before_they_are_read(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)

    assert "larger than" in refused(path)


def test_a_bomb_is_refused(put):
    assert "unpacks to more than" in refused(put(gzip.compress(b"study,effect,se\n" + b"0" * (MOST_BYTES + 10)), "bomb.csv.gz"))


def test_ten_thousand_studies_are_read_and_not_one_more(put):
    lines = [f"s{place},0.1,0.2" for place in range(MOST_STUDIES + 1)]

    assert MOST_STUDIES == len(read_studies(put("\n".join(["study,effect,se", *lines[:-1]]))).names)
    assert f"more than {MOST_STUDIES:,} studies" in refused(put("\n".join(["study,effect,se", *lines])))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    """No other error than a refusal, and nothing that is not finite comes back."""
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(content)
    said = tried(path)

    assert "\n" not in said if isinstance(said, str) else np.isfinite(said.effects).all()


cells = st.one_of(
    st.floats(allow_nan=True).map(repr),
    st.text(max_size=8),
    st.sampled_from(["", ".", "0", "-0", "1e-400", "1e400", '"', "1_0", "٣", "1,5"]),
)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(cells, cells, cells), max_size=6))
def test_any_cells_are_read_as_finite_numbers_or_refused(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("cells") / "cells.csv"
    path.write_text("study,effect,se\n" + "".join(",".join(row) + "\n" for row in rows), encoding="utf-8", newline="")
    found = tried(path)
    if isinstance(found, str):
        assert found.isprintable()
    else:
        assert np.isfinite(found.effects).all()
        assert (found.errors > 0).all()
        assert len(found.names) == len(set(found.names)) == found.effects.size == found.errors.size


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6)), min_size=1, max_size=20))
def test_numbers_come_back_to_the_last_bit(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("exact") / "exact.csv"
    path.write_text("study,effect,se\n" + "".join(f"s{i},{e!r},{s!r}\n" for i, (e, s) in enumerate(rows)), encoding="utf-8")
    found = read_studies(path)

    assert [(e, s) for e, s in rows] == list(zip(found.effects, found.errors, strict=True))


def test_the_largest_numbers_leave_room_for_their_squares(put):
    found = read_studies(put("study,effect,se\na,1e70,1e70\nb,-1e70,1e-70\n"))

    assert math.isfinite(float((found.effects**2).sum()))
    assert math.isfinite(float((found.errors**-2).sum()))


def test_a_number_with_an_underscore_is_no_number(put):
    assert "is no number" in refused(put(GOOD + "c,1_5,0.1\n"))


def test_the_line_is_that_of_the_file(put):
    assert "line 4: se is zero" in refused(put('study,effect,se\n"a\nb",0.3,0.1\nc,0.1,0\n'))


@pytest.mark.parametrize("content", [GOOD + '"c"x,0.1,0.1\n', GOOD + f"{'c' * 140_000},0.1,0.1\n"])
def test_quotes_that_close_are_not_called_open(put, content):
    assert "do not close" not in refused(put(content))


def test_a_blank_first_line_is_skipped(put):
    assert ("a", "b") == read_studies(put("\n" + GOOD)).names
