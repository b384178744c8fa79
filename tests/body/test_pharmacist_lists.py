"""Drug lists as a clinical pharmacist would write them down: what must be said, and what must stay quiet.

The lists stand in `pharmacist_lists.tsv`; they were written from practice and from the rules' published sources before the program was run.
`list`: entries joined by ` | `, cells by `;` in the order of the CSV.  `person`: options of the command (`weeks` = `--pregnant-weeks`,
`fact:` = `--fact`).  `must`, `must_not`: `kind ~ words`, each word (a pattern) in one and the same warning; `; ` between them.
`quiet` = no warning at all.
"""

import contextlib
import csv
import io
import json
import re
from pathlib import Path

import pytest

from painloom.doors.cli.main import main

HEADER = ("drug", "dose", "unit", "per_day", "route", "form")
QUIET = {"none", "ok", "info", "no-action"}
OPTIONS = {"age": "--age", "sex": "--sex", "egfr": "--egfr", "crcl": "--crcl", "weeks": "--pregnant-weeks"}
TABLE = Path(__file__).with_name("pharmacist_lists.tsv")
LISTS = [
    {name: "" if cell == "." else cell for name, cell in row.items()}
    for row in csv.DictReader(TABLE.open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE)
]


def judged(path, *options):
    """Exit status, rows and messages of the command."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["body", "meds", str(path), "--as-of", "2026-06-01", "--format", "json", *options])
    return status, json.loads(out.getvalue()) if status == 0 else [], err.getvalue()


def as_csv(tmp_path, entries):
    path = tmp_path / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *entries])
    return path


def options_of(person):
    given = []
    for word in person.split():
        if word.startswith("fact:"):
            given += ["--fact", word.removeprefix("fact:")]
        else:
            name, _, value = word.partition("=")
            given += [OPTIONS[name], value]
    return given


def warnings(rows):
    return [r for r in rows if r["severity"] not in QUIET]


def met(spec, rows):
    kind, _, words = spec.partition(" ~ ")
    return [
        r
        for r in warnings(rows)
        if r["kind"] == kind
        and r["source"] not in ("", ".")
        and all(re.search(word, f"{r['subject']} {r['message']}", re.IGNORECASE) for word in words.split(" + "))
    ]


def parts(cell):
    return [spec for spec in cell.split("; ") if spec]


@pytest.mark.parametrize("row", LISTS, ids=[row["id"] for row in LISTS])
def test_a_list_warns_of_what_the_sources_name_and_of_nothing_else(row, tmp_path):
    entries = [entry.split(";") for entry in row["list"].split(" | ")]
    status, rows, err = judged(as_csv(tmp_path, entries), *options_of(row["person"]))

    assert status == 0, err
    total = [r["value"] for r in rows if r["kind"] == "mme-current" and r["subject"] == "total"]
    assert not row["total"] or total == [row["total"]] or [float(t) for t in total] == [float(row["total"])]
    assert [spec for spec in parts(row["must"]) if not met(spec, rows)] == []
    assert [(spec, met(spec, rows)[0]["message"]) for spec in parts(row["must_not"]) if met(spec, rows)] == []
    if row["quiet"] == "yes":
        assert [(r["kind"], r["subject"], r["message"]) for r in warnings(rows)] == []


@pytest.mark.parametrize(
    "entry",
    [
        "oxycodone;5;mg;BID;oral;",
        "oxycodone;5;mg;q6h;oral;",
        "oxycodone;5;mg;every 6 hours;oral;",
        "oxycodone;5;mg;weekly;oral;",
        "oxycodone;5;mg;prn;oral;",
        "oxycodone;5;mg;4 x;oral;",
        "oxycodone;5;mg;400;oral;",
        "oxycodone;5 mg;;4;oral;",
        "oxycodone;five;mg;4;oral;",
        "oxycodone;1,5;mg;4;oral;",
        "oxycodone;-5;mg;4;oral;",
        "oxycodone;1e9;mg;4;oral;",
        "fentanyl;25;mcg/h;q72h;transdermal;patch",
        "methotrexate;15;mg;weekly;oral;",
    ],
)
def test_an_order_that_is_no_number_is_refused_with_its_place(entry, tmp_path):
    status, _, err = judged(as_csv(tmp_path, [entry.split(";")]))

    assert status == 3
    assert re.fullmatch(r"painloom: list\.csv: line 2, column '(dose|per_day)': .+\n", err)


def questions(rows):
    return " ".join(
        r["message"] for r in rows if r["severity"] == "info" and ("not measured" in r["message"] or "Not asked" in r["message"])
    )


def test_nobody_is_asked_what_only_matters_after_another_answer(tmp_path):
    """The week of a pregnancy and the grade of a liver disease are no questions while nobody knows of a pregnancy or a liver disease."""
    path = as_csv(tmp_path, [["ibuprofen", "400", "mg", "3", "oral", ""], ["duloxetine", "60", "mg", "1", "oral", ""]])
    woman, man = questions(judged(path, "--age", "30", "--sex", "F")[1]), questions(judged(path, "--age", "30", "--sex", "M")[1])
    ill = questions(judged(path, "--age", "30", "--sex", "M", "--fact", "severe-liver-disease=no", "--fact", "chronic-liver-disease=no")[1])

    assert "pregnant now" in woman
    assert "weeks of gestation" not in woman
    assert "pregnant" not in man
    assert "chronic liver disease" in man
    assert "Child-Pugh" not in man
    assert "Child-Pugh" not in ill


def test_the_wider_question_stands_for_the_narrower_ones(tmp_path):
    path = as_csv(tmp_path, [["morphine", "10", "mg", "3", "oral", ""]])
    unasked, answered = questions(judged(path)[1]), questions(judged(path, "--fact", "substance-use-disorder")[1])
    denied = questions(judged(path, "--fact", "substance-use-disorder=no", "--fact", "sleep-disordered-breathing=no")[1])

    assert "a substance use disorder" in unasked
    assert "opioid use disorder" not in unasked
    assert "opioid use disorder" in answered
    assert "use disorder" not in denied
    assert "moderate or severe degree" not in denied


def test_a_known_pregnancy_or_liver_disease_makes_its_degree_a_question(tmp_path):
    tapentadol = as_csv(tmp_path, [["tapentadol", "50", "mg", "3", "oral", ""]])

    assert "Child-Pugh class not measured" in questions(judged(tapentadol, "--fact", "cirrhosis")[1])

    ibuprofen = as_csv(tmp_path, [["ibuprofen", "400", "mg", "3", "oral", ""]])
    _, rows, _ = judged(ibuprofen, "--fact", "pregnancy")

    assert met("gate ~ ibuprofen + week", rows)


def bundle(tmp_path, *resources):
    path = tmp_path / "bundle.json"
    entries = [{"resource": {"id": f"r{n}", **resource}} for n, resource in enumerate(resources)]
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}), encoding="utf-8")
    return path


SUBJECT = {"reference": "Patient/p"}
UCUM, LOINC = "http://unitsofmeasure.org", "http://loinc.org"
ICD, RXNORM = "http://hl7.org/fhir/sid/icd-10-cm", "http://www.nlm.nih.gov/research/umls/rxnorm"
GTS = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"


def born(date, gender="female"):
    return {"resourceType": "Patient", "id": "p", "birthDate": date, "gender": gender}


def quantity(text):
    value, _, unit = text.partition(" ")
    return {"value": float(value), "unit": unit, "system": UCUM, "code": unit}


def each(count, period=1, unit="d", **more):
    return {"repeat": {"frequency": count, "period": period, "periodUnit": unit, **more}}


def coded(timing):
    return {"code": {"coding": [{"system": GTS, "code": timing}]}}


def order(name, dose="", timing=None, *, route="oral", code="", **more):
    """A MedicationRequest; `dose` like "5 mg" or "1-2 {tbl}"."""
    low, _, rest = dose.partition("-")
    if rest:
        amount = {"doseRange": {"low": quantity(f"{low} {rest.split(' ')[1]}"), "high": quantity(rest)}}
    else:
        amount = {"doseQuantity": quantity(dose)} if dose else {}
    given = {"doseAndRate": [amount]} if dose else {}
    dosage = {**given, **({"timing": timing} if timing else {}), "route": {"text": route}}
    concept = {"text": name} if name else {"coding": [{"system": RXNORM, "code": code}]}
    start = {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": SUBJECT}
    return {**start, "medicationCodeableConcept": concept, "dosageInstruction": [dosage], **more}


def statement(name, dose, timing, status="active"):
    request = order(name, dose, timing)
    kept = {key: value for key, value in request.items() if key not in ("intent", "dosageInstruction")}
    return {**kept, "resourceType": "MedicationStatement", "status": status, "dosage": request["dosageInstruction"]}


def has(code, status="active", verification="confirmed"):
    states = {"clinicalStatus": {"coding": [{"code": status}]}, "verificationStatus": {"coding": [{"code": verification}]}}
    return {"resourceType": "Condition", "subject": SUBJECT, **states, "code": {"coding": [{"system": ICD, "code": code}]}}


def measured(loinc, value, date="2026-05-01", status="final"):
    concept = {"coding": [{"system": LOINC, "code": loinc}]}
    return {
        "resourceType": "Observation",
        "status": status,
        "subject": SUBJECT,
        "code": concept,
        "effectiveDateTime": date,
        "valueQuantity": quantity(value),
    }


LOW = order("oxycodone hydrochloride 5 MG Oral Tablet", "5 mg", each(2))
HIGH = order("morphine sulfate 30 MG Oral Tablet", "30 mg", each(4))
EGFR, CREATININE, WEIGHT, QTC, WEEKS = "62238-1", "2160-0", "29463-7", "8636-3", "18185-9"
CLEARANCE = "mL/min/{1.73_m2}"
CONTAINED = {
    **order("", "10 mg", each(3)),
    "medicationReference": {"reference": "#x"},
    "contained": [{"resourceType": "Medication", "id": "x", "code": {"text": "morphine sulfate 10 MG Oral Tablet"}}],
}
del CONTAINED["medicationCodeableConcept"]
NALOXONE = order("0.1 ML naloxone hydrochloride 40 MG/ML Nasal Spray", "1 {spray}", None, route="nasal")
BUNDLES = {
    "a timing code": (30, "", [order("oxycodone 5 MG Oral Tablet", "5 mg", coded("QID"))]),
    "every four hours by code": (45, "", [order("oxycodone 5 MG Oral Tablet", "5 mg", coded("Q4H"))]),
    "a statement every eight hours": (15, "", [statement("hydrocodone", "5 mg", each(1, 8, "h"))]),
    "a range of tablets at a range of hours": (
        90,
        "naloxone ~ oxycodone",
        [order("oxycodone hydrochloride 5 MG Oral Tablet", "1-2 {tbl}", each(1, 4, "h", periodMax=6))],
    ),
    "tablets of a combination": (
        40,
        "-naloxone ~ .",
        [order("Acetaminophen 325 MG / Hydrocodone Bitartrate 10 MG Oral Tablet", "1 {tbl}", each(4))],
    ),
    "a product known by its code": (40, "", [order("", "1 {tbl}", each(4), code="1495472")]),
    "a patch by the piece": (
        120,
        "naloxone ~ fentanyl",
        [order("72 HR fentanyl 0.05 MG/HR Transdermal System", "1 {patch}", each(1, 3), route="transdermal")],
    ),
    "a patch by its rate": (28.8, "-naloxone ~ .", [order("fentanyl patch", "12 ug/h", each(1, 72, "h"), route="transdermal")]),
    "a medication in the order itself": (30, "", [CONTAINED]),
    "stopped": (0, "-naloxone ~ .", [{**HIGH, "status": "stopped"}]),
    "on hold": (0, "-naloxone ~ .", [{**HIGH, "status": "on-hold"}]),
    "entered in error": (0, "-naloxone ~ .", [{**HIGH, "status": "entered-in-error"}]),
    "not taken": (0, "-naloxone ~ .", [statement("morphine", "30 mg", each(4), "not-taken")]),
    "opioid use disorder": (15, "naloxone ~ oxycodone", [LOW, has("F11.20")]),
    "opioid use disorder in remission": (15, "naloxone ~ oxycodone", [LOW, has("F11.21", "remission")]),
    "opioid use disorder refuted": (15, "-naloxone ~ .", [LOW, has("F11.20", verification="refuted")]),
    "sleep apnoea": (15, "naloxone ~ oxycodone", [LOW, has("G47.33")]),
    "narcolepsy": (15, "-naloxone ~ .", [LOW, has("G47.411")]),
    "an overdose": (15, "naloxone ~ oxycodone", [LOW, has("T40.2X1A")]),
    "an adverse effect": (15, "-naloxone ~ .", [LOW, has("T40.2X5A")]),
    "nicotine": (15, "-naloxone ~ .", [LOW, has("F17.210")]),
    "palliative care": (120, "-naloxone ~ .", [HIGH, has("Z51.5")]),
    "chemotherapy": (120, "-naloxone ~ .", [HIGH, has("Z51.11")]),
    "sickle cell disease": (120, "-naloxone ~ .", [HIGH, has("D57.1")]),
    "sickle cell trait": (120, "naloxone ~ morphine", [HIGH, has("D57.3")]),
    "naloxone on the list": (120, "-naloxone ~ .", [HIGH, NALOXONE]),
    "naloxone stopped": (120, "naloxone ~ morphine", [HIGH, {**NALOXONE, "status": "stopped"}]),
    "dialysis and an NSAID": (0, "organ-dose ~ ibuprofen", [order("ibuprofen 400 MG Oral Tablet", "400 mg", each(3)), has("Z99.2")]),
    "end-stage kidney and morphine": (120, "organ-dose ~ morphine", [HIGH, has("N18.6")]),
    "eGFR 25": (
        0,
        "organ-dose ~ pregabalin",
        [order("pregabalin 150 MG Oral Capsule", "1 {capsule}", each(2)), measured(EGFR, f"25 {CLEARANCE}")],
    ),
    "eGFR 25 long ago": (
        0,
        "-organ-dose ~ .",
        [order("pregabalin", "150 mg", each(2)), measured(EGFR, f"25 {CLEARANCE}", "2024-01-01"), measured(EGFR, f"80 {CLEARANCE}")],
    ),
    "eGFR 25 in error": (
        0,
        "-organ-dose ~ .",
        [order("pregabalin", "150 mg", each(2)), measured(EGFR, f"25 {CLEARANCE}", status="entered-in-error")],
    ),
    "creatinine and weight": (
        0,
        "organ-dose ~ gabapentin + Cockcroft",
        [born("1946-01-01"), order("gabapentin", "300 mg", each(3)), measured(CREATININE, "3.0 mg/dL"), measured(WEIGHT, "132 [lb_av]")],
    ),
    "week 24 and an NSAID": (
        0,
        "gate ~ ibuprofen",
        [born("1994-01-01"), order("ibuprofen", "400 mg", each(3)), has("Z33.1"), measured(WEEKS, "24 wk")],
    ),
    "a child and codeine": (9, "gate ~ codeine", [born("2017-01-01", "male"), order("codeine", "15 mg", each(4))]),
    "65 today": (0, "beers ~ amitriptyline", [born("1961-06-01"), order("amitriptyline", "25 mg", each(1))]),
    "65 tomorrow": (0, "-beers ~ .", [born("1961-06-02"), order("amitriptyline", "25 mg", each(1))]),
    "QTc 480 and methadone": (47, "qt ~ methadone + 480", [order("methadone", "5 mg", each(2)), measured(QTC, "480 ms")]),
    "two drugs by code alone": (
        0,
        "interaction ~ ibuprofen + sertraline",
        [order("", "50 mg", each(1), code="36437"), order("", "400 mg", each(3), code="5640")],
    ),
    "no dosage": (0, "gate ~ oxycodone", [order("oxycodone hydrochloride 5 MG Oral Tablet")]),
    "primary care": (
        0,
        "-. ~ .",
        [
            born("1965-01-01", "male"),
            order("24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet", "1 {tbl}", each(2)),
            order("hydrochlorothiazide 12.5 MG / lisinopril 10 MG Oral Tablet", "1 {tbl}", coded("QD")),
            order("120 ACTUAT fluticasone propionate 0.11 MG/ACTUAT Metered Dose Inhaler", "2 {puff}", each(2), route="inhaled"),
            order("3 ML insulin glargine 100 UNT/ML Pen Injector", "20 [iU]", each(1), route="subcutaneous"),
            order("lidocaine 0.05 MG/MG Medicated Patch", "1 {patch}", each(1), route="transdermal"),
            measured(EGFR, f"95 {CLEARANCE}"),
        ],
    ),
}


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_gives_the_total_and_the_warning_that_its_words_mean(name, tmp_path):
    total, spec, resources = BUNDLES[name]
    people = [] if resources[0]["resourceType"] == "Patient" else [born("1975-03-14")]
    status, rows, err = judged(bundle(tmp_path, *people, *resources))

    assert status == 0, err
    assert [float(r["value"]) for r in rows if r["subject"] == "total"] == [total]
    if spec == "-. ~ .":
        assert warnings(rows) == []
    elif spec.startswith("-"):
        assert met(spec.removeprefix("-"), rows) == []
    elif spec:
        assert met(spec, rows)
