"""A drawing as a list of shapes, made once and drawn by any backend: lines, rectangles, circles, polygons and text in pixels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType

from painloom.errors import InputError

# Colours by role: what the page calls them and what they are where there is no page.
COLOURS = MappingProxyType(
    {
        "ink": "#1d2430",
        "soft": "#555c67",
        "paper": "#fcfbf8",
        "card": "#ffffff",
        "rule": "#d9d5cc",
        "line": "#8b8f96",
        "accent": "#2f5d8a",
        "avoid": "#b3261e",
        "unknown": "#5f6670",
        "unknown-ground": "#f3f2ee",
    }
)
ANCHORS = ("start", "middle", "end")
HATCH_STEP = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paint:
    """How a shape looks: colours by role, "" = none; `opacity` in [0, 1] is the fill's; `dash` = lengths drawn and left out."""

    fill: str = ""
    stroke: str = ""
    width: float = 1.0
    opacity: float = 1.0
    dash: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    paint: Paint


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle; width and height are 0 or more."""

    x: float
    y: float
    width: float
    height: float
    paint: Paint


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle."""

    x: float
    y: float
    radius: float
    paint: Paint


@dataclass(frozen=True, slots=True)
class Polygon:
    """Corners (x, y); `is_open` leaves the last side out, which makes it a curve."""

    points: tuple[tuple[float, float], ...]
    paint: Paint
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; y is its baseline, x its start, middle or end as `anchor` says."""

    x: float
    y: float
    words: str
    size: float
    anchor: str = "start"
    colour: str = "ink"
    is_bold: bool = False


Shape = Line | Rect | Circle | Polygon


@dataclass(frozen=True, slots=True)
class Scene:
    """A finished drawing: texts lie above all shapes; `title` and `said` tell it to who cannot see it."""

    width: float
    height: float
    title: str
    said: str
    shapes: tuple[Shape, ...]
    texts: tuple[Text, ...]


@dataclass(slots=True)
class Sheet:
    """A drawing in the making; every number is checked as it is put down."""

    shapes: list[Shape] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    def add(self, *shapes: Shape) -> None:
        """Put shapes down, each above those before it; raises InputError for a place that is no finite number."""
        for shape in shapes:
            _check(shape)
        self.shapes += shapes

    def write(self, text: Text) -> None:
        """Put a line of text down; an empty one leaves no trace; raises InputError for a place that is no finite number."""
        _check(text)
        if text.words:
            self.texts.append(text)

    def hatch(self, x: float, y: float, width: float, height: float, colour: str = "line") -> None:
        """An outlined rectangle with slanted lines: the sign for what is absent."""
        self.add(*(Line(*ends, Paint(stroke=colour, width=1)) for ends in slants(x, y, width, height)))
        self.add(Rect(x, y, width, height, Paint(stroke=colour, width=1)))

    def scene(self, width: float, height: float, title: str, said: str) -> Scene:
        """The finished drawing."""
        return Scene(width, height, title, said, tuple(self.shapes), tuple(self.texts))


def slants(x: float, y: float, width: float, height: float) -> list[tuple[float, float, float, float]]:
    """Lines at 45 degrees that fill a rectangle, clipped to it: (x1, y1, x2, y2) from below left to above right."""
    lines = []
    for k in range(1, max(int((width + height) / HATCH_STEP), 0) + 1):
        reach = k * HATCH_STEP  # on one line the distances from the left and from the top add up to this
        left, right = max(0.0, reach - height), min(width, reach)
        if right - left > 1e-6:
            lines.append((x + left, y + reach - left, x + right, y + reach - right))
    return lines


def path_points(xs: Sequence[float], ys: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """Two equally long rows of numbers as corners."""
    return tuple(zip(map(float, xs), map(float, ys), strict=True))


def _check(item: Shape | Text) -> None:
    for each in fields(item):
        value = getattr(item, each.name)
        numbers = [v for point in value for v in point] if each.name == "points" else [value]
        if any(isinstance(v, float) and not math.isfinite(v) for v in numbers):
            kind = type(item).__name__.lower()
            raise InputError(f"plot: {kind}: {each.name} is not a finite number; give numbers only, or leave the row out")
    if isinstance(item, Rect) and (item.width < 0 or item.height < 0):
        raise InputError("plot: rect: width or height below 0; 0 or more is allowed; swap the ends")
