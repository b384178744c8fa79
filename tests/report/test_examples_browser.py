"""The reports of the six example people in a browser: accessible, silent, as wide as the screen, on a phone, on paper, in German."""

import pytest
from invented_patient import EXAMPLES, example
from test_report_browser import is_clean_opened, visit, wider_than_screen

from painloom.report import render_html

pytestmark = pytest.mark.browser
PEOPLE = {folder.name: folder for folder in EXAMPLES}
LOOKS = {
    "desk": ("en", 1366, "light", "screen"),
    "phone": ("en", 390, "dark", "screen"),
    "paper": ("en", 794, "light", "print"),
    "phone in German": ("de", 390, "light", "screen"),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    for name, case in PEOPLE.items():
        found = example(case)
        for language in ("en", "de"):
            (folder / f"{name}-{language}.html").write_text(render_html(found, wording=language), encoding="utf-8")
    return folder


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PEOPLE)
def test_axe_finds_nothing_with_all_opened_and_nothing_scrolls_sideways(browser, pages, name, look):
    language, width, scheme, medium = LOOKS[look]
    page, asked, complaints = visit(browser, pages / f"{name}-{language}.html", width, scheme)
    page.emulate_media(media=medium)

    assert wider_than_screen(page) <= 0
    is_clean_opened(page, asked, complaints)
