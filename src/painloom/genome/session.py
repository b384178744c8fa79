"""A file of genotypes, the outside calls and today's drugs, called and ready to be guided."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from painloom.errors import InputError
from painloom.genome.calls import GeneColumn, Matcher
from painloom.genome.guide import GuideColumn, Setting, guide
from painloom.genome.lens import Memory
from painloom.genome.rows import ABSENT, context_of, guide_rows
from painloom.knowledge.cards import DrugCard, GuidanceCard
from painloom.knowledge.drug_names import find_drugs
from painloom.knowledge.load import Knowledge
from painloom.model.genotypes import ABSENT_COPY, Genotypes

NO_BODY = "."


@dataclass(frozen=True, slots=True)
class Request:
    """What the user adds to the file.

    `outside`: gene -> diplotype as written; `drugs`: names of today's drugs; `combinations`: research mode; `one_x`: the person has
    one X chromosome, so a homozygous genotype there is one copy (callers often write it twice);
    `outside_from`: what an error about an outside call starts with.
    """

    outside: Mapping[str, str]
    drugs: tuple[str, ...] = ()
    combinations: bool = False
    one_x: bool = False
    outside_from: str = "outside_calls.tsv"


@dataclass(frozen=True)
class Session:
    """Gene columns of a file and what is needed to guide; `memory` is shared by sessions of the same cards."""

    knowledge: Knowledge
    genotypes: Genotypes | None
    columns: dict[str, GeneColumn]
    drugs: tuple[DrugCard, ...]
    warnings: tuple[str, ...]
    memory: Memory

    @property
    def samples(self) -> tuple[str, ...]:
        """Sample names in file order."""
        return self.genotypes.samples if self.genotypes else ("sample",)

    def guide(self, cards: Mapping[str, GuidanceCard], age: float | None) -> dict[str, GuideColumn]:
        """Advice of these cards for all samples."""
        return guide(cards, self.columns, Setting(self.drugs, age), len(self.samples), self.memory)

    def guide_rows(self, names: Sequence[str] | None, age: float | None) -> Iterator[tuple[str, ...]]:
        """Rows of `genome guide`: of all guidance cards, or of the named drugs (and then of drugs that no gene guides, too)."""
        context = context_of(self.genotypes)
        if names is None:
            yield from guide_rows(self.guide(self.knowledge.guidance, age), self.samples, context)
            return
        found, unknown = find_drugs(self.knowledge, names)
        if unknown:
            raise InputError(
                f"drug '{unknown[0]}' is not known to knowledge release {self.knowledge.release}; see: painloom knowledge list drugs"
            )
        wanted = {drug.id for drug in found}
        cards = {i: c for i, c in self.knowledge.guidance.items() if c.drug in wanted}
        yield from guide_rows(self.guide(cards, age), self.samples, context)
        guided = {card.drug for card in cards.values()}
        for sample in self.samples:
            for drug in found:
                if drug.id not in guided:
                    yield (
                        sample,
                        drug.id,
                        NO_BODY,
                        ABSENT,
                        ABSENT,
                        "none",
                        "no-recommendation",
                        "no-action",
                        drug.no_gene or "No CPIC or DPWG guideline of this release names a gene for this drug.",
                        f"drugs/{drug.id} {drug.release}",
                        ABSENT,
                        ABSENT,
                    )


def with_one_x(genotypes: Genotypes, knowledge: Knowledge) -> Genotypes:
    """The genotypes with one copy wherever a gene of one X chromosome is written as two equal ones."""
    codes = genotypes.codes.copy()
    for row, site in enumerate(genotypes.table.sites):
        if knowledge.genes[site.gene].kind == "hemizygous":
            same = (codes[row, :, 0] == codes[row, :, 1]) & (codes[row, :, 0] >= 0)
            codes[row, same, 1] = ABSENT_COPY
    return replace(genotypes, codes=codes)


class Workbench:
    """What is set up once for many files: cards encoded, vectors and combinations that were judged before."""

    def __init__(self, knowledge: Knowledge, *, combinations: bool = False):
        """`combinations`: research mode, see Matcher."""
        self.knowledge = knowledge
        self.matcher = Matcher(knowledge.genes, research=combinations)
        self.memory = Memory()


class _Kept:
    """The workbench of the knowledge that was used last: its encoded cards do not depend on the person."""

    last: Workbench | None = None


def workbench_of(knowledge: Knowledge) -> Workbench:
    """A workbench with the cards of a knowledge encoded, made once; what it remembers of one person is empty for the next."""
    if _Kept.last is None or _Kept.last.knowledge is not knowledge:
        _Kept.last = Workbench(knowledge)
    kept = _Kept.last
    fresh = copy.copy(kept)
    fresh.matcher, fresh.memory = kept.matcher.forgetting(), Memory()
    return fresh


def open_session(knowledge: Knowledge, genotypes: Genotypes | None, request: Request, workbench: Workbench | None = None) -> Session:
    """Call every gene; refuse an outside call of a gene that no card knows, and outside calls beside several samples.

    `workbench` is one that was made for the same knowledge; without it the cards are encoded here.
    """
    unknown = [gene for gene in request.outside if gene not in knowledge.genes]
    if unknown:
        raise InputError(f"{request.outside_from}: gene '{unknown[0]}' has no card; see: painloom knowledge list genes")
    if request.outside and genotypes is not None and len(genotypes.samples) > 1:
        many = f"the genome file holds {len(genotypes.samples)} samples"
        raise InputError(f"{request.outside_from}: outside calls belong to one person, {many}; choose one with --sample")
    workbench = workbench or Workbench(knowledge, combinations=request.combinations)
    if request.one_x and genotypes is not None:
        genotypes = with_one_x(genotypes, knowledge)
    try:
        columns = workbench.matcher.call(genotypes, request.outside)
    except InputError as wrong:  # only an outside call can be wrong here: the genome file was checked before
        raise InputError(f"{request.outside_from}: {wrong}") from None
    drugs, names = find_drugs(knowledge, request.drugs)
    warnings = tuple(f"drug '{name}' is not known to this release: nothing was checked for it" for name in names)
    return Session(knowledge, genotypes, columns, drugs, warnings, workbench.memory)
