"""Mechanisms as bands from 0 to 100 %: how likely each plays a part, with its uncertainty."""

from collections.abc import Sequence

from painloom.model.formulation import Mechanism
from painloom.report.plots.layout import EDGE, LABEL, NARROWEST, SMALL, TITLE, Plan
from painloom.report.plots.letters import clean
from painloom.report.plots.marks import graded
from painloom.report.plots.scene import Line, Paint, Scene, Text

TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
ROW = 30.0


def mechanism_plot(mechanisms: Sequence[Mechanism], title: str, *, width: float = 900.0) -> Scene:
    """One row a mechanism: name, grade in the criteria's own words, graded band, chance with its band in numbers.

    A light mark shows where the chance stood before any finding.
    """
    plan = Plan(max(width, NARROWEST), None)
    plan.y += plan.lines(clean(title), EDGE, plan.room, size=TITLE, most=3, is_bold=True) + 6
    axis = plan.axis
    for tick in TICKS:
        plan.sheet.write(Text(axis.at(tick), plan.y + SMALL, f"{100 * tick:.0f} %", SMALL, anchor="middle", colour="soft"))
    plan.y += SMALL + 10
    said = [_row(plan, one) for one in mechanisms]
    return plan.sheet.scene(plan.width, plan.y + EDGE, clean(title), " ".join(said))


def _row(plan: Plan, one: Mechanism) -> str:
    axis, chance = plan.axis, one.chance
    numbers = f"{100 * chance.value:.0f} % ({100 * chance.low:.0f} to {100 * chance.high:.0f})"
    plan.sheet.add(Line(EDGE, plan.y, plan.width - EDGE, plan.y, Paint(stroke="rule")))
    plan.y += 6
    top = plan.y
    if plan.is_stacked:
        plan.y += plan.lines(f"{clean(one.label)}: {numbers}", EDGE, plan.room, size=LABEL, most=3, is_bold=True)
        plan.y += plan.lines(clean(one.grade), EDGE, plan.room, size=SMALL, colour="soft", most=2)
        plan.y += 10
    else:
        room = (1 - 0.6) * plan.room - 24
        height = plan.lines(clean(one.label), EDGE, plan.label_room, size=LABEL, most=3, is_bold=True)
        plan.sheet.write(Text(EDGE + 0.6 * plan.room + 24, plan.y + LABEL, numbers, LABEL))
        plan.y += LABEL + 5
        below = plan.lines(clean(one.grade), EDGE + 0.6 * plan.room + 24, room, size=SMALL, colour="soft", most=2)
        plan.y = max(top + height, plan.y + below, top + ROW - 8)
    line = plan.y if plan.is_stacked else top + 9
    before = axis.within(one.prior.value)
    plan.sheet.add(Line(axis.left, line, axis.right, line, Paint(stroke="rule")))
    plan.sheet.add(Line(before, line - 8, before, line + 8, Paint(stroke="line", width=1.4)))
    graded(plan.sheet, axis, chance, line)
    plan.y += 12
    return f"{clean(one.label)}: {numbers}."
