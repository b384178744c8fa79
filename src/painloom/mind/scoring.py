"""Scale scores of many people at once: one function a kind, chosen by the card."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from painloom.knowledge.instrument_cards import Condition, InstrumentCard, Scale
from painloom.mind.totals import reach, totals
from painloom.mind.valuesets import state_index, utilities
from painloom.model.answers import UNANSWERED
from painloom.model.scores import NO_BAND, NOT_SCORED, PRORATED, SCORED, STATUS, ItemAlert, ScaleScores

Numbers = npt.NDArray[Any]
Values = npt.NDArray[np.int16]
Reals = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int16]
Codes = npt.NDArray[np.int8]
Result = tuple[Reals, Reals, Counts, Codes]  # score, se, answered, status
PRESENT, EMPTY = 0, 1
LARGEST_TABLE = 100_000
ALERT_STATES = ("present", "unanswered")
__all__ = ["STATUS", "alerts", "score"]


def score(card: InstrumentCard, values: Values, *, extra: bool = True) -> tuple[ScaleScores, ...]:
    """Every scale of the card for every person, in the card's order.

    Parameters
    ----------
    values : (people, items), answers as given, UNANSWERED where empty; the reader has checked the ranges.
    extra : with the scales that stand on a report only.

    Returns
    -------
    One ScaleScores a scale; a value-set scale gives one for each set, named `<scale>:<set>`.
    """
    done: dict[str, ScaleScores] = {}
    scales = [scale for scale in card.scales if extra or not scale.extra]
    for scale in scales:
        if scale.kind == "value-set":
            done |= {s.scale: s for s in _value_sets(card, scale, values)}
        else:
            done[scale.id] = _one(card, scale, values)
    for scale in scales:
        if any(one.also for one in scale.bands):
            done[scale.id] = replace(done[scale.id], band=_joint_bands(scale, done))
    return tuple(done.values())


def alerts(card: InstrumentCard, values: Values) -> tuple[ItemAlert, ...]:
    """What must be acted on at once: a positive item, or one that nobody answered; a zero is no clearance and says nothing."""
    found = []
    for rule in card.alerts:
        present = (values[:, list(rule.items)] >= rule.low).any(axis=1)
        empty = (values[:, list(rule.must)] == UNANSWERED).any(axis=1)
        state = np.where(present, PRESENT, np.where(empty, EMPTY, -1)).astype(np.int8)
        found.append(ItemAlert(rule.id, state, ALERT_STATES))
    return tuple(found)


def _one(card: InstrumentCard, scale: Scale, values: Values) -> ScaleScores:
    if scale.kind in BY_TOTAL:
        total, answered = totals(card, scale, values)
        points, se, status, band = _looked_up(card, scale, total, answered)
    else:
        points, se, answered, status = KINDS[scale.kind](card, scale, values)
        band = bands(scale, points)
    return ScaleScores(
        scale.id, scale.unit, scale.decimals, points, se, band, tuple(b.id for b in scale.bands), answered, len(scale.items), status
    )


def _looked_up(card: InstrumentCard, scale: Scale, total: Numbers, answered: Counts) -> tuple[Reals, Reals, Codes, Codes]:
    """Score, error, status and band by (sum of points, answered items): worked out once for each pair, not once for each person."""
    lowest, highest = reach(card, scale)
    width = highest - lowest + 1
    if total.dtype.kind == "f" or width * (len(scale.items) + 1) > LARGEST_TABLE:
        points, se, _, status = BY_TOTAL[scale.kind](card, scale, total, answered)
        return points, se, status, bands(scale, points)
    pair = answered.astype(np.intp)
    pair *= width
    pair += total
    pair -= lowest
    grid_total = np.tile(np.arange(lowest, highest + 1), len(scale.items) + 1)
    grid_answered = np.repeat(np.arange(len(scale.items) + 1, dtype=np.int16), width)
    points, se, _, status = BY_TOTAL[scale.kind](card, scale, grid_total, grid_answered)
    band = bands(scale, points)
    known = np.isfinite(se).any()
    return points[pair], se[pair] if known else np.full(len(pair), np.nan), status[pair], band[pair]


def _status(scale: Scale, answered: Counts, *, whole: int | None = None) -> Codes:
    """By the number of answered items: all scored, at least `needs` prorated, fewer not scored."""
    table = np.full(len(scale.items) + 1, NOT_SCORED, np.int8)
    table[scale.needs :] = PRORATED
    table[len(scale.items) if whole is None else whole :] = SCORED
    return table[answered]


def _result(scale: Scale, points: Reals, answered: Counts, status: Codes, se: Reals | None = None) -> Result:
    held = status == NOT_SCORED
    points[held] = np.nan
    if se is None:
        known = next((p.sem for p in scale.precision if p.state == "verified"), np.nan)
        se = np.where(status == SCORED, known, np.nan)
    se[held] = np.nan
    return points, se, answered, status


def _sum(card: InstrumentCard, scale: Scale, total: Numbers, answered: Counts) -> Result:
    status = _status(scale, answered)
    points = total.astype(np.float64) * scale.factor
    part = np.flatnonzero(status == PRORATED)
    points[part] *= len(scale.items) / answered[part]
    return _result(scale, points, answered, status)


def _mean(card: InstrumentCard, scale: Scale, total: Numbers, answered: Counts) -> Result:
    points = total.astype(np.float64) / np.maximum(answered, 1) * scale.factor
    return _result(scale, points, answered, _status(scale, answered))


def _percent(card: InstrumentCard, scale: Scale, total: Numbers, answered: Counts) -> Result:
    points, se, answered, status = _mean(card, scale, total, answered)
    return points * (100.0 / scale.top), se, answered, status


def _inverse_percent(card: InstrumentCard, scale: Scale, total: Numbers, answered: Counts) -> Result:
    points, se, answered, status = _percent(card, scale, total, answered)
    return 100.0 - points, se, answered, status


def _ticks(card: InstrumentCard, scale: Scale, total: Numbers, answered: Counts) -> Result:
    return _result(scale, total.astype(np.float64), answered, _status(scale, answered, whole=scale.needs))


def _t_table(card: InstrumentCard, scale: Scale, total: Numbers, answered: Counts) -> Result:
    status = _status(scale, answered)
    table = {int(r["raw"]): (float(r["t"]), float(r["se"])) for r in card.tables[scale.table]}
    first, last = min(table), max(table)
    lookup = np.array([table.get(raw, (np.nan, np.nan)) for raw in range(first, last + 1)])
    place = np.clip(np.where(status == SCORED, total - first, 0), 0, last - first).astype(np.intp)
    return _result(scale, lookup[place, 0], answered, status, lookup[place, 1])


def _groups(card: InstrumentCard, scale: Scale, values: Values) -> Result:
    answered = totals(card, scale, values)[1]
    points = np.zeros(len(values))
    for group in scale.groups:
        points += (values[:, list(group)] >= 1).any(axis=1)
    return _result(scale, points, answered, _status(scale, answered))


def _branching(card: InstrumentCard, scale: Scale, values: Values) -> Result:
    total, answered = totals(card, scale, values)
    gate = values[:, scale.gate]
    points = np.where(gate == 0, 0, total - gate).astype(np.float64)
    status = _status(scale, answered)
    status[gate == 0] = SCORED
    return _result(scale, points, answered, status)


def _rule(card: InstrumentCard, scale: Scale, values: Values) -> Result:
    """A truth table; decided when the lowest and the highest completion of the empty items agree (rules are monotone)."""
    answered = (values[:, list(scale.items)] != UNANSWERED).sum(axis=1).astype(np.int16)
    known = _skipped(card, scale, values)
    low, high = (_outcome(card, scale, _filled(card, known, top=top)) for top in (False, True))
    status = np.where((low == high) & (answered >= scale.needs), SCORED, NOT_SCORED).astype(np.int8)
    return _result(scale, low, answered, status)


def _skipped(card: InstrumentCard, scale: Scale, values: Values) -> Values:
    """Items that the form itself skips after a "no" are at their lowest, not open."""
    for skip in scale.skipped:
        closed = values[:, skip.gate] == 0
        values = values.copy()
        for place in skip.items:
            values[closed & (values[:, place] == UNANSWERED), place] = card.items[place].range.low
    return values


def _filled(card: InstrumentCard, values: Values, *, top: bool) -> Values:
    ends = np.array([r.high if top else r.low for r in card.ranges], np.int16)
    return np.where(values == UNANSWERED, ends, values).astype(np.int16)


def _outcome(card: InstrumentCard, scale: Scale, values: Values) -> Reals:
    """Value of the gravest outcome that holds for complete answers, 0 where none does."""
    found = np.zeros(len(values))
    open_ = np.ones(len(values), bool)
    for outcome in scale.outcomes:
        holds = np.zeros(len(values), bool)
        for clause in outcome.clauses:
            every = np.ones(len(values), bool)
            for condition in clause:
                every &= _quantity(card, condition, values) >= condition.low
            holds |= every
        found[open_ & holds] = outcome.value
        open_ &= ~holds
    return found


def _quantity(card: InstrumentCard, condition: Condition, values: Values) -> Numbers:
    if condition.scale:
        scale = card.by_scale[condition.scale]
        if scale.kind in BY_TOTAL:
            return BY_TOTAL[scale.kind](card, scale, *totals(card, scale, values))[0]
        return KINDS[scale.kind](card, scale, values)[0]
    hits = np.zeros(len(values), np.int16)
    for place, least in condition.thresholds:
        hits += values[:, place] >= least
    return hits


def _value_sets(card: InstrumentCard, scale: Scale, values: Values) -> Iterator[ScaleScores]:
    chosen = values[:, list(scale.items)]
    answered = (chosen != UNANSWERED).sum(axis=1).astype(np.int16)
    status = _status(scale, answered)
    place = np.where(status == SCORED, state_index(chosen), 0)
    for name, table in utilities(card, scale).items():
        points, se, _, _ = _result(scale, table[place], answered, status, np.full(len(values), np.nan))
        yield ScaleScores(
            f"{scale.id}:{name}",
            scale.unit,
            scale.decimals,
            points,
            se,
            np.full(len(values), NO_BAND, np.int8),
            (),
            answered,
            len(scale.items),
            status,
        )


def _joint_bands(scale: Scale, done: dict[str, ScaleScores]) -> Codes:
    """Bands that also look at another scale, which may stand anywhere on the card."""
    points = done[scale.id].score
    band = np.full(len(points), NO_BAND, np.int8)
    for i, one in enumerate(scale.bands):
        fits = (points >= one.low) & (points <= one.high)
        if one.also is not None:
            other = done[one.also.scale].score
            fits &= (other >= one.also.low) & (other <= one.also.high)
        band[fits & (band == NO_BAND)] = i
    return band


def bands(scale: Scale, points: Reals) -> Codes:
    """The band of each score: found after rounding half up to whole numbers, for T-scores to one decimal."""
    band = np.full(len(points), NO_BAND, np.int8)
    judged = _judged(scale, points)
    for i, one in enumerate(scale.bands):
        band[(judged >= one.low) & (judged <= one.high) & (band == NO_BAND)] = i
    return band


def _judged(scale: Scale, points: Reals) -> Reals:
    if scale.unit == "T":
        return np.round(points, 1)
    if scale.judged_on:
        return np.floor(points * scale.judged_on / 100 + 0.5) * (100 / scale.judged_on)
    return np.floor(points + 0.5)


BY_TOTAL: dict[str, Callable[[InstrumentCard, Scale, Numbers, Counts], Result]] = {
    "sum": _sum,
    "mean": _mean,
    "percent": _percent,
    "inverse-percent": _inverse_percent,
    "ticks": _ticks,
    "t-table": _t_table,
}
KINDS: dict[str, Callable[[InstrumentCard, Scale, Values], Result]] = {
    "groups": _groups,
    "branching": _branching,
    "rule": _rule,
}
