"""An Assessment, told to a reader."""

from painloom.report.html import render_html
from painloom.report.jsonout import to_json
from painloom.report.text import render_text

__all__ = ["render_html", "render_text", "to_json"]
