"""Interval plot on natural frequencies: of 100 people, how many feel better anyway, how many because of a treatment, how many stop it."""

from painloom.model.outlook import OutlookView
from painloom.report.plots.counts import Group, does_not_add_up, grouped, has_numbers
from painloom.report.plots.layout import EDGE, HEAD, LABEL, LEAD, NARROWEST, SMALL, TITLE, Plan
from painloom.report.plots.legend import Key, legend
from painloom.report.plots.letters import clean, cut
from painloom.report.plots.phrases import Words, say, word
from painloom.report.plots.rows import draw_row, sentence_of, when
from painloom.report.plots.scene import Line, Paint, Rect, Scene, Shape, Text
from painloom.report.wording import capital

TICKS = (0, 25, 50, 75, 100)


def interval_plot(view: OutlookView, *, width: float = 900.0, title: str = "", words: Words | None = None) -> Scene:
    """All outlooks of a person, one row a treatment, in groups that can be compared; `width` in pixels, 320 or more is meant.

    A predicted row shows the chance of a response without the treatment, what the treatment adds, the 80 % band of what it adds (thick:
    half of the chances, for a band of normal shape) and the added chance of stopping for an adverse effect.  What is refused or has no
    evidence is a row of words with an empty track.  `title` replaces the usual question; `words` lies over PHRASES.

    Raises
    ------
    InputError : a chance outside 0 to 1, a band out of order, or a value that is not finite.
    """
    heading = clean(title) or say(words, "people.title")
    plan = Plan(max(width, NARROWEST), words)
    plan.y += plan.lines(heading, EDGE, plan.room, size=TITLE, most=3, is_bold=True) + 6
    groups = grouped(view)
    for k, group in enumerate(groups):
        _group(plan, group, is_new=k == 0 or groups[k - 1].condition != group.condition)
    if not groups:
        plan.y += plan.lines(say(words, "people.nothing"), EDGE, plan.room, size=LABEL, colour="soft")
    _foot(plan, view)
    said = " ".join(sentence_of(o, words) for g in groups for o in g.outlooks) or say(words, "people.nothing")
    verdicts = " ".join(clean(v.text) for v in view.verdicts)
    return plan.sheet.scene(plan.width, plan.y + EDGE, heading, f"{said} {verdicts}".strip())


def _group(plan: Plan, group: Group, *, is_new: bool) -> None:
    """Head, rows and verdict of outlooks that can be compared; the condition is named where it is new."""
    has_bars = has_numbers(group.outlooks[0])
    plan.y += 12
    if is_new:
        plan.sheet.add(Line(EDGE, plan.y, plan.width - EDGE, plan.y, Paint(stroke="ink", width=1.4)))
        plan.y += 8
        plan.y += plan.lines(group.label or group.condition, EDGE, plan.room, size=HEAD, is_bold=True)
    plan.y += plan.lines(_subhead(group, plan.words), EDGE, plan.room, size=SMALL + 1, most=3, is_bold=True) + 4
    is_silent = has_bars and plan.is_stacked and all(o.harm is None for o in group.outlooks)
    if is_silent:  # said once, for on a phone each row would say it again
        nobody = say(plan.words, "people.harm_nobody")
        plan.y += plan.lines(nobody, EDGE, plan.room, size=SMALL, colour="soft", most=3) + 4
    if has_bars:
        _scale(plan)
    rows, place = plan.y, len(plan.sheet.shapes)
    for outlook in group.outlooks:
        draw_row(plan, outlook, has_time=outlook.horizon != group.horizon, has_harm=not is_silent)
    if has_bars and not plan.is_stacked:
        places = [plan.axis.at(tick / 100) for tick in TICKS]
        plan.sheet.shapes[place:place] = [Line(x, rows, x, plan.y - 4, Paint(stroke="rule")) for x in places]
    for verdict in group.verdicts:
        _verdict(plan, verdict)


def _subhead(group: Group, words: Words | None) -> str:
    """What is counted, when, and against what."""
    if not has_numbers(group.outlooks[0]):
        return say(words, "people.uncounted")
    parts = [clean(group.outcome)]
    parts += [when(group.horizon, words)] if group.horizon else []
    if group.comparator:
        parts.append(say(words, "people.compared", comparator=clean(word(words, "comparator", group.comparator))))
    return capital(" · ".join(part for part in parts if part))


def _scale(plan: Plan) -> None:
    """Numbers 0 to 100 above the bars, and above the numbers what they are."""
    heads = ("people.response", "people.added", "people.harm")
    if not plan.is_stacked:
        heights = [
            plan.lines(say(plan.words, key), x, room, size=SMALL, colour="soft", most=3)
            for key, (x, room) in zip(heads, plan.columns(), strict=True)
        ]
        plan.y += max(max(heights) - SMALL * LEAD, 0)
    unit = say(plan.words, "people.axis")
    for tick in TICKS:
        plan.sheet.write(Text(plan.axis.at(tick / 100), plan.y + SMALL, str(tick), SMALL, anchor="middle", colour="soft"))
    if plan.is_stacked:
        plan.y += SMALL * LEAD
    place = EDGE + plan.label_room - 4
    plan.sheet.write(Text(place, plan.y + SMALL, cut(unit, SMALL, plan.label_room), SMALL, anchor="end", colour="soft"))
    plan.y += SMALL * LEAD + 4


def _verdict(plan: Plan, text: str) -> None:
    """What may be said of the best, on a tinted ground with a double rule."""
    plan.y += 4
    start, place = plan.y, len(plan.sheet.shapes)
    plan.y += 8
    plan.y += plan.lines(text, EDGE + 16, plan.room - 28, size=LABEL, most=12, is_bold=True) + 6
    ground = Rect(EDGE, start, plan.room, plan.y - start, Paint(fill="unknown-ground"))
    rules: list[Shape] = [Line(EDGE + d, start, EDGE + d, plan.y, Paint(stroke="unknown", width=1.6)) for d in (1, 5)]
    plan.sheet.shapes[place:place] = [ground, *rules]
    plan.y += 8


def _foot(plan: Plan, view: OutlookView) -> None:
    drawn = [o for o in view.outlooks if has_numbers(o)]
    if not drawn:
        return
    plan.sheet.add(Line(EDGE, plan.y, plan.width - EDGE, plan.y, Paint(stroke="ink", width=1.4)))
    plan.y += 10
    keys = [Key("control", say(plan.words, "people.legend_control")), Key("added", say(plan.words, "people.legend_added"))]
    if any(o.control and o.response and o.response.value < o.control.value for o in drawn):
        keys.append(Key("lost", say(plan.words, "people.legend_lost")))
    keys.append(Key("band", say(plan.words, "people.legend_band")))
    plan.y += legend(plan.sheet, keys, EDGE, plan.y, plan.room, SMALL)
    if does_not_add_up(drawn):
        plan.y += plan.lines(say(plan.words, "people.rounded"), EDGE, plan.room, size=SMALL, colour="soft")
