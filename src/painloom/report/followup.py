"""When to look again, for the page: the schedule of the whole person and the checks of each treatment, by time."""

from dataclasses import dataclass

from painloom.model.plan import NOW, Check, Plan, Step
from painloom.report.lookup import Lookup
from painloom.report.plan import common_counts, named, plain, weeks_text
from painloom.report.views import Ref
from painloom.report.wording import capital, sentence

LOOKS_SHOWN, MEASURES_SHOWN = 2, 4


@dataclass(frozen=True, slots=True)
class Look:
    """One row of the schedule; `href` leads to the step that it judges, "" for the whole person."""

    when: str
    subject: str
    href: str
    measure: str
    counts: str
    otherwise: str
    sources: tuple[Ref, ...]
    is_same: bool = False


@dataclass(frozen=True, slots=True)
class _Due:
    """A check, whose it is, and whether its weeks count from the day a later step begins."""

    check: Check
    waits: bool
    subject: str
    href: str


@dataclass(frozen=True, slots=True)
class FollowUpPart:
    """The section; `counts` is what counts as better unless a row says otherwise."""

    counts: str
    rows: tuple[Look, ...]


def followup_part(lookup: Lookup) -> FollowUpPart | None:
    """None where the plan has nothing to look at again."""
    plan = lookup.assessment.plan
    if plan is None:
        return None
    common = common_counts(plan)
    rows = tuple(_row(due, common, lookup) for due in _all(plan, lookup))
    return FollowUpPart(common, rows) if rows else None


def followup_title(lookup: Lookup) -> str:
    """How often, and when first."""
    plan = lookup.assessment.plan
    dues = _all(plan, lookup) if plan is not None else ()
    return lookup.words("followup.title", when=weeks_text(dues[0].check.weeks, lookup)) if dues else ""


def looks(lookup: Lookup) -> tuple[tuple[str, str], ...]:
    """The first looks at the whole person, for page one: when, and with which measures."""
    plan, words = lookup.assessment.plan, lookup.words
    found = []
    for check in plan.follow_up[:LOOKS_SHOWN] if plan is not None else ():
        names = [part.strip() for part in plain(check.measure).split(",")]
        more = len(names) - MEASURES_SHOWN
        rest = [words.counted("unknown.labels_more", more)] if more > 0 else []
        found.append((weeks_text(check.weeks, lookup), ", ".join([*names[:MEASURES_SHOWN], *rest])))
    return tuple(found)


def _all(plan: Plan, lookup: Lookup) -> tuple[_Due, ...]:
    """By time: first what counts from today, then what counts from the day a later step begins; same checks stand together."""
    dues = [_Due(check, False, lookup.words("followup.whole"), "") for check in plan.follow_up]
    together: dict[tuple[Check, bool], list[Step]] = {}
    for step in plan.steps:
        for check in step.checks:
            together.setdefault((check, step.when != NOW), []).append(step)
    for (check, waits), steps in together.items():
        names = lookup.words.listing([named(step.label) for step in steps])
        dues.append(_Due(check, waits, names, f"#step-{steps[0].order}"))
    return tuple(sorted(dues, key=lambda due: (due.waits, due.check.weeks)))


def _row(due: _Due, common: str, lookup: Lookup) -> Look:
    check, words = due.check, lookup.words
    when = weeks_text(check.weeks, lookup)
    return Look(
        when=capital(words("followup.once_begun", when=when) if due.waits else when),
        subject=due.subject,
        href=due.href,
        measure=sentence(capital(plain(check.measure))),
        counts=words("followup.same") if check.counts == common and common else sentence(capital(check.counts)),
        otherwise=sentence(capital(check.otherwise)),
        sources=lookup.sources(check.sources),
        is_same=check.counts == common and bool(common),
    )
