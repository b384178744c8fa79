"""Normative cards: what a brain region measures in people of the same age, sex and head size; and circuits, named groups of regions."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.norm_tables import GAMMA, LINEAR, ContrastSpec, NormTable
from painloom.knowledge.tables import Fields, read_toml

CIRCUITS = "circuits"
KINDS = (LINEAR, GAMMA, CIRCUITS)
AGE, HEAD_SIZE, HOLES, VOXEL, SEX, CHOICE, CONTRAST = "age", "head-size", "holes", "voxel", "sex", "choice", "contrast"
COVARIATES = (AGE, HEAD_SIZE, HOLES, VOXEL, SEX, CHOICE, CONTRAST)
STATES = ("verified", "to-verify")


@dataclass(frozen=True, slots=True)
class Covariate:
    """One covariate of a linear norm.

    `kind` is one of COVARIATES; the value is taken after its natural logarithm where `log`, then less `centre`.  For sex and choices it is
    1 where the person's (or the option `option`'s) value is `equals`, else 0.  `default` is used where nothing was told.
    """

    id: str
    kind: str
    centre: float = 0.0
    log: bool = False
    equals: str = ""
    option: str = ""
    default: float = 0.0
    range: tuple[float, float] | None = None


@dataclass(frozen=True)
class NormCard:
    """One norm.

    `ages` are the youngest and oldest age in years; `built_on` the software and version that the norm was made with; `defaults` are groups
    of table ids of which the first that the person has files for is used.  `terms` say which covariates a term multiplies.  `sums` are
    (region, parts); `aliases` (norm's name, other software's names); `stands_for` (file, other software's files).
    `choices` are (option, allowed values, the norm's reference value).  `age_days` are the factor and offset that turn years into the days
    whose logarithm a generalised-gamma norm uses.
    """

    id: str
    release: str
    kind: str
    label: str
    licence: str
    claim: str
    state: str
    ages: tuple[float, float]
    built_on: tuple[str, str]
    tables: tuple[NormTable, ...]
    defaults: tuple[tuple[str, ...], ...]
    covariates: tuple[Covariate, ...]
    terms: tuple[tuple[str, tuple[str, ...]], ...]
    sums: tuple[tuple[str, tuple[str, ...]], ...]
    aliases: tuple[tuple[str, tuple[str, ...]], ...]
    stands_for: tuple[tuple[str, tuple[str, ...]], ...]
    choices: tuple[tuple[str, tuple[str, ...], str], ...]
    intensity: str
    white: tuple[int, ...]
    age_days: tuple[float, float]
    sources: tuple[str, ...]
    notes: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()

    @property
    def by_table(self) -> dict[str, NormTable]:
        """Tables by id."""
        return {table.id: table for table in self.tables}


@dataclass(frozen=True, slots=True)
class Circuit:
    """A named group of regions by the names that the norms use; `regions` hold both sides."""

    id: str
    label: str
    regions: tuple[str, ...]
    state: str
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CircuitCard:
    """Circuits for the summary of a norm; they sort regions and explain nothing."""

    id: str
    release: str
    claim: str
    circuits: tuple[Circuit, ...]
    sources: tuple[str, ...]


def read_norms(files: Mapping[str, Path]) -> dict[str, NormCard]:
    """Normative cards by id; tables are opened when they are asked for.

    Raises
    ------
    KnowledgeError : a card of an unknown kind, without ages or tables, or with a covariate that the program cannot fill.
    """
    cards = {}
    for id_, path in files.items():
        fields = Fields(read_toml(path), path.name)
        kind = fields.text("kind")
        if kind not in KINDS:
            raise KnowledgeError(f"{path.name}: kind '{kind}' is not one of {', '.join(KINDS)}")
        if kind != CIRCUITS:
            cards[id_] = _norm(fields, path)
    return cards


def read_circuits(files: Mapping[str, Path]) -> CircuitCard | None:
    """The circuits card, the first in the order of ids; None when there is none."""
    for path in files.values():
        fields = Fields(read_toml(path), path.name)
        if fields.text("kind") == CIRCUITS:
            return CircuitCard(
                fields.text("id"),
                fields.text("release"),
                fields.text("claim"),
                tuple(_circuit(c) for c in fields.children("circuit")),
                fields.texts("sources"),
            )
    return None


def _circuit(fields: Fields) -> Circuit:
    both = tuple(f"{side}{name}" for name in fields.texts("cortical") for side in ("lh-", "rh-"))
    deep = tuple(f"{side}{name}" for name in fields.texts("deep") for side in ("left-", "right-"))
    return Circuit(
        fields.text("id"),
        fields.text("label"),
        (*both, *deep, *fields.texts("midline")),
        fields.text("state"),
        fields.text("text", ""),
        fields.texts("sources"),
    )


def _norm(fields: Fields, path: Path) -> NormCard:
    ages = fields.numbers("ages")
    if len(ages) != 2 or not 0 <= ages[0] < ages[1]:
        raise KnowledgeError(f"{path.name}: 'ages' must be the youngest and the oldest age of the norm")
    contrast = fields.child("contrast") or Fields({}, path.name)
    groups = tuple((g.text("id"), ContrastSpec(g.text("image"), _labels(g))) for g in contrast.children("group"))
    kind = fields.text("kind")
    tables = tuple(_table(t, path, kind, groups) for t in fields.children("table"))
    if not tables:
        raise KnowledgeError(f"{path.name}: has no [[table]]")
    sums = tuple((s.text("region"), s.texts("of")) for s in fields.children("sum"))
    if nested := {part for _, of in sums for part in of} & {region for region, _ in sums}:
        raise KnowledgeError(f"{path.name}: the sum '{min(nested)}' is a part of a sum; name its parts instead")
    age_days = fields.numbers("age_days") or (1.0, 0.0)
    if len(age_days) != 2:
        raise KnowledgeError(f"{path.name}: 'age_days' must be a factor and an offset")
    return NormCard(
        id=fields.text("id"),
        release=fields.text("release"),
        kind=kind,
        label=fields.text("label"),
        licence=fields.text("licence"),
        claim=fields.text("claim"),
        state=fields.text("state"),
        ages=(ages[0], ages[1]),
        built_on=(fields.text("software", ""), fields.text("software_version", "")),
        tables=tables,
        defaults=tuple(tuple(str(name) for name in group) for group in fields.lists("default")),
        covariates=tuple(_covariate(c) for c in fields.children("covariate")),
        terms=tuple((t.text("id"), t.texts("of")) for t in fields.children("term")),
        sums=sums,
        aliases=tuple((a.text("region"), a.texts("also")) for a in fields.children("alias")),
        stands_for=tuple((s.text("file"), s.texts("also")) for s in fields.children("stands_for")),
        choices=tuple((c.text("id"), c.texts("values"), c.text("reference")) for c in fields.children("choice")),
        intensity=contrast.text("intensity", ""),
        white=tuple(int(x) for x in contrast.numbers("white")),
        age_days=(age_days[0], age_days[1]),
        sources=fields.texts("sources"),
        notes=fields.texts("notes"),
        open_questions=fields.texts("open_questions"),
    )


def _table(fields: Fields, path: Path, kind: str, groups: tuple[tuple[str, ContrastSpec], ...]) -> NormTable:
    id_ = fields.text("id")
    return NormTable(id_, fields.text("label"), path.with_name(f"{path.stem}.{id_}.tsv"), kind=kind, groups=groups)


def _labels(fields: Fields) -> tuple[int, ...]:
    """Single labels, then ranges with both ends included."""
    ranges = (range(int(str(a)), int(str(b)) + 1) for a, b in fields.lists("ranges"))
    return (*(int(x) for x in fields.numbers("labels")), *(label for span in ranges for label in span))


def _covariate(fields: Fields) -> Covariate:
    kind, span = fields.text("kind"), fields.numbers("range")
    if kind not in COVARIATES:
        raise KnowledgeError(f"{fields.where}: kind '{kind}' is not one of {', '.join(COVARIATES)}")
    if span and (len(span) != 2 or not 0 < span[0] <= span[1]):
        raise KnowledgeError(f"{fields.where}: 'range' must be two positive numbers, the smaller first")
    return Covariate(
        id=fields.text("id"),
        kind=kind,
        centre=fields.number("centre", 0.0),
        log=fields.flag("log"),
        equals=fields.text("equals", ""),
        option=fields.text("option", ""),
        default=fields.number("default", 0.0),
        range=(span[0], span[1]) if span else None,
    )
