"""Outlooks in natural frequencies: chances as people of 100, grouped so that what stands together can be compared."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from painloom.errors import InputError
from painloom.model.outlook import Band, Outlook, OutlookView
from painloom.report.plots.axis import plain_number
from painloom.report.plots.letters import clean

PARTS = ("control", "response", "benefit", "substantial", "substantial_benefit", "harm")
SHORT = ("attack", "hours", "days")
SIGNED = ("benefit", "substantial_benefit", "harm")


@dataclass(frozen=True, slots=True)
class Group:
    """Outlooks of one condition, comparator and outcome, in their order; those of hours or days stand apart from longer ones.

    `horizon` is that of most of them; `verdicts` are what may be said of the best.
    """

    condition: str
    label: str
    comparator: str
    outcome: str
    horizon: str
    outlooks: tuple[Outlook, ...]
    verdicts: tuple[str, ...] = ()


def grouped(view: OutlookView) -> tuple[Group, ...]:
    """The outlooks by condition and comparator; those without numbers come last.

    A verdict stands under the last group of its condition and its family of comparators, where there is none under that of its condition.

    Raises
    ------
    InputError : a chance outside 0 to 1, a band whose ends are out of order, or a value that is not finite.
    """
    keys: dict[tuple[str, ...], list[Outlook]] = {}
    conditions = list(dict.fromkeys(o.condition for o in view.outlooks))
    for condition in conditions:
        families = list(dict.fromkeys(o.family for o in view.outlooks if o.condition == condition and has_numbers(o)))
        mine = [o for o in view.outlooks if o.condition == condition]
        for outlook in sorted(mine, key=lambda o: families.index(o.family) if has_numbers(o) else len(families)):
            check(outlook)
            short = outlook.horizon if outlook.horizon in SHORT else ""
            key = (outlook.family, outlook.comparator, outlook.outcome, short) if has_numbers(outlook) else ("",) * 4
            keys.setdefault((condition, *key), []).append(outlook)
    said = _placed(view, keys)
    return tuple(_group(key, members, tuple(said.get(key, ()))) for key, members in keys.items())


def _placed(view: OutlookView, keys: dict[tuple[str, ...], list[Outlook]]) -> dict[tuple[str, ...], list[str]]:
    """The group under which each verdict stands."""
    said: dict[tuple[str, ...], list[str]] = {}
    for verdict in view.verdicts:
        here = [key for key in keys if key[0] == verdict.condition]
        numbered = [key for key in here if has_numbers(keys[key][0])]
        best = [key for key in numbered if key[1] == verdict.family] or numbered or here
        if best:
            said.setdefault(best[-1], []).append(verdict.text)
    return said


def _group(key: tuple[str, ...], members: list[Outlook], verdicts: tuple[str, ...]) -> Group:
    condition, _, comparator, outcome, _ = key
    horizon = Counter(o.horizon for o in members).most_common(1)[0][0]
    return Group(condition, members[0].condition_label, comparator, outcome, horizon, tuple(members), verdicts)


def has_numbers(outlook: Outlook) -> bool:
    """Whether there is anything to draw: predicted, with a chance or points."""
    parts = (outlook.control, outlook.response, outlook.benefit, outlook.points)
    return outlook.status == "predicted" and any(p is not None for p in parts)


def check(outlook: Outlook) -> None:
    """Raise InputError where a number of the outlook cannot be drawn."""
    name = clean(outlook.treatment)[:60] or "a treatment without id"
    for part in (*PARTS, "points"):
        band: Band | None = getattr(outlook, part)
        if band is None:
            continue
        if not all(map(math.isfinite, (band.value, band.low, band.high))):
            raise InputError(f"plot: {name}: {part} is not a finite number; give numbers, or None where it is not known")
        if not band.low <= band.value <= band.high:
            raise InputError(f"plot: {name}: {part} lies outside its own band; low <= value <= high is allowed")
        least = -1.0 if part in SIGNED else 0.0
        if part != "points" and not (least <= band.low and band.high <= 1.0):
            raise InputError(f"plot: {name}: {part} lies outside {least:g} to 1; give a chance, not a percentage")


def people(share: float) -> int:
    """A chance as people of 100, rounded as every page of a person rounds it."""
    return round(100 * share)


def signed(share: float) -> str:
    """A difference of chances as people of 100 with its sign."""
    count = people(share)
    return f"+{count}" if count > 0 else plain_number(count, 0)


def plain_people(share: float) -> str:
    """An end of a band as people of 100, with a real minus sign."""
    return plain_number(people(share), 0)


def does_not_add_up(outlooks: Sequence[Outlook]) -> bool:
    """Whether rounded parts of some outlook differ from its rounded whole."""
    return any(
        people(o.control.value) + people(o.benefit.value) != people(o.response.value)
        for o in outlooks
        if o.control is not None and o.benefit is not None and o.response is not None
    )
