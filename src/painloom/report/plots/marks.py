"""Marks that mean the same on every drawing: the graded band, and the cross of what is refused."""

from painloom.model.outlook import Band
from painloom.report.plots.axis import Axis
from painloom.report.plots.scene import Circle, Line, Paint, Rect, Sheet

INNER = 0.674490 / 1.281552  # half of the chances, as a share of each side of an 80 % band of normal shape


def graded(sheet: Sheet, axis: Axis, band: Band, y: float, *, colour: str = "ink", inner: Band | None = None) -> None:
    """A band with a thin part for 80 of 100 chances, a thick one for half of them, and a dot at the value."""
    low, high, value = axis.within(band.low), axis.within(band.high), axis.within(band.value)
    half = (axis.within(inner.low), axis.within(inner.high)) if inner else (value - INNER * (value - low), value + INNER * (high - value))
    sheet.add(
        Line(low, y, high, y, Paint(stroke=colour, width=2)),
        Line(low, y - 4, low, y + 4, Paint(stroke=colour, width=1.4)),
        Line(high, y - 4, high, y + 4, Paint(stroke=colour, width=1.4)),
        Rect(half[0], y - 3, half[1] - half[0], 6, Paint(fill=colour)),
        Circle(value, y, 5, Paint(fill="card", stroke=colour, width=2.2)),
    )


def cross(sheet: Sheet, x: float, y: float) -> None:
    """The sign of what is refused, around (x, y)."""
    for turn in (-1, 1):
        sheet.add(Line(x - 4.5, y - 4.5 * turn, x + 4.5, y + 4.5 * turn, Paint(stroke="avoid", width=2.2)))
