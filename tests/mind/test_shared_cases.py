"""`painloom mind score` against the public known answers, the example person, and what a stranger may put into an answer table."""

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from painloom.doors.cli.main import main

MIND = Path(__file__).resolve().parents[3] / "shared" / "mind"
COLUMNS = ["id", "instrument", "scale", "score", "se", "unit", "band", "answered", "missing", "status"]
CONTRACT_IDS = set(
    re.findall(
        r"[\w-]+",
        """
        phq-9 gad-7 phq-2 phq-4 gad-2 pss-10 pss-4 pcs pseq pseq-2 tsk-11 tsk-17 isi peg bpi-sf csi-a pain-nrs dn4
        s-lanss paindetect fibromyalgia-2016 start-back orebro-sf odi ndi rmdq koos pcl-5 pc-ptsd-5 audit-c ort-oud
        dass-21 cpaq-8 hads promis-29 promis-depression-4a promis-anxiety-4a promis-pain-interference-4a promis-sleep-4a
        promis-fatigue-4a promis-physical-function-4a eq-5d-5l pgic
        """,
    )
)
REASSURANCE = re.compile(
    r"\b(low|no|minimal|without)[ -](suicide[ -]?)?risk|risk\W+(is\W+)?(low|none|absent)|not suicidal|\bsafe\b|\bcleared\b", re.I
)
CODES = ("low", "no-risk", "clear", "cleared")
pytestmark = pytest.mark.filterwarnings("error")


def absent_reference(found):
    return found or [pytest.param(None, marks=pytest.mark.skip(reason="reference material (../shared/mind) is not here"))]


def case_folders():
    folders = [f.parent for f in sorted((MIND / "cases").rglob("answers.csv")) if f.parent.parent.name in ("cases", "missing")]
    return absent_reference([pytest.param(f, id=str(f.relative_to(MIND / "cases"))) for f in folders])


def read(path, delimiter="\t"):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter, quoting=csv.QUOTE_NONE))


def scored(instrument, answers, folder):
    """The rows that the console script writes for this answer table."""
    to = folder / "scores.tsv"
    assert main(["mind", "score", instrument, str(answers), "--format", "tsv", "-o", str(to)]) == 0
    rows = read(to)
    assert all(list(row) == COLUMNS and None not in row.values() and "" not in row.values() for row in rows)
    assert {row["instrument"] for row in rows} <= {instrument}
    return rows


def table(folder, header, *lines):
    path = folder / "answers.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def wrong(expected, row):
    """What of a row differs from its known answer, in words; empty when nothing does."""
    found = []
    status = row["status"].split(":")[0].split()[0]
    if expected["status"] != "." and expected["status"].split(":")[0] != status:
        found.append(f"status {expected['status']} but {status}")
    if expected["score"] == ".":
        if expected["status"] == "not_scored" and row["score"] != ".":
            found.append("a score where there is none")
    elif row["score"] == "." or abs(float(expected["score"]) - float(row["score"])) > tolerance(expected):
        found.append(f"score {expected['score']} but {row['score']}")
    if expected["se"] != "." and (row["se"] == "." or abs(float(expected["se"]) - float(row["se"])) > 1e-9):
        found.append(f"standard error {expected['se']} but {row['se']}")
    if expected["band"] not in (".", row["band"]):
        found.append(f"band {expected['band']} but {row['band']}")
    return [f"{expected['id']} {expected['scale']}: {text}" for text in found]


def tolerance(expected):
    """Sums, T and utilities are exact as printed; means and prorated sums are printed to two decimals at least."""
    if expected["se"] != "." or expected["scale"].startswith("utility:") or "." not in expected["score"]:
        return 1e-9
    return 0.005


@pytest.mark.parametrize("folder", case_folders())
def test_public_cases_come_out_as_published(folder, tmp_path):
    rows = scored(folder.name, folder / "answers.csv", tmp_path)
    expected = read(folder / "expected.tsv")
    by_place = {(row["id"], row["scale"]): row for row in rows}
    missing = [f"{e['id']} {e['scale']}" for e in expected if (e["id"], e["scale"]) not in by_place]
    differences = [text for e in expected if (e["id"], e["scale"]) in by_place for text in wrong(e, by_place[e["id"], e["scale"]])]

    assert [] == missing
    assert [] == differences


@pytest.mark.parametrize("folder", case_folders())
def test_public_cases_raise_exactly_the_published_alerts(folder, tmp_path):
    rows = scored(folder.name, folder / "answers.csv", tmp_path)
    raised = Counter((r["id"], r["scale"], r["band"]) for r in rows if r["scale"].startswith("alert:"))
    expected = Counter((e["id"], e["scale"], e["band"]) for e in read(folder / "expected.tsv") if e["scale"].startswith("alert:"))

    assert expected == raised


