"""A FHIR Dosage -> one dose, how often a day, and the words of the order; what is not certain stays None."""

from dataclasses import dataclass

from painloom.fhir.coding import UCUM, concept, status, system_name
from painloom.fhir.node import Node
from painloom.fhir.span import last_day
from painloom.model.quantity import Interval, point

MOST_DOSE, MOST_PER_DAY = 100_000, 100
DAYS = {"s": 1 / 86_400, "min": 1 / 1_440, "h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.4375, "a": 365.25}
PER_DAY = {"QD": 1.0, "BID": 2.0, "TID": 3.0, "QID": 4.0, "AM": 1.0, "PM": 1.0, "BED": 1.0, "QOD": 0.5, "WK": 1 / 7, "MO": 1 / 30.4375}
PER_DAY |= {f"Q{hours}H": 24 / hours for hours in (1, 2, 3, 4, 6, 8, 12, 24)}
MASSES = {
    "ug": "ug", "mcg": "ug", "µg": "ug", "μg": "ug", "microgram": "ug", "micrograms": "ug",
    "mg": "mg", "milligram": "mg", "milligrams": "mg", "g": "g", "gram": "g", "grams": "g", "ng": "ng", "kg": "kg",
}  # fmt: skip
FORMS = {"TAB": "tablet", "CAP": "capsule"}  # of HL7's list of orderable forms
PER_DAY_EXACT = "urn:painloom:per-day"  # an extension of our own export: times a day that a rule of repetition cannot give
BOUND = "a bound (<, >) or an amount of another form: no single number could be taken"
UNITS_DISAGREE = "the unit's code and its text name different units: the dose was not taken"


@dataclass(frozen=True, slots=True)
class Dosage:
    """One line of an order; `since` and `until` are the bounds of the timing, both days included, "" when not given."""

    dose: Interval | None = None
    unit: str = ""
    per_day: Interval | None = None
    route: str = ""
    as_needed: bool = False
    text: str = ""
    since: str = ""
    until: str = ""


def read_dosage(node: Node, since: str) -> Dosage:
    """What one Dosage of an order that began on the day `since` says; its unread parts stay unmarked and are listed with the resource."""
    if node.has("modifierExtension"):
        node.leave("carries a modifier that this release does not know: the whole line could mean something else")
        return Dosage()
    node.mark("id")
    dose, unit = _dose(node)
    timing = node.get("timing")
    first, last = _bounds(timing, since)
    needed = node.flag("asNeededBoolean") or node.has("asNeededCodeableConcept")
    words = [node.text("text"), node.text("patientInstruction")]
    words += [concept(extra).text for extra in node.nodes("additionalInstruction")]
    reason = concept(node.get("asNeededCodeableConcept")).text
    words += [f"as needed for {reason}"] if reason else []
    return Dosage(
        dose,
        unit,
        _per_day(timing) if timing else _exactly(node),
        concept(node.get("route")).text,
        needed,
        node.fit("; ".join(dict.fromkeys(word for word in words if word)), "text" if node.has("text") else "additionalInstruction"),
        first,
        last,
    )


def _dose(node: Node) -> tuple[Interval | None, str]:
    """The ordered amount of one intake, or the rate where only a rate is given."""
    amounts = node.nodes("doseAndRate")
    if not amounts:
        return _amount(node)  # older writers put the amount here
    kinds = [status(amount.get("type")) for amount in amounts]
    chosen = kinds.index("ordered") if "ordered" in kinds else 0
    for n, other in enumerate(amounts):
        if n != chosen:
            same = _bare(other) == _bare(amounts[chosen])
            other.leave("" if same else "another amount of the same line; the ordered one, or the first, was taken")
    return _amount(amounts[chosen])


def _bare(node: Node) -> object:
    return {k: v for k, v in node.value.items() if k != "type"} if isinstance(node.value, dict) else None


def _amount(node: Node) -> tuple[Interval | None, str]:
    for single, both in (("doseQuantity", "doseRange"), ("rateQuantity", "rateRange")):
        if node.has(single):
            return _one(node.get(single))
        if node.has(both):
            return _range(node.get(both))
    ratio = node.get("rateRatio")
    return _ratio(ratio) if ratio else (None, "")


def _one(node: Node | None) -> tuple[Interval | None, str]:
    if node is None:
        return None, ""
    if node.has("comparator"):
        node.leave(BOUND)
        return None, ""
    if _disagree(node):
        node.leave(UNITS_DISAGREE)
        return None, ""
    value = node.number("value", 0, MOST_DOSE)
    unit = unit_of(node)
    return (None if value is None else point(value)), unit


def _range(node: Node | None) -> tuple[Interval | None, str]:
    low, low_unit = _one(node.get("low") if node else None)
    high, high_unit = _one(node.get("high") if node else None)
    if node is not None and (high is None or (low is not None and (low_unit != high_unit or low.low > high.high))):
        node.leave("no upper end, or two ends that do not fit together: the dose was not taken")
        return None, ""
    return (Interval(low.low if low else 0.0, high.high), high_unit) if high else (None, "")


def _ratio(node: Node) -> tuple[Interval | None, str]:
    top, top_unit = _one(node.get("numerator"))
    below, below_unit = _one(node.get("denominator"))
    if top is None or below is None or not below.low:
        node.leave("a rate without both amounts: the dose was not taken")
        return None, ""
    return point(top.low / below.low), f"{top_unit}/{below_unit}"


def unit_of(node: Node) -> str:
    """The unit of a Quantity: the UCUM code, without the braces of a counted thing; else the text, else the code."""
    code, text = node.text("code"), node.text("unit")
    system = node.text("system")
    ucum = system_name(system) == UCUM
    node.mark("id")
    if ucum and code and code != "1":
        return code[1:-1] if code.startswith("{") and code.endswith("}") and code.count("{") == 1 else code
    name = text or code
    return FORMS.get(name, name) if system.endswith("v3-orderableDrugForm") else name


def _disagree(node: Node) -> bool:
    """Two known masses of different size in one Quantity: a fault of a thousand waits there."""
    code, text = (MASSES.get(node.text(name).lower()) for name in ("code", "unit"))
    return code is not None and text is not None and code != text


def _per_day(timing: Node) -> Interval | None:
    """How often in 24 hours, by the rule of repetition and by a known short form; where the two differ, the range of both."""
    timing.mark("id")
    repeat, code = timing.get("repeat"), timing.get("code")
    rule = _repeated(repeat) if repeat else None
    short = _short_form(code) if code else None
    if rule is None or short is None:
        return rule or short
    return Interval(min(rule.low, short.low), max(rule.high, short.high))


def _exactly(node: Node) -> Interval | None:
    """Times a day as our own export gives them where no rule of repetition can."""
    for part in node.nodes("extension"):
        if part.text("url") == PER_DAY_EXACT:
            span = part.get("valueRange")
            low, high = (end.number("value", 0, MOST_PER_DAY) if span and (end := span.get(name)) else None for name in ("low", "high"))
            return Interval(low, high) if low is not None and high is not None and low <= high else None
    return None


def _short_form(code: Node) -> Interval | None:
    written = [word.upper() for word in (*(c for _, c in concept(code).codes), concept(code).text)]
    found = next((PER_DAY[word] for word in written if word in PER_DAY), None)
    if found is None:
        code.leave("a timing code that this release does not know")
    return None if found is None else point(found)


def _repeated(repeat: Node) -> Interval | None:
    often, most = repeat.number("frequency", 0), repeat.number("frequencyMax", 0)
    if often is None and most is None:
        times = max(len(repeat.texts("timeOfDay")), len(repeat.texts("when")))
        often = float(times) if times else None
    period, longest = repeat.number("period", 1e-6), repeat.number("periodMax", 1e-6)
    unit = DAYS.get(repeat.text("periodUnit"))
    if period is None or unit is None or (often is None and most is None):
        if repeat.has("frequency") or repeat.has("period"):
            repeat.leave("how often cannot be worked out: frequency, period and unit are all needed", "frequency", "period", "periodUnit")
        return None
    low = (most if often is None else often) or 0.0
    high = low if most is None else most
    found = Interval(low / (max(longest or period, period) * unit), max(low, high) / (period * unit))
    if found.high > MOST_PER_DAY:
        repeat.leave(f"more than {MOST_PER_DAY} times a day: not taken", "frequency", "period", "periodUnit")
        return None
    if repeat.has("dayOfWeek"):
        repeat.leave("only on some days: the amount of such a day stands for every day", "dayOfWeek")
    return found


def _bounds(timing: Node | None, since: str) -> tuple[str, str]:
    repeat = timing.get("repeat") if timing else None
    if repeat is None:
        return "", ""
    period = repeat.get("boundsPeriod")
    if period is not None:
        return period.date("start"), period.date("end")
    return "", last_day(since, repeat.get("boundsDuration"))
