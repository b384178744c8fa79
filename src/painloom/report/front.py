"""Page one: who, alerts, why it hurts, what to do first."""

from collections.abc import Sequence
from dataclasses import dataclass

from painloom.model.case import PainHistory
from painloom.report.drugs import alternative_classes, current_cards
from painloom.report.genes import status_counts
from painloom.report.lookup import Lookup
from painloom.report.standing import CLEAR, OPEN
from painloom.report.unknown import open_questions
from painloom.report.views import Alert, DrugCard, Mark, Open
from painloom.report.wording import Wording, capital, listing, number, sentence

UNKNOWN_SHOWN = 5
INSTEAD_SHOWN = 8
RED_FLAG_STREAM = "body"  # the stream that looks for red flags


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
class Track:
    """One stream: read, or absent with what would fill it."""

    stream: str
    label: str
    measured: bool
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class Avoid:
    """Drugs to avoid for one reason."""

    cards: tuple[DrugCard, ...]
    why: str


@dataclass(frozen=True, slots=True)
class First:
    """What to do in order, what to leave alone, what to avoid, what is not known."""

    title: str
    add: tuple[Open, ...]
    steps: tuple[DrugCard, ...]
    keep: tuple[DrugCard, ...]
    unsettled: tuple[DrugCard, ...]
    avoid: tuple[Avoid, ...]
    avoid_none: str
    instead: tuple[tuple[str, tuple[DrugCard, ...], str], ...]
    unknown: tuple[Open, ...]
    unknown_also: str


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


def alerts(lookup: Lookup, cards: Sequence[DrugCard]) -> tuple[Alert, ...]:
    """What must not be overlooked, the most urgent first."""
    words, assessment = lookup.words, lookup.assessment
    current = current_cards(cards, lookup)
    found = [Alert(Mark(c.mark.tone, words("alertword.act")), c.heading, f"#{c.anchor}") for c in current if c.standing == "act"]
    clear = not found
    by = list(dict.fromkeys(d for v in assessment.drugs if v.current for a in v.advice if a.genotype_only for d in a.adjusted_by))
    if by:
        drugs = listing([lookup.label(d) for d in by])
        found.append(_alert("caution", words.either(len(by), "alert.conversion", "alert.conversion_many", drugs=drugs), lookup))
    for key, codes in (("unsettled", OPEN[:1]), ("not_known", OPEN[1:2]), ("unknown_drug", OPEN[2:])):
        labels = [
            c.label for c in current if c.standing in codes or (key == "unsettled" and c.standing in ("act", "consider") and not c.settled)
        ]
        if labels:
            found.append(_alert("unknown", words(f"alert.{key}", labels=listing(labels)), lookup, "#unknown"))
    if not current:
        found.append(_alert("unknown", words("alert.no_drugs"), lookup, "#unknown"))
    if not any(call.diplotypes for call in assessment.calls):
        found.append(_alert("unknown", words("alert.no_genes"), lookup, "#unknown"))
    elif clear and current:
        found.append(_alert("note", words("alert.quiet"), lookup))
    return (*found, *_missing_streams(lookup), *_cautions(lookup))


def why(lookup: Lookup) -> tuple[str, tuple[Track, ...]]:
    """A heading that says what can be said of mechanisms, and one track a stream."""
    words = lookup.words
    tracks = []
    for name, absence in lookup.assessment.streams:
        label = words.word("stream", f"{name}.label")
        if absence is None:
            counts = status_counts(lookup)
            text = words("why.genes", **counts) if any(counts.values()) else words.word("stream", f"{name}.covers")
            tracks.append(Track(name, label, True, words("stream.measured"), text))
        else:
            fill = words("why.fill", to_get=sentence(absence.to_get or absence.reason))
            tracks.append(Track(name, label, False, words("stream.not_measured"), fill))
    read = [t.label.lower() for t in tracks if t.measured]
    if len(read) == len(tracks):
        return words("why.title_all"), tuple(tracks)
    if not read:
        return words("why.title_none"), tuple(tracks)
    return words.either(len(read), "why.title_some", "why.title_many", names=listing(read)), tuple(tracks)


