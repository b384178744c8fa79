"""Page one: the alarm is always there, first, in full, and the routine plan waits for it."""

import json
import re
from dataclasses import replace

import invented
import invented_streams as people
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pages import front, words

from builders import knowledge
from painloom.report import render_html, render_text
from painloom.report.alerts import alerts
from painloom.report.drugs import drug_cards
from painloom.report.flags import flags_view
from painloom.report.front import first
from painloom.report.jsonout import to_json
from painloom.report.lookup import look_up
from painloom.report.unknown_body import open_in_streams
from painloom.report.wording import read_wording


def look(assessment):
    return look_up(assessment, read_wording())


def block(assessment):
    lookup = look(assessment)
    return alerts(lookup, drug_cards(lookup))


def page_one(assessment):
    lookup = look(assessment)
    return first(lookup, drug_cards(lookup))


def test_the_alarm_names_who_by_when_what_and_the_means_at_home():
    (card,) = block(people.ilse()).safety

    assert card.title == "Thoughts of death or suicide. Screens positive, needs assessment"
    assert (card.owner, card.within, card.means) == ("treating clinician", "before the person leaves", "tramadol")
    assert card.action == "Ask directly (assess)."
    assert "mood questionnaire: the item was answered above zero" in card.signals


def test_the_alarm_is_never_a_diagnosis_and_no_score_clears_it():
    text = words(front(render_html(people.ilse())))

    assert "No score clears this, only a person." in text
    assert not re.search(r"suicidal|is depressed|suffers", text, re.IGNORECASE)


def test_the_alarm_stands_before_every_other_alert():
    page = render_html(people.ilse())

    assert page.index('class="alarm ') < page.index('class="held"') < page.index('class="alert ')
    text = render_text(people.ilse())
    assert text.index("Safety: Thoughts of death") < text.index("Red flag:") < text.index("Severe:")


def test_the_routine_plan_is_held_back_until_a_person_acknowledges():
    """The steps lie in a closed fold that says so; what must be done now, what to avoid and what is not known do not."""
    page = front(render_html(people.ilse()))
    fold = page.split('<details class="routine">')[1].split("</details>")[0]

    assert "The routine plan is held back until a person has acknowledged this." in words(page)
    assert "held back" in words(fold)
    assert "tramadol" in words(fold).lower()
    assert "Avoid starting" not in words(fold)
    assert "Thoughts of death" not in words(fold)
    assert words(page).index("Safety first: the routine plan waits") < words(page).index("Routine plan, held back")


def test_without_an_alarm_nothing_is_held_back():
    page = front(render_html(replace(people.ilse(), alerts=())))

    assert '<details class="routine">' not in page
    assert "held back" not in words(page)


def test_an_alarm_comes_before_the_steps_and_names_its_stream():
    page = page_one(people.ilse())

    assert [step.why for step in page.now] == ["mind"]
    assert page.title == "Safety first: the routine plan waits"
    assert page_one(replace(people.ilse(), alerts=())).now == ()


def test_an_answer_left_out_is_asked_about_and_called_no_positive_screen():
    (card,) = block(replace(people.ilse(), alerts=(people.alert("ask", signal="item-unanswered"),))).safety

    assert "Not known, must be asked" in card.title
    assert "positive" not in card.title
    assert card.mark.tone == "caution"


def test_a_level_that_the_wording_does_not_know_is_taken_as_grave():
    (card,) = block(replace(people.ilse(), alerts=(people.alert("purple"),))).safety

    assert (card.mark.tone, card.title.partition(". ")[2]) == ("avoid", "Screens positive, needs assessment")


def test_a_rule_to_verify_says_so():
    page = front(render_html(replace(people.ilse(), alerts=(people.alert(rule_state="to-verify"),))))

    assert "to verify" in words(page.split('class="alarm ')[1].split("</dl>")[0])


def test_signals_of_one_level_share_a_card_and_other_levels_have_their_own():
    several = (people.alert("high", source="screener"), people.alert(), people.alert(source="notes", signal="text"), people.alert("ask"))
    found = block(replace(people.ilse(), alerts=several)).safety

    assert len(found) == 3
    assert "mood questionnaire" in found[1].signals
    assert "notes: words in the case" in found[1].signals


