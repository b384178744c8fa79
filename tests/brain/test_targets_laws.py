"""Laws of the neuromodulation planner: mirrored pain mirrors the target, an exclusion lets nothing out, silence is never a clearance."""

from dataclasses import replace
from functools import lru_cache

import pytest
from builders import knowledge
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.brain.stimsafety import screen_case
from painloom.brain.targets import Wish, book_of, plan_targets, safety_text
from painloom.errors import InputError
from painloom.model.body import NO, UNKNOWN, YES, BodyRecord, Diagnosis, Fact
from painloom.model.case import Case, DrugUse, PainHistory, Person
from painloom.model.target import CAUTION, OPEN, REFUSED

AS_OF = "2026-11-24"
COIL = {"rtms", "deep-rtms", "device-tms"}
SITES = ("hand", "foot", "face", "arm", "knee", "jaw", "hip", "wrist", "shoulder", "heel", "cheek", "lower leg", "upper limb", "ear")
AREA = dict(zip(SITES, "hand foot face hand foot face foot hand hand foot face foot hand face".split(), strict=True))
FORMS = ("{side} {site}", "{site}, {side}", "{site} ({side})", "{side}-sided {site}", "Structure of {side} {site}", "{site} on the {side} side")
REFUSING = (
    "device: Cochlear implant",
    "device: Deep brain stimulator",
    "device: Vagus nerve stimulator",
    "device: Spinal cord stimulator with generator",
    "device: Cerebral aneurysm clip",
    "device: Implantable cardioverter-defibrillator",
    "device: Intrathecal pump",
    "device: Ventriculoperitoneal shunt",
    "device: Transvenous lead",
    "Epilepsy",
    "Seizure disorder",
    "Febrile seizures in childhood",
    "Metal fragments in the head",
    "Raised intracranial pressure",
    "Idiopathic intracranial hypertension",
)
PAINS = ("Neuropathic pain", "Central post-stroke pain", "Fibromyalgia", "CRPS", "Trigeminal neuralgia", "Migraine", "Depression", "Low back pain")
OTHER = {"left": "right", "right": "left"}


@lru_cache(maxsize=1)
def book():
    return book_of(knowledge())


def person(*texts, sites=(), facts=(), drugs=(), sex="F"):
    diagnoses = tuple(text if isinstance(text, Diagnosis) else Diagnosis(text, state="active") for text in texts)
    body = BodyRecord(diagnoses, tuple(Fact(id_, value) for id_, value in facts))
    return Case(Person("P", 50, sex), PainHistory(sites=tuple(sites)), tuple(DrugUse(name, name) for name in drugs), body=body)


def plan(case, **options):
    return plan_targets(case, knowledge(), AS_OF, **options)


def motor(view):
    return [t for t in view.targets if t.card[0] == "m1-rtms"]


def coils(view):
    return [t for t in view.targets if t.modality in COIL]


def everything_denied():
    """Every question of the screen answered with no."""
    return tuple((question.id, NO) for question in book().screen.questions)


@settings(max_examples=200, deadline=None)
@given(site=st.sampled_from(SITES), side=st.sampled_from(("left", "right")), form=st.sampled_from(FORMS), pain=st.sampled_from(PAINS[:2]))
def test_mirrored_pain_gives_the_mirrored_motor_cortex(site, side, form, pain):
    here = motor(plan(person(pain, sites=(form.format(side=side, site=site),))))[0]
    there = motor(plan(person(pain, sites=(form.format(side=OTHER[side], site=site),))))[0]

    assert (OTHER[side], side) == (here.side, there.side)
    assert f"m1-rtms-{AREA[site]}-{here.side}" == here.id
    assert here.id.replace(here.side, there.side) == there.id
    assert (here.xyz_mm[0] < 0) == (here.side == "left")
    assert abs(here.xyz_mm[0] + there.xyz_mm[0]) <= 8  # atlas centres of both sides are no exact mirror images


@settings(max_examples=250, deadline=None)
@given(
    bad=st.sampled_from(REFUSING),
    pains=st.lists(st.sampled_from(PAINS), min_size=1, max_size=3, unique=True),
    sites=st.lists(st.sampled_from([f"{s} {p}" for s in ("left", "right", "both") for p in ("hand", "foot", "face")]), max_size=2, unique=True),
    noise=st.lists(st.sampled_from(("Hypertension", "Asthma", "device: Hearing aid", "No known allergies", "Family history of stroke")), max_size=3),
    front=st.booleans(),
    denied=st.booleans(),
    resolved=st.booleans(),
)
def test_an_exclusion_lets_no_coil_target_out(bad, pains, sites, noise, front, denied, resolved):
    """However much else stands in the record, before it or behind it, and whatever the answers to the other questions say."""
    is_condition = not bad.startswith("device") and "pressure" not in bad and "hypertension" not in bad and "Metal" not in bad
    entry = Diagnosis(bad, state="resolved" if resolved and is_condition else "active")
    texts = [*pains, *noise]
    texts.insert(0 if front else len(texts), entry)
    view = plan(person(*texts, sites=sites, facts=everything_denied() if denied else ()))

    assert coils(view)
    for target in coils(view):
        assert REFUSED == target.status
        assert target.safety[0].level == REFUSED and target.safety[0].text
        assert "refused: " in safety_text(target, book())
    assert any("excludes" in text for text in view.warnings)


