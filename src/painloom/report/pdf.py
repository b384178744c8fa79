"""The report as a tagged PDF (PDF/UA-1), made from its HTML by WeasyPrint; no network, and the same bytes for the same input."""

import hashlib
import re
from datetime import date as Day
from html import unescape
from importlib import import_module
from importlib.resources import files
from typing import Any

from painloom.errors import InputError
from painloom.report.pdf_drawings import settle_drawings
from painloom.report.wording import printable

VARIANT = "pdf/ua-1"
MISSING = "report.pdf: WeasyPrint is not installed, it needs painloom[pdf]; install it with: pip install 'painloom[pdf]'"
TOO_OLD = "report.pdf: WeasyPrint is older than version 68, whose doors to the network can be closed; run: pip install -U 'painloom[pdf]'"
NO_LIBRARY = (
    "report.pdf: WeasyPrint finds no Pango on this machine; install the system's Pango 1.44 or newer "
    "(Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)"
)
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def render_pdf(html: str, *, title: str, language: str, date: str) -> bytes:
    """The page `html` as one PDF for A4, tagged, with `title` and `language`.

    Parameters
    ----------
    html : a page of this package; it may fetch nothing but `data:` addresses.
    language : a language tag such as "en".
    date : ISO day; it stands in the file as the day of making, so that nothing depends on the clock.

    Raises
    ------
    InputError : the extra painloom[pdf] or the system's Pango is missing, or the language or date cannot be read.
    """
    if not LANGUAGE.fullmatch(language):
        raise InputError("report.pdf: the language is not a language tag; give one such as en or de")
    try:
        day = Day.fromisoformat(date)
    except ValueError:
        raise InputError("report.pdf: the date is not a day; give YYYY-MM-DD") from None
    weasyprint = _weasyprint()
    fetcher = _closed_fetcher()
    page = weasyprint.HTML(string=html, base_url=None, url_fetcher=fetcher, media_type="print")
    _set_head(page.etree_element, printable(title), language, day)
    settle_drawings(page.etree_element)
    pdf: bytes = page.write_pdf(
        pdf_variant=VARIANT,
        pdf_identifier=hashlib.sha256(html.encode("utf-8")).digest()[:16],
    )
    return pdf


def pdf_title(html: str) -> str:
    """The title that a page of this package gives itself, "" where it has none."""
    found = TITLE.search(html)
    return unescape(found[1]).strip() if found else ""


def _weasyprint() -> Any:
    try:
        return import_module("weasyprint")
    except ImportError:
        raise InputError(MISSING) from None
    except OSError:  # the package is there, the system's library is not
        raise InputError(NO_LIBRARY) from None


def _closed_fetcher() -> Any:
    """A fetcher that reads `data:` addresses and refuses everything else: no file, no network."""
    urls = import_module("weasyprint.urls")
    if not hasattr(urls, "URLFetcher"):
        raise InputError(TOO_OLD)
    return urls.URLFetcher(allowed_protocols={"data"}, allow_redirects=False)


def _set_head(root: Any, title: str, language: str, day: Day) -> None:
    """Title, language and day of the document in place of what the page says, and the printer's own style last."""
    root.set("lang", language)
    head = root.find("head")
    for old in [child for child in head if child.tag == "title" or child.get("name", "").startswith("dcterms.")]:
        head.remove(old)
    _add(head, "title").text = title
    for name in ("dcterms.created", "dcterms.modified"):
        meta = _add(head, "meta")
        meta.set("name", name)
        meta.set("content", day.isoformat())
    _add(head, "style").text = files("painloom.report").joinpath("templates", "print.css").read_text(encoding="utf-8")


def _add(parent: Any, tag: str) -> Any:
    child = parent.makeelement(tag, {})
    parent.append(child)
    return child
