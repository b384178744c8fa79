"""What is known of the person, as cards ask about it: facts, scores, grades, kinds of pain, imaging; what nobody asked stays unknown."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from painloom.knowledge.mechanism_cards import DIAGNOSIS, FACT, GRADE, IMAGING, SCORE, Sought
from painloom.model.body import NO, YES
from painloom.model.quantity import Estimate

NOT_GRADABLE = "not-gradable"


@dataclass(frozen=True)
class Observed:
    """The findings of all streams.

    `facts` fact id -> "yes", "no", "unknown"; `scores` "instrument.scale" -> latest estimate; `grades` criteria id -> grade; `kinds` kinds
    of pain that the record names with every wider one; `imaging` scale id -> graded values; `doubtful` are criteria that are
    still to verify: their grade is told and holds nothing back; `names` are printed names of criteria, and of grades by "criteria:grade".
    """

    facts: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, Estimate] = field(default_factory=dict)
    grades: Mapping[str, str] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    imaging: Mapping[str, frozenset[str]] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, criteria: str, grade: str = "") -> str:
        """What criteria, or one of their grades, is called in print; the id where no name is known."""
        return self.names.get(f"{criteria}:{grade}" if grade else criteria, grade or criteria)

    def holds(self, sought: Sought) -> bool | None:
        """Whether a finding is present; None where it is not known.

        A kind of pain that the record does not name, and an image that was not graded, are unknown, never absent.
        """
        if sought.kind == FACT:
            said = self.facts.get(sought.id, "")
            return None if said not in (YES, NO) else said == YES
        if sought.kind == SCORE:
            found = self.scores.get(sought.id)
            return None if found is None else _inside(sought, found.value)
        if sought.kind == GRADE:
            grade = self.grades.get(sought.id, NOT_GRADABLE)
            return None if grade == NOT_GRADABLE else grade in sought.values
        if sought.kind == DIAGNOSIS:
            return True if sought.id in self.kinds else None
        assert sought.kind == IMAGING
        values = self.imaging.get(sought.id)
        return None if not values else bool(values & set(sought.values))

    def said(self, sought: Sought) -> str:
        """What was found, in words."""
        if sought.kind == SCORE and sought.id in self.scores:
            return f"{self.scores[sought.id].value:g}"
        if sought.kind == GRADE:
            return self.name(sought.id, self.grades[sought.id]) if sought.id in self.grades else ""
        if sought.kind == IMAGING:
            return ", ".join(sorted(self.imaging.get(sought.id, ())))
        return "yes" if self.holds(sought) else "no"

    def with_result(self, sought: Sought, *, is_present: bool) -> "Observed":
        """The same person after a test has told this finding; a score is set just inside or outside its range."""
        if sought.kind == FACT:
            return replace(self, facts={**self.facts, sought.id: YES if is_present else NO})
        if sought.kind == SCORE:
            return replace(self, scores={**self.scores, sought.id: Estimate(_representative(sought, is_present=is_present), "points")})
        if sought.kind == GRADE:
            value = sought.values[0] if is_present else "other"
            return replace(self, grades={**self.grades, sought.id: value})
        if sought.kind == DIAGNOSIS:
            return replace(self, kinds=self.kinds | {sought.id}) if is_present else self
        value = sought.values[0] if is_present else "other"
        return replace(self, imaging={**self.imaging, sought.id: frozenset((value,))})


def _inside(sought: Sought, value: float) -> bool:
    return (sought.low is None or value >= sought.low) and (sought.below is None or value < sought.below)


def _representative(sought: Sought, *, is_present: bool) -> float:
    """A value inside the range, or outside it."""
    if is_present:
        return sought.low if sought.low is not None else (sought.below or 0.0) - 1.0
    return sought.low - 1.0 if sought.low is not None else (sought.below or 0.0)
