"""The terminal summary: the plan in order, what to avoid, what is not known, the genes in one line each."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from painloom.model.assessment import Assessment
from painloom.report import front
from painloom.report.alerts import AlertBlock, alerts
from painloom.report.drugs import current_cards, drug_cards
from painloom.report.front import First
from painloom.report.genes import genes_said, ordered_calls, phenotype_line, unread_calls
from painloom.report.lookup import Lookup, look_up
from painloom.report.textstreams import plan_text, stream_blocks
from painloom.report.unknown import open_questions
from painloom.report.views import DrugCard
from painloom.report.wording import printable, read_wording

SIGNS = {"avoid": "[x]", "caution": "[!]", "fine": "[ok]", "unknown": "[?]", "note": "[i]"}
COLOURS = {"avoid": "31", "caution": "33", "fine": "32", "unknown": "2", "note": "36"}
SIGN_WIDTH = 5
NAMES_SHOWN = 8


def render_text(assessment: Assessment, width: int = 100, *, colour: bool = False) -> str:
    """The summary in lines of at most `width` columns (40 or more); `colour` adds terminal colours to the signs."""
    words = read_wording()
    lookup = look_up(assessment, words)
    page = _Page(max(width, 40), colour)
    cards = drug_cards(lookup)
    person = front.who(lookup)
    page.line(f"{person.label}, {person.facts}")
    page.line(person.pain)
    page.line(" · ".join(person.stamp))
    _alerts(page, alerts(lookup, cards), lookup)
    _plan(page, lookup)
    for heading, said, lines in stream_blocks(lookup):
        page.head(heading)
        if said:
            page.line(f"{said}.")
        for tone, text in lines:
            page.item(tone, text)
    _drugs(page, current_cards(cards, lookup), lookup)
    _first(page, front.first(lookup, cards), lookup)
    _genes(page, lookup)
    _unknown(page, lookup)
    page.head("")
    page.line(words("footer.text"))
    return page.text()


class _Page:
    """Lines of one width, cleaned of control characters."""

    def __init__(self, width: int, colour: bool) -> None:
        self.width, self.colour = width, colour
        self.lines: list[str] = []

    def head(self, title: str) -> None:
        self.lines.append("")
        if title:
            self.line(title.upper())

    def line(self, text: str, indent: int = 0) -> None:
        clean = printable(text)
        self.lines += wrap(clean, self.width, initial_indent=" " * indent, subsequent_indent=" " * indent, break_on_hyphens=False) or [""]

    def item(self, tone: str, text: str) -> None:
        """A line that starts with the sign of `tone`."""
        at = len(self.lines)
        self.line(text, SIGN_WIDTH)
        sign = SIGNS.get(tone, "[?]")
        shown = f"\x1b[{COLOURS[tone]}m{sign}\x1b[0m" if self.colour and tone in COLOURS else sign
        self.lines[at] = shown + " " * (SIGN_WIDTH - len(sign)) + self.lines[at][SIGN_WIDTH:]

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines) + "\n"


def _alerts(page: _Page, block: AlertBlock, lookup: Lookup) -> None:
    words = lookup.words
    page.head(words("section.alerts"))
    for card in block.safety:
        doubt = f" ({words('state.to-verify')})" if card.doubtful else ""
        page.item(card.mark.tone, f"{card.mark.word}: {card.title}.{doubt}")
        page.line(f"{card.action} {words('step.who', owner=card.owner, within=card.within)}", SIGN_WIDTH)
        if card.means:
            page.line(f"{words('alarm.means_word')}: {card.means}.", SIGN_WIDTH)
        page.line(f"{card.signals} {words('alarm.never_clears')}", SIGN_WIDTH)
    if block.held:
        page.item("avoid", block.held)
    for alert in block.lines:
        page.item(alert.mark.tone, f"{alert.mark.word}: {alert.text}")


def _plan(page: _Page, lookup: Lookup) -> None:
    """The plan; nothing where nothing was planned."""
    lines = tuple(plan_text(lookup))
    if not lines:
        return
    page.head(lookup.words("section.plan"))
    for tone, text in lines:
        if tone:
            page.item(tone, text)
        else:
            page.line(f"{text}:")


def _drugs(page: _Page, cards: Sequence[DrugCard], lookup: Lookup) -> None:
    words = lookup.words
    page.head(words("section.drugs"))
    if not cards:
        page.item("unknown", words("title.drugs.none"))
    for card in cards:
        page.item(card.mark.tone, card.heading)
        if card.use:
            page.line(f"{words('drug.taken')}: {card.use}", SIGN_WIDTH)
        if card.why:
            page.line(f"{words('first.why')}: {card.why}", SIGN_WIDTH)
        for body, advices in card.bodies:
            for advice in advices:
                page.line(f"{body}: {advice.said.summary}", SIGN_WIDTH)
                for flag in advice.flags:
                    page.line(f"[!] {flag}", SIGN_WIDTH + 2)
                _openness(page, advice.invariance if not advice.settled else "", bool(advice.structural), lookup)
        if card.conversion:
            today = card.conversion.today[:1].lower() + card.conversion.today[1:]
            for shift in card.conversion.shifts:
                before = f"{shift.before.phrase} ({shift.before_reading})"
                after = f"{shift.after.phrase} ({shift.after_reading})"
                page.line(f"{shift.body}, {words('conversion.alone').lower()}: {before}; {today}: {after}", SIGN_WIDTH)
        if card.note:
            page.line(card.note, SIGN_WIDTH)


def _openness(page: _Page, invariance: str, structural: bool, lookup: Lookup) -> None:
    for text in (invariance, lookup.words("structure.title") + "." if structural else ""):
        if text:
            page.line(f"[?] {text}", SIGN_WIDTH + 2)


def _first(page: _Page, first: First, lookup: Lookup) -> None:
    words = lookup.words
    page.head(words("first.avoid"))
    for reason in first.avoid:
        page.item("avoid", f"{_names(reason.cards, lookup)} ({reason.why})")
    if not first.avoid:
        page.item("unknown", first.avoid_none)
    if first.instead:
        page.head(words("first.instead"))
        for label, cards, more in first.instead:
            page.item("fine", f"{label}: {', '.join([*(c.label for c in cards), *([more] if more else [])])}")
        page.line(words("first.genes_only"), SIGN_WIDTH)
    if first.instead_not:
        page.item("unknown", first.instead_not)


def _genes(page: _Page, lookup: Lookup) -> None:
    words = lookup.words
    calls = [call for _, call in ordered_calls(lookup)]
    said, unread = genes_said(lookup), unread_calls(lookup)
    calls = [call for call in calls if call not in unread]
    page.head(words("section.genes"))
    if not said:
        page.item("unknown", words("title.genes_none"))
        return
    page.line(f"{said}.")
    room = max((len(call.gene) for call in calls), default=0)
    for call in calls:
        if call.best is None:
            page.item("unknown", f"{call.gene:<{room}}  {words('status.not_called')}: {call.reason}")
            continue
        several = len(call.diplotypes) > 1
        tail = f" ({words('gene.one_of', n=len(call.diplotypes))})" if several else ""
        page.item("caution" if several else "fine", f"{call.gene:<{room}}  {call.best.name}{tail}  {phenotype_line(call)}")
    if unread:
        page.item("unknown", f"{words.counted('unknown.genes', len(unread))}: {', '.join(call.gene for call in unread)}")


def _unknown(page: _Page, lookup: Lookup) -> None:
    words = lookup.words
    page.head(words("section.unknown"))
    questions = open_questions(lookup)
    for question in questions:
        change = f" {words('unknown.change')} {question.would_change}" if question.would_change else ""
        get = f" {words('unknown.get')} {question.to_get}" if question.to_get else ""
        page.item("unknown", f"{question.title}.{get}{change}")
    if not questions:
        page.item("note", words("title.unknown.none"))


def _names(cards: Iterable[DrugCard], lookup: Lookup) -> str:
    labels = [card.label for card in cards]
    extra = len(labels) - NAMES_SHOWN
    more = f", {lookup.words.counted('unknown.labels_more', extra)}" if extra > 0 else ""
    return ", ".join(labels[:NAMES_SHOWN]) + more
