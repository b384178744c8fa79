"""Definitions of widespread pain on worked maps, three-valued; and what must hold for every map."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.body.bodymap import compare_with_sites, known_regions, map_facts, side_remarks, sites_of, widespread
from painloom.errors import InputError, KnowledgeError
from painloom.knowledge.bodymap import read_bodymap
from painloom.knowledge.load import load
from painloom.model.body import Fact

KNOWLEDGE = load()
MAP = read_bodymap(KNOWLEDGE.files("bodymap"))
IDS = tuple(region.id for region in MAP.regions)
TABLE = Path(__file__).resolve().parents[3] / "shared" / "mind" / "body_regions.tsv"
maps = st.sets(st.sampled_from(IDS), max_size=40)


def judged(regions, *facts):
    rows = widespread(MAP, regions, [Fact(id_, value) for id_, value in facts])
    return {row.id: row for row in rows}


def counts(regions):
    return {row.id: row.count for row in widespread(MAP, regions)}


def mirrored(regions):
    ends = {"-l": "-r", "-r": "-l"}
    return [id_[:-2] + ends[id_[-2:]] if id_[-2:] in ends else id_ for id_ in regions]


def test_three_painful_places_can_be_widespread_by_1990_and_are_not_by_later_definitions():
    rows = judged(["neck-back-l", "shoulder-front-l", "low-back-r"])

    assert ("lower-back", "neck", "shoulder-left") == tuple(sorted(rows["wpi"].present))
    assert "yes" == rows["acr-1990-widespread"].decided
    assert (2, "no") == (rows["acr-2016-generalised"].count, rows["acr-2016-generalised"].decided)
    assert (3, "no") == (rows["aapt-multisite"].count, rows["aapt-multisite"].decided)
    assert 3 == rows["regions"].count


def test_jaw_chest_and_abdomen_count_as_sites_and_never_make_a_region():
    rows = judged(["jaw-l", "jaw-r", "chest-upper-l", "chest-lower-r", "abdomen-lower-r"])

    assert (4, 0) == (rows["wpi"].count, rows["acr-2016-generalised"].count)
    assert ("jaw-left", "jaw-right", "chest", "abdomen") == rows["wpi"].present


def test_four_limbs_are_generalised_in_2016_and_not_widespread_in_1990_for_want_of_the_axis():
    rows = judged(["shoulder-front-l", "forearm-back-r", "thigh-front-l", "calf-r"])

    assert (4, "yes") == (rows["acr-2016-generalised"].count, rows["acr-2016-generalised"].decided)
    assert ("axial",) == rows["acr-2016-generalised"].missing
    assert ("no", ("axial",)) == (rows["acr-1990-widespread"].decided, rows["acr-1990-widespread"].missing)


def test_three_limbs_and_the_back_are_generalised_and_three_limbs_alone_are_not():
    limbs = ["shoulder-front-l", "forearm-back-r", "thigh-front-l"]

    assert "no" == judged(limbs)["acr-2016-generalised"].decided
    assert "yes" == judged([*limbs, "spine-mid"])["acr-2016-generalised"].decided


def test_low_back_lies_below_the_waist_in_1990_and_the_neck_above():
    assert {"above", "axial"} == set(judged(["spine-upper"])["acr-1990-widespread"].present)
    assert {"below", "axial"} == set(judged(["spine-low"])["acr-1990-widespread"].present)


def test_belly_pain_has_a_side_in_1990_and_is_no_axis():
    assert ("left",) == judged(["abdomen-upper-l", "flank-l"])["acr-1990-widespread"].present


def test_a_buttock_is_hip_to_the_index_and_lower_back_to_aapt():
    rows = judged(["buttock-r"])

    assert ("hip-right",) == rows["wpi"].present
    assert ("lower-back",) == rows["aapt-multisite"].present


def test_a_choice_of_ours_that_turns_the_answer_is_said():
    rows = judged(["shoulder-front-l", "hand-back-r", "thigh-front-l", "calf-r"])["acr-2016-generalised"]

    assert ("yes", "no", ("upper-right",)) == (rows.decided, rows.without, rows.by_convention)
    assert () == judged(["forearm-back-r", "hand-back-r"])["wpi"].by_convention


SIX = ("temple-l", "elbow-back-l", "wrist-r", "chest-upper-r", "abdomen-upper-l", "sole-l")
SLEEP, FATIGUE, MONTHS = "fm-aapt-sleep", "fm-aapt-fatigue", "fm-aapt-3-months"


@pytest.mark.parametrize(
    ("regions", "facts", "decided"),
    [
        (SIX, (), "unknown"),
        (SIX, ((SLEEP, "yes"),), "unknown"),
        (SIX, ((SLEEP, "yes"), (MONTHS, "yes")), "yes"),
        (SIX, ((FATIGUE, "yes"), (SLEEP, "no"), (MONTHS, "yes")), "yes"),
        (SIX, ((SLEEP, "no"), (MONTHS, "yes")), "unknown"),
        (SIX, ((SLEEP, "no"), (FATIGUE, "no")), "no"),
        (SIX, ((MONTHS, "no"),), "no"),
        (SIX[:5], (), "no"),
        ((), ((SLEEP, "yes"), (MONTHS, "yes")), "no"),
        (None, ((SLEEP, "yes"), (MONTHS, "yes")), "unknown"),
        (None, ((MONTHS, "no"),), "no"),
    ],
)
def test_core_criteria_are_three_valued(regions, facts, decided):
    rows = judged(regions, *facts)

    assert decided == rows["aapt-core"].decided


def test_what_nobody_asked_is_named():
    assert (SLEEP, FATIGUE, MONTHS) == judged(SIX)["aapt-core"].open
    assert (FATIGUE, MONTHS) == judged(SIX, (SLEEP, "no"))["aapt-core"].open
    assert (MONTHS,) == judged(SIX, (SLEEP, "yes"))["aapt-core"].open
    assert () == judged(SIX[:5])["aapt-core"].open


def test_the_latest_answer_counts_and_a_contradiction_of_one_day_is_unknown():
    told = [Fact(SLEEP, "no", "2026-01-01"), Fact(SLEEP, "yes", "2026-02-01"), Fact(MONTHS, "yes", "2026-02-01")]
    at_once = [*told, Fact(MONTHS, "no", "2026-02-01")]

    assert ["yes"] == [row.decided for row in widespread(MAP, SIX, told) if row.id == "aapt-core"]
    assert ["unknown"] == [row.decided for row in widespread(MAP, SIX, at_once) if row.id == "aapt-core"]


def test_a_map_that_was_not_filled_in_is_unknown_and_one_without_pain_is_not():
    nothing, empty = judged(None), judged(())

    assert {None} == {row.count for row in nothing.values()}
    assert {"", "unknown"} == {row.decided for row in nothing.values()}
    assert {0} == {row.count for row in empty.values()}
    assert {"", "no"} == {row.decided for row in empty.values()}


def test_the_map_answers_the_questions_of_the_criteria_only_when_it_was_filled_in():
    terms = {row["id"] for row in KNOWLEDGE.terms("facts_criteria")}
    found = {fact.id: fact.value for fact in map_facts(MAP, widespread(MAP, ["neck-back-l", "shoulder-front-l", "low-back-r"]))}

    assert {"fm-regions-4": "no", "fm-1990-widespread": "yes", "fm-aapt-sites-6": "no"} == found
    assert found.keys() <= terms
    assert {f for d in MAP.definitions for group in d.facts for f in group} <= terms
    assert () == map_facts(MAP, widespread(MAP, None))


@given(maps, st.sampled_from(IDS))
def test_one_region_more_never_lowers_a_count_or_takes_a_yes_back(regions, more):
    before, after = judged(sorted(regions)), judged(sorted(regions | {more}))

    assert all(after[id_].count >= row.count for id_, row in before.items())
    assert all(after[id_].decided == "yes" for id_, row in before.items() if row.decided == "yes")


@given(maps)
def test_left_and_right_exchanged_give_the_same_counts(regions):
    assert counts(sorted(regions)) == counts(mirrored(sorted(regions)))


@given(maps)
def test_order_and_repeats_change_nothing(regions):
    once = sorted(regions)

    assert widespread(MAP, once) == widespread(MAP, once[::-1] + once)


@given(maps)
def test_leaving_our_conventions_out_never_adds_a_site(regions):
    for row in widespread(MAP, sorted(regions)):
        assert set(row.by_convention) <= set(row.present)
        assert not (row.without == "yes" and row.decided == "no")


@given(maps)
def test_counts_stay_within_their_definition_and_present_and_missing_share_it_out(regions):
    for row in widespread(MAP, sorted(regions)):
        assert row.count == len(row.present)
        assert row.of == len(row.present) + len(row.missing)


def test_the_whole_body_reaches_every_definition_in_full():
    assert {"regions": 112, "wpi": 19, "acr-2016-generalised": 5, "acr-1990-widespread": 5, "aapt-multisite": 9, "aapt-core": 9} == counts(
        IDS
    )


def test_an_unknown_region_is_refused_by_name_and_free_text_without_it():
    with pytest.raises(InputError, match="knee-l: no such region"):
        widespread(MAP, ["knee-l"])
    with pytest.raises(InputError) as refused:
        known_regions(MAP, ["Mrs Smith says her knee"], "case.toml")

    assert "Smith" not in str(refused.value)


# sides


def remarks(regions, *written):
    return [(remark.kind, remark.side) for remark in side_remarks(MAP, regions, written)]


@pytest.mark.parametrize(
    ("drawn", "written", "expected"),
    [
        (["knee-front-r"], "left knee", [("suspected-swap", "left")]),
        (["knee-front-r", "knee-back-r"], "Left Knee, since the fall", [("suspected-swap", "left")]),
        (["knee-front-l"], "left knee", []),
        (["knee-front-l", "knee-back-r"], "left knee", [("both-sides-drawn", "left")]),
        (["knee-front-l"], "both knees", [("one-side-only", "both")]),
        (["knee-front-l", "knee-back-r"], "knees (left and right)", []),
        (["knee-front-l", "knee-back-r"], "left and right knee", []),
        (["knee-front-r"], "left and right knee", [("one-side-only", "both")]),
        (["knee-front-r", "hip-outer-l"], "left hip and knee", []),
        (["knee-back-l", "low-back-r"], "back of the left knee", []),
        (["shoulder-back-l", "trapezius-r"], "bilateral shoulders", []),
        (["low-back-l"], "left knee", [("not-drawn", "left")]),
        ([], "right hand", [("not-drawn", "right")]),
        (["knee-front-r"], "knee", []),
        (["knee-front-r"], "left ventricle", []),
        (["low-back-r"], "low back left", [("suspected-swap", "left")]),
        (["calf-l", "hand-back-r"], "right calf; left hand", [("suspected-swap", "right"), ("suspected-swap", "left")]),
        (["foot-top-l"], "right feet", [("suspected-swap", "right")]),
        (["shoulder-blade-l"], "right shoulder blade", [("suspected-swap", "right")]),
    ],
)
def test_sides_in_words_are_held_against_the_drawing(drawn, written, expected):
    assert expected == remarks(drawn, written)


def test_no_map_gives_no_doubt_about_sides():
    assert () == side_remarks(MAP, None, ["left knee"])


@given(maps, st.text(max_size=60))
def test_any_words_are_read_without_a_fault(regions, text):
    assert all(remark.written == text for remark in side_remarks(MAP, sorted(regions), [text]))


@given(maps)
def test_exchanging_the_sides_of_map_and_words_exchanges_the_doubts(regions):
    one = remarks(sorted(regions), "left knee", "right arm", "both hips")
    other = remarks(mirrored(sorted(regions)), "right knee", "left arm", "both hips")
    turned = {"left": "right", "right": "left", "both": "both"}

    assert one == [(kind, turned[side]) for kind, side in other]


# map against questionnaire


def test_map_and_questionnaire_are_compared_site_by_site_and_neither_is_changed():
    found = compare_with_sites(MAP, ["jaw-l", "knee-front-r"], {"1": 0, "15": 1, "14": 1, "11": None})

    assert [("jaw-left", "yes", "no", ("jaw-l",)), ("neck", "no", "yes", ())] == [
        (one.site, one.drawn, one.answered, one.regions) for one in found
    ]


def test_without_a_map_or_without_answers_nothing_differs():
    assert () == compare_with_sites(MAP, None, {"1": 1})
    assert () == compare_with_sites(MAP, IDS, {})


@given(maps)
def test_answers_that_say_what_the_map_says_differ_nowhere(regions):
    drawn = sites_of(MAP, regions, "wpi")
    answers = {item: float(site in drawn) for item, site in MAP.questionnaire.items}

    assert () == compare_with_sites(MAP, sorted(regions), answers)
    assert 19 == len(compare_with_sites(MAP, sorted(regions), {item: 1 - value for item, value in answers.items()}))


def test_an_answer_beyond_yes_and_no_is_refused_without_its_value():
    with pytest.raises(InputError, match="item 1 must be 0 or 1") as refused:
        compare_with_sites(MAP, (), {"1": 37})

    assert "37" not in str(refused.value)


def test_the_items_are_the_sites_of_the_instrument_in_its_own_order():
    card = KNOWLEDGE.instrument(MAP.questionnaire.instrument)
    labels = {item.range.id: item.label for item in card.items}
    words = {"girdle": "", "upper leg": "upper-leg", "lower leg": "lower-leg", "upper arm": "upper-arm", "lower arm": "lower-arm"}

    for item, site in MAP.questionnaire.items:
        side, _, rest = labels[item].partition(" ")
        name = labels[item] if side not in ("left", "right") else f"{words.get(rest, rest.removesuffix(' girdle'))}-{side}"
        assert site == name.replace(" ", "-")


# cards


def test_the_regions_agree_with_the_table_that_was_written_for_the_project():
    if not TABLE.is_file():
        pytest.skip("the reference table of body regions is not there")
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file, delimiter="\t")}
    told = {"wpi": "wpi_site", "acr2016": "acr2016_region", "aapt": "aapt_site"}

    assert set(rows) == set(IDS)
    for region in MAP.regions:
        row, values = rows[region.id], dict(region.values)
        assert (row["side"], row["view"]) == (region.side, region.view)
        assert [() if row[column] == "." else (row[column],) for column in told.values()] == [values[scheme] for scheme in told]
        assert region.dermatomes == tuple(x for x in row["dermatome_approx"].split("; ") if x != ".")
        if "house mapping" in row["mark"]:
            assert (True, "to-verify") == (bool(region.convention), region.state)


def test_only_trunk_and_neck_differ_from_that_table_in_the_halves_of_1990():
    if not TABLE.is_file():
        pytest.skip("the reference table of body regions is not there")
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: set(row["acr1990"].split("; ")) - {"."} for row in csv.DictReader(file, delimiter="\t")}
    differing = [region for region in MAP.regions if set(dict(region.values)["acr1990"]) != rows[region.id]]

    assert {"axial"} == set.intersection(*(rows[region.id] & {"axial"} for region in differing))
    assert {"head", "front", "back"} == {region.part for region in differing}
    assert all(region.stem.startswith("neck") for region in differing if region.part == "head")


def test_every_pair_counts_as_mirror_images():
    for region in MAP.regions:
        if region.id.endswith("-l"):
            other = MAP.by_id[region.stem + "-r"]
            turned = [(s, tuple(v.replace("left", "right") for v in vs)) for s, vs in region.values]
            assert turned == list(other.values)
            assert (region.view, region.part, region.dermatomes, region.convention) == (
                other.view,
                other.part,
                other.dermatomes,
                other.convention,
            )


def test_sources_and_labels_hold_together():
    assert {d.source for d in MAP.definitions} <= KNOWLEDGE.sources.keys()
    assert len(IDS) == len({region.label for region in MAP.regions})
    assert all((region.state == "to-verify") == bool(region.convention) for region in MAP.regions)
    assert [] == sorted({part for part, _, _ in MAP.parts} ^ {region.part for region in MAP.regions})


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("regions.tsv", "knee-front-l\t", "knee-front-x\t", "does not fit its side"),
        ("regions.tsv", "knee-front-r\t", "knee-back-r\t", "stands twice"),
        ("regions.tsv", "\tneck\t", "\tnape\t", "nape"),
        ("regions.toml", '"trapezius", "shoulder-blade"', '"trapezius", "wing"', "'wing', which is no region"),
        ("widespread.toml", "at_least = 6", "at_least = 10", "at_least"),
        ("widespread.toml", 'column = "aapt"', 'column = "side"', "column 'side'"),
        ("outline.shapes.tsv", "\nheel\t", "\nsole\t", "heel"),
        ("outline.curves.tsv", "chin:0,103", "chin:0;103", "no point"),
    ],
)
def test_a_broken_card_is_refused_and_says_where(tmp_path, file, old, new, says):
    for path in (KNOWLEDGE.base / "bodymap").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(KnowledgeError, match=says):
        read_bodymap({path.stem: path for path in tmp_path.glob("*.toml")})


def test_a_missing_card_is_refused():
    with pytest.raises(KnowledgeError, match=r"bodymap/form\.toml"):
        read_bodymap({id_: path for id_, path in KNOWLEDGE.files("bodymap").items() if id_ != "form"})
