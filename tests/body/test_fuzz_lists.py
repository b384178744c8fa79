"""Hostile drug lists against a second calculation: every opioid is counted right or named in a warning, never passed over.

`test_fuzz_meds.py` asks whether broken lists end well; here the numbers are worked out again, from the published factors alone.
"""

import copy
import itertools
import json
import random
import sys
from pathlib import Path

import pytest
from tiny_cards import case, only, total_of

from builders import knowledge
from painloom.body.formulary import Formulary
from painloom.body.meds import check_with
from painloom.body.rows import MEDS_COLUMNS, meds_rows
from painloom.errors import InputError
from painloom.fhir.bundle import bundle_of
from painloom.fhir.read import read_resources
from painloom.fhir.units import Measures
from painloom.intake.drug_list import read_drug_list
from painloom.model.medication import SEVERITIES

sys.path.insert(0, str(Path(__file__).parents[1] / "fhir"))
from bundles import AS_OF, bundle, daily, line, order, patient, quantity, statement

FORMULARY, MEASURES = Formulary(knowledge()), Measures(knowledge())
LISTS, BUNDLES = 40_000, 5_000
SECRET = "XSECRETX"
# CDC 2022, table of conversion factors; MME a mg by mouth, for the patch MME a mcg/h
FACTORS = {
    "codeine": 0.15, "hydrocodone": 1, "hydromorphone": 5, "methadone": 4.7, "morphine": 1, "oxycodone": 1.5, "oxymorphone": 3,
    "tapentadol": 0.4, "tramadol": 0.2, "fentanyl": 2.4,
}  # fmt: skip
WRITTEN = {
    "oxycodone": ("oxycodone", "OXYCODONE", "Oxycodone HCl", " oxycodone ", "OxyContin"),
    "morphine": ("morphine", "Morphine sulfate", "MS Contin"),
    "hydromorphone": ("hydromorphone", "Dilaudid", "hydromorphone hydrochloride"),
    "tramadol": ("tramadol", "Ultram", "tramadol HCl"),
    "tapentadol": ("tapentadol", "Nucynta"),
    "fentanyl": ("fentanyl", "Fentanyl"),
}
STRANGERS = ("oxycodne", "morfine", "qarbolan", "oxy codone x", f"{SECRET} drops")
MASSES = {
    "mg": 1, "MG": 1, "Mg": 1, " mg ": 1, "milligrams": 1, "mgs": 1, "mg.": 1, "mcg": 1e-3, "MCG": 1e-3, "µg": 1e-3, "μg": 1e-3, "ug": 1e-3,
    "micrograms": 1e-3, "g": 1e3, "gram": 1e3, "ng": 1e-6,
}  # fmt: skip
RATES = {"mcg/h": 1, "mcg/hr": 1, "µg/h": 1, "mcg/hour": 1, "mg/h": 1e3, "MCG/HR": 1, "mcg / h": 1, "mcg per hour": 1}
NO_MASS = (
    "",
    ".",
    "units",
    "mg/kg",
    "spoon",
    "%",
    "mgg",
    "m g",
    "mg/",
    "mg mg",
    "ml",
    "mEq",
    "grain",
    "мг",
    "ｍｇ",
    "mg/m2",
    "mcg/kg/h",
    "tbsp",
)
DOSES = {
    "5": (5, 5), "7.5": (7.5, 7.5), ".5": (0.5, 0.5), "10.": (10, 10), "1e1": (10, 10), "1/2": (0.5, 0.5), "5-10": (5, 10),
    "5 - 10": (5, 10), "5 to 10": (5, 10), " 15 ": (15, 15), "0005": (5, 5), "12.50": (12.5, 12.5), "5–10": (5, 10), "2e-1": (0.2, 0.2),
    "250": (250, 250),
}  # fmt: skip
TIMES = {
    "1": (1, 1),
    "2": (2, 2),
    "4": (4, 4),
    "0.33": (0.33, 0.33),
    "1/3": (1 / 3, 1 / 3),
    "0.5": (0.5, 0.5),
    "1-2": (1, 2),
    "6.0": (6, 6),
}
REFUSED = (
    "-5", "−5", "- 5", "+5", "nan", "inf", "-inf", "1e999", "five", "٣", "１", "½", "0x1F", "1_0", "5..5", "5 mg", '"1,5"', "∞", "--",
    '"1,000"', "1-2-3", "10-5", "1/0", "0/0", "1e", "e5", "#REF!", "true", "None", "5;", "5%", "~5", "<5", ">5", "≤5", "5+", "ca. 5",
    "9" * 40, f"5 {SECRET}",
)  # fmt: skip
NOT_GIVEN, ZERO = ("", ".", " "), ("0", "0.0", "0e0", "0-0", "0/5")
BY_MOUTH = ("oral", "PO", "p.o.", "by mouth", "", "Oral", " oral ")
OTHERWISE = (
    "transdermal",
    "intravenous",
    "IV",
    "nasal",
    "sublingual",
    "epidural",
    "intrathecal",
    "nonsense",
    "rectal",
    "inhaled",
    "im",
    "pump",
)


