"""What trials found: rows of published evidence, and the numbers they are pooled with."""

from dataclasses import dataclass

VERIFIED, COMPUTED, TO_VERIFY = "verified", "computed", "to-verify"
STATES = (VERIFIED, COMPUTED, TO_VERIFY)
GRADES = ("high", "moderate", "low", "very-low", "")
PRIOR, CHECK, SHOW = "prior", "check", "show"
ROLES = (PRIOR, CHECK, SHOW)
PLACEBO, SHAM, USUAL, ACTIVE = "placebo", "sham", "usual", "active"
COMPARATORS = (PLACEBO, SHAM, USUAL, ACTIVE)
SCALES = ("smd", "points", "log-rr", "log-or", "rd", "days", "other")


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One published contrast of one treatment, or of a whole class, in one condition.

    `unit` is the id of a treatment or of a class; `condition` and `outcome` are ids of their cards.  `measure`, `effect`, `low` and `high`
    are as printed (an NNT stays an NNT for the reader).  `contrast` and `se` are on `scale`, positive = the treatment is better (for a
    harm: more harm): points are of 0 to 10; None where no standard error could be worked out.  `active` and `control` are the rates of
    the arms in [0, 1].  `horizon` names how long after the start it was measured.  `role`: `prior` enters the model, `check` overlaps
    another row and is compared with it, `show` weighs nothing and is shown.  `confirm` = read in a secondary copy only.  `shares` = its
    trials are also in other rows that enter the model.
    """

    id: str
    unit: str
    condition: str
    outcome: str
    measure: str
    effect: str
    low: str
    high: str
    scale: str
    contrast: float | None
    se: float | None
    active: float | None
    control: float | None
    comparator: str
    is_blind: bool
    is_small: bool
    trials: str
    year: int
    certainty: str
    horizon: str
    state: str
    role: str
    confirm: bool
    shares: bool
    source: str
    note: str = ""

    @property
    def weighs(self) -> bool:
        """Whether the row may enter the model: checked, with a standard error, and chosen among the rows that overlap it."""
        return self.role == PRIOR and self.state in (VERIFIED, COMPUTED) and self.contrast is not None and bool(self.se)


@dataclass(frozen=True, slots=True)
class ControlRow:
    """How many get better, or leave for an adverse effect, whatever is done: a rate of a control arm with its standard error."""

    id: str
    condition: str
    outcome: str
    comparator: str
    rate: float
    se: float
    state: str
    source: str
    note: str = ""

    @property
    def weighs(self) -> bool:
        """Whether the row was checked."""
        return self.state in (VERIFIED, COMPUTED)


@dataclass(frozen=True, slots=True)
class ModifierRow:
    """Something about the person that was looked at as a reason for more or less benefit.

    `kind` is "predictive", "prognostic", "null", "undetermined", "rule" or "early"; `shift` is what it changes, in points of 0 to 10 in
    favour of the treatment per `per` (present against absent, or one unit), None where nothing was printed.  `shrink` in [0, 1] is how
    much of the published value is believed: 0 for everything that is null, undetermined or to verify.  `prevalence` is the share of
    the trial's people who had it, None for a scale or where it is unknown.  `finding` is the id of the fact or measure that tells it.
    """

    id: str
    unit: str
    condition: str
    finding: str
    label: str
    kind: str
    credibility: str
    shift: float | None
    se: float | None
    per: str
    centre: float | None
    prevalence: float | None
    shrink: float
    printed: str
    design: str
    state: str
    source: str
    note: str = ""
