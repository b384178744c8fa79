"""The drawing of the body map: geometry without gaps, every region once, and a picture that says the same in words."""

import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.errors import InputError, KnowledgeError
from painloom.knowledge.bodymap import read_bodymap
from painloom.knowledge.load import load
from painloom.report.bodyfigure import area, body_table, contains, draw_body, middle, shapes
from painloom.report.bodyform import body_form

KNOWLEDGE = load()
MAP = read_bodymap(KNOWLEDGE.files("bodymap"))
SHAPES = shapes(MAP)
SHAPE = {shape.region: shape for shape in SHAPES}
CENTRE = {figure.id: figure.centre for figure in MAP.drawing.figures}
SVG = "{http://www.w3.org/2000/svg}"


def drawn(regions, **options):
    return ET.fromstring(str(draw_body(MAP, regions, **options)))


def paths(root):
    return {p.get("data-region"): p for p in root.iter(f"{SVG}path") if p.get("data-region")}


# geometry


def test_every_region_of_the_table_has_exactly_one_path():
    named = [p.get("data-region") for p in drawn(()).iter(f"{SVG}path") if p.get("data-region")]

    assert sorted(region.id for region in MAP.regions) == sorted(named)
    assert 112 == len(named)


def test_left_lies_on_the_viewers_right_in_front_and_on_the_viewers_left_behind():
    for region in MAP.regions:
        shape = SHAPE[region.id]
        beside = [x - CENTRE[shape.figure] for x, _ in shape.border]
        on_the_right = (region.side == "left") == (shape.figure == "front")
        if region.side == "midline":
            assert min(beside) == pytest.approx(-max(beside), abs=0.02)
        elif on_the_right:
            assert min(beside) >= -0.01
        else:
            assert max(beside) <= 0.01


def test_what_people_look_for_in_front_is_drawn_in_front_and_what_they_look_for_behind_behind():
    assert all(SHAPE[region.id].figure == region.view for region in MAP.regions if region.view != "side")


def test_pairs_are_mirror_images():
    for region in MAP.regions:
        if region.side == "left":
            left, right = SHAPE[region.id], SHAPE[region.stem + "-r"]
            turned = [(2 * CENTRE[left.figure] - x, y) for x, y in right.border]
            assert np.allclose(left.border, turned, atol=0.02)


@pytest.mark.parametrize("figure", ["front", "back"])
def test_regions_tile_the_figure_without_gap_and_without_overlap(figure):
    """Each piece of border belongs to two regions or to the outer edge, and the outer edges join to one closed line."""
    uses = Counter()
    for shape in SHAPES:
        if shape.figure == figure:
            uses.update(min(piece, piece[::-1]) for piece in shape.pieces)
    edge = [piece for piece, times in uses.items() if times == 1]
    following = defaultdict(list)
    for piece in edge:
        following[piece[0]].append(piece[-1])
        following[piece[-1]].append(piece[0])

    assert {1, 2} == set(uses.values())
    assert {2} == {len(ends) for ends in following.values()}
    start = here = edge[0][0]
    before, steps = None, 0
    while True:
        here, before = next(spot for spot in following[here] if spot != before), here
        steps += 1
        if here == start:
            break
    assert steps == len(edge)


def test_no_point_lies_in_two_regions_of_a_figure():
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(0.3, MAP.drawing.width, 1.7), np.arange(0.4, MAP.drawing.height, 1.7)))
    times = sum(inside(np.array(shape.border), x, y).astype(int) for shape in SHAPES)

    assert 1 == times.max()
    assert sum(area(shape.border) for shape in SHAPES) == pytest.approx(times.sum() * 1.7**2, rel=0.01)


def inside(border, x, y):
    odd = np.zeros(x.shape, dtype=bool)
    for (x0, y0), (x1, y1) in zip(border, np.roll(border, -1, axis=0), strict=True):
        if y0 != y1:
            odd ^= ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) / (y1 - y0) * (x1 - x0))
    return odd


def test_no_region_is_too_small_to_be_hit_and_all_lie_on_the_sheet():
    for shape in SHAPES:
        across, down = zip(*shape.border, strict=True)
        assert area(shape.border) > 60, shape.region
        assert min(max(across) - min(across), max(down) - min(down)) > 6, shape.region
        assert min(across) > 0
        assert max(across) < MAP.drawing.width
        assert min(down) > 0
        assert max(down) < MAP.drawing.height


def test_area_middle_and_inside_of_a_square_are_known():
    square = ((2.0, 1.0), (6.0, 1.0), (6.0, 5.0), (2.0, 5.0))

    assert 16 == area(square) == area(square[::-1])
    assert (4.0, 3.0) == middle(square)
    assert (True, False) == (contains(square, (3, 2)), contains(square, (7, 2)))


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("outline.shapes.tsv", "knee-back\tback\tki1 ko1", "knee-back\tback\tki1 zz9", "ki1 and zz9"),
        ("outline.curves.tsv", "front\tshin\t", "front\tshin again\tks:28,384 an:28,448\nfront\tshin\t", "two curves"),
    ],
)
def test_a_border_that_does_not_close_is_refused(tmp_path, file, old, new, says):
    for path in (KNOWLEDGE.base / "bodymap").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    broken = read_bodymap({path.stem: path for path in tmp_path.glob("*.toml")})

    with pytest.raises(KnowledgeError, match=says):
        shapes(broken)


