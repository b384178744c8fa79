"""Interval plots and icon arrays: every number drawn is the input's, nothing is drawn where nothing is known, nothing overlaps."""

import math
import re
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.errors import InputError
from painloom.model.outlook import NO_EVIDENCE, NOT_OFFERED, REFUSED, STATUSES, TO_CHECK, Band, Outlook, OutlookView, Refusal, Verdict
from painloom.report.plots import PHRASES, icon_array, interval_plot, interval_rows
from painloom.report.plots.counts import grouped, people
from painloom.report.plots.icons import crowds_of
from painloom.report.plots.letters import width_of
from painloom.report.plots.rows import shown_band
from painloom.report.plots.scene import Circle, Line, Rect

HOSTILE = (
    "<script>alert(1)</script>",
    "x" * 400,
    "",
    "\u05d0\u05d1\u05d2 \u202eevil\u202c",
    "a\x00b\nc\ud800",
    "&amp; \"quoted\" 'too'",
    "药" * 90,
)


def band(value, low, high):
    return Band(value / 100, low / 100, high / 100)


def predicted(treatment, control, response, benefit, harm=None, **more):
    fields = {
        "label": treatment.capitalize(),
        "modality": "drug",
        "condition": "low-back",
        "condition_label": "Chronic low back pain",
        "status": "predicted",
        "outcome": "at least 30 % less pain",
        "horizon": "weeks",
        "comparator": "placebo",
        "family": "blind",
    }
    return Outlook(treatment, **{**fields, **more}, control=control, response=response, benefit=benefit, harm=harm)


def without(treatment, status, reason):
    refusals = (Refusal(treatment, reason, "contraindicated", "gene", "cpic"),) if status == REFUSED else ()
    return predicted(treatment, None, None, None, status=status, refusals=refusals, notes=() if refusals else (reason,))


def view():
    control = band(40.3, 35, 46)
    return OutlookView(
        (
            predicted("duloxetine", control, band(52.4, 44, 60), band(12.1, 4.6, 19.2), band(5, 3, 8), grade="moderate", is_taken=True),
            predicted("celecoxib", control, band(50, 42, 58), band(9.7, 2, 17), band(1, -2, 4), grade="low", is_borrowed=True),
            predicted("paracetamol", control, band(38, 33, 44), band(-2.3, -7, 3), grade="high"),
            without("tramadol", REFUSED, "the genes say that it would not work"),
            without("ketamine", NO_EVIDENCE, "no trial in this kind of pain"),
            predicted("yoga", band(22, 17, 28), band(35, 26, 44), band(13, 5, 21), comparator="usual", family="open", horizon="year"),
            predicted("exercise", band(22, 17, 28), band(37, 28, 45), band(15, 8, 23), band(0, 0, 1), comparator="usual", family="open"),
            predicted("tai-chi", band(22, 17, 28), band(37, 28, 45), band(15, 8, 23), comparator="usual", family="open"),
            predicted(
                "gabapentin",
                band(30, 25, 36),
                band(46, 38, 54),
                band(16, 9, 23),
                band(6, 4, 9),
                condition="dn",
                condition_label="Neuropathy",
            ),
            predicted("lidocaine", None, None, None, condition="dn", condition_label="Neuropathy", points=Band(0.8, 0.2, 1.4)),
        ),
        (
            Verdict("low-back", "blind", True, "", "The bands of duloxetine and celecoxib overlap: none is called best."),
            Verdict("low-back", "open", True, "", "The bands of yoga and exercise overlap."),
            Verdict("dn", "blind", False, "gabapentin", "Gabapentin leads."),
        ),
    )


def box(text):
    """Where a text lies at most: left, top, right, bottom."""
    wide = width_of(text.words, text.size, is_bold=text.is_bold)
    left = text.x - {"start": 0, "middle": wide / 2, "end": wide}[text.anchor]
    return left, text.y - 0.78 * text.size, left + wide, text.y + 0.22 * text.size


