"""Names of drugs, codes of products and conditions, and measures: what a clinic's list may hold is understood, and nothing else."""

import csv
import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.knowledge.drug_names import find_drug
from painloom.knowledge.load import fold, load

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
NAMES = (ROOT / "tests/knowledge/vocabulary_names.tsv").read_text(encoding="utf-8").splitlines()[1:]
K = load()


def shared(place: str) -> Path:
    """A folder of the reference material, or a skip."""
    if not (SHARED / place).exists():
        pytest.skip("reference material (../shared) is not here")
    return SHARED / place


def ids(written: str) -> tuple[set[str], list[str]]:
    """(drug ids, what was not understood) of one written entry."""
    cards, unknown = find_drug(K, written)
    return {card.id for card in cards}, unknown


def derivation() -> ModuleType:
    """tools/derive_codes.py as a module."""
    spec = importlib.util.spec_from_file_location("derive_codes", ROOT / "tools/derive_codes.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# names ---------------------------------------------------------------------------------------------------------------------------------


def test_the_list_of_typed_names_is_long_and_has_no_name_twice():
    written = [line.split("\t")[0] for line in NAMES]

    assert len(written) >= 300
    assert len(written) == len(set(written))


@pytest.mark.parametrize("line", NAMES)
def test_a_name_as_clinics_write_it_means_these_drugs(line: str):
    written, drugs = line.split("\t")

    assert (set(drugs.split(";")), []) == ids(written)


@pytest.mark.parametrize(
    "written",
    [
        "qarbolan",
        "ibuprofenol",
        "tramadolin",
        "oxycodone qarbolan",
        "qarbolan 10 mg tablets",
        "SR",
        "mg",
        "tablet",
        "with food",
        "",
        "5 mg/ml",
    ],
)
def test_what_is_no_drug_is_never_taken_for_one(written: str):
    drugs, unknown = ids(written)

    assert set() == drugs or unknown


@given(st.sampled_from(sorted(K.drug_names)), st.text(alphabet="bcdfgjkqvwxz", min_size=4, max_size=9))
def test_a_known_name_followed_by_an_invented_word_is_not_half_understood(name: str, invented: str):
    drugs, unknown = ids(f"{name} {invented}")

    assert unknown and set() == drugs


@given(
    st.sampled_from(sorted(K.drug_names)),
    st.sampled_from([str.upper, str.title, str.lower]),
    st.sampled_from(["", " 10 mg", " tablets", " XR 20mg"]),
)
def test_spelling_in_capitals_dose_and_form_do_not_change_the_drug(name: str, case, tail: str):
    expected = {K.drug_names[name]}

    assert (expected, []) == ids(case(name) + tail) or re.search(r"[/+&,;]| (with|and|plus) ", name)


def test_no_word_that_is_dropped_behind_a_name_is_a_drug_of_its_own_save_the_metals_of_salts():
    assert {"calcium", "magnesium", "potassium"} == {word for word in K.drug_words if word in K.drug_names}


def test_no_combination_product_has_the_name_of_a_single_drug_and_every_component_has_a_card():
    assert set() == set(K.combinations) & set(K.drug_names)
    assert set() == {part for parts in K.combinations.values() for part in parts} - set(K.drugs)


def test_ingredients_of_the_open_synthetic_bundles_are_known():
    tool = derivation()
    for path in sorted(shared("clinic/cases/synthea").glob("*.json")):
        for entry in json.loads(path.read_text(encoding="utf-8"))["entry"]:
            concept = entry["resource"].get("medicationCodeableConcept")
            if not concept:
                continue
            name = concept["coding"][0]["display"]
            whole = ids(name)
            assert (whole[0] and not whole[1]) or tool.drug_ids(K, name), name


def test_new_cards_give_no_advice_and_change_no_enzyme():
    """They serve to recognise a name; whatever acts must name a source."""
    named_only = [card for card in K.drugs.values() if "drug-names-common" in card.sources]

    assert len(named_only) > 900
    assert [] == [card.id for card in named_only if card.acts_on or card.no_gene or card.age_limits]
    assert [] == [card.id for card in named_only if any(g.drug == card.id for g in K.guidance.values())]


# product codes -------------------------------------------------------------------------------------------------------------------------

PRODUCTS = {row["rxcui"]: row for row in K.terms("rxnorm_products")}
GROUPS = {(row["rxcui"], row["group"]): row["drugs"] for row in K.terms("rxnorm_groups")}


@pytest.mark.parametrize(
    ("rxcui", "expected"),
    [
        ("1049502", ("oxycodone", "tablet", "oral", "extended", "10", "mg", "")),
        ("245134", ("fentanyl", "patch", "transdermal", "", "25", "mcg/h", "")),
        ("577057", ("fentanyl", "patch", "transdermal", "", "12", "mcg/h", "")),
        ("835603", ("tramadol", "tablet", "oral", "immediate", "50", "mg", "")),
        ("836397", ("tramadol", "tablet", "oral", "immediate", "37.5", "mg", "paracetamol")),
        ("351267", ("buprenorphine", "tablet", "sublingual", "", "8", "mg", "naloxone")),
        ("864706", ("methadone", "tablet", "oral", "immediate", "10", "mg", "")),
        ("1012727", ("hydrocodone", "solution", "oral", "immediate", "1", "mg/ml", "carbinoxamine;pseudoephedrine")),
        ("1740007", ("fentanyl", "pack", "", "", "", "", "")),
    ],
)
def test_a_product_code_means_this_product(rxcui: str, expected: tuple[str, ...]):
    """Worked out by hand from the printed RxNorm names."""
    row = PRODUCTS[rxcui]

    assert expected == tuple(row[name] for name in ("drug", "form", "route", "release", "strength", "unit", "others"))


def test_every_product_has_a_card_a_unit_with_its_strength_and_one_row():
    rows = K.terms("rxnorm_products")

    assert len(rows) == len(PRODUCTS)
    for row in rows:
        assert "opioid" in K.drugs[row["drug"]].classes
        assert set() == set(filter(None, row["others"].split(";"))) - set(K.drugs)
        assert row["drug"] not in row["others"].split(";")
        assert bool(row["strength"]) == bool(row["unit"]) == (row["form"] != "pack")
        assert not row["strength"] or float(row["strength"]) > 0
        assert (row["unit"] == "mcg/h") == (row["form"] == "patch")


def test_groups_are_classes_of_the_cards_and_stimulants_are_not_sedatives():
    for (_, group), drugs in GROUPS.items():
        assert any(group in K.drugs[id_].classes for id_ in drugs.split(";"))
    phentermine = [group for (rxcui, group), _ in GROUPS.items() if rxcui == "803353"]
    assert ["stimulant"] == phentermine
    assert "amphetamine;dextroamphetamine" == GROUPS["1009145", "stimulant"]


@pytest.mark.parametrize(
    ("name", "group"),
    [("benzodiazepine-medications", "benzodiazepine"), ("barbiturate-medications", "barbiturate"), ("oxycodone-medications", "opioid")],
)
def test_every_code_of_a_published_set_is_in_its_group(name: str, group: str):
    with (shared("response/sources") / "value_sets.tsv").open(encoding="utf-8") as file:
        codes = [row["code"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["set"] == name]

    assert len(codes) > 90
    assert [] == [code for code in codes if (code, group) not in GROUPS]


def test_the_committed_tables_are_what_the_derivation_writes(tmp_path: Path):
    assert 0 == derivation().main(shared("response/sources"), tmp_path)

    terms = ROOT / "src/painloom/knowledge/data/terms"
    for name in ("rxnorm_products.tsv", "rxnorm_groups.tsv"):
        assert (terms / name).read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("drug_name", "qarbolan 5 mg oral tablet", "qarbolan"),
        ("dose_form", "Oral Mist", "Oral Mist"),
        ("strength_unit", "STONE", "STONE"),
        ("strength_value", "ten", "ten"),
    ],
)
def test_a_row_that_cannot_be_mapped_stops_the_derivation(tmp_path: Path, capsys, column: str, value: str, said: str):
    row = {
        "rxcui": "1",
        "drug_name": "codeine phosphate 15 mg oral tablet",
        "dose_form": "Oral Tablet",
        "ingredient": "Codeine",
        "strength_value": "15.0",
        "strength_unit": "MG",
    }
    (tmp_path / "value_sets.tsv").write_text("set\tsystem\tcode\tdisplay\n", encoding="utf-8")
    for changed, code in ((row, 0), (row | {column: value}, 1)):
        (tmp_path / "opioids_rxnorm.tsv").write_text("\t".join(changed) + "\n" + "\t".join(changed.values()) + "\n", encoding="utf-8")
        into = tmp_path / str(code)
        into.mkdir()
        assert code == derivation().main(tmp_path, into)
        assert (code == 0) == (into / "rxnorm_products.tsv").exists()
    assert said in capsys.readouterr().err


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
    assert verhoeff("73430006") and not verhoeff("73430007") and not verhoeff("74330006")

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

    assert luhn("2160-0") and luhn("98979-8") and not luhn("2160-1")
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


def test_folded_names_are_stable():
    assert "co codamol" == fold("Co-Codamol")
