"""Published models on regional series: gates first, then one linear sum of partial correlations a person."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from painloom.brain.partial import Floats, partial_correlations
from painloom.brain.place import cohort_warnings, default_cohort, measurement_error, place_in
from painloom.errors import InputError, KnowledgeError
from painloom.intake.series import Series
from painloom.intake.tabtext import shown
from painloom.knowledge.marker_cards import Cohort, Limits, MarkerCard
from painloom.model.brain import SCORED, WITHHELD, Gate, MarkerScore

NO_MOTION = "motion not given: the model needs the framewise displacement of every volume (--motion), without it nothing is scored"
NO_INVERSE = "the covariance of the series cannot be inverted: too few volumes, or regions that copy each other"
MOST_DIGITS = 12  # a score is rounded there: what follows differs between machines and numbers of threads


def signature_scores(
    card: MarkerCard,
    series: Sequence[Series],
    motions: Sequence[Floats | None] | None = None,
    *,
    cohort: Cohort | None = None,
) -> tuple[MarkerScore, ...]:
    """The model's answer for every series, in their order.

    Parameters
    ----------
    motions : framewise displacement in mm, one array a series; None where it is not known, which withholds the score.
    cohort : reference people to take instead of the card's default: a clinic's own, or another one of the card.

    Raises
    ------
    InputError : a series with other columns than the card's, in another order, or with another number of volumes than its motion.
    """
    given = list(motions) if motions is not None else [None] * len(series)
    if card.model is None:
        raise KnowledgeError(f"markers/{card.id}: the card holds no model on regional series")
    for one, motion in zip(series, given, strict=True):
        check_columns(card, one)
        if motion is not None and len(motion) != len(one.values):
            first = ", with 0 for the first one" if len(motion) == len(one.values) - 1 else ""
            raise InputError(
                f"{one.id}: volumes: {len(one.values)} in the series, {len(motion)} in its motion file; both must hold every volume "
                f"once{first}, give the files of the same run"
            )
    gates = [motion_gates(card.limits, motion) + region_gates(card, one) for one, motion in zip(series, given, strict=True)]
    kept = [at for at, found in enumerate(gates) if all(g.is_passed for g in found)]
    scrubbed = [scrub(card.limits, series[at].values, given[at]) for at in kept]
    scores, shrinkages = _scores(card, scrubbed)
    answers = dict(zip(kept, zip(scores, shrinkages, scrubbed, strict=True), strict=True))
    return tuple(_answer(card, one, gates[at], answers.get(at), cohort) for at, one in enumerate(series))


def check_columns(card: MarkerCard, series: Series) -> None:
    """InputError unless the whole header is that of the card, position by position."""
    wanted = tuple(c.name for c in card.columns)
    if len(series.names) != len(wanted):
        raise InputError(
            f"{series.id}: header: {len(series.names)} columns, {card.id} needs {len(wanted)} in a fixed order, "
            f"the first is {wanted[0]}; extract the regions of its atlas"
        )
    for at, (found, name) in enumerate(zip(series.names, wanted, strict=True), start=1):
        if found != name:
            raise InputError(
                f"{series.id}: header: column {at} is '{shown(found)}', {card.id} has '{name}' there; columns are matched by position, "
                "put them into the card's order"
            )


def scrub(limits: Limits, values: Floats, motion: Floats | None) -> Floats:
    """`values` without the volumes whose displacement is above the limit; neighbours stay."""
    if motion is None or limits.scrub_fd_mm is None:
        return values
    return values[motion <= limits.scrub_fd_mm]


def motion_gates(limits: Limits, motion: Floats | None) -> tuple[Gate, ...]:
    """The card's gates of motion; each fails where the motion is not known."""
    found = []
    moved = None if motion is None else motion > (limits.scrub_fd_mm if limits.scrub_fd_mm is not None else np.inf)
    if limits.mean_fd_mm is not None:
        value = None if motion is None else float(motion.mean())
        text = (
            "mean framewise displacement not known"
            if value is None
            else f"mean framewise displacement {_told(value, limits.mean_fd_mm, 4)} mm"
        )
        found.append(_gate("mean-fd", value, limits.mean_fd_mm, "mm", f"{text}, allowed up to {limits.mean_fd_mm:g} mm", at_most=True))
    if limits.scrubbed_percent is not None:
        value = None if moved is None else float(100.0 * moved.mean())
        text = (
            "share of volumes with too much motion not known"
            if value is None
            else f"{_told(value, limits.scrubbed_percent, 2)} % of the volumes moved"
        )
        limit = f"by more than {limits.scrub_fd_mm:g} mm, allowed up to {limits.scrubbed_percent:g} %"
        found.append(_gate("scrubbed", value, limits.scrubbed_percent, "%", f"{text} {limit}", at_most=True))
    if limits.volumes_left is not None:
        value = None if moved is None else float((~moved).sum())
        text = "volumes left after scrubbing not known" if value is None else f"{value:.0f} volumes left after scrubbing"
        found.append(_gate("volumes-left", value, limits.volumes_left, "volumes", f"{text}, needed {limits.volumes_left}", at_most=False))
    return tuple(found)


