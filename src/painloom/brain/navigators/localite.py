"""Localite's XML: instrument markers and entry-target pairs, read and written; LPS files are turned to RAS on reading."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from painloom.brain.navigators.frames import STILL, Axes, as_number, checked_axes, checked_point, is_template, plain_name
from painloom.errors import InputError
from painloom.intake.limits import MEBIBYTE, refusal
from painloom.model.target import Point, Pose

MOST_BYTES, MOST_MARKERS, MOST_EVENTS, DEEPEST, PIECE = 16 * MEBIBYTE, 10_000, 200_000, 20, 65_536
WHAT = "a Localite marker file is asked for"
SPACES = ("RAS", "LPS")
FLIP = (-1.0, -1.0, 1.0)


@dataclass(frozen=True, slots=True)
class LocaliteFile:
    """Markers of one file in RAS mm; `written_in` is the file's own space; a point without a name is called entry or target."""

    written_in: str
    poses: tuple[Pose, ...]


def read_localite(path: Path) -> LocaliteFile:
    """The file at `path`: an InstrumentMarkerList or an EntryTargetList; markers that are not set are passed over.

    Raises
    ------
    InputError : no such file, not XML, with a document type (entities are never read), no known coordinate space, a marker without numbers,
    axes or places that cannot be.
    """
    root = _tree(path)
    space = root.get("coordinateSpace", "")
    if root.tag not in ("InstrumentMarkerList", "EntryTargetList") or space not in SPACES:
        raise refusal(path, "", f"no marker list with a coordinate space RAS or LPS; {WHAT}")
    turned = FLIP if space == "LPS" else (1.0, 1.0, 1.0)
    holders = [holder for holder in root if holder.tag in ("InstrumentMarker", "Entry", "Target")]
    if len(holders) > MOST_MARKERS:
        raise refusal(path, "", f"{len(holders):,} markers; at most {MOST_MARKERS:,} are read")
    poses = []
    for number, holder in enumerate(holders, 1):
        marker = holder.find("Marker")
        if marker is None or marker.get("set") == "false":
            continue
        name = marker.get("description") or holder.tag.lower()
        poses.append(_pose(path, f"marker {number}", name, marker, turned))
    return LocaliteFile(space, tuple(poses))


def _tree(path: Path) -> ET.Element:
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            raise refusal(path, "", f"not found as a file of at most {MOST_BYTES:,} bytes; {WHAT}")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as wrong:
        raise refusal(path, "", f"cannot be read: {wrong.strerror}") from None
    except UnicodeDecodeError:
        raise refusal(path, "", f"not UTF-8 text; {WHAT}") from None
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise refusal(path, "", "has a document type; entities are never read, remove it")
    try:
        parser: Any = ET.XMLPullParser(("start", "end"))
        root, depth, count = None, 0, 0
        for at in range(0, len(text), PIECE):
            parser.feed(text[at : at + PIECE])
            for event, element in parser.read_events():
                root = element if root is None else root
                depth, count = depth + (1 if event == "start" else -1), count + 1
                if depth > DEEPEST or count > MOST_EVENTS:
                    raise refusal(path, "", f"elements more than {DEEPEST} deep or too many of them; {WHAT}")
        parser.close()
    except (ET.ParseError, RecursionError, ValueError):
        raise refusal(path, "", f"is not well-formed XML; {WHAT}") from None
    assert isinstance(root, ET.Element)
    return root


def _pose(path: Path, where: str, name: str, marker: ET.Element, turned: tuple[float, float, float]) -> Pose:
    matrix, column = marker.find("Matrix4D"), marker.find("ColVec3D")
    if matrix is not None:
        rows = [[_number(path, where, matrix, f"data{row}{col}") for col in range(4)] for row in range(4)]
        if rows[3] != [0.0, 0.0, 0.0, 1.0]:
            raise refusal(path, where, "the last row of its matrix is not 0 0 0 1")
        axes: Axes = (_axis(rows, 0, turned), _axis(rows, 1, turned), _axis(rows, 2, turned))
        place = _axis(rows, 3, turned)
        # turning LPS to RAS turns frame and space alike, so a right-handed frame stays right-handed
        return Pose(name, checked_point(place, f"{path.name}: {where}"), checked_axes(axes, f"{path.name}: {where}"))
    if column is None:
        raise refusal(path, where, "holds neither a matrix nor a place")
    x, y, z = (_number(path, where, column, f"data{at}") * turned[at] for at in range(3))
    return Pose(name, checked_point((x, y, z), f"{path.name}: {where}"))


def _axis(rows: list[list[float]], column: int, turned: tuple[float, float, float]) -> Point:
    return rows[0][column] * turned[0], rows[1][column] * turned[1], rows[2][column] * turned[2]


def _number(path: Path, where: str, holder: ET.Element, name: str) -> float:
    try:
        return as_number(holder.get(name, ""))
    except ValueError:
        raise refusal(path, where, f"'{name}' is no number; export the file again") from None


def write_localite(poses: Sequence[Pose], space: str) -> str:
    """Targets as a list of instrument markers in RAS; template coordinates and unplanned orientations are said in a comment.

    Raises
    ------
    InputError : no target, a space that is neither MNI152 nor the person's own, axes or places that cannot be.
    """
    if not poses:
        raise InputError("Localite file: needs at least one target")
    said = ["Coordinates in mm, RAS."]
    if is_template(space, "Localite"):
        said.append("They belong to the MNI152 template and not to a person: load them with the template image only.")
    if not all(pose.axes for pose in poses):
        said.append("The coil orientation is not planned: it is the identity and must be set on the person.")
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<InstrumentMarkerList coordinateSpace="RAS">', f"    <!-- {' '.join(said)} -->"]
    for index, pose in enumerate(poses):
        name = plain_name(pose.name)
        axes, place = checked_axes(pose.axes or STILL, name), checked_point(pose.xyz_mm, name)
        rows = [[*(axis[row] for axis in axes), place[row]] for row in range(3)]
        cells = (
            f'data{row}{col}="{float(value)!r}"'
            for row, values in enumerate([*rows, [0.0, 0.0, 0.0, 1.0]])
            for col, value in enumerate(values)
        )
        lines += [
            f'    <InstrumentMarker alwaysVisible="false" index="{index}" selected="false">',
            f'        <Marker additionalInformation="" color="#ff0000" description={quoteattr(name)} set="true">',
            f"            <Matrix4D {' '.join(cells)}/>",
            "        </Marker>",
            "    </InstrumentMarker>",
        ]
    return "\n".join([*lines, "</InstrumentMarkerList>"]) + "\n"
