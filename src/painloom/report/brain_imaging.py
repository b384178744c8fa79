"""Findings of spine and joints as entered from a report: urgent ones first, then each with how common it is without pain."""

import re
from dataclasses import dataclass

from markupsafe import Markup

from painloom.model.brain import BrainView, ImagingFinding, Prevalence
from painloom.report.brainfigures import Chart, hundred
from painloom.report.lookup import Lookup
from painloom.report.views import Mark, Ref
from painloom.report.wording import capital, number, sentence

DOUBT, OK, JOIN = "to-verify", "ok", "; "


@dataclass(frozen=True, slots=True)
class ImagingRow:
    """One finding."""

    anchor: str
    title: str
    mark: Mark
    meaning: str
    urgent: str
    figure: Markup
    often: str
    often_note: str
    often_doubtful: bool
    reason: str
    confirmed: str
    doubtful: bool
    notes: tuple[str, ...]
    claim: str
    card: str
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class ImagingPart:
    """The part: urgent findings first; where there is one the part stands before the quality gates."""

    title: str
    rows: tuple[ImagingRow, ...]
    urgent: bool


def imaging_part(view: BrainView, lookup: Lookup) -> ImagingPart | None:
    """None where nothing was entered."""
    if not view.imaging:
        return None
    words = lookup.words
    ordered = sorted(enumerate(view.imaging, 1), key=lambda pair: not pair[1].urgent)
    rows = tuple(_row(finding, n, lookup) for n, finding in ordered)
    urgent = sum(bool(f.urgent) for f in view.imaging)
    title = words.counted("brain.imaging_urgent", urgent) if urgent else words.counted("brain.imaging_title", len(rows))
    return ImagingPart(title, rows, urgent > 0)


def urgent_findings(view: BrainView) -> list[tuple[int, ImagingFinding]]:
    """(position, finding) of every entry that overrides; positions are the page anchors."""
    return [(n, finding) for n, finding in enumerate(view.imaging, 1) if finding.urgent]


def finding_title(finding: ImagingFinding, lookup: Lookup) -> str:
    """Label, grade, level and side; for an urgent finding what it means, with the level."""
    entry, words, label = finding.entry, lookup.words, finding.label or finding.entry.scale
    if finding.urgent and finding.meaning:
        meaning = finding.meaning.rstrip(".")
        return capital(words("brain.imaging_flag_title", meaning=meaning, level=entry.level) if entry.level else meaning)
    side = words.word("brain.side", entry.side) if entry.side else ""
    told = f" {label} "
    grade = words("brain.grade", grade=entry.grade) if entry.grade and f" {entry.grade} " not in told else ""
    return capital(", ".join((label, *(part for part in (grade, entry.level, side) if part and f" {part} " not in told))))


def _row(finding: ImagingFinding, number_: int, lookup: Lookup) -> ImagingRow:
    words = lookup.words
    anchor = f"imaging-{number_}"
    common = None if finding.urgent else finding.prevalence
    if finding.urgent:
        mark = Mark("avoid", words("brain.urgent"))
    elif finding.status == OK:
        mark = Mark("note", words("brain.entered"))
    else:
        mark = Mark("unknown", words("brain.withheld_word"))
    figure, often, note = _often(common, anchor, lookup)
    why, waiting = _said(finding)
    absent = sentence(why) or words("brain.no_prevalence") if common is None and not finding.urgent else ""
    return ImagingRow(
        anchor=anchor,
        title=finding_title(finding, lookup),
        mark=mark,
        meaning="" if finding.urgent else finding.meaning,
        urgent=finding.urgent,
        figure=figure,
        often=often or absent,
        often_note=note,
        often_doubtful=common is not None and common.state == DOUBT,
        reason="" if finding.status == OK else sentence(finding.reason),
        confirmed=_confirmed(finding, waiting, lookup),
        doubtful=finding.state == DOUBT,
        notes=tuple(sentence(note) for note in finding.notes),
        claim=words.word("claim", finding.claim),
        card=words("basis.card_text", id=finding.card[0], release=finding.card[1]) if finding.card[0] else "",
        sources=lookup.sources(tuple(dict.fromkeys((*finding.sources, *(common.sources if common else ()))))),
    )


def _said(finding: ImagingFinding) -> tuple[str, str]:
    """(why there is no share of people without pain, that it waits for a clinician): the two things that a reason joins."""
    if finding.status != OK:
        return "", ""
    parts = finding.reason.split(JOIN)
    return (finding.reason, "") if finding.entry.confirmed_by else (JOIN.join(parts[:-1]), parts[-1])


def _confirmed(finding: ImagingFinding, waiting: str, lookup: Lookup) -> str:
    """Who confirmed it; where nobody did, the finding's own words on that, else ours.  What is urgent does not wait."""
    if finding.entry.confirmed_by:
        return sentence(lookup.words("brain.confirmed", by=finding.entry.confirmed_by).rstrip("."))
    if finding.urgent:
        return lookup.words("brain.unconfirmed_urgent")
    return sentence(waiting) or lookup.words("brain.unconfirmed")


def _often(common: Prevalence | None, anchor: str, lookup: Lookup) -> tuple[Markup, str, str]:
    words = lookup.words
    if common is None:
        return Markup(""), "", ""
    count = min(100, max(0, round(common.percent)))
    few = 0 < common.percent < 0.5
    what, aged, rest = _counted(common, lookup)
    said = words("brain.often_few" if few else "brain.often", n=count, aged=aged, what=what)
    people = words("brain.people", n=common.count) if common.count is not None else words("brain.people_unknown")
    if common.count is not None and str(common.count) in common.text:
        people = ""
    figure = hundred(count, Chart(f"{anchor}-people", words("brain.often_title"), said))
    return figure, said, " ".join(part for part in (sentence(rest), people) if part)


def _counted(common: Prevalence, lookup: Lookup) -> tuple[str, str, str]:
    """(what was counted, at which age, the rest of the text); the age is not claimed where the words name a range or all ages."""
    words, age = lookup.words, lookup.words("brain.often_aged", age=number(common.age_years))
    what, told, rest = common.text.partition(": ")
    if not told:
        return words("brain.often_this"), age, common.text
    return what, age if re.search(rf"{re.escape(age.strip())}(?! or\b| to\b|[.\d])", rest) else "", rest
