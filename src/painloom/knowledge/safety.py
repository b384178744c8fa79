"""Safety cards: what must happen, by whom and how soon, when a signal is raised; a clinic may raise levels, never lower them."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.tables import Fields, read_toml

NO_WORD = re.compile(r"[^a-z0-9]+")
NOT_LETTERS = "'‘’ʼ`´"  # apostrophes as people and word processors write them


def folded(text: str) -> str:
    """Text for comparing: no case, accents, apostrophes or invisible signs; everything but letters and digits is one blank."""
    if text.isascii():  # the same in one pass: letters of a large record are mostly plain
        return " ".join(NO_WORD.sub(" ", text.lower().replace("'", "").replace("`", "")).split())
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(c for c in plain if c not in NOT_LETTERS and unicodedata.category(c) not in ("Mn", "Cf"))
    return " ".join("".join(c if c.isalnum() else " " for c in kept).split())


@dataclass(frozen=True, slots=True)
class Level:
    """One level of urgency, the gravest first on its card: who acts, until when, and what is done."""

    id: str
    label: str
    owner: str
    within: str
    action: str
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class SafetyCard:
    """Levels, which level each signal raises, and which drugs at home are a means of harm.

    `words` are phrases that must be asked about; `words_fact` is the fact of a case whose record held one, "" where there is none.
    `actions` are what to do for signals that ask for something else than their level does.
    """

    id: str
    release: str
    label: str
    claim: str
    licence: str
    sources: tuple[str, ...]
    levels: tuple[Level, ...]
    signals: dict[str, str]
    means_groups: tuple[str, ...]
    means_drugs: tuple[str, ...]
    words: tuple[str, ...]
    notes: tuple[str, ...] = ()
    words_fact: str = ""
    actions: dict[str, str] = field(default_factory=dict)

    def level(self, signal: str) -> Level:
        """The level of a signal; a signal that the card does not name gets the gravest, so that nothing is lowered by omission."""
        wanted = self.signals.get(signal)
        return next((level for level in self.levels if level.id == wanted), self.levels[0])

    def action(self, signal: str) -> str:
        """What is to be done about a signal."""
        return self.actions.get(signal) or self.level(signal).action

    def mentions(self, text: str) -> bool:
        """True when one of the card's phrases stands in the text, said of whom and meant how ever: denied and past ones count."""
        if text.isascii() and not text.strip():
            return False
        plain = f" {folded(text)} "
        return any(word in plain for word in self._folded_words)

    @cached_property
    def _folded_words(self) -> tuple[str, ...]:
        """The phrases for comparing; a blank at the end still asks for the end of a word."""
        return tuple(folded(word) + " " * word.endswith(" ") for word in self.words)


def read_safety(path: Path) -> SafetyCard:
    """The safety card at `path`; KnowledgeError where a signal names a level that is not on the card."""
    card = Fields(read_toml(path), path.name)
    levels = tuple(
        Level(f.text("id"), f.text("label"), f.text("owner"), f.text("within"), f.text("action"), f.text("state"), f.texts("sources"))
        for f in card.children("level")
    )
    signals = card.mapping("signals")
    known = {level.id for level in levels}
    if not levels or not set(signals.values()) <= known:
        raise KnowledgeError(f"{path.name}: a signal names a level that the card does not have")
    actions = card.mapping("actions")
    if not set(actions) <= set(signals):
        raise KnowledgeError(f"{path.name}: an action belongs to a signal that the card does not have")
    return SafetyCard(
        id=card.text("id"),
        release=card.text("release"),
        label=card.text("label"),
        claim=card.text("claim"),
        licence=card.text("licence"),
        sources=card.texts("sources"),
        levels=levels,
        signals=signals,
        means_groups=card.texts("means_groups"),
        means_drugs=card.texts("means_drugs"),
        words=card.texts("words"),
        notes=card.texts("notes"),
        actions=actions,
        words_fact=card.text("words_fact", ""),
    )
