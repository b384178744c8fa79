"""The body map's form in a browser: picture and list mirror each other, keyboard and screen readers lose nothing, no network."""

import pytest

from painloom.knowledge.bodymap import read_bodymap
from painloom.knowledge.load import load
from painloom.report.bodyfigure import body_table, draw_body
from painloom.report.bodyform import body_form

pytestmark = pytest.mark.browser
MAP = read_bodymap(load().files("bodymap"))


@pytest.fixture(scope="module")
def form(tmp_path_factory):
    path = tmp_path_factory.mktemp("form") / "form.html"
    path.write_text(body_form(MAP), encoding="utf-8")
    return path


def visit(browser, path, width=1280, scheme="light"):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True)
    page = context.new_page()
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(path.as_uri())
    return page


def faults(page):
    from axe_playwright_python.sync_playwright import Axe

    return [(v["id"], v["nodes"][0]["html"][:120]) for v in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 340])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser, form, width, scheme):
    page = visit(browser, form, width, scheme)
    page.locator("[data-region=low-back-r]").click()

    assert [] == faults(page)
    assert 0 >= page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert [] == page.complaints
    assert [form.as_uri()] == page.asked
    page.context.close()


def test_every_region_can_be_hit_in_the_picture_and_ticks_its_own_box(browser, form):
    page = visit(browser, form)
    missed = page.evaluate("""() => [...document.querySelectorAll('[data-region]')].filter(path => {
      const box = path.getBBox(), m = path.getScreenCTM();
      for (let i = 1; i < 12; i++) for (let j = 1; j < 12; j++) {
        const p = new DOMPoint(box.x + box.width * i / 12, box.y + box.height * j / 12);
        if (!path.isPointInFill(p)) continue;
        const s = p.matrixTransform(m);
        window.scrollTo(0, s.y + window.scrollY - 300);
        const t = p.matrixTransform(path.getScreenCTM());
        if (document.elementFromPoint(t.x, t.y) === path) {
          path.dispatchEvent(new MouseEvent('click', {bubbles: true}));
          return !document.querySelector(`input[value=${path.dataset.region}]`).checked;
        }
      }
      return true;
    }).map(path => path.dataset.region)""")

    assert [] == missed
    assert 112 == len(page.input_value("#answer").split(","))
    page.context.close()


def test_box_and_picture_mirror_each_other_both_ways(browser, form):
    page = visit(browser, form)
    page.locator("[data-region=knee-front-l]").click()
    page.locator("input[value=heel-r]").check()

    assert page.locator("input[value=knee-front-l]").is_checked()
    assert "bm-hurts" in page.locator("[data-region=heel-r]").get_attribute("class")
    assert "knee-front-l,heel-r" == page.input_value("#answer")
    assert "2 places are marked." == page.inner_text("#count")
    page.locator("input[value=knee-front-l]").uncheck()
    assert "bm-hurts" not in page.locator("[data-region=knee-front-l]").get_attribute("class")
    assert "heel-r" == page.input_value("#answer")
    page.context.close()


def test_nothing_marked_puts_out_nothing_and_nothing_hurts_says_so(browser, form):
    page = visit(browser, form)

    assert ("", True) == (page.input_value("#answer"), page.locator("#save").is_disabled())
    page.locator("input[value=heel-r]").check()
    page.locator("#nothing").check()
    assert ("none", False) == (page.input_value("#answer"), page.locator("input[value=heel-r]").is_checked())
    page.locator("[data-region=calf-l]").click()
    assert ("calf-l", False) == (page.input_value("#answer"), page.locator("#nothing").is_checked())
    page.locator("#clear").click()
    assert "" == page.input_value("#answer")
    page.context.close()


def test_the_keyboard_alone_marks_and_shows_where_it_is(browser, form):
    page = visit(browser, form)
    page.keyboard.press("Tab")
    assert "nothing" == page.evaluate("document.activeElement.id")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")

    assert "forehead-l" == page.input_value("#answer")
    assert "at" in page.locator("[data-region=forehead-l]").get_attribute("class").split()
    assert "solid" == page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    page.context.close()


def test_the_saved_file_is_what_the_program_reads(browser, form, tmp_path):
    from painloom.doors.cli.body_map import _file_names

    page = visit(browser, form)
    page.locator("input[value=heel-r]").check()
    page.locator("input[value=jaw-l]").check()
    with page.expect_download() as waiting:
        page.locator("#save").click()
    waiting.value.save_as(tmp_path / "map.txt")

    assert "body-map.txt" == waiting.value.suggested_filename
    assert ["jaw-l", "heel-r"] == list(_file_names(tmp_path / "map.txt"))
    page.context.close()


def test_words_of_the_picture_can_be_read_on_a_phone_and_do_not_run_into_each_other(browser, form):
    page = visit(browser, form, 340)
    boxes = page.evaluate("""[...document.querySelectorAll('.bm-side, .bm-name')].map(t => {
      const b = t.getBoundingClientRect(), s = t.ownerSVGElement;
      const scale = s.getBoundingClientRect().width / s.viewBox.baseVal.width;
      return [b.left, b.right, b.top, b.bottom, parseFloat(getComputedStyle(t).fontSize) * scale];
    })""")

    assert 12 <= min(size for *_, size in boxes)
    assert 0 <= min(left for left, *_ in boxes)
    assert 340 >= max(right for _, right, *_ in boxes)
    for i, (left, right, top, bottom, _) in enumerate(boxes):
        for other in boxes[:i]:
            beside = right <= other[0] or other[1] <= left
            assert beside or min(bottom, other[3]) - max(top, other[2]) < 4
    page.context.close()


def test_the_form_prints_what_was_marked_in_black(browser, form):
    page = visit(browser, form, scheme="dark")
    page.locator("input[value=heel-r]").check()
    page.emulate_media(media="print")

    assert page.locator("input[value=heel-r]").is_visible()
    assert not page.locator("input[value=jaw-l]").is_visible()
    assert not page.locator("#save").is_visible()
    assert "rgb(0, 0, 0)" == page.evaluate("getComputedStyle(document.querySelector('.bm-edge')).stroke")
    assert "rgb(255, 255, 255)" == page.evaluate("getComputedStyle(document.querySelector('.bm-r')).fill")
    page.context.close()


@pytest.mark.parametrize("regions", [None, (), ("knee-front-l", "sacrum")])
def test_the_picture_with_its_table_passes_axe_on_a_page(browser, tmp_path, regions):
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>map</title><main><h1>Where it hurts</h1>'
    path = tmp_path / "page.html"
    path.write_text(f"{head}{draw_body(MAP, regions, levels=True)}{body_table(MAP, regions)}</main></html>", encoding="utf-8")
    page = visit(browser, path)

    assert [] == faults(page)
    assert [] == page.complaints
    page.context.close()
