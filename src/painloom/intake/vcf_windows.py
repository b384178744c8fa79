"""Where in the genome an intake has to look: windows around the sites and regions of a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from painloom.intake.contigs import CHROMOSOMES, canonical
from painloom.model.genotypes import BUILDS, SiteTable

Places = NDArray[np.int64]
STRIDE = 2**33  # one chromosome after the other on a single axis
RANK = {name: rank for rank, name in enumerate(CHROMOSOMES)}


@dataclass(frozen=True, slots=True)
class Intervals:
    """Disjoint closed intervals in rising order on the single axis (rank of the chromosome x STRIDE + position)."""

    starts: Places
    stops: Places

    def meet(self, ranks: Places, starts: Places, stops: Places) -> NDArray[np.bool_]:
        """Which of the stretches [start, stop] share a base with an interval; a rank of -1 never does."""
        if not len(self.starts):
            return np.zeros(len(ranks), dtype=np.bool_)
        base = ranks * STRIDE
        first = np.searchsorted(self.stops, base + starts)
        inside = first < len(self.stops)
        return inside & (self.starts[np.minimum(first, len(self.starts) - 1)] <= base + stops) & (ranks >= 0)

    def on(self, chromosome: str) -> list[tuple[int, int]]:
        """The intervals of one chromosome, 1-based inclusive."""
        low = RANK[chromosome] * STRIDE
        picked = (self.starts >= low) & (self.starts < low + STRIDE)
        return [(int(a) - low, int(b) - low) for a, b in zip(self.starts[picked], self.stops[picked], strict=True)]


@dataclass(frozen=True, slots=True)
class Windows:
    """`sites` is for every record, `regions` for copy-number records only, `both` is their union."""

    sites: Intervals
    regions: Intervals
    both: Intervals
    ranks: dict[str, int]


class _Kept:
    """The windows of the table that was used last: they do not depend on a file."""

    last: tuple[SiteTable, Windows] | None = None


def windows_of(table: SiteTable) -> Windows:
    """The windows of a table on both builds at once: which build a file has is seen from its records; worked out once a table."""
    if _Kept.last is None or _Kept.last[0] is not table:
        _Kept.last = (table, _windows(table))
    return _Kept.last[1]


def _windows(table: SiteTable) -> Windows:
    sites = []
    for site in table.sites:
        for build in BUILDS:
            position, reference = site.place(build)
            if position > 0 and canonical(site.chromosome):
                reach = max(len(reference) - 1, site.tract + max(0, len(reference) - len(site.alleles[0])))
                sites.append((canonical(site.chromosome), position - 1, position + reach + 1))
    regions = []
    for region in table.regions:
        for start, end in ((region.start, region.end), (region.start37, region.end37)):
            if 0 < start <= end and canonical(region.chromosome):
                regions.append((canonical(region.chromosome), start, end))
    ranks = {name: RANK[name] for name, _, _ in (*sites, *regions)}
    return Windows(_merged(sites), _merged(regions), _merged((*sites, *regions)), ranks)


def _merged(stretches: Iterable[tuple[str, int, int]]) -> Intervals:
    axis = sorted((RANK[c] * STRIDE + a, RANK[c] * STRIDE + b) for c, a, b in stretches)
    out: list[list[int]] = []
    for start, stop in axis:
        if out and start <= out[-1][1] + 1:
            out[-1][1] = max(out[-1][1], stop)
        else:
            out.append([start, stop])
    return Intervals(_column(out, 0), _column(out, 1))


def _column(pairs: Sequence[Sequence[int]], at: int) -> Places:
    return np.array([p[at] for p in pairs], dtype=np.int64)
