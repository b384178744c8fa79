"""An emergency on an image comes before any drug and before the routine plan, also beside a safety alert."""

import re

from builders import knowledge
from painloom.assess import assess
from painloom.model.brain import ImagingEntry
from painloom.model.case import Case, DrugUse, Person
from painloom.model.quantity import point
from painloom.report.html import render_html

FIRST = re.compile(r'<section class="panel first".*?</section>', re.DOTALL)


def test_an_emergency_on_an_image_is_the_first_step():
    opioid = DrugUse("oxycodone", dose=point(20), unit="mg", per_day=point(4), route="oral")
    sedative = DrugUse("alprazolam", dose=point(1), unit="mg", per_day=point(2), route="oral")
    entry = ImagingEntry("red-flag", "cauda-equina-compression")
    result = assess(Case(Person("x", 50, "F"), drugs=(opioid, sedative), imaging=(entry,)), knowledge(), "2026-11-24")
    first = FIRST.search(render_html(result)).group()

    assert first.index("#imaging-1") < first.lower().index("oxycodone")
    assert first.index("#imaging-1") < first.index('<details class="routine">')
