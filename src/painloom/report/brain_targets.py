"""Stimulation targets for the page: the map, a short list, and one card a target with evidence, protocol and safety."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from painloom.model.target import CAUTION, OPEN, REFUSED, SafetyReason, Target, TargetEvidence, TargetView
from painloom.report.brain_glass import coordinates, glass_brain
from painloom.report.lookup import Lookup
from painloom.report.views import Mark, Ref
from painloom.report.wording import capital, number

DOUBT = "to-verify"
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
    basis: str
    doubtful: bool
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class TargetCard:
    """One candidate; `evidence_as` and `protocol_as` point to an earlier target that says the same."""

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
        title=words("brain.targets_title", counts=counts(view, lookup)) if view.targets else words("brain.targets_none"),
        figures=figures,
        undrawn="" if figures or not view.targets else words("brain.targets_undrawn"),
        cards=tuple(_card(target, n, _said_before(view.targets, n, lookup), lookup) for n, target in enumerate(view.targets, 1)),
        missing=view.missing,
        warnings=view.warnings,
    )


def counts(view: TargetView, lookup: Lookup) -> str:
    """How many targets are open, with caution and refused, in words."""
    found = {status: sum(t.status == status for t in view.targets) for status in TONES}
    return ", ".join(lookup.words(f"brain.count_{status}", n=n) for status, n in found.items() if n)


def _said_before(targets: Sequence[Target], number_: int, lookup: Lookup) -> tuple[str, str]:
    """Which earlier target has the same evidence, and which the same protocol, in words; refused ones do not show a protocol."""
    own = targets[number_ - 1]
    evidence = next((n for n, t in enumerate(targets[: number_ - 1], 1) if own.evidence and t.evidence == own.evidence), 0)
    earlier = (n for n, t in enumerate(targets[: number_ - 1], 1) if own.protocol and t.protocol == own.protocol and t.status != REFUSED)
    protocol = next(earlier, 0)
    words = lookup.words
    return words("brain.evidence_same", n=evidence) if evidence else "", words("brain.protocol_same", n=protocol) if protocol else ""


def _card(target: Target, number_: int, same: tuple[str, str], lookup: Lookup) -> TargetCard:
    words = lookup.words
    return TargetCard(
        number=number_,
        anchor=f"target-{number_}",
        name=target.name,
        side=words.word("brain.side", target.side) if target.side else "",
        modality=words.word("brain.modality", target.modality),
        mark=Mark(TONES.get(target.status, "unknown"), words.word("brain.status", target.status)),
        status=target.status,
        place=words("brain.mm", mm=coordinates(target.xyz_mm)) if target.xyz_mm is not None else words("brain.no_place"),
        space=target.space if target.xyz_mm is not None else "",
        native=words("brain.native", mm=coordinates(target.native_xyz_mm), space=target.native_space) if target.native_xyz_mm else "",
        scalp=tuple(words("brain.scalp", name=p.name, mm=number(round(p.distance_mm)), text=p.text).strip() for p in target.scalp),
        indication=capital(target.indication),
        why=target.why,
        evidence=_evidence(target.evidence, lookup),
        evidence_as=same[0],
        protocol=target.protocol,
        protocol_as=same[1],
        safety=tuple(_reason(r, lookup) for r in sorted(target.safety, key=lambda r: r.level != REFUSED)),
        stability=_stability(target, lookup),
        notes=target.notes,
        claim=words.word("claim", target.claim),
        card=words("basis.card_text", id=target.card[0], release=target.card[1]) if target.card[0] else "",
        sources=lookup.sources(target.sources),
    )


def _evidence(found: Sequence[TargetEvidence], lookup: Lookup) -> tuple[Evidence, ...]:
    """The newest first; bodies that disagree stand side by side, none is averaged away."""
    ordered = sorted(found, key=lambda e: -e.year)
    return tuple(Evidence(e.body, str(e.year), e.grade, e.text, e.state == DOUBT, lookup.source(e.source)) for e in ordered)


def _reason(reason: SafetyReason, lookup: Lookup) -> Reason:
    tone = "avoid" if reason.level == REFUSED else "caution"
    mark = Mark(tone, lookup.words.word("brain.level", reason.level))
    return Reason(mark, reason.text, reason.basis, reason.state == DOUBT, lookup.sources(reason.sources))


def _stability(target: Target, lookup: Lookup) -> str:
    half = target.stability
    if half is None:
        return ""
    first, second = half.volumes
    said = lookup.words("brain.stability", mm=f"{half.distance_mm:.1f}", first=first, second=second, minutes=f"{half.minutes:.1f}")
    return f"{said} {half.text}".strip()
