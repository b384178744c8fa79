"""The result of the whole journey for one person."""

from dataclasses import dataclass

from painloom.model.absence import NotMeasured
from painloom.model.advice import Advice
from painloom.model.bodymap import MapRemark, Widespread
from painloom.model.brain import BrainView
from painloom.model.case import Case, DrugUse
from painloom.model.criteria import Grade, PainCoding, SensoryFinding
from painloom.model.finding import Finding
from painloom.model.formulation import Formulation
from painloom.model.genecall import GeneCall
from painloom.model.medication import SafetyRow
from painloom.model.mind import AnswerFlag, ChangeView, ScoreView
from painloom.model.outlook import OutlookView
from painloom.model.plan import Plan
from painloom.model.redflag import RedFlag
from painloom.model.scores import SafetyAlert
from painloom.model.source import Citation
from painloom.model.target import TargetView


@dataclass(frozen=True, slots=True)
class DrugNote:
    """A drug that no gene guides, or one that painloom does not know; `kind` is "no-gene" or "unknown"."""

    drug: str
    kind: str
    text: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interaction:
    """An effect of a current drug on an enzyme: strength as the sources give it; `multiplier` is None where none is agreed."""

    drug: str
    enzyme: str
    role: str
    strength: str
    multiplier: tuple[float, ...]
    text: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrugView:
    """One drug as the report shows it: its class, whether and how the person takes it, and what every body says."""

    drug: str
    label: str
    drug_class: str
    class_label: str
    current: bool
    pain: bool
    advice: tuple[Advice, ...]
    note: DrugNote | None = None
    uses: tuple[DrugUse, ...] = ()


@dataclass(frozen=True, slots=True)
class ResearchNote:
    """A research-level variant: shown with its effect size, changes no prescription."""

    gene: str
    variant: str
    genotype: str
    effect: str
    evidence: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that was found, decided and left open for one person, and the releases that judged it."""

    case: Case
    as_of: str
    program: str
    knowledge_release: str
    overlay: tuple[str, ...]
    calls: tuple[GeneCall, ...]
    drugs: tuple[DrugView, ...]
    interactions: tuple[Interaction, ...]
    research: tuple[ResearchNote, ...]
    findings: tuple[Finding, ...]
    streams: tuple[tuple[str, NotMeasured | None], ...]
    citations: tuple[Citation, ...]
    warnings: tuple[str, ...] = ()
    scores: tuple[ScoreView, ...] = ()
    changes: tuple[ChangeView, ...] = ()
    answer_flags: tuple[AnswerFlag, ...] = ()
    alerts: tuple[SafetyAlert, ...] = ()
    safety: tuple[SafetyRow, ...] = ()
    grades: tuple[Grade, ...] = ()
    pain_codes: PainCoding | None = None
    red_flags: tuple[RedFlag, ...] = ()
    sensory: tuple[SensoryFinding, ...] = ()
    widespread: tuple[Widespread, ...] = ()
    map_remarks: tuple[MapRemark, ...] = ()
    brain: BrainView | None = None
    targets: TargetView | None = None
    outlook: OutlookView | None = None
    formulation: Formulation | None = None
    plan: Plan | None = None
