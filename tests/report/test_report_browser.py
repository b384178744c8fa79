"""The page in a browser: accessible, silent, and as wide as the screen, in light, dark, on a phone and in print."""

import invented
import invented_streams
import pytest

from painloom.report import render_html

pytestmark = pytest.mark.browser
PEOPLE = {
    **{name: getattr(invented, name) for name in ("mara", "nobody", "hostile", "busy")},
    **{name: getattr(invented_streams, name) for name in ("ilse", "calm", "stranger")},
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    for person in PEOPLE:
        (folder / f"{person}.html").write_text(render_html(PEOPLE[person]()), encoding="utf-8")
    return folder


def visit(browser, path, width, scheme):
    """A page, and what it asked for and complained about."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=True)
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    return page, asked, complaints


def faults(page):
    from axe_playwright_python.sync_playwright import Axe

    return [(v["id"], v["nodes"][0]["html"][:120]) for v in Axe().run(page).response["violations"]]


def wider_than_screen(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def is_clean_opened(page, asked, complaints):
    """With every part opened axe finds nothing, nothing scrolls sideways, and the page asked for nothing but itself; closes the page."""
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert faults(page) == []
    assert wider_than_screen(page) <= 0
    assert len(asked) == 1
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("person", PEOPLE)
def test_axe_finds_nothing_closed_or_opened_and_nothing_scrolls_sideways(browser, pages, person, width, scheme):
    page, asked, complaints = visit(browser, pages / f"{person}.html", width, scheme)

    assert faults(page) == []
    assert wider_than_screen(page) <= 0
    is_clean_opened(page, asked, complaints)


def test_the_check_itself_sees_a_fault(browser, pages):
    page, _, _ = visit(browser, pages / "mara.html", 1366, "light")
    page.evaluate("document.querySelector('.summary').style.color = '#ccc'; document.documentElement.lang = ''")

    assert {name for name, _ in faults(page)} == {"color-contrast", "html-has-lang"}
    page.context.close()


@pytest.mark.parametrize("person", ["hostile", "stranger"])
def test_hostile_names_run_nothing(browser, pages, person):
    page, asked, _ = visit(browser, pages / f"{person}.html", 1366, "light")

    assert page.evaluate("window.hacked === undefined")
    assert len(asked) == 1
    page.context.close()


def test_blocks_of_page_one_come_in_the_order_of_the_design_on_a_phone(browser, pages):
    page, _, _ = visit(browser, pages / "mara.html", 390, "light")
    tops = page.evaluate("['.who', '.alerts', '.why', '.first', '#drugs'].map(s => document.querySelector(s).getBoundingClientRect().top)")

    assert tops == sorted(tops)
    page.context.close()


def test_the_alarm_is_the_first_block_after_the_name_on_screen_phone_and_paper(browser, pages):
    for width, medium in ((1366, "screen"), (390, "screen"), (794, "print")):
        page, _, _ = visit(browser, pages / "ilse.html", width, "light")
        page.emulate_media(media=medium)
        tops = page.evaluate(
            "['.who', '.alarm', '.held', '.alert', '.first'].map(s => document.querySelector(s).getBoundingClientRect().top)"
        )

        assert tops == sorted(tops)
        assert page.evaluate("document.querySelector('.alarm').checkVisibility()")
        page.context.close()


def test_the_held_plan_stays_closed_on_paper(browser, pages):
    page, _, _ = visit(browser, pages / "ilse.html", 794, "light")
    page.emulate_media(media="print")

    assert not page.evaluate(
        "document.querySelector('.routine ol').checkVisibility({contentVisibilityAuto: true, visibilityProperty: true})"
    )
    page.context.close()


@pytest.mark.parametrize("width", [1366, 390])
def test_signs_keep_the_size_of_letters_and_drawings_stay_on_the_screen(browser, pages, width):
    page, _, _ = visit(browser, pages / "ilse.html", width, "light")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    icons = page.evaluate("[...document.querySelectorAll('svg.ico')].map(e => e.getBoundingClientRect().width)")
    drawn = page.evaluate(
        "[...document.querySelectorAll('svg[role=img]')].map(e => [e.getBoundingClientRect().left, e.getBoundingClientRect().right])"
    )

    assert max(icons) <= 32
    assert min(left for left, _ in drawn) >= 0
    assert max(right for _, right in drawn) <= width
    page.context.close()


def test_focus_can_be_seen(browser, pages):
    page, _, _ = visit(browser, pages / "mara.html", 1366, "light")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.context.close()


def test_print_opens_the_basis_of_current_drugs_and_stays_black(browser, pages):
    page, _, _ = visit(browser, pages / "mara.html", 1366, "dark")
    page.emulate_media(media="print")

    assert page.evaluate("document.querySelector('#drugs .basis dl').getBoundingClientRect().height") > 20
    assert page.evaluate("document.querySelector('#drugs .basis dl').checkVisibility()")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    page.context.close()


@pytest.mark.parametrize("person", ["mara", "ilse", "calm"])
def test_page_one_fits_one_sheet(browser, pages, person):
    page, _, _ = visit(browser, pages / f"{person}.html", 1366, "light")
    pdf = page.pdf(prefer_css_page_size=True)
    page.evaluate("document.querySelectorAll('.part, .end').forEach(p => p.remove())")
    short = page.pdf(prefer_css_page_size=True)

    assert pdf.startswith(b"%PDF")
    assert short.count(b"/Type /Page\n") == 1
    page.context.close()
