"""Charts of the brain section as inline SVG: percentile track, correlation track, z-score strip, head motion, people out of a hundred."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from markupsafe import Markup

from painloom.model.brain import CohortPlace, Connection, Motion, NormRow

WIDTH, PAD = 360.0, 8.0
Z50, Z80 = 0.674490, 1.281552  # two-sided normal quantiles
Z_END, STACK, DOT = 4.0, 12, 7.0  # z at the ends of a strip, most dots on one another, their distance
BIN = 0.16  # width in z of a stack of dots
MOTION_WIDTH, MOTION_HEIGHT, COLUMNS = 520.0, 104.0, 480
HUNDRED, ACROSS = 100, 20


@dataclass(frozen=True, slots=True)
class Chart:
    """What every drawing needs: its anchor on the page, its title and its description in words."""

    anchor: str
    title: str
    said: str


def chance_interval(percent: float, count: int, z: float) -> tuple[float, float]:
    """Wilson interval in percent of a share seen in `count` people; `z` is the two-sided normal quantile."""
    share, square = percent / 100, z * z
    middle = (share + square / (2 * count)) / (1 + square / count)
    reach = z / (1 + square / count) * sqrt(share * (1 - share) / count + square / (4 * count * count))
    return max(0.0, 100 * (middle - reach)), min(100.0, 100 * (middle + reach))


def percentile_track(place: CohortPlace, chart: Chart) -> Markup:
    """0 to 100 of a cohort: the place, with 50% and 80% intervals that come from the cohort's size alone."""
    shapes = [_rect("track", PAD, 10, WIDTH - 2 * PAD, 14)]
    shapes += [_line("edge", _at(q, 0, 100), 7, 27) for q in (25, 50, 75)]
    if place.count > 0:
        for z, kind, depth in ((Z80, "wide", 4.0), (Z50, "narrow", 12.0)):
            low, high = chance_interval(place.percentile, place.count, z)
            shapes.append(_rect(kind, _at(low, 0, 100), 17 - depth / 2, _at(high, 0, 100) - _at(low, 0, 100), depth))
    shapes.append(_circle("score", _at(place.percentile, 0, 100), 17, 5))
    shapes += [
        _text(_at(q, 0, 100), 40, f"{q}", how) for q, how in ((0, "start"), (25, "middle"), (50, "middle"), (75, "middle"), (100, "end"))
    ]
    return _svg("profile", WIDTH, 44, chart, shapes)


def correlation_track(connection: Connection, chart: Chart) -> Markup:
    """-1 to 1: the correlation with its interval."""
    assert connection.r is not None
    shapes = [_rect("track", PAD, 10, WIDTH - 2 * PAD, 14), _line("mean", _at(0, -1, 1), 6, 28)]
    shapes += [_line("edge", _at(r, -1, 1), 10, 24) for r in (-0.5, 0.5)]
    if connection.r_low is not None and connection.r_high is not None:
        left, right = _at(connection.r_low, -1, 1), _at(connection.r_high, -1, 1)
        shapes.append(_rect("wide", left, 15, right - left, 4))
    shapes.append(_circle("score", _at(connection.r, -1, 1), 17, 5))
    shapes += [
        _text(_at(r, -1, 1), 40, f"{r:g}", how) for r, how in ((-1, "start"), (-0.5, "middle"), (0, "middle"), (0.5, "middle"), (1, "end"))
    ]
    return _svg("profile", WIDTH, 44, chart, shapes)


def z_strip(rows: Sequence[NormRow], limit: float, chart: Chart) -> Markup:
    """One circuit's regions on z from -4 to 4: rings within the limits, filled diamonds with their interval beyond them."""
    places = sorted(((row.z, row) for row in rows if row.z is not None), key=lambda pair: pair[0])
    stacks: dict[int, int] = {}
    marks, spans = [], []
    deepest = 1
    for z, row in places:
        slot = round(min(max(z, -Z_END), Z_END) / BIN)
        level = stacks[slot] = stacks.get(slot, 0) + 1
        deepest = max(deepest, min(level, STACK))
        marks.append((z, min(level, STACK), abs(z) > limit))
        if abs(z) > limit and row.z_low is not None and row.z_high is not None:
            spans.append((row.z_low, row.z_high, min(level, STACK)))
    floor = 8 + deepest * DOT
    shapes = [_rect("zband", _z(-limit), 2, _z(limit) - _z(-limit), floor), _line("mean", _z(0), 2, floor + 2)]
    shapes += [_line("zlimit", _z(end), 0, floor + 4) for end in (-limit, limit)]
    shapes.append(Markup('<line class="axis" x1="{}" y1="{y}" x2="{}" y2="{y}"/>').format(PAD, _n(WIDTH - PAD), y=_n(floor + 2)))
    shapes += [_rect("zspan", _z(low), floor - level * DOT + 2.5, max(_z(high) - _z(low), 1), 2.4) for low, high, level in spans]
    for z, level, beyond in marks:
        x, y = _z(z), floor - level * DOT + 3.5
        diamond = Markup('<path class="zout" d="M{} {}l4.8 4.8l-4.8 4.8l-4.8-4.8z"/>').format(_n(x), _n(y - 4.8))
        shapes.append(diamond if beyond else _circle("zin", x, y, 3))
    shapes += [
        _text(_z(v), floor + 17, f"{v:g}", how)
        for v, how in ((-4, "start"), (-limit, "middle"), (0, "middle"), (limit, "middle"), (4, "end"))
    ]
    return _svg("zstrip", WIDTH, floor + 21, chart, shapes)


