"""What to do, for one person: what every room found, brought to the one that makes the plan."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from painloom.assess.outlook import MONTHS_CHRONIC, refusals_by_drug, situation_of
from painloom.body.candidates import Candidates, candidate_use, ingredients
from painloom.body.ceilings import ceilings_of
from painloom.body.formulary import Formulary
from painloom.body.matching import DrugsTaken
from painloom.body.person import Known
from painloom.body.products import Taken, read_use
from painloom.knowledge.evidence_cards import TreatmentCard
from painloom.knowledge.load import Knowledge
from painloom.model.assessment import DrugView
from painloom.model.body import BodyRecord
from painloom.model.brain import BrainView
from painloom.model.case import Case, DrugUse
from painloom.model.formulation import Formulation
from painloom.model.medication import SafetyRow
from painloom.model.mind import ScoreView
from painloom.model.outlook import OutlookView
from painloom.model.plan import Plan
from painloom.model.quantity import Interval
from painloom.model.redflag import RedFlag
from painloom.model.scores import SafetyAlert
from painloom.model.target import Target
from painloom.plan.compose import make_plan
from painloom.plan.situation import Cap, TakenDrug

ACTIVE, STOPPED = "active", "stopped"
GRAVE = ("contraindicated", "severe", "major")
DAY = re.compile(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
DAYS_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the journey found before a plan can be made."""

    drugs: tuple[DrugView, ...]
    safety: tuple[SafetyRow, ...]
    scores: tuple[ScoreView, ...]
    alerts: tuple[SafetyAlert, ...]
    red_flags: tuple[RedFlag, ...]
    brain: BrainView | None
    targets: tuple[Target, ...]
    outlook: OutlookView | None
    formulation: Formulation | None


def plan_of(case: Case, candidates: Candidates, ahead: Ahead, as_of: str) -> Plan:
    """The plan of one person."""
    formulary, known = candidates.formulary, candidates.known
    knowledge = formulary.knowledge
    taken = taken_drugs(candidates, ahead, as_of)
    caps, unchecked = _ceilings(knowledge, formulary, known, listed_drugs(knowledge) | {one.drug for one in taken})
    person = situation_of(candidates)
    return make_plan(
        replace(
            person,
            outlook=ahead.outlook,
            formulation=ahead.formulation,
            taken=taken,
            stopped=frozenset(_stopped(case, formulary) - {one.drug for one in taken}),
            safety=ahead.safety,
            alerts=ahead.alerts,
            red_flags=ahead.red_flags,
            urgent=tuple(_urgent(ahead.brain)),
            targets=ahead.targets,
            advice={view.drug: view.advice for view in ahead.drugs},
            caps=caps,
            unchecked=unchecked,
            clash=lambda begun: candidates.rows({d: candidate_use(knowledge.drugs[d].name, route) for d, route in begun.items()}),
            wishes=case.wishes,
            pain_0_10=case.pain.intensity_0_10,
            is_young=case.pain.months is not None and case.pain.months < MONTHS_CHRONIC,
            scales={f"{s.instrument}.{s.scale}": (_scale_name(s, knowledge), s.domain) for s in ahead.scores if s.estimate},
            barred=_barred(candidates, ahead, knowledge),
            instead={one.drug: _instead(one, candidates, ahead) for one in taken if one.is_pain and _is_in_doubt(one, ahead)},
            missing=tuple(missing(case)),
        ),
        knowledge,
    )


def _scale_name(view: ScoreView, knowledge: Knowledge) -> str:
    """The short name of an instrument, with the scale where it has several."""
    card = knowledge.instrument(view.instrument)
    return card.name if len(card.scales) == 1 else f"{card.name}: {view.scale_label}"


def _is_in_doubt(one: TakenDrug, ahead: Ahead) -> bool:
    """Whether a drug that is taken may have to be stopped."""
    return bool(one.refusals) or any(one.drug in row.drugs and row.is_warning for row in ahead.safety)


def _instead(one: TakenDrug, candidates: Candidates, ahead: Ahead) -> tuple[str, ...]:
    """Drugs of the same class that nothing forbids once `one` is off the list."""
    knowledge, formulary = candidates.formulary.knowledge, candidates.formulary
    active = [use for use in candidates.case.drugs if one.drug not in ingredients(use, formulary)]
    rest = Candidates(replace(candidates.case, drugs=tuple(active)), formulary)
    same = sorted(drug for drug in listed_drugs(knowledge) if knowledge.drugs[drug].classes[0] == one.classes[0] and drug != one.drug)
    uses = {drug: candidate_use(knowledge.drugs[drug].name, "") for drug in same if drug not in rest.drugs}
    refused = refusals_by_drug(rest, ahead.drugs, uses)
    clashing = {drug for drug in uses for row in rest.rows({drug: uses[drug]}) if row.severity in GRAVE}
    return tuple(drug for drug in uses if drug not in refused and drug not in clashing)


def missing(case: Case) -> Iterator[str]:
    """What must be known before a drug is begun, where nothing at all of the body is recorded."""
    if case.drugs or case.body != BodyRecord():
        return
    yield "which drugs are taken, and allergies"
    yield "kidneys, liver, pregnancy and other illnesses"
    yield "red flags"
    if case.pain.intensity_0_10 is None:
        yield "how strong the pain is"
    if case.pain.months is None:
        yield "how long it has lasted"


def uses_of(card: TreatmentCard, knowledge: Knowledge) -> dict[str, DrugUse]:
    """The drugs of a treatment as they would be begun, by drug id."""
    return {drug: candidate_use(knowledge.drugs[drug].name, card.route) for drug in card.drugs if drug in knowledge.drugs}


