"""Item banks: items with graded response parameters, for adaptive tests and scores from any set of items."""

from dataclasses import dataclass
from functools import cached_property

T_MEAN, T_SD = 50.0, 10.0
HIGHER = ("", "worse", "better")


@dataclass(frozen=True, slots=True)
class BankItem:
    """One item: slope `a` > 0 and thresholds `b`, strictly rising; len(b) + 1 categories, counted from 0.

    `text` and `options` are the clinic's own wording, empty where the file holds none.
    """

    id: str
    a: float
    b: tuple[float, ...]
    text: str = ""
    options: tuple[str, ...] = ()

    @property
    def categories(self) -> int:
        """How many answers the item has."""
        return len(self.b) + 1


@dataclass(frozen=True, slots=True)
class StopRule:
    """An adaptive test ends at `most` answers, or from `least` answers on when the standard error is at most `se` (theta units)."""

    se: float
    least: int
    most: int


@dataclass(frozen=True)
class ItemBank:
    """Items on one latent scale with the prior (normal; mean and SD in theta units) and the stop rule of its adaptive test.

    `higher_is` says what a higher theta means: "worse", "better", or "" where the bank does not say.
    """

    id: str
    items: tuple[BankItem, ...]
    prior: tuple[float, float]
    stop: StopRule
    label: str = ""
    higher_is: str = ""
    note: str = ""

    @cached_property
    def index(self) -> dict[str, int]:
        """Place of each item by id."""
        return {item.id: i for i, item in enumerate(self.items)}


def t_score(theta: float) -> float:
    """T = 50 + 10 theta, for banks whose theta has mean 0 and SD 1 in their reference population."""
    return T_MEAN + T_SD * theta
