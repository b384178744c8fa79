"""Product names as people and code systems write them, read with the shipped cards."""

import csv
from pathlib import Path

import pytest
from tiny_cards import tiny

from builders import knowledge
from painloom.body.formulary import Formulary
from painloom.body.product_names import read_product
from painloom.body.strengths import EACH, OTHER, PER_DAY, PER_HOUR, PER_ML, take_out_strengths
from painloom.body.units import read_form, read_route, read_unit

SHARED = Path(__file__).resolve().parents[3] / "shared" / "response"


@pytest.fixture(scope="module")
def formulary():
    return Formulary(knowledge())


def parts(product):
    """{drug or ?label: strength value or None}"""
    return {i.drug or f"?{i.label}": i.strength.value if i.strength else None for i in product.ingredients}


@pytest.mark.parametrize(
    ("name", "wanted", "form", "route", "extended"),
    [
        ("12 HR oxycodone hydrochloride 20 MG Extended Release Oral Tablet", {"oxycodone": 20}, "tablet", "oral", True),
        ("oxyCODONE HCl 10 MG 12HR Extended Release Oral Tablet", {"oxycodone": 10}, "tablet", "oral", True),
        (
            "Acetaminophen 325 MG / Hydrocodone Bitartrate 7.5 MG Oral Tablet",
            {"paracetamol": 325, "hydrocodone": 7.5},
            "tablet",
            "oral",
            False,
        ),
        ("HYDROcodone-acetaminophen 5-325 MG per tablet", {"hydrocodone": 5, "paracetamol": 325}, "tablet", "oral", False),
        ("oxyCODONE-acetaminophen (PERCOCET) 5-325 MG per tablet", {"oxycodone": 5, "paracetamol": 325}, "tablet", "oral", False),
        ("Percocet (oxycodone 5 mg / acetaminophen 325 mg)", {"oxycodone": 5, "paracetamol": 325}, "", "", False),
        ("Percocet 5/325", {"oxycodone": 5, "paracetamol": 325}, "", "", False),
        ("co-codamol 30/500", {"codeine": 30, "paracetamol": 500}, "", "", False),
        ("72 HR fentanyl 0.025 MG/HR Transdermal System", {"fentanyl": 25}, "patch", "transdermal", False),
        ("fentanyl 25 micrograms/hour patch", {"fentanyl": 25}, "patch", "transdermal", False),
        ("oxycodone 5 mg/5 mL oral solution", {"oxycodone": 1}, "solution", "oral", False),
        ("tramadol 100 mg retard", {"tramadol": 100}, "", "", True),
        ("MORPHINE SULFATE ER 15 MG", {"morphine": 15}, "", "", True),
        ("slow release morphine 10 mg tablets", {"morphine": 10}, "tablet", "oral", True),
        ("Suboxone 2 MG / 0.5 MG Sublingual Film", {"buprenorphine": 2, "naloxone": 0.5}, "film", "sublingual", False),
        ("Morphine Sulfate 10 MG [Kadian]", {"morphine": 10}, "", "", False),
        ("fentanyl citrate 0.05 mg/ml injection", {"fentanyl": 0.05}, "injection", "injection", False),
        ("matrix delivery 24 hr tramadol hydrochloride 300 mg extended release oral tablet", {"tramadol": 300}, "tablet", "oral", True),
        ("Oxycodone HCl", {"oxycodone": None}, "", "", False),
        ("hydrocodone/acetaminophen", {"hydrocodone": None, "paracetamol": None}, "", "", False),
    ],
)
def test_a_product_name_gives_ingredients_strengths_and_form(formulary, name, wanted, form, route, extended):
    product = formulary.product(name)

    assert parts(product) == pytest.approx(wanted)
    assert (product.form, product.route, product.extended) == (form, route, extended)


@pytest.mark.parametrize(
    "name", ["qarbolan", "oxycodone qarbolan", "qarbolan 5 mg tablet", "oxycodone / qarbolan", "x", "5 mg", "tablet", "(oxycodone"]
)
def test_a_word_that_no_card_knows_leaves_an_ingredient_without_a_drug_or_reads_all_of_it(formulary, name):
    product = formulary.product(name)

    assert product.ingredients
    assert ("oxycodone" in product.drugs) == (name in ("oxycodone / qarbolan", "(oxycodone"))
    assert product.is_known == (name == "(oxycodone")


def test_words_in_brackets_that_were_not_read_are_said(formulary):
    assert formulary.product("ibuprofen (for knees)").remarks
    assert not formulary.product("ibuprofen").remarks


def test_a_single_strength_of_a_combination_belongs_to_nobody(formulary):
    """5 mg may be the one or the other: guessing could be wrong by a factor of sixty."""
    assert parts(formulary.product("hydrocodone/acetaminophen 5 mg")) == {"hydrocodone": None, "paracetamol": None}


