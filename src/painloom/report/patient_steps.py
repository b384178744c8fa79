"""The plan in a person's words: what each step is, why, how it starts, when it would be noticed, and what if not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from painloom.model.assessment import Assessment
from painloom.model.plan import BEGIN, CHANGE, KEEP, LATER, NEXT, NOW, REFER, STOP, Plan, Reason, Step
from painloom.report.patient_numbers import Numbers, is_unsure, numbers_of, outlook_for
from painloom.report.patient_safety import because
from painloom.report.patient_words import Speech, treatment_labels

DRUG = "drug"
DRUGLIKE = ("drug", "topical", "injection")
VERIFIED = "verified"
DRIVERS = "drivers/"
DAYS = 7
TIED = 3


@dataclass(frozen=True, slots=True)
class PlainStep:
    """One step: title, a sentence on what it is, further sentences, and its numbers; `sign` is go, change or stop."""

    number: int
    title: Markup
    what: Markup
    lines: tuple[Markup, ...]
    numbers: Numbers | None
    sign: str


@dataclass(frozen=True, slots=True)
class Stage:
    """Steps that belong to one time."""

    title: Markup
    note: Markup
    steps: tuple[PlainStep, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A step with its names, for what is built from it elsewhere on the page."""

    step: Step
    name: Markup
    title: Markup
    tied: tuple[Markup, ...]
    is_unsure: bool = False


@dataclass(frozen=True, slots=True)
class Teller:
    """What is needed to tell a step: the assessment, its plan, the words, labels of treatments, drivers that are not printed."""

    assessment: Assessment
    plan: Plan
    speech: Speech
    by_label: dict[str, str]
    spoken: frozenset[str]


def teller(assessment: Assessment, plan: Plan, speech: Speech, spoken: frozenset[str]) -> Teller:
    """A Teller with its index."""
    return Teller(assessment, plan, speech, treatment_labels(assessment), spoken)


def told(plan: Plan) -> tuple[Step, ...]:
    """Steps that the page lists: signals have their own box, tests their own section, drugs that stay one sentence."""
    return tuple(s for s in plan.steps if s.action in (BEGIN, CHANGE, STOP) or (s.action == REFER and s.treatment))


def named(step: Step, tell: Teller) -> Named:
    """The step with its names in the person's language."""
    speech, known = tell.speech, tell.by_label
    own = step.treatment if known.get(step.label.casefold()) == step.treatment else known.get(step.label.casefold(), "")
    tied = tuple(speech.name(known.get(label.casefold(), ""), label) for label in step.alternatives)
    title = speech.name(own, step.label, is_title=True)
    return Named(step, speech.name(own, step.label), title, tied if step.action == BEGIN else ())


def kept(tell: Teller) -> tuple[Markup, ...]:
    """Names of all that stays as it is."""
    names = []
    for step in tell.plan.steps:
        if step.action == KEEP:
            labels = _labels(tell.assessment, step.drugs) or [step.label]
            names += [tell.speech.name(tell.by_label.get(label.casefold(), ""), label) for label in labels]
    return tuple(dict.fromkeys(names))


def _labels(assessment: Assessment, drugs: Sequence[str]) -> list[str]:
    labels = {view.drug: view.label for view in reversed(assessment.drugs)}
    return [labels[drug] for drug in drugs] if all(drug in labels for drug in drugs) else []


def stages(tell: Teller) -> tuple[Stage, ...]:
    """The steps by time, numbered through; the note of the last stage says what it waits for."""
    number, found = 0, []
    for when in (NOW, NEXT, LATER):
        steps = []
        for step in (s for s in told(tell.plan) if s.when == when):
            number += 1
            steps.append(_plain(named(step, tell), number, tell))
        if steps:
            note = tell.speech.say("plan.all_later") if when == LATER and len(steps) > 1 else Markup()
            found.append(Stage(tell.speech.say(f"plan.{when}"), note, tuple(steps)))
    return tuple(found)


def _plain(one: Named, number: int, tell: Teller) -> PlainStep:
    step, speech = one.step, tell.speech
    if step.action == BEGIN and not step.treatment:
        return _beside(one, number, speech)
    lines = _begun(one, tell) if step.action in (BEGIN, REFER) else _changed(one, tell)
    outlook = outlook_for(tell.assessment.outlook, step.treatment, _condition(step, tell.plan)) if step.action in (BEGIN, REFER) else None
    numbers = numbers_of(outlook, speech, f"people-{number}", is_drug=step.modality in DRUGLIKE) if outlook is not None else None
    what = _what(step, speech) if step.action in (BEGIN, REFER) else Markup()
    sign = {CHANGE: "change", STOP: "stop"}.get(step.action, "go")
    return PlainStep(number, _title(one, speech), what, tuple(lines), numbers, sign)


def _title(one: Named, speech: Speech) -> Markup:
    step = one.step
    if step.action == STOP:
        return speech.say("step.stop" if _slowly(step) else "step.stop_now", name=one.name)
    if step.action == BEGIN:
        return speech.say("step.begin", name=one.name)
    return speech.say("step.change" if step.action == CHANGE else "step.refer", name=one.name)


