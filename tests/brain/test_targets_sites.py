"""Where it hurts, on which side, and which area of the motor cortex stands for it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from targetcase import BOOK, KNOWLEDGE, PAIN, first, motor, plan

from painloom.brain.somatotopy import SiteReader, settle
from painloom.model.body import Diagnosis

READER = SiteReader(BOOK.body)
MIRROR = {"left": "right", "right": "left"}


def region(words):
    """The id of the first region of the body map whose label holds the words."""
    return next(r.id for r in KNOWLEDGE.bodymap.regions if all(word in r.label.casefold() for word in words.split()))


def read(text):
    return [(spot.area, spot.side) for spot in settle(READER.read(text, "text"))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Neuropathic pain of left hand", [("hand", "left")]),
        ("central post-stroke pain, right face", [("face", "right")]),
        ("Right foot structure (body structure)", [("foot", "right")]),
        ("Structure of left hand", [("hand", "left")]),
        ("hand, left", [("hand", "left")]),
        ("foot (left)", [("foot", "left")]),
        ("R foot", [("foot", "right")]),
        ("pain L hand", [("hand", "left")]),
        ("Lt knee", [("foot", "left")]),
        ("left hand and foot", [("hand", "left"), ("foot", "left")]),
        ("right hand and left face", [("hand", "right"), ("face", "left")]),
        ("Pain in left leg, right arm", [("foot", "left"), ("hand", "right")]),
        ("left and right hand", [("hand", "both")]),
        ("both feet", [("foot", "both")]),
        ("burning feet", [("foot", "both")]),
        ("pain in feet, left more than right", [("foot", "both")]),
        ("Bilateral hands", [("hand", "both")]),
        ("Sciatica, left side", [("foot", "left")]),
        ("L5 radiculopathy right", [("foot", "right")]),
        ("Trigeminal neuralgia right V2", [("face", "right")]),
        ("pain in the right side of the jaw", [("face", "right")]),
        ("Complex regional pain syndrome I of right upper limb", [("hand", "right")]),
        ("Postherpetic neuralgia left T5 thoracic", [("trunk", "left")]),
        ("left hemibody pain", [("half", "left")]),
        ("left-sided pain", [("", "left")]),
        ("Widespread pain", [("hand", "both")]),
        ("Hand pain", [("hand", "")]),
        ("pain", []),
        ("", []),
    ],
)
def test_a_site_is_read_with_its_side_in_any_order_of_words(text, expected):
    found = read(text)

    assert expected == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Right-handed woman with pain in left face", [("face", "left")]),
        ("left-hand dominant, pain in right foot", [("foot", "right")]),
        ("Left thalamic stroke with central pain", []),
        ("left MCA stroke", []),
        ("right face pain after left thalamic stroke", [("face", "right")]),
        ("Central post-stroke pain of the right hand after left middle cerebral artery infarct", [("hand", "right")]),
        ("pain of the left foot due to right hemispheric haemorrhage", [("foot", "left")]),
        ("left ventricular hypertrophy", []),
        ("on the other hand, pain is better", []),
        ("spinal stenosis", []),
    ],
)
def test_the_side_of_a_brain_lesion_or_of_the_writing_hand_is_not_the_side_of_the_pain(text, expected):
    found = read(text)

    assert expected == found


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize(
    ("site", "area"),
    [
        *((site, "hand") for site in ("hand", "finger", "wrist", "forearm", "elbow", "arm", "shoulder", "upper limb")),
        *((site, "foot") for site in ("foot", "toe", "heel", "ankle", "calf", "leg", "knee", "thigh", "hip", "lower extremity")),
        *((site, "face") for site in ("face", "cheek", "jaw", "mouth", "tongue", "forehead", "eye")),
    ],
)
def test_a_limb_stands_for_its_area_of_the_opposite_motor_cortex(side, site, area):
    view = plan(PAIN, sites=[f"{side} {site}"])

    assert [(area, MIRROR[side])] == motor(view)


SITES = ("hand", "wrist", "shoulder", "face", "jaw", "foot", "knee", "hip", "groin", "chest")
FORMS = (
    *("{side} {site}", "{site}, {side}", "{site} ({side})"),
    *("Pain in {side} {site}", "Structure of {side} {site}", "{Side} {site} structure"),
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SITES), st.sampled_from(FORMS), st.sampled_from(["left", "right"]))
def test_the_mirrored_pain_gives_the_mirrored_motor_cortex(site, form, side):
    other = MIRROR[side]
    here = motor(plan(PAIN, sites=[form.format(side=side, Side=side.title(), site=site)]))
    there = motor(plan(PAIN, sites=[form.format(side=other, Side=other.title(), site=site)]))

    assert [(area, MIRROR[hemisphere]) for area, hemisphere in here] == there
    assert [other] == [hemisphere for _, hemisphere in here]


@pytest.mark.parametrize("sites", [(), ("both feet",), ("widespread",), ("midline of the neck",), ("hand",), ("left hand", "right hand")])
def test_without_one_side_the_left_motor_cortex_comes_first_and_the_reason_is_said(sites):
    target = first(plan(PAIN, sites=sites))
    said = " ".join(target.why)

    assert ("left", True) == (target.side, "convention of trials" in said)


@pytest.mark.parametrize("sites", [("left hand", "right hand"), ("right face", "left face"), ("left knee", "right foot")])
def test_the_same_area_on_both_sides_in_two_entries_is_pain_on_both_sides(sites):
    view = plan(PAIN, sites=sites)

    assert ["left"] == [hemisphere for _, hemisphere in motor(view)]
    assert any("both sides" in text for text in first(view).why)


def test_pain_all_over_the_body_has_no_side_whatever_hurts_most():
    view = plan("Fibromyalgia", sites=["left foot"])

    assert [("hand", "left")] == motor(view)


def test_beside_a_kind_with_a_side_the_place_of_the_widespread_kind_comes_last():
    view = plan("Fibromyalgia", "Neuropathic pain of left foot")

    assert [("foot", "right"), ("hand", "left")] == motor(view)


def test_a_diagnosis_that_names_no_chosen_kind_of_pain_does_not_choose_the_place():
    view = plan(PAIN, "Osteoarthritis of right knee", sites=["left hand"])

    assert [("hand", "right")] == motor(view)


def test_of_two_sites_the_first_is_chosen_and_both_are_listed_and_named():
    view = plan(PAIN, sites=["right hand", "left face"])
    one, two = (t for t in view.targets if t.card[0] == "m1-rtms")

    assert [("hand", "left"), ("face", "right")] == motor(view)
    assert any("first recorded place" in text and "left face" in text for text in one.why)
    assert any("further recorded place" in text and "right hand" in text for text in two.why)


def test_the_site_of_the_painful_diagnosis_comes_before_other_recorded_sites():
    view = plan("Neuropathic pain of left foot", sites=["Right ear"])

    assert [("foot", "right"), ("face", "left")] == motor(view)


def test_a_site_without_side_takes_the_side_that_the_record_gives_elsewhere():
    view = plan("Trigeminal neuralgia", sites=["Right cheek"])

    assert [("face", "left")] == motor(view)


def test_a_code_with_laterality_gives_place_and_side():
    view = plan(Diagnosis("CRPS", codes=(("icd-10-cm", "G90.522"),)))

    assert [("foot", "right")] == motor(view)


def test_the_words_outweigh_a_code_of_the_same_area():
    view = plan(Diagnosis("Pain in right hand, neuropathic", codes=(("icd-10-cm", "M79.642"),)))

    assert [("hand", "left")] == motor(view)


def test_the_body_map_stands_in_where_no_words_name_a_site():
    view = plan(PAIN, regions=(region("right hand"),))

    assert [("hand", "left")] == motor(view)


def test_the_side_that_the_user_names_replaces_the_recorded_one():
    view = plan(PAIN, sites=["left hand"], side="right")

    assert [("hand", "left")] == motor(view)


def test_a_trunk_site_says_that_the_hand_area_stands_in():
    target = first(plan(PAIN, sites=["left chest"]))

    assert ("m1-rtms-hand-right", True) == (target.id, any("no point for the trunk" in text for text in target.why))


def test_from_the_midline_outwards_lie_foot_hand_and_face():
    for side in ("left", "right"):
        x = {p.area: abs(p.xyz_mm[0]) for p in BOOK.targets["m1-rtms"].points if p.side == side}
        assert sorted(x, key=x.get) == ["foot", "hand", "face"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_read_without_failing_and_the_same_way_twice(text):
    assert read(text) == read(text)
