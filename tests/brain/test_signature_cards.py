"""The marker cards: what they must say, published figures, and how a damaged card is refused."""

import csv
import shutil

import markerbuild as build
import pytest

from painloom.errors import KnowledgeError
from painloom.knowledge.check_markers import check_markers
from painloom.knowledge.load import DATA, load
from painloom.knowledge.marker_cards import CONNECTIVITY, MAP, OWN, SHIPPED
from painloom.knowledge.markers import read_marker, read_markers

CARDS = read_markers(load().files("markers"))


def test_every_card_says_what_it_never_does():
    """No card may be read as a detector of pain."""
    for card in CARDS.values():
        assert any("prove, disprove or measure" in text for text in card.never)
        assert any("overrule" in text for text in card.never)
        assert "davis-2017" in card.sources


def test_weights_are_shipped_only_where_the_licence_allows_it():
    """And then with the notice; all others bring none and show no cohort."""
    shipped = {id_ for id_, card in CARDS.items() if card.weights.origin == SHIPPED}

    assert shipped == {"rpn", "rpn-multicentre"}
    for id_ in shipped:
        assert CARDS[id_].weights.licence == "BSD-3-Clause"
        assert "Redistributions" in CARDS[id_].weights.notice
    for id_ in set(CARDS) - shipped:
        assert CARDS[id_].model is None
        assert not CARDS[id_].cohorts
        assert CARDS[id_].weights.origin == OWN


def test_every_map_card_has_a_limit_of_coverage():
    """Without one a map with half a brain would be scored."""
    maps = [card for card in CARDS.values() if card.kind == MAP]

    assert len(maps) == 4
    assert all(card.limits.coverage_percent for card in maps)


def test_four_names_of_columns_occur_twice():
    """That is why columns are matched by position."""
    for id_ in ("rpn", "rpn-multicentre"):
        names = [c.name for c in CARDS[id_].columns]
        assert len(names) == 123
        assert {n for n in names if names.count(n) > 1} == {"PCcor", "L_IPlob", "PRC_d", "SPlob"}
        assert names[0] == "GlobSig"
        assert sorted(c.label for c in CARDS[id_].columns[1:]) == list(range(1, 123))


def test_edges_are_those_of_the_published_table():
    """Weights of the 21 connections, to the last digit."""
    path = build.REFERENCE / "sources" / "rpn" / "published_connections.csv"
    if not path.is_file():
        pytest.skip("reference material (../shared/brain) is not here")
    with path.open(encoding="utf-8", newline="") as file:
        published = {(int(r["idx_A"]), int(r["idx_B"])): float(r["weight"]) for r in csv.DictReader(file)}
    model = CARDS["rpn"].model

    assert published == dict(zip(zip(model.first, model.second, strict=True), model.weight, strict=True))
    assert len(CARDS["rpn-multicentre"].model.first) == 85


def test_no_figure_of_training_people_passes_as_proof():
    """A cohort of training people is never the default and says what it is."""
    for card in CARDS.values():
        for cohort in card.cohorts:
            assert not (cohort.is_default and cohort.is_in_sample)
            if cohort.is_in_sample:
                assert "in-sample" in cohort.label
                assert "In-sample" in cohort.note


def test_the_shipped_cards_hold_together():
    """Every source exists, every figure lies in its range and interval."""
    assert list(check_markers(load())) == []


def damaged(tmp_path, name, old, new):
    """A copy of the shipped connectivity card with one change in one of its files."""
    folder = tmp_path / "markers"
    folder.mkdir()
    for path in (DATA / "markers").glob("rpn.*"):
        shutil.copyfile(path, folder / path.name)
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder / "rpn.toml"


