"""The outlook on the page: what assessment.json says, refusals first, nothing where no pain is told; nobody breaks out of it."""

import json
import re
from dataclasses import replace

import invented
import invented_outlook
import pytest
from pages import part, words

from builders import knowledge
from painloom.assess import assess
from painloom.model.body import BodyRecord, Fact
from painloom.model.case import Case, DrugUse, PainHistory, Person
from painloom.model.outlook import PREDICTED, OutlookView, PersonalShift, Refusal
from painloom.report import render_html, to_json

BACK, NERVE, MIGRAINE = "chronic low back pain", "neuropathic pain after nerve injury", "migraine without aura"


def person(*diagnoses, drugs=(), facts=None, intensity=6.0, **more):
    told = tuple(Fact(id_, value) for id_, value in (facts or {}).items())
    pain = PainHistory(diagnoses=diagnoses, months=30.0, intensity_0_10=intensity)
    return Case(Person("invented", 50, "F"), pain, tuple(DrugUse(d) for d in drugs), body=BodyRecord(facts=told), **more)


CASES = {
    "back": person(BACK, drugs=("oxycodone",), outside_calls=(("CYP2D6", "*4/*4"),)),
    "nerve": person(NERVE, drugs=("alprazolam",), facts={"hyperalgesia-pinprick": "yes"}),
    "migraine": person(MIGRAINE, drugs=("phenelzine",), intensity=None),
}


class Told:
    """An assessment with its page and its file."""

    def __init__(self, assessment):
        self.assessment = assessment
        self.page = render_html(assessment)
        self.section = part(self.page, "outlook") if 'class="part part-outlook"' in self.page else ""
        self.file = json.loads(to_json(assessment))

    @property
    def outlooks(self):
        return self.file["outlook"]["outlooks"]


@pytest.fixture(scope="module")
def told():
    return {name: Told(assess(case, knowledge(), "2026-11-24")) for name, case in CASES.items()}


@pytest.fixture(params=CASES)
def one(request, told):
    return told[request.param]


def with_view(view):
    """The page of somebody with this outlook."""
    return Told(replace(invented.mara(), outlook=view))


def table_rows(section):
    """Rows of every table of numbers: column -> text, `name` for the first."""
    found = []
    for body in re.findall(r'<table class="stack outlooktable".*?<tbody[^>]*>(.*?)</tbody>', section, re.DOTALL):
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL):
            head = words(re.search(r"<th.*?</th>", row, re.DOTALL)[0])
            cells = re.findall(r'<td[^>]*data-label="([^"]*)"[^>]*>(.*?)</td>', row, re.DOTALL)
            found.append({"name": head, **{label: words(cell) for label, cell in cells}})
    return found


def hundred(value):
    return f"{100 * value:.0f}"


# what the page says and the file says -------------------------------------------------------------------------------------------------


def test_a_row_of_the_table_has_the_numbers_of_the_file(one):
    """Each row is looked up by its first name and its comparator; chances are people of 100, points have one digit."""
    rows = table_rows(one.section)
    assert rows
    for row in rows:
        name, against = row["name"].rsplit(" against ", 1)
        mine = [o for o in one.outlooks if o["status"] == "predicted" and name.startswith(o["label"])]
        longest = max((len(o["label"]) for o in mine), default=0)
        mine = [o for o in mine if len(o["label"]) == longest and against == {"usual": "usual care"}.get(o["comparator"], o["comparator"])]
        assert mine, row["name"]
        fits = [o for o in mine if shown(o) == {key: row[key] for key in ("Without", "With", "Adds")}]
        assert fits, (row, [shown(o) for o in mine])
        assert any(harm_of(o) == row["More stop"] for o in fits)


def harm_of(outlook):
    harm = outlook["harm"]
    return f"{hundred(harm['value'])} ({hundred(harm['low'])} to {hundred(harm['high'])})" if "value" in harm else "–"


