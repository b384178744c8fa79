"""Dose x times a day -> how much of an ingredient a day, or the hourly rate worn; what cannot be worked out says why."""

from dataclasses import dataclass

from painloom.body.product_names import PACK, Product, shown
from painloom.body.strengths import EACH, PER_DAY, PER_HOUR, PER_ML, Strength
from painloom.body.units import ACTIVITY, COUNT, DAILY, MASS, RATE, VOLUME, Unit, read_unit
from painloom.model.case import DrugUse
from painloom.model.quantity import Interval, point

MG, MCG_PER_HOUR = "mg", "mcg/h"
MISSING, UNCLEAR, NO_MASS, PART = "missing", "unclear", "no-mass", "part"
SHARES = ("%", "percent")
MOST_PIECES = 20.0  # tablets, patches or ml-free pieces in one go
MOST_TIMES = 24.0
MOST_MG = 100_000.0
AS_NEEDED = "as needed: counted as often as the order allows"
RANGE = "a range: the highest amount counts"


@dataclass(frozen=True, slots=True)
class Amount:
    """An ingredient's amount a day in `unit` (MG or MCG_PER_HOUR).

    `daily` is None with the reason in `problem` and its kind in `trouble`: MISSING (not given), UNCLEAR (given, but not usable), NO_MASS
    (an order that may well be right and says no amount in mg: units, drops, pieces without strength, a patch in mg), PART (the dose
    belongs to another ingredient of the product).
    `doubts` are reasons to check the entry though its amount counts.
    """

    daily: Interval | None
    unit: str = MG
    trouble: str = ""
    problem: str = ""
    doubts: tuple[str, ...] = ()


def amounts(use: DrugUse, product: Product, route: str | None, lead: int | None) -> list[Amount]:
    """One amount for each ingredient of the product, in its order.

    `lead` is the ingredient that a dose in mg belongs to (of a combination with one opioid: the opioid), None where no one can say.
    The other ingredients follow from the strengths, else their amount is not known.
    """
    count = len(product.ingredients)
    wrong = _impossible(use)
    if wrong:
        return [_none(UNCLEAR, wrong)] * count
    if use.dose is None:
        return [_none(MISSING, "the dose is not given" if use.per_day is not None else "dose and times a day are not given")] * count
    if not use.unit.strip():
        return [_none(UNCLEAR, "the dose has no unit")] * count
    unit = read_unit(use.unit)
    if use.unit.strip() in SHARES:
        return [_none(NO_MASS, "the dose is a share of the preparation")] * count
    if unit is None:
        return [_none(UNCLEAR, f"the unit '{shown(use.unit)[:24]}' is not known here")] * count
    strengths = [i.strength for i in product.ingredients]
    if unit.kind == RATE or route == "transdermal" or (unit.kind == COUNT and any(s and s.kind == PER_HOUR for s in strengths)):
        return [_worn(use, unit, strength, route) for strength in strengths]
    if unit.kind == DAILY:
        return _spread(_per_day_already(use, unit), strengths, lead)
    if use.per_day is None:
        return [_none(MISSING, "how often a day is not given")] * count
    if unit.kind == MASS:
        taken = _times(use, unit.scale)
        return _spread(taken, strengths, lead, pieces=use.dose.high * unit.scale)
    if unit.kind == ACTIVITY:
        return [_none(NO_MASS, "the dose is in units that are no mass")] * count
    return [_by_strength(use, product, unit, strength) for strength in strengths]


def _none(trouble: str, problem: str) -> Amount:
    return Amount(None, trouble=trouble, problem=problem)


def _impossible(use: DrugUse) -> str:
    """Why no amount can be meant by the numbers, or ""."""
    for name, value in (("dose", use.dose), ("number of times a day", use.per_day)):
        if value is None:
            continue
        if not 0 <= value.low <= value.high < float("inf"):
            return f"the {name} is negative or no number"
        if value.high == 0:
            return f"the {name} is zero"
    return ""


def _times(use: DrugUse, mg: float) -> Amount:
    assert use.dose is not None
    assert use.per_day is not None
    daily = Interval(use.dose.low * mg * use.per_day.low, use.dose.high * mg * use.per_day.high)
    doubts = []
    if use.per_day.high > MOST_TIMES:
        doubts.append(f"more than {MOST_TIMES:g} times a day")
    if daily.high > MOST_MG:
        doubts.append(f"more than {MOST_MG / 1000:g} g a day")
    return Amount(daily, doubts=tuple(doubts))