DAMAGES = {
    "another kind": ("rpn.toml", 'kind = "partial-correlation"', 'kind = "magic"', "kind 'magic' is not one of"),
    "no kind": ("rpn.toml", 'kind = "partial-correlation"', "", "field 'kind' is missing"),
    "another origin": ("rpn.toml", 'origin = "shipped"', 'origin = "found"', "origin 'found' is not one of"),
    "a state that is none": ("rpn.toml", 'state = "verified"', 'state = "sure"', "state 'sure' is not one of"),
    "evidence that is none": ("rpn.toml", 'evidence = "out-of-sample"', 'evidence = "good"', "evidence 'good'"),
    "a digest that is none": ("rpn.toml", 'origin = "shipped"', 'origin = "shipped"\nsha256 = "12"', "64 hexadecimal digits"),
    "no forbidden use": ("rpn.toml", "never = [", "never_ = [", "field 'never' is missing or empty"),
    "training people as default": ("rpn.toml", "default = false", "default = true", "never one that the model was trained on"),
    "edge beyond the columns": ("rpn.edges.tsv", "\n0\t34\t", "\n0\t123\t", "two columns in rising order below 123"),
    "edge turned": ("rpn.edges.tsv", "\n0\t34\t", "\n34\t0\t", "rising order"),
    "scale of nothing": ("rpn.edges.tsv", "0.006862920992708748", "0.0", "a scale above 0"),
    "weight that is infinite": ("rpn.edges.tsv", "-0.08642296646581857", "inf", "finite numbers"),
    "edge of words": ("rpn.edges.tsv", "-0.08642296646581857", "big", "no number"),
    "column left out": ("rpn.regions.tsv", "\n7\t", "\n8\t", "numbered 0, 1, 2"),
    "column without a name": ("rpn.regions.tsv", "\n2\tCER7ab\t", "\n2\t.\t", "needs a name"),
    "region twice": ("rpn.regions.tsv", "\n2\tCER7ab\t108\t", "\n2\tCER7ab\t9\t", "stands twice"),
    "cohort unknown": ("rpn.cohorts.tsv", "\nessen\t", "\nother\t", "needs a cohort of the card"),
    "cohort unsorted": ("rpn.cohorts.tsv", "\nessen\t-0.5", "\nessen\t0.5", "in rising order"),
    "score of words": ("rpn.cohorts.tsv", "\nessen\t-", "\nessen\tx", "a number"),
    "header changed": ("rpn.edges.tsv", "weight", "beta", "column 'weight' is missing"),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_card_is_refused_by_name(tmp_path, kind):
    """One line that names file and field."""
    name, old, new, words = DAMAGES[kind]

    with pytest.raises(KnowledgeError, match=words) as caught:
        read_marker(damaged(tmp_path, name, old, new))
    assert "\n" not in str(caught.value)


def test_a_card_without_its_tables_is_refused(tmp_path):
    """Edges, columns and cohorts belong to it."""
    for lost in ("edges", "regions", "cohorts"):
        path = damaged(tmp_path, "rpn.toml", "schema = 1", "schema = 1")
        path.with_name(f"rpn.{lost}.tsv").unlink()
        with pytest.raises(KnowledgeError, match="the table is missing"):
            read_marker(path)
        shutil.rmtree(tmp_path / "markers")


def check_own(tmp_path, **more):
    return list(check_markers(load(build.clinic(tmp_path / "own", **more))))


def test_the_check_finds_what_the_reader_lets_pass(tmp_path):
    """Unknown source, a figure outside its interval, no figure at all."""
    figure = '[[performance]]\nwhat = "w"\nmeasure = "r"\nvalue = {v}\nlow = 0.1\nhigh = 0.2\nevidence = "in-sample"\n'
    figure += 'state = "verified"\nsource = "{s}"\n'

    assert check_own(tmp_path / "a") == ["markers/own-map: no published accuracy; say what the source leaves open"]
    assert check_own(tmp_path / "b", more=figure.format(v=0.15, s="weir-2005")) == []
    assert "source 'nobody' is not in sources/" in check_own(tmp_path / "c", more=figure.format(v=0.15, s="nobody"))[0]
    assert "outside its range or its interval" in check_own(tmp_path / "d", more=figure.format(v=0.5, s="weir-2005"))[0]
    assert "outside its range or its interval" in check_own(tmp_path / "e", more=figure.format(v=-1.5, s="weir-2005"))[0]


def test_a_connectivity_card_is_read_alone():
    """What one call needs is one card."""
    assert read_marker(load().files("markers")["rpn"]).kind == CONNECTIVITY
