"""The key of a drawing: small signs with their words, in as many lines as they need."""

from collections.abc import Sequence
from dataclasses import dataclass

from painloom.report.plots.letters import width_of, wrap
from painloom.report.plots.scene import Circle, Line, Paint, Polygon, Rect, Sheet, Text

SIGN, BETWEEN, LEAD = 34.0, 18.0, 1.35


@dataclass(frozen=True, slots=True)
class Key:
    """A sign by its kind, and what it means."""

    kind: str
    words: str


def legend(sheet: Sheet, keys: Sequence[Key], x: float, y: float, room: float, size: float) -> float:
    """Draw the keys from (x, y) on within `room` pixels; returns the height."""
    left, top = 0.0, 0.0
    for key in keys:
        lines = wrap(key.words, size, room - SIGN, most=3)
        wide = SIGN + max((width_of(line, size) for line in lines), default=0.0)
        if left and left + wide > room:
            left, top = 0.0, top + size * LEAD + 4
        _sign(sheet, key.kind, x + left, y + top + size * 0.62)
        for k, line in enumerate(lines):
            sheet.write(Text(x + left + SIGN, y + top + size + k * size * LEAD, line, size, colour="soft"))
        left += wide + BETWEEN
        if len(lines) > 1:
            left, top = 0.0, top + len(lines) * size * LEAD + 4
    return top + (size * LEAD + 4 if left else 0.0)


def _sign(sheet: Sheet, kind: str, x: float, y: float) -> None:
    """A sign 28 pixels wide around the height `y`."""
    middle = x + 14
    match kind:
        case "control":
            sheet.add(Rect(x, y - 5, 28, 10, Paint(fill="line", opacity=0.45, stroke="line")))
        case "added":
            sheet.add(Rect(x, y - 5, 28, 10, Paint(fill="accent")))
        case "lost":
            sheet.hatch(x, y - 5, 28, 10, "ink")
        case "band":
            sheet.add(
                Line(x, y, x + 28, y, Paint(stroke="ink", width=2)),
                *(Line(end, y - 4, end, y + 4, Paint(stroke="ink", width=1.4)) for end in (x, x + 28)),
                Rect(x + 7, y - 3, 14, 6, Paint(fill="ink")),
                Circle(middle, y, 5, Paint(fill="card", stroke="ink", width=2.2)),
            )
        case "study":
            sheet.add(Line(x, y, x + 28, y, Paint(stroke="ink", width=1.4)), Rect(middle - 4, y - 4, 8, 8, Paint(fill="accent")))
        case "mean":
            corners = ((x + 2, y), (middle, y - 5.5), (x + 26, y), (middle, y + 5.5))
            sheet.add(Polygon(corners, Paint(fill="ink")))
        case "new":
            sheet.add(Rect(x, y - 3, 28, 6, Paint(fill="accent", opacity=0.35, stroke="accent")))
        case "before":
            sheet.add(Line(x, y, x + 28, y, Paint(stroke="soft", width=2, dash=(5, 3))))
        case "now":
            sheet.add(Line(x, y, x + 28, y, Paint(stroke="accent", width=3)))
        case "beyond":
            sheet.add(Rect(x, y - 5, 28, 10, Paint(fill="accent", opacity=0.22)))
            sheet.add(*(Line(x + d, y - 5, x + d, y + 5, Paint(stroke="accent", width=1.2)) for d in range(4, 28, 5)))
        case _:
            sheet.hatch(x, y - 5, 28, 10)
