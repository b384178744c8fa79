"""Which targets a kind of pain leads to, what each body says of them, and how they are given."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from targetcase import BOOK, KNOWLEDGE, PAIN, case, first, motor, plan

from painloom.brain.painkinds import kinds_of
from painloom.brain.said import history
from painloom.brain.targets import CONFIRM, NO_PROOF, Wish, plan_targets, safety_text
from painloom.brain.trainlimits import ABOVE, INSIDE, OUTSIDE, check_train
from painloom.errors import InputError
from painloom.knowledge.target_cards import Train
from painloom.model.body import Diagnosis
from painloom.model.target import TargetView


def cards(view):
    return list(dict.fromkeys(target.card[0] for target in view.targets))


def kinds(*texts):
    found = kinds_of(history(case(*texts)), {}, BOOK.indications, BOOK.screen.cues)
    return [kind.indication.id for kind in found.kinds]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Neuropathic pain of left hand", ["neuropathic"]),
        ("Painful diabetic polyneuropathy", ["diabetic-neuropathy"]),
        ("Central post-stroke pain, right face", ["post-stroke", "orofacial"]),
        ("Neuropathic pain after spinal cord injury", ["spinal-cord-injury"]),
        ("Lumbar radiculopathy, left", ["radicular"]),
        ("Postherpetic neuralgia", ["postherpetic"]),
        ("Phantom limb pain, right leg", ["phantom-limb"]),
        ("Trigeminal neuralgia", ["facial"]),
        ("Burning mouth syndrome", ["orofacial"]),
        ("Fibromyalgia", ["fibromyalgia"]),
        ("Complex regional pain syndrome type I", ["crps"]),
        ("Failed back surgery syndrome", ["failed-back"]),
        ("Chronic low back pain", ["low-back"]),
        ("Migraine with aura", ["migraine"]),
        ("Cluster headache", ["cluster-headache"]),
        ("Chronic pain", ["chronic-pain"]),
        ("No neuropathic pain", ["unstated"]),
        ("Family history of fibromyalgia", ["unstated"]),
        ("Hypertension", ["unstated"]),
    ],
)
def test_a_record_says_its_kind_of_pain_in_the_words_of_clinics(text, expected):
    assert expected == kinds(text)


def test_a_resolved_diagnosis_names_no_kind_of_pain():
    assert ["unstated"] == kinds(Diagnosis("Fibromyalgia", state="resolved"))


def test_a_mood_disorder_beside_pain_adds_its_target_and_hides_none():
    view = plan(PAIN, "Major depressive disorder", sites=["right hand"])

    assert {"m1-rtms", "dlpfc-rtms"} <= set(cards(view))
    assert ["Neuropathic pain", "Depression beside pain"] == [first(view, id_).indication for id_ in ("m1-rtms", "dlpfc-rtms")]


def test_a_mood_disorder_alone_leaves_the_kind_of_pain_open():
    view = plan("Depression")

    assert {"m1-rtms", "dlpfc-rtms"} <= set(cards(view))
    assert any("kind of pain" in text for text in view.missing)


@pytest.mark.parametrize(
    ("text", "expected", "absent"),
    [
        ("Neuropathic pain", {"m1-rtms", "m1-tdcs", "insula-deep-rtms"}, {"dlpfc-rtms", "spinal-cord-stimulation"}),
        ("Fibromyalgia", {"m1-rtms", "dlpfc-rtms", "m1-tdcs"}, {"s2-rtms", "epidural-m1"}),
        ("Trigeminal neuralgia", {"m1-rtms", "s2-rtms", "epidural-m1", "deep-brain-stimulation"}, {"dlpfc-rtms"}),
        ("Central pain after stroke", {"m1-rtms", "epidural-m1", "deep-brain-stimulation"}, {"s2-rtms"}),
        ("Complex regional pain syndrome", {"m1-rtms", "spinal-cord-stimulation"}, {"dlpfc-rtms"}),
        ("Failed back surgery", {"m1-rtms", "spinal-cord-stimulation"}, {"dlpfc-rtms"}),
        ("Migraine", {"single-pulse-tms", "vagus-nerve-device", "supraorbital-device"}, {"m1-rtms", "dlpfc-rtms"}),
        ("Cluster headache", {"vagus-nerve-device"}, {"m1-rtms", "single-pulse-tms"}),
    ],
)
def test_each_kind_of_pain_has_its_own_options(text, expected, absent):
    found = set(cards(plan(text)))

    assert expected <= found
    assert set() == absent & found


def test_a_case_without_anything_lists_options_with_the_reason():
    view = plan_targets(case(), KNOWLEDGE)
    target = first(view)

    assert ("left", (-37.0, -21.0, 58.0), "C3") == (target.side, target.xyz_mm, target.scalp[0].name)
    assert any("no site and no side" in text for text in target.why)
    assert ("the kind of pain (neuropathic or not, and from what)", "the site of the pain", "the side of the pain") == view.missing[:3]


# kind, body, year, grade: from the abstracts and quotations named in the shared facts, typed from there
GRADES = [
    ("Neuropathic pain", "m1-rtms", "Lefaucheur", 2020, "level A"),
    ("Neuropathic pain", "m1-rtms", "NeuPSIG", 2025, "weak"),
    ("Neuropathic pain", "m1-rtms", "EFNS", 2007, "level B"),
    ("Neuropathic pain", "m1-rtms", "Cochrane", 2018, "low certainty"),
    ("Fibromyalgia", "m1-rtms", "Lefaucheur", 2020, "level B"),
    ("Fibromyalgia", "dlpfc-rtms", "Lefaucheur", 2020, "level B"),
    ("Depression", "dlpfc-rtms", "Lefaucheur", 2020, "level A"),
    ("CRPS", "m1-rtms", "Lefaucheur", 2020, "level C"),
    ("Failed back surgery", "spinal-cord-stimulation", "EFNS", 2007, "level B"),
    ("CRPS", "spinal-cord-stimulation", "EFNS", 2007, "level B"),
    ("Failed back surgery", "spinal-cord-stimulation", "Cochrane", 2023, "little or no"),
    ("Central pain after stroke", "epidural-m1", "EFNS", 2007, "level C"),
    ("Central pain after stroke", "insula-deep-rtms", "Galhardoni", 2019, "negative"),
]


@pytest.mark.parametrize(("text", "card", "body", "year", "grade"), GRADES)
def test_every_body_stands_beside_the_others_with_year_and_grade(text, card, body, year, grade):
    rows = [row for row in first(plan(text), card).evidence if body in row.body and row.year == year]

    assert 1 == len(rows)
    assert grade in rows[0].grade


@pytest.mark.parametrize("indication", sorted({*BOOK.indications.indications} - {"migraine", "cluster-headache", "depression"}))
def test_the_motor_cortex_always_has_two_bodies_at_least(indication):
    target = first(plan(indication=indication))

    assert 2 <= len({row.body for row in target.evidence})


def test_evidence_graded_for_another_kind_of_pain_says_so():
    target = first(plan("Complex regional pain syndrome"))
    strange = {row.body for row in target.evidence if row.text.startswith("Graded for neuropathic pain, not for this")}

    assert {"NeuPSIG", "EFNS"} <= strange
    assert "IFCN experts (Lefaucheur)" not in strange  # that body has a grade of its own for this kind of pain


def test_what_was_not_verified_is_marked_in_evidence_and_protocol():
    target = first(plan(PAIN))

    assert {"verified", "to-verify"} == {row.state for row in target.evidence}
    assert ("frequency", "10 Hz") in target.protocol
    assert any(value.endswith("(to verify)") for _, value in target.protocol)


def test_every_view_says_that_it_is_no_prescription_and_that_no_individual_target_is_proven():
    for texts in ((), (PAIN,), ("Migraine",)):
        assert {CONFIRM, NO_PROOF} <= set(plan(*texts).warnings)


def test_a_scalp_position_comes_with_the_error_to_expect():
    scalp = first(plan(PAIN, sites=["right hand"])).scalp[0]

    assert ("C3", 22.5) == (scalp.name, scalp.distance_mm)
    assert math.dist((-58, -14, 54), (-37, -21, 58)) == pytest.approx(scalp.distance_mm, abs=0.05)  # one decimal on the card


def test_left_is_negative_and_right_is_positive_in_every_target():
    for id_ in BOOK.indications.indications:
        for side in ("left", "right"):
            for target in plan(indication=id_, side=side).targets:
                if target.xyz_mm:
                    assert (target.xyz_mm[0] < 0) == (target.side == "left")
                    assert target.space.startswith("MNI152")


def test_the_order_counts_from_one_and_the_best_graded_comes_first():
    view = plan("Fibromyalgia", PAIN)

    assert list(range(1, len(view.targets) + 1)) == [target.order for target in view.targets]
    assert "m1-rtms" == view.targets[0].card[0]


def test_a_kind_of_pain_that_has_no_card_is_refused_with_the_list():
    with pytest.raises(InputError, match="there are: neuropathic"):
        plan_targets(case(), KNOWLEDGE, wish=Wish("nonsense"))


def test_the_same_case_gives_the_same_view():
    assert plan(PAIN, "Epilepsy", sites=["left hand"]) == plan(PAIN, "Epilepsy", sites=["left hand"])


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.text(max_size=30), st.text(max_size=30))
def test_any_words_give_a_view_whose_refusals_are_said(text, site, drug):
    view = plan(text or "x", sites=[site], drugs=[drug or "x"])

    assert isinstance(view, TargetView)
    for target in view.targets:
        assert (target.status == "refused") == safety_text(target, BOOK).startswith("refused: ")


@pytest.mark.parametrize(
    ("frequency", "percent", "seconds", "verdict"),
    [
        (10.0, 100.0, 5.0, INSIDE),
        (10.0, 100.0, 5.1, ABOVE),
        (10.0, 120.0, 4.0, INSIDE),
        (10.0, 120.0, 4.3, ABOVE),
        (10.0, 115.0, 4.5, ABOVE),
        (10.0, 80.0, 1.0, OUTSIDE),
        (10.0, 140.0, 1.0, OUTSIDE),
        (7.0, 100.0, 1.0, OUTSIDE),
        (20.0, 110.0, 1.6, INSIDE),
    ],
)
def test_a_train_is_inside_above_or_outside_the_published_table(frequency, percent, seconds, verdict):
    said, text = check_train(Train(frequency, percent, seconds), BOOK.limits)

    assert verdict == said
    assert f"{seconds:g} s at {frequency:g} Hz" in text


@given(st.floats(0.01, 30), st.floats(80, 140), st.floats(0.5, 30))
def test_a_longer_or_stronger_train_is_never_judged_safer(seconds, percent, frequency):
    order = {INSIDE: 0, ABOVE: 1}
    at = round(frequency)
    here, _ = check_train(Train(at, percent, seconds), BOOK.limits)
    longer, _ = check_train(Train(at, percent, seconds * 2), BOOK.limits)

    assert order.get(here, 0) <= order.get(longer, 0) or longer == OUTSIDE


def test_every_motor_area_and_side_is_reachable():
    wanted = {(area, side) for area in ("hand", "face", "foot") for side in ("left", "right")}
    found = {spot for area, side in wanted for spot in motor(plan(PAIN, sites=[f"{side} {area}"]))}

    assert wanted == found
