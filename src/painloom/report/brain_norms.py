"""Structure against a norm: one strip of z-scores a circuit, what lies beyond the limits, what chance alone would give."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from painloom.model.brain import Asymmetry, NormRow, NormView
from painloom.report.brainfigures import Chart, z_strip
from painloom.report.lookup import Lookup
from painloom.report.profile import empty_strip
from painloom.report.views import Ref
from painloom.report.wording import capital, number, sentence

NAMED, ASYMMETRIES = 5, 8
SPLIT = ";"  # between the circuits of one region


@dataclass(frozen=True, slots=True)
class Strip:
    """The regions of one circuit."""

    label: str
    figure: Markup
    said: str
    beyond: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One line of the table twin."""

    region: str
    measure: str
    value: str
    expected: str
    z: str
    centile: str
    status: str
    beyond: bool
    kept: bool


@dataclass(frozen=True, slots=True)
class NormPart:
    """One norm: heading with the counts, verdict, strips, table, asymmetries."""

    title: str
    label: str
    verdict: str
    strips: tuple[Strip, ...]
    table: tuple[RegionRow, ...]
    table_title: str
    asymmetries: tuple[tuple[str, str, str], ...]
    asymmetry_title: str
    warnings: tuple[str, ...]
    basis: str
    sources: tuple[Ref, ...]


def norm_part(view: NormView, count: int, lookup: Lookup) -> NormPart:
    """One norm of one person."""
    words = lookup.words
    judged = [row for row in view.rows if row.z is not None]
    title = (
        words("brain.norm_none")
        if not judged
        else words("brain.norm_title", observed=view.observed, count=view.count, limit=f"{view.limit:g}", expected=f"{view.expected:.1f}")
    )
    groups = list(dict.fromkeys(circuit for row in view.rows for circuit in circuits(row)))
    ordered = [g for g in groups if g] + [g for g in groups if not g]
    rows_of = {group: [row for row in view.rows if group in circuits(row)] for group in ordered}
    strips = tuple(_strip(group, rows_of[group], view, f"norm-{count}-{n}", lookup) for n, group in enumerate(ordered, 1))
    pairs = sorted(view.asymmetries, key=lambda a: -abs(a.z_difference or 0))
    return NormPart(
        title=title,
        label=view.label or view.norm,
        verdict=sentence(view.verdict),
        strips=strips,
        table=tuple(_row(row, view, lookup) for row in sorted(view.rows, key=lambda r: (r.z is None, -abs(r.z or 0)))),
        table_title=words.counted("brain.norm_table", len(view.rows)),
        asymmetries=tuple(_asymmetry(a, lookup) for a in pairs[:ASYMMETRIES]),
        asymmetry_title=words("brain.asymmetry_title", n=min(len(pairs), ASYMMETRIES), of=len(pairs)),
        warnings=_warnings(view, lookup),
        basis=words("brain.basis", claim=words.word("claim", view.claim), card=_card(view.card, lookup)),
        sources=lookup.sources(view.sources),
    )


def _warnings(view: NormView, lookup: Lookup) -> tuple[str, ...]:
    """What the norm says of itself, as sentences; the letter z stays small."""
    said = [w if w.startswith("z ") else sentence(w) for w in view.warnings]
    several = any(SPLIT in row.group for row in view.rows)
    return (*said, *((lookup.words("brain.several"),) if several else ()))


def _strip(group: str, rows: Sequence[NormRow], view: NormView, anchor: str, lookup: Lookup) -> Strip:
    words = lookup.words
    label = capital(words.word("brain.circuit", group) if group else words("brain.other_regions"))
    judged = [row for row in rows if row.z is not None]
    held = len(rows) - len(judged)
    beyond = sorted((r for r in judged if abs(r.z or 0) > view.limit), key=lambda r: -abs(r.z or 0))
    if not judged:
        why = words.counted("brain.regions_held", held)
        return Strip(label, empty_strip(why, anchor, lookup, title=label), why, ())
    said = words("brain.beyond", n=len(beyond), of=len(judged))
    if held:
        said = f"{said}; {words.counted('brain.regions_held', held)}"
    named = [f"{region_name(row, lookup)} {row.z:+.2f}" for row in beyond]
    more = len(named) - NAMED
    shown = [*named[:NAMED], *([words.counted("unknown.labels_more", more)] if more > 0 else [])]
    chart = Chart(anchor, label, words("brain.strip_desc", said=said, names=words.listing(shown) or words("brain.none")))
    return Strip(label, z_strip(judged, view.limit, chart), said, tuple(shown))


def circuits(row: NormRow) -> tuple[str, ...]:
    """The circuits that a region belongs to; ("",) where it belongs to none."""
    return tuple(row.group.split(SPLIT))


def region_name(row: NormRow | Asymmetry, lookup: Lookup) -> str:
    """The region in words with its measure."""
    return f"{bare_name(row, lookup)}, {lookup.words.word('brain.measure', row.measure)}"


def bare_name(row: NormRow | Asymmetry, lookup: Lookup) -> str:
    """The label, else the name in the file in words, with its hemisphere."""
    side, dash, rest = row.region.partition("-")
    hemisphere = f"brain.hemisphere.{side.lower()}"
    if row.label or not dash or hemisphere not in lookup.words.phrases:
        return row.label or _region_word(row.region, lookup)
    return lookup.words(hemisphere, name=_region_word(rest, lookup))


def _region_word(name: str, lookup: Lookup) -> str:
    return lookup.words.phrases.get(f"brain.regionname.{name.lower()}", name)


def _row(row: NormRow, view: NormView, lookup: Lookup) -> RegionRow:
    absent = lookup.words("brain.withheld_word")
    z = absent if row.z is None else f"{row.z:+.2f}"
    if row.z_low is not None and row.z_high is not None:
        z = lookup.words("brain.z_span", z=z, low=f"{row.z_low:+.2f}", high=f"{row.z_high:+.2f}")
    return RegionRow(
        region=bare_name(row, lookup),
        measure=lookup.words.word("brain.measure", row.measure),
        value=absent if row.value is None else f"{number(row.value)} {row.unit}".strip(),
        expected="" if row.expected is None else f"{number(row.expected)} {row.unit}".strip(),
        z=z,
        centile="" if row.centile is None else f"{row.centile:.1f}",
        status=row.status,
        beyond=row.z is not None and abs(row.z) > view.limit,
        kept=(row.region, row.measure) in view.kept,
    )


def _asymmetry(pair: Asymmetry, lookup: Lookup) -> tuple[str, str, str]:
    difference = lookup.words("brain.none") if pair.z_difference is None else f"{pair.z_difference:+.2f}"
    return region_name(pair, lookup), f"{pair.index_percent:+.1f} %", difference


def _card(card: tuple[str, str], lookup: Lookup) -> str:
    return lookup.words("basis.card_text", id=card[0], release=card[1]) if card[0] else ""
