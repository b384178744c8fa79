"""A bank made ready for adaptive tests, and the banks that the program ships."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from painloom.errors import InputError, KnowledgeError
from painloom.intake.bank import checked_bank
from painloom.knowledge.load import Knowledge
from painloom.knowledge.tables import read_toml, read_tsv
from painloom.mind.irt import ADAPTIVE_GRID, Floats, Parameters, information, log_normal, log_probabilities, parameters
from painloom.model.bank import ItemBank

KIND = "banks"


@dataclass(frozen=True)
class BankArrays:
    """What every step of a test needs, computed once.

    `log_shares` is (items, categories, grid), `information` (items, grid), `log_prior` (grid,).
    """

    bank: ItemBank
    of: Parameters
    theta: Floats
    log_shares: Floats
    information: Floats
    log_prior: Floats

    @property
    def shares(self) -> npt.NDArray[np.float64]:
        """Probability of every category: (items, categories, grid), 0 for a category that an item does not have."""
        return np.exp(self.log_shares)


def prepare(bank: ItemBank, *, start: tuple[float, float] | None = None, theta: Floats = ADAPTIVE_GRID) -> BankArrays:
    """The arrays of `bank`; `start` (mean, SD) takes the place of the bank's prior."""
    of = parameters(bank.items)
    mean, sd = start or bank.prior
    return BankArrays(bank, of, theta, log_probabilities(of, theta), information(of, theta), log_normal(theta, mean, sd))


def shipped_bank(knowledge: Knowledge, id_: str) -> ItemBank:
    """A bank among the cards; the same checks as for a file.

    Raises
    ------
    KeyError : no such card.
    KnowledgeError : the card or its item table is malformed.
    """
    path = knowledge.files(KIND)[id_]
    record: dict[str, object] = dict(read_toml(path))
    record["items"] = [_item(row) for row in read_tsv(_items_of(path), ("item", "a", "b"))]
    try:
        return checked_bank(record, path)
    except InputError as wrong:
        raise KnowledgeError(str(wrong)) from None


def _items_of(card: Path) -> Path:
    return card.with_name(f"{card.stem}.items.tsv")


def _item(row: Mapping[str, str]) -> dict[str, object]:
    """`b` and `options` are separated by `;`."""
    options = [option.strip() for option in row.get("options", "").split(";")] if row.get("options") else []
    return {
        "id": row["item"],
        "a": _real(row["a"]),
        "b": [_real(cell) for cell in row["b"].split(";")],
        "text": row.get("text", ""),
        "options": options,
    }


def _real(cell: str) -> object:
    try:
        return float(cell)
    except ValueError:
        return cell  # the check says where it stands and what is allowed
