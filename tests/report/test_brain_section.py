"""The brain section as words: what must be said, what must never be said, and that nobody can break out of it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import invented
import invented_brain
import pages
import pytest

from painloom.model.brain import BrainView
from painloom.model.brainfiles import BrainFile, BrainFiles
from painloom.model.target import TargetView
from painloom.report import render_html
from painloom.report.jsonout import to_json
from painloom.report.text import render_text

PEOPLE = ("rich", "sparse", "withheld", "rogue")


@pytest.fixture(scope="module")
def page():
    return {name: render_html(getattr(invented_brain, name)()) for name in PEOPLE}


def nulls(value, place=""):
    """The places of a document that hold nothing at all."""
    if value is None:
        yield place
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from nulls(item, f"{place}/{key}")
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from nulls(item, f"{place}/{n}")


def said(page, name):
    return pages.words(pages.part(page[name], "brain"))


@pytest.mark.parametrize("name", PEOPLE)
def test_every_brain_section_says_that_imaging_proves_nothing_about_pain(page, name):
    text = said(page, name)

    assert "Imaging can neither prove nor disprove that a person has pain" in text
    assert "never overruled" in text
    assert "until a clinician has confirmed it" in text


def test_a_person_without_brain_data_has_no_section_and_is_told_what_to_add(page):
    html = render_html(invented.mara())

    assert 'id="brain"' not in html
    assert "Brain not measured" in pages.words(html)


def test_gates_that_fail_come_before_any_score_with_both_numbers(page):
    text = said(page, "rich")

    assert "2 of 6 quality gates fail (rest_run-2)" in text
    assert text.index("Mean framewise displacement 0.41 mm; at most 0.3 mm is allowed.") < text.index("Percentile 72")


def test_a_withheld_score_shows_no_number_and_its_reason(page):
    text = said(page, "withheld")

    assert "Withheld: mean framewise displacement 0.41 mm is above 0.3 mm." in text
    assert "ercentile" not in text.split("Published models")[1].split("Connections")[0]
    assert "Raw score" not in text
    assert "normal" not in text.lower()


def test_the_percentile_comes_before_the_raw_score_and_names_its_cohort(page):
    text = said(page, "rich")
    lead = text.index("Percentile 72 among 37 people (harbour cohort)")

    assert lead < text.index("Raw score 0.4213 model units, not a pain score.")
    assert "The raw score moves with scanner and site" in text
    assert "A change below 0.86 may be noise." in text


def test_a_score_without_known_reliability_says_so():
    view = replace(invented_brain.brain(), markers=(invented_brain.marker("s", 1.0, 0.1, 200, sem=None, mdc=None),))
    text = pages.words(render_html(replace(invented_brain.rich(), brain=view)))

    assert "How far it moves from one scan to the next is not known." in text


def test_the_norm_prints_what_was_seen_and_what_chance_would_give(page):
    text = said(page, "rich")

    assert "3 of 20 regions lie beyond |z| 1.96; chance alone would give 1.0" in text
    assert "right amygdala, thickness -3.10" in text
    assert "withheld: no label in the file" in text


def test_nothing_that_could_be_compared_is_no_count_of_zero(page):
    text = said(page, "withheld")

    assert "No region could be compared with the norm" in text
    assert "0 of 0" not in text


def test_how_common_a_finding_is_stands_in_natural_frequencies(page):
    text = said(page, "rich")

    assert "Of 100 people aged 50 without pain about 80 show this." in text
    assert "Counted in 102 people." in text


def test_a_finding_rarer_than_one_in_a_hundred_is_not_called_none(page):
    assert "fewer than 1 shows this" in said(page, "rogue")


def test_an_urgent_finding_comes_first_on_page_one_and_shows_no_prevalence(page):
    part = pages.part(page["rich"], "brain")
    urgent = part.split('id="imaging-3"')[1].split("</article>")[0]

    assert "Red flag" in pages.words(pages.front(page["rich"]))
    assert "Imaging: Nerve bundle of the lower spine pressed (L4/5). Same day: surgical opinion" in pages.words(pages.front(page["rich"]))
    assert part.index('id="imaging-3"') < part.index('id="imaging-1"')
    assert "Same day: surgical opinion" in urgent
    assert "people aged" not in urgent


def test_prevalence_of_an_urgent_finding_is_hidden_even_where_it_is_known():
    urgent = replace(invented_brain.imaging()[0], urgent="Same day: act.")
    html = render_html(replace(invented_brain.sparse(), brain=BrainView(imaging=(urgent,))))

    assert "people aged 50" not in html


def test_bodies_that_disagree_stand_side_by_side_the_newest_first(page):
    card = pages.part(page["rich"], "brain").split('id="target-1"')[1].split("</article>")[0]
    text = pages.words(card)

    assert text.index("2025 weak, third line") < text.index("2020 Level A") < text.index("2018 low certainty to verify")


def test_a_refused_target_says_why_shows_no_protocol_and_is_on_page_one(page):
    card = pages.words(pages.part(page["rich"], "brain").split('id="target-5"')[1].split("</article>")[0])

    assert "refused" in card
    assert "cochlear implant in the case" in card
    assert "80 %" not in card
    assert "Motor cortex, direct current: An implant with electronics near the coil." in pages.words(pages.front(page["rich"]))


def test_refusals_for_one_reason_are_one_line_on_page_one(page):
    front = pages.words(pages.front(page["withheld"]))

    assert front.count("Stimulation of ") == 1
    assert front.count("An implant with electronics near the coil") == 1
    assert "and 2 more" in front


def test_an_open_target_without_a_reason_is_not_called_safe(page):
    card = pages.words(pages.part(page["rich"], "brain").split('id="target-1"')[1].split("</article>")[0])

    assert "that is no clearance" in card


def test_no_target_that_may_be_drawn_is_said_instead_of_an_empty_map(page):
    part = pages.part(page["withheld"], "brain")

    assert 'class="glass"' not in part
    assert "No target may be drawn" in pages.words(part)


def test_what_is_missing_to_choose_a_target_is_among_the_open_questions(page):
    unknown = pages.words(pages.part(page["rich"], "unknown"))

    assert "side of the worst pain not given" in unknown
    assert "1 brain score withheld: mean framewise displacement 0.41 mm is above 0.3 mm" in unknown
    assert "(Pain sensitivity at rest, rest_run-2)" in unknown


def test_the_same_protocol_is_not_printed_twice(page):
    text = said(page, "rich")

    assert text.count("80 % of resting motor threshold") == 1
    assert "Protocol: as for target 1." in text


@pytest.mark.parametrize("name", PEOPLE)
def test_every_chart_has_a_title_and_a_description(page, name):
    charts = re.findall(r'<svg class="(?:profile|zstrip|motion|hundred|glass|slice)".*?</svg>', pages.part(page[name], "brain"), re.S)

    assert charts
    assert all(re.search(r"<title [^>]+>[^<]+</title><desc [^>]+>[^<]+</desc>", chart) for chart in charts)


@pytest.mark.parametrize("name", PEOPLE)
def test_ids_are_unique_and_links_inside_lead_somewhere(page, name):
    ids = re.findall(r' id="([^"]+)"', page[name])
    inside = set(re.findall(r'href="#([^"]+)"', page[name]))

    assert len(ids) == len(set(ids))
    assert inside - set(ids) == set()


def test_hostile_texts_stay_texts(page):
    html = page["rogue"]

    assert "<script" not in html
    assert "<img" not in html
    assert html.count("</style>") == 1


def test_pictures_are_part_of_the_page_and_nothing_is_fetched(page):
    sources = re.findall(r'<image href="([^"]{0,30})', page["rich"])

    assert len(sources) == 3
    assert all(source.startswith("data:image/png;base64,") for source in sources)


@pytest.mark.parametrize("name", PEOPLE)
def test_the_same_input_gives_the_same_bytes(page, name):
    assert render_html(getattr(invented_brain, name)()) == page[name]


def test_json_holds_the_stream_every_absence_with_its_reason_and_no_picture_bytes():
    document = json.loads(to_json(invented_brain.rich()))
    markers, targets = document["brain"]["markers"], document["targets"]["targets"]

    assert markers[0]["place"]["percentile"] == 72.4
    assert markers[1]["score"] == {"absent": "not-measured", "reason": "withheld, the reason stands beside it"}
    assert markers[0]["card"] == {"id": "markers/rest", "release": "2026-11"}
    assert targets[0]["xyz_mm"] == [-37.0, -21.0, 58.0]
    assert targets[5]["xyz_mm"]["reason"] == "a referral option without coordinates"
    assert set(document["brain"]["pictures"][0]["png"]) == {"sha256", "bytes"}
    assert list(nulls({"brain": document["brain"], "targets": document["targets"]})) == []


def test_json_names_the_files_of_the_brain_folder_by_their_place_in_it():
    root = Path("somewhere/deep/brain")
    files = BrainFiles(root, (BrainFile(root / "x_T1w.nii.gz", "x_T1w.nii.gz", (), "T1w", ".nii.gz"),), (("fMRIPrep", "23.1"),))
    case = replace(invented.mara().case, brain=files)
    text = to_json(replace(invented.mara(), case=case))

    assert json.loads(text)["case"]["brain"]["files"] == ["x_T1w.nii.gz"]
    assert json.loads(text)["case"]["brain"]["generated_by"] == [{"program": "fMRIPrep", "version": "23.1"}]
    assert "somewhere" not in text


def test_json_of_a_person_without_brain_data_says_so():
    document = json.loads(to_json(invented.mara()))

    assert document["brain"]["reason"] == "no brain data were read"
    assert document["targets"]["reason"] == "no stimulation target was asked for"


def test_the_terminal_says_the_same_in_lines():
    text = " ".join(render_text(invented_brain.rich()).split())

    assert "BRAIN" in text
    assert "Research use." in text
    assert "Motor cortex, direct current, left, -37, -21, +58 mm: refused (An implant with electronics near the coil)" in text
    assert "3 of 20 regions lie beyond" in text


def test_targets_alone_make_a_section_and_an_empty_stream_makes_none():
    alone = replace(invented.mara(), targets=invented_brain.targets())
    nothing = replace(invented.mara(), brain=BrainView(), targets=TargetView((), ()))

    assert 'id="brain"' in render_html(alone)
    assert 'id="brain"' not in render_html(nothing)


def test_the_stream_has_its_line_on_page_one(page):
    front = pages.words(pages.front(page["rich"]))

    assert "2 quality gates fail." in front
    assert "Targets: 2 open, 3 with caution, 1 refused." in front


def test_a_region_of_two_circuits_stands_in_each_and_is_counted_once_in_the_heading():
    norm = invented_brain.norm()
    rows = (replace(norm.rows[2], group="salience;sensorimotor"), *norm.rows[3:5])
    view = replace(invented_brain.brain(), norms=(replace(norm, rows=rows, count=3, observed=1, expected=0.1),))
    html = render_html(replace(invented_brain.rich(), brain=view))
    text = said({"x": html}, "x")

    assert html.count("<li>right amygdala, thickness -2.41</li>") == 2
    assert "Salience 1 of 2 beyond" in text
    assert "Sensorimotor 1 of 1 beyond" in text
    assert "1 of 3 regions lie beyond" in text
    assert "A region of several circuits stands in each of them." in text


def test_names_of_a_file_get_their_hemisphere_in_words():
    norm = invented_brain.norm()
    rows = (replace(norm.rows[2], region="lh-precuneus", label="", group=""),)
    view = replace(invented_brain.brain(), norms=(replace(norm, rows=rows, count=1, observed=1, expected=0.05),))

    assert "left precuneus, thickness -2.41" in said({"x": render_html(replace(invented_brain.rich(), brain=view))}, "x")


def test_a_finding_whose_label_names_grade_and_level_does_not_repeat_them():
    told = replace(invented_brain.imaging()[0], label="Disc degeneration IV L4/5", reason="not confirmed: it waits for a clinician")
    text = said({"x": render_html(replace(invented_brain.sparse(), brain=BrainView(imaging=(told,))))}, "x")

    assert "Disc degeneration IV L4/5 " in text
    assert "grade IV" not in text
    assert text.lower().count("not confirmed") == 1


def brain_text_of(**changes):
    view = replace(invented_brain.brain(), **changes)
    return said({"x": render_html(replace(invented_brain.rich(), brain=view))}, "x")


def test_an_urgent_finding_stands_before_the_quality_gates_and_says_what_it_means(page):
    text = said(page, "rich")

    assert text.index("Nerve bundle of the lower spine pressed (L4/5)") < text.index("Quality first")
    assert "nerve-bundle" not in text
    assert text.index("Research use.") < text.index("Nerve bundle")


def test_without_an_urgent_finding_the_gates_come_first():
    text = brain_text_of(imaging=invented_brain.imaging()[:2])

    assert text.index("Quality first") < text.index("Spine and joints")


def test_an_urgent_finding_does_not_wait_for_a_confirmation():
    urgent = replace(invented_brain.imaging()[2], reason="a red flag: shares are not shown; not confirmed: it waits for a clinician")
    text = brain_text_of(imaging=(urgent,))

    assert "the action does not wait for it" in text
    assert "it waits for a clinician" not in text


def test_a_red_flag_of_imaging_comes_before_stimulation(page):
    assert "A red flag comes first: settle it before any stimulation." in said(page, "rich")
    assert "A red flag comes first" not in brain_text_of(imaging=())
