"""Which kinds of pain a record speaks of: phrases and codes typed from the titles of the classifications, whole cases, laws."""

from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import knowledge
from painloom.brain.painkinds import kinds_of
from painloom.brain.said import history, known_facts
from painloom.fhir.read import read_bundle
from painloom.intake.history import read_history
from painloom.knowledge.conditions import read_conditions
from painloom.model.body import BodyRecord, Diagnosis, Fact
from painloom.model.case import Case, PainHistory, Person

CARD = read_conditions(knowledge().files("conditions")["conditions"])
CASES = Path(__file__).resolve().parents[3] / "shared" / "response" / "cases" / "predict"
MARA = Path(__file__).resolve().parents[2] / "examples" / "mara" / "case.toml"
NOTHING = ["unstated"]


@lru_cache(maxsize=1)
def cues():
    return knowledge().targets.screen.cues


def found_in(case):
    return kinds_of(history(case), known_facts(case, knowledge().terms("condition_codes")), CARD, cues())


def kinds(*texts, codes=(), facts=None, complaint="", state="active"):
    """Ids of the kinds that a record of these texts, `system:code` codes, facts and complaint speaks of, in the order of the card."""
    entries = [Diagnosis(text, (), state) for text in texts]
    entries += [Diagnosis("", (tuple(code.split(":", 1)),), state) for code in codes]
    answers = tuple(Fact(id_, value, text="history") for id_, value in (facts or {}).items())
    case = Case(Person("somebody", 50, "F"), PainHistory(complaint=complaint), body=BodyRecord(tuple(entries), answers))
    return [kind.indication.id for kind in found_in(case).kinds]


# titles of ICD-10-CM, ICD-10 and ICD-11, typed from the classifications
TITLES = [
    ("Low back pain, unspecified", "low-back"),
    ("Other low back pain", "low-back"),
    ("Vertebrogenic low back pain", "low-back"),
    ("Lumbago with sciatica, left side", "low-back radicular"),
    ("Sciatica, right side", "radicular"),
    ("Radiculopathy, lumbosacral region", "radicular"),
    ("Intervertebral disc disorders with radiculopathy, lumbar region", "radicular"),
    ("Other spondylosis with radiculopathy, cervical region", "radicular"),
    ("Spondylosis without myelopathy or radiculopathy, lumbar region", "spinal"),
    ("Spinal stenosis, lumbar region with neurogenic claudication", "spinal"),
    ("Cervicalgia", "neck"),
    ("Pain in thoracic spine", "spinal"),
    ("Dorsalgia, unspecified", "spinal"),
    ("Sacroiliitis, not elsewhere classified", "sacroiliac-joint"),
    ("Postlaminectomy syndrome, not elsewhere classified", "failed-back"),
    ("Type 2 diabetes mellitus with diabetic polyneuropathy", "diabetic-neuropathy"),
    ("Type 1 diabetes mellitus with diabetic neuropathy, unspecified", "diabetic-neuropathy"),
    ("Type 2 diabetes mellitus with diabetic autonomic (poly)neuropathy", "unstated"),
    ("Type 2 diabetes mellitus with diabetic neuropathic arthropathy", "unstated"),
    ("Postherpetic trigeminal neuralgia", "postherpetic"),
    ("Postzoster neuralgia", "postherpetic"),
    ("Trigeminal neuralgia", "trigeminal-neuralgia"),
    ("Neuralgia and neuritis, unspecified", "neuropathic"),
    ("Drug-induced polyneuropathy", "neuropathic-peripheral"),
    ("Carpal tunnel syndrome, right upper limb", "neuropathic-peripheral"),
    ("Central pain syndrome", "neuropathic-central"),
    ("Chronic central neuropathic pain", "neuropathic-central"),
    ("Phantom limb syndrome with pain", "phantom-limb"),
    ("Phantom limb syndrome without pain", "unstated"),
    ("Bilateral primary osteoarthritis of knee", "knee-osteoarthritis"),
    ("Unilateral primary osteoarthritis, right knee", "knee-osteoarthritis"),
    ("Gonarthrosis [arthrosis of knee]", "knee-osteoarthritis"),
    ("Osteoarthritis of hip, unspecified", "hip-osteoarthritis"),
    ("Coxarthrosis, unspecified", "hip-osteoarthritis"),
    ("Primary osteoarthritis, left hand", "hand-osteoarthritis"),
    ("Heberden's nodes (with arthropathy)", "hand-osteoarthritis"),
    ("Osteoarthritis, unspecified site", "osteoarthritis"),
    ("Other hypertrophic osteoarthropathy", "unstated"),
    ("Pain in right shoulder", "shoulder"),
    ("Adhesive capsulitis of left shoulder", "shoulder"),
    ("Pain in unspecified knee", "musculoskeletal"),
    ("Lateral epicondylitis, right elbow", "musculoskeletal"),
    ("Fibromyalgia", "fibromyalgia"),
    ("Chronic widespread pain", "nociplastic"),
    ("Rheumatoid arthritis without rheumatoid factor, unspecified site", "inflammatory-arthritis"),
    ("Ankylosing spondylitis of lumbar region", "inflammatory-arthritis"),
    ("Complex regional pain syndrome I of right upper limb", "crps"),
    ("Algoneurodystrophy, hand", "crps"),
    ("Pelvic and perineal pain", "pelvic"),
    ("Endometriosis of uterus", "pelvic"),
    ("Irritable bowel syndrome with diarrhea", "ibs"),
    ("Arthralgia of temporomandibular joint", "tmd"),
    ("Other chronic postprocedural pain", "postsurgical"),
    ("Chronic post-thoracotomy pain", "postsurgical"),
    ("Other acute postprocedural pain", "postsurgical-acute"),
    ("Postoperative pain NOS", "postsurgical-acute"),
    ("Acute pain due to trauma", "acute-pain"),
    ("Chronic tension-type headache, intractable", "chronic-headache"),
    ("Medication overuse headache", "chronic-headache"),
    ("Migraine with aura, not intractable", "migraine"),
    ("Chronic migraine without aura, intractable", "migraine-chronic"),
    ("Abdominal migraine, not intractable", "unstated"),
    ("Cyclical vomiting syndrome unrelated to migraine", "unstated"),
    ("Chronic cluster headache", "cluster-headache"),
    ("Neoplasm related pain (acute) (chronic)", "cancer-pain"),
    ("Chronic pain syndrome", "chronic-pain"),
    ("Other chronic pain", "chronic-pain"),
    ("Chronic intractable pain", "chronic-pain"),
    ("Pain, unspecified", "unstated"),
    ("Chest pain, unspecified", "unstated"),
    ("Headache, unspecified", "unstated"),
]


