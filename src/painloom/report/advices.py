"""One body's advice as the page shows it: does it hold, what would change it, what did today's drugs change."""

from painloom.model.advice import Advice, Variant
from painloom.report.basis import basis_of
from painloom.report.lookup import Lookup
from painloom.report.statements import rank, same_advice, say
from painloom.report.views import AdviceView, Condition


def advice_view(advice: Advice, lookup: Lookup) -> AdviceView:
    """Everything the page says about one advice."""
    words = lookup.words
    structural = _conditions(advice.structural, advice, lookup)
    changing = any(c.changes for c in structural)
    note = ""
    if structural and not changing:
        note = words("structure.same", conditions=words.listing([c.condition for c in structural], "criteria.or"))
    unchanged = ""
    if advice.adjusted_by and advice.genotype_only is None and not advice.genotype_phenotypes:
        unchanged = words("conversion.no_change", drugs=words.listing([lookup.label(d) for d in advice.adjusted_by]))
    return AdviceView(
        body=advice.body,
        genes=genes_line(advice),
        said=say(advice.statement, lookup),
        invariance=_invariance(advice, lookup),
        settled=advice.invariant is True and not changing,
        known=is_known(advice),
        variants=_conditions(advice.variants, advice, lookup),
        structure_note=note,
        structural=structural if changing else (),
        populations=_conditions(advice.other_populations, advice, lookup),
        population=advice.population,
        unchanged=unchanged,
        missing=_missing(advice, lookup),
        notes=advice.notes,
        flags=advice.flags,
        claim=words.word("claim", advice.claim),
        basis=basis_of(advice, lookup),
    )


def is_known(advice: Advice) -> bool:
    """False where no gene of the drug was called and the body's row for an unknown result asks for nothing."""
    return advice.invariant is not None or rank(advice.statement)[0] < 2


def could_change(advice: Advice) -> bool:
    """True where another reading that fits, an unassessed copy number or a gene that was not called could change the advice."""
    changing = any(not same_advice(v.statement, advice.statement) for v in advice.structural)
    return advice.invariant is not True or changing or bool(advice.missing_genes)


def genes_line(advice: Advice) -> str:
    """Gene and phenotype of each gene, in one line."""
    return named_phenotypes(advice.genes, advice.phenotypes)


def named_phenotypes(genes: tuple[str, ...], phenotypes: tuple[str, ...]) -> str:
    """Phenotypes with the gene before each; an entry that names its gene already ("GENE=phenotype") is not named twice."""
    if len(genes) != len(phenotypes):
        return ", ".join((*genes, *phenotypes))
    pairs = zip(genes, phenotypes, strict=True)
    return ", ".join(f"{gene} {phenotype.removeprefix(f'{gene}=')}".strip() for gene, phenotype in pairs)


def ambiguous_genes(advice: Advice, lookup: Lookup) -> list[str]:
    """The genes of `advice` for which more than one diplotype fits."""
    calls = [lookup.call(gene) for gene in advice.genes]
    return [call.gene for call in calls if call and len(call.diplotypes) > 1]


def _invariance(advice: Advice, lookup: Lookup) -> str:
    words = lookup.words
    genes = ambiguous_genes(advice, lookup)
    if advice.invariant is None:
        return words("invariance.none", genes=words.listing(list(advice.missing_genes or advice.genes)))
    if advice.invariant is False:
        if not genes:
            return words("invariance.differs_plain")
        return words.either(len(genes), "invariance.differs", "invariance.differs_together", genes=words.listing(genes))
    if not genes:
        return ""
    fits = 1
    for gene in genes:
        call = lookup.call(gene)
        fits *= len(call.diplotypes) if call else 1
    if len(genes) > 1:
        return words("invariance.holds_together", genes=words.listing(genes), n=fits)
    return words.counted("invariance.holds", fits, genes=words.listing(genes))


def _missing(advice: Advice, lookup: Lookup) -> str:
    if not advice.missing_genes or advice.invariant is None:
        return ""
    known = [gene for gene in advice.genes if gene not in advice.missing_genes]
    return lookup.words("invariance.missing", missing=lookup.words.listing(list(advice.missing_genes)), known=lookup.words.listing(known))


def _conditions(variants: tuple[Variant, ...], advice: Advice, lookup: Lookup) -> tuple[Condition, ...]:
    return tuple(
        Condition(v.condition, say(v.statement, lookup, alternatives=False), not same_advice(v.statement, advice.statement))
        for v in variants
    )
