"""painloom evidence predict: what each treatment would do for one person."""

import argparse
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painloom.doors.cli.day import day_of
from painloom.doors.cli.output import listed, say, write_table
from painloom.doors.cli.plotting import HELP, plot_place, write_plot
from painloom.errors import UsageError

if TYPE_CHECKING:
    from painloom.knowledge.load import Knowledge
    from painloom.model.outlook import Band, Outlook, OutlookView

FORMATS = ("text", "json", "tsv")
CONTRACT = (
    *("treatment", "condition", "control_response", "p30", "p30_low", "p30_high", "added_benefit", "added_low", "added_high", "harm"),
    *("changed_by_this_patient", "grade", "source"),
)
MORE = (
    *("status", "reason", "outcome", "comparator", "horizon", "p50", "p50_added", "harm_low", "harm_high"),
    *("points", "points_low", "points_high", "borrowed", "p_best", "rows"),
)
COLUMNS = (*CONTRACT, *MORE)
SHOWN = ("treatment", "without", "with", "adds", "80 % band", "stops", "certainty", "person")
NO, UNKNOWN = "no", "."
WIDTH = 118
TAPER = "not to be stopped at once without looking at the drug list, some drugs must be lowered slowly"


def add_verb(inner: Any) -> None:
    """Add `predict`."""
    verb = inner.add_parser("predict", help="natural course, added benefit and harm of each treatment for one person, with 80 %% bands")
    verb.add_argument("case", type=Path, metavar="CASE", help="the case folder")
    verb.add_argument("--as-of", metavar="DATE", help="the day it is said, YYYY-MM-DD (default: today)")
    verb.add_argument("--treatments", metavar="a,b,c", help="only these treatment ids")
    verb.add_argument("--mode", choices=("clinical", "research"), default="clinical", help="research: facts still to verify weigh too")
    verb.add_argument("--knowledge", type=Path, metavar="DIR", help="a clinic's own cards, laid over ours")
    verb.add_argument("--plot", type=Path, metavar="PATH", help=f"interval plot on natural frequencies; {HELP}")
    verb.add_argument("--format", choices=FORMATS, default="text")
    verb.add_argument("-o", type=Path, dest="output", metavar="PATH", help="write there instead of stdout")
    verb.set_defaults(run=run_predict)


def run_predict(args: argparse.Namespace) -> int:
    """`painloom evidence predict`."""
    from painloom.assess import assess, open_case
    from painloom.intake.options import ReadOptions
    from painloom.knowledge.load import load
    from painloom.knowledge.quality import read_quality
    from painloom.model.outlook import OutlookView

    knowledge = load(args.knowledge)
    asked = listed(args.treatments)
    lost = [id_ for id_ in asked if id_ not in knowledge.treatments]
    if lost:
        raise UsageError(f"--treatments: '{lost[0]}' has no card; painloom knowledge list treatments prints them all")
    as_of, place = day_of(args.as_of), plot_place(args.plot)
    quality = read_quality(knowledge)
    case = open_case(args.case, knowledge, ReadOptions(min_gq=quality.min_gq, min_dp=quality.min_dp), as_of)
    assessment = assess(case, knowledge, as_of, mode=args.mode)
    view = assessment.outlook
    if view is None:
        say("the case tells of no pain: add a complaint, a diagnosis or sites to case.toml")
        view = OutlookView((), ())
    outlooks = [one for one in view.outlooks if not asked or one.treatment in asked]
    if args.format == "text":
        write_table(
            SHOWN, (_short(one) for one in outlooks if one.control), "text", args.output, list(_told(view, outlooks, knowledge, args.mode))
        )
    else:
        write_table(COLUMNS, (_cells(one, knowledge) for one in outlooks), args.format, args.output)
    if place is not None:
        from painloom.report.outlook import outlook_scene
        from painloom.report.wording import read_wording

        drawn, words = OutlookView(tuple(outlooks), view.verdicts), read_wording()
        write_plot(lambda width: outlook_scene(drawn, words, width=width), place)
    for warning in dict.fromkeys((*assessment.warnings, *view.warnings)):
        say(warning)
    return 0


