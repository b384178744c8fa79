"""A pair of named alleles as a Diplotype, with every body's reading."""

import re
from collections.abc import Callable

from painloom.genome.reading import read_pair
from painloom.knowledge.cards import Allele, GeneCard
from painloom.model.genecall import Diplotype


def diplotype(card: GeneCard, first: Allele, second: Allele | None, *, score: int = 0, frequency: float = 0.0) -> Diplotype:
    """The pair, alleles ordered as in the gene's own table; `second` None = one copy."""
    if second is not None and second is not first:
        first, second = sorted((first, second), key=_place(card, natural=first.structural or second.structural))
    name = first.prints_as if second is None else f"{first.prints_as}/{second.prints_as}"
    readings = (read_pair(card, body, first, second) for body in card.bodies)
    return Diplotype(name, tuple(r for r in readings if r is not None), score, frequency)


def _place(card: GeneCard, *, natural: bool) -> Callable[[Allele], tuple[float, str]]:
    """Order of the table; structural alleles stand at its end, so pairs with one go by the number of the name (`*1x2/*4`)."""
    order = card.order

    def place(allele: Allele) -> tuple[float, str]:
        number = re.match(r"\*(\d+)", allele.name)
        if natural and number:
            return float(number[1]), allele.name
        return float(order.get(allele.name, len(order))), allele.name

    return place
