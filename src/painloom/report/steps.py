"""What to do, in order: safety signals, emergencies on images, dangers of the drug list, then what genes say of drugs taken now.

A danger comes before any dose that genes suggest: "lower dose" must not be read before "avoid".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from painloom.model.plan import BEGIN, CHANGE, KEEP, LATER, NOW, STOP, WHENS
from painloom.model.plan import Step as PlanStep
from painloom.report.alerts import safety_cards
from painloom.report.brain_imaging import urgent_findings
from painloom.report.lookup import Lookup
from painloom.report.plan import (
    action_mark,
    dose_line,
    gain_text,
    heading_of,
    is_urgent,
    outlook_of,
    plain,
    split,
    taper_line,
    waits_for,
    whys,
)
from painloom.report.safety import DOUBT, SENTENCE_END, STEPS, dangers, endangered, headline, what_to_do
from painloom.report.views import DrugCard, Mark, Ref
from painloom.report.wording import capital, sentence

SHOWN, TIED_SHOWN = 7, 2
TOLD = ("alert:", "imaging")  # findings that the alerts above tell in full


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: what, how, and which stream asks for it; `remarks` are small words after the reason."""

    href: str
    mark: Mark
    heading: str
    lead: str
    why: str
    remarks: tuple[str, ...] = ()
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Steps:
    """`now` comes before everything else; `then` is the rest, cut with `more` in words."""

    now: tuple[Step, ...]
    then: tuple[Step, ...]
    more: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A stream that asks for a step; `section` is the part of the page that shows why."""

    stream: str
    word: str
    section: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One step of the plan on page one: what, how in one line, which streams ask for it, what it adds, what cannot be told apart.

    `is_card` where `lead` is a text of cards, in their language.
    """

    order: int
    href: str
    mark: Mark
    heading: str
    lead: str
    doubtful: bool
    chips: tuple[Chip, ...]
    gain: str
    tied: str
    is_card: bool = False


@dataclass(frozen=True, slots=True)
class PlanGroup:
    """Steps of one time; `waits` says what all of them wait for, `keep` are the drugs that go on as they are, with their numbers."""

    title: str
    is_now: bool
    waits: str
    lines: tuple[PlanLine, ...]
    keep: tuple[Ref, ...]
    keep_numbers: str


@dataclass(frozen=True, slots=True)
class PlanLines:
    """The plan on page one: `urgent` comes before everything else, then now, next, later; `outcome` says what the numbers count."""

    urgent: tuple[PlanLine, ...]
    groups: tuple[PlanGroup, ...]
    outcome: str


def plan_lines(lookup: Lookup) -> PlanLines | None:
    """None where nothing was planned."""
    plan = lookup.assessment.plan
    if plan is None:
        return None
    urgent = [s for s in plan.steps if is_urgent(s)]
    untold = [s for s in urgent if not all(r.finding.startswith(TOLD) for r in s.reasons)]
    routine = [s for s in plan.steps if s not in urgent]
    groups = (_group(when, [s for s in routine if s.when == when], lookup) for when in WHENS)
    return PlanLines(
        urgent=tuple(_plan_line(s, lookup, waits_for(s, lookup)) for s in untold),
        groups=tuple(group for group in groups if group.lines or group.keep),
        outcome=_outcome(routine, lookup),
    )


def _outcome(steps: Sequence[PlanStep], lookup: Lookup) -> str:
    """What the numbers beside the steps count."""
    found = [o for s in steps if (o := outlook_of(s, lookup)) is not None]
    outcomes = dict.fromkeys(o.outcome for o in found if o.benefit is not None and o.outcome)
    if outcomes:
        return lookup.words("plan.outcome", outcome="; ".join(outcomes))
    return lookup.words("plan.outcome_points") if found else ""


def _group(when: str, steps: Sequence[PlanStep], lookup: Lookup) -> PlanGroup:
    keep = [s for s in steps if s.action == KEEP and s.dose is None and s.taper is None]
    rest = [s for s in steps if s not in keep]
    waits = {s.depends for s in rest}
    common = waits.pop() if len(waits) == 1 else ""
    return PlanGroup(
        title=lookup.words.word("plan.when", when),
        is_now=when == NOW,
        waits=common,
        lines=tuple(_plan_line(s, lookup, "" if common else waits_for(s, lookup)) for s in rest),
        keep=tuple(Ref(s.label, f"#step-{s.order}") for s in keep),
        keep_numbers="–".join(dict.fromkeys(str(s.order) for s in (keep[0], keep[-1]))) if keep else "",
    )


