"""The glass brain: outlines in three planes with stimulation targets, and grey slices of the person with the target's cross."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from markupsafe import Markup

from painloom.knowledge.load import DATA
from painloom.knowledge.tables import read_tsv
from painloom.model.brain import Picture
from painloom.model.target import CAUTION, OPEN, Point, Target, TargetView
from painloom.report.wording import Wording

AXES = {"sagittal": (1, 2), "coronal": (0, 2), "axial": (0, 1)}  # which of x, y, z run to the right and up
ACROSS = {"sagittal": 0, "coronal": 1, "axial": 2}
SIDES = {"sagittal": ("P", "A"), "coronal": ("L", "R"), "axial": ("L", "R")}
ROOM, RADIUS, NEAR = 11.0, 6.0, 14.0  # mm: margin, bubble of a number, least distance of two bubbles
NEAR_PLANE = 1.5  # mm between a slice and a target that is drawn onto it
ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Spot:
    """One target on the map: `number` as in the list, `place` in mm."""

    number: int
    status: str
    place: Point
    label: str


@dataclass(frozen=True, slots=True)
class Outline:
    """The curves of one plane in mm; `box` is (left, right, bottom, top)."""

    plane: str
    curves: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
    box: tuple[float, float, float, float]


@cache
def outlines() -> tuple[Outline, ...]:
    """The drawing of the card, plane by plane."""
    rows = read_tsv(DATA / "brainmap" / "outlines.tsv", ("plane", "curve", "points"))
    found = []
    for plane, mine in groupby(rows, key=lambda row: row["plane"]):
        curves = tuple((row["curve"], _points(row["points"])) for row in mine)
        xs, ys = zip(*(point for _, line in curves for point in line), strict=True)
        found.append(Outline(plane, curves, (min(xs) - ROOM, max(xs) + ROOM, min(ys) - ROOM, max(ys) + ROOM)))
    return tuple(found)


def _points(text: str) -> tuple[tuple[float, float], ...]:
    pairs = (pair.split(",") for pair in text.split())
    return tuple((float(x), float(y)) for x, y in pairs)


def spots(view: TargetView) -> tuple[Spot, ...]:
    """Targets that may be drawn: open or with caution, with template coordinates; refused ones never."""
    return tuple(
        Spot(number, target.status, target.xyz_mm, target.name)
        for number, target in enumerate(view.targets, 1)
        if target.status in (OPEN, CAUTION) and target.xyz_mm is not None and not target.space.startswith("native")
    )


def glass_brain(view: TargetView, words: Wording) -> tuple[Markup, ...]:
    """One drawing a plane; none where no target can be drawn."""
    shown = spots(view)
    return tuple(_plane(outline, shown, words) for outline in outlines()) if shown else ()


def _plane(outline: Outline, shown: Sequence[Spot], words: Wording) -> Markup:
    plane = outline.plane
    across, up = AXES[plane]
    left, right, bottom, top = _box(outline, [(spot.place[across], spot.place[up]) for spot in shown])
    width, height = right - left, top - bottom
    shapes = [Markup('<path class="gb-{}" d="{}"/>').format(curve, Markup(smooth(line))) for curve, line in outline.curves]
    exact = [(spot.place[across], spot.place[up]) for spot in shown]
    for spot, here, bubble in zip(shown, exact, spread(exact), strict=True):
        shapes.append(_mark(spot, here, bubble))
    shapes += _sides(SIDES[plane], left, right, top - 4)
    named = "; ".join(words("brain.glass_point", n=s.number, name=s.label, mm=coordinates(s.place)) for s in shown)
    return Markup(
        '<svg class="glass" viewBox="{} {} {} {}" role="img" aria-labelledby="gb-{p}-t gb-{p}-d"><title id="gb-{p}-t">{title}</title>'
        '<desc id="gb-{p}-d">{desc}</desc>{shapes}</svg>'
    ).format(
        *(_n(v) for v in (left, -top, width, height)),
        p=plane,
        title=words(f"brain.plane.{plane}"),
        desc=words("brain.glass_desc", points=named),
        shapes=Markup("").join(shapes),
    )


def _box(outline: Outline, points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """The outline's box, widened so that no point falls off the drawing."""
    left, right, bottom, top = outline.box
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return (
        min([left, *(x - ROOM for x in xs)]),
        max([right, *(x + ROOM for x in xs)]),
        min([bottom, *(y - ROOM for y in ys)]),
        max([top, *(y + ROOM for y in ys)]),
    )


def smooth(line: Sequence[tuple[float, float]]) -> str:
    """A closed path through the middles of a ring's sides, its corners as control points; up is up."""
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(line, [*line[1:], line[0]], strict=True)]
    start = f"M{_n(middles[-1][0])} {_n(-middles[-1][1])}"
    return start + "".join(f"Q{_n(x)} {_n(-y)} {_n(mx)} {_n(-my)}" for (x, y), (mx, my) in zip(line, middles, strict=True)) + "z"


