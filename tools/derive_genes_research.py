"""Cards without allele definitions of the guideline bodies: research genes and genes known from outside typing only."""

from typing import Any

Site = tuple[int, str, str, str, int, str, str, str]  # position rsid ref alts position37 ref37 state37 state38

NOT_PRESCRIBING = "Research only: may be shown, never changes a drug row."
BY_RSID = "Place and strand were not confirmed in two sources: use the site only where the record's ID is the rsID and the alleles agree."


def effect(variant: str, allele: str, says: str, size: str, evidence: str, *sources: str) -> dict[str, Any]:
    return {"variant": variant, "allele": allele, "says": says, "effect": size, "evidence": evidence, "sources": list(sources)}


POSTSURGICAL = "No effect left when pooled for pain that lasts after surgery."

RESEARCH: dict[str, dict[str, Any]] = {
    "OPRM1": {
        "chromosome": "chr6",
        "offset": 321135,
        "sites": [(154039662, "rs1799971", "A", "G", 154360797, "A", "verified", "verified")],
        "sources": ["zhang-2019", "hwang-2014", "opioid-guideline-2021", "a118g-vomiting-2016", "postsurgical-2023"],
        "open_questions": ["On vomiting the pooled analyses disagree: one finds less with G, a later one finds none."],
        "effects": [
            effect(
                "rs1799971",
                "G",
                "Carriers of G (118G, N40D) need somewhat more opioid after surgery.",
                "standardised mean difference 0.17 (95 % interval 0.12 to 0.22; 36 studies, 8,609 people); 0.18 in an "
                "earlier pooling (18 studies, 4,607 people, I2 66.8 %); about a tenth of the morphine dose",
                "moderate",
                "zhang-2019",
                "hwang-2014",
            ),
            effect(
                "rs1799971",
                "G",
                "Acute postsurgical pain and opioid use are slightly higher.",
                "standardised mean difference 0.25 (0.16 to 0.35; 8,227 people) for opioid use, 0.20 (0.09 to 0.31; "
                "4,619 people) for the pain score",
                "moderate",
                "postsurgical-2023",
            ),
            effect(
                "rs1799971",
                "G",
                "Less vomiting after surgery in one pooling; another found only less nausea.",
                "odds ratio 0.765 (0.592 to 0.987) for carriers, 0.422 (0.254 to 0.701) for GG against AA; nausea: risk "
                "difference -0.04 (-0.06 to -0.01)",
                "weak",
                "a118g-vomiting-2016",
                "zhang-2019",
            ),
            effect(
                "rs1799971",
                "G",
                "The guideline of 2021 judges the effect too small to act upon.",
                "no recommendation",
                "guideline",
                "opioid-guideline-2021",
            ),
        ],
    },
    "COMT": {
        "chromosome": "chr22",
        "offset": -12477,
        "panel": True,
        "sites": [
            (19962429, "rs6269", "A", "G", 19949952, "A", "verified", "verified"),
            (19962712, "rs4633", "C", "T", 19950235, "C", "verified", "verified"),
            (19963684, "rs4818", "C", "G", 19951207, "C", "verified", "verified"),
            (19963748, "rs4680", "G", "A", 19951271, "G", "verified", "verified"),
        ],
        "haplotypes": [("HPS", "."), ("LPS", "19962429=G;19963684=G"), ("APS", "19962712=T;19963748=A")],
        "sources": ["diatchenko-2005", "hocking-2010", "comt-opioid-hyperalgesia", "chidambaran-2020", "postsurgical-2023"],
        "open_questions": [
            "Haplotypes other than these three (about 4 % of people in the first cohort) have no name.",
            "Unphased genotypes are read with these three only; rarer haplotypes could explain them too.",
        ],
        "effects": [
            effect(
                "rs6269-rs4633-rs4818-rs4680",
                "LPS",
                "LPS (G-C-G-G) goes with high enzyme activity and less pain, "
                "HPS (A-C-C-G) with low activity and more pain, APS (A-T-C-A) lies between.",
                "one LPS haplotype lowered the risk of temporomandibular disorder up to 2.3-fold in the first cohort; "
                "not seen in the 1958 birth cohort",
                "weak",
                "diatchenko-2005",
                "hocking-2010",
            ),
            effect(
                "rs4680",
                "A",
                "The A allele (158Met) has gone with more pain in some studies and with none in others.",
                "chronic postsurgical pain score: standardised mean difference 0.26 (0.08 to 0.44; 1,726 people) in one "
                "pooling, no effect in another",
                "weak",
                "postsurgical-2023",
                "chidambaran-2020",
            ),
            effect(
                "rs4680",
                "A/G",
                "Heterozygous people on opioids had more sensitivity to pain in one small study.",
                "142 people, not repeated",
                "weak",
                "comt-opioid-hyperalgesia",
            ),
        ],
    },
    "SCN9A": {
        "chromosome": "chr2",
        "offset": 856510,
        "sites": [(166242648, "rs6746030", "G", "A", 167099158, "G", "to verify", "to verify")],
        "sources": ["reimann-2010", "holliday-2012"],
        "open_questions": [BY_RSID],
        "effects": [
            effect(
                "rs6746030",
                "A",
                "More pain with A (1150W) in the first report.",
                "p = 0.016 in osteoarthritis (578 people), p = 0.0001 in five cohorts together (1,277 people)",
                "weak",
                "reimann-2010",
            ),
            effect(
                "rs6746030",
                "A",
                "No link with chronic widespread pain in four later cohorts.",
                "odds ratio 0.96 (0.82 to 1.11; 1,071 cases, 3,212 controls)",
                "moderate",
                "holliday-2012",
            ),
        ],
        "refer": [
            {
                "when": "rare loss of function in both copies, known or suspected",
                "text": "Congenital insensitivity to pain is Mendelian: refer to clinical genetics, do not score.",
            },
            {
                "when": "rare gain of function, or a family with burning red limbs or paroxysmal extreme pain",
                "text": "Erythromelalgia, paroxysmal extreme pain and small-fibre neuropathy are Mendelian: refer to "
                "clinical genetics, do not score.",
            },
        ],
    },
    "KCNS1": {
        "chromosome": "chr20",
        "offset": -1371360,
        "sites": [(45094987, "rs734784", "T", "C", 43723627, "T", "to verify", "to verify")],
        "sources": ["chidambaran-2020"],
        "open_questions": [BY_RSID, "Papers name the alleles on the strand of the gene: their G is C here."],
        "effects": [
            effect(
                "rs734784",
                "C",
                "Slightly more pain that lasts after surgery with this allele (488V; G in the papers).",
                "odds ratio 1.51 per allele (1.00 to 2.28), p = 0.050",
                "weak",
                "chidambaran-2020",
            ),
        ],
    },
    "GCH1": {
        "chromosome": "chr14",
        "offset": 466718,
        "sites": [
            (54839739, "rs10483639", "G", "C", 55306457, "G", "to verify", "to verify"),
            (54893421, "rs3783641", "T", "A", 55360139, "T", "to verify", "to verify"),
            (54912273, "rs8007267", "C", "T", 55378991, "C", "to verify", "to verify"),
        ],
        "sources": ["chidambaran-2020"],
        "open_questions": [
            BY_RSID,
            "Two of the three sites read the same on both strands: the allele alone does not prove the strand.",
            "Which three sites tag the haplotype was written from memory; no haplotype is defined here.",
        ],
        "effects": [
            effect("rs3783641", "A", "Part of a haplotype that has been called pain-protective.", POSTSURGICAL, "weak", "chidambaran-2020"),
        ],
    },
    "TNF": {
        "chromosome": "chr6",
        "offset": -32223,
        "sites": [(31575254, "rs1800629", "G", "A", 31543031, "G", "verified", "verified")],
        "sources": ["chidambaran-2020"],
        "open_questions": [],
        "effects": [effect("rs1800629", "A", "No robust effect on pain.", POSTSURGICAL, "weak", "chidambaran-2020")],
    },
}

