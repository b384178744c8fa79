"""Regional series, motion and cohort files: what is read, and what is refused in one line."""

import gzip
import io
import os

import numpy as np
import pytest

from painloom.errors import InputError
from painloom.intake import tabtext
from painloom.intake.motion import read_motion
from painloom.intake.scores import read_scores
from painloom.intake.series import read_series

GOOD = b"a\tb\ta\n1\t2\t3\n4\t5e-1\t-6\n"


def put(folder, data, name="sub-01_timeseries.tsv"):
    path = folder / name
    path.write_bytes(data)
    return path


def refused(read, *args):
    """The refusal's text, after its form is checked: one line that starts with the file's name, without its folder."""
    with pytest.raises(InputError) as caught:
        read(*args)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 500
    assert text.startswith(args[0].name[:20])
    assert str(args[0].parent) not in text
    return text


def test_a_series_keeps_order_and_doubled_names(tmp_path):
    """Two columns may have one name; only their place tells them apart."""
    series = read_series(put(tmp_path, GOOD))

    assert series.id == "sub-01_timeseries"
    assert series.names == ("a", "b", "a")
    assert np.array_equal([[1, 2, 3], [4, 0.5, -6]], series.values)


@pytest.mark.parametrize(
    "data",
    [
        GOOD.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + GOOD,
        GOOD.rstrip(b"\n"),
        GOOD + b"\n\r\n",
        gzip.compress(GOOD),
        gzip.compress(GOOD[:9]) + gzip.compress(GOOD[9:]),
    ],
    ids=["CRLF", "byte order mark", "no last line end", "blank lines at the end", "packed", "packed in two members"],
)
def test_other_spellings_of_one_table_give_one_series(tmp_path, data):
    """Line ends, marks and packing change nothing."""
    assert np.array_equal(read_series(put(tmp_path, GOOD)).values, read_series(put(tmp_path, data, "b.tsv")).values)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sub-1_bold.nii.gz", "sub-1_bold"),
        ("x.TSV.GZ", "x"),
        ("x.tsv", "x"),
        ("v1.2_run", "v1.2_run"),
        ("a.nii", "a"),
        (".tsv", ".tsv"),
        ("a\x07.tsv", "a?"),
    ],
)
def test_the_stem_is_the_name_without_all_of_its_ending(tmp_path, name, expected):
    """Doubled endings go as one; other dots stay."""
    assert tabtext.stem(tmp_path / name) == expected


