"""Drug names as people write them; a combination never loses a component."""

import pytest

from builders import knowledge
from painloom.knowledge.drug_names import find_drug, find_drugs
from painloom.knowledge.load import load


def ids(*names):
    cards, unknown = find_drugs(knowledge(), names)
    return {card.id for card in cards}, list(unknown)


@pytest.mark.parametrize(
    "written", ["tramadol", "Tramadol HCl 100 mg SR", "tramadol 50mg tablets", "tramadol-hydrochloride", "TRAMADOL (slow release)"]
)
def test_salt_dose_and_form_do_not_change_the_drug(written):
    assert ids(written) == ({"tramadol"}, [])


@pytest.mark.parametrize(
    ("written", "drugs"),
    [
        ("Tylenol with codeine", {"paracetamol", "codeine"}),
        ("Tylenol #3", {"paracetamol", "codeine"}),
        ("paracetamol and codeine", {"paracetamol", "codeine"}),
        ("acetaminophen/codeine", {"paracetamol", "codeine"}),
        ("ibuprofen with codeine", {"ibuprofen", "codeine"}),
        ("aspirin + oxycodone", {"aspirin", "oxycodone"}),
        ("Percocet", {"oxycodone", "paracetamol"}),
        ("naltrexone/bupropion", {"naltrexone", "bupropion"}),
        ("tramadol 37.5 mg / paracetamol 325 mg", {"tramadol", "paracetamol"}),
    ],
)
def test_combination_gives_every_component(written, drugs):
    assert ids(written) == (drugs, [])


@pytest.mark.parametrize("written", ["codeine linctus forte", "paracetamol extra", "nosuchdrug", "tramadol nosuchdrug"])
def test_a_word_that_may_be_another_drug_makes_the_entry_unknown(written):
    assert ids(written) == (set(), [written])


def test_unknown_component_is_named_beside_the_known_one():
    assert ids("fluoxetine/nosuchdrug") == ({"fluoxetine"}, ["nosuchdrug"])
    assert ids("Arthrotec") == ({"diclofenac", "misoprostol"}, [])


def test_component_of_a_product_without_a_card_is_named(tmp_path):
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "combination_products.tsv").write_text("name\tcomponents\ninvented duo\tdiclofenac;nosuchdrug\n")
    cards, unknown = find_drug(load(tmp_path), "Invented Duo")
    assert [card.id for card in cards] == ["diclofenac"]
    assert unknown == ["nosuchdrug (in invented duo)"]


def test_every_name_of_every_card_finds_it():
    for card in knowledge().drugs.values():
        for name in (card.id, card.name, card.label, *card.synonyms):
            assert ids(name)[0] == {card.id}, name
