"""Brainsight's text export, versions 7 and 14: read whole, written back, and written from targets."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from painloom.brain.navigators.frames import STILL, Axes, as_number, checked_axes, checked_point, digits, is_template, plain_name
from painloom.errors import InputError
from painloom.intake.limits import MEBIBYTE, refusal
from painloom.intake.tabtext import read_lines, shown
from painloom.model.target import Pose

MOST_BYTES, MOST_ROWS = 64 * MEBIBYTE, 200_000
ABSENT, NULL = "(null)", "null"
NAMED = " Name"  # how the name column of every table ends
WHAT = "a Brainsight text export is asked for"
TARGETS, PLACES = "Target Name", ("Loc. X", "Loc. Y", "Loc. Z")
CELLS = tuple(f"m{axis}n{part}" for axis in range(3) for part in range(3))
SYSTEMS = ("World", "NIfTI:Aligned", "NIfTI:Scanner", "NIfTI:MNI-152", "NIfTI:Talairach", "NIfTI:Other-Template")
TEMPLATE_SYSTEM, OWN_SYSTEM = "NIfTI:Q:MNI-152", "NIfTI:Q:Aligned"
NOTES = "Each column is delimited by a tab. Each value within a column is delimited by a semicolon."
UNTURNED = "The coil orientation is not planned: it is the identity and must be set on the person."


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the file: `columns` with the name column first, `rows` of cells as written, None where the file says (null)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True, slots=True)
class BrainsightFile:
    """A whole file: `head` are (key, value) pairs as written, `sections` in their order."""

    head: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]

    @property
    def system(self) -> str:
        """The coordinate system as the file names it."""
        return next(value for key, value in self.head if key.lower() == "coordinate system")

    def section(self, name: str) -> Section | None:
        """The first section with that name column, None when there is none."""
        return next((s for s in self.sections if s.columns[0] == name), None)

    def poses(self, name: str = TARGETS) -> tuple[Pose, ...]:
        """Rows of one section that have a place, with their axes where these are given."""
        section = self.section(name)
        rows = section.rows if section else ()
        columns = section.columns if section else ()
        found = (_pose(columns, row, f"Brainsight table '{shown(name)}', row {at}") for at, row in enumerate(rows, 1))
        return tuple(pose for pose in found if pose is not None)


def read_brainsight(path: Path) -> BrainsightFile:
    """The file at `path`; columns go by name, since they differ between versions.

    Raises
    ------
    InputError : no such export, no coordinate system or an unknown one, a row with another number of cells, a place or axis that cannot be.
    """
    lines = read_lines(path, WHAT, most=MOST_BYTES)
    head: list[tuple[str, str]] = []
    sections: list[tuple[tuple[str, ...], list[tuple[str | None, ...]]]] = []
    for number, line in enumerate(lines, 1):
        if line.startswith("# ") and line.partition("\t")[0].endswith(NAMED) and "\t" in line:
            sections.append((tuple(line[2:].split("\t")), []))
        elif line.startswith("#") and "\t" not in line and not sections:
            key, mark, value = line[1:].strip().partition(":")
            if mark:
                head.append((key.strip(), value.strip()))
        elif line.strip() and ("\t" in line or not line.startswith("#")):
            if not sections:
                raise refusal(path, f"line {number}", f"a row before any header of columns; {WHAT}")
            cells = tuple(None if cell == ABSENT else cell for cell in line.split("\t"))
            if len(cells) != len(sections[-1][0]):
                raise refusal(path, f"line {number}", f"{len(cells)} cells, its section has {len(sections[-1][0])} columns")
            sections[-1][1].append(cells)
    if len(lines) > MOST_ROWS:
        raise refusal(path, "", f"more than {MOST_ROWS:,} lines; {WHAT}")
    found = BrainsightFile(tuple(head), tuple(Section(columns, tuple(rows)) for columns, rows in sections))
    system = next((value for key, value in head if key.lower() == "coordinate system"), None)
    if system is None or system.replace(":Q:", ":") not in SYSTEMS or not sections:
        raise refusal(path, "", f"no known coordinate system or no table; {WHAT}")
    try:
        for section in found.sections:
            found.poses(section.columns[0])
    except InputError as wrong:
        raise refusal(path, "", str(wrong)) from None
    return found


def _pose(columns: tuple[str, ...], row: tuple[str | None, ...], where: str) -> Pose | None:
    cells = dict(zip(columns, row, strict=True))
    if not all(name in cells for name in PLACES) or any(cells[name] is None for name in PLACES):
        return None
    x, y, z = (_number(cells[place], where) for place in PLACES)
    axes: Axes | None = None
    if all(cells.get(cell) is not None for cell in CELLS):
        flat = [_number(cells[cell], where) for cell in CELLS]
        axes = ((flat[0], flat[1], flat[2]), (flat[3], flat[4], flat[5]), (flat[6], flat[7], flat[8]))
        checked_axes(axes, where)
    return Pose(row[0] or "", checked_point((x, y, z), where), axes)


def _number(cell: str | None, where: str) -> float:
    try:
        return as_number(cell or "")
    except ValueError:
        raise InputError(f"{where}: a cell is no number; export the file again") from None


def render(file: BrainsightFile) -> str:
    """The text of a file; reading it gives the same file again."""
    lines = [f"# {key}: {value}" for key, value in file.head]
    for section in file.sections:
        lines.append("# " + "\t".join(section.columns))
        lines += ["\t".join(ABSENT if cell is None else cell for cell in row) for row in section.rows]
    return "\n".join(lines) + "\n"


def write_brainsight(poses: Sequence[Pose], space: str) -> str:
    """Targets as a version 14 export; template coordinates say so in the coordinate system.

    Raises
    ------
    InputError : no target, a space that is neither MNI152 nor the person's own, axes or places that cannot be.
    """
    if not poses:
        raise InputError("Brainsight file: needs at least one target")
    system = TEMPLATE_SYSTEM if is_template(space, "Brainsight") else OWN_SYSTEM
    notes = NOTES if all(pose.axes for pose in poses) else f"{NOTES} {UNTURNED}"
    head = (
        ("Version", "14"),
        ("Coordinate system", system),
        ("Created by", "painloom"),
        ("Units", "millimetres, degrees, milliseconds, and microvolts"),
        ("Encoding", "UTF-8"),
        ("Notes", notes),
    )
    rows = []
    for pose in poses:
        name = plain_name(pose.name)
        name = NULL if name == ABSENT else name
        axes = checked_axes(pose.axes or STILL, name)
        rows.append((name, *map(digits, checked_point(pose.xyz_mm, name)), *(digits(part) for axis in axes for part in axis)))
    return render(BrainsightFile(head, (Section((TARGETS, *PLACES, *CELLS), tuple(rows)),)))
