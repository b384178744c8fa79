"""Scalp positions and the cortex below them from a table of caps: what stands in knowledge/data/targets/scalp.tsv.

Usage: .venv/bin/python tools/derive_scalp.py PROJECTION.csv [--out src/painloom/knowledge/data/targets]

PROJECTION has the columns cap, electrode, scalp_x, scalp_y, scalp_z, cortex_x, cortex_y, cortex_z in mm of MNI152.
Scalp points are kept to 0.1 mm, cortex points to 1 mm (they are centres of voxels of 2 mm).  Marks of the skull (ears, nasion, inion),
which are the same for all caps, are left out.
"""

import argparse
import csv
import re
from collections.abc import Iterator
from pathlib import Path

SOURCES = {
    "EEG10-10_UI_Jurak_2007": ("jurcak", "jurcak-2007"),
    "EEG10-20_Okamoto_2004": ("okamoto", "okamoto-2004"),
    "EEG10-10_Cutini_2011": ("cutini", "cutini-2011"),
}
HEADER = ("cap", "name", "scalp_x", "scalp_y", "scalp_z", "cortex_x", "cortex_y", "cortex_z", "source")
NAMED = re.compile(r"(Fp|AF|F|FT|FC|T|C|TP|CP|P|PO|O|I(?!z))(z|\d{1,2})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("projection", type=Path)
    parser.add_argument("--out", type=Path, default=Path("src/painloom/knowledge/data/targets"))
    args = parser.parse_args()
    rows = sorted(points(args.projection))
    text = "\n".join("\t".join(row) for row in [HEADER, *rows]) + "\n"
    (args.out / "scalp.tsv").write_text(text, encoding="utf-8")
    print(f"{len(rows)} positions of {len(SOURCES)} caps, {len({row[1] for row in rows})} names")


def points(path: Path) -> Iterator[tuple[str, ...]]:
    """One row a position of a cap, as written."""
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            if not NAMED.fullmatch(line["electrode"]):
                continue
            cap, source = SOURCES[line["cap"]]
            scalp = (f"{float(line[f'scalp_{axis}']) + 0.0:.1f}" for axis in "xyz")
            cortex = (f"{round(float(line[f'cortex_{axis}']))}" for axis in "xyz")
            yield (cap, line["electrode"], *scalp, *cortex, source)


if __name__ == "__main__":
    main()
