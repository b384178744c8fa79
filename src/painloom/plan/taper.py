"""How a drug is stopped: by the pace of its class for as long as it was taken, never faster than the card says."""

from collections.abc import Mapping, Sequence

from painloom.knowledge.plan_cards import CURRENT, STOP, Pace, TaperCard
from painloom.model.plan import Taper, TaperStep
from painloom.plan.situation import TakenDrug

VERIFIED = "verified"
LEAST = 0.1  # of the first amount: below it the drug is stopped
SHOWN = 6
WHOLE_FROM = 10.0
NO_CARD = "No pace of stopping is on file for it: ask the prescriber, and never stop it abruptly."
TOO_MUCH = (
    "The body bears less than is taken, so the usual pace is too slow: the prescriber decides the first, larger step within days and the "
    "next ones by what is seen; still never all at once."
)
STRENGTHS = "Amounts are reckoned: take the nearest strengths that exist; slow-release forms are not cut."
NOT_RECORDED = "How long it was taken is not recorded, so the slowest pace stands here."


def taper_of(taken: TakenDrug, cards: Mapping[str, TaperCard], to: float | None = None, *, is_too_much: bool = False) -> Taper:
    """The pace, and the first amounts where the amount a day is known.

    Parameters
    ----------
    to : the amount a day at which it ends; None = stopped.
    is_too_much : the body bears less than is taken: no schedule is given, the usual pace would leave the danger for weeks.
    """
    card = _card(taken, cards)
    if card is None:
        return Taper(True, NO_CARD, (), "", VERIFIED, ())
    if card.kind == STOP:
        return Taper(False, card.text, (), card.watch, card.state, card.sources)
    paces = paces_for(card, taken.months)
    known = [NOT_RECORDED] if taken.months is None else []
    text = " ".join(dict.fromkeys([card.text, *(pace.text for pace in paces), *known, STRENGTHS]))
    amount = taken.daily.high if taken.daily is not None and taken.daily.high > 0 else None
    if is_too_much:
        return Taper(True, f"{TOO_MUCH} {card.text}", (), card.watch, card.state, card.sources)
    goal = to / amount if to and amount else 0.0
    steps = tuple(
        TaperStep(day, share, None if amount is None else handy(amount * share), taken.unit) for day, share in _down_to(goal, shares(paces))
    )
    state = VERIFIED if card.state == VERIFIED and all(pace.state == VERIFIED for pace in paces) else "to-verify"
    sources = dict.fromkeys([*card.sources, *(source for pace in paces for source in pace.sources)])
    return Taper(True, text, steps, card.watch, state, tuple(sources))


def _down_to(goal: float, steps: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """The first steps, no lower than the goal; the step that would pass it is the goal itself."""
    above = [(day, share) for day, share in steps if share > goal]
    last = next(((day, goal) for day, share in steps if share <= goal), None)
    return [*above, *([last] if last is not None and goal else [])][:SHOWN] if goal else list(steps)[:SHOWN]


def handy(amount: float) -> float:
    """An amount that can be said: whole from 10 on, two digits below; what can be taken is the nearest strength there is."""
    return float(round(amount)) if amount >= WHOLE_FROM else float(f"{amount:.2g}")


def _card(taken: TakenDrug, cards: Mapping[str, TaperCard]) -> TaperCard | None:
    """The card of the drug itself, else of its first class that has one."""
    own = next((card for card in cards.values() if taken.drug in card.drugs), None)
    if own is not None:
        return own
    by_class = (card for name in taken.classes for card in cards.values() if name in card.classes)
    return next(by_class, None)


def paces_for(card: TaperCard, months: float | None) -> tuple[Pace, ...]:
    """The paces that hold after `months` of taking it; the slowest ones where that is not known or no pace is on file for it."""
    longest = max(pace.after_months for pace in card.paces)
    slowest = tuple(pace for pace in card.paces if pace.after_months == longest)
    if months is None:
        return slowest
    return tuple(p for p in card.paces if p.after_months <= months and (p.below_months is None or months < p.below_months)) or slowest


def shares(paces: Sequence[Pace]) -> list[tuple[int, float]]:
    """(day, share of the first amount) of every step, the last one 0; shares only fall."""
    found, day, share = [], 0.0, 1.0
    for pace in paces:
        floor = max(pace.until, LEAST)
        while share > floor + 1e-9:
            lower = share * (1 - pace.share) if pace.of == CURRENT else share - pace.share
            share = max(lower, floor if pace.until else 0.0)
            if share < LEAST - 1e-9:
                break
            found.append((round(day), round(share, 6)))
            day += pace.every_days
    return [*found, (round(day), 0.0)]
