"""Label images: an atlas or segmentation as whole numbers, with the names that lie beside it."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from painloom.errors import InputError
from painloom.intake.limits import MEBIBYTE, refusal
from painloom.intake.nifti import Image, open_image
from painloom.intake.tabtext import read_lines, stem

MOST_LABEL, MOST_BYTES = 1_000_000, 16 * MEBIBYTE
NEAR = 1e-3  # how far a stored number may lie from a whole one
MARKS = ("_labels", "_label", "_dseg")
TEXTS, TABLE = (".tsv", ".txt"), "_dseg.tsv"
NUMBER, COLOURS = re.compile(r"[0-9]{1,9}"), re.compile(r"(\s+[0-9]{1,3}){3,4}$")  # red, green, blue, alpha
IDS, NAMES = ("index", "id", "label_id", "value"), ("name", "label", "labels", "region", "structname")
WHAT = "a list of labels is asked for: a name line and an `id R G B A` line a region, `id name` lines, or a table with index and name"


@dataclass(frozen=True)
class Labels:
    """A label image: `grid` (x, y, z) whole numbers, 0 = no region; `values` the labels in it, rising; `names` in the same order.

    A label without a name carries its number as name.  `named_by` is the file that the names come from, "" for none; `notes` say
    what a reader must know of them.
    """

    image: Image
    grid: npt.NDArray[np.int32] = field(repr=False)
    values: tuple[int, ...]
    names: tuple[str, ...]
    named_by: str
    notes: tuple[str, ...] = ()


def read_labels(path: Path) -> Labels:
    """The label image at `path` and the names beside it.

    Raises
    ------
    InputError : several volumes, numbers that are not whole, negative or above 1,000,000, or no region at all.
    """
    image = open_image(path)
    if image.count != 1:
        raise refusal(path, "header", f"{image.count} volumes; a label image has one (probability maps are not read)")
    grid = _whole(path, image)
    found = np.flatnonzero(np.bincount(grid.ravel(order="K")))
    labels = tuple(int(label) for label in found if label)
    if not labels:
        raise refusal(path, "", "holds no region, only 0; give a label image")
    given, source, notes = _names(path, labels)
    return Labels(image, grid, labels, tuple(given.get(label, str(label)) for label in labels), source, notes)


def _whole(path: Path, image: Image) -> npt.NDArray[np.int32]:
    """The one volume as whole numbers (x, y, z), checked."""
    (grid,) = (_labels_of(path, image, raw) for raw in image.stored())
    return grid.reshape(image.shape, order="F")


def _labels_of(path: Path, image: Image, raw: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    if image.is_scaled or image.kind.kind == "f":
        values = raw.astype(np.float64) * image.slope + image.inter
        if not np.isfinite(values).all():
            raise refusal(path, "", "holds values that are not finite; a label is a whole number")
        raw = np.rint(values)
        if np.abs(values - raw).max() > NEAR:
            raise refusal(path, "", "holds values that are not whole; resample an atlas by nearest neighbour, never with smoothing")
    low, high = float(raw.min()), float(raw.max())
    if low < 0 or high > MOST_LABEL:
        raise refusal(path, "", f"labels from {low:.0f} to {high:.0f}; allowed are 0 to {MOST_LABEL:,}")
    return raw.astype(np.int32)


def _names(path: Path, labels: tuple[int, ...]) -> tuple[dict[int, str], str, tuple[str, ...]]:
    """Names by label from the file beside the image whose name fits best, its name, and what to say of it.

    A file that lacks a label of the image is not its list.  One that holds nothing but names, one a line, is taken for labels that run
    from 1 to the number of its lines.
    """
    lacking: list[str] = []
    for other in _lists(path):
        try:
            named, is_numbered = _list(other)
        except InputError:
            continue  # a text beside the atlas that is no list of labels (coordinates, a note)
        if set(labels) <= set(named) and (is_numbered or len(labels) == len(named)):
            told = f"{other.name} holds names without numbers; they were given to the labels in the order of its lines"
            return named, other.name, () if is_numbered else (told,)
        lacking.append(other.name)
    return {}, "", (f"{lacking[0]} does not name every label, so the labels' numbers are the names",) if lacking else ()


def _lists(path: Path) -> list[Path]:
    """Texts beside the image whose names fit its own, the best one first: its beginning, or for `_dseg.tsv` a part of its entities."""
    own = _bare(stem(path))
    fits: list[tuple[int, str, Path]] = []
    try:
        beside = sorted(path.parent.iterdir())
    except OSError:
        return []
    for other in beside:
        base = _bare(stem(other))
        if other.suffix.lower() not in TEXTS or not base:
            continue
        is_start = own.startswith(base) and not own[len(base) : len(base) + 1].isalnum()
        is_part = other.name.endswith(TABLE) and set(base.split("_")) <= set(own.split("_"))
        if (is_start or is_part) and other.is_file():
            fits.append((-len(base), other.name, other))
    return [other for *_, other in sorted(fits)]


def _bare(name: str) -> str:
    for mark in MARKS:
        name = name.removesuffix(mark)
    return name


def read_names(path: Path) -> dict[int, str]:
    """Label -> name from a list: a table with a header, two lines a region (name, then `id R G B A`), or `id name` lines.

    Raises
    ------
    InputError : none of the three, or a label that stands twice.
    """
    named, is_numbered = _list(path)
    if not is_numbered:
        raise refusal(path, "line 1", f"no label and name; {WHAT}")
    return named


def _list(path: Path) -> tuple[dict[int, str], bool]:
    """Label -> name, and whether the file itself holds the labels; without them the names are numbered from 1."""
    lines = [line for line in read_lines(path, WHAT, most=MOST_BYTES) if line.strip()]
    head, is_numbered = [cell.strip().lower() for cell in lines[0].split("\t")], True
    if "label" in head and any(name in head for name in NAMES[:1]) and not any(name in head for name in IDS):
        head[head.index("label")] = IDS[0]  # a table of label and name
    if len(head) > 1 and any(name in head for name in IDS):
        pairs = _table(path, lines, head)
    elif len(lines) > 1 and len(lines) % 2 == 0 and all(_is_colour(line) for line in lines[1::2]):
        pairs = [(int(colour.split()[0]), name.strip()) for name, colour in zip(lines[::2], lines[1::2], strict=True)]
    elif stem(path).endswith(MARKS[:2]) and not any("\t" in line or line.split()[0][0].isdigit() for line in lines):
        is_numbered, pairs = False, [(number, line.strip()) for number, line in enumerate(lines, 1)]
    else:
        pairs = [_line(path, number, line) for number, line in enumerate(lines, 1) if not line.startswith("#")]
    named: dict[int, str] = {}
    for label, name in pairs:
        if label in named:
            raise refusal(path, "", f"label {label} stands twice; {WHAT}")
        named[label] = "".join(c if c.isprintable() else "?" for c in name)
    return named, is_numbered


def _table(path: Path, lines: list[str], head: list[str]) -> list[tuple[int, str]]:
    if "" in head:
        raise refusal(path, "line 1", f"a column without a name may number the regions another way; {WHAT}")
    at = next(head.index(name) for name in IDS if name in head)
    named = next((head.index(name) for name in NAMES if name in head), None)
    if named is None:
        raise refusal(path, "line 1", f"no column with names; {WHAT}")
    pairs = []
    for number, line in enumerate(lines[1:], 2):
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) <= max(at, named) or not NUMBER.fullmatch(cells[at].removeprefix("-")):
            raise refusal(path, f"line {number}", f"no whole number in column {head[at]}; {WHAT}")
        pairs.append((int(cells[at]), cells[named]))
    return pairs


def _is_colour(line: str) -> bool:
    cells = line.split()
    return len(cells) == 5 and all(NUMBER.fullmatch(cell) for cell in cells)


def _line(path: Path, number: int, line: str) -> tuple[int, str]:
    label, _, name = line.strip().partition("\t" if "\t" in line else " ")
    if not NUMBER.fullmatch(label) or not name.strip():
        raise refusal(path, f"line {number}", f"no label and name; {WHAT}")
    return int(label), " ".join(COLOURS.sub("", name.split("\t")[0].strip()).split())
