"""Measured quantities -> measures of terms/measures.tsv: by code, in the measure's unit, within its plausible limits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from painloom.errors import KnowledgeError
from painloom.knowledge.instrument_cards import InstrumentCard, Scale
from painloom.knowledge.load import Knowledge

CODE = re.compile(r'loinc\w*\s*=\s*"([0-9]+-[0-9])"')
PLAIN_UNITS = ("", "1")


@dataclass(frozen=True, slots=True)
class MeasureTerm:
    """One row of the table: its unit, the factors from other units, the limits of what can be."""

    id: str
    unit: str
    factors: Mapping[str, float]
    low: float
    high: float

    def value(self, number: float, unit: str) -> float | None:
        """The number in the measure's unit; None where the unit is not known here (a missing unit is known only for counts and scores)."""
        wanted = folded(unit)
        if wanted == folded(self.unit) or (wanted in PLAIN_UNITS and self.unit.startswith("{")):
            return number
        factor = self.factors.get(wanted)
        return None if factor is None else number * factor

    def is_plausible(self, value: float) -> bool:
        """True within the limits."""
        return self.low <= value <= self.high


def folded(unit: str) -> str:
    """A unit for comparing: both signs for micro as u, no blanks, lower case."""
    return "".join(unit.replace("µ", "u").replace("μ", "u").split()).lower()


@dataclass(frozen=True)
class Measures:
    """What this release measures, by LOINC code; scores of instruments among them.  Keep one for many bundles: it reads each card once."""

    knowledge: Knowledge

    @cached_property
    def by_loinc(self) -> dict[str, MeasureTerm]:
        """LOINC code -> row of terms/measures.tsv."""
        if "measures" not in self.knowledge.files("terms", ".tsv"):
            return {}
        found: dict[str, MeasureTerm] = {}
        for row in self.knowledge.terms("measures"):
            term = _term(row)
            for code in row["loinc"].split(";"):
                if code and found.setdefault(code, term) is not term:
                    raise KnowledgeError(f"terms/measures.tsv: the code {code} belongs to {found[code].id} and to {term.id}")
        return found

    @cached_property
    def _cards_by_code(self) -> dict[str, list[str]]:
        """Code -> ids of the instrument cards whose text holds it: a look before the whole card is read."""
        found: dict[str, list[str]] = {}
        for id_, path in self.knowledge.files("instruments").items():
            for code in dict.fromkeys(CODE.findall(path.read_text(encoding="utf-8"))):
                found.setdefault(code, []).append(id_)
        return found

    def cards_with(self, code: str) -> list[str]:
        """Ids of the instrument cards that hold the LOINC code anywhere."""
        return self._cards_by_code.get(code, [])

    @cached_property
    def _scales(self) -> dict[str, tuple[tuple[str, Scale], ...]]:
        """What `scales` found before."""
        return {}

    @cached_property
    def _cards(self) -> dict[str, InstrumentCard]:
        """What `card` read before."""
        return {}

    def card(self, id_: str) -> InstrumentCard:
        """An instrument card, read once."""
        if id_ not in self._cards:
            self._cards[id_] = self.knowledge.instrument(id_)
        return self._cards[id_]

    def scales(self, code: str) -> tuple[tuple[str, Scale], ...]:
        """(instrument id, scale) of every scale whose score has the LOINC code."""
        if code not in self._scales:
            cards = (self.card(id_) for id_ in self.cards_with(code))
            self._scales[code] = tuple((card.id, scale) for card in cards for scale in card.scales if scale.loinc == code)
        return self._scales[code]


def _term(row: Mapping[str, str]) -> MeasureTerm:
    pairs = (pair.rpartition("=") for pair in row["conversions"].split(";") if pair)
    try:
        factors = {folded(unit): float(factor) for unit, _, factor in pairs}
        low, high = float(row["low"] or "-inf"), float(row["high"] or "inf")
    except ValueError:
        raise KnowledgeError(f"terms/measures.tsv: {row['id']}: conversions are unit=number, limits are numbers") from None
    return MeasureTerm(row["id"], row["unit"], factors, low, high)
