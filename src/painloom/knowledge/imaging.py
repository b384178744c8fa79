"""Imaging cards: scales of spine and joint findings, and how common a finding is in people without pain."""

from dataclasses import dataclass
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.tables import Fields, read_toml, read_tsv
from painloom.model.finding import CLAIMS

SCALE, PREVALENCE = "scale", "prevalence"
KINDS = (SCALE, PREVALENCE)
STATES = ("verified", "to-verify")
PARTS = ("spine", "knee", "hip", "jaw")
SIDES = ("left", "right", "both", "midline")
COLUMNS = ("finding", "age", "age_from", "age_below", "percent", "count", "state", "sources")


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade: what it means in our words; `prevalence` is the id of a finding of a prevalence card, "" where no source equates them.

    `urgent` holds what to do at once where the grade itself is a red flag, else "".
    """

    id: str
    names: tuple[str, ...]
    meaning: str
    state: str
    prevalence: str
    urgent: str
    notes: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Commonness:
    """How many percent of people without pain show a finding: at `age`, or in age_from <= age < age_below, or at all ages (all None)."""

    age: float | None
    age_from: float | None
    age_below: float | None
    percent: float
    count: int | None
    state: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PainFree:
    """One finding in people without pain: `who` they were, `counted` what `count` counts ("people", "knees"), rows by age."""

    id: str
    label: str
    who: str
    counted: str
    rows: tuple[Commonness, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ImagingCard:
    """A scale with its grades (`kind` "scale"), or a table of people without pain (`kind` "prevalence", `small`: a count below is weak).

    `levels` and `sides` are what an entry may name; empty = the scale has none.  `names` are other spellings of the scale.
    """

    id: str
    release: str
    label: str
    kind: str
    part: str
    method: str
    claim: str
    licence: str
    sources: tuple[str, ...]
    names: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    grades: tuple[Grade, ...] = ()
    findings: tuple[PainFree, ...] = ()
    small: int = 0
    notes: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()


def read_imaging(files: dict[str, Path]) -> dict[str, ImagingCard]:
    """Card id -> imaging card.

    Raises
    ------
    KnowledgeError : a field that the closed lists do not allow, a grade or finding that stands twice, a row without a finding.
    """
    return {id_: read_imaging_card(path) for id_, path in files.items()}


def read_imaging_card(path: Path) -> ImagingCard:
    """The imaging card at `path`, with the table `<id>.rows.tsv` beside it where it is of kind "prevalence"."""
    fields = Fields(read_toml(path), path.name)
    kind = _one(fields, "kind", KINDS)
    card = ImagingCard(
        id=fields.text("id"),
        release=fields.text("release"),
        label=fields.text("label"),
        kind=kind,
        part=_one(fields, "part", PARTS) if kind == SCALE else "",
        method=fields.text("method", ""),
        claim=_one(fields, "claim", CLAIMS),
        licence=fields.text("licence"),
        sources=fields.texts("sources"),
        names=fields.texts("names"),
        levels=fields.texts("levels"),
        sides=fields.texts("sides"),
        grades=tuple(_grade(g) for g in fields.children("grade")),
        findings=_findings(fields, path) if kind == PREVALENCE else (),
        small=fields.integer("small", 0),
        notes=fields.texts("notes"),
        open_questions=fields.texts("open_questions"),
    )
    if not (card.grades if kind == SCALE else card.findings):
        raise KnowledgeError(f"{path.name}: a {kind} card needs a grade or a finding")
    if unknown := [side for side in card.sides if side not in SIDES]:
        raise KnowledgeError(f"{path.name}: side '{unknown[0]}' is not one of {', '.join(SIDES)}")
    _unique(path, [word for grade in card.grades for word in (grade.id, *grade.names)])
    _unique(path, [finding.id for finding in card.findings])
    return card


def _one(fields: Fields, name: str, allowed: tuple[str, ...]) -> str:
    value = fields.text(name)
    if value not in allowed:
        raise KnowledgeError(f"{fields.where}: {name} '{value}' is not one of {', '.join(allowed)}")
    return value


def _unique(path: Path, words: list[str]) -> None:
    folded = [word.casefold() for word in words]
    if twice := [word for word in folded if folded.count(word) > 1]:
        raise KnowledgeError(f"{path.name}: '{twice[0]}' stands twice")


def _grade(fields: Fields) -> Grade:
    return Grade(
        id=fields.text("id"),
        names=fields.texts("names"),
        meaning=fields.text("meaning"),
        state=_one(fields, "state", STATES),
        prevalence=fields.text("prevalence", ""),
        urgent=fields.text("urgent", ""),
        notes=fields.texts("notes"),
        sources=fields.texts("sources"),
    )


def _findings(fields: Fields, path: Path) -> tuple[PainFree, ...]:
    table = path.with_name(f"{path.stem}.rows.tsv")
    rows: dict[str, list[Commonness]] = {}
    for line in read_tsv(table, COLUMNS):
        rows.setdefault(line["finding"], []).append(_row(line, table.name))
    found = tuple(
        PainFree(
            id=child.text("id"),
            label=child.text("label"),
            who=child.text("who"),
            counted=child.text("counted", "people"),
            rows=tuple(sorted(rows.pop(child.text("id"), ()), key=_age)),
            notes=child.texts("notes"),
        )
        for child in fields.children("finding")
    )
    if rows:
        raise KnowledgeError(f"{table.name}: finding '{next(iter(rows))}' is not described in {path.name}")
    if bare := [finding.id for finding in found if not finding.rows]:
        raise KnowledgeError(f"{path.name}: finding '{bare[0]}' has no row in {table.name}")
    return found


def _row(line: dict[str, str], where: str) -> Commonness:
    try:
        row = Commonness(
            age=_number(line["age"]),
            age_from=_number(line["age_from"]),
            age_below=_number(line["age_below"]),
            percent=float(line["percent"]),
            count=int(line["count"]) if line["count"] else None,
            state=line["state"],
            sources=tuple(line["sources"].split(";")),
        )
    except ValueError:
        raise KnowledgeError(f"{where}: a row of '{line['finding']}' holds something that is no number") from None
    if not 0 <= row.percent <= 100 or row.state not in STATES or (row.age is not None and (row.age_from, row.age_below) != (None, None)):
        raise KnowledgeError(f"{where}: a row of '{line['finding']}' needs 0..100 percent, a known state, and an age or a range of ages")
    return row


def _number(text: str) -> float | None:
    return float(text) if text else None


def _age(row: Commonness) -> float:
    return next((age for age in (row.age, row.age_from) if age is not None), -1.0)
