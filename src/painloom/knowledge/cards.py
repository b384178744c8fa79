"""One typed card per card kind of the genome stream."""

from dataclasses import dataclass, field
from functools import cached_property

from painloom.model.advice import Statement
from painloom.model.genotypes import Region, Site

GENE_KINDS = (
    "star-alleles",
    "activity-sum",
    "lowest-function",
    "single-site",
    "hemizygous",
    "tag-allele",
    "mitochondrial",
    "research",
)


@dataclass(frozen=True, slots=True)
class Allele:
    """A row of a gene's allele table.

    `definition` holds (position, alleles that fit) for every site the nomenclature fills in; the other sites take the reference
    row's value.  `functions` and `activities` are keyed by guideline body; an activity is text such as "0.25" or "≥3.0".
    """

    name: str
    prints_as: str
    definition: tuple[tuple[int, tuple[str, ...]], ...]
    structural: bool
    functions: dict[str, str]
    activities: dict[str, str]


@dataclass(frozen=True, slots=True)
class Body:
    """How one guideline body reads a gene: bands of the activity score, a table of function pairs, or markers; then the lookup key."""

    name: str
    key: str
    bands: tuple[tuple[float, float, str], ...] = ()
    default: str = ""
    phenotypes: dict[tuple[str, str], str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    markers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What a research variant is said to do."""

    variant: str
    says: str
    effect: str
    evidence: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overrule:
    """`site` counts only where `when_seen` was not seen."""

    site: int
    when_seen: int
    text: str


@dataclass(frozen=True, slots=True)
class Watched:
    """A harmful variant that no definition names: seen, nothing is called.  A tag of a marker: seen, it is a hint and no more."""

    site: Site
    text: str
    marker: str = ""


@dataclass(frozen=True, slots=True)
class Structure:
    """Copy number matters: the name of the whole-gene deletion and the region."""

    deletion: str
    region: Region


@dataclass(frozen=True)
class GeneCard:
    """A gene: defining sites, named alleles, how each body reads them.

    `severity` lists function classes, the gravest first, where no activity value orders the alleles.
    """

    id: str
    release: str
    symbol: str
    kind: str
    claim: str
    licence: str
    sources: tuple[str, ...]
    reference: str
    unlisted: str
    sites: tuple[Site, ...]
    alleles: tuple[Allele, ...]
    bodies: tuple[Body, ...]
    required_sites: tuple[int, ...] = ()
    preferred: tuple[tuple[frozenset[str], str], ...] = ()
    overrules: tuple[Overrule, ...] = ()
    structure: Structure | None = None
    extra_sites: tuple[Site, ...] = ()
    watched: tuple[Watched, ...] = ()
    proxies: tuple[Watched, ...] = ()
    markers: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    frequencies: dict[str, float] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    open_questions: tuple[str, ...] = ()

    @cached_property
    def order(self) -> dict[str, int]:
        """Place of each allele in the gene's table."""
        return {allele.name: i for i, allele in enumerate(self.alleles)}

    @cached_property
    def by_name(self) -> dict[str, Allele]:
        """Allele rows by name and by printed name."""
        return {a.prints_as: a for a in reversed(self.alleles)} | {a.name: a for a in self.alleles}


@dataclass(frozen=True, slots=True)
class Population:
    """A group that a guideline words its advice for; ages in years, None = no limit."""

    id: str
    label: str
    min_age: float | None = None
    max_age: float | None = None


@dataclass(frozen=True)
class GuidanceCard:
    """One drug in one guideline: published keys -> statement.

    `rows` maps (keys in the order of `genes`, population) to a statement; the key "*" stands for any value.
    """

    id: str
    release: str
    body: str
    drug: str
    genes: tuple[str, ...]
    guideline: str
    version: str
    dated: str
    note: str
    pain: bool
    claim: str
    licence: str
    sources: tuple[str, ...]
    populations: tuple[Population, ...]
    statements: dict[str, Statement]
    rows: dict[tuple[tuple[str, ...], str], Statement]
    open_questions: tuple[str, ...] = ()

    @cached_property
    def domains(self) -> tuple[frozenset[str], ...]:
        """For each gene the keys that the table knows."""
        return tuple(frozenset(keys[i] for keys, _ in self.rows) for i in range(len(self.genes)))


@dataclass(frozen=True, slots=True)
class ActsOn:
    """An effect of the drug on an enzyme; `multiplier` is empty where no conversion is agreed."""

    enzyme: str
    role: str
    strength: str
    multiplier: tuple[float, ...]
    state: str
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """What a regulator says of a drug below an age in years."""

    below: float
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrugCard:
    """A drug: names, classes, effects on enzymes; `no_gene` says why no gene guides it ("" = see its guidance cards)."""

    id: str
    release: str
    name: str
    label: str
    synonyms: tuple[str, ...]
    classes: tuple[str, ...]
    pain: bool
    rxnorm: str
    atc: tuple[str, ...]
    acts_on: tuple[ActsOn, ...]
    no_gene: str
    no_gene_sources: tuple[str, ...]
    licence: str
    sources: tuple[str, ...]
    age_limits: tuple[AgeLimit, ...] = ()
    open_questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DrugClass:
    """A class of drugs, in the order in which a report shows them."""

    id: str
    label: str
    order: int
    purpose: str
