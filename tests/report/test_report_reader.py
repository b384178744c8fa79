"""What readers of the two pages stumbled over: each stays mended."""

import re
from dataclasses import replace
from pathlib import Path

import invented
import invented_plan
import invented_streams as people
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_patient import DE, EN, EXAMPLES, example, flag, found, mechanism, page, person, plan, step, view
from pages import front, part, words

from painloom.model.genecall import CALLED, NOT_CALLED
from painloom.report import render_html
from painloom.report.fits import flags_that_fit
from painloom.report.patient_layout import read_patient_layout
from painloom.report.plots.counts import people as of_100
from painloom.report.plots.icons import crowds_of
from painloom.report.text import render_text
from painloom.report.wording import capital, read_wording

PEOPLE = {folder.name: folder for folder in EXAMPLES}
NO_TEST = "No further test would change the plan."


def at(*sites, age=None, **more):
    """A person with pain at `sites`."""
    one = person(**more)
    return replace(one, case=replace(one.case, pain=replace(one.case.pain, sites=sites), person=replace(one.case.person, age_years=age)))


def fitting(one):
    return flags_that_fit(one, read_patient_layout().fits, read_patient_layout().elsewhere)


def alerts(html):
    return words(html[html.index('id="alerts"') : html.index('id="first"')])


# paths and names of files


@pytest.mark.parametrize(
    "text",
    [
        "brain/ with regional series",
        "answers/<instrument>_<date>.csv",
        "outside_calls.tsv from a laboratory",
        "case.toml",
        "rTMS of the left side",
    ],
)
def test_a_path_the_name_of_a_file_and_a_word_like_rtms_keep_their_letters(text):
    assert text == capital(text)


@given(st.text(alphabet=st.characters(codec="ascii", categories=("Ll",)), min_size=1))
def test_any_other_word_gets_its_capital(text):
    assert text[0].upper() + text[1:] == capital(text)


def test_page_one_never_writes_a_path_with_a_capital():
    text = words(front(render_html(example(PEOPLE["nils"]))))

    assert "To fill: brain/ with" in text
    assert "answers/<instrument>" in text
    assert not re.search(r"\b(Brain|Answers)/", text)


# red flags and dangers above the plan


def test_red_flags_that_do_not_belong_to_the_place_of_pain_are_counted_not_named():
    shown = alerts(render_html(example(PEOPLE["edda"])))

    assert "Suicide" in shown
    assert "others" in shown
    for other in ("Aorta", "Giant cell", "bladder", "limb"):
        assert other not in shown


def test_a_knee_has_no_flag_of_the_back_and_a_young_leg_none_of_the_aorta():
    assert not fitting(at("right knee", age=63)) & {"aortic", "giant-cell-arteritis", "cauda-equina", "visceral"}
    assert "aortic" not in fitting(at("left leg", "low back", age=34))
    assert {"aortic", "cauda-equina"} <= fitting(at("low back", age=70))
    assert {"aortic", "cauda-equina"} <= fitting(at("unterer Rücken"))


def test_a_place_in_words_that_nobody_knows_rules_nothing_out():
    assert {"cauda-equina", "aortic"} <= fitting(at("espalda"))


def test_a_part_of_a_word_is_no_place():
    assert "limb" not in fitting(at("pharmacy", "collegial", "right knee"))


def test_an_irritable_bowel_beside_other_pain_brings_no_sign_of_an_inner_organ():
    alone, beside = view("ibs"), view("ibs")
    beside = replace(beside, outlooks=(*beside.outlooks, *view("fibromyalgia").outlooks))

    assert "visceral" in fitting(person(outlook=alone))
    assert "visceral" not in fitting(person(outlook=beside))
    assert "visceral" in fitting(at("lower abdomen", outlook=beside))


def test_dangers_that_the_plan_deals_with_are_one_line_with_its_steps():
    shown = alerts(render_html(example(PEOPLE["walter"])))

    assert re.search(r"Act: \d dangers in the drug list \(1 severe and \d major\): steps? \d", shown)
    assert "Severe:" not in shown
    assert "Major:" not in shown


def test_a_danger_without_a_step_is_told_in_full():
    one = replace(invented_plan.planned(people.ilse()), alerts=())

    assert "Contraindicated: Methadone with a long QT" in alerts(render_html(one))


