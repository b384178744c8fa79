"""The mind stream of one person: scores over time, what changed, how the questions were answered, alerts, findings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from painloom.knowledge.instrument_cards import InstrumentCard, Scale
from painloom.knowledge.load import Knowledge
from painloom.mind.precision import ANSWERS, IN_WORDS, Judgement, compare
from painloom.mind.quality import quality_flags
from painloom.mind.scoring import ALERT_STATES, PRESENT, alerts, score
from painloom.mind.signals import safety_alerts
from painloom.model.absence import NotCallable
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.case import Case
from painloom.model.finding import Finding
from painloom.model.mind import AnswerFlag, BandEdge, ChangeView, ScoreView
from painloom.model.quantity import Estimate, error_interval
from painloom.model.scores import NO_BAND, NOT_SCORED, STATUS, SafetyAlert, ScaleScores
from painloom.model.source import Provenance
from painloom.version import __version__

RULE, SMALLEST, VERIFIED = "rule", "mic", "verified"
UNCHANGED = "no change"
T_UNIT = "T"
SIZE_ALONE = {
    "yes": "of meaningful size; measurement error not known, so not proven",
    "no": "smaller than what people find meaningful; measurement error not known",
}
UNITS = {"points": " points", "percent-of-baseline": " % of the first score", "score": " as the score reached"}


@dataclass(frozen=True, slots=True)
class MindView:
    """Everything that the mind stream says of one person.

    `estimates` are the latest scores and raised alerts: "instrument.scale" or "instrument.alert:<name>" -> estimate.
    """

    scores: tuple[ScoreView, ...]
    changes: tuple[ChangeView, ...]
    flags: tuple[AnswerFlag, ...]
    alerts: tuple[SafetyAlert, ...]
    findings: tuple[Finding, ...]
    estimates: dict[str, Estimate]
    warnings: tuple[str, ...]


def run(case: Case, knowledge: Knowledge) -> MindView:
    """Score every answer sheet of the case; an instrument without a card is named in the warnings, never passed over."""
    known = knowledge.files("instruments")
    scores: list[ScoreView] = []
    warnings: list[str] = []
    flags: list[AnswerFlag] = []
    estimates: dict[str, Estimate] = {}
    for answers in case.answers:
        if answers.instrument not in known:
            warnings.append(f"{answers.where}: instrument '{answers.instrument}' has no card; it was not scored")
            continue
        card = knowledge.instrument(answers.instrument)
        if not card.scales:
            warnings.append(f"{answers.where}: this release does not score {card.label}")
        if not _is_bare(answers, case):
            scores += _views(card, answers)
        for name, raised_now in _raised(card, answers).items():
            if raised_now.band == ALERT_STATES[PRESENT] or name not in estimates:  # an empty item later takes nothing back
                estimates[name] = raised_now
        raised = (flag for flag in quality_flags(card, answers.values) if flag.raised.any())
        flags += (AnswerFlag(card.label, answers.date, flag.text) for flag in raised)
    return MindView(
        scores=tuple(scores),
        changes=tuple(_changes(scores, knowledge)),
        flags=tuple(flags),
        alerts=safety_alerts(case, knowledge),
        findings=tuple(_finding(view, case) for view in scores),
        estimates={f"{v.instrument}.{v.scale}": v.estimate for v in scores if v.estimate is not None} | estimates,
        warnings=tuple(warnings),
    )


def _is_bare(answers: Answers, case: Case) -> bool:
    """True for a sheet without any answer beside an answered one of the same instrument: an item that was only asked, not a score."""
    others = (other for other in case.answers if other.instrument == answers.instrument)
    return bool((answers.values == UNANSWERED).all()) and any((other.values != UNANSWERED).any() for other in others)


def _raised(card: InstrumentCard, answers: Answers) -> dict[str, Estimate]:
    """Alerts of one answer sheet; an item that was answered without a signal is in no list, so that nothing reads it as safe."""
    return {
        f"{card.id}.alert:{alert.id}": Estimate(1.0, "", band=alert.states[alert.state[0]])
        for alert in alerts(card, answers.values)
        if alert.state[0] >= 0
    }


def _views(card: InstrumentCard, answers: Answers) -> Iterator[ScoreView]:
    for scores in score(card, answers.values):
        scale = card.by_scale.get(scores.scale) or card.by_scale[scores.scale.partition(":")[0]]
        yield _view(card, scale, scores, answers)


def _view(card: InstrumentCard, scale: Scale, scores: ScaleScores, answers: Answers) -> ScoreView:
    status, band = int(scores.status[0]), int(scores.band[0])
    missing = scores.count - int(scores.answered[0])
    estimate = None
    if status != NOT_SCORED:
        se = float(scores.se[0])
        edge = scores.bands[band] if band != NO_BAND else ""
        estimate = Estimate(float(scores.score[0]), scale.unit, scale.low, scale.high, None if np.isnan(se) else se, edge, scale.higher_is)
    return ScoreView(
        instrument=card.id,
        instrument_label=card.label,
        scale=scores.scale,
        scale_label=scale.label,
        domain=scale.domain,
        date=answers.date,
        estimate=estimate,
        status=STATUS[status],
        why=f"{missing} of {scores.count} unanswered" if missing else "",
        answered=int(scores.answered[0]),
        count=scores.count,
        bands=tuple(BandEdge(b.id, b.label, b.low, b.high, b.population, b.state) for b in scale.bands),
        judged=scale.state,
        notes=scale.notes,
        card=(f"instruments/{card.id}", card.release),
        sources=card.sources,
        error_80=error_interval(estimate) if estimate is not None else None,
    )


def _changes(scores: Sequence[ScoreView], knowledge: Knowledge) -> Iterator[ChangeView]:
    """Each scale's latest score against the one before it and against its first."""
    series: dict[tuple[str, str], list[ScoreView]] = {}
    for view in scores:
        if view.estimate is not None and view.date:
            series.setdefault((view.instrument, view.scale), []).append(view)
    for (instrument, scale_id), views in series.items():
        scale = knowledge.instrument(instrument).by_scale.get(scale_id)
        if scale is None or scale.extra or scale.kind == RULE or len(views) < 2:
            continue
        for earlier in dict.fromkeys((len(views) - 2, 0)):
            yield from _change(scale, views[earlier], views[-1])


