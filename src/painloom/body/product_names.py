"""A product's name as written -> its ingredients, each with its strength, the dose form and the route."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from painloom.body.strengths import EACH, PACKAGE, PER_ML, TOKEN, Strength, take_out_strengths
from painloom.body.units import FILLERS, FORMS, RELEASES, ROUTES, read_form
from painloom.knowledge.cards import DrugCard
from painloom.knowledge.drug_names import find_drug
from painloom.knowledge.load import Knowledge, fold

LONGEST = 300
SHOWN = 80
UNREAD = "words in brackets were not read"
UNREAD_BEFORE = "words in front of the brackets were not read"
PACK = "a pack: what one piece of it holds is not known"
_JOINTS = re.compile(r"\s*[/+&;]\s*|\s*,\s+|\s+(?:with|and|plus)\s+")
_BRAND = re.compile(r"\[([^\][]*)\]")
_BRACKETS = re.compile(r"\(([^()]*)\)")
# numbers of an approval, how many puffs a container holds, the pills of a pack that hold nothing: no ingredient and no strength
_NO_PART = re.compile(r"\b(?:NDA|ANDA|BLA)\d{4,7}\b|\b\d{1,4}\s+actuat\b|\b\d{1,3}\s*\(\s*inert ingredients?\b[^()]*\)", re.IGNORECASE)
_RELEASE_TAIL = re.compile(r"\b(?:\d{1,3}[\s-]*)?(?:release|released|releasing)\b", re.IGNORECASE)
_STOP = FILLERS | RELEASES | frozenset(FORMS) | frozenset(ROUTES)


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One active part of a product; `drug` is "" where no card knows it, `strength` None where the name does not say or is unclear."""

    drug: str
    label: str
    strength: Strength | None


@dataclass(frozen=True, slots=True)
class Product:
    """What a name or a code says; `form` and `route` are "" where it does not say, `remarks` what was not understood of it."""

    ingredients: tuple[Ingredient, ...]
    form: str
    route: str
    extended: bool
    remarks: tuple[str, ...]

    @property
    def drugs(self) -> frozenset[str]:
        """Ids of the ingredients that have a card."""
        return frozenset(i.drug for i in self.ingredients if i.drug)

    @property
    def is_known(self) -> bool:
        """True when every ingredient has a card."""
        return bool(self.ingredients) and all(i.drug for i in self.ingredients)


