"""The red flags: raised, to watch, not asked, not present."""

from dataclasses import dataclass

from painloom.model.redflag import NOT_ASKED, NOT_PRESENT, PRESENT, WATCH, FlagFinding, RedFlag
from painloom.report.alerts import due, flags_in, short_label
from painloom.report.lookup import Lookup
from painloom.report.views import Mark, Ref
from painloom.report.wording import capital, sentence

TONES = {PRESENT: "avoid", WATCH: "caution", NOT_ASKED: "unknown", NOT_PRESENT: "note"}
DOUBT = "to-verify"


@dataclass(frozen=True, slots=True)
class FlagCard:
    """One flag: what raises it, what to do and by when, what was never asked."""

    anchor: str
    mark: Mark
    label: str
    found: tuple[str, ...]
    act: str
    within: str
    ask: tuple[str, ...]
    notes: tuple[str, ...]
    doubtful: bool
    claim: str
    card: str
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class FlagsView:
    """The section."""

    raised: tuple[FlagCard, ...]
    watch: tuple[FlagCard, ...]
    not_asked: tuple[FlagCard, ...]
    not_present: tuple[FlagCard, ...]
    not_asked_title: str
    not_present_title: str


def flags_view(lookup: Lookup) -> FlagsView | None:
    """The section; None where the knowledge asks for no flag."""
    if not lookup.assessment.red_flags:
        return None
    cards = {state: tuple(_card(n, flag, lookup) for n, flag in flags_in(lookup, state)) for state in TONES}
    return FlagsView(
        raised=cards[PRESENT],
        watch=cards[WATCH],
        not_asked=cards[NOT_ASKED],
        not_present=cards[NOT_PRESENT],
        not_asked_title=lookup.words.counted("flags.not_asked", len(cards[NOT_ASKED])),
        not_present_title=lookup.words.counted("flags.not_present", len(cards[NOT_PRESENT])),
    )


def flags_title(lookup: Lookup) -> str:
    """What is raised by name, else what is to watch, and how many nobody asked about."""
    words = lookup.words
    raised = [short_label(flag) for _, flag in flags_in(lookup, PRESENT)]
    watch, unasked = len(flags_in(lookup, WATCH)), len(flags_in(lookup, NOT_ASKED))
    parts = [words.either(len(raised), "flags.raised", "flags.raised_many", names=words.listing(raised))] if raised else []
    parts += [words.counted("flags.count_watch", watch)] if watch else []
    parts += [words.counted("flags.count_open", unasked)] if unasked else []
    return capital("; ".join(parts or [words("flags.none")]))


def _card(n: int, flag: RedFlag, lookup: Lookup) -> FlagCard:
    words = lookup.words
    return FlagCard(
        anchor=f"flag-{n}",
        mark=Mark(TONES.get(flag.state, "unknown"), words.word("flagstate", flag.state)),
        label=flag.label,
        found=tuple(_found(f, lookup) for f in flag.found),
        act=sentence(flag.act),
        within=capital(due(flag.within, lookup)),
        ask=tuple(f.label for f in flag.not_asked),
        notes=tuple(sentence(note) for note in flag.notes),
        doubtful=flag.knowledge_state == DOUBT,
        claim=words.word("claim", flag.claim),
        card=words("basis.card_text", id=flag.card[0], release=flag.card[1]),
        sources=lookup.sources(flag.sources),
    )


def _found(finding: FlagFinding, lookup: Lookup) -> str:
    strength = lookup.words.word("strengthof", finding.strength)
    basis = f"; {finding.basis}" if finding.basis else ""
    return f"{finding.label} ({strength}{basis})"