def test_a_plan_that_is_held_back_hides_no_danger():
    shown = alerts(render_html(invented_plan.held()))

    assert "Contraindicated: Methadone with a long QT" in shown
    assert "of the plan deal" not in shown


def test_a_red_flag_with_a_step_names_the_step_and_says_the_act_once():
    html = front(render_html(example(PEOPLE["walter"])))

    assert "At once: step 1." in alerts(html)
    assert words(html).count("Slow breathing or deep sedation") == 1


# genes of a laboratory


def test_one_result_of_a_laboratory_is_said_as_one_result():
    one = example(PEOPLE["lena"])
    text = render_text(one)

    assert "The laboratory reported one gene (CYP2D6); the others were not looked at" in words(render_html(one))
    assert "1 genes" not in words(render_html(one)) + text
    assert (
        sum(line.startswith("[?]") and "not called:" in line for line in text.partition("\nGENES")[2].partition("\n\n")[0].splitlines())
        <= 2
    )


def test_genes_that_nobody_looked_at_are_one_question_and_every_link_to_them_leads_somewhere():
    html = render_html(example(PEOPLE["lena"]))
    anchors, links = set(re.findall(r'id="([^"]+)"', html)), set(re.findall(r'href="#([^"]+)"', html))

    assert words(part(html, "unknown")).count("Genes not looked at") == 1
    assert links <= anchors


def test_a_gene_file_keeps_its_counts():
    calls = [call.status for call in invented.mara().calls if call.claim != "research"]
    said = f"{calls.count(CALLED)} genes called, {calls.count('ambiguous')} ambiguous, {calls.count(NOT_CALLED)} not called"

    assert said in words(render_html(invented.mara()))


# the same numbers on both pages


@given(st.floats(-1, 1))
def test_a_chance_is_rounded_in_one_way_everywhere(share):
    assert of_100(share) == round(100 * share) == int(f"{100 * share:.0f}")


@pytest.mark.parametrize("name", PEOPLE)
def test_what_is_added_is_the_same_number_on_both_pages(name):
    one = example(PEOPLE[name])
    for outlook in one.outlook.outlooks if one.outlook is not None else ():
        if outlook.benefit is None or outlook.control is None or outlook.response is None or outlook.status != "predicted":
            continue
        kinds = {kind: count for kind, count, _ in crowds_of(outlook)[0].kinds}
        assert round(100 * outlook.benefit.value) == kinds.get("because", 0) - kinds.get("lost", 0), outlook.treatment
        assert sum(kinds.values()) == 100


# the patient's page


def test_good_news_about_tests_is_told_only_where_no_question_is_open():
    quiet = found(mechanism("nociceptive", 0.8), no_test=NO_TEST)
    done = {"streams": tuple((name, None) for name, _ in person().streams), "formulation": quiet}

    assert EN["unknown.test_done"] in words(page(**done))
    for open_one in (
        {"red_flags": (flag("infection", "not-asked"),)},
        {"plan": plan(step("ask", treatment="", label="What is not recorded"))},
        {"streams": person().streams},
    ):
        text = words(page(**(done | open_one)))
        assert EN["unknown.test_done"] not in text
        assert EN["unknown.ask_first"] in text
    assert EN["unknown.test_done"] not in words(page(**(done | {"formulation": replace(quiet, no_test="Another sentence.")})))


@pytest.mark.parametrize("name", PEOPLE)
def test_no_example_is_told_that_all_is_known(name):
    from painloom.report.patient import render_patient

    assert EN["unknown.test_done"] not in words(render_patient(example(PEOPLE[name])))


@pytest.mark.parametrize(("language", "phrases"), [("en", EN), ("de", DE)])
def test_a_flag_that_is_an_emergency_on_a_condition_asks_for_a_call_today(language, phrases):
    text = words(page(language, red_flags=(flag("opioid-danger", "present", "at once"),)))

    assert phrases["limit.opioid-danger"] in text
    assert phrases["within.at once"] not in text