def test_the_word_refused_stands_only_where_it_is():
    for target in plan(person("Neuropathic pain", sites=("left hand",), drugs=("tramadol",))).targets:
        assert target.status != REFUSED
        assert "refused" not in safety_text(target, book()).lower()


@settings(max_examples=200, deadline=None)
@given(known=st.sets(st.integers(0, 12)), value=st.sampled_from((NO, UNKNOWN)), drug=st.booleans())
def test_open_needs_every_answer(known, value, drug):
    """A target of a coil is open only when every question was answered with no and a list of known drugs is there."""
    questions = [q for q in book().screen.questions if "tms" in q.gates]
    facts = [(q.id, value) for i, q in enumerate(questions) if i in known]
    view = plan(person("Neuropathic pain", sites=("left hand",), facts=facts, drugs=("paracetamol",) if drug else ()))
    complete = value == NO and drug and all(i in known for i in range(len(questions)))

    for target in (t for t in view.targets if t.modality == "rtms"):
        assert (OPEN if complete else CAUTION) == target.status
        said = safety_text(target, book())
        assert complete == ("not recorded" not in said)
        for i, question in enumerate(questions):
            assert (question.text in said) == (i not in known or value == UNKNOWN)


def test_unknown_is_not_asked():
    unsure = plan(person("Neuropathic pain", facts=(("epilepsy", UNKNOWN),)))
    silent = plan(person("Neuropathic pain"))

    assert [t.status for t in silent.targets] == [t.status for t in unsure.targets]
    assert [safety_text(t, book()) for t in silent.targets] == [safety_text(t, book()) for t in unsure.targets]


def test_a_drug_that_no_card_knows_is_named_and_keeps_the_gate_from_open():
    view = plan(person("Neuropathic pain", sites=("left hand",), facts=everything_denied(), drugs=("zorblaxine",)))

    assert {CAUTION} == {t.status for t in coils(view)}
    assert "zorblaxine" in safety_text(coils(view)[0], book())


def test_a_device_that_no_rule_knows_is_a_caution_and_is_not_open():
    view = plan(person("Neuropathic pain", "device: Quux system 9", facts=everything_denied(), drugs=("paracetamol",)))

    assert {CAUTION} == {t.status for t in coils(view)}
    assert "clear with the maker" in safety_text(coils(view)[0], book())


@pytest.mark.parametrize("word", ("recorded as inactive", "explanted", "removed 2019"))
def test_a_removed_implant_still_asks(word):
    view = plan(person("Neuropathic pain", Diagnosis(f"device: Cochlear implant ({word})"), facts=everything_denied(), drugs=("paracetamol",)))

    assert OPEN not in {t.status for t in coils(view)}


def test_tricyclic_weighs_more_with_slow_metabolism_and_only_then():
    case = person("Neuropathic pain", sites=("left hand",), drugs=("amitriptyline",))
    slow = motor(plan(case, phenotypes={"CYP2D6": {"Poor Metabolizer"}}))[0]
    usual = motor(plan(case, phenotypes={"CYP2D6": {"Normal Metabolizer"}}))[0]
    unnamed = motor(plan(case))[0]

    assert "CYP2D6" in safety_text(slow, book())
    assert {CAUTION} == {slow.status, usual.status}
    assert safety_text(unnamed, book()) == safety_text(usual, book())
    assert "CYP2D6" not in safety_text(usual, book())


def test_slow_metabolism_without_such_a_drug_says_nothing():
    case = person("Neuropathic pain", sites=("left hand",), drugs=("paracetamol",))

    assert "CYP2D6" not in safety_text(motor(plan(case, phenotypes={"CYP2D6": {"Poor Metabolizer"}}))[0], book())


def test_one_column_does_not_refuse_another():
    view = plan(person("Failed back surgery syndrome", "Neuropathic pain", "Epilepsy", sites=("low back",)))
    by_modality = {t.modality: t.status for t in view.targets}

    assert REFUSED == by_modality["rtms"]
    assert CAUTION == by_modality["tdcs"]
    assert REFUSED != by_modality["implant"]


def test_a_target_without_coordinates_has_no_space():
    view = plan(person("Neuropathic pain", "Failed back surgery syndrome", "Migraine", sites=("left hand",)))

    assert {True, False} == {target.xyz_mm is None for target in view.targets}
    for target in view.targets:
        assert (target.xyz_mm is None) == (target.space == "")