def motion_plot(motion: Motion, chart: Chart) -> Markup:
    """Framewise displacement over the volumes, the limit as a broken line, volumes above it marked below the axis."""
    values = motion.displacement_mm
    columns = [max(group) for group in _groups(values)]
    top = max(1.2 * motion.limit_mm, min(max(columns), 6 * motion.limit_mm) if motion.limit_mm > 0 else max(columns), 0.1)
    left, floor = 40.0, MOTION_HEIGHT - 26
    step = (MOTION_WIDTH - left - 4) / max(len(columns), 1)

    def y(value: float) -> float:
        return floor - min(value, top) / top * (floor - 8)

    line = " ".join(f"{_n(left + (k + 0.5) * step)},{_n(y(v))}" for k, v in enumerate(columns))
    shapes = [
        Markup('<line class="axis" x1="{}" y1="{y}" x2="{}" y2="{y}"/>').format(_n(left), _n(MOTION_WIDTH - 4), y=_n(floor)),
        Markup('<polyline class="fd" points="{}"/>').format(line),
        Markup('<line class="fdlimit" x1="{}" y1="{y}" x2="{}" y2="{y}"/>').format(
            _n(left), _n(MOTION_WIDTH - 4), y=_n(y(motion.limit_mm))
        ),
    ]
    shapes += [_rect("cutout", left + k * step, floor + 2, max(step, 1.4), 6) for k, v in enumerate(columns) if v > motion.limit_mm]
    shapes += [
        _text(left - 4, y(motion.limit_mm) + 4, f"{motion.limit_mm:g}", "end"),
        _text(left - 4, floor + 4, "0", "end"),
        _text(left, MOTION_HEIGHT - 2, "1", "start"),
        _text(MOTION_WIDTH - 4, MOTION_HEIGHT - 2, f"{len(values)}", "end"),
    ]
    if abs(y(top) - y(motion.limit_mm)) > 24:
        shapes.append(_text(left - 4, y(top) + 6, f"{top:.2g}", "end"))
    return _svg("motion", MOTION_WIDTH, MOTION_HEIGHT, chart, shapes)


def _groups(values: Sequence[float]) -> list[Sequence[float]]:
    """Neighbouring volumes that share a column of the drawing; the largest of them is drawn."""
    size = -(-len(values) // COLUMNS) or 1
    return [values[k : k + size] for k in range(0, len(values), size)]


def runs(numbers: Sequence[int]) -> str:
    """Volume numbers in short: 3, 7-9, 12."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in parts)


def hundred(count: int, chart: Chart) -> Markup:
    """A hundred people as dots, the first `count` filled."""
    shapes = [_circle("they" if k < count else "others", 7 + (k % ACROSS) * 11.5, 7 + (k // ACROSS) * 11.5, 4.2) for k in range(HUNDRED)]
    return _svg("hundred", 233, 60, chart, shapes)


def _svg(kind: str, width: float, height: float, chart: Chart, shapes: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg class="{k}" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{a}-t {a}-d"><title id="{a}-t">{title}</title>'
        '<desc id="{a}-d">{said}</desc>{shapes}</svg>'
    ).format(k=kind, w=_n(width), h=_n(height), a=chart.anchor, title=chart.title, said=chart.said, shapes=Markup("").join(shapes))


def _at(value: float, low: float, high: float) -> float:
    return PAD + (min(max(value, low), high) - low) / (high - low) * (WIDTH - 2 * PAD)


def _z(value: float) -> float:
    return _at(value, -Z_END, Z_END)


def _rect(kind: str, x: float, y: float, width: float, height: float) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(kind, _n(x), _n(y), _n(width), _n(height))


def _line(kind: str, x: float, top: float, bottom: float) -> Markup:
    return Markup('<line class="{}" x1="{x}" y1="{}" x2="{x}" y2="{}"/>').format(kind, _n(top), _n(bottom), x=_n(x))


def _circle(kind: str, x: float, y: float, radius: float) -> Markup:
    return Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>').format(kind, _n(x), _n(y), _n(radius))


def _text(x: float, y: float, words: str, how: str) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(_n(x), _n(y), how, words)


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
