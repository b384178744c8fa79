"""Calls and advice as the flat rows of the contract; the same lines serve one person and a cohort."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from painloom.genome.calls import MATCHED, GeneColumn
from painloom.genome.guide import GuideColumn
from painloom.genome.phenoconversion import adjusted, blocks, flags, score_range
from painloom.genome.remarks import collect, of_gene, spread
from painloom.genome.score import parse_score
from painloom.genome.solve import Solution
from painloom.knowledge.cards import DrugCard
from painloom.model.advice import Advice
from painloom.model.genecall import NOT_CALLED, Diplotype, Reading
from painloom.model.genotypes import Genotypes

CALL_COLUMNS = (
    "sample",
    "gene",
    "status",
    "diplotype",
    "phenotype",
    "activity_score",
    "alternatives",
    "missing_sites",
    "source",
)
GUIDE_COLUMNS = (
    "sample",
    "drug",
    "body",
    "genes",
    "phenotypes",
    "action",
    "strength",
    "tier",
    "summary",
    "source",
    "invariant",
    "changes_if",
)
ABSENT = "."
MOST_ALTERNATIVES = 1000
RESEARCH = "research: changes no prescription"


def call_values(
    column: GeneColumn,
    solution: Solution,
    *,
    context: str = "",
    limit: int | None = MOST_ALTERNATIVES,
    drugs: Sequence[DrugCard] = (),
) -> tuple[str, ...]:
    """The columns of one solution from `status` on; `context` is what holds for the whole file (build, absent sites declared)."""
    card = column.panel.card
    missing = ";".join(card.sites[i].label for i in solution.missing) or ABSENT
    basis = [column.origin if column.origin != MATCHED else "matched", *column.notes(solution)]
    if card.kind == "research":
        basis.append(RESEARCH)
    if solution.components:
        basis.append("variants found: " + ", ".join(solution.components))
    if solution.status == NOT_CALLED:
        words = [f"not called: {solution.reason}", *column.notes(solution), context, f"genes/{card.id} {card.release}"]
        return (solution.status, ABSENT, ABSENT, ABSENT, ABSENT, missing, "; ".join(w for w in words if w))
    shown = column.diplotypes(solution, None if limit is None else limit + 1)
    alternatives = [d.name for d in shown[1:]]
    left = column.count(solution) - len(shown)
    phenotype, score, said = _phenotype(column, shown[0], drugs)
    words = [*basis, *said, *flags(drugs, (card.symbol,)), context, f"genes/{card.id} {card.release}"]
    listed = ";".join([*alternatives, *([f"+{left}"] if left > 0 else [])]) or ABSENT
    return (solution.status, shown[0].name, phenotype, score, listed, missing, "; ".join(w for w in words if w))


def _phenotype(column: GeneColumn, best: Diplotype, drugs: Sequence[DrugCard]) -> tuple[str, str, list[str]]:
    """Phenotype and score of the first body that has one, under today's drugs; and what to say of them."""
    reading = _first(best)
    if reading is None:
        return ABSENT, ABSENT, []
    block = blocks(drugs).get(column.panel.card.symbol)
    if block is None or not reading.activity_score:
        return reading.phenotype, reading.activity_score or ABSENT, []
    today = [r for factor in block.factors if (r := _first(adjusted(column.panel.card, best, factor))) is not None]
    scores = [s for r in today if (s := parse_score(r.activity_score)) is not None]
    said = f"genotype alone: {reading.phenotype} ({reading.activity_score}); scaled by {' and '.join(block.drugs)}"
    return "|".join(dict.fromkeys(r.phenotype for r in today)), score_range(scores), [said]


def _first(diplotype: Diplotype) -> Reading | None:
    return diplotype.readings[0] if diplotype.readings else None


def context_of(genotypes: Genotypes | None) -> str:
    """What must be said of every row of a file."""
    if genotypes is None:
        return ""
    return genotypes.build + ("; absent sites declared reference by the user" if genotypes.absent_is_reference else "")


def spelled_calls(
    columns: Mapping[str, GeneColumn],
    genotypes: Genotypes | None,
    *,
    limit: int | None = MOST_ALTERNATIVES,
    drugs: Sequence[DrugCard] = (),
) -> dict[str, tuple[list[tuple[str, ...]], NDArray[np.intp]]]:
    """For each gene its distinct rows, from `status` on, and for every sample which of them is its own."""
    context, remarks = context_of(genotypes), collect(genotypes)
    out = {}
    for symbol, column in columns.items():
        values = [call_values(column, s, context=context, limit=limit, drugs=drugs) for s in column.solutions]
        out[symbol] = spread(values, column.of_sample, of_gene(column, remarks))
    return out


def call_rows(
    columns: Mapping[str, GeneColumn],
    genotypes: Genotypes | None,
    samples: Sequence[str],
    *,
    limit: int | None = MOST_ALTERNATIVES,
    drugs: Sequence[DrugCard] = (),
) -> Iterator[tuple[str, ...]]:
    """One row a sample and gene, samples in file order."""
    spelled = spelled_calls(columns, genotypes, limit=limit, drugs=drugs)
    for n, sample in enumerate(samples):
        for symbol, (values, of_sample) in spelled.items():
            yield (sample, symbol, *values[of_sample[n]])


def advice_values(advice: Advice, context: str = "") -> tuple[str, ...]:
    """The columns of one advice from `drug` on; `context` is what holds for the whole file."""
    s = advice.statement
    said = [s.summary]
    if advice.adjusted_by:
        said.append(
            f"Under today's {' and '.join(advice.adjusted_by)}"
            + (f"; by genotype alone: {advice.genotype_only.action}." if advice.genotype_only else "; by genotype alone: the same.")
        )
    said += advice.flags
    changes = [f"without {' and '.join(advice.adjusted_by)} -> {advice.genotype_only.action}"] if advice.genotype_only else []
    changes += [
        *(f"{v.condition} -> {v.statement.action}" for v in advice.variants),
        *(f"{v.condition} -> {v.statement.action}" for v in advice.structural),
    ]
    invariant = ABSENT if advice.invariant is None else str(advice.invariant).lower()
    return (
        advice.drug,
        advice.body,
        ";".join(advice.genes),
        ";".join(advice.phenotypes),
        s.action,
        s.strength,
        s.tier,
        " ".join(said),
        "; ".join(part for part in (advice.source, f"{advice.card[0]} {advice.card[1]}", context) if part),
        invariant,
        " | ".join(changes) or ABSENT,
    )


def guide_rows(columns: Mapping[str, GuideColumn], samples: Sequence[str], context: str) -> Iterator[tuple[str, ...]]:
    """One row a sample and guidance card, samples in file order."""
    values = {id_: [advice_values(a, context) for a in column.advice] for id_, column in columns.items()}
    for n, sample in enumerate(samples):
        for id_, column in columns.items():
            yield (sample, *values[id_][column.of_sample[n]])
