"""Signals of suicidal thoughts in one person's answers, record and words -> alerts that a named role must act on.

A zero, a low score or an empty form never clears anybody: nothing here returns "no risk".
"""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from painloom.knowledge.drug_names import find_drug
from painloom.knowledge.instrument_cards import InstrumentCard
from painloom.knowledge.load import Knowledge
from painloom.knowledge.safety import SafetyCard
from painloom.mind.record import recorded
from painloom.mind.scoring import alerts, score
from painloom.model.answers import UNANSWERED
from painloom.model.body import YES
from painloom.model.case import Case
from painloom.model.scores import NO_BAND, SafetyAlert

STOPPED, TRIAGE = "stopped", "triage"
IN_WORDS, IN_FACTS, IN_CODES = "free text of the case", "questions answered in the case", "diagnoses of the case"
Signal = tuple[str, str, str]  # where it was found, its name on the safety card, the day of the answer or fact ("" when unknown)


def safety_alerts(case: Case, knowledge: Knowledge) -> tuple[SafetyAlert, ...]:
    """Every alert of the case, the gravest level first; unfinished forms count like finished ones."""
    found = [alert for card in knowledge.safety.values() for alert in _alerts(card, case, knowledge)]
    rank = {(card.id, level.id): n for card in knowledge.safety.values() for n, level in enumerate(card.levels)}
    return tuple(sorted(found, key=lambda a: (rank[a.code, a.triage], a.source)))


def _alerts(card: SafetyCard, case: Case, knowledge: Knowledge) -> Iterator[SafetyAlert]:
    means = tuple(dict.fromkeys(_means(card, case, knowledge)))
    newest: dict[tuple[str, str], str] = {}
    for source, signal, date in _found(card, case, knowledge):
        newest[source, signal] = max(date, newest.get((source, signal), ""))
    for (source, signal), date in newest.items():
        level = card.level(signal)
        yield SafetyAlert(
            code=card.id,
            source=source,
            signal=signal,
            triage=level.id,
            owner=level.owner,
            within=level.within,
            action=card.action(signal),
            means=means,
            rule=f"{card.id} {card.release}",
            rule_state=level.state,
            sources=level.sources,
            date=date,
        )


def _found(card: SafetyCard, case: Case, knowledge: Knowledge) -> Iterator[Signal]:
    for answers in case.answers:
        if answers.instrument in knowledge.files("instruments"):
            instrument = knowledge.instrument(answers.instrument)
            yield from ((instrument.label, signal, answers.date) for signal in _signals(card, instrument, answers.values))
    for held in recorded(case, knowledge, card.id):
        label = held.card.label
        if held.values is not None:
            yield from ((label, signal, held.date) for signal in _item_signals(card, held.card, held.values))
        for scale, measure in held.scores:
            if any(ask.about == card.id and measure.value >= ask.low for ask in scale.asks):
                yield label, "score", measure.date
    yield from _of_record(card, case)
    if any(card.mentions(text) for text in _texts(case)):
        yield IN_WORDS, "text", ""


def _of_record(card: SafetyCard, case: Case) -> Iterator[Signal]:
    """Questions answered yes and codes of diagnoses that the card names as signals."""
    for fact in case.body.facts:
        if fact.value == YES and f"fact {fact.id}" in card.signals:
            yield IN_FACTS, f"fact {fact.id}", fact.date
    coded = [(_undotted(f"code {system}:{code}"), d.since) for d in case.body.diagnoses for system, code in d.codes]
    for signal in card.signals:
        if signal.startswith("code "):
            yield from ((IN_CODES, signal, since) for code, since in coded if code.startswith(_undotted(signal)))


def _undotted(code: str) -> str:
    """A code for comparing: records write R45.851 and R45851."""
    return code.replace(".", "").casefold()


def _signals(card: SafetyCard, instrument: InstrumentCard, values: npt.NDArray[np.int16]) -> Iterator[str]:
    """Names of signals of one answer sheet as the safety card lists them."""
    yield from _item_signals(card, instrument, values)
    if must_ask(instrument, values, card.id).any():
        yield "score"


def _item_signals(card: SafetyCard, instrument: InstrumentCard, values: npt.NDArray[np.int16]) -> Iterator[str]:
    about = {rule.id for rule in instrument.alerts if rule.about == card.id}
    raised = [alert for alert in alerts(instrument, values) if alert.id in about and (alert.state >= 0).any()]
    triaged = TRIAGE in instrument.by_scale
    for alert in raised:
        if triaged:
            yield from (f"screener-{level}" for level in _levels(instrument, values))
        else:
            yield from (f"item-{alert.states[state]}" for state in np.unique(alert.state[alert.state >= 0]))


def _levels(instrument: InstrumentCard, values: npt.NDArray[np.int16]) -> Iterator[str]:
    """The triage level; where empty questions leave it open, that they do, and the level that the given answers reach on their own."""
    level = _level(instrument, values)
    if level:
        yield level
        return
    yield "open"
    lowest = np.array([limits.low for limits in instrument.ranges], np.int16)
    at_least = _level(instrument, np.where(values == UNANSWERED, lowest, values).astype(np.int16))
    if at_least != instrument.by_scale[TRIAGE].otherwise:
        yield at_least


def _level(instrument: InstrumentCard, values: npt.NDArray[np.int16]) -> str:
    """The name of the triage level of one person, "" where it is open."""
    scores = next(s for s in score(instrument, values) if s.scale == TRIAGE)
    return "" if scores.band[0] == NO_BAND else scores.bands[scores.band[0]]


def must_ask(instrument: InstrumentCard, values: npt.NDArray[np.int16], about: str) -> npt.NDArray[np.bool_]:
    """True for people with a score from which one must ask `about` something, on instruments that hold no such item.

    Where empty items leave the score open, the lowest that the given answers allow counts as well.
    """
    found = np.zeros(len(values), bool)
    for scale in instrument.scales:
        limits = [ask.low for ask in scale.asks if ask.about == about]
        if limits:
            given = (values[:, list(scale.items)] != UNANSWERED).any(axis=1)
            ends = np.array([r.high if n in scale.reversed else r.low for n, r in enumerate(instrument.ranges)], np.int16)
            for answers in (values, np.where(values == UNANSWERED, ends, values).astype(np.int16)):
                scores = next(s for s in score(instrument, answers) if s.scale == scale.id)
                found |= given & (scores.score >= min(limits))
    return found


def _texts(case: Case) -> Iterable[str]:
    """Everything in the case that a person wrote."""
    yield from (case.pain.complaint, *case.pain.diagnoses, *case.pain.sites, *case.wishes)
    for use in case.drugs:
        yield from (use.name, use.reason, use.text)
    yield from (fact.text for fact in case.body.facts)
    yield from (diagnosis.text for diagnosis in case.body.diagnoses)
    for allergy in case.body.allergies:
        yield from (allergy.text, allergy.reaction)


def _means(card: SafetyCard, case: Case, knowledge: Knowledge) -> Iterator[str]:
    """Labels of the drugs on the list that could be used for harm."""
    for use in case.drugs:
        if use.state == STOPPED:
            continue
        for drug in find_drug(knowledge, use.name)[0]:
            if drug.id in card.means_drugs or set(drug.classes) & set(card.means_groups):
                yield drug.label
