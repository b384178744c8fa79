"""Invented people for the patient's page, and the examples as they are assessed."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import invented
from invented_formulation import formulation
from invented_outlook import predicted

from builders import knowledge
from painloom.assess.journey import assess, open_case
from painloom.intake.options import ReadOptions
from painloom.model.formulation import Driver
from painloom.model.outlook import Band, OutlookView
from painloom.model.plan import Plan, Step, Taper, TaperStep
from painloom.model.redflag import RedFlag
from painloom.model.scores import SafetyAlert
from painloom.report.patient import render_patient
from painloom.report.wording import read_wording

EXAMPLES = sorted(p.parent for p in (Path(__file__).parents[2] / "examples").glob("*/case.toml"))
EN, DE = read_wording("patient-en").phrases, read_wording("patient-de").phrases
LANGUAGES = ("en", "de")
ALERT = SafetyAlert(
    "suicide",
    "Patient Health Questionnaire",
    "item-present",
    "assess",
    "clinician on duty",
    "today",
    "Ask in person.",
    ("Drug M",),
    "r",
    "verified",
    (),
)


def flag(id_, state, within="at once"):
    return RedFlag(id_, f"Label of {id_}", state, "An act for clinicians.", within, (), (), "guideline", "verified", (id_, "2026-11"), ())


def step(action="begin", treatment="drug-a", label="Drug A", **more):
    values = {
        "modality": "drug",
        "role": "mechanism",
        "text": "Text for clinicians.",
        "reasons": (),
        "utility": None,
        "dose": None,
        "checks": (),
        "price": None,
        "alternatives": (),
    }
    return Step(1, action, treatment, label, **(values | more))


def plan(*steps, **more):
    values = {"options": (), "refusals": (), "wishes": (), "abstains": ""}
    return Plan(tuple(steps), **(values | more))


def person(**more):
    """An invented person without safety signals; every part of the assessment may be laid over."""
    return replace(invented.nobody(), **more)


def page(language="en", layout=None, **more):
    return render_patient(person(**more), wording=language, layout=layout)


@cache
def example(folder):
    return assess(open_case(folder, knowledge(), ReadOptions(), "2026-11-24"), knowledge(), "2026-11-24")


def mechanism(id_, chance, *, is_state=False, low=None, high=None):
    one = formulation().mechanisms[0]
    return replace(
        one, id=id_, label=f"Label {id_}", is_state=is_state, chance=Band(chance, low or chance, high or chance), plain=f"Plain {id_}."
    )


def found(*mechanisms, drivers=(), **more):
    return replace(formulation(), mechanisms=mechanisms, drivers=drivers, conflicts=(), tests=(), **more)


def driver(id_, chance=1.0, label="A label"):
    return Driver(id_, label, "mind", "score:x", "44 of 50", 2.0, chance, "A text for clinicians.", "verified", ())


def taper(must=True, state="verified", day=70):
    return Taper(must, "Text for clinicians.", (TaperStep(0, 0.9, 180.0, "mg"), TaperStep(day, 0.0, 0.0, "mg")), "", state, ())


def view(condition, treatment="drug-a"):
    return OutlookView((replace(predicted(treatment), condition=condition),), ())
