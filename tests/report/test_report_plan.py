"""The plan on page one, in full, its refusals and its schedule; nothing that is not in the assessment."""

import re
from dataclasses import replace

import invented
import invented_plan
import invented_streams
import pytest
from pages import front, part, words

from painloom.model.absence import NotMeasured
from painloom.model.plan import ACTIONS, TaperStep
from painloom.report.html import render_html


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


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_has_a_word_and_a_sign(action):
    html = front(one_step(action=action, text="Drug A: something."))

    assert re.search(r'class="act (avoid|caution|fine|unknown|note)"', html)


def test_streams_that_were_not_measured_are_told_once_beside_each_stream():
    text = words(front(render_html(replace(invented_plan.planned(invented_streams.ilse()), alerts=()))))

    assert "Brain not measured." not in text
    assert "Brain: not measured To fill:" in text


def test_red_flags_that_nobody_looked_for_stay_an_alert():
    away = NotMeasured("nothing was given", "ask", "red flags")
    person = replace(invented_plan.planned(), streams=tuple((name, away) for name, _ in invented.mara().streams))

    assert "Red flags were not looked for." in words(front(render_html(person)))
