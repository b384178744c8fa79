"""Findings of a report are read with what they mean and how common they are without pain; a red flag overrides."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.brain.commonness import common_at
from painloom.brain.imaging import UNCONFIRMED, read_imaging
from painloom.errors import InputError, KnowledgeError
from painloom.intake.imaging import read_imaging_entries
from painloom.knowledge import imaging as cards_of
from painloom.knowledge.check_imaging import check_imaging
from painloom.knowledge.load import Knowledge, load
from painloom.model.brain import ImagingEntry

CARDS = cards_of.read_imaging(load().files("imaging"))
TABLE = {f.id: f for f in CARDS["pain-free"].findings}
SCALES = [card for card in CARDS.values() if card.kind == "scale"]
# percent at an age, from the reprint and the abstract of the pooled study (Brinjikji 2015; PMC4975884 table 1), typed again from there
PUBLISHED = {
    "disc-degeneration": {20: 37, 30: 52, 40: 68, 50: 80, 60: 88, 80: 96},
    "disc-signal-loss": {20: 17, 30: 33, 40: 54, 50: 73},
    "disc-height-loss": {20: 24, 30: 34, 40: 45, 50: 56},
    "disc-bulge": {20: 30, 30: 40, 40: 50, 50: 60, 60: 69, 80: 84},
    "disc-protrusion": {20: 29, 30: 31, 40: 33, 50: 36, 60: 38, 80: 43},
    "annular-fissure": {20: 19, 30: 20, 40: 22, 50: 23, 60: 25, 80: 29},
    "facet-degeneration": {20: 4, 30: 9, 40: 18, 50: 32},
    "spondylolisthesis": {20: 3, 30: 5, 40: 8, 50: 14},
}


def one(scale, grade, age=50, **more):
    (finding,) = read_imaging([ImagingEntry(scale, grade, **more)], CARDS, age)
    return finding


def entries(**words):
    return read_imaging_entries({"imaging": [words]}, "case.toml")


def test_the_cards_hold_together():
    assert list(check_imaging(load())) == []


@pytest.mark.parametrize("finding", PUBLISHED)
def test_published_percentages_are_met(finding):
    assert {age: common_at(TABLE[finding], age, 0).percent for age in PUBLISHED[finding]} == PUBLISHED[finding]


def test_between_two_ages_a_straight_line_is_drawn_and_said():
    found = one("pfirrmann", "IV", age=55).prevalence

    assert (found.percent, found.age_years, found.count) == (84, 55, None)
    assert "between 50 and 60" in found.text
    assert "80 % at 50, 88 % at 60" in found.text


def test_between_two_counted_ages_the_smaller_count_is_given():
    assert one("disc-contour", "bulge", age=25).prevalence.count == 55


@pytest.mark.parametrize(("age", "nearest", "percent"), [(5, 20, 37), (19.9, 20, 37), (80, 80, 96), (101, 80, 96)])
def test_outside_the_ages_the_nearest_is_named(age, nearest, percent):
    found = common_at(TABLE["disc-degeneration"], age, 0)

    assert (found.percent, found.age_years) == (percent, nearest)
    assert ("no number is held" in found.text) == (age != nearest)


def test_a_doubtful_row_makes_the_number_doubtful():
    states = {age: common_at(TABLE["annular-fissure"], age, 0).state for age in (50, 51, 60, 70, 80)}

    assert states == {50: "verified", 51: "to-verify", 60: "to-verify", 70: "to-verify", 80: "verified"}


@pytest.mark.parametrize(
    ("finding", "age", "words"),
    [
        ("disc-height-loss", 20, "15 people, too few to lean on"),
        ("facet-degeneration", 20, "a model's value, nobody of that age was seen"),
        ("disc-degeneration", 50, "311 people"),
    ],
)
def test_small_cells_are_flagged(finding, age, words):
    said = common_at(TABLE[finding], age, CARDS["pain-free"].small).text

    assert words in said
    assert ("too few" in said) == ("too few" in words)


@given(st.sampled_from(sorted(TABLE)), st.floats(0, 130))
def test_a_percentage_stays_between_its_neighbours(finding, age):
    rows = TABLE[finding].rows
    found = common_at(TABLE[finding], age, 50)

    assert min(r.percent for r in rows) <= found.percent <= max(r.percent for r in rows)
    assert found.sources
    assert f"{TABLE[finding].label}: " in found.text


@given(st.sampled_from(sorted(PUBLISHED)), st.floats(0, 130), st.floats(0, 130))
def test_lumbar_percentages_never_fall_with_age(finding, one_age, other_age):
    young, old = sorted((one_age, other_age))

    assert common_at(TABLE[finding], young, 0).percent <= common_at(TABLE[finding], old, 0).percent + 1e-9


@pytest.mark.parametrize(("age", "percent"), [(39, 4), (40, 19), (41, 19), (90, 19), (0, 4)])
def test_ranges_of_age_are_closed_below(age, percent):
    assert one("knee-mri", "meniscal-tear", age=age).prevalence.percent == percent


def test_a_number_for_all_ages_says_so():
    assert "of all ages (not given by age)" in one("modic", "1").prevalence.text


@pytest.mark.parametrize("grade", ["I", "II", "III"])
def test_grades_that_no_source_calls_degenerated_show_no_number(grade):
    found = one("pfirrmann", grade)

    assert found.prevalence is None
    assert "not on a card" in found.reason


@pytest.mark.parametrize("grade", ["extrusion", "sequestration"])
def test_a_herniation_beyond_the_table_shows_no_number(grade):
    assert one("disc-contour", grade).prevalence is None


def test_a_high_slip_does_not_borrow_the_number_of_a_low_one():
    assert [one("meyerding", g).prevalence is None for g in ("I", "II", "III", "IV", "V")] == [False, False, True, True, True]


def test_without_an_age_no_number_is_shown():
    found = one("disc-contour", "bulge", age=None)

    assert found.prevalence is None
    assert "the age is not known" in found.reason


def test_an_unconfirmed_finding_waits_for_a_clinician():
    assert UNCONFIRMED in one("pfirrmann", "V").reason
    assert one("pfirrmann", "V", confirmed_by="radiology").reason == ""


@pytest.mark.parametrize("grade", [g.id for g in CARDS["red-flag"].grades])
def test_every_red_flag_is_urgent_and_shows_no_number(grade):
    found = one("red-flag", grade)

    assert found.urgent
    assert found.prevalence is None


def test_a_red_flag_comes_first_and_silences_the_numbers_of_the_same_part():
    given = [ImagingEntry("disc-contour", "bulge"), ImagingEntry("knee-mri", "osteophyte"), ImagingEntry("red-flag", "infection", "L4/5")]

    flag, bulge, knee = read_imaging(given, CARDS, 50)

    assert flag.entry.scale == "red-flag"
    assert bulge.prevalence is None
    assert "red flag" in bulge.reason
    assert knee.prevalence is not None


@given(st.lists(st.sampled_from([(c.id, g.id) for c in SCALES for g in c.grades]), max_size=8), st.one_of(st.none(), st.floats(0, 120)))
def test_no_number_ever_stands_beside_a_red_flag_of_its_part(pairs, age):
    levels = {"kellgren-lawrence-knee": "knee", "kellgren-lawrence-hip": "hip"}
    found = read_imaging([ImagingEntry(s, g, levels.get(s, "")) for s, g in pairs], CARDS, age)
    alarmed = {CARDS[f.entry.scale].part for f in found if f.urgent}

    assert len(found) == len(pairs)
    assert not any(f.prevalence for f in found if CARDS[f.entry.scale].part in alarmed or f.urgent)
    assert all(f.prevalence is None or age is not None for f in found)
    assert [bool(f.urgent) for f in found] == sorted((bool(f.urgent) for f in found), reverse=True)


@pytest.mark.parametrize("level", ["L4/5", "L4-5", "L4/L5", "l4 - l5", "L4–L5"])
def test_a_level_has_many_spellings(level):
    assert one("pfirrmann", "IV", level=level).entry.level == "L4/5"


@pytest.mark.parametrize("level", ["L5/S1", "L5-S1", "l5s1"])
def test_the_lowest_level_keeps_both_letters(level):
    if level == "l5s1":
        with pytest.raises(InputError, match="allowed: L1/2"):
            one("pfirrmann", "IV", level=level)
    else:
        assert one("pfirrmann", "IV", level=level).entry.level == "L5/S1"


@pytest.mark.parametrize(
    ("scale", "grade", "read"),
    [
        ("Pfirrmann", "4", "IV"),
        ("PFIRRMANN", "iv", "IV"),
        ("HIZ", "yes", "present"),
        ("disc contour", "Bulging", "bulge"),
        ("modic", "II", "2"),
        ("schizas", "a3", "A"),
    ],
)
def test_scales_and_grades_have_other_spellings(scale, grade, read):
    assert one(scale, grade).entry.grade == read


def test_one_scale_of_two_joints_is_told_apart_by_the_level():
    assert one("Kellgren-Lawrence", "3", level="hip", side="left").card[0] == "kellgren-lawrence-hip"
    assert one("KL", "3", level="Knee").card[0] == "kellgren-lawrence-knee"
    with pytest.raises(InputError, match="hip, knee"):
        one("KL", "3")


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        ({"scale": "secret words"}, "pfirrmann"),
        ({"grade": "secret words"}, "I, II, III, IV, V"),
        ({"level": "secret words"}, "L1/2, L2/3"),
        ({"side": "secret words"}, "no side"),
        ({"scale": "weishaupt", "grade": "1", "side": "secret words"}, "left, right, both"),
    ],
)
def test_what_is_not_known_is_refused_with_what_is_allowed_and_without_the_words(words, allowed):
    entry = ImagingEntry(**({"scale": "pfirrmann", "grade": "IV"} | words))

    with pytest.raises(InputError) as refused:
        read_imaging([entry], CARDS, 50)

    line = str(refused.value)
    assert allowed in line
    assert "secret" not in line
    assert "\n" not in line
    assert line.startswith("case.toml [[imaging]] entry 1")


def test_nothing_entered_gives_nothing():
    assert read_imaging([], CARDS, 50) == ()


def test_no_card_calls_a_finding_the_cause_of_pain():
    for card in SCALES:
        for text in (*card.notes, *(line for g in card.grades for line in (g.meaning, *g.notes))):
            assert "causes" not in text
            assert "normal for" not in text


def test_an_entry_is_read_in_form_only():
    (entry,) = entries(scale="anything", grade=4, level="L4/5", side="left", date="2026-05", text="as written", confirmed_by="Dr X")

    assert entry == ImagingEntry("anything", "4", "L4/5", "left", "2026-05", "as written", "Dr X")
    assert read_imaging_entries({}, "case.toml") == ()


@pytest.mark.parametrize(
    "words",
    [
        {"grade": "IV"},
        {"scale": "x"},
        {"scale": " ", "grade": "1"},
        {"scale": "x", "grade": True},
        {"scale": "x", "grade": 1.5},
        {"scale": "x", "grade": "1", "date": "yesterday"},
        {"scale": "x", "grade": "1", "date": "2026-13"},
        {"scale": "x", "grade": "1", "date": "2026-02-32"},
        {"scale": "x" * 61, "grade": "1"},
        {"scale": ["x"], "grade": "1"},
        {"scale": "x", "grade": "1", "text": "y" * 3000},
    ],
)
def test_a_malformed_entry_is_refused_in_one_line(words):
    with pytest.raises(InputError) as refused:
        entries(**words)

    assert str(refused.value).startswith("case.toml [[imaging]] entry 1: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("record", [{"imaging": {"scale": "x"}}, {"imaging": ["x"]}, {"imaging": [{"scale": "x", "grade": "1"}] * 201}])
def test_a_malformed_list_is_refused(record):
    with pytest.raises(InputError):
        read_imaging_entries(record, "case.toml")


def shelf(tmp_path, card, rows=None):
    folder = tmp_path / "imaging"
    folder.mkdir(exist_ok=True)
    (folder / "own.toml").write_text(card, encoding="utf-8")
    if rows is not None:
        (folder / "own.rows.tsv").write_text("finding\tage\tage_from\tage_below\tpercent\tcount\tstate\tsources\n" + rows, encoding="utf-8")
    return folder / "own.toml"


HEAD = 'schema = 1\nrelease = "x"\nid = "own"\nlabel = "x"\nlicence = "x"\nclaim = "research"\nsources = ["painloom-own-choice"]\n'
GRADE = '[[grade]]\nid = "1"\nmeaning = "x"\nstate = "verified"\n'


@pytest.mark.parametrize(
    ("card", "rows"),
    [
        (HEAD + 'kind = "map"\n', None),
        (HEAD + 'kind = "scale"\npart = "spine"\n', None),
        (HEAD + 'kind = "scale"\npart = "toe"\n' + GRADE, None),
        (HEAD + 'kind = "scale"\npart = "spine"\nsides = ["up"]\n' + GRADE, None),
        (HEAD + 'kind = "scale"\npart = "spine"\n' + GRADE + GRADE, None),
        (HEAD + 'kind = "scale"\npart = "spine"\n' + GRADE.replace("verified", "sure"), None),
        (HEAD + 'kind = "prevalence"\n', ""),
        (HEAD + 'kind = "prevalence"\n', "a\t20\t.\t.\t10\t.\tverified\tx\n"),
        (HEAD + 'kind = "prevalence"\n[[finding]]\nid = "a"\nlabel = "a"\nwho = "people"\n', ""),
        (HEAD + 'kind = "prevalence"\n[[finding]]\nid = "a"\nlabel = "a"\nwho = "people"\n', "a\t20\t.\t.\t101\t.\tverified\tx\n"),
        (HEAD + 'kind = "prevalence"\n[[finding]]\nid = "a"\nlabel = "a"\nwho = "people"\n', "a\t20\t10\t.\t10\t.\tverified\tx\n"),
        (HEAD + 'kind = "prevalence"\n[[finding]]\nid = "a"\nlabel = "a"\nwho = "people"\n', "a\tx\t.\t.\t10\t.\tverified\tx\n"),
    ],
)
def test_a_malformed_card_is_refused(tmp_path, card, rows):
    with pytest.raises(KnowledgeError):
        cards_of.read_imaging_card(shelf(tmp_path, card, rows))


def test_the_check_sees_what_the_reader_cannot(tmp_path):
    own = GRADE + 'prevalence = "nowhere"\nurgent = "now"\nsources = ["nobody"]\n'
    shelf(tmp_path, HEAD + 'kind = "scale"\npart = "spine"\nnames = ["modic"]\n' + own)

    lines = list(check_imaging(Knowledge(overlay=tmp_path)))

    assert len(lines) == 4
    assert any("which no card describes" in line for line in lines)
    assert any("urgent" in line for line in lines)
    assert any("'nobody'" in line for line in lines)
    assert any("'modic' belongs to 2 scales" in line for line in lines)


def test_rows_that_overlap_are_seen(tmp_path):
    card = HEAD + 'kind = "prevalence"\n[[finding]]\nid = "a"\nlabel = "a"\nwho = "people"\n'
    rows = "".join(f"a\t{ages}\t10\t.\tverified\tbrinjikji-2015\n" for ages in (".\t.\t50", ".\t40\t.", "20\t.\t."))
    shelf(tmp_path, card, rows)

    lines = list(check_imaging(Knowledge(overlay=tmp_path)))

    assert any("overlap" in line for line in lines)
    assert any("mixes single ages with ranges" in line for line in lines)


def test_a_clinics_own_table_replaces_ours():
    rows = tuple(replace(row, percent=1.0) for row in TABLE["disc-bulge"].rows)
    own = replace(CARDS["pain-free"], findings=(replace(TABLE["disc-bulge"], rows=rows),))

    (found,) = read_imaging([ImagingEntry("disc-contour", "bulge")], CARDS | {"pain-free": own}, 50)

    assert found.prevalence.percent == 1
