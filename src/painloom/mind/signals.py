"""Signals of suicidal thoughts in one person's answers and words -> alerts that a named role must act on.

A zero, a low score or an empty form never clears anybody: nothing here returns "no risk".
"""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from painloom.knowledge.drug_names import find_drug
from painloom.knowledge.instrument_cards import InstrumentCard
from painloom.knowledge.load import Knowledge
from painloom.knowledge.safety import SafetyCard
from painloom.mind.scoring import alerts, score
from painloom.model.answers import UNANSWERED, Answers
from painloom.model.case import Case
from painloom.model.scores import NO_BAND, SafetyAlert

STOPPED, TRIAGE = "stopped", "triage"


def safety_alerts(case: Case, knowledge: Knowledge) -> tuple[SafetyAlert, ...]:
    """Every alert of the case, the gravest level first; unfinished forms count like finished ones."""
    found = [alert for card in knowledge.safety.values() for alert in _alerts(card, case, knowledge)]
    rank = {(card.id, level.id): n for card in knowledge.safety.values() for n, level in enumerate(card.levels)}
    return tuple(sorted(found, key=lambda a: (rank[a.code, a.triage], a.source)))


def _alerts(card: SafetyCard, case: Case, knowledge: Knowledge) -> Iterator[SafetyAlert]:
    means = tuple(dict.fromkeys(_means(card, case, knowledge)))
    seen: dict[tuple[str, str], None] = {}
    for answers in case.answers:
        if answers.instrument in knowledge.files("instruments"):
            instrument = knowledge.instrument(answers.instrument)
            seen.update(dict.fromkeys((instrument.label, signal) for signal in _signals(card, instrument, answers)))
    if any(word in text.lower() for text in _texts(case) for word in card.words):
        seen["free text of the case", "text"] = None
    for (source, signal), _ in seen.items():
        level = card.level(signal)
        yield SafetyAlert(
            code=card.id,
            source=source,
            signal=signal,
            triage=level.id,
            owner=level.owner,
            within=level.within,
            action=level.action,
            means=means,
            rule=f"{card.id} {card.release}",
            rule_state=level.state,
            sources=level.sources,
        )


def _signals(card: SafetyCard, instrument: InstrumentCard, answers: Answers) -> Iterator[str]:
    """Names of signals as the safety card lists them."""
    about = {rule.id for rule in instrument.alerts if rule.about == card.id}
    raised = [alert for alert in alerts(instrument, answers.values) if alert.id in about and (alert.state >= 0).any()]
    triaged = TRIAGE in instrument.by_scale
    for alert in raised:
        if triaged:
            yield from (f"screener-{level}" for level in _levels(instrument, answers))
        else:
            yield from (f"item-{alert.states[state]}" for state in np.unique(alert.state[alert.state >= 0]))
    yield from _high_scores(card, instrument, answers)


def _levels(instrument: InstrumentCard, answers: Answers) -> Iterator[str]:
    """The triage level; where empty questions leave it open, that they do, and the level that the given answers reach on their own."""
    level = _level(instrument, answers.values)
    if level:
        yield level
        return
    yield "open"
    lowest = np.array([limits.low for limits in instrument.ranges], np.int16)
    at_least = _level(instrument, np.where(answers.values == UNANSWERED, lowest, answers.values).astype(np.int16))
    if at_least != instrument.by_scale[TRIAGE].otherwise:
        yield at_least


def _level(instrument: InstrumentCard, values: npt.NDArray[np.int16]) -> str:
    """The name of the triage level of one person, "" where it is open."""
    scores = next(s for s in score(instrument, values) if s.scale == TRIAGE)
    return "" if scores.band[0] == NO_BAND else scores.bands[scores.band[0]]


def _high_scores(card: SafetyCard, instrument: InstrumentCard, answers: Answers) -> Iterator[str]:
    """Scores from which one must ask, on instruments that hold no such item."""
    for scale, scores in zip(instrument.scales, score(instrument, answers.values), strict=False):
        for ask in scale.asks:
            if ask.about == card.id and (scores.score >= ask.low).any():
                yield "score"


def _texts(case: Case) -> Iterable[str]:
    yield case.pain.complaint
    yield from case.wishes
    yield from (use.reason for use in case.drugs)
    yield from (use.text for use in case.drugs)
    yield from (fact.text for fact in case.body.facts)
    yield from (diagnosis.text for diagnosis in case.body.diagnoses)


def _means(card: SafetyCard, case: Case, knowledge: Knowledge) -> Iterator[str]:
    """Labels of the drugs on the list that could be used for harm."""
    for use in case.drugs:
        if use.state == STOPPED:
            continue
        for drug in find_drug(knowledge, use.name)[0]:
            if drug.id in card.means_drugs or set(drug.classes) & set(card.means_groups):
                yield drug.label