def spread(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Places for numbered bubbles: where the points are, pushed apart until none covers another."""
    places = [list(p) for p in points]
    for _ in range(ROUNDS):
        moved = False
        for i in range(len(places)):
            for j in range(i):
                dx, dy = places[i][0] - places[j][0], places[i][1] - places[j][1]
                distance = (dx * dx + dy * dy) ** 0.5
                if distance < NEAR - 0.01:
                    moved = True
                    if distance < 0.01:
                        dx, dy, distance = 0.6 + 0.1 * i, 0.8 - 0.1 * j, 1.0
                    push = (NEAR - distance) / 2 / distance if distance > 1 else NEAR / 2
                    for k, sign in ((i, 1), (j, -1)):
                        places[k][0] += sign * dx * push
                        places[k][1] += sign * dy * push
        if not moved:
            break
    return [(x, y) for x, y in places]


def _mark(spot: Spot, here: tuple[float, float], bubble: tuple[float, float]) -> Markup:
    (x, y), (bx, by) = (here[0], -here[1]), (bubble[0], -bubble[1])
    away = (x - bx) ** 2 + (y - by) ** 2 > 1
    leader = Markup('<path class="gb-lead" d="M{} {}L{} {}"/><circle class="gb-spot" cx="{}" cy="{}" r="1.6"/>')
    parts = [leader.format(_n(bx), _n(by), _n(x), _n(y), _n(x), _n(y))] if away else []
    if spot.status == CAUTION:
        shape = Markup('<path class="gb-caution" d="M{} {}l{r} {h}h-{w}z"/>')
        parts.append(shape.format(_n(bx), _n(by - RADIUS * 1.25), r=_n(RADIUS * 1.2), h=_n(RADIUS * 2.05), w=_n(RADIUS * 2.4)))
    else:
        parts.append(Markup('<circle class="gb-open" cx="{}" cy="{}" r="{}"/>').format(_n(bx), _n(by), RADIUS))
    drop = 3.4 if spot.status == CAUTION else 2.8
    parts.append(
        Markup('<text class="gb-no {}" x="{}" y="{}" text-anchor="middle">{}</text>').format(
            f"on-{spot.status}", _n(bx), _n(by + drop), spot.number
        )
    )
    return Markup("").join(parts)


def _sides(letters: tuple[str, str], left: float, right: float, top: float) -> list[Markup]:
    text = Markup('<text class="gb-side" x="{}" y="{}" text-anchor="{}">{}</text>')
    return [
        text.format(_n(left + 2), _n(-top + 6), "start", letters[0]),
        text.format(_n(right - 2), _n(-top + 6), "end", letters[1]),
    ]


def pictures(found: Sequence[Picture], view: TargetView | None, words: Wording) -> tuple[tuple[str, tuple[Markup, ...]], ...]:
    """Slices by image: (id, drawings), the target's cross on each slice that runs through it."""
    names = list(dict.fromkeys(p.id for p in found))
    count = iter(range(1, len(found) + 1))
    groups = [(name, [p for p in found if p.id == name]) for name in names]
    return tuple((name, tuple(_slice(p, view, (next(count), _tallest(mine)), words) for p in mine)) for name, mine in groups)


def _tallest(found: Sequence[Picture]) -> float:
    """The height in mm that all slices of one image get, so that they share one scale."""
    return max(p.high[1] - p.low[1] for p in found)


def _slice(picture: Picture, view: TargetView | None, frame: tuple[int, float], words: Wording) -> Markup:
    number, height = frame
    plane = picture.plane
    across, up = AXES[plane]
    (left, bottom), (right, top) = picture.low, picture.high
    shapes = [
        Markup('<image href="data:image/png;base64,{}" x="{}" y="{}" width="{}" height="{}" preserveAspectRatio="none"/>').format(
            b64encode(picture.png).decode("ascii"), *(_n(v) for v in (left, -top, right - left, top - bottom))
        )
    ]
    crossed = []
    for n, target in enumerate(view.targets if view else (), 1):
        place = place_in(target, picture.space)
        if place is not None and abs(place[ACROSS[plane]] - picture.at_mm) <= NEAR_PLANE:
            shapes.append(_cross(place[across], -place[up]))
            crossed.append(words("brain.glass_point", n=n, name=target.name, mm=coordinates(place)))
    letters = SIDES[plane]
    shapes += [
        Markup('<text class="sl-side" x="{}" y="{}" text-anchor="{}">{}</text>').format(_n(x), _n(-top + 13), how, letter)
        for x, how, letter in ((left + 4, "start", letters[0]), (right - 4, "end", letters[1]))
    ]
    said = words("brain.slice_cross", points="; ".join(crossed)) if crossed else words("brain.slice_plain")
    return Markup(
        '<svg class="slice" viewBox="{} {} {} {}" role="img" aria-labelledby="sl-{n}-t sl-{n}-d"><title id="sl-{n}-t">{title}</title>'
        '<desc id="sl-{n}-d">{desc}</desc>{shapes}</svg>'
    ).format(
        *(_n(v) for v in (left, -top, right - left, height)),
        n=number,
        title=words("brain.slice_title", plane=words(f"brain.plane.{plane}"), axis="xyz"[ACROSS[plane]], at=_n(picture.at_mm)),
        desc=said,
        shapes=Markup("").join(shapes),
    )


def place_in(target: Target, space: str) -> Point | None:
    """Where an open target or one with caution lies in `space`; None where its coordinates are of another space."""
    if target.status not in (OPEN, CAUTION) or not space:
        return None
    if target.xyz_mm is not None and target.space == space:
        return target.xyz_mm
    return target.native_xyz_mm if target.native_space == space else None


def _cross(x: float, y: float) -> Markup:
    line = "M{a} {y}H{b}M{c} {y}H{d}M{x} {e}V{f}M{x} {g}V{h}".format(
        x=_n(x), y=_n(y), a=_n(x - 14), b=_n(x - 4), c=_n(x + 4), d=_n(x + 14), e=_n(y - 14), f=_n(y - 4), g=_n(y + 4), h=_n(y + 14)
    )
    return Markup('<path class="sl-under" d="{d}"/><path class="sl-cross" d="{d}"/>').format(d=line)


def coordinates(place: Point) -> str:
    """x, y, z in mm with signs, one decimal only where it says something."""
    return ", ".join(f"{value:+.1f}".removesuffix(".0") if abs(value) >= 0.05 else "0" for value in place)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
