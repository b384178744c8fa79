"""All inputs of one person."""

from dataclasses import dataclass, field

from painloom.model.genotypes import Genotypes


@dataclass(frozen=True, slots=True)
class DrugUse:
    """One drug as the person takes it; `dose_mg` and `per_day` are None when unknown, `text` is the entry as written."""

    name: str
    text: str = ""
    dose_mg: float | None = None
    per_day: float | None = None
    route: str = ""
    since: str = ""
    reason: str = ""


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

    `outside_calls` are (gene, diplotype as written) pairs from another laboratory.  `files` are (role, sha256) pairs.
    """

    person: Person
    pain: PainHistory = field(default_factory=PainHistory)
    drugs: tuple[DrugUse, ...] = ()
    wishes: tuple[str, ...] = ()
    genotypes: Genotypes | None = None
    outside_calls: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
