"""Forest plots and pictures of learning: places, numbers and refusals."""

import math
import random
import re
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_plots_intervals import HOSTILE, crossings, words_of

from painloom.errors import InputError
from painloom.report.plots import (
    PHRASES,
    Frame,
    Mark,
    Mean,
    Scale,
    Study,
    drawn_belief,
    forest,
    forest_rows,
    normal_belief,
    studies_of,
    updating,
)
from painloom.report.plots.axis import Axis, axis_over, plain_number
from painloom.report.plots.scene import Line, Polygon, Rect

MEANS = (
    Mean("Common effect", -0.41, -0.50, -0.32, i2=0.42),
    Mean("REML", -0.42, -0.57, -0.27, 0.025, 0.42, -0.77, -0.07),
)
SCALE = Scale("Difference in pain", "less pain with it", "less pain without")


def trials(count, seed=1):
    draw = random.Random(seed)
    effects = [draw.gauss(-0.4, 0.3) for _ in range(count)]
    return studies_of([f"Trial {k}" for k in range(count)], effects, [draw.uniform(0.1, 0.5) for _ in range(count)])


def squares(scene):
    return [s for s in scene.shapes if isinstance(s, Rect) and s.paint.fill == "accent" and s.paint.opacity == 1 and s.width == s.height]


def test_arrays_become_intervals_and_weights_in_percent():
    one, two = studies_of(["a", "b"], [0.0, 1.0], [0.1, 0.2])

    assert (one.low, one.high) == pytest.approx((-0.196, 0.196), abs=1e-4)
    assert (one.weight, two.weight) == pytest.approx((80.0, 20.0))
    assert [50.0, 50.0] == [s.weight for s in studies_of(["a", "b"], [0.0, 1.0], [0.1, 0.2], [3, 3])]


def test_squares_lie_at_their_effect_and_grow_with_the_weight():
    studies = (Study("a", -1.0, -2.0, 0.0, 80.0), Study("b", 1.0, 0.5, 1.5, 20.0))
    scene = forest(studies, (), width=900)
    big, small, legend = squares(scene)
    null = next(s for s in scene.shapes if isinstance(s, Line) and s.paint.width == 1.6)

    assert big.width == pytest.approx(2 * small.width)
    assert null.x1 - (big.x + big.width / 2) == pytest.approx(small.x + small.width / 2 - null.x1)
    assert legend.width == 8


def test_an_interval_ends_where_it_says():
    studies = (Study("a", -1.0, -2.0, 0.0), Study("b", 1.0, 0.5, 1.5))
    scene = forest(studies, (), width=900)
    lines = [s for s in scene.shapes if isinstance(s, Line) and s.paint.stroke == "ink" and s.paint.width == 1.4 and s.x2 - s.x1 > 28]
    unit = (lines[0].x2 - lines[0].x1) / 2

    assert lines[1].x2 - lines[1].x1 == pytest.approx(unit)
    assert lines[1].x1 - lines[0].x2 == pytest.approx(unit / 2)


def test_diamond_and_prediction_interval_have_the_ends_of_the_mean():
    scene = forest(trials(5), MEANS[1:], SCALE, width=900)
    diamond = next(s for s in scene.shapes if isinstance(s, Polygon) and len(s.points) == 4)
    bar = next(s for s in scene.shapes if isinstance(s, Rect) and s.paint.opacity < 1)
    unit = (diamond.points[2][0] - diamond.points[0][0]) / 0.30

    assert bar.width == pytest.approx(unit * 0.70)
    assert diamond.points[0][0] - bar.x == pytest.approx(unit * 0.20)
    assert diamond.points[1][0] - diamond.points[0][0] == pytest.approx(unit * 0.15)


