"""Codes of conditions, facts and measures: each code means what its publisher says, and no more."""

import csv
import json
import re
from pathlib import Path

import pytest

from painloom.knowledge.load import load

SHARED = Path(__file__).resolve().parents[3] / "shared"
K = load()


def shared(place: str) -> Path:
    """A folder of the reference material, or a skip."""
    if not (SHARED / place).exists():
        pytest.skip("reference material (../shared) is not here")
    return SHARED / place


# conditions ----------------------------------------------------------------------------------------------------------------------------

CONDITIONS = K.terms("condition_codes")
FACTS = {row["id"]: row for row in K.terms("facts")}
ICD = re.compile(r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?\*?")


def facts_of(system: str, code: str) -> set[str]:
    """The facts that a diagnosis code gives, as the table's stars ask for."""
    rows = (row for row in CONDITIONS if row["system"] == system)
    return {row["fact"] for row in rows if (code.startswith(row["code"][:-1]) if row["code"].endswith("*") else code == row["code"])}


@pytest.mark.parametrize(
    ("code", "has", "has_not"),
    [
        ("G47.33", "sleep-disordered-breathing", "other-sleep-disorder"),
        ("G47.419", "other-sleep-disorder", "sleep-disordered-breathing"),
        ("G47.3", "sleep-disordered-breathing", ""),
        ("F11.20", "opioid-use-disorder", "overdose-history"),
        ("F11.21", "substance-use-disorder", ""),
        ("F17.210", "smoker", "substance-use-disorder"),
        ("F13.20", "sedative-use-disorder", "opioid-use-disorder"),
        ("D57.1", "sickle-cell-disease", "sickle-cell-trait"),
        ("D57.3", "sickle-cell-trait", "sickle-cell-disease"),
        ("D57.419", "sickle-cell-disease", "sickle-cell-trait"),
        ("T40.2X1A", "overdose-history", ""),
        ("T40.2X5A", "", "overdose-history"),
        ("T40.2X6A", "", "overdose-history"),
        ("T40.411D", "overdose-history", ""),
        ("T40.415A", "", "overdose-history"),
        ("C25.9", "likely-terminal-condition", "end-of-life"),
        ("C50.911", "cancer", "cancer-treatment"),
        ("D45", "neoplasm-uncertain", "cancer"),
        ("Z51.11", "cancer-treatment", "palliative-care"),
        ("Z51.5", "palliative-care", "end-of-life"),
        ("Z71.42", "", "substance-use-disorder"),
        ("N18.6", "end-stage-kidney-disease", ""),
        ("N18.4", "chronic-kidney-disease", "end-stage-kidney-disease"),
        ("K74.60", "cirrhosis", ""),
        ("K76.0", "chronic-liver-disease", "severe-liver-disease"),
        ("I45.81", "long-qt-history", ""),
        ("S06.0X0A", "", "head-injury"),
        ("O80", "", "pregnancy"),
    ],
)
def test_a_diagnosis_code_gives_this_fact_and_not_that_one(code: str, has: str, has_not: str):
    found = facts_of("icd-10-cm", code)

    assert not has or has in found
    assert not has_not or has_not not in found


def test_the_world_edition_counts_poisonings_without_the_intent_that_the_us_edition_codes():
    assert "overdose-history" in facts_of("icd-10", "T40.2")
    assert "suicide-attempt-history" in facts_of("icd-10", "X64")
    assert set() == facts_of("icd-10", "F17.2")


def test_degree_end_of_life_and_recent_operations_are_never_read_from_a_code():
    never = {
        "sleep-disordered-breathing-moderate",
        "end-of-life",
        "hospice",
        "post-tonsillectomy",
        "lost-tolerance",
        "opioid-naive",
        "naloxone-at-hand",
    }

    assert set() == never & {row["fact"] for row in CONDITIONS}
    assert never <= set(FACTS)


def test_every_condition_row_is_well_formed_and_stands_once():
    keys = [(row["system"], row["code"], row["fact"]) for row in CONDITIONS]

    assert len(keys) == len(set(keys))
    for row in CONDITIONS:
        assert row["fact"] in FACTS
        assert row["source"] in K.sources
        assert row["state"] in ("verified", "to-verify")
        assert re.fullmatch(r"\d{6,18}", row["code"]) if row["system"] == "snomed" else ICD.fullmatch(row["code"]), row


def verhoeff(digits: str) -> bool:
    """True when the last digit is the check digit of a SNOMED CT identifier."""
    dihedral = [
        [(i % 5 + j % 5) % 5 + 5 * (j // 5) if i < 5 else (i % 5 - j % 5) % 5 + 5 * (1 - j // 5) for j in range(10)] for i in range(10)
    ]
    shift = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
    check = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        for _ in range(place % 8):
            value = shift[value]
        check = dihedral[check][value]
    return check == 0


def test_snomed_codes_pass_their_check_digit():
    assert [True, False, False] == [verhoeff(code) for code in ("73430006", "73430007", "74330006")]

    assert [] == [row["code"] for row in CONDITIONS if row["system"] == "snomed" and not verhoeff(row["code"])]


def test_codes_of_the_published_sets_give_the_fact_of_their_set():
    wanted = {
        "opioid-misuse-disorders": {"opioid-use-disorder"},
        "conditions-documenting-sleep-disordered-breathing": {"sleep-disordered-breathing", "other-sleep-disorder"},
        "sickle-cell-diseases": {"sickle-cell-disease", "sickle-cell-trait"},
        "cdc-malignant-cancer-conditions": {"cancer", "neoplasm-uncertain"},
        "conditions-likely-terminal-for-opioid-prescribing": {"likely-terminal-condition"},
        "conditions-documenting-substance-misuse": {"substance-use-disorder"},
    }
    left_out = {"Z71.4", "Z71.42", "Z71.5", "Z71.52"}  # counselling of the family, or of whom is not said
    with (shared("response/sources") / "value_sets.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["set"] in wanted]

    assert len(rows) > 2000
    lost = {r["code"] for r in rows if r["code"][3:4] in ("", ".") and not facts_of(r["system"], r["code"]) & wanted[r["set"]]}
    assert left_out == lost


def test_facts_have_an_id_once_a_question_and_a_known_group():
    rows = K.terms("facts")

    assert len(rows) == len(FACTS)
    assert {"history", "examination", "redflag", "condition", "drug"} >= {row["group"] for row in rows}
    assert [] == [row["id"] for row in rows if not row["label"].endswith("?") or not re.fullmatch(r"[a-z0-9-]+", row["id"])]


# measures ------------------------------------------------------------------------------------------------------------------------------

MEASURES = {row["id"]: row for row in K.terms("measures")}


def luhn(code: str) -> bool:
    """True when a LOINC code has its check digit."""
    body, check = code.split("-")
    total = sum((lambda d: d // 10 + d % 10)(int(digit) * (2 if place % 2 == 0 else 1)) for place, digit in enumerate(reversed(body)))
    return (10 - total % 10) % 10 == int(check)


def test_every_loinc_code_has_its_check_digit_and_belongs_to_one_measure():
    codes = [code for row in MEASURES.values() for code in row["loinc"].split(";") if code]

    assert [True, True, False] == [luhn(code) for code in ("2160-0", "98979-8", "2160-1")]
    assert len(codes) == len(set(codes)) > 80
    assert [] == [code for code in codes if not luhn(code)]


@pytest.mark.parametrize(
    ("id_", "unit", "value", "expected", "within"),
    [
        ("creatinine", "umol/L", 88.4, 1.0, 1e-3),
        ("creatinine", "umol/L", 120.0, 1.357, 1e-3),
        ("haemoglobin", "g/L", 140.0, 14.0, 1e-9),
        ("haemoglobin", "mmol/L", 8.69, 14.0, 1e-2),
        ("bilirubin", "umol/L", 17.1, 1.0, 1e-3),
        ("albumin", "g/L", 40.0, 4.0, 1e-9),
        ("glucose", "mmol/L", 5.55, 100.0, 0.1),
        ("cholesterol-total", "mmol/L", 5.0, 193.4, 0.1),
        ("crp", "mg/dL", 1.2, 12.0, 1e-9),
        ("weight", "[lb_av]", 150.0, 68.04, 0.01),
        ("height", "[in_i]", 70.0, 177.8, 1e-9),
        ("qtc", "s", 0.45, 450.0, 1e-9),
        ("platelets", "10*9/L", 250.0, 250.0, 1e-9),
        ("gestation-weeks", "d", 140.0, 20.0, 1e-6),
    ],
)
def test_a_value_in_another_unit_is_the_same_amount(id_: str, unit: str, value: float, expected: float, within: float):
    """Factors against well-known pairs of conventional and SI values; tolerance = rounding of the pair."""
    factors = dict(pair.rpartition("=")[::2] for pair in MEASURES[id_]["conversions"].split(";"))

    assert expected == pytest.approx(value * float(factors[unit]), abs=within)


def test_limits_are_ordered_and_every_conversion_is_a_positive_number():
    for row in MEASURES.values():
        assert float(row["low"]) < float(row["high"]), row["id"]
        assert all(float(pair.rpartition("=")[2]) > 0 for pair in row["conversions"].split(";") if pair), row["id"]


def test_measures_that_rules_need_and_that_the_open_bundles_hold_are_there():
    needed = {"egfr", "crcl", "age", "mme", "qtc", "gestation-weeks", "child-pugh", "potassium", "sodium", "creatinine", "weight", "height"}
    known = {code for row in MEASURES.values() for code in row["loinc"].split(";")}

    assert needed <= set(MEASURES)
    held = set()
    for path in sorted(shared("clinic/cases/synthea").glob("*.json")):
        for entry in json.loads(path.read_text(encoding="utf-8"))["entry"]:
            parts = [entry["resource"], *entry["resource"].get("component", [])]
            held |= {part["code"]["coding"][0]["code"] for part in parts if "valueQuantity" in part}
    assert held <= known
