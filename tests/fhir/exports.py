"""Invented people for the export, and ways to look into a bundle."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from builders import knowledge as shipped
from painloom.assess import assess, open_case
from painloom.fhir.bundle import bundle_of
from painloom.fhir.write import export_bundle, render_bundle
from painloom.fhir.write_back import read_written
from painloom.intake.options import ReadOptions
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.body import Allergy, BodyRecord, Diagnosis, Fact, Measure, SensoryTest
from painloom.model.brain import ImagingEntry
from painloom.model.case import Case, DrugUse, PainHistory, Person
from painloom.model.quantity import Interval, point

DAY = "2026-11-24"
ROOT = Path(__file__).resolve().parents[2]
MARA = ROOT / "examples" / "mara"


def sheet(instrument, values, date="2026-11-01"):
    """Answers to an instrument; None is an item left empty."""
    items = tuple(item.range.id for item in shipped().instrument(instrument).items)
    row = np.array([[UNANSWERED if value is None else value for value in values]], np.int16)
    return Answers(instrument, ("x",), items, row, date)


def full():
    """A person of whom a case holds something of every kind that needs no file."""
    drugs = (
        DrugUse("tramadol", "one in the morning", point(50.0), "mg", Interval(1.0, 3.0), "oral", "", True, "2026-01-02", "", "pain",
                codes=(("rxnorm", "10689"), ("atc", "N02AX02"))),
        DrugUse("fentanyl", "", point(12.0), "mcg/h", None, "transdermal", "patch", codes=(("local", "F12"),)),
        DrugUse("methotrexate", "once a week", Interval(10.0, 15.0), "mg", point(1 / 7), "oral", since="2020"),
        DrugUse("ibuprofen", state="stopped", since="2019-05", until="2019-08-03", dose=point(400.0), unit="tablet"),
        DrugUse("duloxetine", state="planned", dose=point(30.0), unit="mg", per_day=point(1.0)),
        DrugUse("morphine", codes=(("1.2.3.4", "M1"), ("example.org/drugs", "M2"))),
    )  # fmt: skip
    body = BodyRecord(
        diagnoses=(
            Diagnosis("chronic low back pain", (("icd-10-cm", "M54.50"), ("snomed", "278860009")), "active", "2023-04"),
            Diagnosis("asthma (unconfirmed)"),
            Diagnosis("ulcer of the stomach", (), "resolved", "2011-02-28"),
        ),
        facts=(
            Fact("sleep-disordered-breathing", "yes", text="history"),
            Fact("neuropathic-sensory-signs", "no", text="examination"),
            Fact("saddle-numbness", "unknown", text="redflags"),
        ),
        measures=(
            Measure("egfr", 41.0, "mL/min/{1.73_m2}", "2026-10-02", "eGFR", (("loinc", "98979-8"),)),
            Measure("systolic-pressure", 131.0, "mm[Hg]", "2026-10-02", "pressure", (("loinc", "8480-6"),)),
            Measure("", 3.5, "furlong", "2026-10", "a thing", (("local", "Z"),)),
            Measure("pain-severity", 6.0, "{score}", "2026-10-02", "pain", (("loinc", "72514-3"),)),
        ),
        allergies=(
            Allergy("penicillin", (("snomed", "91936005"),), "rash; fever", "severe; criticality high"),
            Allergy("latex", (), "", "mild"),
        ),
        regions=("low-back-l", "low-back-r"),
        sensory=(SensoryTest("cdt", "hand", "left", -1.25),),
    )
    return Case(
        Person("Q. (invented)", 66, "M"),
        PainHistory("it burns", ("both feet", "low back"), 14.5, 7.0, ("painful neuropathy",)),
        drugs,
        ("sleep", "walk the dog"),
        body,
        (
            sheet("gad-7", (1, None, 2, 3, 0, 1, 2), "2026-10-01"),
            sheet("phq-9", (1, 2, 3, 0, 1, 2, 3, 0, 1)),
            sheet("phq-9", (0, 0, 0, 0, 0, 0, 0, 0, None), "2026-11-20"),
        ),
        outside_calls=(("CYP2D6", "*4/*4"), ("CYP2C19", "*1/*2 or *1/*17"), ("CYP2C9", "*1/*3")),
        imaging=(ImagingEntry("modic", "2", "L4/5", "", "2024-03", "MRI elsewhere", "Dr. X"),),
        files=(("case.toml", "a" * 64), ("Peter_Pan.vcf.gz", "b" * 64), ("answers/phq-9_2026-11-01.csv", "c" * 64)),
    )


def nobody():
    """A person of whom nothing is known."""
    return Case(Person("unnamed"))


def nerve():
    """Painful diabetic neuropathy with bad kidneys and an opioid: predictions, refusals, dangers."""
    body = BodyRecord(
        diagnoses=(Diagnosis("diabetic polyneuropathy", (("icd-10-cm", "E11.42"),), "active"),),
        measures=(Measure("egfr", 22.0, "mL/min/{1.73_m2}", "2026-11-01", "eGFR", (("loinc", "98979-8"),)),),
    )
    drugs = (
        DrugUse("morphine", dose=point(30.0), unit="mg", per_day=point(2.0)),
        DrugUse("diazepam", dose=point(5.0), unit="mg", per_day=point(1.0)),
    )
    return Case(Person("R. (invented)", 81, "F"), PainHistory("feet", (), 40.0, 8.0, ("painful diabetic neuropathy",)), drugs, body=body)


PEOPLE = {"full": full, "nobody": nobody, "nerve": nerve}


@cache
def assessed(name):
    """The assessment of one of the people, or of the bundled example."""
    knowledge = shipped()
    if name == "mara":
        return assess(open_case(MARA, knowledge, ReadOptions(), DAY), knowledge, DAY)
    return assess(PEOPLE[name](), knowledge, DAY)


@cache
def text_of(name):
    """The bundle as text."""
    return render_bundle(assessed(name), shipped())


def resources(name, kind=""):
    """The resources of a bundle, of one kind where it is given."""
    found = [entry["resource"] for entry in json.loads(text_of(name))["entry"]]
    return [one for one in found if kind in ("", one["resourceType"])]


def written(case):
    """The bundle of a case as parsed JSON."""
    knowledge = shipped()
    return json.loads(json.dumps(export_bundle(assess(case, knowledge, DAY), knowledge)))


def back(bundle, label=""):
    """What an import makes of a bundle."""
    return read_written(bundle_of(bundle, "bundle.json"), shipped(), DAY, label)


def codes(resource, name="code"):
    """(system, code) pairs of a concept."""
    return [(c.get("system", ""), c.get("code", "")) for c in resource.get(name, {}).get("coding", [])]
