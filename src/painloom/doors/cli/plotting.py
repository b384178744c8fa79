"""A picture to a file: SVG, PNG or a small HTML page, by the ending of the name."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from painloom.doors.cli.output import write_pieces
from painloom.errors import UsageError

if TYPE_CHECKING:
    from painloom.report.plots.scene import Scene

ENDINGS = (".svg", ".png", ".html")
HELP = "draw it, too: a file that ends in .svg, .png or .html"
WIDTH = 900.0


def plot_place(written: Path | None) -> Path | None:
    """The place of a picture; wrong usage when its ending names no kind of picture."""
    if written is not None and written.suffix.lower() not in ENDINGS:
        raise UsageError(f"--plot '{written.name}': the name must end in one of {', '.join(ENDINGS)}")
    return written


def write_plot(make: "Callable[[float], Scene]", to: Path) -> None:
    """Draw as the ending asks; `make` gives the scene for a width in pixels."""
    write_pieces([_drawn(make, to.suffix.lower())], to)


def _drawn(make: "Callable[[float], Scene]", ending: str) -> bytes:
    from painloom.report.plots.page import draw_page
    from painloom.report.plots.png import draw_png
    from painloom.report.plots.svg import draw_svg

    if ending == ".png":
        return draw_png(make(WIDTH))
    text = draw_page(make) if ending == ".html" else f"{draw_svg(make(WIDTH), is_alone=True)}\n"
    return text.encode()