def test_a_raised_red_flag_says_what_was_found_what_to_do_and_by_when():
    lines = block(people.ilse()).lines

    assert lines[0].text == "Pressure on nerves: numb where one sits. At once: Act on cauda. (to verify)"
    assert (lines[0].mark.tone, lines[0].href) == ("avoid", "#flag-1")


def test_a_red_flag_that_the_alarm_already_tells_is_not_told_twice():
    assert not [a for a in block(people.ilse()).lines if "item above zero" in a.text]
    alone = replace(people.ilse(), alerts=())
    assert [a for a in block(alone).lines if "item above zero" in a.text]


def test_flags_to_watch_and_flags_nobody_asked_about_are_one_line_each():
    lines = [a.text for a in block(people.ilse()).lines]

    assert "Red flags to watch: Cancer in the spine (weight loss)." in lines
    assert "Red flags not asked about in full: Infection; 1 other." in lines


def test_contraindicated_comes_before_severe_and_the_opioid_total_follows():
    marks = [(a.mark.word, a.text) for a in block(people.ilse()).lines]
    drugs = [word for word, _ in marks if word in ("Contraindicated", "Severe")]

    assert drugs == ["Contraindicated", "Severe"]
    assert ("Caution", "Opioid total 90 MME/day; guidepost 50, not a limit") in marks


@pytest.mark.parametrize(("total", "said"), [("49.9", False), ("50", True), ("50.5", True), ("", False), ("nan", False)])
def test_the_opioid_total_is_said_from_the_guidepost_on(total, said):
    rows = (replace(people.safety_rows()[0], value=total),)
    lines = block(replace(people.ilse(), safety=rows)).lines

    assert any("Opioid total" in a.text for a in lines) is said


def test_long_lists_are_cut_and_what_is_cut_is_counted_or_named():
    many = tuple(people.flag(f"f{n}", f"Flag {n}", "present", found=people.flags()[0].found) for n in range(9))
    rows = tuple(replace(people.safety_rows()[3], message=f"pair {n}: danger.") for n in range(9))
    lines = [a.text for a in block(replace(people.ilse(), red_flags=many, safety=rows)).lines]

    assert "Also raised: Flag 5, Flag 6, Flag 7 and Flag 8." in lines
    assert "5 more dangers in the drug list." in lines


def test_dangers_of_the_drug_list_are_steps_with_their_stream():
    steps = page_one(replace(people.ilse(), alerts=())).steps
    headings = [s.heading for s in steps]

    assert headings[:2] == ["Methadone with a long QT: do not use.", "Oxycodone with alprazolam: slow breathing."]
    assert steps[1].lead == "Avoid it where another way exists."
    assert steps[1].why == "body · interaction, severe"
    assert headings.index("Two NSAIDs: keep one.") < headings.index("Celecoxib: lower dose")
    assert "to verify" in next(s for s in steps if s.heading.startswith("Two NSAIDs")).remarks


def test_a_drug_that_the_drug_list_warns_of_gets_no_tick_and_its_class_is_not_offered():
    """Genes may be silent on a drug that kidney or interactions forbid."""
    row = replace(people.safety_rows()[3], drugs=("celecoxib", "gabapentin"))
    page = page_one(replace(people.calm(), safety=(row,)))
    before = page_one(people.calm())
    lower = replace(people.calm(), drugs=tuple(replace(v, class_label=v.class_label.lower()) for v in people.calm().drugs), safety=(row,))

    assert "gabapentin" in [c.label for c in before.keep]
    assert "gabapentin" not in [c.label for c in page.keep]
    assert "NSAIDs" in [label for label, _, _ in before.instead]
    assert "NSAIDs" not in [label for label, _, _ in page.instead]
    assert "nsaids" not in [label.lower() for label, _, _ in page_one(lower).instead]
    assert page.instead_not == "Not offered from NSAIDs and Gabapentinoids: the drug list warns of a drug of the class taken now."
    celecoxib = next(s for s in page.steps if s.heading.startswith("Celecoxib"))
    assert "the drug list warns of this drug, read that first" in celecoxib.remarks


def test_steps_beyond_the_room_are_counted():
    rows = tuple(replace(people.safety_rows()[3], message=f"pair {n}: danger.") for n in range(9))
    page = page_one(replace(people.ilse(), alerts=(), safety=rows))

    assert len(page.steps) == 7
    assert page.steps_more == "4 more below"