@pytest.mark.parametrize("width", [360, 900])
def test_every_number_is_printed(width):
    told = words_of(forest(trials(3), MEANS, SCALE, width=width))

    for study in trials(3):
        assert SCALE.interval(study.effect, study.low, study.high) in told
        assert any(f"{study.weight:.1f}%" in w for w in told)
    assert "−0.42 (−0.57 to −0.27)" in told
    assert "new study: −0.77 to −0.07" in told
    assert any("τ² 0.025" in w and "I² 42%" in w for w in told)


def test_ratios_are_printed_as_ratios_and_lie_on_a_log_axis():
    scale = Scale("Odds ratio", is_log=True)
    studies = (Study("a", math.log(0.5), math.log(0.25), 0.0), Study("b", math.log(2), 0.0, math.log(4)))
    scene = forest(studies, (), scale, width=900)
    one, two = squares(scene)[:2]
    null = next(s for s in scene.shapes if isinstance(s, Line) and s.paint.width == 1.6)

    assert {"0.50 (0.25 to 1.00)", "2.00 (1.00 to 4.00)"} <= set(words_of(scene))
    assert {"0.5", "1", "2"} <= set(words_of(scene))
    assert null.x1 - one.x == pytest.approx(two.x + two.width - null.x1)


@pytest.mark.parametrize("count", [1, 2, 8, 60])
@pytest.mark.parametrize("width", [320, 360, 719, 720, 900])
def test_nothing_overlaps_for_1_to_60_studies(count, width):
    assert crossings(forest(trials(count), MEANS, SCALE, width=width)) == []


def test_an_interval_far_beyond_the_others_is_cut_with_arrows_and_printed_in_full():
    studies = (*trials(6), Study("tiny", -0.4, -50.0, 49.0))
    scene = forest(studies, MEANS, SCALE, width=900)
    arrows = [s for s in scene.shapes if isinstance(s, Polygon) and len(s.points) == 3]

    assert 2 + 2 == len(arrows)  # both ends, and both sides of no effect
    assert "−0.40 (−50.00 to 49.00)" in words_of(scene)
    assert crossings(scene) == []


@pytest.mark.parametrize("size", [1e-9, 1e4, 1e12])
@pytest.mark.parametrize("width", [360, 900])
def test_numbers_of_any_size_are_never_cut(size, width):
    studies = studies_of(["a", "b"], [size, -size], [size, size])
    scene = forest(studies, (), width=width)

    assert crossings(scene) == []
    value = next(w for w in words_of(scene) if " to " in w)
    ends = [float(w.replace("−", "-")) for w in re.findall(r"[−\d.e+]+", value)]
    assert ends == pytest.approx([studies[0].effect, studies[0].low, studies[0].high], rel=0.05)


def test_studies_that_agree_exactly_can_be_drawn():
    assert crossings(forest((Study("a", 0.0, 0.0, 0.0, 50.0), Study("b", 0.0, 0.0, 0.0, 50.0)), (), width=360)) == []


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("width", [360, 900])
def test_hostile_names_stay_inside(name, width):
    studies = tuple(Study(name, s.effect, s.low, s.high, s.weight) for s in trials(3))
    means = (Mean(name, -0.4, -0.5, -0.3, 0.1, 0.5, -0.8, 0.0),)

    assert crossings(forest(studies, means, Scale(name, name, name), width=width, title=name)) == []


def test_long_names_are_cut_with_an_ellipsis():
    told = words_of(forest((Study("A study with a very long list of authors and years", 0.1, 0, 0.2),), (), width=900))

    assert any(w.startswith("A study with") and w.endswith("…") for w in told)


def test_no_studies_is_a_sentence():
    assert PHRASES["forest.nothing"] in words_of(forest((), ()))


def test_means_alone_can_be_drawn():
    assert crossings(forest((), MEANS, SCALE, width=360)) == []


@pytest.mark.parametrize("error", [0.0, -0.1, math.nan, math.inf])
def test_an_error_that_is_not_above_0_is_refused(error):
    with pytest.raises(InputError, match="study 2: its standard error is not above 0"):
        studies_of(["a", "b"], [0.0, 1.0], [0.1, error])


