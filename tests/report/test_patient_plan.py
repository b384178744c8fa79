"""The patient's page: what was found, the plan, its numbers and its questions are those of the assessment."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_formulation import BAND
from invented_outlook import predicted
from invented_patient import EN, EXAMPLES, driver, example, found, mechanism, page, person, plan, step, taper
from pages import words

from painloom.model.outlook import Band, Outlook, OutlookView, Refusal
from painloom.model.plan import Check, Dose, Option, Reason
from painloom.report.patient import render_patient
from painloom.report.patient_layout import read_patient_layout
from painloom.report.patient_numbers import numbers_of
from painloom.report.patient_words import speech


def test_causes_stand_by_chance_with_their_range_and_the_others_are_named():
    text = words(
        page(
            formulation=found(
                mechanism("nociceptive", 0.4), mechanism("nociplastic", 0.9, low=0.7, high=0.95), mechanism("neuropathic-central", 0.05)
            )
        )
    )

    assert text.index("An alarm that is set too high very likely") < text.index("Pain from the body may be")
    assert "plays a part in about 90. It may be from 70 to 95." in text
    assert "Less likely for you: nerve pain from the brain or spinal cord." in text


def test_a_named_state_that_is_not_likely_is_not_mentioned():
    text = words(page(formulation=found(mechanism("nociceptive", 0.8), mechanism("crps", 0.3, is_state=True))))

    assert "CRPS" not in text


def test_where_nothing_stands_out_the_page_says_so():
    assert EN["found.open"] in words(page(formulation=found(mechanism("nociceptive", 0.2))))


def test_a_mechanism_of_a_clinic_is_shown_by_its_card_and_in_german_as_english():
    shown = page("de", formulation=found(mechanism("own-thing", 0.8)))

    assert '<span lang="en">Label own-thing</span>' in shown
    assert '<span lang="en">Plain own-thing.</span>' in shown


def test_a_driver_that_a_gene_or_a_drug_makes_is_told_by_its_kind():
    made = (replace(driver("gene-x", label="Drug X"), kind="genome"), replace(driver("effect-y", label="Drug Y"), kind="drug"))
    text = words(page(formulation=found(drivers=made)))

    assert EN["keeps.genome"].format(name="Drug X") in text
    assert EN["keeps.drug"].format(name="Drug Y") in text


def test_two_drivers_that_say_the_same_are_said_once_and_doubt_is_said():
    text = words(page(formulation=found(drivers=(driver("insomnia"), driver("sleep-disturbance"), driver("stress", 0.55)))))

    assert text.count(EN["driver.insomnia.plain"]) == 1
    assert "44 of 50" not in text
    assert f"{EN['keeps.maybe']} {EN['driver.stress.plain']}" in text


@pytest.mark.parametrize("id_", sorted(read_patient_layout().spoken))
def test_what_is_better_said_is_not_printed_not_even_as_an_aim(id_):
    aim = Reason("mind", "aims at something", "score:x", f"drivers/{id_}")
    text = words(page(formulation=found(drivers=(driver(id_),)), plan=plan(step(reasons=(aim,)))))

    assert EN["keeps.spoken"] in text
    assert EN[f"driver.{id_}.plain"] not in text
    assert EN["step.aim"].split("{")[0] not in text


@pytest.mark.parametrize(("card", "slow"), [(taper(), True), (None, True), (taper(must=False), False)])
def test_stopping_is_slow_unless_a_card_says_that_it_need_not_be(card, slow):
    text = words(page(plan=plan(step("stop", taper=card))))

    assert (EN["step.stop_text"] in text) is slow
    assert ("Come off Drug A slowly" in text) is slow
    assert (EN["step.stop_now_text"] in text) is not slow


def test_a_pace_or_a_dose_that_is_to_verify_is_not_printed():
    def told(state):
        dose = Dose("mg", 30.0, 30.0, 60.0, 7.0, "Text for clinicians.", (), state, ())
        return words(page(plan=plan(step("stop", taper=taper(state=state)), step(dose=dose))))

    assert "about 10 weeks" in told("verified")
    assert "often with 30 mg a day" in told("verified")
    assert "about 10 weeks" not in told("to-verify")
    assert "30 mg" not in told("to-verify")


def test_reasons_of_a_change_are_told_in_plain_words():
    reasons = (
        Reason("genome", "CYPX: poor metabolizer", "genome:CYPX"),
        Reason("body", "A serious text", "safety:qt"),
        Reason("body", "A serious text", "refusal:unheard-of"),
    )
    text = words(page(plan=plan(step("change", reasons=reasons))))

    assert f"Why: {EN['because.genome']} Also: {EN['because.qt']}" in text
    assert "CYPX" not in text
    assert "serious" not in text


def test_what_would_help_as_well_is_named_and_counted():
    text = words(page(plan=plan(step(alternatives=("Drug B",)), step(alternatives=tuple("PQRST")))))

    assert "This may help just as well: Drug B." in text
    assert "P, Q, R, and 2 more." in text


def test_when_it_is_noticed_comes_from_the_last_check():
    checks = (Check(2.0, "x", "y", "z", ()), Check(8.0, "x", "y", "z", ()))

    assert "after about 8 weeks" in words(page(plan=plan(step(checks=checks))))
    assert EN["step.notice_open"] in words(page(plan=plan(step())))


def test_steps_come_in_order_of_time_and_drugs_that_stay_in_one_sentence():
    steps = (
        step("keep", label="Drug K"),
        step("keep", label="Drug L"),
        step(label="Late", when="later"),
        step(label="Soon", when="next"),
        step(label="Now"),
    )
    text = words(page(plan=plan(*steps)))

    assert "Go on with Drug K and Drug L." in text
    assert text.index("Try Now") < text.index("Try Soon") < text.index("Try Late")


def test_signals_and_tests_are_no_steps_of_the_list():
    refer = step("refer", "", "A triage", reasons=(Reason("mind", "item-present", "alert:suicide"),))
    test = step("ask", "", "A test of clinicians", reasons=(Reason("evidence", "x", "test:isi"),))
    text = words(page(plan=plan(refer, test)))

    assert "triage" not in text
    assert EN["plan.no_step"] in text
    assert EN["unknown.test"].format(name=EN["test.isi"]) in text


def test_something_to_have_at_hand_is_told_in_its_own_words():
    beside = step("begin", "", "Rule label", role="safety", modality="", reasons=(Reason("body", "A message", "safety:naloxone"),))
    other = step("begin", "", "Rule label", role="safety", modality="", reasons=(Reason("body", "A message", "safety:unheard-of"),))

    assert EN["beside.naloxone.text"] in words(page(plan=plan(beside)))
    assert "Also good to have: Rule label" in words(page(plan=plan(other)))


def test_without_a_plan_a_formulation_or_an_outlook_the_page_says_what_is_missing():
    text = words(page())

    for key in ("found.none", "plan.none", "wish.none", "unknown.genome", "unknown.mind", "unknown.body", "questions.no_plan"):
        assert EN[key] in text
    assert EN["unknown.test_done"] not in text


def test_no_further_test_is_good_news_only_where_the_person_was_asked_and_examined():
    whole = tuple((name, None) for name, _ in person().streams)
    quiet = found(mechanism("nociceptive", 0.8), no_test="No further test would change the plan.")

    assert EN["unknown.test_done"] in words(page(streams=whole, formulation=quiet))
    assert EN["unknown.test_done"] not in words(page(formulation=quiet))


def test_what_is_refused_is_told_once_by_reason_and_a_long_list_is_counted():
    refusals = [Refusal(f"drug-{n}", "A text for clinicians", "major", "qt", "s") for n in range(7)]
    refusals += [
        Refusal("drug-1", "again", "major", "organ-dose", "s"),
        Refusal("drug-g", "genes", "major", "genome", "s"),
        Refusal("", "nobody", "major", "qt", "s"),
    ]
    text = words(page(plan=plan(step(), refusals=tuple(refusals))))

    assert f"Drug-0, drug-1, drug-2, drug-3, drug-4 and 2 more: {EN['because.qt']}" in text
    assert f"Drug-g: {EN['because.genome']}" in text
    assert EN["because.organ-dose"] not in text


def test_refusals_of_the_outlook_are_told_where_there_is_no_plan():
    refused = Outlook("drug-r", "Drug R", "drug", "low-back", "Back", "refused", refusals=(Refusal("drug-r", "why", "major", "qt", "s"),))

    assert f"Drug R: {EN['because.qt']}" in words(page(outlook=OutlookView((refused,), ())))


def test_questions_follow_the_plan():
    drug, walk = step(label="Drug Q"), step("begin", "walk", "Walking", modality="physical", alternatives=("Swimming",))
    stop = step("stop", label="Drug S", taper=taper())

    def asked(*steps):
        return words(page(plan=plan(*steps))).split(EN["questions.lead"])[1].split(EN["questions.own"])[0]

    assert "side effects of Drug Q" in asked(drug)
    assert "How do I start with Walking?" in asked(walk)
    assert "Would Swimming fit my life better?" in asked(walk)
    assert "How slowly should Drug S go down" in asked(stop)
    assert "side effects" not in asked(walk)
    assert asked(drug).count("?") <= read_patient_layout().questions


def test_the_diary_reaches_to_the_first_look():
    def weeks(*at):
        checks = tuple(Check(float(w), "x", "y", "z", ()) for w in at)
        return page(plan=plan(step(), follow_up=checks)).count('<th scope="row">')

    assert [weeks(), weeks(2), weeks(6), weeks(52)] == [4, 4, 6, 6]
    assert "after 4 weeks, 12 weeks and a year" in words(
        page(plan=plan(step(), follow_up=tuple(Check(w, "x", "y", "z", ()) for w in (52.0, 4.0, 12.0))))
    )


def band(at, reach=0.05, *, least=0.0):
    return Band(at, max(least, at - reach), min(1.0, at + reach))


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(-1, 1))
def test_the_picture_always_shows_a_hundred_people_and_the_sentence_counts_the_same(control, response, harm):
    one = predicted(
        control=band(control), response=band(response), benefit=band(response - control, least=-1.0), harm=band(harm, least=-1.0)
    )
    told = numbers_of(one, speech("en"), "a", is_drug=True)
    drawn = [[int(re.search(r"-?\d+", str(line.text))[0]) for line in hundred.key] for hundred in told.hundreds]
    anyway = int(re.search(r"about (\d+)", str(told.sentences[0]))[1])
    more = re.search(r"About (\d+) (more|fewer)", str(told.sentences[1]))
    change = 0 if more is None else int(more[1]) * (1 if more[2] == "more" else -1)
    counts = {re.sub(r"[: ]+-?\d+$", "", str(line.text)): int(str(line.text).rsplit(" ", 1)[1]) for line in told.hundreds[0].key}

    assert [sum(one) for one in drawn] == [100, 100]
    better, because, lost = (counts.get(key, 0) for key in ("better anyway", "better because of it", "fewer better with it"))
    assert (better + lost, because - lost) == (anyway, change)
    assert all(not re.search(r"-\d", str(sentence)) for sentence in told.sentences)


def test_the_example_of_the_design_reads_as_it_should():
    one = predicted(control=Band(0.36, 0.3, 0.4), response=Band(0.5, 0.4, 0.6), benefit=Band(0.14, 0.08, 0.2), harm=Band(0.05, 0.01, 0.1))
    text = words(page(outlook=OutlookView((one,), ()), plan=plan(step())))

    assert "about 36 feel clearly better anyway. About 14 more feel clearly better with it. It may be from 8 to 20 more." in text
    assert "About 5 more stop because of side effects. That may be from 1 to 10." in text


def test_a_band_that_crosses_zero_is_told_as_fewer_and_more():
    one = predicted(response=Band(0.5, 0.3, 0.7), benefit=Band(0.02, -0.1, 0.28), harm=Band(-0.02, -0.05, -0.01))
    text = " ".join(map(str, numbers_of(one, speech("en"), "a", is_drug=True).sentences))

    assert "from 10 fewer to 28 more" in text
    assert "About 2 fewer stop because of side effects. That may be from 5 to 1 fewer." in text


def test_numbers_are_those_of_the_kind_of_pain_for_which_the_option_was_weighed():
    other = replace(predicted(control=Band(0.1, 0.1, 0.1)), condition="migraine")
    option = Option("drug-a", "Drug A", "drug", BAND, False, (), is_chosen=True, condition="low-back")
    text = words(page(outlook=OutlookView((other, predicted()), ()), plan=plan(step(), options=(option,))))

    assert "about 48 feel clearly better anyway" in text


def test_doubt_about_numbers_is_said():
    shaky = predicted(grade="very-low", is_borrowed=True, harm=None)
    text = words(page(outlook=OutlookView((shaky,), ()), plan=plan(step())))

    for key in ("numbers.unsure", "numbers.borrowed", "numbers.stop_open"):
        assert EN[key] in text


def test_every_count_of_an_example_stands_in_its_assessment():
    for folder in EXAMPLES:
        one = example(folder)
        told = {int(n) for n in re.findall(r"about (\d+) feel clearly better anyway", words(render_patient(one)))}
        assert told <= {int(100 * o.control.value + 0.5) for o in one.outlook.outlooks if o.control}, folder.name