def test_two_strengths_of_one_drug_are_no_strength(formulary):
    assert parts(formulary.product("morphine 10-20 mg tablet")) == {"morphine": None}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("5 mg", EACH, 5),
        ("0.5mg", EACH, 0.5),
        ("250 mcg", EACH, 0.25),
        ("250 µg", EACH, 0.25),
        ("250 μg", EACH, 0.25),
        ("1 g", EACH, 1000),
        ("1,000 mg", EACH, 1000),
        ("2,5 mg", EACH, 2.5),
        ("10 mg/5 ml", PER_ML, 2),
        ("25 mcg/h", PER_HOUR, 25),
        ("0.025 MG/HR", PER_HOUR, 25),
        ("9 mg/24 h", PER_DAY, 9),
        ("0,025 mg", OTHER, 0),
        ("5 %", OTHER, 5),
        ("100 units/ml", OTHER, 100),
        ("25 mcg/72 h", OTHER, 25),
    ],
)
def test_strengths_are_read_in_mg_or_in_mcg_an_hour(text, kind, value):
    (strength,) = take_out_strengths(f"something {text} tablet").strengths

    assert strength.kind == kind
    assert strength.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("written", "kind", "scale"),
    [
        ("mg", "mass", 1),
        ("MG", "mass", 1),
        ("mcg", "mass", 0.001),
        ("µg", "mass", 0.001),
        ("ug", "mass", 0.001),
        ("g", "mass", 1000),
        ("mcg/h", "rate", 1),
        ("ug/h", "rate", 1),
        ("mcg/hr", "rate", 1),
        ("micrograms per hour", "rate", 1),
        ("mg/h", "rate", 1000),
        ("ug/(24.h)", "daily", 0.001),
        ("mg/day", "daily", 1),
        ("mL", "volume", 1),
        ("{tablet}", "count", 1),
        ("tablet(s)", "count", 1),
        ("Tablet", "count", 1),
        ("TAB", "count", 1),
        ("{patch}", "count", 1),
        ("[iU]", "activity", 1),
    ],
)
def test_units_have_one_meaning_however_they_are_written(written, kind, scale):
    unit = read_unit(written)

    assert (unit.kind, unit.scale) == (kind, pytest.approx(scale))


@pytest.mark.parametrize("written", ["mgg", "spoon", "mg/kg", "mg/ml", "%", "mcg/min", "mcg/72h", "handful", "m", "mg mg", "-", "?"])
def test_an_unknown_unit_is_no_unit(written):
    assert read_unit(written) is None


def test_every_injection_is_one_route_and_an_unknown_route_is_none():
    assert {read_route(r) for r in ("IV", "intravenous", "subcutaneous use", "Intramuscular route", "epidural")} == {"injection"}
    assert read_route("") == ""
    assert read_route("by carrier pigeon") is None
    assert read_form("solution for injection")[:2] == ("injection", "injection")
    assert read_form("Buccal Tablet")[:2] == ("tablet", "buccal")
    assert read_form("PR tablet")[:2] == ("tablet", "oral"), "in a form PR stands for prolonged release"


def test_a_code_gives_what_the_name_does_not(tmp_path):
    formulary = Formulary(tiny(tmp_path))

    assert parts(formulary.coded((("rxnorm", "100"),))) == {"opalin": 5}
    assert formulary.coded((("rxnorm", "nonsense"),)) is None
    assert formulary.coded((("ndc", "100"),)) is None, "a code means something in its own system only"


def test_names_of_every_published_opioid_product_give_the_strength_that_the_table_gives():
    """1,136 names as RxNorm prints them (state of 2020), read with the shipped cards."""
    table = SHARED / "sources" / "opioids_rxnorm.tsv"
    if not table.is_file():
        pytest.skip("reference material (../shared) is not here")
    cards = knowledge()
    by_code = {card.rxnorm: card.id for card in cards.drugs.values() if card.rxnorm}
    wrong, unclear, unknown = [], [], []
    rows = list(csv.DictReader(table.open(), delimiter="\t"))
    for row in rows:
        drug = by_code.get(row["ingredient_rxcui"])
        found = [i for i in read_product(cards, row["drug_name"]).ingredients if i.drug == drug and drug]
        if not found:
            unknown.append(row["drug_name"])
            continue
        wanted = float(row["strength_value"]) * (1000 if row["strength_unit"] == "MG/HR" else 1)
        if found[0].strength is None:
            unclear.append(row["drug_name"])
        elif found[0].strength.value != pytest.approx(wanted):
            wrong.append(row["drug_name"])

    assert wrong == []
    assert all("terephthalate" in name for name in unclear), "two salts of one drug in a tablet: no one strength"
    assert len(unknown) <= len(rows) * 0.06, unknown
