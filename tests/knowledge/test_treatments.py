"""Treatment cards: what each is offered for, what its evidence does not show, and that nothing on it hangs in the air."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.errors import KnowledgeError
from painloom.knowledge.evidence import read_evidence
from painloom.knowledge.evidence_cards import MODALITIES, EvidenceBook, TreatmentCard
from painloom.knowledge.load import DATA
from painloom.knowledge.treatments import STATES, read_treatment
from painloom.model.evidence import ACTIVE, EvidenceRow
from painloom.model.finding import CLAIMS

CARDS = {path.stem: read_treatment(path) for path in sorted((DATA / "treatments").glob("*.toml"))}
MECHANISMS = {"nociceptive", "neuropathic", "nociplastic"}
OWN = "painloom-own-choice"
OPIOIDS = (
    "tramadol",
    "tapentadol",
    "codeine",
    "morphine",
    "oxycodone",
    "hydrocodone",
    "hydromorphone",
    "methadone",
    "buprenorphine",
    "fentanyl-patch",
)
ORAL_NSAIDS = ("ibuprofen", "naproxen", "diclofenac", "celecoxib", "meloxicam", "etoricoxib")
DRUGS = (
    *("amitriptyline", "nortriptyline", "duloxetine", "venlafaxine", "milnacipran", "gabapentin", "pregabalin"),
    *("carbamazepine", "oxcarbazepine", "lamotrigine", "topiramate"),
    *("lidocaine-patch", "capsaicin-patch", "capsaicin-cream", "diclofenac-gel", "botulinum-toxin"),
    *("paracetamol", "ketamine", "low-dose-naltrexone", "cannabinoids", "cyclobenzaprine", "tizanidine", "baclofen"),
    *("triptans", "propranolol", "cgrp-antibodies", "gepants", "suzetrigine", "bisphosphonates"),
    *OPIOIDS,
    *ORAL_NSAIDS,
)
TEMPLATE = {
    "schema": "1",
    "release": '"2026-11"',
    "id": '"made-up"',
    "label": '"Made up"',
    "licence": '"Apache-2.0"',
    "claim": '"research"',
    "sources": '["somebody-2000"]',
    "modality": '"drug"',
    "class": '"tca"',
}


def table_ids(table: str) -> set[str]:
    """First column of a table of the evidence book."""
    lines = (DATA / "evidence" / table).read_text(encoding="utf-8").splitlines()[1:]
    return {line.split("\t")[0] for line in lines}


def source_ids() -> set[str]:
    """Ids of every source file."""
    return {id_ for path in (DATA / "sources").glob("*.toml") for id_ in tomllib.loads(path.read_text(encoding="utf-8"))}


def parents() -> dict[str, tuple[str, ...]]:
    """Condition -> its parents, from the condition cards."""
    path = DATA / "conditions" / "conditions.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["indication"]
    return {row["id"]: tuple(row.get("parents", ())) for row in rows}


def upward(condition: str, tree: dict[str, tuple[str, ...]]) -> set[str]:
    """A condition and everything above it."""
    return {condition}.union(*(upward(parent, tree) for parent in tree[condition]))


def book() -> EvidenceBook:
    """The evidence book as shipped."""
    return read_evidence(DATA / "evidence" / "evidence.toml")


def serves(row: EvidenceRow, card: TreatmentCard, tree: dict[str, tuple[str, ...]]) -> bool:
    """Whether a row of the card, or of its class, weighs and stands in one of its conditions, above or below it."""
    units = {card.id, card.evidence_class} | {c.id for c in CARDS.values() if c.evidence_class == card.evidence_class}
    if row.unit not in units or not row.weighs or row.comparator == ACTIVE or row.outcome == "stop-ae":
        return False
    return any(row.condition in upward(c, tree) or c in upward(row.condition, tree) for c in card.conditions)


def texts(card: TreatmentCard) -> list[tuple[str, str, tuple[str, ...]]]:
    """(text, state, sources) of every sentence that has a state."""
    found = [(t.text, t.state, t.sources) for t in (*card.not_for, *card.limits, *card.monitoring)]
    return found + ([(card.early.text, card.early.state, card.early.sources)] if card.early else [])


def test_every_drug_of_the_list_has_a_card() -> None:
    """Forty-five drugs, topicals and injections were asked for; none is missing."""
    assert 45 == len(set(DRUGS))
    assert set() == set(DRUGS) - set(CARDS)


@pytest.mark.parametrize("name", sorted(CARDS))
def test_card_is_named_by_its_id_and_licensed(name: str) -> None:
    """The file's name is the id; release and licence are the house's."""
    card = CARDS[name]

    assert (name, "2026-11", "Apache-2.0") == (card.id, card.release, card.licence)
    assert card.modality in MODALITIES
    assert card.claim in CLAIMS
    assert card.label
    assert card.conditions


@pytest.mark.parametrize("name", sorted(CARDS))
def test_card_names_only_classes_drugs_mechanisms_and_sources_that_exist(name: str) -> None:
    """No id hangs in the air."""
    card = CARDS[name]

    assert card.evidence_class in table_ids("evidence.classes.tsv")
    assert set() == set(card.drugs) - {path.stem for path in (DATA / "drugs").glob("*.toml")}
    assert set() == set(card.mechanisms) - MECHANISMS
    assert set() == set(card.sources) - source_ids()


@pytest.mark.parametrize("name", sorted(CARDS))
def test_card_names_only_conditions_that_exist(name: str) -> None:
    """What it is offered for, and what not, are ids of the condition cards."""
    card = CARDS[name]

    assert set() == {*card.conditions, *(n.condition for n in card.not_for)} - set(parents())


@pytest.mark.parametrize("name", sorted(CARDS))
def test_a_refused_condition_leaves_something_to_offer(name: str) -> None:
    """No condition of `not_for` contains all that the card is offered for, and none stands twice."""
    card, tree = CARDS[name], parents()
    refused = [n.condition for n in card.not_for]

    assert len(set(refused)) == len(refused)
    assert any(not upward(c, tree) & set(refused) for c in card.conditions)


@pytest.mark.parametrize("name", sorted(CARDS))
def test_every_sentence_has_sources_that_the_card_lists(name: str) -> None:
    """Each statement cites somebody, and a drug's verified ones cite more than our own choice."""
    card = CARDS[name]
    for text, state, sources in texts(card):
        assert sources, text
        assert set() == set(sources) - set(card.sources), text
        assert name not in DRUGS or state != "verified" or set(sources) != {OWN}, text


