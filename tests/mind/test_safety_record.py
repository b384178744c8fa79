"""Words, answered questions, codes and measured values of the record as signals of suicidal thoughts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import knowledge
from painloom.assess import assess, open_case
from painloom.errors import KnowledgeError
from painloom.intake.options import ReadOptions
from painloom.knowledge.safety import folded, read_safety
from painloom.mind.signals import safety_alerts
from painloom.model.body import BodyRecord, Diagnosis, Fact, Measure
from painloom.model.case import Case, PainHistory, Person

TODAY = "2026-11-24"
TEXT, SCORE, PRESENT, EMPTY = {"text"}, {"score"}, {"item-present"}, {"item-unanswered"}


@pytest.fixture
def case(tmp_path):
    """Writes a case folder and opens it: (assessment, its alerts' signals)."""

    def opened(case="", files=()):
        (tmp_path / "answers").mkdir(exist_ok=True)
        (tmp_path / "case.toml").write_text(case, encoding="utf-8")
        for name, text in dict(files).items():
            (tmp_path / "answers" / name).write_text(text, encoding="utf-8")
        result = assess(open_case(tmp_path, knowledge(), ReadOptions(), TODAY), knowledge(), TODAY)
        return result, {alert.signal for alert in result.alerts}

    return opened


PHRASES = (
    "I am not suicidal", "Suic\u00eddio", "suizidal", "I don\u2019t want to live", "dont want to live", "kill\nmyself", "killing  myself",
    "KILL MYSELF", "self\u2011harm", "self harm", "ki\u200bll myself", "he wants to kill himself",
    "she wants to die.", "thoughts of ending her life", "sucidal", "better off without me", "no point in living",
    "intentional overdose", "I want to be dead",
)  # fmt: skip
FRIENDS = (
    "I want to diet", "I never wake up rested", "I want to take my life back", "the SI joint", "pain for life", "deadline",
    "died of cancer",
)  # fmt: skip


@pytest.mark.parametrize("phrase", PHRASES)
def test_words_are_found_however_they_are_typed(phrase):
    assert TEXT == spoken(phrase)


@pytest.mark.parametrize(
    "phrase",
    [
        "I want to diet",
        "I never wake up rested",
        "I want to take my life back",
        "the SI joint",
        "pain for life",
        "deadline",
        "died of cancer",
    ],
)
def test_words_of_everyday_life_with_pain_hold_nothing_back(phrase):
    assert set() == spoken(phrase)


def spoken(phrase):
    return {alert.signal for alert in safety_alerts(Case(Person("x"), PainHistory(phrase)), knowledge())}


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["suicid", "kill myself", "self-harm", "don't want to live"]),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=30),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=30),
    st.booleans(),
)
def test_no_text_around_a_phrase_hides_it(phrase, before, after, upper):
    assert TEXT == spoken(f"{before} {phrase.upper() if upper else phrase} {after}")


def test_phrases_of_the_card_are_found_in_themselves_and_are_not_empty():
    for card in knowledge().safety.values():
        assert all(len(folded(word)) > 4 for word in card.words)
        assert all(TEXT == spoken(word) for word in card.words)


@pytest.mark.parametrize(
    "case_file",
    [
        '[pain]\ncomplaint = "{}"',
        '[pain]\ndiagnoses = ["{}"]',
        '[pain]\nsites = ["{}"]',
        'wishes = ["sleep", "{}"]',
        '[[drugs]]\nname = "paracetamol"\nreason = "{}"',
        '[[drugs]]\nname = "paracetamol"\ntext = "{}"',
        '[[diagnoses]]\ntext = "{}"',
        '[[allergies]]\ntext = "duloxetine"\nreaction = "{}"',
        '[[allergies]]\ntext = "{}"',
    ],
)
def test_words_are_found_wherever_the_case_file_has_room_for_them(case, case_file):
    assert TEXT == case(case_file.format("thoughts of suicide"))[1]


def test_languages_that_are_not_covered_are_said_on_the_card():
    assert any("other languages" in note for note in knowledge().safety["suicide"].notes)


# --- the record


