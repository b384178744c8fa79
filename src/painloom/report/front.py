"""Page one: who, why it hurts, what to do first."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from painloom.model.case import PainHistory
from painloom.model.formulation import AGAINST, FOR, Formulation, Mechanism
from painloom.model.plan import ASK, SAFETY
from painloom.report.drugs import alternative_classes, current_cards
from painloom.report.followup import looks
from painloom.report.formulation import graded, untested
from painloom.report.lookup import Lookup
from painloom.report.plots.mechanisms import mechanism_plot
from painloom.report.plots.svg import draw_svg
from painloom.report.refusals import Avoided, avoided, refusals_part
from painloom.report.safety import STEPS, dangers, endangered
from painloom.report.standing import CLEAR, OPEN
from painloom.report.steps import PlanLines, Step, plan_lines, steps_of
from painloom.report.tracks import Track, tracks
from painloom.report.unknown import open_questions
from painloom.report.views import DrugCard, Open
from painloom.report.wording import Wording, capital, number, sentence, small

UNKNOWN_SHOWN, ALSO_SHOWN = 5, 3
INSTEAD_SHOWN = 8
PLAN_UNKNOWN_SHOWN, REASONS_SHOWN, DRIVERS_SHOWN, BARS_SHOWN = 3, 3, 4, 4
LEAST_CHANCE, BARS_WIDTH = 0.1, 340.0
NO_FIGURE = Markup()


@dataclass(frozen=True, slots=True)
class Who:
    """Whose report, and of when."""

    label: str
    facts: str
    pain: str
    diagnoses: str
    wishes: str
    stamp: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Avoid:
    """Drugs to avoid for one reason."""

    cards: tuple[DrugCard, ...]
    why: str


@dataclass(frozen=True, slots=True)
class First:
    """What to do in order, what to leave alone, what to avoid, what is not known.

    `now` are the steps that come before everything else; `held` says that `steps` wait for them, "" where nothing holds them back.
    Where there is a plan, it stands in place of `steps`; `refused` are its refusals, `look` when to look again, `untold` what the plan
    could not use.
    """

    title: str
    now: tuple[Step, ...]
    held: str
    add: tuple[Open, ...]
    steps: tuple[Step, ...]
    steps_more: str
    keep: tuple[DrugCard, ...]
    unsettled: tuple[DrugCard, ...]
    avoid: tuple[Avoid, ...]
    avoid_none: str
    instead: tuple[tuple[str, tuple[DrugCard, ...], str], ...]
    instead_not: str
    unknown: tuple[Open, ...]
    unknown_also: str
    plan: PlanLines | None = None
    refused: tuple[Avoided, ...] = ()
    refused_none: str = ""
    look: tuple[tuple[str, str], ...] = ()
    untold: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weighed:
    """One mechanism with what speaks for and against it, in words."""

    label: str
    pro: tuple[str, ...]
    con: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Why it hurts: mechanisms drawn, reasons, what keeps it going, the next test; then one track a stream."""

    tracks: tuple[Track, ...]
    figure: Markup = NO_FIGURE
    weighed: tuple[Weighed, ...] = ()
    drivers: tuple[tuple[str, str], ...] = ()
    drivers_more: str = ""
    conflicts: int = 0
    test: str = ""


def who(lookup: Lookup) -> Who:
    """The person line."""
    words, case = lookup.words, lookup.assessment.case
    age = words("who.age", n=case.person.age_years) if case.person.age_years is not None else words("who.no_age")
    sex = words.word("who.sex", case.person.sex) if case.person.sex else words("who.no_sex")
    return Who(
        label=case.person.label or words("who.nameless"),
        facts=f"{age}, {sex}",
        pain=_pain_line(case.pain, words),
        diagnoses=words("who.diagnoses", names=", ".join(case.pain.diagnoses)) if case.pain.diagnoses else "",
        wishes=words("who.wishes", names="; ".join(case.wishes)) if case.wishes else "",
        stamp=stamp(lookup),
    )


