"""Where a defining site lies: how far an indel can move to the right, and its place on GRCh37."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from derive_genes_read import Record, SecondSource, Variant

DELETION = re.compile(r"g\.(\d+)(?:_(\d+))?del([ACGT]*)$")
DUPLICATION = re.compile(r"g\.(\d+)(?:_(\d+))?dup$")
INSERTION = re.compile(r"g\.(\d+)_\d+ins([ACGT]+)$")
REPEAT = re.compile(r"g\.(\d+)([ACGT]+)\[\d+\]$")


@dataclass(frozen=True)
class Placed:
    """A site as the card states it."""

    variant: Variant
    tract: int
    position37: int
    ref37: str
    state37: str


def change(ref: str, alt: str) -> str:
    """The bases deleted or inserted right after the anchor base; "" for substitutions."""
    size = abs(len(ref) - len(alt))
    longer, shorter = (ref, alt) if len(ref) > len(alt) else (alt, ref)
    if size == 0 or longer != longer[: 1 + size] + shorter[1:] or longer[0] != shorter[0]:
        return ""
    return longer[1 : 1 + size]


def unit_of(variant: Variant) -> str:
    """The shortest inserted or deleted sequence of the site; "" where it is not an indel."""
    changes = sorted((change(variant.ref, alt) for alt in variant.alts), key=len)
    if not changes or not changes[0]:
        return ""
    unit = changes[0]
    if any(c != unit * (len(c) // len(unit)) for c in changes):
        return ""
    return unit


def rotate(unit: str, by: int) -> str:
    by %= len(unit)
    return unit[by:] + unit[:by]


def copies(label: str) -> int:
    """How many units a publication label such as TA(7) stands for."""
    counted = re.fullmatch(r"[ACGT]+\((\d+)\)", label)
    return int(counted.group(1)) if counted else 1


def end_of(segment: str, variant: Variant, unit: str) -> tuple[int, str, int]:
    """(last base of the tract, the sequence that the right-aligned name gives or "", its distance from the left)."""
    start = variant.position + 1
    if found := DELETION.fullmatch(segment):
        left, last = int(found.group(1)), int(found.group(2) or found.group(1))
        named = found.group(3) or next((x.removeprefix("del") for x, v in variant.labels.items() if v == variant.ref and "(" not in x), "")
        return last, named, left - start
    if found := DUPLICATION.fullmatch(segment):
        left, last = int(found.group(1)), int(found.group(2) or found.group(1))
        named = next((x for x, v in variant.labels.items() if v == variant.ref and "(" not in x), "")
        return last, named, left - start
    if found := INSERTION.fullmatch(segment):
        return int(found.group(1)), found.group(2), int(found.group(1)) - variant.position
    if found := REPEAT.fullmatch(segment):
        label = next(x for x, v in variant.labels.items() if v == variant.ref)
        left, named = int(found.group(1)), found.group(2)
        return left + copies(label) * len(named) - 1, named, left - start
    raise ValueError(segment)


def tract_of(variant: Variant) -> tuple[int, str]:
    """(bases right of the anchor that repeat the unit, why the claim was given up or "")."""
    unit = unit_of(variant)
    least = len(variant.ref) - 1
    if not unit:
        sizes = {len(a) for a in (variant.ref, *variant.alts)}
        return 0, "" if len(sizes) == 1 else "not an indel right after its anchor"
    found = set()
    for segment in variant.hgvs.split("; "):
        try:
            last, named, shifted = end_of(segment, variant, unit)
        except ValueError:
            return least, f"cannot read {segment}"
        if named and rotate(unit, shifted) != named:
            return least, f"{segment} names {named}, expected {rotate(unit, shifted)}"
        found.add(last - variant.position)
    if len(found) != 1:
        return least, f"the names of {variant.hgvs} end at different bases"
    tract = found.pop()
    if tract < least or any(variant.ref[1 + i] != unit[i % len(unit)] for i in range(least)):
        return least, f"REF {variant.ref} does not repeat {unit}"
    return tract, "" if variant.ref[0] != unit[-1] else "the indel is not written leftmost"


def bases_of(records: Iterable[Record | Variant]) -> dict[int, set[str]]:
    """Position -> reference bases that the records state there."""
    bases: dict[int, set[str]] = {}
    for record in records:
        for i, base in enumerate(record.ref):
            bases.setdefault(record.position + i, set()).add(base)
    return bases


def tracts_of(variants: tuple[Variant, ...]) -> tuple[list[int], list[str]]:
    """The tract of every site, and a line for each claim given up; overlapping sites must agree on the bases."""
    claims = [tract_of(v) for v in variants]
    lines = [f"site {v.position}: {why}" for v, (_, why) in zip(variants, claims, strict=True) if why]
    stated = bases_of(variants)
    for variant, (tract, _) in zip(variants, claims, strict=True):
        unit = unit_of(variant)
        for i in range(tract if unit else 0):
            stated.setdefault(variant.position + 1 + i, set()).add(unit[i % len(unit)])
    tracts = []
    for variant, (tract, _) in zip(variants, claims, strict=True):
        clash = [variant.position + i for i in range(tract + 1) if len(stated.get(variant.position + i, ())) > 1]
        if clash:
            lines.append(f"site {variant.position}: tract of {tract} given up, other sites disagree at {clash}")
            tract = len(variant.ref) - 1
        tracts.append(tract)
    return tracts, lines


def same_indel(record: Record, variant: Variant, tract: int, offset: int) -> bool:
    """Whether the record (on the other build) is one of the site's indels, wherever it is written."""
    unit, start = unit_of(variant), variant.position + offset
    for alt in record.alts:
        ref, seen = record.ref, alt
        while len(ref) > 1 and len(seen) > 1 and ref[-1] == seen[-1]:
            ref, seen = ref[:-1], seen[:-1]
        moved, base = change(ref, seen), record.position - start
        used = base + (len(moved) if len(ref) > len(seen) else 0)
        if moved and base >= 0 and used <= tract and len(moved) % len(unit) == 0:
            wanted = rotate(unit, base) * (len(moved) // len(unit))
            same_way = any((len(a) - len(variant.ref)) == (len(seen) - len(ref)) for a in variant.alts)
            if moved == wanted and same_way:
                return True
    return False


def modal(offsets: dict[int, int]) -> int:
    return max(offsets, key=lambda o: (offsets[o], -abs(o)))


def place(
    variants: tuple[Variant, ...],
    tracts: list[int],
    second: SecondSource,
    panel: list[Record],
) -> tuple[int, list[Placed], list[str]]:
    """(offset, sites with their place on GRCh37, failures); `panel` holds GRCh37 records."""
    offset = modal(second.offsets)
    old = [r for _, new, r in second.rows if r.position - new.position == offset]
    known, failures, placed = bases_of([*old, *panel]), [], []
    for variant, tract in zip(variants, tracts, strict=True):
        position, indel = variant.position + offset, unit_of(variant)
        seen = [known.get(position + i, set()) for i in range(len(variant.ref))]
        if any(len(s) > 1 for s in seen):
            failures.append(f"site {variant.position}: sources disagree on the GRCh37 bases {seen}")
        ref37 = "".join(next(iter(s)) if len(s) == 1 else b for s, b in zip(seen, variant.ref, strict=True))
        if ref37 not in (variant.ref, *variant.alts):
            failures.append(f"site {variant.position}: GRCh37 has {ref37}, which the site does not list")
        proven = any(same_indel(r, variant, tract, offset) for r in (*old, *panel)) if indel else all(seen)
        placed.append(Placed(variant, tract, position, ref37, "verified" if proven else "offset"))
    return offset, placed, failures


def check_ref38(variants: tuple[Variant, ...], second: SecondSource, panel: list[Record]) -> list[str]:
    """A line for each site whose GRCh38 reference base differs from a second source."""
    known = bases_of([*(new for _, new, _ in second.rows), *panel])
    lines = []
    for variant in variants:
        for i, base in enumerate(variant.ref):
            if known.get(variant.position + i, {base}) != {base}:
                lines.append(f"site {variant.position}: GRCh38 base {base} differs from a second source")
    return lines
