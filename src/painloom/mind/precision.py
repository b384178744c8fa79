"""Change between two scores: is it more than measurement error, and is it as large as people find meaningful?

Two questions, two answers; nothing is called better or worse while the change lies inside error.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from painloom.errors import InputError
from painloom.knowledge.instrument_cards import Change, Scale
from painloom.model.quantity import Estimate

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
Z95 = 1.96  # as published; 1.959964 would move the boundary by 0.002 %
TINY = 1e-9  # scores are decimals: 6.1 - 5.1 must count as 1
YES, NO, DEPENDS, UNKNOWN = 0, 1, 2, 3
ANSWERS = ("yes", "no", "depends", "unknown")
BOTH, REAL_ONLY, SIZE_ONLY, NEITHER, OPEN, NOT_JUDGED = range(6)
VERDICTS = ("both", "real only", "meaningful only", "neither", "depends", "unknown")
IN_WORDS = (
    "real and meaningful",
    "real, smaller than what people find meaningful",
    "of meaningful size but inside measurement error",
    "neither real nor meaningful",
    "depends on which published value is taken",
    "cannot be judged",
)
ERROR_KINDS = ("mdc", "reliable-change")
OWN_ERROR = "own standard errors"


def standard_error(sd: float, reliability: float) -> float:
    """Standard error of measurement, SD sqrt(1 - reliability), in points of the scale."""
    return sd * sqrt(1.0 - reliability)


def se_of_difference(before: Floats, after: Floats) -> Floats:
    """Root of the summed squares of two standard errors; errors are taken as independent.  With one SEM for both: sqrt(2) SEM."""
    return np.hypot(before, after)


def detectable(se_diff: Floats) -> Floats:
    """Smallest change beyond error (MDC95), in points: 1.96 SEdiff."""
    return Z95 * se_diff


def reliable_change_index(before: Floats, after: Floats, se_diff: Floats) -> Floats:
    """(after - before) / SEdiff; real when its size is above 1.96.

    Sources
    -------
    jacobson-truax-1991
    """
    return (after - before) / se_diff


def widening(answered: npt.NDArray[np.integer], count: int) -> Floats:
    """How much larger the error of a prorated sum is than that of the full one: sqrt(items / answered), 1 when all are answered.

    Own choice, from items with equal errors: the error variance of n/k times a sum of k items is n/k that of the sum of n.  It only
    grows when an item becomes unanswered.
    """
    factor: Floats = np.sqrt(count / np.maximum(answered, 1))
    return factor


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What error alone may do: `se_diff` (people,) or NaN where the source prints only a limit; `limit` (people,) in points.

    `reached`: a change as large as the limit counts (published "reliable change of 6 or more"); else it must be larger.
    """

    se_diff: Floats
    limit: Floats
    reached: bool
    population: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One published meaningful change against the changes of many people; arrays have one entry a person.

    `real` and `meaningful` index ANSWERS, `verdict` VERDICTS; `better` is +1 better, -1 worse, 0 no direction known or no change.
    `population` is that of the meaningful change, `error_from` what error was judged with.
    """

    kind: str
    population: str
    state: str
    sources: tuple[str, ...]
    error_from: str
    change: Floats
    se_diff: Floats
    rci: Floats
    real: Codes
    meaningful: Codes
    verdict: Codes
    better: Codes

    def direction(self, person: int) -> str:
        """`better` or `worse` only for a change beyond error; else why not."""
        if self.real[person] != YES:
            return {NO: "inside error", DEPENDS: "depends"}.get(int(self.real[person]), "not judged")
        return {1: "better", -1: "worse"}.get(int(self.better[person]), "no direction")


@dataclass(frozen=True, slots=True)
class Pair:
    """Scores of the same people twice, (people,), NaN where there is none; `se_*` NaN where a score has no error of its own.

    `wider_*` are the factors of `widening` for the card's error, 1.0 where all items were answered.
    """

    before: Floats
    after: Floats
    se_before: Floats
    se_after: Floats
    wider_before: Floats | float = 1.0
    wider_after: Floats | float = 1.0

    @property
    def wider(self) -> Floats:
        """What the error of the difference is multiplied with: the root of the mean of both squared factors."""
        factor: Floats = np.sqrt((np.square(self.wider_before) + np.square(self.wider_after)) / 2) * np.ones(len(self.before))
        return factor

    @property
    def change(self) -> Floats:
        """after - before, in points."""
        return self.after - self.before


def compare(scale: Scale, before: Estimate, after: Estimate) -> tuple[Judgement, ...]:
    """`judge` for one person.

    Raises
    ------
    InputError : the two scores are in different units or go in different directions.
    """
    if before.unit != after.unit or before.higher_is != after.higher_is:
        raise InputError(f"{scale.id}: the two scores are on different scales ({before.unit}, {after.unit}); compare like with like")
    values = (before.value, after.value, before.se, after.se)
    return judge(scale, Pair(*(np.asarray([np.nan if v is None else v]) for v in values)))


def judge(scale: Scale, pair: Pair, population: str = "") -> tuple[Judgement, ...]:
    """A judgement for every meaningful change on the card; one with population "" where the card has none.

    Whether a change is real has one answer a person.  Error comes from the scores' own standard errors where both have one, else from
    every value on the card; where those disagree about a person the answer is "depends".

    Parameters
    ----------
    population : only meaningful changes, and errors where there are such, published for a population with this in its name.
    """
    sticks = list(yardsticks(scale, pair))
    sticks = [s for s in sticks if _within(population, s.population)] or sticks
    sticks = [s for s in sticks if s.state == "verified"] or sticks
    sizes = [change for change in scale.changes if change.kind not in ERROR_KINDS]
    chosen: list[Change | None] = [change for change in sizes if _within(population, change.population)]
    if not sizes and not population:
        chosen.append(None)
    return tuple(_judgement(scale, pair, change, sticks) for change in chosen)


def _within(part: str, whole: str) -> bool:
    return part.casefold() in whole.casefold()


def _judgement(scale: Scale, pair: Pair, change: Change | None, chosen: Sequence[Yardstick]) -> Judgement:
    real, se_diff = _real(pair.change, chosen)
    own = np.hypot(pair.se_before, pair.se_after)
    has_own = np.isfinite(own) & (own > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        by_own = np.where(np.abs(pair.change) > Z95 * own + TINY, YES, NO)
        se_diff = np.where(has_own, own, se_diff)
        rci = pair.change / se_diff
    real = np.where(has_own, by_own, real)
    real = np.where(np.isnan(pair.change), UNKNOWN, real).astype(np.int8)
    size = _meaningful(scale, pair, change)
    names = ((OWN_ERROR,) if has_own.any() else ()) + (tuple(_name(s) for s in chosen) if not has_own.all() else ())
    return Judgement(
        change.kind if change else "",
        change.population if change else "",
        change.state if change else "",
        change.sources if change else (),
        "; ".join(dict.fromkeys(names)),
        pair.change,
        se_diff,
        rci,
        real,
        size,
        verdict(real, size),
        _better(scale, pair.change),
    )


def _name(stick: Yardstick) -> str:
    where = ", ".join(stick.sources) + (", to verify" if stick.state != "verified" else "")
    return f"{stick.population} ({where})" if stick.population else where


def yardsticks(scale: Scale, pair: Pair) -> Iterator[Yardstick]:
    """The card's measures of error: standard errors of measurement, then published detectable or reliable changes."""
    for one in scale.precision:
        se_diff = sqrt(2.0) * one.sem * pair.wider
        yield Yardstick(se_diff, detectable(se_diff), False, one.population, one.state, one.sources)
    none = np.full(len(pair.before), np.nan)
    for limit in (c for c in scale.changes if c.kind in ERROR_KINDS):
        for end in dict.fromkeys((limit.low, limit.high)):
            points = np.abs(pair.before) * abs(end) / 100 if limit.unit == "percent-of-baseline" else np.full(len(none), abs(end))
            yield Yardstick(none, points * pair.wider, limit.kind == "reliable-change", limit.population, limit.state, limit.sources)


