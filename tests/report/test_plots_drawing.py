"""The two ways a scene is drawn: as SVG that parses and is accessible, as PNG of the right size; both from the same shapes."""

import builtins
import io
import math
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_plots_forest import MEANS, SCALE, trials
from test_plots_intervals import HOSTILE, view
from test_report_contrast import contrast, tokens

import painloom.report.plots as plots
from painloom.errors import InputError
from painloom.report.plots import (
    Mark,
    draw_page,
    draw_png,
    draw_svg,
    figure,
    forest,
    icon_array,
    interval_plot,
    interval_rows,
    normal_belief,
)
from painloom.report.plots.letters import clean, cut, width_of, wrap
from painloom.report.plots.png import plain
from painloom.report.plots.scene import COLOURS, Circle, Line, Paint, Polygon, Rect, Scene, Sheet, Text, slants
from painloom.report.plots.svg import DARK

Image = pytest.importorskip("PIL.Image", reason="Pillow is not installed (painloom[brain]): drawings as PNG not tested")
SVG = "{http://www.w3.org/2000/svg}"
TAGS = {Line: "line", Rect: "rect", Circle: "circle", Polygon: "polygon"}
INK, ACCENT = (0x1D, 0x24, 0x30), (0x2F, 0x5D, 0x8A)


def scenes():
    return {
        "intervals": interval_plot(view(), width=900),
        "phone": interval_plot(view(), width=360),
        "icons": icon_array(view().outlooks[0]),
        "forest": forest(trials(8), MEANS, SCALE),
        "update": plots.updating(normal_belief(32, 22), normal_belief(14, 11), Mark(30, "stop")),
    }


def scene_of(*shapes, texts=(), width=100, height=60):
    return Scene(width, height, "title", "said", tuple(shapes), tuple(texts))


def image_of(scene, **more):
    return Image.open(io.BytesIO(draw_png(scene, **more))).convert("RGB")