def _per_day_already(use: DrugUse, unit: Unit) -> Amount:
    """A dose that already is an amount a day."""
    assert use.dose is not None
    if use.per_day is not None and use.per_day != point(1.0):
        return _none(UNCLEAR, "the dose is written as an amount a day and more or less than once a day")
    return Amount(Interval(use.dose.low * unit.scale, use.dose.high * unit.scale))


def _spread(whole: Amount, strengths: list[Strength | None], lead: int | None, pieces: float | None = None) -> list[Amount]:
    """A dose in mg belongs to the leading ingredient; the others in the ratio of the strengths, where all of them are known."""
    if len(strengths) == 1:
        return [_check_pieces(whole, strengths[0], pieces)]
    if lead is None:
        return [_none(PART, "the dose does not say of which part of the combination")] * len(strengths)
    own = strengths[lead]
    spread = []
    for number, strength in enumerate(strengths):
        if number == lead or whole.daily is None:
            spread.append(_check_pieces(whole, strength, pieces))
        elif own is None or strength is None or own.kind != strength.kind or own.kind not in (EACH, PER_ML) or not own.value:
            spread.append(_none(PART, "the dose is of another part of the combination; how much this part adds is not known"))
        else:
            ratio = strength.value / own.value
            spread.append(Amount(Interval(whole.daily.low * ratio, whole.daily.high * ratio)))
    return spread


def _check_pieces(amount: Amount, strength: Strength | None, mg: float | None) -> Amount:
    """A dose in mg that would take many pieces of the product's strength at once is doubted."""
    if amount.daily is None or mg is None or strength is None or strength.kind != EACH or not strength.value:
        return amount
    if mg / strength.value <= MOST_PIECES:
        return amount
    return Amount(amount.daily, amount.unit, doubts=(*amount.doubts, f"more than {MOST_PIECES:g} pieces of this strength at once"))


def _by_strength(use: DrugUse, product: Product, unit: Unit, strength: Strength | None) -> Amount:
    """Pieces or millilitres, by the strength that the name or the code gives."""
    what = f"the dose is in pieces ({unit.word})" if unit.kind == COUNT else "the dose is a volume"
    if PACK in product.remarks:
        return _none(NO_MASS, PACK)
    if strength is None or strength.kind not in (EACH, PER_ML):
        return _none(NO_MASS, f"{what}, and the strength is not known")
    if (strength.kind == PER_ML) != (unit.kind == VOLUME):
        return _none(UNCLEAR, f"{what}, which the product's strength does not fit")
    amount = _times(use, strength.value * unit.scale)
    assert use.dose is not None
    if unit.kind == COUNT and use.dose.high > MOST_PIECES:
        return Amount(amount.daily, doubts=(*amount.doubts, f"more than {MOST_PIECES:g} pieces at once"))
    return amount


def _worn(use: DrugUse, unit: Unit, strength: Strength | None, route: str | None) -> Amount:
    """The hourly rate of what is worn; how often it is changed does not matter, more often than once a day is no plausible order."""
    assert use.dose is not None
    if unit.kind == RATE and route not in ("transdermal", ""):
        return _none(UNCLEAR, "an hourly rate that is not worn on the skin")
    if use.per_day is not None and use.per_day.high > 1:
        return _none(UNCLEAR, "a patch changed more than once a day")
    if unit.kind == RATE:
        return Amount(Interval(use.dose.low * unit.scale, use.dose.high * unit.scale), MCG_PER_HOUR)
    if unit.kind == DAILY:
        return Amount(Interval(use.dose.low * unit.scale * 1e3 / 24, use.dose.high * unit.scale * 1e3 / 24), MCG_PER_HOUR)
    if unit.kind == MASS:
        return _none(NO_MASS, "a patch in mg or mcg without 'per hour'")
    if unit.kind != COUNT or unit.word not in ("patch", "film", "piece", "application"):
        return _none(UNCLEAR, "a unit that does not fit a patch")
    if strength is None:
        return _none(NO_MASS, "patches without their hourly rate")
    if strength.kind not in (PER_HOUR, PER_DAY):
        return _none(NO_MASS, "a patch whose strength is not given per hour")
    if use.dose.low != int(use.dose.low) or use.dose.high != int(use.dose.high):
        return _none(UNCLEAR, "a part of a patch")
    if use.dose.high > MOST_PIECES:
        return _none(UNCLEAR, f"more than {MOST_PIECES:g} patches at once")
    rate = strength.value if strength.kind == PER_HOUR else strength.value * 1e3 / 24
    return Amount(Interval(use.dose.low * rate, use.dose.high * rate), MCG_PER_HOUR)