def stamp(lookup: Lookup) -> tuple[str, ...]:
    """The as-of date and the releases that judged."""
    words, assessment = lookup.words, lookup.assessment
    return (
        words("who.as_of", date=assessment.as_of),
        words("who.release", release=assessment.knowledge_release),
        words("who.program", program=assessment.program),
    )


def why(lookup: Lookup) -> tuple[str, Why]:
    """A heading that says what can be said of mechanisms, what speaks for them, and one track a stream."""
    words, shown, found = lookup.words, tracks(lookup), lookup.assessment.formulation
    if found is not None:
        return capital(found.statement.rstrip(".")), _formulated(found, shown, lookup)
    read = [words.word("stream", f"{t.stream}.inside") for t in shown if t.measured]
    if len(read) == len(shown):
        return words("why.title_all"), Why(shown)
    if not read:
        return words("why.title_none"), Why(shown)
    return words.either(len(read), "why.title_some", "why.title_many", names=words.listing(read)), Why(shown)


def _formulated(found: Formulation, shown: tuple[Track, ...], lookup: Lookup) -> Why:
    words = lookup.words
    own = sorted((m for m in found.mechanisms if not m.is_state), key=lambda m: -m.chance.value)
    states = [m for m in found.mechanisms if m.is_state and any(line.weight > 0 for line in m.ledger)]
    drawn = [m for m in own if m.chance.high >= LEAST_CHANCE][:BARS_SHOWN] + states[:1]
    close = [m for m in own if m.chance.high >= own[0].chance.low][:2]  # what the bands cannot tell from the first
    test = found.tests[0] if found.tests and not found.no_test else None
    more = len(found.drivers) - DRIVERS_SHOWN
    plot = mechanism_plot([graded(m, lookup) for m in drawn], words("why.bars"), width=BARS_WIDTH)
    return Why(
        tracks=shown,
        figure=draw_svg(plot, "why-plot") if drawn else NO_FIGURE,
        weighed=tuple(w for w in (_weighed(m, words) for m in close) if w.pro or w.con),
        drivers=tuple((d.label, d.value) for d in found.drivers[:DRIVERS_SHOWN]),
        drivers_more=words.counted("unknown.labels_more", more) if more > 0 else "",
        conflicts=len(found.conflicts),
        test=words("why.test", label=test.label) if test is not None else untested(found, lookup),
    )


def _weighed(one: Mechanism, words: Wording) -> Weighed:
    """The weightiest findings; criteria that hold the chance come first, although they weigh nothing in the sum."""

    holding = {f"grade:{said.partition(':')[0]}" for said in one.capped.split("; ")}  # criteria that hold the chance

    def lines(direction: str) -> tuple[str, ...]:
        own = [line for line in one.ledger if line.direction == direction]
        graded = [line for line in own if not line.weight and line.finding in holding]
        weighty = sorted((line for line in own if line.weight), key=lambda line: -abs(line.weight))
        return tuple(f"{line.label}: {line.value}" for line in (*graded, *weighty)[:REASONS_SHOWN])

    return Weighed(small(one.label), lines(FOR), lines(AGAINST))


