"""Navigator files: what is written comes back exactly, real files survive a round trip, hostile ones are refused in one line."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painloom.brain.navigators import FORMATS, read_brainsight, read_localite, read_slicer
from painloom.brain.navigators.brainsight import render
from painloom.errors import InputError
from painloom.model.target import Pose

CASES = Path(__file__).resolve().parents[3] / "shared" / "brain" / "cases" / "navigator"
READERS = {
    "brainsight": lambda path: read_brainsight(path).poses(),
    "localite": lambda path: read_localite(path).poses,
    "slicer": read_slicer,
    "slicer-fcsv": read_slicer,
}
LIST = '<InstrumentMarkerList coordinateSpace="{}"><InstrumentMarker>{}</InstrumentMarker></InstrumentMarkerList>'
STILL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
real = pytest.mark.skipif(not CASES.is_dir(), reason="no reference material beside the project: real navigator files are not read")


def turned(a, b, c):
    """A right-handed frame from three angles."""
    x, y, z = (np.array(m) for m in (
        [[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]],
        [[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]],
        [[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]],
    ))  # fmt: skip
    return tuple(tuple(float(v) for v in row) for row in x @ y @ z)


angle = st.floats(-3.1, 3.1)
mm = st.floats(-200, 200)
names = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn", "Co", "Cf")), min_size=1, max_size=20).filter(
    lambda n: n[0] != "#" and n != "(null)"
)
poses = st.builds(Pose, names, st.tuples(mm, mm, mm), st.builds(turned, angle, angle, angle))


@settings(max_examples=60, deadline=None)
@given(st.lists(poses, min_size=1, max_size=5), st.sampled_from(sorted(FORMATS)))
def test_a_written_file_gives_every_name_place_and_axis_back_exactly(tmp_path_factory, written, form):
    writer, ending = FORMATS[form]
    path = tmp_path_factory.mktemp("n") / f"t{ending}"
    path.write_text(writer(written, "MNI152NLin6Asym"), encoding="utf-8", newline="")

    expected = tuple(Pose(pose.name, pose.xyz_mm) for pose in written) if form == "slicer-fcsv" else tuple(written)

    assert READERS[form](path) == expected


@pytest.mark.parametrize("form", sorted(FORMATS))
@pytest.mark.parametrize("name", ["a\tb", 'x" y & <z>', "line\nend", "\x00nul", "", "(null)", "Übung → 手", "# Target Name"])
def test_a_name_can_break_no_format(tmp_path, form, name):
    writer, ending = FORMATS[form]
    path = tmp_path / f"t{ending}"
    path.write_text(
        writer([Pose(name, (1.5, -2.25, 3.0)), Pose("second", (0.0, 0.0, 1e-7))], "MNI152NLin6Asym"), encoding="utf-8", newline=""
    )

    first, second = READERS[form](path)

    assert [first.xyz_mm, second.xyz_mm] == [(1.5, -2.25, 3.0), (0.0, 0.0, 1e-7)]
    assert first.name
    assert second.name == "second"


def test_template_and_own_coordinates_are_told_apart():
    pose = [Pose("t", (-37.0, -21.0, 58.0))]
    brainsight, localite, slicer = (FORMATS[name][0] for name in ("brainsight", "localite", "slicer"))

    assert "# Coordinate system: NIfTI:Q:MNI-152\n" in brainsight(pose, "MNI152NLin6Asym")
    assert "# Coordinate system: NIfTI:Q:Aligned\n" in brainsight(pose, "native: a.txt")
    assert "template" in localite(pose, "MNI152NLin6Asym")
    assert "template" not in localite(pose, "native: a.txt")
    assert "template" in slicer(pose, "MNI152NLin6Asym")


def test_an_orientation_that_was_not_planned_is_said_to_be_none(tmp_path):
    for name in ("brainsight", "localite"):
        assert "not planned" in FORMATS[name][0]([Pose("t", (1.0, 2.0, 3.0))], "MNI152NLin6Asym")
    path = tmp_path / "t.mrk.json"
    path.write_text(FORMATS["slicer"][0]([Pose("t", (1.0, 2.0, 3.0))], "MNI152NLin6Asym"))

    assert read_slicer(path)[0].axes is None


@pytest.mark.parametrize("form", sorted(FORMATS))
@pytest.mark.parametrize(
    ("place", "axes"),
    [
        ((float("nan"), 0.0, 0.0), None),
        ((0.0, float("inf"), 0.0), None),
        ((5000.0, 0.0, 0.0), None),
        ((0.0, 0.0, 0.0), ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0))),
        ((0.0, 0.0, 0.0), ((2.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))),
        ((0.0, 0.0, 0.0), ((1.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0))),
    ],
)
def test_what_cannot_be_is_never_written(form, place, axes):
    with pytest.raises(InputError):
        FORMATS[form][0]([Pose("t", place, axes)], "MNI152NLin6Asym")


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_no_target_or_no_space_writes_nothing(form):
    for written, space in (([], "MNI152NLin6Asym"), ([Pose("t", (0.0, 0.0, 0.0))], "")):
        with pytest.raises(InputError):
            FORMATS[form][0](written, space)


@pytest.mark.parametrize("form", sorted(FORMATS))
@pytest.mark.parametrize("space", ["MNI305", "MNIColin27", "Talairach", "fsaverage", "nativeish", "T1wrong", "moon"])
def test_a_space_that_the_file_has_no_word_for_is_refused(form, space):
    with pytest.raises(InputError, match=space):
        FORMATS[form][0]([Pose("t", (0.0, 0.0, 0.0))], space)


def test_a_row_whose_name_begins_with_a_hash_is_no_comment(tmp_path):
    path = tmp_path / "t.txt"
    path.write_text(HEAD + TABLE + "#1\t1\t2\t3\n# 2\t4\t5\t6\n")

    assert [p.xyz_mm for p in read_brainsight(path).poses()] == [(1.0, 2.0, 3.0), (4.0, 5.0, 6.0)]


@pytest.mark.parametrize(
    ("mark", "place"), [("LPS", (-1.0, -2.0, 3.0)), ("1", (-1.0, -2.0, 3.0)), ("RAS", (1.0, 2.0, 3.0)), ("0", (1.0, 2.0, 3.0))]
)
def test_an_older_list_of_points_says_its_own_axes(tmp_path, mark, place):
    path = tmp_path / "t.fcsv"
    path.write_text(OLD.format(mark) + '1,1,2,3,0,0,0,1,1,1,0,"a, b",,\n')

    assert read_slicer(path) == (Pose("a, b", place),)


def test_an_lps_list_of_points_with_axes_is_turned_to_ras(tmp_path):
    point = {"label": "a", "position": [1, 2, 3], "orientation": [-1, 0, 0, 0, -1, 0, 0, 0, 1]}
    path = tmp_path / "t.mrk.json"
    path.write_text(json.dumps({"markups": [{"coordinateSystem": "LPS", "controlPoints": [point]}]}))

    assert read_slicer(path) == (Pose("a", (-1.0, -2.0, 3.0), STILL),)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_an_error_of_a_file_shows_no_name_of_a_row(tmp_path, form):
    """A clinic may have typed a patient's name as the name of a target."""
    text = FORMATS[form][0]([Pose("Surname", (123.0, 2.0, 3.0))], "native")
    path = tmp_path / f"t{FORMATS[form][1]}"
    path.write_text(text.replace("123.0", "5123.0"))
    with pytest.raises(InputError, match="mm away") as wrong:
        READERS[form](path)

    assert "Surname" not in str(wrong.value)
    assert str(wrong.value).startswith(path.name)


