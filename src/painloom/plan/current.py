"""What to do with the drugs that are taken now: keep, lower, stop slowly, or talk with the prescriber; one decision a drug.

Of the drugs that a danger names the pain drug yields, of several the one that is refused already or is worth least: a drug for another
illness is its prescriber's.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from painloom.knowledge.load import Knowledge
from painloom.model.advice import Advice
from painloom.model.medication import SafetyRow
from painloom.model.outlook import Refusal
from painloom.model.plan import CHANGE, KEEP, STOP, Reason
from painloom.plan.rank import Ranked
from painloom.plan.situation import Cap, Situation, TakenDrug
from painloom.plan.taper import taper_of

VERIFIED = "verified"
GRAVE = ("contraindicated", "severe")
SERIOUS = (*GRAVE, "major")
RULE_PLACE = "rules/"
ORGAN, OWN_CHOICE, ACT = "organ-dose", "painloom-own-choice", "act"
SENTENCE_END = re.compile(r"(?<=[.!?)]) (?=[A-Z])")
MONITOR, REDUCE, INCREASE = "monitor", "reduce", "increase"
FIRM, GUIDELINE = ("act", "consider"), "guideline"


@dataclass(frozen=True)
class Decision:
    """What to do with one drug and why; `amount` is the most a day that it should be lowered to, None where no number is known.

    `waits` names a drug whose change comes first; `is_too_much` says that organs or genes bear less than is taken; `is_guarded` that it
    goes on, in hands that keep it safe.
    """

    taken: TakenDrug
    action: str
    text: str
    reasons: tuple[Reason, ...]
    amount: float | None = None
    notes: tuple[str, ...] = ()
    urgent: bool = False
    sources: tuple[str, ...] = ()
    waits: str = ""
    is_too_much: bool = False
    is_guarded: bool = False


def decide(situation: Situation, ranked: Mapping[str, Ranked], knowledge: Knowledge) -> list[Decision]:
    """One decision for every drug that is taken, in the order of the list."""
    yielding = _yielding(situation, ranked, knowledge)
    made = [_decision(taken, yielding.get(taken.drug, ()), situation, ranked, knowledge) for taken in situation.taken]
    return [_beside(one, made, yielding, knowledge) for one in made]


def _beside(one: Decision, made: Sequence[Decision], yielding: Mapping[str, Sequence[SafetyRow]], knowledge: Knowledge) -> Decision:
    """A drug that goes on although a danger names it: another one yields to it, and that may take long, or share its tablet."""
    if one.action != KEEP:
        return one
    stopped = [other for other in made if other.action == STOP and other.taken.label in one.taken.joined]
    if stopped:
        text = (
            f"Give {one.taken.label} on its own in place of each tablet left out, if it is still needed: it is in one tablet with "
            f"{stopped[0].taken.label}. Mind the total a day."
        )
        reason = Reason("body", f"one tablet holds both, and {stopped[0].taken.label} stops", f"drug:{one.taken.drug}", "", OWN_CHOICE)
        return replace(one, action=CHANGE, text=text, reasons=_distinct([reason], one.reasons))
    for other in made:
        rows = [row for row in yielding.get(other.taken.drug, ()) if one.taken.drug in row.drugs]
        if other is one or not rows or other.action == KEEP:
            continue
        if one.taken.is_pain or not taper_of(other.taken, knowledge.tapers).must:
            return replace(one, notes=(*one.notes, rows[0].message), reasons=_distinct(one.reasons, [_of_row(row) for row in rows]))
        text = f"Talk with the prescriber about {one.taken.label}, after {other.taken.label} and never both at once: {_lead(rows[0])}"
        return replace(
            one, action=CHANGE, text=text, reasons=_distinct([_of_row(row) for row in rows], one.reasons), waits=other.taken.label
        )
    return one


def _yielding(situation: Situation, ranked: Mapping[str, Ranked], knowledge: Knowledge) -> dict[str, list[SafetyRow]]:
    """Drug -> serious warnings of the list for which it is the one to change."""
    by_drug = {taken.drug: taken for taken in situation.taken}
    apart = own_kinds(knowledge)
    found: dict[str, list[SafetyRow]] = {}
    for row in situation.safety:
        if row.severity not in SERIOUS or row.state != VERIFIED or row.kind in apart:
            continue
        named = [by_drug[drug] for drug in dict.fromkeys(row.drugs) if drug in by_drug]
        if named:
            found.setdefault(min(named, key=lambda t: _worth_keeping(t, ranked, knowledge)).drug, []).append(row)
    return found


def own_kinds(knowledge: Knowledge) -> dict[str, str]:
    """Kinds of warnings that ask for something beside the drug, such as an antidote at home, with the name of their own step."""
    return {row["kind"]: row["step"] for row in knowledge.terms("safety_kinds") if row.get("step")}


def _worth_keeping(taken: TakenDrug, ranked: Mapping[str, Ranked], knowledge: Knowledge) -> tuple[bool, bool, float, str]:
    """Sorts first what yields: a pain drug, one that is refused, one of little use."""
    own = options_of(taken.drug, ranked)
    utility = max((one.utility.value for one in own), default=float("-inf"))
    return not taken.is_pain, not taken.refusals, utility, taken.drug


def options_of(drug: str, ranked: Mapping[str, Ranked]) -> list[Ranked]:
    """The options that are this drug."""
    return [one for one in ranked.values() if drug in one.worth.card.drugs]


def _decision(
    taken: TakenDrug, rows: Sequence[SafetyRow], situation: Situation, ranked: Mapping[str, Ranked], knowledge: Knowledge
) -> Decision:
    label = taken.label
    slowly = " slowly" if taper_of(taken, knowledge.tapers).must else ""
    against = [_of_refusal(r) for r in taken.refusals]
    because = [_of_row(row) for row in rows]
    sources = tuple(dict.fromkeys(s for row in rows for s in _rule_sources(row, knowledge)))
    notes = _notes(taken)
    organs = any(r.kind == ORGAN for r in taken.refusals) or any(row.kind == ORGAN for row in rows)
    if against and taken.is_pain:
        text = f"Stop {label}{slowly}: {_first(against)}"
        return Decision(taken, STOP, text, _distinct(against, because), notes=notes, urgent=True, sources=sources, is_too_much=organs)
    if against:
        text = f"Talk with the prescriber about {label}: {_first(against)}"
        return Decision(taken, CHANGE, text, _distinct(against, because), notes=notes, urgent=True, sources=sources, is_too_much=organs)
    cap = _exceeded(taken, situation.caps.get(taken.drug, ()))
    if cap is not None:
        most = cap.most
        text = f"Lower {label} to at most {most:g} {taken.unit} a day." if most else f"Stop {label}{slowly}: {cap.text}"
        limit = Reason("body", f"{cap.text} ({cap.because})", f"drug:{taken.drug}", "", ", ".join(cap.sources))
        action, reasons = CHANGE if most else STOP, _distinct([limit], because)
        return Decision(taken, action, text, reasons, most, notes, True, cap.sources, is_too_much=True)
    grave = [row for row in rows if row.severity in GRAVE]
    if grave and taken.is_pain:
        return Decision(taken, STOP, f"Stop {label}{slowly}: {_lead(grave[0])}", tuple(because), notes=notes, urgent=True, sources=sources)
    if rows:
        who = "Change" if taken.is_pain else "Talk with the prescriber about"
        return Decision(taken, CHANGE, f"{who} {label}: {_lead(rows[0])}", tuple(because), notes=notes, urgent=True, sources=sources)
    return _kept(taken, situation, ranked, knowledge, notes)


def _kept(taken: TakenDrug, situation: Situation, ranked: Mapping[str, Ranked], knowledge: Knowledge, notes: tuple[str, ...]) -> Decision:
    """No danger asks for a change: genes may, and so may a drug that has no part in this kind of pain."""
    label, genes = taken.label, _by_genes(taken)
    limited = _limited(taken, situation, knowledge)
    if limited is not None:
        return replace(limited, notes=notes)
    if any(label.lower() in means.lower() for alert in situation.alerts for means in alert.means):
        text = f"Go on with {label} only in small amounts that somebody else hands out: it could do harm in an overdose."
        reason = Reason("mind", "a signal of suicide stands, and the drug is at home", f"drug:{taken.drug}", "", situation.alerts[0].rule)
        return Decision(taken, CHANGE, text, (reason, *genes), notes=notes, urgent=True, is_guarded=True)
    share = min((a.statement.factor for a in taken.advice if a.statement.action == REDUCE and a.statement.factor), default=0.0)
    if genes and any(a.statement.action == REDUCE for a in taken.advice if a.statement.tier in FIRM):
        amount = taken.daily.high * share if share and taken.daily is not None else None
        goal = f" to about {amount:g} {taken.unit} a day" if amount else ""
        urgent = any(a.statement.tier == ACT for a in taken.advice if a.statement.action == REDUCE)
        return Decision(taken, CHANGE, f"Lower {label}{goal}: {_first(genes)}", tuple(genes), amount, notes, urgent)
    own = options_of(taken.drug, ranked)
    told = next((one.why_not for one in own if one.why_not and one.against), "")
    if taken.is_pain and told:
        reason = Reason("evidence", told, f"drug:{taken.drug}", f"treatments/{own[0].id}", own[0].against[0].sources[0])
        slow = " slowly" if taper_of(taken, knowledge.tapers).must else ""
        text = f"Ask what {label} still does, and stop it{slow} unless it clearly helps: {told}"
        return Decision(taken, CHANGE, text, (reason, *genes), notes=notes)
    if taken.is_pain and not own:
        text = f"Go on with {label} while it helps; no trial on file says what it adds in this kind of pain."
        return Decision(taken, KEEP, text, tuple(genes), notes=notes)
    return Decision(
        taken, KEEP, f"Go on with {label}." if not taken.is_pain else f"Go on with {label} while it helps.", tuple(genes), notes=notes
    )


def _limited(taken: TakenDrug, situation: Situation, knowledge: Knowledge) -> Decision | None:
    """What a driver asks of a drug that keeps it going; None where none does."""
    for driver in situation.formulation.drivers if situation.formulation else ():
        card = knowledge.drivers.get(driver.id)
        if card is not None and card.limit_text and set(card.limits) & set(taken.classes):
            reason = Reason("body", driver.text, driver.finding, f"drivers/{card.id}", ", ".join(card.sources[:1]))
            text = card.limit_text.format(drug=taken.label)
            return Decision(taken, CHANGE, text, (reason, *_by_genes(taken)), urgent=True, sources=card.sources)
    return None


def _distinct(first: Sequence[Reason], then: Sequence[Reason]) -> tuple[Reason, ...]:
    """All reasons, each text once: a rule that refuses also warns."""
    found: dict[str, Reason] = {}
    for reason in (*first, *then):
        found.setdefault(reason.text, reason)
    return tuple(found.values())


def _by_genes(taken: TakenDrug) -> list[Reason]:
    return [gene_reason(a) for a in taken.advice if a.statement.tier in FIRM and is_told(a)]


def is_told(advice: Advice) -> bool:
    """Whether a guideline speaks of a gene that was read in this person."""
    return advice.claim == GUIDELINE and len(advice.missing_genes) < len(advice.genes)


def gene_reason(advice: Advice) -> Reason:
    """What a guideline says of a drug under this person's genes."""
    found = ", ".join(p for p in advice.phenotypes if p)
    genes = "+".join(advice.genes)
    return Reason("genome", f"{advice.body}: {advice.statement.summary} ({found})", f"genome:{genes}", advice.card[0], advice.source)