def first(lookup: Lookup, cards: Sequence[DrugCard]) -> First:
    """The decision block of page one."""
    words = lookup.words
    current = current_cards(cards, lookup)
    calling = tuple(c for c in current if c.standing in ("act", "consider"))
    unsettled = tuple(c for c in current if c.standing in OPEN)
    steps = steps_of(lookup, calling)
    questions = open_questions(lookup)
    called = any(call.diplotypes for call in lookup.assessment.calls)
    urgent = tuple(q for q in questions if q.urgent)
    plan = plan_lines(lookup)
    shown = UNKNOWN_SHOWN if plan is None else PLAN_UNKNOWN_SHOWN
    return First(
        title=_title(lookup, current, calling, unsettled) if plan is None else _plan_title(lookup, plan),
        now=steps.now,
        held=words("first.held") if steps.now else "",
        add=_to_add(lookup, questions) if not current or not called else (),
        steps=steps.then,
        steps_more=steps.more,
        keep=tuple(c for c in current if c not in calling and c not in unsettled and c.label not in endangered(lookup)),
        unsettled=unsettled,
        avoid=_avoid(lookup, cards) if plan is None else _untreated(lookup, _avoid(lookup, cards)),
        avoid_none=words("first.none_to_avoid" if called else "first.cannot_tell"),
        instead=_instead(lookup, cards),
        instead_not=_instead_not(lookup, cards),
        unknown=urgent[:shown],
        unknown_also=_also(questions, words) if plan is None else _more(len(questions) - min(len(urgent), shown), words),
        plan=plan,
        refused=avoided(refusals_part(lookup), lookup),
        refused_none=_refused_none(lookup, plan),
        look=looks(lookup),
        untold=_untold(lookup),
    )


def _refused_none(lookup: Lookup, plan: PlanLines | None) -> str:
    """What stands where nothing is named to avoid: what must be asked first, or that nothing is refused."""
    words, own = lookup.words, lookup.assessment.plan
    if plan is None or own is None:
        return ""
    asked = next((step.order for step in own.steps if step.action == ASK and step.role == SAFETY), 0)
    return words("first.refused_open", n=asked) if asked else words("first.refused_none")


def _plan_title(lookup: Lookup, plan: PlanLines) -> str:
    """How much there is to do now, or that safety comes first."""
    words = lookup.words
    if lookup.assessment.alerts:
        return words("first.title_held")
    if plan.urgent:
        title, rest = words.counted("first.plan_first", len(plan.urgent)), plan.groups
    else:
        now = plan.groups[:1] if plan.groups and plan.groups[0].is_now else ()
        title, rest = words.counted("first.plan", sum(len(g.lines) for g in now)), plan.groups[len(now) :]
    waiting = sum(len(group.lines) for group in rest)
    return title + (words.counted("first.plan_later", waiting) if waiting else "")


def _untold(lookup: Lookup) -> tuple[str, ...]:
    """What the plan could not use: wishes that were not understood in one line, then its other warnings."""
    plan = lookup.assessment.plan
    if plan is None:
        return ()
    wishes = [lookup.words("plan.wishes_unread", names="; ".join(plan.unread))] if plan.unread else []
    rest = [sentence(capital(said)) for said in plan.warnings if not any(wish in said for wish in plan.unread)]
    return (*wishes, *rest)


def _more(count: int, words: Wording) -> str:
    return f"{words.counted('first.more', count)}." if count > 0 else ""


def _title(lookup: Lookup, current: Sequence[DrugCard], calling: Sequence[DrugCard], unsettled: Sequence[DrugCard]) -> str:
    words = lookup.words
    if lookup.assessment.alerts:
        return words("first.title_held")
    if risky := len(dangers(lookup, STEPS)):
        return words.counted("first.title_risk", risky, drugs=words.counted("first.title_and", len(calling)))
    if not current:
        return words("first.title_no_drugs")
    if not calling and unsettled:
        return words("first.title_unsettled", names=words.listing([c.label for c in unsettled]))
    return words.counted("first.title", len(calling))


def _to_add(lookup: Lookup, questions: Sequence[Open]) -> tuple[Open, ...]:
    """What the case lacks before any advice is possible: the drug list, then the streams in their order."""
    absent = {name for name, absence in lookup.assessment.streams if absence is not None}
    return tuple(q for q in questions if q.stream in absent or (q.urgent and not q.depends and q.would_change))


