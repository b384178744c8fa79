"""Panel cards: which columns of which atlas make a pole, which pairs of poles are looked at, and a reference of healthy people."""

from dataclasses import dataclass
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.tables import Fields, read_toml, read_tsv
from painloom.model.finding import CLAIMS

BY_POSITION, BY_NAME = "position", "name"
COLUMNS = ("atlas", "position", "name", "poles")
REFERENCE = ("cohort", "atlas", "connection", "count", "mean", "sd", "values")


@dataclass(frozen=True, slots=True)
class PanelAtlas:
    """An atlas that a series may come from.

    By position: `header` is the whole header, names may stand twice, and the series must have exactly it; `poles` hold column numbers from
    0.  By name: `header` is empty and `poles` hold the names that must be there.  A pole that the atlas lacks has no entry.
    """

    id: str
    label: str
    by: str
    header: tuple[str, ...]
    positions: dict[str, tuple[int, ...]]
    names: dict[str, tuple[str, ...]]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pole:
    """One end of a connection, as a reader knows it."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One connection: two poles, the circuit it stands for, what groups of patients showed."""

    id: str
    label: str
    circuit: str
    first: str
    second: str
    notes: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cohort:
    """A reference cohort: who they were, what scanner, what it is not."""

    id: str
    label: str
    scanner: str
    note: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Fisher z of one connection in one cohort: sorted `values`, their mean and sample SD."""

    cohort: str
    atlas: str
    connection: str
    mean: float
    sd: float
    values: tuple[float, ...]


@dataclass(frozen=True)
class PanelCard:
    """A descriptive panel.

    Volumes above `scrub_mm` are dropped; `mean_fd_mm` (over all volumes) and `least_volumes` (left) are the gates.
    """

    id: str
    release: str
    label: str
    claim: str
    licence: str
    sources: tuple[str, ...]
    scrub_mm: float
    mean_fd_mm: float
    least_volumes: int
    cohort: str
    atlases: tuple[PanelAtlas, ...]
    poles: tuple[Pole, ...]
    pairs: tuple[Pair, ...]
    cohorts: tuple[Cohort, ...]
    references: tuple[Reference, ...]
    warnings: tuple[str, ...]
    open_questions: tuple[str, ...] = ()

    def pole(self, id_: str) -> Pole:
        """The pole of that id."""
        return next(pole for pole in self.poles if pole.id == id_)

    def reference(self, atlas: str, connection: str) -> Reference | None:
        """The reference of one connection in the card's own cohort, None where the atlas has none."""
        found = (r for r in self.references if (r.cohort, r.atlas, r.connection) == (self.cohort, atlas, connection))
        return next(found, None)


def read_panels(files: dict[str, Path]) -> dict[str, PanelCard]:
    """Card id -> panel card.

    Raises
    ------
    KnowledgeError : a pole, atlas or cohort that is not described, positions that are not 0, 1, 2 .., a reference that contradicts itself.
    """
    return {id_: read_panel(path) for id_, path in files.items()}


def read_panel(path: Path) -> PanelCard:
    """The panel card at `path` with `<id>.columns.tsv` and, where it is there, `<id>.reference.tsv` beside it."""
    fields = Fields(read_toml(path), path.name)
    poles = tuple(Pole(child.text("id"), child.text("label")) for child in fields.children("pole"))
    columns = path.with_name(f"{path.stem}.columns.tsv")
    lines = list(read_tsv(columns, COLUMNS))
    reference = path.with_name(f"{path.stem}.reference.tsv")
    card = PanelCard(
        id=fields.text("id"),
        release=fields.text("release"),
        label=fields.text("label"),
        claim=fields.text("claim"),
        licence=fields.text("licence"),
        sources=fields.texts("sources"),
        scrub_mm=fields.number("scrub_mm"),
        mean_fd_mm=fields.number("mean_fd_mm"),
        least_volumes=fields.integer("least_volumes"),
        cohort=fields.text("cohort"),
        atlases=tuple(_atlas(child, lines, columns.name) for child in fields.children("atlas")),
        poles=poles,
        pairs=tuple(_pair(child) for child in fields.children("connection")),
        cohorts=tuple(_cohort(child) for child in fields.children("cohort_of")),
        references=tuple(_reference(line, reference.name) for line in read_tsv(reference, REFERENCE)) if reference.is_file() else (),
        warnings=fields.texts("warnings"),
        open_questions=fields.texts("open_questions"),
    )
    _closed(card, path.name)
    return card


def _atlas(fields: Fields, lines: list[dict[str, str]], table: str) -> PanelAtlas:
    id_, by = fields.text("id"), fields.text("by")
    if by not in (BY_POSITION, BY_NAME):
        raise KnowledgeError(f"{fields.where}: by '{by}' is not one of {BY_POSITION}, {BY_NAME}")
    own = [line for line in lines if line["atlas"] == id_]
    if by == BY_POSITION and [line["position"] for line in own] != [str(n) for n in range(len(own))]:
        raise KnowledgeError(f"{table}: the positions of {id_} must be 0, 1, 2 .. in order, one row a column")
    positions: dict[str, tuple[int, ...]] = {}
    names: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(own):
        for pole in filter(None, line["poles"].split(";")):
            positions[pole] = (*positions.get(pole, ()), number)
            names[pole] = (*names.get(pole, ()), line["name"])
    header = tuple(line["name"] for line in own) if by == BY_POSITION else ()
    return PanelAtlas(id_, fields.text("label"), by, header, positions if header else {}, names, fields.texts("notes"))


def _pair(fields: Fields) -> Pair:
    return Pair(
        id=fields.text("id"),
        label=fields.text("label"),
        circuit=fields.text("circuit"),
        first=fields.text("first"),
        second=fields.text("second"),
        notes=fields.texts("notes"),
        sources=fields.texts("sources"),
    )


def _cohort(fields: Fields) -> Cohort:
    return Cohort(fields.text("id"), fields.text("label"), fields.text("scanner"), fields.text("note"))


def _reference(line: dict[str, str], where: str) -> Reference:
    try:
        values = tuple(float(value) for value in line["values"].split(";"))
        found = Reference(line["cohort"], line["atlas"], line["connection"], float(line["mean"]), float(line["sd"]), values)
        count = int(line["count"])
    except ValueError:
        raise KnowledgeError(f"{where}: a row of '{line['connection']}' holds something that is no number") from None
    if len(values) != count or list(values) != sorted(values) or found.sd <= 0:
        raise KnowledgeError(f"{where}: '{found.connection}' of {found.cohort} needs {count} sorted values and an SD above 0")
    return found


def _closed(card: PanelCard, where: str) -> None:
    """Every id that the card uses is described on it."""
    poles = {pole.id for pole in card.poles}
    used = {end for pair in card.pairs for end in (pair.first, pair.second)} | {p for atlas in card.atlases for p in atlas.names}
    if lost := sorted(used - poles):
        raise KnowledgeError(f"{where}: pole '{lost[0]}' is not described")
    if card.claim not in CLAIMS or not card.pairs or not card.atlases:
        raise KnowledgeError(f"{where}: needs a known claim, an atlas and a connection")
    cohorts, atlases, pairs = ({item.id for item in group} for group in (card.cohorts, card.atlases, card.pairs))
    for row in card.references:
        if row.cohort not in cohorts or row.atlas not in atlases or row.connection not in pairs:
            raise KnowledgeError(
                f"{where}: the reference of '{row.connection}' names a cohort, an atlas or a connection that is not described"
            )
