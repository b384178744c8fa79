"""What each allele of a VCF record means at one defining site, whatever anchor, context or spelling the file uses.

The reference around a site is known: its own REF, and for an indel the tract of repeats behind it.  An allele of a record is put into
this context as a whole stretch of bases and compared with the stretches of the listed alleles.  Two spellings of one variant give the
same stretch, so no normal form is needed.
"""

import itertools
from dataclasses import dataclass
from functools import cached_property

from painloom.intake.contigs import canonical
from painloom.intake.vcf_records import PLAIN, Record
from painloom.model.genotypes import UNLISTED, Site

SPANNED = "*"
_KNOWN_BASES = frozenset("ACGT")


@dataclass(frozen=True)
class Place:
    """A site on one build: 1-based `start`, reference allele, the known repeats behind it, alleles in the order of the codes."""

    index: int
    chromosome: str
    start: int
    reference: str
    tail: str
    alleles: tuple[str, ...]
    proven: bool

    @cached_property
    def is_indel(self) -> bool:
        """Some alleles differ in length."""
        return len({len(a) for a in (*self.alleles, self.reference)}) > 1

    @property
    def known(self) -> str:
        """Reference bases from `start` on."""
        return self.reference + self.tail

    @property
    def stop(self) -> int:
        """Last position whose reference base is known."""
        return self.start + len(self.known) - 1

    @property
    def full(self) -> int:
        """One bit for every base that must be seen before the site counts as seen: an indel needs its anchor base only."""
        return 1 if self.is_indel else (1 << len(self.reference)) - 1

    def code(self, text: str) -> int:
        """Index of an allele, or UNLISTED."""
        return self.alleles.index(text) if text in self.alleles else UNLISTED


@dataclass(frozen=True, slots=True)
class Edit:
    """What an allele of a record makes of the site: the allele in the site's spelling, and the bits of the bases it changes."""

    text: str
    mask: int


@dataclass(frozen=True, slots=True)
class View:
    """One record as seen from one site.

    edits : by allele number of the record; None = this allele leaves the site as the reference has it.
    cover : bits of the bases for which an unchanged allele vouches; 0 = the record only speaks through its edits.
    """

    record: Record
    edits: tuple[Edit | None, ...]
    cover: int


def place_of(site: Site, index: int, build: str) -> Place | None:
    """The site on a build, or None where the table gives no position there."""
    start, reference = site.place(build)
    chromosome = canonical(site.chromosome)
    if start <= 0 or not chromosome:
        return None
    proven = site.proven37 or build != "GRCh37"
    return Place(index, chromosome, start, reference.upper(), _tail(site), tuple(a.upper() for a in site.alleles), proven)


def _tail(site: Site) -> str:
    """The bases behind REF that go on repeating the indel's unit (the same on both builds)."""
    lengths = sorted({len(a) for a in site.alleles})
    if len(lengths) < 2 or site.tract <= len(site.alleles[0]) - 1:
        return ""
    period = min(b - a for a, b in itertools.pairwise(lengths))
    bases = max(site.alleles, key=len)[1:].upper()
    if any(base != bases[i % period] for i, base in enumerate(bases)):
        return ""
    return "".join(bases[i % period] for i in range(len(site.alleles[0]) - 1, site.tract))


def contradiction(place: Place, record: Record) -> tuple[int, str, str] | None:
    """(position, base found, base expected) where REF of the record is not the known reference; None where they agree."""
    for position in range(max(place.start, record.position), min(place.stop, record.stop) + 1):
        found, expected = record.reference[position - record.position], place.known[position - place.start]
        if found != expected and found in _KNOWN_BASES and expected in _KNOWN_BASES:
            return position, found, expected
    return None


def listed_indels(place: Place, record: Record) -> frozenset[int]:
    """Allele numbers of the record that are listed length changes of this indel site."""
    if not place.is_indel:
        return frozenset()
    numbers = range(1, 1 + len(record.alternates))
    edits = [_indel_edit(place, record, record.alternates[n - 1]) for n in numbers]
    return frozenset(n for n, e in zip(numbers, edits, strict=True) if e is not None and place.code(e.text) >= 0)


