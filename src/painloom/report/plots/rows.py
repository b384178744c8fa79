"""One row of an interval plot: a treatment with its bar, its band and its numbers, or with the reason why there are none."""

from painloom.model.outlook import Band, Outlook
from painloom.report.plots.axis import Axis, plain_number
from painloom.report.plots.counts import has_numbers, plain_people, signed
from painloom.report.plots.layout import EDGE, LABEL, SMALL, Plan
from painloom.report.plots.letters import clean
from painloom.report.plots.marks import cross, graded
from painloom.report.plots.phrases import Words, say, word
from painloom.report.plots.scene import Line, Paint, Rect

BAR, BAND_DROP = 13.0, 8.0  # height of a bar, and how far below it its band lies
MORE_LINES, NAME_LINES = 8, 10


def draw_row(plan: Plan, outlook: Outlook, *, has_time: bool = False, has_harm: bool = True) -> None:
    """Draw one outlook at the plan's place and move the place below it; `has_time`: the row says when it is meant.

    `has_harm`: on a phone it says how many more stop, or that this is not known.
    """
    plan.sheet.add(Line(EDGE, plan.y, plan.width - EDGE, plan.y, Paint(stroke="rule")))
    plan.y += 6
    is_drawn = has_numbers(outlook)
    top = plan.y
    colour = "ink" if is_drawn else "unknown"
    height = plan.lines(name_of(outlook, plan.words), EDGE, plan.label_room, size=LABEL, colour=colour, most=NAME_LINES, is_bold=is_drawn)
    if not is_drawn:
        _absent(plan, outlook, height)
        return
    plan.y += height
    below = plan.lines(
        " · ".join(_remarks(outlook, plan.words, has_time=has_time)), EDGE, plan.label_room, size=SMALL, colour="soft", most=3
    )
    plan.y += below
    if plan.is_stacked:
        plan.y += 4
        _bar(plan, outlook, plan.y)
        plan.y += BAR + BAND_DROP + 8
        for text in _numbers(outlook, plan.words, has_harm=has_harm):
            plan.y += plan.lines(text, EDGE, plan.room, size=SMALL + 1, most=2)
        plan.y += 8
        return
    end = plan.y
    plan.y = top
    tall = max(_cells(plan, outlook), BAR + BAND_DROP + 8)
    _bar(plan, outlook, top + 3)
    plan.y = max(end, top + tall) + 8


def name_of(outlook: Outlook, words: Words | None) -> str:
    """What a treatment is called: its label, else its id, else that it has no name."""
    return clean(outlook.label) or clean(outlook.treatment) or say(words, "people.nameless")


def when(horizon: str, words: Words | None) -> str:
    """How long after the start, in words."""
    said = word(words, "horizon", horizon)
    return say(words, "people.after", horizon=clean(horizon)) if said == horizon else said


def _remarks(outlook: Outlook, words: Words | None, *, has_time: bool) -> list[str]:
    remarks = [say(words, "people.taken")] if outlook.is_taken else []
    remarks += [word(words, "grade", outlook.grade)] if outlook.grade else []
    remarks += [when(outlook.horizon, words)] if has_time and outlook.horizon else []
    return remarks + ([say(words, "people.borrowed")] if outlook.is_borrowed else [])


def _absent(plan: Plan, outlook: Outlook, height: float) -> None:
    """A row of words: why there are no numbers."""
    reason = why_not(outlook, plan.words)
    top = plan.y
    if plan.is_stacked:
        plan.y += height + 2
        x, room = EDGE, plan.room
    else:
        x, room = plan.axis.left, plan.width - EDGE - plan.axis.left
    if outlook.status == "refused":
        cross(plan.sheet, x + 6, plan.y + 9)
    else:
        plan.sheet.hatch(x, plan.y + 4, 13, 10)
    tall = plan.lines(reason, x + 20, room - 20, size=SMALL + 1, colour="unknown", most=MORE_LINES)
    plan.y = max(top + height, plan.y + tall) + 8


def why_not(outlook: Outlook, words: Words | None) -> str:
    """Why a treatment has no numbers: the word for its status, and the reasons on file."""
    status = word(words, "status", outlook.status) if outlook.status != "predicted" else say(words, "people.no_share")
    reasons = [r.reason for r in outlook.refusals] or list(outlook.notes)
    return ": ".join(part for part in (status, "; ".join(clean(r) for r in reasons)) if part)


