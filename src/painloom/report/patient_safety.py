"""What comes first on a person's page: help where a signal asks for it, signs to look out for, what would not be used."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from painloom.model.assessment import Assessment
from painloom.model.outlook import REFUSED, Refusal
from painloom.model.plan import ASK, REFER, Reason
from painloom.model.redflag import PRESENT, URGENCY, WATCH, RedFlag
from painloom.report.fits import flags_that_fit
from painloom.report.patient_layout import NOW, SOON, PatientLayout
from painloom.report.patient_words import Speech, capital_of

SIGNS = " | "
IMAGING = "imaging"
ORGAN = "organ-dose"


@dataclass(frozen=True, slots=True)
class Lead:
    """A box above all else: a title and short paragraphs; `is_hard` where somebody may be in danger from themselves."""

    title: Markup
    lines: tuple[Markup, ...]
    is_hard: bool


@dataclass(frozen=True, slots=True)
class Seek:
    """Signs that ask for help at once, and those that ask for a call."""

    now: tuple[Markup, ...]
    soon: tuple[Markup, ...]


def leads_of(assessment: Assessment, layout: PatientLayout, speech: Speech) -> tuple[Lead, ...]:
    """Boxes in order: help in danger, other signals, raised flags with the soonest first, an emergency in a scan."""
    raised = [flag for flag in assessment.red_flags if flag.state == PRESENT]
    codes = {alert.code for alert in assessment.alerts}
    hard = bool(layout.help_first & (codes | {flag.id for flag in raised}))
    found = []
    if hard:
        lines = [speech.say(f"lead.hard_{n}") for n in range(1, 5)]
        lines += [speech.say("lead.hard_5")] if any(alert.means for alert in assessment.alerts) else []
        lines += [speech.say("lead.line", line=layout.help_line)] if layout.help_line else []
        found.append(Lead(speech.say("lead.hard_title"), tuple(lines), is_hard=True))
    if codes - layout.help_first:
        found.append(Lead(speech.say("lead.other_title"), (speech.say("lead.other"),), is_hard=False))
    lines = _raised([flag for flag in raised if flag.id not in layout.help_first | codes], speech)
    if _urgent_scan(assessment):
        lines += [speech.say("lead.scan"), speech.say("within.same day")]
    if lines:
        found.append(Lead(speech.say("lead.flag_title"), (*lines, speech.say("lead.why")), is_hard=False))
    return tuple(found)


def _raised(flags: Iterable[RedFlag], speech: Speech) -> list[Markup]:
    """What is looked for, then until when it should be looked at; flags of one limit together."""
    order = {within: n for n, within in enumerate(URGENCY)}
    by_limit: dict[str, list[RedFlag]] = {}
    own_lines = []
    for flag in sorted(flags, key=lambda f: order.get(f.within, 0)):
        if speech.has(f"limit.{flag.id}"):  # what to do now hangs on a condition
            own_lines.append(Markup(" ").join((speech.first(f"raised.{flag.id}", "lead.check"), speech.say(f"limit.{flag.id}"))))
            continue
        by_limit.setdefault(flag.within if flag.within in order else URGENCY[0], []).append(flag)
    lines = []
    for within, own in by_limit.items():
        said = dict.fromkeys(speech.first(f"raised.{flag.id}", "lead.check") for flag in own)
        lines.append(Markup(" ").join((*said, speech.say(f"within.{within}"))))
    return [*own_lines, *lines]


def _urgent_scan(assessment: Assessment) -> bool:
    brain = assessment.brain
    told = any(finding.urgent for finding in brain.imaging) if brain is not None else False
    steps = assessment.plan.steps if assessment.plan is not None else ()
    return told or any(r.finding == IMAGING for s in steps if s.action == REFER for r in s.reasons)


def seek_of(assessment: Assessment, layout: PatientLayout, speech: Speech) -> Seek:
    """Signs of flags that are raised or watched, and of those that fit the person's pain, drugs and age."""
    open_flags = {flag.id for flag in assessment.red_flags if flag.state in (PRESENT, WATCH)}
    fitting = open_flags | flags_that_fit(assessment, layout.fits, layout.elsewhere)
    told: dict[str, list[Markup]] = {NOW: [], SOON: []}
    for fit in layout.fits:
        if fit.flag in fitting:
            told[fit.help] += _signs(fit.flag, speech)
    for flag in sorted(open_flags - {fit.flag for fit in layout.fits} - layout.help_first):
        told[NOW] += _signs(flag, speech)
    return Seek(tuple(dict.fromkeys(told[NOW])), tuple(dict.fromkeys(told[SOON])))


def _signs(flag: str, speech: Speech) -> list[Markup]:
    key = f"sign.{flag}"
    return [speech.label(part) for part in speech.words.phrases[key].split(SIGNS)] if speech.has(key) else []


def because(reasons: Sequence[Reason], speech: Speech) -> tuple[Markup, ...]:
    """Reasons in a person's words, each once; a reason that no phrase fits is told in its kind."""
    return tuple(dict.fromkeys(speech.first(*_keys(r), "because.other") for r in reasons))


def _keys(reason: Reason) -> tuple[str, ...]:
    place, _, kind = reason.finding.partition(":")
    if place in ("safety", "refusal"):
        return f"because.{kind}", f"because.{reason.stream}"
    if place == "drug" and reason.stream == "body":
        return (f"because.{ORGAN}",)
    return (f"because.{reason.stream}",)


def avoided(assessment: Assessment, layout: PatientLayout, speech: Speech) -> tuple[Markup, ...]:
    """What is refused for this person: one line a reason, in the order of the plan."""
    outlooks = assessment.outlook.outlooks if assessment.outlook is not None else ()
    labels = {o.treatment: o.label for o in reversed(outlooks)}
    refusals = assessment.plan.refusals if assessment.plan is not None else _refused(assessment)
    groups: dict[Markup, list[Markup]] = {}
    told: set[str] = set()
    for one in refusals:
        if not one.treatment or one.treatment in told:
            continue
        told.add(one.treatment)
        name = speech.name(one.treatment, labels.get(one.treatment, one.treatment))
        groups.setdefault(speech.first(f"because.{one.kind}", "because.other"), []).append(name)
    return tuple(_line(names, reason, layout.names, speech) for reason, names in groups.items())


def _refused(assessment: Assessment) -> list[Refusal]:
    outlooks = assessment.outlook.outlooks if assessment.outlook is not None else ()
    return [refusal for one in outlooks if one.status == REFUSED for refusal in one.refusals]


def _line(names: Sequence[Markup], reason: Markup, most: int, speech: Speech) -> Markup:
    own = list(dict.fromkeys(names))
    shown = speech.listing(own)
    if len(own) > most:
        shown = speech.say("avoid.more", names=Markup(", ").join(own[:most]), n=len(own) - most)
    return speech.say("avoid.line", names=capital_of(shown), reason=reason)


def next_test(assessment: Assessment, speech: Speech) -> Markup | None:
    """The name of the test that could teach most; None where none is worth it or nobody asked."""
    steps = assessment.plan.steps if assessment.plan is not None else ()
    for step in steps:
        ids = [r.finding.removeprefix("test:") for r in step.reasons if r.finding.startswith("test:")]
        if step.action == ASK and ids:
            return _test(ids[0], step.label, speech)
    found = assessment.formulation
    best = found.tests[0] if found is not None and found.tests and not found.no_test else None
    return _test(best.id, best.label, speech) if best is not None else None


def _test(id_: str, label: str, speech: Speech) -> Markup:
    key = f"test.{id_}"
    return speech.say(key) if speech.has(key) else speech.label(label)
