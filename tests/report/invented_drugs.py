"""Invented drugs with advice for the report, written by hand; no medicine is computed here."""

from dataclasses import replace

from invented_genes import RELEASE

from painloom.model.advice import Advice, Statement, Variant
from painloom.model.assessment import DrugNote, DrugView
from painloom.model.case import DrugUse
from painloom.model.quantity import point


def statement(action: str, tier: str, summary: str, because: str = "", **more: object) -> Statement:
    fields = {"id": f"{action}-{tier}", "strength": "moderate", **more}
    return Statement(action=action, tier=tier, summary=summary, because=because, **fields)  # type: ignore[arg-type]


USUAL = statement("standard", "no-action", "Use the dose of the label.", strength="strong")
POOR_TRAMADOL = statement(
    "avoid",
    "act",
    "Avoid tramadol because it will hardly relieve pain; use an opioid that needs no activation.",
    "Almost no active metabolite is formed.",
    strength="strong",
    id="avoid-poor",
    alternatives=("morphine", "hydromorphone"),
)
WATCH_TRAMADOL = statement(
    "standard",
    "consider",
    "Use the usual dose; if it does not relieve pain, choose an opioid that is not codeine.",
    "Less of the active metabolite may be formed.",
    strength="optional",
    id="standard-intermediate",
    alternatives=("morphine", "hydromorphone", "codeine"),
)
SWITCH_TRAMADOL = statement(
    "switch",
    "act",
    "Choose another opioid, or raise the dose step by step and watch the effect.",
    "Conversion to the active metabolite is reduced.",
    strength="not-graded",
    id="switch-intermediate",
    alternatives=("morphine",),
)


def advice(drug: str, body: str, genes: tuple[str, ...], phenotypes: tuple[str, ...], said: Statement, **more: object) -> Advice:
    fields = {
        "source": f"{body.lower()}-{drug}",
        "card": (f"{body.lower()}-{drug}", RELEASE),
        "invariant": True,
        "keys": phenotypes,
        **more,
    }
    return Advice(drug, body, genes, phenotypes, said, **fields)  # type: ignore[arg-type]


def tramadol() -> DrugView:
    changes = (Variant("one CYP2D6 copy deleted (*4/*5)", POOR_TRAMADOL), Variant("one copy duplicated (*1x2/*4)", USUAL))
    im = ("Intermediate Metabolizer",)
    return DrugView(
        "tramadol",
        "tramadol",
        "opioid",
        "Opioids",
        True,
        True,
        (
            advice(
                "tramadol",
                "CPIC",
                ("CYP2D6",),
                im,
                WATCH_TRAMADOL,
                keys=("0.5",),
                structural=changes,
                genotype_only=USUAL,
                genotype_phenotypes=im,
                adjusted_by=("duloxetine",),
                source="cpic-opioids-2021",
                other_populations=(Variant("children under 12 years", statement("avoid", "act", "Do not use in children.")),),
            ),
            advice(
                "tramadol",
                "DPWG",
                ("CYP2D6",),
                im,
                SWITCH_TRAMADOL,
                source="dpwg-tramadol",
                structural=changes[:1],
                notes=("The body's text was dated 2018; its allele values were dated 2025-10.",),
            ),
        ),
        uses=(
            DrugUse(
                "tramadol", "tramadol 100 mg retard, 1-0-1", point(100), "mg", point(2), "oral", since="2024-06", reason="low back pain"
            ),
        ),
    )


