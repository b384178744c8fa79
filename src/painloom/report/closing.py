"""The back of the report: interactions, research, sources, trace."""

from dataclasses import dataclass

from painloom.model.finding import Category, Finding
from painloom.model.quantity import Estimate
from painloom.model.source import Citation
from painloom.report.alerts import all_warnings
from painloom.report.conversion import multiplier_text
from painloom.report.lookup import Lookup
from painloom.report.views import Ref
from painloom.report.wording import number


@dataclass(frozen=True, slots=True)
class InteractionRow:
    """What one drug does to one enzyme."""

    drug: str
    enzyme: Ref
    role: str
    strength: str
    multiplier: str
    text: str
    state: str
    doubtful: bool
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class ResearchRow:
    """A research-level variant with its effect as published."""

    gene: str
    variant: str
    genotype: str
    effect: str
    evidence: str
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source with its licence and date; `links` lead outside."""

    anchor: str
    id: str
    title: str
    licence: str
    released: str
    note: str
    links: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding with the cards that judged it."""

    code: str
    value: str
    claim: str
    quality: str
    cards: str


@dataclass(frozen=True, slots=True)
class Trace:
    """What was read and what judged it."""

    facts: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]
    outside: tuple[tuple[str, str], ...]
    overlay: tuple[str, ...]
    warnings: tuple[str, ...]
    findings: tuple[FindingRow, ...]
    findings_title: str


def interactions(lookup: Lookup) -> tuple[InteractionRow, ...]:
    """Effects of the drugs taken now on enzymes."""
    words = lookup.words
    return tuple(
        InteractionRow(
            drug=lookup.label(i.drug),
            enzyme=lookup.gene_ref(i.enzyme),
            role=words.word("role", i.role),
            strength=i.strength,
            multiplier=multiplier_text(i, words).lstrip(", "),
            text=i.text,
            state=words.word("state", i.state),
            doubtful=i.state != "read",
            sources=lookup.sources(i.sources),
        )
        for i in lookup.assessment.interactions
    )


def research(lookup: Lookup) -> tuple[ResearchRow, ...]:
    """Research-level variants; genes that are research only and have no note of their own come last."""
    rows = [ResearchRow(r.gene, r.variant, r.genotype, r.effect, r.evidence, lookup.sources(r.sources)) for r in lookup.assessment.research]
    noted = {row.gene for row in rows}
    for call in lookup.assessment.calls:
        if call.claim == "research" and call.gene not in noted:
            seen = call.best.name if call.best else lookup.words("basis.no_call", reason=call.reason)
            rows.append(ResearchRow(call.gene, "", seen, "", "", ()))
    return tuple(rows)


def sources(lookup: Lookup) -> tuple[SourceRow, ...]:
    """Every source with where to find it."""
    return tuple(
        SourceRow(f"source-{n}", c.id, c.title, c.licence, c.released, c.note, tuple(_links(c)))
        for n, c in enumerate(lookup.assessment.citations, 1)
    )


def trace(lookup: Lookup) -> Trace:
    """Digests, releases, declarations, warnings, findings."""
    words, assessment = lookup.words, lookup.assessment
    genotypes = assessment.case.genotypes
    facts = [(words("trace.program"), assessment.program), (words("trace.release"), assessment.knowledge_release)]
    if genotypes is not None:
        facts += [
            (words("trace.origin"), genotypes.origin or words("trace.none")),
            (words("trace.build"), genotypes.build),
            (words("trace.digest"), genotypes.digest or words("trace.none")),
            (words("trace.absent"), words("trace.absent_yes" if genotypes.absent_is_reference else "trace.absent_no")),
        ]
    else:
        facts.append((words("trace.origin"), words("trace.none")))
    return Trace(
        facts=tuple(facts),
        inputs=assessment.case.files,
        outside=assessment.case.outside_calls,
        overlay=assessment.overlay,
        warnings=all_warnings(lookup),
        findings=tuple(_finding(f, lookup) for f in assessment.findings),
        findings_title=words.counted("trace.findings", len(assessment.findings)),
    )


def _finding(finding: Finding, lookup: Lookup) -> FindingRow:
    value = finding.value
    if isinstance(value, Category):
        others = len(value.alternatives)
        text = value.value + (f" (+ {others})" if others else "")
    elif isinstance(value, Estimate):
        text = f"{number(value.value)} {value.unit}".strip()
    else:
        text = lookup.words("trace.absence", word=lookup.words(f"absence.{type(value).__name__}"), reason=value.reason)
    cards = "; ".join(lookup.words("basis.card_text", id=card, release=release) for card, release in finding.provenance.cards)
    return FindingRow(finding.code, text, lookup.words.word("claim", finding.claim), "; ".join(finding.quality), cards)


def _links(citation: Citation) -> list[Ref]:
    links = []
    if citation.doi:
        links.append(Ref(f"doi:{citation.doi}", f"https://doi.org/{citation.doi}"))
    if citation.pmid:
        links.append(Ref(f"PMID {citation.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{citation.pmid}/"))
    if citation.url.startswith(("https://", "http://")):
        links.append(Ref(citation.url, citation.url))
    elif citation.url:
        links.append(Ref(citation.url))
    return links
