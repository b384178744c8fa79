"""Thresholds below which a genotype is not used."""

from dataclasses import dataclass

from painloom.knowledge.load import Knowledge
from painloom.knowledge.tables import Fields, read_toml


@dataclass(frozen=True, slots=True)
class GenotypeQuality:
    """Phred genotype quality and read depth; a genotype that states a lower value counts as missing, with the reason."""

    min_gq: int
    min_dp: int


def read_quality(knowledge: Knowledge) -> GenotypeQuality:
    """The thresholds of quality/genotypes.toml."""
    card = Fields(read_toml(knowledge.files("quality")["genotypes"]), "quality/genotypes.toml")
    return GenotypeQuality(card.integer("min_gq"), card.integer("min_dp"))
