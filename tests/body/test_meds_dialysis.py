"""Dialysis and end-stage kidney disease say what a clearance would: a rule must not wait for a value that nobody measures then."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import knowledge
from painloom.body.meds import check_drugs
from painloom.body.person import Known, Reading
from painloom.doors.cli.main import main
from painloom.knowledge.rule_cards import When
from painloom.model.body import BodyRecord, Diagnosis, Fact, Measure
from painloom.model.case import Case, DrugUse, Person
from painloom.model.quantity import point


def organ_rows(facts=(), measures=()):
    use = DrugUse("gabapentin", dose=point(1200), unit="mg", per_day=point(3), route="oral")
    case = Case(Person("x", 60, "F"), drugs=(use,), body=BodyRecord(facts=tuple(facts), measures=tuple(measures)))
    return [row for row in check_drugs(case, knowledge()) if row.kind == "organ-dose" and row.is_warning]


@pytest.mark.parametrize("fact", ["dialysis", "end-stage-kidney-disease"])
@pytest.mark.parametrize("measures", [(), (Measure("egfr", 70, ""),), (Measure("creatinine", 0.9, "mg/dL"), Measure("weight", 80, "kg"))])
def test_a_failed_kidney_counts_whatever_was_measured(fact, measures):
    rows = organ_rows([Fact(fact, "yes")], measures)

    assert [row.subject for row in rows] == ["gabapentin"]
    assert "counted as below 15" in rows[0].message


@pytest.mark.parametrize("value", ["no", "unknown"])
def test_without_it_the_measured_clearance_stands(value):
    assert organ_rows([Fact("dialysis", value)], [Measure("crcl", 90, "")]) == []


# --- stages of kidney disease, known by a diagnosis alone


NSAID, OPIOID, NERVE = "nsaid-kidney", "morphine-codeine-kidney", "baclofen-kidney-older"


def fired(codes, measures=(), age=70):
    uses = tuple(DrugUse(name, dose=point(10), unit="mg", per_day=point(3), route="oral") for name in ("morphine", "ibuprofen", "baclofen"))
    diagnoses = tuple(Diagnosis("kidney disease", (code,), "active") for code in codes)
    case = Case(Person("x", age, "F"), drugs=uses, body=BodyRecord(diagnoses=diagnoses, measures=tuple(measures)))
    rows = [row for row in check_drugs(case, knowledge()) if row.is_warning]
    return {row.card.removeprefix("rules/") for row in rows} & {NSAID, OPIOID, NERVE}, rows


@pytest.mark.parametrize("system", ["icd-10-cm", "icd-10", "icd-10-gm"])
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("N18.4", {NSAID, OPIOID, NERVE}),
        ("N184", {NSAID, OPIOID, NERVE}),
        ("N18.5", {NSAID, OPIOID, NERVE}),
        ("N18.3", {NERVE}),
        ("N18.2", set()),
        ("N18.1", set()),
        ("N18.9", set()),
    ],
)
def test_the_code_of_a_stage_alone_is_a_limit_of_the_kidney(system, code, expected):
    assert fired([(system, code)])[0] == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (("icd-10-cm", "N18.6"), {NSAID, OPIOID, NERVE}),
        (("icd-10-cm", "N18.30"), {NERVE}),
        (("icd-10-cm", "N18.31"), {NERVE}),
        (("icd-10-cm", "N18.32"), {NERVE}),
        (("icd-10-cm", "I12.0"), {NSAID, OPIOID, NERVE}),
        (("icd-10-cm", "I13.2"), {NSAID, OPIOID, NERVE}),
        (("icd-10-cm", "I12.9"), set()),
        (("icd-10-cm", "I13.10"), set()),
        (("snomed", "431857002"), {NSAID, OPIOID, NERVE}),
        (("snomed", "433144002"), {NERVE}),
    ],
)
def test_codes_of_single_systems(code, expected):
    assert fired([code])[0] == expected


def test_what_is_said_names_the_stage_and_its_bounds():
    _, rows = fired([("icd-10-cm", "N18.4")])
    message = next(row.message for row in rows if row.card == f"rules/{OPIOID}")

    assert "29, at most this by the diagnosis: stage 4 means 15 to 29" in message


@pytest.mark.parametrize("measures", [[Measure("egfr", 90, "")], [Measure("crcl", 90, "")]])
def test_a_better_value_does_not_undo_the_code_and_a_worse_one_counts(measures):
    assert {NSAID, OPIOID} <= fired([("icd-10-cm", "N18.4")], measures)[0]
    assert {NSAID, OPIOID} <= fired([("icd-10-cm", "N18.31")], [Measure("egfr", 22, "")])[0]
    assert fired([], measures)[0] == set()


def test_a_stage_that_is_resolved_implies_nothing():
    case = Case(
        Person("x", 70, "F"),
        drugs=(DrugUse("ibuprofen", dose=point(400), unit="mg", per_day=point(3)),),
        body=BodyRecord(diagnoses=(Diagnosis("kidney disease", (("icd-10-cm", "N18.4"),), "resolved"),)),
    )

    assert not any(row.card == f"rules/{NSAID}" and row.is_warning for row in check_drugs(case, knowledge()))


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 150), st.one_of(st.none(), st.floats(0, 150)), st.sampled_from(["3", "3a", "3b", "4", "5"]), st.floats(0, 150))
def test_between_the_bounds_of_a_stage_nothing_is_claimed(own, low, stage, below):
    """A condition holds, or not, only where it does so at every value that the stage allows; a lower measured value is the value."""
    row = next(row for row in knowledge().terms("implied_measures") if row["fact"] == f"kidney-disease-stage-{stage}")
    bounds = Reading(float(row["value"]), row["note"], float(row["low"]))
    known = Known(70, "F", {"egfr": Reading(own)}, {row["fact"]: "yes"}, {}, implied={"egfr": ((row["fact"], bounds),)})
    span = [own] if own <= bounds.value else [bounds.low, *(bounds.low + (bounds.value - bounds.low) * n / 50 for n in range(51))]
    truths = {(low is None or value >= low) and value < below for value in span}
    held = known.holds(When("egfr", low, below, "", ""))

    assert held is None or truths == {held}
    assert held is not None or len(span) > 1


def test_a_dose_limit_that_the_stage_leaves_open_is_asked_about():
    """Stage 3 lies in two bands of a dose table: no limit is chosen, and the value is named as missing."""
    use = DrugUse("gabapentin", dose=point(1200), unit="mg", per_day=point(3), route="oral")
    for code in ("N18.3", "N18.31", "N18.32", "N18.4", "N18.5"):
        case = Case(Person("x", 60, "F"), drugs=(use,), body=BodyRecord(diagnoses=(Diagnosis("kidney", (("icd-10-cm", code),), "active"),)))
        rows = [row for row in check_drugs(case, knowledge()) if row.kind == "organ-dose"]
        assert rows, code


def test_a_bundle_with_the_code_alone_warns_at_the_command_line(tmp_path, capsys):
    coded = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "N18.4"}]}
    active = {"coding": [{"code": "active"}]}
    drug = {"status": "active", "medicationCodeableConcept": {"text": "morphine 10 MG Oral Tablet"}, "intent": "order"}
    resources = [
        {"resourceType": "Patient", "id": "p", "birthDate": "1960-01-01"},
        {"resourceType": "Condition", "id": "c", "code": coded, "clinicalStatus": active},
        {"resourceType": "MedicationRequest", "id": "m", **drug},
    ]
    path = tmp_path / "b.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]}))
    main(["body", "meds", str(path), "--as-of", "2026-11-01"])

    assert "stage 4 means 15 to 29" in capsys.readouterr().out