def entry(dice):
    """(cells, drug, what it adds a day) of one line; adds None = must be named, "refused" = the file must be refused."""
    if dice.random() < 0.08:
        name = dice.choice(STRANGERS)
        return [name, "5", "mg", "2", "oral", ""], name.strip(), None
    drug = dice.choice(list(FACTORS))
    patch = drug == "fentanyl"
    cells = [dice.choice(WRITTEN.get(drug, (drug,))), dice.choice(list(DOSES)), dice.choice(list(RATES if patch else MASSES)), "1", "", ""]
    cells[3] = dice.choice(("1", "0.33", "1/3", "0.5", "")) if patch else dice.choice(list(TIMES))
    cells[4] = dice.choice(("transdermal", "td", "topical", "")) if patch else dice.choice(BY_MOUTH)
    cells[5] = (
        dice.choice(("patch", "transdermal patch")) if patch else dice.choice(("", "tablet", "capsule", "ER tablet", "oral solution"))
    )
    kind = dice.random()
    high = DOSES[cells[1]][1]
    adds = high * RATES[cells[2]] if patch else high * MASSES[cells[2]] * TIMES[cells[3]][1]
    if kind < 0.55:
        return cells, drug, adds * FACTORS[drug]
    place = dice.choice((1, 2) if patch else (1, 2, 3, 4))
    if place == 2:
        cells[2] = dice.choice(NO_MASS)
    elif place == 4:
        cells[4], cells[5] = dice.choice(OTHERWISE), ""
    elif kind < 0.9:
        cells[place] = dice.choice((*NOT_GIVEN, *ZERO))
    else:
        cells[place] = dice.choice((*REFUSED, "1e8" if place == 1 else "101"))
        return cells, drug, "refused"
    return cells, drug, None


def entries(dice):
    """One to four lines; a file with a bad number holds no second one, so that it is clear why it is refused."""
    return [entry(dice) for _ in range(dice.choice((1, 1, 2, 3, 4)))]


def faults(rows, told):
    """What the rows say wrongly of (drug, what it adds) pairs, in words."""
    wrong = []
    counted = {drug: sum(a for d, a in told if d == drug and a is not None) for drug, adds in told if adds is not None}
    shown = {r.subject: float(r.value) for r in only(rows, kind="mme-current") if r.subject != "total"}
    if shown.keys() != counted.keys():
        wrong.append(f"counted {sorted(shown)} instead of {sorted(counted)}")
    wrong += [
        f"{drug} adds {value}, not {counted[drug]}" for drug, value in shown.items() if abs(value - counted.get(drug, value)) > 0.0051
    ]
    total = total_of(rows)
    if abs(float(total.value) - sum(counted.values())) > 0.0051:
        wrong.append(f"total {total.value} is not {sum(counted.values())}")
    missing = [drug for drug, adds in told if adds is None]
    warned = " ".join(f"{r.subject} {r.message}".lower() for r in rows if r.is_warning and r.kind == "gate")
    wrong += [f"{drug} is not counted and not named" for drug in missing if drug.lower() not in warned]
    if total.severity in ("ok", "none", "info") and (missing or sum(counted.values()) >= 50.01):
        wrong.append("the total looks complete and low")
    if missing and not all(drug.lower() in total.message.lower() for drug in missing):
        wrong.append("the total does not say what is missing in it")
    return wrong


