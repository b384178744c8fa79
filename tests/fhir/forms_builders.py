"""Invented instruments and forms with nonsense words, for the tests of the licence gate."""

import json
from functools import cache

import pytest

from painloom.errors import InputError
from painloom.fhir.forms import Decisions, bind_form
from painloom.fhir.forms_read import sheet_of
from painloom.fhir.units import Measures
from painloom.knowledge.instrument_cards import InstrumentCard, Item, Scale
from painloom.knowledge.load import load
from painloom.model.answers import ItemRange

LOINC = "http://loinc.org"
SD = "http://hl7.org/fhir/StructureDefinition/"
WEIGHT, ORDINAL, PREFIX = f"{SD}itemWeight", f"{SD}ordinalValue", f"{SD}questionnaire-optionPrefix"
WORDS = ("blip", "blop", "blup", "blap", "blep")
PHQ = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")
LA = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")


@cache
def measures():
    return Measures(load())


def real(id_):
    return measures().card(id_)


def card(count=3, high=3, *, turned=(), codes=(), licence_class="free", id_="wobble", low=0, allowed=()):
    """An invented instrument of `count` items from `low` to `high`; `turned` are places of reversed items; `codes` of every item."""
    items = tuple(Item(ItemRange(str(n), low, high, allowed), f"wobble {n}", codes=codes) for n in range(1, count + 1))
    scale = Scale("total", "t", "sum", tuple(range(count)), count, "points", None, None, "worse", 0, "", reversed=tuple(turned))
    return InstrumentCard(
        id_, "2026-11", "Wobble", "Wobble", "research", "Apache-2.0", licence_class, "nobody", (), "verified", items, (scale,)
    )


def option(code, text, *, weight=None, ordinal=None, prefix=None, system="http://x/words"):
    told = [{"url": WEIGHT, "valueDecimal": weight}] if weight is not None else []
    told += [{"url": ORDINAL, "valueDecimal": ordinal}] if ordinal is not None else []
    told += [{"url": PREFIX, "valueString": prefix}] if prefix is not None else []
    return ({"extension": told} if told else {}) | {"valueCoding": {"system": system, "code": code, "display": text}}


def options(points=(0, 1, 2, 3), by="weight", codes=WORDS):
    return [option(codes[n], WORDS[n], **{by: value}) for n, value in enumerate(points)]


def question(link, offers=None, *, loinc=None, kind="choice", **more):
    made = {"linkId": link, "type": kind, "text": f"Zorp the {link}?"}
    made |= {"code": [{"system": LOINC, "code": loinc}]} if loinc else {}
    return made | ({"answerOption": offers} if offers is not None else {}) | more


def ends(low, high):
    """The form's bounds of a number."""
    return [{"url": f"{SD}{name}", "valueInteger": value} for name, value in (("minValue", low), ("maxValue", high))]


def form(*items, **more):
    return {"resourceType": "Questionnaire", "status": "active", "url": "http://x/Questionnaire/wobble", "item": list(items), **more}


def wobble(count=3, **more):
    return form(*(question(f"q{n}", options()) for n in range(1, count + 1)), **more)


def phq(points=(0, 1, 2, 3), by="weight", **more):
    """Nine questions with the item codes and nonsense words."""
    items = [question(f"p{n}", options(points, by, LA), loinc=code) for n, code in enumerate(PHQ, 1)]
    for item in items:
        for offer in item["answerOption"]:
            offer["valueCoding"]["system"] = LOINC
    return form(*items, **more)


def bound(value, to=None, **decisions):
    """The form as a JSON document, bound to an invented card or to a real one."""
    sheet = sheet_of(json.loads(json.dumps(value)), "f.json", "0" * 64)
    return bind_form(sheet, to or card(), measures(), Decisions(**decisions))


def refusal(value, to=None, **decisions):
    """The one line of the refusal; the form must be refused."""
    with pytest.raises(InputError) as told:
        bound(value, to, **decisions)
    line = str(told.value)
    assert "\n" not in line
    assert line.startswith("f.json: ")
    return line


def points(bound_form):
    """Item id -> {code or text: points}."""
    return {item.item: {o.code or o.text: o.points for o in item.options} for item in bound_form.items}
