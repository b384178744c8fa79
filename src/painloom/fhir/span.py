"""Days: the last day of a supply or course."""

import datetime

from painloom.fhir.node import Node

WHOLE_DAYS = {"d": 1.0, "day": 1.0, "days": 1.0, "wk": 7.0, "week": 7.0, "weeks": 7.0}


def last_day(since: str, duration: Node | None, times: int = 1) -> str:
    """The last day, included, of `times` durations from the day `since`; "" when either is not known to the day.

    Months are not turned into days: the sender's calendar is not known.
    """
    if duration is None or duration.has("comparator"):
        return ""
    amount = duration.number("value", 0, 100_000)
    unit = WHOLE_DAYS.get(duration.text("code")) or WHOLE_DAYS.get(duration.text("unit").lower())
    duration.mark("system", "code", "unit")
    if amount is None or unit is None or not amount * unit * times >= 1 or len(since) != 10:
        duration.leave("its last day could not be worked out")
        return ""
    try:
        return (datetime.date.fromisoformat(since) + datetime.timedelta(days=int(amount * unit * times) - 1)).isoformat()
    except OverflowError:
        duration.leave("its last day could not be worked out")
        return ""
