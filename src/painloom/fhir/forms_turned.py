"""Items that an instrument reverses: are the form's points raw, as the card counts them, or turned round already?

The same options on a question that is not reversed tell it: equal points are raw, mirrored points are turned.  What cannot be compared
is not guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from painloom.fhir.forms_points import CARD, WHOLE_OR_NONE, Worth, worth_of
from painloom.fhir.forms_read import Choice, Question
from painloom.knowledge.instrument_cards import InstrumentCard, Item

TURNED = (
    "its points are turned round already and the instrument turns this item itself: it would be turned twice; "
    "correct the form, or have them turned back (--turn-back)"
)
UNTOLD = "the instrument reverses this item and no other question with the same options tells whether the form's points are turned already"


@dataclass(frozen=True, slots=True)
class Settled:
    """The points of an item as the card counts them; `turned_back` where the form had them the other way round."""

    worth: Worth
    turned_back: bool = False


def reversed_places(card: InstrumentCard) -> frozenset[int]:
    """Places of the items that any scale reverses."""
    return frozenset(place for scale in card.scales for place in scale.reversed)


def settle(
    question: Question, item: Item, worth: Worth | str, peers: Sequence[Worth], *, by_position: bool, turn_back: bool
) -> Settled | str:
    """Raw points of a reversed item, or why they cannot be told.

    `peers` are the options of questions whose items are not reversed.
    """
    ends = item.range.low + item.range.high
    if isinstance(worth, str):  # weights that are turned contradict the card's codes: then they fit when they are turned back
        other = worth_of(_mirrored(question, ends), item, by_position=by_position)
        if isinstance(other, str) or CARD not in other.by:
            return worth
        return Settled(replace(other, choices=question.choices), True) if turn_back else TURNED
    if not worth.choices or CARD in worth.by or question.kind == "boolean":
        return Settled(worth)
    return _compared(worth, ends, peers, turn_back=turn_back)


def _compared(worth: Worth, ends: int, peers: Sequence[Worth], *, turn_back: bool) -> Settled | str:
    own = worth.by_key()
    alike = [told for peer in peers if (told := peer.by_key()).keys() == own.keys()]
    if not alike or any(told != alike[0] for told in alike):
        return UNTOLD
    mirror = {key: ends - points for key, points in own.items()}
    if alike[0] == own and own != mirror:
        return Settled(worth)
    if alike[0] != mirror:
        return UNTOLD
    return Settled(replace(worth, points=tuple(ends - points for points in worth.points)), True) if turn_back else TURNED


def _mirrored(question: Question, ends: int) -> Question:
    """The question with its weights turned round."""

    def turned(told: Mapping[str, float]) -> dict[str, float]:
        return {name: ends - value if name in WHOLE_OR_NONE else value for name, value in told.items()}

    return replace(question, choices=tuple(Choice(c.code, c.system, c.text, turned(c.told), c.clash, c.is_known) for c in question.choices))
