"""When to look again: at each treatment by its own card, and at the person as a whole by the schedule of follow-up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from painloom.knowledge.evidence_cards import TreatmentCard
from painloom.knowledge.followup import FollowUpCard, Smallest
from painloom.knowledge.mechanism_cards import DriverCard
from painloom.knowledge.plan_cards import DoseCard
from painloom.model.plan import Check
from painloom.plan.situation import Situation

HIGHER = "higher"
VERIFIED = "verified"


def checks_of(
    card: TreatmentCard, dose: DoseCard | None, situation: Situation, follow: FollowUpCard, aims: Sequence[DriverCard] = ()
) -> tuple[Check, ...]:
    """An early look where the card has one, and the look at the end of an adequate trial.

    A treatment that `aims` at something that keeps the pain going, and at nothing else, is judged by that.
    """
    measure = pain_measure(situation, follow)
    found = []
    if card.early is not None:
        share = card.early.improvement
        counts = card.early.text if share is None else f"at least {share:.0%} less than at the start. {card.early.text}"
        found.append(Check(card.early.week, measure, _marked(counts, card.early.state), follow.early_otherwise, card.early.sources))
    weeks = dose.weeks if dose is not None and dose.weeks else card.course.weeks if card.course else None
    if weeks is not None and all(check.weeks < weeks for check in found):
        smallest = smallest_change(situation.pain_0_10, follow)
        counts = follow.responder_text if smallest is None else f"{follow.responder_text} {smallest.text}"
        sources = follow.sources if smallest is None else tuple(dict.fromkeys((*follow.sources, *smallest.sources)))
        own = [one for one in aims if one.sought.id in situation.scales]
        if own:
            measure = ", ".join(situation.scales[one.sought.id][0] for one in own)
            counts = "; ".join(_back(one, situation) for one in own)
            sources = tuple(dict.fromkeys(source for one in own for source in one.sources))
        otherwise = follow.end_otherwise if card.drugs else follow.therapy_otherwise
        found.append(Check(weeks, measure, counts, otherwise, sources))
    return tuple(found)


def _back(one: DriverCard, situation: Situation) -> str:
    """What counts for a driver: that its score is back on the right side of the threshold."""
    name = situation.scales[one.sought.id][0]
    return f"{name} below {one.sought.low:g}" if one.worse == HIGHER else f"{name} at {one.sought.below:g} or above"


def pain_measure(situation: Situation, follow: FollowUpCard) -> str:
    """The measure of pain that the person has filled in already, in the order of the card; else the card's first."""
    own = [name for scale in follow.pain for name, _ in (situation.scales.get(scale, ("", "")),) if name]
    return own[0] if own else follow.pain_text


def smallest_change(pain: float | None, follow: FollowUpCard) -> Smallest | None:
    """The smallest change of a 0 to 10 score that people with this much pain find meaningful; None where pain was not rated."""
    if pain is None:
        return None
    return next((one for one in follow.smallest if one.low <= pain <= one.high), None)


def schedule(situation: Situation, follow: FollowUpCard, drivers: Iterable[str]) -> tuple[Check, ...]:
    """The looks at the person as a whole: what to measure at each of them, from what was measured at the start."""
    aims = list(dict.fromkeys(_named(drivers, situation.scales)))
    smallest = smallest_change(situation.pain_0_10, follow)
    counts = follow.responder_text if smallest is None else f"{follow.responder_text} {smallest.text}"
    return tuple(
        Check(
            look.week,
            ", ".join(dict.fromkeys([pain_measure(situation, follow), *(aims if look.drivers else ()), *look.measures])),
            counts if look.judges else look.text,
            look.otherwise,
            look.sources,
        )
        for look in follow.looks
        if look.young == situation.is_young
    )


def _named(scales: Iterable[str], known: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    for scale in scales:
        if scale in known:
            yield known[scale][0]


def _marked(text: str, state: str) -> str:
    return text if state == VERIFIED else f"{text} (to verify)"