def _cells(one: "Outlook", knowledge: "Knowledge") -> tuple[str, ...]:
    changed = "; ".join(f"{s.label}: {s.points:+.2f} points ({s.credibility} credibility)" for s in one.shifts) or NO
    reason = " / ".join((*(f"{r.reason} [{r.source}]" for r in one.refusals), *one.notes)) or UNKNOWN
    return (
        one.treatment,
        one.condition,
        _value(one.control),
        *_triple(one.response),
        *_triple(one.benefit),
        _value(one.harm),
        changed if one.status == "predicted" else UNKNOWN,
        one.grade.replace("-", " ") or UNKNOWN,
        _sources(one, knowledge) or UNKNOWN,
        one.status,
        reason,
        one.outcome or UNKNOWN,
        one.comparator or UNKNOWN,
        one.horizon or UNKNOWN,
        _value(one.substantial),
        _value(one.substantial_benefit),
        *_triple(one.harm)[1:],
        *_triple(one.points),
        ("yes" if one.is_borrowed else NO) if one.status == "predicted" else UNKNOWN,
        UNKNOWN if one.p_best is None else f"{one.p_best:.4f}",
        ";".join(f"{u.row.id}:{u.weight:.2f}" for u in one.rows) or UNKNOWN,
    )


def _value(band: "Band | None") -> str:
    return UNKNOWN if band is None else f"{band.value:.4f}"


def _triple(band: "Band | None") -> tuple[str, str, str]:
    if band is None:
        return UNKNOWN, UNKNOWN, UNKNOWN
    return f"{band.value:.4f}", f"{band.low:.4f}", f"{band.high:.4f}"


def _sources(one: "Outlook", knowledge: "Knowledge") -> str:
    known = knowledge.sources
    return "; ".join(known[s].title if s in known else s for s in one.sources)


def _short(one: "Outlook") -> tuple[str, ...]:
    assert one.control is not None
    assert one.response is not None
    assert one.benefit is not None
    name = one.label + (" (taken)" if one.is_taken else "") + (" *" if one.is_borrowed else "")
    band = f"{_hundred(one.benefit.low)} to {_hundred(one.benefit.high)}"
    stops = UNKNOWN if one.harm is None else f"{_hundred(one.harm.value)} ({_hundred(one.harm.low)} to {_hundred(one.harm.high)})"
    person = "changed" if one.shifts else "average"
    return (
        name,
        _hundred(one.control.value),
        _hundred(one.response.value),
        _hundred(one.benefit.value),
        band,
        stops,
        one.grade.replace("-", " "),
        person,
    )


def _hundred(rate: float) -> str:
    return f"{100 * rate:.0f}"


def _told(view: "OutlookView", outlooks: "list[Outlook]", knowledge: "Knowledge", mode: str) -> Iterator[str]:
    yield ""
    yield from _wrapped(
        "Numbers are people of 100 like this one: without the treatment whatever is done, with it, and what it adds; stops = how many more "
        "stop for an adverse effect. * = borrowed from the class or another kind of pain."
    )
    groups = dict.fromkeys((o.condition_label, o.outcome, o.comparator) for o in outlooks if o.control)
    for label, outcome, comparator in groups:
        yield from _wrapped(f"{label}, {comparator} trials: response = {outcome}.", "- ")
    for text in (*view.warnings, *(verdict.text for verdict in view.verdicts)):
        yield from _wrapped(text, "- ")
    changed = [one for one in outlooks if one.shifts]
    if not changed and any(o.control for o in outlooks):
        yield from _wrapped("Nothing known of this person changes an effect: the average of the trials is the best prediction.", "- ")
    for one in changed:
        parts = "; ".join(f"{s.label} {s.points:+.2f} points ({s.credibility} credibility)" for s in one.shifts)
        yield from _wrapped(f"{one.label}: changed by this person: {parts}.", "- ")
    yield from _without_numbers(outlooks)
    yield ""
    yield f"mode {mode}, knowledge {knowledge.release}; decision support for a clinician who can review the basis"
    yield from (f"own card: {line}" for line in knowledge.replaced)


def _without_numbers(outlooks: "list[Outlook]") -> Iterator[str]:
    heads = (
        ("refused", "REFUSED"),
        ("predicted", "mean difference only"),
        ("not-offered", "not offered here"),
        ("to-verify", "evidence still to verify, weighs nothing"),
        ("no-evidence", "no usable evidence"),
    )
    for status, head in heads:
        for one in outlooks:
            if one.status != status or one.control:
                continue
            reasons = [f"{r.reason} [{r.source}]" for r in one.refusals] or list(one.notes)
            points = f"{one.points.value:+.1f} points less pain ({one.points.low:.1f} to {one.points.high:.1f}). " if one.points else ""
            taken = f"taken now: {TAPER}. " if one.is_taken and status == "refused" else ""
            yield from _wrapped(f"{head}: {one.label} ({one.condition_label}): {taken}{points}{' '.join(reasons)}", "- ")


def _wrapped(text: str, mark: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark))
