"""An invented plan that holds something of every kind, and a formulation."""

from dataclasses import replace

from painloom.model.formulation import Conflict, Contribution, Driver, Formulation, Mechanism
from painloom.model.outlook import Band, Refusal
from painloom.model.plan import Check, Dose, Option, Plan, Price, Reason, Step, Taper, TaperStep

HALF = Band(0.5, 0.3, 0.7)
LEDGER = (
    Contribution("nociplastic", "map", "widespread pain", "9 regions", "spread", 1.1, 0.3, 1.1, "for", "", "guideline", "verified", "x"),
    Contribution("nociplastic", "lesion", "no lesion", "", "lesion", -0.4, 0.2, -0.4, "against", "", "guideline", "verified", "x"),
)
FORMULATION = Formulation(
    (Mechanism("nociplastic", "nociplastic pain", False, HALF, Band(0.2, 0.1, 0.4), "possible", "", LEDGER),),
    (Driver("sleep", "bad sleep", "sleep", "isi", "19", 2.0, 0.98, "sleep is bad", "verified", ()),),
    (Conflict("c", "a", "b", "A and b disagree.", "the partner"),),
    (),
    "no test would change the plan",
    "Most likely nociplastic.",
)
REFUSED_NOW = Refusal("morphine", "kidneys", "contraindicated", "kidney", "x")
DOSE = Dose(
    "mg", 30.0, 30.0, 60.0, 7.0, "30 mg, after a week 60 mg", ("kidney",), "verified", (),
    drug="duloxetine", label="duloxetine", times=1.0, target=(60.0, 60.0),
)  # fmt: skip
TAPER = Taper(
    True, "a tenth a month", (TaperStep(0, 1.0, 200.0, "mg"), TaperStep(28, 0.9, None, "mg")), "withdrawal", "to-verify", ("x",)
)  # fmt: skip
CHECK = Check(8.0, "peg", "30 % less", "stop", ())
STEP = Step(
    2, "begin", "duloxetine", "duloxetine", "drug", "mechanism", "Begin duloxetine.",
    (Reason("mind", "mood is low", "score:phq-9.total", "drivers/mood", "some-source"),), HALF, DOSE, (CHECK,),
    Price(20.0, 40.0, "EUR", "our table"), ("milnacipran",), ("watch the blood pressure",), "next", "the taper", ("duloxetine",),
    course="once a day",
)  # fmt: skip
STOP = replace(
    STEP, order=1, action="stop", treatment="tramadol", label="tramadol", text="Stop tramadol.", dose=None, taper=TAPER, when="now",
    depends="", drugs=("tramadol",), checks=(), price=None, alternatives=(), utility=None, notes=(),
)  # fmt: skip
TELL = replace(
    STOP, order=3, action="refer", treatment="", label="ask", modality="", role="safety", text="Ask today.", taper=None, drugs=(),
    depends="the team, today",
)  # fmt: skip
KEEP = replace(STOP, order=4, action="keep", treatment="", label="omeprazole", taper=None, drugs=("omeprazole",))
OPTION = Option("duloxetine", "duloxetine", "drug", HALF, True, (("pain", 3.0),), "drug", True)
LEFT = Option("tramadol", "tramadol", "drug", HALF, False, (), "drug", False, "refused")
PLAN = Plan(
    (STEP, STOP, TELL, KEEP), (OPTION, LEFT), (REFUSED_NOW,), (("sleep", 1.0),), "two are tied", ("a warning",),
    (CHECK,), ("the moon",), "Stop tramadol; begin duloxetine.",
)  # fmt: skip
