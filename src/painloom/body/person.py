"""What is known of the person: age, facts and measures with three truth values; what nobody asked or measured stays unknown."""

import math
from dataclasses import dataclass, field
from functools import cached_property

from painloom.body.formulary import VERIFIED, Formulary
from painloom.knowledge.rule_cards import When
from painloom.model.body import NO, UNKNOWN, YES, Measure
from painloom.model.case import Case
from painloom.model.quantity import Interval

AGE, TOTAL = "age", "mme"
CLEARANCE, FILTRATION, CREATININE, WEIGHT = "crcl", "egfr", "creatinine", "weight"
USE_DISORDER, ANY_USE_DISORDER = "-use-disorder", "substance-use-disorder"
NOT_ASKED_OF = {"M": frozenset(("pregnancy", "could-become-pregnant", "breastfeeding"))}


@dataclass(frozen=True, slots=True)
class Reading:
    """The value that stands for a measure, and how it was come by ("" = as measured).

    `low` is the other end where a diagnosis tells only that the value lies between both; None for one value.
    """

    value: float
    note: str = ""
    low: float | None = None


@dataclass(frozen=True)
class Known:
    """The person as rules see them.

    `implied` are values that a true fact implies: measure -> (fact, reading).
    `unproven` are facts known only from a code whose meaning is still to verify, `of_drugs` ids of facts about drugs.  `refused` are
    (measure label, reason) of values that were given and not used.  `total` is the opioid total a day; `total_is_whole` is False where an
    opioid is missing in it, so that it is a lower bound.
    """

    age: float | None
    sex: str
    measures: dict[str, Reading]
    facts: dict[str, str]
    labels: dict[str, str]
    unproven: frozenset[str] = frozenset()
    of_drugs: frozenset[str] = frozenset()
    refused: tuple[tuple[str, str], ...] = ()
    implied: dict[str, tuple[tuple[str, Reading], ...]] = field(default_factory=dict)
    asked_first: dict[str, tuple[str, ...]] = field(default_factory=dict)
    total: Interval = field(default_factory=lambda: Interval(0.0, 0.0))
    total_is_whole: bool = True

    def reading(self, measure: str) -> Reading | None:
        """The value of a measure by id; a clearance is worked out, or eGFR stands in for it, and the note says so.

        What a diagnosis implies (dialysis, a stage of kidney disease) counts where nothing was measured, or a better value was: a code
        is never outdone by a number that may be old, or that means nothing on dialysis.
        """
        if measure == AGE:
            return None if self.age is None else Reading(self.age)
        if measure == TOTAL:
            return Reading(self.total.high)
        if measure == CLEARANCE:
            return self._at_most(self.measures.get(CLEARANCE) or self._clearance, CLEARANCE, FILTRATION)
        return self._at_most(self.measures.get(measure), measure)

    def _at_most(self, own: Reading | None, *measures: str) -> Reading | None:
        """The value, or the lowest that a true fact implies for one of the measures where that is lower."""
        implied = [reading for id_ in measures for fact, reading in self.implied.get(id_, ()) if self.facts.get(fact) == YES]
        if not implied:
            return own
        lowest = min(implied, key=lambda reading: reading.value)
        return own if own is not None and own.value <= lowest.value else lowest

    @cached_property
    def _clearance(self) -> Reading | None:
        """Worked out from creatinine; else eGFR."""
        creatinine, weight = self.measures.get(CREATININE), self.measures.get(WEIGHT)
        if creatinine and weight and creatinine.value > 0 and self.age is not None and self.age < 140 and self.sex in ("F", "M"):
            return Reading(cockcroft_gault(self.age, weight.value, creatinine.value, self.sex), "by Cockcroft and Gault")
        filtration = self.measures.get(FILTRATION)
        return Reading(filtration.value, "eGFR stands in for it") if filtration else None

    def holds(self, when: When) -> bool | None:
        """Whether a condition is true; None where it is not known."""
        if when.fact:
            value = self.facts.get(when.fact, UNKNOWN)
            if when.value == UNKNOWN:
                return value == UNKNOWN
            return None if value == UNKNOWN else value == when.value
        reading = self.reading(when.measure)
        if reading is None:
            return None
        inside = _is_inside(when, reading.value)
        if reading.low is not None:
            return _of_bounds(when, reading.low, reading.value)
        if when.measure == TOTAL and not self.total_is_whole:
            return _of_lower_bound(when, reading.value, inside)
        return inside

    def question(self, condition: When) -> When | None:
        """What to ask so that an unknown condition gets known; None where no question is worth it.

        The week of a pregnancy is no question while the pregnancy is one, and neither is one to a man.
        """
        facts = self.asked_first.get(condition.measure or condition.fact, ())
        if facts and not any(self.facts.get(fact) == YES for fact in facts):
            condition = When("", None, None, facts[0], YES)
            if self.facts.get(facts[0], UNKNOWN) != UNKNOWN:
                return None
        return None if condition.fact in NOT_ASKED_OF.get(self.sex, ()) else condition

    def label(self, id_: str) -> str:
        """The printed name of a measure or fact."""
        return self.labels.get(id_, id_.replace("-", " ")).rstrip("?")


