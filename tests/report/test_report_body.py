"""The drug list, criteria, red flags, codes, body map, and what these streams left open."""

import re
from dataclasses import replace

import invented
import invented_streams as people
import pytest
from pages import part, words

from painloom.report import render_html
from painloom.report.criteria import criteria_title, criteria_view
from painloom.report.flags import flags_title, flags_view
from painloom.report.lookup import look_up
from painloom.report.safety import headline, safety_title, safety_view, what_to_do
from painloom.report.unknown import open_questions
from painloom.report.wording import read_wording


def look(assessment):
    return look_up(assessment, read_wording())


@pytest.fixture(scope="module")
def page():
    return render_html(people.ilse())


def test_sections_come_in_the_order_of_the_layout_before_the_genes(page):
    order = [page.index(f'id="{name}"') for name in ("mind", "criteria", "safety", "redflags", "drugs", "genes")]

    assert order == sorted(order)


def test_a_person_without_a_body_has_none_of_these_sections():
    text = render_html(invented.nobody()).split("</style>")[1]

    assert not [name for name in ("criteria", "safety", "redflags") if f'id="{name}"' in text]


def test_findings_of_the_drug_list_stand_by_gravity_with_source_and_mark(page):
    view = safety_view(look(people.ilse()))

    assert [title for _, title, _ in view.groups] == [
        "1 finding: contraindicated",
        "1 finding: severe",
        "1 finding: major",
        "1 finding: caution",
    ]
    assert [mark.tone for mark, _, _ in view.groups] == ["avoid", "avoid", "caution", "caution"]
    text = words(part(page, "safety"))
    assert "Oxycodone with alprazolam: slow breathing. Avoid it where another way exists." in text
    assert "interaction · Source: FDA 2016 · Card: rules/sedative" in text
    assert "Two NSAIDs: keep one. to verify" in text


def test_the_title_counts_the_findings_and_leaves_out_the_drawn_total():
    assert safety_title(look(people.ilse())) == "1 contraindicated, 1 severe, 1 major and 1 caution findings in the drug list"
    assert safety_title(look(people.calm())) == "No warning in the drug list as far as it could be checked"


def test_the_opioid_total_is_drawn_against_a_guidepost_that_is_no_limit(page):
    total = safety_view(look(people.ilse())).total
    text = words(part(page, "safety"))

    assert "guidepost 50, not a limit" in total.line
    assert "50, guidepost, not a limit" in total.figure
    assert "By drug: oxycodone 60, tramadol 30." in total.figure
    assert "Not counted: methadone (no factor)." in text


@pytest.mark.parametrize("value", ["0", "1", "50", "4999", "1e6"])
def test_the_bar_never_leaves_its_drawing(value):
    rows = (replace(people.safety_rows()[0], value=value), *people.safety_rows()[1:3])
    figure = safety_view(look(replace(people.ilse(), safety=rows))).total.figure

    assert all(0 <= float(x) <= 360 for x in re.findall(r'(?:x|x1|width)="(-?[\d.]+)"', figure))


def test_what_only_informs_is_folded():
    view = safety_view(look(people.ilse()))

    assert view.quiet_title == "4 things that were checked, or could not be checked"
    assert all(row.mark.tone == "note" for row in view.quiet)


def test_the_first_sentence_is_the_finding_and_the_rest_is_what_to_do():
    row = replace(people.safety_rows()[3], message="a with b: dose 2.5 mg (see c). Avoid it. Or wait.")

    assert (headline(row), what_to_do(row)) == ("A with b: dose 2.5 mg (see c).", "Avoid it. Or wait.")
    assert what_to_do(replace(row, message="one only")) == ""


def test_a_grade_says_what_it_rests_on_what_it_could_become_and_what_to_ask(page):
    (card,) = criteria_view(look(people.ilse())).grades
    text = words(part(page, "criteria"))

    assert [(mark.word, label) for mark, label, _ in card.answers] == [
        ("yes", "history of a lesion"),
        ("unknown", "sensory signs on examination"),
        ("no", "another disease explains it"),
    ]
    assert "Could become definite or probable. Ask or examine: sensory signs on examination." in text
    assert "(fact: lesion)" in text


def test_criteria_with_too_little_known_are_folded_and_marked():
    view = criteria_view(look(people.ilse()))

    assert [card.label for card in view.folded] == ["Budapest criteria"]
    assert view.folded[0].doubtful
    assert view.folded_title == "1 set of criteria with too little known"


def test_the_title_of_criteria_is_what_they_say():
    assert criteria_title(look(people.ilse())) == "Possible neuropathic pain; 1 set of criteria not gradable yet"
    unclear = replace(people.ilse(), grades=people.grades()[1:])
    assert criteria_title(look(unclear)) == "1 set of criteria not gradable yet"


