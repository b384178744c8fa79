"""Cleaning of regional series: detrend, filter, confounds out, scrub; the order and the numbers of nilearn's `signal.clean`."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from painloom.errors import UsageError

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
ORDER = 5  # of the Butterworth filter, run forwards and backwards
TINY = np.finfo(np.float64).eps


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What is done: cut-offs in Hz (None: none), `is_detrended` a line taken out, `is_standardised` to mean 0 and sample SD 1."""

    is_detrended: bool = False
    high_pass_hz: float | None = None
    low_pass_hz: float | None = None
    is_standardised: bool = False

    @property
    def is_filtered(self) -> bool:
        """Whether a frequency filter runs."""
        return self.high_pass_hz is not None or self.low_pass_hz is not None


def clean(
    values: Floats, plan: Cleaning, *, confounds: Floats | None = None, keep: Mask | None = None, tr_s: float | None = None
) -> Floats:
    """The cleaned series of the volumes kept.

    Parameters
    ----------
    values : (volumes, regions); a column that holds NaN in a volume that is used comes back as NaN.
    confounds : (volumes, regressors), finite; brought to z-scores and projected out by one least-squares step.
    keep : volumes that stay; with a filter the others are bridged by a cubic spline first and cut out afterwards, those before the first
        and after the last that stays are cut out first.
    tr_s : seconds between volumes, needed for a filter.

    Raises
    ------
    UsageError : cut-offs that make no sense for this repetition time, fewer volumes than the filter needs, or as many confounds as volumes.
    """
    good = np.isfinite(values if keep is None else values[keep]).all(axis=0)
    result = np.full((int(keep.sum()) if keep is not None else len(values), values.shape[1]), np.nan)
    series = values[:, good]
    if keep is not None and not keep.all():
        if plan.is_filtered:
            stay = slice(int(keep.argmax()), len(keep) - int(keep[::-1].argmax()))
            keep, series = keep[stay], _bridged(series[stay], keep[stay])
            confounds = None if confounds is None else _bridged(confounds[stay], keep)
        else:
            series, confounds, keep = series[keep], None if confounds is None else confounds[keep], None
    series, confounds = np.array(series, np.float64), None if confounds is None else np.array(confounds, np.float64)
    if plan.is_detrended:
        series = _detrended(series)
        confounds = None if confounds is None else _detrended(confounds)
    if plan.is_filtered:
        series = _filtered(series, plan, tr_s)
        confounds = None if confounds is None else _filtered(confounds, plan, tr_s)
        if keep is not None:
            series, confounds = series[keep], None if confounds is None else confounds[keep]
    if confounds is not None and confounds.shape[1]:
        series = series - _projection(confounds, series)
    if plan.is_standardised:
        series = _standardised(series)
    result[:, good] = series
    return result


def _detrended(values: Floats) -> Floats:
    values = values - values.mean(axis=0)
    line = np.arange(len(values), dtype=np.float64)
    line -= line.mean()
    size = np.sqrt((line**2).sum())
    if size > TINY:
        line /= size
    result: Floats = values - np.outer(line, line @ values)
    return result


def _standardised(values: Floats) -> Floats:
    centred: Floats = values - values.mean(axis=0)
    spread = centred.std(axis=0, ddof=1) if len(values) > 1 else np.ones(values.shape[1])
    spread[spread < TINY] = 1.0
    return centred / spread


def _projection(confounds: Floats, series: Floats) -> Floats:
    """The part of the series that the confounds explain; directions without weight (copies of others) are left out."""
    from scipy import linalg

    q, r, _ = linalg.qr(_standardised(confounds), mode="economic", pivoting=True)
    q = q[:, np.abs(np.diag(r)) > TINY * 100.0]
    if q.shape[1] >= len(series) - 1:
        raise UsageError(
            f"{q.shape[1]} columns regressed out of {len(series)} volumes leave nothing of the signal; name fewer (--strategy)"
        )
    result: Floats = q @ (q.T @ series)
    return result


def _filtered(values: Floats, plan: Cleaning, tr_s: float | None) -> Floats:
    from scipy import signal

    if tr_s is None or tr_s <= 0:
        raise UsageError("a filter needs the seconds between volumes, which the image does not tell: give --tr")
    half = 0.5 / tr_s
    low, high = plan.low_pass_hz, plan.high_pass_hz
    for name, cut in (("--high-pass", high), ("--low-pass", low)):
        if cut is not None and not 0 < cut < half:
            raise UsageError(f"{name} {cut:g} Hz: must lie between 0 and {half:g} Hz, half of the sampling rate of this run")
    if low is not None and high is not None and high >= low:
        raise UsageError(f"--high-pass {high:g} Hz must be lower than --low-pass {low:g} Hz")
    cuts: list[float] = [cut for cut in (high, low) if cut is not None]
    kind = "band" if len(cuts) == 2 else "high" if low is None else "low"
    sections = signal.butter(ORDER, cuts if len(cuts) == 2 else cuts[0], btype=kind, output="sos", fs=1.0 / tr_s)
    try:
        result: Floats = signal.sosfiltfilt(sections, values, axis=0)
    except ValueError:
        raise UsageError(f"{len(values)} volumes are too few for the filter; leave the filter out") from None
    return result


def _bridged(values: Floats, keep: Mask) -> Floats:
    """The volumes that do not stay replaced by a cubic spline through those that do; the first and the last one stay."""
    from scipy.interpolate import CubicSpline

    times = np.arange(len(values), dtype=np.float64)
    bridged = values.copy()
    bridged[~keep] = CubicSpline(times[keep], values[keep])(times[~keep])
    return bridged
