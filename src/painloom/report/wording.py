"""Fixed phrases and section order of a report, read from the wording and layout cards."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from painloom.errors import KnowledgeError

# control characters, and marks that turn the direction of the text after them
FILE = re.compile(r"[\\<\[{_]|/$|\.\w{2,5}$")  # a first word like this is a path or the name of a file
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Layout:
    """Which sections a report has and in what order; `front` is page one, `beside` are pairs side by side.

    `domains` is the order of the mind's domains, `expected` those that are shown even when nobody measured them; `guidepost` is the
    opioid total a day from which the report speaks up.
    """

    id: str
    sections: tuple[str, ...]
    front: tuple[str, ...]
    beside: tuple[tuple[str, ...], ...]
    fold: tuple[str, ...]
    domains: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    guidepost: float = float("inf")


@dataclass(frozen=True, slots=True)
class Wording:
    """Phrases by dotted key, for instance "action.avoid.phrase"."""

    id: str
    phrases: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """The phrase of `key` with its {names} filled in; raises KnowledgeError when the card lacks it."""
        try:
            return self.phrases[key].format(**values)
        except KeyError as missing:
            raise KnowledgeError(f"wording/{self.id}.toml: {missing} is needed by {key!r}; add it to the card") from None

    def counted(self, key: str, count: int, /, **values: object) -> str:
        """The `.none`, `.one` or `.many` form of `key`; `n` is the count."""
        form = "one" if count == 1 else "none" if count == 0 and f"{key}.none" in self.phrases else "many"
        return self(f"{key}.{form}", n=count, **values)

    def word(self, family: str, value: str) -> str:
        """The word for a code such as a strength; the code itself where the card has no word for it."""
        return self.phrases.get(f"{family}.{value}", value)

    def listing(self, names: tuple[str, ...] | list[str], last: str = "plan.and") -> str:
        """Names in a row with the card's word between the last two, "a, b and c"."""
        return listing(names, self(last))

    def inside(self, text: str) -> str:
        """A name of this card within a sentence: with a small first letter, in a language that does not write nouns with a capital."""
        return small(text) if self("grammar.nouns") == "small" else text

    def title(self, text: str) -> str:
        """`capital`, for templates."""
        return capital(text)

    def either(self, count: int, key: str, many: str, /, **values: object) -> str:
        """The phrase of `key` for one, of `many` for every other count."""
        return self(key if count == 1 else many, **values)


def read_wording(name: str = "en") -> Wording:
    """The wording card `name`."""
    return Wording(name, dict(_flat(_card("wording", name))))


def read_layout(name: str = "clinician") -> Layout:
    """The layout card `name`."""
    card = _card("layouts", name)

    def names(key: str) -> tuple[str, ...]:
        return tuple(str(x) for x in _listed(card, key))

    return Layout(
        id=name,
        sections=names("sections"),
        front=names("front"),
        beside=tuple(tuple(str(x) for x in pair) for pair in _listed(card, "beside") if isinstance(pair, list)),
        fold=names("fold"),
        domains=names("domains"),
        expected=names("expected"),
        guidepost=_guidepost(card),
    )


@cache
def _card(kind: str, name: str) -> Mapping[str, object]:
    path = files("painloom").joinpath("knowledge", "data", kind, f"{name}.toml")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as wrong:
        raise KnowledgeError(f"{kind}/{name}.toml: cannot be read: {wrong}") from None


def _listed(card: Mapping[str, object], key: str) -> list[object]:
    value = card.get(key, [])
    return value if isinstance(value, list) else []


def _guidepost(card: Mapping[str, object]) -> float:
    value = card.get("guidepost")
    return float(value) if isinstance(value, int | float) else float("inf")


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def listing(names: tuple[str, ...] | list[str], last: str = "and") -> str:
    """Names in a row, "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def number(value: float) -> str:
    """A number without trailing zeros."""
    return f"{value:.0f}" if abs(value) >= 10_000 else f"{value:.4g}"


def printable(text: str) -> str:
    """`text` with a blank for every control character and direction mark, which could hide or turn what follows."""
    return UNPRINTABLE.sub(" ", text)


def capital(text: str) -> str:
    """`text` with a capital first letter, save where it begins with a path, the name of a file, or a word like "rTMS"."""
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    return text if FILE.search(first) or first[1:2].isupper() else text[:1].upper() + text[1:]


def small(text: str) -> str:
    """`text` with a small first letter, save where its second letter is a capital ("NSAID", "rTMS")."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def sentence(text: str) -> str:
    """`text` as a sentence: a capital first letter and a full stop."""
    return capital(text) + ("" if not text or text[-1] in ".!?" else ".")