OUTSIDE: dict[str, dict[str, Any]] = {
    "HLA-A": {
        "kind": "tag-allele",
        "chromosome": "chr6",
        "markers": ["*31:01"],
        "note": "Known from outside typing only; a person is a carrier of a marker or not.",
        "bodies": [("CPIC", ["*31:01"]), ("DPWG", ["*31:01"])],
        "open_questions": ["DPWG has rows for carriers only: no row for a negative test is no recommendation, not an error."],
    },
    "HLA-B": {
        "kind": "tag-allele",
        "chromosome": "chr6",
        "markers": ["*15:02", "*15:11", "*57:01", "*58:01"],
        "note": "Known from outside typing only; a person is a carrier of a marker or not.",
        "bodies": [("CPIC", ["*15:02", "*57:01", "*58:01"]), ("DPWG", ["*15:02", "*15:11", "*57:01", "*58:01"])],
        "open_questions": [
            "DPWG has rows for carriers only, except one for carbamazepine keyed *15:02 negative.",
            "One DPWG row of carbamazepine is keyed `1511 and 1502`; no marker gives that key.",
        ],
        "proxy": [
            {
                "marker": "*57:01",
                "rsid": "rs2395029",
                "position": 31464003,
                "ref": "T",
                "alt": "G",
                "position37": 31431780,
                "ref37": "T",
                "state38": "verified",
                "state37": "verified",
                "text": "G often travels with *57:01, not always: a hint to have HLA-B typed, never a typing. T/T does not "
                "exclude the marker.",
            }
        ],
    },
    "MT-RNR1": {
        "kind": "mitochondrial",
        "chromosome": "chrM",
        "source": "cpic-diplotypes-2026-10",
        "note": "Known from outside typing only. One allele; a mixture of both kinds of mitochondria (heteroplasmy) is "
        "possible, and how much of it matters is not in the table.",
        "open_questions": ["The tables of 2026-10 have no row for the reference; its class is that of the file of 2025-11."],
    },
}
