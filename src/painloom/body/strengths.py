"""Strengths in a product's name: taken out of the text, so that what is left are ingredients and words."""

import re
from dataclasses import dataclass

from painloom.body.units import DAILY, RATE, mass_in_mg, over_time

EACH, PER_ML, PER_HOUR, PER_DAY, PACKAGE, OTHER = "each", "per-ml", "per-hour", "per-day", "package", "other"
TOKEN = re.compile(r"§(\d+)§")

_NUMBER = r"(?:[0-9]{1,9}(?:,[0-9]{1,3})*(?:\.[0-9]{1,6})?|\.[0-9]{1,6})"
_MASS = r"(?:mg|mcg|[uµμ]g|ng|gm|g|(?:milli|micro|nano)?gram(?:me)?s?)"
_OTHER_UNITS = r"(?:%|\[?iu\]?|units?|unt|meq|mmol|mls?|million\s+units?)"
_SPAN = r"(?:mls?|hours?|hrs?|h|days?|d|act(?:uat(?:ion)?s?)?|dose|sprays?|puffs?|tab(?:let)?s?|cap(?:sule)?s?|patch(?:es)?|film|each)"
_STRENGTH = re.compile(
    rf"(?<![\w.,§])(?P<values>{_NUMBER}(?:\s*[-/]\s*{_NUMBER})*)\s*-?\s*(?P<unit>{_MASS}|{_OTHER_UNITS})(?![a-z])"
    rf"(?:\s*(?:/|\bper\b)\s*(?P<count>{_NUMBER})?\s*-?(?P<span>{_SPAN})(?![a-z])|(?P<share>\s*/\s*mg)(?![a-z]))?",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?<![\w.,§])(?P<values>{_NUMBER}(?:\s*[-/]\s*{_NUMBER})+)(?![\w%.])")
_HOURS = re.compile(r"(?<![\w./,])(?:8|12|24|48|72|84|96|168)[\s-]*(?:hr|hour|h)s?(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Strength:
    """How much a product holds: mg each, mg per ml, mcg an hour, mg a day; OTHER and PACKAGE (its volume) cannot give an amount in mg.

    `unit_written` is False where a list such as 5/325 names no unit.
    """

    kind: str
    value: float
    unit_written: bool = True


@dataclass(frozen=True, slots=True)
class Named:
    """A product's name with a token §n§ in place of each strength; `lasts_hours` where the name says for how many hours it releases."""

    text: str
    strengths: tuple[Strength, ...]
    lasts_hours: bool


def take_out_strengths(name: str) -> Named:
    """The name without its strengths."""
    found: list[Strength] = []

    def keep(match: re.Match[str]) -> str:
        new = _read(match)
        found.extend(new)
        return " " + " ".join(f"§{len(found) - len(new) + i}§" for i in range(len(new))) + " "

    def keep_bare(match: re.Match[str]) -> str:
        values = [_number(v) for v in re.split(r"\s*[-/]\s*", match["values"])]
        new = [Strength(EACH if v is not None else OTHER, v or 0.0, False) for v in values]
        found.extend(new)
        return " " + " ".join(f"§{len(found) - len(new) + i}§" for i in range(len(new))) + " "

    text = _STRENGTH.sub(keep, name)
    lasts = bool(_HOURS.search(text))
    text = _BARE.sub(keep_bare, _HOURS.sub(" ", text))
    return Named(text, tuple(found), lasts)


def _read(match: re.Match[str]) -> list[Strength]:
    values = [_number(v) for v in re.split(r"\s*[-/]\s*", match["values"])]
    if match["share"]:
        return [Strength(OTHER, v or 0.0) for v in values]
    return [_strength(v, match["unit"], match["count"], match["span"]) for v in values]


def _strength(value: float | None, unit: str, count: str | None, span: str | None) -> Strength:
    mg = mass_in_mg(unit)
    over = _number(count) if count else 1.0
    if value is None or over is None or over <= 0:
        return Strength(OTHER, 0.0)
    if mg is None:
        return Strength(PACKAGE if unit.lower().startswith("ml") and not span else OTHER, value)
    word = (span or "").lower()
    if not word:
        return Strength(EACH, value * mg)
    if word.startswith("ml"):
        return Strength(PER_ML, value * mg / over)
    if word[0] in "hd" and not word.startswith("dose"):
        rate = over_time(value * mg, over, word)
        kinds = {RATE: PER_HOUR, DAILY: PER_DAY}
        return Strength(kinds[rate.kind], rate.scale) if rate is not None else Strength(OTHER, value)
    return Strength(EACH, value * mg) if over == 1 else Strength(OTHER, value)


def _number(text: str) -> float | None:
    """A number of a name; a comma is read only where it cannot be misread: `2,5` or `1,000`."""
    if "," not in text:
        return float(text)
    if re.fullmatch(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?", text):
        return float(text.replace(",", ""))
    if re.fullmatch(r"[0-9]+,[0-9]{1,2}", text):
        return float(text.replace(",", "."))
    return None
