"""Every published effect on one scale: standard deviations of the pain score, or log odds for stopping; and the rates of control arms.

A response is a score below a limit.  Where the score is normal, a difference of two response rates is a shift of PHI^-1(rate): the same
shift gives the same rates back, whatever the limit was, so nothing is lost on the way there and back.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from painloom.knowledge.evidence_cards import GREAT, MAIN, MIXED, SCORE, STOP, Conventions, EvidenceBook, Outcome
from painloom.model.evidence import ControlRow, EvidenceRow
from painloom.response.distributions import normal_cdf, normal_density, normal_quantile
from painloom.response.pool import pool_dl

RATES = (MAIN, GREAT, MIXED)
BLIND, OPEN = "blind", "open"
PLACEBOS, USUALS = ("placebo", "sham"), ("usual",)
LEAST, MOST = 0.005, 0.995


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate of a control arm on the probit scale, for a new setting: mean, standard deviation, and the rows it comes from."""

    probit: float
    sd: float
    rows: tuple[ControlRow, ...]
    condition: str

    @property
    def rate(self) -> float:
        """The rate itself, in (0, 1)."""
        return float(normal_cdf(np.array([self.probit]))[0])


@dataclass(frozen=True, slots=True)
class Contrast:
    """A row on the common scale, positive = better (for a harm: more of it), with the standard error as printed."""

    row: EvidenceRow
    value: float
    error: float


def rate_of(rows: Iterable[ControlRow], family: Sequence[str], outcome: str, comparators: Sequence[str], spread: float) -> Rate | None:
    """The control rate for a condition, from its own rows, else those of the next wider kind of pain that has some; None where none has.

    Parameters
    ----------
    family : the condition, then wider ones, nearest first.
    spread : standard deviation between settings on the probit scale, the least that is taken.
    """
    usable = [row for row in rows if row.weighs and row.outcome == outcome and row.comparator in comparators]
    for condition in family:
        own = [row for row in usable if row.condition == condition]
        if own:
            values = np.array([[normal_quantile(row.rate) for row in own]])
            errors = np.array([[row.se / float(normal_density(np.array([v]))[0]) for row, v in zip(own, values[0], strict=True)]])
            pooled = pool_dl(values, errors)
            tau2 = max(spread**2, float(np.nan_to_num(pooled.tau2[0])))
            return Rate(float(pooled.estimate[0]), math.sqrt(float(pooled.error[0]) ** 2 + tau2), tuple(own), condition)
    return None


def contrast_of(row: EvidenceRow, outcome: Outcome, control: float | None, conventions: Conventions) -> Contrast | None:
    """A row on the scale of its outcome's kind; None where that needs a control rate that is not known, or the scale does not fit.

    Parameters
    ----------
    control : rate of the control arm in (0, 1) where the row itself prints none.
    """
    if row.contrast is None or not row.se:
        return None
    if outcome.kind == SCORE and row.scale in ("smd", "points"):
        unit = conventions.sd_points if row.scale == "points" else 1.0
        return Contrast(row, row.contrast / unit, row.se / unit)
    base = control if row.control is None else row.control
    if outcome.kind not in (*RATES, STOP) or base is None or not 0 < base < 1:
        return None
    treated, error = _treated(row, base)
    if treated is None:
        return None
    if outcome.kind == STOP:
        slope = treated * (1 - treated)
        return Contrast(row, _logit(treated) - _logit(base), error / slope)
    value = normal_quantile(treated)
    return Contrast(row, value - normal_quantile(base), error / float(normal_density(np.array([value]))[0]))


def _treated(row: EvidenceRow, base: float) -> tuple[float | None, float]:
    """The rate under treatment with its standard error, the control rate taken as known; None where it leaves what a rate can be."""
    assert row.contrast is not None
    assert row.se is not None
    if row.scale == "rd":
        treated, error = base + row.contrast, row.se
    elif row.scale == "log-rr":
        treated = base * math.exp(row.contrast)
        error = treated * row.se
    elif row.scale == "log-or":
        treated = 1 / (1 + math.exp(-_logit(base) - row.contrast))
        error = treated * (1 - treated) * row.se
    else:
        return None, 0.0
    return (treated, error) if LEAST <= treated <= MOST else (None, 0.0)


def _logit(rate: float) -> float:
    return math.log(rate / (1 - rate))


def factor_of(row: EvidenceRow, conventions: Conventions) -> float:
    """What multiplies the standard error: certainty, one step lower without blinding and one for small trials, and shared trials."""
    return conventions.grade_factor[lowered(row)] * (conventions.shared_factor if row.shares else 1.0)


STEPS = ("high", "moderate", "low", "very-low")
UNGRADED = "moderate"  # where nobody graded


def lowered(row: EvidenceRow) -> str:
    """The certainty after the declared steps; ungraded rows start as moderate."""
    place = STEPS.index(row.certainty or UNGRADED) + (not row.is_blind) + row.is_small
    return STEPS[min(place, len(STEPS) - 1)]


def family_of(row: EvidenceRow) -> str | None:
    """Which contrasts it may be pooled with: blinded ones against placebo or sham, or open ones; None against another treatment.

    A placebo that everybody knows of is no blinded comparison.
    """
    if row.comparator in PLACEBOS:
        return BLIND if row.is_blind else OPEN
    return OPEN if row.comparator in USUALS else None


def control_outcome(book: EvidenceBook, outcome: Outcome) -> str:
    """The outcome whose control rates belong to this one."""
    return outcome.control_of or outcome.id
