"""Which reference build a file has: what its header states, tested against the known reference alleles at the sites."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from painloom.errors import InputError
from painloom.intake.alleles_at_site import Place, contradiction
from painloom.intake.contigs import OLD_MITOCHONDRION, build_of_length, build_of_name, builds_in_words, canonical
from painloom.intake.limits import refusal
from painloom.intake.vcf_head import Head
from painloom.intake.vcf_records import Record
from painloom.model.genotypes import BUILDS, Site

_ENOUGH_PLAIN = 3  # non-variant records that must agree: one reference block in four starts on the right base by chance
_OVERWHELMING = 10


@dataclass(frozen=True, slots=True)
class Statement:
    """The build that the user or the header gives, "" = none; `source` says who; a doubtful one needs records that support it."""

    build: str = ""
    source: str = ""
    is_doubtful: bool = False
    warning: str = ""


@dataclass
class Evidence:
    """How the records fit the sites of one build: `named` records of a listed variant, `plain` non-variant ones, contradictions."""

    named: int = 0
    plain: int = 0
    against: list[tuple[Place, Record, tuple[int, str, str]]] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """Agreement as a number; a listed variant at its place counts like several non-variant records."""
        return _ENOUGH_PLAIN * self.named + self.plain

    @property
    def fits(self) -> bool:
        """Enough agreement to speak for the build, and nothing against it."""
        return self.weight >= _ENOUGH_PLAIN and not self.against


def stated_build(path: Path, head: Head, contigs: Sequence[str], declared: str | None) -> Statement:
    """What user and header say; `contigs` are names of sequences as the records write them.

    Raises
    ------
    InputError : they contradict each other beyond doubt, or name a build that is not read here.
    """
    if declared is not None and declared not in BUILDS:
        raise refusal(path, "build", f"'{declared}' is not known; declare {' or '.join(BUILDS)}")
    known = [(canonical(contig.name), contig.length) for contig in head.contigs]
    firm = {build_of_length(*k) for k in known} | {build_of_name(n) for n in (*contigs, *(c.name for c in head.contigs))}
    firm.discard("")
    words = builds_in_words(head.reference).union(*(builds_in_words(c.assembly) for c in head.contigs if canonical(c.name)))
    if len(firm) > 1:
        raise refusal(path, "header", "lists sequences of GRCh38 and of GRCh37; convert all of the file to one build")
    if firm:
        build = firm.pop()
        if declared not in (None, build):
            raise refusal(path, "header", f"declared as {declared}, but its sequences are those of {build}; declare {build} or nothing")
        other = words - {build}
        return Statement(build, "the sequences in the header", warning=_disagreement(path, other, build) if other else "")
    if declared:
        doubt = bool(words - {declared})
        return Statement(declared, "the user", doubt, _disagreement(path, words - {declared}, declared) if doubt else "")
    if len(words) == 1 and "other" in words:
        raise refusal(path, "header", "names another reference than GRCh38 or GRCh37; convert (lift over) the file first")
    return Statement(words.pop(), "the header") if len(words) == 1 else Statement()


def _disagreement(path: Path, others: set[str], build: str) -> str:
    named = " and ".join(sorted(o if o != "other" else "another build" for o in others))
    return f"{path.name}: read as {build} although the header also speaks of {named}"


def pair(places: Sequence[Place], records: Sequence[Record]) -> list[list[int]]:
    """For every place the numbers of the records that touch or adjoin it (symbolic structural records are left out)."""
    by_chromosome: dict[str, list[int]] = defaultdict(list)
    for number, place in enumerate(places):
        by_chromosome[place.chromosome].append(number)
    starts, widest = {}, {}
    for name, numbers in by_chromosome.items():
        numbers.sort(key=lambda n: places[n].start)
        starts[name] = [places[n].start for n in numbers]
        widest[name] = max(places[n].stop - places[n].start for n in numbers)
    out: list[list[int]] = [[] for _ in places]
    for number, record in enumerate(records):
        numbers = by_chromosome.get(record.chromosome, [])
        if not numbers or not (record.is_plain or any(a.isalpha() or a == "*" for a in record.alternates)):
            continue
        last = record.end if record.is_plain else record.stop
        at = bisect_left(starts[record.chromosome], record.position - 1 - widest[record.chromosome])
        while at < len(numbers) and places[numbers[at]].start <= last + 1:
            if places[numbers[at]].stop >= record.position - 1:
                out[numbers[at]].append(number)
            at += 1
    return out


def weigh(places: Sequence[Place], records: Sequence[Record], pairs: Sequence[Sequence[int]], sites: Sequence[Site]) -> Evidence:
    """How the records fit the places of one build.

    Places whose coordinates are not proven can only agree, places that are the same on both builds can only contradict.
    """
    evidence = Evidence()
    for place, numbers in zip(places, pairs, strict=True):
        for record in (records[n] for n in numbers):
            wrong = contradiction(place, record)
            if wrong is not None:
                if place.proven:
                    evidence.against.append((place, record, wrong))
            elif record.position == place.start and sites[place.index].position != sites[place.index].position37:
                rsid = sites[place.index].rsid
                same = record.reference == place.reference and not set(place.alleles).isdisjoint(record.alternates)
                named = same or (bool(rsid) and record.identifier == rsid)
                evidence.named += named
                evidence.plain += record.is_plain and not named
    return evidence


def decide(path: Path, stated: Statement, evidence: dict[str, Evidence]) -> str:
    """The build of the file.

    Raises
    ------
    InputError : statement and records disagree, a reference allele is wrong, or nothing tells the build.
    """
    if not stated.build:
        return _decide_alone(path, evidence)
    build, other = stated.build, next(b for b in BUILDS if b != stated.build)
    own = evidence[build]
    if evidence[other].fits and (own.against or not own.weight) and evidence[other].weight > own.weight:
        what = f"is {build} according to {stated.source}, but positions and reference alleles at the sites are those of {other}"
        raise refusal(path, "build", f"{what}; find out which build it has")
    if own.against:
        raise _wrong_base(path, build, own)
    if stated.is_doubtful and not own.fits:
        raise refusal(path, "build", f"declared as {build} against its header, and no record confirms it; find out which build it has")
    return build


def _decide_alone(path: Path, evidence: dict[str, Evidence]) -> str:
    for build, other in (BUILDS, BUILDS[::-1]):
        own, rest = evidence[build], evidence[other]
        if own.fits and (rest.against or own.weight >= _OVERWHELMING * rest.weight):
            return build
    for build, other in (BUILDS, BUILDS[::-1]):
        own, rest = evidence[build], evidence[other]
        if own.against and own.weight >= _OVERWHELMING * max(1, rest.weight, len(own.against)):
            raise _wrong_base(path, build, own)
    what = "the header does not say which reference build the file has, and its records do not show it"
    raise refusal(path, "build", f"{what}; declare {' or '.join(BUILDS)}")


def _wrong_base(path: Path, build: str, evidence: Evidence) -> InputError:
    _, record, (position, found, expected) = min(evidence.against, key=lambda a: (a[0].index, a[1].position))
    what = f"the reference allele has {found} where {build} has {expected}; the file has another build or is damaged"
    return refusal(path, f"{record.contig}:{position}", what)


def has_old_mitochondrion(head: Head) -> bool:
    """Whether the file has the mitochondrial sequence of UCSC's hg19, whose positions are not those of the tables."""
    return any(canonical(c.name) == "chrM" and c.length == OLD_MITOCHONDRION for c in head.contigs)


def unproven(places: Sequence[Place], records: Sequence[Record], pairs: Sequence[Sequence[int]]) -> frozenset[int]:
    """Sites (by row) whose coordinates were inferred and turn out wrong: a record has another base there."""
    return frozenset(
        place.index
        for place, numbers in zip(places, pairs, strict=True)
        if not place.proven and any(contradiction(place, records[n]) for n in numbers)
    )
