"""What each treatment would do, for the page: the interval plot, a table that says the same, and everything without a number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from painloom.model.outlook import NO_EVIDENCE, NOT_OFFERED, PREDICTED, REFUSED, TO_CHECK, Band, Outlook, OutlookView
from painloom.report.lookup import Lookup
from painloom.report.plots.intervals import interval_plot
from painloom.report.plots.page import figure
from painloom.report.plots.scene import Scene
from painloom.report.views import Ref
from painloom.report.wording import Wording, capital, sentence, small

WIDE = 900.0
NAMES_TOLD, NAMES_DRAWN = 12, 3


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """One line of the table; counts are people of 100."""

    label: str
    against: str
    without: str
    response: str
    added: str
    band: str
    great: str
    stops: str
    points: str
    grade: str
    person: str
    notes: tuple[str, ...]
    rows: tuple[str, ...]
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """A treatment without numbers, and why."""

    label: str
    reason: str
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class ConditionPart:
    """One kind of pain: picture for wide and narrow pages, verdicts, table, and lists by the reason why there is no number."""

    anchor: str
    label: str
    outcome: str
    figure: Markup
    verdicts: tuple[str, ...]
    average: str
    rows: tuple[OutlookRow, ...]
    refused: tuple[Left, ...]
    not_offered: tuple[Left, ...]
    to_check: tuple[Left, ...]
    nothing: str


@dataclass(frozen=True, slots=True)
class OutlookPart:
    """The section."""

    parts: tuple[ConditionPart, ...]
    warnings: tuple[str, ...]


def outlook_part(lookup: Lookup) -> OutlookPart | None:
    """None where nothing was asked; without a known kind of pain the section says so."""
    view = lookup.assessment.outlook
    if view is None or not (view.outlooks or view.warnings):
        return None
    conditions = list(dict.fromkeys((o.condition, o.condition_label) for o in view.outlooks))
    parts = tuple(_part(view, condition, label, n, lookup) for n, (condition, label) in enumerate(conditions, 1))
    return OutlookPart(parts, tuple(sentence(capital(w)) for w in view.warnings))


def outlook_title(lookup: Lookup) -> str:
    """How many can be predicted, and how many are refused."""
    view, words = lookup.assessment.outlook, lookup.words
    outlooks = view.outlooks if view is not None else ()
    predicted = len({o.treatment for o in outlooks if o.status == PREDICTED})
    refused = len({o.treatment for o in outlooks if o.status == REFUSED})
    if not predicted:
        return words("outlook.title_none")
    title = words.counted("outlook.title", predicted)
    return f"{title}, {words.counted('outlook.title_refused', refused)}" if refused else title


def merged(outlooks: Iterable[Outlook], words: Wording, *, most: int) -> tuple[Outlook, ...]:
    """Borrowed outlooks of one class that say the same become one: eight equal lines would look like eight findings.

    Parameters
    ----------
    most : how many names are told; the others are counted.
    """
    groups: dict[object, list[Outlook]] = {}
    for one in outlooks:
        same = (one.condition, one.family, one.response, one.points, one.harm, one.is_taken) if one.is_borrowed else one
        groups.setdefault(same, []).append(one)
    return tuple(_one(same, words, most) for same in groups.values())


def _one(same: Sequence[Outlook], words: Wording, most: int) -> Outlook:
    """One line for several: all names, and what was said of each."""
    notes = tuple(dict.fromkeys(note for o in same for note in o.notes))
    return replace(same[0], label=_names([o.label for o in same], words, most), notes=notes)


def _names(labels: Sequence[str], words: Wording, most: int) -> str:
    names = [labels[0], *(small(label) for label in labels[1:])]
    if len(names) <= most:
        return words.listing(names)
    return words("outlook.others", names=", ".join(names[: most - 1]), n=len(names) - most + 1)


def outlook_scene(view: OutlookView, words: Wording, *, width: float = WIDE) -> Scene:
    """The interval plot: what may be compared stands together, borrowed outlooks that say the same are drawn once."""
    drawn = merged((o for o in view.outlooks if o.status == PREDICTED), words, most=NAMES_DRAWN)
    drawn = tuple(replace(o, comparator=o.family, horizon=words.word("horizon", o.horizon)) for o in drawn)
    order = {"blind": 0, "open": 1}
    ordered = sorted(drawn, key=lambda o: (o.control is None, order.get(o.family, 2)))
    mine = {
        "comparator.blind": words("family.blind"),
        "comparator.open": words("family.open"),
        "people.borrowed": words("outlook.borrowed"),
    }
    return interval_plot(OutlookView(tuple(ordered), view.verdicts), width=width, title=words("outlook.plot_title"), words=mine)


def _part(view: OutlookView, condition: str, label: str, number: int, lookup: Lookup) -> ConditionPart:
    words = lookup.words
    mine = merged((o for o in view.outlooks if o.condition == condition), words, most=NAMES_TOLD)
    drawn = tuple(o for o in mine if o.status == PREDICTED)
    verdicts = tuple(v for v in view.verdicts if v.condition == condition)
    picture = OutlookView(tuple(o for o in view.outlooks if o.condition == condition), verdicts)
    nothing = [o.label for o in mine if o.status == NO_EVIDENCE]
    return ConditionPart(
        anchor=f"outlook-{number}",
        label=label,
        outcome=next((o.outcome for o in drawn if o.control), ""),
        figure=figure(lambda width: outlook_scene(picture, words, width=width), f"outlook-{number}") if drawn else Markup(),
        verdicts=tuple(v.text for v in verdicts),
        average="" if any(o.shifts for o in drawn) or not drawn else words("outlook.average"),
        rows=tuple(_row(o, lookup) for o in drawn),
        refused=_left(mine, REFUSED, lookup),
        not_offered=_left(mine, NOT_OFFERED, lookup),
        to_check=_left(mine, TO_CHECK, lookup),
        nothing=words("outlook.nothing", names=words.listing(nothing)) if nothing else "",
    )


def _row(one: Outlook, lookup: Lookup) -> OutlookRow:
    words = lookup.words
    against = words.word("comparator", one.comparator)
    changed = [words("outlook.shift", label=s.label, points=f"{s.points:+.1f}", credibility=s.credibility) for s in one.shifts]
    return OutlookRow(
        label=f"{one.label}{words('outlook.taken') if one.is_taken else ''}",
        against=against,
        without=_hundred(one.control),
        response=_hundred(one.response),
        added=_hundred(one.benefit),
        band=_range(one.benefit, lookup),
        great=_hundred(one.substantial),
        stops="" if one.harm is None else f"{_hundred(one.harm)} ({_range(one.harm, lookup)})",
        points=""
        if one.points is None
        else words("outlook.points", value=f"{one.points.value:.1f}", low=f"{one.points.low:.1f}", high=f"{one.points.high:.1f}"),
        grade=words.word("certainty", one.grade),
        person="; ".join(changed) or words("outlook.person_average"),
        notes=tuple(sentence(capital(n)) for n in one.notes),
        rows=tuple(
            words(
                "outlook.used",
                id=u.row.id,
                share=f"{100 * u.weight:.0f}",
                path=u.path,
                printed=_printed(u.row.measure, u.row.effect, u.row.low, u.row.high),
                trials=u.row.trials or "-",
            )
            for u in one.rows
        ),
        sources=lookup.sources(one.sources),
    )


def _printed(measure: str, effect: str, low: str, high: str) -> str:
    return f"{measure} {effect}{f' ({low}, {high})' if low and high else ''}"


def _left(outlooks: Iterable[Outlook], status: str, lookup: Lookup) -> tuple[Left, ...]:
    found = []
    for one in outlooks:
        if one.status == status:
            reasons = [f"{r.reason} [{r.source}]" for r in one.refusals] or list(one.notes)
            found.append(Left(one.label, " ".join(sentence(r) for r in reasons), lookup.sources(one.sources) if status != REFUSED else ()))
    return tuple(found)


def _hundred(band: Band | None) -> str:
    return "" if band is None else f"{100 * band.value:.0f}"


def _range(band: Band | None, lookup: Lookup) -> str:
    return "" if band is None else lookup.words("outlook.range", low=f"{100 * band.low:.0f}", high=f"{100 * band.high:.0f}")
