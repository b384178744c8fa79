"""The wording and layout cards, and the document that walks them."""

import re
from dataclasses import replace
from importlib.resources import files

import invented
import invented_brain
import invented_plan
import pytest

from painloom.errors import KnowledgeError
from painloom.model.advice import ACTIONS, TIERS
from painloom.report.document import BUILDERS, build_document
from painloom.report.wording import read_layout, read_wording


def test_every_action_has_a_phrase_and_a_tone():
    words = read_wording()

    for action in ACTIONS:
        assert words(f"action.{action}.phrase")
        assert words(f"action.{action}.tone") in ("avoid", "caution", "fine", "unknown")
    assert all(words(f"tier.{tier}") for tier in TIERS)


def test_every_phrase_that_a_template_asks_for_is_on_the_card():
    words = read_wording()
    folder = files("painloom.report").joinpath("templates")
    asked = {key for t in folder.iterdir() if t.name.endswith(".j2") for key in re.findall(r'\bt\("([\w.]+)"[,)]', t.read_text())}

    assert len(asked) > 40
    assert {key for key in asked if key not in words.phrases} == set()


def test_a_missing_phrase_names_the_card_and_the_key():
    with pytest.raises(KnowledgeError, match=r"wording/en.toml.*no\.such"):
        read_wording()("no.such")


def test_a_missing_card_is_said():
    with pytest.raises(KnowledgeError, match=r"layouts/nowhere\.toml"):
        read_layout("nowhere")


def test_the_layout_orders_the_sections_and_page_one_comes_first():
    layout = read_layout()
    document = build_document(replace(invented_brain.rich(), plan=invented_plan.plan()), layout, read_wording())

    assert set(layout.sections) == set(BUILDERS)
    assert [section.id for block in document.blocks for section in block] == ["who", "alerts", "why", "first"]
    assert [len(block) for block in document.blocks] == [1, 1, 2]
    assert [section.id for section in document.sections] == [s for s in layout.sections if s not in layout.front]


def test_another_order_on_the_card_is_another_order_of_the_page():
    layout = replace(read_layout(), sections=("who", "genes", "drugs"), front=("who",), beside=())
    document = build_document(invented.mara(), layout, read_wording())

    assert [section.id for section in document.sections] == ["genes", "drugs"]


def test_a_section_that_does_not_exist_is_refused():
    layout = replace(read_layout(), sections=("who", "horoscope"))

    with pytest.raises(KnowledgeError, match="horoscope"):
        build_document(invented.mara(), layout, read_wording())


def test_a_section_with_nothing_to_say_is_left_out():
    document = build_document(invented.nobody(), read_layout(), read_wording())

    assert {section.id for section in document.sections} == {"unknown", "trace", "intended"}
