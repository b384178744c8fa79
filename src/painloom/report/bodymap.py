"""Where it hurts: the regions of the body map, drawn and by name."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

from markupsafe import Markup

from painloom.errors import KnowledgeError
from painloom.knowledge.bodymap import BodyMap, read_bodymap
from painloom.model.bodymap import Widespread
from painloom.report.bodyfigure import draw_body
from painloom.report.lookup import Lookup
from painloom.report.views import Mark, Ref
from painloom.report.wording import sentence

ANCHOR, DOUBT = "bodymap", "to-verify"
TONES = {"yes": "note", "no": "note"}


@dataclass(frozen=True, slots=True)
class DefinitionRow:
    """What one definition of widespread pain says of the map; `mark` is None where it only counts."""

    label: str
    version: str
    count: str
    mark: Mark | None
    remarks: tuple[str, ...]
    doubtful: bool
    source: Ref


@dataclass(frozen=True, slots=True)
class BodyMapView:
    """The regions that hurt; `figure` is empty where nothing can be drawn, `unknown` are names that are no regions of this release."""

    title: str
    regions: tuple[str, ...]
    unknown: tuple[str, ...]
    figure: Markup
    remarks: tuple[str, ...]
    definitions: tuple[DefinitionRow, ...]


def body_map(lookup: Lookup) -> BodyMapView | None:
    """The body map; None where no map was filled in."""
    told = lookup.assessment.case.body.regions
    if told is None:
        return None
    regions = tuple(dict.fromkeys(told))
    shipped = _shipped()
    remarks = tuple(sentence(remark.text) for remark in lookup.assessment.map_remarks)
    definitions = tuple(_definition(w, lookup) for w in lookup.assessment.widespread)
    if shipped is None:
        return BodyMapView(lookup.words.counted("bodymap.title", len(regions)), regions, (), Markup(""), remarks, definitions)
    known = tuple(r for r in regions if r in shipped.by_id)
    return BodyMapView(
        title=lookup.words.counted("bodymap.title", len(known)),
        regions=tuple(shipped.by_id[r].label for r in known),
        unknown=tuple(r for r in regions if r not in shipped.by_id),
        figure=draw_body(shipped, known, anchor=ANCHOR),
        remarks=remarks,
        definitions=definitions,
    )


def _definition(judged: Widespread, lookup: Lookup) -> DefinitionRow:
    words = lookup.words
    remarks = [sentence(note) for note in judged.notes]
    if judged.by_convention:
        names = words.listing([_plain(site) for site in judged.by_convention])
        remarks.append(words("bodymap.convention", sites=names))
    if judged.without != judged.decided:
        remarks.append(words("bodymap.without", decided=words.word("truth", judged.without)))
    if judged.open:
        remarks.append(words("bodymap.open", questions=words.listing([_plain(fact) for fact in judged.open])))
    counted = words("bodymap.count", count=words("bodymap.no_count") if judged.count is None else judged.count, of=judged.of)
    return DefinitionRow(
        label=judged.label,
        version=judged.version,
        count=counted + (f" {words('bodymap.least', n=judged.at_least)}" if judged.at_least else ""),
        mark=Mark(TONES.get(judged.decided, "unknown"), words.word("truth", judged.decided)) if judged.decided else None,
        remarks=tuple(remarks),
        doubtful=judged.state == DOUBT,
        source=lookup.source(judged.source),
    )


def _plain(name: str) -> str:
    """An id as words."""
    return name.replace("-", " ")


@cache
def _shipped() -> BodyMap | None:
    """The map that this release draws; None where its cards are not there."""
    with as_file(files("painloom").joinpath("knowledge", "data", "bodymap")) as folder:
        try:
            return read_bodymap({path.stem: path for path in sorted(folder.glob("*.toml"))})
        except KnowledgeError:
            return None
