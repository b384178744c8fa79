"""Diplotypes and guidance cards -> advice, for one person or a cohort: each distinct combination of solutions is judged once."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from painloom.genome.calls import GeneColumn, turned
from painloom.genome.phenoconversion import Block, adjusted, blocks, nearest_key, without
from painloom.knowledge.cards import DrugCard, GuidanceCard, Population
from painloom.knowledge.prescribing import GENERAL
from painloom.model.advice import Advice, Statement, Variant
from painloom.model.genecall import NOT_CALLED, Diplotype, GeneCall

NO_RESULT = "No Result"
NO_READING = ("Indeterminate", "n/a", NO_RESULT)
NOT_SEEN = "gene not called"
ANY = "*"
MOST_COMBINATIONS = 4096


@dataclass(frozen=True, slots=True)
class Setting:
    """What besides the genes decides: the current drugs and the person's age in years (None = unknown)."""

    drugs: tuple[DrugCard, ...] = ()
    age: float | None = None


@dataclass(frozen=True)
class GuideColumn:
    """One guidance card for a cohort: `advice` of the distinct combinations, `of_sample` (samples,) points to them."""

    card: GuidanceCard
    advice: tuple[Advice, ...]
    of_sample: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Option:
    """One way to read a gene for a card: the table key (None = the table has no row for it) and what it stands for."""

    key: str | None
    text: str
    phenotype: str


def guide(cards: Mapping[str, GuidanceCard], columns: Mapping[str, GeneColumn], setting: Setting, samples: int) -> dict[str, GuideColumn]:
    """Advice of every card for every sample; cards in the given order."""
    everyone = np.zeros(samples, dtype=np.intp)
    out = {}
    for id_, card in cards.items():
        own = [columns.get(gene) for gene in card.genes]
        pointers = np.stack([everyone if c is None else c.of_sample for c in own])
        base = np.array([1 if c is None else len(c.solutions) for c in own])
        flat = np.ravel_multi_index(tuple(pointers), tuple(base)) if len(own) > 1 else pointers[0]
        distinct, of_sample = np.unique(flat, return_inverse=True)
        combos = np.stack(np.unravel_index(distinct, tuple(base)), axis=1) if len(own) > 1 else distinct[:, None]
        judge = Judge(card, own, setting)
        out[id_] = GuideColumn(card, tuple(judge.advise(combo.tolist()) for combo in combos), of_sample.reshape(-1).astype(np.intp))
    return out