@pytest.mark.parametrize(("title", "expected"), TITLES)
def test_a_title_of_a_classification_names_its_kind(title, expected):
    assert expected.split() == kinds(title)


# codes: the title stands behind each
CODES = [
    ("icd-10-cm:M54.50", "low-back"),
    ("icd-10:M54.5", "low-back"),
    ("icd-10-cm:M54.42", "low-back radicular"),  # lumbago with sciatica
    ("icd-10-cm:M47.26", "radicular"),
    ("icd-10-cm:M51.360", "low-back"),  # with discogenic back pain only
    ("icd-10-cm:M51.369", ""),  # without mention of pain
    ("icd-10-cm:M96.1", "failed-back"),
    ("icd-10-cm:E11.42", "diabetic-neuropathy"),
    ("icd-10-cm:E11.43", ""),  # autonomic
    ("icd-10:E11.4", "diabetic-neuropathy"),
    ("icd-10-gm:E11.40", "diabetic-neuropathy"),
    ("icd-10-cm:B02.22", "postherpetic"),
    ("icd-10-cm:B02.24", ""),  # myelitis
    ("icd-10:G53.0", "postherpetic"),
    ("icd-10-cm:G50.0", "trigeminal-neuralgia"),
    ("icd-10-cm:G54.6", "phantom-limb"),
    ("icd-10-cm:G54.7", ""),  # without pain
    ("icd-10-cm:G89.0", "neuropathic-central"),
    ("icd-10-cm:M17.11", "knee-osteoarthritis"),
    ("icd-10-cm:M16.9", "hip-osteoarthritis"),
    ("icd-10-cm:M18.0", "hand-osteoarthritis"),
    ("icd-10-cm:M19.042", "hand-osteoarthritis"),
    ("icd-10-cm:M19.011", "osteoarthritis"),  # shoulder
    ("icd-10-gm:M17.9", "knee-osteoarthritis"),
    ("icd-10-cm:M25.511", "shoulder"),
    ("icd-10-cm:M25.561", "musculoskeletal"),
    ("icd-10-cm:M79.7", "fibromyalgia"),
    ("icd-10-cm:M79.11", "tmd"),
    ("icd-10-cm:M06.9", "inflammatory-arthritis"),
    ("icd-10-cm:G90.511", "crps"),
    ("icd-10-cm:G56.41", "crps"),
    ("icd-10-gm:G90.60", "crps"),
    ("icd-10-cm:K58.0", "ibs"),
    ("icd-10-cm:N80.9", "pelvic"),
    ("icd-10-cm:G89.18", "postsurgical-acute"),
    ("icd-10-cm:G89.28", "postsurgical"),
    ("icd-10:R52.0", "acute-pain"),
    ("icd-10:R52.2", "chronic-pain"),
    ("icd-10-cm:R52", ""),  # acute pain NOS belongs to it as well
    ("icd-10-cm:G43.709", "migraine-chronic"),
    ("icd-10-cm:G43.E09", "migraine-chronic"),
    ("icd-10-cm:G43.009", "migraine"),
    ("icd-10-cm:G44.229", "chronic-headache"),
    ("icd-10-cm:G44.219", ""),  # episodic tension-type headache
    ("icd-10-cm:G44.009", "cluster-headache"),
    ("icd-10-cm:G89.3", "cancer-pain"),
    ("icd-11:MG30.51", "neuropathic-peripheral"),
    ("icd-11:MG30.21", "postsurgical"),
    ("icd-11:MG30.04", "crps"),
    ("icd-11:MG30.10", "cancer-pain"),
    ("icd-11:MG30.Z", "chronic-pain"),
    ("snomed:278860009", "low-back"),
    ("snomed:239873007", "knee-osteoarthritis"),
    ("snomed:49455004", "diabetic-neuropathy"),
    ("snomed:27886000", ""),  # a beginning of a code is no code
]