def crossings(scene):
    """Pairs of texts that overlap, texts and shapes that leave the drawing."""
    boxes = [(text, box(text)) for text in scene.texts]
    faults = [
        (one.words, other.words)
        for (one, (l1, t1, r1, b1)), (other, (l2, t2, r2, b2)) in combinations(boxes, 2)
        if min(r1, r2) - max(l1, l2) > 0.5 and min(b1, b2) - max(t1, t2) > 0.5
    ]
    faults += [(text.words, where) for text, where in boxes if where[0] < 0 or where[2] > scene.width + 0.5 or where[3] > scene.height]
    return faults + [shape for shape in scene.shapes if outside(shape, scene)]


def outside(shape, scene):
    match shape:
        case Line(x1, y1, x2, y2):
            points = [(x1, y1), (x2, y2)]
        case Rect(x, y, width, height):
            points = [(x, y), (x + width, y + height)]
        case Circle(x, y, radius):
            points = [(x - radius, y - radius), (x + radius, y + radius)]
        case _:
            points = shape.points
    return any(not (-0.5 <= x <= scene.width + 0.5 and -0.5 <= y <= scene.height + 0.5) for x, y in points)


def words_of(scene):
    return [text.words for text in scene.texts]


def filled(scene, fill):
    return [s for s in scene.shapes if isinstance(s, Rect) and s.paint.fill == fill]


def test_the_parts_of_a_bar_lie_at_their_chance_on_0_to_100():
    one = OutlookView((predicted("a", band(40, 35, 46), band(52, 44, 60), band(12, 5, 19)),), ())
    scene = interval_plot(one, width=900)
    track, control, added = filled(scene, "card")[0], filled(scene, "line")[0], filled(scene, "accent")[0]

    assert (track.x, 0.40 * track.width) == pytest.approx((control.x, control.width))
    assert (track.x + 0.40 * track.width, 0.12 * track.width) == pytest.approx((added.x, added.width))


def test_the_band_is_that_of_what_the_treatment_adds():
    one = predicted("a", band(40, 35, 46), band(52, 44, 60), band(12, 5, 19))

    assert shown_band(one) == Band(0.52, pytest.approx(0.45), pytest.approx(0.59))
    scene = interval_plot(OutlookView((one,), ()), width=900)
    track = filled(scene, "card")[0]
    thin = next(s for s in scene.shapes if isinstance(s, Line) and s.paint.width == 2 and s.y1 == s.y2)
    assert [(x - track.x) / track.width for x in (thin.x1, thin.x2)] == pytest.approx([0.45, 0.59])


def test_a_band_without_a_control_is_that_of_the_response_and_never_leaves_0_to_1():
    assert shown_band(predicted("a", None, band(52, 44, 60), None)) == band(52, 44, 60)
    assert shown_band(predicted("a", band(90, 80, 99), band(95, 85, 100), band(5, -3, 30))).high == 1.0


def test_a_treatment_with_which_fewer_get_better_has_no_solid_bar_and_says_so():
    scene = interval_plot(OutlookView((predicted("a", band(40, 35, 46), band(38, 33, 44), band(-2, -7, 3)),), ()), width=900)

    # the only solid bar is that of the legend
    assert [28] == [s.width for s in filled(scene, "accent")]
    assert "−2" in words_of(scene)
    assert PHRASES["people.legend_lost"] in words_of(scene)


@pytest.mark.parametrize("width", [320, 360, 719, 720, 900, 1400])
def test_nothing_overlaps_or_is_cut_at_any_width(width):
    assert crossings(interval_plot(view(), width=width)) == []


@pytest.mark.parametrize("status", [s for s in STATUSES if s != "predicted"])
def test_a_treatment_without_numbers_is_a_row_of_words_even_if_numbers_came_along(status):
    reason = "its reason"
    one = replace(without("a", status, reason), control=band(40, 35, 46), response=band(52, 44, 60), benefit=band(12, 5, 19))
    scene = interval_plot(OutlookView((one,), ()), width=900)

    assert not re.search(r"\d", " ".join(w for w in words_of(scene) if w != scene.title and w not in scene.title))
    assert any(reason in w for w in words_of(scene))
    assert all(t.colour == "unknown" for t in scene.texts if reason in t.words)


