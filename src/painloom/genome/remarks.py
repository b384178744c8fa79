"""What must be said of single samples: genotypes that were not used and why, alleles that no table lists."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from painloom.genome.calls import GeneColumn
from painloom.model.genotypes import Genotypes

EVERYBODY = -1


@dataclass(frozen=True)
class Remarks:
    """By table row of a site: (sample, sentence part); sample -1 = all samples."""

    reasons: Mapping[int, list[tuple[int, str]]]
    unlisted: Mapping[int, list[tuple[int, str]]]


def collect(genotypes: Genotypes | None) -> Remarks:
    """Index the reasons and unlisted alleles of a file by site."""
    reasons: dict[int, list[tuple[int, str]]] = defaultdict(list)
    unlisted: dict[int, list[tuple[int, str]]] = defaultdict(list)
    if genotypes is not None:
        for (site, sample), reason in genotypes.reasons.items():
            reasons[site].append((sample, re.sub(r"^(GQ|DP|MIN_DP) \S+ below", r"\1 below", reason)))
        for seen in genotypes.unlisted:
            unlisted[seen.site].append((seen.sample, f"{genotypes.table.sites[seen.site].label} {seen.allele}"))
    return Remarks(reasons, unlisted)


def of_gene(column: GeneColumn, remarks: Remarks) -> dict[int, str]:
    """Sample -> what to add to its row of this gene; -1 = what to add to everybody's."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    named: dict[int, dict[str, None]] = defaultdict(dict)
    for row in column.sites.tolist():
        for sample, reason in remarks.reasons.get(row, ()):
            counted[sample][reason] += 1
        for sample, allele in remarks.unlisted.get(row, ()):
            named[sample][allele] = None
    out = {}
    for sample in sorted({*counted, *named}):
        parts = [f"{count} {'site' if count == 1 else 'sites'} not used: {reason}" for reason, count in sorted(counted[sample].items())]
        if named[sample]:
            parts.append("undocumented: " + ", ".join(named[sample]))
        out[sample] = "; ".join(parts)
    return out


def spread(
    values: list[tuple[str, ...]], of_sample: NDArray[np.intp], extra: Mapping[int, str]
) -> tuple[list[tuple[str, ...]], NDArray[np.intp]]:
    """Rows (last cell = source) and the pointers of the samples, with the remarks put into the source of those they belong to."""
    for_all = extra.get(EVERYBODY)
    rows = [(*row[:-1], f"{row[-1]}; {for_all}") for row in values] if for_all else list(values)
    single = {sample: text for sample, text in extra.items() if sample != EVERYBODY}
    if not single:
        return rows, of_sample
    pointers = of_sample.copy()
    known: dict[tuple[int, str], int] = {}
    for sample, text in single.items():
        key = int(of_sample[sample]), text
        if key not in known:
            known[key] = len(rows)
            rows.append((*rows[key[0]][:-1], f"{rows[key[0]][-1]}; {text}"))
        pointers[sample] = known[key]
    return rows, pointers