def _plan_line(step: PlanStep, lookup: Lookup, waits: str = "") -> PlanLine:
    words = lookup.words
    heading, rest = heading_of(step)
    is_begun_later = step.when == LATER and step.action == BEGIN  # how it runs stands in the section
    lead, doubtful = ("", False) if is_begun_later else _lead(step, rest, lookup)
    hidden = len(step.alternatives) - TIED_SHOWN
    names = [*step.alternatives[:TIED_SHOWN], *([words.counted("unknown.labels_more", hidden)] if hidden > 0 else [])]
    tied = words("plan.tied_with", names=", ".join(names)) if names and step.action == BEGIN and not is_begun_later else ""
    return PlanLine(
        order=step.order,
        href=f"#step-{step.order}",
        mark=action_mark(step.action, lookup),
        heading=heading,
        lead=" ".join(part for part in (lead, _short(waits)) if part),
        doubtful=doubtful,
        chips=tuple(_chips(step, lookup)),
        gain=gain_text(step, lookup),
        tied=tied,
        is_card=step.dose is None and step.taper is None,
    )


def _short(waits: str) -> str:
    """What a step waits for without the why, which stands in the section."""
    return sentence(re.split(r"[:;] ", waits, maxsplit=1)[0]) if waits else ""


def _lead(step: PlanStep, rest: str, lookup: Lookup) -> tuple[str, bool]:
    """How, in one line: the dose, the taper, how a therapy runs, or what the step says."""
    if step.dose is not None:
        return sentence(dose_line(step.dose, lookup)), step.dose.state == DOUBT
    if step.taper is not None and (line := taper_line(step.taper, lookup)):
        return " ".join(part for part in (plain(rest), line) if part), step.taper.state == DOUBT
    if step.taper is not None and step.taper.must and step.action == STOP:
        first = SENTENCE_END.split(step.taper.text, maxsplit=1)[0]  # the rest stands in the section
        return " ".join(part for part in (plain(rest), sentence(first)) if part), step.taper.state == DOUBT
    if step.course:
        text, doubtful = split(step.course)
        return sentence(capital(text.split(";")[0])), doubtful
    return ("", False) if step.action == BEGIN and step.treatment else (plain(rest) if step.action in (STOP, CHANGE) else rest, False)


def _chips(step: PlanStep, lookup: Lookup) -> Iterator[Chip]:
    """One chip a stream, with the section of its first reason."""
    seen = set()
    for why in whys(step.reasons, lookup):
        if why.stream not in seen:
            seen.add(why.stream)
            yield Chip(why.stream, why.word, why.section)


def steps_of(lookup: Lookup, calling: Sequence[DrugCard]) -> Steps:
    """The steps; `calling` are the cards of drugs taken now that genes speak of, the most urgent first."""
    act = [_of_card(c, lookup) for c in calling if c.standing == "act"]
    consider = [_of_card(c, lookup) for c in calling if c.standing != "act"]
    then = [*_of_list(lookup, STEPS), *act, *consider]
    more = len(then) - SHOWN
    return Steps(
        now=(*_of_alerts(lookup), *_of_imaging(lookup)),
        then=tuple(then[:SHOWN]),
        more=lookup.words.counted("first.more", more) if more > 0 else "",
    )


def _of_card(card: DrugCard, lookup: Lookup) -> Step:
    remarks = (lookup.words("agree.flag"),) if card.differs else ()
    if card.label in endangered(lookup):
        remarks = (*remarks, lookup.words("step.also"))
    return Step(f"#{card.anchor}", card.mark, card.heading, card.lead, card.why, remarks, card.settled)


def _of_alerts(lookup: Lookup) -> list[Step]:
    words = lookup.words
    return [
        Step("#alerts", card.mark, card.title, words("step.who", owner=card.owner, within=card.within), words("step.mind"))
        for card in safety_cards(lookup)
    ]


def _of_imaging(lookup: Lookup) -> list[Step]:
    """Urgent findings of an imaging report: they come before any drug."""
    brain, words = lookup.assessment.brain, lookup.words
    return [
        Step(
            href=f"#imaging-{number}",
            mark=Mark("avoid", words("alertword.redflag")),
            heading=sentence(finding.urgent),  # what was found stands in the alert above
            lead="",
            why=words("step.imaging"),
            remarks=(words("state.to-verify"),) if finding.state == "to-verify" else (),
        )
        for number, finding in (urgent_findings(brain) if brain is not None else [])
    ]


def _of_list(lookup: Lookup, severities: tuple[str, ...]) -> list[Step]:
    words = lookup.words
    return [
        Step(
            href=f"#safety-{n}",
            mark=Mark(words.phrases.get(f"severitytone.{row.severity}", "caution"), words.word("severity", row.severity)),
            heading=sentence(headline(row)),
            lead=what_to_do(row),
            why=words("step.body", kind=words.word("safetykind", row.kind), severity=words.word("severity", row.severity)),
            remarks=(words("state.to-verify"),) if row.state == "to-verify" else (),
        )
        for n, row in dangers(lookup, severities)
    ]