HOSTILE = {
    "empty": (b"", "is empty"),
    "only line ends": (b"\n\n\r\n", "is empty"),
    "header only": (b"a\tb\n", "no volumes"),
    "ragged, a cell less": (b"a\tb\n1\t2\n3\n", "line 3: 1 cells, the header has 2"),
    "ragged, a cell more": (b"a\tb\n1\t2\t3\n", "line 2: 3 cells"),
    "blank line between volumes": (b"a\tb\n1\t2\n\n3\t4\n", "line 3: 0 cells"),
    "not a number": (b"a\tb\n1\tnan\n", "line 2 column 2"),
    "infinite": (b"a\tb\n1\t2\n-inf\t3\n", "line 3 column 1"),
    "too large for a float": (b"a\tb\n1\t1e999\n", "line 2 column 2"),
    "empty cell": (b"a\tb\n1\t\n", "is empty"),
    "words": (b"a\tb\nx\ty\n", "line 2 column 1"),
    "header twice": (b"a\tb\n1\t2\na\tb\n1\t2\n", "line 3 column 1"),
    "underscored number": (b"a\tb\n1_0\t2\n", "line 2 column 1"),
    "digits of another script": ("a\tb\n١\t2\n".encode(), "line 2 column 1"),
    "decimal comma": (b"a\tb\n1,5\t2\n", "holds '1,5'"),
    "comma separated": (b"a,b\n1,2\n", "no tab in the header"),
    "spaces between": (b"a b c\n1 2 3\n", "no tab in the header"),
    "no header": (b"1.5\t2\n3\t4\n", "numbers instead of names"),
    "a nameless column": (b"a\t\tc\n1\t2\t3\n", "column 2 has no name"),
    "binary": (bytes(range(256)) * 4, "not UTF-8"),
    "NUL characters": (b"a\tb\n1\t\0\n", "NUL"),
    "latin-1 header": (b"a\t\xe4\n1\t2\n", "not UTF-8"),
    "UTF-16": ("a\tb\n1\t2\n".encode("utf-16"), "not UTF-8"),
    "cut gzip": (gzip.compress(GOOD * 2000)[:-20], "damaged or cut short"),
    "gzip head and rubbish": (b"\x1f\x8b\x08\0" + b"rubbish" * 9, "damaged or cut short"),
    "thousands of columns": (b"\t".join(b"c%d" % n for n in range(6000)) + b"\n" + b"\t".join([b"1"] * 6000), "6,000 columns"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_series_is_refused_in_one_line(tmp_path, kind):
    """Nothing is skipped, guessed or filled in."""
    data, words = HOSTILE[kind]

    assert words in refused(read_series, put(tmp_path, data))


def test_an_endless_line_is_refused(tmp_path, monkeypatch):
    """A line beyond the bound never reaches the number parser."""
    monkeypatch.setattr(tabtext, "LONGEST_LINE", 1000)

    assert "line of more than" in refused(read_series, put(tmp_path, b"a" * 2000))
    assert "line of more than" in refused(read_series, put(tmp_path, b"a\tb\n" + b"1" * 2000))


def test_a_packed_bomb_is_stopped_at_the_bound(tmp_path):
    """A few hundred kilobytes that unpack to more than the bound are refused after the bound, not after all of it."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as packed:
        block = b"\n" * 2**20
        for _ in range(tabtext.MOST_BYTES // 2**20 + 2):
            packed.write(block)

    text = refused(read_series, put(tmp_path, out.getvalue()))

    assert "unpacks to more than" in text


def test_a_file_beyond_the_bound_is_refused_unread(tmp_path):
    """Size is asked before a byte is read: the file is sparse."""
    path = tmp_path / "big.tsv"
    with path.open("wb") as file:
        file.truncate(tabtext.MOST_BYTES + 1)

    assert "larger than" in refused(read_series, path)


def test_what_is_no_file_is_refused(tmp_path):
    """Absent, a folder, a pipe."""
    os.mkfifo(tmp_path / "pipe.tsv")
    (tmp_path / "folder.tsv").mkdir()

    for name in ("absent.tsv", "folder.tsv", "pipe.tsv"):
        assert "not found as a file" in refused(read_series, tmp_path / name)
        assert "not found as a file" in refused(read_motion, tmp_path / name)


def test_a_long_word_of_a_file_is_not_echoed_whole(tmp_path):
    """A message stays short, and unprintable letters are replaced."""
    text = refused(read_series, put(tmp_path, b"a\tb\n1\tx\x1b[2J" + b"y" * 5000 + b"\n"))

    assert "\x1b" not in text
    assert "…" in text


def test_motion_is_read_from_a_plain_list(tmp_path):
    """One number a line; a heading with the column's name is fine."""
    assert np.array_equal([0, 0.1, 0.25], read_motion(put(tmp_path, b"0.0\n0.1\n.25\n", "m.txt")))
    assert np.array_equal([0, 0.1], read_motion(put(tmp_path, b"framewise_displacement\nn/a\n0.1\n", "m.tsv")))
    assert np.array_equal([0, 0.1], read_motion(put(tmp_path, b"n/a\r\n0.1\r\n", "m.tsv")))


def test_motion_is_read_from_a_confounds_table(tmp_path):
    """The first volume has no displacement: 0, whatever its cell says about absence."""
    table = b"csf\tframewise_displacement\trot_x\n1\tn/a\tn/a\n2\t0.2\t0\n3\t0.3\t0\n"

    assert np.array_equal([0, 0.2, 0.3], read_motion(put(tmp_path, table, "c.tsv")))
    assert np.array_equal([0, 0.2, 0.3], read_motion(put(tmp_path, gzip.compress(table), "c.tsv.gz")))


BAD_MOTION = {
    "negative": (b"0\n-0.1\n", "line 2: a negative displacement"),
    "infinite": (b"0\ninf\n", "line 2: no finite displacement"),
    "nan later": (b"0\nnan\n", "line 2: no displacement"),
    "absent later": (b"n/a\n0.1\nn/a\n", "line 3: no displacement"),
    "beyond a metre": (b"0\n1000.1\n", "up to 1,000 mm"),
    "words": (b"0\nabc\n", "'abc' is no number"),
    "another heading": (b"moved\n0.1\n", "'moved' is no number"),
    "six parameters": (b"0 0 0 0 0 0\n", "several values on a line"),
    "commas": (b"0,0.1\n", "several values on a line"),
    "empty line": (b"0\n\n0.1\n", "line 2: an empty line"),
    "header only": (b"framewise_displacement\n", "no volumes"),
    "no such column": (b"a\tb\n1\t2\n", "no column 'framewise_displacement'"),
    "column twice": (b"framewise_displacement\tframewise_displacement\n1\t2\n", "stands there twice"),
    "ragged": (b"framewise_displacement\ta\n0\t1\n0\n", "line 3: 1 cells"),
    "binary": (bytes(range(256)), "not UTF-8"),
    "empty": (b"", "is empty"),
    "underscored": (b"0\n0_1\n", "no finite displacement"),
}


@pytest.mark.parametrize("kind", BAD_MOTION)
def test_hostile_motion_is_refused_in_one_line(tmp_path, kind):
    """A displacement is a distance; one that is not there is not 0."""
    data, words = BAD_MOTION[kind]

    assert words in refused(read_motion, put(tmp_path, data, "motion.txt"))


def test_a_cohort_is_a_list_or_our_own_table(tmp_path):
    """Withheld rows are counted, not scored."""
    plain = read_scores(put(tmp_path, b"3\n1\n2\n5\n4\n", "local.txt"), "m")
    table = b"id\tmodel\tscore\nx\tm\t2\ny\tm\t.\nz\tm\t1\nv\tm\t3\nw\tm\t4\nu\tm\t0\n"

    assert (plain.name, plain.scores, plain.left_out) == ("local", (1.0, 2.0, 3.0, 4.0, 5.0), 0)
    own = read_scores(put(tmp_path, table, "ours.tsv"), "m")
    assert (own.scores, own.left_out) == ((0.0, 1.0, 2.0, 3.0, 4.0), 1)


BAD_SCORES = {
    "of another model": (b"model\tscore\n" + b"other\t1\n" * 6, "scores of 'm' only"),
    "too few": (b"1\n2\n3\n4\n", "fewer than 5"),
    "no number": (b"1\nx\n", "line 2: no finite number"),
    "infinite": (b"1\ninf\n", "line 2: no finite number"),
    "no score column": (b"id\tvalue\nx\t1\n", "no column 'score'"),
    "ragged": (b"id\tscore\nx\n", "line 2: 1 cells"),
}


@pytest.mark.parametrize("kind", BAD_SCORES)
def test_a_hostile_cohort_is_refused_in_one_line(tmp_path, kind):
    """A cohort of other numbers would place everybody wrongly."""
    data, words = BAD_SCORES[kind]

    assert words in refused(read_scores, put(tmp_path, data, "cohort.tsv"), "m")
