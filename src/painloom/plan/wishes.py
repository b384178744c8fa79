"""Wishes in the person's own words -> weights of what counts; what is not understood stays a wish and is shown."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from painloom.knowledge.plan_cards import WishBook, WishDomain
from painloom.model.formulation import Driver

NUMBER = re.compile(r"^[+-]?\d{1,6}(?:[.,]\d{1,6})?$")
OF_TEN = "/10"
TOP = 10.0


@dataclass(frozen=True, slots=True)
class Weights:
    """Weight of every domain, which of them the person named, and wishes that no word list understands."""

    by_domain: tuple[tuple[str, float], ...]
    named: frozenset[str]
    unread: tuple[str, ...]

    def of(self, domain: str) -> float:
        """The weight of a domain; 0 for one that the book does not know."""
        return dict(self.by_domain).get(domain, 0.0)


def understand(wishes: Sequence[str], drivers: Iterable[Driver], book: WishBook) -> Weights:
    """What the person wants counts most.

    A wish "sleep: 9" (0 to 10) sets the weight of a domain; a sentence raises every domain of which it holds a word.  A domain that nobody
    names has the book's weight, more where something of its kind keeps the pain going.
    """
    rated: dict[str, float] = {}
    named: dict[str, None] = {}
    unread = []
    for wish in wishes:
        domain, value = _rated(wish, book)
        if domain is not None:
            rated[domain.id] = value
            named[domain.id] = None
            continue
        found = [one.id for one in book.domains if _speaks_of(wish, one)]
        named.update(dict.fromkeys(found))
        unread += [] if found else [wish]
    kinds = {driver.kind for driver in drivers}
    weights = []
    for one in book.domains:
        weight = one.raised if kinds & set(one.raised_by) else one.weight
        weight = max(weight, book.wished) if one.id in named else weight
        weights.append((one.id, rated.get(one.id, weight)))
    return Weights(tuple(weights), frozenset(named), tuple(unread))


def _rated(wish: str, book: WishBook) -> tuple[WishDomain | None, float]:
    """A wish of the form "domain: number", in a language of the book; numbers above 10 count as 10, those below 0 as 0."""
    name, _, value = (part.strip().lower() for part in wish.rpartition(":"))
    number = "".join(value.split()).removesuffix(OF_TEN)
    if not name or not NUMBER.match(number):
        return None, 0.0
    domain = next((one for one in book.domains if name in _names(one)), None)
    return domain, min(max(float(number.replace(",", ".")), 0.0), TOP) / TOP


def _names(domain: WishDomain) -> set[str]:
    """What a person may call a domain in a rating: its id, its label, or one of its words."""
    return {domain.id, domain.label.lower(), *(word.lower() for _, word in domain.words)}


def _speaks_of(wish: str, domain: WishDomain) -> bool:
    """Whether a wish holds a word of the domain, at the beginning of a word of its own."""
    text = wish.lower()
    return any(re.search(rf"(?<!\w){re.escape(word)}", text) for _, word in domain.words)
