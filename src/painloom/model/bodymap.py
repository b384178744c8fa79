"""The body map: regions, what definitions of widespread pain say of them, and remarks on sides."""

from dataclasses import dataclass

LEFT, RIGHT, MIDLINE = "left", "right", "midline"
SIDES = (LEFT, RIGHT, MIDLINE)


@dataclass(frozen=True, slots=True)
class BodyRegion:
    """A region of the map.

    `id` is the stem with "-l" or "-r" for the person's own left and right, the stem alone in the midline.  `view` is where people look for
    it: "front", "back" or "side".  `values` holds for each scheme (a column such as "wpi") the sites the region counts as; `convention`
    names the schemes in which it counts by our own choice.  `dermatomes` and `nerves` are approximations.
    """

    id: str
    stem: str
    label: str
    part: str
    side: str
    view: str
    values: tuple[tuple[str, tuple[str, ...]], ...]
    convention: tuple[str, ...] = ()
    dermatomes: tuple[str, ...] = ()
    nerves: tuple[str, ...] = ()
    state: str = "to-verify"


@dataclass(frozen=True, slots=True)
class Widespread:
    """What one definition says of a map.

    `count` of `of` sites, None when no map was filled in.  `decided` is "yes", "no" or "unknown", "" where the definition is a count only.
    `by_convention` are the sites that count through our own choice alone; `without` is `decided` when they are left out.  `open` are
    questions whose answers could still decide it.
    """

    id: str
    label: str
    version: str
    count: int | None
    of: int
    at_least: int
    decided: str
    present: tuple[str, ...]
    missing: tuple[str, ...]
    by_convention: tuple[str, ...]
    without: str
    open: tuple[str, ...]
    source: str
    state: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MapRemark:
    """A doubt about the sides of a map; `kind` is "suspected-swap", "one-side-only", "both-sides-drawn" or "not-drawn".

    `written` is the site as the record words it, `drawn` are ids of the regions that hurt, `sides` the side the words name.
    """

    kind: str
    written: str
    side: str
    drawn: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class SiteDifference:
    """A site on which map and questionnaire disagree; both values are "yes" or "no"; `regions` are those drawn there."""

    site: str
    item: str
    drawn: str
    answered: str
    regions: tuple[str, ...] = ()
