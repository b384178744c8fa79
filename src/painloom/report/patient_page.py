"""The patient's page before any markup: what was found, what keeps it going, the plan, what is open, what to ask."""

from dataclasses import dataclass

from markupsafe import Markup

from painloom.model.assessment import Assessment
from painloom.model.formulation import Driver, Mechanism
from painloom.model.plan import ASK, BEGIN, CHANGE, STOP
from painloom.model.redflag import NOT_ASKED
from painloom.report.formulation import is_bare
from painloom.report.patient_layout import PatientLayout
from painloom.report.patient_safety import Lead, Seek, avoided, leads_of, next_test, seek_of
from painloom.report.patient_steps import DRUGLIKE, Named, Stage, Teller, kept, named_steps, stages, teller
from painloom.report.patient_words import Speech, capital_of, treatment_labels, whole
from painloom.report.plots.counts import people
from painloom.report.unknown_body import NOT_ASKED_ROW, ORGAN

SURE = (0.1, 0.35, 0.6, 0.85)  # below the first: not likely; from the last on: very likely
SHOWN, STATE_SHOWN = 0.35, 0.5
CAUSES, UNSURE = 3, 0.7
LEARN = "education"
NO_TEST = "No further test would change the plan."  # what the formulation says where tests were weighed and none is worth it
MADE = ("genome", "drug")  # kinds of drivers for which there need not be a card
ROWS = (4, 6)
SPANS = {1: "diary.weeks_one", 52: "diary.year"}
ASKED, EXAMINED = "mind", "body"
STREAMS = (ASKED, EXAMINED, "genome")  # what a person could still bring; pictures of the brain change nothing here


@dataclass(frozen=True, slots=True)
class Cause:
    """One mechanism: name, how sure in a word, plain text, out of 100 people, and where it stands on a strip of 0 to 100."""

    name: Markup
    sure: Markup
    plain: Markup
    count: Markup
    at: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class PlanPart:
    """The plan: what stays, stages, what is meant by clearly better; `missing` is told where there is no plan."""

    is_there: bool
    held: Markup
    kept: Markup
    kept_why: Markup
    stages: tuple[Stage, ...]
    numbers: Markup


@dataclass(frozen=True, slots=True)
class Page:
    """All parts of the page, in order."""

    title: Markup
    person: Markup
    made: Markup
    stamp: Markup
    leads: tuple[Lead, ...]
    wishes: tuple[str, ...] | None
    causes: tuple[Cause, ...]
    found: Markup
    others: Markup
    drivers: tuple[Markup, ...] | None
    spoken: bool
    plan: PlanPart
    avoid: tuple[Markup, ...]
    takes: bool
    new_drug: bool
    seek: Seek
    unknown: tuple[Markup, ...]
    questions: tuple[Markup, ...]
    looks: Markup
    weeks: tuple[int, ...]
    contact: tuple[str, ...]


def build_page(assessment: Assessment, layout: PatientLayout, speech: Speech) -> Page:
    """Everything on the page of one person."""
    plan, leads = assessment.plan, leads_of(assessment, layout, speech)
    tell = teller(assessment, plan, speech, layout.spoken) if plan is not None else None
    avoid = avoided(assessment, layout, speech)
    drivers, spoken = _drivers(assessment, layout, speech)
    causes, others, found = _causes(assessment, speech)
    silent = bool(assessment.alerts) or any(lead.is_hard for lead in leads)
    wishes = () if silent else tuple(wish for wish in assessment.case.wishes if wish.strip())
    steps = named_steps(tell) if tell is not None else ()
    looks, weeks = _diary(assessment, speech)
    return Page(
        title=speech.say("page.title"),
        person=speech.say("page.for", name=assessment.case.person.label),
        made=speech.say("page.made", date=speech.date(assessment.as_of)),
        stamp=speech.say("box.link", program=assessment.program, knowledge=assessment.knowledge_release),
        leads=leads,
        wishes=None if silent else tuple(whole(wish) for wish in wishes),
        causes=causes,
        found=found,
        others=others,
        drivers=drivers,
        spoken=spoken,
        plan=_plan(tell, speech, is_held=silent),
        avoid=avoid,
        takes=any(view.current for view in assessment.drugs),
        new_drug=any(s.step.action == BEGIN and s.step.modality in DRUGLIKE for s in steps),
        seek=seek_of(assessment, layout, speech),
        unknown=_unknown(assessment, speech),
        questions=_questions(assessment, layout, speech, (steps, wishes)),
        looks=looks,
        weeks=weeks,
        contact=layout.contact,
    )


