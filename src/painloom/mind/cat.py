"""Adaptive tests: which item next, what the answers say so far, when to stop.  A state is frozen; every step is kept.

Rules as published for the engine that the known traces come from: 81 points, posterior-weighted information, posterior mean and SD.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from painloom.errors import UsageError
from painloom.mind.bank import BankArrays, prepare
from painloom.mind.irt import Floats, information, moments
from painloom.model.bank import ItemBank

SELECT = ("mpwi", "mfi")
SAME = 1e-12  # relative: information of equal items may differ in the last bit, and the earlier item must win everywhere
BY_SE, BY_MOST, BY_BANK, BY_BEST, BY_GAIN, BY_PERSON = "se", "max", "bank empty", "all best answers", "small gain", "ended early"


@dataclass(frozen=True, slots=True)
class CatOptions:
    """What may differ from the plain rules; each is off by default and is named in the result.

    `select`: "mpwi" (posterior-weighted information) or "mfi" (information at the current estimate).
    `least_gain`: from the bank's minimum on, end when no item left is predicted to lower the standard error by this much; 0 = off.
    `all_best`: end when the first this many answers all lie at the healthy end; 0 = off.
    `start`: (mean, SD) in theta units in place of the bank's prior, for instance from the last visit.
    """

    select: str = SELECT[0]
    least_gain: float = 0.0
    all_best: int = 0
    start: tuple[float, float] | None = None

    def named(self) -> tuple[str, ...]:
        """The options that are on, in words of the command line."""
        return (
            *((f"select={self.select}",) if self.select != SELECT[0] else ()),
            *((f"least-gain={self.least_gain:g}",) if self.least_gain else ()),
            *((f"all-best={self.all_best}",) if self.all_best else ()),
            *((f"start={self.start[0]:g} (SD {self.start[1]:g})",) if self.start else ()),
        )


@dataclass(frozen=True, slots=True)
class CatStep:
    """One answer: number from 1, item, category from 0, estimate and standard error after it, `gain` = what the item was chosen for."""

    step: int
    item: str
    response: int
    theta: float
    se: float
    gain: float


@dataclass(frozen=True)
class CatState:
    """A test under way: `asked` are item indices answered, `skipped` those that are not asked again; `steps` is the audit trail."""

    arrays: BankArrays
    options: CatOptions
    log_posterior: Floats
    theta: float
    se: float
    steps: tuple[CatStep, ...] = ()
    asked: tuple[int, ...] = ()
    skipped: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CatResult:
    """How a test ended: `theta` and `se` in theta units, None when nothing was answered; `stopped_by` says which rule ended it."""

    bank: str
    theta: float | None
    se: float | None
    steps: tuple[CatStep, ...]
    skipped: tuple[str, ...]
    stopped_by: str
    options: tuple[str, ...]


def start_test(bank: ItemBank, options: CatOptions = CatOptions(), arrays: BankArrays | None = None) -> CatState:
    """A test before its first question; `arrays` saves the preparation when many people take the same bank.

    Raises
    ------
    UsageError : `all_best` is asked for and the bank does not say which end is the healthy one.
    """
    if options.all_best and not bank.higher_is:
        raise UsageError(f'bank {bank.id} does not say which end is the healthy one: add "higher_is": "worse" or "better"')
    ready = arrays or prepare(bank, start=options.start)
    theta, se = _estimate(ready.log_prior, ready)
    return CatState(ready, options, ready.log_prior, theta, se)


def _estimate(log_posterior: Floats, arrays: BankArrays) -> tuple[float, float]:
    mean, spread = moments(log_posterior, arrays.theta)
    return float(mean), float(spread)


def gains(state: CatState) -> Floats:
    """What each item promises, (items,); -inf for those asked or skipped."""
    if state.options.select == "mfi":
        promised = information(state.arrays.of, np.asarray([state.theta]))[:, 0]
    else:
        promised = state.arrays.information @ _weights(state.log_posterior)
    promised[list(state.asked + state.skipped)] = -np.inf
    return promised


def _weights(log_posterior: Floats) -> Floats:
    weights: Floats = np.exp(log_posterior - log_posterior.max())
    weights /= weights.sum()
    return weights


def next_item(state: CatState) -> int | None:
    """Index of the item to ask, None when the test is over; among equals the earlier item of the bank."""
    return None if stopped_by(state) else _choose(gains(state))


def _choose(promised: Floats) -> int:
    best = promised.max()
    return int(np.argmax(promised >= best - abs(best) * SAME))


def answer(state: CatState, item: int, category: int) -> CatState:
    """The state after `category` (from 0) was given to `item`."""
    log_posterior = state.log_posterior + state.arrays.log_shares[item, category]
    theta, se = _estimate(log_posterior, state.arrays)
    gain = float(gains(state)[item])
    step = CatStep(len(state.steps) + 1, state.arrays.bank.items[item].id, category, theta, se, gain)
    return replace(state, log_posterior=log_posterior, theta=theta, se=se, steps=(*state.steps, step), asked=(*state.asked, item))


def skip(state: CatState, item: int) -> CatState:
    """The state after `item` was left unanswered: nothing is learnt, it is not asked again, it counts towards no limit."""
    return replace(state, skipped=(*state.skipped, item))


def stopped_by(state: CatState) -> str:
    """The rule that ends the test now, "" while it goes on."""
    rule, count = state.arrays.bank.stop, len(state.asked)
    if count >= rule.most:
        return BY_MOST
    if count and count >= rule.least and state.se <= rule.se:
        return BY_SE
    if count + len(state.skipped) >= len(state.arrays.bank.items):
        return BY_BANK
    if state.options.all_best and count == state.options.all_best and all(_is_best(state, place) for place in range(count)):
        return BY_BEST
    if state.options.least_gain and count >= max(rule.least, 1) and largest_reduction(state) < state.options.least_gain:
        return BY_GAIN
    return ""


def _is_best(state: CatState, place: int) -> bool:
    bank = state.arrays.bank
    best = 0 if bank.higher_is == "worse" else bank.items[state.asked[place]].categories - 1
    return state.steps[place].response == best


def largest_reduction(state: CatState) -> float:
    """By how much the most promising item left would lower the standard error, expected over its answers.

    The expected posterior variance of an item is the mean of the variances after each of its categories, weighted with their
    predicted probabilities; the reduction is the present SE less the root of it.

    Sources
    -------
    choi-grady-dodd-2011
    """
    open_ = np.setdiff1d(np.arange(len(state.arrays.bank.items)), np.asarray(state.asked + state.skipped, dtype=np.int64))
    if not len(open_):
        return 0.0
    theta = state.arrays.theta
    joint = np.exp(state.arrays.log_shares[open_]) * _weights(state.log_posterior)
    chance = joint.sum(axis=2)
    first, second = joint @ theta, joint @ theta**2
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(chance > 0, second - first**2 / chance, 0.0).sum(axis=1)
    return float(state.se - np.sqrt(np.clip(spread, 0.0, None).min()))


def finish(state: CatState, ended_early: bool = False) -> CatResult:
    """The result with everything that a reader must know of how it came about."""
    items = state.arrays.bank.items
    told = bool(state.steps)
    return CatResult(
        state.arrays.bank.id,
        state.theta if told else None,
        state.se if told else None,
        state.steps,
        tuple(items[i].id for i in state.skipped),
        BY_PERSON if ended_early else stopped_by(state),
        state.options.named(),
    )


def run(state: CatState, ask: Callable[[int], int | None]) -> CatResult:
    """The whole test: `ask` gets an item's index and gives a category, or None when it was not answered."""
    while (item := next_item(state)) is not None:
        category = ask(item)
        state = skip(state, item) if category is None else answer(state, item, category)
    return finish(state)


def replay(bank: ItemBank, answers: Mapping[str, int], options: CatOptions = CatOptions()) -> CatResult:
    """The test that these answers (item id -> category) would have been; an item without one is skipped and named in the result."""
    return run(start_test(bank, options), lambda item: answers.get(bank.items[item].id))


__all__ = [
    "BY_BANK",
    "BY_BEST",
    "BY_GAIN",
    "BY_MOST",
    "BY_PERSON",
    "BY_SE",
    "SELECT",
    "CatOptions",
    "CatResult",
    "CatState",
    "CatStep",
    "answer",
    "finish",
    "gains",
    "largest_reduction",
    "next_item",
    "replay",
    "run",
    "skip",
    "start_test",
    "stopped_by",
]
