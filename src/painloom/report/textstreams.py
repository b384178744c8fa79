"""The plan and the streams for the terminal: one line each, the most urgent first."""

from collections.abc import Iterator

from painloom.report.alerts import due, flags_in, short_label
from painloom.report.brain import brain_section, brain_title
from painloom.report.brain_text import brain_lines
from painloom.report.criteria import criteria_title
from painloom.report.followup import looks
from painloom.report.lookup import Lookup
from painloom.report.mind import drawn, mind_title
from painloom.report.refusals import avoided, refusals_part
from painloom.report.safety import is_total, numbered, opioid_total, safety_title
from painloom.report.scales import band_text, change_texts, error_text, is_doubtful, stands_out, value_text
from painloom.report.steps import PlanLine, plan_lines
from painloom.report.wording import capital, sentence

Line = tuple[str, str]  # tone, words


def stream_blocks(lookup: Lookup) -> Iterator[tuple[str, str, tuple[Line, ...]]]:
    """(heading, what it says in one line, lines) of every stream that has something to say."""
    words, assessment = lookup.words, lookup.assessment
    if assessment.scores:
        yield words("section.mind"), mind_title(lookup), tuple(_mind(lookup))
    if assessment.grades:
        yield words("section.criteria"), criteria_title(lookup), tuple(_criteria(lookup))
    if assessment.safety:
        yield words("section.safety"), safety_title(lookup), tuple(_safety(lookup))
    if raised := flags_in(lookup, "present"):
        lines = (f"{short_label(flag)}: {due(flag.within, lookup)}: {sentence(flag.act)}" for _, flag in raised)
        yield words("section.redflags"), "", tuple(("avoid", line) for line in lines)
    if (section := brain_section(lookup)) is not None:
        yield words("section.brain"), brain_title(lookup), tuple(brain_lines(section, lookup))


def plan_text(lookup: Lookup) -> Iterator[Line]:
    """The plan in order with its doses, then what is refused and when to look again; ("", heading) begins a part."""
    plan, words = plan_lines(lookup), lookup.words
    if plan is None:
        return
    for line in plan.urgent:
        yield from _step(line, lookup)
    for group in plan.groups:
        yield "", f"{group.title}{f', {group.waits}' if group.waits else ''}"
        for line in group.lines:
            yield from _step(line, lookup)
        if group.keep:
            yield "note", f"{group.keep_numbers}. {words('plan.keep')}: {', '.join(ref.text for ref in group.keep)}"
    if kinds := avoided(refusals_part(lookup), lookup):
        yield "", words("section.refusals")
        for kind in kinds:
            yield "avoid", f"{kind.names} ({kind.why})"
    if dates := looks(lookup):
        yield "", words("first.look")
        for when, what in dates:
            yield "note", f"{capital(when)}: {what}"


def _step(line: PlanLine, lookup: Lookup) -> Iterator[Line]:
    words = lookup.words
    doubt = f" ({words('state.to-verify')})" if line.doubtful else ""
    gain = f" {sentence(capital(line.gain))}" if line.gain else ""
    lead = f" {line.lead}{doubt}" if line.lead else ""
    tied = f" {line.tied}" if line.tied else ""
    yield line.mark.tone, f"{line.order}. {line.mark.word}: {line.heading}.{gain}{lead}{tied}"


def _mind(lookup: Lookup) -> Iterator[Line]:
    words = lookup.words
    for series in drawn(lookup):
        view = series.latest
        label = f"{capital(view.scale_label)} ({view.instrument_label}, {view.date or words('mind.no_date')})"
        doubt = f" ({words('state.to-verify')})" if is_doubtful(view) else ""
        if view.estimate is None:
            yield "unknown", f"{label}: {words('score.not_scored', why=view.why or words('mind.no_reason'))}{doubt}"
            continue
        prorated = words("score.prorated") if view.status == "prorated" else ""
        parts = [value_text(view.estimate, words), prorated, band_text(view), error_text(view.estimate, words)]
        changes = " ".join(change_texts(series.changes, words))
        tone = "caution" if stands_out(view) else "note"
        yield tone, f"{label}: {', '.join(p for p in parts if p)}{doubt}. {changes}".strip()


def _criteria(lookup: Lookup) -> Iterator[Line]:
    for grade in lookup.assessment.grades:
        tone = "unknown" if grade.grade == "not-gradable" else "note"
        yield tone, f"{grade.label}: {grade.grade_label}"


def _safety(lookup: Lookup) -> Iterator[Line]:
    words = lookup.words
    total = opioid_total(lookup)
    if total is not None:
        yield "caution" if total.reached else "note", total.line
    for _, row in numbered(lookup):
        if row.is_warning and not is_total(row):
            doubt = f" ({words('state.to-verify')})" if row.state == "to-verify" else ""
            tone = words.phrases.get(f"severitytone.{row.severity}", "caution")
            yield tone, f"{capital(words.word('severity', row.severity))}: {row.message}{doubt}"
