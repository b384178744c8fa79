"""The patient's page: help comes first, nothing of an answer is printed, signs fit the person."""

import re
from dataclasses import replace

import invented
import pytest
from invented_patient import ALERT, DE, EN, LANGUAGES, flag, page, person, plan, step, view
from pages import words

from painloom.errors import KnowledgeError
from painloom.report.patient import render_patient
from painloom.report.patient_layout import read_patient_layout


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_alert_leads_the_page_with_help_and_prints_nothing_of_the_answer(language):
    one = person(alerts=(ALERT,), plan=plan(step()))
    one = replace(one, case=replace(one.case, wishes=("an end to all this",)))
    shown = render_patient(one, wording=language)
    text, phrases = words(shown), EN if language == "en" else DE

    assert shown.index('class="lead hard"') < shown.index('<section class="part"')
    for part in ("hard_1", "hard_2", "hard_3", "hard_4", "hard_5"):
        assert phrases[f"lead.{part}"] in text
    assert phrases["plan.held"] in text
    for silent in ("an end to all this", ALERT.source, ALERT.signal, ALERT.action, ALERT.owner, "Drug M", "suicide", "Suizid"):
        assert silent.casefold() not in text.casefold()


def test_a_raised_flag_of_that_kind_leads_the_page_without_any_alert():
    one = person(red_flags=(flag("suicide", "present"),))
    shown = render_patient(replace(one, case=replace(one.case, wishes=("an end to all this",))))

    assert 'class="lead hard"' in shown
    assert "Label of" not in words(shown)
    assert "end to all this" not in words(shown)
    assert EN["lead.hard_5"] not in words(shown)


def test_an_alert_of_another_kind_asks_for_a_call_and_says_no_more():
    text = words(page(alerts=(replace(ALERT, code="some-other"),)))

    assert EN["lead.other"] in text
    assert EN["lead.hard_1"] not in text


def test_without_a_signal_no_box_leads_but_the_way_to_help_stands_on_every_page():
    shown = page()

    assert 'class="lead' not in shown
    assert EN["seek.hard"] in words(shown)


def test_raised_flags_come_with_their_limit_the_soonest_first():
    text = words(
        page(
            red_flags=(flag("spinal-cancer", "present", "days"), flag("cauda-equina", "present"), flag("unheard-of", "present", "some day"))
        )
    )

    first, last = text.index(EN["raised.cauda-equina"]), text.index(EN["raised.spinal-cancer"])
    assert first < text.index(EN["within.at once"]) < last < text.index(EN["within.days"])
    assert first < text.index(EN["lead.check"]) < last, "a limit that is not known counts as the soonest"


def test_flags_that_are_absent_or_unasked_raise_nothing():
    assert page(red_flags=(flag("aortic", "not-asked"), flag("infection", "not-present"))) == page()


def test_a_help_line_and_the_clinic_are_printed_as_the_clinic_wrote_them(tmp_path):
    own = tmp_path / "patient.toml"
    own.write_text(
        'help_first = ["suicide"]\n[clinic]\nname = "Clinic <b>X</b>"\nphone = "000 11"\nhelp_line = "Line 22"\n', encoding="utf-8"
    )
    shown = page(layout=read_patient_layout(own), alerts=(ALERT,))

    assert "Clinic &lt;b&gt;X&lt;/b&gt; · 000 11" in shown
    assert "Line 22" in words(shown)
    assert EN["seek.blank"] not in words(shown)


def test_no_telephone_number_is_invented():
    assert not re.search(r"\b(112|911|999|988|0800|116)\b", words(page(alerts=(ALERT,))))
    assert not any(re.search(r"\d{3}", text) for key, text in (*EN.items(), *DE.items()) if key.startswith(("lead.", "within.", "seek.")))


@pytest.mark.parametrize(
    "text", ["not toml [", 'spoken = "x"', "names = -1", "[clinic]\nphone = 5", '[fits.a]\nhelp = "never"', "fits = 3", "names = true"]
)
def test_a_layout_that_cannot_be_read_is_refused_in_one_line(tmp_path, text):
    own = tmp_path / "patient.toml"
    own.write_text(text, encoding="utf-8")

    with pytest.raises(KnowledgeError, match=r"^layouts/patient\.toml: [^\n]+$"):
        read_patient_layout(own)


def test_signs_fit_the_kind_of_pain():
    back, head = words(page(outlook=view("low-back"))), words(page(outlook=view("migraine")))

    assert "numb skin where you sit" in back
    assert "numb skin where you sit" not in head
    assert "worst within a minute" in head
    assert "worst within a minute" not in back


def test_signs_of_age_wait_for_the_age_and_an_unknown_age_hears_them():
    def told(age):
        one = person(outlook=view("migraine"))
        return "double sight" in words(render_patient(replace(one, case=replace(one.case, person=replace(one.case.person, age_years=age)))))

    assert [told(age) for age in (49, 50, None)] == [False, True, True]


def test_signs_of_a_drug_are_told_to_who_takes_it():
    drug = replace(invented.mara().drugs[0], current=True, drug_class="opioid")
    taker, sober = person(drugs=(drug,)), person(drugs=(replace(drug, drug_class="ppi"),))

    assert EN["sign.opioid-danger"] in words(render_patient(taker))
    assert EN["sign.opioid-danger"] not in words(render_patient(sober))


def test_a_watched_flag_is_told_whatever_the_kind_of_pain():
    assert "yellow skin" in words(page(outlook=view("low-back"), red_flags=(flag("visceral", "watch"),)))


def test_without_a_known_kind_of_pain_the_general_signs_are_told():
    assert "numb skin where you sit" in words(page())
