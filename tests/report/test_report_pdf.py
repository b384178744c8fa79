"""report.pdf: tagged, named, dated as of the case, the same bytes again, and closed to everything outside."""

import dataclasses
import functools
import io
import os
import socket
import subprocess
import sys
from importlib import import_module

import invented
import invented_brain
import invented_outlook
import invented_streams
import pytest

from painloom.errors import InputError
from painloom.model.assessment import Assessment
from painloom.report import pdf as pdf_module
from painloom.report.html import render_html
from painloom.report.pdf import pdf_title, render_pdf
from painloom.report.pdf_drawings import _settled

AS_OF = "2026-03-02"


def printer() -> None:
    """Skip in one line where WeasyPrint, its system library or pypdf is missing."""
    try:
        import_module("weasyprint")
        import_module("pypdf")
    except ImportError:
        pytest.skip("WeasyPrint and pypdf are not installed (painloom[pdf], pypdf): PDF tests skipped")
    except OSError:
        pytest.skip("no Pango on this machine (apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0): PDF tests skipped")


def with_outlook() -> Assessment:
    return dataclasses.replace(invented_streams.ilse(), outlook=invented_outlook.view())


CASES = {
    "nobody": invented.nobody,
    "mara": invented.mara,
    "hostile": invented.hostile,
    "rich": invented_brain.rich,
    "ilse": with_outlook,
}


@functools.cache
def made(name: str, language: str = "en") -> bytes:
    page = render_html(CASES[name](), wording=language)
    return render_pdf(page, title=pdf_title(page), language=language, date=AS_OF)


def read(data: bytes):
    return import_module("pypdf").PdfReader(io.BytesIO(data))


def structure(reader) -> list:
    """Every structure element of the document, in reading order; (kind, element)."""
    found, stack = [], [reader.trailer["/Root"]["/StructTreeRoot"]]
    while stack:
        node = stack.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            stack.extend(reversed(node))
        elif isinstance(node, dict):
            if "/S" in node:
                found.append((str(node["/S"]), node))
            if "/K" in node:
                stack.append(node["/K"])
    return found


