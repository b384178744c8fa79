"""The brain section in a browser: accessible, inside the screen, in light, dark, on a phone and on paper."""

import invented_brain
import pytest
from test_report_browser import faults, visit, wider_than_screen

from painloom.report import render_html

pytestmark = pytest.mark.browser
PEOPLE = ("rich", "withheld", "rogue")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("brain")
    for name in PEOPLE:
        (folder / f"{name}.html").write_text(render_html(getattr(invented_brain, name)()), encoding="utf-8")
    return folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("person", PEOPLE)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser, drawn, person, width, scheme):
    page, asked, complaints = visit(browser, drawn / f"{person}.html", width, scheme)
    page.evaluate("document.querySelectorAll('.part-brain details').forEach(d => { d.open = true })")

    assert faults(page) == []
    assert wider_than_screen(page) <= 0
    assert [url for url in asked if not url.startswith("data:")] == [(drawn / f"{person}.html").as_uri()]
    assert complaints == []
    page.context.close()


def test_numbers_and_letters_of_the_drawings_can_be_read_on_a_phone(browser, drawn):
    page, _, _ = visit(browser, drawn / "rich.html", 390, "light")
    sizes = page.evaluate("""[...document.querySelectorAll('.part-brain svg text')].map(t => {
      const s = t.ownerSVGElement;
      return parseFloat(getComputedStyle(t).fontSize) * s.getBoundingClientRect().width / s.viewBox.baseVal.width;
    })""")

    assert min(sizes) >= 10.5
    page.context.close()


def test_pictures_are_really_drawn(browser, drawn):
    page, _, _ = visit(browser, drawn / "rich.html", 1366, "light")
    loaded = page.evaluate("""Promise.all([...document.querySelectorAll('.slice image')].map(i => new Promise(done => {
      const p = new Image(); p.onload = () => done(p.naturalWidth); p.onerror = () => done(0); p.src = i.href.baseVal; })))""")

    assert loaded == [190, 160, 160]
    page.context.close()


def test_page_one_still_fits_one_sheet(browser, drawn):
    page, _, _ = visit(browser, drawn / "rich.html", 1366, "light")
    page.evaluate("document.querySelectorAll('.part, .end').forEach(p => p.remove())")

    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
    page.context.close()


def test_on_paper_targets_differ_by_shape_not_by_colour(browser, drawn):
    page, _, _ = visit(browser, drawn / "rich.html", 794, "dark")
    page.emulate_media(media="print")
    fills = page.evaluate("['.glass .gb-open', '.glass .gb-caution'].map(s => getComputedStyle(document.querySelector(s)).fill)")

    assert fills == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    page.context.close()
