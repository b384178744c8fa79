"""The brick: one statement of one stream about one person."""

from dataclasses import dataclass

from painloom.model.absence import Absence
from painloom.model.quantity import Estimate
from painloom.model.source import Provenance

CLAIMS = ("guideline", "replicated", "single-study", "research")


@dataclass(frozen=True, slots=True)
class Category:
    """A value without a scale, with the other values that fit equally."""

    value: str
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement: `code` such as "genome.<symbol>.phenotype"; `quality` lists gates passed and failed, in words."""

    code: str
    value: Category | Estimate | Absence
    claim: str
    provenance: Provenance
    quality: tuple[str, ...] = ()
