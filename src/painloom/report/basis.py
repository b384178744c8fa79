"""What a statement rests on: sites, diplotype, reading, today's drugs, table row, source, card."""

from painloom.model.advice import Advice
from painloom.model.genecall import GeneCall
from painloom.report.lookup import Lookup
from painloom.report.views import Basis, GeneBasis


def basis_of(advice: Advice, lookup: Lookup) -> Basis:
    """The birth certificate of `advice`, gene by gene."""
    words = lookup.words
    keys = advice.keys or advice.phenotypes
    named = [f"{gene} = {key}" for gene, key in zip(advice.genes, keys, strict=False)] or list(keys)
    today = ""
    if advice.adjusted_by:
        today = words.listing([lookup.label(d) for d in advice.adjusted_by])
    return Basis(
        summary=words("basis.summary", body=advice.body, label=lookup.label(advice.drug)),
        genes=tuple(_gene_basis(gene, advice.body, lookup) for gene in advice.genes),
        today=today,
        row=words("basis.row_text", body=advice.body, drug=lookup.label(advice.drug), keys=", ".join(named), id=advice.statement.id),
        population=advice.population,
        source=lookup.source(advice.source),
        card=words("basis.card_text", id=advice.card[0], release=advice.card[1]),
        claim=words("basis.graded", claim=words.word("claim", advice.claim), strength=words.word("strength", advice.statement.strength)),
    )


def site_counts(call: GeneCall, lookup: Lookup) -> str:
    """How many defining sites were seen, in words; where the call holds no sites, where it came from."""
    words = lookup.words
    if not call.sites:
        return words("gene.no_sites", origin=words.word("origin", call.origin)) if call.diplotypes else words("gene.no_list")
    seen = sum(site.state != "missing" for site in call.sites)
    variants = sum(site.state in ("variant", "unlisted") for site in call.sites)
    text = words("gene.seen", seen=seen, total=len(call.sites), variants=variants)
    genotypes = lookup.assessment.case.genotypes
    if genotypes is not None and genotypes.absent_is_reference:
        text = f"{text} ({words('basis.declared')})"
    return text


def reading_text(call: GeneCall, body: str, lookup: Lookup) -> str:
    """Functions, score and phenotype that `body` gives the best diplotype."""
    best = call.best
    reading = best.reading(body) if best else None
    if reading is None:
        return lookup.words("gene.no_phenotype")
    parts = []
    if reading.functions:
        parts.append(lookup.words("basis.functions", functions=" + ".join(reading.functions)))
    if reading.activity_score:
        parts.append(lookup.words("gene.score", score=reading.activity_score))
    parts.append(reading.phenotype or lookup.words("gene.no_phenotype"))
    return "; ".join(parts)


def _gene_basis(gene: str, body: str, lookup: Lookup) -> GeneBasis:
    call = lookup.call(gene)
    ref = lookup.gene_ref(gene)
    if call is None or call.best is None:
        reason = call.reason if call else lookup.words("status.not_called")
        return GeneBasis(ref, "", lookup.words("basis.no_call", reason=reason), "")
    status = lookup.words.word("status", call.status)
    fit = len(call.diplotypes)
    more = f"; {lookup.words('gene.one_of', n=fit)}" if fit > 1 else ""
    return GeneBasis(ref, site_counts(call, lookup), f"{call.best.name} ({status}{more})", reading_text(call, body, lookup))
