"""The card of follow-up: when to look again, with which measures, and which change counts."""

from dataclasses import dataclass
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.tables import Fields, read_toml


@dataclass(frozen=True, slots=True)
class Smallest:
    """The smallest change of a pain score of 0 to 10 that matters to people who start from `low` to `high`."""

    low: float
    high: float
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the person: `drivers` adds the measures of what keeps the pain going, `judges` says whether response is judged.

    `young` is True for a look at pain that is young, False for one at chronic pain.
    """

    week: float
    measures: tuple[str, ...]
    drivers: bool
    judges: bool
    text: str
    otherwise: str
    sources: tuple[str, ...]
    young: bool = False


@dataclass(frozen=True)
class FollowUpCard:
    """`pain` are scales of pain in order of preference, `pain_text` what to use where none was filled in."""

    id: str
    release: str
    sources: tuple[str, ...]
    pain: tuple[str, ...]
    pain_text: str
    responder_text: str
    early_otherwise: str
    end_otherwise: str
    therapy_otherwise: str
    smallest: tuple[Smallest, ...]
    looks: tuple[Look, ...]


def read_followup(path: Path) -> FollowUpCard:
    """The card of follow-up; KnowledgeError where a field is missing or the looks are not in order."""
    fields = Fields(read_toml(path), path.name)
    looks = tuple(
        Look(
            child.number("week"),
            child.texts("measures"),
            child.flag("drivers"),
            child.flag("judges"),
            child.text("text"),
            child.text("otherwise"),
            child.texts("sources"),
            child.flag("young"),
        )
        for child in fields.children("look")
    )
    weeks = [(look.young, look.week) for look in looks]
    if not looks or weeks != sorted(weeks) or min(look.week for look in looks) <= 0:
        raise KnowledgeError(f"{path.name}: [[look]] is needed, in order of weeks above 0, those of young pain last")
    return FollowUpCard(
        id=fields.text("id"),
        release=fields.text("release"),
        sources=fields.texts("sources"),
        pain=fields.texts("pain"),
        pain_text=fields.text("pain_text"),
        responder_text=fields.text("responder_text"),
        early_otherwise=fields.text("early_otherwise"),
        end_otherwise=fields.text("end_otherwise"),
        therapy_otherwise=fields.text("therapy_otherwise"),
        smallest=tuple(
            Smallest(c.number("low"), c.number("high"), c.text("text"), c.texts("sources")) for c in fields.children("smallest")
        ),
        looks=looks,
    )
