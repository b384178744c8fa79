"""The safety gate before stimulation: what excludes, what cautions, and that nothing unknown passes as safe."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from targetcase import BOOK, PAIN, QUESTIONS, first, plan, reasons

from painloom.brain.export import exportable
from painloom.brain.targets import safety_text
from painloom.model.body import Diagnosis
from painloom.model.case import DrugUse

ALL_NO = dict.fromkeys(QUESTIONS, "no")
REFUSING = [
    "Cochlear implant",
    "device: Cochlear implant",
    "Cochlear implant status",
    "device: Deep brain stimulation system",
    "DBS in situ",
    "Vagus nerve stimulator",
    "Spinal cord stimulator with generator",
    "device: Implantable neurostimulator",
    "Intrathecal baclofen pump",
    "device: Insulin pump",
    "Aneurysm clip",
    "Clipping of cerebral aneurysm 2010",
    "Aneurysm, clipped",
    "Coil embolisation of intracranial aneurysm: aneurysm coiled",
    "Shrapnel in the head",
    "Metal plate in skull",
    "Metallic foreign body in right eye",
    "VP shunt",
    "ICD in situ",
    "Implantable cardioverter-defibrillator",
    "Pacemaker with transvenous leads",
    "Leadless pacemaker",
    "Presence of electronic cardiac devices",
    "Pacemaker removed, leads retained",
    "Epilepsy",
    "Juvenile myoclonic epilepsy",
    "History of seizure",
    "H/O seizures",
    "Febrile convulsion in childhood",
    "Seizure (unconfirmed)",
    "Seizure-free for 10 years",
    "No seizures since 2015",
    "No seizures in the last 5 years on medication",
    "Status epilepticus 1999",
    "Epilepsy, unspecified, not intractable, without status epilepticus",
    "His mother reports epilepsy since age 5",
    "No epilepsy, cochlear implant on the left",
    "No epilepsy but deep brain stimulator",
    "No metal apart from a cochlear implant; epilepsy",
    "Family history of migraine; own epilepsy",
    "Cochlear implant cannot be removed",
    "Cochlear implant, external processor removed at night",
    "Awaiting replacement of cochlear implant",
    "device: Cochlear implant (recorded as inactive)",
    "Idiopathic intracranial hypertension",
    "Raised intracranial pressure",
    "Papilloedema",
    "Benzodiazepine withdrawal seizures",
    "Single alcohol withdrawal seizure 2019",
    "Epilepsy (mother has epilepsy too)",
    "No seizures for a long time",
]
CAUTIONING = [
    ("Presence of cardiac pacemaker", "pacemaker"),
    ("device: Unknown gadget 3000", "unknown implant"),
    ("Family history of epilepsy", "in the family"),
    ("Family history of epilepsy and seizures", "in the family"),
    ("Mother has epilepsy", "in the family"),
    ("Epilepsy in brother", "in the family"),
    ("Cochlear implant removed 2019", "removed"),
    ("Cochlear implant, left, explanted in 2015", "removed"),
    ("Candidate for cochlear implant", "planned"),
    ("Psychogenic non-epileptic seizures", "not epileptic"),
    ("Ischaemic stroke 2018", "stroke"),
    ("Traumatic brain injury", "brain injury"),
    ("Glioblastoma", "tumour"),
    ("Pregnant, 12 weeks", "pregnancy"),
    ("Sleep deprivation", "sleep"),
    ("Alcohol withdrawal", "alcohol"),
    ("Benzodiazepine withdrawal", "benzodiazepine"),
    ("Shrapnel in leg", "metal"),
    ("Hip prosthesis", "prosthesis"),
    ("Hearing aid", "hearing aid"),
]
SILENT = [
    "No history of epilepsy",
    "No history of epilepsy or seizures",
    "Denies epilepsy and seizures",
    "Epilepsy ruled out",
    "Seizures: none",
    "Never had a seizure",
    "No cochlear implant",
    "No metal in the head",
    "Not pregnant",
    "Dental implant",
    "device: Dental implant",
    "device: TENS unit",
    "Proton pump inhibitor",
    "Antiepileptic drug for pain",
    "ICD-10 code to be added",
    "Contraceptive implant",
    "Migraine without aura",
    "Negative for seizures",
    "Cochlear otosclerosis",
    "Low back pain (ICD M54.5)",
]


@pytest.mark.parametrize("text", REFUSING)
def test_an_exclusion_in_any_wording_refuses_the_coil_and_says_so(text):
    target = first(plan(PAIN, text, sites=["left hand"]))
    said = safety_text(target, BOOK)

    assert ("refused", True) == (target.status, said.startswith("refused: "))
    assert "until a specialist overrides in writing" in said


@pytest.mark.parametrize(("text", "word"), CAUTIONING)
def test_a_caution_is_said_and_does_not_refuse(text, word):
    target = first(plan(PAIN, text, sites=["left hand"]))
    said = safety_text(target, BOOK)

    assert "caution" == target.status
    assert word in " ".join(reason.text for reason in reasons(target))
    assert (True, False) == (said.startswith("caution: "), "refused" in said)


@pytest.mark.parametrize("text", SILENT)
def test_what_is_denied_or_of_no_matter_raises_nothing(text):
    target = first(plan(PAIN, text, sites=["left hand"], drugs=["paracetamol"]))

    assert [] == [reason.text for reason in reasons(target)]


@pytest.mark.parametrize(
    ("system", "code", "status"),
    [
        ("icd-10-cm", "Z96.21", "refused"),
        ("icd-10-cm", "G40.909", "refused"),
        ("icd-10-gm", "G40.9", "refused"),
        ("icd-10", "G41.0", "refused"),
        ("icd-10-cm", "R56.00", "refused"),
        ("icd-10-cm", "R56.9", "refused"),
        ("icd-10-cm", "G93.2", "refused"),
        ("icd-10-cm", "Z95.810", "refused"),
        ("icd-10-cm", "Z98.2", "refused"),
        ("icd-10-cm", "Z96.82", "refused"),
        ("snomed", "84757009", "refused"),
        ("icd-10-cm", "Z95.0", "caution"),  # a pacemaker there; the common and the German code hold defibrillators too
        ("icd-10", "Z95.0", "refused"),
        ("icd-10-gm", "Z95.0", "refused"),
        ("icd-10-cm", "T85.01XA", "refused"),
        ("icd-10-cm", "Z82.0", "caution"),
        ("icd-10-cm", "F44.5", "caution"),
        ("icd-10-cm", "I63.9", "caution"),
        ("icd-10-cm", "Z33.1", "caution"),
    ],
)
def test_a_code_without_telling_words_is_understood(system, code, status):
    target = first(plan(PAIN, Diagnosis("coded entry", codes=((system, code),)), sites=["left hand"]))

    assert status == target.status
    assert any(code in reason.basis for reason in target.safety)


@pytest.mark.parametrize("text", ["Epilepsy", "Seizures in childhood"])
def test_a_resolved_epilepsy_still_refuses(text):
    target = first(plan(PAIN, Diagnosis(text, state="resolved")))

    assert "refused" == target.status


def test_a_resolved_device_is_a_caution_to_make_sure_nothing_was_left():
    target = first(plan(PAIN, Diagnosis("Cochlear implant", state="resolved")))

    assert ("caution", True) == (target.status, "nothing was left" in reasons(target)[0].text)


def test_a_pregnancy_that_is_over_raises_nothing():
    target = first(plan(PAIN, Diagnosis("Pregnancy", state="resolved")))

    assert [] == reasons(target)


def test_a_yes_outweighs_a_no_whatever_their_order():
    for texts in (("No history of epilepsy", "Epilepsy"), ("Epilepsy", "No history of epilepsy")):
        assert "refused" == first(plan(PAIN, *texts)).status
    assert "refused" == first(plan(PAIN, "Epilepsy", facts={"epilepsy": "no"})).status


def test_the_reason_for_a_drug_tells_of_seizures():
    use = DrugUse("levetiracetam", reason="epilepsy")

    assert "refused" == first(plan(PAIN, drugs=[use])).status


def test_a_drug_mostly_given_for_seizures_is_asked_about():
    target = first(plan(PAIN, drugs=["levetiracetam"]))

    assert "ask why it is taken" in reasons(target)[0].text


@pytest.mark.parametrize("fact", [q.id for q in BOOK.screen.questions if q.if_yes])
def test_a_bare_yes_to_a_question_of_the_screen_counts_as_its_gravest_plain_meaning(fact):
    view = plan(PAIN, facts={**ALL_NO, fact: "yes"}, drugs=["paracetamol"])
    rule = BOOK.screen.rules[next(q.if_yes for q in BOOK.screen.questions if q.id == fact)]

    assert rule.levels.get("tms", "open") == first(view).status


def test_only_a_screen_answered_in_full_with_a_known_drug_list_is_open():
    target = first(plan(PAIN, facts=ALL_NO, drugs=["paracetamol"]))

    assert ("open", (), "no exclusion found in what was recorded") == (target.status, target.safety, safety_text(target, BOOK))


@pytest.mark.parametrize("missing", QUESTIONS)
def test_one_unasked_question_keeps_a_target_from_being_open(missing):
    facts = {id_: value for id_, value in ALL_NO.items() if id_ != missing}
    view = plan(PAIN, facts=facts, drugs=["paracetamol"])
    question = next(q for q in BOOK.screen.questions if q.id == missing)

    for target in view.targets:
        gate = BOOK.targets[target.card[0]].gate
        assert ("caution" if gate in question.gates else "open") == target.status
        assert (question.text in safety_text(target, BOOK)) == (gate in question.gates)


def test_an_answer_of_unknown_is_no_answer():
    facts = {**ALL_NO, "screen-seizure": "unknown"}

    assert "caution" == first(plan(PAIN, facts=facts, drugs=["paracetamol"])).status


def test_an_empty_drug_list_and_an_unknown_drug_are_said():
    empty = safety_text(first(plan(PAIN, facts=ALL_NO)), BOOK)
    strange = first(plan(PAIN, facts=ALL_NO, drugs=["xyzzyfolate"]))

    assert "no drug list is recorded" in empty
    assert ("caution", True) == (strange.status, "xyzzyfolate" in safety_text(strange, BOOK))


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("tramadol", "tramadol"),
        ("Tramadol 50 MG Oral Tablet", "tramadol"),
        ("Ultram ER 100 mg", "tramadol"),
        ("TRAMADOL HYDROCHLORIDE 50 mg / paracetamol", "tramadol"),
        ("Palexia, tapentadol retard", "tapentadol"),
        ("amitriptyline 25mg nocte", "amitriptyline"),
        ("nortriptyline", "nortriptyline"),
        ("bupropion XL", "bupropion"),
        ("clozapine", "clozapine"),
        ("theophylline", "theophylline"),
    ],
)
def test_a_drug_that_lowers_the_threshold_is_named_as_a_caution(written, label):
    target = first(plan(PAIN, drugs=[written], sites=["left hand"]))

    assert "caution" == target.status
    assert f"{label} lowers the seizure threshold" in safety_text(target, BOOK)


def test_a_drug_is_found_by_its_code_alone():
    target = first(plan(PAIN, drugs=[DrugUse("capsule", codes=(("rxnorm", "10689"),))]))

    assert "tramadol lowers the seizure threshold" in safety_text(target, BOOK)


def test_a_stopped_drug_that_lowers_the_threshold_is_not_held_against_a_target():
    target = first(plan(PAIN, drugs=[DrugUse("tramadol", state="stopped")]))

    assert [] == reasons(target)


def test_a_stopped_sedative_asks_for_withdrawal():
    target = first(plan(PAIN, drugs=[DrugUse("diazepam", state="stopped")]))

    assert "withdrawal lowers the seizure threshold" in reasons(target)[0].text


@pytest.mark.parametrize(("phenotype", "expected"), [("Poor Metabolizer", True), ("Normal Metabolizer", False)])
def test_slow_breakdown_of_a_tricyclic_raises_the_flag(phenotype, expected):
    view = plan(PAIN, drugs=["amitriptyline"], phenotypes={"CYP2D6": {phenotype}})

    assert expected == any("CYP2D6" in reason.text for reason in first(view).safety)


def test_slow_breakdown_without_such_a_drug_says_nothing():
    view = plan(PAIN, drugs=["paracetamol"], phenotypes={"CYP2D6": {"Poor Metabolizer"}})

    assert [] == reasons(first(view))


def test_epilepsy_refuses_the_coil_and_leaves_the_current_to_a_specialist():
    view = plan(PAIN, "Epilepsy")

    assert ("refused", "caution") == (first(view).status, first(view, "m1-tdcs").status)


def test_a_skull_defect_refuses_the_current_and_cautions_the_coil():
    view = plan(PAIN, "Craniectomy 2012")

    assert ("caution", "refused") == (first(view).status, first(view, "m1-tdcs").status)


def test_an_implant_does_not_refuse_a_referral():
    view = plan("Failed back surgery syndrome", "Cochlear implant")

    assert "caution" == first(view, "spinal-cord-stimulation").status


def test_a_man_is_not_asked_about_pregnancy():
    said = [safety_text(first(plan(PAIN, sex=sex)), BOOK) for sex in ("M", "F", "")]

    assert [False, True, True] == ["pregnant" in text for text in said]


HARMLESS = st.lists(st.sampled_from([*SILENT, "Hypertension", "Low back pain", "Depression", "Asthma", ""]).filter(bool), max_size=3)
SPOTS = st.sampled_from(["left hand", "right face", "both feet", "right knee", "", "widespread"])
KINDS = st.sampled_from([PAIN, "Fibromyalgia", "Trigeminal neuralgia", "Central pain after stroke", "CRPS of the right arm", "Depression"])


@settings(max_examples=250, deadline=None)
@given(KINDS, st.sampled_from(REFUSING), HARMLESS, HARMLESS, SPOTS, st.sampled_from(["", "active"]), st.booleans())
def test_with_any_exclusion_on_record_no_coil_target_is_ever_written(kind, excluded, before, after, site, state, screened):
    texts = (*before, Diagnosis(excluded, state=state), *after)
    view = plan(kind, *texts, sites=[site] if site else [], facts=ALL_NO if screened else None)

    for target in view.targets:
        if BOOK.targets[target.card[0]].gate == "tms":
            assert ("refused", ()) == (target.status, exportable([target]))


@settings(max_examples=200, deadline=None)
@given(KINDS, HARMLESS, SPOTS, st.dictionaries(st.sampled_from(QUESTIONS), st.sampled_from(["yes", "no", "unknown"])))
def test_a_target_is_open_only_when_every_question_of_its_gate_was_answered_with_no(kind, texts, site, facts):
    view = plan(kind, *texts, sites=[site] if site else [], facts=facts, drugs=["paracetamol"])

    for target in view.targets:
        if target.status == "open":
            gate = BOOK.targets[target.card[0]].gate
            said = {q.id: facts.get(q.id) for q in BOOK.screen.questions if gate in q.gates}
            assert {id_ for id_, value in said.items() if value == "yes"} == set()
            assert not any(reason for reason in target.safety)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=100), st.text(max_size=40))
def test_no_text_can_break_the_gate_or_lift_an_exclusion_of_another_entry(text, device):
    view = plan(PAIN, text, f"device: {device}", "Cochlear implant")

    assert "refused" == first(view).status
