"""Pictures for readers who would rather look: intervals, icon arrays, forests and learning, as SVG, PNG or a page.

A plot is made once as a `Scene` of plain shapes (`interval_plot`, `icon_array`, `forest`, `updating`) and then drawn by `draw_svg`,
`draw_png`, or both forms of it for a page by `figure` and `draw_page`.
"""

from painloom.report.plots.beliefs import Belief, drawn_belief, normal_belief
from painloom.report.plots.board import Scale
from painloom.report.plots.forest import forest
from painloom.report.plots.icons import icon_array
from painloom.report.plots.intervals import interval_plot
from painloom.report.plots.page import draw_page, figure, table
from painloom.report.plots.phrases import PHRASES, Words
from painloom.report.plots.png import draw_png
from painloom.report.plots.scene import Scene
from painloom.report.plots.studies import Mean, Study, studies_of
from painloom.report.plots.svg import draw_svg, page_style
from painloom.report.plots.tables import forest_rows, interval_rows
from painloom.report.plots.updating import Frame, Mark, updating

__all__ = [
    "PHRASES",
    "Belief",
    "Frame",
    "Mark",
    "Mean",
    "Scale",
    "Scene",
    "Study",
    "Words",
    "draw_page",
    "draw_png",
    "draw_svg",
    "drawn_belief",
    "figure",
    "forest",
    "forest_rows",
    "icon_array",
    "interval_plot",
    "interval_rows",
    "normal_belief",
    "page_style",
    "studies_of",
    "table",
    "updating",
]
