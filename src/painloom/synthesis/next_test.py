"""The next best test: what knowing something that is not known would be worth for the choice at hand, against its cost and burden.

A test tells findings, which move the chance of mechanisms, or has results that refuse treatments, or both: then the larger gain counts.
The utility of an option is what it adds, in people of 100, times the chance that a mechanism it works on plays a part, less its harm.  A
test is worth the expected utility of the best plan after it, less that of the best plan now: never below 0, and 0 when no result
would change the choice.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from painloom.knowledge.mechanism_cards import Sought, TestCard
from painloom.model.choice import Chances, Choice
from painloom.model.formulation import NextTest, TestResult
from painloom.synthesis.observe import Observed
from painloom.synthesis.scenarios import LEAST, TAKEN, Foresight, Leads, Prospect, Scenario, foresee, leads_of, merged, total

# people of 100 that 100 units of money, an hour of the person, a week of waiting are worth
PER_100_MONEY, PER_HOUR, PER_WEEK = 0.1, 0.2, 0.1
MOVES, KEEPS = "a result could change what leads", "no result would change what leads"
TO_VERIFY = "these chances are to verify"


@dataclass(frozen=True)
class Outlooks:
    """Results that refuse treatments: what is known of them by test id, what a refused option takes from a plan that holds it (people of
    100, at least 0), and ids of options that are refused today and stand among the choices only because a result could allow them again.
    """

    prospects: Mapping[str, Prospect] = field(default_factory=dict)
    refused_loss: float = 0.0
    barred: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Found:
    """One way in which a test could teach something."""

    gain: float
    changes: bool
    results: tuple[TestResult, ...]
    text: str


@dataclass(frozen=True)
class _Asker:
    """The decision at hand."""

    observed: Observed
    choices: Sequence[Choice]
    chances_of: Callable[[Observed, Sought | None], Chances]
    now: Chances
    results: Outlooks

    @cached_property
    def able(self) -> Sequence[Choice]:
        """The options that nothing refuses today."""
        return [choice for choice in self.choices if choice.id not in self.results.barred]

    @cached_property
    def before(self) -> Leads:
        """What leads today."""
        return leads_of(self.able, lambda choice: choice.utility(self.now))


def best(choices: Sequence[Choice], chances: Chances) -> tuple[Choice | None, float]:
    """The option that leads, the first of equals, and its utility; doing nothing is worth 0."""
    leader, height = None, 0.0
    for choice in choices:
        value = choice.utility(chances)
        if value > height + LEAST:
            leader, height = choice, value
    return leader, height


def rank_tests(
    cards: Iterable[TestCard],
    observed: Observed,
    choices: Sequence[Choice],
    chances_of: Callable[[Observed, Sought | None], Chances],
    results: Outlooks = Outlooks(),
) -> tuple[NextTest, ...]:
    """Every test that the clinic has and that could tell something which is not known, by net gain.

    Parameters
    ----------
    chances_of : the chance of each mechanism for a person, after a finding was told (None = as it is); asked again for every result.
    results : results that refuse treatments, by test id; a test that tells findings, too, counts with the larger gain.
    """
    asker = _Asker(observed, choices, chances_of, chances_of(observed, None), results)
    found = [one for card in cards if card.available and (one := _ranked(card, asker)) is not None]
    return tuple(sorted(found, key=lambda t: (-t.net, -t.gain, t.id)))


def _ranked(card: TestCard, asker: _Asker) -> NextTest | None:
    tried = [_of_finding(sought, asker) for sought in card.tells if asker.observed.holds(sought) is None]
    prospect = asker.results.prospects.get(card.id)
    if prospect is not None:
        tried.append(_of_results(prospect, asker))
    if not tried:
        return None
    found = max(tried, key=lambda one: one.gain)
    price = PER_100_MONEY * card.cost / 100 + PER_HOUR * card.minutes / 60 + PER_WEEK * card.days / 7
    return NextTest(
        id=card.id,
        label=card.label,
        kind=card.kind,
        gain=found.gain,
        net=found.gain - price,
        cost=card.cost,
        minutes=card.minutes,
        days=card.days,
        changes=found.changes,
        results=found.results,
        text=found.text,
        sources=card.sources,
    )


def _of_finding(sought: Sought, asker: _Asker) -> _Found:
    """One finding and its two results; no gain where the finding moves no mechanism."""
    observed, now = asker.observed, asker.now
    chances = [asker.chances_of(observed.with_result(sought, is_present=present), sought) for present in (True, False)]
    presence = _chance_of_presence(now, *chances)
    if presence is None:
        return _Found(0.0, False, (), KEEPS)
    before = asker.before
    after = [leads_of(asker.able, lambda choice, then=then: choice.utility(then)) for then in chances]  # type: ignore[misc]
    shares = (presence, 1 - presence)
    expected = sum(share * total(leads) for share, leads in zip(shares, after, strict=True))
    gain = max(0.0, expected - total(before))
    moved = _moved(before, after)
    results = tuple(
        TestResult(label, share, _names(leads, before, moved))
        for label, share, leads in zip(("present", "absent"), shares, after, strict=True)
    )
    changes = gain > LEAST and bool(moved)
    return _Found(gain, changes, results, MOVES if changes else KEEPS)


def _of_results(prospect: Prospect, asker: _Asker) -> _Found:
    """Results that refuse or allow treatments."""
    scenarios = merged(prospect.scenarios)
    if not scenarios:
        return _Found(0.0, False, (), KEEPS)
    seen = foresee(asker.choices, asker.now, scenarios, asker.results.refused_loss, asker.results.barred)
    moved = _moved(seen.before, seen.after)
    results = tuple(
        TestResult(one.label, one.chance, _names(leads, seen.before, moved)) for one, leads in zip(scenarios, seen.after, strict=True)
    )
    changes = seen.gain > LEAST and bool(moved)
    text = "; ".join(_said(scenarios, _concerned(seen, moved), prospect)) if changes else KEEPS
    return _Found(seen.gain, changes, results, text)


def _moved(before: Leads, after: Iterable[Leads]) -> tuple[str, ...]:
    """Slots that another option leads after some result, in their order."""
    told = list(after)
    return tuple(slot for slot, lead in before.items() if any(leads[slot].choice is not lead.choice for leads in told))


def _names(leads: Leads, before: Leads, moved: Sequence[str]) -> str:
    """What leads where a result could move it; where none could, what leads at all."""
    if moved:
        return " and ".join(name for slot in moved if (name := _name(leads, before, slot)))
    highest = max(leads, key=lambda slot: leads[slot].worth, default=None)
    return _name(leads, before, highest) if highest is not None and leads[highest].choice is not None else ""


def _name(leads: Leads, before: Leads, slot: str) -> str:
    choice, was = leads[slot].choice, before[slot].choice
    if slot.startswith(TAKEN):
        return f"go on with {_low(choice.label)}" if choice is not None else f"stop {_low(was.label)}" if was is not None else ""
    if choice is not None:
        return choice.label
    return f"not {_low(was.label)}" if was is not None else ""


def _low(label: str) -> str:
    """A label inside a sentence; what begins with two capitals stays."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _concerned(seen: Foresight, moved: Sequence[str]) -> tuple[Choice, ...]:
    """What leads, before the test or after some result, where a result moves it."""
    leads = [found[slot].choice for found in (seen.before, *seen.after) for slot in moved]
    return tuple(dict.fromkeys(choice for choice in leads if choice is not None))