def shown(outlook):
    """The three cells that a row must have, from the file."""
    benefit, points = outlook["benefit"], outlook["points"]
    adds = ""
    if "value" in benefit:
        adds = f"{hundred(benefit['value'])} ({hundred(benefit['low'])} to {hundred(benefit['high'])})"
    if "value" in points:
        adds += f" {points['value']:.1f} points of 10 less pain ({points['low']:.1f} to {points['high']:.1f})"
    return {
        "Without": hundred(outlook["control"]["value"]) if "value" in outlook["control"] else "–",
        "With": hundred(outlook["response"]["value"]) if "value" in outlook["response"] else "–",
        "Adds": adds.strip(),
    }


def leaves(value):
    """Every number and every text of a document."""
    if isinstance(value, dict):
        for child in value.values():
            yield from leaves(child)
    elif isinstance(value, list):
        for child in value:
            yield from leaves(child)
    elif value is not None and not isinstance(value, bool):
        yield value


NUMBER = re.compile(r"\d+(?:\.\d+)?")
FIXED = {"0", "10", "25", "50", "75", "80", "100", "2", "26", "6"}  # the axis, the words of the page (80 % band, 2 to 26 weeks, of 100)


def test_every_number_of_the_section_is_in_the_file(one):
    """As printed in a text of it, or one of its numbers: as people of 100, with one digit, or whole."""
    known = set(FIXED)
    for leaf in leaves(one.file):
        if isinstance(leaf, str):
            known.update(NUMBER.findall(leaf))
        else:
            known.update((f"{abs(100 * leaf):.0f}", f"{abs(leaf):.1f}", f"{abs(leaf):g}"))
    text = re.sub(r"<svg.*?</svg>", " ", one.section, flags=re.DOTALL)
    own = len(one.outlooks)
    counts = {str(n) for n in range(own + 1)}  # how many are predicted, refused, or stand behind "and others"

    strange = [n for n in NUMBER.findall(words(text)) if n not in known | counts]

    assert [] == strange


def test_the_picture_says_numbers_of_the_file_only(one):
    """People of 100 in the drawing: every bracket and every count belongs to an outlook."""
    told = {hundred(o[key]["value"]) for o in one.outlooks for key in ("control", "response") if "value" in o[key]}
    drawn = re.findall(r"(\d+) of 100 feel better with it, (\d+) without it", words(one.section))

    assert drawn or not told
    assert {n for pair in drawn for n in pair} <= told


def test_the_title_counts_treatments(one):
    statuses = {status: {o["treatment"] for o in one.outlooks if o["status"] == status} for status in ("predicted", "refused")}

    text = words(one.section)
    assert f"{len(statuses['predicted'])} treatments can be predicted" in text
    count = len(statuses["refused"])
    assert ("one is refused" if count == 1 else f"{count} are refused") in text


def test_every_verdict_and_every_warning_is_told(one):
    text = words(one.section)

    for verdict in one.file["outlook"]["verdicts"]:
        assert verdict["text"] in text
    for warning in one.file["outlook"]["warnings"]:
        assert warning[1:].rstrip(".") in text


def test_every_treatment_is_named_somewhere(one):
    """Equal borrowed ones share a line; none of them loses its name."""
    text = words(one.section).lower()

    assert [] == [o["label"] for o in one.outlooks if o["label"].lower() not in text]


def test_every_row_of_evidence_that_was_used_is_told_with_its_share(one):
    text = words(one.section)
    for o in one.outlooks:
        for used in o["rows"] if o["status"] == "predicted" else ():
            assert f"{used['row']['id']}, share {100 * used['weight']:.0f} %" in text


def test_every_kind_of_pain_has_its_own_part(one):
    kinds = dict.fromkeys(o["condition_label"] for o in one.outlooks)

    assert list(kinds) == [words(h) for h in re.findall(r'<div class="outlookpart".*?<h3>(.*?)</h3>', one.section, re.DOTALL)]


