"""`painloom fhir import` at the console, and the public bundles beside the project."""

import csv
import io
import json
import re
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from bundles import bundle, knowledge, order, patient

from painloom.doors.cli import fhir
from painloom.doors.cli import main as console
from painloom.fhir.bundle import bundle_of, read_file
from painloom.fhir.read import read_bundle, read_resources
from painloom.intake.history import read_history

SHARED = Path(__file__).resolve().parents[3] / "shared"
SYNTHEA = sorted((SHARED / "clinic" / "cases" / "synthea").glob("*.json"))
RESPONSE = SHARED / "response" / "cases"
DAY = ("--as-of", "2026-11-01")
beside = pytest.mark.skipif(not SYNTHEA, reason="the public bundles do not lie beside the project")


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    if fhir not in console.GROUPS:
        monkeypatch.setattr(console, "GROUPS", (*console.GROUPS, fhir))


def run(*words):
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = console.main(["fhir", "import", *map(str, words)])
    return status, out.getvalue(), err.getvalue()


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def simple(tmp_path):
    path = tmp_path / "b.json"
    path.write_text(json.dumps(bundle(patient(name=[{"family": "Canary"}]), order())))
    return path


def test_one_line_says_what_was_read_and_where_the_rest_is_listed(simple, tmp_path):
    status, out, _ = run(simple, "-o", tmp_path / "case", *DAY, "--label", "case 7")

    assert status == 0
    assert out == (
        "read 1 drugs, 0 diagnoses, 0 measures, 0 allergies, 0 questionnaires from 2 of 2 resources; "
        f"1 resources or parts are not in the case: {tmp_path / 'case' / 'not-read.tsv'}\n"
    )
    assert read_history(tmp_path / "case" / "case.toml").person.label == "case 7"


def test_wrong_words_and_a_second_import(simple, tmp_path):
    folder = tmp_path / "case"

    assert run(simple, "-o", folder, *DAY)[0] == 0
    again = run(simple, "-o", folder, *DAY)
    assert (again[0], again[1]) == (3, "")
    assert re.fullmatch(r"painloom: case: .*--replace\n", again[2])
    assert run(simple, "-o", folder, *DAY, "--replace")[0] == 0
    assert run(simple, "-o", folder, "--as-of", "yesterday")[0] == 2
    assert run(simple)[0] == 2
    assert run(simple, "-o", folder, *DAY, "--label", "x" * 500)[0] == 2


@pytest.mark.parametrize("text", ["", "[]", "{", "<a/>", '{"resourceType":"Bundle","type":"history"}'])
def test_a_refused_bundle_leaves_no_folder(text, tmp_path):
    (tmp_path / "b.json").write_text(text)
    status, out, err = run(tmp_path / "b.json", "-o", tmp_path / "case", *DAY)

    assert (status, out, err.count("\n")) == (3, "", 1)
    assert err.startswith("painloom: b.json: ")
    assert not (tmp_path / "case").exists()


def identifying(path):
    """Names, birth date and address of a public bundle's invented patient."""
    whole = json.loads(path.read_text())
    person = next(e["resource"] for e in whole["entry"] if e["resource"]["resourceType"] == "Patient")
    names = [part for name in person["name"] for part in (name["family"], *name["given"])]
    places = [part for a in person["address"] for part in (*a["line"], a["city"])]
    numbers = [i["value"] for i in person["identifier"]]
    return [*names, *places, *numbers, person["birthDate"]]


@beside
@pytest.mark.parametrize("path", SYNTHEA, ids=lambda p: p.stem[:5])
def test_public_bundles_lose_nothing_and_name_nobody(path, tmp_path):
    neutral = tmp_path / "b.json"
    neutral.write_bytes(path.read_bytes())
    start = time.perf_counter()
    status, out, err = run(neutral, "-o", tmp_path / "one", *DAY)
    spent = time.perf_counter() - start
    written = contents(tmp_path / "one")
    everything = out + err + "".join(text.decode() for text in written.values())

    assert status == 0
    assert spent < 1.0
    assert not [word for word in identifying(path) if word in everything]
    assert run(neutral, "-o", tmp_path / "two", *DAY)[0] == 0
    assert contents(tmp_path / "two") == written


@beside
@pytest.mark.parametrize("path", SYNTHEA, ids=lambda p: p.stem[:5])
def test_every_resource_of_a_public_bundle_is_in_the_case_or_on_the_list(path, tmp_path):
    whole = json.loads(path.read_text())["entry"]
    told = read_bundle(path, knowledge(), "2026-11-01")
    listed = {row.place for row in told.left_out}
    kinds = [e["resource"]["resourceType"] for e in whole]
    numbers = sum(
        ("valueQuantity" in e["resource"]) + len(e["resource"].get("component", []))
        for e in whole
        if e["resource"]["resourceType"] == "Observation"
    )

    assert len(told.case.body.diagnoses) == kinds.count("Condition")
    assert len(told.case.body.allergies) == kinds.count("AllergyIntolerance")
    assert len(told.case.drugs) == kinds.count("MedicationRequest")
    assert len(told.case.body.measures) == numbers
    assert all(measure.id for measure in told.case.body.measures)
    for n, kind in enumerate(kinds):
        read_kind = kind in ("Patient", "Condition", "AllergyIntolerance", "MedicationRequest")
        value = kind == "Observation" and not {"valueQuantity", "component"}.isdisjoint(whole[n]["resource"])
        assert read_kind or value or f"entry[{n}].resource" in listed