def view(place: Place, record: Record, elsewhere: frozenset[int]) -> View | None:
    """The record as seen from the site, or None where it has nothing to say about it.

    Parameters
    ----------
    elsewhere : allele numbers that are listed indels of other sites; those sites carry them, here they change nothing.

    Notes
    -----
    An unchanged allele vouches for the site in a non-variant record or block, in a record that lists a variant of this very site, and
    in a variant record of a gVCF that starts there (its `<NON_REF>` was weighed too).  A record of another variant whose REF or anchor
    only happens to cover the site vouches for nothing: variant callers write down what they looked for.
    """
    if record.is_plain:
        return _plain_view(place, record)
    edit = _indel_edit if place.is_indel else _substitution_edit
    starts_here = record.position == place.start
    edits: list[Edit | None] = [None]
    own = False
    for number, alternate in enumerate(record.alternates, start=1):
        found: Edit | None = None
        if alternate in PLAIN or alternate == SPANNED:
            covers = record.position <= place.start + _width(place) - 1 and record.stop >= place.start
            if starts_here or (covers and not place.is_indel):
                found = Edit(alternate, _all(place))
            own |= starts_here
        elif alternate.isalpha():
            found = edit(place, record, alternate)
            if number in elsewhere and (found is None or place.code(found.text) < 0):
                found = None
            own |= found is not None and _is_own(place, record, alternate, found)
        edits.append(found)
    if not own and not any(edits):
        return None
    return View(record, tuple(edits), _cover(place, record) if own else 0)


def _cover(place: Place, record: Record) -> int:
    return 1 if place.is_indel else _overlap(place, record.position, record.stop)


def _plain_view(place: Place, record: Record) -> View | None:
    cover = _overlap(place, record.position, record.end)
    edits = (None, *(Edit(a, _all(place)) for a in record.alternates))
    return View(record, edits, cover) if cover else None


def _width(place: Place) -> int:
    return 1 if place.is_indel else len(place.reference)


def _all(place: Place) -> int:
    return (1 << len(place.reference)) - 1


def _overlap(place: Place, first: int, last: int) -> int:
    """Bits of the bases of the site that lie in [first, last]; an indel site is its anchor base."""
    return sum(1 << i for i in range(_width(place)) if first <= place.start + i <= last)


def _is_own(place: Place, record: Record, alternate: str, edit: Edit) -> bool:
    """Whether the edit is a variant of this very site, not one of the neighbourhood that reaches into it."""
    if not place.is_indel:
        return edit.text != SPANNED and (len(alternate) == len(record.reference) or record.position >= place.start)
    return place.code(edit.text) >= 0 or record.position + _trimmed(record.reference, alternate)[0] == place.start + 1


def _substitution_edit(place: Place, record: Record, alternate: str) -> Edit | None:
    """Position by position for alleles of equal length; a deletion of the site, or a mixture across it, is unlisted."""
    left = place.start - record.position
    if len(alternate) == len(record.reference):
        text, mask = list(place.reference), 0
        for i in range(len(place.reference)):
            if 0 <= left + i < len(alternate) and alternate[left + i] != record.reference[left + i]:
                text[i], mask = alternate[left + i], mask | 1 << i
        return Edit("".join(text), mask) if mask else None
    low, high, inserted = _trimmed(record.reference, alternate)
    right = left + len(place.reference)
    touches = left < low < right if low == high else low < right and high > left  # an insertion only between bases of the site
    if not touches:
        return None
    return Edit(SPANNED if not inserted else f"{record.reference}>{alternate}", _all(place))


def _indel_edit(place: Place, record: Record, alternate: str) -> Edit | None:
    """A listed allele by its stretch of bases; another change of length in the site's REF or tract is unlisted."""
    if not alternate.isalpha() or record.position > place.stop + 1 or record.stop < place.start - 1:
        return None
    first = min(place.start, record.position)
    context = list(" " * (max(place.stop, record.stop) - first + 1))
    context[record.position - first : record.stop - first + 1] = record.reference
    context[place.start - first : place.stop - first + 1] = place.known
    before, after = "".join(context[: place.start - first]), "".join(context[place.stop - first + 1 :])
    at, end = record.position - first, record.stop - first + 1
    stretch = "".join(context[:at]) + alternate + "".join(context[end:])
    for allele in place.alleles:
        if before + allele + place.tail + after == stretch:
            return None if allele == place.reference else Edit(allele, _all(place))
    whole = "".join(context)
    if len(whole) == len(stretch):
        return None  # substitutions in the neighbourhood are other variants
    low, high, inserted = _trimmed(whole, stretch)
    low, high = first + low, first + high
    touches = place.start < low <= place.stop + 1 if low == high else low <= place.stop and high > place.start
    if not touches:
        return None
    if low > place.start and high <= place.start + len(place.reference):
        cut = low - place.start, high - place.start
        return Edit(place.reference[: cut[0]] + inserted + place.reference[cut[1] :], _all(place))
    return Edit(f"{record.reference}>{alternate}", _all(place))


def _trimmed(reference: str, alternate: str) -> tuple[int, int, str]:
    """(low, high, inserted): the alternate replaces reference[low:high]; cut from the right first, so as far left as it goes."""
    shorter = min(len(reference), len(alternate))
    right = next((i for i in range(shorter) if reference[-1 - i] != alternate[-1 - i]), shorter)
    rest = shorter - right
    left = next((i for i in range(rest) if reference[i] != alternate[i]), rest)
    return left, len(reference) - right, alternate[left : len(alternate) - right]