@pytest.mark.parametrize("folder", case_folders())
def test_answered_counts_the_answered_items_of_the_scale(folder, tmp_path):
    items = {(r["instrument"], r["scale"]): set(numbers(r["scale_items"])) for r in read(MIND / "scales.tsv")}
    answers = {row["id"]: {int(k) for k, v in row.items() if k != "id" and v != ""} for row in read(folder / "answers.csv", ",")}
    for row in scored(folder.name, folder / "answers.csv", tmp_path):
        of_scale = items.get((folder.name, "utility:<ValueSet>" if row["scale"].startswith("utility:") else row["scale"]))
        if of_scale is not None:
            assert len(of_scale & answers[row["id"]]) == int(row["answered"]), row


def numbers(text):
    """`1-3,7` -> 1, 2, 3, 7."""
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def example_person():
    return absent_reference([pytest.param(p, id=p.stem) for p in sorted((MIND / "example-answers").glob("*.csv"))])


@pytest.mark.parametrize("path", example_person())
def test_the_example_person_is_scored_as_published(path, tmp_path):
    instrument, date = path.stem.rsplit("_", 1)
    rows = {row["scale"]: row for row in scored(instrument, path, tmp_path)}
    expected = [e | {"id": date} for e in read(path.parent / "expected.tsv") if (e["instrument"], e["date"]) == (instrument, date)]

    assert expected
    assert {e["scale"] for e in expected} <= rows.keys()
    assert [] == [text for e in expected for text in wrong(e, rows[e["scale"]])]
    assert {e["scale"] for e in expected if e["scale"].startswith("alert:")} == {s for s in rows if s.startswith("alert:")}


def triage_rows():
    path = MIND / "cases" / "mechanism" / "cssrs_triage.tsv"
    found = [pytest.param(tuple(row.values()), id="".join(list(row.values())[:7])) for row in read(path)] if path.is_file() else []
    return absent_reference(found)


@pytest.mark.parametrize("row", triage_rows())
def test_suicide_screen_gives_the_published_triage_also_where_the_form_skips(row, tmp_path):
    """The form itself skips questions 3-5 after a no to 2, and the time after a no to 6: skipped is not left open."""
    answers, level = list(row[:7]), row[7]
    skipped = list(answers)
    if answers[1] == "0":
        skipped[2:5] = ["" if a == "0" else a for a in answers[2:5]]
    if answers[5] == "0":
        skipped[6] = ""
    path = table(tmp_path, "id,1,2,3,4,5,6,7", "full," + ",".join(answers), "form," + ",".join(skipped))
    rows = {r["id"]: r for r in scored("c-ssrs-screener", path, tmp_path) if r["scale"] == "triage"}

    assert level == rows["full"]["band"]
    assert level == rows["form"]["band"]


def nine(*answers):
    return ",".join(map(str, answers))


HEADER9 = "id," + ",".join(str(n) for n in range(1, 10))


@pytest.mark.parametrize(
    "answer", ["4", "77", "-1", "9.5", "0.5", "x", "NaN", "1e0", "0x1", "２", "1,5", "++1", "99999999999999999999", "--", "None"]
)
def test_answer_outside_its_range_is_refused_without_being_repeated(answer, tmp_path, capsys):
    cell = f'"{answer}"' if "," in answer else answer
    path = table(tmp_path, HEADER9, "pat-1,0,0,0,0,0,0,0,0,0", f"pat-2,1,1,1,1,1,{cell},1,1,1")
    status = main(["mind", "score", "phq-9", str(path), "--format", "tsv"])
    out, err = capsys.readouterr()

    assert (3, "") == (status, out)
    assert err.startswith("painloom: answers.csv: line 3, item 6: ")
    assert err.count("\n") == 1
    assert re.search(r"allowed 0 to 3\b", err)
    assert answer not in re.split(r"[\s:;,'\"()]+", err.replace("line 3, item 6", "").replace("allowed 0 to 3", ""))
    assert "pat-2" not in err


@pytest.mark.parametrize(
    ("instrument", "items", "line", "item", "bounds"),
    [
        ("orebro-sf", 10, "0,5,5,5,5,5,5,5,5,5", 1, "1 to 10"),
        ("fibromyalgia-2016", 26, ",".join(["0"] * 25 + ["2"]), 26, "0 to 1"),
        ("start-back", 9, "1,1,1,1,1,1,1,1,5", 9, "0 to 4"),
        ("paindetect", 9, "0,0,0,0,0,0,0,0,0", 8, "1 to 4"),
        ("promis-29", 29, ",".join(["1"] * 28 + ["11"]), 29, "0 to 10"),
        ("eq-5d-5l", 6, "1,1,1,1,1,101", 6, "0 to 100"),
        ("tsk-11", 11, ",".join(["1"] * 10 + ["0"]), 11, "1 to 4"),
    ],
)
def test_each_item_has_its_own_bounds(instrument, items, line, item, bounds, tmp_path, capsys):
    path = table(tmp_path, "id," + ",".join(map(str, range(1, items + 1))), "a," + line)

    assert main(["mind", "score", instrument, str(path)]) == 3
    assert f"item {item}:" in (err := capsys.readouterr().err)
    assert f"allowed {bounds}" in err


