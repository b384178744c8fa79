"""Label images: an atlas or segmentation as whole numbers, with the names that lie beside it."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from painloom.errors import InputError
from painloom.intake.limits import MEBIBYTE, refusal
from painloom.intake.nifti import Image, open_image
from painloom.intake.tabtext import read_lines, stem

MOST_LABEL, MOST_BYTES = 1_000_000, 16 * MEBIBYTE
NEAR = 1e-3  # how far a stored number may lie from a whole one
MARKS = ("_labels", "_label", "_dseg")
TEXTS = (".tsv", ".txt")
IDS, NAMES = ("index", "id", "label_id", "value"), ("name", "label", "labels", "region", "structname")
WHAT = "a list of labels is asked for: a name line and an `id R G B A` line a region, `id name` lines, or a table with index and name"


@dataclass(frozen=True)
class Labels:
    """A label image: `grid` (x, y, z) whole numbers, 0 = no region; `values` the labels in it, rising; `names` in the same order.

    A label without a name carries its number as name.  `named_by` is the file that the names come from, "" for none.
    """

    image: Image
    grid: npt.NDArray[np.int32] = field(repr=False)
    values: tuple[int, ...]
    names: tuple[str, ...]
    named_by: str


def read_labels(path: Path) -> Labels:
    """The label image at `path` and the names beside it.

    Raises
    ------
    InputError : several volumes, numbers that are not whole, negative or above 1,000,000, or no region at all.
    """
    image = open_image(path)
    if image.count != 1:
        raise refusal(path, "header", f"{image.count} volumes; a label image has one (probability maps are not read)")
    values = image.volume(0)
    if not np.isfinite(values).all():
        raise refusal(path, "", "holds values that are not finite; a label is a whole number")
    whole = np.rint(values)
    if np.abs(values - whole).max() > NEAR:
        raise refusal(path, "", "holds values that are not whole; resample an atlas by nearest neighbour, never with smoothing")
    if whole.min() < 0 or whole.max() > MOST_LABEL:
        raise refusal(path, "", f"labels from {whole.min():.0f} to {whole.max():.0f}; allowed are 0 to {MOST_LABEL:,}")
    grid = whole.astype(np.int32)
    found = np.flatnonzero(np.bincount(grid.ravel(order="K")))
    labels = tuple(int(label) for label in found if label)
    if not labels:
        raise refusal(path, "", "holds no region, only 0; give a label image")
    given, source = _names(path, labels)
    return Labels(image, grid, labels, tuple(given.get(label, str(label)) for label in labels), source)


def _names(path: Path, labels: tuple[int, ...]) -> tuple[dict[int, str], str]:
    """Names by label from the file beside the image whose name fits best; a file that lacks a label of the image is not its list."""
    own = stem(path)
    fits: list[tuple[int, Path]] = []
    for other in sorted(path.parent.iterdir()):
        if other.suffix.lower() not in TEXTS or not other.is_file():
            continue
        base = stem(other)
        for mark in MARKS:
            base = base.removesuffix(mark)
        if base and _bare(own).startswith(base):
            fits.append((len(base), other))
    for _, other in sorted(fits, key=lambda item: (-item[0], item[1].name)):
        try:
            named = read_names(other)
        except InputError:
            continue  # a text beside the atlas that is no list of labels (coordinates, a note)
        if set(labels) <= set(named):
            return named, other.name
    return {}, ""


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
    lines = [line for line in read_lines(path, WHAT, most=MOST_BYTES) if line.strip()]
    head = [cell.strip().lower() for cell in lines[0].split("\t")]
    if len(head) > 1 and any(name in head for name in IDS):
        pairs = _table(path, lines, head)
    elif len(lines) > 1 and len(lines) % 2 == 0 and all(_is_colour(line) for line in lines[1::2]):
        pairs = [(int(colour.split()[0]), name.strip()) for name, colour in zip(lines[::2], lines[1::2], strict=True)]
    else:
        pairs = [_line(path, number, line) for number, line in enumerate(lines, 1) if not line.startswith("#")]
    named: dict[int, str] = {}
    for label, name in pairs:
        if label in named:
            raise refusal(path, "", f"label {label} stands twice; {WHAT}")
        named[label] = "".join(c if c.isprintable() else "?" for c in name)
    return named


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
        if len(cells) <= max(at, named) or not cells[at].lstrip("-").isdigit():
            raise refusal(path, f"line {number}", f"no whole number in column {head[at]}; {WHAT}")
        pairs.append((int(cells[at]), cells[named]))
    return pairs


def _is_colour(line: str) -> bool:
    cells = line.split()
    return len(cells) == 5 and all(cell.isdigit() for cell in cells)


def _line(path: Path, number: int, line: str) -> tuple[int, str]:
    label, _, name = line.strip().partition("\t" if "\t" in line else " ")
    if not label.isdigit() or not name.strip():
        raise refusal(path, f"line {number}", f"no label and name; {WHAT}")
    return int(label), name.split("\t")[0].strip() if "\t" in line else name.split()[0]
