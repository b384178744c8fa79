"""Plots in a browser: really drawn letters neither overlap nor leave the picture; a page is accessible in light, dark and on a phone."""

import io
from dataclasses import replace

import numpy as np
import pytest
from test_plots_drawing import scenes
from test_plots_intervals import view
from test_report_browser import faults, visit, wider_than_screen

from painloom.report.plots import draw_page, draw_png, draw_svg, interval_plot, interval_rows

pytestmark = pytest.mark.browser
MEASURE = """() => { const b = [...document.querySelectorAll('text')].map(t => [t.textContent, t.getBBox()]);
  const v = document.querySelector('svg').viewBox.baseVal, bad = [];
  b.forEach(([w, r], i) => {
    if (r.x < -0.5 || r.x + r.width > v.width + 0.5 || r.y + r.height > v.height + 1) bad.push('out: ' + w);
    b.slice(i + 1).forEach(([o, s]) => {
      const dx = Math.min(r.x + r.width, s.x + s.width) - Math.max(r.x, s.x);
      const dy = Math.min(r.y + r.height, s.y + s.height) - Math.max(r.y, s.y);
      if (dx > 1 && dy > 4) bad.push(w + ' | ' + o); }); });
  return bad; }"""


@pytest.mark.parametrize("name", scenes())
def test_letters_as_the_browser_draws_them_do_not_overlap(browser, tmp_path, name):
    (tmp_path / "plot.svg").write_text(draw_svg(scenes()[name], is_alone=True), encoding="utf-8")
    page, asked, complaints = visit(browser, tmp_path / "plot.svg", 900, "light")

    assert page.evaluate(MEASURE) == []
    assert 1 == len(asked)
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 360])
def test_a_page_is_accessible_and_shows_one_form(browser, tmp_path, width, scheme):
    html = draw_page(lambda wide: interval_plot(view(), width=wide), interval_rows(view()))
    (tmp_path / "plot.html").write_text(html, encoding="utf-8")
    page, asked, complaints = visit(browser, tmp_path / "plot.html", width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")

    assert faults(page) == []
    assert wider_than_screen(page) <= 0
    assert [width > 700, width <= 700] == [page.is_visible(f".plot-{kind}") for kind in ("wide", "narrow")]
    assert (1, []) == (len(asked), complaints)
    page.context.close()


def test_letters_are_large_enough_on_a_phone(browser, tmp_path):
    html = draw_page(lambda wide: interval_plot(view(), width=wide))
    (tmp_path / "plot.html").write_text(html, encoding="utf-8")
    page, _, _ = visit(browser, tmp_path / "plot.html", 360, "light")
    sizes = page.evaluate("""[...document.querySelectorAll('.plot-narrow text')].map(t => {
      const s = t.ownerSVGElement, grown = s.getBoundingClientRect().width / s.viewBox.baseVal.width;
      return parseFloat(getComputedStyle(t).fontSize) * grown; })""")

    assert min(sizes) >= 11.5
    page.context.close()


@pytest.mark.parametrize("name", scenes())
def test_png_and_svg_show_the_same_shapes(browser, tmp_path, name):
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed (painloom[brain]): drawings as PNG not tested")
    scene = replace(scenes()[name], texts=(), height=float(int(scenes()[name].height) + 1))
    (tmp_path / "plot.svg").write_text(draw_svg(scene, is_alone=True), encoding="utf-8")
    page, _, _ = visit(browser, tmp_path / "plot.svg", int(scene.width), "light")
    page.set_viewport_size({"width": int(scene.width), "height": int(scene.height)})
    ours, theirs = (
        np.asarray(image.open(io.BytesIO(png)).convert("L"), dtype=float) for png in (draw_png(scene, scale=1), page.screenshot())
    )
    page.context.close()

    assert ours.shape == theirs.shape
    # smoothing of edges differs; a picture moved by one pixel has at least 0.00025 of its pixels far off
    assert (np.abs(ours - theirs) > 128).mean() < 0.0002
    assert np.abs(ours - theirs).mean() < 3.0
    assert theirs.min() < 110
