"""What the mind stream says of one person: scores over time, changes, flags."""

from dataclasses import dataclass

from painloom.model.quantity import Estimate, Interval


@dataclass(frozen=True, slots=True)
class BandEdge:
    """One band of a scale, for drawing and for words."""

    id: str
    label: str
    low: float
    high: float
    population: str
    state: str


@dataclass(frozen=True, slots=True)
class ScoreView:
    """One scale on one date: `estimate` is None when it is not scored, `status` and `why` then say so.

    `judged` is the card's mark: "verified" or "to-verify"; what is to verify is shown and weighs nothing.  `error_80` is the 80 % interval
    of measurement error, None where no error is known.
    """

    instrument: str
    instrument_label: str
    scale: str
    scale_label: str
    domain: str
    date: str
    estimate: Estimate | None
    status: str
    why: str
    answered: int
    count: int
    bands: tuple[BandEdge, ...]
    judged: str
    notes: tuple[str, ...]
    card: tuple[str, str]
    sources: tuple[str, ...]
    error_80: Interval | None = None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change between two dates.

    `real` and `meaningful` are "yes", "no", "depends" or "unknown", `verdict` puts both in words; `needed` is the change that people find
    meaningful, in words, "" where none is published; `state` is that value's mark.
    """

    instrument: str
    scale: str
    before_date: str
    after_date: str
    before: float
    after: float
    direction: str
    rci: float | None
    real: str
    meaningful: str
    verdict: str
    needed: str
    state: str
    basis: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerFlag:
    """A remark on how answers were given, such as the same option throughout; it deletes nothing."""

    instrument: str
    date: str
    text: str
