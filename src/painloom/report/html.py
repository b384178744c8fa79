"""The clinician's report: one self-contained HTML file, without script and without network."""

from functools import cache
from importlib.resources import files

from markupsafe import Markup

from painloom.model.assessment import Assessment
from painloom.report.document import build_document
from painloom.report.figures import score_shift
from painloom.report.plots.svg import page_style
from painloom.report.templating import environment
from painloom.report.wording import printable, read_layout, read_wording

STYLES = ("style.css", "streams.css", "brain.css")


def render_html(assessment: Assessment, *, layout: str = "clinician", wording: str = "en") -> str:
    """The report of one Assessment as one HTML document; the same input gives the same bytes."""
    words = read_wording(wording)
    document = build_document(assessment, read_layout(layout), words)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            document=document,
            t=words,
            language=wording,
            style=_style(),
            running_head=css_string(" · ".join((document.title, *document.stamp))),
            running_foot=css_string(words("footer.text")),
            page_word=css_string(words("footer.page")),
            shift=lambda before, after, anchor: score_shift(before, after, anchor, document.lookup),
        )
    )


def css_string(text: str) -> Markup:
    """`text` as a CSS string: everything but letters, digits and blanks is escaped, so that nothing can end the style block."""
    safe = "".join(c if c == " " or (c.isascii() and c.isalnum()) else f"\\{ord(c):06x} " for c in printable(text))
    return Markup(f'"{safe}"')


@cache
def _style() -> Markup:
    """The style sheets; ours, so they enter unescaped."""
    folder = files("painloom.report").joinpath("templates")
    sheets = [Markup(folder.joinpath(name).read_text(encoding="utf-8")) for name in STYLES]
    return Markup("\n").join((*sheets, Markup(page_style())))
