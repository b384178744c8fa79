"""Where the parts of an interval plot stand, for a wide page and for a phone."""

from dataclasses import dataclass, field

from painloom.report.plots.axis import Axis
from painloom.report.plots.letters import wrap
from painloom.report.plots.phrases import Words
from painloom.report.plots.scene import Sheet, Text

EDGE, GAP = 12.0, 16.0
TITLE, HEAD, LABEL, SMALL = 17.0, 15.0, 14.0, 12.0
LEAD = 1.3  # line height
STACKED_BELOW = 720.0  # pixels of width under which numbers stand below the bars
NARROWEST = 320.0


@dataclass(slots=True)
class Plan:
    """Where things stand: columns by their left and right edge, and how far down the drawing has come."""

    width: float
    words: Words | None
    sheet: Sheet = field(default_factory=Sheet)
    y: float = EDGE
    stacked_below: float = STACKED_BELOW

    @property
    def is_stacked(self) -> bool:
        """Whether numbers stand below the bars."""
        return self.width < self.stacked_below

    @property
    def room(self) -> float:
        """Width of the whole drawing inside its edges."""
        return self.width - 2 * EDGE

    @property
    def label_room(self) -> float:
        """Width of the column of names."""
        return self.room if self.is_stacked else 0.25 * self.room

    @property
    def axis(self) -> Axis:
        """0 to 1 over the column of bars."""
        if self.is_stacked:
            return Axis(0, 1, EDGE + 4, self.width - EDGE - 12)
        return Axis(0, 1, EDGE + 0.25 * self.room + GAP, EDGE + 0.6 * self.room)

    def columns(self) -> tuple[tuple[float, float], ...]:
        """Left edge and width of the three columns of numbers of a wide drawing."""
        left = EDGE + 0.6 * self.room + 1.5 * GAP
        step = (self.width - EDGE - left) / 3
        return tuple((left + k * step, step - 8) for k in range(3))

    def lines(self, text: str, x: float, room: float, *, size: float, most: int = 2, colour: str = "ink", is_bold: bool = False) -> float:
        """Write wrapped text from `y` on without moving on; returns its height."""
        lines = wrap(text, size, room, most=most, is_bold=is_bold)
        for k, line in enumerate(lines):
            self.sheet.write(Text(x, self.y + size + k * size * LEAD, line, size, colour=colour, is_bold=is_bold))
        return len(lines) * size * LEAD
