"""The page as text: what it says, that it is self-contained, and that nobody can break out of it."""

import re
from collections import Counter
from html.parser import HTMLParser

import invented
import invented_streams
import pytest

from painloom.report import render_html
from painloom.report.html import css_string

PEOPLE = {
    **{name: getattr(invented, name) for name in ("mara", "nobody", "hostile", "busy")},
    **{name: getattr(invented_streams, name) for name in ("ilse", "calm", "stranger")},
}


class Page(HTMLParser):
    """Tags, ids, links and visible words of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.words, self.summaries = [], [], [], [], []
        self.open = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.tags.append((tag, named))
        self.open.append(tag)
        if "id" in named:
            self.ids.append(named["id"])
        if "href" in named:
            self.links.append(named["href"])
        if tag == "summary":
            self.summaries.append("")

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)
        if "summary" in self.open:
            self.summaries[-1] += data

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture(scope="module", params=PEOPLE)
def page(request):
    return Page(render_html(PEOPLE[request.param]()))


@pytest.fixture(scope="module")
def mara():
    return Page(render_html(invented.mara()))


def test_the_page_needs_no_script_and_no_network(page):
    tags = Counter(tag for tag, _ in page.tags)

    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & set(tags)
    assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on") or a in ("src", "srcset", "style")]


def test_style_asks_for_nothing_from_outside(page):
    for person in PEOPLE.values():
        style = re.search(r"<style>(.*?)</style>", render_html(person()), re.S).group(1)
        assert "@import" not in style
        assert "url(" not in style


def test_ids_are_unique_and_every_link_inside_leads_somewhere(page):
    inside = {link[1:] for link in page.links if link.startswith("#")}

    assert [i for i, n in Counter(page.ids).items() if n > 1] == []
    assert inside - set(page.ids) == set()


def test_links_outside_are_web_addresses_only(page):
    assert all(re.match(r"(https?://|#)", link) for link in page.links)


def test_every_summary_says_what_it_opens_and_every_header_cell_has_a_scope(page):
    assert all(s.strip() for s in page.summaries)
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")


def test_landmarks_language_and_skip_link(page):
    tags = Counter(tag for tag, _ in page.tags)

    assert [tags[t] for t in ("main", "header", "footer", "h1", "nav")] == [1, 1, 1, 1, 1]
    assert dict(page.tags)["html"] == {"lang": "en"}
    assert ("a", {"class": "skip", "href": "#main"}) in page.tags


@pytest.mark.parametrize("person", PEOPLE)
def test_the_same_input_gives_the_same_bytes(person):
    assert render_html(PEOPLE[person]()) == render_html(PEOPLE[person]())


def test_hostile_names_stay_text():
    text = render_html(invented.hostile())

    assert "<script" not in text
    assert "<img" not in text
    assert text.count("</style>") == 1
    assert "&lt;script&gt;" in text


def test_marks_that_turn_the_text_do_not_reach_the_page():
    assert "\u202e" not in render_html(invented.hostile())


def test_a_css_string_cannot_end_the_style_block():
    assert re.fullmatch(r'"[A-Za-z0-9\\ ]*"', css_string("</style>\"'\\\n\u202eé🎈 x"))


def test_page_one_says_who_what_to_do_and_what_is_not_known(mara):
    text = mara.text

    for words in (
        "Mara K. , 47 y old, female",
        "pain for 3.2 y",
        "As of 2026-03-02",
        "knowledge r7",
        "2 drugs taken now call for a decision",
        "Avoid starting",
        "The cause was not weighed: only the genome was read",
        "Brain, mind and body not measured. Red flags were not looked for.",
    ):
        assert words in text


def test_bodies_stand_side_by_side_and_their_disagreement_is_said(mara):
    assert "The two bodies differ: CPIC: usual dose, with a caution; DPWG: use another drug." in mara.text


def test_conversion_ambiguity_and_structure_are_said(mara):
    for words in (
        "duloxetine changes this today",
        "Genotype alone",
        "Today, with duloxetine",
        "Not settled: CYP2C19 is ambiguous and the advice depends on it.",
        "Copy number was not assessed; this advice could change",
        "one CYP2D6 copy deleted (*4/*5)",
        "CPIC: other groups of patients (1)",
    ):
        assert words in mara.text


def test_a_statement_opens_to_its_basis(mara):
    start = mara.text.index("Basis of CPIC on tramadol")
    basis = mara.text[start : start + 900]

    for words in (
        "156 of 156 sites seen, 4 with a variant",
        "*1/*4 (called)",
        "functions normal function + no function; activity score 1.0; Intermediate Metabolizer",
        "duloxetine",
        "CYP2D6 = 0.5 leads to statement standard-intermediate",
        "cpic-opioids-2021",
        "cpic-tramadol, release 2026-11",
        "guideline; strength: optional",
    ):
        assert words in basis


def test_a_gene_that_was_not_called_says_why_and_how_to_get_it(mara):
    assert "HLA typing is not part of a genome file of small variants." in mara.text
    assert "Order typing and add its result to outside_calls.tsv" in mara.text


def test_a_strip_has_title_description_and_a_table_of_its_sites(mara):
    text = mara.text

    assert "Sites of CYP2C19, in order of position" in text
    assert "35 defining sites: 26 reference, 1 variant, 8 missing." in text
    assert "Defining sites of CYP2C19" in text
    assert "no record in the file: rs1296, rs1333" in text


def test_research_stands_under_its_banner(mara):
    assert "Research: changes no prescription." in mara.text
    assert "Need for opioid higher by 0.17 standard deviations" in mara.text


def test_sources_trace_and_footer_close_the_report(mara):
    for words in (
        "CPIC guideline for CYP2D6, OPRM1 and COMT and select opioid therapy",
        "released 2020-12",
        "licence: CC0",
        "9f2c" * 16,
        "kept open: a missing site is never reference",
        "Decision support for a clinician who can review the basis of every statement. Not a prescription.",
    ):
        assert words in mara.text


def test_declared_reference_overlay_and_warnings_are_alerts():
    text = Page(render_html(invented.busy())).text

    assert "Absent sites were declared reference" in text
    assert "A clinic's own card replaces one of ours" in text
    assert "1 warning about the input" in text
    assert "(absent sites declared reference)" in text


def test_thousands_of_diplotypes_are_cut_and_said_to_be_cut():
    text = Page(render_html(invented.busy())).text

    assert "one of 1498 that fit" in text
    assert "The others are in assessment.json." in text


def test_an_empty_case_says_what_to_add_and_claims_nothing():
    text = Page(render_html(invented.nobody())).text

    assert "Add the drugs taken now to case.toml." in text
    assert "Would show which pain drugs suit." in text
    assert "Cannot be told: no gene was called." in text
    assert "no gene-based limit" not in text.lower()
    assert "usual dose" not in text