def shape_faults(rows):
    """Rows that a table could not hold."""
    cells = list(meds_rows(rows))
    if not all(len(row) == len(MEDS_COLUMNS) and all(row) and all(cell.isprintable() for cell in row) for row in cells):
        return ["a row is empty, broken or unprintable"]
    return [] if all(row.severity in SEVERITIES for row in rows) else ["a severity of no list"]


def judged(path, lines):
    """Faults of one list, in words."""
    path.write_text("drug,dose,unit,per_day,route,form\n" + "".join(",".join(cells) + "\n" for cells, _, _ in lines), encoding="utf-8")
    bad = any(adds == "refused" for _, _, adds in lines)
    try:
        found = read_drug_list(path)
    except InputError as refused:
        said = str(refused)
        leaks = [cell for cells, _, _ in lines for cell in cells[:5] if len(cell.strip()) > 5 and cell.strip() in said]
        wrong = [] if bad else [f"a good list is refused: {said}"]
        wrong += [f"the message repeats {leaks}"] if leaks or SECRET in said else []
        return wrong + ([] if "\n" not in said and said.startswith(path.name) and "line " in said else ["no line, or not one line"])
    if bad:
        return ["a number that cannot be read is accepted"]
    rows = check_with(case(*found.drugs), FORMULARY)
    return shape_faults(rows) + faults(rows, [(drug, adds) for _, drug, adds in lines])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("part", range(8))
