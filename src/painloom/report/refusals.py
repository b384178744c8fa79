"""What is refused for this person, for the page: by the kind of reason, with its source and what the plan has instead."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from painloom.model.outlook import Refusal
from painloom.model.plan import BEGIN, KEEP, Plan, Step
from painloom.report.lookup import Lookup
from painloom.report.plan import named, split
from painloom.report.views import Ref
from painloom.report.wording import capital, sentence, small

NAMED, INSTEAD = 6, 3
TREATING = (BEGIN, KEEP)


@dataclass(frozen=True, slots=True)
class Refused:
    """One treatment that is refused, with every reason of one kind."""

    label: str
    severity: str
    reasons: tuple[str, ...]
    instead: tuple[Ref, ...]
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """Refusals for one kind of reason; `code` names the kind; `shown` has those with the same reason in one row."""

    code: str
    title: str
    rows: tuple[Refused, ...]
    shown: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class Avoided:
    """A few names of treatments with the reasons that they share; `code` is the first kind of reason."""

    names: str
    why: str
    code: str


def refusals_part(lookup: Lookup) -> tuple[Kind, ...]:
    """Kinds of reasons in the order of the plan; empty where nothing is refused."""
    plan = lookup.assessment.plan
    if plan is None:
        return ()
    by_kind: dict[str, dict[str, list[Refusal]]] = {}
    for one in plan.refusals:
        by_kind.setdefault(one.kind, {}).setdefault(one.treatment, []).append(one)
    labels, kinds = _labels(lookup), _modalities(lookup)
    return tuple(_kind(code, own, plan, labels, kinds, lookup) for code, own in by_kind.items())


def refusals_title(lookup: Lookup) -> str:
    """How many treatments are refused."""
    plan = lookup.assessment.plan
    count = len({one.treatment for one in plan.refusals}) if plan is not None else 0
    return lookup.words.counted("refusal.title", count)


def _kind(
    code: str, own: Mapping[str, list[Refusal]], plan: Plan, labels: Mapping[str, str], kinds: Mapping[str, str], lookup: Lookup
) -> Kind:
    words = lookup.words
    title = words.phrases.get(f"refusal.kind.{code}", words.word("safetykind", code))
    rows = tuple(_refused(treatment, found, plan, labels, kinds, lookup) for treatment, found in own.items())
    return Kind(code, capital(title), rows, _together(rows))


def _together(rows: tuple[Refused, ...]) -> tuple[Refused, ...]:
    """Treatments that are refused for the same reason as one row, with the reason told once."""
    groups: dict[tuple[object, ...], list[Refused]] = {}
    for row in rows:
        groups.setdefault((row.severity, _without(row), row.instead, row.sources), []).append(row)
    return tuple(_joined(own) if len(own) > 1 else own[0] for own in groups.values())


def _joined(own: list[Refused]) -> Refused:
    names = ", ".join([own[0].label, *(small(row.label) for row in own[1:])])
    return replace(own[0], label=names, reasons=tuple(capital(reason) for reason in _without(own[0])))


def _without(row: Refused) -> tuple[str, ...]:
    """The reasons without the name of the treatment: "a and b with c: harm" is "with c: harm"."""
    found = []
    for reason in row.reasons:
        head, colon, tail = reason.partition(": ")
        before, joint, partner = head.partition(" with ")
        if colon and joint and row.label.lower().split(" ")[0] in before.lower():
            found.append(f"with {partner}: {tail}")
        elif reason.lower().startswith(f"{row.label.lower()} "):
            found.append(reason[len(row.label) + 1 :])
        else:
            found.append(reason)
    return tuple(found)


def avoided(kinds: tuple[Kind, ...], lookup: Lookup) -> tuple[Avoided, ...]:
    """For page one: every treatment once, those refused for the same reasons together."""
    reasons: dict[str, list[Kind]] = {}
    for kind in kinds:
        for row in kind.rows:
            reasons.setdefault(row.label, []).append(kind)
    groups: dict[tuple[str, ...], list[str]] = {}
    for label, own in reasons.items():
        groups.setdefault(tuple(kind.code for kind in own), []).append(label)
    titles = {kind.code: kind.title for kind in kinds}
    return tuple(
        Avoided(_names(labels, lookup), "; ".join(lookup.words.inside(titles[code]) for code in codes), codes[0])
        for codes, labels in groups.items()
    )


def _names(labels: list[str], lookup: Lookup) -> str:
    more = [lookup.words.counted("unknown.labels_more", len(labels) - NAMED)] if len(labels) > NAMED else []
    return named(", ".join([*map(small, labels[:NAMED]), *more]))


def _refused(
    treatment: str, own: list[Refusal], plan: Plan, labels: Mapping[str, str], kinds: Mapping[str, str], lookup: Lookup
) -> Refused:
    words = lookup.words
    severity = own[0].severity
    modality = kinds.get(treatment, "")
    same = [s for s in plan.steps if s.treatment not in ("", treatment) and s.modality == modality and s.action in TREATING]
    return Refused(
        label=named(labels.get(treatment, treatment)),
        severity=words.phrases.get(f"refusal.severity.{severity}", words.word("severity", severity)),
        reasons=tuple(dict.fromkeys(sentence(capital(split(one.reason)[0])) for one in own)),
        instead=tuple(_instead(step) for step in same[:INSTEAD]),
        sources=lookup.sources(tuple(dict.fromkeys(source for one in own for source in one.source.split(", ") if source))),
    )


def _instead(step: Step) -> Ref:
    return Ref(named(step.label), f"#step-{step.order}")


def _labels(lookup: Lookup) -> dict[str, str]:
    """Treatment or drug id -> how it is named."""
    view, plan = lookup.assessment.outlook, lookup.assessment.plan
    drugs = {drug.drug: drug.label for drug in lookup.assessment.drugs}
    options = {one.treatment: one.label for one in plan.options} if plan is not None else {}
    return {**drugs, **options, **({one.treatment: one.label for one in view.outlooks} if view is not None else {})}


def _modalities(lookup: Lookup) -> dict[str, str]:
    view = lookup.assessment.outlook
    return {one.treatment: one.modality for one in view.outlooks} if view is not None else {}
