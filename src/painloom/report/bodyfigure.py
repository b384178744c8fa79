"""The body map as SVG: front and back, every region a path of its own, painful ones filled and hatched."""

import itertools
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from painloom.errors import InputError, KnowledgeError
from painloom.knowledge.bodymap import BodyMap, Curve, Drawing, Figure, Outline, Point
from painloom.model.bodymap import LEFT, MIDLINE, RIGHT, BodyRegion

HEAD_ROOM = 4.0  # above the drawing
NAME_AT = 16.0  # line of the names of the figures
SIDE_AT, SIDE_TOP, SIDE_STEP = 88.0, 64.0, 22.0  # words for the sides: distance from the centre, first line, line height
PER_CURVE = 8  # points a piece of a curve is cut into for areas
Piece = tuple[Point, Point, Point, Point]
STYLE = """
.bm-r{fill:var(--card,#fff);stroke:var(--line,#6d737c);stroke-width:.8;stroke-linejoin:round}
.bm-edge{fill:none;stroke:var(--ink,#1d2430);stroke-width:3.4;stroke-linejoin:round}
.bm-hurts{fill:url(#ANCHOR-hatch);stroke:var(--ink,#1d2430);stroke-width:1.5}
.bm-ground{fill:var(--avoid-ground,#fcefed)}.bm-line{stroke:var(--avoid,#b3261e);stroke-width:2.2}
.bm-open{fill:url(#ANCHOR-open)}.bm-blank{fill:var(--card,#fff)}.bm-openline{stroke:var(--hatch,#c9c5bb);stroke-width:1.2}
.bm-name,.bm-side{fill:var(--ink,#1d2430);text-anchor:middle;
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif}
.bm-name{font-size:22px;font-weight:650}.bm-side{font-size:20px}
.bm-level{font:600 7px system-ui,"Liberation Sans",Arial,sans-serif;text-anchor:middle;fill:var(--ink,#1d2430);stroke:var(--card,#fff);
stroke-width:2;paint-order:stroke;stroke-linejoin:round}.bm-lead{stroke:var(--ink,#1d2430);stroke-width:.5;fill:none}.bm-dot{fill:var(--ink,#1d2430)}
@media print{.bm-r{fill:#fff;stroke:#000}.bm-edge,.bm-hurts{stroke:#000}.bm-hurts{fill:url(#ANCHOR-hatch)}.bm-ground{fill:#fff}
.bm-line{stroke:#000}.bm-open{fill:url(#ANCHOR-open)}.bm-name,.bm-side,.bm-level,.bm-dot{fill:#000}.bm-lead{stroke:#000}}
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """A region as drawn.

    `pieces` are its border as cubic curves in drawing units; `border` is the same as a polygon; `label_at` is where its level stands, and
    `inside` whether that lies in the region.
    """

    region: str
    figure: str
    pieces: tuple[Piece, ...]
    border: tuple[Point, ...]
    label_at: Point
    inside: bool

    @property
    def path(self) -> str:
        """The border as path data of SVG."""
        spots = (" ".join(f"{_n(x)},{_n(y)}" for x, y in piece[1:]) for piece in self.pieces)
        x, y = self.pieces[0][0]
        return f"M{_n(x)},{_n(y)}" + "".join(f"C{spot}" for spot in spots) + "Z"


def shapes(body_map: BodyMap) -> tuple[Shape, ...]:
    """Every region of the map exactly once, in the order of the drawing.

    Raises
    ------
    KnowledgeError : a border names two nodes in a row that no curve, or more than one, joins.
    """
    drawing = body_map.drawing
    links = {figure.id: _links(drawing, figure.id) for figure in drawing.figures}
    figures = {figure.id: figure for figure in drawing.figures}
    by_stem: dict[str, list[BodyRegion]] = {}
    for region in body_map.regions:
        by_stem.setdefault(region.stem, []).append(region)
    return tuple(
        _shape(outline, region, figures[outline.figure], links[outline.figure])
        for outline in drawing.outlines
        for region in by_stem[outline.stem]
    )


def _links(drawing: Drawing, figure: str) -> dict[tuple[str, str], tuple[Piece, ...]]:
    """(node, next node) -> the pieces of curve between them, for both directions."""
    found: dict[tuple[str, str], tuple[Piece, ...]] = {}
    for curve in drawing.curves:
        if curve.figure != figure:
            continue
        pieces = _smooth(curve)
        places = [i for i, name in enumerate(curve.names) if name]
        for start, end in itertools.pairwise(places):
            way = (curve.names[start], curve.names[end])
            if way in found:
                raise KnowledgeError(f"outline.curves.tsv: two curves of '{figure}' join the nodes {way[0]} and {way[1]}")
            found[way] = pieces[start:end]
            found[way[::-1]] = tuple(piece[::-1] for piece in reversed(pieces[start:end]))
    return found


def _smooth(curve: Curve) -> tuple[Piece, ...]:
    """The curve as cubic pieces: at each point it runs parallel to the line between its neighbours; two points make a straight line."""
    points = curve.points
    last = len(points) - 1
    ways = [_direction(points[max(i - 1, 0)], points[min(i + 1, last)]) for i in range(len(points))]
    pieces = []
    for i in range(last):
        (x0, y0), (x1, y1) = points[i], points[i + 1]
        reach = math.hypot(x1 - x0, y1 - y0) / 3
        one = (x0 + ways[i][0] * reach, y0 + ways[i][1] * reach)
        two = (x1 - ways[i + 1][0] * reach, y1 - ways[i + 1][1] * reach)
        pieces.append((points[i], one, two, points[i + 1]))
    return tuple(pieces)


def _direction(a: Point, b: Point) -> Point:
    length = math.hypot(b[0] - a[0], b[1] - a[1]) or 1.0
    return (b[0] - a[0]) / length, (b[1] - a[1]) / length


def _shape(outline: Outline, region: BodyRegion, figure: Figure, links: dict[tuple[str, str], tuple[Piece, ...]]) -> Shape:
    nodes = outline.nodes
    half: list[Piece] = []
    ring = nodes if region.side == MIDLINE else (*nodes, nodes[0])
    for way in itertools.pairwise(ring):
        if way not in links:
            raise KnowledgeError(f"outline.shapes.tsv: region '{outline.stem}': no curve joins the nodes {way[0]} and {way[1]}")
        half += links[way]
    sign = figure.left_is * (-1 if region.side == RIGHT else 1)
    pieces = [_placed(piece, sign, figure.centre) for piece in half]
    if region.side == MIDLINE:
        pieces += [_placed(piece[::-1], -sign, figure.centre) for piece in reversed(half)]
    border = tuple(point for piece in pieces for point in _cut(piece))
    wanted = outline.label_at
    label = middle(border) if wanted is None else (figure.centre + sign * wanted[0], wanted[1])
    return Shape(region.id, figure.id, tuple(pieces), border, label, contains(border, label))


def _placed(piece: Piece, sign: int, centre: float) -> Piece:
    a, b, c, d = ((round(centre + sign * x, 2), round(y, 2)) for x, y in piece)
    return a, b, c, d


def _cut(piece: Piece) -> Iterator[Point]:
    a, b, c, d = piece
    for k in range(PER_CURVE):
        t = k / PER_CURVE
        w = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        yield tuple(w[0] * a[i] + w[1] * b[i] + w[2] * c[i] + w[3] * d[i] for i in (0, 1))  # type: ignore[misc]


def area(border: Collection[Point]) -> float:
    """The area inside a closed border, in square drawing units; positive for either direction."""
    return abs(_twice_area(tuple(border))) / 2


def _twice_area(border: tuple[Point, ...]) -> float:
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(border, (*border[1:], border[0]), strict=True))


def middle(border: tuple[Point, ...]) -> Point:
    """The centre of gravity of the area inside a closed border."""
    x0, y0 = border[0]
    moved = tuple((x - x0, y - y0) for x, y in border)
    total, sx, sy = 0.0, 0.0, 0.0
    for (ax, ay), (bx, by) in zip(moved, (*moved[1:], moved[0]), strict=True):
        cross = ax * by - bx * ay
        total, sx, sy = total + cross, sx + (ax + bx) * cross, sy + (ay + by) * cross
    return x0 + sx / (3 * total), y0 + sy / (3 * total)


def contains(border: tuple[Point, ...], point: Point) -> bool:
    """Whether a point lies inside a closed border."""
    x, y = point
    crossings = 0
    for (x0, y0), (x1, y1) in zip(border, (*border[1:], border[0]), strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            crossings += 1
    return crossings % 2 == 1


def draw_body(body_map: BodyMap, hurts: Collection[str] | None, *, anchor: str = "bodymap", levels: bool = False) -> Markup:
    """Both figures as one inline SVG with title and description.

    Parameters
    ----------
    hurts : ids of the regions that hurt; None = no map was filled in, drawn as unknown (hatched, with the words).
    anchor : start of the ids within the SVG; each drawing of a page needs its own.
    levels : write the nerve roots of each region, on one side.

    Raises
    ------
    InputError : an id that is no region of the map.
    """
    known = body_map.by_id
    if strange := sorted(set(hurts or ()) - known.keys()):
        raise InputError(f"body map: {len(strange)} entries are no regions of this release; painloom body map --list names them all")
    words, drawing = body_map.form, body_map.drawing
    drawn = shapes(body_map)
    body = [Markup('<path class="bm-edge" d="{}"/>').format("".join(shape.path for shape in drawn))]
    on_top = sorted(drawn, key=lambda shape: shape.region in (hurts or ()))  # a neighbour must not cover the border of what hurts
    body += [_region(known[shape.region], shape, hurts, words["hurts"]) for shape in on_top]
    body += _words(body_map, filled_in=hurts is not None)
    if levels:
        body += [mark for shape in drawn for mark in _level(known[shape.region], shape)]
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="bodymap" viewBox="0 {top} {width} {height}" '
        'role="img" aria-labelledby="{a}-t {a}-d">'
        '<title id="{a}-t">{title}</title><desc id="{a}-d">{desc}</desc><style>{style}</style><defs>{hatch}{open}</defs>{body}</svg>'
    ).format(
        top=_n(-HEAD_ROOM),
        width=_n(drawing.width),
        height=_n(drawing.height + HEAD_ROOM),
        a=anchor,
        title=words["title"],
        desc=_desc(body_map, hurts) + (f" {words['levels']}" if levels else ""),
        style=Markup(STYLE.replace("ANCHOR", anchor).replace("\n", "")),
        hatch=_pattern(f"{anchor}-hatch", "bm-line", 45, 6, "bm-ground"),
        open=_pattern(f"{anchor}-open", "bm-openline", -45, 7, "bm-blank"),
        body=Markup("").join(body),
    )


def body_table(body_map: BodyMap, hurts: Collection[str] | None) -> Markup:
    """The table twin of the picture: each region that hurts, its side, nerve roots and nerves; where there is none, a row that says so."""
    words = body_map.form
    heads = Markup("").join(
        Markup('<th scope="col">{}</th>').format(words[f"table_{name}"]) for name in ("region", "side", "level", "nerve")
    )
    rows = [_table_row(region, words) for region in body_map.regions if region.id in (hurts or ())]
    if not rows:
        said = words["table_unknown" if hurts is None else "table_none"]
        rows = [Markup('<tr><td colspan="4">{}</td></tr>').format(said)]
    return Markup('<table class="bm-table"><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(
        words["title"], heads, Markup("").join(rows)
    )


def _table_row(region: BodyRegion, words: Mapping[str, str]) -> Markup:
    blank = words["nothing_known"]
    cells = (words[region.side], ", ".join(region.dermatomes) or blank, ", ".join(region.nerves) or blank)
    return Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>').format(region.label, *cells)


def _desc(body_map: BodyMap, hurts: Collection[str] | None) -> str:
    words = body_map.form
    if hurts is None:
        return words["desc_open"]
    named = [region.label for region in body_map.regions if region.id in hurts]
    return words["desc"].format(n=len(named), regions="; ".join(named)) if named else words["desc_none"]


def _pattern(id_: str, line: str, angle: int, step: int, ground: str) -> Markup:
    return Markup(
        '<pattern id="{}" width="{s}" height="{s}" patternUnits="userSpaceOnUse" patternTransform="rotate({})">'
        '<rect class="{}" width="{s}" height="{s}"/><line class="{}" x1="0" y1="0" x2="0" y2="{s}"/></pattern>'
    ).format(id_, angle, ground, line, s=step)


def _region(region: BodyRegion, shape: Shape, hurts: Collection[str] | None, said: str) -> Markup:
    state = " bm-open" if hurts is None else " bm-hurts" if region.id in hurts else ""
    title = f"{region.label}: {said}" if state == " bm-hurts" else region.label
    return Markup('<path class="bm-r{}" data-region="{}" d="{}"><title>{}</title></path>').format(state, region.id, shape.path, title)


def _words(body_map: BodyMap, *, filled_in: bool) -> Iterator[Markup]:
    words = body_map.form
    for figure in body_map.drawing.figures:
        yield _text("bm-name", figure.centre, NAME_AT, words[figure.id])
        for name, sign in (("your_left", figure.left_is), ("your_right", -figure.left_is)):
            for k, word in enumerate(words[name].split(maxsplit=1)):
                yield _text("bm-side", figure.centre + sign * SIDE_AT, SIDE_TOP + k * SIDE_STEP, word)
    if not filled_in:
        yield _text("bm-side", body_map.drawing.width / 2, body_map.drawing.height - 4, words["not_filled_in"])


def _text(kind: str, x: float, y: float, text: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(kind, _n(x), _n(y), text)


def _level(region: BodyRegion, shape: Shape) -> Iterator[Markup]:
    """The nerve roots once for a pair: on the viewer's left in the front, on the viewer's right in the back view."""
    if region.side == LEFT or not region.dermatomes:
        return
    x, y = shape.label_at
    if not shape.inside:
        mx, my = middle(shape.border)
        spots = {"x": _n(x), "y": _n(y), "mx": _n(mx), "my": _n(my)}
        yield Markup('<path class="bm-lead" d="M{x},{y}L{mx},{my}"/><circle class="bm-dot" cx="{mx}" cy="{my}" r="1.3"/>').format(**spots)
    text = ", ".join(region.dermatomes)
    yield _text("bm-level", x, y + 2.6, text)


def _n(value: float) -> str:
    """A number of at most two decimals without useless zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
