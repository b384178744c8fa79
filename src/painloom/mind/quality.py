"""How the answers were given: straight lines, long runs, patterns that fit no position on the scale.

A flag is a reason to ask, never a deletion: a straight line of zeros on a distress scale is also an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from painloom.knowledge.instrument_cards import InstrumentCard, Scale
from painloom.mind.irt import PEOPLE_AT_ONCE, Floats, log_probabilities, parameters, pattern_scores
from painloom.model.answers import UNANSWERED
from painloom.model.bank import ItemBank
from painloom.model.quantity import Interval

Values = npt.NDArray[np.int16]
Mask = npt.NDArray[np.bool_]
MISFIT = -2.0  # lz below this, as the fact sheet gives it
SAME_ANSWER, PERSON_FIT = "same-answer", "person-fit"
ASK = {
    SAME_ANSWER: "the same option on every item although some are worded the other way round: ask how the form was filled in",
    PERSON_FIT: "the answers contradict each other more than people's answers do: ask, and read the score with care",
}


@dataclass(frozen=True, slots=True)
class QualityFlag:
    """A reason to ask: `raised` has one entry a person; the answers and scores stay as they are."""

    kind: str
    scale: str
    text: str
    raised: Mask


def quality_flags(card: InstrumentCard, values: Values) -> tuple[QualityFlag, ...]:
    """What the answers (people, items) themselves show, for every scale that can show it."""
    scales = [scale for scale in card.scales if _mixed(scale)]
    return tuple(QualityFlag(SAME_ANSWER, s.id, ASK[SAME_ANSWER], straight_line(s, values)) for s in scales)


def _mixed(scale: Scale) -> bool:
    return bool(scale.reversed) and bool(set(scale.items) - set(scale.reversed))


def straight_line(scale: Scale, values: Values) -> Mask:
    """True for people with the same option on every item of a scale that has items worded both ways; all must be answered.

    Always False where no item, or every item, is reversed: there the same option everywhere is one consistent answer.
    """
    chosen = values[:, list(scale.items)]
    if not _mixed(scale):
        return np.zeros(len(values), bool)
    same: Mask = (chosen == chosen[:, :1]).all(axis=1) & (chosen[:, 0] != UNANSWERED)
    return same


def longest_run(values: Values) -> npt.NDArray[np.int64]:
    """The longest run of one answer in the order of the items, for each person; an unanswered item ends a run.

    A number to look at: no published limit is known for these instruments, so nothing is flagged.
    """
    longest = np.zeros(len(values), np.int64)
    run = np.zeros(len(values), np.int64)
    previous = np.full(len(values), UNANSWERED, values.dtype)
    for column in values.T:
        given = column != UNANSWERED
        run = np.where(given, np.where(column == previous, run + 1, 1), 0)
        longest = np.maximum(longest, run)
        previous = column
    return longest


def person_fit(bank: ItemBank, answers: npt.NDArray[np.integer], theta: Floats | None = None) -> Floats:
    """lz: standardised log-likelihood of each person's answers; about -2 and below means an unlikely pattern.

    Parameters
    ----------
    answers : (people, items), categories from 0, negative where unanswered; unanswered items do not enter.
    theta : where each person stands; estimated from the same answers when not given.

    Returns
    -------
    (people,), NaN for fewer than two answers.

    Notes
    -----
    With an estimated theta the values spread less than a standard normal, so fewer people are flagged than 2.3 %.

    Sources
    -------
    drasgow-levine-williams-1985
    """
    places = pattern_scores(bank.items, answers, prior=bank.prior).theta if theta is None else theta
    of = parameters(bank.items)
    found = np.full(len(answers), np.nan)
    for first in range(0, len(answers), max(1, PEOPLE_AT_ONCE // len(bank.items))):
        part = slice(first, first + max(1, PEOPLE_AT_ONCE // len(bank.items)))
        found[part] = _lz(log_probabilities(of, np.nan_to_num(places[part])), answers[part])
    found[(answers >= 0).sum(axis=1) < 2] = np.nan
    return found


def _lz(logs: Floats, answers: npt.NDArray[np.integer]) -> Floats:
    """`logs` is (items, categories, people)."""
    given = (answers >= 0).T
    safe = np.where(np.isneginf(logs), 0.0, logs)  # a category of probability 0 adds nothing to the expectation
    share = np.exp(logs)
    expected = (share * safe).sum(axis=1)
    spread = (share * safe**2).sum(axis=1) - expected**2
    items, people = np.indices(given.shape)
    seen = logs[items, np.where(given, answers.T, 0), people]
    with np.errstate(divide="ignore", invalid="ignore"):
        total = np.where(given, seen - expected, 0.0).sum(axis=0)
        found: Floats = total / np.sqrt(np.where(given, spread, 0.0).sum(axis=0))
    return found


def misfits(bank: ItemBank, answers: npt.NDArray[np.integer]) -> QualityFlag:
    """People whose pattern of answers is unlikely wherever they stand on the scale (lz below -2)."""
    fit = person_fit(bank, answers)
    return QualityFlag(PERSON_FIT, bank.id, ASK[PERSON_FIT], np.nan_to_num(fit, nan=0.0) < MISFIT)


def possible_totals(values: Sequence[int], ranges: Sequence[tuple[int, int]]) -> Interval:
    """All sums that the empty items leave open: from all of them at their lowest to all at their highest.

    `values` are points of one person, UNANSWERED where empty; an item that becomes unanswered can only widen the interval.
    """
    pairs = list(zip(values, ranges, strict=True))
    low = sum(r[0] if v == UNANSWERED else v for v, r in pairs)
    high = sum(r[1] if v == UNANSWERED else v for v, r in pairs)
    return Interval(float(low), float(high))