def _exceeded(taken: TakenDrug, caps: Iterable[Cap]) -> Cap | None:
    """The lowest verified ceiling by organ function that the amount a day exceeds; "do not use" comes first."""
    own = sorted((c for c in caps if c.state == VERIFIED), key=lambda c: c.most or 0.0)
    highest = taken.daily.high if taken.daily is not None else None
    return next((c for c in own if c.most is None or (highest is not None and highest > c.most)), None)


def _of_refusal(refusal: Refusal) -> Reason:

    stream = "genome" if refusal.kind == "genome" else "body"
    return Reason(stream, refusal.reason, f"refusal:{refusal.kind}", refusal.card, refusal.source)


def _of_row(row: SafetyRow) -> Reason:
    return Reason("body", row.message, f"safety:{row.kind}", row.card, row.source)


def _rule_sources(row: SafetyRow, knowledge: Knowledge) -> tuple[str, ...]:
    card = knowledge.rules.get(row.card.removeprefix(RULE_PLACE))
    return card.sources if card is not None else ()


def _first(reasons: Sequence[Reason]) -> str:
    return brief(reasons[0].text)


def _lead(row: SafetyRow) -> str:
    return brief(row.message)


def brief(text: str) -> str:
    """The first sentence of a text."""
    return SENTENCE_END.split(text, maxsplit=1)[0]


def _notes(taken: TakenDrug) -> tuple[str, ...]:
    return ("taken as needed",) if taken.as_needed else ()
