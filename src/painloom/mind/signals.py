"""Signals of suicidal thoughts in one person's answers and words -> alerts that a named role must act on.

A zero, a low score or an empty form never clears anybody: nothing here returns "no risk".
"""

from collections.abc import Iterable, Iterator

import numpy as np

from painloom.knowledge.drug_names import find_drug
from painloom.knowledge.instrument_cards import InstrumentCard
from painloom.knowledge.load import Knowledge
from painloom.knowledge.safety import SafetyCard
from painloom.mind.scoring import alerts, score
from painloom.model.answers import Answers
from painloom.model.case import Case
from painloom.model.scores import NO_BAND, SafetyAlert

STOPPED = "stopped"


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
    triaged = [s for s in score(instrument, answers.values) if s.scale == "triage"] if about else []
    for alert in alerts(instrument, answers.values):
        if alert.id not in about or (alert.state < 0).all():
            continue
        if triaged:
            named = [s.bands[b] if b != NO_BAND else "open" for s in triaged for b in s.band.tolist()]
            yield from (f"screener-{name}" for name in named)
        else:
            yield from (f"item-{alert.states[state]}" for state in np.unique(alert.state[alert.state >= 0]))
    yield from _high_scores(card, instrument, answers)


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