def _what(step: Step, speech: Speech) -> Markup:
    """What it is, in a sentence; of a drug without one, that it is a medicine."""
    key = f"treatment.{step.treatment}.what"
    if speech.has(key):
        return speech.say(key)
    return speech.say("step.medicine") if step.modality == DRUG else Markup()


def _slowly(step: Step) -> bool:
    """Absent is never "at once": without a card of how to stop the way down is a talk."""
    return step.taper is None or step.taper.must


def _beside(one: Named, number: int, speech: Speech) -> PlainStep:
    """What a rule asks to have at hand."""
    kinds = [r.finding.removeprefix("safety:") for r in one.step.reasons if r.finding.startswith("safety:")]
    kind = next((k for k in kinds if speech.has(f"beside.{k}.title")), "other")
    title = speech.say(f"beside.{kind}.title", label=one.title)
    return PlainStep(number, title, speech.say(f"beside.{kind}.text"), (), None, "go")


def _changed(one: Named, tell: Teller) -> list[Markup]:
    """A drug that is taken now: why, how, and what to watch."""
    step, speech = one.step, tell.speech
    keys = ("step.because", "step.also")
    lines = [speech.say(key, reason=reason) for key, reason in zip(keys, because(_against(step.reasons), speech), strict=False)]
    if step.action == CHANGE:
        return [speech.say("step.change_text"), *lines]
    if not _slowly(step):
        return [speech.say("step.stop_now_text"), *lines]
    lines = [speech.say("step.stop_text"), *lines]
    days = max((s.day for s in step.taper.steps), default=0) if step.taper is not None and step.taper.state == VERIFIED else 0
    if days > DAYS:
        lines.append(speech.say("step.stop_pace", weeks=-(-days // DAYS)))
    return [*lines, speech.say("step.stop_watch")]


def _against(reasons: Iterable[Reason]) -> list[Reason]:
    """Reasons that speak of the drug itself, not of the person's wish or of numbers on how it helps."""
    return [r for r in reasons if not r.finding.startswith(("outlook:", "wish:", "mechanism:"))]


def _begun(one: Named, tell: Teller) -> list[Markup]:
    """Something new: what for, how it starts, when it would be noticed, what if not, what would do as well."""
    step, speech = one.step, tell.speech
    aims = aims_of(step, tell)
    lines = [speech.say("step.refer_text")] if step.action == REFER else []
    lines += [speech.say("step.aim", aims=speech.listing(aims))] if aims else []
    lines.append(speech.say("step.start", text=_start(step, speech)))
    weeks = max((check.weeks for check in step.checks), default=0.0)
    if weeks:
        lines.append(speech.say("step.notice_one") if weeks <= 1 else speech.say("step.notice", weeks=f"{weeks:.0f}"))
        lines += [speech.say("step.otherwise_taper")] if step.modality == DRUG and step.taper is not None and step.taper.must else []
    else:
        lines.append(speech.say("step.notice_open"))
    return [*lines, _tied(one.tied, speech)] if one.tied else lines


def _tied(names: Sequence[Markup], speech: Speech) -> Markup:
    """What cannot be told apart from it; of many the first ones, with the number of the others."""
    if len(names) > TIED:
        return speech.say("step.tied_more", names=Markup(", ").join(names[:TIED]), n=len(names) - TIED)
    return speech.say("step.tied" if len(names) > 1 else "step.tied_one", names=speech.listing(names, "page.or"))


def _start(step: Step, speech: Speech) -> Markup:
    dose = step.dose
    if step.modality == DRUG:
        if dose is None or dose.state != VERIFIED or dose.start is None:
            return speech.say("step.dose" if dose is not None and dose.step else "step.dose_least")
        return speech.say("step.dose_known", amount=f"{dose.start:g}", unit=dose.unit)
    return speech.first(f"start.{step.modality}", "start.other")


def aims_of(step: Step, tell: Teller) -> list[Markup]:
    """What keeps the pain going and the step is meant for, each once; nothing that is better said than printed."""
    ids = [r.card.removeprefix(DRIVERS) for r in step.reasons if r.card.startswith(DRIVERS)]
    keys = [f"driver.{id_}.short" for id_ in ids if id_ not in tell.spoken]
    return list(dict.fromkeys(tell.speech.say(key) for key in keys if tell.speech.has(key)))


def _condition(step: Step, plan: Plan) -> str:
    """The kind of pain for which the option was weighed."""
    return next((o.condition for o in plan.options if o.treatment == step.treatment and (o.is_chosen or o.condition)), "")


def named_steps(tell: Teller) -> tuple[Named, ...]:
    """Every listed step with its names, and whether its numbers are unsure."""
    found = []
    for step in told(tell.plan):
        one = named(step, tell)
        outlook = outlook_for(tell.assessment.outlook, step.treatment, _condition(step, tell.plan))
        unsure = outlook is not None and is_unsure(outlook)
        found.append(Named(one.step, one.name, one.title, one.tied, unsure))
    return tuple(found)
