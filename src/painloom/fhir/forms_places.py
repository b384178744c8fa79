"""Which question of a form is which item of an instrument: by LOINC codes, by link ids, else by position; all items or none."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from painloom.errors import InputError
from painloom.fhir.answers import by_links, named_cards
from painloom.fhir.form import Form
from painloom.fhir.forms_read import Sheet
from painloom.fhir.units import Measures
from painloom.knowledge.instrument_cards import InstrumentCard

BY_CODE, BY_LINK, BY_POSITION = "LOINC code of the item", "link id", "position"
ORDER = "the questions were bound by their position: compare their order with the printed form"
NAMELESS = "the form does not name the instrument by code, address, name or title: make sure that it is this one"


@dataclass(frozen=True, slots=True)
class Placed:
    """Question numbers in the order of the card's items, how they were found, and what to look at.

    `is_sure` is False where nothing but numbers or the order says that this is the instrument.
    """

    questions: tuple[int, ...]
    by: str
    is_sure: bool = True
    warnings: tuple[str, ...] = ()


def place_items(sheet: Sheet, card: InstrumentCard, measures: Measures, *, by_position: bool) -> Placed:
    """One question for every item; `by_position`: a person has compared the order of a form that does not name the instrument.

    Raises
    ------
    InputError : the form says that it is another instrument, holds a longer one, asks an item twice, or does not ask every item.
    """
    where = f"{sheet.where}: {card.id}"
    if not card.items:
        raise InputError(f"{where}: this release has no items of the instrument, so no form can be bound to it")
    _panel(sheet, card, measures, where)
    found = _by_codes(sheet, card, where)
    if found is not None:
        placed = Placed(found, BY_CODE)
    else:
        placed = _by_other_marks(sheet, card, where, is_named=_is_named(sheet, card, measures, where), by_position=by_position)
    _codes_agree(sheet, card, placed, where)
    _longer(sheet, card, placed, measures, where)
    return placed


def _panel(sheet: Sheet, card: InstrumentCard, measures: Measures, where: str) -> None:
    """The form's panel codes must not be those of another instrument, and one must be the card's where the card has one."""
    for code in sorted(sheet.form.panels - {card.loinc_panel}):
        owners = [id_ for id_ in measures.cards_with(code) if id_ != card.id and measures.card(id_).loinc_panel == code]
        if owners:
            raise InputError(f"{where}: the form carries the panel code {code}, which is that of {owners[0]}; correct the code or the call")
    own = {card.loinc_panel, *(scale.loinc for scale in card.scales), *(item.loinc for item in card.items)}
    others = sheet.form.panels - own
    if card.loinc_panel and others and card.loinc_panel not in sheet.form.panels:
        raise InputError(
            f"{where}: the form carries the panel code {min(others)}; the instrument's is {card.loinc_panel}: correct the form"
        )


def _is_named(sheet: Sheet, card: InstrumentCard, measures: Measures, where: str) -> bool:
    """True when the form calls itself the instrument; a form that calls itself another one is refused."""
    named = {found.id for found in named_cards(sheet.form, measures)}
    if named and card.id not in named:
        raise InputError(f"{where}: the form calls itself {min(named)}; give the form of {card.id}, or bind it to {min(named)}")
    return bool(named)


def _by_codes(sheet: Sheet, card: InstrumentCard, where: str) -> tuple[int, ...] | None:
    """By the LOINC codes of all items; None where the card or the form does not have them all."""
    holders = _holders(sheet)
    for item in card.items:
        if item.loinc and len(holders.get(item.loinc, ())) > 1:
            raise InputError(
                f"{where}: {len(holders[item.loinc])} questions carry the code of item {item.range.id} ({item.loinc}); keep one"
            )
    if all(item.loinc and item.loinc in holders for item in card.items):
        return tuple(holders[item.loinc][0] for item in card.items)
    return None


def _holders(sheet: Sheet) -> Mapping[str, list[int]]:
    """LOINC code -> numbers of the questions that carry it."""
    found: dict[str, list[int]] = {}
    for n, question in enumerate(sheet.questions):
        for code in dict.fromkeys(question.item.codes):
            found.setdefault(code, []).append(n)
    return found


def _by_other_marks(sheet: Sheet, card: InstrumentCard, where: str, *, is_named: bool, by_position: bool) -> Placed:
    warnings = () if is_named else (NAMELESS,)
    form = _asked(sheet)
    by_link = by_links(form, card)
    if by_link is not None:
        number = {question.item.link: n for n, question in enumerate(sheet.questions)}
        order = sorted(by_link.places.items(), key=lambda pair: pair[1])
        return Placed(tuple(number[link] for link, _ in order), BY_LINK, is_named, warnings)
    asked = [n for n, question in enumerate(sheet.questions) if question.is_asked]
    if len(asked) != len(card.items):
        raise InputError(
            f"{where}: the form asks {len(asked)} questions, the instrument {len(card.items)}, and neither LOINC codes nor link ids tell "
            "which is which; give its questions the codes of the items, or the item numbers as link ids"
        )
    if not (is_named or by_position):
        raise InputError(
            f"{where}: the form does not name the instrument, and only the order of its questions could tell which is which; "
            "compare it with the printed form, then say so (--by-position)"
        )
    return Placed(tuple(asked), BY_POSITION, False, (*warnings, ORDER))


def _asked(sheet: Sheet) -> Form:
    """The form with what only the whole page tells: hidden or repeated groups are not asked."""
    items = tuple(replace(question.item, is_asked=question.is_asked, points={}) for question in sheet.questions)
    return replace(sheet.form, items=items)


def _codes_agree(sheet: Sheet, card: InstrumentCard, placed: Placed, where: str) -> None:
    """A question that carries LOINC codes must carry its own item's, where the card knows it, and no other item's."""
    for item, n in zip(card.items, placed.questions, strict=True):
        codes = sheet.questions[n].item.codes
        others = {other.loinc for other in card.items if other.loinc and other is not item}
        if (item.loinc and codes and item.loinc not in codes) or others & set(codes):
            raise InputError(
                f"{where}: the question at the place of item {item.range.id} carries another LOINC code than the item's; "
                "correct the codes or the order of the form"
            )


def _longer(sheet: Sheet, card: InstrumentCard, placed: Placed, measures: Measures, where: str) -> None:
    """A form that holds a longer instrument with the same items must not be read as the shorter one."""
    own = {item.loinc for item in card.items if item.loinc}
    extra = {code for n, q in enumerate(sheet.questions) if n not in placed.questions for code in q.item.codes}
    found: list[tuple[int, str]] = []
    for id_ in dict.fromkeys(id_ for code in sorted(extra) for id_ in measures.cards_with(code)):
        longer = {item.loinc for item in measures.card(id_).items}
        if id_ != card.id and own and own < longer and longer <= extra | own:
            found.append((len(longer), id_))
    if found:
        longest = max(found)[1]
        raise InputError(f"{where}: the form asks all items of {longest}, which holds these and more; bind it to {longest}")