# the picture


@settings(max_examples=25, deadline=None)
@given(st.sets(st.sampled_from([region.id for region in MAP.regions]), max_size=30))
def test_exactly_the_painful_regions_are_filled_hatched_and_named(regions):
    root = drawn(regions)

    assert regions == {id_ for id_, path in paths(root).items() if "bm-hurts" in path.get("class")}
    said = root.find(f"{SVG}desc").text
    assert all(MAP.by_id[id_].label in said for id_ in regions)
    for id_, path in paths(root).items():
        assert (id_ in regions) == path.find(f"{SVG}title").text.endswith(": hurts")


def test_pain_is_never_shown_by_colour_alone():
    root = drawn(["knee-front-l"], anchor="p")
    pattern = next(p for p in root.iter(f"{SVG}pattern") if p.get("id") == "p-hatch")

    assert pattern.find(f"{SVG}line") is not None
    assert ".bm-hurts{fill:url(#p-hatch)" in root.find(f"{SVG}style").text
    printed = root.find(f"{SVG}style").text.partition("@media print")[2]
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", printed)) == {"#000", "#fff"}


def test_title_and_description_are_named_by_the_picture_and_ids_follow_the_anchor():
    root = drawn(["knee-front-l"], anchor="second")
    ids = [node.get("id") for node in root.iter() if node.get("id")]

    assert "img" == root.get("role")
    assert set(root.get("aria-labelledby").split()) <= set(ids)
    assert all(id_.startswith("second-") for id_ in ids)
    assert len(ids) == len(set(ids))


def test_a_map_that_was_not_filled_in_looks_and_reads_different_from_one_without_pain():
    nothing, empty = drawn(None), drawn(())

    assert {"bm-r bm-open"} == {path.get("class") for path in paths(nothing).values()}
    assert {"bm-r"} == {path.get("class") for path in paths(empty).values()}
    assert "nothing is known" in nothing.find(f"{SVG}desc").text
    assert "no region hurts" in empty.find(f"{SVG}desc").text
    assert "not filled in" in [text.text for text in nothing.iter(f"{SVG}text")]
    assert "not filled in" not in [text.text for text in empty.iter(f"{SVG}text")]


def test_the_words_for_the_sides_stand_on_the_side_where_that_side_is_drawn():
    words = [(float(t.get("x")), t.text) for t in drawn(()).iter(f"{SVG}text") if t.get("class") == "bm-side"]
    order = [text for _, text in sorted(words, key=lambda word: (word[0], word[1] != "your"))]

    assert ["your", "right", "your", "left", "your", "left", "your", "right"] == order


def test_levels_are_written_once_a_pair_and_only_when_asked_for():
    assert [] == [t for t in drawn(()).iter(f"{SVG}text") if t.get("class") == "bm-level"]
    levels = Counter(t.text for t in drawn((), levels=True).iter(f"{SVG}text") if t.get("class") == "bm-level")

    assert Counter(", ".join(r.dermatomes) for r in MAP.regions if r.side != "left" and r.dermatomes) == levels
    assert 60 == levels.total()


def test_an_id_that_is_no_region_is_refused_without_being_repeated():
    with pytest.raises(InputError, match="1 entries are no regions") as refused:
        draw_body(MAP, ["Mrs Smith"])

    assert "Smith" not in str(refused.value)


def test_the_same_map_gives_the_same_bytes():
    assert draw_body(MAP, ["jaw-l", "heel-r"]) == draw_body(read_bodymap(KNOWLEDGE.files("bodymap")), ["heel-r", "jaw-l"])


def test_the_table_twin_names_what_the_picture_shows():
    table = ET.fromstring(str(body_table(MAP, ["heel-r", "jaw-l"])))
    rows = [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]

    assert ["jaw and chin, left", "left", "V3", "-"] == rows[1]
    assert ["heel, right", "right", "S1-S2", "tibial"] == rows[2]
    assert ["no region hurts"] == [c.text for c in ET.fromstring(str(body_table(MAP, ()))).iter("td")]
    assert ["nobody filled in the map"] == [c.text for c in ET.fromstring(str(body_table(MAP, None))).iter("td")]


# the form


def test_the_form_lists_every_region_once_and_draws_every_region_once():
    form = body_form(MAP)
    ids = sorted(region.id for region in MAP.regions)

    assert ids == sorted(re.findall(r'<input type="checkbox" value="([a-z-]+)"><span>', form))
    assert ids == sorted(re.findall(r'data-region="([a-z-]+)"', form))
    assert "bm-hurts" not in re.sub(r"(?s)<(style|script)\b.*?</\1>", "", form)


def test_the_form_fetches_nothing():
    form = body_form(MAP).replace("http://www.w3.org/2000/svg", "")

    assert [] == re.findall(r"https?:|//[a-z]|@import|fetch\(|XMLHttp|<link|<img|src=", form)
    assert "default-src 'none'" in form