def _causes(assessment: Assessment, speech: Speech) -> tuple[tuple[Cause, ...], Markup, Markup]:
    """Mechanisms that stand out with named states that are likely; names of the others; a sentence where nothing stands out."""
    found = assessment.formulation
    if found is None or not found.mechanisms:
        return (), Markup(), speech.say("found.none")
    ordered = sorted(found.mechanisms, key=lambda m: -m.chance.value)
    weighed = [m for m in ordered if not is_bare(m)]
    shown = [m for m in weighed if m.chance.value >= (STATE_SHOWN if m.is_state else SHOWN)][:CAUSES]
    if not any(not m.is_state for m in weighed):
        return tuple(_cause(m, speech) for m in shown), Markup(), Markup() if shown else speech.say("found.none")
    lines = []
    for key, rest in (("others", [m for m in weighed if m not in shown]), ("cannot_tell", [m for m in ordered if m not in weighed])):
        names = speech.listing([_mechanism_name(m, speech) for m in rest if not m.is_state])
        lines += [speech.say(f"found.{key}", names=names)] if names and shown else []
    return tuple(_cause(m, speech) for m in shown), Markup(" ").join(lines), Markup() if shown else speech.say("found.open")


def _mechanism_name(one: Mechanism, speech: Speech, *, is_title: bool = False) -> Markup:
    key = f"mechanism.{one.id}.name"
    if not speech.has(key):
        return speech.label(one.label, is_title=is_title)
    return capital_of(speech.say(key)) if is_title else speech.say(key)


def _cause(one: Mechanism, speech: Speech) -> Cause:
    key = f"mechanism.{one.id}.plain"
    at, low, high = (people(value) for value in (one.chance.value, one.chance.low, one.chance.high))
    flat = "found.sure_flat" if low == high else "found.sure"
    return Cause(
        name=_mechanism_name(one, speech, is_title=True),
        sure=speech.say(f"sure.{1 + sum(one.chance.value >= edge for edge in SURE)}"),
        plain=speech.say(key) if speech.has(key) else speech.label(one.plain),
        count=speech.say(flat, n=at, low=low, high=high),
        at=at,
        low=low,
        high=high,
    )


def _drivers(assessment: Assessment, layout: PatientLayout, speech: Speech) -> tuple[tuple[Markup, ...] | None, bool]:
    """Plain sentences on what keeps the pain going, each once, and whether something is better said; None where nobody looked."""
    found = assessment.formulation
    if found is None:
        return None, False
    lines: dict[Markup, float] = {}
    for driver in found.drivers:
        if driver.id not in layout.spoken:
            text = _driver(driver, treatment_labels(assessment), speech)
            lines[text] = max(lines.get(text, 0.0), driver.chance)
    shown = tuple(text if chance >= UNSURE else Markup("{} {}").format(speech.say("keeps.maybe"), text) for text, chance in lines.items())
    return shown, any(driver.id in layout.spoken for driver in found.drivers)


def _driver(one: Driver, by_label: dict[str, str], speech: Speech) -> Markup:
    """A whole sentence; one that a gene or a drug makes is told by its kind, any other without words by its label."""
    key = f"driver.{one.id}.plain"
    if speech.has(key):
        return speech.say(key)
    name = speech.name(by_label.get(one.label.casefold(), ""), one.label, is_title=True)
    return speech.say(f"keeps.{one.kind}", name=name) if one.kind in MADE else name


def _plan(tell: Teller | None, speech: Speech, *, is_held: bool) -> PlanPart:
    held = speech.say("plan.held") if is_held else Markup()
    if tell is None or not tell.plan.steps:
        return PlanPart(False, held, Markup(), Markup(), (), Markup())
    names, own = kept(tell), stages(tell)
    go_on = speech.say("plan.go_on", names=speech.listing(names)) if names else Markup()
    why = speech.say("plan.go_on_why" if len(names) > 1 else "plan.go_on_why_one")
    if not any(step.numbers for stage in own for step in stage.steps):
        return PlanPart(True, held, go_on, why, own, Markup())
    return PlanPart(True, held, go_on, why, own, speech.say("plan.numbers", outcome=_outcome(tell, speech)))


