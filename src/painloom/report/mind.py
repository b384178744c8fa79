"""The mind section: the domain profile, its table twin, value sets, how the questions were answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from painloom.model.mind import ScoreView
from painloom.report.lookup import Lookup
from painloom.report.profile import empty_strip, one_population, strip
from painloom.report.scales import (
    SET_MARK,
    Series,
    band_text,
    bands_text,
    change_texts,
    error_text,
    is_category,
    is_doubtful,
    series_of,
    stands_out,
    value_text,
)
from painloom.report.views import Mark, Ref
from painloom.report.wording import capital, sentence

NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One line of the drawing."""

    label: str
    instrument: str
    mark: Mark | None
    value: str
    band: str
    error: str
    changes: tuple[str, ...]
    parts: tuple[str, ...]
    notes: tuple[str, ...]
    doubtful: bool
    date: str
    figure: Markup


@dataclass(frozen=True, slots=True)
class Domain:
    """The scales of one domain; a domain that nobody measured has one empty line."""

    label: str
    rows: tuple[ProfileRow, ...]
    to_get: str = ""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One line of the table twin: one scale on one date."""

    scale: str
    instrument: str
    date: str
    value: str
    band: str
    bands: str
    population: str
    error: str
    answered: str
    doubtful: bool
    notes: tuple[str, ...]
    card: str
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class ValueSets:
    """Utilities of one instrument on one date, one a value set; never averaged over countries."""

    title: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MindView:
    """The section."""

    flags: tuple[str, ...]
    domains: tuple[Domain, ...]
    table: tuple[ScoreRow, ...]
    table_title: str
    sets: tuple[ValueSets, ...]
    any_doubtful: bool


def mind_view(lookup: Lookup) -> MindView | None:
    """The section; None where no questionnaire was scored."""
    words, assessment = lookup.words, lookup.assessment
    if not assessment.scores and not assessment.answer_flags:
        return None
    table = tuple(_score_row(v, lookup) for v in _ordered(lookup))
    return MindView(
        flags=tuple(
            words("mind.flag", instrument=f.instrument, date=f.date or words("mind.no_date"), text=f.text) for f in assessment.answer_flags
        ),
        domains=_domains(lookup),
        table=table,
        table_title=words.counted("mind.table", len(table)),
        sets=_sets(lookup),
        any_doubtful=any(row.doubtful for row in table),
    )


def worst(lookup: Lookup) -> list[tuple[str, ScoreView]]:
    """(domain, its worst scale) of every domain in which a scale stands out, the worst first."""
    best: dict[str, tuple[int, ScoreView]] = {}
    counts: dict[str, int] = {}
    for series in series_of(lookup):
        degree = stands_out(series.latest)
        if degree:
            domain = series.latest.domain
            counts[domain] = counts.get(domain, 0) + 1
            if domain not in best or degree > best[domain][0]:
                best[domain] = (degree, series.latest)
    order = {name: n for n, name in enumerate(lookup.layout.domains)}
    ranked = sorted(best, key=lambda d: (-best[d][0], -counts[d], order.get(d, len(order)), d))
    return [(domain, best[domain][1]) for domain in ranked]


def mind_title(lookup: Lookup) -> str:
    """Which domains stand out."""
    words = lookup.words
    names = [words.word("domain", domain) for domain, _ in worst(lookup)]
    scored = sum(s.latest.estimate is not None for s in series_of(lookup))
    if not names:
        return words.counted("title.mind_none", scored)
    rest = len(names) - NAMES_SHOWN
    shown = [*names[:NAMES_SHOWN], *([words.counted("mind.more", rest)] if rest > 0 else [])]
    return capital(words.either(len(names), "title.mind", "title.mind_many", names=words.listing(shown)))


def _ordered(lookup: Lookup) -> list[ScoreView]:
    """All scores but value sets: by domain, instrument as given, the latest first."""
    order = {name: n for n, name in enumerate(lookup.layout.domains)}
    series = sorted(series_of(lookup), key=lambda s: (order.get(s.latest.domain, len(order)), s.latest.domain))
    return [view for s in series for view in reversed(s.views)]


def _domains(lookup: Lookup) -> tuple[Domain, ...]:
    words = lookup.words
    groups: dict[str, list[Series]] = {}
    for series in series_of(lookup):
        groups.setdefault(series.latest.domain, []).append(series)
    known = [d for d in lookup.layout.domains if d in groups or d in lookup.layout.expected]
    found, count = [], 0
    for name in [*known, *sorted(groups.keys() - set(known))]:
        label = words.word("domain", name)
        if name not in groups:
            figure = empty_strip(words("mind.not_measured"), f"empty-{name}", lookup, title=label)
            nobody = words("mind.not_measured")
            row = ProfileRow(nobody, "", Mark("unknown", nobody), "", "", "", (), (), (), False, "", figure)
            found.append(Domain(label, (row,), words("mind.to_get", domain=label)))
            continue
        rows = []
        for main, parts in mains(groups[name]):
            count += 1
            rows.append(_profile_row(main, parts, f"scale-{count}", lookup))
        found.append(Domain(label, tuple(rows)))
    return tuple(found)


def drawn(lookup: Lookup) -> list[Series]:
    """The scales that the profile draws, by domain."""
    order = {name: n for n, name in enumerate(lookup.layout.domains)}
    found = series_of(lookup)
    domains = sorted(dict.fromkeys(s.latest.domain for s in found), key=lambda d: (order.get(d, len(order)), d))
    return [main for domain in domains for main, _ in mains([s for s in found if s.latest.domain == domain])]


def mains(group: Sequence[Series]) -> list[tuple[Series, list[Series]]]:
    """The scales to draw with the parts that stand in words beside them: the rest of the same instrument."""
    found: list[tuple[Series, list[Series]]] = []
    for series in group:
        view = series.latest
        own = next((parts for main, parts in reversed(found) if main.latest.instrument == view.instrument), None)
        scaled = view.estimate is not None and view.estimate.se is not None
        if own is None or ((view.bands or scaled) and not is_category(view)):
            found.append((series, []))
        else:
            own.append(series)
    return found


def _profile_row(main: Series, parts: Sequence[Series], anchor: str, lookup: Lookup) -> ProfileRow:
    words, view = lookup.words, main.latest
    estimate, doubtful = view.estimate, is_doubtful(view)
    changes = change_texts(main.changes, words)
    notes = tuple(n for p in parts if p.latest.judged == "to-verify" for n in p.latest.notes)
    if estimate is None:
        why = words("score.not_scored", why=view.why or words("mind.no_reason"))
        figure = empty_strip(why, anchor, lookup, title=view.scale_label)
        row = ("", "", "", changes, tuple(_part(p, lookup) for p in parts), notes, doubtful, view.date, figure)
        return ProfileRow(capital(view.scale_label), view.instrument_label, Mark("unknown", why), *row)
    value, band, error = value_text(estimate, words), band_text(view), error_text(estimate, words)
    side = words.word("side", estimate.higher_is)
    said = words("figure.profile_desc", value=value, band=band or words("score.no_band"), error=error, side=side)
    before = main.before.estimate if main.before is not None else None
    degree = stands_out(view)
    mark = Mark("caution", words("mind.worst" if degree == 2 else "mind.second")) if degree else None
    if is_category(view):
        value = band or words(f"score.is_{'yes' if estimate.value else 'no'}")
        band = ""
    return ProfileRow(
        label=capital(view.scale_label),
        instrument=view.instrument_label,
        mark=mark,
        value=value,
        band=band,
        error="" if is_category(view) else error,
        changes=changes,
        parts=tuple(_part(p, lookup) for p in parts),
        notes=notes,
        doubtful=doubtful,
        date=view.date,
        figure=Markup("") if is_category(view) else strip(view, before.value if before else None, said, anchor, lookup),
    )


def _part(series: Series, lookup: Lookup) -> str:
    """A part scale in words."""
    words, view = lookup.words, series.latest
    doubt = f" ({words('state.to-verify')})" if is_doubtful(view) else ""
    if view.estimate is None:
        return words("mind.part", label=view.scale_label, value=words("score.not_scored", why=view.why or words("mind.no_reason"))) + doubt
    value, band = value_text(view.estimate, words), band_text(view)
    if is_category(view):
        value = band or words(f"score.is_{'yes' if view.estimate.value else 'no'}")
    elif band:
        value = f"{value}, {band}"
    return words("mind.part", label=view.scale_label, value=value) + doubt


def _score_row(view: ScoreView, lookup: Lookup) -> ScoreRow:
    words, estimate = lookup.words, view.estimate
    own = one_population(view)
    error = error_text(estimate, words) if estimate else ""
    prorated = f" ({words('score.prorated')})" if view.status == "prorated" else ""
    return ScoreRow(
        scale=capital(view.scale_label),
        instrument=view.instrument_label,
        date=view.date or words("mind.no_date"),
        value=value_text(estimate, words) + prorated if estimate else words("score.not_scored", why=view.why or words("mind.no_reason")),
        band=band_text(view),
        bands=bands_text(view),
        population=own[0].population if own else "",
        error=words("score.se", se=f"{estimate.se:g}", span=error) if estimate and estimate.se else words("score.no_error"),
        answered=words("score.answered", answered=view.answered, count=view.count),
        doubtful=is_doubtful(view),
        notes=tuple(sentence(n) for n in view.notes),
        card=words("basis.card_text", id=view.card[0], release=view.card[1]),
        sources=lookup.sources(view.sources),
    )


def _sets(lookup: Lookup) -> tuple[ValueSets, ...]:
    """Value sets of the latest date of each instrument, by the set's name."""
    latest: dict[str, dict[str, ScoreView]] = {}
    for view in sorted(lookup.assessment.scores, key=lambda v: v.date):
        if view.scale.startswith(SET_MARK):
            latest.setdefault(view.instrument, {})[view.scale.removeprefix(SET_MARK)] = view
    words, found = lookup.words, []
    for sets in latest.values():
        newest = max(view.date for view in sets.values())
        shown = {name: view for name, view in sets.items() if view.date == newest}
        label = next(iter(shown.values())).instrument_label
        values = tuple(
            (name, f"{v.estimate.value:.3f}" if v.estimate else words("score.not_scored", why=v.why or words("mind.no_reason")))
            for name, v in sorted(shown.items())
        )
        found.append(ValueSets(words("mind.sets", label=label, n=len(values), date=newest or words("mind.no_date")), values))
    return tuple(found)