def test_whole_numbers_are_read_however_they_are_spelled(tmp_path):
    path = table(tmp_path, HEADER9, 'a,3,3.0, 3 ,03,3.00,3 ,"3",3,0', "b,3,3,3,3,3,3,3,3,0")
    one, other = (r for r in scored("phq-9", path, tmp_path) if r["scale"] == "total")

    assert "24" == one["score"] == other["score"]


@pytest.mark.parametrize(
    ("header", "line"),
    [
        (HEADER9, "a,0,0,0"),
        (HEADER9, "a,0,0,0,0,0,0,0,0,0,0"),
        (HEADER9 + ",10", "a,0,0,0,0,0,0,0,0,0,0"),
        ("id,1,2,3", "a,0,0,0"),
        ("1,2,3,4,5,6,7,8,9", "0,0,0,0,0,0,0,0,0"),
        ("id,1,2,3,4,5,6,7,8,8", "a,0,0,0,0,0,0,0,0,0"),
        (HEADER9, ",0,0,0,0,0,0,0,0,0"),
        (HEADER9, 'a,"0,0,0,0,0,0,0,0,0'),
        ("", ""),
    ],
    ids=["short line", "long line", "item ten", "items missing", "no id", "column twice", "empty id", "open quotation", "empty file"],
)
def test_a_table_of_another_shape_is_refused_with_one_line(header, line, tmp_path, capsys):
    path = table(tmp_path, header, line)
    status = main(["mind", "score", "phq-9", str(path), "--format", "tsv"])
    out, err = capsys.readouterr()

    assert (3, "") == (status, out)
    assert err.startswith("painloom: answers.csv")
    assert err.count("\n") == 1


@pytest.mark.parametrize("data", [b"id,1\0,2\n", b"\xff\xfe\x00\x01", b"id,1,2,3,4,5,6,7,8,9\n\xe9,0,0,0,0,0,0,0,0,0\n"])
def test_bytes_that_are_no_text_are_refused_with_one_line(data, tmp_path, capsys):
    path = tmp_path / "answers.csv"
    path.write_bytes(data)

    assert main(["mind", "score", "phq-9", str(path)]) == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_missing_file_and_folder_are_refused_with_one_line(tmp_path, capsys):
    for path in (tmp_path / "not-there.csv", tmp_path):
        assert main(["mind", "score", "phq-9", str(path)]) == 3
        assert capsys.readouterr().err.count("\n") == 1


def test_unknown_instrument_is_refused_with_one_line(tmp_path, capsys):
    path = table(tmp_path, HEADER9, "a,0,0,0,0,0,0,0,0,0")
    for name in ("phq-10", "", "../phq-9", "PHQ-9 "):
        assert main(["mind", "score", name, str(path)]) in (2, 3)
        err = capsys.readouterr().err
        assert err.startswith("painloom: ")
        assert err.count("\n") == 1


def test_both_rows_of_an_id_that_stands_twice_are_scored_in_order(tmp_path):
    path = table(tmp_path, HEADER9, "a,0,0,0,0,0,0,0,0,0", "b,1,1,1,1,1,1,1,1,0", "a,3,3,3,3,3,3,3,3,0")
    totals = [(r["id"], r["score"]) for r in scored("phq-9", path, tmp_path) if r["scale"] == "total"]

    assert [("a", "0"), ("b", "8"), ("a", "24")] == totals


def test_columns_may_stand_in_any_order(tmp_path):
    path = table(tmp_path, "9,8,id,7,6,5,4,3,2,1", "3,0,a,0,0,0,0,0,0,1")
    rows = {r["scale"]: r for r in scored("phq-9", path, tmp_path)}

    assert "4" == rows["total"]["score"]
    assert "present" == rows["alert:suicide-item"]["band"]