def test_absent_parts_are_absences_in_the_file_never_numbers(one):
    for o in one.outlooks:
        for key in ("control", "response", "benefit", "points", "harm", "p_best"):
            if o["status"] != "predicted":
                assert not isinstance(o[key], (int, float))
                assert "value" not in o[key] or isinstance(o[key]["value"], str)


# refusals -----------------------------------------------------------------------------------------------------------------------------


def test_what_is_refused_stands_before_anything_else_of_its_kind_of_pain(one):
    for piece in one.section.split('<div class="outlookpart"')[1:]:
        if "Refused for this person" not in piece:
            continue
        place = piece.index("Refused for this person")
        others = [piece.find(mark) for mark in ("<figure", "<table", "Not offered for this kind of pain", "Evidence still to verify")]
        assert all(place < other for other in others if other >= 0)


def test_a_refused_treatment_has_its_reason_in_words_and_no_line_among_the_numbers(one):
    named = " ".join(row["name"].lower() for row in table_rows(one.section))
    text = words(one.section).lower()
    refused = [o for o in one.outlooks if o["status"] == "refused"]

    assert refused
    for o in refused:
        assert o["label"].lower() not in named
        for refusal in o["refusals"]:
            assert words(refusal["reason"]).lower().rstrip(".") in text
            assert f"[{refusal['source']}]".lower() in text


def test_a_poor_metaboliser_reads_why_codeine_is_refused(told):
    text = words(told["back"].section)

    assert "Refused for this person Codeine : CPIC: Do not use codeine" in text
    assert "CYP2D6=Poor Metabolizer" in text
    assert "Tramadol : CPIC: Do not use tramadol" in text


def test_a_benzodiazepine_on_the_list_refuses_every_opioid_on_the_page(told):
    text = words(told["nerve"].section)

    for name in ("Codeine", "Morphine", "Oxycodone", "Methadone", "Buprenorphine", "Tapentadol", "Tramadol"):
        assert f"{name} : " in text
    assert "with alprazolam" in text


# this person --------------------------------------------------------------------------------------------------------------------------


def test_what_changed_by_this_person_is_named_and_the_average_is_not_claimed(told):
    text = words(told["nerve"].section)

    assert "pinprick hyperalgesia at the bedside: +0.2 points of 10 (moderate credibility)" in text
    assert "Nothing known of this person changes an effect" not in text


def test_the_average_is_called_the_average(told):
    assert "the average of the trials is the best prediction" in words(told["back"].section)


def test_what_is_taken_now_is_marked(told):
    assert "Oxycodone (taken now)" in words(told["back"].section)


# nothing to tell ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [Case(Person("nobody")), person(drugs=("tramadol",))], ids=["empty", "a drug alone"])
def test_no_section_where_no_pain_is_told(case):
    found = Told(assess(case, knowledge(), "2026-11-24"))

    assert "" == found.section
    assert 'href="#outlook"' not in found.page


def test_pain_of_no_recorded_kind_has_a_section_that_says_what_to_add():
    case = Case(Person("invented", 50, "F"), PainHistory(complaint="it hurts", intensity_0_10=5.0))

    found = Told(assess(case, knowledge(), "2026-11-24"))

    text = words(found.section)
    assert "No treatment can be predicted" in text
    assert "add a diagnosis" in text
    assert "<table" not in found.section
    assert "<figure" not in found.section


def test_the_page_is_the_same_twice(told):
    assert told["nerve"].page == render_html(told["nerve"].assessment)


# invented outlooks --------------------------------------------------------------------------------------------------------------------


def test_every_status_has_its_place():
    text = words(with_view(invented_outlook.view()).section)

    for label in ("Drug A", "Drug R", "Drug N", "Drug V", "Drug 0"):
        assert label in text
    assert text.index("Drug R") < text.index("Drug A")
    assert "No usable evidence: Drug 0." in text
    assert "The pain is younger than the evidence" in text


