"""Drawings in a page: the wide and the narrow form of one in a figure, and a page of its own."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from painloom.report.plots.letters import clean
from painloom.report.plots.scene import COLOURS, Scene
from painloom.report.plots.svg import DARK, FONTS, draw_svg, page_style
from painloom.report.plots.tables import Cells

WIDE, NARROW = 900.0, 360.0


def figure(make: Callable[[float], Scene], anchor: str) -> Markup:
    """Both forms of a drawing, of which `page_style` shows the one that fits the screen; `make` gives the scene for a width in pixels."""
    forms = (draw_svg(make(width), f"{anchor}-{kind}", kind=kind) for kind, width in (("wide", WIDE), ("narrow", NARROW)))
    return Markup('<figure class="plots">{}</figure>').format(Markup("").join(forms))


def table(rows: Sequence[Cells], caption: str) -> Markup:
    """A table twin: the first row is the head, the first cell of each other row names it."""
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(cell) for cell in rows[0])
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(row[0], Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row[1:]))
        for row in rows[1:]
    )
    form = Markup("<table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>")
    return form.format(clean(caption), head, body)


def draw_page(make: Callable[[float], Scene], rows: Sequence[Cells] = (), *, caption: str = "The same in numbers", lang: str = "en") -> str:
    """A page that holds one drawing and its table twin and asks for nothing outside itself."""
    title = clean(make(WIDE).title)
    tokens = "; ".join(f"--{name}: {value}" for name, value in COLOURS.items())
    dark = "; ".join(f"--{name}: {value}" for name, value in DARK.items())
    black = "; ".join(f"--{name}: #000" for name in ("ink", "soft", "accent", "avoid", "unknown"))
    style = "\n".join(
        (
            f":root {{ color-scheme: light dark; {tokens} }}",
            f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}",
            f"@media print {{ :root {{ {black}; --paper: #fff }} }}",
            f"body {{ margin: 0 auto; max-width: 900px; background: var(--paper); color: var(--ink); font: 16px/1.5 {FONTS}; }}",
            "figure { margin: 0; } details { margin: 16px 12px; overflow-x: auto; } h1 { position: absolute; clip-path: inset(50%); }",
            "table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; } caption { text-align: left; }",
            "th, td { text-align: left; vertical-align: top; padding: 4px 12px 4px 0; border-top: 1px solid var(--rule); }",
            page_style(),
        )
    )
    twin = Markup('<details><summary>{}</summary><div tabindex="0" role="region" aria-label="{}">{}</div></details>')
    return str(
        Markup(
            '<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            "<title>{title}</title><style>{style}</style></head><body><main><h1>{title}</h1>{figure}{twin}</main></body></html>\n"
        ).format(
            lang=lang,
            title=title,
            style=Markup(style),
            figure=figure(make, "plot"),
            twin=twin.format(clean(caption), clean(caption), table(rows, caption)) if rows else "",
        )
    )