def shown(text: str) -> str:
    """A written name as it may be printed: one line, printable, at most 80 letters."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if len(clean) <= SHOWN else clean[: SHOWN - 1] + "…"


def read_product(knowledge: Knowledge, written: str) -> Product:
    """What the name of an entry says.

    Whatever of it is no known drug, salt, form, route, release or strength makes an ingredient without a card: nothing is half understood.
    Strengths belong to ingredients only where the name leaves no choice: each part has its own, or there are as many as ingredients and
    they follow the order of the names.
    """
    name = " ".join(written[:LONGEST].split())
    form, route, extended = read_form(name)
    remarks = [PACK] if re.search(r"\bpack\b", name, re.IGNORECASE) and "{" in name else []
    brand = " ".join(_BRAND.findall(name))
    main = _NO_PART.sub(" ", _BRAND.sub(" ", name)).replace("{", " ").replace("}", " ")
    inside = " / ".join(_BRACKETS.findall(main))
    outside = _BRACKETS.sub(" ", main).replace("(", " ").replace(")", " ")
    named = take_out_strengths(outside)
    found = _ingredients(knowledge, named.text)
    strengths: Sequence[Strength] = named.strengths
    text = named.text
    if inside:
        within = take_out_strengths(inside)
        own = _ingredients(knowledge, within.text)
        if _all_known(own) and (not _all_known(found) or {d for _, d, _ in own} >= {d for _, d, _ in found}):
            remarks += [UNREAD_BEFORE] if not _all_known(found) and _words(TOKEN.sub(" ", named.text).replace("pack", " ")) else []
            found, text = own, within.text
            strengths = within.strengths or named.strengths
            text = text if within.strengths else f"{text} {' '.join(f'§{i}§' for i in range(len(strengths)))}"
        elif _all_known(own):
            found += [(-1, drug, label) for _, drug, label in own if drug not in {d for _, d, _ in found}]
        elif _words(TOKEN.sub(" ", within.text)):
            remarks.append(UNREAD)
    if not _all_known(found) and brand:
        by_brand = _ingredients(knowledge, brand)
        found = by_brand if _all_known(by_brand) else found
    found = found or [(0, "", shown(written))]
    single = len(found) == 1 and not found[0][1]
    ingredients = tuple(Ingredient(drug, shown(written) if single else label, None) for _, drug, label in found)
    given = _assign(text, strengths, [part for part, _, _ in found])
    with_strength = tuple(replace(i, strength=s) for i, s in zip(ingredients, given, strict=True))
    return Product(with_strength, form, route, extended or (named.lasts_hours and form != "patch"), tuple(remarks))


def _all_known(found: list[tuple[int, str, str]]) -> bool:
    return bool(found) and all(drug for _, drug, _ in found)


def _ingredients(knowledge: Knowledge, text: str) -> list[tuple[int, str, str]]:
    """(part of the name, drug id or "", label) in the order of the text; each drug once."""
    bare = TOKEN.sub(" ", text)
    whole = _whole(knowledge, bare)
    if whole is not None:
        return [(0, card.id, card.label) for card in whole]
    found: dict[str, tuple[int, str, str]] = {}
    for number, part in enumerate(_JOINTS.split(text)):
        words = TOKEN.sub(" ", part)
        if not _words(words):
            continue
        cards, unknown = _look_up(knowledge, words)
        if not cards and number and _is_plain(knowledge, words):
            continue
        for card in cards:
            found.setdefault(card.id, (number, card.id, card.label))
        for name in unknown:
            found.setdefault(f"?{fold(name)}", (number, "", shown(name)))
    return list(found.values())


def _whole(knowledge: Knowledge, text: str) -> list[DrugCard] | None:
    """The drugs of a name that a card or the table of combinations has as it stands."""
    for words in (fold(text).split(), _words(text)):
        name = " ".join(words)
        if name in knowledge.combinations:
            ids = knowledge.combinations[name]
            return [knowledge.drugs[id_] for id_ in ids] if all(id_ in knowledge.drugs for id_ in ids) else None
        if name in knowledge.drug_names:
            return [knowledge.drugs[knowledge.drug_names[name]]]
    return None


def _look_up(knowledge: Knowledge, text: str) -> tuple[list[DrugCard], list[str]]:
    """The cards of one part of a name, first as it stands, then without words of form, then with hyphens read as joints."""
    bare = " ".join(_words(text))
    for attempt in dict.fromkeys((text.strip(), bare, bare.replace("-", " / "))):
        cards, unknown = find_drug(knowledge, attempt)
        if cards and not unknown:
            return cards, []
    cards, unknown = find_drug(knowledge, bare or text)
    return cards, unknown or [text]


def _words(text: str) -> list[str]:
    """The words of a text that are neither numbers nor words of form, route or release; hyphens inside words stay."""
    words = _RELEASE_TAIL.sub(" ", text.lower()).replace("_", " ").split()
    kept = []
    for word in words:
        core = word.strip(".,:;-*#")
        pieces = [piece for piece in core.split("-") if piece]
        if core and not core.isdigit() and not all(piece in _STOP for piece in pieces):
            kept.append(core)
    return kept


def _is_plain(knowledge: Knowledge, text: str) -> bool:
    return all(word in knowledge.drug_words or not word.isalpha() for word in fold(text).split())


def _assign(text: str, strengths: Sequence[Strength], parts: Sequence[int]) -> list[Strength | None]:
    """For each ingredient (given by its part of the name) the strength that is certainly its own."""
    by_part: dict[int, list[Strength]] = {}
    for number, part in enumerate(_JOINTS.split(text)):
        for token in TOKEN.findall(part):
            if int(token) < len(strengths) and strengths[int(token)].kind != PACKAGE:
                by_part.setdefault(number, []).append(strengths[int(token)])
    every = [strength for own in by_part.values() for strength in own]
    if len(parts) == 1:
        written = [s for s in every if s.unit_written]
        return [written[0] if len(written) == 1 and len(every) == 1 else None]
    if sorted(by_part) == sorted(set(parts)) and len(set(parts)) == len(parts) and all(len(own) == 1 for own in by_part.values()):
        return [by_part[part][0] for part in parts]
    kinds = {strength.kind for strength in every}
    if len(every) == len(parts) and kinds in ({EACH}, {PER_ML}):
        return list(every)
    return [None] * len(parts)
