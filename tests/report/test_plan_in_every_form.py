"""The plan in every form it takes: links, hostile words, numbers, terminal, any step, both languages, screen and paper."""

import json
import re

import invented
import invented_plan
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import part, words
from test_report_browser import faults, visit, wider_than_screen
from test_report_languages import DE, EN, shape
from test_report_pdf import printer, read

from painloom.model.outlook import Band
from painloom.model.plan import ACTIONS, WHENS, Check
from painloom.report.html import render_html
from painloom.report.jsonout import to_json
from painloom.report.pdf import render_pdf
from painloom.report.text import render_text

PEOPLE = (invented_plan.planned, invented_plan.held, invented_plan.scarce, invented_plan.hostile)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("person", PEOPLE)
def test_every_link_inside_leads_somewhere_and_ids_are_unique(person, language):
    made = render_html(person(), wording=language)
    ids = re.findall(r'\bid="([^"]+)"', made)

    assert len(ids) == len(set(ids))
    assert [link for link in re.findall(r'href="#([^"]+)"', made) if link not in ids] == []


def test_hostile_words_stay_text():
    made = render_html(invented_plan.hostile())

    assert "<img src=x" not in made
    assert "\u202e" not in made
    assert "\u202e" not in render_text(invented_plan.hostile())


def numbers(text):
    return re.findall(r"\d+(?:\.\d+)?", text)


def rounded(value):
    """Every way in which the page may print one number of the assessment."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return set(numbers(str(value)))
    return {f"{abs(value):.4g}", str(abs(round(value))), str(abs(round(100 * value)))}


def leaves(node):
    if isinstance(node, dict):
        for value in node.values():
            yield from leaves(value)
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value)
    elif node is not None:
        yield node


def test_every_number_of_the_plan_sections_is_in_the_assessment():
    person = invented_plan.planned()
    made = render_html(person)
    document = json.loads(to_json(person))
    allowed = set().union(*(rounded(leaf) for leaf in leaves([document["plan"], document["case"]])))
    own = {"30", "80", "100"}  # of the phrases: 30 % less pain, the 80 % band, people of 100
    shown = {n for name in ("plan", "followup") for n in numbers(words("<a " + part(made, name)))}

    assert sorted(shown - allowed - own) == []


def test_the_terminal_says_the_plan_after_the_alerts_and_before_the_streams():
    text = render_text(invented_plan.planned())
    flat = " ".join(text.split())

    assert text.index("ALERTS") < text.index("PLAN") < text.index("DRUGS TAKEN NOW")
    for said in (
        "2. Stop: Tramadol.",
        "180 mg a day from day 0",
        "[ok] 4. Begin: Drug A. +14 of 100 (7 to 19) against placebo. Start with 10 mg a day",
        "7–8. Keep: duloxetine, omeprazole",
        "[x] Drug R (kidney or liver; not borne before)",
        "After 4 weeks: PEG",
    ):
        assert said in flat


def test_the_terminal_has_no_plan_where_there_is_none():
    assert "PLAN" not in render_text(invented.mara())


BANDS = st.tuples(st.floats(-99, 99), st.floats(-99, 99), st.floats(-99, 99)).map(lambda t: Band(t[0], min(t), max(t)))
LABELS = st.text(min_size=0, max_size=12)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(ACTIONS),
    st.sampled_from(WHENS),
    LABELS,
    LABELS,
    st.none() | BANDS,
    st.lists(LABELS, max_size=6),
    st.floats(0.1, 300),
)
def test_any_step_can_be_shown(action, when, label, text, utility, others, weeks):
    check = Check(weeks, text, text, label, (label,))
    step = invented_plan.step(
        1, action, label, when=when, text=text, utility=utility, alternatives=tuple(others), checks=(check,), notes=(text,), depends=text
    )
    person = invented_plan.planned(invented.nobody(), steps=(step,))

    assert 'id="step-1"' in render_html(person)
    assert render_text(person)


@pytest.mark.parametrize("person", PEOPLE)
def test_the_plan_has_the_same_shape_in_both_languages(person):
    assert shape(render_html(person())) == shape(render_html(person(), wording="de"))


@pytest.mark.parametrize("person", PEOPLE)
def test_no_fixed_english_sentence_reaches_the_german_plan(person):
    shown = words(render_html(person(), wording="de"))
    sentences = [EN[k] for k in EN if "{" not in EN[k] and len(EN[k].split()) > 3 and EN[k] != DE.get(k)]

    assert [said for said in sentences if re.search(rf"(?<!\w){re.escape(said)}(?!\w)", shown)] == []


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plans")
    for person in PEOPLE:
        (folder / f"{person.__name__}.html").write_text(render_html(person()), encoding="utf-8")
    return folder


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1366, "light"), (1366, "dark"), (390, "light")])
@pytest.mark.parametrize("person", [p.__name__ for p in PEOPLE])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser, pages, person, width, scheme):
    page, asked, complaints = visit(browser, pages / f"{person}.html", width, scheme)

    assert faults(page) == []
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert faults(page) == []
    assert wider_than_screen(page) <= 0
    assert page.evaluate("window.hacked === undefined")
    assert (len(asked), complaints) == (1, [])
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("person", ["planned", "held"])
def test_page_one_with_a_plan_fits_one_sheet(browser, pages, person):
    page, _, _ = visit(browser, pages / f"{person}.html", 1366, "light")
    page.evaluate("document.querySelectorAll('.part, .end').forEach(p => p.remove())")

    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
    page.context.close()


@pytest.mark.browser
def test_the_held_plan_can_be_opened_with_the_keyboard_and_stays_closed_on_paper(browser, pages):
    page, _, _ = visit(browser, pages / "held.html", 1366, "light")
    open_now = "document.querySelector('.routine ol').checkVisibility({contentVisibilityAuto: true, visibilityProperty: true})"
    page.emulate_media(media="print")
    assert not page.evaluate(open_now)
    page.emulate_media(media="screen")
    page.focus(".routine > summary")
    page.keyboard.press("Enter")

    assert page.evaluate(open_now)
    page.context.close()


@pytest.mark.browser
def test_on_a_phone_the_cause_comes_before_the_plan_and_the_plan_before_its_details(browser, pages):
    page, _, _ = visit(browser, pages / "planned.html", 390, "light")
    tops = page.evaluate("['.who', '.alerts', '.why', '.first', '#plan'].map(s => document.querySelector(s).getBoundingClientRect().top)")

    assert tops == sorted(tops)
    page.context.close()


def test_the_first_sheet_of_the_pdf_holds_the_whole_of_page_one_with_its_numbers():
    printer()
    sheets = read(render_pdf(render_html(invented_plan.planned()), title="x", language="en", date="2026-11-24")).pages
    text = " ".join(sheets[0].extract_text().split())

    for said in ("Begin Drug Z", "Avoid starting", "Not known", "6 more below", "10. ", "7–8. "):
        assert said in text
    assert sheets[1].extract_text().count("What counts as better") == 1
