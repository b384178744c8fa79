"""Calls from another laboratory: diplotypes as written -> the same answer that matching would give."""

import re

from painloom.errors import InputError
from painloom.genome.copies import MANY, tidy
from painloom.genome.named import diplotype
from painloom.genome.solve import Solution
from painloom.knowledge.cards import Allele, GeneCard
from painloom.model.genecall import AMBIGUOUS, CALLED, NOT_CALLED, Diplotype, Reading

ONE_COPY = ("hemizygous", "mitochondrial")  # kinds whose call may be a single allele
POSITIVE, NEGATIVE = "positive", "negative"


def solve_outside(card: GeneCard, written: str) -> Solution:
    """The Solution for a diplotype from outside.

    Accepts `*1/*4`, `*1x2/*4`, `*1xN/*4` (both readings of N are kept), `*36+*10/*1`, one allele for one copy, several diplotypes
    separated by `;` or `|` or ` or ` (best first), allele names that were renamed, and marker results such as `*15:02 positive`.

    Raises
    ------
    InputError : an allele that the gene's table does not know.
    """
    plain = re.sub(rf"\b{re.escape(card.symbol)}(?=\*)", "", written.strip())
    texts = [part for part in re.split(r"\s*(?:;|\||\b(?:or|OR)\b)\s*", plain) if part]
    if not texts:
        raise InputError(f"{card.symbol}: the diplotype is empty; leave the line out if the gene was not tested")
    found: dict[str, Diplotype] = {}
    unknown: list[str] = []
    for text in texts:
        options = _markers(card, text) if card.kind == "tag-allele" else _pairs(card, text, unknown)
        found.update({option.name: option for option in options})
    if unknown:
        raise InputError(
            f"{card.symbol}: allele {unknown[0]} is not in the table of release {card.release}; "
            "check its spelling, or ask for the current name"
        )
    status = CALLED if len(found) == 1 else AMBIGUOUS if found else NOT_CALLED
    return Solution(status, None, tuple(found.values()), heterozygous=True)


def _pairs(card: GeneCard, text: str, unknown: list[str]) -> list[Diplotype]:
    whole = _options(card, text)
    if whole:
        if card.kind not in ONE_COPY:
            raise InputError(f"{card.symbol}: '{text}' is one allele; write both, such as {text}/{card.reference}")
        return [diplotype(card, allele, None) for allele in whole]
    for cut in (m.start() for m in re.finditer("/", text)):
        first, second = _options(card, text[:cut]), _options(card, text[cut + 1 :])
        if first and second:
            pairs = [diplotype(card, a, b) for a in first for b in second]
            return list({p.name: p for p in pairs}.values())
    unknown += [name for name in text.split("/") if not _options(card, name)] or [text]
    return []


def _options(card: GeneCard, name: str) -> list[Allele]:
    """The rows that a written name can mean: one, or both readings of `xN`, or none."""
    name = name.strip()
    core = re.sub(r"^(\*\d+)\.\d+$", r"\1", name)  # a suballele such as *4.013 acts as its core allele
    for spelling in (name, tidy(name), _sorted_tandem(name), _many(name), card.aliases.get(name, ""), core):
        for part in spelling.split("|") if spelling in card.aliases.values() else [spelling]:
            if part in card.by_name:
                return [card.by_name[part]]
    if name.lower().endswith("xn"):
        base = name[:-2]
        return [card.by_name[n] for n in (f"{base}x2", f"{base}x≥{MANY}") if n in card.by_name]
    folded = {known.lower(): allele for known, allele in card.by_name.items()}
    return [folded[name.lower()]] if name.lower() in folded else []


def _sorted_tandem(name: str) -> str:
    return " + ".join(reversed([part.strip() for part in name.split("+")])) if "+" in name else name


def _many(name: str) -> str:
    """`*2x4` -> `*2x≥3` where the table has no row for four copies."""
    copies = re.fullmatch(r"(.+)x(\d+)", tidy(name))
    return f"{copies[1]}x≥{MANY}" if copies and int(copies[2]) >= MANY else name


def _markers(card: GeneCard, text: str) -> list[Diplotype]:
    """Marker results from a typing (`*15:02/*40:01`, four digits or more) or as a laboratory words it (`*15:02 positive`)."""
    text = text.replace(f"{card.symbol}*", "*")
    worded = re.fullmatch(rf"\*?([\d:]+)\s*[:,]?\s+({POSITIVE}|{NEGATIVE})", text.strip(), re.IGNORECASE)
    if worded:
        marker, result = f"*{worded[1]}", worded[2].lower()
        if marker not in card.markers:
            raise InputError(f"{card.symbol}: {marker} is none of the markers {', '.join(card.markers)}")
        return [_marker_reading(card, text.strip(), {marker: result == POSITIVE})]
    alleles = [a.strip().lstrip("*") for a in text.split("/")]
    fields = [a.split(":") for a in alleles]
    if not all(re.fullmatch(r"\d+", f[0]) for f in fields) or len(alleles) > 2:
        raise InputError(f"{card.symbol}: expected two typed alleles such as *07:02/*40:01, or a marker with '{POSITIVE}' or '{NEGATIVE}'")
    results: dict[str, bool] = {}
    for marker in card.markers:
        wanted = marker.lstrip("*").split(":")
        if any(f[:2] == wanted for f in fields):
            results[marker] = True
        elif all(len(f) >= 2 or f[0] != wanted[0] for f in fields) and len(fields) == 2:
            results[marker] = False
    return [_marker_reading(card, "/".join(f"*{a}" for a in alleles), results)]


def _marker_reading(card: GeneCard, name: str, results: dict[str, bool]) -> Diplotype:
    readings = []
    for body in card.bodies:
        own = [m for m in body.markers or card.markers if m in results]
        worded = tuple(f"{marker} {POSITIVE if results[marker] else NEGATIVE}" for marker in sorted(own, key=lambda m: not results[m]))
        text = ", ".join(worded)
        if worded:
            readings.append(Reading(body.name, text, "", text, exact=worded))
    return Diplotype(name, tuple(readings))