def test_a_mechanism_of_which_nothing_was_found_cannot_be_told_yet():
    bare = replace(mechanism("nociplastic", 0.4), ledger=(), capped="")
    text = words(page(formulation=found(mechanism("nociceptive", 0.8), bare)))

    assert EN["found.cannot_tell"].format(names=EN["mechanism.nociplastic.name"]) in text
    assert "Of 100 people with findings like yours, this plays a part in about 40" not in text
    assert EN["found.none"] in words(page(formulation=found(bare)))


def test_the_report_says_so_where_nothing_was_found_of_a_mechanism():
    assert "nothing found yet" in words(front(render_html(example(PEOPLE["nils"]))))


def test_nobody_with_nothing_recorded_reads_that_nothing_is_refused():
    text = words(front(render_html(example(PEOPLE["nils"]))))

    assert "Nothing in question is refused" not in text


# words instead of codes, and the second language


def test_every_role_and_slot_of_the_examples_has_a_word_in_both_languages():
    roles = {s.role for folder in EXAMPLES for s in example(folder).plan.steps}
    slots = {o.slot for folder in EXAMPLES for o in example(folder).plan.options}
    kinds = {r.kind for folder in EXAMPLES for r in example(folder).plan.refusals}
    for language in ("en", "de"):
        phrases = read_wording(language).phrases
        assert [r for r in roles if f"plan.role.{r}" not in phrases] == []
        assert [s for s in slots if f"plan.slot.{s}" not in phrases] == []
        assert [k for k in kinds if f"refusal.kind.{k}" not in phrases and f"safetykind.{k}" not in phrases] == []


def test_a_gate_is_called_a_contraindication():
    html = render_html(example(PEOPLE["walter"]))

    assert "not understood or refused" not in words(front(html)) + words(part(html, "refusals"))
    assert "Amitriptyline, nortriptyline (contraindicated)" in words(front(html))


def test_treatments_refused_for_one_reason_stand_in_one_row_and_none_is_lost():
    one = example(PEOPLE["walter"])
    section = words(part(render_html(one), "refusals"))
    labels = {o.treatment: o.label for o in one.outlook.outlooks}

    assert section.count("bleeding of the gut is three to six times as frequent") == 1
    assert [labels[r.treatment] for r in one.plan.refusals if labels[r.treatment].lower() not in section.lower()] == []


def test_names_in_a_row_are_joined_by_the_word_of_the_card():
    german = words(render_html(example(PEOPLE["nils"]), wording="de"))

    assert "Genom, Gehirn, Psyche und Körper nicht gemessen" in german
    assert read_wording("de").listing(["a", "b"]) == "a und b"
    assert read_wording("de").listing(["a", "b", "c"], "criteria.or") == "a, b oder c"


def test_texts_of_cards_say_their_language_on_a_german_page_and_nowhere_else():
    german, english = (render_html(example(PEOPLE["lena"]), wording=language) for language in ("de", "en"))
    plan_of = part(german, "plan")

    assert '<b lang="en">Exercise</b>' in front(german)
    assert 'id="why-title" lang="en"' in german
    assert plan_of.count('lang="en"') >= 3 * len(example(PEOPLE["lena"]).plan.steps) / 2
    assert english.count('lang="en"') == 1  # of the page itself


def test_reasons_of_refusals_keep_the_capital_of_german_nouns():
    assert "(Gene)" in words(front(render_html(example(PEOPLE["lena"]), wording="de")))


# intended use


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("build", [invented.mara, invented.nobody, invented_plan.held])
def test_every_report_ends_with_its_intended_use_and_its_foot_leads_there(build, language):
    html = render_html(build(), wording=language)
    foot = html[html.index('<footer class="end">') :]

    assert 'href="#intended"' in foot
    assert "docs/intended-use.md" in foot
    assert html.count('id="intended"') == 1
    assert "docs/intended-use.md" in words(part(html, "intended"))
    assert (Path(__file__).parents[2] / "docs" / "intended-use.md").exists()


# one sheet


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", PEOPLE)
def test_page_one_of_every_example_is_one_sheet(browser, tmp_path, name, language):
    (tmp_path / "r.html").write_text(render_html(example(PEOPLE[name]), wording=language), encoding="utf-8")
    sheet = browser.new_page()
    sheet.goto((tmp_path / "r.html").as_uri())
    sheet.evaluate("document.querySelectorAll('.part, .end').forEach(p => p.remove())")
    pages = sheet.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
    sheet.close()

    assert pages == 1