def test_groups_are_by_condition_and_comparator_and_those_without_numbers_come_last():
    groups = [(g.condition, g.comparator, [o.treatment for o in g.outlooks]) for g in grouped(view())]

    assert groups == [
        ("low-back", "placebo", ["duloxetine", "celecoxib", "paracetamol"]),
        ("low-back", "usual", ["yoga", "exercise", "tai-chi"]),
        ("low-back", "", ["tramadol", "ketamine"]),
        ("dn", "placebo", ["gabapentin", "lidocaine"]),
    ]


def test_hours_and_weeks_are_not_compared():
    hours = predicted("tens", band(40, 35, 46), band(52, 44, 60), band(12, 5, 19), horizon="hours")

    assert 2 == len(grouped(OutlookView((view().outlooks[0], hours), ())))


def test_only_the_row_that_was_measured_at_another_time_says_when():
    told = words_of(interval_plot(view(), width=900))

    assert 1 == sum("after about a year" in w for w in told)
    assert any("after some weeks" in w and "usual care" in w for w in told)


def test_each_verdict_stands_once_under_its_family():
    groups = grouped(view())

    assert ["duloxetine and celecoxib" in " ".join(g.verdicts) for g in groups] == [True, False, False, False]
    assert ["yoga and exercise" in " ".join(g.verdicts) for g in groups] == [False, True, False, False]
    assert sum(len(g.verdicts) for g in groups) == len(view().verdicts)


def test_a_verdict_of_a_condition_without_any_number_is_not_lost():
    alone = OutlookView((without("a", NO_EVIDENCE, "none"),), (Verdict("low-back", "blind", True, "", "Nothing to rank."),))

    assert "Nothing to rank." in words_of(interval_plot(alone))


def test_the_description_holds_every_treatment_and_every_verdict():
    said = interval_plot(view()).said

    assert all(o.label in said for o in view().outlooks)
    assert all(v.text in said for v in view().verdicts)
    assert "because of it: +12 (5 to 19)" in said


def test_a_person_without_treatments_gets_a_sentence():
    assert PHRASES["people.nothing"] in words_of(interval_plot(OutlookView((), ())))


@pytest.mark.parametrize("width", [360, 900])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_inside(name, width):
    changed = [
        replace(o, label=name, condition_label=name, outcome=name, refusals=tuple(replace(r, reason=name * 3) for r in o.refusals))
        for o in view().outlooks
    ]
    verdicts = tuple(replace(v, text=name) for v in view().verdicts)
    scene = interval_plot(OutlookView(tuple(changed), verdicts), width=width, title=name)

    assert crossings(scene) == []
    assert all(text.words.isprintable() for text in scene.texts)


def test_a_treatment_without_label_is_called_by_its_id_and_without_id_nameless():
    nameless = replace(view().outlooks[0], label="", treatment="")

    assert "duloxetine" in words_of(interval_plot(OutlookView((replace(view().outlooks[0], label="\x00 "),), ())))
    assert PHRASES["people.nameless"] in interval_plot(OutlookView((nameless,), ())).said


@pytest.mark.parametrize("part", ["control", "response", "benefit", "harm", "points"])
@pytest.mark.parametrize("wrong", [Band(math.nan, 0.1, 0.2), Band(0.1, math.nan, 0.2), Band(0.1, 0.0, math.inf), Band(0.5, 0.6, 0.7)])
def test_a_number_that_cannot_be_drawn_is_refused(part, wrong):
    one = replace(view().outlooks[0], **{part: wrong})
    for draw in (lambda: interval_plot(OutlookView((one,), ())), lambda: icon_array(one)):
        with pytest.raises(InputError, match=rf"duloxetine: {part}"):
            draw()


@pytest.mark.parametrize(("part", "wrong"), [("control", band(-1, -2, 5)), ("response", band(52, 44, 110)), ("harm", band(5, 3, 101))])
def test_percentages_given_for_chances_are_refused(part, wrong):
    with pytest.raises(InputError, match=part):
        interval_plot(OutlookView((replace(view().outlooks[0], **{part: wrong}),), ()))


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("width", [360, 900])
def test_chances_of_0_and_1_stay_on_the_track(value, width):
    edge = Band(value, value, value)
    scene = interval_plot(OutlookView((predicted("a", edge, edge, Band(0.0, 0.0, 0.0), Band(0.0, 0.0, 0.0)),), ()), width=width)

    assert crossings(scene) == []
    assert any(f"{100 * value:.0f} of 100" in w for w in words_of(scene))


