"""An invented plan with every kind of step, refusals, ties, wishes and a schedule; for a person without and with a safety signal."""

from dataclasses import replace

import invented
import invented_formulation
import invented_outlook
import invented_streams

from painloom.model.assessment import Assessment
from painloom.model.outlook import Band, Refusal
from painloom.model.plan import Check, Dose, Option, Plan, Price, Reason, Step, Taper, TaperStep

BETTER = "At least 30 % less pain is a moderate improvement."
PEG = Check(12.0, "PEG (a scale (of three items))", BETTER, "stop it and go on to the next step", ("some-source",))
SLEEP = Check(6.0, "sleep score", "sleep score below 15", "repeat the lessons", ("some-source",))
EVIDENCE = Reason("evidence", "about 14 more of 100 respond", "outlook:low-back.drug-a", "treatments/drug-a", "some-source")
BODY = Reason("body", "works on mechanism one (64 %)", "mechanism:m1", "mechanisms/m1", "dpwg-tramadol, label-us")
MIND = Reason("mind", "aims at short sleep (19) (to verify)", "score:isi", "drivers/d1", "some-source")
GENE = Reason("genome", "DPWG: use another drug (Poor Metabolizer)", "genome:CYP2D6", "guidance/x", "dpwg-tramadol")
FLAG = Reason("body", "saddle numbness", "redflag:cauda", "redflags/cauda", "some-source")


def step(order: int, action: str, label: str, **changes: object) -> Step:
    values: dict[str, object] = {
        "treatment": "",
        "modality": "drug",
        "role": "symptom",
        "text": f"Go on with {label}.",
        "reasons": (),
        "utility": None,
        "dose": None,
        "checks": (),
        "price": None,
        "alternatives": (),
    }
    return Step(order, action, label=label, **(values | changes))  # type: ignore[arg-type]


TAPER = Taper(
    True,
    "A tenth of the first amount every four weeks.",
    (TaperStep(0, 0.9, 180.0, "mg"), TaperStep(28, 0.8, 160.0, "mg"), TaperStep(252, 0.0, 0.0, "mg")),
    "sweating, restlessness",
    "verified",
    ("some-source",),
)
DOSE = Dose(
    "mg",
    10.0,
    10.0,
    75.0,
    7.0,
    "Take it in the evening.",
    ("age of 65 or more: start with half", "slow enzyme (to verify)"),
    "to-verify",
    ("some-source",),
    "drug-a",
    "Drug A",
    1.0,
    (25.0, 75.0),
    ("kidney function", "an ECG"),
)
STEPS = (
    step(1, "refer", "Pressure on nerves", text="Pressure on nerves: act on cauda.", role="safety", depends="at once", reasons=(FLAG,)),
    step(
        2,
        "stop",
        "tramadol",
        text="Stop tramadol: DPWG: use another drug.",
        role="safety",
        reasons=(GENE,),
        drugs=("tramadol",),
        taper=TAPER,
        alternatives=("Drug Q",),
    ),
    step(3, "change", "celecoxib", text="Lower celecoxib to at most 200 mg a day.", reasons=(replace(GENE, finding="drug:celecoxib"),)),
    step(
        4,
        "begin",
        "Drug A",
        treatment="drug-a",
        text="Drug A: about 14 more of 100 people.",
        role="mechanism",
        reasons=(EVIDENCE, BODY),
        utility=Band(13.4, 6.6, 19.2),
        dose=DOSE,
        checks=(PEG,),
        price=Price(20.0, 45.5, "GBP", "a year: list price; a table 2026, some-source (to verify)"),
        alternatives=("Drug B", "Drug C", "Drug D", "Drug E"),
        notes=("ask first: glaucoma", "caution: an old trial (to verify)"),
        sources=("some-source", "cpic-opioids-2021"),
    ),
    step(
        5,
        "begin",
        "Lessons on sleep",
        treatment="sleep-lessons",
        text="Lessons on sleep: no number on pain is known for it here.",
        modality="psychological",
        role="driver",
        reasons=(MIND, Reason("person", "sleeps longer", "wish:sleep", "treatments/sleep-lessons", "some-source")),
        utility=Band(48.0, 32.0, 62.0),
        course="six lessons; in a group (to verify)",
        checks=(SLEEP,),
    ),
    step(6, "ask", "A pin", text="A pin: worth 3.2 of 100 people before its cost.", reasons=(replace(BODY, finding="test:t1"),)),
    step(7, "keep", "duloxetine", treatment="duloxetine"),
    step(8, "keep", "omeprazole"),
    step(9, "begin", "Walking", when="next", depends="once lessons on sleep are under way", text="Walking: more.", checks=(PEG,)),
    step(10, "begin", "Drug Z", when="later", depends="if pain is not 30 % less", text="Drug Z: more.", course="told in full below"),
)
OPTIONS = (
    Option("drug-a", "drug A", "drug", Band(13.4, 6.6, 19.2), False, (("pain", 14.1), ("effort", -0.3)), "drug", True),
    Option("drug-b", "drug B", "drug", Band(12.0, 5.0, 18.0), True, (("pain", 12.0),), "drug", False, "another of its kind is named first"),
    Option("drug-l", "drug L", "drug", Band(-0.2, -3.0, 1.0), False, (("pain", 1.0), ("harm", -1.2)), "other-slot", False, "harms more"),
)
REFUSALS = (
    Refusal("drug-r", "Drug R with a clearance below 30 mL/min: avoid.", "major", "organ-dose", "a label, some-source", "rules/x"),
    Refusal("drug-r", "Drug R was not borne: rash.", "contraindicated", "allergy", "the person's record"),
    Refusal("drug-n", "DPWG: do not use it (Poor Metabolizer)", "avoid", "genome", "dpwg-tramadol", "guidance/y"),
)
FOLLOW = (
    Check(4.0, "PEG (of three), adverse effects, steps begun, sleep score, mood score", BETTER, "change what does harm", ("some-source",)),
    Check(12.0, "PEG (of three), cost", BETTER, "weigh again", ("some-source",)),
    Check(52.0, "PEG (of three)", "what has lasted", "begin again", ()),
)


