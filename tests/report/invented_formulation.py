"""An invented formulation: two mechanisms, a state, a driver, a conflict, a test."""

from painloom.model.formulation import Conflict, Contribution, Driver, Formulation, Mechanism, NextTest, TestResult
from painloom.model.outlook import Band

LINE = Contribution("m1", "fact:a", "A sign", "yes", "sign", 1.4, 0.3, 1.4, "for", "as published", "guideline", "verified", "some-source")
IDLE = Contribution(
    "m1", "score:b", "A score", "7", "score", -0.8, 0.5, 0.0, "against", "to verify: shown, weighs nothing", "replicated", "to-verify", "x"
)
BAND = Band(0.3, 0.1, 0.6)


def formulation() -> Formulation:
    one = Mechanism("m1", "Mechanism one", False, Band(0.64, 0.4, 0.8), BAND, "probable", "grading: probable keeps it", (LINE, IDLE))
    two = Mechanism("m2", "Mechanism two", False, Band(0.2, 0.1, 0.35), BAND, "", "", ())
    state = Mechanism("s1", "State without a word", True, BAND, BAND, "", "", ())
    driver = Driver("d1", "Short sleep", "sleep", "score:isi", "19", 1.2, 0.88, "sleep is short", "to-verify", ("x",))
    results = (TestResult("present", 0.4, "Drug A"), TestResult("absent", 0.6, "Drug B"))
    test = NextTest("t1", "A pin", "examination", 3.2, 3.1, 0.0, 5.0, 0.0, True, results, "a result could change what leads", ())
    conflict = Conflict("c1", "fact:a", "fact:b", "these two do not fit", "which is right?")
    return Formulation((one, two, state), (driver,), (conflict,), (test,), "", "mechanism one is more likely than not.")
