"""All records that speak about one site in one sample -> the genotype, or the reason why there is none.

Records are merged slot by slot, so that a line split into one record per alternate gives what the whole line gave.  A named alternate
outweighs "0", and "0" outweighs ".".  Slots of unphased records carry no order: where two alternates meet in one slot, one moves over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from painloom.intake.alleles_at_site import SPANNED, Edit, Place, View
from painloom.intake.vcf_records import NO_COPY, NOT_CALLED, PLAIN
from painloom.model.genotypes import ABSENT_COPY, MISSING, UNLISTED

HALF = "half a genotype"
PARTIAL = "only a part of the site was seen"
NO_GENOTYPE = "the record has no genotype (GT)"
MIXED = "records with one and with two copies overlap"
OVERLAP = "a deletion and another variant claim the same strand"
BLOCK = "a reference block and a variant record contradict each other"
UNKNOWN_PHASE = "neighbouring substitutions without phase"

Pair = tuple[Edit | None, Edit | None]


class Conflict(Exception):
    """Records of one site that cannot all be true."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one record says of one sample: two allele numbers of the record, whether they are too weak to use, whether phased."""

    first: int
    second: int
    is_weak: bool
    is_phased: bool

    @property
    def is_complete(self) -> bool:
        """Every copy has an allele."""
        return self.first >= 0 and (self.second >= 0 or self.second == NO_COPY)

    @property
    def is_called(self) -> bool:
        """Some copy has an allele."""
        return self.first >= 0 or self.second >= 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """`codes` of both slots; `texts` of unlisted alleles; `reason` or the number of the record (`weak`) that knows it when missing;
    `lead` is the record whose phase block counts, -1 = none; `is_seen` is False where no record speaks about the site."""

    codes: tuple[int, int] = (MISSING, MISSING)
    texts: tuple[str, ...] = ()
    reason: str = ""
    weak: int = -1
    lead: int = -1
    is_seen: bool = True


def settle(place: Place, views: Sequence[View], rows: Sequence[Row], *, linked: bool, rest_is_reference: bool) -> Outcome:
    """The genotype at `place` from one row for each view.

    Parameters
    ----------
    linked : all phased rows lie in one block, so their slots are the same strands.
    rest_is_reference : bases of the site that no record covers count as reference, as the user declared.

    Raises
    ------
    Conflict : the records contradict each other, or name more than two alternates.
    """
    edits: list[Pair] = [(_edit(v, r.first), _edit(v, r.second)) for v, r in zip(views, rows, strict=True)]
    touching = [i for i, pair in enumerate(edits) if any(pair)]
    for i in touching:
        if rows[i].is_weak:
            return Outcome(weak=i)
    outcome = _changed(place, views, rows, edits, linked) if touching else _unchanged(place, views, rows)
    if outcome.is_seen and outcome.codes != (MISSING, MISSING) and not rest_is_reference:
        seen = 0
        for view, row, pair in zip(views, rows, edits, strict=True):
            seen |= _masks(pair) | (view.cover if row.is_complete and not row.is_weak else 0)
        return outcome if seen == place.full or place.is_indel else Outcome(reason=PARTIAL)
    return outcome


def _edit(view: View, allele: int) -> Edit | None:
    return view.edits[allele] if allele > 0 else None


def _unchanged(place: Place, views: Sequence[View], rows: Sequence[Row]) -> Outcome:
    speaking = [i for i, view in enumerate(views) if view.cover]
    if not speaking:
        return Outcome(is_seen=False)
    sound = [i for i in speaking if not rows[i].is_weak]
    opened = [i for i in sound if not rows[i].is_complete and not views[i].record.is_plain]
    complete = [i for i in sound if rows[i].is_complete] if not opened else []
    if complete:
        if len({rows[i].second == NO_COPY for i in complete}) > 1:
            return Outcome(reason=MIXED)
        return _outcome(place, (place.reference, place.reference), is_haploid=rows[complete[0]].second == NO_COPY, lead=complete[0])
    if any(rows[i].is_called and not rows[i].is_complete for i in sound):
        return Outcome(reason=HALF)
    weak = [i for i in speaking if rows[i].is_weak]
    if weak and not opened:
        return Outcome(weak=weak[0])
    return Outcome(reason="" if any(views[i].record.has_genotypes for i in speaking) else NO_GENOTYPE)


