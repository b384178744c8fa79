"""Where a score stands: percentile in a named cohort, and the error of one measurement."""

import math
from collections.abc import Sequence

import numpy as np

from painloom.intake.scores import ScoreTable
from painloom.knowledge.marker_cards import VERIFIED, Cohort, MarkerCard
from painloom.model.brain import CohortPlace

SMALL = 20
LEVEL = 1.96
SAME = 1e-9  # share of a score by which two machines may differ on the same input


def percentile(scores: Sequence[float], value: float) -> float:
    """Mid-rank percentile 0..100 of `value` among the sorted `scores`: 100 (below + half of those equal) / n.

    Scores that differ by rounding alone count as equal: the place of a person who belongs to the cohort must not turn on the last digit.
    """
    array, near = np.asarray(scores, np.float64), SAME * max(1.0, abs(value))
    below, upto = np.searchsorted(array, value - near, "left"), np.searchsorted(array, value + near, "right")
    return float(100.0 * (below + 0.5 * (upto - below)) / len(array))


def place_in(cohort: Cohort, value: float) -> CohortPlace:
    """The place of `value` in `cohort`, with what the cohort is and is not."""
    return CohortPlace(cohort.id, cohort.label, len(cohort.scores), percentile(cohort.scores, value), cohort.scanner, cohort.note)


def own_cohort(table: ScoreTable) -> Cohort:
    """A clinic's own table as a cohort."""
    note = f"{table.left_out} rows without a score were left out" if table.left_out else ""
    return Cohort(table.name, f"own cohort {table.name}", "", "as the clinic's own file", "", note, False, False, "", table.scores)


def default_cohort(card: MarkerCard) -> Cohort | None:
    """The card's cohort that is taken when none is named; None when it has none that the model had not seen."""
    return next((c for c in card.cohorts if c.is_default), None)


def cohort_warnings(cohort: Cohort | None, is_own: bool) -> tuple[str, ...]:
    """What must be said beside a place in `cohort`."""
    if cohort is None:
        return ("no percentile: there is no reference cohort that the model had not seen; give scores of local people with --cohort",)
    told = []
    if not is_own:
        told.append(
            f"no local cohort was given: the percentile is a place among {len(cohort.scores)} people of {cohort.site} "
            f"({cohort.population}; scanner: {cohort.scanner}), not among people measured where this image comes from"
        )
    if cohort.is_in_sample:
        told.append(f"the model was trained on the people of cohort '{cohort.id}': their scores are no independent reference")
    if len(cohort.scores) < SMALL:
        told.append(f"a cohort of {len(cohort.scores)} people gives a coarse percentile")
    return tuple(told)


def measurement_error(card: MarkerCard, cohort: Cohort | None, is_own: bool) -> tuple[float | None, float | None, str]:
    """SEM and MDC of one score in its own units, and the sentence that goes with them; None where the reliability is unknown.

    The lowest verified intraclass correlation of the card counts (the widest interval).  The SD is the one published with it, else that
    of the clinic's own cohort: SEM = SD sqrt(1 - ICC), MDC = 1.96 sqrt(2) SEM.

    Sources
    -------
    weir-2005
    """
    rows = [r for r in card.reliability if r.state == VERIFIED]
    if not rows:
        return None, None, card.reliability_text
    row = min(rows, key=lambda r: r.icc)
    spread = row.sd
    if spread is None and is_own and cohort is not None and len(cohort.scores) >= SMALL:
        spread = float(np.std(cohort.scores, ddof=1))
    if spread is None:
        return None, None, f"{card.reliability_text} Without the spread of scores at this site an error cannot be given in their units."
    sem = spread * math.sqrt(1.0 - row.icc)
    text = f"error of one score from an intraclass correlation of {row.icc:g} ({row.interval}) and a standard deviation of {spread:.4g}"
    return sem, LEVEL * math.sqrt(2.0) * sem, text