def test_arrays_of_unequal_length_are_refused():
    with pytest.raises(InputError, match="differ in number"):
        studies_of(["a"], [0.0, 1.0], [0.1, 0.1])


@pytest.mark.parametrize("weights", [[0, 0], [-1, 2], [math.nan, 1]])
def test_weights_that_are_no_shares_are_refused(weights):
    with pytest.raises(InputError, match="weight"):
        studies_of(["a", "b"], [0.0, 1.0], [0.1, 0.1], weights)


@pytest.mark.parametrize(
    ("studies", "means"),
    [
        ((Study("a", math.nan, 0, 1),), ()),
        ((Study("a", 0, -math.inf, 1),), ()),
        ((Study("a", 2, 0, 1),), ()),
        ((Study("a", 0, 0, 1, -3.0),), ()),
        ((), (Mean("m", 0, -1, math.nan),)),
        ((), (Mean("m", 0, -1, 1, pi_low=-2),)),
        ((), (Mean("m", 0, -1, 1, pi_low=2, pi_high=-2),)),
        ((), (Mean("m", 0, -1, 1, tau2=math.inf),)),
    ],
)
def test_rows_that_cannot_be_drawn_are_refused(studies, means):
    with pytest.raises(InputError, match="plot: forest"):
        forest(studies, means)


def test_too_many_studies_are_refused():
    with pytest.raises(InputError, match="401 studies; at most 400"):
        forest(tuple(Study("a", 0, -1, 1) for _ in range(401)), ())


def test_the_table_twin_holds_a_row_for_each_study_and_method():
    rows = forest_rows(trials(3), MEANS, SCALE)

    assert 1 + 3 + 2 == len(rows)
    assert ("REML", "−0.42 (−0.57 to −0.27)", "", "−0.77 to −0.07") == rows[-1]


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(3, 9))
def test_ticks_are_few_rising_and_inside(low, span, most):
    axis = Axis(low, low + span, 0, 100)
    ticks = [value for value, _ in axis.ticks(most)]

    assert 1 <= len(ticks) <= most + 1
    assert ticks == sorted(set(ticks))
    assert all(-1e-6 <= axis.at(v) <= 100 + 1e-6 for v in ticks)


@given(st.floats(-20, 20), st.floats(0.05, 40))
def test_ticks_of_ratios_are_inside_and_say_their_value(low, span):
    axis = Axis(low, low + span, 0, 100, is_log=True)

    for value, words in axis.ticks(6):
        assert -1e-6 <= axis.at(value) <= 100 + 1e-6
        assert float(words.replace("−", "-")) == pytest.approx(math.exp(value), rel=1e-3, abs=1e-6)


def test_an_axis_of_nothing_or_of_no_number_is_refused():
    for values in ([], [1.0, math.nan]):
        with pytest.raises(InputError, match="plot: axis"):
            axis_over(values, 0, 1)


@pytest.mark.parametrize(("value", "words"), [(-0.001, "0.00"), (-0.4, "−0.40"), (0.0, "0.00"), (12.345, "12.35")])
def test_numbers_have_a_real_minus_and_zero_has_none(value, words):
    assert words == plain_number(value, 2)


def test_the_band_of_a_normal_curve_is_its_80_percent():
    belief = normal_belief(10, 2)
    normal = NormalDist(10, 2)

    assert (belief.band.low, belief.band.high) == pytest.approx((normal.inv_cdf(0.1), normal.inv_cdf(0.9)), abs=1e-5)
    assert (belief.inner.low, belief.inner.high) == pytest.approx((normal.inv_cdf(0.25), normal.inv_cdf(0.75)), abs=1e-5)


@given(st.floats(-50, 50), st.floats(0.1, 30), st.floats(-3, 3))
def test_the_chance_beyond_a_mark_is_that_of_the_normal(mean, sd, steps):
    mark = mean + steps * sd

    assert normal_belief(mean, sd).chance(mark) == pytest.approx(1 - NormalDist(mean, sd).cdf(mark), abs=1e-4)
    assert normal_belief(mean, sd).chance(mark, is_above=False) == pytest.approx(NormalDist(mean, sd).cdf(mark), abs=1e-4)


