"""One gene as a guidance table sees it: the keys that each solution leads to, under the genotype alone and under today's drugs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from painloom.genome.calls import GeneColumn, turned
from painloom.genome.phenoconversion import Block, adjusted, nearest_key
from painloom.model.advice import Advice
from painloom.model.genecall import NOT_CALLED, Diplotype

NO_RESULT = "No Result"
NO_READING = ("Indeterminate", "n/a", NO_RESULT)
NOT_SEEN = "gene not called"
ANY = "*"


@dataclass(frozen=True, slots=True)
class Option:
    """One way to read a gene for a card: the table key (None = the table has no row for it) and what it stands for."""

    key: str | None
    text: str
    phenotype: str


class Memory:
    """Advice given before: a cohort that comes in blocks meets the same combinations again and again."""

    def __init__(self) -> None:
        """Nothing is remembered yet."""
        self._numbers: dict[object, int] = {}
        self.advice: dict[tuple[str | int, ...], Advice] = {}

    def number(self, thing: object) -> int:
        """A small number that stands for `thing`, the same for equal things."""
        return self._numbers.setdefault(thing, len(self._numbers))


@dataclass(frozen=True)
class Classes:
    """Solutions that a table cannot tell apart: the first of each class, a number for what it looks like, every sample's class."""

    first: list[int]
    numbers: list[int]
    of_sample: NDArray[np.intp]


class Lens:
    """One gene as a guidance table sees it: which of its keys each solution leads to.

    Tables of one body with the same keys for the gene share a lens, so each solution is looked at once for all of them.
    """

    def __init__(self, symbol: str, column: GeneColumn | None, body: str, domain: frozenset[str], block: Block | None):
        """`column` is None where the knowledge has no such gene; `block` is what today's drugs do to it."""
        self.symbol, self.column, self.body, self.domain, self.block = symbol, column, body, domain, block
        self.named = frozenset(key for key in domain if "/" in key)
        self.bands = next((b.bands for b in column.panel.card.bodies if b.name == body), ()) if column else ()
        self._looked_up: dict[tuple[int, bool], tuple[object, tuple[str | None, str]]] = {}
        self._options: dict[tuple[int, bool], list[Option]] = {}
        self._changes: dict[int, tuple[tuple[str, Option], ...]] = {}
        self._classes: Classes | None = None

    def classes(self, samples: int, memory: Memory) -> Classes:
        """Solutions that the table cannot tell apart."""
        if self._classes is None:
            self._classes = self._find_classes(samples, memory)
        return self._classes

    def _find_classes(self, samples: int, memory: Memory) -> Classes:
        if self.column is None:
            return Classes([0], [memory.number(None)], np.zeros(samples, dtype=np.intp))
        numbers: dict[object, int] = {}
        first: list[int] = []
        of_solution = np.empty(len(self.column.solutions), dtype=np.intp)
        for number in range(len(self.column.solutions)):
            same = self._signature(number)
            if same not in numbers:
                numbers[same] = len(first)
                first.append(number)
            of_solution[number] = numbers[same]
        return Classes(first, [memory.number(same) for same in numbers], of_solution[self.column.of_sample])

    def _signature(self, number: int) -> object:
        """All that advice can see of a solution; a diplotype's name shows only where there is another to tell it from."""
        seen: list[object] = []
        for today in (False, True) if self.block else (True,):
            options = self.options(number, today)
            seen.append(tuple(options) if len(options) > 1 else (options[0].key, options[0].phenotype, bool(options[0].text)))
        return tuple(seen), self.changes(number)

    def options(self, number: int, today: bool) -> list[Option]:
        """Every way to read a solution, best first, one a key."""
        place = number, today
        if place not in self._options:
            self._options[place] = list({o.key: o for o in reversed(list(self._read(number, today)))}.values())[::-1]
        return self._options[place]

    def _read(self, number: int, today: bool) -> Iterator[Option]:
        column = self.column
        if column is None or column.solutions[number].status == NOT_CALLED:
            yield Option(self._known((NO_RESULT,)) or NOT_SEEN, "", NO_RESULT)
            return
        block = self.block if today else None
        for diplotype in column.distinct(number, self.named):
            for factor in block.factors if block else (1.0,):
                changed = adjusted(column.panel.card, diplotype, factor) if block else diplotype
                yield self._option(changed, scaled=factor != 1.0)

    def changes(self, number: int) -> tuple[tuple[str, Option], ...]:
        """Unassessed copy-number changes that would lead to another key."""
        if number not in self._changes:
            self._changes[number] = tuple(self._find_changes(number))
        return self._changes[number]

    def _find_changes(self, number: int) -> Iterator[tuple[str, Option]]:
        if self.column is None or self.column.panel.card.structure is None:
            return
        best = self.options(number, True)[0].key
        for change, diplotype in self.column.structural(number):
            moved = adjusted(self.column.panel.card, diplotype, self.block.factors[0]) if self.block else diplotype
            option = self._option(moved, scaled=self.block is not None)
            if option.key != best:
                yield change, option

    def _option(self, diplotype: Diplotype, *, scaled: bool) -> Option:
        """`scaled`: the readings are those under an inhibitor, so the diplotype's own name is no key."""
        key, words = self._look_up(diplotype, scaled)
        if self.named and not scaled:
            key = next((name for name in (diplotype.name, turned(diplotype.name)) if name in self.named), key)
        return Option(key, diplotype.name, words)

    def _look_up(self, diplotype: Diplotype, scaled: bool) -> tuple[str | None, str]:
        """Key and words of a set of readings; sets that matching shares are looked up once (kept here, so that an id stays theirs)."""
        place = id(diplotype.readings), scaled
        if place not in self._looked_up:
            self._looked_up[place] = diplotype.readings, self._read_out(diplotype, scaled)
        return self._looked_up[place][1]

    def _read_out(self, diplotype: Diplotype, scaled: bool) -> tuple[str | None, str]:
        reading = diplotype.reading(self.body)
        if reading is None:
            return self._known(NO_READING), "no phenotype assigned"
        words = reading.phenotype + (
            f" ({reading.activity_score})" if reading.activity_score and reading.activity_score not in reading.phenotype else ""
        )
        key = self._known((*reading.exact, reading.key))
        if key is None and scaled:
            key = nearest_key(reading.key, self.domain, self.bands)
        return key, words + (" under today's drugs" if scaled else "")

    def _known(self, keys: Sequence[str]) -> str | None:
        return next((key for key in keys if key in self.domain), ANY if ANY in self.domain else None)
