"""Diplotypes and guidance cards -> advice, for one person or a cohort: each distinct combination of solutions is judged once."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from painloom.genome.calls import GeneColumn
from painloom.genome.lens import ANY, NO_RESULT, NOT_SEEN, Lens, Memory, Option
from painloom.genome.phenoconversion import blocks, flags, without
from painloom.knowledge.cards import DrugCard, GuidanceCard, Population
from painloom.knowledge.prescribing import GENERAL
from painloom.model.advice import Advice, Statement, Variant


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


def guide(
    cards: Mapping[str, GuidanceCard], columns: Mapping[str, GeneColumn], setting: Setting, samples: int, memory: Memory | None = None
) -> dict[str, GuideColumn]:
    """Advice of every card for every sample; cards in the given order.  `memory` must belong to the same cards."""
    out = {}
    lenses: dict[object, Lens] = {}
    memory = memory or Memory()
    standing = memory.number(setting)
    for id_, card in cards.items():
        judge = Judge(card, [columns.get(gene) for gene in card.genes], setting, lenses)
        classes = [lens.classes(samples, memory) for lens in judge.lenses]
        base = tuple(len(c.first) for c in classes)
        distinct, of_sample = np.unique(np.ravel_multi_index(tuple(c.of_sample for c in classes), base), return_inverse=True)
        advice = []
        for combo in np.stack(np.unravel_index(distinct, base), axis=1).tolist():
            key = id_, standing, *(c.numbers[n] for c, n in zip(classes, combo, strict=True))
            if key not in memory.advice:
                memory.advice[key] = judge.advise([c.first[n] for c, n in zip(classes, combo, strict=True)])
            advice.append(memory.advice[key])
        out[id_] = GuideColumn(card, tuple(advice), of_sample.reshape(-1).astype(np.intp))
    return out


class Judge:
    """One guidance card over one set of gene columns."""

    def __init__(
        self, card: GuidanceCard, columns: Sequence[GeneColumn | None], setting: Setting, lenses: dict[object, Lens] | None = None
    ):
        """`columns` in the order of the card's genes, None where the knowledge has no such gene; `lenses` are shared between cards."""
        self.card, self.setting = card, setting
        others = without(setting.drugs, card.drug)
        self.is_taken = len(others) < len(setting.drugs)
        blocked, self.flags = blocks(others), flags(others, card.genes)
        self.blocked = {gene: blocked[gene] for gene in card.genes if gene in blocked}
        self.population, self.others = choose_population(card.populations, setting.age)
        shared = {} if lenses is None else lenses
        self.lenses = []
        for gene, column, domain in zip(card.genes, columns, card.domains, strict=True):
            block = self.blocked.get(gene)
            lens = shared.setdefault((gene, card.body, domain, block), Lens(gene, column, card.body, domain, block))
            self.lenses.append(lens)

    def advise(self, combo: Sequence[int]) -> Advice:
        """The advice for one solution of each gene."""
        card = self.card
        plain = [lens.options(number, False) for lens, number in zip(self.lenses, combo, strict=True)]
        today = [lens.options(number, True) for lens, number in zip(self.lenses, combo, strict=True)] if self.blocked else plain
        best = self.statement([o[0].key for o in today], self.population)
        genotype_only = self.statement([o[0].key for o in plain], self.population)
        known = [g for g, options in zip(card.genes, plain, strict=True) if options[0].text]
        if not known and any(o[0].key == ANY for o in today):  # "any result" is no result for somebody who has none
            best = genotype_only = nothing_known(card.genes)
        variants = self.variants(today, best) if known else ()
        groups = [(p, Variant(p.label, self.statement([o[0].key for o in today], p))) for p in self.others]
        others = tuple(v for _, v in groups if v.statement != best)
        history = (v for p, v in groups if v in others and p.min_age is None and p.max_age is None)
        taken = tuple(f"Taken now: for people who have {v.condition}: {v.statement.summary}" for v in history) if self.is_taken else ()
        changed = bool(self.blocked) and any(a[0] != b[0] for a, b in zip(plain, today, strict=True))
        if changed and genotype_only != best and best.tier == "no-action":
            best = replace(best, tier="consider")  # it holds only as long as the other drug is taken
        return Advice(
            drug=card.drug,
            body=card.body,
            genes=card.genes,
            phenotypes=self._worded(today),
            statement=best,
            source=f"{card.guideline} v{card.version} ({card.dated})",
            card=(f"guidance/{card.id}", card.release),
            population=self.population.label,
            invariant=(not variants) if known else None,
            variants=variants,
            structural=tuple(self.structural(combo, today, best)),
            other_populations=others,
            genotype_only=genotype_only if changed and genotype_only != best else None,
            adjusted_by=tuple(sorted({d for b in self.blocked.values() for d in b.drugs})) if changed else (),
            missing_genes=tuple(g for g in card.genes if g not in known),
            notes=(card.note,) if card.note else (),
            flags=(*taken, *self.flags),
            claim=card.claim,
            keys=tuple(o[0].key or "" for o in today),
            genotype_phenotypes=self._worded(plain) if changed else (),
        )

    def _worded(self, options: Sequence[list[Option]]) -> tuple[str, ...]:
        return tuple(f"{gene}={o[0].phenotype}" for gene, o in zip(self.card.genes, options, strict=True))

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
        for combo in itertools.product(*options):
            statement = self.statement([o.key for o in combo], self.population)
            if statement != best and statement.id not in found:
                open_genes = ((g, o) for g, o, all_ in zip(self.card.genes, combo, options, strict=True) if len(all_) > 1)
                text = ", ".join(f"{gene} {option.text}: {option.phenotype}" for gene, option in open_genes)
                found[statement.id] = Variant(text, statement)
        return tuple(found.values())

    def structural(self, combo: Sequence[int], today: Sequence[list[Option]], best: Statement) -> Iterator[Variant]:
        """Statements that an unassessed copy-number change would bring."""
        for gene, (lens, number) in enumerate(zip(self.lenses, combo, strict=True)):
            for change, option in lens.changes(number):
                keys = [option.key if i == gene else o[0].key for i, o in enumerate(today)]
                statement = self.statement(keys, self.population)
                if statement != best:
                    yield Variant(f"{change}: {lens.symbol} {option.text}, {option.phenotype}", statement)


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