def test_versions_that_agree_are_named_once_by_the_latest():
    old = replace(people.grades()[0], label="Fibromyalgia, version of 2011", grade="met", grade_label="criteria of 2011 met")
    new = replace(old, label="Fibromyalgia, version of 2016", grade_label="criteria of 2016 met")

    assert criteria_title(look(replace(people.ilse(), grades=(old, new)))) == "Fibromyalgia: criteria of 2016 met"


def test_pain_codes_come_with_severity_and_kinds_nobody_spoke_of(page):
    text = words(part(page, "criteria"))

    assert "MG30.01 chronic widespread pain parent MG30.0" in text
    assert "Severity: intensity: severe (3 of 3); distress: not rated." in text
    assert "1 kind that nobody spoke of MG30.5 chronic neuropathic pain to verify" in text


def test_codes_that_hold_only_once_the_pain_is_chronic_are_not_called_codes():
    early = replace(people.codes(), codes=(), would_be=people.codes().codes)
    text = words(part(render_html(replace(people.ilse(), pain_codes=early)), "criteria"))

    assert "ICD-11 codes, once the pain has lasted three months" in text


def test_a_sensory_value_without_reference_is_not_judged(page):
    assert "trapezius, left 130 not judged not judged: no reference table" in words(part(page, "criteria"))


def test_the_body_map_is_drawn_and_listed_and_strange_regions_are_named(page):
    text = part(page, "criteria")

    assert text.count('class="bm-') > 50
    assert "low back, beside the spine, left; front of the knee, right." in words(text)
    assert "No regions of this release: tentacle." in words(text)
    assert 'class="bodymap"' not in render_html(replace(people.ilse(), case=invented.mara().case))


def test_definitions_of_widespread_pain_stand_side_by_side_with_what_our_conventions_do(page):
    text = words(part(page, "criteria"))

    assert "regions that hurt own: own-choice 2 of 112 counts only" in text
    assert "6 of 9 (from 6) yes A note. Through our own convention alone: leg left. Without our own conventions: no." in text
    assert "not counted of 9 (from 6) unknown Could be decided by: fm sleep." in text
    assert "Words say left knee, the map shows the right." in text


def test_a_map_on_which_nothing_hurts_is_not_the_same_as_no_map():
    none = replace(people.ilse().case.body, regions=())
    page = render_html(replace(people.ilse(), case=replace(people.ilse().case, body=none)))

    assert "Body map: no region marked" in words(part(page, "criteria"))


def test_red_flags_stand_as_raised_watch_not_asked_and_not_present(page):
    view = flags_view(look(people.ilse()))
    text = words(part(page, "redflags"))

    assert [f.label for f in view.raised] == ["Pressure on nerves (back pain)", "Suicide"]
    assert [[f.label for f in group] for group in (view.watch, view.not_asked, view.not_present)] == [
        ["Cancer in the spine"],
        ["Aorta", "Infection"],
        ["Fracture"],
    ]
    assert "Found: numb where one sits (strong sign; fact: saddle-numbness)." in text
    assert "At once: Act on cauda." in text
    assert "Not asked: question of cauda." in text
    assert flags_title(look(people.ilse())) == "Red flags raised: Pressure on nerves and Suicide; 1 to watch; 2 not asked about in full"


def test_no_red_flag_raised_is_said_only_where_all_were_asked():
    asked = replace(people.ilse(), red_flags=(people.flag("a", "A", "not-present"),))

    assert flags_title(look(asked)) == "No red flag raised"
    assert "No red flag" not in flags_title(look(people.calm()))


def test_open_questions_of_mind_and_body_say_how_to_get_them_and_what_they_change():
    found = {q.title: q for q in open_questions(look(people.ilse()))}

    assert found["Creatinine clearance not measured"].would_change == "It would matter for tramadol."
    assert found["Creatinine clearance not measured"].urgent
    assert found["Facts that rules on today's drugs ask for"].reason.endswith("For tramadol: breastfeeding now.")
    assert found["2 red flags not asked about in full"].reason == "Aorta and Infection."
    grade = found["Neuropathic pain, grading of 2016: possible neuropathic pain"]
    assert grade.to_get == "Ask or examine: sensory signs on examination."
    assert grade.would_change == "The grade could become definite or probable."
    assert found["sleep questionnaire: not scored in full"].reason == "Total scale (3 of 9 unanswered)."
    assert found["sleep questionnaire: not scored in full"].would_change == "It would fill: sleep."
    assert found["1 set of criteria with too little known"].reason == "Budapest criteria."


def test_without_any_fact_the_examination_is_missing():
    body = replace(people.ilse().case.body, facts=())
    bare = replace(people.ilse(), case=replace(people.ilse().case, body=body))

    assert "Examination, history and red flags not given" in {q.title for q in open_questions(look(bare))}
    assert "Examination, history and red flags not given" not in {q.title for q in open_questions(look(people.ilse()))}


def test_hostile_texts_of_the_streams_stay_text():
    page = render_html(people.stranger())

    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
