"""What the tables do not say and a card's author decided: kind, bands, texts and open questions of each guideline gene."""

from dataclasses import dataclass, field
from math import inf

from derive_genes_functions import Band

PM, IM, NM, UM = "Poor Metabolizer", "Intermediate Metabolizer", "Normal Metabolizer", "Ultrarapid Metabolizer"
MH = "malignant hyperthermia associated"


@dataclass(frozen=True)
class Plan:
    """`sites` = how many defining sites the source holds; `severity` orders classes, the gravest first."""

    kind: str
    sites: int
    unlisted: str = "no-call"
    bands: dict[str, tuple[Band, ...]] = field(default_factory=dict)
    severity: tuple[str, ...] = ()
    deletion: str = ""
    overrule: tuple[int, int, str] | None = None
    texts: dict[int, str] = field(default_factory=dict)  # words for the extra and the ignored sites of the exemptions
    stops_call: frozenset[int] = frozenset()  # ignored sites whose variant is no reference: seen there, nothing is called
    note: str = ""
    aliases: tuple[tuple[str, str, str], ...] = ()  # (written, accepted, why)
    dated_phenotypes: bool = False  # the body's table is only in the phenotype files of 2025-11
    open_questions: tuple[str, ...] = ()


BETWEEN_BANDS = (
    "The bands hold the scores that the body's table lists. Where a calculated score falls between two bands, for instance "
    "1.125 when 2.25 is halved, the card does not decide; the consensus of 2020 (Caudle) is the place to look."
)

PLANS: dict[str, Plan] = {
    "ABCG2": Plan("single-site", 1),
    "CACNA1S": Plan(
        "lowest-function",
        2,
        "reference",
        severity=(MH, "normal function"),
        note="Reference/Reference is uncertain susceptibility: no known variant does not exclude malignant hyperthermia.",
    ),
    "CFTR": Plan(
        "star-alleles",
        93,
        note="Made for one drug (ivacaftor): the list holds responsive variants only, F508del is not among them.",
        open_questions=("The reference row is named non-responsive: it stands for any sequence without a listed variant.",),
    ),
    "CYP2B6": Plan(
        "star-alleles", 48, note="*6 and *9 differ by 785A>G (rs2279343) only: where that site was not read, both stay possible."
    ),
    "CYP2C19": Plan(
        "star-alleles",
        35,
        note="The GRCh38 reference sequence is *38; *1 carries G at rs3758581, which is the GRCh37 reference base.",
        open_questions=("DPWG's table has neither *38 nor a rapid metabolizer: *1/*17 is a normal metabolizer there.",),
    ),
    "CYP2C9": Plan(
        "activity-sum",
        83,
        bands={"CPIC": ((0.0, 0.5, PM), (1.0, 1.5, IM), (2.0, 2.0, NM))},
        texts={94645745: "Used for warfarin in people of African ancestry only; part of no allele."},
    ),
    "CYP2D6": Plan(
        "activity-sum",
        156,
        deletion="*5",
        bands={
            "CPIC": ((0.0, 0.0, PM), (0.25, 1.0, IM), (1.25, 2.25, NM), (2.5, inf, UM)),
            "DPWG": ((0.0, 0.0, PM), (0.25, 1.0, IM), (1.25, 2.5, NM), (3.0, inf, UM)),
        },
        note="Deletion, duplications and hybrids are not visible in small variants: without a copy number the pair is "
        "conditional. CPIC (2026-10) gives *9 and *41 the value 0.25, DPWG (2025-10) 0.5.",
        open_questions=(
            BETWEEN_BANDS,
            "DPWG's rows go from 2.5 (normal) to 3.0 (ultrarapid): what 2.75 is stays open.",
            "`xN` without a number is no allele of either table: ask the laboratory for the copy number.",
        ),
    ),
    "CYP3A4": Plan("star-alleles", 42),
    "CYP3A5": Plan("star-alleles", 5),
    "CYP4F2": Plan("star-alleles", 20, open_questions=("Neither body's table of functions or phenotypes was at hand.",)),
    "DPYD": Plan(
        "lowest-function",
        83,
        "reference",
        bands={"CPIC": ((0.0, 0.5, PM), (1.0, 1.5, IM), (2.0, 2.0, NM))},
        severity=("no function", "decreased function", "normal function"),
        overrule=(
            97573863,
            97579893,
            "The exonic variant only travels with the intronic one that lowers the activity (HapB3). It counts as "
            "HapB3, with a warning, where the intronic site was not read; where that was read, it decides alone.",
        ),
        aliases=(
            ("*1", "Reference", "the reference has no star name"),
            ("c.1129-5923C>G, c.1236G>A", "c.1129-5923C>G, c.1236G>A (HapB3)", "part of the full name"),
            ("HapB3", "c.1129-5923C>G, c.1236G>A (HapB3)", "short name"),
        ),
        open_questions=("DPWG's pairs that read `Phenotyping` ask for a test of the enzyme, they name no phenotype.",),
    ),
    "G6PD": Plan(
        "hemizygous",
        171,
        "reference",
        texts={
            154532439: "Synonymous (rs2230037); used by no definition, the reference bases of the two builds differ.",
            154532990: "Villeurbanne, deficient with CNSHA: seen here it is neither Chatham nor the reference.",
        },
        stops_call=frozenset({154532990}),
        aliases=(("B", "B (reference)", "short name"),),
        note="One copy in males. A heterozygous woman is `Variable`: the gene cannot tell her enzyme activity, measure it.",
        open_questions=(
            "Villeurbanne (deletion of GGT at 154532990, deficient with CNSHA) shares its position with Chatham and has no "
            "definition: a deletion seen there is unlisted, and reading it as reference would be wrong.",
            "The synonymous rs2230037 (154532439) is not used, so the `Mediterranean Haplotype` has no definition.",
        ),
    ),
    "IFNL3": Plan(
        "single-site",
        1,
        dated_phenotypes=True,
        open_questions=("The body's file names the function of both alleles and has no phenotype of pairs.",),
    ),
    "NAT2": Plan(
        "star-alleles",
        47,
        dated_phenotypes=True,
        open_questions=("The CPIC tables of 2026-10 at hand hold no NAT2; phenotypes are those of the phenotype file of 2025-11.",),
    ),
    "NUDT15": Plan("star-alleles", 18, "reference"),
    "RYR1": Plan(
        "lowest-function",
        313,
        "reference",
        texts={38580126: "c.14510delA: seen here it is neither c.14509C>G nor the reference."},
        stops_call=frozenset({38580126}),
        severity=(MH, "uncertain or normal function", "normal function"),
        note="Reference/Reference is uncertain susceptibility: no known variant does not exclude malignant hyperthermia.",
        open_questions=(
            "c.14510delA shares its position (38580126) with c.14509C>G and has no definition: a deletion seen there is "
            "unlisted, not reference.",
        ),
    ),
    "SLCO1B1": Plan("star-alleles", 35),
    "TPMT": Plan("star-alleles", 43, "reference"),
    "UGT1A1": Plan("star-alleles", 4, note="TA repeats of the promoter: *1 has 6, *28 has 7, *36 has 5, *37 has 8."),
    "VKORC1": Plan(
        "single-site",
        1,
        aliases=(
            ("-1639G", "rs9923231 reference (C)", "base on the strand of the gene"),
            ("-1639A", "rs9923231 variant (T)", "base on the strand of the gene"),
        ),
        note="The gene lies on the reverse strand: -1639G>A of the literature is C>T here.",
    ),
}
