"""One file of regional brain measures: FreeSurfer-style `.stats`, subfield lists and SynthSeg's CSV of volumes."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from painloom.intake.limits import refusal
from painloom.intake.tabtext import read_lines, shown, stem

MOST_BYTES = 4_000_000
MOST_ROWS = 5_000
COLUMNS = {"volume_mm3": "volume", "grayvol": "volume", "surfarea": "area", "thickavg": "thickness"}
UNITS = {"volume": "mm3", "area": "mm2", "thickness": "mm"}
STRUCTURE = "structname"
STATS = "a FreeSurfer-style stats file is asked for"
SUBFIELDS = "a list of subfield names and volumes is asked for"
VOLUMES = "a CSV of volumes is asked for: 'subject', then one column a structure"


@dataclass(frozen=True, slots=True)
class StatsRow:
    """One structure: `name` as the file spells it, and (measure, value) pairs in mm3, mm2, mm; a value may be NaN or impossible."""

    name: str
    values: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class StatsTable:
    """One file: `rows` by name in lower case, `header` the whole-brain measures by name in lower case.

    `subject` is what the file calls the person, "" when it does not say: for comparing files only, never shown.
    `program` and `version` are what the header says of its maker.
    """

    id: str
    file: str
    rows: Mapping[str, StatsRow]
    header: Mapping[str, StatsRow]
    subject: str = ""
    program: str = ""
    version: str = ""


def read_stats(path: Path) -> StatsTable:
    """A `.stats` file; header measures are read from the right, since some lines lack a comma.

    Raises
    ------
    InputError : not such a file, no `# ColHeaders`, a structure twice, a line that is cut short, a cell that is no number.
    """
    lines = read_lines(path, STATS, most=MOST_BYTES)
    about = [line[1:].strip() for line in lines if line.startswith("#")]
    columns = next((a.split()[1:] for a in reversed(about) if a.startswith("ColHeaders")), None)
    if columns is None:
        raise refusal(path, "", f"has no line '# ColHeaders'; {STATS}")
    words = {word: rest.strip() for word, _, rest in (a.partition(" ") for a in about)}
    program = "fastsurfer" if "FastSurfer_version" in words else words.get("generating_program", "")
    version = words.get("FastSurfer_version") or words.get("cvs_version", "")
    return StatsTable(
        id=stem(path).removesuffix(".stats"),
        file=path.name,
        rows=_rows(path, lines, [column.lower() for column in columns]),
        header=dict(_header(path, about)),
        subject=words.get("subjectname", ""),
        program=program,
        version=version,
    )


def _header(path: Path, about: Sequence[str]) -> Iterator[tuple[str, StatsRow]]:
    """`Measure Cortex, CortexVol Total volume, 1.0, mm^3`: value and unit are the last two fields, the name the second one's first word."""
    for line in about:
        if not line.startswith("Measure "):
            continue
        fields = line.removeprefix("Measure ").rsplit(",", 2)
        names = fields[0].split(",")
        if len(fields) != 3 or len(names) < 2 or not names[1].strip():
            continue  # a line of another shape says nothing that is asked for
        name, unit = names[1].split()[0], fields[2].strip().replace("^", "")
        kind = next((measure for measure, known in UNITS.items() if known == unit), "number")
        yield name.lower(), StatsRow(name, ((kind, _number(fields[1], path, f"measure {shown(name)}")),))


def _rows(path: Path, lines: Sequence[str], columns: Sequence[str]) -> dict[str, StatsRow]:
    used = [(at, COLUMNS[column]) for at, column in enumerate(columns) if column in COLUMNS]
    if STRUCTURE not in columns or not used:
        raise refusal(path, "ColHeaders", f"neither StructName nor a volume, area or thickness among the columns; {STATS}")
    name_at = columns.index(STRUCTURE)
    rows: dict[str, StatsRow] = {}
    for number, line in enumerate(lines, start=1):
        cells = line.split()
        if not cells or line.startswith("#"):
            continue
        if len(cells) != len(columns):
            raise refusal(path, f"line {number}", f"{len(cells)} columns, its header has {len(columns)}; the file was cut or edited")
        values = tuple((measure, _number(cells[at], path, f"line {number}")) for at, measure in used)
        _add(rows, StatsRow(cells[name_at], values), path, f"line {number}")
    return rows


def _add(rows: dict[str, StatsRow], row: StatsRow, path: Path, where: str) -> None:
    if row.name.lower() in rows:
        raise refusal(path, where, f"the structure {shown(row.name)} stands twice; keep one file a person")
    if len(rows) >= MOST_ROWS:
        raise refusal(path, where, f"more than {MOST_ROWS:,} structures; {STATS}")
    rows[row.name.lower()] = row


def _number(text: str, path: Path, where: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise refusal(path, where, "a cell that must hold a number does not; the file was cut or edited") from None


def read_subfields(path: Path, id_: str) -> StatsTable:
    """A list of `name volume` lines, as the subfield programs write it.

    Raises
    ------
    InputError : a line without exactly one name and one number, or a name twice.
    """
    rows: dict[str, StatsRow] = {}
    for number, line in enumerate(read_lines(path, SUBFIELDS, most=MOST_BYTES), start=1):
        cells = line.split()
        if not cells or line.startswith("#"):
            continue
        if len(cells) != 2:
            raise refusal(path, f"line {number}", f"{len(cells)} columns; {SUBFIELDS}")
        _add(rows, StatsRow(cells[0], (("volume", _number(cells[1], path, f"line {number}")),)), path, f"line {number}")
    return StatsTable(id_, path.name, rows, {})


def read_volumes(path: Path) -> StatsTable:
    """SynthSeg's CSV: names get hyphens for blanks (`left-hippocampus`), the total intracranial volume goes to the header.

    Raises
    ------
    InputError : no `subject` column, not exactly one person, a structure twice, a cell that is no number.
    """
    lines = [row for row in csv.reader(read_lines(path, VOLUMES, most=MOST_BYTES)) if any(cell.strip() for cell in row)]
    names = [cell.strip().lower().replace(" ", "-") for cell in lines[0]]
    if names[0] != "subject" or len(names) < 2:
        raise refusal(path, "line 1", f"does not start with 'subject'; {VOLUMES}")
    if len(lines) != 2:
        raise refusal(path, "", f"{len(lines) - 1} people; give a file with the one line of this person")
    if len(lines[1]) != len(names):
        raise refusal(path, "line 2", f"{len(lines[1])} columns, its header has {len(names)}; the file was cut or edited")
    rows: dict[str, StatsRow] = {}
    for name, cell in zip(names[1:], lines[1][1:], strict=True):
        value = _number(cell, path, f"column {shown(name)}") if cell.strip() else float("nan")
        _add(rows, StatsRow(name, (("volume", value),)), path, "line 1")
    header = {"etiv": rows.pop("total-intracranial")} if "total-intracranial" in rows else {}
    return StatsTable("synthseg", path.name, rows, header, subject=lines[1][0], program="synthseg")
