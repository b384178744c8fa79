"""Genotypes, what they mean for each drug, the report that holds both, and the actions it proposes: Genomics Reporting."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from painloom.fhir.write_codes import (
    CATEGORY,
    INPUT,
    OWN,
    RESEARCH,
    RESULT,
    RXNORM_URL,
    FhirCodes,
    Json,
    absent,
    coding,
    concept,
    extension,
    meta,
    own,
    reference,
)
from painloom.fhir.write_sheaf import Sheaf
from painloom.model.advice import Advice
from painloom.model.assessment import Assessment, DrugView
from painloom.model.case import DrugUse
from painloom.model.genecall import GeneCall
from painloom.model.source import Citation

GUIDE = "http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/"
ARTIFACT = "http://hl7.org/fhir/StructureDefinition/workflow-relatedArtifact"
MOST_PAIRS = 40  # that a text names; all of them stand in extensions
MOST_TOLD = 5000
DIPLOTYPE = f"{OWN}diplotype"
TO_DO = ("act", "consider")
GENE, STATEMENT, STRENGTH, HAPLOTYPE = "gene", "statement", "strength", "haplotype"
OR = " or "
TERM = re.compile(r"([A-Za-z][A-Za-z -]*[A-Za-z])(?: \([^()]*\))?(?: under today's drugs)?$")
RESEARCH_CLAIM = "research"


@dataclass(frozen=True, slots=True)
class Genome:
    """What the parts of the report share: the day, codes, sources, genes with their genotype's address, the drug list's addresses.

    `settled` are the genes whose diplotypes that fit all have one phenotype by every body.
    """

    as_of: str
    codes: FhirCodes
    sources: Mapping[str, Citation]
    genotypes: Mapping[str, str]
    uses: Mapping[DrugUse, str]
    settled: frozenset[str] = frozenset()


def add_genome(assessment: Assessment, uses: Iterable[tuple[DrugUse, str]], sheaf: Sheaf, codes: FhirCodes) -> None:
    """Every gene that was looked at; for called genes every drug's implication, actions for drugs on the list, and the report."""
    if not assessment.calls:
        return
    called: dict[str, str] = {}
    results: list[str] = []
    for call in assessment.calls:
        alleles = [sheaf.add(one) for one in _haplotypes(call, assessment.as_of, sheaf, codes)]
        results += [*alleles, sheaf.add(_genotype(call, assessment.as_of, alleles, sheaf, codes))]
        if call.diplotypes:
            called[call.gene] = results[-1]
    sources = {citation.id: citation for citation in assessment.citations}
    settled = frozenset(call.gene for call in assessment.calls if _is_settled(call))
    genome = Genome(assessment.as_of, codes, sources, called, dict(uses), settled)
    tasks: list[str] = []
    for view in assessment.drugs:
        for advice in view.advice:
            if any(gene in called for gene in advice.genes):
                implied = sheaf.add(_implication(view, advice, genome, sheaf))
                results.append(implied)
                tasks += [sheaf.add(task) for task in _tasks(view, advice, implied, genome, sheaf)]
    sheaf.add(_report(results, tasks, genome, sheaf))


def _is_settled(call: GeneCall) -> bool:
    phenotypes: dict[str, set[str]] = {}
    for diplotype in call.diplotypes:
        for reading in diplotype.readings:
            phenotypes.setdefault(reading.body, set()).add(reading.phenotype)
    return bool(phenotypes) and all(len(found) == 1 for found in phenotypes.values())


def _observation(sheaf: Sheaf, codes: FhirCodes, as_of: str) -> dict[str, object]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [coding(CATEGORY, "laboratory", "Laboratory")]}, {"coding": [codes.coding("genomics", "service")]}],
        "subject": reference(sheaf.patient),
        "effectiveDateTime": as_of,
    }


def _haplotypes(call: GeneCall, as_of: str, sheaf: Sheaf, codes: FhirCodes) -> Iterator[Json]:
    """The two named alleles where one diplotype fits and the gene's names are those of a list; one where both are the same."""
    system = codes.system("star-names", call.gene)
    card = codes.knowledge.genes.get(call.gene)
    alleles = call.diplotypes[0].name.split("/") if len(call.diplotypes) == 1 and system and card else []
    if card is None or len(alleles) != 2 or not all(name in card.by_name for name in alleles):
        return
    for name in dict.fromkeys(alleles):
        text = f"{call.gene} {name}"
        yield _observation(sheaf, codes, as_of) | {
            "meta": meta(RESULT, profiles=(f"{GUIDE}haplotype",)),
            "code": concept("", codes.coding("genomics", "haplotype"), own(HAPLOTYPE, call.gene)),
            "valueCodeableConcept": concept(text, coding(system, text)),
            "component": [_studied(call, codes)],
        }


def _studied(call: GeneCall, codes: FhirCodes) -> Json:
    return {
        "code": concept("", codes.coding("genomics", "gene-studied")),
        "valueCodeableConcept": concept(call.gene, codes.coding("gene", call.gene), own(GENE, call.gene)),
    }