@pytest.mark.parametrize("name", scenes())
def test_svg_holds_each_shape_and_each_text_once_and_in_order(name):
    scene = scenes()[name]
    root = ET.fromstring(draw_svg(scene))
    drawn = [e.tag.removeprefix(SVG) for e in root if e.tag.removeprefix(SVG) not in ("title", "desc")]
    meant = ["polyline" if isinstance(s, Polygon) and s.is_open else TAGS[type(s)] for s in scene.shapes] + ["text"] * len(scene.texts)

    assert meant == drawn
    assert [t.words for t in scene.texts] == [e.text for e in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("is_alone", [False, True])
def test_svg_has_role_title_and_description(is_alone):
    root = ET.fromstring(draw_svg(scenes()["intervals"], "here", is_alone=is_alone))

    assert ("img", "here-t here-d") == (root.get("role"), root.get("aria-labelledby"))
    assert [root.find(f"{SVG}{tag}").get("id") for tag in ("title", "desc")] == ["here-t", "here-d"]
    assert scenes()["intervals"].said == root.find(f"{SVG}desc").text


@pytest.mark.parametrize("is_alone", [False, True])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_stay_words(name, is_alone):
    outlooks = tuple(replace(o, label=name, condition_label=name) for o in view().outlooks)
    drawn = draw_svg(interval_plot(replace(view(), outlooks=outlooks), title=name), is_alone=is_alone)
    root = ET.fromstring(drawn)

    assert "<script" not in drawn
    assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {"svg", "title", "desc", "style", "text", *TAGS.values()}


@given(st.text())
def test_any_text_parses_and_comes_back_clean(words):
    root = ET.fromstring(draw_svg(scene_of(texts=[Text(1, 10, words, 12)] if words else [])))

    assert [clean(words)] * bool(words) == [e.text or "" for e in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("name", scenes())
def test_svg_asks_for_nothing_outside_itself(name):
    drawn = draw_svg(scenes()[name], is_alone=True)

    assert all(word not in drawn.replace("http://www.w3.org/2000/svg", "") for word in ("http", "url(", "href", "@import", "<script"))


def test_colours_stand_in_the_drawing_and_follow_the_page_by_class():
    drawn = draw_svg(scene_of(Rect(0, 0, 5, 5, Paint(fill="accent", stroke="ink"))))

    assert f'class="f-accent s-ink" fill="{COLOURS["accent"]}" stroke="{COLOURS["ink"]}"'.split() == [
        p for p in drawn.split() if p.startswith(('class="f', "s-ink", "fill=", "stroke="))
    ]
    assert ".plot .f-accent { fill: var(--accent, #2f5d8a); }" in plots.page_style()


def test_colours_are_those_of_the_report():
    assert {name: tokens("light")[name] for name in COLOURS} == dict(COLOURS)
    assert {name: tokens("dark")[name] for name in COLOURS} == DARK


@pytest.mark.parametrize("colours", [COLOURS, DARK])
def test_words_can_be_read_on_every_ground(colours):
    weak = [
        (t, g) for t in ("ink", "soft", "unknown") for g in ("paper", "card", "unknown-ground") if contrast(colours[t], colours[g]) < 4.5
    ]

    assert weak == []


@pytest.mark.parametrize("name", scenes())
@pytest.mark.parametrize("scale", [1, 2])
def test_png_opens_with_the_size_of_the_scene(name, scale):
    scene = scenes()[name]

    assert image_of(scene, scale=scale).size == (math.ceil(scene.width * scale), math.ceil(scene.height * scale))


@pytest.mark.parametrize("name", scenes())
def test_both_drawings_are_the_same_each_time(name):
    assert draw_svg(scenes()[name]) == draw_svg(scenes()[name])
    assert draw_png(scenes()[name]) == draw_png(scenes()[name])


def test_png_draws_every_kind_of_shape_where_it_is():
    image = image_of(
        scene_of(
            Rect(10, 10, 20, 10, Paint(fill="ink")),
            Circle(50, 15, 6, Paint(fill="accent")),
            Polygon(((70, 10), (90, 10), (80, 25)), Paint(fill="ink")),
            Line(10, 40, 90, 40, Paint(stroke="ink", width=4)),
        ),
        scale=2,
    )

    assert [INK, ACCENT, INK, INK] == [image.getpixel(p) for p in ((40, 30), (100, 30), (160, 26), (100, 80))]
    assert [0xFC] * 4 == [image.getpixel(p)[0] for p in ((16, 30), (64, 30), (120, 30), (100, 90))]


def test_png_leaves_the_gaps_of_a_broken_line_open():
    image = image_of(scene_of(Line(0, 30, 100, 30, Paint(stroke="ink", width=4, dash=(10, 10)))), scale=1)

    assert [True, False, True, False] == [image.getpixel((x, 30)) == INK for x in (5, 15, 25, 35)]


def test_png_lets_shine_through_what_is_half_clear():
    image = image_of(scene_of(Rect(0, 0, 50, 60, Paint(fill="ink", opacity=0.5))), scale=1)

    assert image.getpixel((20, 20)) == pytest.approx([(a + b) / 2 for a, b in zip(INK, (0xFC, 0xFB, 0xF8), strict=True)], abs=2)


def test_png_writes_text_at_its_anchor():
    for anchor, (left, right) in {"start": (50, 90), "end": (10, 50), "middle": (30, 70)}.items():
        image = image_of(scene_of(texts=[Text(50, 30, "mmm", 12, anchor)]), scale=1)
        dark = [x for x in range(100) for y in range(60) if image.getpixel((x, y))[0] < 128]

        assert left <= min(dark)
        assert max(dark) <= right


def test_without_pillow_png_says_what_to_install(monkeypatch):
    found = builtins.__import__

    def missing(name, *more, **others):
        if name == "PIL":
            raise ImportError(name)
        return found(name, *more, **others)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(InputError, match=r"Pillow is not installed; pip install 'painloom\[brain\]'"):
        draw_png(scene_of())


def test_the_plots_are_imported_without_pillow():
    code = "import sys, painloom.report.plots; sys.exit('PIL' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


@pytest.mark.parametrize("scale", [0, 5, -1])
def test_a_scale_that_is_not_1_to_4_is_refused(scale):
    with pytest.raises(InputError, match="1 to 4"):
        draw_png(scene_of(), scale=scale)


def test_a_picture_that_is_too_large_is_refused():
    with pytest.raises(InputError, match="too many to draw"):
        draw_png(scene_of(width=20_000, height=20_000))


def test_a_font_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "font.ttf").write_bytes(b"no font")
    with pytest.raises(InputError, match="font file"):
        draw_png(scene_of(texts=[Text(1, 20, "a", 12)]), font=tmp_path / "font.ttf")


@pytest.mark.parametrize(
    ("words", "written"), [("−0.4 – 1", "-0.4 - 1"), ("Säure é", "Saure e"), ("≥ 30 %", ">= 30 %"), ("τ²", "tau2"), ("药", "?")]
)
def test_letters_that_the_own_font_lacks_are_written_otherwise(words, written):
    assert written == plain(words)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF)))