def _bar(plan: Plan, outlook: Outlook, y: float) -> None:
    """The track, the people who feel better anyway, those added or lost, and below it the band of the response."""
    axis, sheet = plan.axis, plan.sheet
    control, response = outlook.control, outlook.response
    if control is None and response is None:
        sheet.hatch(axis.left, y, axis.right - axis.left, BAR)
        return
    sheet.add(Rect(axis.left, y, axis.right - axis.left, BAR, Paint(fill="card", stroke="rule")))
    if control is not None and response is not None:
        low, high = sorted((control.value, response.value))
        sheet.add(_part(axis, 0, low, y, Paint(fill="line", opacity=0.45, stroke="line")))
        if response.value >= control.value:
            sheet.add(_part(axis, low, high, y, Paint(fill="accent")))
        else:
            sheet.hatch(axis.at(low), y, axis.at(high) - axis.at(low), BAR, "ink")
    elif control is not None:
        sheet.add(_part(axis, 0, control.value, y, Paint(fill="line", opacity=0.45, stroke="line")))
    elif response is not None:
        sheet.add(_part(axis, 0, response.value, y, Paint(fill="accent", opacity=0.6)))
    band = shown_band(outlook)
    if band is not None:
        graded(sheet, axis, band, y + BAR + BAND_DROP)


def shown_band(outlook: Outlook) -> Band | None:
    """The band drawn below a bar: the response, with the 80 % band of what the treatment adds laid on the control's chance.

    Without a control or an added part it is the band of the response itself; it stays within 0 to 1.
    """
    if outlook.response is None:
        return None
    if outlook.control is None or outlook.benefit is None:
        return outlook.response
    shift = outlook.response.value - outlook.benefit.value
    low, high = (min(max(shift + end, 0.0), 1.0) for end in (outlook.benefit.low, outlook.benefit.high))
    return Band(outlook.response.value, low, high)


def _part(axis: Axis, low: float, high: float, y: float, paint: Paint) -> Rect:
    return Rect(axis.at(low), y, axis.at(high) - axis.at(low), BAR, paint)


def _cells(plan: Plan, outlook: Outlook) -> float:
    """The three columns of numbers of a wide drawing; returns the height."""
    words, unknown = plan.words, say(plan.words, "people.not_known")
    columns = plan.columns()
    first = [say(words, "people.with", n=plain_people(outlook.response.value)) if outlook.response else unknown]
    first += [say(words, "people.without", n=plain_people(outlook.control.value))] if outlook.control else []
    cells = [(first, *columns[0]), (_two_lines(outlook.benefit, words), *columns[1])]
    if outlook.response is None and outlook.benefit is None and outlook.points:
        cells = [([_points(outlook.points, words)], columns[0][0], columns[1][0] + columns[1][1] - columns[0][0])]
    cells.append((_two_lines(outlook.harm, words), *columns[2]))
    start, heights = plan.y, []
    for texts, x, room in cells:
        for k, text in enumerate(texts):
            is_main = k == 0 and text != unknown
            plan.y += plan.lines(text, x, room, size=SMALL if k else LABEL, colour="ink" if is_main else "soft", most=3)
        heights.append(plan.y - start)
        plan.y = start
    return max(heights)


def _two_lines(band: Band | None, words: Words | None) -> list[str]:
    """A difference and its band."""
    if band is None:
        return [say(words, "people.not_known")]
    return [signed(band.value), say(words, "people.range", low=plain_people(band.low), high=plain_people(band.high))]


def _numbers(outlook: Outlook, words: Words | None, *, has_harm: bool = True) -> list[str]:
    """The same as lines below the bar."""
    both = [say(words, "people.with_long", n=plain_people(outlook.response.value))] if outlook.response else []
    both += [say(words, "people.without", n=plain_people(outlook.control.value))] if outlook.control else []
    lines = [", ".join(both)] if both else []
    if outlook.response is None and outlook.points:
        lines.append(_points(outlook.points, words))
    parts = [(outlook.benefit, "people.added_long", "people.added")]
    parts += [(outlook.harm, "people.harm_long", "people.harm")] if has_harm else []
    for band, key, name in parts:
        unknown = f"{say(words, name)}: {say(words, 'people.not_known')}"
        ends = {"n": signed(band.value), "low": plain_people(band.low), "high": plain_people(band.high)} if band else {}
        lines.append(say(words, key, **ends) if band else unknown)
    return lines


def _points(band: Band, words: Words | None) -> str:
    value, low, high = (plain_number(v, 1) for v in (band.value, band.low, band.high))
    return say(words, "people.points", n=value, low=low, high=high)


def sentence_of(outlook: Outlook, words: Words | None) -> str:
    """One row in words, for who cannot see it."""
    name = name_of(outlook, words)
    where = clean(outlook.condition_label or outlook.condition)
    what = "; ".join(_numbers(outlook, words)) if has_numbers(outlook) else why_not(outlook, words)
    return f"{name} ({where}): {what}."
