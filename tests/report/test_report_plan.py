"""The plan on page one, in full, its refusals, its schedule, and in the terminal; nothing that is not in the assessment."""

import json
import re
from dataclasses import replace

import invented
import invented_plan
import invented_streams
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import front, part, words
from test_report_browser import faults, visit, wider_than_screen
from test_report_languages import DE, EN, shape
from test_report_pdf import printer, read

from painloom.model.absence import NotMeasured
from painloom.model.outlook import Band
from painloom.model.plan import ACTIONS, WHENS, Check, TaperStep
from painloom.report.html import render_html
from painloom.report.jsonout import to_json
from painloom.report.pdf import render_pdf
from painloom.report.text import render_text

PEOPLE = (invented_plan.planned, invented_plan.held, invented_plan.scarce, invented_plan.hostile)


def page(**changes):
    return render_html(invented_plan.planned(**changes))


def one_step(**changes):
    return page(steps=(invented_plan.step(1, changes.pop("action", "begin"), changes.pop("label", "Drug A"), **changes),))


def test_page_one_says_every_step_in_order_with_its_action():
    text = words(front(page()))
    said = [
        "Refer Pressure on nerves",
        "Stop Tramadol",
        "Lower celecoxib to at most 200 mg a day",
        "Begin Drug A",
        "Begin Lessons on sleep",
    ]
    said += ["Find out A pin", "Keep duloxetine · omeprazole", "Begin Walking", "Begin Drug Z"]

    assert all(phrase in text for phrase in said)
    assert sorted(text.index(phrase) for phrase in said) == [text.index(phrase) for phrase in said]


def test_dose_and_taper_stand_in_one_line_each():
    text = words(front(page()))

    assert "Start with 10 mg a day, raise by 10 mg every 7 days, usual 25 to 75 mg, at most 75 mg a day. to verify" in text
    assert "180 mg a day from day 0, 160 mg from day 28, none from day 252." in text


def test_the_benefit_stands_in_people_of_100_with_its_band_and_its_comparator():
    assert "+14 of 100 (7 to 19) against placebo" in words(front(page()))


def test_a_step_without_a_number_on_pain_claims_none():
    text = words(front(page()))

    assert "Lessons on sleep sleeps longer" in text
    assert "+48" not in text


def test_a_benefit_that_is_known_in_points_only_stands_in_points():
    person = invented_plan.planned()
    shifted = replace(person.outlook.outlooks[0], benefit=None)
    shown = words(front(render_html(replace(person, outlook=replace(person.outlook, outlooks=(shifted, *person.outlook.outlooks[1:]))))))

    assert "Begin Drug A 0.9 of 10 less pain (0.5 to 1.3) against placebo" in shown
    assert "of 100: so many more people" not in shown


def test_a_drug_that_the_plan_refuses_is_not_named_twice():
    refused = replace(invented_plan.REFUSALS[2], treatment="codeine")
    shown = words(front(page(refusals=(refused,))))

    assert shown.lower().partition("avoid starting")[2].count("codeine") == 1


def test_what_cannot_be_told_apart_is_named_and_the_rest_counted():
    assert "Cannot be told apart from: Drug B, Drug C, 2 more." in words(front(page()))


def test_chips_lead_to_the_stream_that_asks_for_a_step_and_only_to_sections_that_exist():
    html = front(page())

    assert '<a class="chip chip-genome" href="#genes">genome</a>' in html
    assert '<a class="chip chip-evidence" href="#outlook">evidence</a>' in html
    assert '<span class="chip chip-mind">mind</span>' in html  # no questionnaire was given, so there is no section


def test_later_steps_wait_for_what_they_wait_for():
    text = words(front(page()))

    assert "Next , once lessons on sleep are under way" in text
    assert "Later , if pain is not 30 % less" in text
    assert "told in full below" not in text.lower()
    assert "Told in full below" in words(part(page(), "plan"))


