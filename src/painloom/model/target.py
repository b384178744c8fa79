"""Where stimulation could aim, and whether it may: targets, evidence of each body, protocol, safety."""

from dataclasses import dataclass

Point = tuple[float, float, float]
OPEN, CAUTION, REFUSED = "open", "caution", "refused"


@dataclass(frozen=True, slots=True)
class TargetEvidence:
    """What one body says of a treatment for an indication: its grade, in own words; `state` is "verified" or "to-verify"."""

    body: str
    year: int
    grade: str
    text: str
    state: str
    source: str


@dataclass(frozen=True, slots=True)
class ScalpPoint:
    """A 10-10 position for a target: `name` such as "C3", `distance_mm` from the cortex below it to the target: the error to expect."""

    name: str
    distance_mm: float
    text: str


@dataclass(frozen=True, slots=True)
class SafetyReason:
    """One reason of the safety gate: `level` is "refused" or "caution"; `basis` says what in the case raised it."""

    level: str
    text: str
    basis: str
    state: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pose:
    """A point in mm with the three axes of a coil as columns of a rotation (unit, perpendicular, determinant +1), None where not set."""

    name: str
    xyz_mm: Point
    axes: tuple[Point, Point, Point] | None = None


@dataclass(frozen=True, slots=True)
class Stability:
    """How far an individual target moves between two halves of the data: mm, volumes in each half, minutes of data used."""

    distance_mm: float
    volumes: tuple[int, int]
    minutes: float
    text: str


@dataclass(frozen=True, slots=True)
class Target:
    """One candidate target, or a referral option without coordinates (`xyz_mm` None).

    `id` is the card's, `name` what a clinician reads; `side` "left", "right", "midline" or ""; `space` names the coordinates' space
    ("MNI152NLin6Asym", or "native: <transform>").  `modality` such as "rtms", "tdcs", "implant" or "device".
    `status` is open, caution or refused; a refused target is never exported.  `protocol` are (name, value with unit) pairs.
    `order` ranks within the list (1 first); `why` says why this target and this side for this person.
    """

    id: str
    name: str
    modality: str
    side: str
    space: str
    xyz_mm: Point | None
    scalp: tuple[ScalpPoint, ...]
    indication: str
    evidence: tuple[TargetEvidence, ...]
    protocol: tuple[tuple[str, str], ...]
    status: str
    safety: tuple[SafetyReason, ...]
    why: tuple[str, ...]
    order: int
    claim: str
    notes: tuple[str, ...] = ()
    native_xyz_mm: Point | None = None
    native_space: str = ""
    stability: Stability | None = None
    card: tuple[str, str] = ("", "")
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetView:
    """All candidate targets of one person in order, what was missing to choose better, and the cautions that hold for all of them."""

    targets: tuple[Target, ...]
    missing: tuple[str, ...]
    warnings: tuple[str, ...] = ()
