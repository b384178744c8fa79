"""Whether a phrase in a record is said of the person: asserted, denied, of a relative, removed, or only planned.

Every doubt counts as asserted: a wrong refusal costs a question, a wrong clearance may cost a seizure.
"""

from collections.abc import Mapping, Sequence

from painloom.brain.phrases import Match, Token, has_phrase

ASSERTED, DENIED, RELATIVE, REMOVED, PLANNED = "asserted", "denied", "relative", "removed", "planned"
NEAR = 4
LONG = 80  # words; a longer sentence is not understood, so what it names counts
Cues = Mapping[str, tuple[str, ...]]


def context(tokens: Sequence[Token], matches: Sequence[Match], index: int, cues: Cues, *, is_device: bool) -> str:
    """What the words around a match make of it.

    Parameters
    ----------
    index : which of `matches`, which are in order of place.
    is_device : only a device can be removed or planned.
    """
    match = matches[index]
    low, high = _edges(tokens, match)
    if high - low > LONG:
        return ASSERTED
    before = _carrier(tokens, matches, index, low)
    if before is not None:
        said = context(tokens, matches, before, cues, is_device=is_device)
        if said in (DENIED, RELATIVE):
            return said
    near, here = tokens[low:high], _moved(match, low)
    if _denied(near, here, cues):
        return DENIED
    if _of_relative(near, here, cues, again=_is_told_again(tokens, matches, index, high)):
        return RELATIVE
    behind = matches[index + 1].start - low if index + 1 < len(matches) else high - low
    if is_device and _removed(near, here, behind, cues):
        return REMOVED
    return PLANNED if is_device and _planned(near, here, cues) else ASSERTED


def _edges(tokens: Sequence[Token], match: Match) -> tuple[int, int]:
    """First and one past the last word of the match's sentence; not further than needed to know that it is too long."""
    sentence = tokens[match.start].sentence
    low, high = match.start, match.end + 1
    while low > 0 and tokens[low - 1].sentence == sentence and high - low <= LONG:
        low -= 1
    while high < len(tokens) and tokens[high].sentence == sentence and high - low <= LONG:
        high += 1
    return low, high


def _carrier(tokens: Sequence[Token], matches: Sequence[Match], index: int, low: int) -> int | None:
    """The match of the same owner that "and" joins to this one: what is said of it holds for this one too."""
    match = matches[index]
    for number in range(index - 1, -1, -1):
        other = matches[number]
        if other.start < low:
            return None
        if other.owner == match.owner:
            return number if other.end == match.start - 2 and tokens[match.start - 1].word == "and" else None
    return None


def _moved(match: Match, by: int) -> Match:
    return Match(match.owner, tuple(place - by for place in match.places))


def _words(tokens: Sequence[Token]) -> list[str]:
    return [token.word for token in tokens]


def _before(tokens: Sequence[Token], match: Match) -> list[str]:
    """Words of the narrow clause before the match."""
    return _words([t for t in tokens[: match.start] if t.soft == tokens[match.start].soft])


def _after(tokens: Sequence[Token], match: Match) -> list[str]:
    """Words behind the match up to the next comma."""
    return _words([t for t in tokens[match.end + 1 :] if t.hard == tokens[match.end].hard])


def _denied(tokens: Sequence[Token], match: Match, cues: Cues) -> bool:
    inside = set(match.places)
    clause = [t.word for i, t in enumerate(tokens) if t.hard == tokens[match.start].hard and i not in inside]
    after = _after(tokens, match)
    if has_phrase(after, cues["excluded-after"]) and not has_phrase(clause, ("not", "never", "cannot", "doubt")):
        return True
    said_after = any(after == phrase.split() for phrase in cues["denied-after"])
    said_before = has_phrase(_before(tokens, match), cues["denied"])
    if has_phrase(clause, cues["not-denied"]):
        return False
    return (said_after or said_before) and not has_phrase(_without(clause, cues["denied"]), cues["still"])


def _without(words: list[str], phrases: Sequence[str]) -> list[str]:
    """The words without the first place of each phrase of several words: the "for" of "negative for" is no cue."""
    for phrase in (phrase.split() for phrase in phrases if " " in phrase):
        start = next((i for i in range(len(words)) if words[i : i + len(phrase)] == phrase), -1)
        if start >= 0:
            words = words[:start] + words[start + len(phrase) :]
    return words


def _is_told_again(tokens: Sequence[Token], matches: Sequence[Match], index: int, high: int) -> bool:
    """Whether the same owner is named again before the next comma: a relative between the two may belong to the second one only."""
    match = matches[index]
    for later in matches[index + 1 : index + 1 + LONG]:
        if later.start >= high:
            return False
        if later.owner == match.owner and tokens[later.start].hard == tokens[match.end].hard:
            return True
    return False


def _of_relative(tokens: Sequence[Token], match: Match, cues: Cues, *, again: bool) -> bool:
    before, after = _before(tokens, match), _after(tokens, match)
    near = _words([t for t in tokens[max(0, match.start - NEAR) : match.start] if t.hard == tokens[match.start].hard])
    if has_phrase([*_clause(tokens, match), *after], cues["own"]):
        return False
    if has_phrase([*before, *near], cues["family"]) or has_phrase(near, cues["relative"]):
        return True
    said_behind = has_phrase(after[:NEAR], cues["family"]) or has_phrase(after[:3], cues["relative"])
    return said_behind and not again  # "epilepsy (mother has epilepsy too)": the relative belongs to the second one


def _clause(tokens: Sequence[Token], match: Match) -> list[str]:
    return _words([t for t in tokens if t.hard == tokens[match.start].hard])


def _removed(tokens: Sequence[Token], match: Match, later: int, cues: Cues) -> bool:
    """`later` is where the next match begins."""
    if has_phrase(_words(tokens), cues["not-removed"]):
        return False
    behind = tokens[match.end + 1 : max(later, match.end + 1)]
    return has_phrase(_words(behind), cues["removed"]) or has_phrase(_before(tokens, match), cues["removed"])


def _planned(tokens: Sequence[Token], match: Match, cues: Cues) -> bool:
    clause = _clause(tokens, match)
    return has_phrase(clause, cues["planned"]) and not has_phrase(clause, cues["not-planned"])