def _change(scale: Scale, before: ScoreView, after: ScoreView) -> Iterator[ChangeView]:
    assert before.estimate is not None
    assert after.estimate is not None
    judged = compare(scale, *(_own_error(e) for e in (before.estimate, after.estimate)))
    if judged:
        judgement = min(judged, key=lambda j: (j.state != VERIFIED, j.kind != SMALLEST))  # the first of the card among the best marked
        rci = float(judgement.rci[0])
        yield ChangeView(
            instrument=after.instrument_label,
            scale=after.scale_label,
            before_date=before.date,
            after_date=after.date,
            before=before.estimate.value,
            after=after.estimate.value,
            direction=judgement.direction(0),
            rci=None if np.isnan(rci) else rci,
            real=ANSWERS[judgement.real[0]],
            meaningful=ANSWERS[judgement.meaningful[0]],
            verdict=_in_words(judgement, after.estimate.value - before.estimate.value),
            needed=_needed(scale, judgement),
            state=judgement.state,
            basis="; ".join(part for part in (judgement.kind, judgement.population, judgement.error_from) if part),
            sources=judgement.sources,
        )


def _in_words(judgement: Judgement, change: float) -> str:
    """The verdict; where no error is published, the size alone, and that this proves nothing."""
    if not change:
        return UNCHANGED
    if ANSWERS[judgement.real[0]] == "unknown" and ANSWERS[judgement.meaningful[0]] in SIZE_ALONE:
        return SIZE_ALONE[ANSWERS[judgement.meaningful[0]]]
    return IN_WORDS[judgement.verdict[0]]


def _own_error(estimate: Estimate) -> Estimate:
    """Only T-scores have an error of their own; the others' is a value of the card, and all values of the card must agree."""
    return estimate if estimate.unit == T_UNIT else replace(estimate, se=None)


def _needed(scale: Scale, judgement: Judgement) -> str:
    """The published change in words: `5 points`, `6 to 10 points`, `50 % of the first score`."""
    for change in scale.changes:
        if (change.kind, change.population) == (judgement.kind, judgement.population):
            span = f"{change.low:g}" if change.low == change.high else f"{change.low:g} to {change.high:g}"
            return span + UNITS[change.unit]
    return ""


def _finding(view: ScoreView, case: Case) -> Finding:
    provenance = Provenance(case.files, (view.card,), f"mind.{view.scale}", f"painloom {__version__}")
    quality = (f"{view.why}: {view.status}",) if view.why else ()
    value = view.estimate or NotCallable(view.why or "not scored")
    return Finding(f"mind.{view.instrument}.{view.scale}", value, "replicated", provenance, quality)
