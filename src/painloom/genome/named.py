"""A pair of named alleles as a Diplotype, with every body's reading."""

from painloom.genome.reading import read_pair
from painloom.knowledge.cards import Allele, GeneCard
from painloom.model.genecall import Diplotype


def diplotype(card: GeneCard, first: Allele, second: Allele | None, *, score: int = 0, frequency: float = 0.0) -> Diplotype:
    """The pair, alleles ordered as in the gene's own table; `second` None = one copy."""
    if second is not None and second is not first:
        order = {allele.name: i for i, allele in enumerate(card.alleles)}
        last = len(order)
        first, second = sorted((first, second), key=lambda a: (order.get(a.name, last), a.name))
    name = first.prints_as if second is None else f"{first.prints_as}/{second.prints_as}"
    readings = (read_pair(card, body, first, second) for body in card.bodies)
    return Diplotype(name, tuple(r for r in readings if r is not None), score, frequency)
