"""Which kinds of pain a case speaks of, in the words, codes and facts of the card; no diagnosis is made here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from painloom.brain.asserted import DENIED, RELATIVE, Cues, context
from painloom.brain.phrases import PhraseBook, tokens_of
from painloom.brain.said import Known, Said, coded
from painloom.knowledge.target_cards import Indication, IndicationCard
from painloom.model.body import YES


@dataclass(frozen=True, slots=True)
class PainKind:
    """A kind of pain that the record names, and where."""

    indication: Indication
    basis: str


@dataclass(frozen=True)
class PainKinds:
    """The kinds in the order of the card, the most telling ones only; `wide` holds their ids and those of every wider kind, nearest
    first; `named_in` are the texts that name one of them."""

    kinds: tuple[PainKind, ...]
    wide: tuple[str, ...]
    named_in: tuple[Said, ...]
    is_stated: bool


def kinds_of(texts: Iterable[Said], facts: Mapping[str, Known], card: IndicationCard, cues: Cues) -> PainKinds:
    """The kinds of pain of a record; resolved, denied and relatives' ones do not count.  None found: the card's fallback, not stated."""
    book = PhraseBook(card.phrases)
    found: dict[str, str] = {}
    named: dict[Said, list[str]] = {}
    for one in texts:
        if one.is_resolved or one.is_device:
            continue
        ids = list(dict.fromkeys((*_in_words(one, book, cues), *(row.owner for row, _ in coded(one.codes, card.codes)))))
        for id_ in ids:
            found.setdefault(id_, one.basis)
        if ids:
            named[one] = ids
    for id_, indication in card.indications.items():
        for fact in indication.facts:
            if fact in facts and facts[fact].value == YES:
                found.setdefault(id_, facts[fact].basis)
    return _chosen(found, named, card)


def _in_words(one: Said, book: PhraseBook, cues: Cues) -> Iterable[str]:
    tokens = tokens_of(one.text)
    matches = book.find(tokens)
    for index, match in enumerate(matches):
        if match.owner and context(tokens, matches, index, cues, is_device=False) not in (DENIED, RELATIVE):
            yield match.owner


def only(id_: str, card: IndicationCard) -> PainKinds:
    """One kind as the user named it."""
    return PainKinds((PainKind(card.indications[id_], "as asked for"),), card.family(id_), (), True)


def _chosen(found: Mapping[str, str], named: Mapping[Said, list[str]], card: IndicationCard) -> PainKinds:
    """Wider kinds are not named beside narrower ones, generic ones not beside any; what stands beside pain is added."""
    named_pain = [id_ for id_ in found if not card.indications[id_].beside]
    special = [id_ for id_ in named_pain if not card.indications[id_].generic]
    ids = special or named_pain or [card.fallback]
    covered = {parent for id_ in ids for parent in card.family(id_)[1:]}
    told = [id_ for id_ in card.indications if (id_ in ids and id_ not in covered) or (id_ in found and card.indications[id_].beside)]
    wide: dict[str, None] = {}
    for id_ in told:
        wide |= dict.fromkeys(card.family(id_))
    telling = tuple(one for one, own in named.items() if set(own) & set(wide))
    kinds = tuple(PainKind(card.indications[id_], found.get(id_, "nothing recorded")) for id_ in told)
    return PainKinds(kinds, tuple(wide), telling, bool(named_pain))
