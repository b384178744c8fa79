"""Drugs of a list that matter before stimulation, by card, class or code; the words of every entry are searched for every name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from painloom.brain.said import code_fits
from painloom.knowledge.cards import DrugCard
from painloom.knowledge.drug_names import find_drug
from painloom.knowledge.load import Knowledge, fold
from painloom.knowledge.target_cards import DrugRow, ScreenCard
from painloom.model.case import DrugUse

STOPPED, TAKEN = "stopped", "taken"
PRODUCTS, GROUPS, RXNORM, ATC = "rxnorm_products", "rxnorm_groups", "rxnorm", "atc"
SUBSTANCE = 7  # letters of a code that names one substance
Products = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class DrugFound:
    """A drug of the list with the row of the screen that names it."""

    drug: DrugCard
    row: DrugRow


def listed(uses: Iterable[DrugUse], screen: ScreenCard, knowledge: Knowledge) -> Iterator[DrugFound]:
    """Every drug on the list that the screen names, each (drug, kind) once, in the order of the list."""
    rows = _rows(screen, knowledge)
    names = {name: id_ for id_ in rows for name in _names(knowledge.drugs[id_])}
    uses = tuple(uses)
    products = _products(uses, knowledge)
    seen: set[tuple[str, str]] = set()
    for use in uses:
        when = STOPPED if use.state == STOPPED else TAKEN
        for id_ in _drugs_of(use, names, products, knowledge):
            for row in rows.get(id_, ()):
                if row.when == when and (id_, row.kind) not in seen:
                    seen.add((id_, row.kind))
                    yield DrugFound(knowledge.drugs[id_], row)


def unknown(uses: Iterable[DrugUse], knowledge: Knowledge) -> tuple[str, ...]:
    """Names of entries still taken that no card knows by name or code."""
    found = []
    uses = tuple(uses)
    products = _products(uses, knowledge)
    for use in uses:
        if use.state == STOPPED:
            continue
        cards, parts = find_drug(knowledge, use.name)
        if parts and not cards and not set(_coded(use, products, knowledge)):
            found.append(use.name)
    return tuple(dict.fromkeys(found))


def _rows(screen: ScreenCard, knowledge: Knowledge) -> dict[str, list[DrugRow]]:
    """Drug id -> rows; one kind a drug and time, a row of its own before that of its class."""
    found: dict[str, list[DrugRow]] = {}
    for row in sorted(screen.drugs, key=lambda r: not r.drug):
        members = [row.drug] if row.drug else [d.id for d in knowledge.drugs.values() if row.drug_class in d.classes]
        for id_ in members:
            own = found.setdefault(id_, [])
            if id_ in knowledge.drugs and all(other.when != row.when for other in own):
                own.append(row)
    return {id_: rows for id_, rows in found.items() if rows}


def _names(drug: DrugCard) -> Iterator[str]:
    return (fold(name) for name in (drug.id, drug.name, drug.label, *drug.synonyms))


def _drugs_of(use: DrugUse, names: Mapping[str, str], products: Products, knowledge: Knowledge) -> tuple[str, ...]:
    cards, _ = find_drug(knowledge, use.name)
    found = dict.fromkeys(card.id for card in cards)
    found |= dict.fromkeys(_coded(use, products, knowledge))
    words = f" {' '.join(''.join(c if c.isalnum() else ' ' for c in fold(f'{use.name} {use.text}')).split())} "
    found |= dict.fromkeys(id_ for name, id_ in names.items() if f" {name} " in words)
    return tuple(found)


def _coded(use: DrugUse, products: Products, knowledge: Knowledge) -> Iterator[str]:
    """Drug ids by the entry's codes: substance or product."""
    for system, code in use.codes:
        for drug in knowledge.drugs.values():
            by_class = any(len(atc) == SUBSTANCE and code_fits(system, code, ATC, atc) for atc in drug.atc)
            if by_class or (system == RXNORM and drug.rxnorm == code):
                yield drug.id
        if system == RXNORM:
            yield from products.get(code, ())


def _products(uses: Iterable[DrugUse], knowledge: Knowledge) -> Products:
    """Product code -> drug ids; nothing is read where no entry has such a code."""
    if not any(system == RXNORM for use in uses for system, _ in use.codes):
        return {}
    there = knowledge.files("terms", ".tsv")
    found: dict[str, tuple[str, ...]] = {}
    for row in knowledge.terms(PRODUCTS) if PRODUCTS in there else ():
        found[row["rxcui"]] = (row["drug"], *(part for part in row["others"].split(";") if part))
    for row in knowledge.terms(GROUPS) if GROUPS in there else ():
        found.setdefault(row["rxcui"], tuple(row["drugs"].split(";")))
    return found
