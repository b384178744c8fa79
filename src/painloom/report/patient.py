"""The patient's page: one self-contained HTML file in plain words, without script and without network."""

from functools import cache
from importlib.resources import files

from markupsafe import Markup

from painloom.model.assessment import Assessment
from painloom.report.html import css_string
from painloom.report.patient_layout import PatientLayout, read_patient_layout
from painloom.report.patient_page import build_page
from painloom.report.patient_words import speech
from painloom.report.plots.svg import page_style
from painloom.report.templating import environment


def render_patient(assessment: Assessment, *, wording: str = "en", layout: PatientLayout | None = None) -> str:
    """The page of one person as one HTML document; the same input gives the same bytes.

    Parameters
    ----------
    wording : "en" or "de", or any language for which a wording card patient-<language> is there.
    layout : how the clinic can be reached and whom which sign is told; ours, without a clinic's name, where None is given.

    Raises
    ------
    KnowledgeError : there is no such wording card, or it lacks a phrase.
    """
    words = speech(wording)
    page = build_page(assessment, layout or read_patient_layout(), words)
    return (
        environment()
        .get_template("patient.html.j2")
        .render(
            page=page,
            say=words.say,
            language=wording,
            style=_style(),
            running_head=css_string(f"{assessment.case.person.label} · {page.made}"),
            page_word=css_string(words.words("page.page") + " "),
        )
    )


@cache
def _style() -> Markup:
    """The style sheet; ours, so it enters unescaped."""
    sheet = files("painloom.report").joinpath("templates", "patient.css").read_text(encoding="utf-8")
    return Markup("\n").join((Markup(sheet), Markup(page_style())))