def test_page_one_says_what_is_refused_when_to_look_again_and_what_the_plan_could_not_use():
    text = words(front(page()))

    assert "Drug R (kidney or liver; not borne before)" in text
    assert "Drug N (genes)" in text
    assert "after 4 weeks : PEG, adverse effects, steps begun, sleep score, 1 more" in text
    assert "Not understood, so nothing was weighed for it: be a heron." in text
    assert "A diagnosis in words was not used: give a code." in text


def test_why_it_hurts_stands_beside_the_plan_with_reasons_for_and_against():
    text = words(front(page()))

    for said in (
        "For mechanism one A sign: yes",
        "Keeps it going Short sleep (19)",
        "Next best test A pin: a result could change the plan.",
    ):
        assert said in text
    assert "A score: 7" not in text  # it is to verify and weighs nothing
    assert "One pair of findings does not fit." in text


def test_without_a_plan_page_one_is_as_before():
    text = words(front(render_html(invented.mara())))

    assert "drugs taken now call for a decision" in text
    assert "Nothing in question is refused" not in text
    assert 'id="plan"' not in render_html(invented.mara())


def test_a_safety_signal_keeps_the_plan_closed_but_never_a_red_flag():
    html = front(render_html(invented_plan.held()))
    closed = html[html.index('<details class="routine">') : html.index("</details>")]
    outside = words(html.replace(closed, ""))

    assert "Safety first: the routine plan waits" in outside
    assert "Begin Drug A" in words(closed)
    assert "Begin Drug A" not in outside
    assert "Refer Pressure on nerves Act on cauda. At once." in outside
    assert "Look again" not in outside


def test_a_safety_signal_keeps_the_plan_closed_in_its_section_too():
    html = part(render_html(invented_plan.held()), "plan")
    before, closed = html.split('<details class="routine">')

    assert "Pressure on nerves" in words(before)
    assert "Drug A" not in words(before).partition("Act on cauda")[2]
    assert "Drug A" in words(closed)


def test_an_alarm_that_the_top_tells_in_full_is_not_told_twice():
    told = invented_plan.step(
        1,
        "refer",
        "high",
        text="high: ask directly",
        role="safety",
        reasons=(replace(invented_plan.FLAG, finding="alert:suicide"),),
    )

    assert "Refer High" not in words(front(render_html(invented_plan.planned(invented_streams.ilse(), steps=(told, *invented_plan.STEPS)))))


def test_the_section_says_every_reason_with_its_stream_and_sources():
    html = part(page(), "plan")
    text = words(html)

    for said in ("Works on mechanism one (64 %).", "Aims at short sleep (19). to verify", "Sleeps longer.", "Saddle numbness."):
        assert said in text
    assert html.count('href="#source-') >= 4


def test_the_section_says_what_limited_a_dose_and_what_was_not_measured():
    text = words(part(page(), "plan"))

    for said in (
        "Age of 65 or more: start with half.",
        "Slow enzyme. to verify",
        "Not measured, and could lower the ceiling: kidney function and an ECG.",
        "One intake a day.",
        "Take it in the evening.",
    ):
        assert said in text


def test_the_taper_stands_as_a_table():
    html = part(page(), "plan")
    rows = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td></tr>", html)

    assert rows == [("day 0", "180 mg"), ("day 28", "160 mg"), ("day 252", "none")]
    assert "Sweating, restlessness." in words(html)


def test_a_taper_without_amounts_speaks_in_shares_of_today():
    steps = tuple(replace(s, amount=None) for s in invented_plan.TAPER.steps)
    text = words(one_step(action="stop", taper=replace(invented_plan.TAPER, steps=steps), text="Stop Drug A: it harms."))

    assert "90 % of today's amount a day from day 0, 80 % of today's amount from day 28, none from day 252." in text


