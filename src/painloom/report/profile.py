"""The profile strip of one scale as inline SVG: bands, error, score, the score before; right is always worse."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from painloom.model.mind import BandEdge, ScoreView
from painloom.model.quantity import Estimate
from painloom.report.lookup import Lookup

WIDTH, HEIGHT, PAD = 360.0, 44.0, 8.0
TOP, DEPTH, MIDDLE = 8.0, 18.0, 17.0
Z50, Z80 = 0.674490, 1.281552  # two-sided normal quantiles
T_UNIT, T_LOW, T_HIGH, T_MEAN = "T", 20.0, 80.0, 50.0
T_EDGES = {"worse": (50.0, 60.0, 70.0), "better": (50.0, 40.0, 30.0), "": (30.0, 40.0, 50.0, 60.0, 70.0)}
ROOM = 26.0  # least distance of two printed numbers
BETTER = "better"


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale from `low` to `high`; `turned` where the low end is the worse one and is drawn on the right."""

    low: float
    high: float
    turned: bool

    def at(self, value: float) -> float:
        """The place of `value` in the drawing, kept inside its ends."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return PAD + (1 - share if self.turned else share) * (WIDTH - 2 * PAD)


def axis_of(estimate: Estimate) -> Axis | None:
    """T-scores have one common axis, others run over their own range; None where the range has no ends."""
    turned = estimate.higher_is == BETTER
    if estimate.unit == T_UNIT:
        return Axis(T_LOW, T_HIGH, turned)
    if estimate.low is None or estimate.high is None or not estimate.low < estimate.high:
        return None
    return Axis(estimate.low, estimate.high, turned)


def strip(view: ScoreView, before: float | None, said: str, anchor: str, lookup: Lookup) -> Markup:
    """The drawing of a scored scale; `before` is an earlier score (a ring), `said` the description."""
    estimate = view.estimate
    axis = axis_of(estimate) if estimate is not None else None
    if estimate is None or axis is None:
        return empty_strip(said, anchor, lookup, title=view.scale_label)
    edges = list(T_EDGES.get(estimate.higher_is, ())) if estimate.unit == T_UNIT else _edges(view, turned=axis.turned)
    shapes = [
        *_bands(view, axis),
        Markup('<rect class="frame" x="{}" y="{}" width="{}" height="{}"/>').format(PAD, TOP, WIDTH - 2 * PAD, DEPTH),
    ]
    shapes += [_line(axis.at(e), "mean" if estimate.unit == T_UNIT and e == T_MEAN else "edge", TOP - 3, TOP + DEPTH + 3) for e in edges]
    shapes += _numbers(edges, axis)
    if estimate.se:
        shapes += [_span(axis, estimate, Z80, "wide", 4), _span(axis, estimate, Z50, "narrow", 12)]
    here = axis.at(estimate.value)
    if before is not None:
        shapes.append(_line2(axis.at(before), here))
        shapes.append(Markup('<circle class="earlier" cx="{}" cy="{}" r="4.5"/>').format(_round(axis.at(before)), MIDDLE))
    shapes.append(Markup('<circle class="score" cx="{}" cy="{}" r="4.5"/>').format(_round(here), MIDDLE))
    return _svg(view.scale_label, said, anchor, shapes)


def empty_strip(said: str, anchor: str, lookup: Lookup, *, title: str) -> Markup:
    """A hatched track: nothing was measured, or nothing could be scored."""
    pattern = Markup(
        '<defs><pattern id="hatch-{}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>'
    ).format(anchor)
    box = Markup('<rect class="lost" x="{}" y="{}" width="{}" height="{}" fill="url(#hatch-{})"/>').format(
        PAD, TOP, WIDTH - 2 * PAD, DEPTH, anchor
    )
    return _svg(title, said, anchor, [pattern, box], height=32.0)


def _svg(title: str, said: str, anchor: str, shapes: Sequence[Markup], *, height: float = HEIGHT) -> Markup:
    return Markup(
        '<svg class="profile" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{a}-t {a}-d"><title id="{a}-t">{title}</title>'
        '<desc id="{a}-d">{said}</desc>{shapes}</svg>'
    ).format(w=_round(WIDTH), h=_round(height), a=anchor, title=title, said=said, shapes=Markup("").join(shapes))


def _bands(view: ScoreView, axis: Axis) -> list[Markup]:
    """Published bands as grounds, the worse the darker; only where the bands of one population cover the scale."""
    own = one_population(view)
    order = sorted(own, key=lambda b: b.low, reverse=axis.turned)
    marks = [axis.at(b.high if axis.turned else b.low) for b in order] + [WIDTH - PAD]
    found = []
    for n, (start, end) in enumerate(pairwise(marks)):
        if n and end > start:
            shape = Markup('<rect class="band b{}" x="{}" y="{}" width="{}" height="{}"/>')
            found.append(shape.format(min(n, 4), _round(start), TOP, _round(end - start), DEPTH))
    return found


def one_population(view: ScoreView) -> tuple[BandEdge, ...]:
    """The bands of the population that the scale's first band was set for, from the lowest up."""
    first = view.bands[0].population if view.bands else ""
    return tuple(sorted((b for b in view.bands if b.population == first), key=lambda b: b.low))


def _edges(view: ScoreView, *, turned: bool) -> list[float]:
    """Where one band ends and the worse one begins."""
    own = one_population(view)
    return [b.high for b in own[:-1]][::-1] if turned else [b.low for b in own[1:]]


def _numbers(edges: Sequence[float], axis: Axis) -> list[Markup]:
    """The ends and the edges in figures; an edge too near to a number before it goes without."""
    ends = (axis.high, axis.low) if axis.turned else (axis.low, axis.high)
    places = [PAD, WIDTH - PAD]
    found = [_text(PAD, ends[0], "start"), _text(WIDTH - PAD, ends[1], "end")]
    for edge in edges:
        x = axis.at(edge)
        if all(abs(x - p) >= ROOM for p in places):
            places.append(x)
            found.append(_text(x, edge, "middle"))
    return found


def _span(axis: Axis, estimate: Estimate, z: float, kind: str, depth: float) -> Markup:
    reach = z * (estimate.se or 0.0)
    left, right = sorted((axis.at(estimate.value - reach), axis.at(estimate.value + reach)))
    shape = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>')
    return shape.format(kind, _round(left), _round(MIDDLE - depth / 2), _round(right - left), _round(depth))


def _line(x: float, kind: str, top: float, bottom: float) -> Markup:
    return Markup('<line class="{}" x1="{x}" y1="{}" x2="{x}" y2="{}"/>').format(kind, _round(top), _round(bottom), x=_round(x))


def _line2(x0: float, x1: float) -> Markup:
    return Markup('<line class="step" x1="{}" y1="{y}" x2="{}" y2="{y}"/>').format(_round(x0), _round(x1), y=MIDDLE)


def _text(x: float, value: float, anchor: str) -> Markup:
    return Markup('<text x="{}" y="41" text-anchor="{}">{}</text>').format(_round(x), anchor, f"{value:g}")


def _round(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
