"""Phenoconversion of one drug, ready to draw: the advice before and after today's drugs, and what they do to an enzyme."""

from painloom.model.advice import Advice
from painloom.model.assessment import DrugView, Interaction
from painloom.report.advices import genes_line, named_phenotypes
from painloom.report.lookup import Lookup
from painloom.report.statements import say
from painloom.report.views import Conversion, Shift
from painloom.report.wording import Wording, number


def conversion_of(view: DrugView, lookup: Lookup) -> Conversion | None:
    """The conversion of a drug, or None when today's drugs change neither its reading nor its advice."""
    moved = [a for a in view.advice if a.genotype_only is not None or (a.adjusted_by and a.genotype_phenotypes)]
    if not moved:
        return None
    words = lookup.words
    by = list(dict.fromkeys(drug for advice in moved for drug in advice.adjusted_by))
    labels = words.listing([lookup.label(drug) for drug in by])
    genes = {gene for advice in moved for gene in advice.genes}
    acting = [i for i in lookup.assessment.interactions if i.drug in by and i.enzyme in genes]
    changes = any(a.genotype_only is not None for a in moved)
    key = "conversion.title" if changes else "conversion.title_same"
    return Conversion(
        title=words.either(len(by), key, f"{key}_many", drugs=labels),
        changes=changes,
        effects=tuple(effect_text(interaction, lookup) for interaction in acting),
        today=words("conversion.today", drugs=labels),
        shifts=tuple(_shift(advice, lookup) for advice in moved),
    )


def effect_text(interaction: Interaction, lookup: Lookup) -> str:
    """What a drug does to an enzyme, in one line."""
    words = lookup.words
    return words(
        "conversion.effect",
        drug=lookup.label(interaction.drug),
        strength=interaction.strength,
        role=words.word("role", interaction.role),
        enzyme=interaction.enzyme,
        multiplier=multiplier_text(interaction, words),
    )


def multiplier_text(interaction: Interaction, words: Wording) -> str:
    """The activity multiplier in words; several values are shown as such, none is said."""
    if not interaction.multiplier:
        return words("conversion.no_multiplier")
    values = words.listing([number(m) for m in interaction.multiplier], "criteria.or")
    key = "conversion.multiplier" if len(interaction.multiplier) == 1 else "conversion.multiplier_between"
    return words(key, values=values)


def _shift(advice: Advice, lookup: Lookup) -> Shift:
    before = advice.genotype_only or advice.statement
    phenotypes = advice.genotype_phenotypes or tuple(_phenotype(gene, advice.body, lookup) for gene in advice.genes)
    return Shift(
        body=advice.body,
        before=say(before, lookup, alternatives=False),
        before_reading=named_phenotypes(advice.genes, phenotypes),
        after=say(advice.statement, lookup, alternatives=False),
        after_reading=genes_line(advice),
        scores=_scores(advice, lookup),
    )


def _phenotype(gene: str, body: str, lookup: Lookup) -> str:
    call = lookup.call(gene)
    reading = call.best.reading(body) if call and call.best else None
    return reading.phenotype if reading else ""


def _scores(advice: Advice, lookup: Lookup) -> tuple[str, str]:
    """Activity scores before and after, where exactly one gene has a score and the body's table is keyed by it."""
    found = []
    for gene, key in zip(advice.genes, advice.keys, strict=False):
        call = lookup.call(gene)
        reading = call.best.reading(advice.body) if call and call.best else None
        if reading and reading.activity_score and _is_number(key) and _is_number(reading.activity_score):
            found.append((reading.activity_score, key))
    return found[0] if len(found) == 1 and found[0][0] != found[0][1] else ("", "")


def _is_number(text: str) -> bool:
    try:
        return 0 <= float(text) < 100
    except ValueError:
        return False
