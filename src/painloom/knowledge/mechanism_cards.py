"""Nouns of the cards that say why it hurts: mechanisms with their evidence, drivers, conflicts, tests."""

from dataclasses import dataclass

FACT, SCORE, GRADE, IMAGING, DIAGNOSIS = "fact", "score", "grade", "imaging", "diagnosis"
FINDING_KINDS = (FACT, SCORE, GRADE, IMAGING, DIAGNOSIS)
MECHANISM, STATE = "mechanism", "state"
DRIVER_KINDS = ("mind", "sleep", "body", "social", "drug", "genome")
TEST_KINDS = ("question", "examination", "questionnaire", "genotype", "sensory-test", "scan", "laboratory")


@dataclass(frozen=True, slots=True)
class Sought:
    """A finding and when it counts as present: a fact that is yes; a score in [low, below); a grade or imaging finding of one of `values`.

    `kind` is one of FINDING_KINDS, `id` the fact, "instrument.scale", criteria, or kind of pain.
    """

    kind: str
    id: str
    low: float | None = None
    below: float | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MechanismRow:
    """How strongly a finding speaks: likelihood ratios of presence and absence with the standard errors of their logarithms.

    `construct` names what it measures: findings of one construct count once.  `spectrum` in (0, 1] is how much of the logarithm is
    believed where the study's people differ from a clinic's.
    """

    id: str
    label: str
    sought: Sought
    construct: str
    lr_pos: float
    se_pos: float
    lr_neg: float
    se_neg: float
    sensitivity: float | None
    specificity: float | None
    spectrum: float
    claim: str
    state: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class CriteriaLimit:
    """What a grade of clinical criteria allows: the chance stays within [floor, ceiling].

    It holds only where the record names one of `kinds` (empty = whatever it names) and none of `unless_kinds`.
    """

    criteria: str
    grade: str
    floor: float
    ceiling: float
    source: str
    kinds: tuple[str, ...] = ()
    unless_kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class MechanismCard:
    """A mechanism or a named state: prior chance with its 80 % band, limits by criteria, evidence rows."""

    id: str
    release: str
    label: str
    plain: str
    kind: str
    claim: str
    licence: str
    sources: tuple[str, ...]
    prior: float
    prior_low: float
    prior_high: float
    prior_state: str
    limits: tuple[CriteriaLimit, ...]
    rows: tuple[MechanismRow, ...]
    open_questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weighing:
    """Declared numbers of the weighing: the largest |log LR| by claim level, and the standard error of a log LR whose study prints none.

    In people of 100: `refused_loss` is what a treatment that had to be refused takes from a plan that holds it, `kept_worth` what a drug
    that is taken is worth at least to the one who goes on with it.
    """

    caps: dict[str, float]
    unknown_se: float
    refused_loss: float = 0.0
    kept_worth: float = 0.0


@dataclass(frozen=True)
class DriverCard:
    """Something that keeps pain going: a score beyond `threshold` (on the side `worse`), or a fact that is yes.

    `leave_out` are items of the instrument that pain itself inflates: the score is taken again without them, prorated to the whole scale.
    `helps` are treatments that aim at it; drugs of the classes in `limits` that are taken are limited while it is present, in the
    words of `limit_text` ({drug} is filled in).
    """

    id: str
    release: str
    label: str
    plain: str
    kind: str
    claim: str
    licence: str
    sources: tuple[str, ...]
    sought: Sought
    worse: str
    se: float | None
    spread: float | None
    leave_out: tuple[str, ...]
    helps: tuple[str, ...]
    text: str
    state: str
    open_questions: tuple[str, ...]
    limits: tuple[str, ...] = ()
    limit_text: str = ""


@dataclass(frozen=True, slots=True)
class ConflictCard:
    """Two findings that do not fit each other."""

    id: str
    one: Sought
    other: Sought
    other_is_absent: bool
    text: str
    ask: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One class of results of a measured value: `value` stands for the class, `chance` in [0, 1] is how common the class is.

    `people` says in words of whom it was counted.  The row is of people from `from_age` to below `below_age` years (None = no limit) and of
    `sex` ("F", "M", "" = both).  Of the rows of one measure that hold for a person, those with the highest `from_age` count.
    """

    label: str
    measure: str
    value: float
    chance: float
    from_age: float | None
    below_age: float | None
    sex: str
    people: str
    state: str
    source: str


@dataclass(frozen=True, slots=True)
class AlleleRow:
    """How common an allele is that the frequency table of its gene does not count: a share of chromosomes in (0, 1)."""

    gene: str
    allele: str
    frequency: float
    state: str
    source: str


@dataclass(frozen=True)
class TestCard:
    """A test that can be done: which findings it tells, and what it costs in money, minutes of the person, and days of waiting.

    `results` are the classes of a value that it measures; `alleles` add to the frequencies of its genes, and `basis` says in words of whom
    these were counted.  `known_by` are measures that tell the same: where one is known the test is not asked for.  `available` is False
    where a clinic does not have the test.
    """

    id: str
    release: str
    label: str
    kind: str
    claim: str
    licence: str
    sources: tuple[str, ...]
    tells: tuple[Sought, ...]
    genes: tuple[str, ...]
    cost: float
    minutes: float
    days: float
    burden: str
    state: str
    open_questions: tuple[str, ...]
    results: tuple[ResultRow, ...] = ()
    alleles: tuple[AlleleRow, ...] = ()
    basis: str = ""
    known_by: tuple[str, ...] = ()
    available: bool = True
