"""Stimulation targets for the page: the map, a short list, and one card a target with evidence, protocol and safety."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from painloom.model.target import CAUTION, OPEN, REFUSED, SafetyReason, ScalpPoint, Target, TargetEvidence, TargetView
from painloom.report.brain_glass import coordinates, glass_brain
from painloom.report.lookup import Lookup
from painloom.report.views import Mark, Ref
from painloom.report.wording import capital, number, sentence

DOUBT, IMPLANT = "to-verify", "implant"
REFS_SHOWN = 3  # a reason that rests on more names them with the card only
TONES = {OPEN: "fine", CAUTION: "caution", REFUSED: "avoid"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one body says."""

    body: str
    year: str
    grade: str
    text: str
    doubtful: bool
    source: Ref


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of the safety gate."""

    mark: Mark
    text: str
    short: str
    basis: str
    doubtful: bool
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class TargetCard:
    """One candidate; `evidence_as`, `protocol_as` and `safety_as` point to an earlier target that says the same."""

    number: int
    anchor: str
    name: str
    side: str
    modality: str
    mark: Mark
    status: str
    place: str
    space: str
    native: str
    scalp: tuple[str, ...]
    indication: str
    why: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    evidence_as: str
    protocol: tuple[tuple[str, str], ...]
    protocol_as: str
    safety: tuple[Reason, ...]
    safety_as: str
    stability: str
    notes: tuple[str, ...]
    claim: str
    card: str
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class TargetPart:
    """The part: `figures` are the three planes, empty where no target may be drawn."""

    title: str
    figures: tuple[Markup, ...]
    undrawn: str
    cards: tuple[TargetCard, ...]
    missing: tuple[str, ...]
    warnings: tuple[str, ...]


def target_part(view: TargetView | None, lookup: Lookup) -> TargetPart | None:
    """None where no target was asked for."""
    if view is None or not (view.targets or view.missing or view.warnings):
        return None
    words = lookup.words
    figures = glass_brain(view, lookup.words)
    return TargetPart(
        title=_title(view, lookup),
        figures=figures,
        undrawn="" if figures or not view.targets else words("brain.targets_undrawn"),
        cards=tuple(_card(target, n, view, lookup) for n, target in enumerate(view.targets, 1)),
        missing=tuple(map(capital, view.missing)),
        warnings=_warnings(view, lookup),
    )


def is_all_refused(view: TargetView) -> bool:
    """Whether there are targets and the safety gate refuses each."""
    return bool(view.targets) and all(target.status == REFUSED for target in view.targets)


def _title(view: TargetView, lookup: Lookup) -> str:
    if not view.targets:
        return lookup.words("brain.targets_none")
    said = counts(view, lookup)
    if is_all_refused(view):
        return lookup.words("brain.targets_title_refused", counts=said)
    if view.missing:
        return lookup.words.counted("brain.targets_title_unasked", len(view.missing), counts=said)
    return lookup.words("brain.targets_title", counts=said)


def _warnings(view: TargetView, lookup: Lookup) -> tuple[str, ...]:
    """What holds for all targets; an urgent finding of imaging first."""
    brain = lookup.assessment.brain
    urgent = brain is not None and any(finding.urgent for finding in brain.imaging)
    return (*((lookup.words("brain.targets_red_flag"),) if urgent else ()), *map(ended, view.warnings))


def counts(view: TargetView, lookup: Lookup) -> str:
    """How many targets are open, with caution and refused, in words."""
    found = {status: sum(t.status == status for t in view.targets) for status in TONES}
    return ", ".join(lookup.words(f"brain.count_{status}", n=n) for status, n in found.items() if n)


def _said_before(targets: Sequence[Target], number_: int, lookup: Lookup) -> tuple[str, str, str]:
    """Which earlier target has the same evidence, protocol and safety, in words; refused ones show no protocol and their own reasons."""
    own = targets[number_ - 1]
    evidence = next((n for n, t in enumerate(targets[: number_ - 1], 1) if own.evidence and t.evidence == own.evidence), 0)
    earlier = (n for n, t in enumerate(targets[: number_ - 1], 1) if own.protocol and t.protocol == own.protocol and t.status != REFUSED)
    protocol = next(earlier, 0)
    alike = (n for n, t in enumerate(targets[: number_ - 1], 1) if own.safety and t.safety == own.safety and own.status != REFUSED)
    found = (("evidence", evidence), ("protocol", protocol), ("safety", next(alike, 0)))
    told = [lookup.words(f"brain.{kind}_same", n=n) if n else "" for kind, n in found]
    return told[0], told[1], told[2]


def _card(target: Target, number_: int, view: TargetView, lookup: Lookup) -> TargetCard:
    words, same = lookup.words, _said_before(view.targets, number_, lookup)
    side = words.word("brain.side", target.side) if target.side else ""
    return TargetCard(
        number=number_,
        anchor=f"target-{number_}",
        name=target.name,
        side="" if side.lower() in target.name.lower().split() else side,
        modality=words.word("brain.modality", target.modality),
        mark=Mark(TONES.get(target.status, "unknown"), words.word("brain.status", target.status)),
        status=target.status,
        place=_place(target, lookup),
        space=target.space if target.xyz_mm is not None else "",
        native=words("brain.native", mm=coordinates(target.native_xyz_mm), space=target.native_space) if target.native_xyz_mm else "",
        scalp=tuple(_scalp(point, lookup) for point in target.scalp),
        indication=capital(target.indication),
        why=tuple(map(capital, target.why)),
        evidence=_evidence(target.evidence, lookup),
        evidence_as=same[0],
        protocol=target.protocol,
        protocol_as=same[1],
        safety=tuple(_reason(r, lookup) for r in sorted(target.safety, key=lambda r: r.level != REFUSED)),
        safety_as=same[2],
        stability=_stability(target, lookup),
        notes=_notes(target, view),
        claim=words.word("claim", target.claim),
        card=words("basis.card_text", id=target.card[0], release=target.card[1]) if target.card[0] else "",
        sources=lookup.sources(target.sources),
    )


def _notes(target: Target, view: TargetView) -> tuple[str, ...]:
    """The notes without the questions that stand above all targets; a refused target needs no advice on how to aim."""
    return () if target.status == REFUSED else tuple(ended(note) for note in target.notes if not note.endswith(view.missing))


def ended(text: str) -> str:
    """A sentence; a remark in brackets at the end gets no further full stop."""
    return capital(text) if text.endswith(")") else sentence(text)


def _place(target: Target, lookup: Lookup) -> str:
    """Coordinates, or why there are none."""
    if target.xyz_mm is not None:
        return lookup.words("brain.mm", mm=coordinates(target.xyz_mm))
    kind = "_scalp" if target.scalp else "_implant" if target.modality == IMPLANT else ""
    return lookup.words(f"brain.no_place{kind}")


def _scalp(point: ScalpPoint, lookup: Lookup) -> str:
    key = "brain.scalp" if point.text else "brain.scalp_bare"
    return lookup.words(key, name=point.name, mm=number(round(point.distance_mm)), text=point.text)


def _evidence(found: Sequence[TargetEvidence], lookup: Lookup) -> tuple[Evidence, ...]:
    """The newest first; bodies that disagree stand side by side, none is averaged away."""
    ordered = sorted(found, key=lambda e: -e.year)
    return tuple(Evidence(e.body, str(e.year), e.grade, e.text, e.state == DOUBT, lookup.source(e.source)) for e in ordered)


def _reason(reason: SafetyReason, lookup: Lookup) -> Reason:
    tone = "avoid" if reason.level == REFUSED else "caution"
    mark = Mark(tone, lookup.words.word("brain.level", reason.level))
    refs = lookup.sources(reason.sources) if len(reason.sources) <= REFS_SHOWN else ()
    return Reason(mark, reason.text, short_reason(reason), reason.basis, reason.state == DOUBT, refs)


def short_reason(reason: SafetyReason) -> str:
    """What a reason names, without its explanation; what in the case raised it where it has no text."""
    return re.split(r"[:;] ", reason.text or reason.basis, maxsplit=1)[0].rstrip(".")


def _stability(target: Target, lookup: Lookup) -> str:
    half = target.stability
    if half is None:
        return ""
    first, second = half.volumes
    said = lookup.words("brain.stability", mm=f"{half.distance_mm:.1f}", first=first, second=second, minutes=f"{half.minutes:.1f}")
    return f"{said} {half.text}".strip()
