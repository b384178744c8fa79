"""Benchmarks of the structural norms: contrasts of many regions in one pass against boolean masks, and the command on stats alone."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench_measure import BIN, Row, best_of, fastest
from painloom.brain.contrast import contrast, label_sums

SIDE, REGIONS, WHITE = 256, 70, (2, 41)
FIRST_LABEL = 1001
FASTER, STATS_SECONDS = 5.0, 0.4
TINY = "# ColHeaders Index SegId NVoxels Volume_mm3 StructName\n1 17 4000 4000.0 Left-Hippocampus\n"
HEAD = "# Measure EstimatedTotalIntraCranialVol, eTIV, Estimated Total Intracranial Volume, 1500000, mm^3\n"


def images(side: int = SIDE) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Invented intensities and labels, stored as FreeSurfer stores them: a head in the middle third, the rest background."""
    draw = np.random.default_rng(20261124)
    labels = np.zeros((side, side, side), ">i4", order="F")
    low, high = side // 4, side - side // 4
    inside = (high - low,) * 3
    labels[low:high, low:high, low:high] = draw.choice([*WHITE, *range(FIRST_LABEL, FIRST_LABEL + REGIONS)], inside)
    values = draw.integers(60, 80, labels.shape, dtype=np.uint8) + 30 * np.isin(labels, WHITE) + labels % 7
    return np.asfortranarray(values.astype(np.uint8)), labels


def one_pass(values: npt.NDArray[Any], labels: npt.NDArray[Any]) -> list[float | None]:
    """Our way: two weighted histograms, then every region."""
    sums = label_sums(values, labels)
    return [contrast(sums, [label], WHITE) for label in range(FIRST_LABEL, FIRST_LABEL + REGIONS)]


def masks(values: npt.NDArray[Any], labels: npt.NDArray[Any]) -> list[float]:
    """The usual way: one boolean mask a region."""
    white = values[(labels == WHITE[0]) | (labels == WHITE[1])]
    mean, spread = white.mean(), white.var(ddof=1)
    found = []
    for label in range(FIRST_LABEL, FIRST_LABEL + REGIONS):
        region = values[labels == label]
        found.append(float((region.mean() - mean) ** 2 / (region.var(ddof=1) + spread)))
    return found


def norm_rows(folder: Path, side: int = SIDE) -> list[Row]:
    """Contrasts of 70 regions both ways, that they agree, and one comparison from stats files with the start of the program."""
    values, labels = images(side)
    differ = np.abs(np.array(one_pass(values, labels), dtype=float) - masks(values, labels)).max()
    ours, theirs = fastest(3, lambda: one_pass(values, labels)), fastest(1, lambda: masks(values, labels))
    subject = folder / "norms-subject"
    subject.mkdir(parents=True, exist_ok=True)
    (subject / "aseg.stats").write_text(HEAD + TINY, encoding="utf-8")
    asked = best_of(3, [str(BIN / "painloom"), "brain", "norms", str(subject), "--age", "50", "--sex", "F"])
    note = f"{REGIONS} regions, {side}^3 voxels; largest difference {differ:.1e}"
    return [
        Row("contrast of regions in one pass, against boolean masks", ours, "s", theirs / FASTER, "less", "limit", note),
        Row("brain norms, stats only", asked.seconds, "s", STATS_SECONDS, "less", "limit", f"{asked.megabytes:.0f} MB"),
    ]


if __name__ == "__main__":
    import tempfile

    from bench_measure import print_table

    with tempfile.TemporaryDirectory() as place:
        print_table(norm_rows(Path(place)))
