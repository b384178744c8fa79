"""The opioid total of a drug list in morphine milligram equivalents, with everything that could not be counted named."""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass

from painloom.body.formulary import Formulary
from painloom.body.products import UNKNOWN_ROUTE, Taken
from painloom.body.wording import joined, number, span
from painloom.knowledge.rule_cards import EquivalenceCard, Factor
from painloom.model.quantity import Interval

GUIDEPOST = 50.0  # the dose at which the guideline of the factors weighs benefit and risk anew; no cap
IMPLAUSIBLE = 2000.0  # one entry above it is doubted: a slip of a unit or a point is likelier
UNIT = "MME/day"


@dataclass(frozen=True, slots=True)
class Counted:
    """One opioid entry: its equivalent a day; None with the reason in `gap` (could not be worked out) or `left_out` (has no factor)."""

    taken: Taken
    equivalent: Interval | None
    gap: str = ""
    left_out: str = ""

    @property
    def label(self) -> str:
        """The drug's printed name."""
        return self.taken.intake.label


@dataclass(frozen=True, slots=True)
class Total:
    """The current total of a list.  `is_whole` is False when an opioid of the list is missing in it: then it is a lower bound."""

    counted: tuple[Counted, ...]
    total: Interval
    is_whole: bool

    def of_drug(self) -> dict[str, Interval]:
        """Equivalents by drug, in the list's order, of what was counted."""
        parts: dict[str, list[Interval]] = {}
        for c in self.counted:
            if c.equivalent is not None:
                parts.setdefault(c.label, []).append(c.equivalent)
        return {label: _sum(own) for label, own in parts.items()}

    def left_out(self) -> dict[str, str]:
        """Label -> reason of opioids that have no factor by intention."""
        return {c.label: c.left_out for c in self.counted if c.left_out}


def add_up(taken: Sequence[Taken], formulary: Formulary) -> Total:
    """Count every opioid of the list by the factors in force."""
    card = formulary.factors
    counted = tuple(_count(t, card) for t in taken if t.is_opioid)
    return Total(counted, _sum([c.equivalent for c in counted if c.equivalent is not None]), not any(c.gap for c in counted))


def _sum(parts: Sequence[Interval]) -> Interval:
    """Exact sums, so that the order of the list does not matter; rounded far below print, so that 50 is not 49.999999999999."""
    return Interval(round(math.fsum(p.low for p in parts), 9), round(math.fsum(p.high for p in parts), 9))


def _count(taken: Taken, card: EquivalenceCard | None) -> Counted:
    intake = taken.intake
    if card is None:
        return Counted(taken, None, "this knowledge has no opioid factors in force")
    rows = [row for row in card.factors if row.drug == intake.drug]
    fitting = [r for r in rows if r.route == (intake.route or "oral")]
    tiers = [r for r in fitting if intake.daily is None or (_in_tier(r, intake.daily.low) and _in_tier(r, intake.daily.high))]
    if fitting and not tiers:
        return Counted(taken, None, f"its amount lies in no single tier of the factors of {card.year}")
    row = tiers[0] if tiers else None
    if row is None and rows and all(r.factor is None for r in rows):
        row = rows[0]
    if row is not None and row.factor is None:
        return Counted(taken, None, left_out=row.note or "no factor")
    if row is None or row.factor is None:
        return Counted(taken, None, _no_factor(taken, rows, card))
    if intake.daily is None:
        return Counted(taken, None, intake.problem)
    if intake.unit != row.unit:
        return Counted(taken, None, f"the amount is in {intake.unit}, the factor holds for {row.unit}")
    return Counted(taken, Interval(intake.daily.low * row.factor, intake.daily.high * row.factor))


def _in_tier(row: Factor, amount: float) -> bool:
    return (row.low is None or amount >= row.low) and (row.high is None or amount <= row.high)


def _no_factor(taken: Taken, rows: Sequence[Factor], card: EquivalenceCard) -> str:
    if not taken.intake.drug:
        return "no card knows this opioid"
    if not rows:
        return f"the factors of {card.year} have none for it"
    if taken.intake.route == UNKNOWN_ROUTE:
        return "its route is not known or contradicts its form"
    routes = joined([r.route for r in rows if r.factor is not None])
    return f"the factors of {card.year} have one for {routes} use only, and this is {taken.intake.route or 'oral'} use"


@dataclass(frozen=True, slots=True)
class Average:
    """The average over the period that all opioid entries together span, both days included."""

    value: float
    since: str
    until: str
    days: int


def average(total: Total) -> Average | None:
    """Amount of the whole period / its days; None unless every opioid entry was counted and says from when until when it is taken.

    Days without any entry count as days without opioid.
    """
    entries = [c for c in total.counted if not c.left_out]
    spans = [_days(c) for c in entries]
    known = [s for s in spans if s is not None]
    if not entries or not total.is_whole or len(known) != len(entries):
        return None
    first, last = min(s[0] for s in known), max(s[1] for s in known)
    days = (last - first).days + 1
    parts = [c.equivalent.high * ((s[1] - s[0]).days + 1) for c, s in zip(entries, known, strict=True) if c.equivalent is not None]
    return Average(math.fsum(parts) / days, first.isoformat(), last.isoformat(), days)


def _days(counted: Counted) -> tuple[datetime.date, datetime.date] | None:
    use = counted.taken.intake.use
    try:
        first, last = datetime.date.fromisoformat(use.since), datetime.date.fromisoformat(use.until)
    except ValueError:
        return None
    return (first, last) if first <= last else None


def total_message(total: Total, card: EquivalenceCard | None, unknown: Sequence[str], outside: Sequence[str]) -> str:
    """What the row of the total says: its parts, what is missing in it, the guidepost, what it is not for."""
    parts = [f"{label} {span(i.low, i.high)}" for label, i in total.of_drug().items()]
    text = [f"{'incomplete, at least this: ' if not total.is_whole else ''}{' + '.join(parts) or 'no opioid counted'}."]
    if total.total.low != total.total.high:
        text.append(f"The orders allow {span(total.total.low, total.total.high)}; the highest is counted.")
    notes = dict.fromkeys(note for c in total.counted for note in c.taken.notes)
    text += [f"{note[0].upper()}{note[1:]}." for note in notes]
    gaps = joined([c.label for c in total.counted if c.gap])
    text += [f"Not in it because it could not be converted: {gaps}."] if gaps else []
    text += [f"Not counted: {label} ({reason})." for label, reason in total.left_out().items()]
    text += [f"Not known here and therefore not in it: {joined(unknown)}."] if unknown else []
    assumed = joined([c.label for c in total.counted if c.equivalent is not None and not c.taken.intake.route])
    text += [f"Route not stated, taken as by mouth: {assumed}."] if assumed else []
    if total.total.high >= GUIDEPOST:
        text.append(f"{number(GUIDEPOST)} or more a day: weigh benefit and risk before going on; a guidepost, no cap.")
    text += [f"The guideline of these factors is not meant for this person ({joined(outside)})."] if outside else []
    if total.counted:
        text.append("A measure of risk, never a dose for changing to another opioid.")
    return " ".join(text)
