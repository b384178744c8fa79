"""Safety cards: what must happen, by whom and how soon, when a signal is raised; a clinic may raise levels, never lower them."""

from dataclasses import dataclass
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.tables import Fields, read_toml


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
    """Levels, which level each signal raises, and which drugs at home are a means of harm."""

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

    def level(self, signal: str) -> Level:
        """The level of a signal; a signal that the card does not name gets the gravest, so that nothing is lowered by omission."""
        wanted = self.signals.get(signal)
        return next((level for level in self.levels if level.id == wanted), self.levels[0])


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
    )
