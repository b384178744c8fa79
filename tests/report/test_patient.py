"""The patient's page: plain words, both languages, one self-contained file."""

import re
import string
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from invented_patient import DE, EN, EXAMPLES, LANGUAGES, driver, example, found, mechanism, page, person, plan, step
from pages import words

from builders import knowledge
from painloom.errors import KnowledgeError
from painloom.report.patient import render_patient
from painloom.report.patient_layout import read_patient_layout

BLAME = re.compile(
    r"catastroph|katastroph|complian|addict|abuse|malinger|exaggerat|obes|fail(ed|ure)|invalid|süchtig|übertrieb|versag", re.I
)


class Blocks(HTMLParser):
    """Texts of paragraphs and lines of lists as a reader meets them, without drawings."""

    def __init__(self):
        super().__init__()
        self.found, self.open, self.silent = [], [], 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("svg", "style")
        if tag in ("p", "li") and ("class", "plain key") not in attrs:
            self.open.append([])

    def handle_endtag(self, tag):
        self.silent -= tag in ("svg", "style")
        if tag in ("p", "li") and self.open:
            text = " ".join("".join(self.open.pop()).split())
            self.found += [text] if re.search(r"[.!?:]$", text) else []

    def handle_data(self, data):
        if self.open and not self.silent:
            self.open[-1].append(data)


def sentences(text):
    reader = Blocks()
    reader.feed(text)
    names = {label.casefold() for card in knowledge().drugs.values() for label in (card.name, card.label)}
    parts = [part for block in reader.found for part in re.split(r"(?<=[.!?:])\s+", block)]
    kept = [[w for w in re.findall(r"[A-Za-zÄÖÜäöüß'’-]+", part) if w.casefold() not in names] for part in parts]
    return [found for found in kept if found]


def syllables(word):
    """English: groups of vowels, without a silent e at the end."""
    found = len(re.findall(r"[aeiouy]+", word.casefold()))
    return max(
        1, found - bool(re.search(r"[^aeiouyl]e(s|d)?$", word.casefold()) and found > 1 and not re.search(r"[td]ed$", word.casefold()))
    )


def grade(found):
    count = sum(map(len, found))
    return 0.39 * count / len(found) + 11.8 * sum(syllables(w) for one in found for w in one) / count - 15.59


def amstad(found):
    """Flesch's ease for German."""
    count = sum(map(len, found))
    return (
        180 - count / len(found) - 58.5 * sum(max(1, len(re.findall(r"[aeiouyäöü]+", w.casefold()))) for one in found for w in one) / count
    )


def test_the_formula_itself_tells_a_child_from_a_lawyer():
    easy, hard = (
        [["The", "cat", "sat", "on", "the", "mat"]],
        [["Notwithstanding", "contraindications", "pharmacological", "intervention"] * 6],
    )

    assert grade(easy) < 2 < 12 < grade(hard)


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda f: f.name)
def test_a_child_of_twelve_can_read_the_page_of_every_example(folder):
    found = sentences(render_patient(example(folder)))

    assert len(found) > 30
    assert grade(found) <= 8
    assert sum(map(len, found)) / len(found) <= 14
    assert max(map(len, found)) <= 32


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda f: f.name)
def test_the_german_page_of_every_example_is_plain_too(folder):
    found = sentences(render_patient(example(folder), wording="de"))

    assert sum(map(len, found)) / len(found) <= 14
    assert amstad(found) >= 60


def test_every_phrase_of_the_card_alone_is_short():
    long = {key: text for key, text in EN.items() for one in re.split(r"(?<=[.!?:|])\s+", text) if len(one.split()) > 26}

    assert long == {}


def test_both_languages_hold_the_same_keys_in_the_same_order():
    assert list(EN) == list(DE)


def test_both_languages_leave_the_same_places_to_fill():
    def places(phrase):
        return sorted(name for _, name, _, _ in string.Formatter().parse(phrase) if name is not None)

    assert {key: places(EN[key]) for key in EN} == {key: places(DE[key]) for key in DE}


def test_no_phrase_was_left_in_english():
    same = {key for key in EN if EN[key] == DE[key] and not key.startswith(("treatment.", "month."))}

    assert same <= {"schema", "release", "licence", "avoid.line"}