def test_lps_is_turned_to_ras(tmp_path):
    path = tmp_path / "t.xml"
    cells = " ".join(
        f'data{r}{c}="{v}"'
        for r, row in enumerate([[-1, 0, 0, 10], [0, -1, 0, 20], [0, 0, 1, 30], [0, 0, 0, 1]])
        for c, v in enumerate(row)
    )
    path.write_text(LIST.format("LPS", f'<Marker description="m" set="true"><Matrix4D {cells}/></Marker>'))
    (pose,) = read_localite(path).poses

    assert pose.xyz_mm == (-10.0, -20.0, 30.0)
    assert np.allclose(pose.axes, STILL)


@real
@pytest.mark.parametrize("name", ["niiImage_niftialigned_q_coord_v14.txt", "niiImage_niftialignedcoord_no_samples.txt"])
def test_a_real_brainsight_file_survives_whole(tmp_path, name):
    first = read_brainsight(CASES / "brainsight" / name)
    (tmp_path / "again.txt").write_text(render(first), encoding="utf-8", newline="")

    assert read_brainsight(tmp_path / "again.txt") == first
    assert first.poses()
    assert render(first).splitlines() == (CASES / "brainsight" / name).read_text(encoding="utf-8").splitlines()


@real
def test_places_of_a_real_brainsight_file():
    both = read_brainsight(CASES / "brainsight" / "niiImage_niftialigned_q_coord_v14.txt")

    assert both.system == "NIfTI:Q:Aligned"
    assert both.poses()[0] == Pose(
        "Trajectory 1", (34.466, 26.188, 63.467), ((-0.9368, 0.0, 0.3499), (0.0, -1.0, 0.0), (0.3499, 0.0, 0.9368))
    )
    assert len(both.poses("Sample Name")) == 3


