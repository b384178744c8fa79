"""The drug list judged: rows by gravity, the opioid total against its guidepost, what could not be checked."""

import re
from dataclasses import dataclass

from markupsafe import Markup

from painloom.model.medication import SEVERITIES, SafetyRow
from painloom.report.lookup import Lookup
from painloom.report.views import Mark
from painloom.report.wording import capital, number, sentence

DANGERS = ("contraindicated", "severe")
STEPS = (*DANGERS, "major")
OPIOID_KIND, TOTAL = "mme-current", "total"
SENTENCE_END = re.compile(r"(?<=[.!?)]) (?=[A-Z])")
DOUBT = "to-verify"
LETTER = 6.6  # width of a letter in the bar, in drawing units


@dataclass(frozen=True, slots=True)
class Danger:
    """One row of the judged drug list: the finding first, then what to do."""

    anchor: str
    mark: Mark
    kind: str
    headline: str
    rest: str
    source: str
    card: str
    doubtful: bool


@dataclass(frozen=True, slots=True)
class OpioidTotal:
    """The opioid total, its parts and the guidepost; `text` is what was and was not counted."""

    value: float
    unit: str
    reached: bool
    line: str
    text: str
    source: str
    figure: Markup


@dataclass(frozen=True, slots=True)
class SafetyView:
    """The section: rows by gravity, the gravest first; `quiet` only informs."""

    total: OpioidTotal | None
    groups: tuple[tuple[Mark, str, tuple[Danger, ...]], ...]
    quiet: tuple[Danger, ...]
    quiet_title: str


def numbered(lookup: Lookup) -> list[tuple[int, SafetyRow]]:
    """(number on the page, row), the gravest first."""
    rank = {severity: n for n, severity in enumerate(SEVERITIES)}
    ordered = sorted(lookup.assessment.safety, key=lambda row: rank.get(row.severity, 0))
    return list(enumerate(ordered, 1))


def dangers(lookup: Lookup, severities: tuple[str, ...] = DANGERS) -> list[tuple[int, SafetyRow]]:
    """The rows of `severities` with their numbers on the page."""
    return [(n, row) for n, row in numbered(lookup) if row.severity in severities]


def endangered(lookup: Lookup) -> frozenset[str]:
    """Labels of the drugs taken now that a contraindicated, severe or major row names."""
    named = {drug for _, row in dangers(lookup, STEPS) for drug in row.drugs}
    return frozenset(view.label for view in lookup.assessment.drugs if view.current and {view.drug, view.label} & named)


def is_total(row: SafetyRow) -> bool:
    """True for the row that holds the opioid total: it is drawn, not listed."""
    return row.kind == OPIOID_KIND and row.subject == TOTAL and _number(row.value) is not None


def headline(row: SafetyRow) -> str:
    """The first sentence of what the row says."""
    return capital(SENTENCE_END.split(row.message, maxsplit=1)[0])


def what_to_do(row: SafetyRow) -> str:
    """What follows the first sentence."""
    return "".join(SENTENCE_END.split(row.message, maxsplit=1)[1:])


def opioid_total(lookup: Lookup) -> OpioidTotal | None:
    """The current total with its drawing; None where no row holds one."""
    words = lookup.words
    rows = [row for row in lookup.assessment.safety if row.kind == OPIOID_KIND]
    row = next((r for r in rows if is_total(r)), None)
    value = _number(row.value) if row else None
    if row is None or value is None:
        return None
    parts = [(r.subject, part) for r in rows if r.subject != TOTAL and (part := _number(r.value)) is not None]
    guidepost = lookup.layout.guidepost
    return OpioidTotal(
        value=value,
        unit=row.unit,
        reached=value >= guidepost,
        line=words("safety.total", value=number(value), unit=row.unit, guidepost=number(guidepost)),
        text=capital(row.message),
        source=row.source,
        figure=_bar(value, row.unit, parts, lookup),
    )


