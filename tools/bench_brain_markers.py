"""Benchmarks of the marker models: agreement with what was measured at two sites, motion exclusions, time a person beside scikit-learn.

    bench_brain_markers.py [--reference FOLDER]

FOLDER holds the brain reference material (cases/rpn-essen, cases/rpn-bochum); without it only the time on invented series is measured.
"""

import argparse
import csv
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # both sides on one core; set before NumPy loads its library
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from bench_measure import Row, fastest, print_table
from painloom.brain.partial import Floats, partial_correlations, shrunk_covariance, standardised
from painloom.brain.registry import marker_card
from painloom.brain.signature import raw_scores, signature_scores
from painloom.intake.motion import read_motion
from painloom.intake.series import Series, read_series
from painloom.knowledge.load import load
from painloom.knowledge.marker_cards import MarkerCard
from painloom.model.brain import WITHHELD, MarkerScore

ROOT = Path(__file__).resolve().parents[1]
MARKER = "rpn"
SITES = (("Essen", "rpn-essen", "out of sample"), ("Bochum", "rpn-bochum", "in-sample: no proof"))
PUBLISHED = {"Essen": (0.43, 0.536), "Bochum": (0.99, 0.02)}
MOST_MS, TIMES, PEOPLE, VOLUMES = 5.0, 5, 40, 290
ROUNDING = 1e-9
NONE = 1e-9


@dataclass(frozen=True)
class Site:
    """One site of the publication: its people's rows, series, motion and our answers."""

    name: str
    note: str
    people: list[dict[str, str]]
    series: list[Series]
    motions: list[Floats]
    scores: tuple[MarkerScore, ...]


def main() -> int:
    """Print the table; exit 1 when a limit is missed."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--reference", type=Path, default=ROOT.parent / "shared" / "brain")
    reference = ask.parse_args().reference
    rows = marker_rows(reference if (reference / "cases").is_dir() else None)
    print_table(rows)
    return 0 if all(row.holds for row in rows) else 1


def marker_rows(reference: Path | None) -> list[Row]:
    """All rows; without reference material the agreement is left out."""
    card = marker_card(load(), MARKER)
    sites = [] if reference is None else [_site(card, reference / "cases" / folder, name, note) for name, folder, note in SITES]
    rows = [row for site in sites for row in _agreement(site)]
    if sites:
        left = [values[motion <= 0.15] for site in sites for values, motion in _kept(site)]
        return rows + _times(card, left, f"{len(left)} people of both sites, read before")
    draw = np.random.default_rng(20261124)
    invented = [draw.standard_normal((VOLUMES, len(card.columns))) for _ in range(PEOPLE)]
    return _times(card, invented, f"{PEOPLE} invented series, no reference material")


def _site(card: MarkerCard, folder: Path, name: str, note: str) -> Site:
    with (folder / "participants.tsv").open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file, delimiter="\t"))
    ids = [p["participant_id"] for p in people]
    series = [read_series(folder / "timeseries" / f"{i}_task-rest_atlas-MIST122_timeseries.tsv.gz") for i in ids]
    motions = [read_motion(folder / "motion" / f"{i}_task-rest_motion.txt") for i in ids]
    return Site(name, note, people, series, motions, signature_scores(card, series, motions))


def _kept(site: Site) -> list[tuple[Floats, Floats]]:
    return [(s.values, m) for s, m, score in zip(site.series, site.motions, site.scores, strict=True) if score.score is not None]


def _agreement(site: Site) -> list[Row]:
    """r and mean squared error with measured sensitivity in the published sample; motion exclusions; published predictions."""
    pairs = [(s.score, p) for s, p in zip(site.scores, site.people, strict=True) if p["in_published_sample"] == "1"]
    predicted = np.array([score if score is not None else np.nan for score, _ in pairs])
    measured = np.array([float(p["mean_QST_pain_sensitivity"]) for _, p in pairs])
    r, error = float(np.corrcoef(predicted, measured)[0, 1]), float(np.mean((predicted - measured) ** 2))
    wanted_r, wanted_error = PUBLISHED[site.name]
    moved = ["meanFD" in p["exclusion_published"] or "perc_scrub" in p["exclusion_published"] for p in site.people]
    unlike = sum(m != (s.status == WITHHELD) for m, s in zip(moved, site.scores, strict=True))
    n = f"n = {len(pairs)}, {site.note}"
    rows = [
        Row(f"{site.name}: r with measured sensitivity", r, "", wanted_r - 0.005, "more", "limit", n),
        Row(f"{site.name}: mean squared error", error, "", wanted_error + 0.005, "less", "limit", n),
        Row(
            f"{site.name}: people gated otherwise than published",
            unlike or NONE,
            "people",
            0.5,
            "less",
            "limit",
            f"{sum(moved)} of {len(moved)} out",
        ),
    ]
    if site.name == "Essen":
        published = np.array([float(p["prediction_published"]) for _, p in pairs])
        most = float(np.abs(predicted - published).max())
        rows.append(Row("Essen: largest distance to a published prediction", most, "", ROUNDING, "less", "limit", f"n = {len(pairs)}"))
    return rows


def _times(card: MarkerCard, people: list[Floats], note: str) -> list[Row]:
    """Milliseconds a person for the whole model, and for covariance and inversion beside scikit-learn's in the same process."""
    from sklearn.covariance import LedoitWolf

    whole = _milliseconds(lambda: raw_scores(card, people), len(people))
    one = _milliseconds(lambda: [raw_scores(card, [p]) for p in people], len(people))
    standard = [standardised(p) for p in people]
    mine = _milliseconds(lambda: [np.linalg.inv(shrunk_covariance(p)[0]) for p in standard], len(people))
    theirs = _milliseconds(lambda: [LedoitWolf().fit(p).get_precision() for p in standard], len(people))
    edge = np.array([0]), np.array([1])
    assert np.isfinite(partial_correlations(people[:1], *edge)[0]).all()
    return [
        Row("the model, one call for all, a person", whole, "ms", MOST_MS, "less", "limit", note),
        Row("the model, one call a person", one, "ms", MOST_MS, "less", "limit", note),
        Row("shrunk covariance and its inverse, a person", mine, "ms", theirs, "less", "peer", "peer: scikit-learn LedoitWolf"),
    ]


def _milliseconds(work: Callable[[], object], people: int) -> float:
    """Milliseconds a person, the fastest of several runs."""
    return 1000 * fastest(TIMES, work) / people


if __name__ == "__main__":
    sys.exit(main())
