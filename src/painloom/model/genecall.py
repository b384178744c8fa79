"""What was read from one gene of one sample."""

from dataclasses import dataclass

CALLED, AMBIGUOUS, NOT_CALLED = "called", "ambiguous", "not_called"


@dataclass(frozen=True, slots=True)
class Reading:
    """A diplotype as one guideline body reads it.

    `key` is the value which that body's guidance tables are looked up with (an activity score or a phenotype term);
    `activity_score` is "" where the body gives none.  `exact` are keys that name single markers: a guidance table that has
    one of them uses it before `key`.
    """

    body: str
    phenotype: str
    activity_score: str
    key: str
    functions: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteView:
    """One defining site as it was seen in one sample: `state` is reference, variant, unlisted or missing (with a reason)."""

    label: str
    position: int
    state: str
    observed: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Diplotype:
    """A pair of named alleles (or one, where there is one copy) with every body's reading of it."""

    name: str
    readings: tuple[Reading, ...]
    score: int = 0
    frequency: float = 0.0

    def reading(self, body: str) -> Reading | None:
        """The reading of `body`, or None when that body has no table for the gene."""
        return next((r for r in self.readings if r.body == body), None)


@dataclass(frozen=True, slots=True)
class GeneCall:
    """The answer for one gene of one sample.

    `diplotypes` holds every diplotype that fits, best first; it is empty when `status` is "not_called" and `reason` says why.
    `notes` are sentences for the reader (structure not assessed, a proxy site was used, ...).
    `structural` holds readings of what would follow if an unassessed copy-number change were there: (change, diplotype) pairs.
    """

    gene: str
    kind: str
    claim: str
    status: str
    diplotypes: tuple[Diplotype, ...]
    missing_sites: tuple[str, ...]
    origin: str
    reason: str = ""
    notes: tuple[str, ...] = ()
    sites: tuple[SiteView, ...] = ()
    components: tuple[str, ...] = ()
    structural: tuple[tuple[str, Diplotype], ...] = ()
    card: tuple[str, str] = ("", "")

    @property
    def best(self) -> Diplotype | None:
        """The diplotype that ranks first, or None when nothing was called."""
        return self.diplotypes[0] if self.diplotypes else None
