"""The rows of a forest plot: words in columns beside the axis on a wide page, or on a line above each row on a phone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from painloom.report.plots.axis import MOST_DIGITS, Axis, axis_over, plain_number
from painloom.report.plots.layout import EDGE, LABEL, LEAD, SMALL, Plan
from painloom.report.plots.letters import cut, width_of, wrap
from painloom.report.plots.phrases import say
from painloom.report.plots.scene import Line, Paint, Polygon, Rect, Sheet, Text, path_points
from painloom.report.plots.studies import Mean, Study

ROW, LANE = 24.0, 26.0  # height of a row, and of the marks alone
LARGEST, SMALLEST = 13.0, 3.0  # side of a study's square
BEYOND = 1.2  # how far past the drawn effects, in spans, an interval goes before it is cut with an arrow
LEAST_LABEL = 90.0
MILLION = 1e6
VALUES = 0.23  # share of the width that numbers may take beside the axis


@dataclass(frozen=True, slots=True)
class Scale:
    """What the numbers are: `label` of the axis, what lies `left` and `right` of no effect, `null` = no effect, all in the given scale.

    With `is_log` the given numbers are natural logarithms of ratios and printed as ratios.  `digits` of printed numbers, None = two, or
    more where an interval is so narrow that its ends would look the same.
    """

    label: str = ""
    left: str = ""
    right: str = ""
    null: float = 0.0
    is_log: bool = False
    digits: int | None = None

    def words(self, value: float) -> str:
        """A value as it is printed, in powers of ten where it is a million or more."""
        shown = math.exp(min(value, 700.0)) if self.is_log else value
        return (
            f"{shown:.3g}".replace("-", "−")
            if abs(shown) >= MILLION
            else plain_number(shown, self.digits if self.digits is not None else 2)
        )

    def interval(self, value: float, low: float, high: float) -> str:
        """A value with its ends as they are printed."""
        return f"{self.words(value)} ({self.words(low)} to {self.words(high)})"


@dataclass(slots=True)
class Board:
    """A forest in the making; `lanes` are the heights between which marks lie."""

    plan: Plan
    scale: Scale
    axis: Axis
    has_weights: bool
    lanes: list[tuple[float, float]] = field(default_factory=list)

    @property
    def sheet(self) -> Sheet:
        """What is drawn on."""
        return self.plan.sheet

    @property
    def right(self) -> float:
        """Right edge of the words."""
        return self.plan.width - EDGE

    @property
    def value_end(self) -> float:
        """Right edge of the column of values: before the weights on a wide page, at the edge on a phone."""
        return self.right - (0.085 * self.plan.room if self.has_weights and not self.plan.is_stacked else 0.0)

    def head(self) -> None:
        """Names of the columns."""
        y = self.plan.y + SMALL
        study, value, weight = (say(self.plan.words, f"forest.{key}") for key in ("study", "value", "weight"))
        if self.plan.is_stacked and self.has_weights:
            study = f"{study} ({weight})"
        room = self.plan.room - width_of(study, SMALL) - 12 if self.plan.is_stacked else 0.22 * self.plan.room
        self._put(EDGE, y, study, SMALL, colour="soft")
        self._put(self.value_end, y, cut(value, SMALL, room), SMALL, anchor="end", colour="soft")
        if self.has_weights and not self.plan.is_stacked:
            self._put(self.right, y, weight, SMALL, anchor="end", colour="soft")
        self.plan.y += SMALL * LEAD + 4

    def study(self, study: Study, heaviest: float) -> None:
        """A square whose area is its weight, on a line; an end beyond the axis is an arrow."""
        weight = f"{plain_number(study.weight, 1)}%" if study.weight is not None else ""
        y = self._row(study.label, self.scale.interval(study.effect, study.low, study.high), weight, is_bold=False)
        axis = self.axis
        left, right = axis.within(study.low), axis.within(study.high)
        self.sheet.add(Line(left, y, right, y, Paint(stroke="ink", width=1.4)))
        for end, is_cut, turn in ((left, study.low < axis.low, 1), (right, study.high > axis.high, -1)):
            if is_cut:
                self.sheet.add(Polygon(((end, y), (end + turn * 8, y - 4.5), (end + turn * 8, y + 4.5)), Paint(fill="ink")))
        share = math.sqrt(study.weight / heaviest) if study.weight is not None and heaviest > 0 else 0.6
        side = max(LARGEST * share, SMALLEST)
        self.sheet.add(Rect(axis.at(study.effect) - side / 2, y - side / 2, side, side, Paint(fill="accent")))

    def mean(self, mean: Mean) -> None:
        """A diamond, on the bar of its prediction interval."""
        y = self._row(mean.method, self.scale.interval(mean.estimate, mean.low, mean.high), "", is_bold=True)
        has_new = mean.pi_low is not None and mean.pi_high is not None
        if mean.pi_low is not None and mean.pi_high is not None:
            left, right = self.axis.at(mean.pi_low), self.axis.at(mean.pi_high)
            self.sheet.add(Rect(left, y - 3.5, right - left, 7, Paint(fill="accent", opacity=0.35, stroke="accent")))
            text = say(self.plan.words, "forest.new", low=self.scale.words(mean.pi_low), high=self.scale.words(mean.pi_high))
            self.plan.y -= 4
            self._put(self.value_end, self.plan.y + SMALL, text, SMALL, anchor="end", colour="soft")
            self.plan.y += SMALL * LEAD + 6
        middle = self.axis.at(mean.estimate)
        left, right = min(self.axis.at(mean.low), middle - 1.5), max(self.axis.at(mean.high), middle + 1.5)
        self.sheet.add(Polygon(path_points((left, middle, right, middle), (y, y - 6.5, y, y + 6.5)), Paint(fill="ink")))
        self.lanes += [] if self.plan.is_stacked or not has_new else [(self.plan.y - SMALL * LEAD - 6, self.plan.y)]

    def ground(self, place: int) -> None:
        """Below all marks: the line of no effect, and on a wide page light lines at the ticks."""
        null = self.axis.at(self.scale.null)
        top, low = min(t for t, _ in self.lanes), max(b for _, b in self.lanes)
        lanes = self.lanes if self.plan.is_stacked else [(top, low)]
        xs = [] if self.plan.is_stacked else [self.axis.at(value) for value, _ in self.ticks()]
        grid = [Line(x, top, x, low, Paint(stroke="rule")) for x in xs]
        self.sheet.shapes[place:place] = [*grid, *(Line(null, a, null, b, Paint(stroke="line", width=1.6)) for a, b in lanes)]

    def foot(self) -> None:
        """The axis with its ticks, what lies on either side of no effect, and the name of the axis."""
        plan, axis, y = self.plan, self.axis, self.plan.y
        self.sheet.add(Line(axis.left, y, axis.right, y, Paint(stroke="line", width=1.4)))
        for value, words in self.ticks():
            self.sheet.add(Line(axis.at(value), y, axis.at(value), y + 5, Paint(stroke="line", width=1.4)))
            self._put(axis.at(value), y + 6 + SMALL, words, SMALL, anchor="middle", colour="soft")
        plan.y += 6 + SMALL * LEAD + 2
        self._sides()
        room = 2 * min(axis.right - EDGE, self.right - axis.left, (axis.right - axis.left) / 2 + EDGE)
        for line in wrap(self.scale.label, SMALL, room, most=3):
            self._put((axis.left + axis.right) / 2, plan.y + SMALL, line, SMALL, anchor="middle", colour="soft")
            plan.y += SMALL * LEAD
        plan.y += 8

    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Ticks of the axis, as many as its width bears."""
        return self.axis.ticks(6 if self.axis.right - self.axis.left >= 300 else 5)

    def _sides(self) -> None:
        """What the left and the right of no effect mean, each with an arrowhead."""
        plan, null, tall = self.plan, self.axis.at(self.scale.null), 0.0
        for words, turn, room in ((self.scale.left, -1, null - EDGE), (self.scale.right, 1, self.right - null)):
            lines = wrap(words, SMALL, room - 18, most=3) if room > 60 else ()
            for k, line in enumerate(lines):
                self._put(null + 18 * turn, plan.y + SMALL + k * SMALL * LEAD, line, SMALL, anchor="start" if turn > 0 else "end")
            if lines:
                xs = (null + 13 * turn, null + 5 * turn, null + 5 * turn)
                self.sheet.add(Polygon(path_points(xs, (plan.y + 8, plan.y + 3.5, plan.y + 12.5)), Paint(fill="ink")))
            tall = max(tall, len(lines) * SMALL * LEAD)
        plan.y += tall + 2 if tall else 0

    def _row(self, label: str, value: str, weight: str, *, is_bold: bool) -> float:
        """Words of a row; returns the height at which its marks lie and moves on."""
        plan, y = self.plan, self.plan.y
        if not plan.is_stacked:
            self._put(EDGE, y + 16, cut(label, LABEL, 0.25 * plan.room, is_bold=is_bold), LABEL, is_bold=is_bold)
            size = LABEL if width_of(value, LABEL) <= VALUES * plan.room else SMALL
            self._put(self.value_end, y + 16, value, size, anchor="end")
            self._put(self.right, y + 16, weight, LABEL, anchor="end", colour="soft")
            self.lanes.append((y, y + ROW))
            plan.y += ROW
            return y + ROW / 2
        more = f" ({weight})" if weight else ""
        room = plan.room - width_of(value, SMALL) - width_of(more, SMALL) - 10
        is_apart = room < LEAST_LABEL  # the numbers take a line of their own rather than being cut
        room = plan.room - width_of(more, SMALL) if is_apart else room
        self._put(EDGE, y + SMALL, cut(label, SMALL, room, is_bold=is_bold) + more, SMALL, is_bold=is_bold)
        y += SMALL * LEAD if is_apart else 0.0
        self._put(self.value_end, y + SMALL, value, SMALL, anchor="end")
        top = y + SMALL + 4
        self.lanes.append((top, top + LANE - 4))
        plan.y = top + LANE
        return top + (LANE - 4) / 2

    def _put(
        self, x: float, y: float, words: str, size: float, *, anchor: str = "start", colour: str = "ink", is_bold: bool = False
    ) -> None:
        self.sheet.write(Text(x, y, words, size, anchor, colour, is_bold))


