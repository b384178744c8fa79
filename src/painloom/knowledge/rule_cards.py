"""One typed card per rule of drug-list safety, and the equivalence tables of opioids."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """Drugs that a rule asks for: by card id, by group (terms/drug_groups.tsv or a class of the drug card), or by effect on an enzyme.

    `count` different drugs must match.  `routes` and `forms` narrow it ("" entries = any); `per_day_from` asks for a daily amount in mg.
    """

    drugs: tuple[str, ...]
    groups: tuple[str, ...]
    enzyme: str
    roles: tuple[str, ...]
    strengths: tuple[str, ...]
    routes: tuple[str, ...]
    forms: tuple[str, ...]
    except_drugs: tuple[str, ...]
    count: int
    per_day_from: float | None
    per_day_above: float | None


@dataclass(frozen=True, slots=True)
class When:
    """One condition on the person: a measure, the age in years, or the opioid total (`measure` = "mme") in [low, below); or a fact."""

    measure: str
    low: float | None
    below: float | None
    fact: str
    value: str


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The largest daily amount in mg while a measure lies in [low, below); `most` None = do not use; `text` says how."""

    measure: str
    low: float | None
    below: float | None
    most: float | None
    text: str


@dataclass(frozen=True)
class RuleCard:
    """A safety rule: every part matched by different drugs, every `when` true, no `unless` true -> one row.

    `settles` is a fact that is true of a person for whom the rule fires.  A rule that `refuses` says that no drug of it may
    be begun while it fires; one that is `begin_only` is asked about a drug that would be begun, never about one that is taken.
    A warning of a rule with a `step` is a step of its own in the plan, under that name.
    `any_of` are alternative sets of conditions of which one must hold; empty = none asked.  Ceilings belong to the drugs of the first part.
    """

    id: str
    release: str
    kind: str
    severity: str
    label: str
    message: str
    state: str
    claim: str
    licence: str
    sources: tuple[str, ...]
    parts: tuple[Part, ...]
    when: tuple[When, ...]
    any_of: tuple[When, ...]
    unless: tuple[When, ...]
    unless_drugs: tuple[Part, ...]
    ceilings: tuple[Ceiling, ...]
    settles: str = ""
    refuses: bool = False
    begin_only: bool = False
    step: str = ""
    open_questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Factor:
    """Morphine milligram equivalents of one unit a day (or of 1 mcg/h worn); None = not counted, with the reason in `note`.

    A tier holds for amounts a day from `low` to `high`, both included; None = no end.
    """

    drug: str
    route: str
    unit: str
    factor: float | None
    note: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class EquivalenceCard:
    """A dated table of opioid factors."""

    id: str
    release: str
    label: str
    year: int
    claim: str
    licence: str
    state: str
    sources: tuple[str, ...]
    current: bool
    factors: tuple[Factor, ...]
    notes: tuple[str, ...] = ()
