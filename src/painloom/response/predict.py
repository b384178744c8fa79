"""What each treatment would do for one person: course whatever is done, added benefit, harm, each with its band."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from painloom.knowledge.evidence_cards import Domain, TreatmentCard
from painloom.model.evidence import TO_VERIFY, EvidenceRow
from painloom.model.outlook import (
    BAND_LEVEL,
    NO_EVIDENCE,
    NOT_OFFERED,
    PREDICTED,
    REFUSED,
    TO_CHECK,
    Band,
    Outlook,
    OutlookView,
    Refusal,
    UsedRow,
)
from painloom.response.bands import added_band, added_odds_band, rate_band
from painloom.response.distributions import normal_quantile
from painloom.response.model import Effect, EvidenceModel
from painloom.response.modifiers import shift_of
from painloom.response.scale import BLIND, OPEN, STEPS, Rate, lowered
from painloom.response.verdict import judge, with_chances

REFERENCE_PAIN = 6.0  # of 0 to 10: the usual score at the start of a trial, on which contrasts in points were found
LEAST_SHARE = 0.02  # rows with less say in an effect are not listed
SHORT = ("hours", "days")
GAP_30_50 = 0.2 * REFERENCE_PAIN


@dataclass(frozen=True, slots=True)
class Asker:
    """What of a person the prediction looks at.

    `conditions` are kinds of pain, (id, label), most telling first; `pain_0_10` is None when unknown; `facts` fact id -> "yes", "no",
    "unknown"; `taken` treatment ids taken now; `refusals` by treatment; `offered` the treatments to speak of, None for all.
    """

    conditions: tuple[tuple[str, str], ...]
    pain_0_10: float | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    refusals: Mapping[str, tuple[Refusal, ...]] = field(default_factory=dict)
    offered: frozenset[str] | None = None


def predict(asker: Asker, model: EvidenceModel) -> OutlookView:
    """Every treatment that is offered for the person's kinds of pain, with what it would do, or why nothing can be said."""
    found: list[Outlook] = []
    warnings: list[str] = []
    for condition, label in asker.conditions:
        domains = list(_domains(model, condition))
        if not domains:
            warnings.append(f"{label}: nothing is predicted for this kind of pain; the evidence book has no outcome for it")
        for own, domain in domains:
            own_label = label if own == condition else domain.label
            found += _of_condition(asker, model, (own, own_label), domain)
    outlooks = with_chances(found, BAND_LEVEL)
    return OutlookView(tuple(outlooks), tuple(judge(outlooks, model.book.conventions.certain_best)), tuple(dict.fromkeys(warnings)))


def _domains(model: EvidenceModel, condition: str) -> Iterator[tuple[str, Domain]]:
    """The domain of a kind of pain, and those that it brings along with their own root."""
    own = model.domain_of(condition)
    if own is not None:
        yield condition, own
    family = set(model.family(condition))
    for domain in model.book.domains.values():
        if family & set(domain.brings_along):
            yield domain.roots[0], domain


def _of_condition(asker: Asker, model: EvidenceModel, condition: tuple[str, str], domain: Domain) -> list[Outlook]:
    cards = [card for card in model.treatments.values() if _concerns(card, _offered_for(model, condition[0]))]
    cards = [card for card in cards if asker.offered is None or card.id in asker.offered]
    found = [_outlook(asker, model, card, condition, domain) for card in cards]
    order = {name: place for place, name in enumerate((PREDICTED, NO_EVIDENCE, TO_CHECK, NOT_OFFERED, REFUSED))}
    sure = {grade: place for place, grade in enumerate((*STEPS, ""))}
    return sorted(
        found, key=lambda o: (order[o.status], o.control is None, sure[o.grade], -(o.benefit.value if o.benefit else 0.0), o.label)
    )


def is_asked(card: TreatmentCard, model: EvidenceModel, condition: str) -> bool:
    """Whether a prediction for this kind of pain, or for what it brings along, would speak of the treatment."""
    return any(_concerns(card, _offered_for(model, own)) for own, _ in _domains(model, condition))


def _offered_for(model: EvidenceModel, condition: str) -> tuple[str, ...]:
    """The kinds of pain whose treatments are asked about: what stands beside pain adds its own treatments, not all of chronic pain."""
    known = model.conditions.indications.get(condition)
    return (condition,) if known is not None and known.beside else model.family(condition)


