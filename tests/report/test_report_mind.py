"""The mind section: profile, bands, error, change, value sets, and what was not measured."""

import re
from dataclasses import replace

import invented
import invented_streams as people
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import part, words

from painloom.model.mind import BandEdge
from painloom.report import render_html
from painloom.report.lookup import look_up
from painloom.report.mind import mind_title, mind_view
from painloom.report.profile import PAD, WIDTH, axis_of
from painloom.report.scales import band_text, change_texts, error_text, stands_out, value_text
from painloom.report.wording import read_wording

WORDS = read_wording()


def view(assessment):
    return mind_view(look_up(assessment, WORDS))


def rows(assessment, domain):
    return next(d.rows for d in view(assessment).domains if d.label == domain)


@pytest.fixture(scope="module")
def page():
    return part(render_html(people.ilse()), "mind")


def test_the_title_names_the_domains_that_stand_out():
    assert mind_title(look_up(people.ilse(), WORDS)) == "Function and mood stand out"


def test_nothing_scored_and_nothing_that_stands_out_are_two_titles():
    unscored = replace(people.ilse(), scores=tuple(s for s in people.scores() if s.estimate is None))

    assert mind_title(look_up(unscored, WORDS)) == "No scale could be scored"
    assert mind_title(look_up(people.calm(), WORDS)) == "One scale scored; it does not stand out in a verified band"


def test_a_person_without_answers_has_no_mind_section():
    assert view(invented.mara()) is None
    assert "part-mind" not in render_html(invented.mara()).split("</style>")[1]


def test_the_latest_score_comes_with_its_band_in_words_and_the_score_before_as_a_ring(page):
    (row,) = rows(people.ilse(), "mood")

    assert (row.value, row.band, row.date) == ("17 of 27", "moderately severe", "2026-04-13")
    assert row.mark.word == "in its second-worst band"
    assert row.figure.count('class="earlier"') == 1
    assert "17 of 27 , moderately severe" in words(page)


def test_a_change_inside_error_is_never_called_better_or_worse():
    (row,) = rows(people.ilse(), "mood")

    assert row.changes == (
        "14 to 17 since 2026-03-02: of meaningful size but inside measurement error. Meaningful from 5 points. (to verify)",
    )
    assert not re.search("improved|better|worse", row.changes[0])


def test_a_change_beyond_error_says_its_direction():
    (text,) = change_texts((replace(people.change("real and meaningful", "worse"), state="verified"),), WORDS)

    assert text == "14 to 17 since 2026-03-02: worse, real and meaningful. Meaningful from 5 points."


def test_a_part_scale_to_verify_stands_beside_the_total_with_its_note():
    (row,) = rows(people.ilse(), "mood")

    assert row.parts == ("split scale: 7 of 12 (to verify)",)
    assert row.notes == ("House split, the total is never lowered.",)


def test_a_scale_with_a_band_to_verify_is_marked_tinted_and_does_not_stand_out(page):
    (row,) = rows(people.ilse(), "fear of movement")

    assert row.doubtful
    assert row.mark is None
    assert page.count('class="scalerow doubtful"') == 1
    assert "to verify" in words(page.split('class="scalerow doubtful"')[1].split("scalesaid")[1].split("</p>")[0])


def test_a_scale_without_a_score_is_hatched_and_says_why():
    (row,) = rows(people.ilse(), "sleep")

    assert row.mark.word == "not scored: 3 of 9 unanswered"
    assert row.value == ""
    assert "hatch-" in row.figure
    assert 'class="score"' not in row.figure


def test_a_core_domain_that_nobody_measured_is_hatched_and_says_what_fills_it(page):
    (row,) = rows(people.ilse(), "anxiety")

    assert row.mark.word == "not measured"
    assert "hatch-" in row.figure
    assert "To fill: a questionnaire on anxiety." in words(page)


def test_a_rule_with_an_answer_in_words_is_said_and_not_drawn():
    (row,) = rows(people.ilse(), "widespread pain")

    assert (row.value, row.figure) == ("met", "")


def test_value_sets_are_folded_and_never_averaged(page):
    (sets,) = view(people.ilse()).sets

    assert sets.values == (("Norland", "0.449"), ("Sudland", "0.389"))
    assert "0.419" not in page
    assert "utility by 2 value sets" in words(page)
    assert not any("utility" in row.scale for row in view(people.ilse()).table)


