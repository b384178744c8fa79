"""Scalp positions: the nearest by the cortex below, the error with its range, cards and table agree."""

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painloom.brain.scalp import nearest_scalp, scalp_of
from painloom.errors import KnowledgeError
from painloom.knowledge.load import load
from painloom.knowledge.scalp import COLUMNS, check_scalp, read_scalp, scalp_points
from painloom.knowledge.targets import read_targets

SOURCE = Path(__file__).resolve().parents[3] / "shared" / "brain" / "sources" / "coordinates" / "eeg1010_mni_projection.csv"
KNOWLEDGE = load()
POINTS = scalp_points(KNOWLEDGE)
HAND = (-37.0, -21.0, 58.0)
LINE = ("a", "C3", "-66", "-11", "63", "-58", "-14", "54", "s")


def test_the_customary_position_of_the_hand_is_off_by_two_centimetres():
    """By hand: from (-58, -14, 54) to (-37, -21, 58) is sqrt(441 + 49 + 16) = 22.5 mm, from (-54, -14, 58) sqrt(289 + 49) = 18.4 mm."""
    found = scalp_of("C3", HAND, POINTS)

    assert found.distance_mm == 22.5
    assert "18.4 to 22.5 mm" in found.text
    assert "3 published caps" in found.text


def test_a_nearer_position_than_the_customary_one_is_found():
    first = nearest_scalp(HAND, POINTS, "left")[0]

    assert first.distance_mm < 22.5
    assert first.distance_mm == min(round(math.dist(p.cortex_mm, HAND), 1) for p in POINTS if p.name == first.name)


def test_three_caps_place_the_frontal_position_nine_millimetres_apart():
    apart = {p.cap: p.cortex_mm for p in POINTS if p.name == "F3"}

    assert apart == {"cutini": (-42.0, 48.0, 30.0), "jurcak": (-42.0, 48.0, 30.0), "okamoto": (-34.0, 50.0, 34.0)}
    assert round(math.dist(apart["jurcak"], apart["okamoto"])) == 9


@given(st.tuples(st.floats(-70, 70), st.floats(-100, 70), st.floats(-40, 80)), st.sampled_from(["left", "right", "midline", ""]))
def test_positions_come_nearest_first_and_only_from_the_side_asked_for(place, side):
    found = nearest_scalp(place, POINTS, side, most=5)
    allowed = {"left": {"left", "midline"}, "right": {"right", "midline"}, "midline": {"midline"}, "": {"left", "right", "midline"}}[side]
    sides = {p.name: p.side for p in POINTS}

    assert [p.distance_mm for p in found] == sorted(p.distance_mm for p in found)
    assert {sides[p.name] for p in found} <= allowed
    assert all(p.distance_mm <= 40 for p in found)
    for one in found:
        assert one == scalp_of(one.name, place, POINTS)


def test_a_deep_target_has_no_scalp_position():
    assert nearest_scalp((2.0, -36.0, -42.0), POINTS) == ()


def test_a_name_that_no_cap_has_gives_nothing():
    assert scalp_of("C99", HAND, POINTS) is None


def test_the_distances_on_the_cards_of_targets_are_those_of_the_table():
    book = read_targets(KNOWLEDGE.files("targets"))
    placed = [p for card in book.targets.values() for p in card.points if p.scalp and p.xyz_mm and p.scalp_mm is not None]

    assert len(placed) >= 6
    for point in placed:
        away = [math.dist(p.cortex_mm, point.xyz_mm) for p in POINTS if p.name == point.scalp]
        assert scalp_of(point.scalp, point.xyz_mm, POINTS).distance_mm == point.scalp_mm
        assert point.scalp_range_mm == pytest.approx((min(away), max(away)), abs=0.051)


def test_every_source_of_the_table_exists():
    assert list(check_scalp(KNOWLEDGE)) == []
    assert {p.source for p in POINTS} == {"jurcak-2007", "okamoto-2004", "cutini-2011"}


@pytest.mark.skipif(not SOURCE.is_file(), reason="no reference material beside the project: the table is not compared with its source")
def test_the_table_is_the_source_rounded():
    with SOURCE.open(encoding="utf-8", newline="") as file:
        lines = {
            (line["cap"].split("_")[-2][:5].lower(), line["electrode"]): [
                float(line[f"{kind}_{axis}"]) for kind in ("scalp", "cortex") for axis in "xyz"
            ]
            for line in csv.DictReader(file)
        }
    ours = {(p.cap.replace("jurcak", "jurak")[:5], p.name): [*p.scalp_mm, *p.cortex_mm] for p in POINTS}
    left_out = {name for _, name in set(lines) - set(ours)}

    assert len(ours) == len(POINTS) == 155
    assert left_out <= {"Nz", "Iz", "LPA", "RPA"}
    for key, numbers in ours.items():
        assert numbers == pytest.approx(lines[key], abs=0.0501)


def written(folder, *lines, header=COLUMNS):
    path = folder / "scalp.tsv"
    path.write_text("\n".join("\t".join(line) for line in [header, *lines]) + "\n", encoding="utf-8")
    return path


def changed(**more):
    return tuple({**dict(zip(COLUMNS, LINE, strict=True)), **more}.values())


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (LINE, LINE),
        (changed(name="Q"),),
        (changed(name="C11"),),
        (changed(name="c3"),),
        (changed(name="C4"),),
        (changed(name="Cz"),),
        (changed(scalp_x="left"),),
        (changed(scalp_x="nan"),),
        (changed(cortex_z="1e9"),),
        (changed(cortex_x="58"),),
        (changed(scalp_y="."),),
    ],
)
def test_a_table_that_cannot_be_is_refused(tmp_path, lines):
    with pytest.raises(KnowledgeError):
        read_scalp(written(tmp_path, *lines))


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(KnowledgeError, match="cortex_z"):
        read_scalp(written(tmp_path, LINE[:7] + LINE[8:], header=COLUMNS[:7] + COLUMNS[8:]))


def test_a_right_table_is_read(tmp_path):
    (point,) = read_scalp(written(tmp_path, LINE))

    assert (point.side, point.scalp_mm, point.cortex_mm) == ("left", (-66.0, -11.0, 63.0), (-58.0, -14.0, 54.0))
