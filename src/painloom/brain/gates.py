"""Quality gates of one run: motion, volumes left, signal to noise over time, coverage of the atlas; a gate that fails says why."""

import numpy as np
import numpy.typing as npt

from painloom.model.brain import Gate

Floats = npt.NDArray[np.float64]
CENTRED = 1.0
CONSTANT = 1e-12  # what rounding leaves of a constant series


def motion_gates(
    displacement: Floats | None, *, scrub_mm: float, mean_mm: float, most_percent: float, least_volumes: int
) -> tuple[Gate, ...]:
    """Mean displacement, share scrubbed and volumes left; `displacement` in mm, one number a volume, None = not known, which fails."""
    if displacement is None:
        text = "framewise displacement not known: without it motion cannot be judged"
        return (Gate("mean-fd", False, None, mean_mm, "mm", text),)
    moved = displacement > scrub_mm
    mean, share, left = float(displacement.mean()), float(100.0 * moved.mean()), int((~moved).sum())
    return (
        Gate("mean-fd", mean <= mean_mm, mean, mean_mm, "mm", f"mean framewise displacement {mean:.3f} mm, allowed up to {mean_mm:g} mm"),
        Gate(
            "scrubbed",
            share <= most_percent,
            share,
            most_percent,
            "%",
            f"{share:.1f} % of the volumes moved by more than {scrub_mm:g} mm, allowed up to {most_percent:g} %",
        ),
        Gate(
            "volumes-left",
            left >= least_volumes,
            float(left),
            float(least_volumes),
            "volumes",
            f"{left} volumes left after scrubbing, needed {least_volumes}",
        ),
    )


def coverage_gate(coverage: Floats, least: float) -> Gate:
    """The regions whose share of voxels with a signal is below `least` (0..1); passed where there is none."""
    low = int((coverage < least).sum())
    text = f"{low} of {len(coverage)} regions have a signal in less than {100 * least:g} % of their voxels"
    return Gate("coverage", low == 0, float(low), 0.0, "regions", text)


def tsnr(values: Floats) -> Floats:
    """Temporal signal to noise of each region: mean over SD in time of the detrended series; NaN where it is constant or absent."""
    line = np.linspace(-1.0, 1.0, len(values))
    line -= line.mean()
    mean = values.mean(axis=0)
    weight = float(line @ line)
    noise = values - mean - np.outer(line, (line @ values) / weight) if weight else values - mean
    spread = noise.std(axis=0, ddof=1) if len(values) > 1 else np.zeros(values.shape[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(spread > CONSTANT * np.abs(mean), mean / spread, np.nan)


def is_centred(values: Floats) -> bool:
    """Whether an image was brought to mean 0 already, so that signal to noise can no longer be told."""
    each = np.abs(tsnr(values))
    held = each[np.isfinite(each)]
    return len(held) > 0 and float(np.median(held)) < CENTRED


def tsnr_gate(values: Floats, least: float) -> Gate:
    """The median temporal signal to noise over regions against `least`; fails where no region has one."""
    each = tsnr(values)
    held = each[np.isfinite(each)]
    if not len(held):
        return Gate("tsnr", False, None, least, "", "temporal signal to noise cannot be worked out: no region varies")
    middle = float(np.median(held))
    return Gate("tsnr", middle >= least, middle, least, "", f"median temporal signal to noise of regions {middle:.1f}, needed {least:g}")
