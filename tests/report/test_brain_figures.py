"""Charts of the brain section: places on the drawing against numbers worked out by hand, and the map of targets."""

import re
from dataclasses import replace

import invented_brain
import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.model.brain import Motion, NormRow
from painloom.report.brain_glass import AXES, NEAR, coordinates, glass_brain, outlines, pictures, place_in, spots, spread
from painloom.report.brainfigures import Chart, chance_interval, hundred, motion_plot, percentile_track, runs, z_strip
from painloom.report.wording import read_wording

WORDS = read_wording()
CHART = Chart("a", "title", "said")
millimetres = st.floats(-90, 90).map(lambda v: round(v, 1))


def attributes(markup, name, kind):
    return [float(v) for v in re.findall(rf'class="{kind}"[^>]*? {name}="([-\d.]+)"', str(markup))]


def region(z, low=None, high=None):
    return NormRow("r", "volume", 1.0, "mm3", 1.0, z, low, high, 50.0, "ok")


def test_the_interval_of_a_share_is_wilsons():
    """Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662 at 95%."""
    low, high = chance_interval(100 * 81 / 263, 263, 1.959964)

    assert (round(low, 2), round(high, 2)) == (25.53, 36.62)


@given(st.floats(0, 100), st.integers(1, 5000))
def test_an_interval_holds_its_point_and_stays_inside_the_scale(percent, count):
    low, high = chance_interval(percent, count, 1.281552)

    assert 0 <= low <= percent + 1e-9
    assert percent - 1e-9 <= high <= 100


def test_a_percentile_is_drawn_at_its_share_of_the_track():
    drawn = percentile_track(invented_brain.place(25.0), CHART)

    assert attributes(drawn, "cx", "score") == [8 + 0.25 * 344]


def test_a_cohort_without_people_draws_no_interval():
    drawn = percentile_track(replace(invented_brain.place(50.0), count=0), CHART)

    assert 'class="wide"' not in drawn


def test_regions_beyond_the_limits_are_diamonds_and_those_within_are_rings():
    drawn = str(z_strip([region(-2.5, -2.9, -2.1), region(1.95), region(1.97), region(0.0)], 1.96, CHART))

    assert drawn.count('class="zout"') == 2
    assert drawn.count('class="zin"') == 2
    assert drawn.count('class="zspan"') == 1


def test_a_region_exactly_at_the_limit_is_not_beyond_it():
    assert 'class="zout"' not in str(z_strip([region(1.96), region(-1.96)], 1.96, CHART))


