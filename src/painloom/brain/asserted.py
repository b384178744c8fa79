"""Whether a phrase in a record is said of the person: asserted, denied, of a relative, removed, or only planned.

Every doubt counts as asserted: a wrong refusal costs a question, a wrong clearance may cost a seizure.
"""

from collections.abc import Mapping, Sequence

from painloom.brain.phrases import Match, Token, has_phrase

ASSERTED, DENIED, RELATIVE, REMOVED, PLANNED = "asserted", "denied", "relative", "removed", "planned"
NEAR = 4
Cues = Mapping[str, tuple[str, ...]]


def context(tokens: Sequence[Token], matches: Sequence[Match], index: int, cues: Cues, *, is_device: bool) -> str:
    """What the words around a match make of it.

    Parameters
    ----------
    index : which of `matches`, which are in order of place.
    is_device : only a device can be removed or planned.
    """
    match = matches[index]
    earlier = [m for m in matches[:index] if m.owner == match.owner]
    carried = bool(earlier) and earlier[-1].end == match.start - 2 and tokens[match.start - 1].word == "and"
    if carried:
        said = context(tokens, matches, matches.index(earlier[-1]), cues, is_device=is_device)
        if said in (DENIED, RELATIVE):
            return said
    if _denied(tokens, match, cues):
        return DENIED
    if _of_relative(tokens, match, cues):
        return RELATIVE
    if is_device and _removed(tokens, matches, index, cues):
        return REMOVED
    return PLANNED if is_device and _planned(tokens, match, cues) else ASSERTED


def _words(tokens: Sequence[Token]) -> list[str]:
    return [token.word for token in tokens]


def _before(tokens: Sequence[Token], match: Match) -> list[str]:
    """Words of the narrow clause before the match."""
    return _words([t for t in tokens[: match.start] if t.soft == tokens[match.start].soft])


def _after(tokens: Sequence[Token], match: Match) -> list[str]:
    """Words behind the match up to the next comma."""
    return _words([t for t in tokens[match.end + 1 :] if t.hard == tokens[match.end].hard])


def _sentence(tokens: Sequence[Token], match: Match) -> list[str]:
    return _words([t for t in tokens if t.sentence == tokens[match.start].sentence])


def _denied(tokens: Sequence[Token], match: Match, cues: Cues) -> bool:
    inside = set(match.places)
    clause = [t.word for i, t in enumerate(tokens) if t.hard == tokens[match.start].hard and i not in inside]
    after = _after(tokens, match)
    if has_phrase(after, cues["excluded-after"]) and not has_phrase(clause, ("not", "never", "cannot", "doubt")):
        return True
    said_after = any(after == phrase.split() for phrase in cues["denied-after"])
    said_before = has_phrase(_before(tokens, match), cues["denied"])
    return (said_after or said_before) and not has_phrase(clause, cues["still"])


def _of_relative(tokens: Sequence[Token], match: Match, cues: Cues) -> bool:
    before, after = _before(tokens, match), _after(tokens, match)
    near = [t for t in tokens[max(0, match.start - NEAR) : match.start] if t.hard == tokens[match.start].hard]
    if has_phrase([*_clause(tokens, match), *after], cues["own"]):
        return False
    history = [*before, *_words(near)]
    if has_phrase(history, cues["family"]) or has_phrase(after[:NEAR], cues["family"]):
        return True
    return has_phrase(_words(near), cues["relative"]) or has_phrase(after[:3], cues["relative"])


def _clause(tokens: Sequence[Token], match: Match) -> list[str]:
    return _words([t for t in tokens if t.hard == tokens[match.start].hard])


def _removed(tokens: Sequence[Token], matches: Sequence[Match], index: int, cues: Cues) -> bool:
    match = matches[index]
    if has_phrase(_sentence(tokens, match), cues["not-removed"]):
        return False
    later = next((m.start for m in matches[index + 1 :]), len(tokens))
    behind = [t for t in tokens[match.end + 1 : later] if t.sentence == tokens[match.start].sentence]
    return has_phrase(_words(behind), cues["removed"]) or has_phrase(_before(tokens, match), cues["removed"])


def _planned(tokens: Sequence[Token], match: Match, cues: Cues) -> bool:
    clause = _clause(tokens, match)
    return has_phrase(clause, cues["planned"]) and not has_phrase(clause, cues["not-planned"])
