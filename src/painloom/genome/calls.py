"""Genotypes -> the answer for every gene and sample: distinct vectors are solved once, samples point to their solution."""

import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from painloom.genome.copies import possible_changes
from painloom.genome.group import Groups, group
from painloom.genome.match import Fit
from painloom.genome.outside import solve_outside
from painloom.genome.panel import Panel, encode
from painloom.genome.solve import COPIES_UNKNOWN, NO_SITE, Solution, solve
from painloom.knowledge.cards import GeneCard
from painloom.model.genecall import NOT_CALLED, Diplotype, GeneCall, SiteView
from painloom.model.genotypes import ABSENT_COPY, MISSING, UNLISTED, Genotypes, Site

OUTSIDE = "outside call"
MATCHED = "matched"
NOT_FROM_FILES = "needs an outside call: no site of a file can tell it"
NOT_CONFIRMED = "files are not searched: the place of its variant is not confirmed by two sources"
NO_ALARM = -1
STRUCTURE_UNSEEN = "copy number was not assessed: a deletion, duplication or hybrid gene would not be seen"


@dataclass(frozen=True)
class GeneColumn:
    """One gene of a cohort: `solutions` of the distinct vectors, `of_sample` (samples,) points to them; `sites` are table rows.

    `memo` keeps what several guidance cards ask of one solution.
    """

    panel: Panel
    solutions: tuple[Solution, ...]
    of_sample: NDArray[np.intp]
    sites: NDArray[np.intp]
    origin: str
    memo: dict[tuple[int, Collection[str]], tuple[Diplotype, ...]] = field(default_factory=dict, compare=False, repr=False)
    changes: dict[int, tuple[tuple[str, Diplotype], ...]] = field(default_factory=dict, compare=False, repr=False)

    def diplotypes(self, solution: Solution, limit: int | None = None) -> tuple[Diplotype, ...]:
        """The diplotypes of a solution, best first, at most `limit`."""
        if solution.fit is None:
            return solution.explicit[:limit]
        return tuple(self._pair(solution.fit, i) for i in range(len(solution.fit))[:limit])

    def count(self, solution: Solution) -> int:
        """How many diplotypes fit."""
        return len(solution.explicit) if solution.fit is None else len(solution.fit)

    def _pair(self, fit: Fit, i: int) -> Diplotype:
        panel, a, b = self.panel, int(fit.first[i]), int(fit.second[i])
        table = panel.readings
        readings = table.readings[table.single[a] if b < 0 else table.index[a, b]]
        name = panel.printed[a] if b < 0 else f"{panel.printed[a]}/{panel.printed[b]}"
        return Diplotype(name, readings, int(fit.score[i]), float(fit.frequency[i]))

    def distinct(self, number: int, named: frozenset[str] = frozenset()) -> tuple[Diplotype, ...]:
        """One diplotype for each different set of readings of solution `number`, best first: what guidance can depend on.

        `named` are diplotypes that a guidance table looks up by name: they stand apart from others with the same readings.
        """
        if (number, named) not in self.memo:
            self.memo[number, named] = self._distinct(self.solutions[number], named)
        return self.memo[number, named]

    def _distinct(self, solution: Solution, named: frozenset[str]) -> tuple[Diplotype, ...]:
        if solution.components:
            return solution.explicit[:1]
        if solution.fit is None:
            apart = {(d.readings, d.name if {d.name, turned(d.name)} & named else ""): d for d in reversed(solution.explicit)}
            return tuple(apart.values())[::-1]
        fit, table = solution.fit, self.panel.readings
        kinds = np.where(fit.second < 0, table.single[fit.first], table.index[fit.first, fit.second])
        row = {name: i for i, name in reversed(list(enumerate(self.panel.printed)))} if named else {}
        for i, pair in enumerate(name.split("/") for name in sorted(named)):
            if len(pair) == 2 and set(pair) <= row.keys():
                a, b = sorted(row[name] for name in pair)
                kinds = np.where((fit.first == a) & (fit.second == b), len(table.readings) + i, kinds)
        _, firsts = np.unique(kinds, return_index=True)
        return tuple(self._pair(fit, int(i)) for i in sorted(firsts))

    def structural(self, number: int) -> tuple[tuple[str, Diplotype], ...]:
        """What the best diplotype of solution `number` would become under an unassessed copy-number change."""
        if number not in self.changes:
            self.changes[number] = self._structural(self.solutions[number])
        return self.changes[number]

    def _structural(self, solution: Solution) -> tuple[tuple[str, Diplotype], ...]:
        if solution.fit is None or not len(solution.fit) or solution.fit.second[0] < 0 or solution.copies != COPIES_UNKNOWN:
            return ()
        rows = self.panel.rows
        first, second = rows[solution.fit.first[0]], rows[solution.fit.second[0]]
        return possible_changes(self.panel.card, first, second, heterozygous=solution.heterozygous)

    def notes(self, solution: Solution) -> tuple[str, ...]:
        """Sentences for the reader."""
        counted = self.panel.card.structure is None or solution.fit is None or solution.copies != COPIES_UNKNOWN
        return solution.notes if counted or self.origin != MATCHED else (*solution.notes, STRUCTURE_UNSEEN)


