"""A picture to a file: SVG, PNG or a small HTML page, by the ending of the name."""

from pathlib import Path
from typing import TYPE_CHECKING

from painloom.doors.cli.output import write_pieces
from painloom.errors import UsageError

if TYPE_CHECKING:
    from painloom.report.plots.scene import Scene

ENDINGS = (".svg", ".png", ".html")
HELP = "draw it, too: a file that ends in .svg, .png or .html"


def plot_place(written: Path | None) -> Path | None:
    """The place of a picture; wrong usage when its ending names no kind of picture."""
    if written is not None and written.suffix.lower() not in ENDINGS:
        raise UsageError(f"--plot '{written.name}': the name must end in one of {', '.join(ENDINGS)}")
    return written


def write_plot(scene: "Scene", to: Path) -> None:
    """Draw the scene once, as the ending asks."""
    write_pieces([_drawn(scene, to.suffix.lower())], to)


def _drawn(scene: "Scene", ending: str) -> bytes:
    from painloom.report.plots.png import draw_png
    from painloom.report.plots.svg import draw_svg

    if ending == ".png":
        return draw_png(scene)
    svg = draw_svg(scene, is_alone=True)
    if ending == ".svg":
        return f"{svg}\n".encode()
    title = scene.title.replace("&", "&amp;").replace("<", "&lt;")
    metas = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    return f'<!DOCTYPE html><html lang="en"><head>{metas}<title>{title}</title></head><body>{svg}</body></html>\n'.encode()
