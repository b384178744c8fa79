"""The next best test: what knowing an absent finding would be worth for the choice at hand, against its cost and burden.

The utility of an option is what it adds, in people of 100, times the chance that a mechanism it works on plays a part, less its harm.  A
test is worth the expected utility of the best option after it, less that of the best option now: never below 0, and 0 when no result
would change the choice.
"""

from collections.abc import Callable, Iterable, Sequence

from painloom.knowledge.mechanism_cards import Sought, TestCard
from painloom.model.choice import Chances, Choice
from painloom.model.formulation import NextTest, TestResult
from painloom.synthesis.observe import Observed

# people of 100 that 100 units of money, an hour of the person, a week of waiting are worth
PER_100_MONEY, PER_HOUR, PER_WEEK = 0.1, 0.2, 0.1
LEAST = 1e-9


def best(choices: Sequence[Choice], chances: Chances) -> tuple[Choice | None, float]:
    """The option that leads, the first of equals, and its utility; doing nothing is worth 0."""
    leader, height = None, 0.0
    for choice in choices:
        value = choice.utility(chances)
        if value > height + LEAST:
            leader, height = choice, value
    return leader, height


def rank_tests(
    cards: Iterable[TestCard], observed: Observed, choices: Sequence[Choice], chances_of: Callable[[Observed, Sought | None], Chances]
) -> tuple[NextTest, ...]:
    """Every test whose findings are not known, by net gain.

    Parameters
    ----------
    chances_of : the chance of each mechanism for a person, after a finding was told (None = as it is); asked again for every result.
    """
    now = chances_of(observed, None)
    found = [one for card in cards if (one := _ranked(card, observed, choices, chances_of, now)) is not None]
    return tuple(sorted(found, key=lambda t: (-t.net, -t.gain, t.id)))


def _ranked(
    card: TestCard, observed: Observed, choices: Sequence[Choice], chances_of: Callable[[Observed, Sought | None], Chances], now: Chances
) -> NextTest | None:
    unknown = [sought for sought in card.tells if observed.holds(sought) is None]
    if not unknown:
        return None
    tried = [_gain(sought, observed, choices, chances_of, now) for sought in unknown]
    gain, results = max(tried, key=lambda pair: pair[0])
    price = PER_100_MONEY * card.cost / 100 + PER_HOUR * card.minutes / 60 + PER_WEEK * card.days / 7
    leads = {result.leads for result in results}
    leader, _ = best(choices, now)
    changes = gain > LEAST and leads != {leader.label if leader else ""}
    text = "a result could change what leads" if changes else "no result would change what leads"
    return NextTest(
        card.id, card.label, card.kind, gain, gain - price, card.cost, card.minutes, card.days, changes, results, text, card.sources
    )


def _gain(
    sought: Sought, observed: Observed, choices: Sequence[Choice], chances_of: Callable[[Observed, Sought | None], Chances], now: Chances
) -> tuple[float, tuple[TestResult, ...]]:
    """Expected gain of one finding and its two results; 0 where the finding moves no mechanism."""
    after = {present: chances_of(observed.with_result(sought, is_present=present), sought) for present in (True, False)}
    chance = _chance_of_presence(now, after[True], after[False])
    if chance is None:
        return 0.0, ()
    expected, results = 0.0, []
    for present, share in ((True, chance), (False, 1 - chance)):
        leader, height = best(choices, after[present])
        expected += share * height
        results.append(TestResult("present" if present else "absent", share, leader.label if leader else ""))
    return max(0.0, expected - best(choices, now)[1]), tuple(results)


def _chance_of_presence(now: Chances, present: Chances, absent: Chances) -> float | None:
    """The chance of the result with which belief today is the mean of belief tomorrow, from the mechanism that moves most."""
    moved = max(now, key=lambda m: abs(present[m] - absent[m]), default=None)
    if moved is None or abs(present[moved] - absent[moved]) < LEAST:
        return None
    chance = (now[moved] - absent[moved]) / (present[moved] - absent[moved])
    return min(max(chance, 0.0), 1.0)
