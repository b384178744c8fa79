"""Spine and joint findings read: what the grade means, and how common it is in people of that age without pain."""

from collections.abc import Mapping, Sequence

from painloom.brain.commonness import common_at
from painloom.errors import InputError
from painloom.knowledge.imaging import PREVALENCE, SCALE, Grade, ImagingCard, PainFree
from painloom.model.brain import ImagingEntry, ImagingFinding, Prevalence

OK = "ok"
CASE = "case.toml"
UNCONFIRMED = "not confirmed: it enters the plan only when a clinician confirms it"
NO_AGE = "how common it is without pain is not said: the age is not known"
NO_ROW = "how common it is in people without pain is not on a card"
URGENT = "a red flag: how common it is in people without pain does not matter here and is not shown"
BESIDE = "a red flag of the same part stands beside it: how common it is without pain is not shown until that is settled"


def read_imaging(entries: Sequence[ImagingEntry], cards: Mapping[str, ImagingCard], age: float | None) -> tuple[ImagingFinding, ...]:
    """One finding an entry, urgent ones first, else in the order given.

    Parameters
    ----------
    age : years; None = unknown, then no prevalence is given and `reason` says so.

    Returns
    -------
    findings with `status` "ok".  `reason` says why there is no prevalence, and that an entry without `confirmed_by` waits for a clinician.
    A finding is an association at most; nothing here calls it the cause of pain.

    Raises
    ------
    InputError : a scale, grade, level or side that the cards do not have; the line lists what is allowed.
    """
    read = [_matched(entry, cards, number) for number, entry in enumerate(entries, start=1)]
    alarmed = {card.part for _, card, grade in read if grade.urgent}
    table = {finding.id: (card, finding) for card in cards.values() if card.kind == PREVALENCE for finding in card.findings}
    found = [_finding(entry, card, grade, table, alarmed, age) for entry, card, grade in read]
    return tuple(sorted(found, key=lambda finding: not finding.urgent))


def _matched(entry: ImagingEntry, cards: Mapping[str, ImagingCard], number: int) -> tuple[ImagingEntry, ImagingCard, Grade]:
    """The entry in the card's own spelling, its card, its grade."""
    where = f"{CASE} [[imaging]] entry {number}"
    card = _scale(entry, [card for card in cards.values() if card.kind == SCALE], where)
    where = f"{where} ({card.id})"
    grade = next((g for g in card.grades if _folded(entry.grade) in map(_folded, (g.id, *g.names))), None)
    if grade is None:
        raise InputError(f"{where}: the grade is not one of the scale; allowed: {', '.join(g.id for g in card.grades)}")
    level = _allowed(entry.level, card.levels, "level", where)
    side = _allowed(entry.side, card.sides, "side", where)
    own = ImagingEntry(card.id, grade.id, level, side, entry.date, entry.text, entry.confirmed_by)
    return own, card, grade


def _scale(entry: ImagingEntry, scales: Sequence[ImagingCard], where: str) -> ImagingCard:
    """The scale that the entry names; where two share a name (one scale for two joints) the level decides."""
    named = [card for card in scales if _folded(entry.scale) in map(_folded, (card.id, *card.names))]
    if len(named) > 1:
        fits = [card for card in named if entry.level and _segment(entry.level) in map(_segment, card.levels)]
        if len(fits) != 1:
            joints = ", ".join(level for card in named for level in card.levels)
            raise InputError(f"{where}: this scale is read differently at {joints}; give 'level' as one of them")
        named = fits
    if not named:
        raise InputError(f"{where}: the scale is not known; allowed: {', '.join(sorted(card.id for card in scales))}")
    return named[0]


def _allowed(word: str, allowed: tuple[str, ...], name: str, where: str) -> str:
    if not word:
        return ""
    if not allowed:
        raise InputError(f"{where}: this scale has no {name}; leave '{name}' out")
    found = next((a for a in allowed if _segment(a) == _segment(word)), None)
    if found is None:
        raise InputError(f"{where}: the {name} is not known here; allowed: {', '.join(allowed)}; leave it out if unknown")
    return found


def _folded(word: str) -> str:
    return word.strip().casefold().replace("_", "-").replace(" ", "-")


def _segment(word: str) -> str:
    """One spelling of a level: L4/5, L4-5, L4/L5 and "l4 - l5" are the same, L5/S1 keeps both letters."""
    first, slash, second = word.replace(" ", "").upper().replace("–", "/").replace("-", "/").partition("/")
    if slash and first[:1].isalpha() and second[:1] == first[:1]:
        second = second[1:]
    return f"{first}{slash}{second}"


def _finding(
    entry: ImagingEntry,
    card: ImagingCard,
    grade: Grade,
    table: Mapping[str, tuple[ImagingCard, PainFree]],
    alarmed: set[str],
    age: float | None,
) -> ImagingFinding:
    prevalence, why, notes = _prevalence(card, grade, table, alarmed, age)
    missing = _missing(entry, card)
    reasons = [why, "" if entry.confirmed_by else UNCONFIRMED]
    return ImagingFinding(
        entry=entry,
        label=" ".join(part for part in (card.label, grade.id, entry.level, entry.side) if part),
        meaning=grade.meaning,
        prevalence=prevalence,
        urgent=grade.urgent,
        status=OK,
        reason="; ".join(reason for reason in reasons if reason),
        claim=card.claim,
        state=grade.state,
        notes=(*grade.notes, *card.notes, *notes, *missing),
        card=(card.id, card.release),
        sources=tuple(dict.fromkeys((*(grade.sources or card.sources), *(prevalence.sources if prevalence else ())))),
    )


def _missing(entry: ImagingEntry, card: ImagingCard) -> tuple[str, ...]:
    asked = (("level", entry.level, card.levels), ("side", entry.side, card.sides))
    return tuple(f"the {name} was not given" for name, word, allowed in asked if len(allowed) > 1 and not word)


def _prevalence(
    card: ImagingCard, grade: Grade, table: Mapping[str, tuple[ImagingCard, PainFree]], alarmed: set[str], age: float | None
) -> tuple[Prevalence | None, str, tuple[str, ...]]:
    """(the number or None, why there is none, notes that belong to the number)."""
    if grade.urgent:
        return None, URGENT, ()
    if card.part in alarmed:
        return None, BESIDE, ()
    if grade.prevalence not in table:
        return None, NO_ROW, ()
    if age is None:
        return None, NO_AGE, ()
    owner, finding = table[grade.prevalence]
    return common_at(finding, age, owner.small), "", finding.notes
