"""The neuromodulation cards hold together, and a card that does not is refused with its place."""

import re
import shutil
from pathlib import Path

import pytest
from targetcase import BOOK, KNOWLEDGE, PAIN, case

from painloom.brain.targets import plan_targets
from painloom.errors import KnowledgeError
from painloom.knowledge.check_targets import check_targets
from painloom.knowledge.load import DATA, load
from painloom.knowledge.targets import read_targets


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(DATA / "targets", tmp_path / "targets", ignore=shutil.ignore_patterns("scalp.tsv"))  # a table without a card
    return tmp_path / "targets"


def read(folder: Path):
    return read_targets({path.stem: path for path in sorted(folder.glob("*.toml"))})


def change(path: Path, old: str, new: str):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_cards_have_nothing_wrong():
    assert [] == list(check_targets(KNOWLEDGE))


def test_no_caution_or_question_holds_the_word_that_means_an_exclusion():
    screen = BOOK.screen
    texts = [*screen.texts.values(), *(r.text for r in screen.rules.values()), *(r.label for r in screen.rules.values())]

    assert [] == [text for text in (*texts, *(q.text for q in screen.questions)) if "refused" in text]


def test_every_coil_target_is_judged_by_one_gate():
    assert {"tms"} == {card.gate for card in BOOK.targets.values() if card.modality.endswith(("rtms", "tms"))}


def test_no_card_promises_a_person_relief():
    words = re.compile(r"\b(cure|guarantee|will relieve|proves?)\b", re.IGNORECASE)
    for path in (DATA / "targets").iterdir():
        assert None is words.search(path.read_text(encoding="utf-8")), path.name


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("m1-rtms.toml", 'kind = "target"', 'kind = "goal"', "kind 'goal' is not one of"),
        ("m1-rtms.toml", 'claim = "guideline"', 'claim = "sure"', "claim"),
        ("m1-rtms.toml", "xyz_mm = [-37.0, -21.0, 58.0]", "xyz_mm = [-37.0, -21.0]", "three numbers"),
        ("m1-rtms.toml", "xyz_mm = [-37.0, -21.0, 58.0]", "xyz_mm = [37.0, -21.0, 58.0]", "x is negative on the left"),
        ("m1-rtms.toml", "xyz_mm = [-37.0, -21.0, 58.0]", "xyz_mm = [-370.0, -21.0, 58.0]", "-150 to 150"),
        ("m1-rtms.toml", "xyz_mm = [-37.0, -21.0, 58.0]", "xyz_mm = [nan, -21.0, 58.0]", "-150 to 150"),
        ("m1-rtms.toml", 'placing = "contralateral"', 'placing = "ipsilateral"', "placing"),
        ("m1-rtms.toml", 'space = "MNI152NLin6Asym"', 'space = ""', "need a space"),
        ("m1-rtms.toml", 'state = "verified"', 'state = "sure"', "state 'sure'"),
        ("m1-rtms.evidence.tsv", "\t2020\t", "\tlately\t", "year"),
        ("indications.toml", 'fallback = "unstated"', 'fallback = "none"', "fallback"),
        ("indications.toml", 'parents = ["neuropathic"]', 'parents = ["nothing"]', "parent"),
        ("indications.words.tsv", "neuropathic\tnerve pain", "nothing\tnerve pain", "not on the card"),
        ("indications.words.tsv", "neuropathic\tneuroma", "neuropathic\tneuralgia", "stands twice"),
        ("body-sites.toml", 'default_area = "hand"', 'default_area = "elbow"', "default_area"),
        ("body-sites.toml", "wide = [", "far = [", "wide"),
        ("screen.toml", 'tms = "refused"', 'tms = "maybe"', "levels"),
        ("screen.toml", 'after = "caution"', 'after = "forgotten"', "'after'"),
        ("screen.toml", 'if_yes = "seizure"', 'if_yes = "spell"', "not on the card"),
        ("screen.toml", 'none_found = "', 'found_none = "', "none_found"),
        ("screen.codes.tsv", "cochlear-implant", "ear-implant", "not on the card"),
        ("screen.cues.tsv", "denied\tno\n", "maybe\tno\n", "cue 'maybe'"),
        ("screen.drugs.tsv", "lowers\ttaken", "lowers\tsometime", "'when'"),
        ("train-limits.rows.tsv", "10\t100\t5", "10\t100\tfive", "no number"),
        ("train-limits.rows.tsv", "10\t100\t5", "10\t100\t-5", "above 0"),
    ],
)
def test_a_wrong_card_is_refused_with_the_place(folder, name, old, new, said):
    change(folder / name, old, new)

    with pytest.raises(KnowledgeError, match=re.escape(said)):
        read(folder)


def test_a_kind_of_pain_that_is_its_own_parent_is_refused(folder):
    change(folder / "indications.toml", 'label = "Neuropathic pain"', 'label = "Neuropathic pain"\nparents = ["neuropathic-central"]')

    with pytest.raises(KnowledgeError, match="its own parent"):
        read(folder)


def test_a_missing_table_or_card_is_refused(folder):
    (folder / "m1-rtms.evidence.tsv").unlink()
    with pytest.raises(KnowledgeError, match="table is missing"):
        read(folder)

    shutil.copy(DATA / "targets" / "m1-rtms.evidence.tsv", folder)
    (folder / "screen.toml").unlink()
    with pytest.raises(KnowledgeError, match="screen is needed"):
        read(folder)


def test_the_check_finds_what_a_reader_cannot(folder):
    change(folder / "m1-rtms.toml", 'gate = "tms"', 'gate = "nothing"')
    change(folder / "m1-rtms.evidence.tsv", "lefaucheur-2020", "nobody-1999")
    change(folder / "screen.drugs.tsv", "tramadol", "tramadole")
    lines = list(check_targets(load(folder.parent)))

    for said in ("gate 'nothing'", "source 'nobody-1999'", "drug 'tramadole' has no card"):
        assert any(said in line for line in lines), said


def test_a_clinics_own_card_replaces_ours_and_is_marked(tmp_path):
    own = tmp_path / "targets"
    own.mkdir()
    for name in ("m1-rtms.toml", "m1-rtms.evidence.tsv"):
        shutil.copy(DATA / "targets" / name, own)
    change(own / "m1-rtms.toml", "xyz_mm = [-37.0, -21.0, 58.0]", "xyz_mm = [-36.0, -22.0, 57.0]")
    view = plan_targets(case(PAIN, sites=["right hand"]), load(tmp_path))
    target = view.targets[0]

    assert ((-36.0, -22.0, 57.0), True) == (target.xyz_mm, target.card[1].endswith("(own card)"))
    assert "own card: m1-rtms" in view.warnings
