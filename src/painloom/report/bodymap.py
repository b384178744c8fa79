"""Where it hurts: the regions of the body map, drawn and by name."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

from markupsafe import Markup

from painloom.errors import KnowledgeError
from painloom.knowledge.bodymap import BodyMap, read_bodymap
from painloom.report.bodyfigure import draw_body
from painloom.report.lookup import Lookup

ANCHOR = "bodymap"


@dataclass(frozen=True, slots=True)
class BodyMapView:
    """The regions that hurt; `figure` is empty where nothing can be drawn, `unknown` are names that are no regions of this release."""

    title: str
    regions: tuple[str, ...]
    unknown: tuple[str, ...]
    figure: Markup


def body_map(lookup: Lookup) -> BodyMapView | None:
    """The body map; None where no map was filled in."""
    told = lookup.assessment.case.body.regions
    if told is None:
        return None
    regions = tuple(dict.fromkeys(told))
    shipped = _shipped()
    if shipped is None:
        return BodyMapView(lookup.words.counted("bodymap.title", len(regions)), regions, (), Markup(""))
    known = tuple(r for r in regions if r in shipped.by_id)
    return BodyMapView(
        title=lookup.words.counted("bodymap.title", len(known)),
        regions=tuple(shipped.by_id[r].label for r in known),
        unknown=tuple(r for r in regions if r not in shipped.by_id),
        figure=draw_body(shipped, known, anchor=ANCHOR),
    )


@cache
def _shipped() -> BodyMap | None:
    """The map that this release draws; None where its cards are not there."""
    with as_file(files("painloom").joinpath("knowledge", "data", "bodymap")) as folder:
        try:
            return read_bodymap({path.stem: path for path in sorted(folder.glob("*.toml"))})
        except KnowledgeError:
            return None
