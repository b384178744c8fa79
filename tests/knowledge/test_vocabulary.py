"""Names of drugs and codes of products: what a clinic's list may hold is understood, and nothing else."""

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
from painloom.knowledge.load import load

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
    assert spec is not None
    assert spec.loader is not None
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


SINGLE = sorted(name for name in K.drug_names if " with " not in name)  # "with" joins two products: each half is read for itself


@given(st.sampled_from(SINGLE), st.text(alphabet="bcdfgjkqvwxz", min_size=4, max_size=9))
def test_a_known_name_followed_by_an_invented_word_is_not_half_understood(name: str, invented: str):
    drugs, unknown = ids(f"{name} {invented}")

    assert unknown
    assert set() == drugs


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


def test_no_name_on_a_card_has_brackets_because_what_stands_in_them_is_not_read():
    assert [] == [card.id for card in K.drugs.values() if "(" in "".join((card.id, card.name, card.label, *card.synonyms))]
