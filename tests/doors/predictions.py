"""`painloom evidence predict` on cases made of a few words, and the laws that every answer keeps."""

import pytest
from console import inside, table

from builders import knowledge
from painloom.knowledge import load

AS_OF = ("--as-of", "2026-11-24")
CONTRACT = [
    *("treatment", "condition", "control_response", "p30", "p30_low", "p30_high", "added_benefit", "added_low", "added_high", "harm"),
    *("changed_by_this_patient", "grade", "source"),
]
NUMBERS = ("control_response", "p30", "p30_low", "p30_high", "added_benefit", "added_low", "added_high", "harm", "points", "p50", "p_best")
BACK = '[pain]\ndiagnoses = ["chronic low back pain"]\nmonths = 30\nintensity = 6\n'
FEET = '[pain]\ndiagnoses = ["painful diabetic neuropathy"]\nmonths = 30\nintensity = 6\n'
KNEE = '[pain]\ndiagnoses = ["osteoarthritis of the knee"]\nmonths = 30\nintensity = 6\n'
FIBRO = '[pain]\ndiagnoses = ["fibromyalgia"]\nmonths = 30\nintensity = 6\n'
NERVE = '[pain]\ndiagnoses = ["neuropathic pain after nerve injury"]\nmonths = 30\nintensity = 6\n'
FACE = '[pain]\ndiagnoses = ["trigeminal neuralgia"]\nmonths = 30\nintensity = 6\n'
MIGRAINE = '[pain]\ndiagnoses = ["migraine without aura"]\nmonths = 90\nintensity = 6\n'
SORE_BACK = '[pain]\ndiagnoses = ["low back pain"]\nmonths = 1\nintensity = 6\n'
NSAIDS = ("celecoxib", "diclofenac", "etoricoxib", "ibuprofen", "meloxicam", "naproxen")
OPIOIDS = (
    *("buprenorphine", "codeine", "fentanyl-patch", "hydrocodone", "hydromorphone", "methadone", "morphine", "oxycodone", "tapentadol"),
    "tramadol",
)
POOR, ULTRARAPID = "CYP2D6\t*4/*4\n", "CYP2D6\t*1/*1x3\n"


def takes(*names):
    return "".join(f'[[drugs]]\nname = "{name}"\n' for name in names)


def folder(place, toml, outside=""):
    """A case folder."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "case.toml").write_text(toml, encoding="utf-8")
    if outside:
        (place / "outside_calls.tsv").write_text(outside, encoding="utf-8")
    return place


def judged(place, *words, toml=BACK):
    """How it ends with a case of these words, whatever the end."""
    return inside("evidence", "predict", folder(place / "case", toml), *words)


class Asked:
    """Runs it once for the same words, in folders below `place`; every run must succeed.  Our cards are read once for all runs."""

    def __init__(self, place):
        self.place, self.kept = place, {}

    def __call__(self, toml, *words, outside="", form="tsv"):
        asked, read = (toml, words, outside, form), load.load
        if asked not in self.kept:
            case = folder(self.place / str(len(self.kept)), toml, outside)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(load, "load", lambda own=None: knowledge() if own is None else read(own))
                self.kept[asked] = inside("evidence", "predict", case, *AS_OF, "--format", form, *words)
        assert self.kept[asked].status == 0, self.kept[asked].err
        return self.kept[asked]

    def rows(self, toml, *words, outside=""):
        """(treatment, kind of pain) -> row."""
        found = table(self(toml, *words, outside=outside).out)
        return {(row["treatment"], row["condition"]): row for row in found}


def by_treatment(found):
    assert len({treatment for treatment, _ in found}) == len(found)
    return {treatment: row for (treatment, _), row in found.items()}


def refused(found):
    return {treatment for (treatment, _), row in found.items() if row["status"] == "refused"}


def lawful(found):
    """The laws of the columns, whatever the case."""
    for row in found:
        numbers = {name: float(row[name]) for name in NUMBERS if row[name] != "."}
        if row["status"] != "predicted":
            assert {} == numbers
            assert row["reason"] != "."
            assert row["changed_by_this_patient"] == "."
            continue
        chances = ("control_response", "p30", "p30_low", "p30_high", "p50", "p_best")
        assert all(0 <= numbers[name] <= 1 for name in chances if name in numbers)
        assert (row["p30"] == ".") == (row["control_response"] == ".") == (row["added_benefit"] == ".")
        if "p30" in numbers:
            assert numbers["p30_low"] <= numbers["p30"] <= numbers["p30_high"]
            assert numbers["added_low"] <= numbers["added_benefit"] <= numbers["added_high"]
            assert numbers["control_response"] + numbers["added_benefit"] == pytest.approx(numbers["p30"], abs=1e-3)
        assert row["source"] != "."
        assert row["grade"] in ("high", "moderate", "low", "very low")