def test_a_taper_that_goes_on_beyond_what_is_shown_does_not_look_finished():
    steps = (*invented_plan.TAPER.steps[:2], TaperStep(56, 0.7, 140.0, "mg"))
    text = words(front(one_step(action="stop", taper=replace(invented_plan.TAPER, steps=steps), text="Stop Drug A: it harms.")))

    assert "160 mg from day 28, and so on." in text
    assert "none from day" not in text


def test_stopping_without_a_known_pace_says_so_on_page_one():
    taper = replace(invented_plan.TAPER, text="No pace is on file: ask the prescriber, never stop abruptly.", steps=())

    assert "never stop abruptly" in words(front(one_step(action="stop", taper=taper, text="Stop Drug A: it harms.")))


def test_price_checks_and_options_stand_in_the_section():
    text = words(part(page(), "plan"))

    for said in (
        "20 to 45.5 GBP a year: list price; a table 2026, some-source. to verify",
        "Measure: PEG. If this has not come: stop it and go on to the next step.",
        "13 of 100 (7 to 19)",
        "less pain 14",
        "not in the plan, cannot be told apart. Another of its kind is named first.",
        "garden 0.25",
        "Told: sleep through.",
    ):
        assert said in text


def test_what_counts_is_said_once_and_where_it_differs():
    text = words(part(page(), "plan"))

    assert text.count(invented_plan.BETTER) == 1
    assert "Sleep score below 15." in text


def test_a_refusal_says_what_why_who_says_so_and_what_instead():
    html = part(page(), "refusals")
    text = words(html)

    assert "2 treatments are refused for this person" in text
    assert "Drug R (major) Drug R with a clearance below 30 mL/min: avoid. In the plan instead: Drug A , Duloxetine" in text
    assert "the person's record" in text
    assert 'href="#step-7"' in html
    assert "Omeprazole" not in text  # it treats something else


def test_the_schedule_counts_a_later_step_from_the_day_it_begins():
    rows = re.findall(r'<th scope="row" role="rowheader">(.*?)</th>', part(page(), "followup"))

    assert rows == [
        "After 4 weeks",
        "After 6 weeks",
        "After 12 weeks",
        "After 12 weeks",
        "After 52 weeks",
        "After 12 weeks, from its start",
    ]


def test_a_layout_without_the_section_leaves_no_dead_link(monkeypatch):
    from painloom.report import html as door
    from painloom.report.wording import read_layout

    less = replace(read_layout(), sections=tuple(s for s in read_layout().sections if s not in ("plan", "refusals", "followup", "outlook")))
    monkeypatch.setattr(door, "read_layout", lambda _: less)
    made = page()
    ids = set(re.findall(r'\bid="([^"]+)"', made))

    assert [link for link in re.findall(r'href="#([^"]+)"', made) if link not in ids] == []


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


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_has_a_word_and_a_sign(action):
    html = front(one_step(action=action, text="Drug A: something."))

    assert re.search(r'class="act (avoid|caution|fine|unknown|note)"', html)


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


def test_streams_that_were_not_measured_are_told_once_beside_each_stream():
    text = words(front(render_html(replace(invented_plan.planned(invented_streams.ilse()), alerts=()))))

    assert "Brain not measured." not in text
    assert "Brain: not measured To fill:" in text


def test_red_flags_that_nobody_looked_for_stay_an_alert():
    away = NotMeasured("nothing was given", "ask", "red flags")
    person = replace(invented_plan.planned(), streams=tuple((name, away) for name, _ in invented.mara().streams))

    assert "Red flags were not looked for." in words(front(render_html(person)))


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
    sheets = read(render_pdf(page(), title="x", language="en", date="2026-11-24")).pages
    text = " ".join(sheets[0].extract_text().split())

    for said in ("Begin Drug Z", "Avoid starting", "Not known", "6 more below", "10. ", "7–8. "):
        assert said in text
    assert sheets[1].extract_text().count("What counts as better") == 1
