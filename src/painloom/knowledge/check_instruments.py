"""Do the instrument cards hold together: every scale can be scored, every band reached, every number carries its source."""

from collections.abc import Iterator
from itertools import pairwise

from painloom.knowledge.instrument_cards import (
    CHANGE_KINDS,
    CHANGE_UNITS,
    LICENCE_CLASSES,
    SCALE_KINDS,
    STATES,
    Ask,
    Band,
    Change,
    InstrumentCard,
    Item,
    Norm,
    Precision,
    Scale,
)
from painloom.knowledge.load import Knowledge

LONGEST_LABEL = 60
DIRECTIONS = ("worse", "better", "")
NO_WORDS_NEEDED = ("rule", "groups", "value-set")


def check_instruments(knowledge: Knowledge) -> Iterator[str]:
    """One line for each thing that is wrong."""
    for card in knowledge.instruments.values():
        where = f"instruments/{card.id}"
        if card.licence_class not in LICENCE_CLASSES:
            yield f"{where}: licence_class '{card.licence_class}' is not one of {', '.join(LICENCE_CLASSES)}"
        if card.state not in STATES:
            yield f"{where}: state '{card.state}' is not one of {', '.join(STATES)}"
        if not card.scales and not card.open_questions:
            yield f"{where}: has no scale and does not say why (open_questions)"
        if card.loinc_panel and not loinc_holds(card.loinc_panel):
            yield f"{where}: LOINC {card.loinc_panel} fails its check digit"
        for item in card.items:
            yield from _item(item, where)
        names = [scale.id for scale in card.scales]
        yield from (f"{where}: scale {name} stands twice" for name in sorted({n for n in names if names.count(n) > 1}))
        for scale in card.scales:
            yield from _scale(card, scale, f"{where} scale {scale.id}")
            yield from (
                f"{where} scale {scale.id}: source '{source}' is not in sources/"
                for source in _sources(scale)
                if source not in knowledge.sources
            )


def loinc_holds(code: str) -> bool:
    """True when the digit behind the hyphen is the Luhn check digit of what stands before it."""
    body, hyphen, last = code.partition("-")
    if not hyphen or not body.isdigit() or not last.isdigit():
        return False
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return (10 - total % 10) % 10 == int(last)


def _item(item: Item, where: str) -> Iterator[str]:
    spot = f"{where} item {item.range.id}"
    if item.range.low < 0 or item.range.low > item.range.high:
        yield f"{spot}: its range must not be negative or empty"
    if not item.label or len(item.label) > LONGEST_LABEL:
        yield f"{spot}: needs a label of ours, at most {LONGEST_LABEL} letters"
    if item.loinc and not loinc_holds(item.loinc):
        yield f"{spot}: LOINC {item.loinc} fails its check digit"
    inside = item.range.allowed or range(item.range.low, item.range.high + 1)
    yield from (f"{spot}: code {code} gives points outside the range" for code, points in item.codes if points not in inside)


def _scale(card: InstrumentCard, scale: Scale, where: str) -> Iterator[str]:
    if scale.kind not in SCALE_KINDS:
        yield f"{where}: kind '{scale.kind}' is not one of {', '.join(SCALE_KINDS)}"
        return
    if scale.higher_is not in DIRECTIONS:
        yield f"{where}: higher_is '{scale.higher_is}' is not worse, better or empty"
    if len(set(scale.items)) != len(scale.items) or not scale.items:
        yield f"{where}: has no item, or one twice"
    if not 0 <= scale.needs <= len(scale.items) or (scale.needs == 0 and scale.kind != "rule"):
        yield f"{where}: needs {scale.needs} of {len(scale.items)} items"
    if scale.needs < len(scale.items) and scale.kind not in NO_WORDS_NEEDED and not scale.missing_rule:
        yield f"{where}: allows missing answers without saying whose rule that is (missing_rule)"
    if scale.loinc and not loinc_holds(scale.loinc):
        yield f"{where}: LOINC {scale.loinc} fails its check digit"
    yield from _kind(card, scale, where)
    yield from _bands(scale, where)
    for change in scale.changes:
        if change.kind not in CHANGE_KINDS or change.unit not in CHANGE_UNITS or change.low > change.high:
            yield f"{where}: a change of kind '{change.kind}' in '{change.unit}' is not in the closed lists, or its ends are swapped"
    marked: tuple[Band | Change | Precision | Norm, ...] = (*scale.bands, *scale.changes, *scale.precision, *scale.norms)
    yield from (f"{where}: state '{m.state}' is not one of {', '.join(STATES)}" for m in marked if m.state not in STATES)
    yield from (f"{where}: a number without a source" for m in marked if not m.sources)


def _kind(card: InstrumentCard, scale: Scale, where: str) -> Iterator[str]:
    if scale.kind in ("percent", "inverse-percent") and scale.top <= 0:
        yield f"{where}: needs top, the largest points of an item"
    if scale.kind == "branching" and scale.gate not in scale.items:
        yield f"{where}: its gate is not among its items"
    if scale.kind == "t-table":
        low = sum(card.items[i].range.low for i in scale.items)
        high = sum(card.items[i].range.high for i in scale.items)
        known = {row["raw"] for row in card.tables.get(scale.table, ())}
        yield from (f"{where}: its table has no row for the raw sum {raw}" for raw in range(low, high + 1) if str(raw) not in known)
    for outcome in scale.outcomes:
        for condition in (c for clause in outcome.clauses for c in clause):
            other = card.by_scale.get(condition.scale)
            if condition.scale and (other is None or other.reversed):
                yield f"{where}: outcome {outcome.id} asks for the scale '{condition.scale}', which is not there or has reversed items"
    yield from (f"{where}: reversed item outside the scale" for place in scale.reversed if place not in scale.items)


def _bands(scale: Scale, where: str) -> Iterator[str]:
    plain = [band for band in scale.bands if band.also is None]
    if scale.low is not None and scale.high is not None:
        yield from (
            f"{where}: band {band.id} reaches outside the scale" for band in plain if band.low < scale.low or band.high > scale.high
        )
    ordered = sorted(plain, key=lambda band: band.low)
    for one, two in pairwise(ordered):
        if one.high >= two.low:
            yield f"{where}: the bands {one.id} and {two.id} overlap"


def _sources(scale: Scale) -> Iterator[str]:
    parts: tuple[Band | Change | Precision | Norm | Ask, ...] = (
        *scale.bands,
        *scale.changes,
        *scale.precision,
        *scale.norms,
        *scale.asks,
    )
    for part in parts:
        yield from part.sources
