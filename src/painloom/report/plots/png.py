"""A scene as PNG bytes, drawn with Pillow: the same shapes and words as the SVG, for letters, slides and programs that take no SVG."""

import io
import math
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.errors import InputError
from painloom.report.plots.letters import clean
from painloom.report.plots.scene import COLOURS, Circle, Line, Paint, Polygon, Rect, Scene, Shape

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

FINER = 2  # shapes are drawn this much larger and shrunk, which smooths their edges
MOST_PIXELS = 60_000_000  # of the picture while it is drawn
ANCHOR = {"start": "ls", "middle": "ms", "end": "rs"}
# Pillow's own font holds little beyond ASCII; these are written with letters it has.
PLAIN = str.maketrans({"−": "-", "–": "-", "—": "-", "≥": ">=", "≤": "<=", "≈": "~", "×": "x", "‘": "'", "“": '"', "”": '"'})
NARROW = str.maketrans({"τ": "tau", "²": "2", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "µ": "u", "μ": "u"})
KEPT = frozenset("…±·’©®°")


def draw_png(scene: Scene, *, scale: int = 2, font: Path | None = None) -> bytes:
    """The scene as a PNG file, light colours, `scale` pixels for each pixel of the scene.

    Without `font` (a TrueType or OpenType file) the font that Pillow brings is used: accents fall away and letters it lacks become "?".

    Raises
    ------
    InputError : Pillow is not installed, the scale is not 1 to 4, the picture would be too large, or the font file cannot be read.
    """
    image_of, draw_of, fonts = _pillow()
    if not 1 <= scale <= 4:
        raise InputError(f"plot: scale {scale}: 1 to 4 is allowed; 2 suits most screens and paper")
    wide, high = math.ceil(scene.width * scale), math.ceil(scene.height * scale)
    if wide * high * FINER**2 > MOST_PIXELS:
        raise InputError(f"plot: {wide} x {high} pixels are too many to draw; take a smaller scale, fewer rows, or the SVG")
    grain = scale * FINER
    image = image_of.new("RGB", (wide * FINER, high * FINER), COLOURS["paper"])
    draw = draw_of.Draw(image)
    for shape in scene.shapes:
        _draw(image, draw, shape, grain)
    image = image.reduce(FINER)
    draw = draw_of.Draw(image)
    for text in scene.texts:
        letters = _font(fonts, font, text.size * scale)
        words = clean(text.words) if font else plain(clean(text.words))
        for step in (0.0, 0.5) if text.is_bold else (0.0,):  # one weight only: a bold word is written twice, half a pixel apart
            place = (text.x * scale + step * scale, text.y * scale)
            draw.text(place, words, fill=COLOURS[text.colour], font=letters, anchor=ANCHOR[text.anchor])
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def plain(text: str) -> str:
    """`text` with the letters that Pillow's own font has: no accents, "?" for what has no likeness."""
    bare = unicodedata.normalize("NFD", text.translate(PLAIN).translate(NARROW))
    letters = (c for c in bare if not unicodedata.combining(c))
    return "".join(c if " " <= c <= "~" or c in KEPT else "?" for c in letters)


def _pillow() -> tuple[Any, Any, Any]:
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError:
        raise InputError("plot: PNG: Pillow is not installed; pip install 'painloom[brain]', or take the SVG") from None
    return Image, ImageDraw, ImageFont


def _font(fonts: Any, path: Path | None, size: float) -> "ImageFont.FreeTypeFont":
    try:
        letters: ImageFont.FreeTypeFont = fonts.truetype(str(path), size) if path else fonts.load_default(size)
    except ImportError:
        raise InputError("plot: PNG: this Pillow was built without FreeType; install one from PyPI, or take the SVG") from None
    except OSError:
        raise InputError("plot: PNG: the font file cannot be read; give a TrueType or OpenType file, or none") from None
    return letters


def _draw(image: "Image.Image", draw: "ImageDraw.ImageDraw", shape: Shape, grain: int) -> None:
    """One shape: its ground, then its outline as a ribbon, so that dashes and widths agree with the SVG."""
    paint = shape.paint
    corners = _corners(shape)
    if paint.fill and isinstance(shape, Rect | Circle | Polygon):
        colour = COLOURS[paint.fill]
        if paint.opacity >= 1:
            _fill(draw, shape, corners, grain, colour)
        else:
            _wash(image, shape, corners, grain, paint)
    if paint.stroke and isinstance(shape, Circle) and not paint.dash:
        box = _box(shape, grain, paint.width / 2)
        draw.ellipse(box, outline=COLOURS[paint.stroke], width=max(1, round(paint.width * grain)))
    elif paint.stroke:
        for start, end in _strokes(corners, is_closed=not (isinstance(shape, Line) or getattr(shape, "is_open", False)), dash=paint.dash):
            _ribbon(draw, start, end, paint, grain)


