"""The brain stream of one person: what lies in the brain folder read, gated, scored against models and norms; entries of reports read."""

from collections.abc import Iterator

from painloom.brain.imaging import read_imaging
from painloom.brain.norms import Scan, norm_view, scan_contrasts, tables_of
from painloom.brain.panel import panel_view
from painloom.brain.signature import signature_scores
from painloom.intake.bids import images, reconstructed
from painloom.intake.bidspairs import confounds_of, motion_of, regional_series
from painloom.intake.folder import sha256
from painloom.intake.freesurfer import read_subject
from painloom.intake.motion import read_motion
from painloom.intake.series import Series, read_series
from painloom.knowledge.load import Knowledge
from painloom.knowledge.marker_cards import CONNECTIVITY, MarkerCard
from painloom.model.absence import Withheld
from painloom.model.brain import BrainView, ConnectionView, ImagingFinding, MarkerScore, Motion, NormView, Picture
from painloom.model.brainfiles import BrainFile, BrainFiles
from painloom.model.case import Case
from painloom.model.finding import Category, Finding
from painloom.model.quantity import Estimate
from painloom.model.source import Provenance
from painloom.version import __version__

PERCENT = (0.0, 100.0)
HEAD = "T1w"
RUN = "bold"


def run(case: Case, knowledge: Knowledge) -> BrainView | None:
    """Everything that the brain folder and the entered findings say; None when the case has neither.

    Raises
    ------
    InputError : a file that its reader refuses, a series and a motion file of unequal length, an entry with an unknown scale or grade.
    """
    if case.brain is None and not case.imaging:
        return None
    imaging = read_imaging(case.imaging, knowledge.imaging, case.person.age_years)
    if case.brain is None:
        return BrainView(imaging=imaging)
    files, used, warnings = case.brain, [], list(case.brain.warnings)
    markers: list[MarkerScore] = []
    panels: list[ConnectionView] = []
    motions: list[Motion] = []
    for file in regional_series(files):
        found = _series(file, files, knowledge)
        if found is None:
            warnings.append(f"{file.place}: its columns fit no model and no panel of this release; it was not used")
            continue
        used += found[0]
        markers += found[1]
        panels += found[2]
        motions += found[3]
    norms, heads, said = _norms(case, files, knowledge)
    pictures, shown = _pictures(files)
    unread = _unread(files, {*used, *heads, *shown})
    return BrainView(
        files=tuple((file.place, sha256(file.path)) for file in sorted({*used, *heads, *shown}, key=lambda f: f.place)),
        markers=tuple(markers),
        connections=tuple(panels),
        norms=norms,
        motion=tuple(motions),
        imaging=imaging,
        pictures=pictures,
        warnings=tuple(dict.fromkeys((*warnings, *said, *unread))),
    )


Found = tuple[list[BrainFile], tuple[MarkerScore, ...], tuple[ConnectionView, ...], tuple[Motion, ...]]


def _series(file: BrainFile, files: BrainFiles, knowledge: Knowledge) -> Found | None:
    """Models and panels on one regional series with the displacement that belongs to it; None when nothing reads its columns."""
    series = read_series(file.path)
    partner = motion_of(files, file) or confounds_of(files, file)
    displacement = read_motion(partner.path) if partner is not None else None
    cards = [card for card in knowledge.markers.values() if _fits(card, series)]
    markers = tuple(score for card in cards for score in signature_scores(card, [series], [displacement]))
    views = (panel_view(card, series.id, series.names, series.values, displacement) for card in knowledge.panels.values())
    panels = tuple(view for view in views if any(c.r is not None for c in view.connections) or cards)
    if not markers and not panels:
        return None
    limit = next((card.limits.scrub_fd_mm for card in cards if card.limits.scrub_fd_mm is not None), None)
    if displacement is None or limit is None:
        return [file, *([partner] if partner else [])], markers, panels, ()
    motion = Motion(series.id, tuple(displacement.tolist()), limit, int((displacement > limit).sum()))
    return [file, *([partner] if partner else [])], markers, panels, (motion,)