def _barred(candidates: Candidates, ahead: Ahead, knowledge: Knowledge) -> dict[str, dict[str, str]]:
    """Treatment -> the drugs of its group that must not be begun by its route, with the reason."""
    found = {}
    for card in knowledge.treatments.values():
        refused = refusals_by_drug(candidates, ahead.drugs, uses_of(card, knowledge)) if card.drugs else {}
        if refused:
            found[card.id] = {drug: reasons[0].reason for drug, reasons in refused.items()}
    return found


def listed_drugs(knowledge: Knowledge) -> frozenset[str]:
    """Drugs that some treatment card would begin for pain."""
    return frozenset(drug for card in knowledge.treatments.values() for drug in card.drugs if drug in knowledge.drugs)


def taken_drugs(candidates: Candidates, ahead: Ahead, as_of: str) -> tuple[TakenDrug, ...]:
    """Every drug that is taken, several entries of one drug together, in the order of the list."""
    case, formulary = candidates.case, candidates.formulary
    knowledge = formulary.knowledge
    views = {view.drug: view for view in ahead.drugs}
    entries: dict[str, list[tuple[DrugUse, Taken]]] = {}
    for entry, use in enumerate(u for u in case.drugs if u.state == ACTIVE):
        for one in read_use(use, formulary, entry):
            if one.intake.drug:
                entries.setdefault(one.intake.drug, []).append((use, one))
    reasons = refusals_by_drug(candidates, ahead.drugs, {drug: own[0][0] for drug, own in entries.items()})
    pairs = {row.card for row in candidates.now if len(set(row.drugs)) > 1}  # of two drugs one yields: the plan chooses which
    listed = listed_drugs(knowledge)
    classes = {knowledge.drugs[drug].classes[0] for drug in listed}
    found = []
    for drug, own in entries.items():
        card, view = knowledge.drugs[drug], views.get(drug)
        months = [_months(use.since, as_of) for use, _ in own]
        since = [m for m in months if m is not None]
        found.append(
            TakenDrug(
                drug=drug,
                label=card.label,
                is_pain=drug in listed or (card.pain and card.classes[0] in classes),
                classes=tuple(dict.fromkeys((*card.classes, *formulary.groups(drug)))),
                daily=_daily([one for _, one in own]) if not _joined(drug, own, formulary) else None,
                unit=own[0][1].intake.unit,
                months=max(since) if since and len(since) == len(months) else None,
                as_needed=all(use.as_needed for use, _ in own),
                advice=view.advice if view is not None else (),
                joined=_joined(drug, own, formulary),
                refusals=tuple(r for r in reasons.get(drug, ()) if r.card not in pairs),
            )
        )
    return tuple(found)


def _joined(drug: str, own: list[tuple[DrugUse, Taken]], formulary: Formulary) -> tuple[str, ...]:
    """Labels of the other drugs of the tablet, where every entry of the drug is such a tablet: its amount alone cannot be changed."""
    parts = [[one for one in formulary.product(use.name).ingredients if one.drug and one.drug != drug] for use, _ in own]
    return tuple(dict.fromkeys(one.label for part in parts for one in part)) if all(parts) else ()


def _daily(own: list[Taken]) -> Interval | None:
    """The sum of the entries; None where one of them is not known or counts in another unit."""
    amounts = [one.intake.daily for one in own]
    if None in amounts or len({one.intake.unit for one in own}) != 1:
        return None
    known = [a for a in amounts if a is not None]
    return Interval(sum(a.low for a in known), sum(a.high for a in known))


def _months(since: str, as_of: str) -> float | None:
    """Months from a date to `as_of`; None where it is no date or lies ahead.

    Of a year or a month its first day counts: a drug taken for longer is lowered more slowly, so the error is on the safe side.
    """
    match = DAY.match(since)
    if match is None:
        return None
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        days = (date.fromisoformat(as_of) - date(year, month, day)).days
    except ValueError:
        return None
    return days / DAYS_A_MONTH if days >= 0 else None


def _stopped(case: Case, formulary: Formulary) -> set[str]:
    uses = (use for use in case.drugs if use.state == STOPPED)
    return {one.drug for use in uses for one in formulary.product(use.name).ingredients if one.drug}


def _ceilings(
    knowledge: Knowledge, formulary: Formulary, known: Known, drugs: Iterable[str]
) -> tuple[dict[str, tuple[Cap, ...]], dict[str, tuple[str, ...]]]:
    """Ceilings by organ function of every drug that is taken or could be begun."""
    caps, unchecked = {}, {}
    rules = [card for card in knowledge.rules.values() if card.ceilings]
    for drug in sorted(drugs):
        alone = DrugsTaken(read_use(candidate_use(knowledge.drugs[drug].name, ""), formulary), formulary)
        found, open_ = ceilings_of(drug, alone, known, rules)
        if found:
            caps[drug] = tuple(Cap(c.most, c.text, c.because, c.state, c.sources) for c in found)
        if open_:
            unchecked[drug] = open_
    return caps, unchecked


def _urgent(brain: BrainView | None) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for finding in brain.imaging if brain is not None else ():
        if finding.urgent:
            yield finding.label, finding.urgent, finding.sources


def plan_sources(plan: Plan) -> Iterator[str]:
    """Ids of every source that a plan names, with repeats."""
    for step in plan.steps:
        yield from step.sources
        yield from (source for reason in step.reasons for source in reason.source.split(", "))
        yield from step.dose.sources if step.dose else ()
        yield from step.taper.sources if step.taper else ()
        yield from (source for check in step.checks for source in check.sources)
    yield from (source for check in plan.follow_up for source in check.sources)
    yield from (refusal.source for refusal in plan.refusals)
