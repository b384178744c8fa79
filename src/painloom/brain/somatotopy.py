"""Where it hurts and on which side, from the words of a record; and the area of the motor cortex that stands for it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from painloom.brain.phrases import Match, PhraseBook, Token, tokens_of
from painloom.knowledge.target_cards import BodyCard

LEFT, RIGHT, BOTH, MIDLINE, WIDE, PLURAL = "left", "right", "both", "midline", "wide", "plural"
SIDED = (LEFT, RIGHT, BOTH, MIDLINE)
SIDE, LESION, BREAK = "side:", "lesion:", "break:"
CLOSE = 2
OTHER = {LEFT: RIGHT, RIGHT: LEFT}


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that hurts: area of the card ("" = only a side was said), side ("" = not said), the words for it, where they stood."""

    area: str
    side: str
    words: str
    basis: str


@dataclass(slots=True)
class _Site:
    """A site while its side is being found; places are token numbers."""

    area: str
    start: int
    end: int
    words: str
    is_plural: bool
    side: str = ""


@dataclass(slots=True)
class _Segment:
    """A clause: its sites, the sides said in it, whether a brain lesion or a device is spoken of."""

    sentence: int
    after_break: bool
    sites: list[_Site]
    sides: list[tuple[int, str]]
    has_lesion: bool


class SiteReader:
    """Reads body sites with their sides from free text."""

    def __init__(self, card: BodyCard):
        """Compiles the words of the card once."""
        pairs = list(card.phrases)
        pairs += [(SIDE + side, phrase) for side in (*SIDED, WIDE) for phrase in card.sides[side]]
        pairs += [(LESION, phrase) for phrase in card.lesions] + [(BREAK, phrase) for phrase in card.breaks]
        self._book = PhraseBook(pairs)
        self._plural = frozenset(card.sides[PLURAL])
        self._default = card.default_area

    def read(self, text: str, basis: str) -> tuple[Spot, ...]:
        """Every site of a text with its side; a text that names only a side gives one spot without area; words for all over the body
        give the default area on both sides."""
        tokens = tokens_of(text)
        matches = self._book.find(tokens)
        wide = any(match.owner == SIDE + WIDE for match in matches)
        segments = list(self._segments(tokens, matches))
        for segment in segments:
            _sides_inside(segment)
        _sides_between(segments)
        sites = [site for segment in segments for site in segment.sites]
        spots = [Spot(site.area, site.side, site.words, basis) for site in sites]
        if wide:
            return (Spot(self._default, BOTH, "all over the body", basis),) if not spots else (*spots,)
        if not spots:
            alone = {side for segment in segments if not segment.has_lesion for _, side in segment.sides}
            if alone:
                side = BOTH if len(alone) > 1 else alone.pop()
                return (Spot("", side, f"{side} side", basis),)
        return tuple(dict.fromkeys(spots))

    def _segments(self, tokens: Sequence[Token], matches: Sequence[Match]) -> Iterator[_Segment]:
        breaks = {place for match in matches if match.owner == BREAK for place in match.places}
        starts = {match.start: match for match in matches}
        edges = {edge for m in matches if m.owner and ":" not in m.owner for edge in (m.start - 1, m.end + 1)}
        current: _Segment | None = None
        soft = -1
        for place, token in enumerate(tokens):
            is_break = place in breaks and place - 1 not in breaks
            if current is None or token.soft != soft or is_break:
                if current is not None:
                    yield current
                current, soft = _Segment(token.sentence, is_break, [], [], False), token.soft
            match = starts.get(place)
            if match is None or not match.owner:
                continue
            if match.owner == LESION:
                current.has_lesion = True
            elif match.owner.startswith(SIDE):
                is_letter = len(token.word) == 1  # "L hand", but not the L of a name
                if (side := match.owner.removeprefix(SIDE)) != WIDE and (not is_letter or place in edges):
                    current.sides.append((place, side))
            elif match.owner != BREAK:
                words = [tokens[i].word for i in match.places]
                plural = not self._plural.isdisjoint(words)
                current.sites.append(_Site(match.owner, match.start, match.end, " ".join(words), plural))
        if current is not None:
            yield current


def _sides_inside(segment: _Segment) -> None:
    """Sides said in the same clause; beside a lesion only a side that touches the site counts."""
    said = {side for _, side in segment.sides}
    for site in segment.sites:
        near = [(_gap(site, place), place > site.start, side) for place, side in segment.sides]
        if segment.has_lesion:
            near = [one for one in near if one[0] <= CLOSE]
        elif len(segment.sites) == 1 and (BOTH in said or {LEFT, RIGHT} <= said):
            site.side = BOTH
            continue
        before = sorted(one for one in near if not one[1])
        behind = sorted(one for one in near if one[1])
        if before or behind:
            site.side = (before or behind)[0][2]


