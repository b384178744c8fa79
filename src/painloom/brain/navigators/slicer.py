"""3D Slicer's markups: a list of points as .mrk.json, read and written; LPS files are turned to RAS on reading."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from painloom.brain.navigators.frames import Axes, checked_axes, checked_point, is_template, plain_name
from painloom.errors import InputError
from painloom.intake.limits import MEBIBYTE, refusal
from painloom.model.target import Pose

MOST_BYTES = 16 * MEBIBYTE
WHAT = "a list of points of 3D Slicer (.mrk.json) is asked for"
SCHEMA = "https://raw.githubusercontent.com/slicer/slicer/master/Modules/Loadable/Markups/Resources/Schema/markups-schema-v1.0.3.json#"


def read_slicer(path: Path) -> tuple[Pose, ...]:
    """The points at `path` in RAS mm, with their axes where the file has an orientation.

    Raises
    ------
    InputError : no such file, not JSON, no list of points, no known coordinate system, places or axes that cannot be.
    """
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            raise refusal(path, "", f"not found as a file of at most {MOST_BYTES:,} bytes; {WHAT}")
        record = json.loads(path.read_bytes().decode("utf-8-sig"))
        (markup,) = record["markups"]
        system = markup["coordinateSystem"]
        points: list[dict[str, Any]] = markup["controlPoints"]
        if system not in ("RAS", "LPS"):
            raise refusal(path, "", f"no coordinate system RAS or LPS; {WHAT}")
        return tuple(_pose(path, point, -1.0 if system == "LPS" else 1.0) for point in points)
    except OSError as wrong:
        raise refusal(path, "", f"cannot be read: {wrong.strerror}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise refusal(path, "", f"no list of points with places; {WHAT}") from None


def _pose(path: Path, point: dict[str, Any], turn: float) -> Pose:
    name = str(point.get("label", ""))
    x, y, z = (float(value) for value in point["position"])
    place = checked_point((x * turn, y * turn, z), f"{path.name}: {plain_name(name)}")
    flat = [float(value) for value in point.get("orientation") or ()]
    if not flat:
        return Pose(name, place)
    if len(flat) != 9:
        raise ValueError
    rows = [[value * (turn if row < 2 else 1.0) for value in flat[3 * row : 3 * row + 3]] for row in range(3)]
    axes: Axes = (
        (rows[0][0], rows[1][0], rows[2][0]),
        (rows[0][1], rows[1][1], rows[2][1]),
        (rows[0][2], rows[1][2], rows[2][2]),
    )
    return Pose(name, place, checked_axes(axes, f"{path.name}: {plain_name(name)}"))


def write_slicer(poses: Sequence[Pose], space: str) -> str:
    """Targets as a list of points in RAS; whose brain the coordinates belong to stands in every description.

    Raises
    ------
    InputError : no target, no space, axes or places that cannot be.
    """
    if not poses or not space:
        raise InputError("Slicer file: needs at least one target and the space of its coordinates")
    about = "MNI152 template coordinates, not those of a person" if is_template(space) else "coordinates of the person's own image"
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