def safety_view(lookup: Lookup) -> SafetyView | None:
    """The section; None where no drug list was judged."""
    words = lookup.words
    rows = [(n, row) for n, row in numbered(lookup) if not is_total(row)]
    if not lookup.assessment.safety:
        return None
    loud = [(n, row) for n, row in rows if row.is_warning]
    quiet = tuple(_danger(n, row, lookup) for n, row in rows if not row.is_warning)
    groups = []
    for severity in dict.fromkeys(row.severity for _, row in loud):
        mine = tuple(_danger(n, row, lookup) for n, row in loud if row.severity == severity)
        groups.append((_mark(severity, lookup), words.counted("safety.group", len(mine), word=words.word("severity", severity)), mine))
    return SafetyView(opioid_total(lookup), tuple(groups), quiet, words.counted("safety.quiet", len(quiet)))


def safety_title(lookup: Lookup) -> str:
    """How many findings of which gravity."""
    words = lookup.words
    loud = [row for row in lookup.assessment.safety if row.is_warning and not is_total(row)]
    counts = {s: sum(row.severity == s for row in loud) for s in SEVERITIES}
    named = [words("safety.count", n=n, word=words.word("severity", s)) for s, n in counts.items() if n]
    if not named:
        return words("title.safety_none")
    return words.either(len(loud), "title.safety", "title.safety_many", counts=words.listing(named))


def _danger(n: int, row: SafetyRow, lookup: Lookup) -> Danger:
    return Danger(
        anchor=f"safety-{n}",
        mark=_mark(row.severity, lookup),
        kind=lookup.words.word("safetykind", row.kind),
        headline=sentence(headline(row)),
        rest=what_to_do(row),
        source=row.source,
        card=row.card,
        doubtful=row.state == DOUBT,
    )


def _mark(severity: str, lookup: Lookup) -> Mark:
    tone = lookup.words.phrases.get(f"severitytone.{severity}", "caution")
    return Mark(tone, lookup.words.word("severity", severity))


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None


def _bar(value: float, unit: str, parts: list[tuple[str, float]], lookup: Lookup) -> Markup:
    """A bar of the total, cut into its drugs, with the guidepost as a dashed line."""
    words, guidepost = lookup.words, lookup.layout.guidepost
    top = max(guidepost * 2, value * 1.1)
    scale = 340 / top
    shapes, start = [Markup('<rect class="track" x="10" y="22" width="340" height="16"/>')], 0.0
    shapes.append(Markup('<rect class="total" x="10" y="22" width="{}" height="16"/>').format(_round(value * scale)))
    for name, part in parts:
        label = f"{name} {number(part)}"
        if len(label) * LETTER < part * scale and start + part <= value:
            shapes.append(Markup('<text class="part" x="{}" y="34">{}</text>').format(_round(15 + start * scale), label))
        start += part
        if start < value:
            shapes.append(Markup('<line class="cut" x1="{x}" y1="22" x2="{x}" y2="38"/>').format(x=_round(10 + start * scale)))
    at = _round(10 + guidepost * scale)
    shapes.append(Markup('<line class="guide" x1="{x}" y1="14" x2="{x}" y2="46"/>').format(x=at))
    shapes.append(Markup('<text x="{}" y="11" text-anchor="middle">{}</text>').format(at, words("safety.guidepost", n=number(guidepost))))
    said = ", ".join(f"{name} {number(part)}" for name, part in parts) or words("safety.no_parts")
    return Markup(
        '<svg class="mme" viewBox="0 0 360 52" role="img" aria-labelledby="mme-t mme-d"><title id="mme-t">{title}</title>'
        '<desc id="mme-d">{desc}</desc>{shapes}</svg>'
    ).format(
        title=words("safety.figure_title"),
        desc=words("safety.figure_desc", value=number(value), unit=unit, guidepost=number(guidepost), parts=said),
        shapes=Markup("").join(shapes),
    )


def _round(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
