"""Formulation and plan in an exported bundle, what a stored assessment lacks, and the table of codes."""

from dataclasses import fields, replace

import pytest
from exports import DAY, PEOPLE, assessed, codes

from builders import knowledge as shipped
from painloom.fhir.write import export_bundle
from painloom.fhir.write_codes import FhirCodes
from painloom.fhir.write_plan import add_formulation, add_plan
from painloom.fhir.write_sheaf import Sheaf
from painloom.model.assessment import Assessment
from painloom.model.formulation import Conflict, Contribution, Driver, Formulation, Mechanism
from painloom.model.outlook import Band, Refusal
from painloom.model.plan import Check, Dose, Plan, Price, Reason, Step

EVERYBODY = (*PEOPLE, "mara")
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
ROLE = "urn:painloom:role"


# formulation and plan -----------------------------------------------------------------------------------------------------------------

HALF = Band(0.5, 0.3, 0.7)
LEDGER = (
    Contribution("nociplastic", "map", "widespread pain", "9 regions", "spread", 1.1, 0.3, 1.1, "for", "", "guideline", "verified", "x"),
    Contribution("nociplastic", "lesion", "no lesion", "", "lesion", -0.4, 0.2, -0.4, "against", "", "guideline", "verified", "x"),
)
FORMULATION = Formulation(
    (Mechanism("nociplastic", "nociplastic pain", False, HALF, Band(0.2, 0.1, 0.4), "possible", "", LEDGER),),
    (Driver("sleep", "bad sleep", "sleep", "isi", "19", 2.0, 0.98, "sleep is bad", "verified", ()),),
    (Conflict("c", "a", "b", "A and b disagree.", "the partner"),),
    (),
    "no test would change the plan",
    "Most likely nociplastic.",
)
REFUSED_NOW = Refusal("morphine", "kidneys", "contraindicated", "kidney", "x")
STEP = Step(
    2, "begin", "duloxetine", "duloxetine", "drug", "mechanism", "Begin duloxetine.", (Reason("mind", "mood is low"),), HALF,
    Dose("mg", 30.0, 30.0, 60.0, 7.0, "30 mg, after a week 60 mg", ("kidney",), "verified", ()),
    (Check(8.0, "peg", "30 % less", "stop"),) if len(fields(Check)) == 4 else (Check(8.0, "peg", "30 % less", "stop", ()),),
    Price(20.0, 40.0, "EUR", "our table"), (),
)  # fmt: skip
PLAN = Plan((STEP, replace(STEP, order=1, action="stop", treatment="tramadol", label="tramadol")), (), (REFUSED_NOW,), (), "two are tied")


def test_a_formulation_tells_chances_with_what_speaks_for_and_against():
    sheaf = Sheaf("x")
    add_formulation(FORMULATION, DAY, sheaf, [])
    found = sheaf.bundle()["entry"][0]["resource"]

    assert found["resourceType"] == "ClinicalImpression"
    assert found["summary"] == "Most likely nociplastic."
    basis = found["finding"][0]["basis"]
    assert "chance 0.50, 80 % band 0.30 to 0.70" in basis
    assert "for: widespread pain (9 regions)" in basis
    assert "against: no lesion" in basis
    assert "no test would change the plan" in [note["text"] for note in found["note"]]


def test_a_plan_is_a_proposal_with_its_steps_in_order_and_their_reasons():
    sheaf = Sheaf("x")
    add_plan(PLAN, DAY, sheaf, FhirCodes(shipped()), [])
    found = sheaf.bundle()["entry"][0]["resource"]
    first, second = (activity["detail"] for activity in found["activity"])

    assert (found["status"], found["intent"]) == ("draft", "proposal")
    assert first["code"]["text"] == "stop: tramadol"
    assert second["code"]["text"] == "begin: duloxetine"
    assert second["kind"] == "MedicationRequest"
    assert second["reasonCode"][0]["text"] == "mind: mood is low"
    assert "after 8 weeks: peg; counts: 30 % less; otherwise: stop" == second["scheduledString"]
    assert "30 mg, after a week 60 mg" in second["description"]
    assert "20 to 40 EUR a year (our table)" in second["description"]


def test_without_formulation_and_plan_neither_is_made_up():
    sheaf = Sheaf("x")
    add_formulation(None, DAY, sheaf, [])
    add_plan(None, DAY, sheaf, FhirCodes(shipped()), [])

    assert sheaf.addresses() == ()


def test_an_assessment_with_formulation_and_plan_exports_both():
    names = {f.name for f in fields(Assessment)}
    if not {"formulation", "plan"} <= names:
        pytest.skip("an assessment has no formulation and plan yet")
    whole = replace(assessed("full"), formulation=FORMULATION, plan=PLAN)
    made = [entry["resource"] for entry in export_bundle(whole, shipped())["entry"]]
    kinds = [one["resourceType"] for one in made]
    plan = next(one for one in made if one["resourceType"] == "CarePlan")

    assert kinds.count("ClinicalImpression") == kinds.count("CarePlan") == 1
    assert len(plan["goal"]) == 2
    assert any("urn:painloom:refusal" in dict(codes(one)) for one in made if one["resourceType"] == "DetectedIssue")


def test_the_command_names_what_a_stored_assessment_lacks(tmp_path, capsys):
    from painloom.doors.cli.main import main

    stored = tmp_path / "assessment.json"
    stored.write_text("{}", encoding="utf-8")

    assert main(["fhir", "export", str(stored), "-o", str(tmp_path / "b.json")]) == 3
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "genotypes" in said
    assert "give the case folder" in said
    assert not (tmp_path / "b.json").exists()


def test_the_schema_of_the_code_table_holds():
    rows = shipped().terms("fhir_codes")

    assert len({(row["kind"], row["key"]) for row in rows}) == len(rows)
    assert {row["state"] for row in rows} <= {"verified", "to-verify"}
    assert all(row["system"].startswith(("http://", "https://")) for row in rows)
