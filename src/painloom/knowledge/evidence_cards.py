"""Nouns of the evidence cards: outcomes, classes, domains, declared conventions, and treatments."""

from dataclasses import dataclass

from painloom.knowledge.plan_cards import Contraindication, Course, FirstChoice, NotWith, Serve
from painloom.model.evidence import ControlRow, EvidenceRow, ModifierRow
from painloom.model.learning import Dynamics

MAIN, GREAT, MIXED, SCORE, STOP, OTHER = "main", "great", "mixed", "score", "stop", "other"
OUTCOME_KINDS = (MAIN, GREAT, MIXED, SCORE, STOP, OTHER)
MODALITIES = (
    "drug",
    "topical",
    "injection",
    "procedure",
    "neuromodulation",
    "psychological",
    "physical",
    "education",
    "programme",
    "change",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial counted.

    `kind`: `main` is the response that predictions name, `great` a greater one, `mixed` a response by mixed definitions (its control
    rate is that of the outcome `control_of`), `score` a mean, `stop` leaving for an adverse effect, `other` is shown and enters no model.
    """

    id: str
    label: str
    domain: str
    kind: str
    control_of: str


@dataclass(frozen=True, slots=True)
class Domain:
    """Conditions whose outcomes are comparable: those of `roots` and everything below them; `main` and `great` are outcomes ("" = none).

    A condition in `brings_along` brings the root along: whoever has it is also told of this domain.
    With `has_points` the responses are those of a pain score of 0 to 10, so
    that a mean difference can be given. `class_sd` replaces the convention's where effects are of another size.
    """

    id: str
    label: str
    roots: tuple[str, ...]
    brings_along: tuple[str, ...]
    main: str
    great: str
    stop: str
    class_sd: float | None = None
    has_points: bool = True


@dataclass(frozen=True, slots=True)
class EvidenceClass:
    """Treatments that are expected to act alike: their effects are pooled partially."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Conventions:
    """Declared numbers of the model, none of them a fact about a treatment.

    `sd_points` is the standard deviation of a score of 0 to 10 among the people of a trial.  `grade_factor` multiplies the standard error
    by certainty.  `class_sd`, `between_sd`, `row_sd` are the scales of the priors, in standard deviations of the score: of a class around
    no effect (normal), of treatments and conditions in a class, and of rows (half-normal).  `shared_factor` multiplies the standard error
    of a row whose trials are also in others; `control_sd` and `stop_control_sd` are the standard deviations of control rates between
    settings on the probit scale; `stop_between_sd`, `stop_row_sd`, `stop_class_sd` are the priors for stopping, in log odds.
    `shift_sd_points` widens every modifier.  `certain_best` is the least probability with which a
    treatment may be called the best.
    """

    sd_points: float
    grade_factor: dict[str, float]
    class_sd: float
    between_sd: float
    row_sd: float
    shared_factor: float
    control_sd: float
    stop_control_sd: float
    stop_class_sd: float
    stop_between_sd: float
    stop_row_sd: float
    shift_sd_points: float
    certain_best: float


@dataclass(frozen=True)
class EvidenceBook:
    """Every row with the cards that it names; `acute` maps a kind of chronic pain to the one that it is while it is young."""

    id: str
    release: str
    conventions: Conventions
    dynamics: Dynamics
    domains: dict[str, Domain]
    outcomes: dict[str, Outcome]
    classes: dict[str, EvidenceClass]
    rows: tuple[EvidenceRow, ...]
    acute: dict[str, str]
    controls: tuple[ControlRow, ...]
    modifiers: tuple[ModifierRow, ...]


@dataclass(frozen=True, slots=True)
class CardText:
    """A sentence of a card with its state and sources."""

    text: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotFor:
    """A kind of pain in which a treatment is not offered, with the reason."""

    condition: str
    text: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EarlyCheck:
    """When to look again and what must have changed by then: `improvement` is the share of the first score."""

    week: float
    improvement: float | None
    text: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class TreatmentCard:
    """A treatment: what it is, for which kinds of pain it is offered, and its limits.

    `drugs` are drug cards that the safety rules are asked about (each of them, for a group of drugs), `targets` cards of stimulation whose
    safety gate is asked.  `only_with` are classes of drugs: it is offered only to somebody who takes
    one of them.  `conditions` are kinds of pain it is
    offered for, with everything below them.  `no_evidence` says in words that no usable evidence is known, "" where there is some.
    `course`, `serves`, `contraindications`, `not_with` and `first_choices` are what a plan asks: how it runs, what it does for the
    wishes beside pain, what speaks against it (of drugs the safety rules say that), what it does not go with, who puts it first.
    """

    id: str
    release: str
    label: str
    licence: str
    claim: str
    sources: tuple[str, ...]
    modality: str
    evidence_class: str
    drugs: tuple[str, ...]
    only_with: tuple[str, ...]
    targets: tuple[str, ...]
    route: str
    conditions: tuple[str, ...]
    not_for: tuple[NotFor, ...]
    mechanisms: tuple[str, ...]
    early: EarlyCheck | None
    limits: tuple[CardText, ...]
    monitoring: tuple[CardText, ...]
    no_evidence: str
    open_questions: tuple[str, ...]
    course: Course | None = None
    serves: tuple[Serve, ...] = ()
    contraindications: tuple[Contraindication, ...] = ()
    not_with: tuple[NotWith, ...] = ()
    first_choices: tuple[FirstChoice, ...] = ()