@pytest.mark.parametrize(("code", "expected"), CODES)
def test_a_code_names_the_kind_of_its_title(code, expected):
    assert (expected.split() or NOTHING) == kinds(codes=[code])


# what records say in free words, typed by hand
PHRASES = [
    ("Chronic bilateral low back pain without sciatica", "low-back"),
    ("Chronic right-sided low back pain with right-sided sciatica", "low-back radicular"),
    ("Acute bilateral low back pain without sciatica", "low-back-acute"),
    ("Acute left-sided low back pain", "low-back-acute"),
    ("acute back pain", "low-back-acute"),
    ("Acute on chronic low back pain", "low-back"),
    ("Subacute low back pain", "low-back"),
    ("Sub-acute low back pain", "low-back"),
    ("Knee pain and acute low back pain", "musculoskeletal low-back-acute"),
    ("painful diabetic neuropathy of both feet", "diabetic-neuropathy"),
    ("HIV-associated sensory neuropathy", "hiv-neuropathy"),
    ("central post-stroke pain, left arm", "post-stroke"),
    ("hemiplegic shoulder pain after stroke", "shoulder"),
    ("central neuropathic pain after spinal cord injury", "spinal-cord-injury"),
    ("Multiple sclerosis", "unstated"),
    ("pain due to multiple sclerosis", "ms-pain"),
    ("multiple sclerosis and low back pain", "low-back"),
    ("neuropathic pain after nerve injury", "posttraumatic-neuropathic"),
    ("lumbar facet joint pain", "facet-joint"),
    ("cervical facet joint pain", "neck"),
    ("neck and back pain", "low-back neck"),
    ("Persistent spinal pain syndrome type 2", "failed-back"),
    ("Persistent spinal pain syndrome type 1", "spinal"),
    ("osteoarthritis of the spine", "spinal"),
    ("OA of both knees", "knee-osteoarthritis"),
    ("knee pain due to osteoarthritis", "knee-osteoarthritis"),
    ("episodic migraine, 6 days a month", "migraine-episodic"),
    ("chronic non-cancer pain", "chronic-pain"),
    ("pain from bone metastases", "cancer-pain"),
    ("acoustic neuroma", "unstated"),
    ("referred by the chronic pain clinic", "unstated"),
]


@pytest.mark.parametrize(("text", "expected"), PHRASES)
def test_words_of_a_record_name_the_kind(text, expected):
    assert expected.split() == kinds(text)
    assert expected.split() == kinds(complaint=text)


# what does not count ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "no neuropathic pain",
        "denies low back pain",
        "negative for radiculopathy",
        "fibromyalgia was ruled out",
        "mother has fibromyalgia",
        "family history of migraine",
        "brother with rheumatoid arthritis",
        "never had migraine",
    ],
)
def test_what_is_denied_excluded_or_a_relatives_names_nothing(text):
    assert NOTHING == kinds(text)


def test_a_resolved_diagnosis_names_nothing_by_words_codes_or_facts():
    assert NOTHING == kinds("Chronic low back pain", codes=["icd-10-cm:M54.50", "icd-10-cm:G43.909"], state="resolved")


def test_a_denied_fact_names_nothing():
    assert NOTHING == kinds(facts={"fibromyalgia": "no", "migraine": "unknown"})


def test_a_device_names_no_kind_of_pain():
    assert NOTHING == kinds("device: spinal cord stimulator for failed back surgery syndrome")