def test_the_table_twin_has_every_score_of_every_date_with_its_error_band_and_source(page):
    table = view(people.ilse()).table

    assert [r.date for r in table if r.scale == "Total scale" and r.instrument.startswith("mood")] == ["2026-04-13", "2026-03-02"]
    (function,) = (r for r in table if r.scale == "Function scale")
    assert (function.value, function.error) == ("T 35.6", "SE 2.3; 80% interval 32.7 to 38.5")
    assert "moderate 30-39.9" in function.bands
    assert function.population == "general population"
    assert "instruments/profile, release 2026-11" in words(page)


def test_how_questions_were_answered_is_said(page):
    assert "mood questionnaire, 2026-03-02: the same answer throughout" in words(page)


def test_every_drawing_has_a_title_and_a_description_that_says_the_score(page):
    drawings = re.findall(r"<svg class=\"profile\".*?</svg>", page, re.S)

    assert len(drawings) >= 5
    for svg in drawings:
        assert re.search(r"<title id=[^>]+>[^<]+</title><desc id=[^>]+>[^<]+</desc>", svg)
    assert any("17 of 27, moderately severe; error not known. Higher is worse" in words(svg) for svg in drawings)


SCALES = [
    (people.points(17, 27), "17 of 27"),
    (people.points(29, 44, low=11), "29 (11 to 44)"),
    (people.points(7.142857, 10), "7.1 of 10"),
    (replace(people.points(66.7, 75), unit="T"), "T 66.7"),
    (replace(people.points(0.5, 1), unit="utility", low=None, high=None), "0.5 utility"),
]


@pytest.mark.parametrize(("estimate", "said"), SCALES)
def test_a_score_says_its_range(estimate, said):
    assert value_text(estimate, WORDS) == said


def test_error_is_an_interval_inside_the_scale_or_said_to_be_unknown():
    assert error_text(people.points(1, 27, se=3), WORDS) == "80% interval 0 to 4.8"
    assert error_text(people.points(1, 27), WORDS) == "error not known"


@pytest.mark.parametrize(("value", "band", "degree"), [(3, "minimal", 0), (12, "moderate", 0), (17, "heavy", 1), (22, "severe", 2)])
def test_the_worst_band_stands_out_and_the_second_worst_of_four_or_more(value, band, degree):
    assert stands_out(people.score("x", "y", "mood", people.points(value, 27, band), bands=people.MOOD)) == degree


def test_two_bands_have_one_that_stands_out_and_better_turns_the_order():
    bands = (BandEdge("low", "low", 0, 4, "", "verified"), BandEdge("high", "high", 5, 9, "", "verified"))
    worse, better = (people.points(2, 9, "low", higher_is=side) for side in ("worse", "better"))

    assert stands_out(people.score("x", "y", "z", worse, bands=bands)) == 0
    assert stands_out(people.score("x", "y", "z", better, bands=bands)) == 2


def test_a_scale_without_direction_or_band_never_stands_out():
    assert stands_out(people.score("x", "y", "z", people.points(22, 27, "severe", higher_is=""), bands=people.MOOD)) == 0
    assert stands_out(people.score("x", "y", "z", people.points(22, 27))) == 0


def test_a_band_is_named_by_its_label_and_by_its_id_where_the_card_has_no_label():
    assert band_text(people.score("x", "y", "z", people.points(17, 27, "heavy"), bands=people.MOOD)) == "moderately severe"
    assert band_text(people.score("x", "y", "z", people.points(17, 27, "very-high"))) == "very high"


@given(st.floats(0, 27), st.floats(0, 27), st.sampled_from(("worse", "better")))
def test_right_is_worse_whatever_the_scale_calls_high(one, two, side):
    """The drawing is monotone: of two scores the worse lies further right, and both lie inside the frame."""
    axis = axis_of(people.points(one, 27, higher_is=side))
    left, right = axis.at(one), axis.at(two)

    assert PAD <= left <= WIDTH - PAD
    if one != two:
        worse_is_two = (two > one) == (side == "worse")
        assert (right >= left) == worse_is_two or right == left


@given(st.floats(-50, 150), st.floats(0.1, 40))
def test_scores_and_errors_outside_the_scale_stay_inside_the_drawing(value, se):
    assessment = replace(
        people.ilse(), scores=(people.score("x", "y", "mood", people.points(value, 27, "heavy", se=se), bands=people.MOOD),), changes=()
    )
    (row,) = rows(assessment, "mood")
    places = [float(x) for x in re.findall(r' (?:x|cx|x1)="(-?[\d.]+)"', row.figure)]
    widths = [float(w) for w in re.findall(r'width="(-?[\d.]+)"', row.figure)]

    assert all(0 <= x <= WIDTH for x in places)
    assert all(w >= 0 for w in widths)