@beside
def test_fractions_of_pain_scores_are_kept_as_they_are():
    for path in SYNTHEA:
        told = read_bundle(path, knowledge(), "2026-11-01")
        scores = [m for m in told.case.body.measures if m.id == "pain-severity"]
        newest = max(scores, key=lambda m: m.date)

        assert told.case.pain.intensity_0_10 == newest.value
        assert 0 < newest.value < 3
        assert not newest.value.is_integer()


@beside
@pytest.mark.parametrize(
    ("name", "dose", "unit", "per_day"),
    [
        ("meds/fhir-oxycodone-qid", 1, "tablet", 4),
        ("meds/fhir-patch-25-daily", 1, "patch", 1),
        ("safety/fhir-gabapentin-egfr-25", 1200, "mg", 3),
        ("safety/fhir-hydrocodone-sleep-apnoea", 5, "mg", 3),
    ],
)
def test_drug_lists_of_the_known_answers(name, dose, unit, per_day):
    told = read_bundle(RESPONSE / f"{name}.json", knowledge(), "2026-11-01")
    (drug,) = told.case.drugs

    assert (drug.dose.low, drug.unit, drug.per_day.low, drug.state) == (dose, unit, per_day, "active")
    assert told.left_out == ()


def inner_resources(value):
    """Every resource inside a hook request."""
    if isinstance(value, dict):
        if value.get("resourceType") == "Bundle":
            yield from (r for e in value.get("entry", []) for r in inner_resources(e.get("resource")))
        elif "resourceType" in value:
            yield value
        else:
            yield from (r for part in value.values() for r in inner_resources(part))


@beside
def test_every_hook_request_can_be_read():
    requests = sorted((RESPONSE / "cds-hooks").rglob("*.json"))
    for path in requests:
        found = list(inner_resources(json.loads(path.read_text())))
        told = read_resources(bundle_of(bundle(*found), path.name), knowledge(), "2023-05-01", is_strict=False)
        orders = [r for r in found if r["resourceType"] == "MedicationRequest"]
        listed = [row for row in told.left_out if row.resource == "MedicationRequest" and row.place.endswith("resource")]

        assert len(told.case.drugs) + len(listed) == len(orders), path.name
    assert len(requests) > 50


@beside
def test_the_ordered_range_of_a_hook_request():
    path = RESPONSE / "cds-hooks" / "requests" / "rec08ordersign-order-sign-mme-doserange.json"
    told = read_resources(bundle_of(bundle(*inner_resources(json.loads(path.read_text()))), "b"), knowledge(), "2023-05-01")
    (drug,) = told.case.drugs

    assert (drug.dose.text(), drug.per_day.text(), drug.reason) == ("1-2", "4-6", "Chronic pain")


def fill(questions, pick):
    """Items of a response to a form: the option `pick` of every question that offers options, and the points that the form gives it."""
    for item in questions:
        options = item.get("answerOption", [])
        made, points = {"linkId": item["linkId"]}, None
        if options:
            option = options[min(pick, len(options) - 1)]
            made["answer"] = [{name: value for name, value in option.items() if name.startswith("value")}]
            points = next((e["valueDecimal"] for e in option.get("extension", []) if "valueDecimal" in e), pick)
        yield made, points
        yield from fill(item.get("item", []), pick)


FORMS = {
    "asbi-PHQ9": "phq-9",
    "lforms-phq9": "phq-9",
    "lforms-phq9-itemweight": "phq-9",
    "pco-ig-Questionnaire-PHQ9": "phq-9",
    "asbi-GAD7": "gad-7",
    "jmandel-audit": "audit",
    "jmandel-audit-c": "audit-c",
}


@beside
@pytest.mark.parametrize(("name", "instrument"), FORMS.items())
@pytest.mark.parametrize("pick", [0, 1, 2, 3])
def test_public_forms_are_bound_to_their_instrument(name, instrument, pick):
    form = json.loads((SHARED / "mind" / "sources" / "fhir-forms" / f"{name}.json").read_text())
    form["url"] = "http://x/form"
    answers = {"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": "http://x/form"}
    filled = list(fill(form["item"], pick))
    told = read_resources(bundle_of(bundle(answers | {"item": [item for item, _ in filled]}, form), "b"), knowledge(), "2026-11-01")
    (row,) = told.case.answers
    expected = [points for _, points in filled if points is not None][: len(row.items)]

    assert (row.instrument, row.values[0].tolist()) == (instrument, expected)


@beside
def test_a_form_of_nobodys_instrument_is_listed():
    path = SHARED / "mind" / "sources" / "fhir-forms" / "android-fhir-mypain-response.json"
    told = read_resources(bundle_of(bundle(json.loads(path.read_text())), "b"), knowledge(), "2026-11-01")

    assert told.case.answers == ()
    assert [row.resource for row in told.left_out] == ["QuestionnaireResponse"]


@beside
def test_the_list_is_a_table_with_one_line_a_part(tmp_path):
    run(SYNTHEA[0], "-o", tmp_path / "case", *DAY)
    with (tmp_path / "case" / "not-read.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

    assert {row["resource"] for row in rows} >= {"Claim", "Encounter", "Immunization", "Patient"}
    assert all(row["why"] and row["place"].startswith("entry[") for row in rows)
    assert read_file(SYNTHEA[0]).digest in (tmp_path / "case" / "import.toml").read_text()