def _gap(site: _Site, place: int) -> int:
    return site.start - place if place < site.start else place - site.end


def _sides_between(segments: Sequence[_Segment]) -> None:
    """Sides that stand alone before or behind, and sides that carry over to the next clause of a sentence."""
    for number, segment in enumerate(segments):
        alone = {side for _, side in segment.sides} if not segment.sites and not segment.has_lesion else set()
        if not alone:
            continue
        side = BOTH if len(alone) > 1 else next(iter(alone))
        earlier = next((s for s in reversed(segments[:number]) if s.sites and s.sentence == segment.sentence), None)
        later = next((s for s in segments[number + 1 :] if s.sites and s.sentence == segment.sentence), None)
        if earlier is not None and not segment.after_break and any(not site.side for site in earlier.sites):
            for site in earlier.sites:
                site.side = site.side or side
        elif later is not None and not later.after_break:
            for site in later.sites:
                site.side = side if site.side in ("", side) else BOTH
    carried, sentence = "", -1
    for segment in segments:
        if segment.sentence != sentence or segment.after_break:
            carried, sentence = "", segment.sentence
        for site in segment.sites:
            site.side = site.side or (BOTH if site.is_plural else carried)
        carried = segment.sites[-1].side if segment.sites else carried


def settle(spots: Iterable[Spot]) -> tuple[Spot, ...]:
    """Each area once, in order: a place without a side gives way to the same area with one; left and right of one area make both; a lone
    side joins places without one.

    A lone side without any place stays, with the area "".
    """
    found = list(dict.fromkeys(spots))
    lone = [spot for spot in found if not spot.area and spot.side]
    placed = [spot for spot in found if spot.area]
    sides = {spot.side for spot in lone}
    if len(sides) == 1:
        placed = [spot if spot.side else replace(spot, side=lone[0].side, basis=f"{spot.basis}; {lone[0].basis}") for spot in placed]
    kept: dict[str, list[Spot]] = {}
    for spot in placed:
        kept.setdefault(spot.area, []).append(spot)
    return tuple(_merged(own) for own in kept.values()) or tuple(lone[:1])


def _merged(own: list[Spot]) -> Spot:
    """The places of one area as one: the first that names a side, on both sides where two sides are named."""
    sided = [spot for spot in own if spot.side]
    sides = {spot.side for spot in sided}
    if len(sides) < 2:
        return (sided or own)[0]
    words = " and ".join(dict.fromkeys(f"{spot.side} {spot.words}" for spot in sided if spot.side in OTHER)) or sided[0].words
    return replace(sided[0], side=BOTH, words=words)


@dataclass(frozen=True, slots=True)
class Placed:
    """The motor cortex that stands for a place: area whose point is used, hemisphere, and the sentences that say why."""

    area: str
    side: str
    spot: Spot | None
    why: tuple[str, ...]


def place_all(spots: Sequence[Spot], card: BodyCard) -> tuple[Placed, ...]:
    """One entry a distinct area and hemisphere, in the order of the record; the default of the card where nothing is recorded."""
    if not spots:
        text = f"no site and no side of pain is recorded: {card.areas[card.default_area].label}, {card.convention}"
        return (Placed(card.default_area, card.default_side, None, (text,)),)
    found: dict[tuple[str, str], Placed] = {}
    for spot in spots:
        placed = _place(spot, card)
        found.setdefault((placed.area, placed.side), placed)
    return tuple(found.values())


def _place(spot: Spot, card: BodyCard) -> Placed:
    area = card.areas[spot.area or card.default_area]
    side = OTHER.get(spot.side, card.default_side)
    said = f"{spot.side} " if spot.side in (LEFT, RIGHT) and spot.area else ""
    why = [f"recorded: {said}{spot.words} ({spot.basis})"]
    if not spot.area:
        why.append(f"the site is not recorded: {area.label}")
    if spot.side in OTHER:
        why.append(f"{area.label} of the {side} motor cortex, opposite to the pain")
    else:
        reason = {BOTH: "pain on both sides", MIDLINE: "pain in the midline", "": "the side is not recorded"}[spot.side]
        why.append(f"{reason}: {area.label}, {card.convention}")
    return Placed(area.use, side, spot, (*why, *([area.note] if area.note else [])))
