"""What a measurement taught: the curve before and the curve now, with their bands and the mark of a stop rule."""

import math
from dataclasses import dataclass

import numpy as np

from painloom.errors import InputError
from painloom.report.plots.axis import MOST_DIGITS, Axis, axis_over, plain_number
from painloom.report.plots.beliefs import Belief
from painloom.report.plots.counts import people
from painloom.report.plots.layout import EDGE, LABEL, LEAD, NARROWEST, SMALL, TITLE, Plan
from painloom.report.plots.legend import Key, legend
from painloom.report.plots.letters import clean, width_of, wrap
from painloom.report.plots.marks import graded
from painloom.report.plots.phrases import Words, say
from painloom.report.plots.scene import Line, Paint, Polygon, Scene, Text

TALL = 150.0  # of the higher curve
TAIL = 0.004  # share of a curve's peak below which it is not drawn


@dataclass(frozen=True, slots=True)
class Mark:
    """A threshold: its name, and what it means to lie above it (or below it, `is_above` false), both in words."""

    value: float
    label: str = ""
    beyond: str = ""
    is_above: bool = True


@dataclass(frozen=True, slots=True)
class Frame:
    """Words around the curves: the axis with its unit, names of the two curves, a closing sentence; `digits` of printed values, None = as
    many as the narrower band asks for."""

    axis: str = ""
    before: str = ""
    now: str = ""
    verdict: str = ""
    digits: int | None = None


def updating(
    before: Belief,
    now: Belief,
    mark: Mark | None = None,
    frame: Frame | None = None,
    *,
    width: float = 900.0,
    title: str = "",
    words: Words | None = None,
) -> Scene:
    """Two curves over one axis (before: broken line, now: filled), the mark upright, below the axis both bands with their numbers.

    What lies beyond the mark, as seen now, is hatched and told in people of 100 before and now.  `width` of 320 or more is meant.

    Raises
    ------
    InputError : a mark that is not finite.
    """
    if mark is not None and not math.isfinite(mark.value):
        raise InputError("plot: updating: the mark is not a finite number; give a number, or no mark")
    frame = frame or Frame()
    plan = Plan(min(max(width, NARROWEST), 720.0), words)
    heading = clean(title) or say(words, "update.title")
    plan.y += plan.lines(heading, EDGE, plan.room, size=TITLE, most=3, is_bold=True) + 8
    axis = axis_over(_reach(before, now, mark), EDGE + 10, plan.width - EDGE - 10)
    said = [_curves(plan, axis, (before, now), mark)]
    _scale(plan, axis, frame)
    names = (clean(frame.before) or say(words, "update.before"), clean(frame.now) or say(words, "update.now"))
    digits = _digits(before, now) if frame.digits is None else frame.digits
    said += [_band(plan, axis, belief, name, digits) for belief, name in zip((before, now), names, strict=True)]
    if mark is not None:
        beyond = clean(mark.beyond) or say(words, "update.beyond")
        shares = [people(belief.chance(mark.value, is_above=mark.is_above)) for belief in (before, now)]
        chance = say(words, "update.chance", beyond=beyond, before=shares[0], now=shares[1])
        plan.y += plan.lines(chance, EDGE, plan.room, size=LABEL, most=4, is_bold=True) + 4
        said.append(chance)
    plan.y += plan.lines(frame.verdict, EDGE, plan.room, size=LABEL, most=5) + 6
    keys = [Key("before", names[0]), Key("now", names[1])]
    keys += [Key("beyond", say(words, "update.legend_beyond", beyond=beyond))] if mark is not None else []
    plan.y += legend(plan.sheet, [*keys, Key("band", say(words, "update.legend_band"))], EDGE, plan.y, plan.room, SMALL)
    text = ". ".join(part for part in (*said, clean(frame.verdict)) if part)
    return plan.sheet.scene(plan.width, plan.y + EDGE, heading, text)


def _digits(before: Belief, now: Belief) -> int:
    """Decimals that tell the ends of the narrower band apart by about five steps."""
    width = min(b.band.high - b.band.low for b in (before, now))
    return min(max(math.ceil(-math.log10(width / 5)), 0), MOST_DIGITS) if width > 0 else MOST_DIGITS


def _reach(before: Belief, now: Belief, mark: Mark | None) -> list[float]:
    """Both curves as far as they can be seen, and the mark."""
    ends = [] if mark is None else [mark.value]
    for belief in (before, now):
        least = TAIL * max(belief.density)
        seen = [x for x, d in zip(belief.xs, belief.density, strict=True) if d > least]
        ends += [seen[0], seen[-1], belief.band.low, belief.band.high]
    return ends


