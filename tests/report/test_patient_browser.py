"""The patient's page in a browser: accessible, silent, on a phone of 320 px, in the dark, and on two to four sheets of paper."""

import io

import pytest
from invented_patient import ALERT, EXAMPLES, LANGUAGES, example, person
from test_report_browser import faults, visit, wider_than_screen

from painloom.report.patient import render_patient

pytestmark = pytest.mark.browser
PEOPLE = {folder.name: folder for folder in EXAMPLES}


def told(name):
    if name == "nobody":
        return person()
    return person(alerts=(ALERT,)) if name == "alarmed" else example(PEOPLE[name])


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("patients")
    for name in (*PEOPLE, "nobody", "alarmed"):
        for language in LANGUAGES:
            (folder / f"{name}-{language}.html").write_text(render_patient(told(name), wording=language), encoding="utf-8")
    return folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 320])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*PEOPLE, "nobody", "alarmed"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser, pages, name, language, width, scheme):
    page, asked, complaints = visit(browser, pages / f"{name}-{language}.html", width, scheme)

    assert faults(page) == []
    assert wider_than_screen(page) <= 0
    assert len(asked) == 1
    assert complaints == []
    page.context.close()


def test_letters_are_large_and_lines_are_short(browser, pages):
    page, _, _ = visit(browser, pages / "mara-en.html", 1366, "light")
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.told p')).fontSize)")
    longest = page.evaluate("Math.max(...[...document.querySelectorAll('main p')].map(p => p.getBoundingClientRect().width))")
    least = page.evaluate(
        "Math.min(...[...document.querySelectorAll('main *')].filter(e => e.tagName !== 'text')"
        ".map(e => parseFloat(getComputedStyle(e).fontSize)))"
    )

    assert size == 17
    assert longest <= 78 * 17 * 0.56
    assert least >= 14
    page.context.close()


def test_the_first_thing_that_an_alarmed_person_sees_is_help(browser, pages):
    page, _, _ = visit(browser, pages / "alarmed-en.html", 320, "light")

    assert page.evaluate("document.querySelector('.lead h2').getBoundingClientRect().top") < 400
    page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PEOPLE)
def test_the_printed_page_has_two_to_four_sheets_of_a4(browser, pages, name, language):
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed: sheets are not counted")
    page, _, _ = visit(browser, pages / f"{name}-{language}.html", 1366, "light")
    sheets = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages

    assert 2 <= len(sheets) <= 4
    assert [round(float(side)) for side in sheets[0].mediabox[2:]] == [595, 842]
    page.context.close()


def test_the_picture_of_a_hundred_people_is_told_to_who_cannot_see_it(browser, pages):
    page, _, _ = visit(browser, pages / "mara-en.html", 1366, "light")
    names = page.evaluate(
        "[...document.querySelectorAll('.hundred > svg')].map(s => s.getAttribute('aria-labelledby').split(' ')"
        ".map(i => document.getElementById(i).textContent))"
    )

    assert names
    assert all(head and "better" in text for head, text in names if head != "Stop because of side effects")
    page.context.close()