@pytest.mark.parametrize("name", sorted(CARDS))
def test_sentences_are_whole_and_short(name: str) -> None:
    """A sentence starts with a capital or a figure, ends with a full stop and fits two lines of a page."""
    for text, _, _ in texts(CARDS[name]):
        assert text[0].isupper() or text[0].isdigit(), text
        assert text.endswith("."), text
        assert len(text) <= 330, text


@pytest.mark.parametrize("name", sorted(CARDS))
def test_early_check_is_a_time_and_a_share(name: str) -> None:
    """An early check comes within half a year and asks for a share of the first score, never for points."""
    early = CARDS[name].early
    if early is not None:
        assert 0 < early.week <= 26
        assert early.improvement is None or 0 < early.improvement < 1


@pytest.mark.parametrize("name", sorted(CARDS))
def test_no_evidence_is_said_where_it_is_true_and_only_there(name: str) -> None:
    """A card without a row that weighs, of its own or its class, says so in words; one with such a row does not."""
    card, tree = CARDS[name], parents()
    rows = [row.id for row in book().rows if serves(row, card, tree)]

    assert bool(card.no_evidence) == (not rows), rows


def test_every_drug_card_asks_the_safety_rules() -> None:
    """A drug without a drug card would pass by every safety rule."""
    assert [] == [name for name in DRUGS if not CARDS[name].drugs]


@pytest.mark.parametrize("name", DRUGS)
def test_every_drug_says_what_its_evidence_does_not_show(name: str) -> None:
    """A drug card without limits and without anything to watch would be a leaflet."""
    assert CARDS[name].limits
    assert CARDS[name].monitoring


