"""An option as the decision at hand sees it: what it is worth, given the chance of each mechanism it works on."""

from collections.abc import Mapping
from dataclasses import dataclass

Chances = Mapping[str, float]  # mechanism id -> chance in [0, 1]


@dataclass(frozen=True, slots=True)
class Choice:
    """An option that can be chosen, in people of 100 who are better off.

    `benefit` counts as far as a mechanism that it works on plays a part (`mechanisms` empty = whatever the mechanism); `fixed` is all
    that does not depend on mechanisms: what it does for other wishes, less harm, effort and cost.  A plan takes one option of each
    `slot`, so that options of one slot compete and those of others do not.
    """

    id: str
    label: str
    benefit: float
    fixed: float
    mechanisms: tuple[str, ...]
    slot: str = ""

    def relevance(self, chances: Chances) -> float:
        """The chance that at least one of its mechanisms plays a part, taken as independent."""
        missed = 1.0
        for mechanism in self.mechanisms:
            missed *= 1 - chances.get(mechanism, 0.0)
        return 1 - missed if self.mechanisms else 1.0

    def utility(self, chances: Chances) -> float:
        """People of 100, given the chance of each mechanism."""
        return self.benefit * self.relevance(chances) + self.fixed
