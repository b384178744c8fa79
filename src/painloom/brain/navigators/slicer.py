"""3D Slicer's markups: lists of points as .mrk.json or the older .fcsv, read and written; LPS files are turned to RAS on reading."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from painloom.brain.navigators.frames import Axes, as_number, checked_axes, checked_point, is_template, plain_name
from painloom.errors import InputError
from painloom.intake.limits import MEBIBYTE, refusal
from painloom.intake.tabtext import read_lines, shown
from painloom.model.target import Pose

MOST_BYTES, MOST_POINTS = 16 * MEBIBYTE, 10_000
WHAT = "a list of points of 3D Slicer (.mrk.json, .fcsv) is asked for"
TURNS = {"RAS": 1.0, "LPS": -1.0, "0": 1.0, "1": -1.0}  # numbers in older .fcsv files
OLD, COLUMNS = ".fcsv", ("id", "x", "y", "z", "ow", "ox", "oy", "oz", "vis", "sel", "lock", "label", "desc", "associatedNodeID")
SCHEMA = "https://raw.githubusercontent.com/slicer/slicer/master/Modules/Loadable/Markups/Resources/Schema/markups-schema-v1.0.3.json#"


def read_slicer(path: Path) -> tuple[Pose, ...]:
    """The points at `path` in RAS mm; axes where a .mrk.json has an orientation, none from a .fcsv.

    Points without a place are passed over.

    Raises
    ------
    InputError : no such file, no list of points, no known coordinate system, other units than mm, places or axes that cannot be.
    """
    if path.name.lower().endswith(OLD):
        return _read_old(path)
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            raise refusal(path, "", f"not found as a file of at most {MOST_BYTES:,} bytes; {WHAT}")
        record = json.loads(path.read_bytes().decode("utf-8-sig"))
        (markup,) = record["markups"]
        system, units = markup["coordinateSystem"], markup.get("coordinateUnits", "mm")
        points: list[dict[str, Any]] = markup["controlPoints"]
        if system not in ("RAS", "LPS") or units not in ("mm", ["mm", "mm", "mm"]) or len(points) > MOST_POINTS:
            raise refusal(path, "", f"no coordinate system RAS or LPS in mm, or more than {MOST_POINTS:,} points; {WHAT}")
        kept = [point for point in points if point.get("positionStatus", "defined") not in ("undefined", "missing")]
        return tuple(_pose(path, at, point, TURNS[system]) for at, point in enumerate(kept, 1))
    except OSError as wrong:
        raise refusal(path, "", f"cannot be read: {wrong.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise refusal(path, "", f"no list of points with places; {WHAT}") from None


def _read_old(path: Path) -> tuple[Pose, ...]:
    lines = read_lines(path, WHAT, most=MOST_BYTES)
    head = {key.strip(): value.strip() for key, _, value in (line[1:].partition("=") for line in lines if line.startswith("#"))}
    columns = [name.strip() for name in head.get("columns", "").split(",")]
    turn = TURNS.get(head.get("CoordinateSystem", ""))
    if turn is None or not {"x", "y", "z", "label"} <= set(columns):
        raise refusal(path, "", f"no coordinate system RAS or LPS, or no columns x, y, z, label; {WHAT}")
    poses = []
    try:
        for at, row in enumerate(csv.reader([line for line in lines if line.strip() and not line.startswith("#")], strict=True), 1):
            cells = dict(zip(columns, row, strict=True))
            x, y, z = (as_number(cells[axis]) for axis in "xyz")
            poses.append(Pose(cells["label"], checked_point((x * turn, y * turn, z), f"{shown(path.name)}: point {at}")))
    except (ValueError, csv.Error):
        raise refusal(path, "", f"a row that does not fit its columns; {WHAT}") from None
    if len(poses) > MOST_POINTS:
        raise refusal(path, "", f"more than {MOST_POINTS:,} points; {WHAT}")
    return tuple(poses)


def _pose(path: Path, at: int, point: dict[str, Any], turn: float) -> Pose:
    where = f"{shown(path.name)}: point {at}"
    x, y, z = (as_number(value) for value in point["position"])
    place = checked_point((x * turn, y * turn, z), where)
    flat = [as_number(value) for value in point.get("orientation") or ()]
    if not flat:
        return Pose(str(point.get("label", "")), place)
    if len(flat) != 9:
        raise ValueError
    rows = [[value * (turn if row < 2 else 1.0) for value in flat[3 * row : 3 * row + 3]] for row in range(3)]
    axes: Axes = (
        (rows[0][0], rows[1][0], rows[2][0]),
        (rows[0][1], rows[1][1], rows[2][1]),
        (rows[0][2], rows[1][2], rows[2][2]),
    )
    return Pose(str(point.get("label", "")), place, checked_axes(axes, where))


def write_slicer(poses: Sequence[Pose], space: str) -> str:
    """Targets as a list of points in RAS; whose brain the coordinates belong to stands in every description.

    Raises
    ------
    InputError : no target, a space that is neither MNI152 nor the person's own, axes or places that cannot be.
    """
    about = _about(poses, space)
    points = []
    for number, pose in enumerate(poses, 1):
        name = plain_name(pose.name)
        point: dict[str, Any] = {
            "id": str(number),
            "label": name,
            "description": about,
            "position": list(checked_point(pose.xyz_mm, name)),
            "selected": True,
            "locked": True,
            "visibility": True,
            "positionStatus": "defined",
        }
        if pose.axes:
            axes = checked_axes(pose.axes, name)
            point["orientation"] = [axis[row] for row in range(3) for axis in axes]
        points.append(point)
    markup = {"type": "Fiducial", "coordinateSystem": "RAS", "coordinateUnits": "mm", "locked": True, "controlPoints": points}
    return json.dumps({"@schema": SCHEMA, "markups": [markup]}, ensure_ascii=False, indent=1) + "\n"


def write_fcsv(poses: Sequence[Pose], space: str) -> str:
    """Targets in the older .fcsv form, places only in RAS: what its orientation columns mean differs between versions.

    Raises
    ------
    InputError : as `write_slicer`.
    """
    about = _about(poses, space)
    text = io.StringIO()
    text.write(f"# Markups fiducial file version = 4.11\n# CoordinateSystem = RAS\n# columns = {','.join(COLUMNS)}\n")
    rows = csv.writer(text, lineterminator="\n")
    for at, pose in enumerate(poses, 1):
        name = plain_name(pose.name)
        if pose.axes:
            checked_axes(pose.axes, name)
        place = (repr(float(value)) for value in checked_point(pose.xyz_mm, name))
        rows.writerow([at, *place, 0, 0, 0, 1, 1, 1, 1, name, about, ""])
    return text.getvalue()


def _about(poses: Sequence[Pose], space: str) -> str:
    """Whose brain the coordinates belong to, as said in every description."""
    if not poses:
        raise InputError("Slicer file: needs at least one target")
    return "MNI152 template coordinates, not those of a person" if is_template(space, "Slicer") else "coordinates of the person's own image"