def _real(change: Floats, sticks: Sequence[Yardstick]) -> tuple[Codes, Floats]:
    """Yes or no where all yardsticks agree, and the largest SEdiff among them."""
    if not sticks:
        return np.full(len(change), UNKNOWN, np.int8), np.full(len(change), np.nan)
    size = np.abs(change)
    beyond = np.asarray([size >= s.limit - TINY if s.reached else size > s.limit + TINY for s in sticks])
    every, some = np.asarray(beyond.all(axis=0)), np.asarray(beyond.any(axis=0))
    known = [s.se_diff for s in sticks if np.isfinite(s.se_diff).any()]
    widest = np.max(np.stack(known), axis=0) if known else np.full(len(change), np.nan)
    return _agreed(every, some), widest


def _agreed(all_: npt.NDArray[np.bool_], any_: npt.NDArray[np.bool_]) -> Codes:
    return np.where(all_, YES, np.where(any_, DEPENDS, NO)).astype(np.int8)


def _meaningful(scale: Scale, pair: Pair, change: Change | None) -> Codes:
    """Yes from the upper end of the published range on, no below the lower end, between them it depends."""
    if change is None:
        return np.full(len(pair.before), UNKNOWN, np.int8)
    if change.unit == "score":
        found = _arrived(scale, pair, change)
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            size = np.abs(pair.change)
            if change.unit == "percent-of-baseline":
                size = 100 * size / np.abs(pair.before)  # a baseline of 0 has no share: 0/0 and x/0 are unknown below
        low, high = sorted((abs(change.low), abs(change.high)))
        found = _agreed(size >= high - TINY, size >= low - TINY)
        found = np.where(np.isfinite(size), found, UNKNOWN)
        if change.kind == "response":
            found = np.where(_better(scale, pair.change) > 0, found, NO if scale.higher_is else UNKNOWN)
    return np.where(np.isnan(pair.change), UNKNOWN, found).astype(np.int8)


def _arrived(scale: Scale, pair: Pair, change: Change) -> Codes:
    """A score that counts as remission, reached from one that does not; a single printed value is a cut that must be passed."""

    def inside(score: Floats) -> npt.NDArray[np.bool_]:
        if change.low < change.high:
            return (score >= change.low - TINY) & (score <= change.high + TINY)
        return score > change.low + TINY if scale.higher_is == "better" else score < change.low - TINY

    if change.low == change.high and not scale.higher_is:
        return np.full(len(pair.before), UNKNOWN, np.int8)
    return np.where(inside(pair.after) & ~inside(pair.before), YES, NO).astype(np.int8)


def _better(scale: Scale, change: Floats) -> Codes:
    sign = {"better": 1, "worse": -1}.get(scale.higher_is, 0)
    return np.where(np.isnan(change), 0, sign * np.sign(change)).astype(np.int8)


def verdict(real: Codes, meaningful: Codes) -> Codes:
    """The two answers as one word of VERDICTS; what depends or is unknown stays so."""
    table = np.full((4, 4), NOT_JUDGED, np.int8)
    table[YES, YES], table[YES, NO], table[NO, YES], table[NO, NO] = BOTH, REAL_ONLY, SIZE_ONLY, NEITHER
    table[DEPENDS, :3] = table[:3, DEPENDS] = OPEN
    found: Codes = table[real, meaningful]
    return found
