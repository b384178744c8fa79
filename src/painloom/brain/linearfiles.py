"""Linear transforms from text: a plain matrix, ITK's affine, FreeSurfer's .lta; all come back as maps of points in mm, RAS."""

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from painloom.brain.mapping import LPS, Step, linear
from painloom.intake.limits import MEBIBYTE, refusal
from painloom.intake.tabtext import read_lines, shown

Floats = npt.NDArray[np.float64]
MOST_BYTES = MEBIBYTE
AFFINE_WORDS = b"#Insight Transform File"
AFFINES = re.compile(r"(Affine|MatrixOffset)Transform(Base)?_(double|float)_3_3")
PLAIN = "a matrix is four lines of four numbers, in mm, x to the right, y to the front, z up"
INSIGHT = "an ITK text file with one affine transform is asked for"
REGISTRATION = "an .lta with one transform between two volumes is asked for"
VOXELS, WORLD = 0, 1  # types of an .lta
OTHERS = ("mni305", "talairach")  # another template than that of the published points
GEOMETRY = ("volume", "voxelsize", "xras", "yras", "zras", "cras")


def read_matrix(path: Path) -> tuple[Step, ...]:
    """Four lines of four numbers, blanks or commas between them; lines that begin with # are left out.  Points multiply from the right.

    Raises
    ------
    InputError : not such a matrix, or one that can be no map between heads.
    """
    lines = [line for line in read_lines(path, PLAIN, most=MOST_BYTES) if line.strip() and not line.lstrip().startswith("#")]
    rows = [_numbers(path, line.replace(",", " "), PLAIN) for line in lines[:5]]
    if len(lines) != 4 or any(len(row) != 4 for row in rows):
        raise refusal(path, "", f"not four lines of four numbers; {PLAIN}")
    return (linear(np.array(rows), shown(path.name)),)


def read_insight(path: Path) -> tuple[Step, ...]:
    """ITK's text form: y = A (x - c) + t + c in LPS, from points of the fixed image to points of the moving one.

    Raises
    ------
    InputError : several transforms, another kind than an affine one, missing numbers, or no map between heads.
    """
    fields: dict[str, str] = {}
    for line in read_lines(path, INSIGHT, most=MOST_BYTES):
        key, mark, value = line.partition(":")
        if line.startswith("#") or not mark:
            continue
        if key.strip() in fields:
            raise refusal(path, "", "more than one transform; merge them into one affine first")
        fields[key.strip()] = value.strip()
    kind = fields.get("Transform", "")
    if not AFFINES.fullmatch(kind):
        told = f"a transform of the kind '{shown(kind)}'" if kind else "no transform"
        raise refusal(path, "", f"{told}; {INSIGHT}, convert it to AffineTransform_double_3_3")
    numbers = _numbers(path, fields.get("Parameters", ""), INSIGHT)
    centre = _numbers(path, fields.get("FixedParameters", ""), INSIGHT)
    if len(numbers) != 12 or len(centre) != 3:
        raise refusal(path, "", f"{len(numbers)} parameters and {len(centre)} of the centre, needed are 12 and 3; {INSIGHT}")
    return (linear(insight_matrix(np.array(numbers), np.array(centre)), shown(path.name)),)


def insight_matrix(numbers: Floats, centre: Floats) -> Floats:
    """ITK's 12 parameters (A by rows, then t) and its centre c as a matrix (4, 4) in RAS."""
    matrix = np.eye(4)
    matrix[:3, :3] = numbers[:9].reshape(3, 3)
    with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is refused by `linear`, in one line
        matrix[:3, 3] = numbers[9:] + centre - matrix[:3, :3] @ centre
        found: Floats = LPS @ matrix @ LPS
    return found


def read_registration(path: Path) -> tuple[Step, ...]:
    """FreeSurfer's .lta: points of `src` to points of `dst`; names of files and subjects in it are not kept.

    Raises
    ------
    InputError : the registration to another template, several transforms, a type other than voxel to voxel or world to world, missing
    geometry, or no map between heads.
    """
    lines = [line.partition("#")[0].strip() for line in read_lines(path, REGISTRATION, most=MOST_BYTES)]
    lines = [line for line in lines if line]
    pairs = [(key.strip(), value.strip()) for key, mark, value in (line.partition("=") for line in lines) if mark]
    head = dict(reversed(pairs))
    names = [path.name, *(value for key, value in pairs if key == "filename")]
    if any(other in name.casefold() for name in names for other in OTHERS):
        raise refusal(path, "", "leads to another template than MNI152; give the registration between MNI152 and this person")
    kind, count = head.get("type", ""), head.get("nxforms", "")
    if kind not in (str(VOXELS), str(WORLD)) or count != "1":
        raise refusal(path, "", f"a type other than {VOXELS} or {WORLD}, or not one transform; {REGISTRATION}")
    at = next((number for number, line in enumerate(lines) if line.split() == ["1", "4", "4"]), None)
    rows = [] if at is None else [_numbers(path, line, REGISTRATION) for line in lines[at + 1 : at + 5]]
    if len(rows) != 4 or any(len(row) != 4 for row in rows):
        raise refusal(path, "", f"no matrix of four lines; {REGISTRATION}")
    matrix = np.array(rows)
    if kind == str(VOXELS):
        source, target = _geometry(path, lines, "src"), _geometry(path, lines, "dst")
        with np.errstate(invalid="ignore", over="ignore"):
            matrix = target @ matrix @ np.linalg.inv(source)
    return (linear(matrix, shown(path.name)),)


def _geometry(path: Path, lines: list[str], which: str) -> Floats:
    """Voxel to world (RAS) of one volume: axes times voxel size, the centre of the grid at c_ras."""
    try:
        start = lines.index(f"{which} volume info") + 1
    except ValueError:
        raise refusal(path, "", f"no geometry of the {which} volume; {REGISTRATION}") from None
    found: dict[str, Floats] = {}
    valid = ""
    for line in lines[start : start + 8]:
        key, _, value = (part.strip() for part in line.partition("="))
        if key in GEOMETRY:
            found[key] = np.array(_numbers(path, value, REGISTRATION))
        elif key == "valid":
            valid = value
    if valid != "1" or set(found) != set(GEOMETRY) or any(len(values) != 3 for values in found.values()):
        raise refusal(path, "", f"the geometry of the {which} volume is not valid; {REGISTRATION}")
    affine = np.eye(4)
    affine[:3, :3] = np.column_stack([found["xras"], found["yras"], found["zras"]]) * found["voxelsize"]
    affine[:3, 3] = found["cras"] - affine[:3, :3] @ found["volume"] / 2
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-9:
        raise refusal(path, "", f"the geometry of the {which} volume has no inverse; {REGISTRATION}")
    return affine


def _numbers(path: Path, text: str, what: str) -> list[float]:
    try:
        if not text.isascii() or "_" in text:
            raise ValueError
        return [float(word) for word in text.split()]
    except ValueError:
        raise refusal(path, "", f"a word where a number is needed; {what}") from None
