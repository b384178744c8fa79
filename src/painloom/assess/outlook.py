"""What each treatment would do for one person: the kinds of pain, what is refused, and the prediction, brought together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from painloom.body.candidates import Candidates, candidate_use
from painloom.body.formulary import Formulary, formulary_of
from painloom.brain.painkinds import kinds_of
from painloom.brain.said import history, known_facts
from painloom.knowledge.evidence_cards import TreatmentCard
from painloom.knowledge.load import Knowledge
from painloom.model.advice import Advice
from painloom.model.assessment import DrugView
from painloom.model.body import NO, UNKNOWN, YES, Fact
from painloom.model.case import Case, DrugUse
from painloom.model.medication import SafetyRow
from painloom.model.outlook import NO_EVIDENCE, REFUSED, Outlook, OutlookView, Refusal
from painloom.model.target import Target
from painloom.plan.against import refusals_by_card
from painloom.plan.safe import cautions_of, refusals_of, refusals_of_allergy, refusals_of_drug
from painloom.plan.situation import Situation
from painloom.response.model import CLINICAL, EvidenceModel, build_model
from painloom.response.predict import Asker, is_asked, predict

MONTHS_CHRONIC = 3.0
ADULT = 18
ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Heard:
    """What the streams found that a prediction looks at: facts, drugs with their advice, targets with their safety gate, and treatments
    that aim at what keeps the pain going (they are asked about whatever the kind of pain).  `candidates` are the drugs that could be
    begun, None = worked out here.
    """

    facts: tuple[Fact, ...] = ()
    drugs: tuple[DrugView, ...] = ()
    targets: tuple[Target, ...] = ()
    helpful: frozenset[str] = frozenset()
    candidates: Candidates | None = None


class _Models:
    """The joined evidence of the knowledge that was used last: it does not depend on the person."""

    last: tuple[Knowledge, str, EvidenceModel] | None = None


def model_of(knowledge: Knowledge, mode: str = CLINICAL) -> EvidenceModel:
    """The joined evidence of a knowledge, made once."""
    kept = _Models.last
    if kept is not None and kept[0] is knowledge and kept[1] == mode:
        return kept[2]
    model = build_model(knowledge.evidence, knowledge.treatments, knowledge.conditions, mode=mode)
    _Models.last = (knowledge, mode, model)
    return model


def outlook_of(case: Case, knowledge: Knowledge, heard: Heard, *, mode: str = CLINICAL) -> OutlookView:
    """Every treatment for the person's kinds of pain, refusals before predictions."""
    conditions, warnings = conditions_of(case, knowledge)
    model = model_of(knowledge, mode)
    current = {view.drug for view in heard.drugs if view.current and any(use.state == ACTIVE for use in view.uses)}
    classes = {name for drug in current if drug in knowledge.drugs for name in knowledge.drugs[drug].classes}
    asked = [
        card
        for card in knowledge.treatments.values()
        if card.id in heard.helpful or any(is_asked(card, model, condition) for condition, _ in conditions)
    ]
    cards = [card for card in asked if not card.only_with or set(card.only_with) & classes]
    refusals, notes = refusals_for(cards, case, knowledge, heard)
    asker = Asker(
        conditions=conditions,
        pain_0_10=case.pain.intensity_0_10,
        facts=_answers((*heard.facts, *case.body.facts)),
        taken=frozenset(card.id for card in knowledge.treatments.values() if set(card.drugs) & current),
        refusals=refusals,
        offered=frozenset(card.id for card in cards),
    )
    view = predict(asker, model)
    told = [replace(o, notes=(*o.notes, *notes.get(o.treatment, ()))) for o in view.outlooks]
    said = {one.treatment for one in told}
    kind = conditions[0] if conditions else ("", "")
    adult = case.person.age_years is None or case.person.age_years >= ADULT
    told += [_aimed(card, kind, refusals.get(card.id, ())) for card in cards if card.id in heard.helpful - said and adult]
    return replace(view, outlooks=tuple(told), warnings=(*warnings, *view.warnings))


def _aimed(card: TreatmentCard, kind: tuple[str, str], refusals: tuple[Refusal, ...]) -> Outlook:
    """A treatment of what keeps the pain going: nothing is predicted for pain, and the note says so."""
    note = card.no_evidence or "it aims at what keeps the pain going; no effect on this kind of pain is on file"
    status = REFUSED if refusals else NO_EVIDENCE
    return Outlook(card.id, card.label, card.modality, *kind, status, refusals=refusals, notes=(note,), sources=card.sources)


def _answers(facts: Iterable[Fact]) -> dict[str, str]:
    """One answer a question: a yes outweighs a no, and both what is unknown, in whatever order they came."""
    weight = {UNKNOWN: 0, NO: 1, YES: 2}
    found: dict[str, str] = {}
    for fact in facts:
        if weight.get(fact.value, 0) >= weight.get(found.get(fact.id, UNKNOWN), 0):
            found[fact.id] = fact.value
    return found


def _uncoded(case: Case, understood: Iterable[str]) -> tuple[str, ...]:
    """Diagnoses in words alone that name no kind of pain reach no safety rule: said, because a refusal may be missing."""
    known = set(understood)
    texts = [one.text for one in case.body.diagnoses if one.text and not one.codes] + list(case.pain.diagnoses)
    texts = [text for text in texts if text not in known]
    if not texts:
        return ()
    count = "a diagnosis in words alone was" if len(texts) == 1 else f"{len(texts)} diagnoses in words alone were"
    return (f"{count} not used for refusals: give a code, or answer the question in [history] (kidney, liver, heart, pregnancy ...)",)


