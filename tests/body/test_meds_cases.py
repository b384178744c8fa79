"""The reference lists of the project's shared material: totals and warnings as expected there."""

import csv
import json
import re
from pathlib import Path

import pytest
from tiny_cards import total_of

from builders import knowledge
from painloom.body.formulary import Formulary
from painloom.body.meds import check_with
from painloom.fhir.read import read_bundle
from painloom.intake.drug_list import read_drug_list
from painloom.model.case import Case, Person

SHARED = Path(__file__).resolve().parents[3] / "shared"
CASES = SHARED / "response" / "cases"
AS_OF = "2026-06-01"


def table(name):
    path = CASES / name / "expected.tsv"
    return list(csv.DictReader(path.open(encoding="utf-8"), delimiter="\t")) if path.is_file() else []


def listed(name):
    rows = table(name)
    missing = pytest.mark.skip(reason="reference material (../shared) is not here")
    return [pytest.param(row, id=row["file"]) for row in rows] or [pytest.param({}, marks=missing)]


@pytest.fixture(scope="module")
def formulary():
    return Formulary(knowledge())


def rows_of(path, formulary):
    if path.suffix == ".json":
        return check_with(read_bundle(path, formulary.knowledge, AS_OF).case, formulary)
    return check_with(Case(Person("list"), drugs=read_drug_list(path).drugs), formulary)


@pytest.mark.parametrize("row", listed("meds"))
def test_the_current_total_is_the_expected_one_or_the_drug_is_named(row, formulary):
    rows = rows_of(CASES / "meds" / row["file"], formulary)
    wanted = row["mme_current_2022"]

    if wanted.startswith("flag:"):
        assert any(r.kind == "gate" and r.is_warning and wanted.removeprefix("flag:") in r.subject for r in rows)
    else:
        assert total_of(rows).value == wanted
        assert not any(r.kind == "gate" and r.is_warning for r in rows)


def met(spec, rows):
    kind, _, pattern = spec.partition(" ~ ")
    return any(r.kind == kind and r.is_warning and r.source and re.search(pattern, f"{r.subject} {r.message}") for r in rows)


@pytest.mark.parametrize("row", listed("safety"))
def test_expected_warnings_are_there_and_unwanted_ones_are_not(row, formulary):
    rows = rows_of(CASES / "safety" / row["file"], formulary)

    assert [spec for spec in row["must"].split("; ") if spec != "." and not met(spec, rows)] == []
    assert [spec for spec in row["must_not"].split("; ") if spec != "." and met(spec, rows)] == []


def orders(request):
    """The medication orders of a CDS Hooks request, each once, as one bundle."""
    found = {}

    def walk(node):
        if isinstance(node, dict):
            if node.get("resourceType") in ("MedicationRequest", "MedicationStatement", "Medication"):
                found[node["resourceType"], node.get("id")] = node
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(request)
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": node} for node in found.values()]}


# in these two the draft renews the order that stands on the list: the service, not the drug list, knows that it replaces it
RENEWALS = ("own-pdmp-old.json", "own-pdmp-recent.json")


def test_totals_of_the_hook_requests_follow_the_factors_of_2022(formulary, tmp_path):
    folder = CASES / "cds-hooks"
    if not (folder / "expected.tsv").is_file():
        pytest.skip("reference material (../shared) is not here")
    wrong, seen = [], 0
    for row in csv.DictReader((folder / "expected.tsv").open(encoding="utf-8"), delimiter="\t"):
        if row["mme_2022"] == "." or row["request"] in RENEWALS:
            continue
        bundle = tmp_path / row["request"]
        bundle.write_text(json.dumps(orders(json.loads((folder / "requests" / row["request"]).read_text(encoding="utf-8")))))
        value = total_of(rows_of(bundle, formulary)).value
        seen += 1
        wrong += [] if value == row["mme_2022"] else [(row["request"], row["mme_2022"], value)]

    assert wrong == []
    assert seen >= 9


def test_every_synthea_drug_is_understood(formulary):
    folder = SHARED / "clinic" / "cases" / "synthea"
    if not folder.is_dir():
        pytest.skip("reference material (../shared) is not here")
    unknown = {r.subject for path in sorted(folder.glob("*.json")) for r in rows_of(path, formulary) if "is not known here" in r.message}

    assert unknown == set()