def _genotype(call: GeneCall, as_of: str, alleles: Iterable[str], sheaf: Sheaf, codes: FhirCodes) -> Json:
    """All diplotypes that fit, best first; a code only where one fits and the gene's names are those of a list."""
    names = [diplotype.name for diplotype in call.diplotypes]
    system = codes.system("star-names", call.gene) if len(names) == 1 else ""
    value: dict[str, object] = {"dataAbsentReason": absent(call.reason or "not called")}
    profiles: tuple[str, ...] = ()
    if len(names) > MOST_PAIRS:
        value = {"dataAbsentReason": absent(f"{len(names)} diplotypes fit what was seen; none was chosen")}
    elif names:
        text = f"{call.gene} {OR.join(names)}"
        value = {"valueCodeableConcept": concept(text, coding(system, text) if system else None)}
        profiles = (f"{GUIDE}genotype",)
    notes = (*call.notes, *([f"sites without a result: {len(call.missing_sites)}"] if call.missing_sites else []))
    return (
        _observation(sheaf, codes, as_of)
        | {
            "meta": meta(*_roles(call), profiles=profiles),
            "extension": [extension(DIPLOTYPE, "valueString", name) for name in names] if 1 < len(names) <= MOST_TOLD else [],
            "code": concept("", codes.coding("genomics", "genotype")),
        }
        | value
        | {
            "note": [{"text": note} for note in (f"origin: {call.origin}", *notes)],
            "derivedFrom": [reference(address) for address in alleles],
            "component": [_studied(call, codes)],
        }
    )


def _roles(call: GeneCall) -> tuple[str, ...]:
    return (INPUT, RESEARCH) if call.claim == RESEARCH_CLAIM else (INPUT,)


def _implication(view: DrugView, advice: Advice, genome: Genome, sheaf: Sheaf) -> Json:
    codes = genome.codes
    card = codes.knowledge.drugs.get(advice.drug)
    drug = concept(view.label, coding(RXNORM_URL, card.rxnorm, view.label) if card and card.rxnorm else None)
    phenotypes = [_phenotype(gene, text, genome) for gene, text in zip(advice.genes, advice.phenotypes, strict=False) if text]
    said = advice.statement
    parts: list[Json] = [_part(codes, "medication-assessed", "valueCodeableConcept", drug)]
    parts += [_part(codes, "therapeutic-implication", "valueCodeableConcept", phenotype) for phenotype in phenotypes]
    level = concept(f"{advice.body}, {advice.claim}, {said.strength}".rstrip(", "), own(STRENGTH, advice.claim))
    parts += [_part(codes, "evidence-level", "valueCodeableConcept", level)]
    parts += [_part(codes, "conclusion-string", "valueString", said.summary)]
    return _observation(sheaf, codes, genome.as_of) | {
        "meta": meta(RESULT, profiles=(f"{GUIDE}therapeutic-implication",)),
        "extension": [_artifact(genome.sources[advice.source])] if advice.source in genome.sources else [],
        "code": concept("", codes.coding("genomics", "therapeutic-implication"), own(STATEMENT, said.id)),
        "derivedFrom": [reference(genome.genotypes[gene]) for gene in advice.genes if gene in genome.genotypes],
        "note": [{"text": note} for note in (*_open(advice), *advice.notes, *advice.flags)],
        "component": parts,
    }


def _phenotype(gene: str, text: str, genome: Genome) -> Json:
    """A phenotype in words; with its code where every diplotype that fits has the same one."""
    told = text.removeprefix(f"{gene}=")
    term = TERM.match(told)
    code = genome.codes.coding("phenotype", term[1].casefold()) if term and gene in genome.settled else None
    return concept(f"{gene} {told}", code)


def _open(advice: Advice) -> Iterator[str]:
    """What would say otherwise: other readings that fit, genes without a result, drugs of today."""
    yield from (f"if {other.condition}: {other.statement.summary}" for other in (*advice.variants, *advice.structural))
    if advice.missing_genes:
        yield f"not called: {', '.join(advice.missing_genes)}"
    if advice.adjusted_by:
        yield f"adjusted for drugs taken now: {', '.join(advice.adjusted_by)}"


def _part(codes: FhirCodes, name: str, kind: str, value: object) -> Json:
    return {"code": concept("", codes.coding("genomics", name)), kind: value}


def _artifact(citation: Citation) -> Json:
    return extension(ARTIFACT, "valueRelatedArtifact", {"type": "citation", "citation": citation.title, "url": citation.url})


def _tasks(view: DrugView, advice: Advice, implied: str, genome: Genome, sheaf: Sheaf) -> Iterator[Json]:
    """What the guideline proposes for a drug on the list: one task for each of its entries."""
    said = advice.statement
    if not view.current or said.tier not in TO_DO:
        return
    code = genome.codes.coding("action", said.action)
    profile = f"{GUIDE}medication-recommendation" if code else f"{GUIDE}followup-recommendation"
    for use in view.uses or (None,):
        address = genome.uses.get(use, "") if use is not None else ""
        yield {
            "resourceType": "Task",
            "meta": meta(RESULT, profiles=(profile,)),
            "status": "requested",
            "intent": "proposal",
            "code": concept(said.action, code),
            "description": said.summary,
            "focus": reference(address),
            "for": reference(sheaf.patient),
            "reasonReference": reference(implied),
        }


def _report(results: list[str], tasks: list[str], genome: Genome, sheaf: Sheaf) -> Json:
    return {
        "resourceType": "DiagnosticReport",
        "meta": meta(RESULT, profiles=(f"{GUIDE}genomic-report",)),
        "extension": [extension(f"{GUIDE}recommended-action", "valueReference", reference(task)) for task in tasks],
        "status": "final",
        "category": [{"coding": [genome.codes.coding("genomics", "service")]}],
        "code": concept("", genome.codes.coding("genomics", "report")),
        "subject": reference(sheaf.patient),
        "effectiveDateTime": genome.as_of,
        "result": [reference(address) for address in results],
    }