FORMS = {
    "treatments": ("treatment.{}.name", "treatment.{}.what"),
    "drivers": ("driver.{}.plain", "driver.{}.short"),
    "mechanisms": ("mechanism.{}.name", "mechanism.{}.plain"),
    "tests": ("test.{}",),
    "redflags": ("raised.{}",),
}


@pytest.mark.parametrize(("kind", "form"), [(kind, form) for kind, forms in FORMS.items() for form in forms])
def test_every_card_has_plain_words(kind, form):
    missing = [id_ for id_ in knowledge().files(kind) if form.format(id_) not in EN]

    assert missing == []


def test_every_red_flag_but_those_with_help_of_their_own_has_signs_and_a_rule_whom_they_fit():
    layout = read_patient_layout()
    flags = set(knowledge().files("redflags")) - layout.help_first

    assert {key.removeprefix("sign.") for key in EN if key.startswith("sign.")} == flags
    assert {fit.flag for fit in layout.fits} == flags


def test_signs_fit_kinds_of_pain_and_classes_of_drugs_that_exist():
    layout = read_patient_layout()
    kinds = set(knowledge().conditions.indications)
    classes = {one.id for one in knowledge().classes}

    assert {c for fit in layout.fits for c in fit.conditions} <= kinds
    assert {c for fit in layout.fits for c in fit.drug_classes} <= classes
    assert layout.spoken <= set(knowledge().drivers)


def test_no_phrase_blames_or_labels_the_person():
    told = {key: text for phrases in (EN, DE) for key, text in phrases.items() if BLAME.search(text)}

    assert told == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda f: f.name)
def test_no_example_page_blames_prints_a_score_or_a_text_for_clinicians(folder, language):
    one = example(folder)
    text = words(render_patient(one, wording=language))

    assert not BLAME.search(text)
    assert [d.text for d in one.formulation.drivers if d.text in text] == []
    assert [s.text for s in one.plan.steps if s.text in text and s.action != "keep"] == []
    assert [r.reason for r in one.plan.refusals if r.reason in text] == []
    assert "to verify" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda f: f.name)
def test_the_file_is_alone_says_its_language_and_repeats_byte_for_byte(folder, language):
    shown = render_patient(example(folder), wording=language)

    assert shown.startswith(f'<!DOCTYPE html>\n<html lang="{language}">')
    assert not re.search(r"<script|<link|<img|@import|url\(|src=", shown)
    assert set(re.findall(r"https?://[^\"' <]+", shown)) <= {"http://www.w3.org/2000/svg"}
    assert len(ids := re.findall(r' id="([^"]+)"', shown)) == len(set(ids))
    assert shown == render_patient(example(folder), wording=language)


def test_hostile_texts_stay_texts():
    bad = "<script>alert(1)</script>\u202e"
    one = person(
        plan=plan(step(label=bad, alternatives=(bad,)), step("keep", label=bad)),
        formulation=found(mechanism(bad, 0.8), drivers=(driver("x", label=bad),)),
    )
    one = replace(one, case=replace(one.case, wishes=(bad,), person=replace(one.case.person, label=bad)))

    for language in LANGUAGES:
        shown = render_patient(one, wording=language)
        assert "<script" not in shown
        assert "\u202e" not in shown


def test_a_language_without_a_card_is_refused_in_one_line():
    with pytest.raises(KnowledgeError, match=r"^wording/patient-xx\.toml: [^\n]+$"):
        render_patient(person(), wording="xx")


def test_the_page_says_who_made_it_who_checks_it_and_that_it_is_no_order():
    text = words(page())

    for key in ("page.note", "box.made", "box.limits"):
        assert EN[key] in text
    assert "docs/intended-use.md" in text


def test_every_phrase_that_a_template_asks_for_is_on_the_card_and_no_phrase_is_idle():
    folder = files("painloom.report").joinpath("templates")
    asked = {
        key for one in folder.iterdir() if one.name.startswith("patient") for key in re.findall(r'say\("([^"]+)"\)', one.read_text("utf-8"))
    }
    code = "".join(p.read_text("utf-8") for p in files("painloom.report").iterdir() if p.name.startswith("patient"))
    families = set(re.findall(r'f"([a-z]+\.)[a-z_]*\{', code)) | {"diary.", "schema", "release", "id", "licence", "driver.", "treatment."}

    assert asked <= set(EN)
    assert [k for k in EN if k not in asked and f'"{k}"' not in code and not k.startswith(tuple(families))] == []