def first(lookup: Lookup, cards: Sequence[DrugCard]) -> First:
    """The decision block of page one."""
    words = lookup.words
    current = current_cards(cards, lookup)
    steps = tuple(c for c in current if c.standing in ("act", "consider"))
    unsettled = tuple(c for c in current if c.standing in OPEN)
    title = words.counted("first.title", len(steps))
    if not current:
        title = words("first.title_no_drugs")
    elif not steps and unsettled:
        title = words("first.title_unsettled", names=listing([c.label for c in unsettled]))
    questions = open_questions(lookup)
    called = any(call.diplotypes for call in lookup.assessment.calls)
    urgent = tuple(q for q in questions if q.urgent)
    return First(
        title=title,
        add=_to_add(lookup, questions) if not current or not called else (),
        steps=steps,
        keep=tuple(c for c in current if c not in steps and c not in unsettled),
        unsettled=unsettled,
        avoid=_avoid(lookup, cards),
        avoid_none=words("first.none_to_avoid" if called else "first.cannot_tell"),
        instead=_instead(lookup, cards),
        unknown=urgent[:UNKNOWN_SHOWN],
        unknown_also=_also(questions, words),
    )


def _to_add(lookup: Lookup, questions: Sequence[Open]) -> tuple[Open, ...]:
    """What the case lacks before any advice is possible: the drug list, then the streams in their order."""
    absent = {name for name, absence in lookup.assessment.streams if absence is not None}
    return tuple(q for q in questions if q.stream in absent or (q.urgent and not q.depends and q.would_change))


def _also(questions: Sequence[Open], words: Wording) -> str:
    """What else is open: urgent things without room by their number, the others by name, streams in one phrase."""
    hidden = sum(q.urgent for q in questions) - UNKNOWN_SHOWN
    rest = [q.title for q in questions if not q.urgent and not q.stream]
    more = len(rest) - UNKNOWN_SHOWN
    named = [*rest[:UNKNOWN_SHOWN], *([words.counted("unknown.labels_more", more)] if more > 0 else [])]
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


def _alert(tone: str, text: str, lookup: Lookup, href: str = "") -> Alert:
    return Alert(Mark(tone, lookup.words(f"alertword.{tone}")), text, href)


def _missing_streams(lookup: Lookup) -> list[Alert]:
    words = lookup.words
    absent = [name for name, absence in lookup.assessment.streams if absence is not None]
    if not absent:
        return []
    names = listing([words.word("stream", f"{name}.label").lower() for name in absent])
    text = words("alert.streams", names=capital(names))
    if RED_FLAG_STREAM in absent:
        text = f"{text} {words('alert.red_flags')}"
    return [_alert("unknown", text, lookup, "#unknown")]


def _cautions(lookup: Lookup) -> list[Alert]:
    words, assessment = lookup.words, lookup.assessment
    found = []
    if assessment.case.genotypes is not None and assessment.case.genotypes.absent_is_reference:
        found.append(_alert("caution", words("alert.absent"), lookup, "#trace"))
    if assessment.overlay:
        found.append(_alert("note", words.counted("alert.overlay", len(assessment.overlay)), lookup, "#trace"))
    if number_of := len(all_warnings(lookup)):
        found.append(_alert("caution", words.counted("alert.warnings", number_of), lookup, "#trace"))
    return found


def all_warnings(lookup: Lookup) -> tuple[str, ...]:
    """Warnings of the assessment, the case and the genome file, each once."""
    assessment = lookup.assessment
    genotypes = assessment.case.genotypes
    return tuple(dict.fromkeys((*assessment.warnings, *assessment.case.warnings, *(genotypes.warnings if genotypes else ()))))


def _avoid(lookup: Lookup, cards: Sequence[DrugCard]) -> tuple[Avoid, ...]:
    """Pain drugs not taken now which a body says to avoid or to replace, by reason."""
    by_why: dict[str, list[DrugCard]] = {}
    for card, view in zip(cards, lookup.assessment.drugs, strict=True):
        if view.pain and not view.current and card.standing == "act" and card.mark.tone == "avoid":
            by_why.setdefault(card.why, []).append(card)
    return tuple(Avoid(tuple(mine), reason) for reason, mine in by_why.items())


def _instead(lookup: Lookup, cards: Sequence[DrugCard]) -> tuple[tuple[str, tuple[DrugCard, ...], str], ...]:
    """Pain drugs without a gene-based limit in the classes of the drugs taken now; what has no room is counted."""
    found = []
    for group in alternative_classes(cards, lookup):
        mine = tuple(c for g in group.groups for c in g.cards if c.standing in CLEAR and c.pain)
        more = len(mine) - INSTEAD_SHOWN
        if mine:
            extra = lookup.words.counted("unknown.labels_more", more) if more > 0 else ""
            found.append((group.label, mine[:INSTEAD_SHOWN], extra))
    return tuple(found)
