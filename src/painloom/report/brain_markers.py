"""Scores of published models and the connectivity panel: the place in a named cohort first, the raw number second."""

from dataclasses import dataclass, replace

from markupsafe import Markup

from painloom.model.brain import SCORED, BrainView, CohortPlace, Connection, ConnectionView, MarkerScore
from painloom.report.brainfigures import Chart, chance_interval, correlation_track, percentile_track
from painloom.report.lookup import Lookup
from painloom.report.profile import empty_strip
from painloom.report.views import Mark, Ref
from painloom.report.wording import capital, number, sentence

Z80 = 1.281552


@dataclass(frozen=True, slots=True)
class Scored:
    """One score or one connection with its drawing; `lead` is the finding, `second` the raw number."""

    label: str
    series: str
    mark: Mark
    figure: Markup
    lead: str
    second: str
    cohort: str
    reason: str
    notes: tuple[str, ...]
    claim: str
    card: str
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """The scores of one kind under a heading that says the finding."""

    title: str
    rows: tuple[Scored, ...]
    remarks: tuple[str, ...]
    basis: str = ""
    sources: tuple[Ref, ...] = ()


def markers(view: BrainView, lookup: Lookup) -> Panel | None:
    """The published models; None where none was asked."""
    if not view.markers:
        return None
    words = lookup.words
    rows = tuple(_marker(m, n, lookup) for n, m in enumerate(view.markers, 1))
    scored = [m for m in view.markers if m.status == SCORED and m.score is not None]
    held = len(view.markers) - len(scored)
    parts = []
    if scored and scored[0].place is not None:
        place = scored[0].place
        parts.append(words("brain.marker_place", label=scored[0].label, percentile=round(place.percentile), count=place.count))
    elif scored:
        parts.append(words.counted("brain.marker_scored", len(scored)))
    if held:
        parts.append(words.counted("brain.marker_held", held, of=len(view.markers)))
    shared = tuple(n for n in dict.fromkeys(n for row in rows for n in row.notes) if len(rows) > 1 and all(n in row.notes for row in rows))
    rows = tuple(replace(row, notes=tuple(n for n in row.notes if n not in shared)) for row in rows)
    return Panel(capital("; ".join(parts)), rows, (words("brain.offset"), *shared) if scored else ())


def connections(view: ConnectionView, count: int, lookup: Lookup) -> Panel:
    """One panel of connections, by circuit in the order given."""
    words = lookup.words
    if (only := _all_withheld(view, count, lookup)) is not None:
        return only
    rows = tuple(_connection(c, f"con-{count}-{n}", lookup) for n, c in enumerate(view.connections, 1))
    cohorts = tuple(dict.fromkeys(row.cohort for row in rows if row.cohort))
    rows = tuple(replace(row, cohort="") for row in rows) if len(cohorts) == 1 else rows
    told = [c for c in view.connections if c.r is not None]
    outside = [c for c in told if c.z is not None and abs(c.z) > 1.96]
    held = len(view.connections) - len(told)
    parts = [words("brain.con_outside", n=len(outside), of=len(told))] if told else []
    parts += [words.counted("brain.con_held", held)] if held else []
    return Panel(
        words("brain.con_title", label=view.label, said="; ".join(parts)),
        rows,
        (words("brain.con_note", series=view.id), *(cohorts if len(cohorts) == 1 else ()), *view.warnings),
        words("brain.basis", claim=words.word("claim", view.claim), card=_card(view.card, lookup)),
        lookup.sources(view.sources),
    )


def _all_withheld(view: ConnectionView, count: int, lookup: Lookup) -> Panel | None:
    """One line for a panel of which every connection is withheld for one reason; else None."""
    words, total = lookup.words, len(view.connections)
    reasons = {c.reason for c in view.connections}
    if total < 2 or len(reasons) > 1 or any(c.r is not None for c in view.connections):
        return None
    fields: tuple[tuple[str, ...], str, str, tuple[Ref, ...]] = ((), "", "", ())
    row = _withheld(words("brain.con_all", n=total), view.id, reasons.pop(), f"con-{count}-1", fields, lookup)
    return Panel(
        words("brain.con_title", label=view.label, said=words.counted("brain.con_held", total)),
        (replace(row, second=sentence("; ".join(capital(c.label) for c in view.connections))),),
        (),
        words("brain.basis", claim=words.word("claim", view.claim), card=_card(view.card, lookup)),
        lookup.sources(view.sources),
    )