class Judge:
    """One guidance card over one set of gene columns; what a gene contributes is worked out once per solution."""

    def __init__(self, card: GuidanceCard, columns: Sequence[GeneColumn | None], setting: Setting):
        """`columns` in the order of the card's genes, None where the knowledge has no such gene."""
        self.card, self.columns, self.setting = card, columns, setting
        self.blocks: dict[str, Block] = blocks(without(setting.drugs, card.drug))
        self.blocked = {gene: self.blocks[gene] for gene in card.genes if gene in self.blocks}
        self.population, self.others = choose_population(card.populations, setting.age)
        self._options: dict[tuple[int, int, bool], list[Option]] = {}

    def advise(self, combo: Sequence[int]) -> Advice:
        """The advice for one solution of each gene."""
        plain = [self.options(i, solution, False) for i, solution in enumerate(combo)]
        today = [self.options(i, solution, True) for i, solution in enumerate(combo)]
        best = self.statement([o[0].key for o in today], self.population)
        genotype_only = self.statement([o[0].key for o in plain], self.population)
        known = [g for g, options in zip(self.card.genes, plain, strict=True) if options[0].text]
        variants = self.variants(today, best)
        others = (Variant(p.label, self.statement([o[0].key for o in today], p)) for p in self.others)
        changed = bool(self.blocked) and any(a[0] != b[0] for a, b in zip(plain, today, strict=True))
        return Advice(
            drug=self.card.drug,
            body=self.card.body,
            genes=self.card.genes,
            phenotypes=tuple(f"{g}={o[0].phenotype}" for g, o in zip(self.card.genes, today, strict=True)),
            statement=best,
            source=f"{self.card.guideline} v{self.card.version} ({self.card.dated})",
            card=(f"guidance/{self.card.id}", self.card.release),
            population=self.population.label,
            invariant=(not variants) if known else None,
            variants=variants,
            structural=tuple(self.structural(combo, today, best)),
            other_populations=tuple(v for v in others if v.statement != best),
            genotype_only=genotype_only if changed and genotype_only != best else None,
            adjusted_by=tuple(sorted({d for b in self.blocked.values() for d in b.drugs})) if changed else (),
            missing_genes=tuple(g for g in self.card.genes if g not in known),
            notes=(self.card.note,) if self.card.note else (),
            claim=self.card.claim,
            keys=tuple(o[0].key or "" for o in today),
            genotype_phenotypes=tuple(f"{g}={o[0].phenotype}" for g, o in zip(self.card.genes, plain, strict=True)) if changed else (),
        )

    def options(self, gene: int, number: int, today: bool) -> list[Option]:
        """Every way to read a gene's solution, best first, one an advice key."""
        place = gene, number, today
        if place not in self._options:
            self._options[place] = list({o.key: o for o in reversed(list(self._read(gene, number, today)))}.values())[::-1]
        return self._options[place]

    def _read(self, gene: int, number: int, today: bool) -> Iterator[Option]:
        column, domain = self.columns[gene], self.card.domains[gene]
        symbol = self.card.genes[gene]
        if column is None or column.solutions[number].status == NOT_CALLED:
            yield Option(self._known(domain, (NO_RESULT,)) or NOT_SEEN, "", NO_RESULT)
            return
        block = self.blocked.get(symbol) if today else None
        for diplotype in column.distinct(column.solutions[number], {k for k in domain if "/" in k}):
            for factor in block.factors if block else (1.0,):
                changed = adjusted(column.panel.card, diplotype, factor) if block else diplotype
                yield self._option(changed, gene, scaled=factor != 1.0)

    def _option(self, diplotype: Diplotype, gene: int, *, scaled: bool) -> Option:
        domain = self.card.domains[gene]
        reading = diplotype.reading(self.card.body)
        words = (
            (reading.phenotype + (f" ({reading.activity_score})" if reading.activity_score else "")) if reading else "no phenotype assigned"
        )
        if scaled and reading:
            words += " under today's drugs"
        names = (diplotype.name, turned(diplotype.name)) if not scaled else ()
        keys = (*reading.exact, *names, reading.key) if reading else names
        key = self._known(domain, keys)
        column = self.columns[gene]
        if key is None and reading and column:
            bands = next((b.bands for b in column.panel.card.bodies if b.name == self.card.body), ())
            key = nearest_key(reading.key, domain, bands) if scaled else None
        if key is None and reading is None:
            key = self._known(domain, NO_READING)
        return Option(key, diplotype.name, words)

    @staticmethod
    def _known(domain: frozenset[str], keys: Sequence[str]) -> str | None:
        return next((key for key in keys if key in domain), ANY if ANY in domain else None)

    def statement(self, keys: Sequence[str | None], population: Population) -> Statement:
        """The published statement for the keys, or a statement that says that there is none."""
        if None not in keys:
            wanted = tuple(str(key) for key in keys)
            for name in (population.id, GENERAL):
                found = self.card.rows.get((wanted, name))
                if found is not None:
                    return found
        unknown = [gene for gene, key in zip(self.card.genes, keys, strict=True) if key in (NO_RESULT, NOT_SEEN)]
        return nothing_known(unknown) if NOT_SEEN in keys or len(unknown) == len(keys) else no_row(self.card.body)

    def variants(self, options: Sequence[list[Option]], best: Statement) -> tuple[Variant, ...]:
        """Other statements that some diplotype which fits would give, each with the likeliest such reading."""
        found: dict[str, Variant] = {}
        for combo in itertools.islice(itertools.product(*options), MOST_COMBINATIONS):
            statement = self.statement([o.key for o in combo], self.population)
            if statement != best and statement.id not in found:
                text = ", ".join(f"{g} {o.text}: {o.phenotype}" for g, o in zip(self.card.genes, combo, strict=True) if o.text)
                found[statement.id] = Variant(text, statement)
        return tuple(found.values())

    def structural(self, combo: Sequence[int], today: Sequence[list[Option]], best: Statement) -> Iterator[Variant]:
        """Statements that an unassessed copy-number change would bring."""
        for gene, column in enumerate(self.columns):
            if column is None:
                continue
            block = self.blocked.get(self.card.genes[gene])
            for change, diplotype in column.structural(column.solutions[combo[gene]]):
                moved = adjusted(column.panel.card, diplotype, block.factors[0]) if block else diplotype
                option = self._option(moved, gene, scaled=block is not None)
                keys = [option.key if i == gene else o[0].key for i, o in enumerate(today)]
                statement = self.statement(keys, self.population)
                if statement != best:
                    yield Variant(f"{change}: {self.card.genes[gene]} {diplotype.name}, {option.phenotype}", statement)


def nothing_known(genes: Sequence[str]) -> Statement:
    """No gene of the drug was called."""
    return Statement(
        "gene-not-called",
        "none",
        "no-action",
        "no-recommendation",
        f"No advice: {' and '.join(genes)} {'was' if len(genes) == 1 else 'were'} not called.",
    )


def no_row(body: str) -> Statement:
    """The body's table has no row for this result."""
    return Statement("no-row", "none", "no-action", "no-recommendation", f"{body} gives no recommendation for this result.")


def choose_population(populations: Sequence[Population], age: float | None) -> tuple[Population, tuple[Population, ...]]:
    """The population whose age limits hold the person (the first one when age is unknown or no limits are given), and the others."""

    def holds(p: Population) -> bool:
        return age is None or ((p.min_age is None or age >= p.min_age) and (p.max_age is None or age <= p.max_age))

    chosen = next((p for p in populations if holds(p)), populations[0])
    return chosen, tuple(p for p in populations if p is not chosen)


def advice_for(column: GuideColumn, sample: int) -> Advice:
    """The advice of one card for one sample."""
    return column.advice[int(column.of_sample[sample])]


def under_drugs(column: GeneColumn, call: GeneCall, setting: Setting) -> tuple[Diplotype, ...]:
    """The best diplotype under each factor that the sources give for today's drugs; empty when nothing changes."""
    block = blocks(setting.drugs).get(call.gene)
    if block is None or call.best is None:
        return ()
    changed = tuple(adjusted(column.panel.card, call.best, factor) for factor in block.factors)
    return changed if any(c.readings != call.best.readings for c in changed) else ()
