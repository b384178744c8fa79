"""Copies of a region from structural records: symbolic deletions, duplications and copy-number alleles, or long written-out deletions."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from painloom.intake.contigs import canonical
from painloom.intake.vcf_records import NO_COPY, Record
from painloom.model.genotypes import Region

UNKNOWN = -1
_MOST = 127
_NUMBERED = re.compile(r"<CN(\d+)>")


def copies_of_region(region: Region, build: str, records: Sequence[Record], samples: int) -> NDArray[np.int8]:
    """(samples,): copies of the region, UNKNOWN where no structural record that covers at least half of it says anything.

    Notes
    -----
    FORMAT/CN counts first.  Otherwise the genotype does: 0 is one copy, a deletion none, a duplication two, `<CNn>` n; what several
    records add or take is summed.  A reference genotype in such a record says that the region was assessed: two copies.
    """
    start, end = (region.start37, region.end37) if build == "GRCh37" else (region.start, region.end)
    stated = np.full(samples, np.nan)
    change, seen, blocked = np.zeros(samples), np.zeros(samples, dtype=np.bool_), np.zeros(samples, dtype=np.bool_)
    ploidy = np.full(samples, 2.0)
    for record in records:
        if record.chromosome != canonical(region.chromosome) or record.is_plain:
            continue
        per_allele = _copies_per_allele(record, start, end)
        if per_allele is None:
            continue
        copies = np.full(samples, np.nan) if record.copies is None else np.round(record.copies)
        carried = per_allele[record.alleles]
        haploid = record.alleles[:, 1] == NO_COPY
        own = np.where(haploid, carried[:, 0], carried.sum(axis=1))
        base = np.where(haploid, 1.0, 2.0)
        weak = np.full(samples, bool(record.filter))
        weak[list(record.weak)] = True
        blocked |= weak & ~((own == base) & (np.isnan(copies) | (copies == base)))
        blocked |= ~np.isnan(copies) & ~np.isnan(stated) & (copies != stated)
        stated = np.where(np.isnan(stated), copies, stated)
        counted = ~np.isnan(own)
        blocked |= ~counted & np.isnan(copies) & (record.alleles > 0).any(axis=1)
        change += np.where(counted, own - base, 0.0)
        ploidy = np.where(counted, base, ploidy)
        seen |= counted & ~weak
    total = np.where(np.isnan(stated), np.where(seen, ploidy + change, UNKNOWN), stated)
    return np.where(blocked, UNKNOWN, np.clip(total, UNKNOWN, _MOST)).astype(np.int8)


def _copies_per_allele(record: Record, start: int, end: int) -> NDArray[np.float64] | None:
    """Copies that each allele number leaves on its strand (NaN = not said; the last two are NO_COPY and NOT_CALLED), or None."""
    half = (end - start + 1) / 2
    if min(end, record.end) - max(start, record.position + 1) + 1 < half:
        return None
    copies, structural = [1.0], False
    for alternate in record.alternates:
        numbered = _NUMBERED.fullmatch(alternate)
        removed = len(record.reference) - len(alternate) if alternate.isalpha() else 0
        if numbered:
            copies.append(float(numbered[1]))
        elif alternate.startswith("<DEL") or removed >= half:
            copies.append(0.0)
        elif alternate.startswith("<DUP"):
            copies.append(2.0)
        else:
            copies.append(np.nan if alternate.startswith("<CNV") else 1.0)
        structural |= numbered is not None or copies[-1] != 1.0
    return np.array([*copies, 0.0, np.nan]) if structural else None