def test_equal_borrowed_lines_are_one_line_with_both_names():
    rows = table_rows(with_view(invented_outlook.view()).section)

    assert ["Drug A against placebo", "Drug B and drug C against placebo"] == [row["name"] for row in rows]


def test_equal_lines_with_trials_of_their_own_stay_apart():
    """Two findings that happen to agree are two findings."""
    twins = tuple(invented_outlook.predicted(id_, label) for id_, label in (("a", "Drug A"), ("b", "Drug B")))

    assert 2 == len(table_rows(with_view(OutlookView(twins, ())).section))


@pytest.mark.parametrize("count", [2, 9, 14, 30])
def test_many_equal_borrowed_lines_keep_all_their_names(count):
    same = tuple(invented_outlook.predicted(f"d{n}", f"Drug {n:03}", is_borrowed=True) for n in range(count))
    found = with_view(OutlookView(same, ()))

    text = words(found.section).lower()
    assert 1 == len(table_rows(found.section))
    if count <= 12:
        assert all(f"drug {n:03}" in text for n in range(count))
    else:
        assert re.search(r"and \d+ others", text)
        assert all(f"Drug {n:03}" in json.dumps(found.file) for n in range(count))


def test_a_note_of_a_merged_line_is_not_lost():
    """Of two borrowed equals one has a drug that must not be used: that note belongs on the page."""
    one = invented_outlook.predicted("b", "Drug B", is_borrowed=True)
    other = invented_outlook.predicted("c", "Drug C", is_borrowed=True, notes=("not drug C2: it interacts",))

    assert "not drug C2: it interacts" in words(with_view(OutlookView((one, other), ())).section).replace("Not", "not")


def test_a_treatment_by_points_alone_has_points_and_no_chance():
    lone = invented_outlook.predicted(
        "t", "Drug T", control=None, response=None, benefit=None, substantial=None, substantial_benefit=None, harm=None, p_best=None
    )

    (row,) = table_rows(with_view(OutlookView((lone,), ())).section)
    assert ("–", "–", "–", "–") == (row["Without"], row["With"], row["At least 50 %"], row["More stop"])
    assert "0.9 points of 10 less pain (0.5 to 1.3)" == row["Adds"]


HOSTILE = ("<script>alert(1)</script>", "\"onmouseover='x'", "a\x00b\u202ec", "{{ 7*7 }}", "</section><h1>", "&lt;b&gt;", "x" * 300, "")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(text):
    """Labels, reasons and verdicts come from cards that a clinic may write itself."""
    base = invented_outlook.view()
    changed = []
    for o in base.outlooks:
        shifts = (PersonalShift("m", text, 0.1, text, text),) if o.status == PREDICTED else ()
        refusals = tuple(Refusal(o.treatment, text, text, text, text) for _ in o.refusals)
        notes = (text,) if o.status != "refused" else ()
        changed.append(
            replace(o, label=text, condition_label=text, outcome=text, shifts=shifts, refusals=refusals, notes=notes, sources=(text,))
        )
    verdicts = tuple(replace(v, text=text) for v in base.verdicts)

    found = with_view(OutlookView(tuple(changed), verdicts, (text,)))

    plain = with_view(base)
    for tag in ("script", "h1", "section"):
        assert len(re.findall(f"<{tag}[ >]", plain.page)) == len(re.findall(f"<{tag}[ >]", found.page))
    assert "\u202e" not in found.page
    assert "\x00" not in found.page
    assert " onmouseover=" not in re.sub(r'="[^"]*"', "", found.section)
    if "{" in text:
        assert text in words(found.section)


def test_mode_and_person_change_nothing_on_the_page_but_what_they_say(told):
    """The same outlook under another person's name is drawn the same."""
    view = told["back"].assessment.outlook
    pages = [
        Told(replace(told["back"].assessment, case=replace(CASES["back"], person=Person(label, 50, "F")), outlook=view)) for label in "ab"
    ]

    assert pages[0].section == pages[1].section