def conditions_of(case: Case, knowledge: Knowledge) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Kinds of pain that the record names, as (id, label), and what to say about them; none when none is named."""
    age = case.person.age_years
    if age is not None and age < ADULT:
        return (), (f"the evidence is of adults: nothing is predicted below {ADULT} years",)
    card, book = knowledge.conditions, knowledge.evidence
    facts = known_facts(case, knowledge.terms("condition_codes"))
    kinds = kinds_of(history(case), facts, card, knowledge.targets.screen.cues)
    if not kinds.is_stated:
        return (), ("the kind of pain is not recorded: nothing can be predicted; add a diagnosis to the case",)
    ids = [kind.indication.id for kind in kinds.kinds]
    young = case.pain.months is not None and case.pain.months < MONTHS_CHRONIC
    warnings = list(_uncoded(case, (one.text for one in kinds.named_in)))
    if young:
        ids = [book.acute.get(id_, id_) for id_ in ids]
        left = [card.indications[id_].label for id_ in ids if id_ not in book.acute.values()]
        if left:
            warnings.append(f"the pain is younger than {MONTHS_CHRONIC:g} months; the evidence on {', '.join(left)} is of chronic pain")
    return tuple((id_, card.indications[id_].label) for id_ in dict.fromkeys(ids)), tuple(warnings)


def kinds_of_pain(case: Case, knowledge: Knowledge) -> frozenset[str]:
    """Kinds of pain that the record names, with every wider one; what only stands beside pain names no kind."""
    card = knowledge.conditions
    found, _ = conditions_of(case, knowledge)
    return frozenset(kind for id_, _ in found for kind in (card.family(id_) if not card.indications[id_].beside else (id_,)))


def refusals_for(
    cards: Iterable[TreatmentCard], case: Case, knowledge: Knowledge, heard: Heard
) -> tuple[dict[str, tuple[Refusal, ...]], dict[str, tuple[str, ...]]]:
    """Refusals by treatment, and notes on drugs of a group that are refused alone."""
    candidates = heard.candidates or Candidates(case, formulary_of(knowledge))
    advice = {view.drug: view.advice for view in heard.drugs}
    allergic = _allergies(case, candidates.formulary)
    person = situation_of(candidates)
    refusals: dict[str, tuple[Refusal, ...]] = {}
    notes: dict[str, tuple[str, ...]] = {}
    for card in cards:
        uses = {drug: candidate_use(knowledge.drugs[drug].name, card.route) for drug in card.drugs if drug in knowledge.drugs}
        rows = {drug: candidates.rows({drug: use}) for drug, use in uses.items()}
        by_drug = _by_drug(rows, knowledge, advice, allergic)
        labels = {drug: knowledge.drugs[drug].label for drug in uses}
        refused, barred = refusals_of(card, by_drug, labels, heard.targets)
        refusals[card.id] = (*refused, *refusals_by_card(card, person))
        notes[card.id] = () if refusals[card.id] else (*barred, *cautions_of(rows, by_drug))
    return {id_: found for id_, found in refusals.items() if found}, {id_: found for id_, found in notes.items() if found}


def situation_of(candidates: Candidates) -> Situation:
    """The person as contraindications of treatments that are no drugs ask about them."""
    known, formulary = candidates.known, candidates.formulary
    groups = frozenset(group for drug in candidates.drugs for group in formulary.groups(drug))
    return Situation(groups=groups, holds=known.holds, asked=lambda when: known.label(when.fact or when.measure))


def refusals_by_drug(candidates: Candidates, views: Iterable[DrugView], uses: Mapping[str, DrugUse]) -> dict[str, tuple[Refusal, ...]]:
    """Why each of some drugs must not be begun, or would not be begun today if it is taken; drugs that nothing forbids are left out."""
    knowledge = candidates.formulary.knowledge
    advice = {view.drug: view.advice for view in views}
    rows = {drug: candidates.rows({drug: use}) for drug, use in uses.items()}
    found = _by_drug(rows, knowledge, advice, _allergies(candidates.case, candidates.formulary))
    return {drug: reasons for drug, reasons in found.items() if reasons}


def _allergies(case: Case, formulary: Formulary) -> dict[str, list[str]]:
    """Drug id -> entries of the allergy list that name it, by code or in words."""
    found: dict[str, list[str]] = {}
    for entry in case.body.allergies:
        product = formulary.coded(entry.codes) or formulary.product(entry.text)
        for one in product.ingredients:
            if one.drug:
                found.setdefault(one.drug, []).append(f"{one.label}{f' ({entry.reaction})' if entry.reaction else ''}")
    return found


def _by_drug(
    rows: Mapping[str, tuple[SafetyRow, ...]],
    knowledge: Knowledge,
    advice: Mapping[str, tuple[Advice, ...]],
    allergic: Mapping[str, list[str]],
) -> dict[str, tuple[Refusal, ...]]:
    """Refusals of every drug by rules, genes and the record of allergies."""
    return {
        drug: (*refusals_of_allergy(allergic.get(drug, ())), *refusals_of_drug(found, knowledge.rules, advice.get(drug, ())))
        for drug, found in rows.items()
    }
