"""What a body map says: sites, definitions of widespread pain side by side, doubts about sides, differences to a questionnaire.

A map that was not filled in is None everywhere here: it says nothing, and is never read as "no pain".
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from painloom.errors import InputError
from painloom.knowledge.bodymap import BodyMap, Definition
from painloom.model.body import NO, UNKNOWN, YES, Fact
from painloom.model.bodymap import LEFT, RIGHT, BodyRegion, MapRemark, SiteDifference, Widespread

SWAP, ONE_SIDE, BOTH_DRAWN, NOT_DRAWN = "suspected-swap", "one-side-only", "both-sides-drawn", "not-drawn"
BOTH = "both"
NAMED = 3  # unknown ids that a refusal spells out


def known_regions(body_map: BodyMap, ids: Iterable[str], where: str) -> tuple[str, ...]:
    """`ids` in the order of the map, each once.

    Raises
    ------
    InputError : an id that is no region of the map; it is named when it looks like an id, since free text could hold anything.
    """
    wanted = set(ids)
    strange = sorted(wanted - body_map.by_id.keys())
    if strange:
        shown = [id_ if re.fullmatch(r"[a-z][a-z-]{0,30}", id_) else "(not an id)" for id_ in strange[:NAMED]]
        more = f" and {len(strange) - NAMED} more" if len(strange) > NAMED else ""
        raise InputError(f"{where}: {', '.join(shown)}{more}: no such region; painloom body map --list names all {len(body_map.regions)}")
    return tuple(region.id for region in body_map.regions if region.id in wanted)


def sites_of(body_map: BodyMap, regions: Iterable[str], column: str, *, conventions: bool = True) -> tuple[str, ...]:
    """The distinct sites of one scheme that the regions touch, sorted; without `conventions` only those that a publication spells out."""
    found = (body_map.by_id[id_] for id_ in regions)
    return tuple(sorted({site for region in found for site in _sites(region, column, conventions=conventions)}))


def _sites(region: BodyRegion, column: str, *, conventions: bool) -> tuple[str, ...]:
    if column == "id":
        return (region.id,)
    return () if column in region.convention and not conventions else dict(region.values)[column]


def widespread(body_map: BodyMap, regions: Sequence[str] | None, facts: Iterable[Fact] = ()) -> tuple[Widespread, ...]:
    """Every definition of the card on one map, in the order of the card.

    Parameters
    ----------
    regions : ids that hurt; an empty sequence = filled in and nothing hurts; None = not filled in.
    facts : answers to the further questions of a definition; the latest date counts, contradicting answers of one day are unknown.
    """
    answers = _latest(facts)
    return tuple(_judged(body_map, definition, regions, answers) for definition in body_map.definitions)


def _judged(body_map: BodyMap, definition: Definition, regions: Sequence[str] | None, answers: Mapping[str, str]) -> Widespread:
    ids = () if regions is None else known_regions(body_map, regions, "body map")
    touched = set(sites_of(body_map, ids, definition.column))
    spelled = set(sites_of(body_map, ids, definition.column, conventions=False))
    present = tuple(site for site in definition.values if site in touched)
    groups = [_any(answers.get(fact, UNKNOWN) for fact in group) for group in definition.facts]
    asked = [fact for group, value in zip(definition.facts, groups, strict=True) if value == UNKNOWN for fact in group]
    open_ = tuple(fact for fact in asked if answers.get(fact, UNKNOWN) == UNKNOWN)
    filled = regions is not None
    decided = _decided(definition, len(present) if filled else None, groups)
    return Widespread(
        id=definition.id,
        label=definition.label,
        version=definition.version,
        count=len(present) if filled else None,
        of=len(definition.values),
        at_least=definition.at_least,
        decided=decided,
        present=present,
        missing=tuple(site for site in definition.values if site not in touched) if filled else (),
        by_convention=tuple(site for site in present if site not in spelled),
        without=_decided(definition, len(spelled) if filled else None, groups),
        open=open_ if decided == UNKNOWN else (),
        source=definition.source,
        state=definition.state,
        notes=definition.notes,
    )


def _decided(definition: Definition, count: int | None, groups: Sequence[str]) -> str:
    """Three-valued "and" of enough sites and every group of questions; "" for a definition that is a count only."""
    if not definition.at_least:
        return ""
    enough = UNKNOWN if count is None else YES if count >= definition.at_least else NO
    parts = (enough, *groups)
    return NO if NO in parts else UNKNOWN if UNKNOWN in parts else YES


def _any(values: Iterable[str]) -> str:
    """Yes when one is yes, no only when all are no."""
    seen = set(values)
    return YES if YES in seen else NO if seen == {NO} else UNKNOWN


def _latest(facts: Iterable[Fact]) -> dict[str, str]:
    newest: dict[str, tuple[str, set[str]]] = {}
    for fact in facts:
        date, values = newest.get(fact.id, ("", set()))
        if fact.id not in newest or fact.date > date:
            newest[fact.id] = (fact.date, {fact.value})
        elif fact.date == date:
            values.add(fact.value)
    return {id_: next(iter(told)) if len(told := values - {UNKNOWN}) == 1 else UNKNOWN for id_, (_, values) in newest.items()}


def map_facts(body_map: BodyMap, judged: Iterable[Widespread]) -> tuple[Fact, ...]:
    """The questions of terms/ that the map itself settles, as facts for the criteria; nothing where the map was not filled in."""
    answers = {definition.id: definition.fact for definition in body_map.definitions if definition.fact}
    found = [(answers[row.id], row.decided) for row in judged if row.id in answers and row.decided in (YES, NO)]
    return tuple(Fact(id_, value, text="body map") for id_, value in found)


def side_remarks(body_map: BodyMap, regions: Sequence[str] | None, written: Iterable[str]) -> tuple[MapRemark, ...]:
    """Sites in words ("left knee") against the drawn regions: where side and drawing disagree, one remark a site.

    Only sites that name a side and a known part of the body can be compared; the others, and every site when no map was filled in, are
    passed over in silence.  A remark is a doubt to ask about, never a correction.
    """
    if regions is None:
        return ()
    drawn = known_regions(body_map, regions, "body map")
    found = (_remark(body_map, drawn, phrase, site) for site in written for phrase in _phrases(body_map, site))
    return tuple(remark for remark in found if remark is not None)


def _phrases(body_map: BodyMap, site: str) -> list[str]:
    """The parts of a site that may each name a side; a side that stands alone ("left and right knee") belongs to its neighbour."""
    phrases, waiting = [], ""
    for part in re.split(r"[,;/+&]|\band\b", site.lower()):
        if _meant(body_map, part):
            phrases.append(f"{waiting} {part}")
            waiting = ""
        elif _side(body_map, part):
            waiting = f"{waiting} {part}"
    if waiting and phrases:
        phrases[-1] += waiting
    return phrases


def _remark(body_map: BodyMap, drawn: tuple[str, ...], phrase: str, site: str) -> MapRemark | None:
    side, stems = _side(body_map, phrase), _meant(body_map, phrase)
    if not side or not stems:
        return None
    there = [body_map.by_id[id_] for id_ in drawn if body_map.by_id[id_].stem in stems]
    sides = {region.side for region in there} & {LEFT, RIGHT}
    if not sides:
        kind, text = NOT_DRAWN, f"written ({_said(side)}), not drawn on the map"
    elif side == BOTH:
        if len(sides) == 2:
            return None
        kind, text = ONE_SIDE, f"written on both sides, drawn on the {sides.pop()} only"
    elif sides == {side}:
        return None
    elif side in sides:
        kind, text = BOTH_DRAWN, f"written on the {side}, drawn on both sides"
    else:
        kind, text = SWAP, f"written on the {side}, drawn on the {sides.pop()}: left and right may be swapped, ask"
    return MapRemark(kind, site, side, tuple(region.id for region in there), text)


def _said(side: str) -> str:
    return "both sides" if side == BOTH else f"on the {side}"


def _side(body_map: BodyMap, phrase: str) -> str:
    """The side that a phrase names, "" when it names none; left and right together are both."""
    found = {side for side, words in body_map.sides.items() if any(re.search(rf"\b{re.escape(word)}\b", phrase) for word in words)}
    return BOTH if BOTH in found or {LEFT, RIGHT} <= found else found.pop() if found else ""


def _meant(body_map: BodyMap, phrase: str) -> frozenset[str]:
    """Stems of the regions that a phrase may mean; of words that lie within one another ("back" in "low back") the longest counts."""
    hits = []
    for spellings, stems in body_map.words:
        for word in spellings:
            match = re.search(rf"\b{re.escape(word)}(?:e?s)?\b", phrase)
            if match:
                hits.append((match.start(), match.end(), stems))
    longest = [h for h in hits if not any(o[0] <= h[0] and h[1] <= o[1] and (o[1] - o[0]) > (h[1] - h[0]) for o in hits)]
    return frozenset(stem for _, _, stems in longest for stem in stems)


def compare_with_sites(body_map: BodyMap, regions: Sequence[str] | None, answers: Mapping[str, float | None]) -> tuple[SiteDifference, ...]:
    """Sites on which the map and the questionnaire's items disagree; both are shown, neither is changed, nothing is averaged.

    Parameters
    ----------
    answers : item id -> 1 (hurts) or 0; None or absent = not answered, not compared.

    Raises
    ------
    InputError : an answer other than 0 and 1.
    """
    if regions is None:
        return ()
    sheet = body_map.questionnaire
    drawn = known_regions(body_map, regions, "body map")
    differences = []
    for item, site in sheet.items:
        answer = answers.get(item)
        if answer is None:
            continue
        if answer not in (0, 1):
            raise InputError(f"{sheet.instrument}: item {item} must be 0 or 1; leave it empty if it was not answered")
        here = tuple(id_ for id_ in drawn if site in _sites(body_map.by_id[id_], sheet.column, conventions=True))
        if bool(here) != bool(answer):
            differences.append(SiteDifference(site, item, YES if here else NO, YES if answer else NO, here))
    return tuple(differences)
