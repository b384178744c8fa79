"""What to do, for the page: every step with its reasons, dose, taper, course, checks and price; options weighed; wishes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from painloom.model.outlook import Outlook
from painloom.model.plan import ACTIONS, CHANGE, KEEP, REFER, SAFETY, STOP, Check, Dose, Option, Plan, Reason, Step, Taper
from painloom.report.lookup import Lookup
from painloom.report.views import Mark, Ref
from painloom.report.wording import capital, number, sentence

DOUBT, DOUBT_TAIL = "to-verify", " (to verify)"
PERSON = "person"
STREAMS = ("genome", "brain", "body", "mind", "person", "evidence")
PLACES = {
    **{"alert": "alerts", "redflag": "redflags", "imaging": "brain", "target": "brain", "safety": "safety", "refusal": "safety"},
    **{"drug": "safety", "mechanism": "formulation", "score": "mind", "outlook": "outlook", "wish": "plan", "test": "formulation"},
    "genome": "genes",
}  # what a finding begins with -> the section that shows it
OF_STREAM = {"genome": "genes", "brain": "brain", "body": "criteria", "mind": "mind", "person": "plan", "evidence": "outlook"}
CLAUSE = re.compile(r"(?<=\)), ")  # the figure with its interval says enough; what trials it is from stands in the section
ASIDE = re.compile(r"\s*\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Why:
    """One reason: the stream it comes from, where on the page it stands, and its sources."""

    stream: str
    word: str
    section: str
    text: str
    doubtful: bool
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what is said under it; `rows` is a small table (head first), () where there is none."""

    name: str
    text: str
    doubtful: bool = False
    sources: tuple[Ref, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FullStep:
    """One step with everything that is known of it; `sources` are those that no reason and no fact names."""

    anchor: str
    order: int
    mark: Mark
    heading: str
    text: str
    role: str
    when: str
    depends: str
    whys: tuple[Why, ...]
    facts: tuple[Fact, ...]
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One option that was weighed; numbers are people of 100."""

    label: str
    slot: str
    worth: str
    parts: str
    fate: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class PlanPart:
    """The section; `counts` is what counts as better wherever a step does not say otherwise.

    `urgent` comes before everything else; where `held` says so, the other `steps` stay folded until the alert was acknowledged.
    """

    warnings: tuple[str, ...]
    held: str
    urgent: tuple[FullStep, ...]
    steps: tuple[FullStep, ...]
    counts: str
    abstains: str
    options: tuple[OptionRow, ...]
    wishes: tuple[tuple[str, str], ...]
    told: tuple[str, ...]
    unread: tuple[str, ...]


def plan_part(lookup: Lookup) -> PlanPart | None:
    """None where nothing was planned."""
    plan = lookup.assessment.plan
    if plan is None:
        return None
    words, common = lookup.words, common_counts(plan)
    ordered = sorted(plan.options, key=lambda o: not o.is_chosen)  # stable: by worth within each
    return PlanPart(
        warnings=tuple(sentence(capital(w)) for w in plan.warnings),
        held=words("first.held") if lookup.assessment.alerts else "",
        urgent=tuple(_full(step, common, lookup) for step in plan.steps if is_urgent(step)),
        steps=tuple(_full(step, common, lookup) for step in plan.steps if not is_urgent(step)),
        counts=common,
        abstains=plan.abstains,
        options=tuple(_option(one, lookup) for one in ordered),
        wishes=tuple((words.word("plan.wish", domain), number(weight)) for domain, weight in plan.wishes),
        told=tuple(wish for wish in lookup.assessment.case.wishes if wish not in plan.unread),
        unread=plan.unread,
    )


def plan_title(lookup: Lookup) -> str:
    """The plan in a sentence."""
    plan = lookup.assessment.plan
    return "" if plan is None else plan.statement.rstrip(".") or lookup.words("plan.title_none")


def action_mark(action: str, lookup: Lookup) -> Mark:
    """Shape and word of an action."""
    known = action if action in ACTIONS else "ask"
    return Mark(lookup.words(f"plan.tone.{known}"), lookup.words(f"plan.action.{known}"))


def split(text: str) -> tuple[str, bool]:
    """A text without its closing remark that it is to verify, and whether it had one."""
    return (text.removesuffix(DOUBT_TAIL), True) if text.endswith(DOUBT_TAIL) else (text, False)


def plain(text: str) -> str:
    """A text without what stands in brackets."""
    while (shorter := ASIDE.sub("", text)) != text:
        text = shorter
    return text


def whys(reasons: Iterable[Reason], lookup: Lookup) -> tuple[Why, ...]:
    """Reasons in the order of the streams."""
    order = {stream: n for n, stream in enumerate(STREAMS)}
    return tuple(_why(reason, lookup) for reason in sorted(reasons, key=lambda r: order.get(r.stream, len(order))))


def _why(reason: Reason, lookup: Lookup) -> Why:
    place = PLACES.get(reason.finding.partition(":")[0], OF_STREAM.get(reason.stream, ""))
    text, doubtful = split(reason.text)
    sources = tuple(source for source in reason.source.split(", ") if source)
    word = lookup.words.word("plan.stream", reason.stream)
    return Why(reason.stream, word, place, sentence(capital(text)), doubtful, lookup.sources(sources))


def outlook_of(step: Step, lookup: Lookup) -> Outlook | None:
    """The prediction that a step's evidence names; None where it names none."""
    view = lookup.assessment.outlook
    named = {reason.finding for reason in step.reasons if reason.finding.startswith("outlook:")}
    if view is None or not named:
        return None
    own = (o for o in view.outlooks if f"outlook:{o.condition}.{o.treatment}" in named)
    return next((o for o in own if o.benefit is not None or o.points is not None), None)


def gain_text(step: Step, lookup: Lookup) -> str:
    """What a step adds with its band and against what: in people of 100, else in points of pain, else by the wishes."""
    words, outlook = lookup.words, outlook_of(step, lookup)
    if outlook is None:
        served = next((reason.text for reason in step.reasons if reason.stream == PERSON), "")
        if served:
            return CLAUSE.split(served.split("; ")[0])[0].rstrip(".")
        return words("plan.gain_wishes", worth=worth_text(step, lookup)) if step.utility is not None else ""
    against = words("plan.against", comparator=words.word("comparator", outlook.comparator)) if outlook.comparator else ""
    if outlook.benefit is not None:
        band = outlook.benefit
        value, low, high = (hundred(100 * x) for x in (band.value, band.low, band.high))
        return words("plan.gain", value=value if value[0] in "-0" else f"+{value}", low=low, high=high) + against
    assert outlook.points is not None
    value, low, high = (f"{x:.1f}" for x in (outlook.points.value, outlook.points.low, outlook.points.high))
    return words("plan.gain_points", value=value, low=low, high=high) + against


def worth_text(one: Step | Option, lookup: Lookup) -> str:
    """The expected utility under the wishes with its band, in people of 100."""
    band = one.utility
    return "" if band is None else lookup.words("plan.worth", value=hundred(band.value), low=hundred(band.low), high=hundred(band.high))


def hundred(value: float) -> str:
    """Rounded, and never "-0"."""
    return str(round(value))


def is_urgent(step: Step) -> bool:
    """Whether a step comes before any routine: someone must act, whatever else is planned."""
    return step.action == REFER and step.role == SAFETY


def named(label: str) -> str:
    """A name with a capital letter, save where its second letter is one ("rTMS")."""
    return label if label[1:2].isupper() else capital(label)


def heading_of(step: Step) -> tuple[str, str]:
    """What a step is about, and the rest of its text; a verb of its own ("Lower ...") stays in the heading."""
    head, _, rest = step.text.partition(": ")
    if step.action == CHANGE and step.label and step.label in head:
        return capital(head.rstrip(".")), sentence(capital(rest)) if rest else ""
    if step.label and step.label in head and (step.action == STOP or head.rstrip(".").endswith(step.label)):
        return named(step.label), sentence(capital(rest)) if rest else ""
    if not step.label:
        return capital(step.text.rstrip(".")), ""
    return named(step.label), "" if step.label == step.text.rstrip(".") else sentence(capital(step.text))


def waits_for(step: Step, lookup: Lookup) -> str:
    """What a step waits for, or by when it must be done, as a sentence; "" where it waits for nothing."""
    return sentence(capital(lookup.words.word("urgency", step.depends))) if step.depends else ""


def common_counts(plan: Plan) -> str:
    """What most checks call better; said once instead of at every step."""
    said = [check.counts for step in plan.steps for check in step.checks] + [check.counts for check in plan.follow_up]
    return max(dict.fromkeys(said), key=said.count, default="") if len(said) > 1 else ""


def _full(step: Step, common: str, lookup: Lookup) -> FullStep:
    words = lookup.words
    heading, rest = heading_of(step)
    told = outlook_of(step, lookup) is not None or any(rest.rstrip(".") in capital(reason.text) for reason in step.reasons)
    facts = tuple(_facts(step, common, lookup))
    reasons = whys(step.reasons, lookup)
    cited = {ref.text for refs in (*(w.sources for w in reasons), *(f.sources for f in facts)) for ref in refs}
    return FullStep(
        anchor=f"step-{step.order}",
        order=step.order,
        mark=action_mark(step.action, lookup),
        heading=heading,
        text="" if told or step.action == KEEP else rest,
        role=words.word("plan.role", step.role),
        when=words.word("plan.when", step.when),
        depends=waits_for(step, lookup),
        whys=reasons,
        facts=facts,
        sources=lookup.sources(tuple(source for source in step.sources if source not in cited)),
    )


def _facts(step: Step, common: str, lookup: Lookup) -> Iterator[Fact]:
    words = lookup.words
    if step.utility is not None:
        yield Fact(words("plan.head_worth"), worth_text(step, lookup))
    if step.dose is not None:
        yield from _dose(step.dose, lookup)
    if step.taper is not None:
        yield from _taper(step.taper, step.action, lookup)
    if step.course:
        text, doubtful = split(step.course)
        yield Fact(words("plan.head_course"), sentence(capital(text)), doubtful)
    for check in step.checks:
        name = words("plan.head_check", when=weeks_text(check.weeks, lookup))
        yield Fact(name, _check(check, common, lookup), False, lookup.sources(check.sources))
    if step.alternatives:
        key = "plan.head_same" if step.action == STOP else "plan.head_tied"
        yield Fact(words(key), f"{words.listing(list(step.alternatives))}.")
    if firm := " ".join(sentence(capital(note)) for note in step.notes if not split(note)[1]):
        yield Fact(words("plan.head_note"), firm)
    for text, doubtful in map(split, step.notes):
        if doubtful:
            yield Fact(words("plan.head_note"), sentence(capital(text)), doubtful)
    if step.price is not None:
        text, doubtful = split(step.price.source)
        price = words("plan.price", low=number(step.price.low), high=number(step.price.high), currency=step.price.currency, source=text)
        yield Fact(words("plan.head_price"), sentence(price), doubtful)


def _check(check: Check, common: str, lookup: Lookup) -> str:
    said = lookup.words("plan.check", measure=plain(check.measure), otherwise=check.otherwise.rstrip("."))
    return said if check.counts == common or not check.counts else f"{said} {sentence(capital(check.counts))}"


def weeks_text(weeks: float, lookup: Lookup) -> str:
    """A time from today in words."""
    return lookup.words("plan.weeks_one") if weeks == 1 else lookup.words("plan.weeks", n=number(weeks))


def dose_line(dose: Dose, lookup: Lookup) -> str:
    """Start, step, target and ceiling in one line; what the card gives in words alone stands as it is."""
    words, unit = lookup.words, dose.unit
    said = []
    if dose.start is not None:
        said.append(words("plan.dose_start", n=number(dose.start), unit=unit))
    if dose.step is not None:
        key = "plan.dose_step" if dose.every_days else "plan.dose_steps"
        said.append(words(key, n=number(dose.step), unit=unit, days=number(dose.every_days or 0)))
    if dose.target is not None:
        low, high = (number(x) for x in dose.target)
        key = "plan.dose_target_one" if low == high else "plan.dose_target"
        said.append(words(key, n=low, low=low, high=high, unit=unit))
    if dose.ceiling is not None:
        said.append(words("plan.dose_most", n=number(dose.ceiling), unit=unit))
    return capital(", ".join(said)) or dose.text


def _dose(dose: Dose, lookup: Lookup) -> Iterator[Fact]:
    words = lookup.words
    line = sentence(dose_line(dose, lookup))
    times = f" {_times(dose.times, lookup)}" if dose.times is not None else ""
    text = f" {sentence(dose.text)}" if dose.text and sentence(dose.text) != line else ""
    yield Fact(words("plan.head_dose"), f"{line}{times}{text}", dose.state == DOUBT, lookup.sources(dose.sources))
    for limit in dose.limited_by:
        said, doubtful = split(limit)
        yield Fact(words("plan.head_limited"), sentence(capital(said)), doubtful)
    if dose.unchecked:
        yield Fact(words("plan.head_unchecked"), words("plan.unchecked", names=words.listing(list(dose.unchecked))))


def _times(times: float, lookup: Lookup) -> str:
    return lookup.words("plan.dose_times.one") if times == 1 else lookup.words("plan.dose_times.many", n=number(times))


def taper_line(taper: Taper, lookup: Lookup) -> str:
    """The first amounts and the last day in one line; the pace in words where no amounts are known."""
    words, steps = lookup.words, taper.steps
    if not taper.must or not steps:
        return ""
    first, last = steps[0], steps[-1]
    said = [words("plan.taper_first", amount=_amount(first.amount, first.share, first.unit, lookup), day=first.day)]
    if len(steps) > 2:
        then = steps[1]
        said.append(words("plan.taper_then", amount=_amount(then.amount, then.share, then.unit, lookup), day=then.day))
    if last.share == 0 and len(steps) > 1:
        said.append(words("plan.taper_last", day=last.day))
    elif len(steps) > 1:
        said.append(words("plan.taper_more"))
    return sentence(capital(", ".join(said)))


def _amount(amount: float | None, share: float, unit: str, lookup: Lookup) -> str:
    if share == 0:
        return lookup.words("plan.taper_none")
    if amount is None:
        return lookup.words("plan.taper_share", share=round(100 * share))
    return f"{number(amount)} {unit}"


def _taper(taper: Taper, action: str, lookup: Lookup) -> Iterator[Fact]:
    words = lookup.words
    rows = tuple((words("plan.taper_day", day=s.day), _amount(s.amount, s.share, s.unit, lookup)) for s in taper.steps)
    head = ((words("plan.taper_when"), words("plan.taper_amount")),) if rows else ()
    name = words("plan.head_at_once" if not taper.must else "plan.head_taper" if action == STOP else "plan.head_lower")
    yield Fact(name, sentence(taper.text), taper.state == DOUBT, lookup.sources(taper.sources), (*head, *rows))
    if taper.watch:
        yield Fact(words("plan.head_watch"), sentence(capital(taper.watch)))


def _option(one: Option, lookup: Lookup) -> OptionRow:
    words = lookup.words
    parts = [(domain, hundred(value)) for domain, value in one.parts]
    shown = [f"{words.word('plan.wish', domain)} {value}" for domain, value in parts if value != "0"]
    fate = sentence(capital(one.why_not)) if one.why_not else ""
    if one.is_chosen:
        mark = Mark("fine", words("plan.chosen"))
    elif one.is_tied:
        mark = Mark("note", words("plan.tied"))
    else:
        mark = Mark("unknown", words("plan.not_chosen"))
    return OptionRow(named(one.label), words.word("plan.slot", one.slot), worth_text(one, lookup), "; ".join(shown), fate, mark)
