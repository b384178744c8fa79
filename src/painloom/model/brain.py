"""What the brain stream can say of one person: gates, marker scores, norms, connections; withheld with a reason where a gate failed."""

from dataclasses import dataclass

SCORED, WITHHELD = "scored", "withheld"


@dataclass(frozen=True, slots=True)
class Gate:
    """One quality gate: what was measured, the limit, and whether it holds; `value` is None where it could not be measured.

    `id` is such as "mean-fd", "volumes-left", "coverage"; `text` is one sentence for the reader with both numbers.
    """

    id: str
    is_passed: bool
    value: float | None
    limit: float | None
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class CohortPlace:
    """Where a score stands in a named reference cohort: percentile 0..100 of `count` people; `note` says what the cohort is not."""

    cohort: str
    label: str
    count: int
    percentile: float
    scanner: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class MarkerScore:
    """The answer of one published model for one image or series; never an absolute pain score.

    `score` is None when withheld, with `reason`.  `details` are (name, value) pairs such as dot, cosine, correlation, coverage.
    `sem` and `mdc` are in units of the score, None where the reliability is unknown.  `warnings` are printed beside the number.
    """

    id: str
    model: str
    label: str
    score: float | None
    unit: str
    place: CohortPlace | None
    status: str
    reason: str
    gates: tuple[Gate, ...]
    claim: str
    details: tuple[tuple[str, float], ...] = ()
    sem: float | None = None
    mdc: float | None = None
    warnings: tuple[str, ...] = ()
    card: tuple[str, str] = ("", "")
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NormRow:
    """One region against a norm: `value` and `expected` in `unit`, z with its interval, centile 0..100; numbers are None when withheld.

    `measure` is "volume", "area" or "thickness"; `status` such as "ok", "ok (contrast imputed)", "withheld: ...".
    `group` is the circuit of the summary the region belongs to, "" for none.
    """

    region: str
    measure: str
    value: float | None
    unit: str
    expected: float | None
    z: float | None
    z_low: float | None
    z_high: float | None
    centile: float | None
    status: str
    label: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """Left against right of one region: index 100 (L - R) / ((L + R) / 2) in percent, and the difference of the z-scores."""

    region: str
    measure: str
    index_percent: float
    z_difference: float | None
    label: str = ""


@dataclass(frozen=True, slots=True)
class NormView:
    """All regions of one person against one norm.

    `observed` regions of `count` lie beyond |z| > `limit`; chance alone would give `expected`.  `verdict` is one sentence; `kept` are the
    regions (region, measure) that remain after correction for the number of looks.
    """

    norm: str
    label: str
    rows: tuple[NormRow, ...]
    asymmetries: tuple[Asymmetry, ...]
    count: int
    observed: int
    expected: float
    limit: float
    verdict: str
    kept: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    claim: str
    card: tuple[str, str] = ("", "")
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Connection:
    """One pair of the descriptive panel: correlation `r` with its interval, z and percentile in the reference; None when withheld."""

    id: str
    label: str
    circuit: str
    r: float | None
    r_low: float | None
    r_high: float | None
    z: float | None
    place: CohortPlace | None
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """The connectivity panel of one series: descriptive, no diagnosis."""

    id: str
    label: str
    connections: tuple[Connection, ...]
    gates: tuple[Gate, ...]
    claim: str
    warnings: tuple[str, ...] = ()
    card: tuple[str, str] = ("", "")
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Motion:
    """Framewise displacement of one series in mm, one number a volume, with the limit of the scrub that was used."""

    id: str
    displacement_mm: tuple[float, ...]
    limit_mm: float
    scrubbed: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A grey slice for the page: `plane` is "sagittal", "coronal" or "axial", `at_mm` its place; `png` is the file as bytes.

    `low` and `high` are the mm of the picture's left/bottom and right/top edges, so that points can be drawn onto it.
    """

    id: str
    plane: str
    at_mm: float
    low: tuple[float, float]
    high: tuple[float, float]
    png: bytes
    space: str = ""


@dataclass(frozen=True, slots=True)
class ImagingEntry:
    """A structured finding as a person entered it from a report: scale, grade, level or joint, side."""

    scale: str
    grade: str
    level: str = ""
    side: str = ""
    date: str = ""
    text: str = ""
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class Prevalence:
    """Share of people without pain who show the same finding: percent at `age_years`, `count` people behind it (None: not given)."""

    percent: float
    age_years: float
    count: int | None
    state: str
    text: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImagingFinding:
    """A structured finding read: what the grade means, how common it is without pain, whether it is urgent.

    `urgent` holds the action where a red flag overrides; prevalence is then not shown.  `status` is "ok" or "withheld".
    """

    entry: ImagingEntry
    label: str
    meaning: str
    prevalence: Prevalence | None
    urgent: str
    status: str
    reason: str
    claim: str
    state: str
    notes: tuple[str, ...] = ()
    card: tuple[str, str] = ("", "")
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BrainView:
    """Everything that the brain stream says of one person; all of it is research use until a clinician confirms it."""

    files: tuple[tuple[str, str], ...] = ()
    markers: tuple[MarkerScore, ...] = ()
    connections: tuple[ConnectionView, ...] = ()
    norms: tuple[NormView, ...] = ()
    motion: tuple[Motion, ...] = ()
    imaging: tuple[ImagingFinding, ...] = ()
    pictures: tuple[Picture, ...] = ()
    warnings: tuple[str, ...] = ()
