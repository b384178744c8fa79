"""What is known of the body: diagnoses, examination, laboratory values, allergies, where it hurts."""

from dataclasses import dataclass

YES, NO, UNKNOWN = "yes", "no", "unknown"
TRUTH = (YES, NO, UNKNOWN)
Codes = tuple[tuple[str, str], ...]  # (system such as "icd-10-cm", "rxnorm", "loinc", "snomed", "atc"; code)


@dataclass(frozen=True, slots=True)
class Fact:
    """A question with three answers; `id` is one of knowledge/data/terms/facts.tsv, `value` one of TRUTH; `text` is where it came from."""

    id: str
    value: str
    date: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measured quantity; `id` is one of knowledge/data/terms/measures.tsv, or "" when this release does not know the code."""

    id: str
    value: float
    unit: str
    date: str = ""
    text: str = ""
    codes: Codes = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnosis as written, with its codes; `state` is "active", "resolved" or ""."""

    text: str
    codes: Codes = ()
    state: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class Allergy:
    """An allergy or intolerance as written."""

    text: str
    codes: Codes = ()
    reaction: str = ""
    severity: str = ""


@dataclass(frozen=True, slots=True)
class SensoryTest:
    """One value of quantitative sensory testing; `region` and `test` are ids of the clinic's reference table."""

    test: str
    region: str
    side: str
    value: float


@dataclass(frozen=True, slots=True)
class BodyRecord:
    """The body stream's inputs; `regions` are ids of the body map that hurt, None when no map was filled in."""

    diagnoses: tuple[Diagnosis, ...] = ()
    facts: tuple[Fact, ...] = ()
    measures: tuple[Measure, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    regions: tuple[str, ...] | None = None
    sensory: tuple[SensoryTest, ...] = ()
