"""Benchmarks of regional extraction: nilearn's label masker and ours on the same image, each in a process of its own."""

import gzip
import json
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench_measure import Row

SHAPE, REGIONS, VOLUMES, SEED = (91, 109, 91), 432, 400, 20261124
TIMES_FASTER = {"int16 .nii": 20.0, "int16 .nii.gz": 10.0}  # two thirds of the packed run are inflating, which both must do
MEGABYTES, AGREES = 300.0, 1e-4
TELL = """
import json, resource, sys
def tell(values, path):
    import numpy as np
    np.save(path, values)
    used = resource.getrusage(resource.RUSAGE_SELF)
    high = next(int(l.split()[1]) for l in open('/proc/self/status') if l.startswith('VmHWM'))
    print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "mb": high / 1024}))
"""
OURS = (
    TELL
    + """
from pathlib import Path
from painloom.brain.extract import extract_regions
tell(extract_regions(Path(sys.argv[1]), Path(sys.argv[2])).values, sys.argv[3])
"""
)
THEIRS = (
    TELL
    + """
import warnings; warnings.simplefilter("ignore")
from nilearn.maskers import NiftiLabelsMasker
tell(NiftiLabelsMasker(sys.argv[2], standardize=None, resampling_target=None).fit_transform(sys.argv[1]), sys.argv[3])
"""
)


@dataclass(frozen=True)
class Spent:
    """CPU seconds and peak megabytes of one process, and the series it made."""

    cpu: float
    megabytes: float
    values: npt.NDArray[Any]


def header(code: int, volumes: int) -> bytes:
    """A NIfTI header on the 2 mm grid."""
    head = bytearray(352)
    struct.pack_into("<i", head, 0, 348)
    struct.pack_into("<8h", head, 40, 4 if volumes > 1 else 3, *SHAPE, volumes, 1, 1, 1)
    struct.pack_into("<2h", head, 70, code, 16)
    struct.pack_into("<8f", head, 76, 1, 2, 2, 2, 2, 1, 1, 1)
    struct.pack_into("<3f", head, 108, 352, 1, 0)
    head[123] = 10
    struct.pack_into("<h", head, 254, 4)
    struct.pack_into("<12f", head, 280, 2, 0, 0, -90, 0, 2, 0, -126, 0, 0, 2, -72)
    head[344:348] = b"n+1\0"
    return bytes(head)


def inputs(folder: Path, volumes: int) -> tuple[Path, Path, Path]:
    """An invented int16 run, plain and packed, and an atlas of 432 regions in a brain-sized ellipsoid; made once."""
    from scipy.spatial import cKDTree

    bold, atlas = folder / f"extract_{volumes}_bold.nii", folder / "extract_dseg.nii"
    packed = bold.with_name(bold.name + ".gz")
    if packed.exists() and atlas.exists():
        return bold, packed, atlas
    draw = np.random.default_rng(SEED)
    places = np.indices(SHAPE).reshape(3, -1).T - (np.array(SHAPE) - 1) / 2
    inside = ((places / [34, 42, 34]) ** 2).sum(axis=1) < 1
    centres = places[draw.choice(np.flatnonzero(inside), REGIONS, replace=False)]
    shell = inside & (draw.random(len(places)) < 0.75)
    grid = np.zeros(len(places), "<i2")
    grid[shell] = cKDTree(centres).query(places[shell])[1] + 1
    atlas.write_bytes(header(4, 1) + grid.reshape(SHAPE).tobytes(order="F"))
    base = np.where(inside, draw.integers(3000, 9000, len(places)), 0).astype("<i2").reshape(SHAPE)
    with bold.open("wb") as file:
        file.write(header(4, volumes))
        for _ in range(volumes):
            file.write((base + (base > 0) * draw.integers(-90, 91, SHAPE, dtype="<i2")).astype("<i2").tobytes(order="F"))
    with bold.open("rb") as file, gzip.open(packed, "wb", compresslevel=1) as to:
        shutil.copyfileobj(file, to, 1 << 22)
    return bold, packed, atlas


def spent(code: str, image: Path, atlas: Path, to: Path) -> Spent:
    """One process that extracts."""
    done = subprocess.run([sys.executable, "-c", code, str(image), str(atlas), str(to)], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    return Spent(told["cpu"], told["mb"], np.load(to))


def extraction_rows(folder: Path, volumes: int = VOLUMES) -> list[Row]:
    """CPU, memory and agreement against nilearn, plain and packed, in one run."""
    bold, packed, atlas = inputs(folder, volumes)
    to = folder / "extract.npy"
    rows = []
    for name, image in (("int16 .nii", bold), ("int16 .nii.gz", packed)):
        theirs, ours = spent(THEIRS, image, atlas, to), spent(OURS, image, atlas, to)
        apart = float(np.max(np.abs(ours.values - theirs.values) / np.abs(theirs.values)))
        what = f"regional series, {REGIONS} regions x {volumes} volumes, {name}"
        need = theirs.cpu / TIMES_FASTER[name]
        note = f"nilearn {theirs.cpu:.1f} s, {theirs.megabytes:.0f} MB: {theirs.cpu / ours.cpu:.0f} times"
        rows += [
            Row(what, ours.cpu, "CPU s", need, "less", "limit", f"{note} (limit {TIMES_FASTER[name]:.0f})"),
            Row("  peak memory", ours.megabytes, "MB", MEGABYTES, "less", "limit", f"nilearn {theirs.megabytes:.0f} MB"),
            Row("  largest relative difference", max(apart, 1e-16), "", AGREES, "less", "limit"),
        ]
    return rows


if __name__ == "__main__":
    from bench_measure import print_table

    place = Path(__file__).resolve().parents[1] / "build" / "bench"
    place.mkdir(parents=True, exist_ok=True)
    print_table(extraction_rows(place, 40 if "--quick" in sys.argv else VOLUMES))