def current_drugs() -> tuple[DrugView, ...]:
    duloxetine = DrugView(
        "duloxetine",
        "duloxetine",
        "snri",
        "SNRI",
        True,
        True,
        (
            advice(
                "duloxetine",
                "CPIC",
                ("CYP2D6",),
                ("Intermediate Metabolizer",),
                statement("none", "no-action", "The guideline makes no recommendation.", strength="no-recommendation"),
                source="cpic-ssri-2023",
            ),
        ),
        uses=(DrugUse("duloxetine", "", point(60), "mg", point(1), "oral", reason="neuropathic pain"),),
    )
    celecoxib = DrugView(
        "celecoxib",
        "celecoxib",
        "nsaid",
        "NSAIDs",
        True,
        True,
        (
            advice(
                "celecoxib",
                "CPIC",
                ("CYP2C9",),
                ("Intermediate Metabolizer",),
                statement(
                    "reduce",
                    "act",
                    "Start with the lowest recommended dose and raise it with care to the lowest dose that works.",
                    "Clearance is lower, so levels and harms may rise.",
                    id="lowest-start",
                ),
                keys=("1.0",),
                source="cpic-nsaid-2020",
            ),
        ),
        uses=(DrugUse("celecoxib", "", point(200), "mg", point(2), "oral"),),
    )
    omeprazole = DrugView(
        "omeprazole",
        "omeprazole",
        "ppi",
        "Proton pump inhibitors",
        True,
        False,
        (
            advice(
                "omeprazole",
                "CPIC",
                ("CYP2C19",),
                ("Intermediate Metabolizer",),
                USUAL,
                invariant=False,
                source="cpic-ppi-2020",
                variants=(
                    Variant(
                        "*2/*35 (Poor Metabolizer)",
                        statement("reduce", "consider", "After 12 weeks consider half the dose.", factor=0.5),
                    ),
                ),
            ),
        ),
        uses=(DrugUse("omeprazole", "", point(20), "mg", point(1)),),
    )
    gabapentin = DrugView(
        "gabapentin",
        "gabapentin",
        "gabapentinoid",
        "Gabapentinoids",
        True,
        True,
        (),
        DrugNote("gabapentin", "no-gene", "Excreted unchanged by the kidney; no gene guides its dose.", ("label-us",)),
    )
    mystery = DrugView(
        "zaldiar forte x",
        "Zaldiar forte X",
        "",
        "",
        True,
        False,
        (),
        DrugNote("zaldiar forte x", "unknown", "No drug card has this name."),
    )
    return duloxetine, celecoxib, omeprazole, gabapentin, mystery


def other_drugs() -> tuple[DrugView, ...]:
    def plain(name: str, code: str, label: str) -> DrugView:
        return DrugView(
            name,
            name,
            code,
            label,
            False,
            True,
            (),
            DrugNote(name, "no-gene", "No actionable gene; guideline judged the evidence too weak.", ("cpic-opioids-2021",)),
        )

    def guided(name: str, code: str, label: str, said: Statement, genes: tuple[str, ...], **more: object) -> DrugView:
        phenotypes = tuple("Intermediate Metabolizer" for _ in genes)
        return DrugView(name, name, code, label, False, True, (advice(name, "CPIC", genes, phenotypes, said, **more),))

    stop = statement("avoid", "act", "Avoid; choose an opioid that needs no activation.", strength="strong")
    low = statement("reduce", "act", "Start at half the lowest dose, or choose another NSAID.", factor=0.5)
    silent = statement("none", "no-action", "The guideline makes no recommendation.", strength="no-recommendation")
    tca = statement("reduce", "consider", "Consider three quarters of the usual start dose.", factor=0.75)
    carb = DrugView(
        "carbamazepine",
        "carbamazepine",
        "anticonvulsant",
        "Anticonvulsants",
        False,
        True,
        (
            advice(
                "carbamazepine",
                "CPIC",
                ("HLA-B",),
                ("No Result",),
                statement("none", "no-action", "Without HLA typing the guideline says nothing."),
                invariant=None,
                missing_genes=("HLA-B",),
            ),
        ),
    )
    return (
        *(plain(n, "opioid", "Opioids") for n in ("morphine", "hydromorphone", "buprenorphine", "fentanyl")),
        guided("codeine", "opioid", "Opioids", stop, ("CYP2D6",)),
        guided("oxycodone", "opioid", "Opioids", silent, ("CYP2D6",)),
        guided("methadone", "opioid", "Opioids", USUAL, ("CYP2B6",)),
        *(plain(n, "nsaid", "NSAIDs") for n in ("naproxen", "diclofenac")),
        guided(
            "ibuprofen",
            "nsaid",
            "NSAIDs",
            replace(low, action="reduce", factor=0.0, summary="Start with the lowest dose."),
            ("CYP2C9",),
        ),
        guided("meloxicam", "nsaid", "NSAIDs", low, ("CYP2C9",)),
        guided("piroxicam", "nsaid", "NSAIDs", statement("switch", "act", "Choose another NSAID."), ("CYP2C9",)),
        guided("venlafaxine", "snri", "SNRI", silent, ("CYP2D6",)),
        plain("milnacipran", "snri", "SNRI"),
        plain("pregabalin", "gabapentinoid", "Gabapentinoids"),
        guided(
            "amitriptyline",
            "tca",
            "Tricyclic antidepressants",
            tca,
            ("CYP2D6", "CYP2C19"),
            invariant=False,
            variants=(Variant("CYP2C19 *2/*35 (Poor Metabolizer)", statement("avoid", "act", "Avoid.")),),
        ),
        guided("nortriptyline", "tca", "Tricyclic antidepressants", tca, ("CYP2D6",)),
        carb,
        guided("azathioprine", "thiopurine", "Thiopurines", USUAL, ("TPMT",)),
    )
