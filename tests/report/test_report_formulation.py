"""The formulation on the page: chances with their ledger, drivers, conflicts, the next test; nothing that is not in the assessment."""

from dataclasses import replace

import invented
import pytest
from invented_formulation import formulation

from painloom.report.html import render_html
from painloom.report.jsonout import to_json


def page(**changes):
    return render_html(replace(invented.mara(), formulation=replace(formulation(), **changes)))


def section(html):
    start = html.index('id="formulation"')
    return html[start : html.index("</section>", start)]


def test_every_mechanism_stands_with_its_chance_and_what_speaks_for_it():
    text = section(page())

    assert "Mechanism one: 64 % (40 to 80)" in text
    assert "Mechanism two: 20 % (10 to 35)" in text
    assert "A sign: yes" in text
    assert "speaks strongly for" in text
    assert "weighs nothing" in text


def test_a_state_that_nothing_speaks_for_is_not_told():
    assert "State without a word" not in section(page())


def test_drivers_conflicts_and_the_next_test_are_told():
    text = section(page())

    assert [
        word for word in ("Short sleep", "These two do not fit", "which is right?", "A pin", "Drug A") if word.lower() not in text.lower()
    ] == []


def test_where_no_test_would_change_the_plan_it_says_so():
    text = section(page(tests=(), no_test="No further test would change the plan."))

    assert "No further test would change the plan." in text


def test_without_a_formulation_there_is_no_section():
    assert 'id="formulation"' not in render_html(invented.mara())


@pytest.mark.parametrize("bad", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_hostile_words_are_escaped(bad):
    found = formulation()
    html = page(
        mechanisms=tuple(
            replace(m, label=bad, ledger=tuple(replace(line, label=bad, value=bad) for line in m.ledger)) for m in found.mechanisms
        ),
        drivers=tuple(replace(d, label=bad, text=bad) for d in found.drivers),
    )

    assert bad not in html


def test_the_numbers_of_the_page_are_those_of_the_assessment():
    text = to_json(replace(invented.mara(), formulation=formulation()))

    assert [number for number in ("0.64", "0.4", "0.8", "3.2") if number not in text] == []
