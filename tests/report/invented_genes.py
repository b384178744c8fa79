"""Invented gene calls for the report, written by hand."""

from painloom.model.genecall import Diplotype, GeneCall, Reading, SiteView

RELEASE = "2026-11"


def reading(body: str, phenotype: str, score: str = "", functions: tuple[str, ...] = ()) -> Reading:
    return Reading(body, phenotype, score, score or phenotype, functions)


def diplotype(name: str, phenotype: str, score: str = "", functions: tuple[str, ...] = ()) -> Diplotype:
    return Diplotype(name, (reading("CPIC", phenotype, score, functions), reading("DPWG", phenotype, score, functions)))


def sites(total: int, variants: dict[int, str], missing: tuple[int, ...] = (), start: int = 42126611) -> tuple[SiteView, ...]:
    found = []
    for k in range(total):
        label = f"rs{1000 + 37 * k}"
        if k in variants:
            found.append(SiteView(label, start + 31 * k, "variant", variants[k]))
        elif k in missing:
            found.append(SiteView(label, start + 31 * k, "missing", ".", "no record in the file"))
        else:
            found.append(SiteView(label, start + 31 * k, "reference", "G/G"))
    return tuple(found)


def gene_calls() -> tuple[GeneCall, ...]:
    d6 = GeneCall(
        "CYP2D6",
        "activity-sum",
        "guideline",
        "called",
        (diplotype("*1/*4", "Intermediate Metabolizer", "1.0", ("normal function", "no function")),),
        (),
        "genome file",
        notes=("Copy number was not assessed: the file holds no copy-number record for this region.",),
        sites=sites(156, {40: "C/T", 41: "G/A", 90: "A/G", 132: "C/G"}),
        structural=(
            ("one gene copy deleted (*5)", diplotype("*4/*5", "Poor Metabolizer", "0.0")),
            ("one copy duplicated (x2)", diplotype("*1x2/*4", "Normal Metabolizer", "2.0")),
        ),
        card=("cyp2d6", RELEASE),
    )
    c9 = GeneCall(
        "CYP2C9",
        "activity-sum",
        "guideline",
        "called",
        (diplotype("*1/*3", "Intermediate Metabolizer", "1.0", ("normal function", "no function")),),
        (),
        "genome file",
        sites=sites(83, {30: "A/C"}, start=94938737),
        card=("cyp2c9", RELEASE),
    )
    missing = tuple(range(8, 16))
    c19 = GeneCall(
        "CYP2C19",
        "star-alleles",
        "guideline",
        "ambiguous",
        (
            diplotype("*1/*2", "Intermediate Metabolizer"),
            diplotype("*2/*17", "Intermediate Metabolizer"),
            diplotype("*1/*35", "Likely Intermediate Metabolizer"),
            diplotype("*2/*35", "Poor Metabolizer"),
        ),
        tuple(f"rs{1000 + 37 * k}" for k in missing),
        "genome file",
        sites=sites(35, {20: "G/A"}, missing, start=94761900),
        card=("cyp2c19", RELEASE),
    )
    b6 = GeneCall(
        "CYP2B6",
        "star-alleles",
        "guideline",
        "ambiguous",
        (diplotype("*1/*6", "Intermediate Metabolizer"), diplotype("*1/*9", "Intermediate Metabolizer")),
        ("rs2279343",),
        "genome file",
        sites=sites(48, {12: "G/T"}, (20,), start=40991224),
        card=("cyp2b6", RELEASE),
    )
    tpmt = GeneCall(
        "TPMT",
        "star-alleles",
        "guideline",
        "called",
        (diplotype("*1/*1", "Normal Metabolizer"),),
        (),
        "genome file",
        sites=sites(43, {}, start=18128000),
        card=("tpmt", RELEASE),
    )
    hla = GeneCall(
        "HLA-B",
        "tag-allele",
        "guideline",
        "not_called",
        (),
        (),
        "no source",
        reason="HLA typing is not part of a genome file of small variants.",
        card=("hla-b", RELEASE),
    )
    dpyd = GeneCall(
        "DPYD",
        "lowest-function",
        "guideline",
        "not_called",
        (),
        tuple(f"rs{k}" for k in range(70)),
        "genome file",
        reason="none of 83 sites is in the file",
        sites=sites(83, {}, tuple(range(83)), start=97078987),
        card=("dpyd", RELEASE),
    )
    oprm1 = GeneCall("OPRM1", "research", "research", "called", (diplotype("A/G", ""),), (), "genome file", card=("oprm1", RELEASE))
    return hla, d6, c9, c19, b6, tpmt, dpyd, oprm1