@real
@pytest.mark.parametrize("name", sorted(p.name for p in (CASES / "localite").glob("*.xml")) if CASES.is_dir() else [])
def test_a_real_localite_file_comes_back(tmp_path, name):
    first = read_localite(CASES / "localite" / name).poses
    (tmp_path / "again.xml").write_text(FORMATS["localite"][0](first, "native"), encoding="utf-8", newline="")
    again = read_localite(tmp_path / "again.xml").poses

    assert first
    assert [p.xyz_mm for p in again] == [p.xyz_mm for p in first]
    assert [p.axes or STILL for p in again] == [p.axes or STILL for p in first]


@real
def test_the_first_marker_of_a_real_lps_file_lies_where_its_numbers_say():
    (first, *_) = read_localite(CASES / "localite" / "LPS_InstrumentMarker20120925123537421.xml").poses

    assert first.name == "hotspot"
    assert first.xyz_mm == (-36.237570946032804, -35.691391691174246, 101.91661045854771)


OLD = "# CoordinateSystem = {}\n# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID\n"
HEAD = "# Version: 14\n# Coordinate system: NIfTI:Q:MNI-152\n"
TABLE = "# Target Name\tLoc. X\tLoc. Y\tLoc. Z\n"
HOSTILE = {
    "empty.txt": "",
    "no-system.txt": "# Version: 14\n" + TABLE + "a\t1\t2\t3\n",
    "odd-system.txt": "# Coordinate system: Moon\n" + TABLE + "a\t1\t2\t3\n",
    "no-table.txt": HEAD,
    "row-first.txt": HEAD + "a\t1\t2\t3\n" + TABLE,
    "ragged.txt": HEAD + TABLE + "a\t1\t2\n",
    "words.txt": HEAD + TABLE + "a\tone\t2\t3\n",
    "nan.txt": HEAD + TABLE + "a\tnan\t2\t3\n",
    "far.txt": HEAD + TABLE + "a\t1e9\t2\t3\n",
    "left.txt": HEAD
    + TABLE[:-1]
    + "".join(f"\tm{i}n{j}" for i in range(3) for j in range(3))
    + "\na\t1\t2\t3\t1\t0\t0\t0\t1\t0\t0\t0\t-1\n",
    "binary.txt": "\x00\x01",
    "empty.xml": "",
    "text.xml": "no xml",
    "entity.xml": '<!DOCTYPE a [<!ENTITY b "c">]><InstrumentMarkerList coordinateSpace="RAS"/>',
    "no-space.xml": "<InstrumentMarkerList/>",
    "other.xml": '<Other coordinateSpace="RAS"/>',
    "no-numbers.xml": LIST.format("RAS", '<Marker set="true"><Matrix4D/></Marker>'),
    "no-matrix.xml": LIST.format("RAS", '<Marker set="true"/>'),
    "deep.xml": "<a>" * 100_000,
    "empty.mrk.json": "",
    "list.mrk.json": "[]",
    "none.mrk.json": '{"markups": []}',
    "moon.mrk.json": json.dumps({"markups": [{"coordinateSystem": "MOON", "controlPoints": []}]}),
    "short.mrk.json": json.dumps({"markups": [{"coordinateSystem": "RAS", "controlPoints": [{"position": [1, 2]}]}]}),
    "deep.mrk.json": "[" * 100_000,
    "huge.mrk.json": json.dumps({"markups": [{"coordinateSystem": "RAS", "controlPoints": [{"position": [10**400, 0, 0]}]}]}),
    "points.mrk.json": json.dumps({"markups": [{"coordinateSystem": "RAS", "controlPoints": [[1, 2, 3]]}]}),
    "metres.mrk.json": json.dumps({"markups": [{"coordinateSystem": "RAS", "coordinateUnits": "m", "controlPoints": []}]}),
    "truth.mrk.json": json.dumps({"markups": [{"coordinateSystem": "RAS", "controlPoints": [{"position": [True, 0, 0]}]}]}),
    "digits.txt": HEAD + TABLE + "a\t1_0\t2\t3\n",
    "script.txt": HEAD + TABLE + "a\t١\t2\t3\n",
    "nul.xml": LIST.format("RAS", '<Marker set="true" description="\x00"/>'),
    "many.xml": '<InstrumentMarkerList coordinateSpace="RAS">' + "<a/>" * 150_000 + "</InstrumentMarkerList>",
    "last-row.xml": LIST.format(
        "RAS", "<Marker><Matrix4D " + " ".join(f'data{r}{c}="{int(r == c)}"' for r in range(4) for c in range(4)) + "/></Marker>"
    ).replace('data30="0"', 'data30="1"'),
    "empty.fcsv": "",
    "bare.fcsv": "1,2,3\n",
    "ijk.fcsv": "# CoordinateSystem = 2\n# columns = x,y,z,label\n1,2,3,a\n",
    "ragged.fcsv": "# CoordinateSystem = RAS\n# columns = x,y,z,label\n1,2,3\n",
    "quote.fcsv": '# CoordinateSystem = RAS\n# columns = x,y,z,label\n1,2,3,"a\n',
    "nan.fcsv": "# CoordinateSystem = RAS\n# columns = x,y,z,label\nnan,2,3,a\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_one_line(tmp_path, name):
    path = tmp_path / name
    path.write_text(HOSTILE[name])
    reader = READERS["slicer" if name.endswith((".mrk.json", ".fcsv")) else "localite" if name.endswith(".xml") else "brainsight"]
    with pytest.raises(InputError) as wrong:
        reader(path)

    assert "\n" not in str(wrong.value)
    assert str(tmp_path) not in str(wrong.value)


def test_an_error_shows_a_short_piece_of_a_long_table_name(tmp_path):
    path = tmp_path / "t.txt"
    head = "# Coordinate system: NIfTI:Q:MNI-152\n"
    path.write_text(head + f"# {'9' * 5000} Name\tLoc. X\tLoc. Y\tLoc. Z\na\tx\t2\t3\n", encoding="utf-8")

    with pytest.raises(InputError, match="row 1: a cell is no number") as told:
        read_brainsight(path)
    assert len(str(told.value)) < 200
