"""What may be said about the best treatment: mostly that the bands overlap."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from painloom.model.outlook import BAND_LEVEL, PREDICTED, Outlook, Verdict
from painloom.response.bands import chance_of_best
from painloom.response.distributions import normal_quantile
from painloom.response.scale import BLIND

SHORT = ("attack", "hours", "days")


def comparable(one: Outlook) -> tuple[str, str, bool]:
    """Outlooks with the same answer may be set against each other: kind of pain, kind of comparator, weeks or shorter."""
    return one.condition, one.family, one.horizon in SHORT and one.horizon != "attack"


def with_chances(outlooks: Sequence[Outlook], level: float = BAND_LEVEL) -> list[Outlook]:
    """The outlooks with the probability that each adds most among the comparable ones; effects are taken as independent.

    Parameters
    ----------
    level : coverage of the bands, in (0, 1).
    """
    groups: dict[tuple[str, str, bool], list[int]] = {}
    for place, one in enumerate(outlooks):
        if one.status == PREDICTED and one.benefit is not None:
            groups.setdefault(comparable(one), []).append(place)
    found = list(outlooks)
    for places in groups.values():
        bands = [outlooks[place].benefit for place in places]
        means = np.array([band.value for band in bands if band])
        sds = np.array([(band.high - band.low) / (2 * normal_quantile(0.5 + level / 2)) for band in bands if band])
        for place, chance in zip(places, chance_of_best(means, np.maximum(sds, 1e-6)), strict=True):
            found[place] = replace(outlooks[place], p_best=float(chance))
    return found


def judge(outlooks: Sequence[Outlook], certain: float) -> Iterator[Verdict]:
    """One statement a group of comparable outlooks: who leads, or that none does."""
    groups: dict[tuple[str, str, bool], list[Outlook]] = {}
    for one in outlooks:
        if one.p_best is not None:
            groups.setdefault(comparable(one), []).append(one)
    for (condition, family, short), group in groups.items():
        ranked = sorted(group, key=lambda o: -(o.benefit.value if o.benefit else 0.0))
        first, rest = ranked[0], ranked[1:]
        against = "placebo or sham" if family == BLIND else "usual care or unblinded"
        head = f"{first.condition_label}, against {against}{', short term' if short else ''}"
        if not rest:
            yield Verdict(condition, family, True, "", f"{head}: one treatment only can be predicted, so there is nothing to rank.")
            continue
        assert first.benefit is not None
        over = [o for o in rest if o.benefit is not None and o.benefit.high >= first.benefit.low]
        if over or (first.p_best or 0.0) < certain:
            yield Verdict(condition, family, True, "", f"{head}: {_overlap(first, over, first.p_best or 0.0)}")
        else:
            yield Verdict(
                condition,
                family,
                False,
                first.treatment,
                f"{head}: {first.label} adds most of those that can be predicted (probability {first.p_best:.0%}).",
            )


def _overlap(first: Outlook, over: Sequence[Outlook], chance: float) -> str:
    number = len(over) + 1
    if not over:
        return f"no treatment is named as best: the highest one leads with a probability of only {chance:.0%}; painloom abstains."
    return (
        f"the 80 % bands of {number} treatments overlap ({first.label} with {over[0].label}"
        f"{' and others' if number > 2 else ''}); no order among them is supported, painloom abstains."
    )
