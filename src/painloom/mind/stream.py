"""The mind stream of one person: scores over time, what changed, how the questions were answered, alerts, findings."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from painloom.knowledge.instrument_cards import InstrumentCard, Scale
from painloom.knowledge.load import Knowledge
from painloom.mind.scoring import score
from painloom.mind.signals import safety_alerts
from painloom.model.absence import NotCallable
from painloom.model.answers import Answers
from painloom.model.case import Case
from painloom.model.finding import Finding
from painloom.model.mind import AnswerFlag, BandEdge, ChangeView, ScoreView
from painloom.model.quantity import Estimate
from painloom.model.scores import NO_BAND, NOT_SCORED, STATUS, SafetyAlert, ScaleScores
from painloom.model.source import Provenance
from painloom.version import __version__

FULL_LINE = 1


@dataclass(frozen=True, slots=True)
class MindView:
    """Everything that the mind stream says of one person."""

    scores: tuple[ScoreView, ...]
    changes: tuple[ChangeView, ...]
    flags: tuple[AnswerFlag, ...]
    alerts: tuple[SafetyAlert, ...]
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]


def run(case: Case, knowledge: Knowledge) -> MindView:
    """Score every answer sheet of the case; an instrument without a card is named in the warnings, never passed over."""
    known = knowledge.files("instruments")
    scores: list[ScoreView] = []
    warnings: list[str] = []
    for answers in case.answers:
        if answers.instrument not in known:
            warnings.append(f"{answers.where}: instrument '{answers.instrument}' has no card; it was not scored")
            continue
        card = knowledge.instrument(answers.instrument)
        if not card.scales:
            warnings.append(f"{answers.where}: this release does not score {card.label}")
        scores += _views(card, answers)
    return MindView(
        scores=tuple(scores),
        changes=(),
        flags=(),
        alerts=safety_alerts(case, knowledge),
        findings=tuple(_finding(view, case) for view in scores),
        warnings=tuple(warnings),
    )


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
    )


def _finding(view: ScoreView, case: Case) -> Finding:
    provenance = Provenance(case.files, (view.card,), f"mind.{view.scale}", f"painloom {__version__}")
    quality = (f"{view.why}: {view.status}",) if view.why else ()
    value = view.estimate or NotCallable(view.why or "not scored")
    return Finding(f"mind.{view.instrument}.{view.scale}", value, "replicated", provenance, quality)