def _corners(shape: Shape) -> list[tuple[float, float]]:
    match shape:
        case Line():
            return [(shape.x1, shape.y1), (shape.x2, shape.y2)]
        case Rect():
            right, low = shape.x + shape.width, shape.y + shape.height
            return [(shape.x, shape.y), (right, shape.y), (right, low), (shape.x, low)]
        case Polygon():
            return list(shape.points)
        case Circle():
            turn = [2 * math.pi * k / 48 for k in range(48)]
            return [(shape.x + shape.radius * math.cos(t), shape.y + shape.radius * math.sin(t)) for t in turn]


def _box(shape: Circle, grain: int, more: float = 0.0) -> tuple[float, float, float, float]:
    """Corners for Pillow, which draws the last pixel too."""
    reach = shape.radius + more
    return (shape.x - reach) * grain, (shape.y - reach) * grain, (shape.x + reach) * grain - 1, (shape.y + reach) * grain - 1


def _fill(draw: "ImageDraw.ImageDraw", shape: Shape, corners: list[tuple[float, float]], grain: int, colour: str | int) -> None:
    if isinstance(shape, Circle):
        draw.ellipse(_box(shape, grain), fill=colour)
    elif isinstance(shape, Rect):
        left, top, right, low = shape.x * grain, shape.y * grain, (shape.x + shape.width) * grain, (shape.y + shape.height) * grain
        if right - left >= 0.5 and low - top >= 0.5:
            draw.rectangle((round(left), round(top), max(round(right) - 1, round(left)), max(round(low) - 1, round(top))), fill=colour)
    elif len(corners) > 2:
        draw.polygon([(x * grain, y * grain) for x, y in corners], fill=colour)


def _wash(image: "Image.Image", shape: Shape, corners: list[tuple[float, float]], grain: int, paint: Paint) -> None:
    """A ground that lets what is below shine through."""
    image_of, draw_of, _ = _pillow()
    xs, ys = [x * grain for x, _ in corners], [y * grain for _, y in corners]
    left, top = math.floor(min(xs)) - 1, math.floor(min(ys)) - 1
    size = math.ceil(max(xs)) - left + 2, math.ceil(max(ys)) - top + 2
    mask = image_of.new("L", size, 0)
    inside = draw_of.Draw(mask)
    strength = round(255 * paint.opacity)
    if isinstance(shape, Circle):
        inside.ellipse([v - o for v, o in zip(_box(shape, grain), (left, top, left, top), strict=True)], fill=strength)
    elif len(corners) > 2:
        inside.polygon([(x - left, y - top) for x, y in zip(xs, ys, strict=True)], fill=strength)
    image.paste(COLOURS[paint.fill], (left, top), mask)


def _strokes(
    corners: list[tuple[float, float]], *, is_closed: bool, dash: tuple[float, float] | None
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The straight pieces of an outline, each (start, end); with `dash` only what is drawn, the rhythm going on round corners."""
    ends = corners[1:] + corners[:1] if is_closed else corners[1:]
    sides = [(a, b) for a, b in zip(corners, ends, strict=False) if a != b]
    if dash is None or sum(dash) <= 0:
        return sides
    pieces, walked, period = [], 0.0, sum(dash)
    for (x1, y1), (x2, y2) in sides:
        length = math.hypot(x2 - x1, y2 - y1)
        start = math.floor(walked / period) * period
        while start < walked + length:
            low, high = max(start, walked) - walked, min(start + dash[0], walked + length) - walked
            if high > low:
                place = [(x1 + (x2 - x1) * t / length, y1 + (y2 - y1) * t / length) for t in (low, high)]
                pieces.append((place[0], place[1]))
            start += period
        walked += length
    return pieces


def _ribbon(draw: "ImageDraw.ImageDraw", start: tuple[float, float], end: tuple[float, float], paint: Paint, grain: int) -> None:
    """A line of a given width as a filled strip."""
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1)
    half = max(paint.width, 1 / grain) / 2
    if length <= 0:
        return
    dx, dy = -(y2 - y1) / length * half, (x2 - x1) / length * half
    corners = [(x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x2 - dx, y2 - dy), (x1 - dx, y1 - dy)]
    if x1 == x2 or y1 == y2:  # upright and level lines keep whole pixels, else they would be one too thick
        xs, ys = [x * grain for x, _ in corners], [y * grain for _, y in corners]
        left, top = round(min(xs)), round(min(ys))
        draw.rectangle((left, top, max(round(max(xs)) - 1, left), max(round(max(ys)) - 1, top)), fill=COLOURS[paint.stroke])
    else:
        draw.polygon([(x * grain, y * grain) for x, y in corners], fill=COLOURS[paint.stroke])
