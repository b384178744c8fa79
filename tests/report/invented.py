"""Invented people for the report: an Assessment each, written by hand."""

from dataclasses import replace

import numpy as np
from invented_drugs import current_drugs, other_drugs, tramadol
from invented_genes import RELEASE, diplotype, gene_calls

from painloom.model.absence import NotMeasured
from painloom.model.assessment import Assessment, Interaction, ResearchNote
from painloom.model.case import Case, DrugUse, PainHistory, Person
from painloom.model.finding import Category, Finding
from painloom.model.genotypes import Genotypes, SiteTable
from painloom.model.source import Citation, Provenance

STREAMS = (
    ("genome", None),
    (
        "brain",
        NotMeasured("No image was given.", "Add a BIDS-derivatives folder brain/.", "Would add signatures with their quality gates."),
    ),
    (
        "mind",
        NotMeasured("No questionnaire was given.", "Add answers/<instrument>_<date>.csv.", "Would show what keeps the pain going."),
    ),
    (
        "body",
        NotMeasured(
            "No examination was given.",
            "Add examination and organ function to case.toml.",
            "Would look for red flags and limit doses by kidney and liver.",
        ),
    ),
)


def citations() -> tuple[Citation, ...]:
    return (
        Citation(
            "cpic-opioids-2021",
            "CPIC guideline for CYP2D6, OPRM1 and COMT and select opioid therapy",
            "CC0",
            "2020-12",
            "10.1002/cpt.2149",
            "33387367",
        ),
        Citation(
            "cpic-nsaid-2020",
            "CPIC guideline for CYP2C9 and nonsteroidal anti-inflammatory drugs",
            "CC0",
            "2020-03",
            "10.1002/cpt.1830",
        ),
        Citation("cpic-ssri-2023", "CPIC guideline for serotonin reuptake inhibitor antidepressants", "CC0", "2023-04"),
        Citation("dpwg-tramadol", "DPWG guideline for tramadol and CYP2D6", "CC BY-SA 4.0", "2018-05", url="https://www.knmp.nl/"),
        Citation("label-us", "Drug labels of the United States", "public domain", "2022-08", url="javascript:alert(1)"),
    )


def genotypes(*, absent_is_reference: bool = False) -> Genotypes:
    empty = np.zeros((0, 1, 2), dtype=np.int8)
    return Genotypes(
        SiteTable(()),
        ("s1",),
        "GRCh38",
        empty,
        np.zeros((0, 1), dtype=np.int32),
        np.zeros((0, 1), dtype=np.int8),
        digest="9f2c" * 16,
        origin="mara.vcf.gz",
        absent_is_reference=absent_is_reference,
    )


def mara() -> Assessment:
    """An intermediate metaboliser on two drugs that meet at one enzyme, and a dose finding for a third."""
    case = Case(
        Person("Mara K.", 47, "F"),
        PainHistory("low back pain, now widespread", ("low back", "both hips"), 38, 6, ("fibromyalgia suspected",)),
        tuple(use for view in (tramadol(), *current_drugs()) for use in view.uses),
        ("no drowsiness at work",),
        genotypes=genotypes(),
        outside_calls=(("HLA-A", "*31:01 negative"),),
        files=(("genome", "9f2c" * 16), ("case", "77aa" * 16)),
    )
    interactions = (
        Interaction(
            "duloxetine",
            "CYP2D6",
            "inhibitor",
            "moderate",
            (0.5,),
            "Raises levels of drugs that the enzyme clears.",
            "read",
            ("label-us",),
        ),
        Interaction("omeprazole", "CYP2C19", "inhibitor", "weak", (), "May slow the enzyme; sources do not agree.", "read-conflict", ()),
    )
    research = (
        ResearchNote(
            "OPRM1",
            "rs1799971",
            "A/G",
            "Need for opioid higher by 0.17 standard deviations (0.12 to 0.22).",
            "36 studies, 8,609 people; heterogeneous",
            ("cpic-opioids-2021",),
        ),
    )
    findings = (
        Finding(
            "genome.cyp2d6.phenotype",
            Category("Intermediate Metabolizer"),
            "guideline",
            Provenance((("genome", "9f2c" * 16),), (("cyp2d6", RELEASE),)),
            ("156 of 156 sites seen", "copy number not assessed"),
        ),
    )
    return Assessment(
        case,
        "2026-03-02",
        "painloom 0.1.0",
        "r7",
        (),
        gene_calls(),
        (tramadol(), *current_drugs(), *other_drugs()),
        interactions,
        research,
        findings,
        STREAMS,
        citations(),
    )


def nobody() -> Assessment:
    """An empty case: nothing measured, no drug, no gene."""
    streams = (
        ("genome", NotMeasured("No genome file was given.", "Add a VCF.", "Would show which pain drugs suit.")),
        *STREAMS[1:],
    )
    return Assessment(Case(Person("")), "2026-03-02", "painloom 0.1.0", "r7", (), (), (), (), (), (), streams, ())


def hostile() -> Assessment:
    """Names and texts that try to break out of the page."""
    bad = "<script>window.hacked=1</script>\"'></style><img src=x onerror=hacked=1>"
    base = mara()
    views = (
        replace(base.drugs[0], label=bad, uses=(DrugUse(bad, bad),)),
        replace(base.drugs[5], label=bad, drug=bad),
        *base.drugs[6:],
    )
    case = replace(base.case, person=Person(f"{bad}\\\n\u202e", 47, "F"), pain=PainHistory(bad, (bad,), 3, None, (bad,)), wishes=(bad,))
    return replace(base, case=case, drugs=views, warnings=(bad,), overlay=(bad,), as_of=bad, knowledge_release=bad)


def busy() -> Assessment:
    """Long lists: many drugs, a gene with thousands of diplotypes, declared reference, warnings, a clinic's own card."""
    base = mara()
    many = tuple(diplotype(f"*1/*{k}", "Normal Metabolizer" if k % 3 else "Indeterminate") for k in range(2, 1500))
    calls = (*base.calls, replace(base.calls[4], gene="CYP3A4", diplotypes=many))
    more = tuple(replace(base.drugs[-2], drug=f"drug-{k}", label=f"substance {k}", drug_class="other") for k in range(60))
    case = replace(base.case, genotypes=genotypes(absent_is_reference=True))
    return replace(
        base,
        case=case,
        calls=calls,
        drugs=(*base.drugs, *more),
        overlay=("cpic-tramadol",),
        warnings=("chr22: 3 records were filtered and taken as missing",),
    )