def _fits(card: MarkerCard, series: Series) -> bool:
    return card.kind == CONNECTIVITY and card.model is not None and tuple(c.name for c in card.columns) == series.names


def _norms(case: Case, files: BrainFiles, knowledge: Knowledge) -> tuple[tuple[NormView, ...], list[BrainFile], list[str]]:
    """Every norm for which the reconstructed subject has files; what is missing is said."""
    folders = reconstructed(files)
    age, sex = case.person.age_years, case.person.sex
    if not folders:
        return (), [], []
    if age is None or not sex:
        return (), [], ["regional volumes are there, but a norm needs age and sex: give both in case.toml"]
    views, said = [], []
    heads = [f for f in files.files if any(f.path.is_relative_to(folder) for folder in folders) and f.path.parent.name in ("stats", "mri")]
    for folder in folders:
        subject = read_subject(folder)
        for card in knowledge.norms.values():
            if not card.ages[0] <= age <= card.ages[1]:
                said.append(f"{card.label}: made for ages {card.ages[0]:g} to {card.ages[1]:g}; nothing was compared")
                continue
            scan = Scan(contrasts=scan_contrasts(card, subject, tables_of(card, subject)))
            views.append(norm_view(card, subject, age, sex, scan=scan, circuits=knowledge.circuits))
    return tuple(views), heads, said


def _pictures(files: BrainFiles) -> tuple[tuple[Picture, ...], list[BrainFile]]:
    """Three planes through the middle of the first head scan that can be drawn."""
    heads = images(files, HEAD)
    if not heads:
        return (), []
    from painloom.brain.slices import three_planes

    return three_planes(heads[0].path), [heads[0]]


def _unread(files: BrainFiles, used: set[BrainFile]) -> Iterator[str]:
    """Images without a regional series: what to run so that they can be read."""
    for file in images(files, RUN):
        if file not in used:
            yield f"{file.place}: an image is not a regional series; run painloom brain extract with your atlas and put the table beside it"


def has_content(view: BrainView) -> bool:
    """Whether anything was found out; a folder in which nothing could be read is no measurement."""
    return bool(view.markers or view.connections or view.norms or view.imaging or view.pictures)


def sources(view: BrainView) -> Iterator[str]:
    """Ids of everything that stands behind the view, with repeats."""
    parts: tuple[MarkerScore | ConnectionView | NormView | ImagingFinding, ...]
    parts = (*view.markers, *view.connections, *view.norms, *view.imaging)
    for part in parts:
        yield from part.sources
    yield from (source for found in view.imaging if found.prevalence for source in found.prevalence.sources)


def findings(view: BrainView, case: Case) -> tuple[Finding, ...]:
    """The brain stream's statements: percentiles, withheld models, counts of norms, entered findings; all research until confirmed."""
    program = f"painloom {__version__}"
    told: list[Finding] = []
    for score in view.markers:
        provenance = Provenance(view.files, (score.card,), "brain.marker", program)
        quality = tuple(gate.text for gate in score.gates)
        if score.score is None:
            told.append(Finding(f"brain.{score.model}.percentile", Withheld(score.reason), "research", provenance, quality))
        elif score.place is not None:
            value = Estimate(score.place.percentile, "percentile", *PERCENT, higher_is="worse")
            told.append(Finding(f"brain.{score.model}.percentile", value, "research", provenance, quality))
    for norm in view.norms:
        provenance = Provenance(view.files, (norm.card,), "brain.norm", program)
        share = Estimate(float(norm.observed), "regions", 0.0, float(norm.count))
        told.append(Finding(f"brain.{norm.norm}.beyond", share, "research", provenance, (norm.verdict,)))
    told += (_entered(found, case, program) for found in view.imaging)
    return tuple(told)


def _entered(found: ImagingFinding, case: Case, program: str) -> Finding:
    provenance = Provenance(case.files, (found.card,), "brain.imaging", program)
    place = ".".join(part for part in (found.entry.scale, found.entry.level, found.entry.side) if part)
    return Finding(f"brain.imaging.{place}", Category(found.entry.grade), found.claim, provenance, (found.meaning,))
