"""The brain folder of the bundled example: an invented regional series, its motion, and invented regional volumes around a norm."""

import gzip
from pathlib import Path

import numpy as np

from painloom.brain.linear import off_scale, predict
from painloom.knowledge.load import load
from painloom.knowledge.norm_tables import LinearModel
from painloom.knowledge.norms import AGE, HEAD_SIZE, HOLES, NormCard

SEED, VOLUMES, NETWORKS = 53, 260, 9
YEARS, HEAD_MM3, HOLE_COUNT = 47, 1_478_000.0, 41
RUN = "sub-mara_task-rest"
MIXED, POLE = 0.35, 2.2
LOWER = {
    "lh-insula": -1.2,
    "rh-insula": -0.9,
    "lh-rostralanteriorcingulate": -2.3,
    "left-hippocampus": -1.1,
}  # where she was made to differ


def write_brain(folder: Path) -> None:
    """Series, motion and stats below `folder`; the same bytes each time."""
    rng = np.random.default_rng(SEED)
    _series(folder / "func", rng)
    _stats(folder / "sub-mara" / "stats", rng)


def _series(folder: Path, rng: np.random.Generator) -> None:
    """Slow noise of a few invented networks in every column, with a handful of volumes in motion."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [column.name for column in load().markers["rpn"].columns]
    mixing = rng.normal(0, MIXED, (NETWORKS, len(names))) * (rng.random((NETWORKS, len(names))) < 0.3)
    drive, own = (_slow(rng, VOLUMES, width) for width in (NETWORKS, len(names)))
    values = drive @ mixing + 1.1 * own
    for columns, signal in _poles(rng):
        values[:, columns] += POLE * signal[:, None]
    displacement = rng.gamma(6.0, 0.011, VOLUMES)
    displacement[0] = 0.0
    for at in rng.choice(np.arange(20, VOLUMES), 14, replace=False):
        displacement[at] = rng.uniform(0.16, 0.42)
        values[at] += rng.normal(0, 1.5, len(names))
    lines = ["\t".join(names), *("\t".join(f"{value:.3f}" for value in row) for row in values)]
    with (folder / f"{RUN}_atlas-MIST122_timeseries.tsv.gz").open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(("\n".join(lines) + "\n").encode())
    (folder / f"{RUN}_motion.txt").write_text("".join(f"{value:.4f}\n" for value in displacement))


def _poles(rng: np.random.Generator) -> list[tuple[list[int], np.ndarray]]:
    """Columns of each pole of the panel with a signal of its own; pairs of poles go together about as in the card's reference people."""
    card = next(iter(load().panels.values()))
    atlas = next(a for a in card.atlases if a.positions)
    poles = [pole.id for pole in card.poles if pole.id in atlas.positions]
    together = np.full((len(poles), len(poles)), 0.2)
    np.fill_diagonal(together, 1.0)
    for pair in card.pairs:
        reference = card.reference(atlas.id, pair.id)
        if reference is not None:
            first, second = poles.index(pair.first), poles.index(pair.second)
            together[first, second] = together[second, first] = np.tanh(reference.mean)
    values, vectors = np.linalg.eigh(together)
    root = vectors * np.sqrt(np.maximum(values, 0.01))
    signals = _slow(rng, VOLUMES, len(poles)) @ root.T
    return [(list(atlas.positions[pole]), signals[:, n]) for n, pole in enumerate(poles)]


def _slow(rng: np.random.Generator, volumes: int, width: int) -> np.ndarray:
    noise = rng.normal(0, 1, (volumes, width))
    for at in range(1, volumes):
        noise[at] += 0.45 * noise[at - 1]
    scaled: np.ndarray = noise / noise.std(axis=0)
    return scaled


def _stats(folder: Path, rng: np.random.Generator) -> None:
    """Files in the layout of the segmentation programs, each region about one residual SD around the norm."""
    folder.mkdir(parents=True, exist_ok=True)
    card = load().norms["nomis-v1"]
    files: dict[str, dict[str, dict[str, float]]] = {}
    for group in card.defaults:
        models = card.by_table[group[0]].linear
        for model, value in zip(models, _values(card, models, rng), strict=True):
            if model.place.part == "rows" and "+" not in model.place.file:
                files.setdefault(model.place.file, {}).setdefault(model.place.name, {})[model.place.measure] = value
    for name, rows in files.items():
        text = _deep(_parts(card, rows)) if name == "aseg" else _cortical(rows)
        (folder / f"{name}.stats").write_text(text, encoding="utf-8")


def _values(card: NormCard, models: tuple[LinearModel, ...], rng: np.random.Generator) -> np.ndarray:
    told = {AGE: float(YEARS), HEAD_SIZE: HEAD_MM3, HOLES: float(np.log(HOLE_COUNT))}
    values = {c.id: told[c.kind] - c.centre if c.kind in told else c.default for c in card.covariates}
    expected = predict(models, card, values)
    spread = np.sqrt([model.mse for model in models])
    wanted = np.array([LOWER.get(model.place.region, 0.0) for model in models])
    both = {r: rng.normal(0, 0.75) for r in dict.fromkeys((_one_side(m.place.region), m.place.measure) for m in models)}
    drawn = np.array([both[_one_side(m.place.region), m.place.measure] for m in models]) + rng.normal(0, 0.3, len(models))
    return off_scale(models, expected + spread * (drawn + wanted))


def _one_side(region: str) -> str:
    return region.removeprefix("lh-").removeprefix("rh-").removeprefix("left-").removeprefix("right-")


def _parts(card: NormCard, rows: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Sums of the norm in equal parts, where the parts have no model of their own."""
    whole = {name: row for name, row in rows.items() if name not in dict(card.sums)}
    for name, parts in card.sums:
        missing = [part for part in parts if part not in whole]
        if name in rows and len(missing) == len(parts):
            whole |= {part: {"volume": rows[name]["volume"] / len(parts)} for part in parts}
    return whole


def _deep(rows: dict[str, dict[str, float]]) -> str:
    lines = [
        "# Title Segmentation Statistics (invented for the painloom example; not a person)",
        "# cvs_version stable6",
        "# subjectname sub-mara",
        f"# Measure EstimatedTotalIntraCranialVol, eTIV, Estimated Total Intracranial Volume, {HEAD_MM3:.1f}, mm^3",
        f"# Measure SurfaceHoles, SurfaceHoles, Total number of defect holes in surfaces prior to fixing, {HOLE_COUNT}, unitless",
        "# ColHeaders Index SegId NVoxels Volume_mm3 StructName",
    ]
    body = (f"{n} {n} {row['volume']:.0f} {row['volume']:.1f} {name}" for n, (name, row) in enumerate(rows.items(), 1))
    return "\n".join([*lines, *body]) + "\n"


def _cortical(rows: dict[str, dict[str, float]]) -> str:
    head = [
        "# Table of FreeSurfer cortical parcellation anatomical statistics (invented)",
        "# cvs_version stable6",
        "# subjectname sub-mara",
    ]
    names = "# ColHeaders StructName NumVert SurfArea GrayVol ThickAvg"
    body = (
        f"{n} {r.get('area', 0):.0f} {r.get('area', 0):.0f} {r.get('volume', 0):.0f} {r.get('thickness', 0):.3f}" for n, r in rows.items()
    )
    return "\n".join([*head, names, *body]) + "\n"
