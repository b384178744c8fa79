"""The card of kinds of pain: its tree is the agreed one, its codes mean what their publishers say, its words hit what they name."""

import csv
import re
import shutil
from pathlib import Path

import pytest

from painloom.errors import KnowledgeError
from painloom.knowledge.conditions import read_conditions
from painloom.knowledge.load import DATA, load
from painloom.knowledge.tables import read_toml, read_tsv

FOLDER = DATA / "conditions"
CARD = read_conditions(FOLDER / "conditions.toml")
K = load()
SYSTEMS = ("icd-10-cm", "icd-10", "icd-10-gm", "icd-11", "snomed")
ICD_10 = re.compile(r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?\*?")

# child: parents, as agreed for evidence rows and treatment cards; a kind below none is a root
TREE = {
    "neuropathic": "chronic-pain",
    "neuropathic-peripheral": "neuropathic",
    "diabetic-neuropathy": "neuropathic-peripheral",
    "postherpetic": "neuropathic-peripheral",
    "hiv-neuropathy": "neuropathic-peripheral",
    "posttraumatic-neuropathic": "neuropathic-peripheral",
    "neuropathic-central": "neuropathic",
    "post-stroke": "neuropathic-central",
    "spinal-cord-injury": "neuropathic-central",
    "ms-pain": "neuropathic-central",
    "trigeminal-neuralgia": "neuropathic",
    "phantom-limb": "neuropathic",
    "spinal": "chronic-pain",
    "low-back": "spinal",
    "facet-joint": "low-back",
    "sacroiliac-joint": "low-back",
    "neck": "spinal",
    "failed-back": "spinal",
    "radicular": "spinal",
    "osteoarthritis": "chronic-pain",
    "knee-osteoarthritis": "osteoarthritis",
    "hip-osteoarthritis": "osteoarthritis",
    "hand-osteoarthritis": "osteoarthritis",
    "musculoskeletal": "chronic-pain",
    "shoulder": "musculoskeletal",
    "nociplastic": "chronic-pain",
    "fibromyalgia": "nociplastic",
    "inflammatory-arthritis": "chronic-pain",
    "crps": "chronic-pain",
    "visceral": "chronic-pain",
    "pelvic": "visceral",
    "ibs": "visceral",
    "tmd": "chronic-pain",
    "postsurgical": "chronic-pain",
    "chronic-headache": "chronic-pain",
    "insomnia-with-pain": "chronic-pain",
    "migraine": "",
    "migraine-episodic": "migraine",
    "migraine-chronic": "migraine",
    "migraine-attack": "",
    "acute-pain": "",
    "low-back-acute": "acute-pain",
    "postsurgical-acute": "acute-pain",
    "musculoskeletal-acute": "acute-pain",
    "cancer-pain": "",
    "cluster-headache": "",
    "chronic-pain": "",
    "unstated": "",
}


def test_the_tree_is_the_agreed_one():
    assert TREE == {id_: " ".join(one.parents) for id_, one in CARD.indications.items()}


def test_only_the_unspecific_kinds_are_generic_and_insomnia_alone_stands_beside():
    assert {"chronic-pain", "unstated"} == {id_ for id_, one in CARD.indications.items() if one.generic}
    assert {"insomnia-with-pain"} == {id_ for id_, one in CARD.indications.items() if one.beside}
    assert CARD.fallback == "unstated"


def test_every_domain_of_the_evidence_has_its_roots_and_what_brings_it_along_on_the_card():
    domains = read_toml(DATA / "evidence" / "evidence.toml")["domain"]
    named = {id_ for domain in domains for id_ in (*domain["roots"], *domain.get("brings_along", ()))}

    assert named
    assert named <= set(CARD.indications)


@pytest.mark.parametrize("kind", ["cancer-pain", "cluster-headache", "unstated"])
def test_what_no_trial_here_is_about_lies_below_no_domain(kind):
    roots = {id_ for domain in read_toml(DATA / "evidence" / "evidence.toml")["domain"] for id_ in domain["roots"]}

    assert not roots & set(CARD.family(kind))


@pytest.mark.parametrize("table", ["rows", "controls", "modifiers"])
def test_every_kind_that_an_evidence_table_names_is_on_the_card(table):
    named = {row["condition"] for row in read_tsv(DATA / "evidence" / f"evidence.{table}.tsv")}

    assert named
    assert named <= set(CARD.indications)


def test_every_kind_that_a_treatment_card_names_is_on_the_card():
    files = K.files("treatments")
    named = {}
    for id_, path in files.items():
        record = read_toml(path)
        named[id_] = {*record.get("for", ()), *(one["condition"] for one in record.get("not_for", ()))}

    assert files
    assert {} == {id_: lost for id_, kinds in named.items() if (lost := kinds - set(CARD.indications))}


def test_every_fact_is_one_that_this_release_knows():
    known = {row["id"] for table in ("facts", "facts_criteria") for row in K.terms(table)}

    assert [] == [fact for one in CARD.indications.values() for fact in one.facts if fact not in known]


def test_every_source_is_listed():
    listed = {id_ for path in (DATA / "sources").glob("*.toml") for id_ in read_toml(path)}

    assert set(read_toml(FOLDER / "conditions.toml")["sources"]) <= listed


# codes ---------------------------------------------------------------------------------------------------------------------------------


def test_no_code_stands_twice_for_one_kind_and_every_system_is_known():
    rows = [(row.system, row.code, row.owner) for row in CARD.codes]

    assert len(set(rows)) == len(rows)
    assert set(SYSTEMS) == {row.system for row in CARD.codes}
    assert [] == [row.code for row in CARD.codes if row.system.startswith("icd-10") and not ICD_10.fullmatch(row.code)]
    assert [] == [row.code for row in CARD.codes if row.system == "snomed" and not row.code.isdigit()]


def test_no_code_outside_what_was_read_is_called_verified():
    """SNOMED CT: what the table of condition codes has verified; ICD-11: what the table of MG30 has; the German ICD-10: nothing."""
    snomed = {row["code"] for row in K.terms("condition_codes") if row["system"] == "snomed" and row["state"] == "verified"}
    mg30 = {row["code"] for row in K.terms("mg30") if row["state"] == "verified"}
    read = {"snomed": snomed, "icd-11": mg30, "icd-10-gm": set()}

    claimed = [row for row in CARD.codes if row.state == "verified" and row.system in read]

    assert claimed
    assert [] == [row for row in claimed if row.code.rstrip("*") not in read[row.system]]


def test_every_code_that_gives_a_fact_of_the_card_gives_no_other_kind_of_pain_here():
    """Two tables of one release must not read one code in two ways: one reading lies in the family of the other."""
    by_fact = {fact: one.id for one in CARD.indications.values() for fact in one.facts}
    apart = []
    for row in K.terms("condition_codes"):
        here = [own.owner for own in CARD.codes if own.system == row["system"] and own.code.rstrip("*") == row["code"].rstrip("*")]
        there = by_fact.get(row["fact"])
        if here and there and not any(there in CARD.family(one) or one in CARD.family(there) for one in here):
            apart.append((row["system"], row["code"], there, here))

    assert [] == apart


# words ---------------------------------------------------------------------------------------------------------------------------------


def test_every_kind_has_words_but_the_attack_and_the_fallback():
    assert {"migraine-attack", "unstated"} == set(CARD.indications) - {owner for owner, _ in CARD.phrases}


def test_no_word_is_so_short_that_it_hits_by_chance():
    """A phrase of one word has at least three letters, and three only where it is a term of its own."""
    single = [phrase for owner, phrase in CARD.phrases if owner and " " not in phrase and len(phrase.rstrip("*")) < 4]

    assert {"djd", "ibs", "tmd"} == set(single)


# hostile cards -------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(FOLDER, tmp_path / "conditions"))


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("conditions.toml", 'kind = "conditions"', 'kind = "indications"', "is not conditions"),
        ("conditions.toml", 'claim = "guideline"', 'claim = "certain"', "claim is not one of"),
        ("conditions.toml", 'fallback = "unstated"', 'fallback = "nothing"', "fallback"),
        ("conditions.toml", 'fallback = "unstated"', 'fallback = "neuropathic"', "generic and have no parents"),
        ("conditions.toml", 'fallback = "unstated"', 'fallback = "migraine"', "generic and have no parents"),
        ("conditions.toml", 'parents = ["low-back"]', 'parents = ["lumbar"]', "parent"),
        (
            "conditions.toml",
            'label = "Spinal pain"\nparents = ["chronic-pain"]',
            'label = "Spinal pain"\nparents = ["low-back"]',
            "own parent",
        ),
        ("conditions.toml", 'id = "hip-osteoarthritis"', 'id = "knee-osteoarthritis"', "twice"),
        ("conditions.words.tsv", "neuropathic\tnerve pain", "nothing\tnerve pain", "not on the card"),
        ("conditions.words.tsv", "neuropathic\tnerve pain", "neuropathic\tneuropathy", "stands twice"),
        ("conditions.codes.tsv", "M79.2\tneuropathic\tverified", "M79.2\tneuropathic\tcertain", "state"),
        ("conditions.codes.tsv", "M79.2\tneuropathic\tverified", "M79.2\tnothing\tverified", "not on the card"),
    ],
)
def test_a_wrong_card_is_refused_with_its_name(folder, file, old, new, says):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(KnowledgeError, match=says) as caught:
        read_conditions(folder / "conditions.toml")

    assert str(caught.value).startswith("conditions.")


@pytest.mark.parametrize("file", ["conditions.words.tsv", "conditions.codes.tsv"])
def test_a_missing_table_is_named(folder, file):
    (folder / file).unlink()

    with pytest.raises(KnowledgeError, match=file):
        read_conditions(folder / "conditions.toml")


def test_the_tables_have_one_width_and_no_stray_blanks():
    for name in ("words", "codes"):
        with (FOLDER / f"conditions.{name}.tsv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        assert {len(rows[0])} == {len(row) for row in rows}
        assert [] == [row for row in rows for cell in row if cell != " ".join(cell.split()) or not cell]