def _is_inside(when: When, value: float) -> bool:
    return (when.low is None or value >= when.low) and (when.below is None or value < when.below)


def _of_bounds(when: When, low: float, high: float) -> bool | None:
    """A condition on a value that lies somewhere from `low` to `high`: None where only some of these values meet it."""
    if (when.low is not None and high < when.low) or (when.below is not None and low >= when.below):
        return False
    return True if _is_inside(when, low) and _is_inside(when, high) else None


def _of_lower_bound(when: When, value: float, inside: bool) -> bool | None:
    """A condition on a total that may be larger than what was counted."""
    if when.below is not None:
        return False if value >= when.below else None
    return True if inside else None


def cockcroft_gault(age: float, weight_kg: float, creatinine_mg_dl: float, sex: str) -> float:
    """Creatinine clearance in mL/min, never negative; `sex` is "F" or "M".

    Sources
    -------
    Cockcroft and Gault 1976, Nephron 16:31; the formula that drug labels mean.
    """
    clearance = (140 - age) * weight_kg / (72 * creatinine_mg_dl)
    return max(0.0, clearance * (0.85 if sex == "F" else 1.0))


def know(case: Case, formulary: Formulary) -> Known:
    """Age, facts and measures of a case.  Of several values of a measure the latest dated one stands; an undated one counts as older."""
    words = formulary.vocabulary
    terms, labels = words.measures, words.labels
    latest: dict[str, Measure] = {}
    for measure in case.body.measures:
        if measure.id and (measure.id not in latest or measure.date >= latest[measure.id].date):
            latest[measure.id] = measure
    measures: dict[str, Reading] = {}
    refused: list[tuple[str, str]] = []
    for id_, measure in sorted(latest.items()):
        value = _in_unit(measure, terms.get(id_))
        if isinstance(value, str):
            refused.append((labels.get(id_, id_), value))
        else:
            measures[id_] = Reading(value, f"of {measure.date}" if measure.date else "")
    age = case.person.age_years
    implied: dict[str, tuple[tuple[str, Reading], ...]] = {}
    for row in formulary.rows("implied_measures"):
        lowest = float(row["low"]) if row["low"] else None
        implied[row["measure"]] = (*implied.get(row["measure"], ()), (row["fact"], Reading(float(row["value"]), row["note"], lowest)))
    asked_first = {row["id"]: tuple(row["first"].split(";")) for row in formulary.rows("asked_first")}
    true, unproven = _facts(case, formulary)
    return Known(
        None if age is None else float(age),
        case.person.sex,
        measures,
        true,
        labels,
        unproven,
        words.of_drugs,
        tuple(refused),
        implied,
        asked_first,
    )


def _in_unit(measure: Measure, term: dict[str, str] | None) -> float | str:
    """The value in the table's unit, or why it cannot be used."""
    value = measure.value
    if term is not None and measure.unit not in ("", term["unit"]):
        factors = dict(pair.rpartition("=")[::2] for pair in term["conversions"].split(";") if "=" in pair)
        if measure.unit not in factors:
            return f"its unit is not {term['unit']} and cannot be converted"
        value *= float(factors[measure.unit])
    low, high = (float(term[name]) if term is not None and term[name] else None for name in ("low", "high"))
    if not math.isfinite(value) or (low is not None and value < low) or (high is not None and value > high):
        return "its value lies outside what is possible; check it and its unit"
    return value


def _facts(case: Case, formulary: Formulary) -> tuple[dict[str, str], frozenset[str]]:
    """Fact id -> yes, no or unknown, and the ids that rest on unproven codes alone.

    A yes of any origin outweighs a no, so that no danger is lost in a contradiction.
    """
    found: dict[str, str] = {}
    for fact in case.body.facts:
        if found.get(fact.id) != YES and (fact.value in (YES, NO) or fact.id not in found):
            found[fact.id] = fact.value
    proven = {id_ for id_, value in found.items() if value == YES}
    for diagnosis in case.body.diagnoses:
        for system, code in diagnosis.codes:
            for fact_id, state in formulary.facts_of(system, code):
                if diagnosis.state != "resolved" or fact_id in formulary.vocabulary.lasting:
                    found[fact_id] = YES
                    proven |= {fact_id} if state == VERIFIED else set()
    return found, frozenset(id_ for id_, value in found.items() if value == YES and id_ not in proven)
