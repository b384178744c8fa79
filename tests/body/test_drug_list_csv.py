"""The CSV of a drug list: form is judged, nothing is lost, nothing is quoted back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.errors import InputError
from painloom.intake.drug_list import MOST_BYTES, MOST_ROWS, read_drug_list
from painloom.model.quantity import Interval, point

HEADER = "drug,dose,unit,per_day,route,form\n"


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / "list.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def refused(write, content):
    with pytest.raises(InputError) as wrong:
        read_drug_list(write(content))
    text = str(wrong.value)
    assert text.startswith("list.csv: ")
    assert "\n" not in text
    return text


def test_an_entry_keeps_every_cell(write):
    (use,) = read_drug_list(write(HEADER + "Oxycodone HCl,5,mg,4,oral,tablet\n")).drugs

    assert (use.name, use.dose, use.unit, use.per_day, use.route, use.form) == ("Oxycodone HCl", point(5), "mg", point(4), "oral", "tablet")
    assert "Oxycodone HCl" in use.text


def test_columns_may_stand_in_any_order_and_case(write):
    (use,) = read_drug_list(write("Per Day,UNIT,dose,Drug\n4,mg,5,x\n")).drugs

    assert (use.name, use.dose, use.per_day) == ("x", point(5), point(4))
    assert (use.route, use.form) == ("", "")


def test_byte_order_mark_crlf_quotes_and_blank_lines_do_not_matter(write):
    plain = read_drug_list(write(HEADER + "x,5,mg,4,oral,tablet\ny,1,mg,1,oral,tablet\n"))
    other = read_drug_list(
        write(b"\xef\xbb\xbf" + HEADER.replace("\n", "\r\n").encode() + b'"x","5",mg,4,oral,tablet\r\n\r\n,,,,,\r\ny,1,mg,1,oral,tablet')
    )

    assert plain.drugs == other.drugs


def test_unknown_columns_are_named_not_dropped_in_silence(write):
    found = read_drug_list(write("drug,dose,unit,per_day,colour\nx,1,mg,1,red\n"))

    assert found.warnings == ("list.csv: column 'colour' is not known and was not used",)
    assert len(found.drugs) == 1


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("5", point(5)),
        ("5.0", point(5)),
        (".5", point(0.5)),
        ("1-2", Interval(1, 2)),
        ("1 – 2", Interval(1, 2)),
        ("1 to 2", Interval(1, 2)),
        ("1/3", point(1 / 3)),
        ("1e2", point(100)),
        ("1e-2", point(0.01)),
        ("0", point(0)),
        ("", None),
        (".", None),
    ],
)
def test_numbers_and_ranges_are_read_as_written(write, cell, wanted):
    (use,) = read_drug_list(write(HEADER + f"x,{cell},mg,1,oral,tablet\n")).drugs

    assert use.dose == wanted


@pytest.mark.parametrize(
    "cell",
    [
        "-5",
        "−5",
        "5 mg",
        "five",
        "nan",
        "inf",
        "-inf",
        "1e308",
        "1e99",
        '"2,5"',
        "1--2",
        "2-1",
        "1-2-3",
        "1/0",
        "0x10",
        "1_000",
        "٣",
        "５",
        "<5",
        "5+",
        "½",
        "99999999999",
    ],
)
def test_a_number_that_cannot_be_trusted_is_refused_without_quoting_it(write, cell):
    text = refused(write, HEADER + f"x,{cell},mg,1,oral,tablet\n")

    assert "line 2" in text
    assert "'dose'" in text
    assert cell.strip('"') not in text.replace("such as 7.5 or 1-2", "")


def test_times_a_day_have_a_limit_of_their_own(write):
    assert "'per_day'" in refused(write, HEADER + "x,1,mg,1000,oral,tablet\n")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n\n",
        "drug;dose;unit;per_day\nx;1;mg;1\n",
        "drug,dose,unit\nx,1,mg\n",
        "x,1,mg,1,oral,tablet\n",
        "drug,drug,dose,unit,per_day\nx,x,1,mg,1\n",
    ],
)
def test_a_file_without_the_header_is_refused(write, content):
    refused(write, content)


def test_semicolons_are_named_as_the_likely_cause(write):
    assert "commas" in refused(write, "drug;dose;unit;per_day\nx;1;mg;1\n")


@pytest.mark.parametrize(
    "row",
    [
        "x,1,mg,1,oral",
        "x,1,mg,1,oral,tablet,more",
        ",1,mg,1,oral,tablet",
        '"x,1,mg,1,oral,tablet',
        'x,"1"2,mg,1,oral,tablet',
        '"x\ny",1,mg,1,oral,tablet',
        "x\x00,1,mg,1,oral,tablet",
        "x\x1b[31m,1,mg,1,oral,tablet",
        "x" * 301 + ",1,mg,1,oral,tablet",
    ],
)
def test_a_line_that_does_not_fit_is_refused_with_its_number(write, row):
    text = refused(write, HEADER + "ok,1,mg,1,oral,tablet\n" + row + "\n")

    assert "line " in text


def test_an_unclosed_quote_never_swallows_the_entries_behind_it(write):
    refused(write, HEADER + '"a,1,mg,1,oral,tablet\nb,1,mg,1,oral,tablet\n')


def test_other_encodings_size_and_count_are_limited(write):
    refused(write, b"\xff\xfed\x00r\x00")
    refused(write, "drug,dose,unit,per_day\nmüsli,1,mg,1\n".encode("latin-1"))
    refused(write, HEADER + "x" * MOST_BYTES)
    refused(write, HEADER + "x,1,mg,1,oral,tablet\n" * (MOST_ROWS + 1))


def test_a_missing_file_is_refused_in_one_line(tmp_path):
    with pytest.raises(InputError, match=r"none\.csv: not found"):
        read_drug_list(tmp_path / "none.csv")


def test_a_header_alone_is_an_empty_list(write):
    assert read_drug_list(write(HEADER)).drugs == ()


cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Cn")), max_size=20)


@given(st.lists(st.tuples(cells.filter(lambda t: t.strip()), cells, cells), max_size=5))
def test_texts_come_back_as_they_were_written(tmp_path_factory, entries):
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["drug", "dose", "unit", "per_day", "route"])
    for name, unit, route in entries:
        writer.writerow([name, "1", unit, "2", route])
    path = tmp_path_factory.mktemp("lists") / "list.csv"
    path.write_bytes(out.getvalue().encode())

    found = read_drug_list(path).drugs

    assert [(d.name, d.unit, d.route) for d in found] == [(n.strip(), u.strip(), r.strip()) for n, u, r in entries]
