"""What each treatment would do for one person: natural course, added benefit and harm, each with its band."""

from dataclasses import dataclass

from painloom.model.evidence import EvidenceRow

PREDICTED, REFUSED, NOT_OFFERED, NO_EVIDENCE, TO_CHECK = "predicted", "refused", "not-offered", "no-evidence", "to-verify"
BAND_LEVEL = 0.8  # coverage of every band: pages say it in words, so no card changes it
STATUSES = (PREDICTED, REFUSED, NOT_OFFERED, NO_EVIDENCE, TO_CHECK)


@dataclass(frozen=True, slots=True)
class Band:
    """A value with its 80 % band."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PersonalShift:
    """Something about this person that changed the added benefit: by how many points of 0 to 10, and how far that is believed."""

    modifier: str
    label: str
    points: float
    credibility: str
    source: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a treatment is refused: the reason in words, how grave, and who says so."""

    treatment: str
    reason: str
    severity: str
    kind: str
    source: str
    card: str = ""


@dataclass(frozen=True, slots=True)
class UsedRow:
    """An evidence row as it entered the prediction: `weight` is its share in [0, 1] of what was learned, `path` how it is related."""

    row: EvidenceRow
    weight: float
    path: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """One treatment for one person and one condition.

    All probabilities are in [0, 1].  `control` is the chance of a response whatever is done, in the control arm that `comparator` names;
    `response` is the chance with the treatment; `benefit` what the treatment adds; `substantial` the chance of the greater response,
    with what the treatment adds to it in `substantial_benefit`; `points` the mean difference on 0 to 10, positive = less pain; `harm`
    the added chance of stopping for an adverse effect.  A part that is not known is None.  `outcome` says in words which response is
    meant, `horizon` when; `family` is "blind" or "open", the contrasts that were pooled.  Status `refused` has `refusals` and no numbers;
    `not-offered`, `no-evidence` and `to-verify` have none either, and a note.  `p_best` is the probability of the greatest added benefit
    among the comparable ones, None where nothing is comparable.
    """

    treatment: str
    label: str
    modality: str
    condition: str
    condition_label: str
    status: str
    outcome: str = ""
    horizon: str = ""
    comparator: str = ""
    family: str = ""
    control: Band | None = None
    response: Band | None = None
    benefit: Band | None = None
    substantial: Band | None = None
    substantial_benefit: Band | None = None
    points: Band | None = None
    harm: Band | None = None
    grade: str = ""
    is_borrowed: bool = False
    is_taken: bool = False
    shifts: tuple[PersonalShift, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    rows: tuple[UsedRow, ...] = ()
    shown: tuple[EvidenceRow, ...] = ()
    p_best: float | None = None
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said about the best treatment of one condition against one family of comparators: `abstains` with the reason, or the
    id of the one that leads."""

    condition: str
    family: str
    abstains: bool
    leader: str
    text: str


@dataclass(frozen=True, slots=True)
class OutlookView:
    """All outlooks of one person by condition, what may be said of the best, and what could not be predicted and why."""

    outlooks: tuple[Outlook, ...]
    verdicts: tuple[Verdict, ...]
    warnings: tuple[str, ...] = ()
