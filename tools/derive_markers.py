"""Writes the tables of the shipped marker cards from the published models: columns, edges, reference cohorts, known answers.

    derive_markers.py [--reference FOLDER]

FOLDER holds the brain reference material (sources/rpn, sources/atlases/mist, cases/rpn-essen, cases/rpn-bochum).  The cards themselves
(TOML) are written by hand; the cohorts are the model's own scores, so the edges are written first and the card is then run.
"""

import argparse
import csv
import gzip
import json
import struct
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
MARKERS = ROOT / "src" / "painloom" / "knowledge" / "data" / "markers"
ANSWERS = ROOT / "tests" / "known_answers" / "markers"
MODELS = {"rpn": "rpn_model.json", "rpn-multicentre": "rpn_multicentre_model.json"}
SITES = {"essen": "rpn-essen", "bochum": "rpn-bochum"}
GLOBAL_NAME, GLOBAL_TEXT = "global_signal", "global signal: mean over the brain"


def main() -> int:
    """Write everything and say how much."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--reference", type=Path, default=ROOT.parent / "shared" / "brain")
    reference: Path = ask.parse_args().reference
    for id_, name in MODELS.items():
        model = json.loads((reference / "sources" / "rpn" / name).read_text(encoding="utf-8"))
        columns = _columns(reference, model["nodes"])
        _write(MARKERS / f"{id_}.regions.tsv", ("column", "name", "label", "confound", "x", "y", "z", "text"), columns)
        edges = [(f["a"], f["b"], *(repr(float(f[k])) for k in ("center", "scale", "coef"))) for f in model["features"]]
        _write(MARKERS / f"{id_}.edges.tsv", ("first", "second", "centre", "scale", "weight"), sorted(edges))
        print(f"{id_}: {len(edges)} edges, intercept = {model['intercept']!r}")
    _cohorts(reference)
    _answers(reference)
    return 0


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    lines = ["\t".join(header), *("\t".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {len(lines) - 1} rows")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _columns(reference: Path, nodes: list[str]) -> list[tuple[object, ...]]:
    """Position, name, atlas number and centre of every column; the first is the global signal."""
    mist = reference / "sources" / "atlases" / "mist"
    centres = _centres(mist / "MIST_122.nii.gz")
    found: list[tuple[object, ...]] = [(0, nodes[0], ".", GLOBAL_NAME, ".", ".", ".", GLOBAL_TEXT)]
    for row in _rows(mist / "mist122_series_order.tsv"):
        position, label = int(row["series_column"]), int(row["mist122_id"])
        if nodes[position] != row["series_name"]:
            raise SystemExit(f"column {position}: the model says {nodes[position]}, the order table {row['series_name']}")
        x, y, z = (f"{c:.1f}" for c in centres[label])
        found.append((position, row["series_name"], label, ".", x, y, z, row["mist_name"].replace("_", " ").lower()))
    if [row[0] for row in found] != list(range(len(nodes))):
        raise SystemExit("the order table does not hold every column once")
    return found


def _centres(path: Path) -> dict[int, np.ndarray]:
    """Centre of gravity in mm of every label, by the image's own affine."""
    raw = gzip.decompress(path.read_bytes())
    order = "<" if struct.unpack("<i", raw[:4])[0] == 348 else ">"
    shape = struct.unpack(order + "3h", raw[42:48])
    kind = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8"}[struct.unpack(order + "h", raw[70:72])[0]]
    start = int(struct.unpack(order + "f", raw[108:112])[0])
    if struct.unpack(order + "h", raw[254:256])[0] <= 0:
        raise SystemExit(f"{path.name}: no sform")
    affine = np.array(struct.unpack(order + "12f", raw[280:328])).reshape(3, 4)
    labels = np.frombuffer(raw, order + kind, int(np.prod(shape)), start).round().astype(int)
    places = np.indices(shape).reshape(3, -1, order="F")
    counts = np.bincount(labels)
    sums = np.array([np.bincount(labels, axis) for axis in places])
    return {int(n): affine[:, :3] @ (sums[:, n] / counts[n]) + affine[:, 3] for n in range(1, len(counts)) if counts[n]}


def _cohorts(reference: Path) -> None:
    """The scores of the published samples of both sites, sorted, without ids."""
    from painloom.brain.signature import raw_scores, scrub
    from painloom.intake.motion import read_motion
    from painloom.intake.series import read_series
    from painloom.knowledge.markers import read_marker

    card = read_marker(MARKERS / "rpn.toml") if (MARKERS / "rpn.cohorts.tsv").is_file() else None
    if card is None:  # the card asks for this very table: give it a placeholder once
        (MARKERS / "rpn.cohorts.tsv").write_text("cohort\tscore\n" + "".join(f"{site}\t0.0\n" for site in SITES), encoding="utf-8")
        card = read_marker(MARKERS / "rpn.toml")
    rows = []
    for site, folder in SITES.items():
        case = reference / "cases" / folder
        people = [r["participant_id"] for r in _rows(case / "participants.tsv") if r["in_published_sample"] == "1"]
        series = [read_series(case / "timeseries" / f"{p}_task-rest_atlas-MIST122_timeseries.tsv.gz") for p in people]
        motions = [read_motion(case / "motion" / f"{p}_task-rest_motion.txt") for p in people]
        scores = raw_scores(card, [scrub(card.limits, s.values, m) for s, m in zip(series, motions, strict=True)])
        rows += [(site, repr(float(score))) for score in sorted(scores)]
    _write(MARKERS / "rpn.cohorts.tsv", ("cohort", "score"), rows)


def _answers(reference: Path) -> None:
    """Published predictions of the site that the model had not seen."""
    people = _rows(reference / "cases" / SITES["essen"] / "participants.tsv")
    rows = [(r["participant_id"], r["prediction_published"]) for r in people if r["in_published_sample"] == "1"]
    _write(ANSWERS / "rpn.predictions.tsv", ("person", "published_prediction"), rows)


if __name__ == "__main__":
    sys.exit(main())
