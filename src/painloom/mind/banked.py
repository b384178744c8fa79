"""T-scores from a clinic's own item bank: by response pattern, which uses whatever was answered, or by sum, which needs every answer."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from painloom.errors import InputError
from painloom.knowledge.instrument_cards import InstrumentCard, Scale
from painloom.mind.irt import SUMMED_GRID, Floats, pattern_scores, summed_scores
from painloom.mind.quality import QualityFlag, misfits
from painloom.mind.scoring import bands
from painloom.model.answers import UNANSWERED
from painloom.model.bank import T_MEAN, T_SD, BankItem, ItemBank
from painloom.model.scores import NOT_SCORED, SCORED, ScaleScores

PATTERN, SUM = "pattern", "sum"
METHODS = (PATTERN, SUM)
T_KIND = "t-table"


def bank_scores(card: InstrumentCard, bank: ItemBank, values: npt.NDArray[np.int16], method: str) -> tuple[ScaleScores, ...]:
    """Every T-score of the card whose items are all in the bank, named `<scale>:<method>`.

    Parameters
    ----------
    values : (people, items), answers as given, UNANSWERED where empty.
    method : "pattern": expected theta of each person from the items answered, none needed but one; "sum": from the sum, all needed.

    Raises
    ------
    InputError : the bank holds no complete scale of the card, or an item of it has another number of answers there.
    """
    return tuple(_score(card, bank, scale, values, method) for scale in _covered(card, bank))


def bank_misfits(card: InstrumentCard, bank: ItemBank, values: npt.NDArray[np.int16]) -> tuple[QualityFlag, ...]:
    """People whose answers fit no place on the scale, for every scale that the bank covers (lz below -2); a reason to ask."""
    found = []
    for scale in _covered(card, bank):
        part = replace(bank, id=scale.id, items=tuple(_items(card, bank, scale)))
        found.append(misfits(part, _categories(card, scale, values)))
    return tuple(found)


def _covered(card: InstrumentCard, bank: ItemBank) -> list[Scale]:
    scales = [scale for scale in card.scales if scale.kind == T_KIND and all(card.items[i].bank_id in bank.index for i in scale.items)]
    if not scales:
        raise InputError(
            f"bank {bank.id}: holds no complete scale of {card.id}; its items must carry the ids that the card names (bank_id)"
        )
    return scales


def _categories(card: InstrumentCard, scale: Scale, values: npt.NDArray[np.int16]) -> npt.NDArray[np.int64]:
    """Answers of the scale counted from 0, -1 where unanswered."""
    lows = np.array([card.items[i].range.low for i in scale.items])
    chosen = values[:, list(scale.items)]
    return np.where(chosen == UNANSWERED, -1, chosen - lows)


def _score(card: InstrumentCard, bank: ItemBank, scale: Scale, values: npt.NDArray[np.int16], method: str) -> ScaleScores:
    items = tuple(_items(card, bank, scale))
    chosen = values[:, list(scale.items)]
    answered = (chosen != UNANSWERED).sum(axis=1).astype(np.int16)
    categories = _categories(card, scale, values)
    theta, se = (_by_pattern if method == PATTERN else _by_sum)(items, categories, bank)
    points, error = np.round(T_MEAN + T_SD * theta, 1), np.round(T_SD * se, 1)
    status = np.where(np.isnan(points), NOT_SCORED, SCORED).astype(np.int8)
    return ScaleScores(
        f"{scale.id}:{method}",
        scale.unit,
        scale.decimals,
        points,
        error,
        bands(scale, points),
        tuple(b.id for b in scale.bands),
        answered,
        len(scale.items),
        status,
    )


def _items(card: InstrumentCard, bank: ItemBank, scale: Scale) -> Iterator[BankItem]:
    for place in scale.items:
        item, limits = bank.items[bank.index[card.items[place].bank_id]], card.items[place].range
        if item.categories != limits.high - limits.low + 1:
            raise InputError(f"bank {bank.id}: item {item.id} has {item.categories} answers, item {limits.id} of {card.id} another number")
        yield item


def _by_pattern(items: tuple[BankItem, ...], categories: npt.NDArray[np.int64], bank: ItemBank) -> tuple[Floats, Floats]:
    found = pattern_scores(items, categories, prior=bank.prior, theta=SUMMED_GRID)
    return found.theta, found.se


def _by_sum(items: tuple[BankItem, ...], categories: npt.NDArray[np.int64], bank: ItemBank) -> tuple[Floats, Floats]:
    table = summed_scores(items, prior=bank.prior, first_answer=0)
    whole = (categories >= 0).all(axis=1)
    place = np.where(whole, categories.sum(axis=1), 0)
    return np.where(whole, table.theta[place], np.nan), np.where(whole, table.se[place], np.nan)
