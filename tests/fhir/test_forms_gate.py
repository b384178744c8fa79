"""The gate: wording comes only from the clinic's bound form, and only as the licence or a recorded permission allows."""

import dataclasses
import unicodedata

import pytest
from forms_builders import bound, card, form, options, question, wobble
from hypothesis import given
from hypothesis import strategies as st

from painloom.errors import KnowledgeError
from painloom.knowledge.forms import fits, form_toml, gate, permission_of, plain_text, read_form_card, stored_form, stored_forms
from painloom.knowledge.instrument_cards import LICENCE_CLASSES
from painloom.model.form import BoundForm, BoundItem, BoundOption, Extra, Permission

ALLOWED = permission_of("The owner; 2026-05-04; letter 12")
OPEN = {"public-domain", "free", "free-with-citation", "open-licence"}


def words(shown):
    return [text for item in shown.items for text in (item.text, item.prefix, *item.before, *(t for _, t in item.options)) if text]


def stored(tmp_path, made, name="wobble"):
    (tmp_path / "forms").mkdir(exist_ok=True)
    (tmp_path / "forms" / f"{name}.toml").write_text(form_toml(made), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("licence", [*LICENCE_CLASSES, "nobody-knows"])
@pytest.mark.parametrize("permission", [None, ALLOWED])
def test_wording_is_shown_where_the_licence_is_open_or_a_permission_is_recorded(licence, permission):
    instrument = card(licence_class=licence)
    made = bound(wobble(), instrument, permission=permission)
    shown = gate(instrument, made)

    is_open = licence in OPEN or permission is not None
    assert (shown.is_open, bool(words(shown)), made.has_wording) == (is_open, is_open, is_open)
    assert [item.label for item in shown.items] == ["wobble 1", "wobble 2", "wobble 3"]


@pytest.mark.parametrize("licence", LICENCE_CLASSES)
def test_without_a_form_there_are_only_our_labels(licence):
    shown = gate(card(licence_class=licence), None)

    assert not shown.is_open
    assert words(shown) == []


def test_a_form_bound_without_permission_holds_no_word_of_it():
    held = form_toml(bound(wobble(copyright="Quux 1999"), card(licence_class="paid")))

    assert not any(word in held for word in ("Zorp", "blip text", 'text = "b'))
    assert "q1" in held


def test_the_permission_stands_in_the_stored_form_and_beside_the_words(tmp_path):
    instrument = card(licence_class="paid")
    folder = stored(tmp_path, bound(wobble(copyright="Quux 1999"), instrument, permission=ALLOWED))
    shown = gate(instrument, stored_form(folder, "wobble"))

    assert shown.permission == Permission("The owner", "2026-05-04", "letter 12")
    assert shown.notice == ("Wobble: nobody", "Quux 1999", "wording shown with permission of The owner, 2026-05-04; letter 12")


def test_a_permission_taken_out_of_the_stored_form_shuts_the_gate():
    instrument = card(licence_class="permission")
    made = dataclasses.replace(bound(wobble(), instrument, permission=ALLOWED), permission=None)

    assert words(gate(instrument, made)) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a;b;c",
        "a;2026-05-04",
        "a;2026-05-04;",
        ";2026-05-04;c",
        "a;2026-13-04;c",
        "a;2026-02-30;c",
        "a;2026-05-04;c;d",
        "a;04.05.2026;c",
    ],
)
def test_a_permission_without_who_when_and_reference_is_none(text):
    assert permission_of(text) is None


def test_a_stored_form_that_does_not_fit_the_card_shows_labels_only():
    made = bound(wobble())
    first = made.items[0]

    def odd(**changes):
        return dataclasses.replace(made, items=(dataclasses.replace(first, **changes), *made.items[1:]))

    assert fits(made, card())
    for other in (
        dataclasses.replace(made, items=made.items[:2]),
        dataclasses.replace(made, instrument="wibble"),
        odd(item="9"),
        odd(high=4),
        odd(link="q2"),
        odd(options=first.options[:3]),
        odd(options=(*first.options, BoundOption(4, "x", "x"))),
    ):
        shown = gate(card(), other)
        assert (shown.is_open, words(shown)) == (False, [])
        assert "bind it again" in shown.why


