"""How often each state stands in the lists of the document: the numbers behind "13 red flags not asked about"."""

from collections import Counter
from collections.abc import Iterator, Mapping

# Fields that sort the entries of a list into a few kinds; other texts of the nouns are names, reasons and amounts.
SORTS = ("state", "status", "grade", "severity", "action", "current", "invariant")


def tallies(document: Mapping[str, object]) -> dict[str, dict[str, int]]:
    """Place of a list with the field, such as "red_flags.state" -> each value with its count, in the order in which they are met.

    Lists inside the entries of a list (the sites of one gene) are that entry's own and are not counted here.
    """
    return {
        f"{place}.{field}": dict(Counter(values))
        for place, entries in _lists(document, "")
        for field in SORTS
        if (values := [_word(entry[field]) for entry in entries if isinstance(entry.get(field), str | bool) and entry[field] != ""])
    }


def _lists(node: Mapping[str, object], place: str) -> Iterator[tuple[str, list[dict[str, object]]]]:
    for name, value in node.items():
        here = f"{place}.{name}" if place else name
        if isinstance(value, dict):
            yield from _lists(value, here)
        elif isinstance(value, list):
            yield here, [entry for entry in value if isinstance(entry, dict)]


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
