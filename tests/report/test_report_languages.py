"""A second language: the same keys, the same places to fill, and a report that works throughout."""

import re
import string
from html.parser import HTMLParser
from importlib.resources import files

import invented
import invented_brain
import invented_streams
import pytest
from pages import words
from test_report_schema import with_outlook

from painloom.doors.cli.assess import LANGUAGES
from painloom.doors.cli.main import main
from painloom.report.html import render_html
from painloom.report.wording import read_wording

EN, DE = read_wording("en").phrases, read_wording("de").phrases
FACTS = {"schema", "release", "licence"}  # of the card itself
CASES = {
    "mara": invented.mara,
    "nobody": invented.nobody,
    "hostile": invented.hostile,
    "busy": invented.busy,
    "rich": invented_brain.rich,
    "withheld": invented_brain.withheld,
    "ilse": invented_streams.ilse,
    "calm": invented_streams.calm,
    "stranger": invented_streams.stranger,
    "outlook": with_outlook,
}


def places(phrase: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(phrase) if name is not None)


def is_code(key: str) -> bool:
    """A tone is the name of a colour and a shape, not a word."""
    return key in FACTS or key.rpartition(".")[2].startswith("tone") or key.startswith("severitytone.")


class Tree(HTMLParser):
    """Opening and closing tags in order, to compare the shape of two pages."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag != "text":  # a longer word may take one more line of a drawing
            self.tags.append(tag)

    def handle_endtag(self, tag):
        if tag != "text":
            self.tags.append(f"/{tag}")


def shape(page: str) -> list[str]:
    tree = Tree()
    tree.feed(page)
    return tree.tags


def test_every_wording_card_can_be_chosen_at_the_door():
    cards = {p.name.removesuffix(".toml") for p in files("painloom").joinpath("knowledge", "data", "wording").iterdir()}

    assert cards == set(LANGUAGES) | {f"patient-{language}" for language in LANGUAGES}


def test_both_cards_hold_the_same_keys_in_the_same_order():
    assert list(EN) == list(DE)


def test_both_cards_leave_the_same_places_to_fill():
    assert {key: places(EN[key]) for key in EN} == {key: places(DE[key]) for key in DE}


def test_codes_are_not_translated():
    assert {k: EN[k] for k in EN if is_code(k)} == {k: DE[k] for k in DE if is_code(k)}


def test_a_phrase_is_empty_in_both_languages_or_in_none():
    assert [k for k in EN if not EN[k].strip()] == [k for k in DE if not DE[k].strip()]


def test_blanks_at_the_ends_of_a_phrase_are_kept():
    """A phrase that is set beside another one begins or ends with a blank; losing it would join two words."""
    ends = {k: (EN[k][:1] == " ", EN[k][-1:] == " ") for k in EN}

    assert ends == {k: (DE[k][:1] == " ", DE[k][-1:] == " ") for k in DE}


def test_no_sentence_was_left_in_english():
    latin = "brain.regionname."
    same = [k for k in EN if not is_code(k) and not k.startswith(latin) and EN[k] == DE.get(k)]

    assert [k for k in same if len(re.findall(r"[A-Za-z]{3,}", re.sub(r"\{.*?\}", "", EN[k]))) > 1] == []


@pytest.mark.parametrize("name", CASES)
def test_the_page_says_its_language(name):
    assert '<html lang="de">' in render_html(CASES[name](), wording="de")
    assert '<html lang="en">' in render_html(CASES[name]())


@pytest.mark.parametrize("name", CASES)
def test_the_page_has_the_same_shape_in_both_languages(name):
    """No part of the report hangs on a word: what is shown does not change with the language."""
    assert shape(render_html(CASES[name]())) == shape(render_html(CASES[name](), wording="de"))


@pytest.mark.parametrize("name", CASES)
def test_no_fixed_english_sentence_reaches_the_german_page(name):
    page = words(render_html(CASES[name](), wording="de"))
    sentences = [EN[k] for k in EN if "{" not in EN[k] and len(EN[k].split()) > 3 and EN[k] != DE.get(k)]

    assert [said for said in sentences if re.search(rf"(?<!\w){re.escape(said)}(?!\w)", page)] == []


def test_the_german_page_speaks_of_the_alarm_and_of_what_is_not_known():
    page = words(render_html(invented_streams.ilse(), wording="de"))

    assert "Gedanken an Tod oder Suizid" in page
    assert "Kein Punktwert hebt dies auf, nur ein Mensch." in page
    assert "Der übliche Plan wird zurückgehalten" in page
    assert "nicht gemessen" in page


def test_texts_of_cards_stay_in_english():
    """Advice is restated in English in the cards; a language of the report changes what stands around it, never what a body said."""
    advice = invented.mara().drugs[0].advice[0].statement.summary

    assert advice in words(render_html(invented.mara(), wording="de"))


def test_numbers_keep_the_point():
    page = words(render_html(invented_streams.ilse(), wording="de"))

    assert "T 35.6" in page
    assert "T 35,6" not in page


@pytest.fixture
def case(tmp_path):
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "case.toml").write_text('schema = 1\nid = "x"\n[person]\nage_years = 50\n', encoding="utf-8")
    return tmp_path / "case"


def test_the_door_writes_the_report_in_the_language_asked_for(case, tmp_path):
    assert 0 == main(["assess", str(case), "-o", str(tmp_path / "de"), "--as-of", "2026-11-01", "--quiet", "--language", "de"])
    assert 0 == main(["assess", str(case), "-o", str(tmp_path / "en"), "--as-of", "2026-11-01", "--quiet"])
    german, english = ((tmp_path / d / "report.html").read_text(encoding="utf-8") for d in ("de", "en"))

    assert '<html lang="de">' in german
    assert '<html lang="en">' in english
    assert (tmp_path / "de" / "assessment.json").read_bytes() == (tmp_path / "en" / "assessment.json").read_bytes()
    assert not (tmp_path / "de" / "report.pdf").exists()


def test_a_language_without_a_card_is_wrong_usage(case, tmp_path, capsys):
    status = None
    try:
        status = main(["assess", str(case), "-o", str(tmp_path / "o"), "--language", "../en"])
    except SystemExit as stopped:
        status = stopped.code

    assert 2 == status
    assert not (tmp_path / "o").exists()


def test_a_pdf_that_cannot_be_made_leaves_no_half_report(case, tmp_path, monkeypatch, capsys):
    from painloom.report import pdf

    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(pdf, "import_module", missing)
    status = main(["assess", str(case), "-o", str(tmp_path / "o"), "--as-of", "2026-11-01", "--quiet", "--pdf"])

    assert 3 == status
    assert "painloom[pdf]" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()
