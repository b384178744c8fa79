"""What a guideline says about one drug for one person."""

from dataclasses import dataclass

ACTIONS = ("avoid", "reduce", "increase", "switch", "monitor", "test", "standard", "none")
TIERS = ("act", "consider", "no-action", "research")


@dataclass(frozen=True, slots=True)
class Statement:
    """One piece of advice of a guidance card, in our own words.

    `factor` is the dose as a share of the usual dose (0.5 = half), 0 where the guideline names none.
    """

    id: str
    action: str
    tier: str
    strength: str
    summary: str
    because: str = ""
    factor: float = 0.0
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """The advice that would hold under another reading: `condition` names it (another diplotype, a deletion, an inhibitor)."""

    condition: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class Advice:
    """Advice of one body on one drug for one sample.

    `invariant` is True when every diplotype that fits gives the same action and statement, False when they differ, None when
    no gene of the drug was called.  `variants` holds what differs.  `genotype_only` is the advice before today's drugs were
    taken into account, when those change it (phenoconversion); `genotype_phenotypes` are the phenotypes before that.
    `flags` name drugs taken now that act on a gene of the card without an agreed conversion: nothing was adjusted for them.
    `phenotypes`, `genotype_phenotypes` and `keys` (what the body's table was looked up with) hold one entry a gene of `genes`.
    """

    drug: str
    body: str
    genes: tuple[str, ...]
    phenotypes: tuple[str, ...]
    statement: Statement
    source: str
    card: tuple[str, str]
    population: str = ""
    invariant: bool | None = None
    variants: tuple[Variant, ...] = ()
    structural: tuple[Variant, ...] = ()
    other_populations: tuple[Variant, ...] = ()
    genotype_only: Statement | None = None
    adjusted_by: tuple[str, ...] = ()
    missing_genes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    claim: str = "guideline"
    keys: tuple[str, ...] = ()
    genotype_phenotypes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
