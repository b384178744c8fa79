"""How each finding speaks for or against a mechanism, and the chance that follows: transparent, capped, each construct once.

The chance is a normal on the scale of log odds: prior and likelihood ratios add up, and so do their variances.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import NormalDist

from painloom.knowledge.mechanism_cards import STATE, MechanismCard, MechanismRow, Weighing
from painloom.model.formulation import AGAINST, FOR, NEITHER, Contribution, Mechanism
from painloom.model.outlook import BAND_LEVEL, Band
from painloom.synthesis.observe import Observed

Z80 = NormalDist().inv_cdf(0.5 + BAND_LEVEL / 2)
LIKELY = 0.5
BY_CRITERIA = " (by the grade of clinical criteria)"
CHECKED = ("verified", "computed")
LEAST_ODDS = 1e-6


def weigh(card: MechanismCard, observed: Observed, weighing: Weighing) -> Mechanism:
    """The chance of one mechanism with its whole ledger; what is unknown has no line and changes nothing."""
    lines = [line for row in card.rows if (line := _line(card, row, observed, weighing)) is not None]
    counted = _once(lines)
    prior = _logit(card.prior)
    prior_sd = (_logit(card.prior_high) - _logit(card.prior_low)) / (2 * Z80)
    mean = prior + sum(line.weight for line in counted)
    variance = prior_sd**2 + sum(_variance(line) for line in counted if line.weight)
    half = Z80 * math.sqrt(variance)
    band, capped = _within(card, observed, Band(_rate(mean), _rate(mean - half), _rate(mean + half)))
    told = [(limit.criteria, observed.grades[limit.criteria]) for limit in card.limits if limit.criteria in observed.grades]
    grades = [observed.name(criteria, grade) for criteria, grade in told]
    return Mechanism(
        id=card.id,
        label=card.label,
        is_state=card.kind == STATE,
        chance=band,
        prior=Band(card.prior, card.prior_low, card.prior_high),
        grade=grades[0] if grades else "",
        capped=capped,
        ledger=tuple(sorted(counted, key=lambda line: (-abs(line.weight), line.finding, line.label))),
        plain=card.plain,
        sources=card.sources,
    )


def _line(card: MechanismCard, row: MechanismRow, observed: Observed, weighing: Weighing) -> Contribution | None:
    """One finding's line before constructs are counted once; None where it is not known."""
    present = observed.holds(row.sought)
    if present is None:
        return None
    log_lr, se = (math.log(row.lr_pos), row.se_pos) if present else (math.log(row.lr_neg), row.se_neg)
    cap = weighing.caps[row.claim]
    weight, why = log_lr * row.spectrum, "as published"
    if row.spectrum < 1:
        why = f"{row.spectrum:.0%} of it: the study's people differ from a clinic's"
    if not log_lr:
        why = "found as often with it as without it"
    if row.state not in CHECKED:
        weight, why = 0.0, "to verify: shown, weighs nothing"
    elif cap == 0:
        weight, why = 0.0, f"{row.claim}: shown, weighs nothing"
    elif abs(weight) > cap:
        weight, why = math.copysign(cap, weight), f"held at what '{row.claim}' may weigh"
    direction = FOR if log_lr > 0 else AGAINST if log_lr < 0 else NEITHER
    return Contribution(
        mechanism=card.id,
        finding=f"{row.sought.kind}:{row.sought.id}",
        label=row.label,
        value=observed.said(row.sought),
        construct=row.construct,
        log_lr=log_lr,
        se=se,
        weight=weight,
        direction=direction,
        why=why,
        claim=row.claim,
        state=row.state,
        source=row.source,
    )


def _once(lines: Iterable[Contribution]) -> list[Contribution]:
    """Of each construct the strongest line for and the strongest against count; the others stay in the ledger with weight 0."""
    lines = list(lines)
    strongest: dict[tuple[str, bool], Contribution] = {}
    for line in sorted(lines, key=lambda one: (-abs(one.weight), one.se, one.finding, one.label)):
        if line.weight:
            strongest.setdefault((line.construct, line.weight > 0), line)
    found = []
    for line in lines:
        leader = strongest.get((line.construct, line.weight > 0))
        if line.weight and leader is not None and leader is not line:
            line = replace(line, weight=0.0, why=f"counts once with: {leader.label}")
        found.append(line)
    return found


def _variance(line: Contribution) -> float:
    """Variance of what entered: the standard error shrinks as the weight did."""
    share = min(1.0, abs(line.weight / line.log_lr)) if line.log_lr else 1.0
    return (line.se * share) ** 2


def _within(card: MechanismCard, observed: Observed, band: Band) -> tuple[Band, str]:
    """The band held within what clinical criteria allow."""
    said = []
    for limit in card.limits:
        concerned = limit.criteria not in observed.doubtful and (not limit.kinds or bool(set(limit.kinds) & observed.kinds))
        if concerned and not set(limit.unless_kinds) & observed.kinds and observed.grades.get(limit.criteria) == limit.grade:
            held = _held(band, limit.floor, limit.ceiling)
            if held != band:
                names = f"{observed.name(limit.criteria)}: {observed.name(limit.criteria, limit.grade)}"
                said.append(f"{names} keeps it between {limit.floor:.0%} and {limit.ceiling:.0%}")
            band = held
    return band, "; ".join(said)


def _held(band: Band, floor: float, ceiling: float) -> Band:
    """A band inside [floor, ceiling].  Where the whole lies beyond, criteria say only that much: it reaches half way on from the limit."""
    value = min(max(band.value, floor), ceiling)
    low, high = (min(max(end, floor), ceiling) for end in (band.low, band.high))
    if value == floor > band.value:
        high = max(high, (floor + ceiling) / 2)
    if value == ceiling < band.value:
        low = min(low, (floor + ceiling) / 2)
    return Band(value, low, high)


def _logit(rate: float) -> float:
    return math.log(rate / (1 - rate))


def _rate(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(min(log_odds, 60.0), -60.0)))


def _is_raised(mechanism: Mechanism) -> bool:
    """Whether criteria lifted the chance to their floor: what was found alone says less."""
    return bool(mechanism.capped) and mechanism.chance.low == mechanism.chance.value


def statement(mechanisms: Sequence[Mechanism]) -> str:
    """The mechanisms in a sentence: which are likely, whether they are mixed, or that it cannot be told."""
    own = [m for m in mechanisms if not m.is_state]
    likely = [m for m in own if m.chance.value >= LIKELY]
    sure = [m for m in likely if m.chance.low >= LIKELY]
    if not likely:
        return "No mechanism is more likely than not from what is known."
    names = " and ".join(f"{m.label.lower()}{BY_CRITERIA if _is_raised(m) else ''}" for m in likely)
    mixed = "Mixed pain: " if len(likely) > 1 else ""
    doubt = "" if len(sure) == len(likely) else "; the band reaches below even chances"
    return f"{mixed}{names} {'is' if len(likely) == 1 else 'are'} more likely than not{doubt}."
