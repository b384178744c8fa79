"""A place in a JSON document that remembers what was read of it: what nobody read is found afterwards and listed."""

import datetime
import re
from collections.abc import Iterator

LONGEST = 2000
NO_PLACE = "a case has no place for it, or it is not of the type that FHIR R4 gives it"
CUT = f"longer than {LONGEST:,} characters: the rest was left out"
KEY = re.compile(r"_?[A-Za-z][A-Za-z0-9]{0,63}")
DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T[0-9:.Z+-]*)?")
EMPTY: tuple[object, ...] = (None, "", [], {})
Seen = dict[str, str]


class Node:
    """A JSON value with its path.  `seen` is shared by all nodes of a resource: path -> why the part was left out, "" when it was used."""

    __slots__ = ("path", "seen", "value")

    def __init__(self, value: object, path: str, seen: Seen):
        """`path` names the place for people; it holds no value of the document."""
        self.value, self.path, self.seen = value, path, seen

    def has(self, name: str) -> bool:
        """True when the element is there and not empty, whatever its type."""
        return isinstance(self.value, dict) and self.value.get(name) not in EMPTY

    def get(self, name: str) -> "Node | None":
        """The element when it is an object (or the first of a list of objects, which some writers send)."""
        found = self.nodes(name)
        return found[0] if found else None

    def nodes(self, name: str) -> "list[Node]":
        """The objects of a list; one object without its list is taken too."""
        value = self.value.get(name) if isinstance(self.value, dict) else None
        if isinstance(value, dict):
            return [Node(value, f"{self.path}.{name}", self.seen)]
        if not isinstance(value, list):
            return []
        return [Node(item, f"{self.path}.{name}[{n}]", self.seen) for n, item in enumerate(value) if isinstance(item, dict)]

    def text(self, name: str) -> str:
        """A text without blanks around it; "" when absent or of another type."""
        value = self.value.get(name) if isinstance(self.value, dict) else None
        if not isinstance(value, str):
            return ""
        clean = value.encode("utf-8", "replace").decode("utf-8").strip()
        self.seen[f"{self.path}.{name}"] = "" if len(clean) <= LONGEST else CUT
        return clean[:LONGEST].strip()

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list of texts."""
        value = self.value.get(name) if isinstance(self.value, dict) else None
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return ()
        self.seen[f"{self.path}.{name}"] = ""
        return tuple(item.strip() for item in value)

    def number(self, name: str, low: float = -1e9, high: float = 1e9) -> float | None:
        """A number from `low` to `high`; None when absent, of another type or outside."""
        value = self.value.get(name) if isinstance(self.value, dict) else None
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            return None
        self.seen[f"{self.path}.{name}"] = ""
        return float(value)

    def flag(self, name: str) -> bool | None:
        """True or false; None when absent or of another type."""
        value = self.value.get(name) if isinstance(self.value, dict) else None
        if not isinstance(value, bool):
            return None
        self.seen[f"{self.path}.{name}"] = ""
        return value

    def date(self, name: str) -> str:
        """`YYYY`, `YYYY-MM` or `YYYY-MM-DD` as written (the local day of a date with a time); "" when absent or no date."""
        value = self.value.get(name) if isinstance(self.value, dict) else None
        found = DATE.fullmatch(value.strip()) if isinstance(value, str) and len(value) < 60 else None
        if found is None:
            return ""
        year, month, day = found.groups()
        try:
            datetime.date(int(year), int(month or 1), int(day or 1))
        except ValueError:
            return ""
        self.seen[f"{self.path}.{name}"] = ""
        return "-".join(part for part in (year, month, day) if part)

    def fit(self, text: str, name: str) -> str:
        """A text put together of several, within the limit; where it is cut, the element is listed."""
        if len(text) > LONGEST:
            self.leave(CUT, name)
        return text[:LONGEST].strip()

    def mark(self, *names: str) -> None:
        """These elements (the whole node without names) were used, or carry nothing that a case asks for."""
        self.leave("", *names)

    def leave(self, why: str, *names: str) -> None:
        """These elements (the whole node without names) were left out for a reason."""
        for name in names:
            if self.has(name):
                self.seen[f"{self.path}.{name}"] = why
        if not names:
            self.seen[self.path] = why

    def keys(self) -> tuple[str, ...]:
        """The names of the object's elements."""
        return tuple(self.value) if isinstance(self.value, dict) else ()

    def leftovers(self) -> Iterator[tuple[str, str]]:
        """(path, why) of every part that nobody read, the largest wholly unread part as one, and of every part left out for a reason."""
        yield from _unread(self.value, self.path, self.seen)[0]


def _unread(value: object, path: str, seen: Seen) -> tuple[list[tuple[str, str]], bool]:
    """What was not read below `path`, and whether that is all of it."""
    why = seen.get(path)
    if why is not None:
        return ([(path, why)] if why else []), False
    if isinstance(value, dict):
        parts = [_unread(v, f"{path}.{k if KEY.fullmatch(k) else '(unknown element)'}", seen) for k, v in value.items() if v not in EMPTY]
    elif isinstance(value, list):
        parts = [_unread(v, f"{path}[{n}]", seen) for n, v in enumerate(value) if v not in EMPTY]
    else:
        return [(path, NO_PLACE)], True
    if parts and all(whole for _, whole in parts):
        return [(path, NO_PLACE)], True
    return [line for lines, _ in parts for line in lines], False
