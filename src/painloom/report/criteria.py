"""Clinical criteria: each grade with what it rests on and what could change it, pain codes, sensory tests, where it hurts."""

from dataclasses import dataclass

from painloom.model.body import NO, UNKNOWN, YES
from painloom.model.criteria import Grade, GradeInput, PainCode, SensoryFinding, SeverityLevel
from painloom.report.bodymap import BodyMapView, body_map
from painloom.report.lookup import Lookup
from painloom.report.views import Mark, Ref
from painloom.report.wording import capital, number, sentence

NOT_GRADABLE, DOUBT = "not-gradable", "to-verify"
TONES = {YES: "note", NO: "note", UNKNOWN: "unknown"}
NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class GradeCard:
    """One set of criteria: the grade is its heading; `ask` are the questions that could change it."""

    label: str
    heading: str
    mark: Mark
    answers: tuple[tuple[Mark, str, str], ...]
    could_become: str
    ask: tuple[str, ...]
    notes: tuple[str, ...]
    doubtful: bool
    claim: str
    card: str
    sources: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code of chronic pain."""

    code: str
    parent: str
    label: str
    basis: str
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes, severity in words, kinds that nobody spoke of."""

    title: str
    rows: tuple[CodeRow, ...]
    severity: tuple[str, ...]
    open_title: str
    open: tuple[CodeRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SensoryRow:
    """One value of sensory testing."""

    test: str
    place: str
    value: str
    z: str
    verdict: str


@dataclass(frozen=True, slots=True)
class CriteriaView:
    """The section; `folded` are criteria with too little known."""

    grades: tuple[GradeCard, ...]
    folded: tuple[GradeCard, ...]
    folded_title: str
    codes: Codes | None
    sensory: tuple[SensoryRow, ...]
    body: BodyMapView | None


def criteria_view(lookup: Lookup) -> CriteriaView | None:
    """The section; None where nothing of it is known."""
    assessment = lookup.assessment
    shown = tuple(_card(g, lookup) for g in assessment.grades if is_told(g))
    folded = tuple(_card(g, lookup) for g in assessment.grades if not is_told(g))
    body = body_map(lookup)
    if not (assessment.grades or assessment.pain_codes or assessment.sensory or body):
        return None
    return CriteriaView(
        grades=shown,
        folded=folded,
        folded_title=lookup.words.counted("criteria.folded", len(folded)),
        codes=_codes(lookup),
        sensory=tuple(_sensory(s, lookup) for s in assessment.sensory),
        body=body,
    )


def is_told(grade: Grade) -> bool:
    """True when the criteria could be graded, or at least half of their questions have an answer."""
    known = sum(i.value != UNKNOWN for i in grade.inputs)
    return grade.grade != NOT_GRADABLE or 2 * known >= len(grade.inputs)


def graded(lookup: Lookup) -> list[str]:
    """What could be graded, in short: the subject of the criteria and the grade; of versions that agree the last one speaks."""
    told = {(_subject(g), g.grade): _short(g) for g in lookup.assessment.grades if g.grade != NOT_GRADABLE}
    return list(told.values())


def criteria_title(lookup: Lookup) -> str:
    """The grades reached, and how many could not be graded."""
    words, names = lookup.words, graded(lookup)
    rest, unclear = len(names) - NAMES_SHOWN, sum(g.grade == NOT_GRADABLE for g in lookup.assessment.grades)
    parts = [*names[:NAMES_SHOWN], *([words.counted("criteria.more", rest)] if rest > 0 else [])]
    parts += [words.counted("criteria.unclear", unclear)] if unclear else []
    codes = lookup.assessment.pain_codes
    if not parts and codes and codes.codes:
        parts = [codes.codes[0].label]
    return capital("; ".join(parts)) if parts else words("title.criteria_none")


def open_inputs(grade: Grade) -> list[GradeInput]:
    """The questions without an answer that could change the grade."""
    return [i for i in grade.inputs if i.value == UNKNOWN and i.changes]


def could_become(grade: Grade, lookup: Lookup) -> str:
    """The other grades in words, "" where nothing open could change it."""
    names = [lookup.words.word("gradeword", g).replace("-", " ") for g in grade.could_become]
    return lookup.words.listing(names, "criteria.or")


def _subject(grade: Grade) -> str:
    return grade.label.partition(",")[0].partition(" of the ")[0]


def _short(grade: Grade) -> str:
    subject = _subject(grade)
    inside = subject.lower() in grade.grade_label.lower()
    return grade.grade_label if inside else f"{subject}: {grade.grade_label}"


def _card(grade: Grade, lookup: Lookup) -> GradeCard:
    words = lookup.words
    unclear = grade.grade == NOT_GRADABLE
    answers = []
    for i in grade.inputs:
        basis = f"{i.basis}" if i.basis else ""
        answers.append((Mark(TONES.get(i.value, "unknown"), words.word("truth", i.value)), i.label, basis))
    return GradeCard(
        label=grade.label,
        heading=capital(grade.grade_label),
        mark=Mark("unknown" if unclear else "note", words("criteria.unclear_word" if unclear else "criteria.graded_word")),
        answers=tuple(answers),
        could_become=could_become(grade, lookup),
        ask=tuple(i.label for i in open_inputs(grade)),
        notes=tuple(sentence(n) for n in grade.notes),
        doubtful=grade.state == DOUBT,
        claim=words.word("claim", grade.claim),
        card=words("basis.card_text", id=grade.card[0], release=grade.card[1]),
        sources=lookup.sources(grade.sources),
    )


def _codes(lookup: Lookup) -> Codes | None:
    coding, words = lookup.assessment.pain_codes, lookup.words
    if coding is None:
        return None
    rows = coding.codes or coding.would_be
    key = "codes.coded" if coding.codes else "codes.would_be" if coding.would_be else "codes.none"
    return Codes(
        title=words(key),
        rows=tuple(_code(c) for c in rows),
        severity=tuple(_severity(s, lookup) for s in coding.severity),
        open_title=words.counted("codes.open", len(coding.open)),
        open=tuple(_code(c) for c in coding.open),
        notes=tuple(sentence(n) for n in coding.notes),
    )


def _code(code: PainCode) -> CodeRow:
    return CodeRow(code.code, code.parent, code.label, code.basis, code.state == DOUBT)


def _severity(level: SeverityLevel, lookup: Lookup) -> str:
    words = lookup.words
    doubt = f" ({words('state.to-verify')})" if level.state == DOUBT else ""
    said = level.why_not if level.level is None else words("codes.level", label=level.label, n=level.level)
    return words("codes.severity", axis=words.word("axis", level.axis), said=said) + doubt


def _sensory(finding: SensoryFinding, lookup: Lookup) -> SensoryRow:
    words = lookup.words
    verdict = words.word("sensory", finding.verdict).replace("-", " ")
    return SensoryRow(
        test=finding.test,
        place=", ".join(part for part in (finding.region, finding.side) if part),
        value=number(finding.value),
        z=words("sensory.no_z") if finding.z is None else f"{finding.z:+.1f}",
        verdict=verdict + (f": {finding.reason}" if finding.reason else ""),
    )
