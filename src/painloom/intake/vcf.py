"""Genome files -> Genotypes: VCF, VCF.gz (gzip or bgzip, with or without index), BCF, and raw text of two array makers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from painloom.intake import limits
from painloom.intake.alleles_at_site import Place, View, listed_indels, place_of, view
from painloom.intake.bytestream import Flow, open_file, packing_of, pieces
from painloom.intake.contigs import CHROMOSOMES, HAPLOID, canonical
from painloom.intake.limits import refusal
from painloom.intake.options import ReadOptions
from painloom.intake.rawtext import SAMPLE, maker_of, read_raw_text
from painloom.intake.vcf_build import decide, has_old_mitochondrion, pair, stated_build, unproven, weigh
from painloom.intake.vcf_copies import UNKNOWN, copies_of_region
from painloom.intake.vcf_frames import MAGIC
from painloom.intake.vcf_settle import Conflict
from painloom.intake.vcf_site import Settled, settle_site
from painloom.intake.vcf_source import Gathered, gather, names_in
from painloom.intake.vcf_windows import windows_of
from painloom.model.genotypes import ABSENT_COPY, BUILDS, MISSING, UNLISTED, Genotypes, SiteTable, Unlisted

__all__ = ["ReadOptions", "read_genotypes", "read_raw_text", "read_vcf", "sample_names"]

OTHER_MITOCHONDRION = "the file has the mitochondrial sequence of hg19, whose positions differ"
_VCF_START = b"##fileformat=VCF"


def read_genotypes(path: Path, table: SiteTable, options: ReadOptions) -> Genotypes:
    """The genotypes at the sites of `table`, from whichever format the file's content shows.

    Raises
    ------
    InputError : as `read_vcf` and `read_raw_text`, or the content is of no known kind.
    """
    return read_vcf(path, table, options=options) if _is_vcf(path) else read_raw_text(path, table, options=options)


def sample_names(path: Path) -> tuple[str, ...]:
    """Names of the samples in file order; an array's raw text holds one person and no name.

    Raises
    ------
    InputError : the file cannot be opened or its header is refused.
    """
    return names_in(path) if _is_vcf(path) else (SAMPLE,)


def _is_vcf(path: Path) -> bool:
    with open_file(path) as handle:
        start = next(pieces(handle, packing_of(handle, path), Flow(path)), b"").removeprefix(b"\xef\xbb\xbf")
    if start.startswith((_VCF_START, MAGIC[:3])):
        return True
    if maker_of(start):
        return False
    raise refusal(path, "start", "is neither VCF, BCF nor raw text of 23andMe or AncestryDNA; export the genome in one of these")


@dataclass
class _Draft:
    """The arrays of a Genotypes while they are being filled."""

    codes: NDArray[np.int8]
    phase: NDArray[np.int32]
    depth: NDArray[np.uint8]
    reasons: dict[tuple[int, int], str] = field(default_factory=dict)
    unlisted: list[Unlisted] = field(default_factory=list)


def read_vcf(path: Path, table: SiteTable, *, options: ReadOptions) -> Genotypes:
    """The genotypes of a VCF or BCF file at the sites of `table`.

    Returns
    -------
    Genotypes with samples in file order, missing values and reasons as documented there.  Where the file has a fitting index, only the
    stretches around the sites are read.

    Raises
    ------
    InputError : the file is damaged, hostile, malformed or of an unknown build, or records contradict each other (in a file of
        fewer than a hundred people; in a cohort those who are concerned have no genotype there) or the reference.
        One line: file, place, what is wrong, what to do; never a sample's name.
    """
    found = gather(path, windows_of(table), options)
    build, places, pairs, dropped, warnings = _on_a_build(path, table, found, options)
    shape = len(table.sites), len(found.samples)
    draft = _Draft(np.full((*shape, 2), MISSING, dtype=np.int8), np.zeros(shape, dtype=np.int32), np.zeros(shape[0], dtype=np.uint8))
    draft.reasons.update({(site, -1): reason for site, reason in dropped.items()})
    unseen = _fill(path, draft, places, _views(places, pairs, found), options, is_cohort=len(found.head.samples) >= limits.WIDE)
    if options.absent_is_reference:
        _declare_reference(draft, [canonical(site.chromosome) for site in table.sites], unseen)
        warnings += _never_covered(path, unseen, found)
    regions = [copies_of_region(region, build, found.records, shape[1]) for region in table.regions]
    return Genotypes(
        table=table,
        samples=found.samples,
        build=build,
        codes=draft.codes,
        phase=draft.phase,
        copies=np.array(regions, dtype=np.int8) if regions else np.full((0, shape[1]), UNKNOWN, dtype=np.int8),
        reasons=draft.reasons,
        unlisted=tuple(draft.unlisted),
        digest=found.digest,
        origin=found.origin,
        absent_is_reference=options.absent_is_reference,
        warnings=(*found.warnings, *warnings),
        depth=draft.depth,
    )


def _on_a_build(
    path: Path, table: SiteTable, found: Gathered, options: ReadOptions
) -> tuple[str, list[Place], list[list[int]], dict[int, str], list[str]]:
    """The build, the usable places on it with the records of each, reasons of the others by site, and warnings."""
    stated = stated_build(path, found.head, sorted({r.contig for r in found.records}), options.build)
    old = has_old_mitochondrion(found.head)
    tried = {}
    for candidate in BUILDS:
        placed = [p for i, site in enumerate(table.sites) if (p := place_of(site, i, candidate)) is not None]
        places = [p for p in placed if not (old and p.chromosome == "chrM")]
        pairs = pair(places, found.records)
        tried[candidate] = places, pairs, weigh(places, found.records, pairs, table.sites)
    build = decide(path, stated, {name: evidence for name, (_, _, evidence) in tried.items()})
    places, pairs, _ = tried[build]
    left = {p.index for p in places}
    dropped = {
        i: OTHER_MITOCHONDRION if old and canonical(site.chromosome) == "chrM" else f"no position is known on {build}"
        for i, site in enumerate(table.sites)
        if i not in left
    }
    warnings = [stated.warning] if stated.warning else []
    if wrong := unproven(places, found.records, pairs):
        dropped |= dict.fromkeys(wrong, f"the position on {build} is not proven and the file has another base there")
        warnings.append(f"{path.name}: {len(wrong)} sites were left out: their position on {build} did not prove right")
    usable = [n for n, place in enumerate(places) if place.index not in wrong]
    return build, [places[n] for n in usable], [pairs[n] for n in usable], dropped, warnings


def _views(places: Sequence[Place], pairs: Sequence[Sequence[int]], found: Gathered) -> list[list[View]]:
    """What the records say about each place.  A listed indel speaks at its own site only, not at sites that it spans."""
    listed: dict[int, frozenset[int]] = {}
    for place, numbers in zip(places, pairs, strict=True):
        for n in numbers if place.is_indel else ():
            listed[n] = listed.get(n, frozenset()) | listed_indels(place, found.records[n])
    return [
        [v for n in numbers if (v := view(place, found.records[n], listed.get(n, frozenset()))) is not None]
        for place, numbers in zip(places, pairs, strict=True)
    ]


def _fill(
    path: Path, draft: _Draft, places: Sequence[Place], views: Sequence[Sequence[View]], options: ReadOptions, *, is_cohort: bool
) -> list[tuple[Place, NDArray[np.bool_]]]:
    """Settle every place; returns the places with the samples for which no record speaks."""
    samples = draft.codes.shape[1]
    unseen = []
    for place, seen in zip(places, views, strict=True):
        if not seen:
            unseen.append((place, np.ones(samples, dtype=np.bool_)))
            continue
        if len(seen) > limits.AT_ONE_SITE:
            what = f"more than {limits.AT_ONE_SITE} records reach this site; remove repeated records"
            raise refusal(path, f"{seen[0].record.contig}:{place.start}", what)
        try:
            settled = settle_site(place, seen, samples, rest_is_reference=options.absent_is_reference, is_cohort=is_cohort)
        except Conflict:
            what = "conflicting duplicate records: they contradict each other or name more than two variants; merge them first"
            raise refusal(path, f"{seen[0].record.contig}:{place.start}", what) from None
        _write(draft, place, settled, min(len(seen), 255))
        if settled.unseen.any():
            unseen.append((place, settled.unseen))
    return unseen


def _write(draft: _Draft, place: Place, settled: Settled, depth: int) -> None:
    site = place.index
    draft.codes[site], draft.depth[site] = settled.codes, depth
    if settled.phase.any():  # rows that stay zero cost no memory
        draft.phase[site] = settled.phase
    draft.reasons.update({(site, sample): reason for sample, reason in settled.reasons.items()})
    draft.unlisted += [Unlisted(site, sample, text) for sample, text in settled.unlisted]


def _declare_reference(draft: _Draft, chromosomes: Sequence[str], unseen: Sequence[tuple[Place, NDArray[np.bool_]]]) -> None:
    """Reference for samples without a record at a place, one copy where the chromosome shows (or has) one."""
    haploid = {name: np.full(draft.codes.shape[1], name in HAPLOID) for name in CHROMOSOMES}
    for site, chromosome in enumerate(chromosomes):
        if chromosome == "chrX":
            haploid[chromosome] |= draft.codes[site, :, 1] == ABSENT_COPY
    for place, samples in unseen:
        code = place.code(place.reference)
        draft.codes[place.index, samples, 0] = code
        draft.codes[place.index, samples, 1] = np.where(haploid[place.chromosome][samples], ABSENT_COPY, code)
        if code == UNLISTED:
            draft.unlisted += [Unlisted(place.index, int(i), place.reference) for i in np.flatnonzero(samples)]


def _never_covered(path: Path, unseen: Sequence[tuple[Place, NDArray[np.bool_]]], found: Gathered) -> list[str]:
    empty = sorted({p.chromosome for p, _ in unseen} - found.chromosomes, key=CHROMOSOMES.index)
    if not empty:
        return []
    names = ", ".join(empty)
    return [f"{path.name}: no record at all on {names}; all sites there were taken as reference because absent sites were declared so"]