@given(st.lists(st.floats(-40, 40), min_size=1, max_size=120))
def test_every_region_is_drawn_and_none_falls_off_the_strip(zs):
    drawn = str(z_strip([region(z) for z in zs], 1.96, CHART))
    places = attributes(drawn, "cx", "zin") + [float(x) for x in re.findall(r'class="zout" d="M([-\d.]+) ', drawn)]
    height = float(re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', drawn).group(1))

    assert len(places) == len(zs)
    assert all(0 <= x <= 360 for x in places)
    assert all(0 <= y <= height for y in attributes(drawn, "cy", "zin"))


def test_motion_marks_exactly_the_volumes_above_the_limit():
    drawn = str(motion_plot(Motion("s", (0.1, 0.5, 0.51, 0.2, 0.9), 0.5, 2), CHART))

    assert drawn.count('class="cutout"') == 2


def test_a_long_series_keeps_its_peaks():
    values = [0.05] * 4999
    values[1234] = 3.0
    drawn = str(motion_plot(Motion("s", tuple(values), 0.5, 1), CHART))
    ys = [float(pair.split(",")[1]) for pair in re.search(r'class="fd" points="([^"]+)"', drawn).group(1).split()]

    assert len(ys) <= 480
    assert min(ys) < 20
    assert drawn.count('class="cutout"') == 1


@pytest.mark.parametrize(("numbers", "text"), [([], ""), ([3], "3"), ([3, 4, 5, 9], "3-5, 9"), ([1, 3, 4], "1, 3-4")])
def test_neighbouring_volumes_are_written_as_runs(numbers, text):
    assert runs(numbers) == text


@given(st.integers(0, 100))
def test_a_hundred_people_are_drawn_and_the_share_is_filled(count):
    drawn = str(hundred(count, CHART))

    assert drawn.count('class="they"') == count
    assert drawn.count('class="others"') == 100 - count


def test_the_outlines_are_as_large_as_a_brain_and_symmetric_within_a_few_millimetres():
    """MNI152 at 2 mm: about 140 mm wide, 175 long; the cerebrum without stem is about 120 high."""
    for outline in outlines():
        line = next(points for curve, points in outline.curves if curve == "outline")
        xs, ys = [p[0] for p in line], [p[1] for p in line]
        wide, high = max(xs) - min(xs), max(ys) - min(ys)
        wanted = {"sagittal": (175, 115), "coronal": (138, 115), "axial": (138, 175)}[outline.plane]

        assert abs(wide - wanted[0]) < 12
        assert abs(high - wanted[1]) < 16
        if outline.plane != "sagittal":
            assert abs(max(xs) + min(xs)) < 6


def test_targets_lie_where_their_millimetres_are():
    view = invented_brain.targets()
    one = replace(view, targets=view.targets[:1])
    for drawing, outline in zip(glass_brain(one, WORDS), outlines(), strict=True):
        across, up = AXES[outline.plane]
        place = view.targets[0].xyz_mm

        assert attributes(drawing, "cx", "gb-open") == [place[across]]
        assert attributes(drawing, "cy", "gb-open") == [-place[up]]


def test_a_refused_target_and_one_without_coordinates_are_not_on_the_map():
    view = invented_brain.targets()
    drawn = "".join(glass_brain(view, WORDS))

    assert [spot.number for spot in spots(view)] == [1, 2, 3, 4]
    assert "direct current" not in drawn
    assert "Spinal cord" not in drawn


def test_caution_has_another_shape_than_open():
    drawn = str(glass_brain(invented_brain.targets(), WORDS)[0])

    assert drawn.count('class="gb-open"') == 2
    assert drawn.count('class="gb-caution"') == 2


def test_coordinates_of_the_person_are_not_drawn_on_the_template():
    view = invented_brain.targets()
    native = replace(view.targets[0], space="native: from-MNI_to-T1w")

    assert glass_brain(replace(view, targets=(native,)), WORDS) == ()


@given(st.lists(st.tuples(millimetres, millimetres), min_size=1, max_size=9))
def test_bubbles_of_targets_never_cover_each_other(points):
    places = spread(points)
    gaps = [((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5 for i, a in enumerate(places) for b in places[:i]]

    assert all(gap > 0.6 * NEAR for gap in gaps)


def test_a_bubble_that_is_alone_stays_where_its_target_is():
    assert spread([(-37.0, 58.0), (40.0, 0.0)]) == [(-37.0, 58.0), (40.0, 0.0)]


def test_a_cross_stands_only_on_the_slice_that_runs_through_the_target_in_the_same_space():
    view = invented_brain.targets()
    drawings = pictures(invented_brain.pictures(), view, WORDS)[0][1]

    assert ["sl-cross" in drawing for drawing in drawings] == [True, True, False]
    other = tuple(replace(p, space="T2w") for p in invented_brain.pictures())
    assert "sl-cross" not in "".join(pictures(other, view, WORDS)[0][1])


def test_a_refused_target_has_no_place_in_any_image():
    refused = invented_brain.targets().targets[4]

    assert place_in(refused, invented_brain.MNI) is None
    assert place_in(replace(refused, status="open"), invented_brain.MNI) == refused.xyz_mm


def test_coordinates_carry_signs_and_no_empty_decimals():
    assert coordinates((-37.0, 0.0, 58.25)) == "-37, 0, +58.2"