def _said(scenarios: Sequence[Scenario], concerned: Sequence[Choice], prospect: Prospect) -> Iterator[str]:
    """What each result would refuse or allow again; then where the chances come from."""
    for one in scenarios:
        refused = [_low(choice.label) for choice in concerned if choice.id in one.refused]
        allowed = [_low(choice.label) for choice in concerned if choice.id in one.allowed]
        told = ((refused, "refused"), (allowed, "possible"))
        parts = [f"{' and '.join(dict.fromkeys(names))} would be {verb}" for names, verb in told if names]
        if parts:
            yield f"{one.label} ({of_100(one.chance)}): {' and '.join(parts)}"
    if prospect.basis:
        yield prospect.basis
    if not all(one.is_sure for one in scenarios):
        yield TO_VERIFY


def of_100(chance: float) -> str:
    """A chance as people of 100."""
    people = 100 * chance
    return "fewer than 1 of 100" if people < 1 else f"{people:.0f} of 100"


def _chance_of_presence(now: Chances, present: Chances, absent: Chances) -> float | None:
    """The chance of the result with which belief today is the mean of belief tomorrow, from the mechanism that moves most."""
    moved = max(now, key=lambda m: abs(present[m] - absent[m]), default=None)
    if moved is None or abs(present[moved] - absent[moved]) < LEAST:
        return None
    chance = (now[moved] - absent[moved]) / (present[moved] - absent[moved])
    return min(max(chance, 0.0), 1.0)
