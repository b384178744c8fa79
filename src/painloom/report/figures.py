"""Drawings as inline SVG: allele strip, score shift.  Each has a title, a description and a table twin on the page."""

from itertools import groupby

from markupsafe import Markup

from painloom.model.genecall import GeneCall
from painloom.report.lookup import Lookup

WIDTH, HEIGHT = 360.0, 26.0
STATES = ("reference", "variant", "missing", "unlisted")


def allele_strip(call: GeneCall, anchor: str, lookup: Lookup) -> Markup:
    """The defining sites of a gene in order of position: seen as reference, variant, missing (hatched) or unlisted."""
    sites = sorted(call.sites, key=lambda s: s.position)
    step = WIDTH / len(sites)
    counts = {state: sum(s.state == state for s in sites) for state in STATES}
    said = ", ".join(f"{n} {lookup.words(f'site.{state}')}" for state, n in counts.items() if n)
    shapes = [Markup('<rect class="track" x="0" y="9" width="{}" height="8"/>').format(_round(WIDTH))]
    start = 0
    for state, members in groupby(site.state for site in sites):
        count = len(list(members))
        if state == "missing":
            shapes.append(_box(start * step, count * step, f"hatch-{anchor}"))
        elif state == "reference":
            shapes += [_tick((start + k + 0.5) * step, "seen", 9, 17) for k in range(count)]
        start += count
    for k, site in enumerate(sites):
        if site.state == "variant":
            shapes.append(_diamond((k + 0.5) * step))
        elif site.state == "unlisted":
            shapes.append(_tick((k + 0.5) * step, "odd", 2, 24))
    return Markup(
        '<svg class="strip" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{a}-t {a}-d">'
        '<title id="{a}-t">{title}</title><desc id="{a}-d">{desc}</desc>'
        '<defs><pattern id="hatch-{a}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<line class="hatch" x1="0" y1="0" x2="0" y2="5"/></pattern></defs>{shapes}</svg>'
    ).format(
        w=_round(WIDTH),
        h=_round(HEIGHT),
        a=anchor,
        shapes=Markup("").join(shapes),
        title=lookup.words("figure.strip_title", gene=call.gene),
        desc=lookup.words("figure.strip_desc", n=len(sites), said=said),
    )


def score_shift(before: str, after: str, anchor: str, lookup: Lookup) -> Markup:
    """An activity score moved by today's drugs: a ring where the genotype puts it, a filled point where it is today."""
    low, high = 0.0, max(3.0, float(before), float(after))
    x0, x1 = (14 + (float(v) - low) / (high - low) * 332 for v in (before, after))
    ticks = Markup("").join(_tick(14 + k / high * 332, "seen", 14, 22) for k in range(int(high) + 1))
    return Markup(
        '<svg class="shift" viewBox="0 0 360 32" role="img" aria-labelledby="{a}-t {a}-d"><title id="{a}-t">{title}</title>'
        '<desc id="{a}-d">{desc}</desc><line class="axis" x1="14" y1="18" x2="346" y2="18"/>{ticks}'
        '<line class="move" x1="{x0}" y1="18" x2="{x1}" y2="18"/><circle class="before" cx="{x0}" cy="18" r="6"/>'
        '<circle class="after" cx="{x1}" cy="18" r="6"/></svg>'
        '<p class="ends" aria-hidden="true"><span>0</span><span>{top}</span></p>'
    ).format(
        a=anchor,
        top=f"{high:g}",
        ticks=ticks,
        x0=_round(x0),
        x1=_round(x1),
        title=lookup.words("figure.shift_title"),
        desc=lookup.words("figure.shift_desc", before=before, after=after, low=0, high=f"{high:g}"),
    )


def _box(x: float, width: float, pattern: str) -> Markup:
    return Markup('<rect class="lost" x="{}" y="4" width="{}" height="18" fill="url(#{})"/>').format(_round(x), _round(width), pattern)


def _tick(x: float, kind: str, top: int, bottom: int) -> Markup:
    return Markup('<line class="{}" x1="{x}" y1="{}" x2="{x}" y2="{}"/>').format(kind, top, bottom, x=_round(x))


def _diamond(x: float) -> Markup:
    x = min(max(x, 5), WIDTH - 5)
    return Markup('<path class="var" d="M{} 2 l5 11 l-5 11 l-5 -11 z"/>').format(_round(x))


def _round(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