def test_every_opioid_of_a_hostile_list_is_counted_right_or_named(part, tmp_path):
    wrong = []
    for number in range(part * LISTS // 8, (part + 1) * LISTS // 8):
        lines = entries(random.Random(f"lists {number}"))
        wrong += [(number, [cells for cells, _, _ in lines], fault) for fault in judged(tmp_path / "list.csv", lines)]

    assert [] == wrong[:20]


def test_the_generated_lists_are_of_every_kind():
    lists = [entries(random.Random(f"lists {number}")) for number in range(4_000)]
    kinds = [
        ("refused" if any(a == "refused" for _, _, a in one) else "open" if any(a is None for _, _, a in one) else "whole") for one in lists
    ]

    assert all(kinds.count(kind) > 200 for kind in ("refused", "open", "whole"))
    assert {drug for one in lists for _, drug, _ in one} >= set(FACTORS)


def fhir_entry(dice, number):
    """A resource that orders an opioid by mouth, its drug, and what it adds a day."""
    drug = dice.choice([d for d in FACTORS if d != "fentanyl"])
    unit, scale = dice.choice((("mg", 1), ("ug", 1e-3), ("g", 1e3)))
    dose, times = dice.choice((1, 2.5, 5, 10, 20)), dice.choice((1, 2, 3, 4))
    instruction = line(quantity(dose, unit), daily(times), route={"text": "oral"})
    name = dice.choice(WRITTEN.get(drug, (drug,)))
    ways = (order(instruction, name=name, id=f"m{number}"), statement(name, id=f"m{number}", dosage=[instruction]))
    return dice.choice(ways), drug, dose * scale * times * FACTORS[drug]


def imported(document):
    return read_resources(bundle_of(document, "b.json"), MEASURES, AS_OF)


def test_a_list_in_a_bundle_has_the_total_that_the_same_list_has_by_hand():
    for number in range(1_000):
        dice = random.Random(f"bundle {number}")
        made = [fhir_entry(dice, n) for n in range(dice.randrange(1, 5))]
        rows = check_with(imported(bundle(patient(), *(resource for resource, _, _ in made))).case, FORMULARY)

        assert [] == faults(rows, [(drug, adds) for _, drug, adds in made]), (number, [m[0] for m in made])


JUNK = (
    None, True, 0, -1, -5.5, 1e9, 1e300, 10**30, "", " ", f"{SECRET} 7", "5", "٣", "1" * 3000, "2026-13-45", "\x00", "\ud800", [], {},
    [[]], [None], [f"{SECRET} 7"], {"value": f"{SECRET} 7"}, {"value": -1, "unit": "mg"}, {"value": 5, "unit": "spoon"},
    {"value": 5, "comparator": "<", "unit": "mg"},
)  # fmt: skip
KEYS = ("modifierExtension", "extension", "_status", "doNotPerform", "asNeededBoolean", "comparator", "maxDosePerPeriod", f"{SECRET} 1980")


def spots(value):
    """Every (container, key) of a document."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from spots(value[key])


def mutated(document, dice):
    made = copy.deepcopy(document)
    for _ in range(dice.choice((1, 1, 2, 4))):
        container, key = dice.choice(list(spots(made["entry"])) or [(made, "type")])
        what = dice.randrange(4)
        if what == 0:
            container[key] = copy.deepcopy(dice.choice(JUNK))
        elif what == 1:
            container.pop(key)
        elif what == 2 and isinstance(container, list):
            container.append(copy.deepcopy(container[key]))
        elif isinstance(container, dict):
            container[dice.choice(KEYS)] = copy.deepcopy(dice.choice(JUNK))
    return made


def bundle_faults(document):
    """Faults of one mutated bundle, in words; None where it was refused as it may be."""
    try:
        told = imported(document)
    except InputError as refused:
        said = str(refused)
        return None if said.startswith("b.json") and "\n" not in said and SECRET not in said else [f"refused badly: {said}"]
    rows = check_with(told.case, FORMULARY)
    wrong = shape_faults(rows)
    notes = " ".join(f"{row.resource} {row.place} {row.why}" for row in told.left_out) + " ".join(told.notes)
    wrong += ["a note repeats the bundle"] if SECRET in notes else []
    counted = {r.subject for r in only(rows, kind="mme-current")}
    warned = " ".join(f"{r.subject} {r.message}".lower() for r in rows if r.is_warning and r.kind == "gate")
    for use in told.case.drugs:
        taken = FORMULARY.product(use.name).drugs & FACTORS.keys() if use.state == "active" else ()
        wrong += [f"{drug} is neither counted nor named" for drug in taken if drug not in counted and drug not in warned]
        if use.state == "active" and not FORMULARY.product(use.name).is_known and total_of(rows).severity == "ok":
            wrong.append("an unknown drug leaves the total ok")
    listed = len(told.left_out) + told.used
    return wrong + ([] if listed or not document["entry"] else ["nothing read and nothing listed"])


@pytest.mark.filterwarnings("error")
def test_mutated_bundles_never_lose_an_opioid_on_the_way_to_the_total():
    refused, wrong = 0, []
    for number in range(BUNDLES):
        dice = random.Random(f"mutated {number}")
        document = json.loads(json.dumps(bundle(patient(), *(fhir_entry(dice, n)[0] for n in range(dice.randrange(1, 4))))))
        found = bundle_faults(mutated(document, dice))
        refused += found is None
        wrong += [(number, fault) for fault in found or ()]

    assert [] == wrong[:20]
    assert 0 < refused < BUNDLES / 2


@pytest.mark.parametrize(("one", "two"), list(itertools.pairwise(("mg", "MG", "milligram", "mg.", "Milligrams"))))
def test_spellings_of_a_unit_are_one_unit(one, two, tmp_path):
    path = tmp_path / "list.csv"
    found = []
    for unit in (one, two):
        path.write_text(f"drug,dose,unit,per_day,route,form\nmorphine,7.5,{unit},4,oral,tablet\n", encoding="utf-8")
        found.append(total_of(check_with(case(*read_drug_list(path).drugs), FORMULARY)).value)

    assert ["30", "30"] == found
