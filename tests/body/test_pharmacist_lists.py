"""Drug lists as a clinical pharmacist would write them down: what must be said, and what must stay quiet.

The lists stand in `pharmacist_lists.tsv`; they were written from practice and from the rules' published sources before the program was run.
`list`: entries joined by ` | `, cells by `;` in the order of the CSV.  `person`: options of the command (`weeks` = `--pregnant-weeks`,
`fact:` = `--fact`).  `must`, `must_not`: `kind ~ words`, each word (a pattern) in one and the same warning; `; ` between them.
`quiet` = no warning at all.
"""

import contextlib
import csv
import io
import json
import re
from pathlib import Path

import pytest

from painloom.doors.cli.main import main

HEADER = ("drug", "dose", "unit", "per_day", "route", "form")
QUIET = {"none", "ok", "info", "no-action"}
OPTIONS = {"age": "--age", "sex": "--sex", "egfr": "--egfr", "crcl": "--crcl", "weeks": "--pregnant-weeks"}
TABLE = Path(__file__).with_name("pharmacist_lists.tsv")
LISTS = [
    {name: "" if cell == "." else cell for name, cell in row.items()}
    for row in csv.DictReader(TABLE.open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE)
]


def judged(path, *options):
    """Exit status, rows and messages of the command."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["body", "meds", str(path), "--as-of", "2026-06-01", "--format", "json", *options])
    return status, json.loads(out.getvalue()) if status == 0 else [], err.getvalue()


def as_csv(tmp_path, entries):
    path = tmp_path / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *entries])
    return path


def options_of(person):
    given = []
    for word in person.split():
        if word.startswith("fact:"):
            given += ["--fact", word.removeprefix("fact:")]
        else:
            name, _, value = word.partition("=")
            given += [OPTIONS[name], value]
    return given


def warnings(rows):
    return [r for r in rows if r["severity"] not in QUIET]


def met(spec, rows):
    kind, _, words = spec.partition(" ~ ")
    return [
        r
        for r in warnings(rows)
        if r["kind"] == kind
        and r["source"] not in ("", ".")
        and all(re.search(word, f"{r['subject']} {r['message']}", re.IGNORECASE) for word in words.split(" + "))
    ]


def parts(cell):
    return [spec for spec in cell.split("; ") if spec]


@pytest.mark.parametrize("row", LISTS, ids=[row["id"] for row in LISTS])
def test_a_list_warns_of_what_the_sources_name_and_of_nothing_else(row, tmp_path):
    entries = [entry.split(";") for entry in row["list"].split(" | ")]
    status, rows, err = judged(as_csv(tmp_path, entries), *options_of(row["person"]))

    assert status == 0, err
    total = [r["value"] for r in rows if r["kind"] == "mme-current" and r["subject"] == "total"]
    assert not row["total"] or total == [row["total"]] or [float(t) for t in total] == [float(row["total"])]
    assert [spec for spec in parts(row["must"]) if not met(spec, rows)] == []
    assert [(spec, met(spec, rows)[0]["message"]) for spec in parts(row["must_not"]) if met(spec, rows)] == []
    if row["quiet"] == "yes":
        assert [(r["kind"], r["subject"], r["message"]) for r in warnings(rows)] == []
