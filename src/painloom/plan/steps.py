"""The steps of a plan in words: what to do, why from every stream, with which dose, until when, at what price."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from painloom.knowledge.load import Knowledge
from painloom.knowledge.mechanism_cards import DriverCard
from painloom.knowledge.plan_cards import COURSE, Course, PriceTable
from painloom.knowledge.rule_cards import When
from painloom.model.formulation import NextTest
from painloom.model.medication import SafetyRow
from painloom.model.plan import (
    ASK,
    BEGIN,
    CHANGE,
    DRIVER,
    KEEP,
    MECHANISM,
    NOW,
    OTHER_ILLNESS,
    REFER,
    REHABILITATION,
    SAFETY,
    STOP,
    SYMPTOM,
    Price,
    Reason,
    Step,
)
from painloom.model.redflag import PRESENT
from painloom.plan.against import cautions_by_card
from painloom.plan.checks import checks_of
from painloom.plan.current import GUIDELINE, Decision, brief, own_kinds
from painloom.plan.dose import dose_card, dose_of
from painloom.plan.rank import BODY, LEARN, Ranked
from painloom.plan.reasons import evidence, hundred, points, reasons_of
from painloom.plan.situation import Situation
from painloom.plan.stage import Staged, first_choice_text
from painloom.plan.taper import taper_of

LEAST_CHANCE = 0.5
COMPARED = {"usual": "usual care", "active": "another treatment"}
DOUBT = " (to verify)"
VERIFIED = "verified"
SHOWN = 5
OWN_CHOICE = "painloom-own-choice"
RULE_PLACE = "rules/"
TAG = "tag-allele"
CHECKED = ("verified", "computed")


def urgent_steps(situation: Situation) -> list[Step]:
    """What comes before any routine plan: safety signals, raised red flags, emergencies of an imaging report."""
    found = [
        _urgent(
            REFER,
            f"{one.triage}: {one.action}",
            f"{one.owner}, {one.within}",
            Reason("mind", one.signal, f"alert:{one.code}", one.rule, _joined(one.sources)),
            f"{one.code.replace('-', ' ').capitalize()}: {one.triage}",
        )
        for one in situation.alerts
    ]
    for flag in situation.red_flags:
        if flag.state == PRESENT:
            said = ", ".join(f.label for f in flag.found)
            reason = Reason("body", said, f"redflag:{flag.id}", f"redflags/{flag.card[0]}", _joined(flag.sources))
            found.append(_urgent(REFER, f"{flag.label}: {flag.act}", flag.within, reason))
    for label, text, sources in situation.urgent:
        found.append(_urgent(REFER, text, "", Reason("brain", label, "imaging", "", _joined(sources))))
    return _once(found)


def _urgent(action: str, text: str, depends: str, reason: Reason, label: str = "") -> Step:
    label = label or text.split(":")[0]
    return _step(action, "", label, SAFETY, text, (reason,), depends=depends)


def _once(steps: Iterable[Step]) -> list[Step]:
    """Steps with one text become one step with all reasons."""
    found: dict[str, Step] = {}
    for step in steps:
        known = found.get(step.text)
        found[step.text] = step if known is None else _with_reasons(known, step.reasons)
    return list(found.values())


def _with_reasons(step: Step, reasons: tuple[Reason, ...]) -> Step:
    return replace(step, reasons=tuple(dict.fromkeys((*step.reasons, *reasons))))


def beside_steps(situation: Situation, knowledge: Knowledge) -> list[Step]:
    """What a rule asks to give beside a drug, such as an antidote to keep at home."""
    found = []
    for kind, label in own_kinds(knowledge).items():
        rows = [row for row in situation.safety if row.kind == kind and row.is_warning]
        if rows:
            found.append(_step(BEGIN, "", label, SAFETY, rows[0].message, tuple(_of_rule(row) for row in rows)))
    for row in situation.safety:
        card = knowledge.rules.get(row.card.removeprefix(RULE_PLACE))
        if card is not None and card.step and row.is_warning:
            found.insert(0, _step(BEGIN, "", card.step, SAFETY, row.message, (_of_rule(row),), sources=card.sources))
    return _once(found)


def _of_rule(row: SafetyRow) -> Reason:
    return Reason("body", row.message, f"safety:{row.kind}", row.card, row.source)


def decision_step(one: Decision, when: str, knowledge: Knowledge, ranked: Mapping[str, Ranked], situation: Situation) -> Step:
    """The step of a drug that is taken now."""
    taken = one.taken
    stops = one.action == STOP
    eases = one.action == CHANGE
    own = next((r for r in ranked.values() if taken.drug in r.worth.card.drugs), None)
    moves = stops or (eases and not one.is_guarded)
    taper = taper_of(taken, knowledge.tapers, one.amount, is_too_much=one.is_too_much) if moves else None
    taper = None if eases and taper is not None and not taper.must else taper
    same = _same_class(taken.drug, ranked, situation) if stops else ()
    reasons = one.reasons
    if own is not None and one.action == KEEP and own.worth.outlook.benefit is not None:
        reasons = (*evidence(own), *reasons)
    role = SAFETY if one.urgent or one.waits else SYMPTOM if taken.is_pain else OTHER_ILLNESS
    return _step(
        one.action,
        own.id if own is not None else "",
        taken.label,
        role,
        one.text,
        reasons,
        modality=own.worth.outlook.modality if own is not None else "drug",
        when=when,
        drugs=(taken.drug,),
        taper=taper,
        notes=(*one.notes, *(_replacing(taken.drug, same, situation) if stops and taper is not None and taper.must else ())),
        sources=one.sources,
        alternatives=same[:SHOWN],
        utility=own.utility if own is not None and one.action == KEEP else None,
    )


def _same_class(drug: str, ranked: Mapping[str, Ranked], situation: Situation) -> tuple[str, ...]:
    """Options of the class of a drug that is stopped: nothing forbids them once it is gone, and no guideline asks not to offer them."""
    able = set(situation.instead.get(drug, ()))
    return tuple(one.label for one in ranked.values() if able & set(one.worth.card.drugs) and not (one.against and not one.first))


def _replacing(drug: str, same: Sequence[str], situation: Situation) -> tuple[str, ...]:
    """Whether another drug of its class could stand in while it is lowered."""
    if drug not in situation.instead:
        return ()
    if same:
        return ("If one of its class is still needed, a specialist plans the change to one that nothing forbids here.",)
    if situation.instead[drug]:
        return ("Guidelines ask not to offer its class in this kind of pain: nothing of it stands in.",)
    return ("Every other drug of its class is refused here as well: a pain specialist plans the change.",)


def missing_step(situation: Situation) -> list[Step]:
    """What nobody recorded and must be known before a drug is begun."""
    if not situation.missing:
        return []
    text = f"Ask first, before any drug is begun: {'; '.join(situation.missing)}."
    reason = Reason("body", "absent is never normal: without it no dose is safe and no danger is seen", "missing", "", OWN_CHOICE)
    return [_step(ASK, "", "what is not recorded", SAFETY, text, (reason,), sources=(OWN_CHOICE,))]


def nothing_step(situation: Situation) -> Step:
    """Where nothing on file can be begun: that is said, and who goes on."""
    why = (
        situation.outlook.warnings[0] if situation.outlook and situation.outlook.warnings else "what is on file is refused or taken already"
    )
    text = f"Nothing on file can be begun for this pain: {why}. Ask specialised pain care."
    reason = Reason("evidence", why, "outlook", "", OWN_CHOICE)
    return _step(REFER, "", "specialised pain care", MECHANISM, text, (reason,), sources=(OWN_CHOICE,))


def others_step(kept: Sequence[Decision]) -> list[Step]:
    """One step for all drugs of other illnesses that nothing speaks against."""
    if not kept:
        return []
    labels = [one.taken.label for one in kept]
    names = labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"
    reasons = tuple(dict.fromkeys(reason for one in kept for reason in one.reasons))
    drugs = tuple(one.taken.drug for one in kept)
    return [_step(KEEP, "", names, OTHER_ILLNESS, f"Go on with {names}.", reasons, modality="drug", drugs=drugs)]


def begin_step(one: Staged, situation: Situation, knowledge: Knowledge, gone: frozenset[str]) -> Step:
    """The step that begins a treatment; `gone` are drugs that the plan stops before it."""
    card, option = one.ranked.worth.card, one.ranked
    by = dose_card(one.drug, card.id, knowledge.doses)
    dose = dose_of(by, situation) if by is not None else None
    label = knowledge.drugs[one.drug].label if len(card.drugs) > 1 and one.drug in knowledge.drugs else option.label
    reasons = reasons_of(option, one.drug, situation)
    first = first_choice_text(option)
    notes = [f"Named by {first}." if first else "", *(f"{a.body} asks not to offer it: {a.text}" for a in option.against)]
    notes += [*cautions_by_card(card, situation), *option.worth.outlook.notes]
    beside = _beside(one, situation, gone)
    notes += beside
    first_beside = [brief(text).rstrip(".") for text in beside[:1]]
    waits = (one.depends, *_with_whom(one, situation, knowledge), *_genes_first(one, situation, knowledge), *first_beside)
    depends = "; ".join(part for part in waits if part)
    notes += [f"{knowledge.drugs[d].label}: {why}" for d, why in situation.barred.get(card.id, {}).items() if d in knowledge.drugs]
    role = DRIVER if option.aims_at else REHABILITATION if option.slot in (BODY, LEARN) else MECHANISM
    return _step(
        BEGIN,
        option.id,
        label,
        role,
        _said(option, label),
        reasons,
        modality=option.worth.outlook.modality,
        when=one.when,
        depends=depends,
        drugs=(one.drug,) if one.drug else (),
        dose=dose,
        course=course_text(card.course),
        checks=checks_of(card, by, situation, knowledge.followup, _aims(option, knowledge)),
        price=price_of(option.id, knowledge.prices),
        utility=option.utility,
        alternatives=tuple(r.label for r in one.tied[:SHOWN]),
        notes=tuple(dict.fromkeys(note for note in notes if note)),
        sources=tuple(dict.fromkeys((*card.sources, *option.worth.outlook.sources))),
    )


def _with_whom(one: Staged, situation: Situation, knowledge: Knowledge) -> list[str]:
    """Who must have a part in beginning a drug for this person."""
    if not one.drug:
        return []
    told = (row["text"] for row in knowledge.terms("begin_with") if situation.holds(When("", None, None, row["fact"], "yes")))
    return list(dict.fromkeys(told))


def _genes_first(one: Staged, situation: Situation, knowledge: Knowledge) -> list[str]:
    """Genes that were not read and whose guideline forbids a drug to carriers of an allele."""
    advice = situation.advice.get(one.drug, ())
    genes = dict.fromkeys(gene for a in advice if a.claim == GUIDELINE for gene in a.missing_genes)
    tags = [gene for gene in genes if gene in knowledge.genes and knowledge.genes[gene].kind == TAG]
    return [f"{' and '.join(tags)} not typed: weigh a test first, carriers of a risk allele must not have it"] if tags else []


def _beside(one: Staged, situation: Situation, gone: frozenset[str]) -> list[str]:
    """What the drug list would say of the drug beside another one that stays: not grave enough to keep it out."""
    if not one.drug:
        return []
    rows = situation.clash({one.drug: one.ranked.worth.card.route})
    return [row.message for row in rows if one.drug in row.drugs and set(row.drugs) - gone - {one.drug}]


def _aims(option: Ranked, knowledge: Knowledge) -> list[DriverCard]:
    """The drivers by which a treatment is judged: those it aims at, where no number on pain is known."""
    if option.worth.outlook.benefit is not None or option.worth.outlook.points is not None:
        return []
    return [knowledge.drivers[id_] for id_ in option.aims_at if id_ in knowledge.drivers]


def _said(option: Ranked, label: str) -> str:
    """What it is expected to do, in a sentence."""
    outlook = option.worth.outlook
    if outlook.benefit is None and outlook.points is not None:
        return f"{label}: {points(outlook.points)} than without it."
    if outlook.benefit is None:
        aim = "it aims at what keeps the pain going" if option.aims_at else "it serves what the person wishes"
        return f"{label}: no number on pain is known for it here; {aim}."
    return f"{label}: {hundred(outlook.benefit)} more of 100 people have {outlook.outcome or 'a response'} than without it."


def test_step(test: NextTest) -> Step:
    """The next best test as a step."""
    leads = "; ".join(f"{r.label} ({_share(r.chance)}): {r.leads or 'nothing leads'}" for r in test.results)
    text = f"{test.label}: worth {test.gain:.1f} of 100 people before its cost. {leads[:1].upper()}{leads[1:]}."
    reason = Reason("evidence", test.text, f"test:{test.id}", f"tests/{test.id}", _joined(test.sources[:1]))
    return _step(ASK, "", test.label, MECHANISM, text, (reason,), sources=test.sources)


def _share(chance: float) -> str:
    """A chance in percent; one that rounds to nothing is not nothing."""
    return f"{100 * chance:.0f} %" if chance >= 0.005 or not chance else "fewer than 1 %"


def course_text(course: Course | None) -> str:
    """How a treatment runs, in words."""
    if course is None:
        return ""
    hours = f"{course.hours:g} hours in all" if course.hours else ""
    weeks = f"{'over' if course.sessions else 'judged after'} {course.weeks:g} weeks" if course.weeks else ""
    said = ", ".join(part for part in (course.sessions, hours, weeks) if part)
    text = "; ".join(part for part in (said, course.access) if part)
    return f"{text}{DOUBT if text and course.state != VERIFIED else ''}"


def price_of(treatment: str, table: PriceTable) -> Price | None:
    """What it costs; the source says of what, and whether it is to verify."""
    row = table.rows.get(treatment)
    if row is None:
        return None
    per = "a course" if row.per == COURSE else "a year"
    mark = DOUBT if row.state != VERIFIED else ""
    return Price(row.low, row.high, table.currency, f"{per}: {row.basis}; {table.label} {table.year}, {row.source}{mark}")


def _joined(sources: Iterable[str]) -> str:
    return ", ".join(sources)


def _step(
    action: str,
    treatment: str,
    label: str,
    role: str,
    text: str,
    reasons: tuple[Reason, ...],
    *,
    modality: str = "",
    when: str = NOW,
    depends: str = "",
    drugs: tuple[str, ...] = (),
    **more: object,
) -> Step:
    """A step without a number yet; `order` is given when all steps are known."""
    filled: dict[str, object] = {"utility": None, "dose": None, "checks": (), "price": None, "alternatives": (), **more}
    return Step(0, action, treatment, label, modality, role, text, reasons, when=when, depends=depends, drugs=drugs, **filled)  # type: ignore[arg-type]
