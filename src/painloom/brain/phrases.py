"""Words of a record: text cut into tokens with their clauses, and phrases found in them, the longest first."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

WORD = re.compile(r"[^\W_]+(?:['’]s\b)?|[.;!?\n•]|[,()\[\]:]")
SHORT = (("h/o", "history of"), ("s/p", "status post"), ("w/o", "without"), ("f/h", "fh"), ("r/o", "rule out"), ("c/o", "complains of"))
SENTENCE, HARD, SOFT = frozenset(".;!?\n•"), frozenset(","), frozenset("()[]:")
TURNS = frozenset(("but", "however", "although", "though", "whereas"))
JOINS = frozenset(("and", "with", "has", "having"))


@dataclass(frozen=True, slots=True)
class Token:
    """A word in lower case with the numbers of the spans it lies in: sentence, clause between commas, narrow clause."""

    word: str
    sentence: int
    hard: int
    soft: int


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found: whose it is ("" = nobody's), the places of its words, its first and last place."""

    owner: str
    places: tuple[int, ...]

    @property
    def start(self) -> int:
        """Place of the first word."""
        return self.places[0]

    @property
    def end(self) -> int:
        """Place of the last word."""
        return self.places[-1]


def tokens_of(text: str) -> tuple[Token, ...]:
    """The words of a text; a full stop between digits is no end of a sentence, "and", "with" and "has" open a narrow clause."""
    folded = text.casefold()
    for short, long in SHORT:
        folded = re.sub(rf"(?<!\w){re.escape(short)}(?!\w)", long, folded)
    folded = re.sub(r"(?<=\d)[.,](?=\d)", " ", folded)
    found: list[Token] = []
    sentence = hard = soft = 0
    for part in WORD.findall(folded):
        if part in SENTENCE:
            sentence, hard, soft = sentence + 1, hard + 1, soft + 1
        elif part in HARD:
            hard, soft = hard + 1, soft + 1
        elif part in SOFT:
            soft += 1
        else:
            word = re.sub(r"['’]s$", "", part)
            if word in TURNS:
                hard, soft = hard + 1, soft + 1
            elif word in JOINS:
                soft += 1
            found.append(Token(word, sentence, hard, soft))
    return tuple(found)


Part = tuple[str, ...]


class PhraseBook:
    """Phrases to look for; a word that ends in `*` fits every ending, ` + ` joins parts that stand anywhere in one sentence."""

    def __init__(self, phrases: Iterable[tuple[str, str]]):
        """`phrases` are (owner, phrase) pairs."""
        self._phrases = [(owner, tuple(_part(part) for part in phrase.split(" + "))) for owner, phrase in phrases]

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[str, tuple[Part, ...]]]]:
        """Phrases by the first two letters of their first word."""
        found: dict[str, list[tuple[str, tuple[Part, ...]]]] = {}
        for owner, parts in self._phrases:
            first = parts[0][0]
            found.setdefault(first.rstrip("*")[:2], []).append((owner, parts))
        return found

    def find(self, tokens: Sequence[Token]) -> tuple[Match, ...]:
        """Every phrase in order of place; one whose words all belong to a longer phrase is not kept."""
        candidates = sorted(self._candidates(tokens), key=lambda m: (-len(m.places), m.end - m.start, m.start))
        kept: list[Match] = []
        for match in candidates:
            if not any(set(match.places) <= set(longer.places) for longer in kept):
                kept.append(match)
        return tuple(sorted(kept, key=lambda m: m.places))

    def _candidates(self, tokens: Sequence[Token]) -> Iterator[Match]:
        for start, token in enumerate(tokens):
            for owner, parts in self._by_first.get(token.word[:2], ()):
                places = _at(tokens, start, parts[0])
                if places and (rest := _rest(tokens, start, parts[1:])) is not None:
                    yield Match(owner, tuple(sorted({*places, *rest})))


def _part(text: str) -> Part:
    return tuple(text.casefold().split())


def _fits(word: str, pattern: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def _at(tokens: Sequence[Token], start: int, part: Part) -> tuple[int, ...]:
    """Places of a part that begins at `start`, within one sentence; () where it does not."""
    end = start + len(part)
    if end > len(tokens) or tokens[end - 1].sentence != tokens[start].sentence:
        return ()
    fits = all(_fits(tokens[start + i].word, pattern) for i, pattern in enumerate(part))
    return tuple(range(start, end)) if fits else ()


def _rest(tokens: Sequence[Token], start: int, parts: Sequence[Part]) -> tuple[int, ...] | None:
    """Places of the other parts in the sentence of `start`, None where one is missing."""
    found: tuple[int, ...] = ()
    for part in parts:
        here = (i for i, token in enumerate(tokens) if token.sentence == tokens[start].sentence)
        places = next((p for i in here if (p := _at(tokens, i, part))), ())
        if not places:
            return None
        found += places
    return found


def has_phrase(words: Sequence[str], phrases: Iterable[str]) -> bool:
    """Whether any of the phrases stands in the words, word by word."""
    return any(
        any(all(_fits(word, p) for word, p in zip(words[i : i + len(part)], part, strict=True)) for i in range(len(words) - len(part) + 1))
        for part in (_part(phrase) for phrase in phrases)
    )