def _marker(marker: MarkerScore, count: int, lookup: Lookup) -> Scored:
    words = lookup.words
    anchor = f"marker-{count}"
    fields = (
        tuple(map(sentence, marker.warnings)),
        words.word("claim", marker.claim),
        _card(marker.card, lookup),
        lookup.sources(marker.sources),
    )
    if marker.score is None or marker.status != SCORED:
        return _withheld(marker.label, marker.id, marker.reason, anchor, fields, lookup)
    score = f"{number(marker.score)} {marker.unit}".strip()
    second = [words("brain.raw", score=score)]
    if marker.sem is not None:
        second.append(words("brain.sem", sem=number(marker.sem)))
    if marker.mdc is not None:
        second.append(words("brain.mdc", mdc=number(marker.mdc)))
    if marker.sem is None:
        second.append(words("brain.no_sem"))
    if marker.details:
        second.append("; ".join(f"{name.replace('_', ' ')} {number(value)}" for name, value in marker.details))
    figure, lead, cohort = _placed(marker.place, marker.label, anchor, lookup)
    mark = Mark("note", words("brain.scored"))
    return Scored(marker.label, marker.id, mark, figure, lead, " ".join(sentence(s) for s in second), cohort, "", *fields)


def _placed(place: CohortPlace | None, label: str, anchor: str, lookup: Lookup) -> tuple[Markup, str, str]:
    """Drawing, finding and cohort of a place; without a cohort a hatched track that says so."""
    words = lookup.words
    if place is None:
        return empty_strip(words("brain.no_cohort"), anchor, lookup, title=label), words("brain.no_cohort"), ""
    low, high = chance_interval(place.percentile, place.count, Z80) if place.count else (0.0, 100.0)
    lead = words("brain.percentile", percentile=round(place.percentile), cohort=place.label or place.cohort, count=place.count)
    said = words("brain.percentile_desc", lead=lead, low=round(low), high=round(high))
    facts = [words("brain.percentile_span", low=round(low), high=round(high), count=place.count)]
    facts += [words("brain.scanner", scanner=place.scanner)] if place.scanner else []
    facts += [place.note] if place.note else []
    return percentile_track(place, Chart(anchor, label, said)), lead, " ".join(sentence(f) for f in facts)


def _connection(connection: Connection, anchor: str, lookup: Lookup) -> Scored:
    words = lookup.words
    label = capital(connection.label)
    fields: tuple[tuple[str, ...], str, str, tuple[Ref, ...]] = ((), "", "", ())
    if connection.r is None:
        return _withheld(label, connection.circuit, connection.reason, anchor, fields, lookup)
    lead = words("brain.r", r=f"{connection.r:+.2f}")
    if connection.r_low is not None and connection.r_high is not None:
        lead = words("brain.r_span", r=f"{connection.r:+.2f}", low=f"{connection.r_low:+.2f}", high=f"{connection.r_high:+.2f}")
    place, cohort, second = connection.place, "", words("brain.no_reference")
    if place is not None:
        second = words("brain.percentile_short", percentile=round(place.percentile), count=place.count)
        facts = [words("brain.con_reference", cohort=place.label or place.cohort)]
        facts += [words("brain.scanner", scanner=place.scanner)] if place.scanner else []
        cohort = " ".join(sentence(f) for f in [*facts, *([place.note] if place.note else [])])
    outside = connection.z is not None and abs(connection.z) > 1.96
    if connection.z is not None:
        second = words("brain.z_and_place", z=f"{connection.z:+.2f}", place=second)
    mark = Mark("caution", words("brain.outside")) if outside else Mark("note", words("brain.inside"))
    if connection.z is None:
        mark = Mark("unknown", words("brain.no_reference_short"))
    chart = Chart(anchor, label, f"{lead}. {second}.")
    return Scored(label, connection.circuit, mark, correlation_track(connection, chart), lead, second, cohort, connection.reason, *fields)


def _withheld(
    label: str, series: str, reason: str, anchor: str, fields: tuple[tuple[str, ...], str, str, tuple[Ref, ...]], lookup: Lookup
) -> Scored:
    words = lookup.words
    why = words("brain.withheld", reason=reason or words("brain.no_reason"))
    figure = empty_strip(why, anchor, lookup, title=label)
    return Scored(label, series, Mark("unknown", words("brain.withheld_word")), figure, "", "", "", sentence(why), *fields)


def _card(card: tuple[str, str], lookup: Lookup) -> str:
    return lookup.words("basis.card_text", id=card[0], release=card[1]) if card[0] else ""
