"""Formulation and plan in an exported bundle, and the table of codes."""

from dataclasses import replace

import pytest
from exports import DAY, assessed, codes
from plans import DOSE, FORMULATION, PLAN, STEP

from builders import knowledge as shipped
from painloom.fhir.write import export_bundle
from painloom.fhir.write_codes import FhirCodes
from painloom.fhir.write_formulation import add_formulation
from painloom.fhir.write_plan import Around, add_plan
from painloom.fhir.write_sheaf import Sheaf

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


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


def planned(plan=PLAN):
    """The resources of a plan on its own."""
    sheaf = Sheaf("x")
    add_plan(plan, DAY, sheaf, FhirCodes(shipped()), Around())
    return [entry["resource"] for entry in sheaf.bundle()["entry"]]


def test_a_plan_is_a_proposal_with_its_steps_in_order_and_their_reasons():
    found = planned()[0]
    stop, begin, tell, keep, look = (activity["detail"] for activity in found["activity"])

    assert (found["status"], found["intent"]) == ("draft", "proposal")
    assert found["description"] == "Stop tramadol; begin duloxetine."
    assert [d["code"]["text"] for d in (stop, begin, tell, keep)] == [
        "stop: tramadol",
        "begin: duloxetine",
        "refer: ask",
        "keep: omeprazole",
    ]
    assert [d["status"] for d in (stop, begin, tell, keep)] == ["not-started", "not-started", "not-started", "in-progress"]
    assert (begin["kind"], tell["kind"]) == ("MedicationRequest", "ServiceRequest")
    assert begin["reasonCode"][0]["text"] == "mind: mood is low [score:phq-9.total, drivers/mood, some-source]"
    assert begin["scheduledString"] == "next; after 8 weeks: peg; counts: 30 % less; otherwise: stop"
    assert begin["statusReason"]["text"] == "waits: the taper"
    assert begin["dailyAmount"]["value"] == 30
    assert look["scheduledTiming"]["event"] == ["2027-01-19"]


def test_a_step_tells_its_dose_its_limits_its_course_its_price_and_what_it_is_tied_with():
    begin = planned()[0]["activity"][1]["detail"]["description"]

    for text in (
        "30 mg, after a week 60 mg",
        "for this person, a day: start 30 mg, at most 60 mg",
        "kidney",
        "once a day",
        "the bands do not tell it from: milnacipran",
        "cost: 20 to 40 EUR (our table)",
        "watch the blood pressure",
    ):
        assert text in begin


def test_a_taper_stands_with_its_amounts_and_its_mark():
    stop = planned()[0]["activity"][0]["detail"]["description"]

    assert "how to stop: a tenth a month (to verify)" in stop
    assert "day 0: 200 mg, day 28: 90% of the first amount" in stop
    assert "watch for: withdrawal" in stop


def test_what_was_weighed_left_out_or_not_understood_is_said_in_the_plan():
    notes = [note["text"] for note in planned()[0]["note"]]

    assert "two are tied" in notes
    assert "a wish that no word list understands: the moon" in notes
    assert any(note.startswith("weighed: duloxetine") and "in the plan" in note for note in notes)
    assert any(note.startswith("weighed: tramadol") and note.endswith("refused") for note in notes)


def test_a_checked_dose_is_a_draft_proposal_based_on_the_plan():
    plan, request = planned()
    dosage = request["dosageInstruction"][0]

    assert (request["resourceType"], request["status"], request["intent"]) == ("MedicationRequest", "draft", "proposal")
    assert request["basedOn"] == [{"reference": f"urn:uuid:{plan['id']}"}]
    assert (RXNORM, "72625") in codes(request, "medicationCodeableConcept")
    assert dosage["timing"]["repeat"] == {"frequency": 1, "period": 1, "periodUnit": "d"}
    assert dosage["doseAndRate"][0]["doseQuantity"]["value"] == 30
    assert dosage["maxDosePerPeriod"]["numerator"]["value"] == 60
    assert dosage["maxDosePerPeriod"]["denominator"]["code"] == "d"
    assert request["reasonCode"][0]["text"].startswith("mind: mood is low")


@pytest.mark.parametrize("change", [{"state": "to-verify"}, {"start": None}])
def test_a_dose_that_nobody_checked_or_that_has_no_start_is_words_alone(change):
    made = planned(replace(PLAN, steps=(replace(STEP, dose=replace(DOSE, **change)),)))

    assert [one["resourceType"] for one in made] == ["CarePlan"]
    detail = made[0]["activity"][0]["detail"]
    assert "dailyAmount" not in detail
    assert ("(to verify)" in detail["description"]) == ("state" in change)


@pytest.mark.parametrize("times", [None, 2.0, 4.0, 0.5])
def test_a_dose_that_is_not_taken_once_a_day_has_no_amount_of_one_intake(times):
    """50 mg a day of a drug that is taken four times a day at full dose is no 12.5 mg four times: the card's words say how to begin."""
    _, request = planned(replace(PLAN, steps=(replace(STEP, dose=replace(DOSE, times=times)),)))

    assert not {"doseAndRate", "timing"} & set(request["dosageInstruction"][0])
    assert "start 30 mg" in request["dosageInstruction"][0]["text"]


def test_without_formulation_and_plan_neither_is_made_up():
    sheaf = Sheaf("x")
    add_formulation(None, DAY, sheaf, [])
    add_plan(None, DAY, sheaf, FhirCodes(shipped()), Around())

    assert sheaf.addresses() == ()


def test_an_assessment_with_formulation_and_plan_exports_both():
    whole = replace(assessed("full"), formulation=FORMULATION, plan=PLAN)
    made = [entry["resource"] for entry in export_bundle(whole, shipped())["entry"]]
    kinds = [one["resourceType"] for one in made]
    plan = next(one for one in made if one["resourceType"] == "CarePlan")

    impression = next(one for one in made if one["resourceType"] == "ClinicalImpression")

    assert kinds.count("ClinicalImpression") == kinds.count("CarePlan") == 1
    assert impression["problem"] == plan["addresses"]
    assert f"urn:uuid:{impression['id']}" in [one["reference"] for one in plan["supportingInfo"]]
    assert len(plan["goal"]) == 2
    assert any("urn:painloom:refusal" in dict(codes(one)) for one in made if one["resourceType"] == "DetectedIssue")


def test_the_schema_of_the_code_table_holds():
    rows = shipped().terms("fhir_codes")

    assert len({(row["kind"], row["key"]) for row in rows}) == len(rows)
    assert {row["state"] for row in rows} <= {"verified", "to-verify"}
    assert all(row["system"].startswith(("http://", "https://")) for row in rows)


def test_amounts_that_something_unmeasured_could_lower_stand_in_words_alone():
    plan, request = planned(replace(PLAN, steps=(replace(STEP, dose=replace(DOSE, unchecked=("kidney function",))),)))
    dosage = request["dosageInstruction"][0]

    assert set(dosage) == {"text"}
    assert "not measured, could lower it: kidney function" in dosage["text"]
    assert "dailyAmount" not in plan["activity"][0]["detail"]