def plan(**changes: object) -> Plan:
    values: dict[str, object] = {
        "steps": STEPS,
        "options": OPTIONS,
        "refusals": REFUSALS,
        "wishes": (("pain", 1.0), ("sleep", 1.0), ("garden", 0.25)),
        "abstains": "Where bands overlap the plan names one and lists the others.",
        "warnings": ("a diagnosis in words was not used: give a code",),
        "follow_up": FOLLOW,
        "unread": ("be a heron",),
        "statement": "Stop tramadol; begin drug A and lessons on sleep.",
    }
    return Plan(**(values | changes))  # type: ignore[arg-type]


def planned(person: Assessment | None = None, **changes: object) -> Assessment:
    """A person with formulation, outlook and plan."""
    one = person or invented.mara()
    wished = replace(one.case, wishes=("sleep through", "be a heron"))
    return replace(one, case=wished, formulation=invented_formulation.formulation(), outlook=invented_outlook.view(), plan=plan(**changes))


def held() -> Assessment:
    """The same plan for a person with a safety signal: it waits."""
    return planned(invented_streams.ilse())


def scarce() -> Assessment:
    """A plan of which nothing is known but one thing to find out."""
    only = step(1, "ask", "A drug list", text="A drug list: it comes first.")
    bare = {"options": (), "refusals": (), "wishes": (), "abstains": "", "warnings": (), "follow_up": (), "unread": (), "statement": ""}
    return replace(invented.nobody(), plan=plan(steps=(only,), **bare))


def hostile() -> Assessment:
    """Names and texts that would be markup if they could."""
    bad = "<img src=x onerror=hacked=1>\u202e"
    wild = tuple(
        replace(
            s,
            label=bad,
            text=f"{bad}: {bad}",
            depends=bad,
            course=bad,
            notes=(bad,),
            alternatives=(bad,),
            reasons=tuple(replace(r, text=bad, source=bad) for r in s.reasons),
        )
        for s in STEPS
    )
    refused = tuple(replace(r, reason=bad, source=bad) for r in REFUSALS)
    return planned(invented.hostile(), steps=wild, refusals=refused, unread=(bad,), warnings=(bad,), statement=bad, abstains=bad)