@pytest.mark.parametrize("name", CASES)
def test_it_says_that_it_is_tagged_its_language_and_its_title(name):
    printer()
    root = read(made(name)).trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert "en" == root["/Lang"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert read(made(name)).metadata.title == pdf_title(render_html(CASES[name]()))


@pytest.mark.parametrize("name", CASES)
def test_it_has_headings_and_every_figure_has_a_text(name):
    printer()
    found = structure(read(made(name)))
    kinds = [kind for kind, _ in found]

    assert 1 == kinds.count("/H1")
    assert "/H2" in kinds
    assert [] == [node for kind, node in found if kind == "/Figure" and not str(node.get("/Alt", "")).strip()]


def test_tables_have_header_cells_and_drawings_are_figures():
    printer()
    kinds = [kind for kind, _ in structure(read(made("ilse")))]

    assert kinds.count("/TH") > 10
    assert "/Figure" in kinds


@pytest.mark.parametrize("name", CASES)
def test_the_same_input_gives_the_same_bytes(name):
    printer()
    page = render_html(CASES[name]())

    assert made(name) == render_pdf(page, title=pdf_title(page), language="en", date=AS_OF)


def test_another_process_at_another_hour_gives_the_same_bytes(tmp_path):
    printer()
    page = render_html(invented.nobody())
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    code = (
        "import sys; from painloom.report.pdf import pdf_title, render_pdf; page = open(sys.argv[1], encoding='utf-8').read();"
        "sys.stdout.buffer.write(render_pdf(page, title=pdf_title(page), language='en', date='2026-03-02'))"
    )
    around = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "Pacific/Auckland", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    other = subprocess.run([sys.executable, "-c", code, str(tmp_path / "page.html")], env=around, capture_output=True, check=True)

    assert made("nobody") == other.stdout


def test_it_is_dated_as_of_the_case():
    printer()
    data = read(made("mara")).metadata

    assert data["/CreationDate"].startswith("D:20260302")
    assert data["/ModDate"].startswith("D:20260302")


@pytest.mark.parametrize("name", sorted(set(CASES) - {"hostile"}))
def test_every_page_is_a4_and_says_who_when_and_which_of_how_many(name):
    printer()
    reader = read(made(name))
    who = pdf_title(render_html(CASES[name]())).partition(":")[0].split()[0]

    for n, page in enumerate(reader.pages, 1):
        text = " ".join(page.extract_text().split())
        assert (595, 842) == (round(float(page.mediabox.width)), round(float(page.mediabox.height)))
        assert f"page {n} / {len(reader.pages)}" in text
        assert f"As of {CASES[name]().as_of}" in text
        assert who in text


@pytest.mark.parametrize("name", ["ilse", "mara", "hostile"])
def test_no_text_lies_outside_its_page(name):
    printer()
    outside = []
    for n, page in enumerate(read(made(name)).pages, 1):

        def look(text, cm, tm, *_, n=n):
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            if text.strip() and not (0 <= x <= 596 and 0 <= y <= 843):
                outside.append((n, text[:30], round(x), round(y)))

        page.extract_text(visitor_text=look)

    assert [] == outside


def test_a_plan_that_is_held_back_is_not_on_the_first_pages():
    """The page holds the routine plan folded; whoever prints it before the alert was acknowledged must not find it open."""
    printer()
    assert "No gene-based limit" in render_html(CASES["ilse"]()).partition('<nav class="toc"')[0]
    front = " ".join(" ".join(page.extract_text() for page in read(made("ilse")).pages[:2]).split())

    assert "The routine plan is held back until a person has acknowledged this" in front
    assert "No gene-based limit" not in front


def test_what_is_folded_on_the_screen_is_open_on_paper():
    printer()
    text = " ".join(" ".join(page.extract_text() for page in read(made("ilse")).pages).split())

    assert "All scores, the latest first" in text
    assert "The same in numbers" in text


def test_shapes_keep_the_colours_of_the_print_style():
    printer()
    body = (
        "<svg class='x' viewBox='0 0 10 10' role='img' aria-label='a bar' width='100' height='100'><path class='p' d='M0 0h10v10z'/></svg>"
    )
    style = ":root{--ink:#00ff00} .p{fill:var(--ink)} @media print{:root{--ink:#ff0000}} @media screen{.p{fill:#0000ff}}"
    page = f"<html lang='en'><head><title>t</title><style>{style}</style></head><body><h1>t</h1>{body}</body></html>"
    content = read(render_pdf(page, title="t", language="en", date=AS_OF)).pages[0].get_contents().get_data()

    assert b"1 0 0 rg" in content or b"1 0 0 sc" in content
    assert b"\n0 1 0 rg" not in content


def test_nothing_outside_is_fetched(monkeypatch, tmp_path):
    printer()
    secret = tmp_path / "secret.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text>secret-of-the-disk</text></svg>")
    tried = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: tried.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: tried.append(a))
    page = (
        "<html lang='en'><head><title>t</title><style>@import url(http://127.0.0.1:9/a.css);@import url(https://example.org/b.css);"
        "h1{background:url(http://127.0.0.1:9/b.png)}</style><link rel=stylesheet href=http://127.0.0.1:9/c.css>"
        f"<link rel=attachment href='{secret.as_uri()}'></head><body><h1>t</h1><img alt=a src=http://127.0.0.1:9/d.png>"
        f"<img alt=b src='{secret.as_uri()}'>"
        f"<svg viewBox='0 0 9 9' role='img' aria-label='c'><image href='{secret.as_uri()}'/></svg></body></html>"
    )
    reader = read(render_pdf(page, title="t", language="en", date=AS_OF))

    assert [] == tried
    assert "secret" not in reader.pages[0].extract_text()
    assert not reader.attachments


def test_the_second_language_is_told_to_the_reader_of_the_file():
    printer()
    reader = read(made("ilse", "de"))

    assert "de" == reader.trailer["/Root"]["/Lang"]
    assert f"Seite 1 / {len(reader.pages)}" in " ".join(reader.pages[0].extract_text().split())


@pytest.mark.parametrize(("wrong", "said"), [(ImportError("no module"), "painloom[pdf]"), (OSError("no library"), "Pango")])
def test_a_missing_printer_is_named_in_one_line(monkeypatch, wrong, said):
    def missing(name):
        raise wrong

    monkeypatch.setattr(pdf_module, "import_module", missing)
    with pytest.raises(InputError) as told:
        render_pdf("<html></html>", title="t", language="en", date=AS_OF)

    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_a_printer_whose_doors_cannot_be_closed_is_refused(monkeypatch):
    monkeypatch.setattr(pdf_module, "import_module", lambda name: object())
    with pytest.raises(InputError, match="older than version 68"):
        render_pdf("<html></html>", title="t", language="en", date=AS_OF)


@pytest.mark.parametrize(("language", "date"), [("", AS_OF), ("english!", AS_OF), ("en", "yesterday"), ("en", "2026-02-30")])
def test_a_language_or_day_that_cannot_be_read_is_refused(language, date):
    with pytest.raises(InputError, match=r"report\.pdf"):
        render_pdf("<html></html>", title="t", language=language, date=date)


def test_the_title_is_the_page_s_own_without_markup():
    assert "A & B: painloom report" == pdf_title("<html><title>A &amp; B: painloom report</title>")
    assert "" == pdf_title("<html></html>")


def test_variables_are_settled_even_where_they_name_each_other_for_ever():
    assert "#123" == _settled("var(--a)", {"--a": "var(--b)", "--b": "#123"})
    assert "2px solid #abc" == _settled("2px solid var(--none, #abc)", {})
    assert "#000" == _settled("var(--none)", {})
    assert "var(" in _settled("var(--a)", {"--a": "var(--a)"})
