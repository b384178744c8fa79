"""The brain section: research use on a tinted ground; gates first, then scores, connections, structure, spine and joints, targets."""

from dataclasses import dataclass

from markupsafe import Markup

from painloom.model.brain import BrainView
from painloom.report.brain_glass import pictures
from painloom.report.brain_imaging import ImagingPart, imaging_part, urgent_findings
from painloom.report.brain_markers import Panel, connections, markers
from painloom.report.brain_norms import NormPart, norm_part
from painloom.report.brain_quality import Quality, gates_of, quality
from painloom.report.brain_targets import TargetPart, counts, target_part
from painloom.report.lookup import Lookup
from painloom.report.wording import capital

CLAUSES = 3


@dataclass(frozen=True, slots=True)
class BrainSection:
    """The section, part by part; a part without content is None or empty."""

    quality: Quality | None
    markers: Panel | None
    connections: tuple[Panel, ...]
    norms: tuple[NormPart, ...]
    imaging: ImagingPart | None
    targets: TargetPart | None
    pictures: tuple[tuple[str, tuple[Markup, ...]], ...]
    files: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


def brain_section(lookup: Lookup) -> BrainSection | None:
    """The section; None where no brain data were read and no target was asked for."""
    view, targets = lookup.assessment.brain or BrainView(), lookup.assessment.targets
    part = target_part(targets, lookup)
    if view == BrainView() and part is None:
        return None
    return BrainSection(
        quality=quality(view, lookup),
        markers=markers(view, lookup),
        connections=tuple(connections(panel, n, lookup) for n, panel in enumerate(view.connections, 1)),
        norms=tuple(norm_part(norm, n, lookup) for n, norm in enumerate(view.norms, 1)),
        imaging=imaging_part(view, lookup),
        targets=part,
        pictures=pictures(view.pictures, targets, lookup.words),
        files=view.files,
        warnings=view.warnings,
    )


def brain_title(lookup: Lookup) -> str:
    """What is urgent, what was withheld, what lies beyond a norm, which targets are open: at most three clauses."""
    words, view, targets = lookup.words, lookup.assessment.brain or BrainView(), lookup.assessment.targets
    found = []
    if urgent := len(urgent_findings(view)):
        found.append(words.counted("brain.title_urgent", urgent))
    if failed := sum(not gate.is_passed for _, gate in gates_of(view)):
        found.append(words.counted("brain.title_gates", failed))
    if targets is not None and targets.targets:
        found.append(words("brain.title_targets", counts=counts(targets, lookup)))
    found += [words("brain.title_norm", observed=n.observed, count=n.count, expected=f"{n.expected:.1f}") for n in view.norms if n.count]
    if view.imaging and not urgent:
        found.append(words.counted("brain.title_imaging", len(view.imaging)))
    if scored := sum(m.score is not None for m in view.markers):
        found.append(words.counted("brain.title_scores", scored))
    return capital("; ".join(found[:CLAUSES])) or words("brain.title_read")
