"""A folder of FreeSurfer (5 to 8), FastSurfer or SynthSeg results: regional measures, head size, and where the images lie."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from painloom.intake.limits import refusal
from painloom.intake.statstext import StatsTable, read_stats, read_subfields, read_volumes

MOST_FILES = 5_000
WANTED = re.compile(r"(aseg|wmparc|[lr]h\.aparc|[lr]h\.BA_exvivo)[\w.+-]*\.stats", re.ASCII)
UNWANTED = (".thresh.", ".w-g.", ".curv.")
LISTS = {
    "lh.hippoSfVolumes-T1.v10.txt": "lh.hipposubfields",
    "rh.hippoSfVolumes-T1.v10.txt": "rh.hipposubfields",
    "brainstemSsVolumes.v10.txt": "brainstem",
}
OTHER_LISTS = re.compile(r"([lr]h\.hippoSfVolumes|brainstemSsVolumes)[\w.+-]*\.txt", re.ASCII)
HEAD_SIZE, HOLES = ("etiv", "icv"), "surfaceholes"
HEAD_MM3 = (3e5, 4e6)  # no head lies outside; a size in millilitres does
DIFFERS = 0.001  # share by which the head size of two files of one run may differ
FIRST_FILE = "aseg"


@dataclass(frozen=True, slots=True)
class Morphometry:
    """Everything that is known of one brain's regions.

    `tables` by file stem ("aseg", "lh.aparc", "lh.hipposubfields", "synthseg").  `head_size` is the estimated total intracranial volume in
    mm3, `holes` the number of surface defects; None when not told or impossible.  `software` is "freesurfer", "fastsurfer", "synthseg" or
    "", `version` the leading number ("6"), "" when not told.  `images` are paths of mgz images by name without ending.
    """

    tables: Mapping[str, StatsTable]
    head_size: float | None
    holes: float | None
    software: str
    version: str
    images: Mapping[str, Path]
    warnings: tuple[str, ...] = ()


def read_subject(folder: Path) -> Morphometry:
    """The measures below `folder`: `stats/` and `mri/`, or stats files directly, or one CSV of volumes; `brain/` of a case folder counts.

    Raises
    ------
    InputError : no such folder, nothing readable in it, or a file that is refused (see `statstext`).
    """
    home, files = _look(folder)
    tables = {table.id: table for table in _tables(files)}
    if not tables:
        asked = "give the folder that holds stats/ (aseg.stats, lh.aparc.stats ...), stats files or a CSV of volumes"
        raise refusal(folder.absolute(), "", f"no regional measures found; {asked}")
    images = {p.name.removesuffix(".mgz"): p for p in _files(home / "mri") if p.name.endswith(".mgz")}
    software, version = _maker(tables)
    order = sorted(tables.values(), key=lambda t: (t.id != FIRST_FILE, t.id))
    return Morphometry(
        tables=tables,
        head_size=_head_size(order),
        holes=_first(order, (HOLES,), zero=True),
        software=software,
        version=version,
        images=images,
        warnings=tuple(_warnings(tables, files)),
    )


def _look(folder: Path) -> tuple[Path, list[Path]]:
    """The folder that counts as the subject's, and every file that may hold measures."""
    if folder.is_file() and folder.suffix == ".csv":
        return folder.parent, [folder]
    if not folder.is_dir():
        raise refusal(folder.absolute(), "", "no such folder; give the folder that holds stats/ and, where there are images, mri/")
    for home in (folder, folder / "brain"):
        inside = [*_files(home / "stats"), *_files(home), *(p for p in _files(home / "mri") if p.suffix == ".txt")]
        if any(_is_wanted(path) for path in inside):
            return home, inside
    return folder, []


def _files(folder: Path) -> list[Path]:
    """Files directly in `folder`, sorted; [] when there is none.  Folders below are not entered, so a link cannot lead in a circle."""
    try:
        found = [p for p in sorted(folder.iterdir()) if p.is_file()] if folder.is_dir() else []
    except OSError as wrong:
        raise refusal(folder, "", f"cannot be listed: {wrong.strerror}") from None
    if len(found) > MOST_FILES:
        raise refusal(folder, "", f"more than {MOST_FILES:,} files; give the folder of one person")
    return found


def _is_wanted(path: Path) -> bool:
    if WANTED.fullmatch(path.name):
        return not any(word in path.name for word in UNWANTED)
    return path.name in LISTS or (path.suffix == ".csv" and _starts_with_subject(path))


def _starts_with_subject(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(64).removeprefix(b"\xef\xbb\xbf").lower().startswith(b"subject,")
    except OSError:
        return False


def _tables(files: list[Path]) -> Iterator[StatsTable]:
    seen: dict[str, str] = {}
    for path in files:
        if not _is_wanted(path):
            continue
        if path.name in LISTS:
            table = read_subfields(path, LISTS[path.name])
        else:
            table = read_volumes(path) if path.suffix == ".csv" else read_stats(path)
        if table.id in seen:
            raise refusal(path, "", f"holds the same measures as {seen[table.id]}; keep one of the two")
        seen[table.id] = path.name
        yield table


def _first(tables: list[StatsTable], names: tuple[str, ...], *, zero: bool = False) -> float | None:
    """The first of `names` in the files' headers that is a possible number."""
    for table in tables:
        for name in names:
            if name in table.header:
                value = table.header[name].values[0][1]
                if math.isfinite(value) and (value > 0 or (zero and value == 0)):
                    return value
    return None


def _head_size(tables: list[StatsTable]) -> float | None:
    """The first head size in mm3; None where it is not told or no head has it."""
    told = _first(tables, HEAD_SIZE)
    return told if told is not None and HEAD_MM3[0] <= told <= HEAD_MM3[1] else None


def _maker(tables: Mapping[str, StatsTable]) -> tuple[str, str]:
    """Program and leading version number; an old `$Id: file,v 1.2 2016/..` is dated by its year."""
    order = sorted(tables.values(), key=lambda t: (t.id != FIRST_FILE, t.id))
    for table in order:
        if table.program == "synthseg":
            continue
        if table.program in ("fastsurfer", "segstats.py") or "VINN" in table.id or table.id.endswith(".mapped"):
            return "fastsurfer", _leading(table.version)
        if dated := re.match(r"\$Id:.* (\d{4})/", table.version):
            return "freesurfer", "6" if int(dated[1]) >= 2015 else "5"
        if number := _leading(table.version):
            return "freesurfer", number
    if any(table.program.startswith("mri") for table in order):
        return "freesurfer", ""
    return ("synthseg", "") if "synthseg" in tables else ("", "")


def _leading(version: str) -> str:
    found = re.search(r"\b(\d{1,2})\.\d", version)
    return found[1] if found and not version.startswith("$Id") else ""


def _warnings(tables: Mapping[str, StatsTable], files: list[Path]) -> Iterator[str]:
    if len({table.subject for table in tables.values() if table.subject}) > 1:
        yield "the files name more than one person; check that nobody else's were mixed in"
    sizes = [v for t in tables.values() if t.program != "synthseg" and (v := _first([t], HEAD_SIZE)) is not None]
    if sizes and max(sizes) - min(sizes) > DIFFERS * max(sizes):
        yield "the files hold different head sizes; they may come from different runs or people"
    if any(not HEAD_MM3[0] <= size <= HEAD_MM3[1] for size in sizes):
        yield "a head size that no head has in mm3 was not used; check its unit"
    others = sorted(p.name for p in files if OTHER_LISTS.fullmatch(p.name) and p.name not in LISTS)
    if others:
        yield f"{', '.join(others)}: another version of the subfield program than is read here (v10); not used"
