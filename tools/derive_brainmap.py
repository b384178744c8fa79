"""Glass-brain outlines in mm from a label volume of cortex and subcortex: smooth closed lines in three planes.

Usage: .venv/bin/python tools/derive_brainmap.py LABELS.nii.gz [--out src/painloom/knowledge/data/brainmap]

LABELS holds 1..K for the subcortical regions and higher numbers for the cortical ones, MNI152NLin6Asym, 2 mm.
Writes outlines.tsv (plane, curve, closed, points); the card outlines.toml beside it is written by hand.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

PLANES = {"sagittal": (1, 2), "coronal": (0, 2), "axial": (0, 1)}  # page axes: horizontal, vertical
STEP_MM = 1.0  # grid of the smoothed pictures
SUBCORTEX = 32  # number of subcortical labels, which stand first
ROOM = 12  # empty rows and columns round a picture, mm


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("labels", type=Path)
    parser.add_argument("--out", type=Path, default=Path("src/painloom/knowledge/data/brainmap"))
    args = parser.parse_args()
    points, values = voxels(args.labels)
    rows = ["plane\tcurve\tclosed\tpoints"]
    for plane in PLANES:
        for curve, line, closed in curves(plane, points, values):
            rows.append(f"{plane}\t{curve}\t{int(closed)}\t" + " ".join(f"{x:.1f},{y:.1f}" for x, y in line))
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "outlines.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(f"{len(rows) - 1} curves, {sum(row.count(',') for row in rows[1:])} points")


def voxels(path: Path) -> tuple[Any, Any]:
    """Centres in mm (n x 3) and labels (n) of every voxel with a label; the affine decides, not the order of the axes."""
    import nibabel as nib

    image = nib.Nifti1Image.from_filename(path)
    data = np.asarray(image.dataobj).astype(int)
    index = np.argwhere(data > 0)
    points = index @ image.affine[:3, :3].T + image.affine[:3, 3]
    return points, data[tuple(index.T)]


def curves(plane: str, points: Any, values: Any) -> Iterator[tuple[str, Any, bool]]:
    """The silhouette, the medial edge where the plane shows one, and the silhouette of the subcortex."""
    flat = points[:, PLANES[plane]]
    yield from (("outline", line, True) for line in largest(outlines(flat, smooth=3.2), 1))
    deep = values <= SUBCORTEX
    yield from (("deep", line, True) for line in largest(outlines(flat[deep], smooth=2.4), 1))
    if plane == "sagittal":
        inner = ~deep & (np.abs(points[:, 0]) < 7)
        yield from (("inner", line, True) for line in largest(outlines(flat[inner], smooth=2.4), 4))
    else:
        level = np.abs(points[:, 1] + 20) < 1.5 if plane == "coronal" else np.abs(points[:, 2] - 18) < 1.5
        yield from (("inner", line, True) for line in largest(outlines(flat[level & ~deep], smooth=1.6), 6))


def outlines(flat: Any, *, smooth: float) -> list[Any]:
    """Contours at half height of a picture of points (n x 2, mm), smoothed by a Gaussian of `smooth` mm."""
    from scipy import ndimage

    low = np.floor(flat.min(axis=0)) - ROOM
    size = np.ceil(flat.max(axis=0) - low).astype(int) + ROOM
    picture = np.zeros(size)
    spots = np.round((flat - low) / STEP_MM).astype(int)
    picture[tuple(spots.T)] = 1
    picture = ndimage.binary_closing(picture, iterations=3).astype(float)
    picture = ndimage.gaussian_filter(picture, smooth / STEP_MM)
    return [low + line * STEP_MM for line in contours(picture, 0.5)]


def contours(picture: Any, level: float) -> list[Any]:
    """Closed lines where `picture` (which is lower at its edges) crosses `level`: marching squares with linear places."""
    above = picture >= level
    links: dict[tuple[int, int, int], tuple[int, int, int]] = {}
    for i, j in np.argwhere(_mixed(above)):
        links.update(_cell(int(i), int(j), above))
    found = []
    while links:
        start, at = links.popitem()
        chain = [start]
        while at != start:
            chain.append(at)
            at = links.pop(at)
        found.append(np.array([_place(edge, picture, level) for edge in chain]))
    return found


def _mixed(above: Any) -> Any:
    """Cells whose four corners do not agree."""
    count = above[:-1, :-1].astype(int) + above[1:, :-1] + above[:-1, 1:] + above[1:, 1:]
    return (count > 0) & (count < 4)


def _cell(i: int, j: int, above: Any) -> dict[tuple[int, int, int], tuple[int, int, int]]:
    """Directed pieces of line in one cell, from edge to edge, the high side on the left; edges are (i, j, axis)."""
    corners = (above[i, j], above[i + 1, j], above[i + 1, j + 1], above[i, j + 1])
    edges = ((i, j, 0), (i + 1, j, 1), (i, j + 1, 0), (i, j, 1))
    enter = [edges[k] for k in range(4) if corners[k] and not corners[(k + 1) % 4]]
    leave = [edges[k] for k in range(4) if not corners[k] and corners[(k + 1) % 4]]
    if len(enter) == 2 and edges.index(leave[0]) > edges.index(enter[0]):
        leave.reverse()
    return dict(zip(enter, leave, strict=True))


def _place(edge: tuple[int, int, int], picture: Any, level: float) -> tuple[float, float]:
    i, j, axis = edge
    a, b = picture[i, j], picture[i + (axis == 0), j + (axis == 1)]
    share = float((level - a) / (b - a))
    return (i + share, float(j)) if axis == 0 else (float(i), j + share)


def largest(lines: list[Any], count: int) -> list[Any]:
    """The `count` lines around the largest areas, thinned to what the eye can see (0.25 mm)."""
    order = sorted(lines, key=lambda line: -abs(_area(line)))[:count]
    return [thin(line, 0.25) for line in order if abs(_area(line)) > 60]


def _area(line: Any) -> float:
    x, y = line.T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


def thin(line: Any, tolerance: float) -> Any:
    """Douglas-Peucker on a closed line, cut at its two farthest points."""
    far = int(np.argmax(np.linalg.norm(line - line[0], axis=1)))
    one, two = line[: far + 1], np.vstack([line[far:], line[:1]])
    return np.vstack([_thin(one, tolerance)[:-1], _thin(two, tolerance)[:-1]])


def _thin(line: Any, tolerance: float) -> Any:
    keep, stack = {0, len(line) - 1}, [(0, len(line) - 1)]
    while stack:
        a, b = stack.pop()
        if b - a < 2:
            continue
        along = line[b] - line[a]
        away = line[a + 1 : b] - line[a]
        distance = np.abs(along[0] * away[:, 1] - along[1] * away[:, 0]) / (np.hypot(*along) or 1.0)
        if distance.max() > tolerance:
            k = a + 1 + int(distance.argmax())
            keep.add(k)
            stack += [(a, k), (k, b)]
    return line[sorted(keep)]


if __name__ == "__main__":
    main()
