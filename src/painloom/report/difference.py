"""Two assessments -> what differs between them, in the order in which a clinician asks: plan first, then why."""

from collections.abc import Iterator, Mapping

from painloom.model.assessment import Assessment
from painloom.model.difference import ADDED, CHANGED, REMOVED, Difference
from painloom.model.outlook import PREDICTED, REFUSED, Band
from painloom.model.plan import ASK, REFER, STOP, Dose, Plan, Step, Taper

COLUMNS = ("part", "kind", "subject", "before", "after")
TOLD = (REFER, ASK, STOP)  # what these ask for is in their text alone
LEAST = 0.005  # of a chance or a benefit: less is not shown


def difference(before: Assessment, after: Assessment) -> tuple[Difference, ...]:
    """Every difference of plan, refusals, benefits and formulation; nothing where both say the same."""
    pairs = (
        ("statement", _statements(before), _statements(after)),
        ("step", _steps(before.plan, after.plan), _steps(after.plan, before.plan)),
        ("dose", _doses(before.plan), _doses(after.plan)),
        ("taper", _tapers(before.plan), _tapers(after.plan)),
        ("refusal", _refusals(before), _refusals(after)),
        ("benefit", _benefits(before), _benefits(after)),
        ("mechanism", _mechanisms(before), _mechanisms(after)),
        ("driver", _drivers(before), _drivers(after)),
        ("conflict", _conflicts(before), _conflicts(after)),
        ("test", _tests(before), _tests(after)),
        ("warning", _warnings(before), _warnings(after)),
    )
    return tuple(one for part, old, new in pairs for one in _between(part, old, new))


def _between(part: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    for subject in dict.fromkeys((*old, *new)):
        before, after = old.get(subject, ""), new.get(subject, "")
        if before != after:
            kind = ADDED if subject not in old else REMOVED if subject not in new else CHANGED
            yield Difference(part, kind, subject, before, after)


def _statements(one: Assessment) -> dict[str, str]:
    said = {"formulation": one.formulation.statement if one.formulation else "", "plan": one.plan.statement if one.plan else ""}
    return {name: text for name, text in said.items() if text}


def _steps(plan: Plan | None, other: Plan | None) -> dict[str, str]:
    """When each step comes and what it waits for; the text too where the other plan has the same step with another text."""
    told = _by_name(other)
    found = {}
    for name, step in _by_name(plan).items():
        text = step.text if step.action in TOLD and name in told and told[name].text != step.text else ""
        found[name] = "; ".join(part for part in (step.when, step.depends, text) if part)
    return found


def _by_name(plan: Plan | None) -> dict[str, Step]:
    """Steps by action and label; a second one of the same name is told apart by its number."""
    found: dict[str, Step] = {}
    for step in plan.steps if plan else ():
        name = f"{step.action} {step.label}"
        same = sum(1 for known in found.values() if (known.action, known.label) == (step.action, step.label))
        found[f"{name} ({same + 1})" if same else name] = step
    return found


def _doses(plan: Plan | None) -> dict[str, str]:
    return {dose.label: dose_text(dose) for step in plan.steps if (dose := step.dose)} if plan else {}


def dose_text(dose: Dose) -> str:
    """Start, target and ceiling in a line."""
    parts = [
        f"start {dose.start:g}" if dose.start is not None else "",
        f"target {dose.target[0]:g} to {dose.target[1]:g}" if dose.target else "",
        f"at most {dose.ceiling:g}" if dose.ceiling is not None else "",
    ]
    return f"{', '.join(part for part in parts if part)} {dose.unit} a day" if any(parts) else dose.text


def _tapers(plan: Plan | None) -> dict[str, str]:
    return {step.label: _taper(step.taper) for step in plan.steps if step.taper and step.taper.must} if plan else {}


def _taper(taper: Taper) -> str:
    amounts = [f"{step.amount:g}" for step in taper.steps if step.amount is not None]
    return f"{', '.join(amounts)} {taper.steps[0].unit} a day" if amounts else taper.text


def _refusals(one: Assessment) -> dict[str, str]:
    outlooks = one.outlook.outlooks if one.outlook else ()
    refused = [o for o in outlooks if o.status == REFUSED]
    return {o.label: "; ".join(dict.fromkeys(r.reason for r in o.refusals)) for o in refused}


def _benefits(one: Assessment) -> dict[str, str]:
    """Added benefit by treatment and kind of pain, in people of 100."""
    outlooks = one.outlook.outlooks if one.outlook else ()
    return {f"{o.label}, {o.condition_label}": _hundred(o.benefit) for o in outlooks if o.status == PREDICTED and o.benefit}


def _hundred(band: Band) -> str:
    return f"{100 * band.value:.0f} of 100 ({100 * band.low:.0f} to {100 * band.high:.0f})"


def _mechanisms(one: Assessment) -> dict[str, str]:
    return {m.label: _hundred(m.chance) for m in one.formulation.mechanisms if m.chance.value > LEAST} if one.formulation else {}


def _drivers(one: Assessment) -> dict[str, str]:
    return {d.label: d.value for d in one.formulation.drivers} if one.formulation else {}


def _conflicts(one: Assessment) -> dict[str, str]:
    return {c.id: c.text for c in one.formulation.conflicts} if one.formulation else {}


def _tests(one: Assessment) -> dict[str, str]:
    found = one.formulation
    return {t.label: f"worth {t.gain:.1f} of 100" for t in found.tests if not found.no_test} if found else {}


def _warnings(one: Assessment) -> dict[str, str]:
    """Warnings of the drug list by what they say."""
    return {row.message: row.severity for row in one.safety if row.is_warning}
