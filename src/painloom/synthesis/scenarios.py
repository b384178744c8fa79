"""Results of a test that change what may be done: which treatments each would refuse or allow, how likely it is, what it would be worth.

An option that is refused under a result is worth a declared loss there: that is what begins to count when nobody tests.  A plan takes one
option of each slot, so the worth of a plan is the sum over slots, and a test is worth the expected worth of the best plan after it, less
that of the best plan without it.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from painloom.model.choice import Chances, Choice

LEAST = 1e-9
TAKEN = "drug:"  # options and slots that begin so are drugs that are taken: to go on or to stop


@dataclass(frozen=True, slots=True)
class Scenario:
    """One possible result: its chance in [0, 1], options that would then be refused and are not today, options that would be allowed again.

    `is_sure` is False where the chance is still to verify.
    """

    label: str
    chance: float
    refused: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Prospect:
    """All results of one test for one person; `basis` says where their chances come from."""

    scenarios: tuple[Scenario, ...]
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Lead:
    """The option that leads a slot (None = none of them) and its worth in people of 100, never below 0."""

    choice: Choice | None
    worth: float


Leads = Mapping[str, Lead]


def leads_of(choices: Sequence[Choice], worth_of: Callable[[Choice], float]) -> Leads:
    """Slot -> what leads it, the first of equals; doing nothing is worth 0."""
    found: dict[str, Lead] = {}
    for choice in choices:
        value, known = worth_of(choice), found.setdefault(choice.slot, Lead(None, 0.0))
        if value > known.worth + LEAST:
            found[choice.slot] = Lead(choice, value)
    return found


def total(leads: Leads) -> float:
    """The worth of the plan that takes what leads each slot."""
    return math.fsum(lead.worth for lead in leads.values())


def merged(scenarios: Iterable[Scenario]) -> tuple[Scenario, ...]:
    """Results of equal consequence as one, their chances scaled to the sum 1; results without a chance are left out."""
    groups: dict[tuple[frozenset[str], frozenset[str]], list[Scenario]] = {}
    for one in scenarios:
        if one.chance > 0:
            groups.setdefault((one.refused, one.allowed), []).append(one)
    whole = math.fsum(one.chance for group in groups.values() for one in group)
    return tuple(
        replace(
            group[0],
            label=joined([one.label for one in group]),
            chance=math.fsum(one.chance for one in group) / whole,
            is_sure=all(one.is_sure for one in group),
        )
        for group in groups.values()
    )


def joined(labels: Iterable[str]) -> str:
    """Labels in one: `rate low`, `rate high` -> `rate low or high`; the words that all begin or end with stand once."""
    words = [label.split() for label in dict.fromkeys(labels)]
    head = _shared(words)
    rest = [own[head:] for own in words]
    tail = _shared([own[::-1] for own in rest])
    cores = [" ".join(own[: len(own) - tail]) for own in rest]
    ends = rest[0][len(rest[0]) - tail :] if rest else []
    return " ".join([*(words[0][:head] if words else []), " or ".join(cores), *ends])


def _shared(words: Sequence[Sequence[str]]) -> int:
    """How many words all begin with, when there are several and each keeps at least one of its own."""
    if len(words) < 2:
        return 0
    shortest = min(len(own) for own in words)
    same = next((n for n, column in enumerate(zip(*words, strict=False)) if len(set(column)) > 1), shortest)
    return max(0, min(same, shortest - 1))


@dataclass(frozen=True, slots=True)
class Foresight:
    """What a test would bring: the plan without it, the plan after each result, and the expected gain in people of 100."""

    before: Leads
    after: tuple[Leads, ...]
    gain: float


def foresee(
    choices: Sequence[Choice], chances: Chances, scenarios: Sequence[Scenario], loss: float, barred: frozenset[str] = frozenset()
) -> Foresight:
    """The best plan before and after a test.

    Parameters
    ----------
    scenarios : chances sum to 1 (see merged).
    loss : what a refused option takes from a plan that holds it, people of 100, at least 0.
    barred : options that are refused today; they count as refused under every result that does not allow them again.
    """

    def worth(choice: Choice, scenario: Scenario) -> float:
        lost = choice.id in scenario.refused or (choice.id in barred and choice.id not in scenario.allowed)
        return -loss if lost else choice.utility(chances)

    before = leads_of(choices, lambda choice: math.fsum(one.chance * worth(choice, one) for one in scenarios))
    after = tuple(leads_of(choices, lambda choice, one=one: worth(choice, one)) for one in scenarios)  # type: ignore[misc]
    expected = math.fsum(one.chance * total(leads) for one, leads in zip(scenarios, after, strict=True))
    return Foresight(before, after, max(0.0, expected - total(before)))