def _curves(plan: Plan, axis: Axis, beliefs: tuple[Belief, Belief], mark: Mark | None) -> str:
    """Both curves on the axis, the mark with its label above; returns the label."""
    label = ""
    if mark is not None:
        label = clean(mark.label) or say(plan.words, "update.mark")
        lines = wrap(label, SMALL, plan.room - 8, most=2, is_bold=True)
        for k, line in enumerate(lines):
            half = width_of(line, SMALL, is_bold=True) / 2
            x = min(max(axis.at(mark.value), EDGE + half), plan.width - EDGE - half)
            plan.sheet.write(Text(x, plan.y + SMALL + k * SMALL * LEAD, line, SMALL, anchor="middle", is_bold=True))
        plan.y += len(lines) * SMALL * LEAD + 4
    top, floor = plan.y, plan.y + TALL + 10
    highest = max(max(b.density) for b in beliefs)
    before, now = ([(x, y) for x, y in _outline(b, axis, floor, highest)] for b in beliefs)
    plan.sheet.add(Polygon((*now, (now[-1][0], floor), (now[0][0], floor)), Paint(fill="accent", opacity=0.22)))
    if mark is not None:
        _beyond(plan, axis, beliefs[1], mark, floor, highest)
    plan.sheet.add(Polygon(tuple(now), Paint(stroke="accent", width=2.6), is_open=True))
    plan.sheet.add(Polygon(tuple(before), Paint(stroke="soft", width=2, dash=(6, 4)), is_open=True))
    if mark is not None:
        x = axis.at(mark.value)
        plan.sheet.add(Line(x, top, x, floor + 6, Paint(stroke="ink", width=2)))
    plan.y = floor
    return label


def _outline(belief: Belief, axis: Axis, floor: float, highest: float) -> list[tuple[float, float]]:
    """A curve in pixels, as far as the axis goes."""
    pairs = zip(belief.xs, belief.density, strict=True)
    return [(axis.at(x), floor - TALL * d / highest) for x, d in pairs if axis.low <= x <= axis.high]


def _beyond(plan: Plan, axis: Axis, belief: Belief, mark: Mark, floor: float, highest: float) -> None:
    """Upright hatching below the curve of now beyond the mark."""
    low, high = (axis.at(mark.value), axis.right) if mark.is_above else (axis.left, axis.at(mark.value))
    for x in np.arange(low + 4, high - 1, 5.0):
        value = axis.low + (x - axis.left) / (axis.right - axis.left) * (axis.high - axis.low)
        height = TALL * float(np.interp(value, belief.xs, belief.density, left=0, right=0)) / highest
        if height > 1.5:
            plan.sheet.add(Line(float(x), floor - height, float(x), floor, Paint(stroke="accent", width=1.2)))


def _scale(plan: Plan, axis: Axis, frame: Frame) -> None:
    plan.sheet.add(Line(axis.left, plan.y, axis.right, plan.y, Paint(stroke="line", width=1.4)))
    for value, tick in axis.ticks(7 if plan.width > 500 else 5):
        plan.sheet.add(Line(axis.at(value), plan.y, axis.at(value), plan.y + 5, Paint(stroke="line", width=1.4)))
        plan.sheet.write(Text(axis.at(value), plan.y + 7 + SMALL, tick, SMALL, anchor="middle", colour="soft"))
    plan.y += 7 + SMALL * LEAD
    for line in wrap(frame.axis, SMALL, plan.room, most=3):
        plan.sheet.write(Text(plan.width / 2, plan.y + SMALL, line, SMALL, anchor="middle", colour="soft"))
        plan.y += SMALL * LEAD
    plan.y += 10


def _band(plan: Plan, axis: Axis, belief: Belief, name: str, digits: int) -> str:
    """One band on the axis with its words above; returns the words."""
    value, low, high = (plain_number(v, digits) for v in (belief.band.value, belief.band.low, belief.band.high))
    text = say(plan.words, "update.row", label=name, value=value, low=low, high=high)
    plan.y += plan.lines(text, EDGE, plan.room, size=SMALL + 1, most=3) + 8
    graded(plan.sheet, axis, belief.band, plan.y, inner=belief.inner)
    plan.y += 14
    return text
