"""What an exported bundle holds, and what it must never hold."""

import json
import os
import re
import subprocess
import sys

import pytest
from exports import DAY, MARA, PEOPLE, assessed, codes, resources, text_of, written

from builders import knowledge as shipped
from painloom.fhir.write_codes import FhirCodes
from painloom.model.case import Case, DrugUse, Person
from painloom.model.outlook import PREDICTED, REFUSED

EVERYBODY = (*PEOPLE, "mara")
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
ROLE = "urn:painloom:role"


def walk(value):
    """Every object of a JSON value."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(part)


def tags(resource):
    return {tag["code"] for tag in resource.get("meta", {}).get("tag", []) if tag["system"] == ROLE}


# the whole ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERYBODY)
def test_every_reference_leads_to_an_entry_and_every_address_is_its_own(name):
    bundle = json.loads(text_of(name))
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    used = {node["reference"] for node in walk(bundle) if isinstance(node.get("reference"), str)}

    assert bundle["type"] == "collection"
    assert len(set(urls)) == len(urls)
    assert {url for url in used if not url.startswith("#")} <= set(urls)
    assert all(entry["fullUrl"] == f"urn:uuid:{entry['resource']['id']}" for entry in bundle["entry"])
    assert all(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", url[9:]) for url in urls)


@pytest.mark.parametrize("name", EVERYBODY)
def test_nothing_empty_is_written(name):
    for node in walk(json.loads(text_of(name))):
        assert all(value not in (None, "", [], {}) or value is False for value in node.values()), node


@pytest.mark.parametrize("name", EVERYBODY)
def test_every_clinical_record_is_about_the_one_patient(name):
    patient = [f"urn:uuid:{one['id']}" for one in resources(name, "Patient")]
    about = {
        one["subject" if "subject" in one else "patient"]["reference"] for one in resources(name) if "subject" in one or "patient" in one
    }

    assert len(patient) == 1
    assert about <= set(patient)
    nameless = {one["resourceType"] for one in resources(name) if not {"subject", "patient", "for"} & set(one)}
    assert nameless <= {"Patient", "DocumentReference", "Provenance"}


def test_bytes_are_the_same_for_every_hash_seed_and_time_zone(tmp_path):
    digests = set()
    for seed, zone in (("0", "UTC"), ("77", "Pacific/Kiritimati")):
        path = tmp_path / f"{seed}.json"
        order = ["-m", "painloom.doors.cli.main", "fhir", "export", str(MARA), "-o", str(path), "--as-of", DAY]
        subprocess.run([sys.executable, *order], check=True, env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}, capture_output=True)
        digests.add(path.read_bytes())

    assert len(digests) == 1
    assert json.loads(digests.pop())["resourceType"] == "Bundle"


def test_two_people_of_the_same_age_and_sex_do_not_share_an_address():
    one = written(Case(Person("unnamed", 50, "F"), drugs=(DrugUse("morphine"),)))
    other = written(Case(Person("unnamed", 50, "F"), drugs=(DrugUse("codeine"),)))

    assert not {e["fullUrl"] for e in one["entry"]} & {e["fullUrl"] for e in other["entry"]}


def test_two_equal_entries_of_a_drug_list_stay_two():
    bundle = written(Case(Person("unnamed"), drugs=(DrugUse("morphine"), DrugUse("morphine"))))
    statements = [e["fullUrl"] for e in bundle["entry"] if e["resource"]["resourceType"] == "MedicationStatement"]

    assert len(statements) == len(set(statements)) == 2


def test_of_a_person_of_whom_nothing_is_known_nothing_is_said():
    kinds = {one["resourceType"] for one in resources("nobody")}
    patient = resources("nobody", "Patient")[0]

    assert "name" not in patient
    assert "birthDate" not in patient
    assert patient["gender"] == "unknown"
    assert not kinds & {"Condition", "MedicationStatement", "AllergyIntolerance", "RiskAssessment", "DiagnosticReport", "CarePlan", "Goal"}
    assert not [o for o in resources("nobody", "Observation") if "valueQuantity" in o or "valueBoolean" in o]


@pytest.mark.parametrize("name", EVERYBODY)
def test_no_date_of_birth_is_made_of_an_age(name):
    assert "birthDate" not in text_of(name)


def test_the_name_of_a_file_is_not_told_when_somebody_chose_it():
    text = text_of("full")

    assert "Peter" not in text
    assert "Pan.vcf" not in text
    assert "file.vcf.gz" in text
    assert "answers/phq-9_2026-11-01.csv" in text
    assert "sub-mara" not in text_of("mara")


# what came in goes out again ----------------------------------------------------------------------------------------------------------


def test_codes_of_drugs_diagnoses_measures_and_allergies_go_out_again():
    drug = resources("full", "MedicationStatement")[0]
    condition = next(c for c in resources("full", "Condition") if c["code"]["text"] == "chronic low back pain")
    egfr = next(o for o in resources("full", "Observation") if (LOINC, "98979-8") in codes(o))

    assert [("http://www.nlm.nih.gov/research/umls/rxnorm", "10689"), ("http://www.whocc.no/atc", "N02AX02")] == codes(
        drug, "medicationCodeableConcept"
    )
    assert [("http://hl7.org/fhir/sid/icd-10-cm", "M54.50"), ("http://snomed.info/sct", "278860009")] == codes(condition)
    assert condition["onsetDateTime"] == "2023-04"
    assert condition["clinicalStatus"]["coding"][0]["code"] == "active"
    assert {"value": 41, "unit": "mL/min/{1.73_m2}", "system": UCUM, "code": "mL/min/{1.73_m2}"} == egfr["valueQuantity"]
    assert egfr["effectiveDateTime"] == "2026-10-02"
    assert egfr["category"][0]["coding"][0]["code"] == "laboratory"
    assert resources("full", "AllergyIntolerance")[0]["reaction"][0]["severity"] == "severe"


def test_a_value_without_a_code_gets_no_foreign_code():
    egfr = next(o for o in resources("mara", "Observation") if ("urn:painloom:measure", "egfr") in codes(o))

    assert [("urn:painloom:measure", "egfr")] == codes(egfr)


def test_a_drug_a_week_is_once_in_seven_days_and_a_range_is_a_range():
    tramadol, _, weekly = resources("full", "MedicationStatement")[:3]

    assert {"frequency": 1, "frequencyMax": 3, "period": 1, "periodUnit": "d"} == tramadol["dosage"][0]["timing"]["repeat"]
    assert {"frequency": 1, "period": 7, "periodUnit": "d"} == weekly["dosage"][0]["timing"]["repeat"]
    dose = weekly["dosage"][0]["doseAndRate"][0]["doseRange"]
    assert (dose["low"]["value"], dose["high"]["value"], dose["low"]["code"]) == (10, 15, "mg")


def test_a_period_that_ends_before_it_begins_is_told_in_words_only():
    bundle = written(
        Case(Person("unnamed"), drugs=(DrugUse("morphine", since="2021-05", until="2020-01-01"), DrugUse("codeine", since="spring")))
    )
    first, second = (e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "MedicationStatement")

    assert "effectivePeriod" not in first
    assert "cannot be" in first["note"][0]["text"]
    assert "effectivePeriod" not in second
    assert second["note"][0]["text"] == "since: spring"


def test_pain_score_carries_its_loinc_code_and_no_date_that_nobody_gave():
    score = next(o for o in resources("mara", "Observation") if (LOINC, "72514-3") in codes(o))

    assert score["valueQuantity"]["value"] == 7
    assert "effectiveDateTime" not in score
    assert score["_effectiveDateTime"]["extension"][0]["valueCode"] == "unknown"


def test_a_score_is_derived_from_the_response_of_its_day():
    sheets = {f"urn:uuid:{r['id']}": r for r in resources("full", "QuestionnaireResponse")}
    scores = [o for o in resources("full", "Observation") if (LOINC, "44261-6") in codes(o)]

    assert {"2026-11-01", "2026-11-20"} == {score["effectiveDateTime"] for score in scores}
    for score in scores:
        origin = sheets[score["derivedFrom"][0]["reference"]]
        assert origin["authored"] == score["effectiveDateTime"]
        assert origin["questionnaire"].endswith("/phq-9")
    first = next(score for score in scores if score["effectiveDateTime"] == "2026-11-01")
    assert first["valueQuantity"]["value"] == sum((1, 2, 3, 0, 1, 2, 3, 0, 1))


def test_an_item_left_empty_has_no_answer_and_no_wording():
    response = next(r for r in resources("full", "QuestionnaireResponse") if r["questionnaire"].endswith("/gad-7"))

    assert "answer" not in response["item"][1]
    assert all("text" not in item for item in response["item"])


# genome -------------------------------------------------------------------------------------------------------------------------------


def test_genotypes_have_both_categories_and_the_gene_that_was_studied():
    found = [o for o in resources("full", "Observation") if (LOINC, "84413-4") in codes(o)]
    text = {c["valueCodeableConcept"]["text"]: o for o in found for c in o["component"]}

    assert text["CYP2D6"]["valueCodeableConcept"]["coding"] == [{"system": "http://www.pharmvar.org", "code": "CYP2D6 *4/*4"}]
    assert ("http://www.genenames.org", "HGNC:2625") in codes(text["CYP2D6"]["component"][0], "valueCodeableConcept")
    assert text["CYP2C19"]["valueCodeableConcept"] == {"text": "CYP2C19 *1/*2 or *1/*17"}, "two that fit are no coded one"
    for one in found:
        assert {"laboratory", "GE"} == {c["coding"][0]["code"] for c in one["category"]}


def test_a_gene_without_a_call_says_why_and_implies_nothing():
    silent = [o for o in resources("mara", "Observation") if (LOINC, "84413-4") in codes(o) and "dataAbsentReason" in o]
    implied = {r["reference"] for o in resources("mara", "Observation") for r in o.get("derivedFrom", [])}

    assert silent
    assert not implied & {f"urn:uuid:{o['id']}" for o in silent}
    assert all(o["dataAbsentReason"]["text"] and "valueCodeableConcept" not in o for o in silent)


def test_a_task_for_a_drug_on_the_list_points_to_its_entry_and_its_reason():
    tasks = {f"urn:uuid:{t['id']}": t for t in resources("full", "Task")}
    report = resources("full", "DiagnosticReport")[0]
    proposed = {e["valueReference"]["reference"] for e in report["extension"]}
    by_id = {f"urn:uuid:{r['id']}": r for r in resources("full")}

    assert proposed == set(tasks)
    assert tasks
    for task in tasks.values():
        assert (task["status"], task["intent"]) == ("requested", "proposal")
        assert by_id[task["focus"]["reference"]]["resourceType"] == "MedicationStatement"
        assert by_id[task["reasonReference"]["reference"]] in resources("full", "Observation")
    assert any((LOINC, "LA26421-0") in codes(task) for task in tasks.values()), "a poor metaboliser on the drug is told to change"


def test_only_checked_codes_are_written():
    assert FhirCodes(shipped()).coding("gene", "KCNS1") is None
    assert "HGNC:11892" not in text_of("mara")


# findings -----------------------------------------------------------------------------------------------------------------------------


def test_brain_findings_are_marked_for_research_and_are_not_final():
    brain = [o for o in resources("mara", "Observation") if any(s.startswith("urn:painloom:marker") for s, _ in codes(o))]

    assert brain
    assert all("research-use" in tags(o) and o["status"] == "preliminary" for o in brain)


def test_a_withheld_marker_has_a_reason_and_no_value():
    from painloom.fhir.write_brain import _marker
    from painloom.model.brain import MarkerScore

    found = _marker(MarkerScore("x", "m", "a marker", None, "z", None, "withheld", "too much motion: 0.7 of at most 0.5", (), "research"))

    assert "valueQuantity" not in found
    assert "too much motion" in json.dumps(found["dataAbsentReason"])


def test_alerts_and_red_flags_become_flags():
    assessment = assessed("full")
    flags = resources("full", "Flag")
    raised = [flag for flag in assessment.red_flags if flag.state in ("present", "watch")]

    assert len(flags) == len(assessment.alerts) + len(raised)
    assert len(assessment.alerts) > 0, "an answer about death was given: the fixture must raise it"


def test_dangers_of_the_list_name_the_entries_they_are_about():
    issues = [i for i in resources("nerve", "DetectedIssue") if any(s == "urn:painloom:danger" for s, _ in codes(i))]
    statements = {f"urn:uuid:{m['id']}" for m in resources("nerve", "MedicationStatement")}

    assert len(issues) == sum(row.is_warning for row in assessed("nerve").safety)
    assert any(len({r["reference"] for r in i.get("implicated", [])} & statements) == 2 for i in issues), "an opioid with a benzodiazepine"
    assert all(i["severity"] in ("high", "moderate", "low") for i in issues if "severity" in i)


def test_each_prediction_stands_once_with_its_numbers_and_its_evidence():
    predicted = [o for o in assessed("nerve").outlook.outlooks if o.status == PREDICTED]
    risks = {
        (dict(codes(r))["urn:painloom:treatment"], dict(codes(r))["urn:painloom:condition"]): r
        for r in resources("nerve", "RiskAssessment")
    }
    by_id = {f"urn:uuid:{r['id']}": r for r in resources("nerve")}

    assert predicted
    assert {(o.treatment, o.condition) for o in predicted} == set(risks)
    for one in predicted:
        risk = risks[(one.treatment, one.condition)]
        parts = {dict(codes(p, "outcome"))["urn:painloom:outcome"]: p for p in risk.get("prediction", [])}
        assert ("with" in parts) == (one.response is not None)
        assert ("without" in parts) == (one.control is not None)
        if one.response is not None:
            assert parts["with"]["probabilityDecimal"] == pytest.approx(one.response.value, abs=1e-15)
            band = {e["url"]: e["valueDecimal"] for e in parts["with"]["extension"][0]["extension"]}
            assert (band["low"], band["high"]) == pytest.approx((one.response.low, one.response.high), abs=1e-15)
        rows = [by_id[b["reference"]] for b in risk["basis"] if by_id[b["reference"]]["resourceType"] == "DocumentReference"]
        assert {r["type"]["coding"][0]["code"] for r in rows} == {used.row.id for used in one.rows}


def test_a_refused_treatment_has_an_issue_and_no_prediction():
    refused = {o.treatment for o in assessed("nerve").outlook.outlooks if o.status == REFUSED}
    issues = [i for i in resources("nerve", "DetectedIssue") if any(s == "urn:painloom:refusal" for s, _ in codes(i))]
    predicted = {dict(codes(r))["urn:painloom:treatment"] for r in resources("nerve", "RiskAssessment")}

    assert refused
    assert refused == {dict(codes(i))["urn:painloom:treatment"] for i in issues}
    assert not refused & predicted
    assert all(i["detail"] and i["mitigation"] for i in issues)


def test_provenance_names_program_release_files_and_every_entry():
    found = resources("full", "Provenance")[0]
    said = [entity["what"] for entity in found["entity"]]
    others = {f"urn:uuid:{r['id']}" for r in resources("full")} - {f"urn:uuid:{found['id']}"}

    assert {target["reference"] for target in found["target"]} == others
    assert found["agent"][0]["who"]["display"].startswith("painloom ")
    assert {"display": f"knowledge release {shipped().release}"} in said
    assert "a" * 64 in {what.get("identifier", {}).get("value") for what in said}
    assert found["recorded"] == f"{DAY}T00:00:00Z"


# phenotypes of implications -----------------------------------------------------------------------------------------------------------


def implied(name, gene):
    """(text, codes) of every phenotype of one gene among the implications of a bundle."""
    parts = [
        part["valueCodeableConcept"]
        for one in resources(name, "Observation")
        for part in one.get("component", [])
        if any(code == "therapeutic-implication" for _, code in codes(part))
    ]
    return {(part["text"], tuple(code for _, code in codes({"code": part}))) for part in parts if part["text"].startswith(f"{gene} ")}


def test_a_phenotype_has_the_code_of_the_list_and_names_its_gene_once():
    assert {found for _, found in implied("full", "CYP2D6")} == {("LA9657-3",)}
    assert {found for _, found in implied("mara", "CYP2C19")} == {("LA25390-8",), ("LA25391-6",)}, (
        "*1/*17: rapid by one body, normal by the other"
    )
    assert {found for _, found in implied("mara", "SLCO1B1") if found} == {("LA25393-2",)}
    assert not [text for text, _ in implied("full", "CYP2D6") if "=" in text]


def test_a_phenotype_that_is_not_settled_or_not_known_has_no_code():
    assert {found for text, found in implied("full", "CYP2C19") if text} == {()}, "*1/*2 or *1/*17: two phenotypes fit"
    assert {found for _, found in implied("mara", "NUDT15")} == {()}, "a site was not seen"
    assert all(not found for text, found in implied("mara", "CFTR") if "No Result" in text)