def test_nothing_recorded_is_said_to_be_nothing():
    found = found_in(Case(Person("somebody", 50, "F"), PainHistory()))

    assert NOTHING == [kind.indication.id for kind in found.kinds]
    assert not found.is_stated
    assert found.wide == ("unstated",)


# facts and combinations ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"low-back-pain": "yes"}, "low-back"),
        ({"osteoarthritis": "yes"}, "osteoarthritis"),
        ({"rheumatoid-arthritis": "yes"}, "inflammatory-arthritis"),
        ({"diabetic-polyneuropathy": "yes", "neuropathic-pain": "yes"}, "diabetic-neuropathy"),
        ({"chronic-pain": "yes", "crps": "yes"}, "crps"),
        ({"pain-3-months": "yes"}, "chronic-pain"),
        ({"headache": "yes"}, "unstated"),
        ({"insomnia": "yes", "low-back-pain": "yes"}, "low-back insomnia-with-pain"),
        ({"insomnia": "yes"}, "unstated insomnia-with-pain"),
        ({"cancer-pain": "yes", "chronic-pain": "yes"}, "cancer-pain"),
    ],
)
def test_a_fact_names_its_kind(facts, expected):
    assert expected.split() == kinds(facts=facts)


def test_words_that_know_the_joint_are_told_instead_of_the_fact_that_does_not():
    assert ["knee-osteoarthritis"] == kinds("Osteoarthritis of knee", facts={"osteoarthritis": "yes"})


def test_two_kinds_of_pain_are_both_told():
    assert ["low-back", "knee-osteoarthritis"] == kinds("Osteoarthritis of knee", "Low back pain")


def test_acute_words_over_a_code_that_cannot_say_acute_give_both_kinds():
    """An open question of the card: the general code stands for lasting pain, the words for acute pain; neither is dropped."""
    assert ["low-back", "low-back-acute"] == kinds("Acute low back pain", codes=["icd-10-cm:M54.50"])


# whole cases --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [("back-pain", "low-back"), ("diabetic-neuropathy", "diabetic-neuropathy"), ("knee-osteoarthritis", "knee-osteoarthritis")],
)
def test_an_imported_bundle_speaks_of_its_kind(name, expected):
    path = CASES / f"{name}.json"
    if not path.exists():
        pytest.skip("reference material (../shared) is not here")

    found = found_in(read_bundle(path, knowledge(), "2026-11-01").case)

    assert [expected] == [kind.indication.id for kind in found.kinds]
    assert "chronic-pain" in found.wide
    assert found.is_stated


def test_mara_has_low_back_pain_and_nothing_that_nobody_recorded():
    """Her pain became widespread; no one wrote fibromyalgia or nociplastic pain, so neither is told."""
    told = read_history(MARA)

    found = found_in(Case(told.person, told.pain, told.drugs, body=told.body))

    assert ["low-back"] == [kind.indication.id for kind in found.kinds]


# laws ---------------------------------------------------------------------------------------------------------------------------------

SOLID = [text for text, expected in (*TITLES, *PHRASES) if expected != "unstated"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SOLID), min_size=1, max_size=4, unique=True), st.randoms(use_true_random=False))
def test_the_order_of_diagnoses_changes_nothing_and_no_kind_is_told_beside_a_narrower_one(texts, random):
    shuffled = random.sample(texts, len(texts))

    told = kinds(*texts)

    assert told == kinds(*shuffled)
    beside = {id_ for id_, one in CARD.indications.items() if one.beside}
    assert not any(one != other and other in CARD.family(one) for one in told for other in told if one not in beside)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SOLID), st.sampled_from(["fibromyalgia", "migraine", "complex regional pain syndrome", "trigeminal neuralgia"]))
def test_a_denial_beside_a_diagnosis_adds_nothing(text, denied):
    assert kinds(text) == kinds(text, f"no {denied}")


STILL = {"on", "for", "treatment", "free", "other"}  # words that keep a denial from counting, whatever the card says


@pytest.mark.parametrize("kind", [id_ for id_ in CARD.indications if id_ not in ("unstated", "migraine-attack")])
def test_every_phrase_of_a_kind_gives_that_kind_alone_and_nothing_when_denied(kind):
    """A wildcard stands for a word that is none.  A phrase may hold a narrower kind's word, never leave its own family."""
    for owner, phrase in CARD.phrases:
        if owner != kind:
            continue
        text = " ".join("xx" if part == "*" else part.replace("*", "") for part in phrase.split() if part != "+")
        told = [one for one in kinds(text) if one != "unstated"]
        assert told, f"'{text}' names nothing"
        assert all(kind in CARD.family(one) or one in CARD.family(kind) for one in told), f"'{text}' gives {told}"
        if not STILL & set(text.split()):
            assert NOTHING == kinds(f"no {text}"), f"'no {text}' is read as said"