def test_a_drawn_curve_needs_no_area_of_one_and_gives_the_same_band():
    xs = np.linspace(-10, 10, 2001)
    given_twice = drawn_belief(xs, 7 * np.exp(-0.5 * xs**2))

    assert (given_twice.band.value, given_twice.band.low, given_twice.band.high) == pytest.approx((0, -1.2816, 1.2816), abs=1e-3)


@pytest.mark.parametrize(
    ("xs", "density"),
    [
        ([0, 1], [1, 1]),
        ([0, 1, 2], [1, 1]),
        ([0, 2, 1], [1, 1, 1]),
        ([0, 1, 2], [0, 0, 0]),
        ([0, 1, 2], [1, -1, 1]),
        ([0, 1, math.nan], [1, 1, 1]),
    ],
)
def test_curves_that_cannot_be_drawn_are_refused(xs, density):
    with pytest.raises(InputError, match="plot: updating"):
        drawn_belief(xs, density)


@pytest.mark.parametrize(("mean", "sd"), [(0, 0), (0, -1), (math.nan, 1), (0, math.inf)])
def test_a_spread_that_is_not_above_0_is_refused(mean, sd):
    with pytest.raises(InputError, match="spread"):
        normal_belief(mean, sd)


def test_a_mark_that_is_no_number_is_refused():
    with pytest.raises(InputError, match="mark"):
        updating(normal_belief(0, 1), normal_belief(1, 1), Mark(math.nan))


@pytest.mark.parametrize("width", [320, 360, 720, 900])
def test_the_picture_of_an_update_tells_bands_and_chances(width):
    frame = Frame("less pain, per cent", "before", "now", "Below 20 of 100: stop.")
    scene = updating(normal_belief(32, 22), normal_belief(14, 11), Mark(30, "30% less pain", "at least 30% less pain"), frame, width=width)

    assert crossings(scene) == []
    assert "before: 32 (4 to 60)" in words_of(scene)
    assert "now: 14 (0 to 28)" in words_of(scene)
    assert "Chance of at least 30% less pain: 54 of 100 before, 7 of 100 now" in scene.said
    assert "Below 20 of 100: stop." in scene.said


def test_the_mark_stands_at_its_value_on_the_axis_of_the_bands():
    scene = updating(normal_belief(0, 10), normal_belief(0, 5), Mark(6.40776), width=720)
    mark = next(s for s in scene.shapes if isinstance(s, Line) and s.paint.width == 2 and s.x1 == s.x2)
    bands = [s for s in scene.shapes if isinstance(s, Line) and s.paint.width == 2 and s.y1 == s.y2 and s.paint.dash is None]

    # the 80 % band of the narrower curve ends at 5 * 1.281552
    assert bands[1].x2 == pytest.approx(mark.x1, abs=0.01)


def test_before_and_now_differ_by_more_than_colour():
    scene = updating(normal_belief(0, 10), normal_belief(0, 5))
    before, now = (next(s for s in scene.shapes if isinstance(s, Polygon) and s.paint.stroke == c) for c in ("soft", "accent"))

    assert (before.paint.dash, now.paint.dash) == ((6, 4), None)


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3), st.floats(-1e3, 1e3), st.floats(1e-3, 1e3), st.floats(-3e3, 3e3))
@settings(max_examples=40, deadline=None)
def test_any_two_beliefs_and_any_mark_can_be_drawn(mean, sd, later, spread, mark):
    assert crossings(updating(normal_belief(mean, sd), normal_belief(later, spread), Mark(mark), width=360)) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_stay_inside_an_update(name):
    frame = Frame(name, name, name, name)

    assert crossings(updating(normal_belief(0, 1), normal_belief(1, 1), Mark(0, name, name), frame, width=360, title=name)) == []
