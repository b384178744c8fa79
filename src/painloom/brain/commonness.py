"""How common a finding is at one age in people without pain, and in which words it may be said."""

from painloom.knowledge.imaging import Commonness, PainFree
from painloom.model.brain import Prevalence

TO_VERIFY, VERIFIED = "to-verify", "verified"


def common_at(finding: PainFree, age: float, small: int) -> Prevalence:
    """The percentage at `age` years (0 or more).

    Rows at single ages: linear between two neighbours, the nearest row beyond the first and last one; the words say which.  Ranges: the
    range that holds the age, else the nearest.  Rows without an age hold for all ages.  `count` is the smaller of the two counts; a
    count below `small` is called weak.  "to-verify" when one of the rows used is.
    """
    points = [row for row in finding.rows if row.age is not None]
    if points:
        return _between(finding, points, age, small)
    row = next((r for r in finding.rows if (r.age_from or 0.0) <= age < _end(r)), None) or min(finding.rows, key=lambda r: _gap(r, age))
    where = _range(row)
    inside = (row.age_from or 0.0) <= age < _end(row)
    words = f"{row.percent:g} % of {finding.who} {where}" + ("" if inside else f"; no number is held for age {age:g}, this is the nearest")
    return Prevalence(row.percent, age, row.count, row.state, _said(finding, words, [row], small), row.sources)


def _between(finding: PainFree, points: list[Commonness], age: float, small: int) -> Prevalence:
    ages = [row.age or 0.0 for row in points]
    if age <= ages[0] or age >= ages[-1]:
        row = points[0] if age <= ages[0] else points[-1]
        at = row.age or 0.0
        words = f"{row.percent:g} % of {finding.who} aged {at:g}"
        words += "" if at == age else f"; no number is held for age {age:g}, the nearest is age {at:g}"
        return Prevalence(row.percent, at, row.count, row.state, _said(finding, words, [row], small), row.sources)
    upper = next(n for n, value in enumerate(ages) if value > age)
    low, high = points[upper - 1], points[upper]
    below, above = ages[upper - 1], ages[upper]
    if age == below:
        words = f"{low.percent:g} % of {finding.who} aged {age:g}"
        return Prevalence(low.percent, age, low.count, low.state, _said(finding, words, [low], small), low.sources)
    percent = low.percent + (high.percent - low.percent) * (age - below) / (above - below)
    words = (
        f"about {percent:.0f} % of {finding.who} aged {age:g}, between {below:g} and {above:g} "
        f"({low.percent:g} % at {below:g}, {high.percent:g} % at {above:g}; a straight line between them)"
    )
    counts = [row.count for row in (low, high) if row.count is not None]
    count = min(counts) if len(counts) == 2 else None
    state = TO_VERIFY if TO_VERIFY in (low.state, high.state) else VERIFIED
    sources = tuple(dict.fromkeys((*low.sources, *high.sources)))
    return Prevalence(percent, age, count, state, _said(finding, words, [low, high], small), sources)


def _said(finding: PainFree, words: str, rows: list[Commonness], small: int) -> str:
    """The words with the count behind the number, and the doubt where it is small."""
    counted = "; ".join(_behind(row, finding.counted, small) for row in rows if row.count is not None)
    return f"{finding.label}: {words}" + (f"; behind it: {counted}" if counted else "; the number of people is not given")


def _behind(row: Commonness, counted: str, small: int) -> str:
    if not row.count:
        return f"{_at(row)}a model's value, nobody of that age was seen"
    return f"{_at(row)}{row.count} {counted}" + (", too few to lean on" if row.count < small else "")


def _at(row: Commonness) -> str:
    return f"at age {row.age:g}: " if row.age is not None else ""


def _range(row: Commonness) -> str:
    if row.age_from is None and row.age_below is None:
        return "of all ages (not given by age)"
    if row.age_from is None:
        return f"younger than {row.age_below:g}"
    return f"aged {row.age_from:g} or more" if row.age_below is None else f"aged {row.age_from:g} to below {row.age_below:g}"


def _end(row: Commonness) -> float:
    return float("inf") if row.age_below is None else row.age_below


def _gap(row: Commonness, age: float) -> float:
    return min(abs(age - (row.age_from or 0.0)), abs(age - _end(row)))
