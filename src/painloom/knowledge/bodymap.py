"""The body map's cards: regions with their sites, definitions of widespread pain, the drawing and the words of the form."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from painloom.errors import KnowledgeError
from painloom.knowledge.tables import Fields, read_toml, read_tsv
from painloom.model.bodymap import LEFT, RIGHT, SIDES, BodyRegion

VIEWS = ("front", "back", "side")
SCHEMES = ("wpi", "acr2016", "acr1990", "aapt")
FIXED = ("id", "label", "part", "side", "view", "dermatome", "nerve", "convention", "state")
ENDS = {LEFT: "-l", RIGHT: "-r"}
STATES = ("verified", "to-verify")
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Definition:
    """Counts the values of one column; met from `at_least` on (0 = a count only), and when each group of `facts` has a yes."""

    id: str
    label: str
    version: str
    column: str
    values: tuple[str, ...]
    at_least: int
    facts: tuple[tuple[str, ...], ...]
    fact: str
    source: str
    state: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The instrument whose items are sites of the map: (item, site) pairs for the values of `column`."""

    instrument: str
    column: str
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the drawn bodies; `centre` is where x = 0 of its curves lies, `left_is` the sign of x on the person's own left."""

    id: str
    centre: float
    left_is: int


@dataclass(frozen=True, slots=True)
class Curve:
    """A smooth line through `points`; `names` are their node names, "" where a point only bends the line."""

    figure: str
    points: tuple[Point, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """One region's border as node names; `stem` of a pair is drawn on the left and mirrored.

    `label_at` is where its level is written, None = in its middle.
    """

    stem: str
    figure: str
    nodes: tuple[str, ...]
    label_at: Point | None


@dataclass(frozen=True)
class Drawing:
    """The geometry of the figures in drawing units, y downwards; half bodies with x >= 0."""

    width: float
    height: float
    figures: tuple[Figure, ...]
    curves: tuple[Curve, ...]
    outlines: tuple[Outline, ...]


@dataclass(frozen=True)
class BodyMap:
    """Every card of the body map.

    `words` are (spellings, stems they may mean); `sides` are the spellings of left, right and both.
    """

    release: str
    regions: tuple[BodyRegion, ...]
    definitions: tuple[Definition, ...]
    questionnaire: Questionnaire
    drawing: Drawing
    words: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    sides: Mapping[str, tuple[str, ...]]
    form: Mapping[str, str]
    parts: tuple[tuple[str, str, str], ...]
    dermatome_state: str

    @cached_property
    def by_id(self) -> dict[str, BodyRegion]:
        """Regions by id."""
        return {region.id: region for region in self.regions}


def read_bodymap(files: Mapping[str, Path]) -> BodyMap:
    """The cards `regions`, `widespread`, `outline` and `form` of the kind `bodymap`, by card id.

    Raises
    ------
    KnowledgeError : a card is not there, a region's id does not fit its side, a definition counts a value that no region has, or a region
    is drawn never or twice.
    """
    for name in ("regions", "widespread", "outline", "form"):
        if name not in files:
            raise KnowledgeError(f"bodymap/{name}.toml: the card is missing; the body map needs it")
    head = Fields(read_toml(files["regions"]), files["regions"].name)
    table = files["regions"].with_suffix(".tsv")
    regions = tuple(_region(row, table.name) for row in read_tsv(table, (*FIXED, *SCHEMES)))
    if len({region.id for region in regions}) != len(regions):
        raise KnowledgeError(f"{table.name}: a region stands twice")
    wide = Fields(read_toml(files["widespread"]), files["widespread"].name)
    form = Fields(read_toml(files["form"]), files["form"].name)
    drawing = _drawing(files["outline"], {region.stem for region in regions})
    sides = head.child("sides")
    return BodyMap(
        release=head.text("release"),
        regions=regions,
        definitions=tuple(_definition(d, regions) for d in wide.children("definition")),
        questionnaire=_questionnaire(wide),
        drawing=drawing,
        words=tuple((w.texts("say"), _stems(w, regions)) for w in head.children("word")),
        sides={name: sides.texts(name) for name in ("left", "right", "both")} if sides else {},
        form=form.mapping("words"),
        parts=tuple((p.text("part"), p.text("side", ""), p.text("label")) for p in form.children("part")),
        dermatome_state=head.text("dermatome_state"),
    )


def _region(row: Mapping[str, str], where: str) -> BodyRegion:
    id_, side = row["id"], row["side"]
    end = ENDS.get(side, "")
    wrong_end = not id_.endswith(end) if end else id_.endswith(tuple(ENDS.values()))
    if side not in SIDES or wrong_end:
        raise KnowledgeError(f"{where}: region '{id_}' does not fit its side '{side}'; left ends in -l, right in -r, midline in neither")
    if row["view"] not in VIEWS or row["state"] not in STATES:
        raise KnowledgeError(f"{where}: region '{id_}' needs a view of {', '.join(VIEWS)} and a state of {', '.join(STATES)}")
    return BodyRegion(
        id=id_,
        stem=id_.removesuffix(end) if end else id_,
        label=row["label"],
        part=row["part"],
        side=side,
        view=row["view"],
        values=tuple((scheme, _list(row[scheme])) for scheme in SCHEMES),
        convention=_list(row["convention"]),
        dermatomes=_list(row["dermatome"]),
        nerves=_list(row["nerve"]),
        state=row["state"],
    )


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _stems(word: Fields, regions: tuple[BodyRegion, ...]) -> tuple[str, ...]:
    known = {region.stem for region in regions}
    for stem in word.texts("stems"):
        if stem not in known:
            raise KnowledgeError(f"{word.where}: the word '{', '.join(word.texts('say'))}' means '{stem}', which is no region")
    return word.texts("stems")


def _definition(fields: Fields, regions: tuple[BodyRegion, ...]) -> Definition:
    column, values = fields.text("column"), fields.texts("values")
    if column == "id":
        values = values or tuple(region.id for region in regions)
        used = {region.id for region in regions}
    elif column in SCHEMES:
        used = {value for region in regions for value in dict(region.values)[column]}
    else:
        raise KnowledgeError(f"{fields.where}: column '{column}' is not one of id, {', '.join(SCHEMES)}")
    if used != set(values) or len(set(values)) != len(values):
        odd = sorted(used ^ set(values)) or ["(one stands twice)"]
        raise KnowledgeError(f"{fields.where}: its values and those of column '{column}' differ: {', '.join(odd)}")
    at_least = fields.integer("at_least", 0)
    if not 0 <= at_least <= len(values):
        raise KnowledgeError(f"{fields.where}: at_least must lie between 0 and {len(values)}")
    return Definition(
        id=fields.text("id"),
        label=fields.text("label"),
        version=fields.text("version"),
        column=column,
        values=values,
        at_least=at_least,
        facts=tuple(tuple(str(f) for f in group) for group in fields.lists("facts")),
        fact=fields.text("fact", ""),
        source=fields.text("source"),
        state=fields.text("state"),
        notes=fields.texts("notes"),
    )


def _questionnaire(wide: Fields) -> Questionnaire:
    fields = wide.child("questionnaire")
    if fields is None:
        raise KnowledgeError(f"{wide.where}: needs [questionnaire], the items that are sites of the map")
    pairs = tuple((str(item), str(site)) for item, site in fields.lists("items"))
    return Questionnaire(fields.text("instrument"), fields.text("column"), pairs)


def _drawing(path: Path, stems: set[str]) -> Drawing:
    card = Fields(read_toml(path), path.name)
    figures = tuple(Figure(f.text("id"), f.number("centre"), f.integer("left_is")) for f in card.children("figure"))
    curves = path.with_name(f"{path.stem}.curves.tsv")
    shapes = path.with_name(f"{path.stem}.shapes.tsv")
    outlines = tuple(
        Outline(row["stem"], row["figure"], tuple(row["nodes"].split()), _point(row["label_at"], shapes.name) if row["label_at"] else None)
        for row in read_tsv(shapes, ("stem", "figure", "nodes", "label_at"))
    )
    drawn = [outline.stem for outline in outlines]
    if set(drawn) != stems or len(set(drawn)) != len(drawn):
        odd = sorted(set(drawn) ^ stems) or [s for s in drawn if drawn.count(s) > 1]
        raise KnowledgeError(f"{shapes.name}: every region is drawn exactly once; look at: {', '.join(odd)}")
    lines = tuple(_curve(row, curves.name) for row in read_tsv(curves, ("figure", "points")))
    return Drawing(card.number("width"), card.number("height"), figures, lines, outlines)


def _curve(row: Mapping[str, str], where: str) -> Curve:
    points, names = [], []
    for word in row["points"].split():
        name, _, spot = word.rpartition(":")
        points.append(_point(spot, where))
        names.append(name)
    return Curve(row["figure"], tuple(points), tuple(names))


def _point(text: str, where: str) -> Point:
    x, _, y = text.partition(",")
    try:
        return float(x), float(y)
    except ValueError:
        raise KnowledgeError(f"{where}: '{text}' is no point; write x,y") from None