def test_early_response_of_the_published_pool_is_on_its_card() -> None:
    """Alev 2017: at least 15 % less pain at week 2 goes with RR 2.91 (2.30 to 3.67) of 30 % later."""
    early = CARDS["duloxetine"].early
    assert early is not None

    assert (2.0, 0.15, "verified") == (early.week, early.improvement, early.state)
    assert "2.91" in early.text
    assert any(source.startswith("alev-2017") for source in early.sources)


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("suzetrigine", "chronic-pain"),
        ("suzetrigine", "radicular"),
        ("paracetamol", "low-back-acute"),
        ("gabapentin", "radicular"),
        ("pregabalin", "radicular"),
        ("amitriptyline", "hiv-neuropathy"),
        ("topiramate", "neuropathic-peripheral"),
        ("lamotrigine", "neuropathic-peripheral"),
        ("oxycodone", "low-back-acute"),
        ("botulinum-toxin", "migraine-episodic"),
        *[(name, "nociplastic") for name in OPIOIDS],
        *[(name, "neuropathic") for name in ORAL_NSAIDS],
        *[(name, "fibromyalgia") for name in ORAL_NSAIDS],
    ],
)
def test_a_drug_that_trials_found_useless_somewhere_is_refused_there(name: str, condition: str) -> None:
    """Null trials become a refusal with a checked source, not a silence."""
    found = {n.condition: n.state for n in CARDS[name].not_for}

    assert "verified" == found.get(condition)


@pytest.mark.parametrize("name", OPIOIDS)
def test_every_opioid_says_that_its_mean_lies_below_what_matters(name: str) -> None:
    """Busse 2018: -0.69 cm of 10, the least important change is 1 cm."""
    card = CARDS[name]
    mean = [limit for limit in card.limits if "0.69" in limit.text and "below the least important change" in limit.text]

    assert ("chronic-pain",) == card.conditions
    assert ["verified"] == [limit.state for limit in mean]
    assert card.early is not None
    assert any("Naloxone" in text.text for text in card.monitoring)


def written(tmp_path: Path, more: str = "", **changed: str) -> Path:
    """A made-up card in a file; an empty value leaves the field out."""
    lines = [f"{key} = {value}" for key, value in {**TEMPLATE, **changed}.items() if value]
    path = tmp_path / "made-up.toml"
    path.write_text("\n".join([*lines, more]) + "\n", encoding="utf-8")
    return path


def test_least_card_is_read_with_its_absences(tmp_path: Path) -> None:
    """What a card does not say is empty, not invented."""
    card = read_treatment(written(tmp_path))

    assert ("made-up", "tca", "", ()) == (card.id, card.evidence_class, card.route, card.drugs)
    assert (None, (), (), (), "") == (card.early, card.not_for, card.limits, card.monitoring, card.no_evidence)


@pytest.mark.parametrize("field", ["id", "release", "label", "licence", "claim", "modality", "class"])
def test_card_without_a_needed_field_is_refused_by_name(tmp_path: Path, field: str) -> None:
    """The message names the card and the field."""
    with pytest.raises(KnowledgeError, match=rf"made-up\.toml.*'{field}'"):
        read_treatment(written(tmp_path, **{field: ""}))


@pytest.mark.parametrize(("field", "value"), [("modality", '"magic"'), ("claim", '"certain"')])
def test_value_outside_a_closed_list_is_refused_with_what_is_allowed(tmp_path: Path, field: str, value: str) -> None:
    """What was found and what is allowed stand in one line."""
    with pytest.raises(KnowledgeError, match=rf"made-up\.toml: {field} .* is not one of .*, "):
        read_treatment(written(tmp_path, **{field: value}))


@pytest.mark.parametrize("table", ["[[limit]]", "[[monitor]]", '[[not_for]]\ncondition = "radicular"', "[early]\nweek = 2"])
def test_sentence_without_a_state_is_refused(tmp_path: Path, table: str) -> None:
    """Nobody can take a sentence for checked because a word was forgotten."""
    with pytest.raises(KnowledgeError, match="state"):
        read_treatment(written(tmp_path, f'{table}\ntext = "A sentence."'))


@given(state=st.text(st.characters(categories=["L", "Nd"]), max_size=12).filter(lambda s: s not in STATES))
def test_no_other_word_counts_as_a_state(tmp_path_factory: pytest.TempPathFactory, state: str) -> None:
    """Only two states exist."""
    path = written(tmp_path_factory.mktemp("cards"), f'[[limit]]\ntext = "A sentence."\nstate = "{state}"')
    with pytest.raises(KnowledgeError, match="is not one of verified, to-verify"):
        read_treatment(path)


def test_early_week_that_is_no_number_is_refused(tmp_path: Path) -> None:
    """A week in words cannot be counted."""
    with pytest.raises(KnowledgeError, match="week"):
        read_treatment(written(tmp_path, '[early]\nweek = "two"\ntext = "A sentence."\nstate = "verified"'))
