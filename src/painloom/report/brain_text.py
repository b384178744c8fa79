"""The brain section for the terminal: one line each, in the order of the page."""

from collections.abc import Iterator

from painloom.report.brain import BrainSection
from painloom.report.brain_markers import Panel
from painloom.report.lookup import Lookup
from painloom.report.wording import capital, sentence

Line = tuple[str, str]  # tone, words


def brain_lines(section: BrainSection, lookup: Lookup) -> Iterator[Line]:
    """The banner first, then gates that fail, entries, targets, scores, connections, norms."""
    words = lookup.words
    yield "note", f"{words('brain.banner')} {words('brain.banner_text')}"
    for gate in section.quality.failed if section.quality else ():
        yield "unknown", f"{gate.series}: {gate.text}"
    for row in section.imaging.rows if section.imaging else ():
        yield row.mark.tone, f"{row.title}: {row.urgent or row.often or row.meaning}"
    for card in section.targets.cards if section.targets else ():
        reasons = card.safety_as.rstrip(".") or "; ".join(r.short for r in card.safety if r.mark.tone == card.mark.tone)
        side = f", {card.side}" if card.side else ""
        yield card.mark.tone, f"{card.number} {card.name}{side}, {card.place}: {card.mark.word}{f' ({reasons})' if reasons else ''}"
    if section.targets and section.targets.missing:
        yield "unknown", words("brain.targets_missing_line", text=sentence("; ".join(m.rstrip("?") for m in section.targets.missing)))
    for panel in (section.markers, *section.connections):
        if panel is not None:
            yield from _panel(panel)
    for norm in section.norms:
        yield "note", f"{norm.title}. {norm.verdict} ({norm.label}; {norm.basis})"


def _panel(panel: Panel) -> Iterator[Line]:
    if any(row.lead for row in panel.rows):
        yield from (("note", remark) for remark in panel.remarks)
    for row in panel.rows:
        claim = f" ({row.claim})" if row.claim else ""
        if row.lead:
            yield row.mark.tone, f"{row.label} ({row.series}): {capital(row.lead)}. {sentence(row.second)}{claim}"
        else:
            yield "unknown", f"{row.label} ({row.series}): {row.reason}{claim}"
