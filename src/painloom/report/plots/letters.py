"""How much room words take, without a font: wide enough for the fonts a page may use, so that nothing is cut or overlaps."""

import re
import unicodedata
from functools import cache
from itertools import accumulate

from painloom.report.wording import printable

# Widths in 1/100 of the font size of the characters 32 to 126: the wider one of two open sans serif fonts.
PACKED = (
    "32 40 46 84 64 95 78 27 39 39 58 84 32 38 32 36 64 64 64 64 64 64 64 64 64 64 34 34 84 84 84 53 "
    "100 70 69 72 77 63 58 77 75 32 56 68 58 88 76 79 64 79 69 66 64 74 70 99 70 66 69 39 36 39 84 52 "
    "50 61 63 57 63 62 37 63 63 28 28 58 28 97 63 62 63 63 42 54 40 63 60 82 60 60 54 64 34 64 84"
)
WIDTHS = tuple(map(int, PACKED.split()))
OTHER, WIDE, BOLD = 0.9, 1.25, 1.14
MORE = "…"
UNDRAWABLE = re.compile(r"[\ud800-\udfff\ufffe\uffff\ufdd0-\ufdef]")  # no text of XML may hold these
SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """`text` on one line, without control characters, direction marks or characters that no picture can hold."""
    return SPACES.sub(" ", UNDRAWABLE.sub(" ", printable(text))).strip()


def width_of(text: str, size: float, *, is_bold: bool = False) -> float:
    """Pixels that a line of text takes at most at a font size."""
    return size * sum(map(_advance, text)) * (BOLD if is_bold else 1.0)


def cut(text: str, size: float, room: float, *, is_bold: bool = False) -> str:
    """`text` if it fits into `room` pixels, else as much of it as fits with an ellipsis."""
    text = clean(text)
    widths = _widths(text, size, is_bold)
    if widths[-1] <= room:
        return text
    more = width_of(MORE, size, is_bold=is_bold)
    end = next((n for n in range(len(text), 0, -1) if widths[n] + more <= room), 0)
    return text[:end].rstrip() + MORE


def _widths(text: str, size: float, is_bold: bool) -> list[float]:
    """The width of every beginning of a text: entry n is that of its first n letters."""
    scale = size * (BOLD if is_bold else 1.0)
    return [scale * reach for reach in accumulate(map(_advance, text), initial=0.0)]


def wrap(text: str, size: float, room: float, *, most: int = 2, is_bold: bool = False) -> tuple[str, ...]:
    """`text` in at most `most` lines that fit into `room` pixels; the last one ends with an ellipsis where more was left."""
    lines: list[str] = []
    rest = clean(text)
    while rest and len(lines) < most - 1:
        head, rest = _first_line(rest, size, room, is_bold)
        lines.append(head)
    if rest:
        lines.append(cut(rest, size, room, is_bold=is_bold))
    return tuple(lines)


def _first_line(text: str, size: float, room: float, is_bold: bool) -> tuple[str, str]:
    """What fits into one line, broken at a blank or behind a hyphen where there is one, and what is left."""
    widths = _widths(text, size, is_bold)
    if widths[-1] <= room:
        return text, ""
    end = len(text)
    while end > 1 and widths[len(text[:end].rstrip())] > room:
        end -= 1
    if text[end] != " ":
        blank = max(text.rfind(" ", 0, end), text.rfind("-", 0, end))
        end = blank + 1 if blank > 0 else end
    return text[:end].rstrip(), text[end:].lstrip()


@cache
def _advance(letter: str) -> float:
    code = ord(letter)
    if 32 <= code < 127:
        return WIDTHS[code - 32] / 100
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF" or letter == MORE:
        return WIDE
    plain = unicodedata.normalize("NFD", letter)[0]
    return _advance(plain) if plain != letter else OTHER
