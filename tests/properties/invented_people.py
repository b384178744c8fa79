"""Invented people by the thousand: a seed gives a case, the same one each time."""

import functools
import random
from dataclasses import replace

import numpy as np

from painloom.knowledge.load import Knowledge, load
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.body import Allergy, BodyRecord, Diagnosis, Fact, Measure
from painloom.model.brain import ImagingEntry
from painloom.model.case import Case, DrugUse, PainHistory, Person
from painloom.model.quantity import Interval, point

KINDS = (
    *("chronic low back pain", "fibromyalgia", "painful diabetic neuropathy", "knee osteoarthritis", "postherpetic neuralgia"),
    *("chronic migraine", "neck pain", "sciatica", "complex regional pain syndrome", "trigeminal neuralgia", "phantom limb pain"),
    *("hip osteoarthritis", "central post-stroke pain", "irritable bowel syndrome", "failed back surgery", "pain of an unknown sort"),
)
SHEETS = ("phq-9", "gad-7", "isi", "pcs", "pseq", "tsk-11", "peg", "dn4", "csi-a")
MEASURES = (
    ("egfr", "mL/min/{1.73_m2}", (8, 120)),
    ("creatinine", "mg/dL", (0.4, 6)),
    ("weight", "kg", (40, 140)),
    ("sodium", "mmol/L", (120, 148)),
    ("qtc", "ms", (380, 520)),
    ("platelets", "10*3/uL", (20, 400)),
)
GENES = {
    "CYP2D6": ("*1/*1", "*4/*4", "*1/*4", "*1/*2x3", "*4/*41", "*10/*10"),
    "CYP2C19": ("*1/*1", "*2/*2", "*1/*17", "*17/*17", "*1/*2"),
    "CYP2C9": ("*1/*1", "*3/*3", "*1/*3", "*2/*3"),
    "HLA-B": ("*15:02/*07:02", "*58:01/*07:02", "*07:02/*08:01"),
}
CODES = ("N18.4", "I50.9", "K74.60", "F32.1", "G40.9")
WISHES = ("sleep through the night", "walk again", "no drug that makes me foggy", "cost: 9", "effort: 10", "pain: 2", "see the sea")


@functools.cache
def knowledge() -> Knowledge:
    """The shipped cards."""
    return load()


@functools.cache
def pools() -> tuple[list[str], list[str], list[str]]:
    """Drugs that are begun for pain, all drugs, facts that somebody may be asked."""
    cards = knowledge()
    pain = sorted({d for card in cards.treatments.values() for d in card.drugs if d in cards.drugs})
    facts = [row["id"] for table in ("facts", "facts_criteria") for row in cards.terms(table)]
    return pain, sorted(cards.drugs), facts


def person(seed: int) -> Case:
    """The case of a seed: some of everything, often little, sometimes nothing."""
    roll = random.Random(seed)
    rich = roll.random()
    return Case(
        person=Person(f"invented {seed}", roll.choice([None, *range(18, 96)]) if roll.random() < 0.97 else 15, roll.choice(["F", "M", ""])),
        pain=PainHistory(
            complaint=roll.choice(["", "it hurts"]),
            months=roll.choice([None, 0.5, 2, 6, 60]),
            intensity_0_10=roll.choice([None, *range(11)]),
            diagnoses=tuple(roll.sample(KINDS, roll.choice([0, 1, 1, 1, 2]))),
        ),
        drugs=tuple(_drugs(roll, rich)),
        wishes=tuple(roll.sample(WISHES, roll.choice([0, 1, 2]))),
        body=_body(roll, rich),
        answers=tuple(_answers(roll, rich)),
        outside_calls=tuple((gene, roll.choice(calls)) for gene, calls in GENES.items() if roll.random() < 0.5 * rich),
        imaging=(ImagingEntry("pfirrmann", roll.choice(["II", "IV"]), "L4/5"),) if roll.random() < 0.1 else (),
    )


def _drugs(roll: random.Random, rich: float) -> list[DrugUse]:
    pain, everything, _ = pools()
    names = roll.sample(pain, min(len(pain), roll.randrange(4))) + roll.sample(everything, int(roll.random() * 5 * rich))
    return [
        DrugUse(
            name,
            dose=roll.choice([None, point(10.0), point(50.0), Interval(100.0, 200.0)]),
            unit="mg",
            per_day=roll.choice([None, point(1.0), point(3.0)]),
            since=roll.choice(["", "2020-01", "2026-10-01", "2019"]),
            as_needed=roll.random() < 0.1,
            state=roll.choices(["active", "stopped", "planned"], [8, 1, 1])[0],
        )
        for name in dict.fromkeys(names)
    ]


def _body(roll: random.Random, rich: float) -> BodyRecord:
    _, everything, facts = pools()
    told = roll.sample(facts, int(roll.random() * 25 * rich))
    return BodyRecord(
        diagnoses=tuple(
            Diagnosis("coded", (("icd-10-cm", c),))
            for c in roll.sample(["N18.4", "I50.9", "K74.60", "F32.1", "G40.9"], roll.choice([0, 0, 1]))
        ),
        facts=tuple(Fact(f, roll.choice(["yes", "no", "no", "unknown"])) for f in told),
        measures=tuple(Measure(id_, round(roll.uniform(*span), 1), unit) for id_, unit, span in MEASURES if roll.random() < 0.5 * rich),
        allergies=tuple(Allergy(name) for name in roll.sample(everything, roll.choice([0, 0, 0, 1]))),
        regions=None,
    )


def _answers(roll: random.Random, rich: float) -> list[Answers]:
    found = []
    for id_ in SHEETS:
        if roll.random() < 0.5 * rich:
            ranges = knowledge().instrument(id_).ranges
            level = roll.random()
            values = [round(r.low + (r.high - r.low) * min(1, max(0, roll.gauss(level, 0.2)))) for r in ranges]
            values = [UNANSWERED if roll.random() < 0.02 else v for v in values]
            row = np.array([values], dtype=np.int16)
            found.append(Answers(id_, ("1",), tuple(r.id for r in ranges), row, "2026-11-01", f"{id_}.csv"))
    return found


def without(case: Case, stream: str) -> Case:
    """The same person with one stream gone."""
    gone = {
        "genome": {"outside_calls": ()},
        "mind": {"answers": ()},
        "body": {"body": BodyRecord(), "drugs": ()},
        "brain": {"imaging": ()},
    }
    return replace(case, **gone[stream])
