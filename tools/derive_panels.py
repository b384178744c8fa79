"""Derive the tables of the panel card: columns of each pole, and the reference people.

    .venv/bin/python tools/derive_panels.py BRAIN_FOLDER

BRAIN_FOLDER holds `sources/atlases` (the order of the 122 regions, the volume and labels of the 432 regions) and the two cohorts of healthy
people under `cases`.  Written: panels/pain-circuits.columns.tsv and, from the people who pass the card's own gates,
panels/pain-circuits.reference.tsv.  The card itself (poles, connections, words) is written by hand.  Prints what it decided.
"""

import csv
import gzip
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from painloom.brain.panel import panel_view
from painloom.knowledge.panels import PanelCard, read_panel

CARD = Path(__file__).parents[1] / "src" / "painloom" / "knowledge" / "data" / "panels" / "pain-circuits.toml"
SMALL, LARGE = "mist-122", "schaefer-400-tian-s2"
POLES_BY_POSITION = {  # column of the series (the global signal is column 0) -> poles
    19: ("mpfc", "default"),
    27: ("pcc", "default"),
    30: ("mpfc", "default"),
    31: ("mpfc", "default"),
    52: ("acc",),
    67: ("accumbens",),
    73: ("posterior-insula",),
    **dict.fromkeys(range(79, 86), ("sensorimotor",)),
    89: ("anterior-insula",),
    91: ("anterior-insula",),
    102: ("thalamus",),
    103: ("thalamus",),
    105: ("posterior-insula",),
    107: ("pcc", "default"),
    108: ("anterior-insula",),
}
Floats = NDArray[np.float64]
Rule = Callable[[str, float, float, float], bool]  # (name, |x|, y, z) of a region's centre, mm
RULES: dict[str, Rule] = {
    "acc": lambda n, x, y, z: "SalVentAttn_Med" in n and y >= 15,
    "anterior-insula": lambda n, x, y, z: "FrOperIns" in n and x <= 41 and y >= 4 and z >= -10,
    "posterior-insula": lambda n, x, y, z: ("FrOperIns" in n or "SomMot" in n) and x <= 41.5 and -24.5 <= y <= -7.5 and -5 <= z <= 15,
    "mpfc": lambda n, x, y, z: "Default_PFC" in n and x <= 10 and 30 <= y <= 60 and -12 <= z <= 10,
    "pcc": lambda n, x, y, z: "pCunPCC" in n and x <= 10.5 and -56 <= y <= -38 and 15 <= z <= 36,
    "sensorimotor": lambda n, x, y, z: "SomMot" in n and z >= 40,
    "thalamus": lambda n, x, y, z: n.startswith("THA-"),
    "accumbens": lambda n, x, y, z: n.startswith("NAc-"),
}
DEFAULT_PARTS = ("mpfc", "pcc")
COHORTS = ("rpn-essen", "rpn-bochum")
BOTH = "both"


def main() -> None:
    """Write both tables."""
    source = Path(sys.argv[1])
    _write(CARD.with_suffix(".columns.tsv"), ["atlas", "position", "name", "poles"], [*_small(source), *_large(source)])
    CARD.with_suffix(".reference.tsv").unlink(missing_ok=True)
    card = read_panel(CARD)
    found = {cohort: _fisher(card, source / "cases" / cohort) for cohort in COHORTS}
    rows = []
    for pair in card.pairs:
        values = {cohort: found[cohort].get(pair.id, []) for cohort in COHORTS}
        values[BOTH] = [z for cohort in COHORTS for z in values[cohort]]
        rows += [_row(cohort, pair.id, zs) for cohort, zs in values.items() if zs]
        if values[BOTH]:
            first, second = (float(np.mean(values[cohort])) for cohort in COHORTS)
            spread = float(np.std(values[BOTH], ddof=1))
            print(f"{pair.id}: site means {first:.3f} {second:.3f}, difference {(first - second) / spread:.2f} SD")
    _write(CARD.with_suffix(".reference.tsv"), ["cohort", "atlas", "connection", "count", "mean", "sd", "values"], rows)


def _small(source: Path) -> Iterator[list[str]]:
    yield [SMALL, "0", "GlobSig", "."]
    with (source / "sources/atlases/mist/mist122_series_order.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield [SMALL, row["series_column"], row["series_name"], ";".join(POLES_BY_POSITION.get(int(row["series_column"]), ())) or "."]


def _large(source: Path) -> Iterator[list[str]]:
    folder = source / "sources/atlases/tian-schaefer"
    stem = "Schaefer2018_400Parcels_7Networks_order_Tian_Subcortex_S2"
    lines = (folder / f"{stem}_label.txt").read_text(encoding="utf-8").split("\n")
    names = {int(lines[n + 1].split()[0]): lines[n].strip() for n in range(0, len(lines) - 1, 2)}
    image = nib.Nifti1Image.from_filename(folder / f"{stem}_MNI152NLin6Asym_2mm.nii.gz")
    labels = np.asarray(image.dataobj).astype(np.int64)
    for value, name in names.items():
        x, y, z = image.affine[:3, :3] @ np.argwhere(labels == value).mean(axis=0) + image.affine[:3, 3]
        poles = [pole for pole, rule in RULES.items() if rule(name, abs(x), y, z)]
        poles += ["default"] if set(poles) & set(DEFAULT_PARTS) else []
        if poles:
            print(f"{name}: {x:.0f} {y:.0f} {z:.0f} -> {' '.join(poles)}")
            yield [LARGE, ".", name, ";".join(poles)]


def _fisher(card: PanelCard, cohort: Path) -> dict[str, list[float]]:
    """Connection -> Fisher z of every person who passes the gates."""
    found: dict[str, list[float]] = {}
    for path in sorted((cohort / "timeseries").glob("*.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            names, *rows = list(csv.reader(file, delimiter="\t"))
        motion = next((cohort / "motion").glob(f"{path.name.split('_')[0]}_*"))
        fd = np.array([float(line) for line in motion.read_text(encoding="utf-8").split()])
        for connection in panel_view(card, path.name, names, np.array(rows, dtype=np.float64), fd).connections:
            if connection.r is not None:
                found.setdefault(connection.id, []).append(float(np.arctanh(connection.r)))
    print(cohort.name, {name: len(zs) for name, zs in found.items()})
    return found


def _row(cohort: str, connection: str, values: list[float]) -> list[str]:
    mean, sd = np.mean(values), np.std(values, ddof=1)
    return [cohort, SMALL, connection, str(len(values)), f"{mean:.6f}", f"{sd:.6f}", ";".join(f"{z:.6f}" for z in sorted(values))]


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    path.write_text("".join("\t".join(row) + "\n" for row in [header, *rows]), encoding="utf-8")
    print(f"{path.name}: {len(rows)} rows")


if __name__ == "__main__":
    main()