def test_written_otherwise_never_leaves_a_letter_that_cannot_be_drawn(words):
    assert set(plain(words)) <= {*map(chr, range(32, 127)), *"…±·’©®°"}


def test_estimated_widths_are_at_least_those_of_the_own_font():
    fonts = pytest.importorskip("PIL.ImageFont")
    letters = fonts.load_default(100)
    short = [chr(c) for c in range(32, 127) if width_of(chr(c), 100) < letters.getlength(chr(c)) - 2]

    assert short == []


@given(st.text(max_size=80), st.floats(40, 400), st.integers(1, 4))
def test_wrapped_lines_fit_and_lose_nothing_without_saying_so(words, room, most):
    lines = wrap(words, 12, room, most=most)

    assert len(lines) <= most
    assert all(width_of(line, 12) <= room for line in lines)
    whole = "".join(lines).replace(" ", "")
    assert whole == clean(words).replace(" ", "") or lines[-1].endswith("…")


def test_text_that_fits_is_not_cut():
    assert "short" == cut("short", 12, 200)


@pytest.mark.parametrize(
    "shape",
    [
        Line(math.nan, 0, 1, 1, Paint()),
        Rect(0, 0, math.inf, 1, Paint()),
        Circle(0, math.nan, 1, Paint()),
        Polygon(((0.0, math.nan), (1.0, 1.0)), Paint()),
    ],
)
def test_a_place_that_is_no_number_is_refused_when_it_is_put_down(shape):
    with pytest.raises(InputError, match="not a finite number"):
        Sheet().add(shape)
    with pytest.raises(InputError, match="below 0"):
        Sheet().add(Rect(0, 0, -1, 1, Paint()))


@given(st.floats(0, 300), st.floats(0, 60))
def test_hatching_never_leaves_its_rectangle(width, height):
    assert all(
        -1e-6 <= x <= width + 1e-6 and -1e-6 <= y <= height + 1e-6
        for x1, y1, x2, y2 in slants(0, 0, width, height)
        for x, y in ((x1, y1), (x2, y2))
    )


def test_a_figure_holds_both_forms_with_ids_of_their_own():
    drawn = figure(lambda width: interval_plot(view(), width=width), "low-back")

    assert 1 == drawn.count('class="plot plot-wide"') == drawn.count('class="plot plot-narrow"')
    assert 1 == drawn.count('id="low-back-wide-t"') == drawn.count('id="low-back-narrow-t"')


def test_a_page_escapes_what_it_is_given():
    name = "<script>alert(1)</script>"
    changed = replace(view(), outlooks=tuple(replace(o, label=name) for o in view().outlooks))
    page = draw_page(lambda width: interval_plot(changed, width=width, title=name), interval_rows(changed))

    assert "<script" not in page
    assert page.startswith("<!doctype html>")


def test_public_names_are_pinned():
    assert sorted(plots.__all__, key=str.lower) == [
        "Belief", "draw_page", "draw_png", "draw_svg", "drawn_belief", "figure", "forest", "forest_rows", "Frame", "icon_array",
        "interval_plot", "interval_rows", "Mark", "Mean", "normal_belief", "page_style", "PHRASES", "Scale", "Scene", "studies_of",
        "Study", "table", "updating", "Words",
    ]  # fmt: skip
    assert all(hasattr(plots, name) for name in plots.__all__)