def _told(value: float, limit: float, digits: int) -> str:
    """The value with as many digits as it takes not to look like a limit that it missed."""
    while digits < MOST_DIGITS and value != limit and round(value, digits) == round(limit, digits):
        digits += 1
    return f"{value:.{digits}f}"


def _gate(id_: str, value: float | None, limit: float, unit: str, text: str, *, at_most: bool) -> Gate:
    holds = value is not None and (value <= limit if at_most else value >= limit)
    return Gate(id_, holds, value, float(limit), unit, text)


def region_gates(card: MarkerCard, series: Series) -> tuple[Gate, ...]:
    """Every region must have a value in every volume; nothing is filled in."""
    lost = ~np.isfinite(series.values).all(axis=0)
    names = [f"{card.columns[at].name} (column {at + 1})" for at in np.flatnonzero(lost)[:3]]
    text = f"{int(lost.sum())} regions without a value: {', '.join(names)}" if names else "every region has a value in every volume"
    return (Gate("regions", not names, float(lost.sum()), 0.0, "regions", text),)


def raw_scores(card: MarkerCard, people: Sequence[Floats]) -> Floats:
    """The model's sum for every person's series (volumes, columns), already scrubbed; NaN where it cannot be computed."""
    return _scores(card, people)[0]


def _scores(card: MarkerCard, people: Sequence[Floats]) -> tuple[Floats, Floats]:
    model = card.model
    if model is None:
        raise KnowledgeError(f"markers/{card.id}: the card holds no model on regional series")
    first, second = (np.asarray(places, np.intp) for places in (model.first, model.second))
    edges, shrinkages = partial_correlations(people, first, second)
    centre, scale, weight = (np.asarray(numbers, np.float64) for numbers in (model.centre, model.scale, model.weight))
    return model.intercept + ((edges - centre) / scale) @ weight, shrinkages


def _answer(
    card: MarkerCard,
    series: Series,
    gates: tuple[Gate, ...],
    found: tuple[float, float, npt.NDArray[np.float64]] | None,
    named: Cohort | None,
) -> MarkerScore:
    """One row: scored with place and warnings, or withheld with the reason and no number."""
    reason = _reason(gates)
    value = None if found is None else round(float(found[0]), MOST_DIGITS)
    if value is not None and not np.isfinite(value):
        value, reason = None, NO_INVERSE
    cohort, is_own = named or default_cohort(card), named is not None and named not in card.cohorts
    sem, mdc, error = measurement_error(card, cohort, is_own)
    flat = int((series.values.max(axis=0) == series.values.min(axis=0)).sum())
    details = [("volumes", float(len(series.values)))]
    if found is not None:
        details += [
            ("volumes_left", float(len(found[2]))),
            ("shrinkage", round(float(found[1]), MOST_DIGITS)),
            ("constant_columns", float(flat)),
        ]
    warnings = [card.site_offset, *cohort_warnings(cohort, is_own), error] if value is not None else []
    if value is not None and flat:
        warnings.append(f"one constant value in {flat} of {len(card.columns)} columns (no signal there): they count as unconnected")
    return MarkerScore(
        id=series.id,
        model=card.id,
        label=card.label,
        score=value,
        unit=card.unit,
        place=None if value is None or cohort is None else place_in(cohort, value),
        status=WITHHELD if value is None else SCORED,
        reason=reason,
        gates=gates,
        claim=card.claim,
        details=tuple(details),
        sem=None if value is None else sem,
        mdc=None if value is None else mdc,
        warnings=tuple(warnings),
        card=(card.id, card.release),
        sources=card.sources,
    )


def _reason(gates: tuple[Gate, ...]) -> str:
    failed = [g for g in gates if not g.is_passed]
    if failed and all(g.value is None for g in failed):
        return NO_MOTION
    return "; ".join(g.text for g in failed)


def not_computed(card: MarkerCard, id_: str) -> MarkerScore:
    """The row of a model that is only described: withheld, with where its weights would come from."""
    return MarkerScore(
        id=id_,
        model=card.id,
        label=card.label,
        score=None,
        unit=card.unit,
        place=None,
        status=WITHHELD,
        reason=f"this model is described and not computed here: {card.weights.text}",
        gates=(),
        claim=card.claim,
        card=(card.id, card.release),
        sources=card.sources,
    )
