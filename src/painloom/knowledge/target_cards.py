"""Nouns of the neuromodulation cards: targets, kinds of pain, body sites, the safety screen, limits of trains."""

from dataclasses import dataclass

from painloom.model.target import Point, TargetEvidence

CONTRALATERAL, LEFT, RIGHT, NOWHERE = "contralateral", "left", "right", "none"
PLACINGS = (CONTRALATERAL, LEFT, RIGHT, NOWHERE)
SAME, CAUTIOUS, NOTHING = "same", "caution", "none"
AFTERWARDS = (SAME, CAUTIOUS, NOTHING)
DEVICE, CONDITION = "device", "condition"
Phrase = tuple[str, str]  # owner ("" = the words mean nothing here), phrase


@dataclass(frozen=True, slots=True)
class TargetPoint:
    """One point of a target: for an area of the body's map ("" = any) and a side; `xyz_mm` None where it is placed by scalp only.

    `scalp_mm` is the distance from the cortex below the customary scalp position to the point (median of published caps), `scalp_range_mm`
    the lowest and highest of them; None where there is none.
    """

    area: str
    side: str
    xyz_mm: Point | None
    scalp: str
    state: str
    note: str
    sources: tuple[str, ...]
    scalp_mm: float | None = None
    scalp_range_mm: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ProtocolRow:
    """One line of the protocol sheet: the value with its unit, and whether it was verified."""

    name: str
    value: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Train:
    """A train of pulses: per second, percent of the resting motor threshold, seconds."""

    frequency_hz: float
    percent_rmt: float
    train_s: float


@dataclass(frozen=True, slots=True)
class IndividualSearch:
    """How an individual point is looked for: seed and search spheres in mm; `text` is said beside every such point."""

    seed_mm: Point
    seed_radius_mm: float
    centres_mm: tuple[Point, ...]
    radius_mm: float
    text: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class TargetCard:
    """A target or a referral option.

    `gate` names the column of the safety screen that holds for it.  `evidence` are (indication, row) pairs.  `shown_also` is an indication
    whose rows are shown, and marked, where the person's own has none or another.
    """

    id: str
    release: str
    label: str
    method: str
    modality: str
    gate: str
    claim: str
    licence: str
    sources: tuple[str, ...]
    rank: int
    placing: str
    space: str
    indications: tuple[str, ...]
    points: tuple[TargetPoint, ...]
    evidence: tuple[tuple[str, TargetEvidence], ...]
    protocol: tuple[ProtocolRow, ...]
    shown_also: str = ""
    train: Train | None = None
    individual: IndividualSearch | None = None
    notes: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Indication:
    """A kind of pain: `parents` are wider kinds whose evidence holds too; a `generic` one is named only where nothing better is known.

    One that stands `beside` pain (a mood disorder) says nothing of the kind of pain.  A `widespread` one has no side, whatever hurts
    most: trials took that of the convention.
    """

    id: str
    label: str
    parents: tuple[str, ...]
    facts: tuple[str, ...]
    generic: bool
    beside: bool = False
    widespread: bool = False


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code (or its beginning, `*`) of a system and what it stands for; `extra` is a side or a context, "" for none."""

    system: str
    code: str
    owner: str
    extra: str
    state: str


@dataclass(frozen=True)
class IndicationCard:
    """All kinds of pain in order, how a record says them, and which one stands in where it says none."""

    id: str
    release: str
    claim: str
    indications: dict[str, Indication]
    fallback: str
    phrases: tuple[Phrase, ...]
    codes: tuple[CodeRow, ...]

    def family(self, id_: str) -> tuple[str, ...]:
        """The kind itself, then every wider kind, nearest first."""
        found = {id_: None}
        for one in (parent for parent in self.indications[id_].parents):
            found |= dict.fromkeys(self.family(one))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Area:
    """An area of the body's map on the motor cortex: order from the midline outwards; `use` is the area whose point stands in."""

    id: str
    label: str
    order: int
    use: str
    note: str


@dataclass(frozen=True)
class BodyCard:
    """Words and codes of body sites.

    `sides` are words by left, right, both, midline, wide (all over) and plural (both where no side is said); `lesions` are words that
    make a side beside them no side of pain; `breaks` end a clause.
    """

    id: str
    release: str
    claim: str
    areas: dict[str, Area]
    default_area: str
    default_side: str
    convention: str
    sides: dict[str, tuple[str, ...]]
    phrases: tuple[Phrase, ...]
    lesions: tuple[str, ...]
    breaks: tuple[str, ...]
    codes: tuple[CodeRow, ...]


@dataclass(frozen=True, slots=True)
class ScreenRule:
    """What one finding does: `levels` by gate; `after` = what is left of it once resolved or removed.

    `in_family` = a relative's finding is a caution.  `unmatched_devices` = a device that no rule knows falls here.
    """

    id: str
    label: str
    kind: str
    levels: dict[str, str]
    after: str
    text: str
    state: str
    facts: tuple[str, ...]
    sources: tuple[str, ...]
    in_family: bool = False
    unmatched_devices: bool = False


@dataclass(frozen=True, slots=True)
class ScreenQuestion:
    """What must be asked; its id is also the id of a fact.

    `enough` are the rules whose denial answers it; `if_yes` is the rule of a bare yes.
    """

    id: str
    text: str
    rules: tuple[str, ...]
    gates: tuple[str, ...]
    if_yes: str
    enough: tuple[str, ...]
    not_of_sex: str


@dataclass(frozen=True, slots=True)
class DrugRow:
    """A drug card or a drug class that matters: `kind` names the sentence of the card's texts, `when` is "taken" or "stopped"."""

    kind: str
    when: str
    drug: str
    drug_class: str
    state: str
    source: str


@dataclass(frozen=True, slots=True)
class GeneRow:
    """Phenotypes of genes that make a caution about drugs of some classes weigh more."""

    genes: tuple[str, ...]
    phenotypes: tuple[str, ...]
    groups: tuple[str, ...]
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class ScreenCard:
    """The safety screen; `cues` are words by what they do to a phrase, `texts` sentences by use."""

    id: str
    release: str
    claim: str
    gates: tuple[str, ...]
    rules: dict[str, ScreenRule]
    questions: tuple[ScreenQuestion, ...]
    drugs: tuple[DrugRow, ...]
    genes: tuple[GeneRow, ...]
    phrases: tuple[Phrase, ...]
    codes: tuple[CodeRow, ...]
    cues: dict[str, tuple[str, ...]]
    texts: dict[str, str]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrainLimit:
    """The longest train at a frequency and an intensity; `is_tested_only` = tested up to there, no limit found."""

    train: Train
    is_tested_only: bool


@dataclass(frozen=True)
class LimitCard:
    """Published limits of single trains."""

    id: str
    release: str
    claim: str
    state: str
    rows: tuple[TrainLimit, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class TargetBook:
    """Every neuromodulation card: targets by id in order of rank, and the cards that choose and screen."""

    targets: dict[str, TargetCard]
    indications: IndicationCard
    body: BodyCard
    screen: ScreenCard
    limits: LimitCard | None = None
