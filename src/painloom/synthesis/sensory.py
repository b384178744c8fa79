"""Quantitative sensory testing against the clinic's own reference values; without them nothing is judged."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from painloom.errors import KnowledgeError
from painloom.model.body import SensoryTest
from painloom.model.case import Person
from painloom.model.criteria import SensoryFinding

COLUMNS = ("test", "region", "age_from", "age_to", "sex", "mean", "sd", "transform", "sign")
GAIN, LOSS, WITHIN, NOT_JUDGED = "gain", "loss", "within", "not-judged"
TRANSFORMS = ("none", "log10")
SIGNS = (GAIN, LOSS)
LIMIT = 1.96  # |z| beyond it is abnormal: outside the central 95% of the reference group


@dataclass(frozen=True, slots=True)
class Reference:
    """Healthy people of one age span and sex for one test in one region.

    Ages are completed years, both included; `sex` "" = both.  `mean` and `sd` are on the scale of `transform`.  `sign` is what a value
    above the mean says: "gain" of sensitivity, or "loss".
    """

    test: str
    region: str
    age_from: int
    age_to: int
    sex: str
    mean: float
    sd: float
    transform: str
    sign: str


def reference_from(rows: Iterable[Mapping[str, str]], where: str) -> tuple[Reference, ...]:
    """The clinic's reference table from the rows of its TSV (columns COLUMNS; an empty sex = both).

    Raises
    ------
    KnowledgeError : a missing column, a number that is none, an sd that is not above 0, an unknown transform, sign or sex, an age span
    upside down, or two rows that fit one person.
    """
    found: list[Reference] = []
    for line, row in enumerate(rows, start=2):
        reference = _reference(row, f"{where} line {line}")
        if any(_overlap(reference, other) for other in found):
            raise KnowledgeError(f"{where} line {line}: an earlier line fits the same test, region, age and sex; keep one")
        found.append(reference)
    return tuple(found)


def judge(tests: Iterable[SensoryTest], reference: Sequence[Reference], person: Person) -> tuple[SensoryFinding, ...]:
    """Every value as z, in the order of `tests`.

    z = (value - mean) / sd on the scale of the table, turned so that gain is positive; beyond LIMIT on either side it is abnormal.
    Without a fitting row - no table, no such test or region, an age outside, an age or sex that is not known and needed - the value
    is not judged.  So is a value that is not above 0 where the table takes the logarithm.
    """
    return tuple(_judged(test, reference, person) for test in tests)


def _judged(test: SensoryTest, reference: Sequence[Reference], person: Person) -> SensoryFinding:
    rows = [row for row in reference if row.test == test.test and row.region == test.region]
    fits = [row for row in rows if _fits(row, person)]
    reason = _why_not(reference, rows, fits, person)
    if not reason and fits[0].transform == "log10" and test.value <= 0:
        reason = "the reference table takes the logarithm, and the value is not above 0"
    if reason:
        return SensoryFinding(test.test, test.region, test.side, test.value, None, NOT_JUDGED, reason)
    row = fits[0]
    value = math.log10(test.value) if row.transform == "log10" else test.value
    z = (value - row.mean) / row.sd * (1 if row.sign == GAIN else -1)
    settled = round(z, 9)  # a value typed in exactly at the limit shall not fall beyond it by binary rounding
    verdict = GAIN if settled > LIMIT else LOSS if settled < -LIMIT else WITHIN
    return SensoryFinding(test.test, test.region, test.side, test.value, z, verdict)


def _why_not(reference: Sequence[Reference], rows: list[Reference], fits: list[Reference], person: Person) -> str:
    if fits:
        return ""
    if not reference:
        return "no reference table: the clinic's own values are needed"
    if not rows:
        return "the reference table has no such test in this region"
    if person.age_years is None:
        return "the age is not known"
    if not any(row.age_from <= person.age_years <= row.age_to for row in rows):
        return "the reference table does not reach this age"
    return "the sex is not known" if not person.sex else "the reference table has no row for this sex"


def _fits(row: Reference, person: Person) -> bool:
    return person.age_years is not None and row.age_from <= person.age_years <= row.age_to and row.sex in ("", person.sex)


def _overlap(a: Reference, b: Reference) -> bool:
    same = a.test == b.test and a.region == b.region and (not a.sex or not b.sex or a.sex == b.sex)
    return same and a.age_from <= b.age_to and b.age_from <= a.age_to


def _reference(row: Mapping[str, str], where: str) -> Reference:
    lost = [name for name in COLUMNS if name not in row]
    if lost:
        raise KnowledgeError(f"{where}: column '{lost[0]}' is missing; the table needs {', '.join(COLUMNS)}")
    try:
        ages = int(row["age_from"]), int(row["age_to"])
        mean, sd = float(row["mean"]), float(row["sd"])
    except ValueError:
        raise KnowledgeError(f"{where}: ages must be whole years, mean and sd numbers") from None
    if not (math.isfinite(mean) and math.isfinite(sd) and sd > 0 and 0 <= ages[0] <= ages[1]):
        raise KnowledgeError(f"{where}: the sd must be above 0, and age_from not above age_to")
    if row["transform"] not in TRANSFORMS or row["sign"] not in SIGNS or row["sex"] not in ("", "F", "M"):
        raise KnowledgeError(f"{where}: transform must be {' or '.join(TRANSFORMS)}, sign {' or '.join(SIGNS)}, sex F, M or empty")
    return Reference(row["test"], row["region"], *ages, row["sex"], mean, sd, row["transform"], row["sign"])
