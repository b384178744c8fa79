"""Words of a record: text cut into tokens with their clauses, and phrases found in them, the longest first."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

WORD = re.compile(r"[^\W_]+(?:['’]s\b)?|[.;!?\n•]|[,()\[\]:]")
SHORT = (("h/o", "history of"), ("s/p", "status post"), ("w/o", "without"), ("f/h", "fh"), ("r/o", "rule out"), ("c/o", "complains of"))
CODE = re.compile(r"(?<!\w)icd[-\s]*(?:\d+[-\s]*)?(?:[cgp]m)?[:\s]*[a-z]\d\d\.\w+")  # "ICD M54.5" names a code, no device
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
    folded = CODE.sub(" ", text.casefold())
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
        over: dict[int, list[frozenset[int]]] = {}  # place of a word -> phrases kept that hold it
        for match in candidates:
            words = frozenset(match.places)
            if not any(words <= longer for longer in over.get(match.start, ())):
                kept.append(match)
                for place in match.places:
                    over.setdefault(place, []).append(words)
        return tuple(sorted(kept, key=lambda m: m.places))

    def _candidates(self, tokens: Sequence[Token]) -> Iterator[Match]:
        ranges = _sentences(tokens)
        first: dict[tuple[int, Part], tuple[int, ...]] = {}  # (sentence, part) -> its first places there
        for start, token in enumerate(tokens):
            for owner, parts in self._by_first.get(token.word[:2], ()):
                places = _at(tokens, start, parts[0])
                if not places:
                    continue
                rest = []
                for part in parts[1:]:
                    key = (token.sentence, part)
                    if key not in first:
                        first[key] = next((p for i in ranges[token.sentence] if (p := _at(tokens, i, part))), ())
                    rest.append(first[key])
                if all(rest):
                    yield Match(owner, tuple(sorted({*places, *(place for found in rest for place in found)})))


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


def _sentences(tokens: Sequence[Token]) -> dict[int, range]:
    """Places of the words of each sentence; its number -> range."""
    starts: dict[int, int] = {}
    found: dict[int, range] = {}
    for place, token in enumerate(tokens):
        start = starts.setdefault(token.sentence, place)
        found[token.sentence] = range(start, place + 1)
    return found


def has_phrase(words: Sequence[str], phrases: Iterable[str]) -> bool:
    """Whether any of the phrases stands in the words, word by word."""
    return any(
        any(all(_fits(word, p) for word, p in zip(words[i : i + len(part)], part, strict=True)) for i in range(len(words) - len(part) + 1))
        for part in (_part(phrase) for phrase in phrases)
    )
