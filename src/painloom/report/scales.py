"""Scores in words: number, range, band, error, change, and which scales stand out."""

from collections.abc import Sequence
from dataclasses import dataclass

from painloom.model.mind import BandEdge, ChangeView, ScoreView
from painloom.model.quantity import Estimate, error_interval
from painloom.report.lookup import Lookup
from painloom.report.profile import T_UNIT, one_population
from painloom.report.wording import Wording

SET_MARK = "utility:"  # a value set of a country: one row a set, never a scale of its own
POINTS, BETTER, DOUBT = "points", "better", "to-verify"
MANY_BANDS = 4  # from here on the second-worst band stands out too


@dataclass(frozen=True, slots=True)
class Series:
    """One scale of one instrument over time, the latest last; `changes` are those to the latest score."""

    views: tuple[ScoreView, ...]
    changes: tuple[ChangeView, ...]

    @property
    def latest(self) -> ScoreView:
        """The latest sheet, scored or not."""
        return self.views[-1]

    @property
    def before(self) -> ScoreView | None:
        """The scored sheet before the latest."""
        earlier = [v for v in self.views[:-1] if v.estimate is not None]
        return earlier[-1] if earlier else None


def series_of(lookup: Lookup) -> tuple[Series, ...]:
    """Every scale but value sets, in the order of its first sheet."""
    found: dict[tuple[str, str], list[ScoreView]] = {}
    for view in lookup.assessment.scores:
        if not view.scale.startswith(SET_MARK):
            found.setdefault((view.instrument, view.scale), []).append(view)
    return tuple(_series(sorted(views, key=lambda v: v.date), lookup) for views in found.values())


def _series(views: list[ScoreView], lookup: Lookup) -> Series:
    last = views[-1]
    mine = [
        c
        for c in lookup.assessment.changes
        if (c.instrument, c.scale, c.after_date) == (last.instrument_label, last.scale_label, last.date)
        and last.estimate is not None
        and c.after == last.estimate.value
    ]
    return Series(tuple(views), tuple(sorted(mine, key=lambda c: c.before_date, reverse=True)))


def band_of(view: ScoreView) -> BandEdge | None:
    """The band that the score lies in, of the first population that has it."""
    if view.estimate is None or not view.estimate.band:
        return None
    named = [b for b in view.bands if b.id == view.estimate.band]
    inside = [b for b in named if b.low <= view.estimate.value <= b.high]
    return next(iter(inside or named), None)


def band_text(view: ScoreView) -> str:
    """The label of the band, "" where the scale has none."""
    band = band_of(view)
    return band.label if band else view.estimate.band.replace("-", " ") if view.estimate else ""


def is_doubtful(view: ScoreView) -> bool:
    """True when the scale or the band of its score is still to be verified: it is shown and weighs nothing."""
    band = band_of(view)
    return view.judged == DOUBT or (band is not None and band.state == DOUBT)


def is_category(view: ScoreView) -> bool:
    """True for a rule with an answer in words, or a yes or no; there is nothing to draw."""
    estimate = view.estimate
    if view.bands and all(b.low == b.high for b in view.bands):
        return True
    return estimate is not None and not view.bands and (estimate.low, estimate.high) == (0, 1)


def stands_out(view: ScoreView) -> int:
    """2 in the worst band, 1 in the second worst of four or more, else 0; unverified scales and bands never stand out."""
    band = band_of(view)
    if band is None or view.estimate is None or is_doubtful(view) or is_category(view) or not view.estimate.higher_is:
        return 0
    own = [b for b in view.bands if b.population == band.population]
    own.sort(key=lambda b: b.low, reverse=view.estimate.higher_is == BETTER)
    steps_from_worst = len(own) - 1 - own.index(band)
    if len(own) < 2 or steps_from_worst > (1 if len(own) >= MANY_BANDS else 0):
        return 0
    return 2 - steps_from_worst


def figure_text(value: float) -> str:
    """A score with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def value_text(estimate: Estimate, words: Wording) -> str:
    """`17 of 27`, `29 (11 to 44)`, `T 66.7`."""
    shown = figure_text(estimate.value)
    if estimate.unit == T_UNIT:
        return words("score.t", value=shown)
    unit = "" if estimate.unit in ("", POINTS) else f" {estimate.unit}"
    if estimate.low is None or estimate.high is None:
        return shown + unit
    key = "score.of" if estimate.low == 0 else "score.between"
    return words(key, value=shown, low=figure_text(estimate.low), high=figure_text(estimate.high)) + unit


def error_text(estimate: Estimate, words: Wording) -> str:
    """The 80% interval of measurement error, or that it is not known."""
    found = error_interval(estimate)
    if found is None:
        return words("score.no_error")
    return words("score.error", low=figure_text(found.low), high=figure_text(found.high))


def change_texts(changes: Sequence[ChangeView], words: Wording) -> tuple[str, ...]:
    """Each change to the latest score in words; `better` and `worse` only where the change lies beyond error."""
    found = []
    for c in changes:
        known = f"direction.{c.direction}" in words.phrases
        direction = words(f"direction.{c.direction}") if known else ""
        verdict = ", ".join(part for part in (direction, c.verdict) if part)
        text = words("score.change", before=figure_text(c.before), after=figure_text(c.after), date=c.before_date or "?", verdict=verdict)
        if c.needed:
            doubt = f" ({words('state.to-verify')})" if c.state == DOUBT else ""
            text = f"{text} {words('score.needed', needed=c.needed)}{doubt}"
        found.append(text)
    return tuple(dict.fromkeys(found))


def bands_text(view: ScoreView) -> str:
    """All bands of one population with their ends."""
    own = one_population(view)
    return "; ".join(f"{b.label} {figure_text(b.low)}" + (f"-{figure_text(b.high)}" if b.high != b.low else "") for b in own)
