"""The shipped normative cards hold together, and the check finds each way in which a card can be wrong."""

import shutil

import pytest

from painloom.errors import KnowledgeError
from painloom.knowledge.check_norms import check_norms
from painloom.knowledge.load import DATA, Knowledge, load
from painloom.knowledge.norms import read_circuits, read_norms

ASEG = "nomis-v1.aseg.tsv"


def test_the_shipped_cards_are_sound():
    assert [] == list(check_norms(load()))


def test_the_notice_of_the_owners_is_on_the_card():
    text = (DATA / "norms" / "nomis-v1.toml").read_text()

    assert "Copyright (c) 2021, OPMEDICS" in text
    assert 'licence = "BSD-3-Clause"' in text
    assert "THIS SOFTWARE IS PROVIDED" in text


def test_every_circuit_has_a_state_and_a_source():
    card = read_circuits(load().files("norms"))

    assert 6 == len(card.circuits)
    assert all(c.state == "to-verify" and c.sources for c in card.circuits)


@pytest.fixture
def norms(tmp_path):
    shutil.copytree(DATA, tmp_path / "data", ignore=lambda _, names: [n for n in names if n.endswith((".py", ".json"))])
    return tmp_path / "data" / "norms"


def found(norms):
    return list(check_norms(Knowledge(base=norms.parent)))


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("nomis-v1.toml", 'of = ["age", "age"]', 'of = ["age", "years"]', "multiplies 'years', which is no covariate"),
        ("nomis-v1.toml", 'id = "age2"', 'id = "age9"', "term 'age2' is neither a covariate nor a [[term]]"),
        ("nomis-v1.toml", '["aparc", "aparc.DKTatlas"]]', '["aparc", "nope"]]', "default 'nope' is no table of it"),
        ("nomis-v1.toml", 'reference = "siemens"', 'reference = "other"', "reference of choice 'vendor' is not one of its values"),
        ("nomis-v1.toml", 'equals = "ge"', 'equals = "acme"', "asks for 'acme' of 'vendor', which no choice has"),
        ("nomis-v1.toml", 'state = "verified"', 'state = "sure"', "state 'sure' is not one of"),
        ("nomis-v1.toml", 'intensity = "brain"', 'intensity = ""', "has contrasts but no intensity image"),
        ("circuits.toml", '"thalamus-proper"', '"thalamus"', "no norm has the region 'left-thalamus'"),
        ("circuits.toml", 'sources = ["seeley-2007-salience"]', 'sources = ["seeley"]', "source 'seeley' is not in sources/"),
        ("circuits.toml", 'state = "to-verify"', 'state = "x"', "state 'x' is not one of"),
        (ASEG, "rows\t4th-ventricle\t4th-ventricle", "rows\t3rd-ventricle\t3rd-ventricle", "stands twice in aseg"),
        (ASEG, "rows\t4th-ventricle\t4th-ventricle", "rows\t4th-Ventricle\t4th-Ventricle", "must be written in lower case"),
        (ASEG, "rows\t4th-ventricle\t4th-ventricle", "rows\t4th-ventricle\tother", "does not end in its name in the file"),
    ],
)
def test_the_check_finds_what_is_wrong(norms, file, old, new, says):
    change(norms / file, old, new)

    assert any(says in line for line in found(norms)), found(norms)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("nomis-v1.toml", 'kind = "linear"', 'kind = "curved"', "kind 'curved' is not one of"),
        ("nomis-v1.toml", "ages = [18, 100]", "ages = [100, 18]", "youngest and the oldest"),
        ("nomis-v1.toml", 'kind = "holes"', 'kind = "gaps"', "kind 'gaps' is not one of"),
        ("nomis-v1.toml", "range = [15, 300]", "range = [300, 15]", "two positive numbers"),
        ("nomis-v1.toml", '"cc_anterior"', '"ventricles"', "the sum 'ventricles' is a part of a sum"),
        (ASEG, "2.9722262613854404", "nan", "'nan' is no number"),
        (ASEG, "\tlog10\t", "\tln\t", "scale 'ln'"),
        (ASEG, "\ttotal-grey\t", "\tgrey\t", "neither a group of the card nor image:label"),
        (ASEG, "\tmse\t", "\tvariance\t", "column 'mse' is missing"),
        (ASEG, "2.9722262613854404", "2,97", "'2,97' is no number"),
        (ASEG, "\t0.012721741882657185\t", "\t0\t", "must be positive"),
    ],
)
def test_a_malformed_card_is_refused(norms, file, old, new, says):
    change(norms / file, old, new)
    with pytest.raises(KnowledgeError, match=says):
        found(norms)


def test_a_table_without_its_file_is_refused(norms):
    (norms / ASEG).unlink()
    with pytest.raises(KnowledgeError, match="the table is missing"):
        found(norms)


def test_only_the_tables_that_are_asked_for_are_opened(norms):
    for path in norms.glob("nomis-v1.*.tsv"):
        if path.name != ASEG:
            path.unlink()
    card = read_norms(Knowledge(base=norms.parent).files("norms"))["nomis-v1"]

    assert 29 == len(card.by_table["aseg"].linear)