def _also(questions: Sequence[Open], words: Wording) -> str:
    """What else is open: urgent things without room by their number, the others by name, streams in one phrase."""
    hidden = sum(q.urgent for q in questions) - UNKNOWN_SHOWN
    rest = [q.title for q in questions if not q.urgent and not q.stream]
    more = len(rest) - ALSO_SHOWN
    named = [*rest[:ALSO_SHOWN], *([words.counted("unknown.labels_more", more)] if more > 0 else [])]
    sentences = [f"{words.counted('first.more', hidden)}."] if hidden > 0 else []
    streams = [q.title for q in questions if q.stream]
    sentences += [f"{'; '.join(streams)}."] if streams else []
    sentences += [words("first.also", titles="; ".join(named))] if named else []
    return " ".join(sentences)


def _pain_line(pain: PainHistory, words: Wording) -> str:
    duration = words("who.no_duration")
    if pain.months is not None:
        years = pain.months >= 24
        length = words("who.years", n=f"{pain.months / 12:.1f}") if years else words("who.months", n=number(pain.months))
        duration = words("who.pain_for", duration=length)
    parts = [pain.complaint or words("who.no_complaint"), ", ".join(pain.sites) or words("who.no_sites"), duration]
    if pain.intensity_0_10 is not None:
        parts.append(words("who.intensity", n=number(pain.intensity_0_10)))
    return " · ".join(parts)


def _avoid(lookup: Lookup, cards: Sequence[DrugCard]) -> tuple[Avoid, ...]:
    """Pain drugs not taken now which a body says to avoid or to replace, by reason."""
    by_why: dict[str, list[DrugCard]] = {}
    for card, view in zip(cards, lookup.assessment.drugs, strict=True):
        if view.pain and not view.current and card.standing == "act" and card.mark.tone == "avoid":
            by_why.setdefault(card.why, []).append(card)
    return tuple(Avoid(tuple(mine), reason) for reason, mine in by_why.items())


def _untreated(lookup: Lookup, found: Sequence[Avoid]) -> tuple[Avoid, ...]:
    """Without the drugs that the plan refuses or stops already."""
    plan = lookup.assessment.plan
    told = {r.treatment for r in plan.refusals} | {drug for step in plan.steps for drug in step.drugs} if plan is not None else set()
    names = {label.lower() for drug in told for label in (drug, lookup.label(drug))}
    left = (Avoid(tuple(c for c in one.cards if c.label.lower() not in names), one.why) for one in found)
    return tuple(one for one in left if one.cards)


def _instead(lookup: Lookup, cards: Sequence[DrugCard]) -> tuple[tuple[str, tuple[DrugCard, ...], str], ...]:
    """Pain drugs without a gene-based limit in the classes of the drugs taken now; what has no room is counted.

    A class whose drug the drug list warns of is left out: its other drugs may share the danger.
    """
    found = []
    for group in alternative_classes(cards, lookup):
        mine = tuple(c for g in group.groups for c in g.cards if c.standing in CLEAR and c.pain)
        more = len(mine) - INSTEAD_SHOWN
        if mine and group.label not in _warned(lookup, cards):
            extra = lookup.words.counted("unknown.labels_more", more) if more > 0 else ""
            found.append((group.label, mine[:INSTEAD_SHOWN], extra))
    return tuple(found)


def _warned(lookup: Lookup, cards: Sequence[DrugCard]) -> tuple[str, ...]:
    """Labels of the classes in which the drug list warns of a drug taken now."""
    return tuple(dict.fromkeys(capital(c.class_label) for c in current_cards(cards, lookup) if c.label in endangered(lookup)))


def _instead_not(lookup: Lookup, cards: Sequence[DrugCard]) -> str:
    """Which classes are not offered because the drug list warns of one of their drugs."""
    shown = {group.label for group in alternative_classes(cards, lookup)}
    left = [label for label in _warned(lookup, cards) if label in shown]
    return lookup.words("first.instead_not", classes=lookup.words.listing(left)) if left else ""