def test_what_is_written_is_read_back(tmp_path):
    nasty = 'a "b" \\ c \t é \u2028 \U0001f600 # [x] \x7f'
    item = BoundItem(
        "1", nasty, "link id", ("itemWeight", nasty), 0, 1, (BoundOption(0, nasty, "c"), BoundOption(1, "", nasty, "s")), nasty, nasty
    )
    made = BoundForm(
        "wobble", "2026-11", (dataclasses.replace(item, before=(nasty, "b"), turned_back=True),), nasty, "1", "id", "0" * 64, nasty, True,
        ALLOWED, (Extra(nasty, "why"), Extra("", "w")), (nasty,),
    )  # fmt: skip

    assert stored_form(stored(tmp_path, made), "wobble") == made


@given(st.text(max_size=60), st.text(min_size=1, max_size=60), st.integers(-5, 9))
def test_any_text_survives_the_stored_form(tmp_path_factory, one, other, points):
    one, other = one.encode("utf-8", "replace").decode(), other.encode("utf-8", "replace").decode()
    folder = tmp_path_factory.mktemp("any")
    made = BoundForm(
        "wobble",
        "r",
        (BoundItem("1", other, "x", (one,), 0, 3, (BoundOption(points, one, other),), one, other, (one,)),),
        has_wording=False,
    )

    assert stored_form(stored(folder, made), "wobble") == made


@pytest.mark.parametrize(
    "text",
    [
        "schema = 1",
        "not toml",
        'schema = 2\nid = "wobble"\nrelease = "r"',
        'schema = 1\nid = "other"\nrelease = "r"',
        'schema = 1\nid = "wobble"\nrelease = "r"\n[permission]\nwho = "a"',
        'schema = 1\nid = "wobble"\nrelease = "r"\n[permission]\nwho = "a"\nwhen = "soon"\nreference = "c"',
        'schema = 1\nid = "wobble"\nrelease = "r"\n[[item]]\nid = "1"',
        'schema = 1\nid = "wobble"\nrelease = "r"\nitem = [{ id = 1 }]',
    ],
)
def test_a_stored_form_that_was_spoilt_is_refused_by_name(tmp_path, text):
    (tmp_path / "wobble.toml").write_text(text)

    with pytest.raises(KnowledgeError, match=r"^wobble\.toml"):
        read_form_card(tmp_path / "wobble.toml")


def test_a_folder_without_forms_holds_none(tmp_path):
    assert stored_forms(None) == {}
    assert stored_form(tmp_path, "wobble") is None


HOSTILE = "a\x1b[31mred\x1b[0m\r\nb\u202egnp.exe\u2066\x00\x9bc <script>alert(1)</script>"


def test_words_are_one_plain_line_without_commands_to_the_terminal():
    told = bound(form(question("q1", options(), text=HOSTILE, prefix=HOSTILE)), card(count=1))
    shown = gate(card(count=1), told)

    for text in words(shown):
        assert not any(unicodedata.category(c) == "Cc" or c in "\u202e\u2066" for c in text)
    assert shown.items[0].text == "a [31mred [0m bgnp.exe c <script>alert(1)</script>"


@given(st.text())
def test_plain_text_holds_no_control_and_is_the_same_twice(text):
    once = plain_text(text)

    assert plain_text(once) == once
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in once)


def test_plain_text_keeps_letters_joiners_and_marks():
    assert plain_text("می\u200cخواهم  é e\u0301 \u2013 ½ 痛") == "می\u200cخواهم é e\u0301 \u2013 ½ 痛"