@pytest.mark.parametrize(
    ("case_file", "levels"),
    [
        ('[redflags]\nsuicidal-thoughts = "yes"', {"assess"}),
        ('[redflags]\nsuicide-plan-or-means = "yes"', {"high"}),
        ('[history]\nsuicide-attempt-history = "yes"', {"ask"}),
        ('[history]\nc-ssrs-4 = "yes"\nc-ssrs-2 = "yes"', {"high", "low"}),
        ('[history]\nc-ssrs-6-recent = "yes"', {"high"}),
        ('[redflags]\nsuicidal-thoughts = "no"\nsuicide-plan-or-means = "unknown"', set()),
        ('[[diagnoses]]\ntext = "as coded"\ncodes = ["icd-10-cm:R45.851"]', {"assess"}),
        ('[[diagnoses]]\ntext = "as coded"\ncodes = ["icd-10-cm:r45851"]', {"assess"}),
        ('[[diagnoses]]\ntext = "as coded"\ncodes = ["icd-10-cm:T14.91XA"]', {"assess"}),
        ('[[diagnoses]]\ntext = "as coded"\ncodes = ["icd-10:X64"]', {"ask"}),
        ('[[diagnoses]]\ntext = "as coded"\ncodes = ["icd-10-cm:R45.4"]', set()),
    ],
)
def test_what_the_record_says_raises_the_level_of_the_card(case, case_file, levels):
    assert levels == {alert.triage for alert in case(case_file)[0].alerts}


def test_every_signal_of_the_record_can_be_met():
    """A fact that no case file may hold, or a code without a system, would be a signal that never fires."""
    card, terms = knowledge().safety["suicide"], {row["id"] for name in ("facts", "facts_criteria") for row in knowledge().terms(name)}
    facts = {signal.removeprefix("fact ") for signal in card.signals if signal.startswith("fact ")}
    codes = {signal.removeprefix("code ") for signal in card.signals if signal.startswith("code ")}

    assert facts <= terms
    assert all(code.partition(":")[0] in ("icd-10", "icd-10-cm", "icd-10-gm") and code.partition(":")[2] for code in codes)


def measured(id_="", value=0.0, loinc="", date="2026-01-01"):
    return Measure(id_, value, "{score}", date, "", (("loinc", loinc),) if loinc else ())


@pytest.mark.parametrize(
    ("measures", "signals"),
    [
        ([measured(loinc="44260-8", value=2)], PRESENT),
        ([measured(loinc="44260-8", value=2), measured(loinc="44260-8", value=0, date="2026-02-01")], PRESENT),
        ([measured(loinc="44260-8", value=0)], set()),
        ([measured(loinc="93249-1", value=1)], {"screener-high"}),
        ([measured(loinc="93246-7", value=1)], {"screener-low", "screener-open"}),
        ([measured("score:phq-9.total", 26)], EMPTY),
        ([measured("score:phq-9.total", 2)], EMPTY),
        ([measured("score:phq-9.total", 2), measured(loinc="44260-8", value=0)], set()),
        ([measured("score:phq-2.total", 5)], SCORE),
        ([measured("score:phq-2.total", 1)], set()),
        ([measured("score:promis-depression-4a.t-score", 71.3)], SCORE),
        ([measured("score:no-such-form.total", 71.3), measured("score:phq-9.no-such-scale", 3)], set()),
        ([measured("egfr", 60, loinc="98979-8")], set()),
    ],
)
def test_items_and_totals_that_came_as_measured_values_are_signals_too(measures, signals):
    case = Case(Person("x"), body=BodyRecord(measures=tuple(measures)))

    assert signals == {alert.signal for alert in safety_alerts(case, knowledge())}


def test_a_total_is_not_asked_about_again_where_a_sheet_of_that_day_answers(case):
    score = '[[measures]]\nid = "score:phq-9.total"\nvalue = 3\nunit = "{{score}}"\ndate = "{}"\n'
    sheet = {"phq-9_2026-01-01.csv": "id,1,2,3,4,5,6,7,8,9\nx,0,0,0,0,0,0,0,0,0\n"}

    assert set() == case(score.format("2026-01-01"), sheet)[1]
    assert EMPTY == case(score.format("2026-02-01"), sheet)[1]


@pytest.mark.parametrize("value", [-1, 4, 0.4, 300])
def test_a_recorded_item_with_a_value_that_it_cannot_have_is_asked_about(case, value):
    def of(*measures):
        return {alert.signal for alert in safety_alerts(Case(Person("x"), body=BodyRecord(measures=measures)), knowledge())}

    assert EMPTY == of(measured(loinc="44260-8", value=value))
    assert EMPTY == of(measured(loinc="44260-8"), measured(loinc="44260-8", value=value, date="2026-02-01"))
    assert set() == of(measured(loinc="44260-8", date="2026-02-01"), measured(loinc="44260-8", value=value))
    text = f'[[measures]]\nid = ""\nvalue = {value}\ndate = "2026-01-01"\ncodes = ["loinc:44260-8"]\n'
    sheet = {"phq-9_2026-01-01.csv": "id,1,2,3,4,5,6,7,8,9\nx,0,0,0,0,0,0,0,0,0\n"}
    assert EMPTY == case(text)[1]
    assert set() == case(text, sheet)[1]