def test_tracks_say_the_worst_domains_and_what_the_body_holds():
    text = words(front(render_html(people.ilse())))

    assert "Function: moderate; mood: moderately severe." in text
    assert "Possible neuropathic pain. 2 red flags raised. 3 dangers in the drug list. Opioid total 90 MME/day." in text


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"]), min_size=1, max_size=40).filter(lambda t: t.strip())
ALARMS = st.lists(
    st.builds(
        people.alert,
        st.sampled_from(("high", "moderate", "assess", "low", "ask", "odd")),
        action=TEXT,
        owner=TEXT,
        within=TEXT,
        source=TEXT,
        code=st.sampled_from(("suicide", "other")),
    ),
    min_size=1,
    max_size=12,
)
FLAGS = st.lists(
    st.builds(people.flag, st.text("abc", min_size=1, max_size=3), TEXT, st.sampled_from(("present", "watch", "not-asked", "not-present"))),
    max_size=20,
)
ROWS = st.lists(
    st.builds(
        lambda row, sev: replace(row, severity=sev), st.sampled_from(people.safety_rows()), st.sampled_from(("severe", "major", "info"))
    ),
    max_size=30,
)
BASES = st.sampled_from((invented.mara, invented.nobody, invented.busy, people.ilse, people.calm))


def plain(text):
    """Without case and runs of blanks; twice, since a capital of a foreign letter may be another letter."""
    return " ".join(text.split()).upper().casefold()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BASES, ALARMS, FLAGS, ROWS)
def test_every_alarm_stands_on_page_one_whatever_else_is_there(base, alarms, red_flags, rows):
    assessment = replace(base(), alerts=tuple(alarms), red_flags=tuple(red_flags), safety=tuple(rows))
    page = front(render_html(assessment))
    said = plain(words(page))

    for one in alarms:
        for text in (one.action, one.owner, one.within, one.source):
            assert plain(text) in said
    assert "the routine plan is held back" in said
    assert page.index('class="alarm ') < page.index('class="held"')
    assert "the routine plan is held back" in " ".join(render_text(assessment).lower().split())


def test_the_alarm_names_the_day_of_the_answer_where_it_is_known():
    dated = replace(people.ilse(), alerts=(people.alert(date="2026-03-02"), people.alert(source="notes", signal="text")))
    (card,) = block(dated).safety

    assert "mood questionnaire, 2026-03-02: the item was answered above zero; notes: words in the case" in card.signals
    assert "2026-03-02: the item was answered" in words(front(render_html(dated)))
    assert "2026-03-02: the item was" in " ".join(render_text(dated).split())
    assert [row["date"] for row in json.loads(to_json(dated))["alerts"]] == ["2026-03-02", ""]


@pytest.mark.parametrize("id_", sorted(signal for card in knowledge().safety.values() for signal in card.signals))
def test_every_signal_of_the_card_is_said_in_words(id_):
    (card,) = block(replace(people.ilse(), alerts=(people.alert(signal=id_, source="s"),))).safety

    said = card.signals.removeprefix("Signal: s: ").rstrip(".")
    assert said != id_
    assert not said.startswith(("fact ", "code "))
    assert " " in said


def test_a_signal_of_a_clinics_own_fact_is_said_by_its_kind():
    (card,) = block(replace(people.ilse(), alerts=(people.alert(signal="fact own-question"), people.alert(signal="odd")))).safety

    assert "own-question: yes" in card.signals
    assert "mood questionnaire: odd" in card.signals


def test_a_flag_with_a_standing_alarm_is_nowhere_called_not_asked():
    """Somebody must act on it already; "not asked in full" beside the alarm would talk it down."""
    flags = tuple(replace(flag, state="not-asked", found=()) if flag.id == "suicide" else flag for flag in people.ilse().red_flags)
    label = next(flag.label for flag in flags if flag.id == "suicide")
    standing, alone = (replace(people.ilse(), red_flags=flags, alerts=alarms) for alarms in (people.ilse().alerts, ()))

    def told(assessment):
        lookup = look(assessment)
        lines = [a.text for a in block(assessment).lines if "not asked" in a.text]
        return [*lines, *map(str, open_in_streams(lookup)), *(card.label for card in flags_view(lookup).not_asked)]

    assert any(label in text for text in told(alone))
    assert not any(label in text for text in told(standing))