@pytest.mark.parametrize(("share", "count"), [(0.006, 1), (-0.006, -1), (0.004, 0), (0.285, 28), (0.165, 16), (0.995, 100), (-0.004, 0)])
def test_chances_become_people_by_the_one_rounding_of_all_pages(share, count):
    assert count == people(share) == round(100 * share)


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from([320, 500, 900]))
@settings(max_examples=60, deadline=None)
def test_any_two_chances_can_be_drawn_and_are_told(control, response, width):
    added = response - control
    one = predicted("a", Band(control, 0, 1), Band(response, 0, 1), Band(added, -1, 1), Band(added, -1, 1))
    scene = interval_plot(OutlookView((one,), ()), width=width)

    assert crossings(scene) == []
    assert f"{people(response)} of 100" in " ".join(words_of(scene))


def test_the_same_view_gives_the_same_scene():
    assert interval_plot(view()) == interval_plot(view())


def test_words_can_be_replaced_one_by_one():
    told = words_of(interval_plot(view(), words={"people.axis": "von 100 Menschen"}))

    assert "von 100 Menschen" in told
    assert PHRASES["people.response"] in told


def test_a_phone_says_once_that_no_harm_of_a_group_is_known():
    told = words_of(interval_plot(OutlookView(view().outlooks[5:6] + view().outlooks[7:8], ()), width=360))

    assert 1 == sum("adverse effect" in w for w in told)


def test_the_table_twin_holds_a_row_for_each_treatment():
    rows = interval_rows(view())

    assert {len(row) for row in rows} == {8}
    assert [row[0] for row in rows[1:]] == [o.label for g in grouped(view()) for o in g.outlooks]
    assert rows[1][3:7] == ("40", "52", "+12 (5 to 19)", "+5 (3 to 8)")


@given(st.floats(0, 1), st.floats(0, 1), st.floats(-1, 1))
@settings(deadline=None)
def test_a_crowd_is_always_a_hundred(control, response, harm):
    one = predicted("a", Band(control, 0, 1), Band(response, 0, 1), None, Band(harm, -1, 1))

    assert [100, 100] == [sum(n for _, n, _ in crowd.kinds) for crowd in crowds_of(one)]
    assert crossings(icon_array(one, width=360)) == []


def test_the_array_draws_as_many_signs_as_it_says():
    scene = icon_array(view().outlooks[0], width=560)
    plus = [s for s in scene.shapes if isinstance(s, Circle) and s.paint.fill == "accent"]

    assert 12 + 1 == len(plus)
    # two hundred people and a sign for each of the five words; those who stop are squares
    assert 200 + 5 - (5 + 1) == len([s for s in scene.shapes if isinstance(s, Circle)])
    assert {"40 better anyway", "12 better because of it", "48 not better", "5 more stop because of it"} <= set(words_of(scene))
    assert "12 better because of it" in scene.said


def test_signs_of_the_array_differ_by_shape():
    scene = icon_array(predicted("a", band(40, 35, 46), band(38, 33, 44), band(-2, -7, 3), band(5, 3, 8)), width=560)
    minus = [s for s in scene.shapes if isinstance(s, Line) and s.paint.stroke == "ink"]

    assert 2 + 1 == len(minus)
    assert "2 fewer better with it" in words_of(scene)


@pytest.mark.parametrize("status", [REFUSED, NOT_OFFERED, NO_EVIDENCE, TO_CHECK])
def test_an_array_of_what_has_no_numbers_is_a_reason(status):
    scene = icon_array(without("a", status, "its reason"), width=360)

    assert not [s for s in scene.shapes if isinstance(s, Circle)]
    assert "its reason" in scene.said
    assert crossings(scene) == []


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("width", [360, 560])
def test_hostile_names_stay_inside_the_array(name, width):
    assert crossings(icon_array(replace(view().outlooks[0], label=name, condition_label=name, outcome=name), width=width)) == []