def test_spreadsheet_files_with_mark_and_carriage_returns_are_read(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_bytes(b"\xef\xbb\xbf" + (HEADER9 + "\r\na,1,1,1,1,1,1,1,1,\r\n").encode())
    rows = {r["scale"]: r for r in scored("phq-9", path, tmp_path)}

    assert "9" == rows["total"]["score"]
    assert "prorated" == rows["total"]["status"]
    assert "unanswered" == rows["alert:suicide-item"]["band"]


def test_a_table_without_people_gives_a_table_without_rows(tmp_path):
    assert [] == scored("phq-9", table(tmp_path, HEADER9), tmp_path)


@pytest.mark.parametrize("line", ["a,,,,,,,,,", "a,0,0,0,0,0,0,0,0,", "a,3,,,,,,,,"])
def test_an_empty_ninth_item_raises_the_alert_even_on_an_empty_form(line, tmp_path):
    rows = {r["scale"]: r for r in scored("phq-9", table(tmp_path, HEADER9, line), tmp_path)}

    assert "unanswered" == rows["alert:suicide-item"]["band"]
    assert "." == rows["alert:suicide-item"]["score"]


def test_a_positive_ninth_item_raises_the_alert_even_when_nothing_else_was_answered(tmp_path):
    rows = {r["scale"]: r for r in scored("phq-9", table(tmp_path, HEADER9, "a,,,,,,,,,1"), tmp_path)}

    assert "present" == rows["alert:suicide-item"]["band"]
    assert rows["total"]["status"].startswith("not_scored")


@pytest.mark.parametrize("form", ["text", "tsv", "json"])
def test_a_zero_on_the_ninth_item_is_never_called_low_risk(form, tmp_path, capsys):
    path = table(tmp_path, HEADER9, "a,0,0,0,0,0,0,0,0,0", "b,3,3,3,3,3,3,3,3,0")

    assert main(["mind", "score", "phq-9", str(path), "--format", form]) == 0
    out, err = capsys.readouterr()
    assert "alert:" not in out
    assert REASSURANCE.search(out + err) is None
    assert not {word for word in re.split(r"[\s\"',;]+", (out + err).lower()) if word in CODES}


def test_other_instruments_raise_no_alert(tmp_path):
    path = table(tmp_path, "id,1,2", "a,3,3", "b,,")

    assert [] == [r for r in scored("phq-2", path, tmp_path) if r["scale"].startswith("alert:")]


@pytest.mark.parametrize("form", ["text", "tsv", "json"])
def test_output_is_the_same_every_time_and_in_every_form(form, tmp_path, capsys):
    path = table(tmp_path, HEADER9, "a,0,1,2,3,0,1,2,3,1", "b,,,,,,,,,")
    assert main(["mind", "score", "phq-9", str(path), "--format", form]) == 0
    first = capsys.readouterr().out
    assert main(["mind", "score", "phq-9", str(path), "--format", form]) == 0

    assert first == capsys.readouterr().out
    assert "suicide-item" in first
    if form == "json":
        document = json.loads(first)
        rows = document if isinstance(document, list) else next(v for v in document.values() if isinstance(v, list))
        assert set(COLUMNS) <= set(rows[0])


def test_a_missing_status_says_how_much_is_missing(tmp_path):
    rows = {r["scale"]: r for r in scored("phq-9", table(tmp_path, HEADER9, "a,1,1,1,1,1,1,,,"), tmp_path)}

    assert re.match(r"not_scored: .*\b3\b.*\b9\b", rows["total"]["status"])
    assert ("6", ".", ".") == (rows["total"]["answered"], rows["total"]["score"], rows["total"]["band"])


def test_list_of_instruments_names_id_licence_and_citation(tmp_path):
    to = tmp_path / "list.tsv"
    assert main(["knowledge", "list", "instruments", "--format", "tsv", "-o", str(to)]) == 0
    rows = read(to)

    assert CONTRACT_IDS <= {row["id"] for row in rows}
    assert [] == [row["id"] for row in rows if row["licence"] in ("", ".") or row["citation"] in ("", ".")]


def cases_by_scale():
    return st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=9, max_size=9)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(cases_by_scale(), min_size=1, max_size=30))
def test_nothing_is_imputed_as_zero_and_no_positive_item_is_lost(people, tmp_path):
    """The published rule, person by person: up to two empty items take the mean of the rest; the ninth item speaks for itself."""
    lines = [f"p{n}," + ",".join("" if a is None else str(a) for a in person) for n, person in enumerate(people)]
    rows = scored("phq-9", table(tmp_path, HEADER9, *lines), tmp_path)
    found = {(r["id"], r["scale"]): r for r in rows}
    for n, person in enumerate(people):
        given_answers = [a for a in person if a is not None]
        total, alert = found[f"p{n}", "total"], found.get((f"p{n}", "alert:suicide-item"))
        if len(given_answers) < 7:
            assert "." == total["score"]
        else:
            assert sum(given_answers) * 9 / len(given_answers) == pytest.approx(float(total["score"]), abs=0.005)
        assert {None: "unanswered", 0: None}.get(person[8], "present") == (alert and alert["band"])
