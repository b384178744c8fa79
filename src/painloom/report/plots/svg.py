"""A scene as SVG: self-contained, the same bytes for the same scene, and following the colours of a page it is put into."""

from markupsafe import Markup

from painloom.report.plots.letters import clean
from painloom.report.plots.scene import COLOURS, Circle, Line, Paint, Polygon, Rect, Scene, Shape, Text

FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif"
DARK = {
    "ink": "#e9e6df",
    "soft": "#b3b8c0",
    "paper": "#14181f",
    "card": "#1a1f28",
    "rule": "#363d49",
    "line": "#8d949e",
    "accent": "#8fbbe4",
    "avoid": "#ff9c92",
    "unknown": "#adb4be",
    "unknown-ground": "#22272f",
}


def page_style() -> str:
    """Rules that a page puts into its style sheet once: the drawings take the page's colours and fonts, wide or narrow as room allows."""
    rules = [f".plot .f-{c} {{ fill: var(--{c}, {v}); }} .plot .s-{c} {{ stroke: var(--{c}, {v}); }}" for c, v in COLOURS.items()]
    rules += [
        ".plot { display: block; width: 100%; height: auto; }",
        ".plot-narrow { display: none; }",
        "@media (max-width: 700px) { .plot-wide { display: none; } .plot-narrow { display: block; } }",
        "@media print { .plot { break-inside: avoid; } }",
    ]
    return "\n".join(rules)


def draw_svg(scene: Scene, anchor: str = "plot", *, kind: str = "", is_alone: bool = False) -> Markup:
    """The scene as one `svg` element with title and description.

    `anchor` makes the ids of title and description unique on a page.  `kind` is "wide" or "narrow" where a page holds both forms and
    shows one (see `page_style`).  `is_alone` = a file of its own: it brings a ground, and colours for light, dark and paper.
    """
    inside = [Markup('<title id="{a}-t">{}</title><desc id="{a}-d">{}</desc>').format(clean(scene.title), clean(scene.said), a=anchor)]
    if is_alone:
        inside.append(Markup("<style>{}</style>").format(Markup(_own_style())))
        inside.append(_shape(Rect(0, 0, scene.width, scene.height, Paint(fill="paper"))))
    inside += map(_shape, scene.shapes)
    inside += map(_text, scene.texts)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="plot{k}" viewBox="0 0 {w} {h}" style="max-width:{w}px" role="img"'
        ' aria-labelledby="{a}-t {a}-d" font-family="{f}" font-variant-numeric="tabular-nums"{size}>{inside}</svg>'
    ).format(
        k=f" plot-{kind}" if kind else "",
        w=_n(scene.width),
        h=_n(scene.height),
        a=anchor,
        f=FONTS,
        size=Markup(' width="{}" height="{}"').format(_n(scene.width), _n(scene.height)) if is_alone else "",
        inside=Markup("\n").join(inside),
    )


def _own_style() -> str:
    """Colours of a drawing that stands alone, in the dark and on paper."""
    dark = " ".join(f".f-{c} {{ fill: {v} }} .s-{c} {{ stroke: {v} }}" for c, v in DARK.items())
    paper = " ".join(f".f-{c} {{ fill: #000 }} .s-{c} {{ stroke: #000 }}" for c in ("ink", "soft", "accent", "avoid", "unknown"))
    return f"@media screen and (prefers-color-scheme: dark) {{ {dark} }} @media print {{ {paper} .f-paper {{ fill: #fff }} }}"


def _shape(shape: Shape) -> Markup:
    look = _look(shape.paint)
    match shape:
        case Line():
            place = Markup('<line x1="{}" y1="{}" x2="{}" y2="{}"{}/>')
            return place.format(_n(shape.x1), _n(shape.y1), _n(shape.x2), _n(shape.y2), look)
        case Rect():
            place = Markup('<rect x="{}" y="{}" width="{}" height="{}"{}/>')
            return place.format(_n(shape.x), _n(shape.y), _n(shape.width), _n(shape.height), look)
        case Circle():
            return Markup('<circle cx="{}" cy="{}" r="{}"{}/>').format(_n(shape.x), _n(shape.y), _n(shape.radius), look)
        case Polygon():
            points = " ".join(f"{_n(x)},{_n(y)}" for x, y in shape.points)
            return Markup('<{} points="{}"{}/>').format("polyline" if shape.is_open else "polygon", points, look)


def _look(paint: Paint) -> Markup:
    names = " ".join(f"{letter}-{colour}" for letter, colour in (("f", paint.fill), ("s", paint.stroke)) if colour)
    look = Markup(' class="{}" fill="{}"').format(names, COLOURS[paint.fill] if paint.fill else "none")
    if paint.fill and paint.opacity < 1:
        look += Markup(' fill-opacity="{}"').format(_n(paint.opacity))
    if paint.stroke:
        look += Markup(' stroke="{}" stroke-width="{}"').format(COLOURS[paint.stroke], _n(paint.width))
        if paint.dash:
            look += Markup(' stroke-dasharray="{} {}"').format(_n(paint.dash[0]), _n(paint.dash[1]))
    return look


def _text(text: Text) -> Markup:
    return Markup('<text x="{}" y="{}" font-size="{}" text-anchor="{}" class="f-{c}" fill="{}"{}>{}</text>').format(
        _n(text.x),
        _n(text.y),
        _n(text.size),
        text.anchor,
        COLOURS[text.colour],
        Markup(' font-weight="650"') if text.is_bold else "",
        clean(text.words),
        c=text.colour,
    )


def _n(value: float) -> str:
    words = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if words in ("-0", "") else words
