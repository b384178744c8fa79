"""The genome stream of one person: calls, findings and research notes."""

from collections.abc import Iterator

from painloom.genome.calls import gene_call
from painloom.genome.session import Session
from painloom.knowledge.cards import GeneCard
from painloom.knowledge.load import Knowledge
from painloom.model.absence import NotCallable, NotMeasured
from painloom.model.assessment import ResearchNote
from painloom.model.case import Case
from painloom.model.finding import Category, Finding
from painloom.model.genecall import NOT_CALLED, GeneCall
from painloom.model.source import Provenance
from painloom.version import __version__

SPELLED_OUT = 1000


def gene_calls(session: Session, sample: int = 0) -> tuple[GeneCall, ...]:
    """The call of every gene that is no research gene."""
    return tuple(
        gene_call(column, session.genotypes, sample, limit=SPELLED_OUT)
        for column in session.columns.values()
        if column.panel.card.kind != "research"
    )


def findings(calls: tuple[GeneCall, ...], case: Case, knowledge: Knowledge) -> tuple[Finding, ...]:
    """One finding a gene: the phenotype with what else fits, or the absence with its reason."""
    return tuple(_finding(call, case, knowledge.release) for call in calls)


def _finding(call: GeneCall, case: Case, release: str) -> Finding:
    provenance = Provenance(case.files, (call.card,), f"genome.{call.kind}", f"painloom {__version__}")
    code = f"genome.{call.gene}.phenotype"
    quality = tuple([f"{len(call.missing_sites)} of {len(call.sites)} defining sites without a genotype"] if call.missing_sites else [])
    if call.status == NOT_CALLED:
        seen = len(call.missing_sites) < len(call.sites)
        value = NotCallable(call.reason) if seen else NotMeasured(call.reason, "a test that covers the gene")
        return Finding(code, value, call.claim, provenance, quality)
    terms = list(dict.fromkeys(d.readings[0].phenotype if d.readings else "no phenotype assigned" for d in call.diplotypes))
    return Finding(code, Category(terms[0], tuple(terms[1:])), call.claim, provenance, (*quality, *call.notes))


def research_notes(session: Session, sample: int = 0) -> tuple[ResearchNote, ...]:
    """Research variants with what is said of them; they change no prescription."""
    return tuple(
        note
        for column in session.columns.values()
        if column.panel.card.kind == "research"
        for note in _notes(session, column.panel.card, sample)
    )


def _notes(session: Session, card: GeneCard, sample: int) -> Iterator[ResearchNote]:
    views = {view.label: view for view in gene_call(session.columns[card.symbol], session.genotypes, sample, limit=1).sites}
    for effect in card.effects:
        seen = [f"{label} {view.observed or 'not seen'}" for label, view in views.items() if label in effect.variant]
        yield ResearchNote(
            card.symbol,
            effect.variant,
            ", ".join(seen) or "not read from this file",
            f"{effect.says} {effect.effect[:1].upper()}{effect.effect[1:]}",
            effect.evidence,
            effect.sources,
        )
