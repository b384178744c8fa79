"""Which drugs of a list fill the parts of a rule: every part by drugs of its own."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from painloom.body.doses import MG
from painloom.body.formulary import TO_VERIFY, VERIFIED, Formulary
from painloom.body.products import UNKNOWN_ROUTE, Taken
from painloom.knowledge.rule_cards import Part


@dataclass(frozen=True, slots=True)
class Match:
    """The keys of the drugs that can fill each part, in the list's order; `state` is TO_VERIFY where a membership that was needed is so."""

    parts: tuple[tuple[str, ...], ...]
    state: str


class DrugsTaken:
    """The ingredients that count for rules, and what of each drug is taken a day in all entries together."""

    def __init__(self, taken: Sequence[Taken], formulary: Formulary):
        """`taken` in the list's order; antagonists bound in an opioid's product are left out."""
        self.taken = tuple(t for t in taken if not t.bound)
        self.formulary = formulary
        self.labels = {t.key: t.intake.label for t in reversed(self.taken)}
        self._drugs = {t.intake.drug for t in self.taken if t.intake.drug}
        self._coded = any(not t.intake.drug and t.groups for t in self.taken)

    def may_fill(self, parts: Sequence[Part]) -> bool:
        """False where some part has no drug on the list, whatever routes and amounts are: a quick look before the careful one."""
        if self._coded:
            return True
        members = [self.formulary.members(part) for part in parts]
        return all(any(drug in own for drug in self._drugs) for own in members)

    def daily(self, key: str, taken: Sequence[Taken] | None = None) -> tuple[float, float, bool]:
        """(lowest, highest amount a day in mg, all of it known?) of one drug over `taken`, by default the whole list."""
        own = [t.intake for t in (self.taken if taken is None else taken) if t.key == key]
        known = [i.daily for i in own if i.daily is not None and i.unit == MG]
        return round(math.fsum(d.low for d in known), 9), round(math.fsum(d.high for d in known), 9), len(known) == len(own)

    def own(self, part: Part, key: str) -> tuple[Taken, ...]:
        """The entries of one drug that fit a part by route and form."""
        same = (t for t in self.taken if t.key == key)
        return tuple(t for t in same if self._member(part, t) and _route_fits(part, t, False) and _form_fits(part, t))

    def filling(self, part: Part, *, certain: bool = False) -> dict[str, str]:
        """Key -> state of the drugs that fit a part.  A route that is not known fits every part, but none where `certain` is asked."""
        found: dict[str, str] = {}
        by_key: dict[str, list[Taken]] = {}
        for t in self.taken:
            state = self._member(part, t)
            if state and _route_fits(part, t, certain) and _form_fits(part, t):
                found[t.key] = VERIFIED if VERIFIED in (state, found.get(t.key)) else state
                by_key.setdefault(t.key, []).append(t)
        return {key: state for key, state in found.items() if self._amount_fits(part, key, by_key[key])}

    def amount_unknown(self, part: Part) -> tuple[str, ...]:
        """Keys of drugs that would fit the part, were their whole amount a day known to be large enough."""
        if part.per_day_from is None and part.per_day_above is None:
            return ()
        found = []
        for key in self.labels:
            own = self.own(part, key)
            if own and not self.daily(key, own)[2] and not self._amount_fits(part, key, own):
                found.append(key)
        return tuple(found)

    def _member(self, part: Part, taken: Taken) -> str:
        """How the drug belongs to the part: VERIFIED, TO_VERIFY or "" for not at all."""
        if taken.intake.drug:
            return self.formulary.members(part).get(taken.intake.drug, "")
        states = [taken.groups[group] for group in part.groups if group in taken.groups]
        return VERIFIED if VERIFIED in states else states[0] if states else ""

    def _amount_fits(self, part: Part, key: str, own: Sequence[Taken]) -> bool:
        highest = self.daily(key, own)[1]
        return (part.per_day_from is None or highest >= part.per_day_from) and (part.per_day_above is None or highest > part.per_day_above)

    def match(self, parts: Sequence[Part]) -> Match | None:
        """The drugs that fill the parts of a rule, each part by its `count` of drugs and no drug twice; None where that is impossible."""
        filled = [self.filling(part) for part in parts]
        if not all(filled):
            return None
        slots = [number for number, part in enumerate(parts) for _ in range(part.count)]
        chosen = tuple(tuple(key for key in own if _can_fill(slots, filled, n, key)) for n, own in enumerate(filled))
        if not all(chosen):
            return None
        proven = all(_proven(filled, slots, number) for number in range(len(filled)))
        return Match(chosen, VERIFIED if proven else TO_VERIFY)


def _proven(filled: Sequence[dict[str, str]], slots: Sequence[int], number: int) -> bool:
    """Enough verified drugs fill the part."""
    return sum(state == VERIFIED for state in filled[number].values()) >= slots.count(number)


def _can_fill(slots: Sequence[int], filled: Sequence[dict[str, str]], part: int, key: str) -> bool:
    """Whether the rule can be filled with `key` in `part`: a matching of the other slots to other drugs exists."""
    left = list(slots)
    left.remove(part)
    holder: dict[str, int] = {key: -1}

    def place(slot: int, seen: set[str]) -> bool:
        for drug in filled[left[slot]]:
            if drug in seen or holder.get(drug) == -1:
                continue
            seen.add(drug)
            if drug not in holder or place(holder[drug], seen):
                holder[drug] = slot
                return True
        return False

    return all(place(slot, set()) for slot in range(len(left)))


def _route_fits(part: Part, taken: Taken, certain: bool) -> bool:
    route = taken.intake.route
    if not part.routes:
        return True
    if route == UNKNOWN_ROUTE:
        return not certain
    return (route or "oral") in part.routes


def _form_fits(part: Part, taken: Taken) -> bool:
    return not part.forms or any(form in part.forms for form in taken.intake.form.split())