def _concerns(card: TreatmentCard, family: Sequence[str]) -> bool:
    return bool(set(card.conditions) & set(family)) or any(n.condition in family for n in card.not_for)


def _outlook(asker: Asker, model: EvidenceModel, card: TreatmentCard, condition: tuple[str, str], domain: Domain) -> Outlook:
    family = model.family(condition[0])
    empty = Outlook(
        card.id,
        card.label,
        card.modality,
        *condition,
        NO_EVIDENCE,
        is_taken=card.id in asker.taken,
        shown=tuple(_shown(model, card, family)),
        sources=card.sources,
    )
    refusals = asker.refusals.get(card.id, ())
    if refusals:
        return replace(empty, status=REFUSED, refusals=refusals)
    barred = [n for n in card.not_for if n.condition in family]
    if barred:
        return replace(empty, status=NOT_OFFERED, notes=tuple(n.text for n in barred))
    effects = {comparator: model.effect(card.id, condition[0], comparator) for comparator in (BLIND, OPEN)}
    ordered = sorted((c for c in effects if effects[c] is not None), key=lambda c: not _is_direct(effects[c], card.id, family))
    for comparator in ordered[:1]:
        effect = effects[comparator]
        assert effect is not None
        found = _predicted(asker, model, card, empty, effect, domain, comparator)
        blind = effects[BLIND]
        if comparator == OPEN and blind is not None and domain.has_points:
            return replace(found, notes=(*found.notes, _blinded(blind, model)))
        return found
    waiting = any(row.state == TO_VERIFY and row.contrast is not None for row in empty.shown)
    note = card.no_evidence or "no usable evidence on the response that is predicted here"
    return replace(empty, status=TO_CHECK if waiting else NO_EVIDENCE, notes=(note,))


def _shown(model: EvidenceModel, card: TreatmentCard, family: Sequence[str]) -> Iterator[EvidenceRow]:
    """Rows of the treatment in this kind of pain, or a wider one, that weigh nothing here."""
    used = {c.row.id for branch in model.branches.values() for c in branch.contrasts}
    for row in model.book.rows:
        if row.unit == card.id and row.condition in family and row.id not in used:
            yield row


def _predicted(
    asker: Asker, model: EvidenceModel, card: TreatmentCard, empty: Outlook, effect: Effect, domain: Domain, comparator: str
) -> Outlook:
    c, family = model.book.conventions, model.family(empty.condition)
    shift = shift_of(model.book.modifiers, card.id, family, asker.facts, c)
    value = effect.mean + shift.points / c.sd_points
    sd = math.sqrt(effect.sd**2 + shift.variance / c.sd_points**2)
    rows = tuple(_used(effect, card, empty.condition, model))
    fits = rows[0].row.horizon not in SHORT or not domain.great
    main = model.control(empty.condition, comparator, domain.main) if fits else None
    pain = REFERENCE_PAIN if asker.pain_0_10 is None else asker.pain_0_10
    half = normal_quantile(0.5 + BAND_LEVEL / 2) * sd
    unit = c.sd_points * pain / REFERENCE_PAIN
    borrowed = not _is_direct(effect, card.id, family)
    found = replace(
        empty,
        status=PREDICTED,
        outcome=model.book.outcomes[domain.main].label,
        horizon=rows[0].row.horizon,
        comparator=rows[0].row.comparator,
        family=comparator,
        points=Band(value * unit, (value - half) * unit, (value + half) * unit) if domain.has_points else None,
        harm=_harm(model, card, empty.condition, domain),
        grade=_grade(rows[0].row, lower=borrowed or rows[0].row.unit != card.id, is_wider=rows[0].row.condition in family[1:]),
        is_borrowed=borrowed,
        shifts=shift.parts,
        rows=rows,
        notes=tuple(_notes(rows, asker, main, borrowed=borrowed, is_short=not fits, has_points=domain.has_points)),
        sources=tuple(dict.fromkeys(u.row.source for u in rows)),
    )
    if main is None:
        return found
    great = _great(model, empty.condition, comparator, domain, main)
    return replace(
        found,
        control=rate_band(main.probit, main.sd, BAND_LEVEL),
        response=rate_band(main.probit + value, math.hypot(main.sd, sd), BAND_LEVEL),
        benefit=added_band((main.probit, main.sd), (value, sd), BAND_LEVEL),
        substantial=rate_band(great[0] + value, math.hypot(great[1], sd), BAND_LEVEL) if great else None,
        substantial_benefit=added_band(great, (value, sd), BAND_LEVEL) if great else None,
        sources=tuple(dict.fromkeys((*found.sources, *(row.source for row in main.rows)))),
    )