class Matcher:
    """Gene cards encoded once; vectors that were solved before are remembered, which helps a cohort that comes in blocks."""

    def __init__(self, cards: Mapping[str, GeneCard], *, research: bool = False):
        """`research` names combinations of alleles that no table names."""
        self.panels = {symbol: encode(card) for symbol, card in cards.items()}
        self.research = research
        self._solved: dict[str, dict[bytes, Solution]] = {symbol: {} for symbol in cards}

    def forgetting(self) -> "Matcher":
        """A matcher with the same encoded cards that remembers nobody."""
        fresh = copy.copy(self)
        fresh._solved = {symbol: {} for symbol in self.panels}
        return fresh

    def call(self, genotypes: Genotypes | None, outside: Mapping[str, str]) -> dict[str, GeneColumn]:
        """Every gene for all samples.

        Parameters
        ----------
        genotypes : None when only outside calls are known; they belong to one person.
        outside : gene symbol -> diplotype as written; it replaces what the file says of that gene.
        """
        samples = len(genotypes.samples) if genotypes else 1
        places = {site: i for i, site in enumerate(genotypes.table.sites)} if genotypes else {}
        nobody = np.array([], dtype=np.intp)
        columns = {}
        for symbol, panel in self.panels.items():
            card = panel.card
            if symbol in outside:
                given = solve_outside(card, outside[symbol])
                columns[symbol] = GeneColumn(panel, (given,), np.zeros(samples, dtype=np.intp), nobody, OUTSIDE)
            elif genotypes is None or not card.sites:
                solutions, of_sample = _without_sites(card, genotypes, places)
                columns[symbol] = GeneColumn(panel, solutions, of_sample, nobody, MATCHED)
            else:
                sites = np.array([places[site] for site in card.sites], dtype=np.intp)
                extra = np.stack([_copies(card, genotypes), _alarms(card, genotypes, places)])
                groups = group(_really_seen(card, genotypes, sites), genotypes.phase[sites], extra)
                columns[symbol] = GeneColumn(panel, tuple(self._solve(panel, groups)), groups.of_sample, sites, MATCHED)
        return columns

    def _solve(self, panel: Panel, groups: Groups) -> Iterator[Solution]:
        known = self._solved[panel.card.symbol]
        for n in range(groups.codes.shape[1]):
            codes, phase, (copies, alarm) = groups.codes[:, n], groups.phase[:, n], groups.extra[:, n].tolist()
            key = codes.tobytes() + phase.tobytes() + groups.extra[:, n].tobytes()
            if key not in known:
                found = solve(panel, codes, phase, copies, research=self.research)
                known[key] = found if alarm < 0 else replace(found, **stopped(panel.card.watched[alarm].text))
            yield known[key]


def call_genes(cards: Mapping[str, GeneCard], genotypes: Genotypes | None, outside: Mapping[str, str]) -> dict[str, GeneColumn]:
    """Every gene of `cards` for all samples: see Matcher.call."""
    return Matcher(cards).call(genotypes, outside)


def _really_seen(card: GeneCard, genotypes: Genotypes, sites: NDArray[np.intp]) -> NDArray[np.int8]:
    """The codes of a gene; a site that decides over another one counts as read only where the file has a record of it.

    Declaring absent sites as reference must not turn the tag of a harmful haplotype into a normal result.
    """
    codes = genotypes.codes[sites]
    place = {site.position: i for i, site in enumerate(card.sites)}
    for rule in card.overrules:
        tag, decider = place[rule.site], place[rule.when_seen]
        if genotypes.absent_is_reference and len(genotypes.depth) and genotypes.depth[sites[decider]] == 0:
            codes[decider, (codes[tag] > 0).any(axis=1)] = MISSING
    return codes