def test_an_item_is_known_by_any_of_its_codes():
    two = Measure("", 1, "{score}", "", "", (("loinc", "8867-4"), ("loinc", "44260-8")))

    assert PRESENT == {alert.signal for alert in safety_alerts(Case(Person("x"), body=BodyRecord(measures=(two,))), knowledge())}


# --- the day


def days(case_):
    return {alert.signal: alert.date for alert in safety_alerts(case_, knowledge())}


def test_an_alert_names_the_day_of_the_newest_answer_it_rests_on_not_of_the_newest_sheet(case):
    def sheet(last):
        return f"id,1,2,3,4,5,6,7,8,9\nx,0,0,0,0,0,0,0,0,{last}\n"

    files = {f"phq-9_2026-0{n}-01.csv": sheet(last) for n, last in ((1, 1), (2, 2), (3, 0))}
    alerts = case("", files)[0].alerts

    assert [(alert.signal, alert.date) for alert in alerts] == [("item-present", "2026-02-01")]


def test_the_day_of_recorded_values_facts_and_codes():
    positive, zero = measured(loinc="44260-8", value=2), measured(loinc="44260-8", value=0, date="2026-02-01")
    assert days(Case(Person("x"), body=BodyRecord(measures=(zero, positive)))) == {"item-present": "2026-01-01"}
    assert days(Case(Person("x"), body=BodyRecord(measures=(measured("score:phq-9.total", 3),)))) == {"item-unanswered": "2026-01-01"}
    fact = Fact("suicidal-thoughts", "yes", "2026-03-04")
    coded = Diagnosis("as coded", (("icd-10-cm", "R45.851"),), since="2025")
    found = days(Case(Person("x"), PainHistory("kill myself"), body=BodyRecord(facts=(fact,), diagnoses=(coded,))))
    assert found == {"fact suicidal-thoughts": "2026-03-04", "code icd-10-cm:R45.851": "2025", "text": ""}


# --- sheets on which nothing is answered


BARE = "id,1,2,3,4,5,6,7,8,9\nx,,,,,,,,,\n"


def test_a_bare_sheet_asks_and_takes_neither_the_score_nor_the_red_flag_back(case):
    files = {"phq-9_2026-01-01.csv": "id,1,2,3,4,5,6,7,8,9\nx,1,1,1,1,1,1,1,1,2\n", "phq-9_2026-05-01.csv": BARE}
    result, signals = case("", files)

    assert {"item-present", "item-unanswered"} == signals
    assert {"2026-01-01"} == {view.date for view in result.scores}
    assert "present" == next(flag.state for flag in result.red_flags if flag.id == "suicide")


def test_a_bare_sheet_alone_is_a_score_that_nobody_has(case):
    result, signals = case("", {"phq-9_2026-05-01.csv": BARE})

    assert EMPTY == signals
    assert {"not_scored"} == {view.status for view in result.scores}


# --- the card


def test_words_in_the_record_ask_for_the_note_to_be_read_and_other_signals_keep_the_words_of_their_level(case):
    card = knowledge().safety["suicide"]
    (alert,) = case('[history]\nsuicide-words-in-record = "yes"')[0].alerts

    assert alert.triage == "assess"
    assert "Read the note" in alert.action
    assert card.action("item-present") == card.level("item-present").action
    assert set(card.actions) <= set(card.signals)


def test_the_fact_of_words_is_a_signal_of_its_own_card_and_a_known_fact():
    facts = {row["id"] for row in knowledge().terms("facts")}
    for card in knowledge().safety.values():
        assert card.words_fact in facts
        assert f"fact {card.words_fact}" in card.signals


def test_an_action_for_a_signal_that_is_not_on_the_card_is_refused(tmp_path):
    text = knowledge().files("safety")["suicide"].read_text(encoding="utf-8")
    (tmp_path / "suicide.toml").write_text(text.replace('[actions]\n"fact suicide-words', '[actions]\n"fact other-words'), encoding="utf-8")

    with pytest.raises(KnowledgeError, match="an action belongs to a signal"):
        read_safety(tmp_path / "suicide.toml")