def _blinded(effect: Effect, model: EvidenceModel) -> str:
    """What blinded trials of related pain say, where open ones of this pain were taken."""
    c = model.book.conventions
    half = normal_quantile(0.5 + BAND_LEVEL / 2) * effect.sd
    low, mean, high = (c.sd_points * value for value in (effect.mean - half, effect.mean, effect.mean + half))
    return f"blinded trials, of related pain, find {mean:.1f} points of 10 ({low:.1f} to {high:.1f}) for a pain of {REFERENCE_PAIN:g}"


def _great(model: EvidenceModel, condition: str, comparator: str, domain: Domain, main: Rate) -> tuple[float, float] | None:
    """The greater response under control as (mean, sd) of its probit: its own rate, else from the score that gives the main one."""
    if not domain.great:
        return None
    own = model.control(condition, comparator, domain.great)
    if own is not None and own.condition == main.condition and own.probit < main.probit:
        return own.probit, own.sd
    return main.probit - GAP_30_50 / model.book.conventions.sd_points, main.sd


def _harm(model: EvidenceModel, card: TreatmentCard, condition: str, domain: Domain) -> Band | None:
    """The added chance of stopping for an adverse effect; None where no trial of the class counted it."""
    effect = model.effect(card.id, condition, BLIND, is_stop=True)
    base = model.control(condition, BLIND, domain.stop) if domain.stop else None
    if effect is None or base is None:
        return None
    return added_odds_band((base.probit, base.sd), (effect.mean, effect.sd), BAND_LEVEL)


def _used(effect: Effect, card: TreatmentCard, condition: str, model: EvidenceModel) -> Iterator[UsedRow]:
    family = model.family(condition)
    for contrast, share in effect.shares:
        row = contrast.row
        if share < LEAST_SHARE and row.unit != card.id:
            continue
        own = row.unit == card.id
        if row.condition == condition:
            place = "this kind of pain"
        elif row.condition in family:
            place = "a wider kind of pain"
        else:
            place = "another kind of pain"
        who = "the treatment" if own else ("the class" if row.unit not in model.treatments else "a treatment of the same class")
        yield UsedRow(row, share, f"{who}, {place}")


def _is_direct(effect: Effect | None, treatment: str, family: Sequence[str]) -> bool:
    """Whether a trial of the treatment itself in this kind of pain, or a wider one, stands behind the effect."""
    return effect is not None and any(c.row.unit == treatment and c.row.condition in family for c, _ in effect.shares)


def _grade(row: EvidenceRow, *, lower: bool, is_wider: bool) -> str:
    """Certainty of the row that says most, after the declared steps, and one more where it is not of the treatment in this very kind of
    pain: of its class, of another kind, or of a wider one."""
    place = STEPS.index(lowered(row)) + (lower or is_wider)
    return STEPS[min(place, len(STEPS) - 1)]


def _notes(rows: Iterable[UsedRow], asker: Asker, main: Rate | None, *, borrowed: bool, is_short: bool, has_points: bool) -> Iterator[str]:
    first = next(iter(rows)).row
    if borrowed:
        yield "no usable trial of this treatment in this kind of pain: borrowed from its class or another kind of pain"
    if not first.is_blind:
        yield "unblinded trials: what is added holds expectation and attention too"
    if is_short:
        yield f"measured within {first.horizon}: only the difference at that time is given, it says nothing about weeks"
    elif main is None:
        yield "no checked rate of the control arm in this kind of pain: chances cannot be given, only the mean difference"
    if asker.pain_0_10 is None and has_points:
        yield f"pain intensity not recorded: points are for a pain of {REFERENCE_PAIN:g} of 10"