def stopped(reason: str) -> dict[str, Any]:
    """Fields of a solution that is withdrawn because of `reason`."""
    return {"status": NOT_CALLED, "fit": None, "explicit": (), "reason": reason, "components": ()}


def _alarms(card: GeneCard, genotypes: Genotypes, places: Mapping[Site, int]) -> NDArray[np.int8]:
    """For each sample the number of the harmful, undefined variant that was seen, or -1."""
    out = np.full(len(genotypes.samples), NO_ALARM, dtype=np.int8)
    for number, watched in enumerate(card.watched):
        seen = (genotypes.codes[places[watched.site]] > 0).any(axis=1)
        out[seen] = number
    return out


def _without_sites(
    card: GeneCard, genotypes: Genotypes | None, places: Mapping[Site, int]
) -> tuple[tuple[Solution, ...], NDArray[np.intp]]:
    """A gene that no site can tell: not called, with what a tag variant hints at where one was read."""
    reason = NO_SITE if card.sites else NOT_CONFIRMED if card.kind == "research" else NOT_FROM_FILES
    nothing = Solution(NOT_CALLED, missing=tuple(range(len(card.sites))), reason=reason)
    if genotypes is None:
        return (nothing,), np.zeros(1, dtype=np.intp)
    of_sample = np.zeros(len(genotypes.samples), dtype=np.intp)
    solutions = [nothing]
    for proxy in card.proxies:
        codes = genotypes.codes[places[proxy.site]]
        for pair in np.unique(np.sort(codes[(codes >= 0).all(axis=1)], axis=1), axis=0).tolist():
            of_sample[(np.sort(codes, axis=1) == pair).all(axis=1)] = len(solutions)
            shown = "/".join(proxy.site.alleles[code] for code in pair)
            solutions.append(replace(nothing, notes=(f"hint only: {proxy.site.label} {shown}. {proxy.text}",)))
    return tuple(solutions), of_sample


def _copies(card: GeneCard, genotypes: Genotypes) -> NDArray[np.int8]:
    if card.structure is not None:
        for i, region in enumerate(genotypes.table.regions):
            if region.gene == card.symbol:
                own: NDArray[np.int8] = genotypes.copies[i]
                return own
    return np.full(len(genotypes.samples), COPIES_UNKNOWN, dtype=np.int8)


def gene_call(column: GeneColumn, genotypes: Genotypes | None, sample: int, *, limit: int | None = None) -> GeneCall:
    """The full noun for one sample; `limit` bounds the number of diplotypes that are spelled out."""
    number = int(column.of_sample[sample])
    solution, card = column.solutions[number], column.panel.card
    missing = tuple(card.sites[i].label for i in solution.missing)
    return GeneCall(
        gene=card.symbol,
        kind=card.kind,
        claim=card.claim,
        status=solution.status,
        diplotypes=column.diplotypes(solution, limit),
        missing_sites=missing,
        origin=column.origin,
        reason=solution.reason,
        notes=column.notes(solution),
        components=solution.components,
        structural=column.structural(number),
        sites=tuple(_views(column, genotypes, sample)) if genotypes and len(column.sites) else (),
        card=(f"genes/{card.id}", card.release),
    )


def _views(column: GeneColumn, genotypes: Genotypes, sample: int) -> Iterator[SiteView]:
    seen_alleles = {(u.site, u.sample): u.allele for u in genotypes.unlisted}
    for row, site in zip(column.sites.tolist(), column.panel.card.sites, strict=True):
        a, b = genotypes.codes[row, sample].tolist()
        reason = genotypes.reasons.get((row, sample)) or genotypes.reasons.get((row, -1), "")
        if MISSING in (a, b):
            yield SiteView(site.label, site.position, "missing", "", reason or "no record")
            continue
        names = [seen_alleles.get((row, sample), "?") if code == UNLISTED else site.alleles[code] for code in (a, b) if code != ABSENT_COPY]
        state = "unlisted" if UNLISTED in (a, b) else "variant" if a > 0 or b > 0 else "reference"
        bar = "|" if genotypes.phase[row, sample] > 0 else "/"
        yield SiteView(site.label, site.position, state, bar.join(names), reason)


def turned(name: str) -> str:
    """The diplotype written the other way round."""
    return "/".join(reversed(name.split("/")))
