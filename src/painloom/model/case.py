"""All inputs of one person."""

from dataclasses import dataclass, field

from painloom.model.answers import Answers
from painloom.model.body import BodyRecord, Codes
from painloom.model.brain import ImagingEntry
from painloom.model.brainfiles import BrainFiles
from painloom.model.genotypes import Genotypes
from painloom.model.quantity import Interval


@dataclass(frozen=True, slots=True)
class DrugUse:
    """One entry of the drug list as the person takes it.

    `dose` is the amount of one intake in `unit` as written ("mg", "mcg/h", "tablet"), `per_day` how often; both are intervals where a
    range was ordered and None when unknown.  `state` is "active", "stopped" or "planned"; `text` is the entry as written.
    """

    name: str
    text: str = ""
    dose: Interval | None = None
    unit: str = ""
    per_day: Interval | None = None
    route: str = ""
    form: str = ""
    as_needed: bool = False
    since: str = ""
    until: str = ""
    reason: str = ""
    state: str = "active"
    codes: Codes = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Who it is about; `age_years` is None when unknown, `sex` is "F", "M" or ""."""

    label: str
    age_years: int | None = None
    sex: str = ""


@dataclass(frozen=True, slots=True)
class PainHistory:
    """The pain in the person's own words and the clinic's; durations in months, None when unknown."""

    complaint: str = ""
    sites: tuple[str, ...] = ()
    months: float | None = None
    intensity_0_10: float | None = None
    diagnoses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """All inputs of one person; what is absent stays None or empty and is reported as not measured.

    `answers` holds one row each, in order of date.  `outside_calls` are (gene, diplotype as written) pairs from another laboratory.
    `brain` lists the files of the brain folder, None where there is no such folder; `imaging` are findings entered from a report.
    `files` are (role, sha256) pairs.
    """

    person: Person
    pain: PainHistory = field(default_factory=PainHistory)
    drugs: tuple[DrugUse, ...] = ()
    wishes: tuple[str, ...] = ()
    body: BodyRecord = field(default_factory=BodyRecord)
    answers: tuple[Answers, ...] = ()
    genotypes: Genotypes | None = None
    outside_calls: tuple[tuple[str, str], ...] = ()
    brain: BrainFiles | None = None
    imaging: tuple[ImagingEntry, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