def _changed(place: Place, views: Sequence[View], rows: Sequence[Row], edits: Sequence[Pair], linked: bool) -> Outcome:
    sound = [i for i, row in enumerate(rows) if row.is_called and not row.is_weak]
    touching = [i for i in sound if any(edits[i])]
    if len({rows[i].second == NO_COPY for i in sound if rows[i].is_complete}) > 1:
        return Outcome(reason=MIXED)
    _check_dosage(views, rows, edits, [i for i in sound if rows[i].is_complete])
    if (opposed := _opposed(place, views, rows, edits, touching)) is not None:
        return opposed
    kept = _distinct(rows, edits, touching, linked)
    slots = _placed(rows, edits, kept, linked)
    if slots is None:
        if any(e is not None and e.text == SPANNED for i in touching for e in edits[i]):
            return Outcome(reason=OVERLAP)
        raise Conflict
    heterozygous = [i for i in kept if edits[i][0] != edits[i][1] and rows[i].second != NO_COPY]
    if not linked and any(_masks(edits[i]) & _masks(edits[j]) == 0 for i in heterozygous for j in heterozygous):
        return Outcome(reason=UNKNOWN_PHASE)
    is_haploid = any(rows[i].second == NO_COPY for i in touching)
    own = [i for i, view in enumerate(views) if i in touching or (view.cover and not view.record.is_plain and not rows[i].is_weak)]
    for slot in (0,) if is_haploid else (0, 1):
        if not slots[slot] and any((rows[i].first, rows[i].second)[slot] == NOT_CALLED for i in own):
            return Outcome(reason=HALF)
    lead = touching[0] if not heterozygous else heterozygous[0] if linked or len(heterozygous) == 1 else -1
    texts = (_composed(place.reference, slots[0]), _composed(place.reference, slots[1]))
    return _outcome(place, texts, is_haploid=is_haploid, lead=lead)


def _check_dosage(views: Sequence[View], rows: Sequence[Row], edits: Sequence[Pair], complete: Sequence[int]) -> None:
    """Two whole genotypes of one alternate allele must count it alike."""
    for i in complete:
        for edit in edits[i]:
            if edit is None or edit.text == SPANNED or edit.text in PLAIN:
                continue
            if any(edit in views[j].edits and edits[j].count(edit) != edits[i].count(edit) for j in complete):
                raise Conflict


def _opposed(place: Place, views: Sequence[View], rows: Sequence[Row], edits: Sequence[Pair], touching: Sequence[int]) -> Outcome | None:
    """A non-variant record against a substitution at the same base.

    At an indel both may stand: the base, then the indel.  A single base with `<NON_REF>` alone is what is left of a split gVCF line.
    """
    if place.is_indel:
        return None
    changed = 0
    for i in touching:
        for edit in edits[i]:
            changed |= edit.mask if edit is not None and edit.text != SPANNED else 0
    for view, row in zip(views, rows, strict=True):
        if view.record.is_plain and row.is_complete and not row.is_weak and view.cover & changed and row.first == row.second == 0:
            if view.record.is_block:
                return Outcome(reason=BLOCK)
            if not view.record.alternates:
                raise Conflict
    return None


def _distinct(rows: Sequence[Row], edits: Sequence[Pair], touching: Sequence[int], linked: bool) -> list[int]:
    """Rows without repetitions, phased ones first, in an order that does not depend on the order of the records."""
    order = sorted(touching, key=lambda i: (not rows[i].is_phased, [e.text if e else "" for e in edits[i]]))
    kept: list[int] = []
    for i in order:
        same = {edits[i]} if linked else {edits[i], edits[i][::-1]}
        if not any(edits[j] in same for j in kept):
            kept.append(i)
    return kept


def _placed(rows: Sequence[Row], edits: Sequence[Pair], kept: Sequence[int], linked: bool) -> tuple[list[Edit], list[Edit]] | None:
    slots: tuple[list[Edit], list[Edit]] = ([], [])
    for i in kept:
        turned = [] if linked or rows[i].second == NO_COPY else [edits[i][::-1]]
        for pair in (edits[i], *turned):
            if all(_is_free(slot, edit) for slot, edit in zip(slots, pair, strict=True)):
                for slot, edit in zip(slots, pair, strict=True):
                    slot += [edit] if edit else []
                break
        else:
            return None
    return slots


def _is_free(slot: Sequence[Edit], edit: Edit | None) -> bool:
    return edit is None or all(placed.mask & edit.mask == 0 for placed in slot)


def _masks(pair: Pair) -> int:
    return (pair[0].mask if pair[0] else 0) | (pair[1].mask if pair[1] else 0)


def _composed(reference: str, placed: Sequence[Edit]) -> str:
    if len(placed) == 1:
        return placed[0].text
    bases = list(reference)
    for edit in placed:  # substitutions of different bases
        for i in range(len(bases)):
            if edit.mask >> i & 1:
                bases[i] = edit.text[i]
    return "".join(bases)


def _outcome(place: Place, texts: tuple[str, str], *, is_haploid: bool, lead: int) -> Outcome:
    first, second = place.code(texts[0]), ABSENT_COPY if is_haploid else place.code(texts[1])
    unlisted = tuple(dict.fromkeys(t for t, c in zip(texts, (first, second), strict=True) if c == UNLISTED))
    return Outcome((first, second), unlisted, lead=lead)
