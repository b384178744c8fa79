"""Body sites of a record in words, with the side."""

import re

from painloom.fhir.coding import SNOMED, concept
from painloom.fhir.node import Node

LEFT, RIGHT = "left", "right"
SIDES = {(SNOMED, "7771000"): (LEFT,), (SNOMED, "24028007"): (RIGHT,), (SNOMED, "51440002"): (LEFT, RIGHT)}
ONLY_SIDE = re.compile(r"(?:(?:left|right|bilateral|both|and|sides?|structure|\(qualifier value\)|of|body|[\s,/&-])+)", re.IGNORECASE)


def sites_of(node: Node, name: str = "bodySite") -> tuple[str, ...]:
    """The body sites of a resource in its order, each once: its text, and "left" or "right" where only a code or its display tells it.

    A site that is nothing but a side is put behind the other sites of the same record.
    """
    texts = [text for part in node.nodes(name) if (text := _site(part))]
    sides = [text for text in texts if ONLY_SIDE.fullmatch(text)]
    places = [text for text in texts if text not in sides]
    told = dict.fromkeys(word for text in sides for word in _sides(text))
    if not places:
        return tuple(dict.fromkeys(sides))
    return tuple(dict.fromkeys(node.fit(_with(place, told), name) for place in places))


def _site(part: Node) -> str:
    """Text of one site; the words of its codings give the side that the text leaves out."""
    found = concept(part)
    displays = " ".join(coding.text("display") for coding in part.nodes("coding"))
    sides = [*_sides(displays), *(side for code in found.codes for side in SIDES.get(code, ()))]
    return _with(found.text, dict.fromkeys(sides))


def _sides(text: str) -> list[str]:
    low = text.casefold()
    if re.search(r"\b(?:bilateral|both)\b", low):
        return [LEFT, RIGHT]
    return [side for side in (LEFT, RIGHT) if re.search(rf"\b{side}\b", low)]


def _with(place: str, sides: dict[str, None]) -> str:
    """The place with the sides, unless it tells a side itself."""
    if not place or not sides or _sides(place):
        return place or " and ".join(sides)
    return f"{place}, {' and '.join(sides)}"