def _outcome(tell: Teller, speech: Speech) -> Markup:
    """What is counted, in words; several outcomes are told in one."""
    view = tell.assessment.outlook
    outcomes = {o.outcome for o in view.outlooks if o.control is not None} if view is not None else set()
    only = next(iter(outcomes)) if len(outcomes) == 1 else ""
    return speech.first(f"outcome.{only}", "outcome.other")


def _unknown(assessment: Assessment, speech: Speech) -> tuple[Markup, ...]:
    """The test that could teach most, or that none would where no question is open; then streams that nobody filled."""
    test, found = next_test(assessment, speech), assessment.formulation
    lines = [speech.say("unknown.test", name=test)] if test is not None else []
    absent = {name for name, why in assessment.streams if why is not None}
    if test is None and found is not None and found.no_test == NO_TEST:
        if not absent & {*STREAMS} and not _is_open(assessment):
            return (speech.say("unknown.test_done"),)
        lines.append(speech.say("unknown.ask_first"))
    return (*lines, *(speech.say(f"unknown.{name}") for name in STREAMS if name in absent))


def _is_open(assessment: Assessment) -> bool:
    """Whether a question waits: a red flag nobody asked about, a step that asks, a fact that rules on the drugs taken now need."""
    steps = assessment.plan.steps if assessment.plan is not None else ()
    return (
        any(flag.state == NOT_ASKED for flag in assessment.red_flags)
        or any(step.action == ASK for step in steps)
        or any(row.subject == NOT_ASKED_ROW or (row.kind == ORGAN and not row.drugs) for row in assessment.safety if not row.is_warning)
    )


def _questions(
    assessment: Assessment, layout: PatientLayout, speech: Speech, told: tuple[tuple[Named, ...], tuple[str, ...]]
) -> tuple[Markup, ...]:
    """Questions that this plan raises, the weightiest first; `told` are the steps and the wishes that may be printed."""
    steps, wishes = told
    asked = [speech.say("questions.wish", wish=" ".join(wishes[0].split())) if wishes else speech.say("questions.wish_open")]
    for action, key in ((STOP, "stop"), (CHANGE, "change")):
        asked += [speech.say(f"questions.{key}", name=s.name) for s in steps if s.step.action == action][:1]
    begun = [s for s in steps if s.step.action == BEGIN and s.step.treatment]
    asked += [speech.say("questions.drug", name=s.name) for s in begun if s.step.modality in DRUGLIKE][:1]
    asked += [
        speech.say("questions.tied", name=speech.listing(s.tied[:2], "page.or"))
        for s in begun
        if s.tied and s.step.modality not in DRUGLIKE
    ][:1]
    asked += [speech.say("questions.therapy", name=s.name) for s in begun if s.step.modality not in (*DRUGLIKE, LEARN)][:1]
    test = next_test(assessment, speech)
    asked += [speech.say("questions.test", name=test)] if test is not None else []
    asked += [speech.say("questions.unsure", name=s.name) for s in begun if s.is_unsure][:1]
    if not begun:
        asked.append(speech.say("questions.no_plan"))
    else:
        asked.append(speech.say("questions.doing_nothing"))
    return tuple(asked[: layout.questions])


def _diary(assessment: Assessment, speech: Speech) -> tuple[Markup, tuple[int, ...]]:
    """When the plan is looked at again, and the weeks of the diary until then."""
    checks = assessment.plan.follow_up if assessment.plan is not None else ()
    weeks = sorted({round(check.weeks) for check in checks if check.weeks >= 1})
    said = [speech.say(SPANS[n]) if n in SPANS else speech.say("diary.weeks", n=n) for n in weeks]
    looks = speech.say("diary.look", weeks=speech.listing(said)) if said else Markup()
    rows = min(max(weeks[0] if weeks else ROWS[0], ROWS[0]), ROWS[1])
    return looks, tuple(range(1, rows + 1))