def test_a_side_that_the_user_gives_replaces_the_recorded_one():
    case = person("Neuropathic pain", sites=("left hand",))

    assert "m1-rtms-hand-left" == motor(plan(case, wish=Wish(side="right")))[0].id
    assert any("as asked for" in text for text in motor(plan(case, wish=Wish(side="right")))[0].why)


def test_a_kind_of_pain_without_card_is_refused():
    with pytest.raises(InputError, match="no card"):
        plan(person("Neuropathic pain"), wish=Wish(indication="moon-pain"))


def test_two_places_say_which_came_first_and_list_both():
    view = plan(person("Neuropathic pain", sites=("right hand", "left face")))
    first, second = motor(view)

    assert ["m1-rtms-hand-left", "m1-rtms-face-right"] == [first.id, second.id]
    assert any("chosen first" in text and "left face" in text for text in first.why)
    assert any("right hand" in text for text in second.why)


@pytest.mark.parametrize("sites", ((), ("both hands",), ("Bilateral hands",), ("left and right hand",), ("widespread",), ("hand",)))
def test_no_single_side_takes_the_left_by_convention_and_says_so(sites):
    first = motor(plan(person("Neuropathic pain", sites=sites)))[0]

    assert "m1-rtms-hand-left" == first.id
    assert any("convention" in text for text in first.why)


def test_an_empty_case_says_what_is_missing():
    view = plan(Case(Person("P")))

    assert {"the site of the pain", "the side of the pain"} <= set(view.missing)
    assert any("kind of pain" in text for text in view.missing)
    assert all(t.status == CAUTION for t in coils(view))


def test_every_view_says_that_it_proves_nothing_for_one_person():
    for case in (Case(Person("P")), person("Migraine"), person("Neuropathic pain", "Epilepsy")):
        assert any("not been shown" in text for text in plan(case).warnings)


def test_orders_are_one_to_n_and_the_same_case_gives_the_same_view():
    case = person("Neuropathic pain", "Fibromyalgia", "Depression", sites=("right hand", "left foot"), drugs=("tramadol",))
    view = plan(case)

    assert list(range(1, len(view.targets) + 1)) == [t.order for t in view.targets]
    assert plan(case) == view


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_is_read_without_a_fall(diagnosis, site):
    view = plan(person(diagnosis, f"device: {diagnosis}", sites=(site,)))

    assert all(t.status in (OPEN, CAUTION, REFUSED) for t in view.targets)
    assert OPEN not in {t.status for t in coils(view)}


def test_long_text_is_read_in_little_time():
    screened = screen_case(person("epilepsy no " * 4000), book().screen, knowledge())

    assert "seizure" in screened.hits


def test_two_bodies_stand_side_by_side_for_the_motor_cortex():
    for pain in ("Neuropathic pain", "Central post-stroke pain", "Fibromyalgia", "CRPS", "Trigeminal neuralgia", "Low back pain", "Chronic pain"):
        for target in motor(plan(person(pain))):
            assert len({row.body for row in target.evidence}) >= 2, pain


def test_evidence_of_another_kind_of_pain_says_so():
    for target in motor(plan(person("Low back pain"))):
        other = [row for row in target.evidence if row.grade == "level A"]
        assert other and all("not for this" in row.text for row in other)


def test_what_is_to_be_verified_is_marked_in_the_protocol():
    cards = book().targets
    for target in plan(person("Neuropathic pain", "Fibromyalgia", "Depression")).targets:
        for row in cards[target.card[0]].protocol:
            value = dict(target.protocol)[row.name]
            assert (row.state == "to-verify") == value.endswith("(to verify)")


def test_a_clinic_card_is_marked(tmp_path):
    from painloom.knowledge.load import load

    folder = tmp_path / "targets"
    folder.mkdir()
    base = knowledge().files("targets")["m1-rtms"]
    (folder / "m1-rtms.toml").write_text(base.read_text().replace("[-37.0, -21.0, 58.0]", "[-36.0, -21.0, 58.0]"))
    (folder / "m1-rtms.evidence.tsv").write_text(base.with_name("m1-rtms.evidence.tsv").read_text())
    view = plan_targets(person("Neuropathic pain", sites=("right hand",)), load(tmp_path), AS_OF)

    assert (-36.0, -21.0, 58.0) == motor(view)[0].xyz_mm
    assert any("own card: m1-rtms" in text for text in view.warnings)


def test_the_answer_does_not_depend_on_the_order_of_diagnoses():
    texts = ["Neuropathic pain", "Epilepsy", "device: Pacemaker", "Stroke 2019", "Family history of epilepsy"]
    case = person(*texts, sites=("left hand",))
    turned = replace(case, body=replace(case.body, diagnoses=case.body.diagnoses[::-1]))

    assert [t.status for t in plan(case).targets] == [t.status for t in plan(turned).targets]
    assert {(r.level, r.text) for r in plan(case).targets[0].safety} == {(r.level, r.text) for r in plan(turned).targets[0].safety}
