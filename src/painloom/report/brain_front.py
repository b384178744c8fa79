"""What the brain stream says on page one and in the list of open questions."""

from painloom.model.brain import SCORED, BrainView, ImagingFinding
from painloom.model.target import REFUSED, SafetyReason, Target, TargetView
from painloom.report.brain_imaging import finding_title, urgent_findings
from painloom.report.brain_quality import gates_of
from painloom.report.brain_targets import counts, is_all_refused, short_reason
from painloom.report.lookup import Lookup
from painloom.report.views import Alert, Mark, Open
from painloom.report.wording import capital, sentence

NAMES_SHOWN = 4


def brain_fact(lookup: Lookup) -> str:
    """The line of the stream's track: gates that failed, scores, regions beyond the norm, entries, targets."""
    words, brain, targets = lookup.words, lookup.assessment.brain, lookup.assessment.targets
    facts = _facts(brain, lookup) if brain is not None else []
    if targets is not None and targets.targets:
        facts.append(words("brain.fact_targets", counts=counts(targets, lookup)))
    return " ".join(sentence(capital(fact)) for fact in facts)


def _facts(brain: BrainView, lookup: Lookup) -> list[str]:
    words, facts = lookup.words, []
    failed = [gate for _, gate in gates_of(brain) if not gate.is_passed]
    if failed:
        facts.append(words.counted("brain.fact_gates", len(failed)))
    scored = [m for m in brain.markers if m.status == SCORED]
    if scored:
        facts.append(words.counted("brain.fact_scores", len(scored)))
    facts += [words("brain.fact_norm", observed=n.observed, count=n.count, expected=f"{n.expected:.1f}") for n in brain.norms if n.count]
    if brain.imaging:
        facts.append(words.counted("brain.fact_imaging", len(brain.imaging)))
    return facts


def brain_alerts(lookup: Lookup) -> list[Alert]:
    """Urgent imaging entries, and stimulation that the safety gate refuses, one line a set of reasons."""
    words, brain, targets = lookup.words, lookup.assessment.brain, lookup.assessment.targets
    found = [_urgent(n, finding, lookup) for n, finding in (urgent_findings(brain) if brain is not None else [])]
    for names, reasons in refusals(targets):
        text = words("brain.alert_refused", names=_few(names, lookup), reasons="; ".join(reasons))
        found.append(Alert(Mark("avoid", words("brain.refused_word")), sentence(text), "#brain-targets"))
    return found


def _urgent(number: int, finding: ImagingFinding, lookup: Lookup) -> Alert:
    text = lookup.words("brain.alert_urgent", title=finding_title(finding, lookup), act=sentence(finding.urgent))
    return Alert(Mark("avoid", lookup.words("alertword.redflag")), text, f"#imaging-{number}")


def refusals(view: TargetView | None) -> list[tuple[list[str], list[str]]]:
    """(names of targets, why) for every set of reasons that refuses."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for target in view.targets if view is not None else ():
        if target.status == REFUSED:
            groups.setdefault(tuple(short_reason(r) for r in refusing(target)), []).append(target.name)
    return [(list(dict.fromkeys(names)), list(dict.fromkeys(reasons))) for reasons, names in groups.items()]


def refusing(target: Target) -> list[SafetyReason]:
    """The reasons that refuse a target, or all of them where none is marked so."""
    return [r for r in target.safety if r.level == REFUSED] or list(target.safety)


def brain_open(lookup: Lookup) -> list[Open]:
    """What was withheld and why, and what was missing to choose targets better."""
    words, brain, targets = lookup.words, lookup.assessment.brain, lookup.assessment.targets
    mark = Mark("unknown", words("alertword.unknown"))
    found = []
    held: dict[str, list[str]] = {}
    for marker in brain.markers if brain is not None else ():
        if marker.status != SCORED or marker.score is None:
            held.setdefault(marker.reason or words("brain.no_reason"), []).append(f"{marker.label}, {marker.id}")
    for reason, names in held.items():
        title = words.counted("brain.open_held", len(names), why=reason.split("; ")[0].rstrip("."))
        text = sentence(capital(words("brain.open_held_why", reason=reason.rstrip("."), names="; ".join(names))))
        found.append(Open(mark, title, text, words("brain.open_held_get"), words("brain.open_held_change")))
    if targets is not None and targets.missing and not is_all_refused(targets):
        title = words.counted("brain.open_targets", len(targets.missing))
        text = sentence(capital("; ".join(targets.missing)))
        found.append(Open(mark, title, text, words("brain.open_targets_get"), words("brain.open_targets_change")))
    return found


def _few(names: list[str], lookup: Lookup) -> str:
    more = len(names) - NAMES_SHOWN
    return lookup.words.listing([*names[:NAMES_SHOWN], *([lookup.words.counted("unknown.labels_more", more)] if more > 0 else [])])