def with_digits(scale: Scale, studies: Sequence[Study], means: Sequence[Mean]) -> Scale:
    """The scale with as many digits as the narrowest interval asks for, where it leaves that open."""
    widths = [w for w in (*(s.high - s.low for s in studies), *(m.high - m.low for m in means)) if w > 0]
    if scale.digits is not None or not widths:
        return scale
    return replace(scale, digits=min(max(math.ceil(-math.log10(min(widths))) + 1, 2), MOST_DIGITS))


def fits(plan: Plan, scale: Scale, studies: Sequence[Study], means: Sequence[Mean]) -> bool:
    """Whether the longest numbers find room in their column beside the axis."""
    values = [scale.interval(s.effect, s.low, s.high) for s in studies] + [scale.interval(m.estimate, m.low, m.high) for m in means]
    return all(width_of(value, SMALL) <= VALUES * plan.room for value in values)


def forest_axis(plan: Plan, scale: Scale, studies: Sequence[Study], means: Sequence[Mean]) -> Axis:
    """Holds all effects and all means with their intervals; intervals of studies as far as they do not squeeze the rest."""
    core = [s.effect for s in studies] + [v for m in means for v in (m.low, m.high, m.pi_low, m.pi_high) if v is not None] + [scale.null]
    low, high = min(core), max(core)
    reach = BEYOND * (high - low) or max((s.high - s.low for s in studies), default=1.0) or 1.0
    ends = [max(s.low, low - reach) for s in studies] + [min(s.high, high + reach) for s in studies]
    left, right = (EDGE + 8, plan.width - EDGE - 8) if plan.is_stacked else (EDGE + 0.27 * plan.room, EDGE + 0.68 * plan.room)
    return axis_over([*core, *ends], left, right, is_log=scale.is_log)
